//===- Activations.cpp - activation functions that are formulas of others
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Operands.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

/// A finite attribute.
static FailureOr<float> getFinite(NodeContext &node, StringRef name, float otherwise) {
  float value = node.getFloat(name, otherwise);
  if (!std::isfinite(value))
    return node.error("E2016", "attribute " + quoted(name) + " must be finite");
  return value;
}

/// clip(alpha * x + beta, 0, 1)
static Value createHardSigmoid(FloatMath &math, Value x, float alpha, float beta) {
  Value scaled = math.mul(x, math.scalar(alpha));
  return math.clip(math.add(scaled, math.scalar(beta)), 0, 1);
}

static FailureOr<Value> createHardSigmoid(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 0.2f), beta = getFinite(node, "beta", 0.5f);
  if (failed(alpha) || failed(beta))
    return failure();
  FloatMath math(node);
  return createHardSigmoid(math, x, *alpha, *beta);
}

static FailureOr<Value> createHardSwish(NodeContext &node, Value x) {
  FloatMath math(node);
  return math.mul(x, createHardSigmoid(math, x, 1.0f / 6, 0.5f));
}

static FailureOr<Value> createLeakyRelu(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 0.01f);
  if (failed(alpha))
    return failure();
  FloatMath math(node);
  Value scaled = math.mul(x, math.scalar(*alpha));
  // The slope decides which of x and alpha * x is wanted on both sides of zero.
  return *alpha <= 1 ? math.max(x, scaled) : math.min(x, scaled);
}

static FailureOr<Value> createThresholdedRelu(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 1);
  if (failed(alpha))
    return failure();
  FloatMath math(node);
  return math.select(math.compare(qnn::CompareKind::Less, math.scalar(*alpha), x), x,
                     math.scalar(0));
}

/// max(x, 0) + slope * min(x, 0), of integers and f64 a choice between x and slope * x.
static LogicalResult importPRelu(NodeContext &node) {
  if (failed(requireOneType(node)) || failed(requireNumber(node, 0)))
    return failure();
  SmallVector<int64_t> slopes(node.getShape(1));
  // Before version 7, a list of slopes has one for each channel.
  if (node.version < 7 && slopes.size() == 1 && slopes[0] > 1 && node.getRank(0) > 2)
    slopes.append(node.getRank(0) - 2, 1);
  auto shape = broadcastShapes(node.getShape(0), slopes);
  if (!shape || ArrayRef<int64_t>(*shape) != node.getShape(0))
    return node.error("E2301", "slopes of shape " + formatShape(node.getShape(1)) +
                                   " cannot be broadcast to " + formatShape(node.getShape(0)));
  FloatMath math(node);
  Value input = node.getValue(0), zero = math.like(input, 0);
  Value slope = node.createReshape(node.getValue(1), slopes);
  if (node.getElementType(0).isF32())
    return node.setResult(math.add(math.max(input, zero), math.mul(math.min(input, zero), slope)));
  return node.setResult(math.select(math.compare(qnn::CompareKind::Less, input, zero),
                                    math.mul(input, slope), input));
}

/// max(x, 0) + alpha * (exp(min(x, 0) / width) - 1)
static Value createElu(FloatMath &math, Value x, float alpha, float width = 1) {
  Value zero = math.scalar(0), below = math.min(x, zero);
  if (width != 1)
    below = math.div(below, math.scalar(width));
  below = math.sub(math.unary<qnn::ExpOp>(below), math.scalar(1));
  return math.add(math.max(x, zero), math.mul(below, math.scalar(alpha)));
}

static FailureOr<Value> createElu(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 1);
  if (failed(alpha))
    return failure();
  FloatMath math(node);
  return createElu(math, x, *alpha);
}

static FailureOr<Value> createSelu(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 1.67326319217681884765625f);
  auto gamma = getFinite(node, "gamma", 1.05070102214813232421875f);
  if (failed(alpha) || failed(gamma))
    return failure();
  FloatMath math(node);
  return math.mul(createElu(math, x, *alpha), math.scalar(*gamma));
}

static FailureOr<Value> createCelu(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 1);
  if (failed(alpha))
    return failure();
  if (!(*alpha > 0))
    return node.error("E2016", "attribute 'alpha' must be positive");
  FloatMath math(node);
  return createElu(math, x, *alpha, *alpha);
}

/// max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
static FailureOr<Value> createSoftplus(NodeContext &node, Value x) {
  FloatMath math(node);
  Value power = math.unary<qnn::ExpOp>(math.unary<qnn::NegOp>(math.unary<qnn::AbsOp>(x)));
  return math.add(math.max(x, math.scalar(0)),
                  math.unary<qnn::LogOp>(math.add(power, math.scalar(1))));
}

