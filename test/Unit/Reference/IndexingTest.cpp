//===- IndexingTest.cpp - gathers, scatters, orders and running sums
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"

#include <cmath>

namespace qcc::reference {

using IndexingTest = ReferenceTest;

// index-c1: from the end where negative, and never outside.
TEST_F(IndexingTest, IndicesStayInside) {
  Tensor x = make<int32_t>("tensor<3xi32>", {10, 20, 30});
  Tensor i = make<int64_t>("tensor<6xi64>", {0, -1, -3, -4, 3, INT64_MIN});
  Tensor y = runOp("gather %a at %b axis 0 : tensor<3xi32>, tensor<6xi64> -> tensor<6xi32>", {x, i},
                   "tensor<6xi32>");
  EXPECT_EQ(values<int32_t>(y), (std::vector<int32_t>{10, 30, 10, 10, 30, 10}));
}

// scatter-f1: updates of one place join it one after the other.
TEST_F(IndexingTest, ScattersInOrder) {
  std::string f = "tensor<3xf32>", u = "tensor<4xf32>", n = "tensor<4xi64>";
  Tensor x = make<float>(f, {1, 2, 3}), i = make<int64_t>(n, {1, 1, -1, 1});
  Tensor updates = make<float>(u, {16777216, 1, -5, -16777216});
  auto scatter = [&](const std::string &kind) {
    return values<float>(runOp("scatter_elements " + kind + " %a at %b, %c axis 0 : " + f + ", " +
                                   n + ", " + u + " -> " + f,
                               {x, i, updates}, f));
  };
  EXPECT_EQ(scatter("assign"), (std::vector<float>{1, -16777216, -5}));
  // 16777218 + 1 is a tie, which goes to 16777220.
  EXPECT_EQ(scatter("add"), (std::vector<float>{1, 4, -2}));
  EXPECT_EQ(scatter("max"), (std::vector<float>{1, 16777216, 3}));
  EXPECT_EQ(scatter("min"), (std::vector<float>{1, -16777216, -5}));
  Tensor bytes = make<int8_t>("tensor<1xi8>", {100}), more = make<int8_t>("tensor<2xi8>", {100, 3});
  Tensor y = runOp("scatter_elements mul %a at %b, %c axis 0 : tensor<1xi8>, tensor<2xi64>, "
                   "tensor<2xi8> -> tensor<1xi8>",
                   {bytes, make<int64_t>("tensor<2xi64>", {0, 0}), more}, "tensor<1xi8>");
  EXPECT_EQ(values<int8_t>(y), (std::vector<int8_t>{static_cast<int8_t>(30000)}));
}

// order-f1: the first of equal elements, NaN behind all numbers.
TEST_F(IndexingTest, OrdersElements) {
  float nan = std::nanf("");
  std::string type = "tensor<6xf32>";
  Tensor x = make<float>(type, {2, nan, 3, 3, nan, 1});
  auto order = [&](const std::string &body, int size) {
    std::string result = "tensor<" + std::to_string(size) + "xi64>";
    return values<int64_t>(runOp(body + " : " + type + " -> " + result, {x}, result));
  };
  using Places = std::vector<int64_t>;
  EXPECT_EQ(order("top_k max %a axis 0", 6), (Places{2, 3, 0, 5, 1, 4}));
  EXPECT_EQ(order("top_k min %a axis 0", 6), (Places{5, 0, 2, 3, 1, 4}));
  EXPECT_EQ(order("arg_reduce max %a axis 0", 1), (Places{2}));
  EXPECT_EQ(order("arg_reduce max %a axis 0 {last = true}", 1), (Places{3}));
}

// cumulative-f1: the order of the sum is visible.
TEST_F(IndexingTest, RunningSums) {
  std::string f = "tensor<4xf32>", b = "tensor<3xui8>";
  Tensor x = make<float>(f, {16777216, 1, 1, 4});
  auto accumulate = [&](const std::string &flags) {
    return values<float>(
        runOp("cumulative sum %a axis 0 {" + flags + "} : " + f + " -> " + f, {x}, f));
  };
  EXPECT_EQ(accumulate(""), (std::vector<float>{16777216, 16777216, 16777216, 16777220}));
  EXPECT_EQ(accumulate("exclusive = true"), (std::vector<float>{0, 16777216, 16777216, 16777216}));
  EXPECT_EQ(accumulate("reverse = true"), (std::vector<float>{16777222, 6, 5, 4}));
  Tensor bytes = make<uint8_t>(b, {20, 20, 20});
  EXPECT_EQ(values<uint8_t>(runOp("cumulative product %a axis 0 : " + b + " -> " + b, {bytes}, b)),
            (std::vector<uint8_t>{20, 144, 64}));
}

} // namespace qcc::reference
