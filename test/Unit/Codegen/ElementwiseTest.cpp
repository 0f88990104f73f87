//===- ElementwiseTest.cpp - elementwise code gives Reference's bytes -------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

using Strings = std::vector<std::string>;

const Strings integerTypes = {"i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64"};
const Strings floatTypes = {"f32", "f64"};

Strings join(Strings all, const Strings &more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string tensor(const std::string &shape, const std::string &element) {
  return "tensor<" + shape + element + ">";
}

class ElementwiseTest : public ::testing::TestWithParam<const char *> {
protected:
  void check(const std::string &text) {
    Agreement agreement;
    agreement.drawsEverything = true;
    agreement.check(text, GetParam());
  }

  void checkUnary(const Strings &operations, const Strings &types) {
    for (const std::string &type : types)
      for (const std::string &operation : operations) {
        SCOPED_TRACE(operation + " of " + type);
        std::string t = tensor("7x45x", type);
        check("func.func @run(%x: " + t + ") -> " + t + " {\n %y = qnn." + operation +
              " %x : " + t + " -> " + t + "\n return %y : " + t + "\n}");
      }
  }

  /// Operands of one shape, and one that is repeated.
  void checkBinary(const Strings &operations, const Strings &types,
                   const std::string &result = "") {
    for (const std::string &type : types)
      for (const std::string &operation : operations) {
        SCOPED_TRACE(operation + " of " + type);
        std::string a = tensor("7x45x", type), b = tensor("7x1x", type);
        std::string y = tensor("7x45x", result.empty() ? type : result);
        std::string types = " : " + a + ", ";
        check("func.func @run(%a: " + a + ", %b: " + a + ", %c: " + b + ") -> (" + y + ", " + y +
              ") {\n %y = qnn." + operation + " %a, %b" + types + a + " -> " + y + "\n %z = qnn." +
              operation + " %a, %c" + types + b + " -> " + y + "\n return %y, %z : " + y + ", " +
              y + "\n}");
      }
  }
};

INSTANTIATE_TEST_SUITE_P(Cpus, ElementwiseTest, ::testing::Values("x86-64", "haswell"));

TEST_P(ElementwiseTest, functions) {
  checkUnary({"exp", "log", "tanh", "sigmoid", "erf", "sin", "cos", "atan"}, {"f32"});
}

// abs-f1 neg-f1 relu-f1 floor-f1 ceil-f1 round-f1 sqrt-f1
TEST_P(ElementwiseTest, functionsOfAnyWidth) {
  checkUnary({"abs", "neg", "relu"}, join(integerTypes, floatTypes));
  checkUnary({"floor", "ceil", "round", "sqrt"}, floatTypes);
}

TEST_P(ElementwiseTest, clipsAnyType) {
  for (const std::string &type : join(integerTypes, floatTypes)) {
    std::string t = tensor("7x45x", type);
    for (const char *bounds : {"-3.500000e+00, 1.010000e+02", "-1.000000e+30, 1.000000e+30"})
      check("func.func @run(%x: " + t + ") -> " + t + " {\n %y = qnn.clip %x to " + bounds + " : " +
            t + " -> " + t + "\n return %y : " + t + "\n}");
  }
}

// add-f1 rem-f1 min-f1 max-f1
TEST_P(ElementwiseTest, arithmetic) {
  checkBinary({"add", "sub", "mul", "div", "rem", "min", "max"}, join(integerTypes, floatTypes));
}

// pow-f1 pow-f2
TEST_P(ElementwiseTest, powers) { checkBinary({"pow"}, join(integerTypes, {"f32"})); }

// and-f1 shift-f1
TEST_P(ElementwiseTest, bits) {
  checkBinary({"and", "or", "xor"}, join(integerTypes, {"i1"}));
  checkBinary({"shift_left", "shift_right"}, integerTypes);
}

// compare-f1
TEST_P(ElementwiseTest, comparisons) {
  checkBinary({"compare equal", "compare less", "compare less_or_equal"},
              join(integerTypes, {"f32", "f64", "i1"}), "i1");
}

// select-f1: three operands of different ranks, one of them a single number.
TEST_P(ElementwiseTest, selectBroadcasts) {
  for (const std::string &type : join(integerTypes, {"f32", "f64", "i1"})) {
    std::string a = tensor("5x1x", type), b = tensor("", type), y = tensor("2x5x33x", type);
    check("func.func @run(%p: tensor<2x5x33xi1>, %q: tensor<33xi1>, %r: tensor<i1>, %a: " + a +
          ", %b: " + b + ", %c: " + y + ") -> " + y +
          " {\n %0 = qnn.select %p, %a, %b : tensor<2x5x33xi1>, " + a + ", " + b + " -> " + y +
          "\n %1 = qnn.select %q, %0, %c : tensor<33xi1>, " + y + ", " + y + " -> " + y +
          "\n %y = qnn.select %r, %1, %a : tensor<i1>, " + y + ", " + a + " -> " + y +
          "\n return %y : " + y + "\n}");
  }
}

// A relation and a choice may join the kernel of a contraction.
TEST_P(ElementwiseTest, comparisonsAfterContractions) {
  check(R"(
    func.func @run(%x: tensor<3x8xf32>, %w: tensor<20x8xf32>, %b: tensor<20xf32>) -> (tensor<3x20xi1>, tensor<3x20xf32>) {
      %0 = qnn.linear %x, %w : tensor<3x8xf32>, tensor<20x8xf32> -> tensor<3x20xf32>
      %y = qnn.compare less %0, %b : tensor<3x20xf32>, tensor<20xf32> -> tensor<3x20xi1>
      %1 = qnn.linear %x, %w : tensor<3x8xf32>, tensor<20x8xf32> -> tensor<3x20xf32>
      %2 = qnn.select %y, %1, %b : tensor<3x20xi1>, tensor<3x20xf32>, tensor<20xf32> -> tensor<3x20xf32>
      %z = qnn.relu %2 : tensor<3x20xf32> -> tensor<3x20xf32>
      return %y, %z : tensor<3x20xi1>, tensor<3x20xf32>
    })");
}

TEST_P(ElementwiseTest, quantizedOperandsOfDifferentTypes) {
  for (const char *operation : {"div", "min", "max"})
    check(std::string("!q = !quant.uniform<i8:f32, 5.000000e-01:3>\n"
                      "!u = !quant.uniform<u8:f32, 1.250000e-01:117>\n") +
          R"(func.func @run(%a: tensor<9x19xi8>, %b: tensor<9x19xui8>) -> tensor<9x19xi8> {
             %0 = qnn.bitcast %a : tensor<9x19xi8> -> tensor<9x19x!q>
             %1 = qnn.bitcast %b : tensor<9x19xui8> -> tensor<9x19x!u>
             %2 = qnn.)" +
          operation + R"( %0, %1 : tensor<9x19x!q>, tensor<9x19x!u> -> tensor<9x19x!q>
             %y = qnn.bitcast %2 : tensor<9x19x!q> -> tensor<9x19xi8>
             return %y : tensor<9x19xi8>
           })");
}

TEST_P(ElementwiseTest, reinterpretsBits) {
  check(R"(
    func.func @run(%x: tensor<3x20xf32>, %p: tensor<3x20xi1>) -> (tensor<3x20xi32>, tensor<3x20xui8>) {
      %0 = qnn.abs %x : tensor<3x20xf32> -> tensor<3x20xf32>
      %1 = qnn.bitcast %0 : tensor<3x20xf32> -> tensor<3x20xi32>
      %y = qnn.neg %1 : tensor<3x20xi32> -> tensor<3x20xi32>
      %2 = qnn.xor %p, %p : tensor<3x20xi1>, tensor<3x20xi1> -> tensor<3x20xi1>
      %3 = qnn.bitcast %2 : tensor<3x20xi1> -> tensor<3x20xui8>
      %z = qnn.add %3, %3 : tensor<3x20xui8>, tensor<3x20xui8> -> tensor<3x20xui8>
      return %y, %z : tensor<3x20xi32>, tensor<3x20xui8>
    })");
}

} // namespace
} // namespace qcc::test
