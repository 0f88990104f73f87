//===- ArithmeticTest.cpp - scalar rules
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Reference/Arithmetic.h"
#include "Support.h"

#include <cmath>
#include <limits>

namespace qcc::reference {

static constexpr float infinity = std::numeric_limits<float>::infinity();
static const float nan = std::nanf("");

class ArithmeticTest : public ReferenceTest {
protected:
  Quantization makeQuantization(unsigned bits, bool isSigned, float scale, int64_t zeroPoint) {
    return Quantization(qnn::makeQuantized(&context, bits, isSigned, scale, zeroPoint));
  }
};

// real-c2
TEST(Arithmetic, ClampTakesLowForNaN) {
  EXPECT_EQ(clamp(nan, -3, 5), -3);
  EXPECT_EQ(clamp(infinity, -3, 5), 5);
  EXPECT_EQ(clamp(-infinity, -3, 5), -3);
  EXPECT_EQ(clamp(2, -3, 5), 2);
}

// round-c1
TEST(Arithmetic, TiesRoundToEven) {
  for (int half = -200001; half <= 200001; ++half)
    EXPECT_EQ(roundHalfEven(half * 0.5f), std::nearbyint(half * 0.5)) << half;
  EXPECT_EQ(roundHalfEven(0.49999997f), 0.0f);
}

// saturate-c1: the zero point is added after rounding.
TEST_F(ArithmeticTest, SaturateRoundsBeforeTheZeroPoint) {
  Quantization odd = makeQuantization(8, true, 1.0f, 1);
  EXPECT_EQ(saturate(0.5f, odd), 1);
  EXPECT_EQ(saturate(1.5f, odd), 3);
  EXPECT_EQ(saturate(1e30f, odd), 127);
  EXPECT_EQ(saturate(-infinity, odd), -128);
  EXPECT_EQ(saturate(nan, odd), -128);
  Quantization wide = makeQuantization(16, false, 1.0f, 65535);
  EXPECT_EQ(saturate(-65534.5f, wide), 1);
  EXPECT_EQ(saturate(3.0f, wide), 65535);
  Quantization four = makeQuantization(4, true, 1.0f, 0);
  EXPECT_EQ(saturate(100.0f, four), 7);
  EXPECT_EQ(saturate(-100.0f, four), -8);
}

// quantize-c1: a division, not a product with the reciprocal.
TEST_F(ArithmeticTest, QuantizeDivides) {
  Quantization tenth = makeQuantization(8, false, 0.1f, 3);
  for (int i = -4000; i < 4000; ++i) {
    float x = 0.05f * static_cast<float>(i) / 7.0f;
    auto expected = static_cast<int32_t>(std::nearbyint(x / 0.1f)) + 3;
    EXPECT_EQ(quantize(x, tenth), std::min(std::max(expected, 0), 255));
  }
  EXPECT_EQ(quantize(0.25f, tenth), 5) << "a tie before the zero point";
}

// dequantize-c1
TEST_F(ArithmeticTest, Dequantize) {
  EXPECT_EQ(dequantize(-128, makeQuantization(8, true, 0.25f, 4)), -33.0f);
  EXPECT_EQ(dequantize(16777217, 1.0f, 0), 16777216.0f) << "integers round to f32 first";
}

// contraction-c2, average-c1
TEST(Arithmetic, MultipliersRoundAfterEachOperation) {
  float x = 0.1f, w = 0.3f, y = 0.7f;
  EXPECT_EQ(getContractionMultiplier(x, w, y), static_cast<float>(x * w) / y);
  EXPECT_EQ(getAverageMultiplier(x, y, 49), x / static_cast<float>(y * 49.0f));
}

// contraction-c3: every accumulator near every tie of every power of two.
TEST_F(ArithmeticTest, RequantizeIsExactOnTies) {
  for (int64_t zeroPoint : {-128, -1, 0, 1, 5, 127})
    for (int shift = 1; shift <= 12; ++shift) {
      Quantization to = makeQuantization(8, true, 1.0f, zeroPoint);
      float multiplier = std::ldexp(1.0f, -shift);
      for (int64_t accumulator = -70000; accumulator <= 70000; accumulator += 3) {
        double steps = std::nearbyint(std::ldexp(static_cast<double>(accumulator), -shift));
        double code = std::min(127.0, std::max(-128.0, steps + static_cast<double>(zeroPoint)));
        ASSERT_EQ(requantize(accumulator, multiplier, to), code) << accumulator << ' ' << shift;
      }
    }
}

TEST_F(ArithmeticTest, RequantizeConvertsTheAccumulatorCorrectlyRounded) {
  Quantization to = makeQuantization(16, true, 1.0f, 0);
  int64_t accumulator = (int64_t(1) << 40) + (int64_t(1) << 16) + 1;
  float expected = 1099511758848.0f;
  EXPECT_EQ(static_cast<float>(accumulator), expected);
  EXPECT_EQ(requantize(accumulator, 0x1p-26f, to), 16384);
}

} // namespace qcc::reference
