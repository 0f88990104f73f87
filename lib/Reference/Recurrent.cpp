//===- Recurrent.cpp - LSTM, GRU and simple recurrent layers
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

namespace {

/// [recurrent-f3] One activation function with its numbers.
struct Activation {
  StringRef name;
  float alpha, beta;

  float operator()(float x) const {
    if (name == "sigmoid")
      return sigmoid(x);
    if (name == "tanh")
      return hyperbolicTangent(x);
    if (name == "relu")
      return x > 0 ? x : 0;
    if (name == "affine")
      return alpha * x + beta;
    if (name == "leakyrelu")
      return x < 0 ? alpha * x : x;
    if (name == "thresholdedrelu")
      return x < alpha ? 0 : x;
    if (name == "scaledtanh")
      return alpha * hyperbolicTangent(beta * x);
    if (name == "hardsigmoid")
      return clamp(alpha * x + beta, 0, 1);
    if (name == "elu")
      return x < 0 ? alpha * (exponential(x) - 1) : x;
    float size = x < 0 ? -x : x;
    if (name == "softsign")
      return x / (1 + size);
    // softplus
    return (x > 0 ? x : 0) + logarithm(1 + exponential(-size));
  }
};

class Recurrence {
public:
  Recurrence(qnn::RecurrentOp op, Operands operands);
  void run();
  SmallVector<Tensor> takeResults();

private:
  using Row = std::vector<float>;

  const float *find(Value operand, Operands operands) const {
    for (auto [value, tensor] : llvm::zip(op->getOperands(), operands))
      if (operand && value == operand)
        return tensor->view<float>().data();
    return nullptr;
  }
  float bound(float x) const { return limit > 0 ? clamp(x, -limit, limit) : x; }
  /// sums[j] = sums[j] + state[k] * weights[k][j] for the columns [first, last), k ascending.
  void multiply(const float *state, int64_t first, int64_t last, float *sums) {
    for (int64_t k = 0; k < size; ++k)
      for (int64_t j = first; j < last; ++j)
        sums[j] = sums[j] + state[k] * weights[op.getWeightIndex(k, j)];
  }
  void stepLSTM(Row sums);
  void stepGRU(Row sums);
  void stepRNN(Row sums);

  qnn::RecurrentOp op;
  int64_t steps, batch, width, size;
  float limit;
  SmallVector<Activation> activations;
  const float *gates, *weights, *bias, *firstHidden, *firstCell, *peepholes;
  SmallVector<int64_t> lengths;
  Row hidden, cell; // of the sequence at hand
  SmallVector<Tensor> results;
};

Recurrence::Recurrence(qnn::RecurrentOp op, Operands operands)
    : op(op), limit(op.getClip().convertToFloat()) {
  auto type = op.getGates().getType();
  steps = type.getDimSize(0);
  batch = type.getDimSize(1);
  width = type.getDimSize(2);
  size = op.getStateSize();
  for (auto [name, alpha, beta] :
       llvm::zip(op.getActivations().getAsValueRange<StringAttr>(), op.getAlphas(), op.getBetas()))
    activations.push_back({name, alpha, beta});
  gates = find(op.getGates(), operands);
  weights = find(op.getWeights(), operands);
  bias = find(op.getBias(), operands);
  firstHidden = find(op.getHidden(), operands);
  firstCell = find(op.getCell(), operands);
  peepholes = find(op.getPeepholes(), operands);
  lengths.assign(batch, steps);
  // Lengths are the last operand.
  if (op.getLengths())
    for (auto [length, given] : llvm::zip(lengths, operands.back()->view<int32_t>()))
      length = std::clamp<int64_t>(given, 0, steps);
  for (Value result : op.getResults())
    results.emplace_back(cast<RankedTensorType>(result.getType()));
}

/// [recurrent-f1] Blocks i, o, f, c.
void Recurrence::stepLSTM(Row sums) {
  multiply(hidden.data(), 0, width, sums.data());
  for (int64_t j = 0; j < size; ++j) {
    float input = sums[j], output = sums[size + j], forget = sums[2 * size + j],
          candidate = sums[3 * size + j];
    if (peepholes) {
      input = input + peepholes[j] * cell[j];
      forget = forget + peepholes[2 * size + j] * cell[j];
    }
    input = activations[0](bound(input));
    forget = op.getCoupled() ? 1 - input : activations[0](bound(forget));
    candidate = activations[1](bound(candidate));
    cell[j] = forget * cell[j] + input * candidate;
    if (peepholes)
      output = output + peepholes[size + j] * cell[j];
    hidden[j] = activations[0](bound(output)) * activations[2](cell[j]);
  }
}

/// [recurrent-f2] Blocks z, r, h.
void Recurrence::stepGRU(Row sums) {
  multiply(hidden.data(), 0, 2 * size, sums.data());
  Row reset(size), products(width);
  for (int64_t j = 0; j < size; ++j)
    reset[j] = activations[0](bound(sums[size + j]));
  if (op.getResetAfter()) {
    for (int64_t j = 0; j < size; ++j)
      products[2 * size + j] = bias ? bias[j] : 0;
    multiply(hidden.data(), 2 * size, width, products.data());
    for (int64_t j = 0; j < size; ++j)
      sums[2 * size + j] = sums[2 * size + j] + reset[j] * products[2 * size + j];
  } else {
    for (int64_t j = 0; j < size; ++j)
      reset[j] = reset[j] * hidden[j];
    multiply(reset.data(), 2 * size, width, sums.data());
  }
  for (int64_t j = 0; j < size; ++j) {
    float update = activations[0](bound(sums[j]));
    float candidate = activations[1](bound(sums[2 * size + j]));
    hidden[j] = (1 - update) * candidate + update * hidden[j];
  }
}

void Recurrence::stepRNN(Row sums) {
  multiply(hidden.data(), 0, width, sums.data());
  for (int64_t j = 0; j < size; ++j)
    hidden[j] = activations[0](bound(sums[j]));
}

void Recurrence::run() {
  bool isLSTM = op.getKind() == qnn::RecurrentKind::LSTM;
  Tensor *sequence = op.getSequence() ? &results.back() : nullptr;
  for (int64_t n = 0; n < batch; ++n) {
    auto start = [&](const float *first) {
      return first ? Row(first + n * size, first + (n + 1) * size) : Row(size);
    };
    hidden = start(firstHidden);
    cell = start(firstCell);
    for (int64_t step = 0; step < lengths[n]; ++step) {
      int64_t place = (op.getReverse() ? lengths[n] - 1 - step : step) * batch + n;
      Row sums(gates + place * width, gates + (place + 1) * width);
      if (isLSTM)
        stepLSTM(std::move(sums));
      else if (op.getKind() == qnn::RecurrentKind::GRU)
        stepGRU(std::move(sums));
      else
        stepRNN(std::move(sums));
      if (sequence)
        llvm::copy(hidden, sequence->view<float>().begin() + place * size);
    }
    llvm::copy(hidden, results[0].view<float>().begin() + n * size);
    if (isLSTM)
      llvm::copy(cell, results[1].view<float>().begin() + n * size);
  }
}

SmallVector<Tensor> Recurrence::takeResults() { return std::move(results); }

} // namespace

SmallVector<Tensor> evaluateRecurrent(qnn::RecurrentOp op, Operands operands) {
  Recurrence recurrence(op, operands);
  recurrence.run();
  return recurrence.takeResults();
}

} // namespace qcc::reference
