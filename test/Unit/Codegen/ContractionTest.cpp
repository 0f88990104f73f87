//===- ContractionTest.cpp - packed contractions give Reference's bytes -----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Agreement.h"

#include "llvm/ADT/StringExtras.h"

namespace qcc::test {
namespace {

struct Shape {
  int64_t height, width, inputs, outputs, kernel, stride, pad, dilation, group;
};

/// A dense_resource section entry: 4 bytes of alignment, then random bytes.
std::string makeResource(const std::string &name, size_t bytes, std::mt19937 &random) {
  std::string hex = name + ": \"0x04000000";
  for (size_t i = 0; i < bytes; ++i)
    hex += llvm::utohexstr(random() & 255, /*LowerCase=*/true, /*Width=*/2);
  return hex + "\"";
}

/// Little-endian words of `make(i)` as a resource.
template <typename T, typename Make>
std::string makeResourceOf(const std::string &name, size_t count, Make make) {
  std::string hex = name + ": \"0x04000000";
  for (size_t i = 0; i < count; ++i) {
    T value = make(i);
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    for (unsigned char byte : bytes)
      hex += llvm::utohexstr(byte, true, 2);
  }
  return hex + "\"";
}

std::string tensor(std::initializer_list<int64_t> shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + element + ">";
}

/// A quantized convolution, then a residual add and a relu; `weightType` i8 or ui8.
std::string makeConvolution(const Shape &s, const std::string &weightType, bool residual,
                            unsigned seed) {
  std::mt19937 random(seed);
  int64_t span = (s.kernel - 1) * s.dilation + 1;
  int64_t oh = (s.height + 2 * s.pad - span) / s.stride + 1,
          ow = (s.width + 2 * s.pad - span) / s.stride + 1;
  std::string x = tensor({2, s.height, s.width, s.inputs}, "!q"),
              y = tensor({2, oh, ow, s.outputs}, "!r");
  std::string w = tensor({s.outputs, s.kernel, s.kernel, s.inputs / s.group}, weightType);
  std::string b = tensor({s.outputs}, "i32"), c = tensor({s.outputs}, "f32"),
              z = tensor({s.outputs}, weightType);
  std::string in = tensor({2, s.height, s.width, s.inputs}, "i8"),
              out = tensor({2, oh, ow, s.outputs}, "i8");
  auto pair = [](int64_t v) { return std::to_string(v) + ", " + std::to_string(v); };
  std::string text =
      "!q = !quant.uniform<i8:f32, 5.000000e-01:3>\n!r = !quant.uniform<i8:f32, 2.500000e-01:-5>\n"
      "func.func @run(%i: " +
      in + ", %k: " + out + ") -> " + out + " {\n" + "%x = qnn.bitcast %i : " + in + " -> " + x +
      "\n%a = qnn.bitcast %k : " + out + " -> " + y + "\n" +
      "%w = qnn.constant dense_resource<w> : " + w + " -> " + w + "\n" +
      "%b = qnn.constant dense_resource<b> : " + b + " -> " + b + "\n" +
      "%c = qnn.constant dense_resource<c> : " + c + " -> " + c + "\n" +
      "%z = qnn.constant dense_resource<z> : " + z + " -> " + z + "\n" +
      "%0 = qnn.conv2d %x, %w bias %b scale %c zero_point %z {strides = array<i64: " +
      pair(s.stride) + ">, pads = array<i64: " + pair(s.pad) + ", " + pair(s.pad) +
      ">, dilations = array<i64: " + pair(s.dilation) + ">, group = " + std::to_string(s.group) +
      " : i64} : " + x + ", " + w + ", bias " + b + ", scale " + c + ", zero_point " + z + " -> " +
      y + "\n";
  text += residual ? "%1 = qnn.add %0, %a : " + y + ", " + y + " -> " + y + "\n"
                   : "%1 = qnn.relu %0 : " + y + " -> " + y + "\n";
  text += "%y = qnn.bitcast %1 : " + y + " -> " + out + "\nreturn %y : " + out +
          "\n}\n{-# dialect_resources: { builtin: {\n";
  text += makeResource("w", s.outputs * s.kernel * s.kernel * s.inputs / s.group, random) + ",\n";
  text +=
      makeResourceOf<int32_t>(
          "b", s.outputs, [&](size_t) { return static_cast<int32_t>(random() % 4001) - 2000; }) +
      ",\n";
  text +=
      makeResourceOf<float>(
          "c", s.outputs, [&](size_t i) { return 1e-4f * static_cast<float>(1 + random() % 90); }) +
      ",\n";
  // Symmetric weights every other seed.
  text += makeResourceOf<uint8_t>("z", s.outputs,
                                  [&](size_t) { return seed % 2 ? random() & 127 : 0; }) +
          "\n} } #-}\n";
  return text;
}

const Shape shapes[] = {
    // height width inputs outputs kernel stride pad dilation group
    {5, 7, 16, 24, 1, 1, 0, 1, 1},  {6, 5, 3, 8, 3, 2, 1, 1, 1},    {9, 8, 10, 12, 3, 1, 1, 1, 1},
    {7, 7, 4, 100, 1, 1, 0, 1, 1},  {8, 9, 1, 5, 5, 2, 2, 1, 1},    {11, 10, 3, 17, 7, 2, 3, 1, 1},
    {9, 9, 8, 16, 3, 1, 2, 2, 1},   {6, 6, 8, 12, 3, 1, 1, 1, 4},   {7, 6, 24, 24, 3, 1, 1, 1, 24},
    {8, 8, 19, 19, 3, 2, 1, 1, 19}, {9, 7, 64, 64, 5, 1, 2, 1, 64}, {6, 6, 16, 16, 3, 1, 0, 1, 16},
    {10, 4, 1, 64, 4, 2, 1, 1, 1},  {1, 1, 64, 10, 1, 1, 0, 1, 1},  {5, 1, 8, 6, 1, 1, 0, 1, 1},
};

class ContractionTest : public ::testing::TestWithParam<std::tuple<const char *, Shape>> {};

INSTANTIATE_TEST_SUITE_P(CpusAndShapes, ContractionTest,
                         ::testing::Combine(::testing::Values("x86-64", "haswell"),
                                            ::testing::ValuesIn(shapes)));

TEST_P(ContractionTest, givesTheBytesOfReference) {
  auto [cpu, shape] = GetParam();
  Agreement().check(makeConvolution(shape, "i8", /*residual=*/false, 2), cpu);
  Agreement().check(makeConvolution(shape, "i8", /*residual=*/true, 1), cpu);
  Agreement().check(makeConvolution(shape, "ui8", /*residual=*/true, 3), cpu);
}

/// [contraction-f1] Padding is a product with zero, which is NaN where the weight is not finite.
TEST(ConvolutionTest, multipliesPaddingWithComputedWeights) {
  for (const char *element : {"f32", "f64"}) {
    std::string in = tensor({1, 4, 5, 4}, element), w = tensor({6, 3, 3, 2}, element),
                out = tensor({1, 4, 5, 6}, element);
    Agreement(/*drawsEverything=*/true)
        .check("func.func @run(%x: " + in + ", %w: " + w + ") -> " + out +
               " {\n%y = qnn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, "
               "1>, dilations = array<i64: 1, 1>, group = 2 : i64} : " +
               in + ", " + w + " -> " + out + "\nreturn %y : " + out + "\n}\n");
  }
}

TEST(ConvolutionTest, multipliesPaddingWithConstantWeights) {
  std::string in = "tensor<1x4x5x2xf32>", w = "tensor<2x3x3x2xf32>";
  std::string text =
      "func.func @run(%x: " + in + ") -> " + in + " {\n%w = qnn.constant dense_resource<w> : " + w +
      " -> " + w +
      "\n%y = qnn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, "
      "dilations = array<i64: 1, 1>, group = 1 : i64} : " +
      in + ", " + w + " -> " + in + "\nreturn %y : " + in +
      "\n}\n{-# dialect_resources: { builtin: {\n" +
      makeResourceOf<float>(
          "w", 36,
          [](size_t i) { return i % 7 == 0 ? std::numeric_limits<float>::infinity() : 1.0f; }) +
      "\n} } #-}\n";
  Agreement().check(text);
}

TEST(LinearTest, worksForEveryRank) {
  for (const char *cpu : {"x86-64", "haswell"})
    for (const char *leading : {"", "3x", "2x5x", "2x1x3x"}) {
      std::mt19937 random(1);
      std::string in = std::string("tensor<") + leading + "37xf32>",
                  out = std::string("tensor<") + leading + "21xf32>";
      Agreement().check(
          "func.func @run(%x: " + in + ") -> " + out +
              " {\n%w = qnn.constant dense_resource<w> : tensor<21x37xf32> -> tensor<21x37xf32>\n"
              "%b = qnn.constant dense_resource<b> : tensor<21xf32> -> tensor<21xf32>\n"
              "%y = qnn.linear %x, %w bias %b : " +
              in + ", tensor<21x37xf32>, bias tensor<21xf32> -> " + out + "\nreturn %y : " + out +
              "\n}\n{-# dialect_resources: { builtin: {\n" +
              makeResourceOf<float>("w", 21 * 37,
                                    [&](size_t) { return (random() % 200) / 100.0f - 1; }) +
              ",\n" +
              makeResourceOf<float>("b", 21, [&](size_t) { return (random() % 200) / 100.0f; }) +
              "\n} } #-}\n",
          cpu);
    }
}

} // namespace
} // namespace qcc::test
