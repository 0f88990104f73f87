//===- WeightQuantization.cpp - scales of activations, weights and biases ---===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "WeightQuantization.h"

#include <cmath>

using namespace mlir;

namespace qcc::quantize {

// Below it products of scales leave the normal f32 numbers.
static constexpr float leastScale = 0x1p-30f;
static constexpr float mostCode = 127.0f;
// The bias takes at most half of the accumulator's range.
static constexpr double mostBias = 0x1p30;

std::optional<qnn::QuantizedType> chooseActivationType(MLIRContext *context, float low,
                                                       float high) {
  constexpr double steps = 255, lowestCode = -128, highestCode = 127;
  if (!std::isfinite(low) || !std::isfinite(high))
    return std::nullopt;
  double least = std::min(low, 0.0f), most = std::max(high, 0.0f);
  if (least == 0 && most == 0)
    return qnn::makeQuantized(context, 8, /*isSigned=*/true, 1.0f, 0);
  float scale = std::max(static_cast<float>((most - least) / steps), leastScale);
  double zeroPoint = std::nearbyint(lowestCode - least / scale);
  zeroPoint = std::min(std::max(zeroPoint, lowestCode), highestCode);
  return qnn::makeQuantized(context, 8, /*isSigned=*/true, scale, static_cast<int64_t>(zeroPoint));
}

std::optional<QuantizedParameters> quantizeWeights(int64_t channels, ArrayRef<float> weights,
                                                   ArrayRef<float> bias, float inputScale) {
  auto isFinite = [](float value) { return std::isfinite(value); };
  if (!llvm::all_of(weights, isFinite) || !llvm::all_of(bias, isFinite))
    return std::nullopt;
  QuantizedParameters parameters;
  size_t depth = channels ? weights.size() / channels : 0;
  float widest = 0;
  for (int64_t c = 0; c < channels; ++c) {
    float most = 0;
    for (float weight : weights.slice(c * depth, depth))
      most = std::max(most, std::fabs(weight));
    parameters.scales.push_back(most / mostCode);
    widest = std::max(widest, parameters.scales.back());
  }
  for (int64_t c = 0; c < channels; ++c) {
    float &scale = parameters.scales[c];
    // A channel of zeros has no scale of its own; the others' suits its bias.
    if (scale == 0)
      scale = widest == 0 ? 1.0f : widest;
    scale = std::max(scale, leastScale);
    if (!bias.empty())
      scale = std::max(scale, static_cast<float>(std::fabs(bias[c]) / (mostBias * inputScale)));
    for (float weight : weights.slice(c * depth, depth)) {
      float code = std::nearbyint(weight / scale);
      parameters.weights.push_back(
          static_cast<int8_t>(std::min(std::max(code, -mostCode), mostCode)));
    }
    if (bias.empty())
      continue;
    float biasScale = inputScale * scale;
    double code = std::nearbyint(static_cast<double>(bias[c]) / biasScale);
    parameters.bias.push_back(
        static_cast<int32_t>(std::min(std::max(code, -2 * mostBias + 1), 2 * mostBias - 1)));
    parameters.biasScales.push_back(biasScale);
  }
  return parameters;
}

} // namespace qcc::quantize
