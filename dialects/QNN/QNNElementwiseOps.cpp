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
LogicalResult CastOp::verify() { return verifyUnary(*this); }
LogicalResult AddOp::verify() { return verifyBinary(*this); }
LogicalResult SubOp::verify() { return verifyBinary(*this); }
LogicalResult MulOp::verify() { return verifyBinary(*this); }
LogicalResult DivOp::verify() { return verifyBinary(*this); }
LogicalResult MinOp::verify() { return verifyBinary(*this); }
LogicalResult MaxOp::verify() { return verifyBinary(*this); }

} // namespace qcc::qnn
