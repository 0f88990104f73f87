//===- Elementwise.cpp - functions of one element of each operand
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

#include <cmath>

using namespace mlir;

namespace qcc::reference {

//===- one operand ----------------------------------------------------------===//

static float negate(float x) { return -x; }
static float getMagnitude(float x) { return std::fabs(x); }
static float returnSame(float x) { return x; }

using RealFunction = float (*)(float);

static RealFunction getRealFunction(Operation *op) {
  return llvm::TypeSwitch<Operation *, RealFunction>(op)
      .Case([](qnn::SigmoidOp) { return sigmoid; })
      .Case([](qnn::TanhOp) { return hyperbolicTangent; })
      .Case([](qnn::ExpOp) { return exponential; })
      .Case([](qnn::LogOp) { return logarithm; })
      .Case([](qnn::ErfOp) { return errorFunction; })
      .Case([](qnn::SqrtOp) { return squareRoot; })
      .Case([](qnn::NegOp) { return negate; })
      .Case([](qnn::AbsOp) { return getMagnitude; })
      .Case([](qnn::CastOp) { return returnSame; })
      .Default([](Operation *) -> RealFunction { return nullptr; });
}

/// [unary-c1] Q(f(DQ(q))).
static Tensor applyToCodes(RealFunction function, const Tensor &input, RankedTensorType type) {
  Quantization from(qnn::getQuantized(input.type)), to(qnn::getQuantized(type));
  auto codes = readCodes(input);
  for (int32_t &code : codes)
    code = quantize(function(dequantize(code, from)), to);
  return writeCodes(codes, type);
}

/// [relu-c1] [clip-c1] Integer clamp of codes.
static Tensor clampCodes(const Tensor &input, int32_t low, int32_t high) {
  auto codes = readCodes(input);
  for (int32_t &code : codes)
    code = std::min(std::max(code, low), high);
  return writeCodes(codes, input.type);
}

/// [clip-f1] Clamps plain numbers.
static Tensor clampNumbers(const Tensor &input, float low, float high) {
  Tensor result(input.type);
  dispatchStorage(input.type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    T least = convertNumber<T>(low), most = convertNumber<T>(high);
    for (auto [x, y] : llvm::zip(input.view<T>(), result.view<T>())) {
      y = x > least ? x : least;
      y = y < most ? y : most;
    }
    return 0;
  });
  return result;
}

/// [relu-f1]
static Tensor rectifyNumbers(const Tensor &input) {
  Tensor result(input.type);
  dispatchStorage(input.type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [x, y] : llvm::zip(input.view<T>(), result.view<T>()))
      y = x > zero ? x : zero;
    return 0;
  });
  return result;
}

/// [neg-f1] [abs-f1] [sqrt-f1] on numbers other than f32; integers wrap.
static Expected<Tensor> applyToNumbers(Operation *op, const Tensor &input) {
  Type element = input.type.getElementType();
  if (!isa<qnn::NegOp, qnn::AbsOp>(op) && !(isa<qnn::SqrtOp>(op) && element.isF64()))
    return makeError(op, "is not defined for this element type");
  Tensor result(input.type);
  dispatchStorage(element, [&](auto zero) {
    using T = decltype(zero);
    for (auto [x, y] : llvm::zip(input.view<T>(), result.view<T>())) {
      if constexpr (std::is_same_v<T, double>)
        y = isa<qnn::SqrtOp>(op)  ? __builtin_elementwise_sqrt(x)
            : isa<qnn::AbsOp>(op) ? std::fabs(x)
                                  : -x;
      else
        y = isa<qnn::NegOp>(op) || x < zero ? static_cast<T>(uint64_t(0) - static_cast<uint64_t>(x))
                                            : x;
    }
    return 0;
  });
  return result;
}

static Expected<Tensor> evaluateUnary(Operation *op, const Tensor &input, RankedTensorType type) {
  auto quantized = qnn::getQuantized(input.type);
  if (isa<qnn::ReluOp>(op))
    return quantized
               ? clampCodes(input, Quantization(quantized).zeroPoint, Quantization(quantized).high)
               : rectifyNumbers(input);
  if (auto clip = dyn_cast<qnn::ClipOp>(op)) {
    float low = clip.getLow().convertToFloat(), high = clip.getHigh().convertToFloat();
    if (!quantized)
      return clampNumbers(input, low, high);
    Quantization codes(quantized);
    return clampCodes(input, quantize(low, codes), quantize(high, codes));
  }
  if (quantized)
    return applyToCodes(getRealFunction(op), input, type);
  if (isa<qnn::CastOp>(op))
    return convertElements(input, type.getElementType());
  if (!input.type.getElementType().isF32())
    return applyToNumbers(op, input);
  RealFunction function = getRealFunction(op);
  Tensor result(type);
  for (auto [x, y] : llvm::zip(input.view<float>(), result.view<float>()))
    y = function(x);
  return result;
}

