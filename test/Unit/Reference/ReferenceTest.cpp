//===- ReferenceTest.cpp - functions, kernels, observers and errors
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"

namespace qcc::reference {

// quantize-c1 dequantize-c1 dequantize-c2
TEST_F(ReferenceTest, Conversions) {
  std::string codes = "tensor<4x!quant.uniform<u8:f32, 5.000000e-01:1>>";
  Tensor x = make<float>("tensor<4xf32>", {0.25f, 0.75f, -9, 1e9f});
  Tensor q = runOp("quantize %a : tensor<4xf32> -> " + codes, {x}, codes);
  EXPECT_EQ(values<uint8_t>(q), (std::vector<uint8_t>{1, 3, 0, 255}));
  EXPECT_EQ(
      values<float>(runOp("dequantize %a : " + codes + " -> tensor<4xf32>", {q}, "tensor<4xf32>")),
      (std::vector<float>{0, 1, -0.5f, 127}));
  Tensor w =
      runOp("dequantize_weights %a, %b, %c {axis = 1 : i64} : tensor<2x3xi8>, tensor<3xf32>, "
            "tensor<3xi8> -> "
            "tensor<2x3xf32>",
            {make<int8_t>("tensor<2x3xi8>", {1, 2, 3, 4, 5, 6}),
             make<float>("tensor<3xf32>", {1, 2, 4}), make<int8_t>("tensor<3xi8>", {0, 1, -1})},
            "tensor<2x3xf32>");
  EXPECT_EQ(values<float>(w), (std::vector<float>{1, 2, 16, 4, 8, 28}));
}

TEST_F(ReferenceTest, KernelsRunTheirRegionAndObserversSeeEachValueOnce) {
  auto function = parse(R"(
    func.func @run(%x: tensor<2xf32>) -> tensor<2xf32> {
      %k = qnn.kernel (%a = %x : tensor<2xf32>) -> tensor<2xf32> {
        %n = qnn.neg %a : tensor<2xf32> -> tensor<2xf32>
        %r = qnn.relu %n : tensor<2xf32> -> tensor<2xf32>
        qnn.yield %r : tensor<2xf32>
      }
      %y = qnn.add %k, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    })");
  unsigned seen = 0;
  auto results = evaluate(function, {make<float>("tensor<2xf32>", {-3, 4})},
                          [&](mlir::Value, const Tensor &) { ++seen; });
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_EQ(values<float>((*results)[0]), (std::vector<float>{0, 4}));
  EXPECT_EQ(seen, 6u);
}

TEST_F(ReferenceTest, RefusesInputsOfAnotherType) {
  auto function =
      parse("func.func @run(%x: tensor<2xf32>) -> tensor<2xf32> { return %x : tensor<2xf32> }");
  auto results = evaluate(function, {make<float>("tensor<1xf32>", {1})});
  ASSERT_FALSE(static_cast<bool>(results));
  EXPECT_EQ(llvm::toString(results.takeError()), "func.func was given an input of another type");
}

TEST_F(ReferenceTest, ErrorsNameTheOp) {
  auto function = parse(
      "func.func @run(%x: tensor<1xi32>) -> tensor<1xi32> {\n %y = qnn.exp %x : tensor<1xi32> -> "
      "tensor<1xi32>\n return %y : tensor<1xi32>\n}");
  auto results = evaluate(function, {make<int32_t>("tensor<1xi32>", {1})});
  ASSERT_FALSE(static_cast<bool>(results));
  EXPECT_EQ(llvm::toString(results.takeError()), "qnn.exp is not defined for this element type");
}

} // namespace qcc::reference
