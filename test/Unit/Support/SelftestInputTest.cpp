//===- SelftestInputTest.cpp ------------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Support/SelftestInput.h"
#include "gtest/gtest.h"

namespace qcc::selftest {
namespace {

// 1664525 + 1013904223 = 0x3C88596C; the next state is 0x5E8885DB.
TEST(SelftestInputTest, takesTheUpperBits) {
  EXPECT_EQ(makeInput("u8", 2, 0, 0, 0), (std::vector<char>{0x3C, 0x5E}));
  EXPECT_EQ(makeInput("i16", 2, 0, 0, 0), (std::vector<char>{char(0x88), 0x3C, char(0x88), 0x5E}));
}

TEST(SelftestInputTest, scalesFloats) {
  auto bytes = makeInput("f32", 1, 0, -1.0f, 0.5f);
  float value;
  ASSERT_EQ(bytes.size(), sizeof(value));
  std::memcpy(&value, bytes.data(), sizeof(value));
  EXPECT_EQ(value, 0x3C88 * 0.5f - 1.0f);
}

TEST(SelftestInputTest, indicesAreZeroOrOne) {
  auto bytes = makeInput("i64", 100, 3, 0, 0);
  ASSERT_EQ(bytes.size(), 800u);
  int ones = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_TRUE(bytes[i] == 0 || (i % 8 == 0 && bytes[i] == 1));
    ones += bytes[i];
  }
  EXPECT_GT(ones, 20);
  EXPECT_LT(ones, 80);
}

TEST(SelftestInputTest, inputsDiffer) {
  EXPECT_NE(makeInput("u8", 8, 0, 0, 0), makeInput("u8", 8, 1, 0, 0));
}

} // namespace
} // namespace qcc::selftest
