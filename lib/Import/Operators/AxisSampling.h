//===- AxisSampling.h - elements along one dimension as weighted sums of others
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_AXISSAMPLING_H
#define QCC_LIB_IMPORT_OPERATORS_AXISSAMPLING_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// How resizing maps a position of the result to one of the input.
enum class CoordinateMode {
  HalfPixel,
  HalfPixelSymmetric,
  PytorchHalfPixel,
  HalfPixelForNearest,
  AlignCorners,
  Asymmetric,
  CropAndResize
};

/// Which element a position between two of them takes.
enum class NearestMode { Floor, Ceil, RoundPreferFloor, RoundPreferCeil, CeilWhenSmaller };

enum class Interpolation { Nearest, Linear, Cubic };

/// Rules of one resize, the same for all dimensions.
struct SamplingRules {
  Interpolation interpolation = Interpolation::Nearest;
  CoordinateMode coordinates = CoordinateMode::HalfPixel;
  NearestMode nearest = NearestMode::RoundPreferFloor;
  double cubicCoefficient = -0.75;
  bool antialias = false, excludeOutside = false;
};

/// One dimension: `result` elements from `input` ones, `scale` times as many; the part of the input
/// that CropAndResize looks at.
struct AxisScale {
  int64_t input = 1, result = 1;
  double scale = 1, roiStart = 0, roiEnd = 1;
};

/// Element i of the result is the sum over taps t of weights[t][i] * input[positions[t][i]].
struct AxisSampling {
  llvm::SmallVector<llvm::SmallVector<int64_t>> positions;
  llvm::SmallVector<llvm::SmallVector<float>> weights; // of one tap: all 1
  llvm::SmallVector<int64_t> outside;                  // 1 where the position lies beyond the input
  bool isIdentity(int64_t size) const;
};

/// Taps that one element of the result needs.
int64_t countTaps(const SamplingRules &rules, const AxisScale &axis);

AxisSampling computeSampling(const SamplingRules &rules, const AxisScale &axis);

/// `value` sampled along `axis`. Elements outside become `outsideValue`.
mlir::Value createSampled(NodeContext &node, mlir::Value value, int64_t axis,
                          const AxisSampling &sampling, float outsideValue);

} // namespace qcc::import

#endif
