//===- Arithmetic.h - the scalar rules of docs/Semantics.md -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every f32 operation below is one IEEE operation, rounded to nearest even, in the order written,
// never contracted.
//===----------------------------------------------------------------------===//
#ifndef QCC_REFERENCE_ARITHMETIC_H
#define QCC_REFERENCE_ARITHMETIC_H

#include "dialects/QNN/QNNTypes.h"
#include <cstdint>

namespace qcc::reference {

/// A per-tensor quantized type as plain numbers.
struct Quantization {
  float scale;
  int32_t zeroPoint;
  int32_t low, high; // range of the codes

  explicit Quantization(qnn::QuantizedType type);
};

/// [real-c2] min(max(x, low), high); NaN gives low.
float clamp(float x, float low, float high);

/// [round-c1] The nearest integer, ties to even; |x| at most 2^22.
float roundHalfEven(float x);

/// [saturate-c1] Code of a real that is already divided by the scale.
int32_t saturate(float steps, const Quantization &to);

/// [quantize-c1]
int32_t quantize(float real, const Quantization &to);

/// [dequantize-c1]
float dequantize(int64_t code, float scale, int64_t zeroPoint);
float dequantize(int64_t code, const Quantization &from);

/// [contraction-c2] f32(f32(inputScale * weightScale) / outputScale).
float getContractionMultiplier(float inputScale, float weightScale, float outputScale);

/// [average-c1] f32(inputScale / f32(outputScale * count)).
float getAverageMultiplier(float inputScale, float outputScale, int64_t count);

/// [contraction-c3] saturate(f32(accumulator) * multiplier).
int32_t requantize(int64_t accumulator, float multiplier, const Quantization &to);

// Functions of one f32: [exp-f1] [log-f1] [tanh-f1] [sigmoid-f1] [erf-f1] [sqrt-f1].
float exponential(float x);
float logarithm(float x);
float hyperbolicTangent(float x);
float sigmoid(float x);
float errorFunction(float x);
float squareRoot(float x);
// [sin-f1] [cos-f1] [atan-f1] [pow-f1]
float sine(float x);
float cosine(float x);
float arcTangent(float x);
float power(float x, float y);

// [floor-f1] [ceil-f1] [round-f1] [rem-f1] Exact.
float roundDown(float x);
float roundUp(float x);
float roundToEven(float x);
float getRemainder(float x, float y);
double roundDown(double x);
double roundUp(double x);
double roundToEven(double x);
double getRemainder(double x, double y);

} // namespace qcc::reference

#endif
