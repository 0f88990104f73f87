//===- AgreementTest.cpp - every op's code gives Reference's bytes ----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

/// "func @run" around a body whose last value is %y.
std::string network(const std::string &inputs, const std::string &result, const std::string &body) {
  return "!q = !quant.uniform<i8:f32, 5.000000e-01:3>\n"
         "!r = !quant.uniform<i8:f32, 2.500000e-01:-5>\n"
         "!u = !quant.uniform<u8:f32, 1.250000e-01:117>\n"
         "func.func @run(" +
         inputs + ") -> " + result + " {\n" + body + "\n return %y : " + result + "\n}\n";
}

class AgreementTest : public ::testing::TestWithParam<const char *> {
protected:
  void check(const std::string &text, float tolerance = 0) {
    Agreement().check(text, GetParam(), tolerance);
  }
};

INSTANTIATE_TEST_SUITE_P(Cpus, AgreementTest, ::testing::Values("x86-64", "haswell"));

TEST_P(AgreementTest, quantizesAndDequantizes) {
  check(network("%x: tensor<3x37xf32>", "tensor<3x37xf32>", R"(
    %0 = qnn.quantize %x : tensor<3x37xf32> -> tensor<3x37x!q>
    %y = qnn.dequantize %0 : tensor<3x37x!q> -> tensor<3x37xf32>)"));
}

TEST_P(AgreementTest, addsCodesOfDifferentScales) {
  check(network("%a: tensor<2x19xi8>, %b: tensor<2x19xui8>", "tensor<2x19xi8>", R"(
    %0 = qnn.bitcast %a : tensor<2x19xi8> -> tensor<2x19x!q>
    %1 = qnn.bitcast %b : tensor<2x19xui8> -> tensor<2x19x!u>
    %2 = qnn.add %0, %1 : tensor<2x19x!q>, tensor<2x19x!u> -> tensor<2x19x!r>
    %3 = qnn.sub %2, %1 : tensor<2x19x!r>, tensor<2x19x!u> -> tensor<2x19x!r>
    %4 = qnn.mul %3, %0 : tensor<2x19x!r>, tensor<2x19x!q> -> tensor<2x19x!q>
    %5 = qnn.relu %4 : tensor<2x19x!q> -> tensor<2x19x!q>
    %6 = qnn.clip %5 to 1.000000e+00, 2.000000e+01 : tensor<2x19x!q> -> tensor<2x19x!q>
    %y = qnn.bitcast %6 : tensor<2x19x!q> -> tensor<2x19xi8>)"));
}

TEST_P(AgreementTest, broadcasts) {
  check(network("%a: tensor<2x5x24xf32>, %b: tensor<5x1xf32>, %c: tensor<24xf32>",
                "tensor<2x5x24xf32>", R"(
    %0 = qnn.mul %a, %b : tensor<2x5x24xf32>, tensor<5x1xf32> -> tensor<2x5x24xf32>
    %1 = qnn.sub %0, %c : tensor<2x5x24xf32>, tensor<24xf32> -> tensor<2x5x24xf32>
    %2 = qnn.max %1, %b : tensor<2x5x24xf32>, tensor<5x1xf32> -> tensor<2x5x24xf32>
    %y = qnn.div %2, %c : tensor<2x5x24xf32>, tensor<24xf32> -> tensor<2x5x24xf32>)"));
}

TEST_P(AgreementTest, functionsGiveTheSameBits) {
  for (const char *function :
       {"exp", "log", "tanh", "sigmoid", "erf", "abs", "sqrt", "neg", "relu"})
    check(network("%x: tensor<4x33xf32>", "tensor<4x33xf32>",
                  std::string("%y = qnn.") + function +
                      " %x : tensor<4x33xf32> -> tensor<4x33xf32>"));
}

TEST_P(AgreementTest, tablesReplaceQuantizedFunctions) {
  check(network("%x: tensor<3x50xi8>", "tensor<3x50xi8>", R"(
    %0 = qnn.bitcast %x : tensor<3x50xi8> -> tensor<3x50x!q>
    %1 = qnn.sigmoid %0 : tensor<3x50x!q> -> tensor<3x50x!u>
    %2 = qnn.tanh %1 : tensor<3x50x!u> -> tensor<3x50x!r>
    %y = qnn.bitcast %2 : tensor<3x50x!r> -> tensor<3x50xi8>)"));
}

// Codes of 16 bits have no tables, and their products do not fit 32 bits. [unary-c1] [mul-c1]
TEST_P(AgreementTest, computesOnWideCodes) {
  const char *wide = "!w = !quant.uniform<i16:f32, 3.0517578125e-05:-32768>\n"
                     "!v = !quant.uniform<i16:f32, 1.220703125e-04:1234>\n"
                     "!p = !quant.uniform<u16:f32, 1.52587890625e-05:30000>\n";
  check(wide + network("%a: tensor<2x19xi16>, %b: tensor<2x19xui16>", "tensor<2x19xi16>", R"(
    %0 = qnn.bitcast %a : tensor<2x19xi16> -> tensor<2x19x!w>
    %1 = qnn.bitcast %b : tensor<2x19xui16> -> tensor<2x19x!p>
    %2 = qnn.mul %0, %1 : tensor<2x19x!w>, tensor<2x19x!p> -> tensor<2x19x!v>
    %3 = qnn.mul %0, %0 : tensor<2x19x!w>, tensor<2x19x!w> -> tensor<2x19x!p>
    %4 = qnn.max %3, %2 : tensor<2x19x!p>, tensor<2x19x!v> -> tensor<2x19x!w>
    %y = qnn.bitcast %4 : tensor<2x19x!w> -> tensor<2x19xi16>)"));
  for (const char *function :
       {"cast", "neg", "abs", "sigmoid", "tanh", "exp", "erf", "sqrt", "log", "sin", "round"})
    for (auto [from, storage] : {std::pair("!w", "i16"), std::pair("!p", "ui16")}) {
      std::string codes = std::string("tensor<3x50x") + storage + ">";
      std::string type = std::string("tensor<3x50x") + from + ">";
      check(wide + network("%x: " + codes, "tensor<3x50xi16>",
                           "%0 = qnn.bitcast %x : " + codes + " -> " + type + "\n%1 = qnn." +
                               function + " %0 : " + type + " -> tensor<3x50x!v>\n" +
                               "%y = qnn.bitcast %1 : tensor<3x50x!v> -> tensor<3x50xi16>"));
    }
  for (auto [from, to] : {std::pair("!q", "!w"), std::pair("!p", "!r")})
    check(wide +
          network("%x: tensor<3x50xf32>", "tensor<3x50xf32>",
                  std::string("%0 = qnn.quantize %x : tensor<3x50xf32> -> tensor<3x50x") + from +
                      ">\n%1 = qnn.cast %0 : tensor<3x50x" + from + "> -> tensor<3x50x" + to +
                      ">\n%y = qnn.dequantize %1 : tensor<3x50x" + to + "> -> tensor<3x50xf32>"));
}

// 40000 codes of 16 bits have sums of more than 32. [average-c1] [reduce-c1]
TEST_P(AgreementTest, addsManyWideCodes) {
  const char *wide = "!w = !quant.uniform<u16:f32, 1.52587890625e-05:65535>\n"
                     "!v = !quant.uniform<i16:f32, 6.103515625e-05:32767>\n";
  std::string text = wide + network("%a: tensor<1x200x200x3xui16>", "tensor<1x1x1x3xf32>", R"(
    %z = qnn.constant dense_resource<least> : tensor<ui16> -> tensor<ui16>
    %0 = qnn.and %a, %z : tensor<1x200x200x3xui16>, tensor<ui16> -> tensor<1x200x200x3xui16>
    %1 = qnn.bitcast %0 : tensor<1x200x200x3xui16> -> tensor<1x200x200x3x!w>
    %2 = qnn.OPERATION : tensor<1x200x200x3x!w> -> tensor<1x1x1x3x!v>
    %y = qnn.dequantize %2 : tensor<1x1x1x3x!v> -> tensor<1x1x1x3xf32>)") +
                     "{-# dialect_resources: {builtin: {least: \"0x04000000FF0F\"}} #-}\n";
  for (std::string operation :
       {"average_pool %1 {kernel = array<i64: 200, 200>, strides = array<i64: 1, 1>, pads = "
        "array<i64: 0, 0, 0, 0>}",
        "reduce mean %1 over [1, 2]"}) {
    std::string network = text;
    network.replace(network.find("OPERATION"), 9, operation);
    check(network);
  }
}

TEST_P(AgreementTest, poolsWithPadding) {
  const char *attributes =
      "kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 1, 1>";
  for (const char *type : {"f32", "!q"}) {
    std::string in = std::string("tensor<2x7x5x19x") + type + ">",
                out = std::string("tensor<2x4x5x19x") + type + ">";
    check(
        network("%x: tensor<2x7x5x19xf32>", "tensor<2x4x5x19xf32>",
                "%0 = qnn.quantize %x : tensor<2x7x5x19xf32> -> tensor<2x7x5x19x!q>\n"
                "%1 = qnn.max_pool %0 {" +
                    std::string(attributes) +
                    ", dilations = array<i64: 1, 1>} : tensor<2x7x5x19x!q> -> tensor<2x4x5x19x!q>\n"
                    "%y = qnn.dequantize %1 : tensor<2x4x5x19x!q> -> tensor<2x4x5x19xf32>"));
    for (const char *count : {"true", "false"})
      check(network("%x: tensor<2x7x5x19xf32>", "tensor<2x4x5x19xf32>",
                    "%0 = qnn.quantize %x : tensor<2x7x5x19xf32> -> tensor<2x7x5x19x!q>\n"
                    "%1 = qnn.average_pool %0 {" +
                        std::string(attributes) + ", count_include_pad = " + count +
                        "} : tensor<2x7x5x19x!q> -> tensor<2x4x5x19x!r>\n"
                        "%y = qnn.dequantize %1 : tensor<2x4x5x19x!r> -> tensor<2x4x5x19xf32>"));
  }
  check(network("%x: tensor<1x7x5x19xf32>", "tensor<1x4x5x19xf32>",
                "%y = qnn.average_pool %x {" + std::string(attributes) +
                    "} : tensor<1x7x5x19xf32> -> tensor<1x4x5x19xf32>"));
}

TEST_P(AgreementTest, movesElements) {
  check(network("%x: tensor<2x3x5x8xi8>", "tensor<8x14xi8>", R"(
    %0 = qnn.transpose %x perm [3, 0, 2, 1] : tensor<2x3x5x8xi8> -> tensor<8x2x5x3xi8>
    %1 = qnn.slice %0 at [7, 1, 4, 0] by [-1, 1, -2, 2] : tensor<8x2x5x3xi8> -> tensor<8x1x3x2xi8>
    %2 = qnn.slice %0 at [0, 0, 1, 1] by [1, 1, 1, 1] : tensor<8x2x5x3xi8> -> tensor<8x1x1x1xi8>
    %3 = qnn.pad %2 low [0, 0, 1, 0] high [0, 0, 1, 1] : tensor<8x1x1x1xi8> -> tensor<8x1x3x2xi8>
    %4 = qnn.reshape %1 : tensor<8x1x3x2xi8> -> tensor<8x6xi8>
    %5 = qnn.reshape %3 : tensor<8x1x3x2xi8> -> tensor<8x6xi8>
    %6 = qnn.slice %x at [0, 0, 0, 0] by [1, 1, 1, 1] : tensor<2x3x5x8xi8> -> tensor<2x1x1x8xi8>
    %7 = qnn.reshape %6 : tensor<2x1x1x8xi8> -> tensor<8x2xi8>
    %y = qnn.concat %4, %7, %5 axis 1 : tensor<8x6xi8>, tensor<8x2xi8>, tensor<8x6xi8> -> tensor<8x14xi8>)"));
}

TEST_P(AgreementTest, multipliesMatrices) {
  check(network("%a: tensor<2x5x7xf32>, %b: tensor<7x9xf32>", "tensor<2x5x9xf32>",
                "%y = qnn.matmul %a, %b : tensor<2x5x7xf32>, tensor<7x9xf32> -> tensor<2x5x9xf32>"),
        1e-3f);
  check(network("%a: tensor<5x7xi8>, %b: tensor<7x9xui8>", "tensor<5x9xi8>", R"(
    %0 = qnn.bitcast %a : tensor<5x7xi8> -> tensor<5x7x!q>
    %1 = qnn.bitcast %b : tensor<7x9xui8> -> tensor<7x9x!u>
    %2 = qnn.matmul %0, %1 : tensor<5x7x!q>, tensor<7x9x!u> -> tensor<5x9x!r>
    %y = qnn.bitcast %2 : tensor<5x9x!r> -> tensor<5x9xi8>)"));
}

TEST_P(AgreementTest, convolvesWithRunTimeWeights) {
  check(network("%x: tensor<1x6x5x8xf32>, %w: tensor<4x3x3x4xf32>", "tensor<1x3x5x4xf32>", R"(
    %y = qnn.conv2d %x, %w {strides = array<i64: 2, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, group = 2 : i64}
      : tensor<1x6x5x8xf32>, tensor<4x3x3x4xf32> -> tensor<1x3x5x4xf32>)"),
        1e-2f);
}

} // namespace
} // namespace qcc::test
