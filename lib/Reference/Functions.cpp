//===- Functions.cpp - exp, log, tanh, sigmoid, erf, sqrt as fixed f32 sequences
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/Semantics.md writes the same sequences down; both must change together.
//===----------------------------------------------------------------------===//
#include "qcc/Reference/Arithmetic.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace qcc::reference {

static int32_t getBits(float x) {
  int32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

static float fromBits(int32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

/// Horner's rule, highest coefficient first: multiply, then add.
template <size_t count>
static float evaluatePolynomial(const float (&coefficients)[count], float x) {
  float y = coefficients[0];
  for (size_t i = 1; i < count; ++i)
    y = y * x + coefficients[i];
  return y;
}

// ln 2 in two parts: the first has nine significant bits, so its product with an exponent is exact.
static constexpr float ln2High = 0x1.63p-1f, ln2Low = -0x1.bd0106p-13f;

float exponential(float x) {
  constexpr float log2e = 0x1.715476p+0f, magic = 12582912.0f;
  x = x < -104.0f ? -104.0f : x; // gives 0, and keeps NaN
  x = x > 89.0f ? 89.0f : x;     // gives infinity
  float shifted = x * log2e + magic;
  float n = shifted - magic;
  float r = x - n * ln2High;
  r = r - n * ln2Low;
  constexpr float coefficients[] = {0x1.6dbc68p-10f, 0x1.124148p-7f, 0x1.555454p-5f, 0x1.555486p-3f,
                                    0.5f};
  float y = evaluatePolynomial(coefficients, r) * (r * r);
  y = y + r;
  y = y + 1.0f;
  // Two factors, because 2^n itself may be no normal number.
  int32_t exponent = getBits(shifted) - getBits(magic), half = exponent >> 1;
  auto power = [](int32_t n) { return fromBits(static_cast<uint32_t>(n + 127) << 23); };
  return y * power(half) * power(exponent - half);
}

float logarithm(float x) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  if (!(x > 0.0f))
    return x == 0.0f ? -infinity : std::numeric_limits<float>::quiet_NaN();
  if (x == infinity)
    return x;
  // Denormals are scaled by 2^23 first.
  bool denormal = x < 0x1p-126f;
  float normal = denormal ? x * 0x1p23f : x;
  // The exponent that leaves a mantissa in [sqrt(1/2), sqrt(2)).
  constexpr int32_t sqrtHalf = 0x3f3504f3;
  int32_t exponent = (getBits(normal) - sqrtHalf) >> 23;
  float m = fromBits(getBits(normal) - exponent * (1 << 23)) - 1.0f;
  float e = static_cast<float>(exponent - (denormal ? 23 : 0));
  constexpr float coefficients[] = {-0x1.41ee0ap-4f, 0x1.07d0f0p-3f,  -0x1.0ce07cp-3f,
                                    0x1.226e4ap-3f,  -0x1.54788ap-3f, 0x1.99a596p-3f,
                                    -0x1.000220p-2f, 0x1.55554ap-2f};
  float square = m * m;
  float y = evaluatePolynomial(coefficients, m) * m;
  y = y * square;
  y = y + e * ln2Low;
  y = y - 0.5f * square;
  y = m + y;
  return y + e * ln2High;
}

float hyperbolicTangent(float x) {
  float magnitude = std::fabs(x);
  if (magnitude < 0.625f) {
    constexpr float coefficients[] = {-0x1.752164p-8f, 0x1.520236p-6f, -0x1.b837f2p-5f,
                                      0x1.110710p-3f, -0x1.555532p-2f};
    float square = x * x;
    float y = evaluatePolynomial(coefficients, square) * square;
    y = y * x;
    return y + x;
  }
  float y = 1.0f - 2.0f / (exponential(magnitude + magnitude) + 1.0f);
  return std::copysign(y, x);
}

float sigmoid(float x) {
  // The exponential of a number that is not positive never overflows.
  float e = exponential(-std::fabs(x));
  float numerator = x < 0.0f ? e : 1.0f;
  return numerator / (1.0f + e);
}

float errorFunction(float x) {
  float magnitude = std::fabs(x);
  if (magnitude < 1.0f) {
    constexpr float coefficients[] = {0x1.4ae4d0p-14f, -0x1.a485ecp-11f, 0x1.5419f6p-8f,
                                      -0x1.b7fbb4p-6f, 0x1.ce2d20p-4f,   -0x1.81273ep-2f,
                                      0x1.06eba8p-3f};
    float y = evaluatePolynomial(coefficients, x * x) * x;
    return y + x;
  }
  // 1 - erf is below half a unit of the last place of 1 from 4 on. NaN passes.
  magnitude = magnitude > 4.0f ? 4.0f : magnitude;
  constexpr float coefficients[] = {-0x1.8a3484p-13f, 0x1.847f88p-9f, -0x1.66ea6ap-6f,
                                    0x1.a6effap-4f,   0x1.46a35ap-1f, 0x1.209054p+0f,
                                    0x1.47a5fap-12f};
  float y = 1.0f - exponential(-evaluatePolynomial(coefficients, magnitude));
  return std::copysign(y, x);
}

// The instruction, not libm's function, which also sets errno.
float squareRoot(float x) { return __builtin_elementwise_sqrt(x); }

} // namespace qcc::reference
