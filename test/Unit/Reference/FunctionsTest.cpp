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

} // namespace qcc::reference
