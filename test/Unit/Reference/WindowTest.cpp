//===- WindowTest.cpp - pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"
#include "qcc/Reference/Arithmetic.h"

namespace qcc::reference {

using WindowTest = ReferenceTest;

static const std::string window = " {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, "
                                  "pads = array<i64: 1, 1, 0, 0>";

// max-c1
TEST_F(WindowTest, PaddingNeverWinsTheMaximum) {
  Tensor x = make<int8_t>("tensor<1x3x3x1xi8>", {-9, -8, -7, -6, -5, -4, -3, -2, -1});
  Tensor y = runOp("max_pool %a" + window +
                       ", dilations = array<i64: 1, 1>} : tensor<1x3x3x1xi8> -> "
                       "tensor<1x2x2x1xi8>",
                   {x}, "tensor<1x2x2x1xi8>");
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{-9, -7, -3, -1}));
}

// average-f1 average-c2
TEST_F(WindowTest, AverageCountsWhatTheFlagSays) {
  Tensor x = make<float>("tensor<1x3x3x1xf32>", {1, 2, 3, 4, 5, 6, 7, 8, 9});
  std::string types = "} : tensor<1x3x3x1xf32> -> tensor<1x2x2x1xf32>",
              result = "tensor<1x2x2x1xf32>";
  EXPECT_EQ(values<float>(runOp("average_pool %a" + window + types, {x}, result)),
            (std::vector<float>{1, 2.5f, 5.5f, 7}));
  EXPECT_EQ(values<float>(runOp("average_pool %a" + window + ", count_include_pad = true" + types,
                                {x}, result)),
            (std::vector<float>{0.25f, 1.25f, 2.75f, 7}));
}

// average-c2: a window that hangs over the end counts no element there.
TEST_F(WindowTest, OverhangIsNotCounted) {
  Tensor x = make<float>("tensor<1x3x1x1xf32>", {1, 2, 6});
  EXPECT_EQ(
      values<float>(runOp("average_pool %a {kernel = array<i64: 2, 1>, strides = array<i64: 2, 1>, "
                          "pads = array<i64: 0, 0, 0, 0>, count_include_pad = true} : "
                          "tensor<1x3x1x1xf32> -> tensor<1x2x1x1xf32>",
                          {x}, "tensor<1x2x1x1xf32>")),
      (std::vector<float>{1.5f, 6}));
}

// average-c1
TEST_F(WindowTest, QuantizedAverageRoundsOnce) {
  std::string from = "tensor<1x3x3x1x!quant.uniform<i8:f32, 5.000000e-01:-10>>";
  std::string to = "tensor<1x2x2x1x!quant.uniform<i8:f32, 7.500000e-01:4>>";
  Tensor x = make<int8_t>(from, {-128, 2, 3, 4, 5, 6, 7, 8, 127});
  Tensor y = runOp("average_pool %a" + window + "} : " + from + " -> " + to, {x}, to);
  Quantization result(qnn::getQuantized(y.type));
  EXPECT_EQ(
      values<int8_t>(y),
      (std::vector<int8_t>{
          static_cast<int8_t>(requantize(-118, getAverageMultiplier(0.5f, 0.75f, 1), result)),
          static_cast<int8_t>(requantize(25, getAverageMultiplier(0.5f, 0.75f, 2), result)),
          static_cast<int8_t>(requantize(31, getAverageMultiplier(0.5f, 0.75f, 2), result)),
          static_cast<int8_t>(requantize(186, getAverageMultiplier(0.5f, 0.75f, 4), result))}));
}

} // namespace qcc::reference
