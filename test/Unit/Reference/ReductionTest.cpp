//===- ReductionTest.cpp - reductions and softmax
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"
#include "qcc/Reference/Arithmetic.h"
#include <cmath>

namespace qcc::reference {

using ReductionTest = ReferenceTest;

// reduce-f1
TEST_F(ReductionTest, FloatKinds) {
  Tensor x = make<float>("tensor<2x2x2xf32>", {1, 2, 3, 4, 5, 6, 7, -8});
  auto reduce = [&](const std::string &kind) {
    return values<float>(runOp("reduce " + kind +
                                   " %a over [0, 2] : tensor<2x2x2xf32> -> "
                                   "tensor<1x2x1xf32>",
                               {x}, "tensor<1x2x1xf32>"));
  };
  EXPECT_EQ(reduce("sum"), (std::vector<float>{14, 6}));
  EXPECT_EQ(reduce("mean"), (std::vector<float>{3.5f, 1.5f}));
  EXPECT_EQ(reduce("max"), (std::vector<float>{6, 7}));
  EXPECT_EQ(reduce("min"), (std::vector<float>{1, -8}));
}

TEST_F(ReductionTest, Products) {
  Tensor x = make<int8_t>("tensor<2x2xi8>", {3, 100, -5, 2});
  EXPECT_EQ(values<int8_t>(runOp("reduce product %a over [0] : tensor<2x2xi8> -> tensor<1x2xi8>",
                                 {x}, "tensor<1x2xi8>")),
            (std::vector<int8_t>{-15, static_cast<int8_t>(200)}));
}

// reduce-f2
TEST_F(ReductionTest, RunsAreSummedAsSixteenParts) {
  std::vector<float> x(40, 0.0f);
  x[0] = 0x1p24f;
  x[1] = x[17] = x[33] = x[9] = 1.0f;
  // Beside 2^24 a single 1 would be lost, but lane 1 and lane 9 add up first.
  Tensor y = runOp("reduce sum %a over [0] : tensor<40xf32> -> tensor<1xf32>",
                   {make<float>("tensor<40xf32>", x)}, "tensor<1xf32>");
  EXPECT_EQ(values<float>(y), (std::vector<float>{0x1p24f + 4}));
}

// reduce-f3
TEST_F(ReductionTest, NaNIsNoExtremum) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  Tensor x = make<float>("tensor<2x2xf32>", {nan, nan, 1, nan});
  for (std::string kind : {"max", "min"}) {
    float worst = kind == "max" ? -HUGE_VALF : HUGE_VALF;
    EXPECT_EQ(
        values<float>(runOp("reduce " + kind + " %a over [0] : tensor<2x2xf32> -> tensor<1x2xf32>",
                            {x}, "tensor<1x2xf32>")),
        (std::vector<float>{1, worst}));
  }
}

// reduce-c1 reduce-c2
TEST_F(ReductionTest, QuantizedKinds) {
  std::string from = "tensor<4x!quant.uniform<u8:f32, 5.000000e-01:10>>";
  std::string to = "tensor<1x!quant.uniform<u8:f32, 7.500000e-01:20>>";
  Tensor x = make<uint8_t>(from, {0, 11, 20, 30});
  auto reduce = [&](const std::string &kind) {
    return runOp("reduce " + kind + " %a over [0] : " + from + " -> " + to, {x}, to)
        .view<uint8_t>()[0];
  };
  EXPECT_EQ(reduce("sum"), 34);
  EXPECT_EQ(reduce("mean"), 24);
  EXPECT_EQ(reduce("max"), 33);
  EXPECT_EQ(reduce("min"), 13);
}

// softmax-f1
TEST_F(ReductionTest, SoftmaxDividesByTheSumInIndexOrder) {
  Tensor x = make<float>("tensor<3x2xf32>", {1, 5, 2, 5, 4, 5});
  Tensor y =
      runOp("softmax %a axis 0 : tensor<3x2xf32> -> tensor<3x2xf32>", {x}, "tensor<3x2xf32>");
  float a = exponential(-3), b = exponential(-2), c = 1.0f, sum = (a + b) + c;
  EXPECT_EQ(values<float>(y),
            (std::vector<float>{a / sum, 1.0f / 3, b / sum, 1.0f / 3, c / sum, 1.0f / 3}));
}

// softmax-c1
TEST_F(ReductionTest, QuantizedSoftmax) {
  std::string from = "tensor<2x!quant.uniform<i8:f32, 5.000000e-01:10>>";
  std::string to = "tensor<2x!quant.uniform<i8:f32, 3.906250e-03:-128>>";
  Tensor y = runOp("softmax %a axis 0 : " + from + " -> " + to, {make<int8_t>(from, {10, 14})}, to);
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{-97, 97}));
}

} // namespace qcc::reference