static FailureOr<Value> createMish(NodeContext &node, Value x) {
  FloatMath math(node);
  return math.mul(x, math.unary<qnn::TanhOp>(*createSoftplus(node, x)));
}

static FailureOr<Value> createSoftsign(NodeContext &node, Value x) {
  FloatMath math(node);
  return math.div(x, math.add(math.unary<qnn::AbsOp>(x), math.scalar(1)));
}

static FailureOr<Value> createSwish(NodeContext &node, Value x) {
  auto alpha = getFinite(node, "alpha", 1);
  if (failed(alpha))
    return failure();
  FloatMath math(node);
  Value scaled = *alpha == 1 ? x : math.mul(x, math.scalar(*alpha));
  return math.mul(x, math.unary<qnn::SigmoidOp>(scaled));
}

/// The second input times the swish of the first.
static LogicalResult importSwiGLU(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)))
    return failure();
  if (node.getShape(0) != node.getShape(1))
    return node.error("E2301", node.describeInput(1) + " has shape " +
                                   formatShape(node.getShape(1)) + "; it must be " +
                                   formatShape(node.getShape(0)));
  auto gate = createSwish(node, node.getValue(0));
  if (failed(gate))
    return failure();
  return node.setResult(FloatMath(node).mul(*gate, node.getValue(1)));
}

static FailureOr<Value> createGelu(NodeContext &node, Value x) {
  StringRef kind = node.getString("approximate", "none");
  FloatMath math(node);
  Value inner;
  if (kind == "none") {
    inner = math.unary<qnn::ErfOp>(math.mul(x, math.scalar(0.70710678118654752f)));
  } else if (kind == "tanh") {
    Value cube = math.mul(math.mul(x, x), x);
    Value sum = math.add(x, math.mul(cube, math.scalar(0.044715f)));
    inner = math.unary<qnn::TanhOp>(math.mul(sum, math.scalar(0.79788456080286536f)));
  } else {
    return node.error("E2016", "attribute 'approximate' has the unknown value " + quoted(kind));
  }
  Value half = math.mul(x, math.scalar(0.5f));
  return math.mul(half, math.add(inner, math.scalar(1)));
}

/// x + bias below -lambd, x - bias above lambd, 0 between. Integers are computed in f32.
static LogicalResult importShrink(NodeContext &node) {
  auto bias = getFinite(node, "bias", 0), lambd = getFinite(node, "lambd", 0.5f);
  if (failed(requireNumber(node, 0)) || failed(bias) || failed(lambd))
    return failure();
  FloatMath math(node);
  Value x = math.cast(node.getValue(0), node.builder.getF32Type());
  Value isBelow = math.compare(qnn::CompareKind::Less, x, math.scalar(-*lambd));
  Value isAbove = math.compare(qnn::CompareKind::Less, math.scalar(*lambd), x);
  Value above = math.select(isAbove, math.sub(x, math.scalar(*bias)), math.scalar(0));
  Value result = math.select(isBelow, math.add(x, math.scalar(*bias)), above);
  return node.setResult(math.cast(result, node.getElementType(0)));
}

ArrayRef<Operator> getActivationOperators() {
  static const Operator rows[] = {
      {"", "Celu", 12, 1, 1, 1, "alpha:float", importFunction<createCelu>},
      {"", "Elu", 1, 1, 1, 1, "alpha:float", importFunction<createElu>},
      {"", "Gelu", 20, 1, 1, 1, "approximate:string", importFunction<createGelu>},
      {"", "HardSigmoid", 1, 1, 1, 1, "alpha:float beta:float", importFunction<createHardSigmoid>},
      {"", "HardSwish", 14, 1, 1, 1, "", importFunction<createHardSwish>},
      {"", "LeakyRelu", 1, 1, 1, 1, "alpha:float", importFunction<createLeakyRelu>},
      {"", "Mish", 18, 1, 1, 1, "", importFunction<createMish>},
      {"", "PRelu", 1, 2, 2, 1, "", importPRelu},
      {"", "Selu", 1, 1, 1, 1, "alpha:float gamma:float", importFunction<createSelu>},
      {"", "Shrink", 9, 1, 1, 1, "bias:float lambd:float", importShrink},
      {"", "Softplus", 1, 1, 1, 1, "", importFunction<createSoftplus>},
      {"", "Softsign", 1, 1, 1, 1, "", importFunction<createSoftsign>},
      {"", "SwiGLU", 28, 2, 2, 1, "alpha:float", importSwiGLU},
      {"", "Swish", 24, 1, 1, 1, "alpha:float", importFunction<createSwish>},
      {"", "ThresholdedRelu", 10, 1, 1, 1, "alpha:float", importFunction<createThresholdedRelu>},
  };
  return rows;
}

} // namespace qcc::import
