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

} // namespace qcc::qnn
