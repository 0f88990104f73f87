//===- QNNRecurrentOps.cpp - verifier of recurrences
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

int64_t RecurrentOp::getGateCount() {
  switch (getKind()) {
  case RecurrentKind::LSTM:
    return 4;
  case RecurrentKind::GRU:
    return 3;
  case RecurrentKind::RNN:
    return 1;
  }
  llvm_unreachable("unknown kind");
}

int64_t RecurrentOp::getWeightIndex(int64_t k, int64_t j) {
  int64_t size = getStateSize();
  if (getPanel() == 0)
    return k * getGateCount() * size + j;
  int64_t column = j % size, first = column / getPanel() * getPanel();
  return (j - column + first) * size + k * std::min(getPanel(), size - first) + column - first;
}

bool RecurrentOp::isActivation(StringRef name) {
  static const StringLiteral names[] = {"affine",   "elu",        "hardsigmoid",    "leakyrelu",
                                        "relu",     "scaledtanh", "sigmoid",        "softplus",
                                        "softsign", "tanh",       "thresholdedrelu"};
  return llvm::is_contained(names, name);
}

unsigned RecurrentOp::getActivationCount(RecurrentKind kind) {
  return kind == RecurrentKind::LSTM ? 3 : kind == RecurrentKind::GRU ? 2 : 1;
}

LogicalResult RecurrentOp::verify() {
  auto gates = getGates().getType(), weights = getWeights().getType();
  if (gates.getRank() != 3 || weights.getRank() != 2)
    return emitOpError("gates must have rank 3 and weights rank 2");
  int64_t steps = gates.getDimSize(0), batch = gates.getDimSize(1), size = weights.getDimSize(0);
  int64_t width = gates.getDimSize(2);
  Type f32 = Float32Type::get(getContext());
  auto check = [&](Value value, StringRef name, ArrayRef<int64_t> shape,
                   Type element) -> LogicalResult {
    if (value && value.getType() != RankedTensorType::get(shape, element))
      return emitOpError(name) << " must have type " << RankedTensorType::get(shape, element);
    return success();
  };
  if (width != getGateCount() * size)
    return emitOpError("gates must have ") << getGateCount() << " blocks of " << size;
  if (failed(check(getGates(), "gates", {steps, batch, width}, f32)) ||
      failed(check(getWeights(), "weights", {size, width}, f32)) ||
      failed(check(getBias(), "bias", {size}, f32)) ||
      failed(check(getHidden(), "hidden", {batch, size}, f32)) ||
      failed(check(getCell(), "cell", {batch, size}, f32)) ||
      failed(check(getPeepholes(), "peepholes", {3 * size}, f32)) ||
      failed(check(getLengths(), "lengths", {batch}, IntegerType::get(getContext(), 32))))
    return failure();
  bool isLSTM = getKind() == RecurrentKind::LSTM, isGRU = getKind() == RecurrentKind::GRU;
  if (!isLSTM && (getCell() || getPeepholes() || getCoupled()))
    return emitOpError("only an lstm has a cell, peepholes and coupled gates");
  if (!isGRU && getResetAfter())
    return emitOpError("only a gru has a reset gate");
  if (getBias() && !getResetAfter())
    return emitOpError("bias is a part of the gates without reset_after");
  unsigned states = isLSTM ? 2 : 1;
  if (getNumResults() != states && getNumResults() != states + 1)
    return emitOpError("must have ") << states << " or " << states + 1 << " results";
  if (failed(check(getLastHidden(), "last hidden state", {batch, size}, f32)) ||
      failed(check(getLastCell(), "last cell", {batch, size}, f32)) ||
      failed(check(getSequence(), "sequence", {steps, batch, size}, f32)))
    return failure();
  if (getPanel() < 0)
    return emitOpError("panel must not be negative");
  size_t count = getActivationCount(getKind());
  if (getActivations().size() != count || getAlphas().size() != count || getBetas().size() != count)
    return emitOpError("needs ") << count << " activations with as many alphas and betas";
  for (StringRef name : getActivations().getAsValueRange<StringAttr>())
    if (!isActivation(name))
      return emitOpError("does not know the activation '") << name << "'";
  return success();
}

} // namespace qcc::qnn
