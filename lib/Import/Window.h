//===- Window.h - kernel, strides and pads of convolutions and pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_WINDOW_H
#define QCC_LIB_IMPORT_WINDOW_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// Two dimensions; of a 1-D window the first has size 1.
struct Window {
  llvm::SmallVector<int64_t, 2> kernel, strides, dilations, result;
  llvm::SmallVector<int64_t, 4> pads; // top, left, bottom, right

  bool isWholeMap(llvm::ArrayRef<int64_t> map) const {
    return llvm::ArrayRef(kernel) == map && llvm::all_of(pads, [](int64_t pad) { return !pad; });
  }
};

/// Reads kernel_shape (or takes `kernel` where it is not empty), strides, dilations, pads, auto_pad
/// and ceil_mode for an input of shape [N, C, L] or [N, C, H, W]. Pools must not have a window
/// that lies in the padding only.
mlir::FailureOr<Window> readWindow(NodeContext &node, llvm::ArrayRef<int64_t> input,
                                   llvm::ArrayRef<int64_t> kernel, bool isPool);

/// [N, C, L] or [N, C, H, W] as [N, H, W, C]; L becomes W.
mlir::Value toChannelsLast(NodeContext &node, mlir::Value value);

/// [N, H, W, C] as [N, C, H, W], or as [N, C, W] for rank 3.
mlir::Value toChannelsFirst(NodeContext &node, mlir::Value value, int64_t rank);

} // namespace qcc::import

#endif
