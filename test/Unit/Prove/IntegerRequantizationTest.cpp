//===- IntegerRequantizationTest.cpp - requantization without a float unit --===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Prove/IntegerRequantization.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace qcc;
using namespace qcc::prove;

namespace {

class IntegerRequantizationTest : public testing::Test {
protected:
  IntegerRequantizationTest() { context.loadDialect<mlir::quant::QuantDialect>(); }

  reference::Quantization makeType(int64_t zeroPoint, bool isSigned = true) {
    return reference::Quantization(qnn::makeQuantized(&context, 8, isSigned, 1.0f, zeroPoint));
  }

  static int32_t apply(const IntegerForm &form, int64_t accumulator,
                       const reference::Quantization &to) {
    int64_t steps = (accumulator * form.multiplier + form.offset) >> form.shift;
    int64_t low = to.low - to.zeroPoint, high = to.high - to.zeroPoint;
    return static_cast<int32_t>(std::min(std::max(steps, low), high)) + to.zeroPoint;
  }

  mlir::MLIRContext context;
  std::mt19937_64 random{7};
};

/// Multipliers of all magnitudes, with short significands now and then: those have ties.
float drawMultiplier(std::mt19937_64 &random) {
  auto significand = static_cast<uint32_t>(random() & 0x7fffff);
  if (random() % 4 == 0)
    significand &= 0x7fffffu << (random() % 24);
  int exponent = -static_cast<int>(random() % 34);
  return std::ldexp(1.0f + static_cast<float>(significand) * 0x1p-23f, exponent);
}

TEST_F(IntegerRequantizationTest, EmulationEqualsFloat) {
  constexpr int count = 10000000;
  reference::Quantization types[] = {makeType(0),  makeType(-128),      makeType(127),
                                     makeType(-3), makeType(0, false),  makeType(255, false),
                                     makeType(11), makeType(131, false)};
  for (int i = 0; i < count; ++i) {
    float multiplier = drawMultiplier(random);
    auto accumulator = static_cast<int32_t>(static_cast<int64_t>(random()) >> (32 + random() % 31));
    // Half of them where codes do not saturate, a part of these at ties.
    if (i % 2)
      accumulator = static_cast<int32_t>(
          std::min(std::max(std::nearbyint(
                                (static_cast<double>(static_cast<int>(random() % 1024)) / 2 - 256) /
                                multiplier),
                            -2147483648.0),
                   2147483647.0));
    const reference::Quantization &to = types[i % std::size(types)];
    ASSERT_EQ(emulateRequantize(accumulator, multiplier, to),
              reference::requantize(accumulator, multiplier, to))
        << accumulator << " * " << multiplier;
  }
}

TEST_F(IntegerRequantizationTest, EmulationAtTheEnds) {
  auto to = makeType(-1);
  for (float multiplier : {0x1p-126f, 0x1p-33f, 0x1p-32f, 0x1p-31f, 0x1.fffffep-25f, 0x1p-24f, 0.5f,
                           1.0f, 0x1.fffffep+0f, 0x1p+127f})
    for (int64_t accumulator :
         {int64_t(INT32_MIN), int64_t(INT32_MIN) + 1, int64_t(-1), int64_t(0), int64_t(1),
          int64_t(16777215), int64_t(16777216), int64_t(16777217), int64_t(33554431),
          int64_t(2147483583), int64_t(2147483584), int64_t(INT32_MAX)})
      EXPECT_EQ(emulateRequantize(static_cast<int32_t>(accumulator), multiplier, to),
                reference::requantize(accumulator, multiplier, to))
          << accumulator << " * " << multiplier;
}

TEST_F(IntegerRequantizationTest, FormsAreRightEverywhere) {
  int found = 0;
  constexpr int count = 300;
  for (int i = 0; i < count; ++i) {
    int64_t size = int64_t(1) << (6 + random() % 11);
    Interval range{-static_cast<int64_t>(random() % size), static_cast<int64_t>(random() % size)};
    float multiplier = drawMultiplier(random) * 64.0f / static_cast<float>(size);
    auto to = makeType(static_cast<int64_t>(random() % 256) - 128);
    auto form = findIntegerForm(range, multiplier, to);
    if (!form)
      continue;
    ++found;
    ASSERT_TRUE(checkIntegerForm(*form, range, multiplier, to));
    for (int64_t accumulator = range.low; accumulator <= range.high; ++accumulator)
      ASSERT_EQ(apply(*form, accumulator, to), reference::requantize(accumulator, multiplier, to));
  }
  EXPECT_GT(found, count * 8 / 10);
}

TEST_F(IntegerRequantizationTest, TheCheckerRefusesWrongForms) {
  auto to = makeType(5);
  Interval range{-30000, 40000};
  float multiplier = 0.0041235f;
  auto form = findIntegerForm(range, multiplier, to);
  ASSERT_TRUE(form);
  int refused = 0, wrong = 0;
  for (int i = 0; i < 2000; ++i) {
    IntegerForm changed = *form;
    if (i % 2)
      changed.offset +=
          (i % 4 < 2 ? 1 : -1) * static_cast<int64_t>(random() >> (2 + random() % 60));
    else
      changed.multiplier +=
          (i % 4 < 2 ? 1 : -1) * static_cast<int32_t>(random() % (1u << (1 + random() % 24)));
    bool equal = changed.multiplier > 0;
    for (int64_t accumulator = range.low; equal && accumulator <= range.high; ++accumulator)
      equal = static_cast<__int128>(accumulator) * changed.multiplier + changed.offset ==
                  accumulator * changed.multiplier + changed.offset &&
              apply(changed, accumulator, to) == reference::requantize(accumulator, multiplier, to);
    bool accepted = checkIntegerForm(changed, range, multiplier, to);
    if (accepted)
      EXPECT_TRUE(equal);
    refused += !accepted;
    wrong += !equal;
  }
  EXPECT_EQ(refused, wrong);
  EXPECT_GT(wrong, 100);
}

TEST_F(IntegerRequantizationTest, ShiftsBelowThirtyTwoAreRefused) {
  auto to = makeType(0);
  EXPECT_FALSE(findIntegerForm({-100, 100}, 0.75f, to));
  EXPECT_FALSE(checkIntegerForm({3, 2, 2}, {-100, 100}, 0.75f, to));
}

} // namespace
