//===- Operands.h - element types and shapes of elementwise operators
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_OPERANDS_H
#define QCC_LIB_IMPORT_OPERATORS_OPERANDS_H

#include "lib/Import/Operators/FloatMath.h"

namespace qcc::import {

/// Elements of a constant, wider than it holds them. They are charged, because a small file can
/// fill a large constant.
mlir::FailureOr<llvm::SmallVector<double>> readNumbers(NodeContext &node, const Constant &constant);
mlir::FailureOr<llvm::SmallVector<int64_t>> readIntegers(NodeContext &node,
                                                         const Constant &constant);

/// An integer that is no bool.
bool isInteger(mlir::Type type);

/// An error that says which element types input `i` may have.
mlir::LogicalResult reportElementType(NodeContext &node, unsigned i, llvm::StringRef supported);

/// Fails unless the input is an integer, f32 or f64.
mlir::LogicalResult requireNumber(NodeContext &node, unsigned i);
/// Fails unless the input is f32 or f64.
mlir::LogicalResult requireReal(NodeContext &node, unsigned i);
/// Fails when the input has no elements.
mlir::LogicalResult requireElements(NodeContext &node, unsigned i);
/// Fails unless all inputs from `first` on are present and have one element type.
mlir::LogicalResult requireOneType(NodeContext &node, unsigned first = 0);

/// Words of the attributes with which operator sets before 7 broadcast the second operand.
constexpr llvm::StringLiteral oldBroadcast("axis:int<7 broadcast:int<7");

/// Input 1, its dimensions moved to where the old attribute 'axis' puts them.
mlir::FailureOr<mlir::Value> alignSecond(NodeContext &node);

/// Type of the result that all inputs broadcast to.
mlir::FailureOr<mlir::RankedTensorType> broadcastInputs(NodeContext &node, mlir::Type elementType);

/// Imports y = function(x) on one float input.
template <mlir::FailureOr<mlir::Value> (*function)(NodeContext &node, mlir::Value x)>
mlir::LogicalResult importFunction(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return mlir::failure();
  auto result = function(node, node.getValue(0));
  if (failed(result))
    return mlir::failure();
  return node.setResult(*result);
}

} // namespace qcc::import

#endif
