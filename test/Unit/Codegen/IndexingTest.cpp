//===- IndexingTest.cpp - gathers, scatters and orders give Reference's bytes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random bytes are indices of every size: most lie outside the tensor. index-c1
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

/// A network in text form: $I stands for the type of indices, $T for the elements', $K for a kind.
std::string network(std::string text, const std::string &index, const std::string &element,
                    const std::string &kind) {
  auto replace = [&](const std::string &from, const std::string &to) {
    for (size_t at; (at = text.find(from)) != std::string::npos;)
      text.replace(at, from.size(), to);
  };
  replace("$I", index);
  replace("$T", element);
  replace("$K", kind);
  return text;
}

class IndexingTest : public ::testing::TestWithParam<const char *> {
protected:
  void check(const std::string &text, const std::string &index = "i64",
             const std::string &element = "f32", const std::string &kind = "") {
    Agreement().check(network(text, index, element, kind), GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Cpus, IndexingTest, ::testing::Values("x86-64", "haswell"));

TEST_P(IndexingTest, gathersSlices) {
  const char *text = R"(
    func.func @run(%x: tensor<3x7x19x$T>, %i: tensor<2x3x$I>) -> (tensor<3x2x3x19x$T>, tensor<3x7x2x3x$T>) {
      %y = qnn.gather %x at %i axis 1 : tensor<3x7x19x$T>, tensor<2x3x$I> -> tensor<3x2x3x19x$T>
      %z = qnn.gather %x at %i axis 2 : tensor<3x7x19x$T>, tensor<2x3x$I> -> tensor<3x7x2x3x$T>
      return %y, %z : tensor<3x2x3x19x$T>, tensor<3x7x2x3x$T>
    })";
  for (const char *element : {"f32", "i8", "ui16", "i64", "f16"})
    check(text, "i64", element);
  check(text, "i32");
}

TEST_P(IndexingTest, gathersBeforeElementwiseOps) {
  check(R"(
    func.func @run(%x: tensor<5x17xf32>, %i: tensor<4xi8>, %b: tensor<17xf32>) -> tensor<4x17xf32> {
      %0 = qnn.cast %i : tensor<4xi8> -> tensor<4xi32>
      %1 = qnn.gather %x at %0 axis 0 : tensor<5x17xf32>, tensor<4xi32> -> tensor<4x17xf32>
      %2 = qnn.mul %1, %b : tensor<4x17xf32>, tensor<17xf32> -> tensor<4x17xf32>
      %y = qnn.relu %2 : tensor<4x17xf32> -> tensor<4x17xf32>
      return %y : tensor<4x17xf32>
    })");
}

TEST_P(IndexingTest, gathersCodes) {
  check(R"(
    !q = !quant.uniform<i8:f32, 5.000000e-01:3>
    func.func @run(%x: tensor<5x18xi8>, %i: tensor<6xi64>) -> tensor<6x18xi8> {
      %0 = qnn.bitcast %x : tensor<5x18xi8> -> tensor<5x18x!q>
      %1 = qnn.gather %0 at %i axis 0 : tensor<5x18x!q>, tensor<6xi64> -> tensor<6x18x!q>
      %y = qnn.bitcast %1 : tensor<6x18x!q> -> tensor<6x18xi8>
      return %y : tensor<6x18xi8>
    })");
}

TEST_P(IndexingTest, gathersElementsAndRows) {
  check(R"(
    func.func @run(%x: tensor<4x5x6x$T>, %i: tensor<3x9x6x$I>, %j: tensor<4x7x2x$I>) -> (tensor<3x9x6x$T>, tensor<4x7x$T>, tensor<4x7x6x$T>) {
      %y = qnn.gather_elements %x at %i axis 1 : tensor<4x5x6x$T>, tensor<3x9x6x$I> -> tensor<3x9x6x$T>
      %z = qnn.gather_nd %x at %j {batch_dims = 1 : i64} : tensor<4x5x6x$T>, tensor<4x7x2x$I> -> tensor<4x7x$T>
      %w = qnn.gather_nd %x at %j : tensor<4x5x6x$T>, tensor<4x7x2x$I> -> tensor<4x7x6x$T>
      return %y, %z, %w : tensor<3x9x6x$T>, tensor<4x7x$T>, tensor<4x7x6x$T>
    })",
        "i32");
}

// scatter-f1
TEST_P(IndexingTest, scattersEveryKind) {
  for (const char *kind : {"assign", "add", "mul", "max", "min"})
    for (const char *element : {"f32", "i32", "ui8", "i64"})
      check(R"(
    func.func @run(%x: tensor<4x5x18x$T>, %i: tensor<3x9x18xi8>, %u: tensor<3x9x18x$T>, %j: tensor<6x2x$I>, %v: tensor<6x18x$T>) -> (tensor<4x5x18x$T>, tensor<4x5x18x$T>) {
      %0 = qnn.cast %i : tensor<3x9x18xi8> -> tensor<3x9x18x$I>
      %y = qnn.scatter_elements $K %x at %0, %u axis 1 : tensor<4x5x18x$T>, tensor<3x9x18x$I>, tensor<3x9x18x$T> -> tensor<4x5x18x$T>
      %z = qnn.scatter_nd $K %x at %j, %v : tensor<4x5x18x$T>, tensor<6x2x$I>, tensor<6x18x$T> -> tensor<4x5x18x$T>
      return %y, %z : tensor<4x5x18x$T>, tensor<4x5x18x$T>
    })",
            "i64", element, kind);
}

