//===- FloatMath.h - formulas out of elementwise operations
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_FLOATMATH_H
#define QCC_LIB_IMPORT_OPERATORS_FLOATMATH_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// Writes an operator that qnn lacks as the formula that defines it. Operands broadcast; the caller
/// knows that they can.
class FloatMath {
public:
  explicit FloatMath(NodeContext &node) : node(node) {}

  mlir::Value scalar(float value) { return node.createFloats({}, value); }
  mlir::Value add(mlir::Value lhs, mlir::Value rhs) { return binary<qnn::AddOp>(lhs, rhs); }
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs) { return binary<qnn::SubOp>(lhs, rhs); }
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs) { return binary<qnn::MulOp>(lhs, rhs); }
  mlir::Value div(mlir::Value lhs, mlir::Value rhs) { return binary<qnn::DivOp>(lhs, rhs); }
  mlir::Value min(mlir::Value lhs, mlir::Value rhs) { return binary<qnn::MinOp>(lhs, rhs); }
  mlir::Value max(mlir::Value lhs, mlir::Value rhs) { return binary<qnn::MaxOp>(lhs, rhs); }
  /// One number of the element type of `value`.
  mlir::Value like(mlir::Value value, double number) {
    auto type = mlir::RankedTensorType::get({}, mlir::getElementTypeOrSelf(value));
    if (llvm::isa<mlir::FloatType>(type.getElementType()))
      return node.createConstant(*makeFromNumbers(type, number));
    return node.createConstant(*makeFromIntegers(type, static_cast<int64_t>(number)));
  }
  mlir::Value cast(mlir::Value input, mlir::Type elementType) {
    auto type = llvm::cast<mlir::RankedTensorType>(input.getType());
    if (type.getElementType() == elementType)
      return input;
    return node.create<qnn::CastOp>(type.clone(elementType), input);
  }
  mlir::Value compare(qnn::CompareKind kind, mlir::Value lhs, mlir::Value rhs) {
    return node.create<qnn::CompareOp>(
        broadcastTypes({lhs, rhs}).clone(mlir::Type(node.builder.getI1Type())), kind, lhs, rhs);
  }
  mlir::Value select(mlir::Value condition, mlir::Value lhs, mlir::Value rhs) {
    return node.create<qnn::SelectOp>(broadcastTypes({lhs, rhs, condition}), condition, lhs, rhs);
  }
  /// All bits of an integer or bool.
  mlir::Value invert(mlir::Value input) { return binary<qnn::XorOp>(input, like(input, -1)); }
  template <typename Op> mlir::Value binary(mlir::Value lhs, mlir::Value rhs) {
    return node.create<Op>(broadcastTypes({lhs, rhs}), lhs, rhs);
  }
  template <typename Op> mlir::Value unary(mlir::Value input) {
    return node.create<Op>(input.getType(), input);
  }
  mlir::Value clip(mlir::Value input, float low, float high) {
    mlir::FloatAttr lowest = node.builder.getF32FloatAttr(low);
    return node.create<qnn::ClipOp>(input.getType(), input, lowest,
                                    node.builder.getF32FloatAttr(high));
  }
  /// Reduces dimensions, which stay as 1.
  mlir::Value reduce(qnn::ReduceKind kind, mlir::Value input, llvm::ArrayRef<int64_t> axes) {
    auto type = llvm::cast<mlir::RankedTensorType>(input.getType());
    llvm::SmallVector<int64_t> shape(type.getShape());
    for (int64_t axis : axes)
      shape[axis] = 1;
    return node.create<qnn::ReduceOp>(type.clone(shape), input, kind, axes);
  }

private:
  /// What the operands broadcast to, with the element type of the first.
  static mlir::RankedTensorType broadcastTypes(llvm::ArrayRef<mlir::Value> operands) {
    auto type = llvm::cast<mlir::RankedTensorType>(operands.front().getType());
    llvm::SmallVector<int64_t> shape(type.getShape());
    for (mlir::Value operand : operands.drop_front())
      shape =
          *broadcastShapes(shape, llvm::cast<mlir::RankedTensorType>(operand.getType()).getShape());
    return type.clone(shape);
  }

  NodeContext &node;
};

} // namespace qcc::import

#endif
