//===- MatrixProductTest.cpp - products of computed matrices ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

namespace qcc::test {
namespace {

const char *const cpus[] = {"x86-64", "haswell"};

std::string tensor(const std::string &shape, const std::string &element) {
  return "tensor<" + shape + element + ">";
}

struct Shapes {
  const char *lhs, *rhs, *result;
};

// Ragged and whole panels, one row, vectors as matrices, batches broadcast on either side.
const Shapes shapes[] = {
    {"3x4x", "4x5x", "3x5x"},         {"7x16x", "16x32x", "7x32x"},
    {"1x9x", "9x17x", "1x17x"},       {"13x5x", "5x1x", "13x1x"},
    {"2x6x8x", "2x8x24x", "2x6x24x"}, {"3x1x6x7x", "2x7x19x", "3x2x6x19x"},
    {"6x7x", "3x2x7x9x", "3x2x6x9x"}, {"2x3x5x4x", "1x3x4x6x", "2x3x5x6x"},
};

std::string makeFloatProduct(const Shapes &s) {
  std::string x = tensor(s.lhs, "f32"), w = tensor(s.rhs, "f32"), y = tensor(s.result, "f32");
  // A scalar factor behind the product is part of its kernel.
  return "func.func @run(%x: " + x + ", %w: " + w + ", %k: tensor<f32>) -> " + y +
         " {\n%0 = qnn.matmul %x, %w : " + x + ", " + w + " -> " + y +
         "\n%1 = qnn.mul %0, %k : " + y + ", tensor<f32> -> " + y + "\nreturn %1 : " + y + "\n}\n";
}

TEST(MatrixProductTest, floatProductsGiveTheBytesOfReference) {
  for (const char *cpu : cpus)
    for (const Shapes &s : shapes)
      Agreement().check(makeFloatProduct(s), cpu);
}

std::string makeQuantizedProduct(const Shapes &s, const std::string &left, const std::string &right,
                                 const std::string &result, bool isCode) {
  auto storage = [](const std::string &type) {
    if (type.find("16:") != std::string::npos)
      return type.find("<u") == std::string::npos ? "i16" : "ui16";
    return type.find("<u") == std::string::npos ? "i8" : "ui8";
  };
  std::string a = tensor(s.lhs, storage(left)), b = tensor(s.rhs, storage(right));
  std::string x = tensor(s.lhs, left), w = tensor(s.rhs, right), y = tensor(s.result, result);
  std::string out = isCode ? tensor(s.result, storage(result)) : y;
  std::string text = "func.func @run(%a: " + a + ", %b: " + b + ") -> " + out +
                     " {\n%x = qnn.bitcast %a : " + a + " -> " + x +
                     "\n%w = qnn.bitcast %b : " + b + " -> " + w +
                     "\n%y = qnn.matmul %x, %w : " + x + ", " + w + " -> " + y + "\n";
  if (isCode)
    text += "%o = qnn.bitcast %y : " + y + " -> " + out + "\nreturn %o : " + out + "\n}\n";
  else
    text += "return %y : " + y + "\n}\n";
  return text;
}

TEST(MatrixProductTest, quantizedProductsGiveTheBytesOfReference) {
  const std::string u8 = "!quant.uniform<u8:f32, 5.000000e-01:130>",
                    i8 = "!quant.uniform<i8:f32, 2.500000e-01:-7>",
                    wide = "!quant.uniform<i8:f32, 2.000000e+01:5>";
  for (const char *cpu : cpus)
    for (const Shapes &s : {shapes[0], shapes[1], shapes[2], shapes[5]}) {
      Agreement().check(makeQuantizedProduct(s, u8, i8, wide, true), cpu);
      Agreement().check(makeQuantizedProduct(s, i8, u8, "f32", false), cpu);
      Agreement().check(makeQuantizedProduct(s, u8, u8, "i32", false), cpu);
    }
}

// Products and sums of 16-bit codes do not fit 32 bits.
TEST(MatrixProductTest, wideProductsGiveTheBytesOfReference) {
  const std::string u16 = "!quant.uniform<u16:f32, 5.000000e-01:300>",
                    i16 = "!quant.uniform<i16:f32, 2.500000e-01:-32768>",
                    i8 = "!quant.uniform<i8:f32, 2.500000e-01:-7>",
                    wide = "!quant.uniform<i16:f32, 6.553600e+04:5>";
  for (const char *cpu : cpus)
    for (const Shapes &s : {shapes[0], shapes[1], shapes[2], shapes[5]}) {
      Agreement().check(makeQuantizedProduct(s, u16, i16, wide, true), cpu);
      Agreement().check(makeQuantizedProduct(s, i16, i16, "f32", false), cpu);
      Agreement().check(makeQuantizedProduct(s, i8, u16, wide, true), cpu);
      Agreement().check(makeQuantizedProduct(s, u16, i8, "i32", false), cpu);
    }
}

TEST(MatrixProductTest, transposedRightSidesGiveTheBytesOfReference) {
  const std::string x = "tensor<3x5x9xf32>", k = "tensor<2x11x3x9xf32>", y = "tensor<2x3x5x11xf32>";
  for (const char *cpu : cpus)
    Agreement().check("func.func @run(%x: " + x + ", %k: " + k + ") -> " + y +
                          " {\n%t = qnn.transpose %k perm [0, 2, 3, 1] : " + k +
                          " -> tensor<2x3x9x11xf32>\n%y = qnn.matmul %x, %t : " + x +
                          ", tensor<2x3x9x11xf32> -> " + y + "\nreturn %y : " + y + "\n}\n",
                      cpu);
}

// Computed scales keep the plain loops; they too give sums and floats.
TEST(MatrixProductTest, plainProductsGiveTheBytesOfReference) {
  const std::string x = "tensor<3x7x!quant.uniform<u8:f32, 5.000000e-01:130>>";
  for (const char *result : {"f32", "i32"}) {
    std::string y = std::string("tensor<3x2x") + result + ">";
    Agreement().check(
        "func.func @run(%a: tensor<3x7xui8>, %w: tensor<2x7xi8>, %s: tensor<2xf32>, %z: "
        "tensor<2xi8>) -> " +
        y + " {\n%x = qnn.bitcast %a : tensor<3x7xui8> -> " + x +
        "\n%y = qnn.linear %x, %w scale %s zero_point %z : " + x +
        ", tensor<2x7xi8>, scale tensor<2xf32>, zero_point tensor<2xi8> -> " + y +
        "\nreturn %y : " + y + "\n}\n");
  }
}

TEST(MatrixProductTest, computedWeightsGiveTheBytesOfReference) {
  for (const char *cpu : cpus)
    for (const char *leading : {"", "3x", "2x5x"}) {
      std::string x = tensor(std::string(leading) + "37x", "f32"), w = "tensor<21x37xf32>",
                  y = tensor(std::string(leading) + "21x", "f32");
      Agreement().check("func.func @run(%x: " + x + ", %w: " + w + ") -> " + y +
                            " {\n%y = qnn.linear %x, %w : " + x + ", " + w + " -> " + y +
                            "\nreturn %y : " + y + "\n}\n",
                        cpu);
    }
}

} // namespace
} // namespace qcc::test
