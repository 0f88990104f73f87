//===- ElementwiseTest.cpp - elementwise rules
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"
#include "qcc/Reference/Arithmetic.h"

#include <cmath>

namespace qcc::reference {

using ElementwiseTest = ReferenceTest;

static const std::string a8 = "tensor<4x!quant.uniform<i8:f32, 2.500000e-01:3>>";
static const std::string b8 = "tensor<4x!quant.uniform<i8:f32, 5.000000e-01:-1>>";
static const std::string y8 = "tensor<4x!quant.uniform<i8:f32, 2.000000e+00:10>>";

// add-c1: powers of two keep the products exact, so the tie at 12.5 shows one rounding to even.
TEST_F(ElementwiseTest, QuantizedAddRoundsOnce) {
  Tensor a = make<int8_t>(a8, {3, 7, 127, -128}), b = make<int8_t>(b8, {-1, 7, 127, -128});
  Tensor y = runOp("add %a, %b : " + a8 + ", " + b8 + " -> " + y8, {a, b}, y8);
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{10, 12, 58, -38}));
}

// add-c1 with subtraction
TEST_F(ElementwiseTest, QuantizedSubtract) {
  Tensor a = make<int8_t>(a8, {3, 7, 127, -128}), b = make<int8_t>(b8, {-1, 7, -128, 127});
  Tensor y = runOp("sub %a, %b : " + a8 + ", " + b8 + " -> " + y8, {a, b}, y8);
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{10, 8, 57, -38}));
}

// mul-c1
TEST_F(ElementwiseTest, QuantizedMultiply) {
  Tensor a = make<int8_t>(a8, {3, 7, 127, -128}), b = make<int8_t>(b8, {-1, 7, 127, 127});
  Tensor y = runOp("mul %a, %b : " + a8 + ", " + b8 + " -> " + y8, {a, b}, y8);
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{10, 12, 127, -128}));
}

// div-c1: a division by a code of zero saturates, 0/0 gives the lowest code.
TEST_F(ElementwiseTest, QuantizedDivide) {
  Tensor a = make<int8_t>(a8, {19, 3, 11, -5}), b = make<int8_t>(b8, {3, -1, -1, -1});
  Tensor y = runOp("div %a, %b : " + a8 + ", " + b8 + " -> " + y8, {a, b}, y8);
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{11, -128, 127, -128}));
}

// min-c1
TEST_F(ElementwiseTest, QuantizedExtremesTakeTheResultsTypeFirst) {
  Tensor a = make<int8_t>(a8, {3, 7, 127, -128}), b = make<int8_t>(b8, {-1, 7, 120, -128});
  Tensor low = runOp("min %a, %b : " + a8 + ", " + b8 + " -> " + y8, {a, b}, y8);
  Tensor high = runOp("max %a, %b : " + a8 + ", " + b8 + " -> " + y8, {a, b}, y8);
  EXPECT_EQ(values<int8_t>(low), (std::vector<int8_t>{10, 10, 26, -22}));
  EXPECT_EQ(values<int8_t>(high), (std::vector<int8_t>{10, 12, 40, -6}));
}

// relu-c1 clip-c1
TEST_F(ElementwiseTest, QuantizedClampsMoveNoCodeInside) {
  Tensor a = make<int8_t>(a8, {3, 7, 127, -128});
  EXPECT_EQ(values<int8_t>(runOp("relu %a : " + a8 + " -> " + a8, {a}, a8)),
            (std::vector<int8_t>{3, 7, 127, 3}));
  EXPECT_EQ(values<int8_t>(runOp("clip %a to -1.0, 6.0 : " + a8 + " -> " + a8, {a}, a8)),
            (std::vector<int8_t>{3, 7, 27, -1}));
}

