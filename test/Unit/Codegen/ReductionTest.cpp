//===- ReductionTest.cpp - reductions and softmax give Reference's bytes ----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

/// "func @run" from one input to %y.
std::string network(const std::string &input, const std::string &result, const std::string &body) {
  return "!q = !quant.uniform<i8:f32, 5.000000e-01:3>\n"
         "!r = !quant.uniform<i8:f32, 2.500000e-01:-5>\n"
         "func.func @run(%x: " +
         input + ") -> " + result + " {\n" + body + "\n return %y : " + result + "\n}\n";
}

class ReductionTest : public ::testing::TestWithParam<const char *> {
protected:
  void check(const std::string &text) { Agreement().check(text, GetParam()); }
  void checkReduce(const std::string &kind, const std::string &element, const std::string &from,
                   const std::string &axes, const std::string &to) {
    std::string input = "tensor<" + from + "x" + element + ">",
                result = "tensor<" + to + "x" + element + ">";
    check(network(input, result,
                  "%y = qnn.reduce " + kind + " %x over [" + axes + "] : " + input + " -> " +
                      result));
  }
};

INSTANTIATE_TEST_SUITE_P(Cpus, ReductionTest, ::testing::Values("x86-64", "haswell"));

// reduce-f1 reduce-f2 reduce-f3
TEST_P(ReductionTest, floatKinds) {
  for (const char *kind : {"sum", "mean", "max", "min", "product"}) {
    checkReduce(kind, "f32", "2x7x5x19", "1, 3", "2x1x5x1");
    checkReduce(kind, "f32", "2x7x5x19", "1, 2", "2x1x1x19");
    checkReduce(kind, "f32", "3x5x6", "1, 2", "3x1x1");
    checkReduce(kind, "f32", "3x5x1x3", "1", "3x1x1x3");
    checkReduce(kind, "f32", "3x2x9x1", "0, 2", "1x2x1x1");
  }
}

TEST_P(ReductionTest, runsOfEveryRest) {
  for (int run = 15; run < 34; ++run)
    checkReduce("sum", "f32", "3x" + std::to_string(run), "1", "3x1");
}

TEST_P(ReductionTest, integerKinds) {
  for (const char *kind : {"sum", "mean", "max", "min", "product"})
    for (const char *element : {"i8", "ui8", "i16", "ui16", "i32", "ui32", "i64", "ui64"}) {
      checkReduce(kind, element, "2x3x18", "0, 2", "1x3x1");
      checkReduce(kind, element, "4x3x18", "0, 1", "1x1x18");
    }
  // More elements than the type has positive values.
  checkReduce("mean", "i8", "3x128", "1", "3x1");
  checkReduce("mean", "ui8", "3x300", "1", "3x1");
}

TEST_P(ReductionTest, quantizedKinds) {
  for (const char *kind : {"sum", "mean", "max", "min"})
    for (auto [axes, result] : {std::pair("1, 2", "2x1x1x19"), std::pair("1, 3", "2x1x5x1")}) {
      std::string to(result);
      check(network(
          "tensor<2x7x5x19xf32>", "tensor<" + to + "xf32>",
          "%0 = qnn.quantize %x : tensor<2x7x5x19xf32> -> tensor<2x7x5x19x!q>\n"
          "%1 = qnn.reduce " +
              std::string(kind) + " %0 over [" + axes + "] : tensor<2x7x5x19x!q> -> tensor<" + to +
              "x!r>\n%y = qnn.dequantize %1 : tensor<" + to + "x!r> -> tensor<" + to + "xf32>"));
    }
}

// A scalar that an op after the root reads is the same for all lanes.
TEST_P(ReductionTest, scalarsAfterTheRoot) {
  check(network("tensor<4x3x16xf32>", "tensor<1x3x16xf32>", R"(
    %0 = qnn.constant dense_resource<epsilon> : tensor<f32> -> tensor<f32>
    %1 = qnn.reduce mean %x over [0] : tensor<4x3x16xf32> -> tensor<1x3x16xf32>
    %y = qnn.add %1, %0 : tensor<1x3x16xf32>, tensor<f32> -> tensor<1x3x16xf32>)") +
        "{-# dialect_resources: {builtin: {epsilon: \"0x040000000000803F\"}} #-}\n");
}

// softmax-f1
TEST_P(ReductionTest, softmaxOverAnyAxis) {
  for (int axis : {0, 1, 2})
    for (std::string shape : {"4x11x6", "3x5x37"}) {
      std::string type = "tensor<" + shape + "xf32>";
      check(network(type, type,
                    "%y = qnn.softmax %x axis " + std::to_string(axis) + " : " + type + " -> " +
                        type));
      // Here the exponentials are kept in scratch.
      std::string codes = "tensor<" + shape + "x!r>";
      check(network(type, type,
                    "%0 = qnn.softmax %x axis " + std::to_string(axis) + " : " + type + " -> " +
                        type + "\n%1 = qnn.quantize %0 : " + type + " -> " + codes +
                        "\n%y = qnn.dequantize %1 : " + codes + " -> " + type));
    }
}

} // namespace
} // namespace qcc::test
