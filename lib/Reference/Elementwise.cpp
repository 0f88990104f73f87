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
      .Case([](qnn::SinOp) { return sine; })
      .Case([](qnn::CosOp) { return cosine; })
      .Case([](qnn::AtanOp) { return arcTangent; })
      .Case([](qnn::FloorOp) -> RealFunction { return roundDown; })
      .Case([](qnn::CeilOp) -> RealFunction { return roundUp; })
      .Case([](qnn::RoundOp) -> RealFunction { return roundToEven; })
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

using WideFunction = double (*)(double);

static double squareRootWide(double x) { return __builtin_elementwise_sqrt(x); }
static double negateWide(double x) { return -x; }
static double getMagnitudeWide(double x) { return std::fabs(x); }

/// The functions that f64 has: those that are exact or correctly rounded.
static WideFunction getWideFunction(Operation *op) {
  return llvm::TypeSwitch<Operation *, WideFunction>(op)
      .Case([](qnn::SqrtOp) { return squareRootWide; })
      .Case([](qnn::NegOp) { return negateWide; })
      .Case([](qnn::AbsOp) { return getMagnitudeWide; })
      .Case([](qnn::FloorOp) -> WideFunction { return roundDown; })
      .Case([](qnn::CeilOp) -> WideFunction { return roundUp; })
      .Case([](qnn::RoundOp) -> WideFunction { return roundToEven; })
      .Default([](Operation *) -> WideFunction { return nullptr; });
}

/// [neg-f1] [abs-f1] Integers wrap.
static Expected<Tensor> applyToIntegers(Operation *op, const Tensor &input) {
  if (!isa<qnn::NegOp, qnn::AbsOp>(op))
    return makeError(op, "is not defined for this element type");
  Tensor result(input.type);
  dispatchStorage(input.type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [x, y] : llvm::zip(input.view<T>(), result.view<T>()))
      y = isa<qnn::NegOp>(op) || x < zero ? static_cast<T>(uint64_t(0) - static_cast<uint64_t>(x))
                                          : x;
    return 0;
  });
  return result;
}

/// On numbers other than f32.
static Expected<Tensor> applyToNumbers(Operation *op, const Tensor &input) {
  if (!input.type.getElementType().isF64())
    return applyToIntegers(op, input);
  WideFunction function = getWideFunction(op);
  if (!function)
    return makeError(op, "is not defined for this element type");
  Tensor result(input.type);
  for (auto [x, y] : llvm::zip(input.view<double>(), result.view<double>()))
    y = function(x);
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

Expected<Tensor> evaluateElementwise(Operation *op, Operands operands, RankedTensorType type) {
  if (operands.size() == 1)
    return evaluateUnary(op, *operands[0], type);
  if (isa<qnn::CompareOp, qnn::SelectOp>(op))
    return evaluateChoice(op, operands, type);
  return evaluateBinary(op, *operands[0], *operands[1], type);
}

} // namespace qcc::reference
