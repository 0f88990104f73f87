//===- WeightQuantizationTest.cpp - scales of activations, weights and biases
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Quantize/WeightQuantization.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <random>

using namespace qcc;
using namespace qcc::quantize;

namespace {

class ActivationTypeTest : public testing::Test {
protected:
  ActivationTypeTest() { context.loadDialect<mlir::quant::QuantDialect>(); }
  mlir::MLIRContext context;
};

TEST_F(ActivationTypeTest, CoversRangeAndZero) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> draw(-20, 20);
  for (int i = 0; i < 1000; ++i) {
    float a = draw(random), b = draw(random) * std::exp2(draw(random));
    auto type = chooseActivationType(&context, std::min(a, b), std::max(a, b)).value();
    ASSERT_TRUE(qnn::isElementType(type));
    float scale = qnn::getScale(type);
    // Zero is exact; both ends are within half a step of a code.
    EXPECT_EQ(qnn::quantizeValue(0.0f, type), type.getZeroPoint());
    for (float end : {std::min({a, b, 0.0f}), std::max({a, b, 0.0f})})
      EXPECT_LE(std::fabs((qnn::quantizeValue(end, type) - type.getZeroPoint()) * scale - end),
                0.5001f * scale);
  }
}

TEST_F(ActivationTypeTest, SpecialRanges) {
  auto zero = chooseActivationType(&context, 0, 0).value();
  EXPECT_EQ(qnn::getScale(zero), 1.0f);
  EXPECT_EQ(zero.getZeroPoint(), 0);
  EXPECT_EQ(chooseActivationType(&context, 2, 6)->getZeroPoint(), -128);
  EXPECT_EQ(chooseActivationType(&context, -6, -2)->getZeroPoint(), 127);
  auto tiny = chooseActivationType(&context, 0, 1e-40f).value();
  EXPECT_EQ(qnn::getScale(tiny), 0x1p-30f);
  constexpr float most = std::numeric_limits<float>::max();
  EXPECT_TRUE(qnn::isElementType(chooseActivationType(&context, -most, most).value()));
  for (float end : {INFINITY, -INFINITY, NAN}) {
    EXPECT_FALSE(chooseActivationType(&context, end, 1));
    EXPECT_FALSE(chooseActivationType(&context, -1, end));
  }
}

TEST(QuantizeWeights, SymmetricForEachChannel) {
  auto parameters = quantizeWeights(2, {1.27f, -0.5f, 100.0f, -127.0f}, {}, 0.5f);
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->weights, (llvm::SmallVector<int8_t, 0>{127, -50, 100, -127}));
  EXPECT_FLOAT_EQ(parameters->scales[0], 0.01f);
  EXPECT_FLOAT_EQ(parameters->scales[1], 1.0f);
  EXPECT_TRUE(parameters->bias.empty());
}

TEST(QuantizeWeights, ScalesGrowUntilTheBiasFits) {
  // A dead channel, one with tiny weights, and an ordinary one.
  float inputScale = 0.01f;
  llvm::SmallVector<float> bias = {3.0f, -5.0f, 0.25f};
  auto parameters = quantizeWeights(3, {0, 0, 1e-12f, -1e-12f, 1, 0.5f}, bias, inputScale);
  ASSERT_TRUE(parameters);
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ(parameters->biasScales[c], inputScale * parameters->scales[c]);
    EXPECT_LE(std::fabs(parameters->bias[c]), 0x1p30 + 128);
    EXPECT_NEAR(parameters->bias[c] * static_cast<double>(parameters->biasScales[c]), bias[c],
                1e-6 * std::fabs(bias[c]) + 0.5 * parameters->biasScales[c]);
  }
}

TEST(QuantizeWeights, NotFinite) {
  EXPECT_FALSE(quantizeWeights(1, {NAN}, {}, 1.0f));
  EXPECT_FALSE(quantizeWeights(1, {1.0f}, {INFINITY}, 1.0f));
}

} // namespace
