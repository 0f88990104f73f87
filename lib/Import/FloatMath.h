//===- FloatMath.h - formulas out of elementwise operations
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_FLOATMATH_H
#define QCC_LIB_IMPORT_FLOATMATH_H

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
  template <typename Op> mlir::Value binary(mlir::Value lhs, mlir::Value rhs) {
    auto left = llvm::cast<mlir::RankedTensorType>(lhs.getType());
    auto right = llvm::cast<mlir::RankedTensorType>(rhs.getType());
    return node.create<Op>(left.clone(*broadcastShapes(left.getShape(), right.getShape())), lhs,
                           rhs);
  }

  NodeContext &node;
};

} // namespace qcc::import

#endif
