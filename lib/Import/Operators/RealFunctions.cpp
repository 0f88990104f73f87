//===- RealFunctions.cpp - ONNX operators that are functions of reals
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// qnn has the sine, the cosine, the arc tangent, the exponential and the logarithm; the others are
// formulas of them, chosen so that no significant digits cancel.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Operands.h"

using namespace mlir;

namespace qcc::import {

using qnn::CompareKind;

template <typename Op> static FailureOr<Value> createUnary(NodeContext &node, Value x) {
  return FloatMath(node).unary<Op>(x);
}

//===- Circular ---------------------------------------------------------------//

static FailureOr<Value> createTangent(NodeContext &node, Value x) {
  FloatMath math(node);
  return math.div(math.unary<qnn::SinOp>(x), math.unary<qnn::CosOp>(x));
}

/// atan(x / sqrt((1 - x) * (1 + x))); an angle that does not exist is a NaN.
static FailureOr<Value> createArcSine(NodeContext &node, Value x) {
  FloatMath math(node);
  Value one = math.scalar(1);
  Value cosine = math.unary<qnn::SqrtOp>(math.mul(math.sub(one, x), math.add(one, x)));
  return math.unary<qnn::AtanOp>(math.div(x, cosine));
}

/// 2 * atan(sqrt((1 - x) / (1 + x)))
static FailureOr<Value> createArcCosine(NodeContext &node, Value x) {
  FloatMath math(node);
  Value one = math.scalar(1);
  Value tangent = math.unary<qnn::SqrtOp>(math.div(math.sub(one, x), math.add(one, x)));
  return math.mul(math.unary<qnn::AtanOp>(tangent), math.scalar(2));
}

//===- Hyperbolic -------------------------------------------------------------//

/// exp(|x|) / 2, which overflows no sooner than the functions made of it, and its counterpart
/// exp(-|x|) / 2.
static std::pair<Value, Value> createHalfPowers(FloatMath &math, Value x) {
  Value root = math.unary<qnn::ExpOp>(math.mul(math.unary<qnn::AbsOp>(x), math.scalar(0.5f)));
  Value half = math.mul(math.mul(root, math.scalar(0.5f)), root);
  return {half, math.div(math.scalar(0.25f), half)};
}

static FailureOr<Value> createHyperbolicCosine(NodeContext &node, Value x) {
  FloatMath math(node);
  auto [growing, falling] = createHalfPowers(math, x);
  return math.add(growing, falling);
}

/// A polynomial below 1, where the powers would cancel.
static FailureOr<Value> createHyperbolicSine(NodeContext &node, Value x) {
  FloatMath math(node);
  Value square = math.mul(x, x), small = math.scalar(0x1.75a83ep-19f);
  for (float coefficient : {0x1.a02152p-13f, 0x1.1110e2p-7f, 0x1.555556p-3f})
    small = math.add(math.mul(small, square), math.scalar(coefficient));
  small = math.add(math.mul(math.mul(small, square), x), x);
  auto [growing, falling] = createHalfPowers(math, x);
  Value large = math.sub(growing, falling);
  Value signedLarge = math.select(math.compare(CompareKind::Less, x, math.scalar(0)),
                                  math.unary<qnn::NegOp>(large), large);
  return math.select(math.compare(CompareKind::Less, square, math.scalar(1)), small, signedLarge);
}

/// log(1 + x) without the loss of digits of a small x: log(w) * x / (w - 1) for w = 1 + x.
static Value createLogarithmOfOnePlus(FloatMath &math, Value x) {
  Value one = math.scalar(1), w = math.add(x, one);
  Value scaled = math.mul(math.unary<qnn::LogOp>(w), math.div(x, math.sub(w, one)));
  return math.select(math.compare(CompareKind::Equal, w, one), x, scaled);
}

/// log(x) + log(2) from here on, where 1 is nothing beside x^2.
static Value createLargeArea(FloatMath &math, Value size, Value small) {
  Value large = math.add(math.unary<qnn::LogOp>(size), math.scalar(0x1.62e430p-1f));
  return math.select(math.compare(CompareKind::Less, math.scalar(4096), size), large, small);
}

/// log(|x| + sqrt(x^2 + 1)) with the sign of x
static FailureOr<Value> createAreaSine(NodeContext &node, Value x) {
  FloatMath math(node);
  Value size = math.unary<qnn::AbsOp>(x), square = math.mul(x, x), one = math.scalar(1);
  Value root = math.unary<qnn::SqrtOp>(math.add(square, one));
  Value excess = math.add(size, math.div(square, math.add(root, one)));
  Value area = createLargeArea(math, size, createLogarithmOfOnePlus(math, excess));
  return math.select(math.compare(CompareKind::Less, x, math.scalar(0)),
                     math.unary<qnn::NegOp>(area), area);
}

/// log(x + sqrt(x^2 - 1)); NaN below 1.
static FailureOr<Value> createAreaCosine(NodeContext &node, Value x) {
  FloatMath math(node);
  Value one = math.scalar(1), excess = math.sub(x, one);
  Value root = math.mul(math.unary<qnn::SqrtOp>(excess), math.unary<qnn::SqrtOp>(math.add(x, one)));
  return createLargeArea(math, x, createLogarithmOfOnePlus(math, math.add(excess, root)));
}

/// (log(1 + x) - log(1 - x)) / 2
static FailureOr<Value> createAreaTangent(NodeContext &node, Value x) {
  FloatMath math(node);
  Value difference = math.sub(createLogarithmOfOnePlus(math, x),
                              createLogarithmOfOnePlus(math, math.unary<qnn::NegOp>(x)));
  return math.mul(difference, math.scalar(0.5f));
}

ArrayRef<Operator> getRealFunctionOperators() {
  static const Operator rows[] = {
      {"", "Acos", 7, 1, 1, 1, "", importFunction<createArcCosine>},
      {"", "Acosh", 9, 1, 1, 1, "", importFunction<createAreaCosine>},
      {"", "Asin", 7, 1, 1, 1, "", importFunction<createArcSine>},
      {"", "Asinh", 9, 1, 1, 1, "", importFunction<createAreaSine>},
      {"", "Atan", 7, 1, 1, 1, "", importFunction<createUnary<qnn::AtanOp>>},
      {"", "Atanh", 9, 1, 1, 1, "", importFunction<createAreaTangent>},
      {"", "Cos", 7, 1, 1, 1, "", importFunction<createUnary<qnn::CosOp>>},
      {"", "Cosh", 9, 1, 1, 1, "", importFunction<createHyperbolicCosine>},
      {"", "Erf", 9, 1, 1, 1, "", importFunction<createUnary<qnn::ErfOp>>},
      {"", "Exp", 1, 1, 1, 1, "", importFunction<createUnary<qnn::ExpOp>>},
      {"", "Log", 1, 1, 1, 1, "", importFunction<createUnary<qnn::LogOp>>},
      {"", "Sigmoid", 1, 1, 1, 1, "", importFunction<createUnary<qnn::SigmoidOp>>},
      {"", "Sin", 7, 1, 1, 1, "", importFunction<createUnary<qnn::SinOp>>},
      {"", "Sinh", 9, 1, 1, 1, "", importFunction<createHyperbolicSine>},
      {"", "Tan", 7, 1, 1, 1, "", importFunction<createTangent>},
      {"", "Tanh", 1, 1, 1, 1, "", importFunction<createUnary<qnn::TanhOp>>},
  };
  return rows;
}

} // namespace qcc::import
