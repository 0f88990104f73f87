//===- DetectionTest.cpp - suppressed boxes are Reference's -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

class DetectionTest : public ::testing::TestWithParam<const char *> {};

INSTANTIATE_TEST_SUITE_P(Cpus, DetectionTest, ::testing::Values("x86-64", "haswell"));

/// `attributes`: of qnn.suppress, between its scores and its types.
std::string network(const std::string &attributes) {
  return "func.func @run(%b: tensor<2x23x4xf32>, %s: tensor<2x3x23xf32>) -> tensor<2x3x9xi64> {\n"
         "%y = qnn.suppress %b scores %s " +
         attributes +
         " : tensor<2x23x4xf32>, tensor<2x3x23xf32> -> tensor<2x3x9xi64>\n"
         "return %y : tensor<2x3x9xi64>\n}\n";
}

TEST_P(DetectionTest, corners) { Agreement().check(network("overlap 0.1"), GetParam()); }

/// Most boxes are below the score, so that places stay empty.
TEST_P(DetectionTest, leastScore) {
  Agreement().check(network("overlap 0.3 least 9.0"), GetParam());
}

TEST_P(DetectionTest, centers) {
  Agreement().check(network("overlap 0.1 {center = true}"), GetParam());
}

/// suppress-f1: NaN, infinities and sizes below zero.
TEST_P(DetectionTest, anyBits) {
  Agreement(true).check(network("overlap 0.2"), GetParam());
  Agreement(true).check(network("overlap 0.2 least 0.0 {center = true}"), GetParam());
}

} // namespace
} // namespace qcc::test
