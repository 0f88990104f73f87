//===- QNNElementwiseOps.cpp - verifiers of elementwise ops
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Traits.h"

using namespace mlir;

namespace qcc::qnn {

static LogicalResult verifyUnary(Operation *op) {
  auto input = cast<RankedTensorType>(op->getOperand(0).getType());
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  if (input.getShape() != result.getShape())
    return op->emitOpError("input and result must have one shape");
  bool quantized = getQuantized(input) != nullptr;
  if (quantized != (getQuantized(result) != nullptr))
    return op->emitOpError("input and result must both be quantized or both not");
  if (!quantized && !isa<CastOp>(op) && input.getElementType() != result.getElementType())
    return op->emitOpError("input and result must have one element type");
  return success();
}

static LogicalResult verifySameType(Operation *op) {
  if (op->getOperand(0).getType() != op->getResult(0).getType())
    return op->emitOpError("clamps codes, so the result's type must be the operand's");
  return success();
}

static LogicalResult verifyBinary(Operation *op) {
  auto lhs = cast<RankedTensorType>(op->getOperand(0).getType());
  auto rhs = cast<RankedTensorType>(op->getOperand(1).getType());
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> shape;
  if (!OpTrait::util::getBroadcastedShape(lhs.getShape(), rhs.getShape(), shape) ||
      ArrayRef<int64_t>(shape) != result.getShape())
    return op->emitOpError("operands must broadcast to the result's shape");
  bool quantized = getQuantized(result) != nullptr;
  if (quantized != (getQuantized(lhs) != nullptr) || quantized != (getQuantized(rhs) != nullptr))
    return op->emitOpError("operands and result must all be quantized or all not");
  if (!quantized && (lhs.getElementType() != rhs.getElementType() ||
                     lhs.getElementType() != result.getElementType()))
    return op->emitOpError("operands and result must have one element type");
  return success();
}

static LogicalResult verifyPlainBinary(Operation *op) {
  if (getQuantized(op->getResult(0).getType()))
    return op->emitOpError("is not defined on quantized types");
  return verifyBinary(op);
}

/// Integers and i1.
static LogicalResult verifyBitwise(Operation *op) {
  if (!isa<IntegerType>(getElementTypeOrSelf(op->getResult(0))))
    return op->emitOpError("is defined on integers only");
  return verifyBinary(op);
}

static LogicalResult verifyBroadcast(Operation *op, ValueRange operands) {
  SmallVector<int64_t> shape, joined;
  for (Value operand : operands) {
    if (!OpTrait::util::getBroadcastedShape(
            shape, cast<RankedTensorType>(operand.getType()).getShape(), joined))
      return op->emitOpError("operands must broadcast to the result's shape");
    shape = joined;
  }
  if (ArrayRef<int64_t>(shape) != cast<RankedTensorType>(op->getResult(0).getType()).getShape())
    return op->emitOpError("operands must broadcast to the result's shape");
  return success();
}

LogicalResult CompareOp::verify() {
  if (!getType().getElementType().isInteger(1))
    return emitOpError("result must hold i1");
  if (getLhs().getType().getElementType() != getRhs().getType().getElementType() ||
      getQuantized(getLhs().getType()))
    return emitOpError("operands must have one element type, not quantized");
  return verifyBroadcast(*this, getOperands());
}

LogicalResult SelectOp::verify() {
  if (!getCondition().getType().getElementType().isInteger(1))
    return emitOpError("condition must hold i1");
  Type element = getType().getElementType();
  if (getLhs().getType().getElementType() != element ||
      getRhs().getType().getElementType() != element)
    return emitOpError("lhs, rhs and result must have one element type");
  return verifyBroadcast(*this, getOperands());
}

LogicalResult ReluOp::verify() { return verifySameType(*this); }
LogicalResult ClipOp::verify() { return verifySameType(*this); }
LogicalResult SigmoidOp::verify() { return verifyUnary(*this); }
LogicalResult TanhOp::verify() { return verifyUnary(*this); }
LogicalResult ExpOp::verify() { return verifyUnary(*this); }
LogicalResult LogOp::verify() { return verifyUnary(*this); }
LogicalResult ErfOp::verify() { return verifyUnary(*this); }
LogicalResult SqrtOp::verify() { return verifyUnary(*this); }
LogicalResult NegOp::verify() { return verifyUnary(*this); }
LogicalResult AbsOp::verify() { return verifyUnary(*this); }
LogicalResult SinOp::verify() { return verifyUnary(*this); }
LogicalResult CosOp::verify() { return verifyUnary(*this); }
LogicalResult AtanOp::verify() { return verifyUnary(*this); }
LogicalResult FloorOp::verify() { return verifyUnary(*this); }
LogicalResult CeilOp::verify() { return verifyUnary(*this); }
LogicalResult RoundOp::verify() { return verifyUnary(*this); }
LogicalResult CastOp::verify() { return verifyUnary(*this); }
LogicalResult AddOp::verify() { return verifyBinary(*this); }
LogicalResult SubOp::verify() { return verifyBinary(*this); }
LogicalResult MulOp::verify() { return verifyBinary(*this); }
LogicalResult DivOp::verify() { return verifyBinary(*this); }
LogicalResult MinOp::verify() { return verifyBinary(*this); }
LogicalResult MaxOp::verify() { return verifyBinary(*this); }
LogicalResult RemOp::verify() { return verifyPlainBinary(*this); }
LogicalResult PowOp::verify() { return verifyPlainBinary(*this); }
LogicalResult AndOp::verify() { return verifyBitwise(*this); }
LogicalResult OrOp::verify() { return verifyBitwise(*this); }
LogicalResult XorOp::verify() { return verifyBitwise(*this); }
LogicalResult ShiftLeftOp::verify() { return verifyBitwise(*this); }
LogicalResult ShiftRightOp::verify() { return verifyBitwise(*this); }

} // namespace qcc::qnn
