//===- Arithmetic.cpp - scalar rules of quantized numbers
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Reference/Arithmetic.h"

namespace qcc::reference {

Quantization::Quantization(qnn::QuantizedType type)
    : scale(qnn::getScale(type)), zeroPoint(static_cast<int32_t>(type.getZeroPoint())),
      low(static_cast<int32_t>(type.getStorageTypeMin())),
      high(static_cast<int32_t>(type.getStorageTypeMax())) {}

float clamp(float x, float low, float high) {
  x = x > low ? x : low;
  return x < high ? x : high;
}

float roundHalfEven(float x) {
  // 1.5 * 2^23: the sum has no fraction bits left, so the addition rounds.
  constexpr float magic = 12582912.0f;
  float shifted = x + magic;
  return shifted - magic;
}

int32_t saturate(float steps, const Quantization &to) {
  float low = static_cast<float>(to.low - to.zeroPoint);
  float high = static_cast<float>(to.high - to.zeroPoint);
  return static_cast<int32_t>(roundHalfEven(clamp(steps, low, high))) + to.zeroPoint;
}

int32_t quantize(float real, const Quantization &to) { return saturate(real / to.scale, to); }

float dequantize(int64_t code, float scale, int64_t zeroPoint) {
  return static_cast<float>(code - zeroPoint) * scale;
}

float dequantize(int64_t code, const Quantization &from) {
  return dequantize(code, from.scale, from.zeroPoint);
}

float getContractionMultiplier(float inputScale, float weightScale, float outputScale) {
  float product = inputScale * weightScale;
  return product / outputScale;
}

float getAverageMultiplier(float inputScale, float outputScale, int64_t count) {
  float divisor = outputScale * static_cast<float>(count);
  return inputScale / divisor;
}

int32_t requantize(int64_t accumulator, float multiplier, const Quantization &to) {
  return saturate(static_cast<float>(accumulator) * multiplier, to);
}

} // namespace qcc::reference
