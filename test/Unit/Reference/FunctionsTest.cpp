//===- FunctionsTest.cpp - accuracy of the fixed sequences against libm in double
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Reference/Arithmetic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace qcc::reference {

static constexpr float infinity = std::numeric_limits<float>::infinity();
static const float nan = std::nanf("");

static float fromBits(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

/// |value - exact| in units of the last place of the f32 nearest to `exact`.
static double getUlps(float value, double exact) {
  auto nearest = static_cast<float>(exact);
  if (std::isinf(nearest) || std::isinf(value))
    return value == nearest                                              ? 0
           : std::abs(exact) > 3.4028235e38 && std::abs(value) > 3.4e38f ? 1
                                                                         : 1e9;
  int exponent = std::max(nearest == 0 ? -126 : std::ilogb(nearest), -126);
  return std::abs(static_cast<double>(value) - exact) / std::ldexp(1.0, exponent - 23);
}

/// Largest error over every 1009th float of both signs and the neighbourhood of 0.
template <typename Exact> static double measure(float (*function)(float), Exact exact) {
  double worst = 0;
  float where = 0;
  for (uint64_t bits = 0; bits <= 0xffffffffu; bits += 1009) {
    float x = fromBits(static_cast<uint32_t>(bits));
    double reference = exact(static_cast<double>(x));
    if (std::isnan(x) || std::isnan(reference))
      continue;
    double error = getUlps(function(x), reference);
    if (error > worst)
      worst = error, where = x;
  }
  testing::Test::RecordProperty("ulps", std::to_string(worst));
  std::printf("largest error %.3f ulp at %.9g\n", worst, where);
  return worst;
}

// exp-f1
TEST(Functions, Exponential) {
  EXPECT_LT(measure(exponential, [](double x) { return std::exp(x); }), 1.2);
  EXPECT_EQ(exponential(0.0f), 1.0f);
  EXPECT_EQ(exponential(-infinity), 0.0f);
  EXPECT_EQ(exponential(infinity), infinity);
  EXPECT_TRUE(std::isnan(exponential(nan)));
  EXPECT_EQ(exponential(-103.0f), 0x1p-149f) << "denormals are not flushed";
}

// log-f1
TEST(Functions, Logarithm) {
  EXPECT_LT(measure(logarithm, [](double x) { return std::log(x); }), 1.2);
  EXPECT_EQ(logarithm(1.0f), 0.0f);
  EXPECT_EQ(logarithm(0.0f), -infinity);
  EXPECT_EQ(logarithm(-0.0f), -infinity);
  EXPECT_EQ(logarithm(infinity), infinity);
  EXPECT_TRUE(std::isnan(logarithm(-1.0f)));
  EXPECT_TRUE(std::isnan(logarithm(nan)));
}

// tanh-f1
TEST(Functions, HyperbolicTangent) {
  EXPECT_LT(measure(hyperbolicTangent, [](double x) { return std::tanh(x); }), 2.0);
  EXPECT_EQ(hyperbolicTangent(infinity), 1.0f);
  EXPECT_EQ(hyperbolicTangent(-infinity), -1.0f);
  EXPECT_EQ(hyperbolicTangent(-0.0f), 0.0f);
  EXPECT_TRUE(std::isnan(hyperbolicTangent(nan)));
}

// sigmoid-f1
TEST(Functions, Sigmoid) {
  EXPECT_LT(measure(sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }), 3.0);
  EXPECT_EQ(sigmoid(0.0f), 0.5f);
  EXPECT_EQ(sigmoid(infinity), 1.0f);
  EXPECT_EQ(sigmoid(-infinity), 0.0f);
  EXPECT_TRUE(std::isnan(sigmoid(nan)));
}

// erf-f1
TEST(Functions, ErrorFunction) {
  EXPECT_LT(measure(errorFunction, [](double x) { return std::erf(x); }), 2.0);
  EXPECT_EQ(errorFunction(infinity), 1.0f);
  EXPECT_EQ(errorFunction(-5.0f), -1.0f);
  EXPECT_TRUE(std::signbit(errorFunction(-0.0f)));
  EXPECT_TRUE(std::isnan(errorFunction(nan)));
}

// sqrt-f1
TEST(Functions, SquareRoot) {
  EXPECT_LE(measure(squareRoot, [](double x) { return std::sqrt(x); }), 0.5);
  EXPECT_TRUE(std::isnan(squareRoot(-1.0f)));
}

// sin-f1
TEST(Functions, Sine) {
  EXPECT_LT(measure(sine, [](double x) { return std::sin(x); }), 2.8);
  EXPECT_TRUE(std::signbit(sine(-0.0f)));
  EXPECT_TRUE(std::isnan(sine(infinity)));
  EXPECT_TRUE(std::isnan(sine(nan)));
}

// cos-f1
TEST(Functions, Cosine) {
  EXPECT_LT(measure(cosine, [](double x) { return std::cos(x); }), 2.8);
  EXPECT_EQ(cosine(0.0f), 1.0f);
  EXPECT_TRUE(std::isnan(cosine(-infinity)));
}

// atan-f1
TEST(Functions, ArcTangent) {
  EXPECT_LT(measure(arcTangent, [](double x) { return std::atan(x); }), 2.2);
  EXPECT_EQ(arcTangent(infinity), 0x1.921fb6p+0f);
  EXPECT_TRUE(std::signbit(arcTangent(-0.0f)));
  EXPECT_TRUE(std::isnan(arcTangent(nan)));
}

// pow-f1
TEST(Functions, Power) {
  double worst = 0;
  for (uint64_t bits = 1; bits <= 0x7f800000u; bits += 10007) {
    float x = fromBits(static_cast<uint32_t>(bits));
    // An exponent for which the result stays finite.
    double largest = 127 / std::max(std::abs(std::log2(static_cast<double>(x))), 1e-7);
    for (double share : {1.0, -0.97, 0.31, 0.0123}) {
      auto y = static_cast<float>(share * largest);
      worst = std::max(worst, getUlps(power(x, y), std::pow(static_cast<double>(x), y)));
    }
  }
  std::printf("largest error %.3f ulp\n", worst);
  EXPECT_LT(worst, 1.5);
}

TEST(Functions, PowerIsExactWhereTheResultIsANumber) {
  for (int base = -40; base <= 40; ++base)
    for (int exponent = 0; exponent <= 24; ++exponent) {
      double exact = std::pow(static_cast<double>(base), exponent);
      if (std::abs(exact) <= 16777216.0)
        EXPECT_EQ(power(static_cast<float>(base), static_cast<float>(exponent)), exact)
            << base << " to the power " << exponent;
    }
  for (int i = 0; i < 4096; ++i)
    EXPECT_EQ(power(static_cast<float>(i) * static_cast<float>(i), 0.5f), static_cast<float>(i));
}

TEST(Functions, PowerOfSpecialNumbers) {
  const float numbers[] = {0.0f,  -0.0f, 1.0f,     -1.0f, 0.5f,      -0.5f,       2.0f, 3.0f,
                           -3.0f, -2.5f, infinity, nan,   -infinity, 16777217.0f, 1e30f};
  for (float x : numbers)
    for (float y : numbers) {
      auto exact = static_cast<float>(std::pow(static_cast<double>(x), static_cast<double>(y)));
      float result = power(x, y);
      if (std::isnan(exact))
        EXPECT_TRUE(std::isnan(result)) << x << " to the power " << y;
      else
        EXPECT_TRUE(result == exact && std::signbit(result) == std::signbit(exact))
            << x << " to the power " << y << " is " << exact << ", not " << result;
    }
}

// floor-f1 ceil-f1 round-f1
TEST(Functions, Rounding) {
  EXPECT_EQ(measure(roundDown, [](double x) { return std::floor(x); }), 0);
  EXPECT_EQ(measure(roundUp, [](double x) { return std::ceil(x); }), 0);
  EXPECT_EQ(measure(roundToEven, [](double x) { return std::nearbyint(x); }), 0);
  for (double x = -4.5; x <= 4.5; x += 0.25) {
    EXPECT_EQ(roundDown(x), std::floor(x));
    EXPECT_EQ(roundUp(x), std::ceil(x));
    EXPECT_EQ(roundToEven(x), std::nearbyint(x));
  }
  EXPECT_TRUE(std::signbit(roundUp(-0.5f)));
  EXPECT_TRUE(std::signbit(roundToEven(-0.5)));
  EXPECT_EQ(roundToEven(0x1p63), 0x1p63);
}

// rem-f1
TEST(Functions, Remainder) {
  const double numbers[] = {5.0, -5.0, 3.0, 0.1, -0.3, 1e30, 0x1p-1074, 0x1.8p-1022, 7.5, 1e308};
  for (double x : numbers)
    for (double y : numbers) {
      EXPECT_EQ(getRemainder(x, y), std::fmod(x, y)) << x << " by " << y;
      auto a = static_cast<float>(x), b = static_cast<float>(y);
      if (b != 0 && std::isfinite(a))
        EXPECT_EQ(getRemainder(a, b), std::fmod(a, b)) << a << " by " << b;
    }
  EXPECT_TRUE(std::isnan(getRemainder(1.0f, 0.0f)));
  EXPECT_TRUE(std::isnan(getRemainder(infinity, 2.0f)));
  EXPECT_EQ(getRemainder(-3.0f, infinity), -3.0f);
}

} // namespace qcc::reference
