//===- CastTest.cpp - conversions of every number give Reference's bytes ----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

constexpr const char *types[] = {"f32", "f64", "f16",  "bf16", "i8",   "i16", "i32",
                                 "i64", "ui8", "ui16", "ui32", "ui64", "i1"};

class CastTest : public ::testing::TestWithParam<const char *> {};

INSTANTIATE_TEST_SUITE_P(Cpus, CastTest, ::testing::Values("x86-64", "haswell"));

std::string cast(const std::string &from, const std::string &to) {
  return "%y_" + to + " = qnn.cast %x : tensor<3x37x" + from + "> -> tensor<3x37x" + to + ">\n";
}

/// Random bytes hold NaN, infinities, denormals and numbers of every size.
TEST_P(CastTest, allPairs) {
  for (std::string from : types) {
    std::string body, results, resultTypes;
    for (std::string to : types) {
      if (from == to)
        continue;
      body += cast(from, to);
      results += (results.empty() ? "%y_" : ", %y_") + to;
      resultTypes += (resultTypes.empty() ? "tensor<3x37x" : ", tensor<3x37x") + to + ">";
    }
    Agreement(true).check("func.func @run(%x: tensor<3x37x" + from + ">) -> (" + resultTypes +
                              ") {\n" + body + "return " + results + " : " + resultTypes + "\n}\n",
                          GetParam());
  }
}

TEST_P(CastTest, manyHalves) {
  for (std::string half : {"f16", "bf16"})
    Agreement(true).check("func.func @run(%x: tensor<65536xf32>, %b: tensor<65536x" + half +
                              ">) -> (tensor<65536x" + half + ">, tensor<65536xf32>) {\n" +
                              "%y = qnn.cast %x : tensor<65536xf32> -> tensor<65536x" + half +
                              ">\n" + "%w = qnn.cast %b : tensor<65536x" + half +
                              "> -> tensor<65536xf32>\n" + "return %y, %w : tensor<65536x" + half +
                              ">, tensor<65536xf32>\n}\n",
                          GetParam());
}

TEST_P(CastTest, halvesMove) {
  Agreement().check(R"(
    func.func @run(%x: tensor<4x5xf16>) -> tensor<7x4xf16> {
      %0 = qnn.transpose %x perm [1, 0] : tensor<4x5xf16> -> tensor<5x4xf16>
      %y = qnn.pad %0 low [1, 0] high [1, 0] {value = 1.5 : f64} : tensor<5x4xf16> -> tensor<7x4xf16>
      return %y : tensor<7x4xf16>
    })",
                    GetParam());
}

} // namespace
} // namespace qcc::test