// unary-c1
TEST_F(ElementwiseTest, QuantizedUnaryIsQuantizedReal) {
  Tensor a = make<int8_t>(a8, {3, 7, 127, -128});
  std::string type = "tensor<4x!quant.uniform<i8:f32, 3.906250e-03:-128>>";
  Tensor y = runOp("sigmoid %a : " + a8 + " -> " + type, {a}, type);
  for (auto [code, result] : llvm::zip(values<int8_t>(a), values<int8_t>(y)))
    EXPECT_EQ(result, quantize(sigmoid(static_cast<float>(code - 3) * 0.25f),
                               Quantization(qnn::getQuantized(y.type))));
}

// relu-f1 clip-f1
TEST_F(ElementwiseTest, FloatClampsTurnNaNIntoTheLowerBound) {
  Tensor x = make<float>("tensor<4xf32>", {-1.0f, 2.5f, std::nanf(""), 9.0f});
  EXPECT_EQ(values<float>(runOp("relu %a : tensor<4xf32> -> tensor<4xf32>", {x}, "tensor<4xf32>")),
            (std::vector<float>{0, 2.5f, 0, 9}));
  EXPECT_EQ(values<float>(runOp("clip %a to -0.5, 6.0 : tensor<4xf32> -> tensor<4xf32>", {x},
                                "tensor<4xf32>")),
            (std::vector<float>{-0.5f, 2.5f, -0.5f, 6}));
}

TEST_F(ElementwiseTest, Broadcasts) {
  Tensor a = make<float>("tensor<2x1xf32>", {1, 2}), b = make<float>("tensor<3xf32>", {10, 20, 30});
  Tensor y = runOp("add %a, %b : tensor<2x1xf32>, tensor<3xf32> -> tensor<2x3xf32>", {a, b},
                   "tensor<2x3xf32>");
  EXPECT_EQ(values<float>(y), (std::vector<float>{11, 21, 31, 12, 22, 32}));
}

// add-f1
TEST_F(ElementwiseTest, IntegersWrapAndTruncate) {
  Tensor a = make<int32_t>("tensor<3xi32>", {2147483647, -7, INT32_MIN});
  Tensor b = make<int32_t>("tensor<3xi32>", {1, 2, -1});
  std::string types = " : tensor<3xi32>, tensor<3xi32> -> tensor<3xi32>";
  EXPECT_EQ(values<int32_t>(runOp("add %a, %b" + types, {a, b}, "tensor<3xi32>")),
            (std::vector<int32_t>{INT32_MIN, -5, 2147483647}));
  EXPECT_EQ(values<int32_t>(runOp("div %a, %b" + types, {a, b}, "tensor<3xi32>")),
            (std::vector<int32_t>{2147483647, -3, INT32_MIN}));
}

// cast-c1
TEST_F(ElementwiseTest, CastSaturates) {
  Tensor x = make<float>("tensor<5xf32>", {-1.9f, 1e20f, -1e20f, std::nanf(""), 2147483520.0f});
  EXPECT_EQ(
      values<int32_t>(runOp("cast %a : tensor<5xf32> -> tensor<5xi32>", {x}, "tensor<5xi32>")),
      (std::vector<int32_t>{-1, INT32_MAX, INT32_MIN, 0, 2147483520}));
  EXPECT_EQ(
      values<uint8_t>(runOp("cast %a : tensor<5xf32> -> tensor<5xui8>", {x}, "tensor<5xui8>")),
      (std::vector<uint8_t>{0, 255, 0, 0, 255}));
  EXPECT_EQ(values<uint8_t>(runOp("cast %a : tensor<5xf32> -> tensor<5xi1>", {x}, "tensor<5xi1>")),
            (std::vector<uint8_t>{1, 1, 1, 1, 1}));
}

// half-c1
TEST_F(ElementwiseTest, HalvesComputeInSingle) {
  Tensor a = make<uint16_t>("tensor<2xf16>", {0x3c00, 0x7bff}),
         b = make<uint16_t>("tensor<2xf16>", {0x1000, 0x7bff});
  Tensor y =
      runOp("add %a, %b : tensor<2xf16>, tensor<2xf16> -> tensor<2xf16>", {a, b}, "tensor<2xf16>");
  EXPECT_EQ(values<uint16_t>(y), (std::vector<uint16_t>{0x3c00, 0x7c00}));
}

} // namespace qcc::reference
