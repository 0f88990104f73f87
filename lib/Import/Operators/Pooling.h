//===- Pooling.h - pools that more than one operator family makes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_POOLING_H
#define QCC_LIB_IMPORT_OPERATORS_POOLING_H

#include "lib/Import/Operators/Window.h"

namespace qcc::import {

/// The window over all of an input of shape [N, C, L] or [N, C, H, W].
Window getWholeMap(llvm::ArrayRef<int64_t> input);

/// Mean of windows of an NHWC tensor.
mlir::Value createAveragePool(NodeContext &node, mlir::Value input, const Window &window,
                              mlir::Type elementType, bool countIncludesPads);

/// MaxPool with its second result: the position of each largest element in the whole input.
mlir::LogicalResult importMaxPoolWithIndices(NodeContext &node, const Window &window);
mlir::LogicalResult importMaxUnpool(NodeContext &node);

} // namespace qcc::import

#endif
