//===- QNNContractionOps.cpp - verifiers of contractions
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

/// Bias, scale and zero point against `channels` outputs. Quantized and float operands never mix.
template <typename Op> static LogicalResult verifyParameters(Op op, int64_t channels) {
  bool quantized = getQuantized(op.getInput().getType()) != nullptr;
  Type weights = getElementTypeOrSelf(op.getWeights().getType());
  if (quantized ? !isa<IntegerType>(weights) : !isa<FloatType>(weights))
    return op.emitOpError("weights must be ") << (quantized ? "integers" : "floats");
  if (quantized != static_cast<bool>(op.getWeightScale()) ||
      quantized != static_cast<bool>(op.getWeightZeroPoint()))
    return op.emitOpError("a quantized input, and only that, needs weight scale and zero point");
  if (Value bias = op.getBias()) {
    auto type = cast<RankedTensorType>(bias.getType());
    if (type.getRank() != 1 || type.getDimSize(0) != channels ||
        (quantized ? !type.getElementType().isInteger(32) : type.getElementType() != weights))
      return op.emitOpError("bias must be [")
             << channels << "] of " << (quantized ? "i32" : "the weights' type");
  }
  if (!quantized)
    return success();
  auto scale = cast<RankedTensorType>(op.getWeightScale().getType());
  auto zeroPoint = cast<RankedTensorType>(op.getWeightZeroPoint().getType());
  for (RankedTensorType type : {scale, zeroPoint})
    if (type.getRank() != 1 || (type.getDimSize(0) != 1 && type.getDimSize(0) != channels))
      return op.emitOpError("weight scale and zero point must be [1] or [") << channels << "]";
  if (!scale.getElementType().isF32() || zeroPoint.getElementType() != weights)
    return op.emitOpError("weight scale must be f32 and the zero point of the weights' type");
  return success();
}

LogicalResult Conv2DOp::verify() {
  auto input = getInput().getType(), weights = getWeights().getType(), result = getType();
  if (input.getRank() != 4 || weights.getRank() != 4 || result.getRank() != 4)
    return emitOpError("input, weights and result must have rank 4");
  if (getStrides().size() != 2 || getPads().size() != 4 || getDilations().size() != 2)
    return emitOpError("needs 2 strides, 4 pads and 2 dilations");
  int64_t group = getGroup(), channels = weights.getDimSize(0);
  if (group < 1 || channels % group || input.getDimSize(3) != weights.getDimSize(3) * group)
    return emitOpError("input channels must be weights dimension 3 times group, and group divide "
                       "the output channels");
  for (int64_t i : {0, 1}) {
    if (getStrides()[i] < 1 || getDilations()[i] < 1 || getPads()[i] < 0 || getPads()[i + 2] < 0)
      return emitOpError("strides and dilations must be positive, pads not negative");
    int64_t span = (weights.getDimSize(1 + i) - 1) * getDilations()[i] + 1;
    int64_t room = input.getDimSize(1 + i) + getPads()[i] + getPads()[i + 2] - span;
    if (room < 0 || result.getDimSize(1 + i) != room / getStrides()[i] + 1)
      return emitOpError("result dimension ") << 1 + i << " does not fit input, pads and kernel";
  }
  if (result.getDimSize(0) != input.getDimSize(0) || result.getDimSize(3) != channels)
    return emitOpError("result must have the input's batch and ") << channels << " channels";
  return verifyParameters(*this, channels);
}

Value Conv2DOp::getActivation() { return getInput(); }
Value Conv2DOp::getWeightsOperand() { return getWeights(); }
int64_t Conv2DOp::getMacs() {
  auto weights = getWeights().getType();
  return getType().getNumElements() * weights.getNumElements() / weights.getDimSize(0);
}
int64_t Conv2DOp::getWeightsChannelAxis() { return 0; }

LogicalResult LinearOp::verify() {
  auto input = getInput().getType(), weights = getWeights().getType(), result = getType();
  if (weights.getRank() != 2 || input.getRank() < 1 || result.getRank() != input.getRank())
    return emitOpError("weights must have rank 2, the result the input's rank");
  if (input.getShape().drop_back() != result.getShape().drop_back() ||
      input.getShape().back() != weights.getDimSize(1) ||
      result.getShape().back() != weights.getDimSize(0))
    return emitOpError("must map [..., ")
           << weights.getDimSize(1) << "] to [..., " << weights.getDimSize(0) << "]";
  return verifyParameters(*this, weights.getDimSize(0));
}

Value LinearOp::getActivation() { return getInput(); }
Value LinearOp::getWeightsOperand() { return getWeights(); }
int64_t LinearOp::getMacs() {
  return getType().getNumElements() * getWeights().getType().getDimSize(1);
}
int64_t LinearOp::getWeightsChannelAxis() { return 0; }

LogicalResult MatMulOp::verify() {
  auto lhs = getLhs().getType(), rhs = getRhs().getType(), result = getType();
  if (lhs.getRank() < 2 || rhs.getRank() < 2 || result.getRank() < 2)
    return emitOpError("operands and result must have rank 2 or more");
  if (lhs.getShape().back() != rhs.getShape().drop_back().back() ||
      result.getShape().back() != rhs.getShape().back() ||
      result.getShape().drop_back().back() != lhs.getShape().drop_back().back())
    return emitOpError("must multiply [..., M, K] by [..., K, N] to [..., M, N]");
  return success();
}

} // namespace qcc::qnn
