//===- ContractionTest.cpp - convolution, linear and matrix product against plain loops
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Support.h"
#include "qcc/Reference/Arithmetic.h"
#include "llvm/Support/FormatVariadic.h"

namespace qcc::reference {

namespace {
struct Convolution {
  int64_t height, width, channels, outputs, kernel, stride, pad, dilation, group;

  int64_t getOut(int64_t in) const {
    return (in + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1;
  }
};
} // namespace

/// Exact sum of one output of a convolution over centred codes.
template <typename T, typename W>
static int64_t sumProducts(const Convolution &c, llvm::ArrayRef<T> x, int64_t xZero,
                           llvm::ArrayRef<W> w, int64_t wZero, int64_t oy, int64_t ox, int64_t o) {
  int64_t sum = 0, groupChannels = c.channels / c.group;
  for (int64_t i = 0; i < c.kernel; ++i)
    for (int64_t j = 0; j < c.kernel; ++j)
      for (int64_t k = 0; k < groupChannels; ++k) {
        int64_t y = oy * c.stride - c.pad + i * c.dilation,
                z = ox * c.stride - c.pad + j * c.dilation;
        if (y < 0 || y >= c.height || z < 0 || z >= c.width)
          continue;
        int64_t channel = o / (c.outputs / c.group) * groupChannels + k;
        sum += (x[(y * c.width + z) * c.channels + channel] - xZero) *
               (w[((o * c.kernel + i) * c.kernel + j) * groupChannels + k] - wZero);
      }
  return sum;
}

class ContractionTest : public ReferenceTest {
protected:
  template <typename T, typename W>
  void check(const Convolution &c, const std::string &inputElement, int64_t xZero,
             const std::string &weightElement, W wZero) {
    int64_t outHeight = c.getOut(c.height), outWidth = c.getOut(c.width);
    auto shape = [](int64_t n, int64_t h, int64_t w, int64_t ch, const std::string &element) {
      return llvm::formatv("tensor<{0}x{1}x{2}x{3}x{4}>", n, h, w, ch, element).str();
    };
    std::string channels = std::to_string(c.outputs);
    std::string resultElement = "!quant.uniform<i8:f32, 7.500000e-01:-3>";
    Tensor x = makeRandom<T>(shape(1, c.height, c.width, c.channels, inputElement),
                             std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    Tensor w =
        makeRandom<W>(shape(c.outputs, c.kernel, c.kernel, c.channels / c.group, weightElement),
                      std::numeric_limits<W>::min(), std::numeric_limits<W>::max());
    Tensor bias = makeRandom<int32_t>("tensor<" + channels + "xi32>", -10000, 10000);
    Tensor scale =
        make<float>("tensor<" + channels + "xf32>", std::vector<float>(c.outputs, 0.01f));
    for (auto [index, value] : llvm::enumerate(scale.view<float>()))
      value += static_cast<float>(index) * 0.003f;
    Tensor zero =
        make<W>("tensor<" + channels + "x" + weightElement + ">", std::vector<W>(c.outputs, wZero));
    std::string resultType = shape(1, outHeight, outWidth, c.outputs, resultElement), body;
    llvm::raw_string_ostream(body)
        << llvm::formatv(
               "conv2d %a, %b bias %c scale %d zero_point %e {{strides = array<i64: {0}, {0}>, "
               "pads = array<i64: {1}, {1}, {1}, {1}>, dilations = array<i64: {2}, {2}>, "
               "group = {3} : i64} : ",
               c.stride, c.pad, c.dilation, c.group)
        << x.type << ", " << w.type << ", bias " << bias.type << ", scale " << scale.type
        << ", zero_point " << zero.type << " -> " << resultType;
    Tensor y = runOp(body, {x, w, bias, scale, zero}, resultType);
    Quantization from(qnn::getQuantized(x.type)), to(qnn::getQuantized(y.type));
    auto codes = y.view<int8_t>();
    for (int64_t oy = 0, element = 0; oy < outHeight; ++oy)
      for (int64_t ox = 0; ox < outWidth; ++ox)
        for (int64_t o = 0; o < c.outputs; ++o, ++element) {
          int64_t sum = bias.view<int32_t>()[o] +
                        sumProducts<T, W>(c, x.view<T>(), xZero, w.view<W>(), wZero, oy, ox, o);
          float multiplier = getContractionMultiplier(from.scale, scale.view<float>()[o], to.scale);
          ASSERT_EQ(codes[element], requantize(sum, multiplier, to)) << element;
        }
  }
};

static const std::string i8 = "!quant.uniform<i8:f32, 5.000000e-01:7>";
static const std::string u8 = "!quant.uniform<u8:f32, 5.000000e-01:130>";
static const std::string i16 = "!quant.uniform<i16:f32, 5.000000e-01:-9>";

// contraction-c1 contraction-c2 contraction-c3
TEST_F(ContractionTest, EveryKindOfConvolution) {
  for (Convolution c :
       {Convolution{7, 6, 5, 4, 3, 1, 1, 1, 1}, Convolution{9, 9, 8, 6, 3, 2, 0, 2, 2},
        Convolution{6, 6, 12, 12, 3, 1, 1, 1, 12}, Convolution{5, 5, 4, 8, 3, 1, 2, 1, 4},
        Convolution{4, 4, 64, 10, 1, 1, 0, 1, 1}}) {
    check<int8_t, int8_t>(c, i8, 7, "i8", 0);
    check<uint8_t, int8_t>(c, u8, 130, "i8", -2);
    check<uint8_t, uint8_t>(c, u8, 130, "ui8", 128);
    check<int16_t, int8_t>(c, i16, -9, "i8", 0);
  }
}

// contraction-c1: the sum is exact beyond int32.
TEST_F(ContractionTest, LongSumsAreExact) {
  int64_t depth = 200000;
  std::string k = std::to_string(depth);
  Tensor x = make<uint8_t>("tensor<1x" + k + "x!quant.uniform<u8:f32, 1.000000e+00>>",
                           std::vector<uint8_t>(depth, 255));
  Tensor w = make<uint8_t>("tensor<1x" + k + "xui8>", std::vector<uint8_t>(depth, 255));
  std::string body;
  llvm::raw_string_ostream(body)
      << "linear %a, %b scale %c zero_point %d : " << x.type << ", " << w.type
      << ", scale tensor<1xf32>, zero_point tensor<1xui8> -> tensor<1x1xf32>";
  Tensor y =
      runOp(body, {x, w, make<float>("tensor<1xf32>", {1.0f}), make<uint8_t>("tensor<1xui8>", {0})},
            "tensor<1x1xf32>");
  EXPECT_EQ(y.view<float>()[0], 13005000000.0f);
}

// contraction-f1 contraction-f2: the order of the sum is visible.
TEST_F(ContractionTest, FloatSumsGoUpInK) {
  Tensor x = make<float>("tensor<1x3xf32>", {1.0f, 16777216.0f, -16777216.0f});
  Tensor w = make<float>("tensor<2x3xf32>", {1, 1, 1, 0.5f, 0, 0});
  Tensor bias = make<float>("tensor<2xf32>", {4.0f, 1.0f});
  Tensor y =
      runOp("linear %a, %b bias %c : tensor<1x3xf32>, tensor<2x3xf32>, bias tensor<2xf32> -> "
            "tensor<1x2xf32>",
            {x, w, bias}, "tensor<1x2xf32>");
  EXPECT_EQ(values<float>(y), (std::vector<float>{4.0f, 1.5f}));
}

// contraction-c4: two roundings of the multiplier, then one of the sum and one of the product.
TEST_F(ContractionTest, FloatResultOfCodes) {
  Tensor x = make<uint8_t>("tensor<1x2x!quant.uniform<u8:f32, 0.30000001192092896:3>>", {5, 1});
  Tensor w =
      make<int8_t>("tensor<2x2x!quant.uniform<i8:f32, 0.69999998807907104:1>>", {2, 3, -1, 4});
  std::string body;
  llvm::raw_string_ostream(body) << "matmul %a, %b : " << x.type << ", " << w.type
                                 << " -> tensor<1x2xf32>";
  EXPECT_EQ(values<float>(runOp(body, {x, w}, "tensor<1x2xf32>")),
            (std::vector<float>{6.0f * (0.3f * 0.7f), -2.0f * (0.3f * 0.7f)}));
}

// contraction-c5
TEST_F(ContractionTest, IntegerResultIsTheAccumulator) {
  Tensor x = make<uint8_t>("tensor<1x2x!quant.uniform<u8:f32, 1.000000e+00:3>>", {5, 1});
  Tensor w = make<int8_t>("tensor<2x2x!quant.uniform<i8:f32, 1.000000e+00:1>>", {2, 3, -1, 4});
  std::string body;
  llvm::raw_string_ostream(body) << "matmul %a, %b : " << x.type << ", " << w.type
                                 << " -> tensor<1x2xi32>";
  EXPECT_EQ(values<int32_t>(runOp(body, {x, w}, "tensor<1x2xi32>")), (std::vector<int32_t>{6, -2}));
}

TEST_F(ContractionTest, MatrixProductBroadcastsBatches) {
  std::vector<float> left, right;
  for (int i = 0; i < 2 * 1 * 2 * 3; ++i)
    left.push_back(static_cast<float>(i));
  for (int i = 0; i < 4 * 3 * 2; ++i)
    right.push_back(static_cast<float>(i % 5));
  Tensor a = make<float>("tensor<2x1x2x3xf32>", left), b = make<float>("tensor<4x3x2xf32>", right);
  Tensor y = runOp("matmul %a, %b : tensor<2x1x2x3xf32>, tensor<4x3x2xf32> -> tensor<2x4x2x2xf32>",
                   {a, b}, "tensor<2x4x2x2xf32>");
  for (int64_t n = 0, element = 0; n < 2; ++n)
    for (int64_t m = 0; m < 4; ++m)
      for (int64_t i = 0; i < 2; ++i)
        for (int64_t j = 0; j < 2; ++j, ++element) {
          float sum = 0;
          for (int64_t k = 0; k < 3; ++k)
            sum += left[(n * 2 + i) * 3 + k] * right[(m * 3 + k) * 2 + j];
          EXPECT_EQ(y.view<float>()[element], sum);
        }
}

} // namespace qcc::reference
