//===- Trigonometry.cpp - sine, cosine, arc tangent as fixed f32 sequences
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

template <size_t count>
static float evaluatePolynomial(const float (&coefficients)[count], float x) {
  float y = coefficients[0];
  for (size_t i = 1; i < count; ++i)
    y = y * x + coefficients[i];
  return y;
}

/// Bit `position` of 1 / (2 pi) after the binary point, counted from 1.
static uint64_t getInverseTurnBit(int position) {
  static const char digits[] = "28be60db9391054a7f09d5f47d4d377036d8a5664f10e4107f9458eaf7";
  if (position <= 0)
    return 0;
  char digit = digits[(position - 1) / 4];
  int value = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
  return (value >> (3 - (position - 1) % 4)) & 1;
}

/// The angle less the nearest multiple of pi/2, and that multiple modulo 4. `x` is not negative.
static float reduceAngle(float x, int &quadrant) {
  quadrant = 0;
  if (x < 0.5f)
    return x;
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  // x = mantissa * 2^(exponent - 24).
  int exponent = static_cast<int>(bits >> 23) - 126;
  unsigned __int128 mantissa = (bits & 0x7fffff) | 0x800000;
  // 96 bits of the inverse, from the first that is no whole turn.
  unsigned __int128 window = 0;
  for (int i = 1; i <= 96; ++i)
    window = window << 1 | getInverseTurnBit(exponent - 24 + i);
  auto turns = static_cast<uint64_t>(mantissa * window >> 32);
  uint64_t nearest = (turns + (uint64_t(1) << 61)) >> 62;
  auto rest = static_cast<int64_t>(turns - (nearest << 62));
  quadrant = static_cast<int>(nearest);
  auto high = static_cast<int32_t>(rest >> 32);
  auto low = static_cast<int32_t>(static_cast<uint32_t>(rest) >> 1);
  float a = static_cast<float>(high) * 0x1.921fb6p-30f;
  float b = static_cast<float>(low) * 0x1.921fb6p-61f;
  return a + b;
}

static float evaluateQuadrant(float r, int quadrant) {
  constexpr float odd[] = {-0x1.9955c4p-13f, 0x1.11077cp-7f, -0x1.555546p-3f};
  constexpr float even[] = {0x1.99e0e4p-16f, -0x1.6c0c1ap-10f, 0x1.55554ap-5f};
  float z = r * r, y;
  if (quadrant % 2 == 0) {
    y = evaluatePolynomial(odd, z) * z;
    y = y * r;
    y = y + r;
  } else {
    y = evaluatePolynomial(even, z) * (z * z);
    y = y - 0.5f * z;
    y = y + 1.0f;
  }
  return quadrant & 2 ? -y : y;
}

float sine(float x) {
  float magnitude = std::fabs(x);
  if (!(magnitude < std::numeric_limits<float>::infinity()))
    return std::numeric_limits<float>::quiet_NaN();
  int quadrant;
  float r = reduceAngle(magnitude, quadrant), y = evaluateQuadrant(r, quadrant);
  return std::signbit(x) ? -y : y;
}

float cosine(float x) {
  float magnitude = std::fabs(x);
  if (!(magnitude < std::numeric_limits<float>::infinity()))
    return std::numeric_limits<float>::quiet_NaN();
  int quadrant;
  float r = reduceAngle(magnitude, quadrant);
  return evaluateQuadrant(r, quadrant + 1);
}

float arcTangent(float x) {
  float magnitude = std::fabs(x), u = magnitude, base = 0.0f, baseLow = 0.0f;
  if (magnitude > 0x1.3504f4p+1f) {
    u = -1.0f / magnitude;
    base = 0x1.921fb6p+0f;
    baseLow = -0x1.777a5cp-25f;
  } else if (magnitude > 0x1.a8279ap-2f) {
    u = (magnitude - 1.0f) / (magnitude + 1.0f);
    base = 0x1.921fb6p-1f;
    baseLow = -0x1.777a5cp-26f;
  }
  constexpr float coefficients[] = {-0x1.f30b94p-5f, 0x1.b22b70p-4f, -0x1.23ba0ep-3f,
                                    0x1.9991e6p-3f, -0x1.55554ap-2f};
  float z = u * u;
  float y = evaluatePolynomial(coefficients, z) * z;
  y = y * u;
  y = y + u;
  y = y + baseLow;
  y = base + y;
  return std::copysign(y, x);
}

} // namespace qcc::reference
