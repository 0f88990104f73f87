//===- Power.cpp - one f32 to the power of another, as a fixed sequence
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/Semantics.md writes the same sequence down; both must change together.
//===----------------------------------------------------------------------===//
#include "qcc/Reference/Arithmetic.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace qcc::reference {

namespace {

/// high + low, low far smaller.
struct Pair {
  float high, low;
};

float dropLowBits(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  bits &= 0xfffff000u;
  std::memcpy(&x, &bits, sizeof(bits));
  return x;
}

/// 2^e of a normal number.
float makePowerOfTwo(int e) {
  uint32_t bits = static_cast<uint32_t>(e + 127) << 23;
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

Pair makeSum(float high, float low) {
  float sum = high + low;
  float rounded = sum - high;
  return {sum, low - rounded};
}

Pair makeProduct(float a, float b) {
  float aHigh = dropLowBits(a), bHigh = dropLowBits(b);
  float aLow = a - aHigh, bLow = b - bHigh;
  float product = a * b;
  float error = product - aHigh * bHigh;
  error = error - aLow * bHigh;
  error = error - aHigh * bLow;
  return {product, aLow * bLow - error};
}

Pair makeProduct(Pair a, float high, float low) {
  Pair product = makeProduct(a.high, high);
  float rest = product.low + a.high * low;
  return {product.high, rest + a.low * high};
}

template <size_t count> float evaluatePolynomial(const float (&coefficients)[count], float x) {
  float y = coefficients[0];
  for (size_t i = 1; i < count; ++i)
    y = y * x + coefficients[i];
  return y;
}

/// log2 of a positive finite number.
Pair takeLogarithm(float x) {
  int exponent = 0;
  if (x < 0x1p-126f) {
    x = x * 0x1p23f;
    exponent = -23;
  }
  // The bounds are those of log-f1.
  for (; x >= 0x1.6a09e6p+0f; x = x * 0.5f)
    ++exponent;
  for (; x < 0x1.6a09e6p-1f; x = x * 2.0f)
    --exponent;
  float m = x;
  float numerator = m - 1.0f, denominator = m + 1.0f;
  float denominatorLow = m - (denominator - 1.0f);
  float t = numerator / denominator;
  Pair back = makeProduct(t, denominator);
  float rest = (numerator - back.high) - back.low;
  rest = rest - t * denominatorLow;
  float tLow = rest / denominator;
  Pair z = makeProduct(t, t);
  z.low = z.low + (t + t) * tLow;
  constexpr float coefficients[] = {0x1.dfa302p-4f, 0x1.24527ap-3f, 0x1.999a00p-3f};
  float tail = evaluatePolynomial(coefficients, z.high) * (z.high * z.high);
  Pair third = makeProduct(z, 0x1.555556p-2f, -0x1.555556p-27f);
  Pair g = makeSum(third.high, tail);
  g.low = g.low + third.low;
  Pair product = makeProduct(t, g.high);
  float productLow = product.low + t * g.low;
  productLow = productLow + tLow * g.high;
  Pair sum = makeSum(t, product.high);
  sum.low = sum.low + (tLow + productLow);
  Pair binary = makeProduct(sum, 0x1.715476p+1f, 0x1.4ae0c0p-25f);
  Pair result = makeSum(static_cast<float>(exponent), binary.high);
  return makeSum(result.high, result.low + binary.low);
}

/// 2^x.
float raiseTwo(Pair x) {
  if (std::fabs(x.high) > 200.0f)
    x = {std::copysign(200.0f, x.high), 0.0f};
  float n = roundHalfEven(x.high);
  Pair u = makeProduct({x.high - n, x.low}, 0x1.62e430p-1f, -0x1.05c610p-29f);
  u = makeSum(u.high, u.low);
  constexpr float coefficients[] = {0x1.a24bcap-13f, 0x1.6d4ce2p-10f, 0x1.111000p-7f,
                                    0x1.5554e8p-5f,  0x1.555556p-3f,  0.5f};
  float c = evaluatePolynomial(coefficients, u.high) * (u.high * u.high);
  c = c + u.low;
  Pair y = makeSum(1.0f, u.high);
  float result = y.high + (y.low + c);
  // Two factors, because 2^n itself may be no normal number.
  auto exponent = static_cast<int>(n), half = exponent >> 1;
  result = result * makePowerOfTwo(half);
  return result * makePowerOfTwo(exponent - half);
}

} // namespace

float power(float x, float y) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  if (y == 0.0f || x == 1.0f)
    return 1.0f;
  if (x != x || y != y)
    return std::numeric_limits<float>::quiet_NaN();
  float size = std::fabs(x);
  bool isInteger = roundDown(y) == y;
  bool isOdd = isInteger && std::fabs(y) < 0x1p24f && static_cast<int32_t>(y) % 2 != 0;
  float result;
  if (size == 0.0f || size == infinity) {
    result = (size == 0.0f) == (y < 0.0f) ? infinity : 0.0f;
  } else {
    if (x < 0.0f && !isInteger)
      return std::numeric_limits<float>::quiet_NaN();
    float bounded = y > 0x1p40f ? 0x1p40f : y < -0x1p40f ? -0x1p40f : y;
    Pair logarithm = takeLogarithm(size);
    Pair product = makeProduct(bounded, logarithm.high);
    product.low = product.low + bounded * logarithm.low;
    result = raiseTwo(product);
  }
  return isOdd && std::signbit(x) ? -result : result;
}

} // namespace qcc::reference
