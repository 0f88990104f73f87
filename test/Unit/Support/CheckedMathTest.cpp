//===- CheckedMathTest.cpp - sizes that cannot wrap
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Support/CheckedMath.h"

#include <gtest/gtest.h>

using namespace qcc;

TEST(CheckedMath, OperationsSayWhenTheyOverflow) {
  EXPECT_EQ(addChecked(INT64_MAX, -1), INT64_MAX - 1);
  EXPECT_FALSE(addChecked(INT64_MAX, 1));
  EXPECT_FALSE(subtractChecked(INT64_MIN, 1));
  EXPECT_EQ(multiplyChecked(INT64_MIN, 1), INT64_MIN);
  EXPECT_FALSE(multiplyChecked(INT64_MIN, -1));
}

TEST(CheckedMath, ProductStopsAtTheLimit) {
  EXPECT_EQ(productChecked({}, 10), 1);
  EXPECT_EQ(productChecked({2, 5}, 10), 10);
  EXPECT_FALSE(productChecked({2, 6}, 10));
  EXPECT_FALSE(productChecked({-1}, 10));
  // The product of the first two wraps to zero in 64 bits.
  EXPECT_FALSE(productChecked({int64_t(1) << 32, int64_t(1) << 32, 4}, INT64_MAX));
}

TEST(CheckedMath, ZeroDoesNotHideAnOverflow) {
  EXPECT_EQ(productChecked({0, 10}, 10), 0);
  EXPECT_FALSE(productChecked({0, 11}, 10));
  EXPECT_FALSE(productChecked({11, 0}, 10));
}

TEST(CheckedMath, RangesAtTheEndOfTheFile) {
  EXPECT_TRUE(isRangeInside(0, 0, 0));
  EXPECT_TRUE(isRangeInside(4, 6, 10));
  EXPECT_FALSE(isRangeInside(5, 6, 10));
  EXPECT_FALSE(isRangeInside(UINT64_MAX - 3, 8, 10));
  EXPECT_FALSE(isRangeInside(8, UINT64_MAX - 3, 10));
}
