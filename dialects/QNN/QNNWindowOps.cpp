//===- QNNWindowOps.cpp - verifiers of pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

static LogicalResult verifyWindow(Operation *op, ArrayRef<int64_t> kernel,
                                  ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                                  ArrayRef<int64_t> dilations) {
  auto input = cast<RankedTensorType>(op->getOperand(0).getType());
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  if (input.getRank() != 4 || result.getRank() != 4)
    return op->emitOpError("input and result must have rank 4");
  if (kernel.size() != 2 || strides.size() != 2 || pads.size() != 4 || dilations.size() != 2)
    return op->emitOpError("needs a kernel of 2, 2 strides, 4 pads and 2 dilations");
  for (int64_t i : {0, 1}) {
    int64_t span = (kernel[i] - 1) * dilations[i] + 1;
    if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1 || pads[i] < 0 || pads[i + 2] < 0)
      return op->emitOpError("kernel, strides and dilations must be positive, pads not negative");
    // Windows may hang over the end by less than a stride (ceil mode), but each starts inside.
    if (pads[i] >= span ||
        (result.getDimSize(1 + i) - 1) * strides[i] - pads[i] >= input.getDimSize(1 + i))
      return op->emitOpError("a window of dimension ") << 1 + i << " lies outside the input";
  }
  if (result.getDimSize(0) != input.getDimSize(0) || result.getDimSize(3) != input.getDimSize(3))
    return op->emitOpError("batch and channels must stay");
  return success();
}

LogicalResult MaxPoolOp::verify() {
  if (getElementTypeOrSelf(getInput().getType()) != getElementTypeOrSelf(getType()))
    return emitOpError("moves codes, so input and result must have one element type");
  return verifyWindow(*this, getKernel(), getStrides(), getPads(), getDilations());
}

LogicalResult AveragePoolOp::verify() {
  if (!getQuantized(getInput().getType()) != !getQuantized(getType()))
    return emitOpError("input and result must both be quantized or both not");
  return verifyWindow(*this, getKernel(), getStrides(), getPads(), {1, 1});
}

} // namespace qcc::qnn