TEST_P(IndexingTest, nothingFollowsAScatterInItsKernel) {
  check(R"(
    func.func @run(%x: tensor<4x5xf32>, %i: tensor<3x1xi64>, %u: tensor<3x5xf32>) -> tensor<4x5xf32> {
      %0 = qnn.scatter_nd add %x at %i, %u : tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32> -> tensor<4x5xf32>
      %y = qnn.neg %0 : tensor<4x5xf32> -> tensor<4x5xf32>
      return %y : tensor<4x5xf32>
    })");
}

TEST_P(IndexingTest, broadcasts) {
  check(R"(
    func.func @run(%x: tensor<3x1x5xf32>, %s: tensor<i64>) -> (tensor<2x3x4x5xf32>, tensor<3x19x5xf32>, tensor<7xi64>, tensor<3x1x19xf32>) {
      %a = qnn.broadcast %x : tensor<3x1x5xf32> -> tensor<2x3x4x5xf32>
      %b = qnn.broadcast %x : tensor<3x1x5xf32> -> tensor<3x19x5xf32>
      %c = qnn.broadcast %s : tensor<i64> -> tensor<7xi64>
      %0 = qnn.slice %x at [0, 0, 2] by [1, 1, 1] : tensor<3x1x5xf32> -> tensor<3x1x1xf32>
      %d = qnn.broadcast %0 : tensor<3x1x1xf32> -> tensor<3x1x19xf32>
      return %a, %b, %c, %d : tensor<2x3x4x5xf32>, tensor<3x19x5xf32>, tensor<7xi64>, tensor<3x1x19xf32>
    })");
}

// order-f1
TEST_P(IndexingTest, findsExtremes) {
  for (const char *element : {"f32", "i8", "ui8", "i64"})
    for (const char *last : {"false", "true"})
      check(R"(
    func.func @run(%x: tensor<3x40x5x$T>) -> (tensor<3x1x5xi64>, tensor<3x40x1xi64>) {
      %y = qnn.arg_reduce max %x axis 1 {last = $K} : tensor<3x40x5x$T> -> tensor<3x1x5xi64>
      %z = qnn.arg_reduce min %x axis 2 {last = $K} : tensor<3x40x5x$T> -> tensor<3x40x1xi64>
      return %y, %z : tensor<3x1x5xi64>, tensor<3x40x1xi64>
    })",
            "i64", element, last);
}

TEST_P(IndexingTest, ordersElements) {
  for (const char *element : {"f32", "i8", "ui8", "i64"})
    check(R"(
    func.func @run(%x: tensor<3x40x5x$T>) -> (tensor<3x40x5xi64>, tensor<3x40x2xi64>) {
      %y = qnn.top_k max %x axis 1 : tensor<3x40x5x$T> -> tensor<3x40x5xi64>
      %z = qnn.top_k min %x axis 2 : tensor<3x40x5x$T> -> tensor<3x40x2xi64>
      return %y, %z : tensor<3x40x5xi64>, tensor<3x40x2xi64>
    })",
          "i64", element);
}

TEST_P(IndexingTest, ordersNaNLast) {
  // sqrt of a negative number
  check(R"(
    func.func @run(%x: tensor<9x11xf32>) -> (tensor<9x11xi64>, tensor<9x11xi64>, tensor<9x1xi64>) {
      %0 = qnn.sqrt %x : tensor<9x11xf32> -> tensor<9x11xf32>
      %y = qnn.top_k max %0 axis 1 : tensor<9x11xf32> -> tensor<9x11xi64>
      %z = qnn.top_k min %0 axis 1 : tensor<9x11xf32> -> tensor<9x11xi64>
      %w = qnn.arg_reduce max %0 axis 1 : tensor<9x11xf32> -> tensor<9x1xi64>
      return %y, %z, %w : tensor<9x11xi64>, tensor<9x11xi64>, tensor<9x1xi64>
    })");
}

// cumulative-f1
TEST_P(IndexingTest, accumulates) {
  for (const char *element : {"f32", "i32", "ui8", "i64"})
    for (const char *kind : {"sum %x", "product %x"})
      for (const char *flags :
           {"", "exclusive = true", "reverse = true", "exclusive = true, reverse = true"})
        check(R"(
    func.func @run(%x: tensor<3x6x19x$T>) -> (tensor<3x6x19x$T>, tensor<3x6x19x$T>) {
      %y = qnn.cumulative $K axis 1 {$I} : tensor<3x6x19x$T> -> tensor<3x6x19x$T>
      %z = qnn.cumulative $K axis 2 {$I} : tensor<3x6x19x$T> -> tensor<3x6x19x$T>
      return %y, %z : tensor<3x6x19x$T>, tensor<3x6x19x$T>
    })",
              flags, element, kind);
}

} // namespace
} // namespace qcc::test
