//===- WeightQuantization.h - scales of activations, weights and biases -----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_QUANTIZE_WEIGHTQUANTIZATION_H
#define QCC_LIB_QUANTIZE_WEIGHTQUANTIZATION_H

#include "dialects/QNN/QNN.h"
#include <optional>

namespace qcc::quantize {

/// Signed 8-bit type over [low, high] and zero, which is one of its reals. A range of nothing but
/// zero has scale 1 and zero point 0. None when an end is not finite.
std::optional<qnn::QuantizedType> chooseActivationType(mlir::MLIRContext *context, float low,
                                                       float high);

/// Codes of a contraction's constants.
struct QuantizedParameters {
  llvm::SmallVector<int8_t, 0> weights; // in [-127, 127], zero point 0
  llvm::SmallVector<float> scales;      // one for each output channel
  llvm::SmallVector<int32_t, 0> bias;   // empty without a bias
  llvm::SmallVector<float> biasScales;  // f32(inputScale * scales)
};

/// Weights [channels, ...] symmetric per output channel. A channel's scale grows until its bias
/// fits. None when a number is not finite.
std::optional<QuantizedParameters> quantizeWeights(int64_t channels, llvm::ArrayRef<float> weights,
                                                   llvm::ArrayRef<float> bias, float inputScale);

} // namespace qcc::quantize

#endif
