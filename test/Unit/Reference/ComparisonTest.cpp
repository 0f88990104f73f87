//===- ComparisonTest.cpp - signs, extremes, relations, choices and bits
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"

#include <cmath>
#include <limits>

namespace qcc::reference {

class ComparisonTest : public ReferenceTest {
protected:
  /// `operation` on operands of one type; the result has `result` elements.
  template <typename T>
  Tensor combine(const std::string &operation, const std::string &element, std::vector<T> a,
                 std::vector<T> b, const std::string &result) {
    std::string size = "tensor<" + std::to_string(a.size()) + "x";
    std::string type = size + element + ">", resultType = size + result + ">";
    return runOp(operation + " %a, %b : " + type + ", " + type + " -> " + resultType,
                 {make<T>(type, a), make<T>(type, b)}, resultType);
  }

  static std::vector<uint32_t> bits(const Tensor &tensor) {
    std::vector<uint32_t> all;
    for (float x : values<float>(tensor)) {
      uint32_t word;
      std::memcpy(&word, &x, sizeof(word));
      all.push_back(word);
    }
    return all;
  }

  static constexpr float infinity = std::numeric_limits<float>::infinity();
};

// neg-f1 abs-f1: of zeros and infinities too; integers wrap.
TEST_F(ComparisonTest, SignsAreOneBit) {
  std::string f = "tensor<4xf32>", i = "tensor<3xi32>";
  Tensor x = make<float>(f, {0.0f, -0.0f, -infinity, 1.5f});
  EXPECT_EQ(bits(runOp("neg %a : " + f + " -> " + f, {x}, f)),
            (std::vector<uint32_t>{0x80000000, 0, 0x7f800000, 0xbfc00000}));
  EXPECT_EQ(bits(runOp("abs %a : " + f + " -> " + f, {x}, f)),
            (std::vector<uint32_t>{0, 0, 0x7f800000, 0x3fc00000}));
  Tensor n = make<int32_t>(i, {INT32_MIN, -3, 4});
  EXPECT_EQ(values<int32_t>(runOp("neg %a : " + i + " -> " + i, {n}, i)),
            (std::vector<int32_t>{INT32_MIN, 3, -4}));
  EXPECT_EQ(values<int32_t>(runOp("abs %a : " + i + " -> " + i, {n}, i)),
            (std::vector<int32_t>{INT32_MIN, 3, 4}));
}

// min-f1 max-f1: the second operand where the relation does not hold, as with NaN and two zeros.
TEST_F(ComparisonTest, ExtremesOfFloats) {
  float nan = std::nanf("");
  std::vector<float> a = {1, 5, nan, 2, 0.0f, -0.0f}, b = {3, -4, 7, nan, -0.0f, 0.0f};
  Tensor low = combine<float>("min", "f32", a, b, "f32");
  Tensor high = combine<float>("max", "f32", a, b, "f32");
  auto expect = [](const Tensor &tensor, float first, float second) {
    std::vector<float> got = values<float>(tensor);
    EXPECT_EQ(got[0], first);
    EXPECT_EQ(got[1], second);
    EXPECT_EQ(got[2], 7);
    EXPECT_TRUE(std::isnan(got[3]));
    EXPECT_TRUE(std::signbit(got[4]));
    EXPECT_FALSE(std::signbit(got[5]));
  };
  expect(low, 1, -4);
  expect(high, 3, 5);
}

// compare-f1
TEST_F(ComparisonTest, RelationsOfNaNAreFalseAndZerosAreEqual) {
  float nan = std::nanf("");
  std::vector<float> a = {1, 2, nan, 0.0f, 2}, b = {2, 1, nan, -0.0f, 2};
  using Bits = std::vector<uint8_t>;
  EXPECT_EQ(values<uint8_t>(combine<float>("compare equal", "f32", a, b, "i1")),
            (Bits{0, 0, 0, 1, 1}));
  EXPECT_EQ(values<uint8_t>(combine<float>("compare less", "f32", a, b, "i1")),
            (Bits{1, 0, 0, 0, 0}));
  EXPECT_EQ(values<uint8_t>(combine<float>("compare less_or_equal", "f32", a, b, "i1")),
            (Bits{1, 0, 0, 1, 1}));
  EXPECT_EQ(values<uint8_t>(combine<uint8_t>("compare less", "i1", {0, 1, 0}, {1, 0, 0}, "i1")),
            (Bits{1, 0, 0}));
  EXPECT_EQ(values<uint8_t>(combine<uint8_t>("compare less", "ui8", {200, 1}, {1, 200}, "i1")),
            (Bits{0, 1}));
}

// select-f1: a signalling NaN keeps its bits.
TEST_F(ComparisonTest, SelectionKeepsBits) {
  std::string type = "tensor<3xf32>";
  Tensor condition = make<uint8_t>("tensor<3xi1>", {1, 0, 1});
  Tensor a = make<uint32_t>(type, {0x7f800001, 1, 0x80000000});
  Tensor b = make<uint32_t>(type, {2, 0xffa00003, 4});
  Tensor y = runOp("select %a, %b, %c : tensor<3xi1>, " + type + ", " + type + " -> " + type,
                   {condition, a, b}, type);
  EXPECT_EQ(values<uint32_t>(y), (std::vector<uint32_t>{0x7f800001, 0xffa00003, 0x80000000}));
}

// and-f1
TEST_F(ComparisonTest, BitsOfWords) {
  std::vector<uint16_t> a = {0xff00, 0x1234}, b = {0x0ff0, 0xffff};
  using Words = std::vector<uint16_t>;
  EXPECT_EQ(values<uint16_t>(combine<uint16_t>("and", "ui16", a, b, "ui16")),
            (Words{0x0f00, 0x1234}));
  EXPECT_EQ(values<uint16_t>(combine<uint16_t>("or", "ui16", a, b, "ui16")),
            (Words{0xfff0, 0xffff}));
  EXPECT_EQ(values<uint16_t>(combine<uint16_t>("xor", "ui16", a, b, "ui16")),
            (Words{0xf0f0, 0xedcb}));
}

// shift-f1: an amount is unsigned, and from the width on nothing but the sign is left.
TEST_F(ComparisonTest, Shifts) {
  std::vector<int8_t> a = {-128, -128, 65, -3, 64}, n = {1, 8, 100, -1, 1};
  using Bytes = std::vector<int8_t>;
  EXPECT_EQ(values<int8_t>(combine<int8_t>("shift_right", "i8", a, n, "i8")),
            (Bytes{-64, -1, 0, -1, 32}));
  EXPECT_EQ(values<int8_t>(combine<int8_t>("shift_left", "i8", a, n, "i8")),
            (Bytes{0, 0, 0, 0, -128}));
  EXPECT_EQ(values<uint8_t>(combine<uint8_t>("shift_right", "ui8", {128, 128}, {7, 8}, "ui8")),
            (std::vector<uint8_t>{1, 0}));
}

} // namespace qcc::reference
