//===- Window.h - kernel, strides and pads of convolutions and pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_WINDOW_H
#define QCC_LIB_IMPORT_OPERATORS_WINDOW_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// Two dimensions or more; of a 1-D window the first has size 1.
struct Window {
  llvm::SmallVector<int64_t, 3> kernel, strides, dilations, result;
  llvm::SmallVector<int64_t, 6> pads; // before each dimension, then behind each

  size_t getRank() const { return kernel.size(); }
  /// Elements that one window spans in a dimension.
  int64_t getSpan(size_t i) const { return (kernel[i] - 1) * dilations[i] + 1; }
  bool isDilated() const {
    return llvm::any_of(dilations, [](int64_t dilation) { return dilation != 1; });
  }
};

/// Every number of a window is below this, so no product of two leaves 64 bits.
constexpr int64_t mostExtent = int64_t(1) << 31;

/// A list attribute with one number for each of `count` slots, all in [least, mostExtent).
mlir::FailureOr<llvm::SmallVector<int64_t>> readWindowList(NodeContext &node, llvm::StringRef name,
                                                           size_t count, int64_t otherwise,
                                                           int64_t least);

/// Reads kernel_shape, which must equal `kernel` where that is not empty.
mlir::FailureOr<llvm::SmallVector<int64_t>> readKernelShape(NodeContext &node, size_t count,
                                                            llvm::ArrayRef<int64_t> kernel);

/// Reads kernel_shape (or takes `kernel` where it is not empty), strides, dilations, pads, auto_pad
/// and ceil_mode for an input of shape [N, C, spatial...]. Pools must not have a window that lies
/// in the padding only.
mlir::FailureOr<Window> readWindow(NodeContext &node, llvm::ArrayRef<int64_t> input,
                                   llvm::ArrayRef<int64_t> kernel, bool isPool);

/// [N, C, spatial...] as [N, spatial..., C]; of one spatial dimension W makes H = 1 and W.
mlir::Value toChannelsLast(NodeContext &node, mlir::Value value);

/// [N, spatial..., C] as [N, C, spatial...] of that rank.
mlir::Value toChannelsFirst(NodeContext &node, mlir::Value value, int64_t rank);

} // namespace qcc::import

#endif