//===- two operands ---------------------------------------------------------===//

/// [add-f1] ... [max-f1] One operation of T; integers wrap, division by integer zero gives 0.
template <typename T> static T combineNumbers(Operation *op, T a, T b) {
  if (isa<qnn::MinOp>(op))
    return a < b ? a : b;
  if (isa<qnn::MaxOp>(op))
    return a > b ? a : b;
  if constexpr (std::is_floating_point_v<T>) {
    if (isa<qnn::AddOp>(op))
      return a + b;
    if (isa<qnn::SubOp>(op))
      return a - b;
    return isa<qnn::MulOp>(op) ? a * b : a / b;
  } else {
    auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
    if (isa<qnn::AddOp>(op))
      return static_cast<T>(x + y);
    if (isa<qnn::SubOp>(op))
      return static_cast<T>(x - y);
    if (isa<qnn::MulOp>(op))
      return static_cast<T>(x * y);
    if (b == T(0))
      return T(0);
    // The one quotient that does not fit wraps.
    if (std::is_signed_v<T> && b == static_cast<T>(-1))
      return static_cast<T>(uint64_t(0) - x);
    return static_cast<T>(a / b);
  }
}

/// Quantized operands, less their zero points, to the code of the result.
static int32_t combineCodes(Operation *op, int32_t leftCode, const Quantization &left,
                            int32_t rightCode, const Quantization &right, const Quantization &to) {
  // [min-c1] Each operand takes the result's type first.
  if (isa<qnn::MinOp, qnn::MaxOp>(op)) {
    int32_t a = quantize(dequantize(leftCode, left), to);
    int32_t b = quantize(dequantize(rightCode, right), to);
    return isa<qnn::MinOp>(op) ? std::min(a, b) : std::max(a, b);
  }
  auto a = static_cast<float>(leftCode - left.zeroPoint);
  auto b = static_cast<float>(rightCode - right.zeroPoint);
  // [add-c1]
  if (isa<qnn::AddOp, qnn::SubOp>(op)) {
    float leftSteps = a * (left.scale / to.scale);
    float rightSteps = b * (right.scale / to.scale);
    return saturate(isa<qnn::AddOp>(op) ? leftSteps + rightSteps : leftSteps - rightSteps, to);
  }
  // [mul-c1]
  if (isa<qnn::MulOp>(op)) {
    float scale = left.scale * right.scale;
    return saturate((a * b) * (scale / to.scale), to);
  }
  // [div-c1]
  float scale = left.scale / right.scale;
  return saturate((a / b) * (scale / to.scale), to);
}

static Expected<Tensor> evaluateBinary(Operation *op, const Tensor &left, const Tensor &right,
                                       RankedTensorType type) {
  Tensor lhs = broadcast(left, type.getShape()), rhs = broadcast(right, type.getShape());
  if (auto quantized = qnn::getQuantized(type)) {
    Quantization from(qnn::getQuantized(lhs.type)), other(qnn::getQuantized(rhs.type));
    Quantization to(quantized);
    auto codes = readCodes(lhs);
    for (auto [code, otherCode] : llvm::zip(codes, readCodes(rhs)))
      code = combineCodes(op, code, from, otherCode, other, to);
    return writeCodes(codes, type);
  }
  Tensor result(type);
  dispatchStorage(type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [a, b, y] : llvm::zip(lhs.view<T>(), rhs.view<T>(), result.view<T>()))
      y = combineNumbers<T>(op, a, b);
    return 0;
  });
  return result;
}

Expected<Tensor> evaluateElementwise(Operation *op, Operands operands, RankedTensorType type) {
  if (operands.size() == 1)
    return evaluateUnary(op, *operands[0], type);
  return evaluateBinary(op, *operands[0], *operands[1], type);
}

} // namespace qcc::reference
