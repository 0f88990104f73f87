//===- Activations.cpp - activation functions that are formulas of others
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/FloatMath.h"
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
static Value createHardSigmoid(NodeContext &node, float alpha, float beta) {
  FloatMath math(node);
  Value scaled = math.mul(node.getValue(0), math.scalar(alpha));
  return math.clip(math.add(scaled, math.scalar(beta)), 0, 1);
}

static LogicalResult importHardSigmoid(NodeContext &node) {
  auto alpha = getFinite(node, "alpha", 0.2f), beta = getFinite(node, "beta", 0.5f);
  if (failed(node.requireFloat(0)) || failed(alpha) || failed(beta))
    return failure();
  return node.setResult(createHardSigmoid(node, *alpha, *beta));
}

static LogicalResult importHardSwish(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  return node.setResult(
      FloatMath(node).mul(node.getValue(0), createHardSigmoid(node, 1.0f / 6, 0.5f)));
}

static LogicalResult importLeakyRelu(NodeContext &node) {
  auto alpha = getFinite(node, "alpha", 0.01f);
  if (failed(node.requireFloat(0)) || failed(alpha))
    return failure();
  FloatMath math(node);
  Value input = node.getValue(0), scaled = math.mul(input, math.scalar(*alpha));
  // The slope decides which of x and alpha * x is wanted on both sides of zero.
  return node.setResult(*alpha <= 1 ? math.max(input, scaled) : math.min(input, scaled));
}

/// max(x, 0) + slope * min(x, 0)
static LogicalResult importPRelu(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)))
    return failure();
  auto shape = broadcastShapes(node.getShape(0), node.getShape(1));
  if (!shape || ArrayRef<int64_t>(*shape) != node.getShape(0))
    return node.error("E2301", "slopes of shape " + formatShape(node.getShape(1)) +
                                   " cannot be broadcast to " + formatShape(node.getShape(0)));
  FloatMath math(node);
  Value input = node.getValue(0), zero = math.scalar(0);
  return node.setResult(
      math.add(math.max(input, zero), math.mul(math.min(input, zero), node.getValue(1))));
}

/// max(x, 0) + alpha * (exp(min(x, 0)) - 1)
static Value createElu(NodeContext &node, float alpha) {
  FloatMath math(node);
  Value input = node.getValue(0), zero = math.scalar(0);
  Value below = math.sub(math.unary<qnn::ExpOp>(math.min(input, zero)), math.scalar(1));
  return math.add(math.max(input, zero), math.mul(below, math.scalar(alpha)));
}

static LogicalResult importElu(NodeContext &node) {
  auto alpha = getFinite(node, "alpha", 1);
  if (failed(node.requireFloat(0)) || failed(alpha))
    return failure();
  return node.setResult(createElu(node, *alpha));
}

static LogicalResult importSelu(NodeContext &node) {
  auto alpha = getFinite(node, "alpha", 1.67326319217681884765625f);
  auto gamma = getFinite(node, "gamma", 1.05070102214813232421875f);
  if (failed(node.requireFloat(0)) || failed(alpha) || failed(gamma))
    return failure();
  FloatMath math(node);
  return node.setResult(math.mul(createElu(node, *alpha), math.scalar(*gamma)));
}

/// max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
static Value createSoftplus(NodeContext &node) {
  FloatMath math(node);
  Value input = node.getValue(0);
  Value power = math.unary<qnn::ExpOp>(math.unary<qnn::NegOp>(math.unary<qnn::AbsOp>(input)));
  return math.add(math.max(input, math.scalar(0)),
                  math.unary<qnn::LogOp>(math.add(power, math.scalar(1))));
}

static LogicalResult importSoftplus(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  return node.setResult(createSoftplus(node));
}

static LogicalResult importMish(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  FloatMath math(node);
  return node.setResult(math.mul(node.getValue(0), math.unary<qnn::TanhOp>(createSoftplus(node))));
}

static LogicalResult importSoftsign(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  FloatMath math(node);
  Value input = node.getValue(0);
  return node.setResult(math.div(input, math.add(math.unary<qnn::AbsOp>(input), math.scalar(1))));
}

static LogicalResult importSwish(NodeContext &node) {
  auto alpha = getFinite(node, "alpha", 1);
  if (failed(node.requireFloat(0)) || failed(alpha))
    return failure();
  FloatMath math(node);
  Value input = node.getValue(0);
  Value scaled = *alpha == 1 ? input : math.mul(input, math.scalar(*alpha));
  return node.setResult(math.mul(input, math.unary<qnn::SigmoidOp>(scaled)));
}

static LogicalResult importGelu(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  StringRef kind = node.getString("approximate", "none");
  FloatMath math(node);
  Value input = node.getValue(0), inner;
  if (kind == "none") {
    inner = math.unary<qnn::ErfOp>(math.mul(input, math.scalar(0.70710678118654752f)));
  } else if (kind == "tanh") {
    Value cube = math.mul(math.mul(input, input), input);
    Value sum = math.add(input, math.mul(cube, math.scalar(0.044715f)));
    inner = math.unary<qnn::TanhOp>(math.mul(sum, math.scalar(0.79788456080286536f)));
  } else {
    return node.error("E2016", "attribute 'approximate' has the unknown value " + quoted(kind));
  }
  Value half = math.mul(input, math.scalar(0.5f));
  return node.setResult(math.mul(half, math.add(inner, math.scalar(1))));
}

ArrayRef<Operator> getActivationOperators() {
  static const Operator rows[] = {
      {"", "Elu", 1, 1, 1, 1, "alpha:float", importElu},
      {"", "Gelu", 20, 1, 1, 1, "approximate:string", importGelu},
      {"", "HardSigmoid", 1, 1, 1, 1, "alpha:float beta:float", importHardSigmoid},
      {"", "HardSwish", 14, 1, 1, 1, "", importHardSwish},
      {"", "LeakyRelu", 1, 1, 1, 1, "alpha:float", importLeakyRelu},
      {"", "Mish", 18, 1, 1, 1, "", importMish},
      {"", "PRelu", 1, 2, 2, 1, "", importPRelu},
      {"", "Selu", 1, 1, 1, 1, "alpha:float gamma:float", importSelu},
      {"", "Softplus", 1, 1, 1, 1, "", importSoftplus},
      {"", "Softsign", 1, 1, 1, 1, "", importSoftsign},
      {"", "Swish", 24, 1, 1, 1, "alpha:float", importSwish},
  };
  return rows;
}

} // namespace qcc::import
