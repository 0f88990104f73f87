//===- QNNReductionOps.cpp - verifiers of reductions
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

LogicalResult ReduceOp::verify() {
  auto input = getInput().getType();
  SmallVector<int64_t> shape(input.getShape());
  int64_t previous = -1;
  for (int64_t axis : getAxes()) {
    if (axis <= previous || axis >= input.getRank())
      return emitOpError("axes must ascend within the input's rank");
    shape[axis] = 1;
    previous = axis;
  }
  if (ArrayRef<int64_t>(shape) != getType().getShape())
    return emitOpError("reduced dimensions must be 1 in the result and the others the input's");
  if (!getQuantized(input) != !getQuantized(getType()))
    return emitOpError("input and result must both be quantized or both not");
  return success();
}

LogicalResult SoftmaxOp::verify() {
  if (getInput().getType().getShape() != getType().getShape())
    return emitOpError("input and result must have one shape");
  if (static_cast<int64_t>(getAxis()) < 0 || static_cast<int64_t>(getAxis()) >= getType().getRank())
    return emitOpError("axis is out of range");
  return success();
}

static bool isAxisOf(int64_t axis, RankedTensorType type) {
  return axis >= 0 && axis < type.getRank();
}

/// The result has the input's shape but for `axis`.
static LogicalResult verifyIndicesAlong(Operation *op, int64_t axis, RankedTensorType input,
                                        RankedTensorType result) {
  if (!isAxisOf(axis, input) || result.getRank() != input.getRank())
    return op->emitOpError("axis is out of range");
  if (!result.getElementType().isInteger(64))
    return op->emitOpError("result must hold i64");
  for (int64_t i = 0; i < input.getRank(); ++i)
    if (i != axis && result.getDimSize(i) != input.getDimSize(i))
      return op->emitOpError("result dimension ") << i << " must be " << input.getDimSize(i);
  if (result.getDimSize(axis) > input.getDimSize(axis))
    return op->emitOpError("result has more elements along the axis than the input");
  return success();
}

LogicalResult ArgReduceOp::verify() {
  int64_t axis = getAxis();
  if (isAxisOf(axis, getType()) && getType().getDimSize(axis) != 1)
    return emitOpError("result dimension ") << axis << " must be 1";
  return verifyIndicesAlong(*this, axis, getInput().getType(), getType());
}

LogicalResult TopKOp::verify() {
  return verifyIndicesAlong(*this, getAxis(), getInput().getType(), getType());
}

LogicalResult CumulativeOp::verify() {
  if (getInput().getType() != getType() || getQuantized(getType()))
    return emitOpError("input and result must have one type, not quantized");
  if (!isAxisOf(getAxis(), getType()))
    return emitOpError("axis is out of range");
  return success();
}

} // namespace qcc::qnn
