//===- MovementTest.cpp - ops that only move elements
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"

namespace qcc::reference {

using MovementTest = ReferenceTest;

static std::vector<int32_t> count(int32_t size) {
  std::vector<int32_t> values(size);
  for (int32_t i = 0; i < size; ++i)
    values[i] = i;
  return values;
}

// move-c1
TEST_F(MovementTest, Transpose) {
  Tensor x = make<int32_t>("tensor<2x3x1xi32>", count(6));
  Tensor y = runOp("transpose %a perm [1, 2, 0] : tensor<2x3x1xi32> -> tensor<3x1x2xi32>", {x},
                   "tensor<3x1x2xi32>");
  EXPECT_EQ(values<int32_t>(y), (std::vector<int32_t>{0, 3, 1, 4, 2, 5}));
}

TEST_F(MovementTest, SliceBackwards) {
  Tensor x = make<int32_t>("tensor<2x5xi32>", count(10));
  Tensor y = runOp("slice %a at [1, 4] by [1, -2] : tensor<2x5xi32> -> tensor<1x3xi32>", {x},
                   "tensor<1x3xi32>");
  EXPECT_EQ(values<int32_t>(y), (std::vector<int32_t>{9, 7, 5}));
}

TEST_F(MovementTest, Concat) {
  Tensor x = make<int32_t>("tensor<2x1xi32>", {1, 2}),
         y = make<int32_t>("tensor<2x2xi32>", {3, 4, 5, 6});
  Tensor z = runOp("concat %a, %b axis 1 : tensor<2x1xi32>, tensor<2x2xi32> -> tensor<2x3xi32>",
                   {x, y}, "tensor<2x3xi32>");
  EXPECT_EQ(values<int32_t>(z), (std::vector<int32_t>{1, 3, 4, 2, 5, 6}));
}

// pad-c1
TEST_F(MovementTest, QuantizedPadsAreZeroPointsOrQuantizedValues) {
  std::string from = "tensor<1x!quant.uniform<u8:f32, 5.000000e-01:9>>";
  std::string to = "tensor<3x!quant.uniform<u8:f32, 5.000000e-01:9>>";
  Tensor x = make<uint8_t>(from, {77});
  std::string body = "pad %a low [1] high [1]";
  EXPECT_EQ(values<uint8_t>(runOp(body + " : " + from + " -> " + to, {x}, to)),
            (std::vector<uint8_t>{9, 77, 9}));
  EXPECT_EQ(values<uint8_t>(runOp(body + " {value = 2.0 : f64} : " + from + " -> " + to, {x}, to)),
            (std::vector<uint8_t>{13, 77, 13}));
}

TEST_F(MovementTest, EmptyTensors) {
  Tensor x = make<int32_t>("tensor<0x2xi32>", llvm::ArrayRef<int32_t>());
  Tensor y = make<int32_t>("tensor<1x2xi32>", {3, 4});
  EXPECT_EQ(values<int32_t>(
                runOp("concat %a, %b axis 0 : tensor<0x2xi32>, tensor<1x2xi32> -> tensor<1x2xi32>",
                      {x, y}, "tensor<1x2xi32>")),
            (std::vector<int32_t>{3, 4}));
}

} // namespace qcc::reference
