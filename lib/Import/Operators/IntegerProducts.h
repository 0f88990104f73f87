//===- IntegerProducts.h - exact sums of products of codes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_INTEGERPRODUCTS_H
#define QCC_LIB_IMPORT_OPERATORS_INTEGERPRODUCTS_H

#include "lib/Import/Operators/Convolution.h"

namespace qcc::import {

/// Whether all of these inputs that exist are known while importing.
bool areConstant(NodeContext &node, llvm::ArrayRef<unsigned> inputs);

mlir::LogicalResult importConvInteger(NodeContext &node);
mlir::LogicalResult importMatMulInteger(NodeContext &node);

/// The general forms of QLinearConv and QLinearMatMul: scales that the network computes, or one for
/// each row.
mlir::LogicalResult importQLinearConvWithComputedScales(NodeContext &node,
                                                        const ConvolutionShape &shape);
mlir::LogicalResult importQLinearMatMulWithComputedScales(NodeContext &node);

} // namespace qcc::import

#endif
