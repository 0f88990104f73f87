//===- AxisSampling.cpp - elements along one dimension as weighted sums of others
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/AxisSampling.h"

#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

/// The position in the input that element `i` of the result looks at.
template <typename T>
static T getCoordinate(CoordinateMode mode, const AxisScale &axis, int64_t i) {
  T x = static_cast<T>(i), input = static_cast<T>(axis.input), half = T(0.5);
  T scale = static_cast<T>(axis.scale);
  // The result's size before it was rounded.
  T exact = scale * input;
  switch (mode) {
  case CoordinateMode::HalfPixel:
    return (x + half) / scale - half;
  case CoordinateMode::HalfPixelSymmetric: {
    T adjustment = static_cast<T>(axis.result) / exact;
    return input / 2 * (1 - adjustment) + (x + half) / scale - half;
  }
  case CoordinateMode::PytorchHalfPixel:
    return exact == 1 ? -half : (x + half) / scale - half;
  case CoordinateMode::HalfPixelForNearest:
    return (x + half) / scale;
  case CoordinateMode::AlignCorners:
    return exact == 1 ? 0 : x * (input - 1) / (exact - 1);
  case CoordinateMode::Asymmetric:
    return x / scale;
  case CoordinateMode::CropAndResize: {
    // Rounded to f32 where ONNX's reference does, whose region has that type: ties depend on it.
    auto start = static_cast<float>(axis.roiStart), last = static_cast<float>(axis.input - 1);
    float size = static_cast<float>(axis.roiEnd) - start;
    T first = start * last, middle = size * last / 2;
    return first + (exact == 1 ? middle : x * size * (input - 1) / (exact - 1));
  }
  }
  llvm_unreachable("all modes are listed");
}

static double roundNearest(NearestMode mode, double x, double scale) {
  switch (mode) {
  case NearestMode::Floor:
    return std::floor(x);
  case NearestMode::Ceil:
    return std::ceil(x);
  case NearestMode::RoundPreferFloor:
    return std::ceil(x - 0.5);
  case NearestMode::RoundPreferCeil:
    return std::floor(x + 0.5);
  case NearestMode::CeilWhenSmaller:
    return scale < 1 ? std::ceil(x) : std::floor(x);
  }
  llvm_unreachable("all modes are listed");
}

/// Weight of an element at this distance from the position.
static double getWeight(const SamplingRules &rules, double distance) {
  double x = std::abs(distance), a = rules.cubicCoefficient;
  if (rules.interpolation == Interpolation::Linear)
    return std::max(1 - x, 0.0);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/// The filter is wider where the result has fewer elements than the input.
static double getFilterScale(const SamplingRules &rules, const AxisScale &axis) {
  return rules.antialias ? std::min(axis.scale, 1.0) : 1.0;
}

/// Elements of the input before and at the position that have a weight, as a negative first offset.
static int64_t getFirstTap(const SamplingRules &rules, const AxisScale &axis) {
  double reach = rules.interpolation == Interpolation::Linear ? 1 : 2;
  double first = std::floor(-reach / getFilterScale(rules, axis)) + 1;
  return static_cast<int64_t>(std::max(first, -1e6));
}

int64_t countTaps(const SamplingRules &rules, const AxisScale &axis) {
  return rules.interpolation == Interpolation::Nearest ? 1 : 2 - 2 * getFirstTap(rules, axis);
}

bool AxisSampling::isIdentity(int64_t size) const {
  if (positions.size() != 1 || static_cast<int64_t>(positions[0].size()) != size ||
      llvm::is_contained(outside, 1))
    return false;
  for (auto [i, position] : llvm::enumerate(positions[0]))
    if (position != static_cast<int64_t>(i))
      return false;
  return true;
}

AxisSampling computeSampling(const SamplingRules &rules, const AxisScale &axis) {
  AxisSampling sampling;
  int64_t taps = countTaps(rules, axis);
  sampling.positions.assign(taps, SmallVector<int64_t>(axis.result, 0));
  sampling.weights.assign(taps, SmallVector<float>(axis.result, 1.0f));
  sampling.outside.assign(axis.result, 0);
  auto last = static_cast<double>(axis.input - 1);
  double filterScale = getFilterScale(rules, axis);
  for (int64_t i = 0; i < axis.result; ++i) {
    // Scales such as 1.2 are f32, where 6 / 1.2 is 5; in f64 it is less, which is another element.
    double x = rules.interpolation == Interpolation::Nearest &&
                       rules.coordinates != CoordinateMode::CropAndResize
                   ? getCoordinate<float>(rules.coordinates, axis, i)
                   : getCoordinate<double>(rules.coordinates, axis, i);
    // A scale that is out of all proportion gives positions that no integer holds.
    x = std::isnan(x) ? 0 : std::clamp(x, -1e15, 1e15);
    if (rules.coordinates == CoordinateMode::CropAndResize)
      sampling.outside[i] = x < 0 || x > last;
    if (rules.interpolation == Interpolation::Nearest) {
      double nearest = roundNearest(rules.nearest, x, axis.scale);
      sampling.positions[0][i] = static_cast<int64_t>(std::clamp(nearest, 0.0, last));
      continue;
    }
    double whole = std::floor(x), sum = 0;
    SmallVector<double> weights;
    for (int64_t t = 0; t < taps; ++t) {
      auto offset = static_cast<double>(getFirstTap(rules, axis) + t);
      double position = whole + offset;
      bool isExcluded = rules.excludeOutside && (position < 0 || position > last);
      weights.push_back(isExcluded ? 0 : getWeight(rules, (offset - (x - whole)) * filterScale));
      sum += weights.back();
      sampling.positions[t][i] = static_cast<int64_t>(std::clamp(position, 0.0, last));
    }
    bool isScaled = (rules.antialias || rules.excludeOutside) && sum != 0;
    for (int64_t t = 0; t < taps; ++t)
      sampling.weights[t][i] = static_cast<float>(isScaled ? weights[t] / sum : weights[t]);
  }
  // Taps that weigh nothing anywhere: positions that all hit an element, filters cut to size.
  for (int64_t t = taps - 1; t >= 0 && sampling.positions.size() > 1; --t)
    if (llvm::all_of(sampling.weights[t], [](float weight) { return weight == 0; })) {
      sampling.positions.erase(sampling.positions.begin() + t);
      sampling.weights.erase(sampling.weights.begin() + t);
    }
  return sampling;
}

Value createSampled(NodeContext &node, Value value, int64_t axis, const AxisSampling &sampling,
                    float outsideValue) {
  FloatMath math(node);
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  SmallVector<int64_t> line(rank, 1);
  line[axis] = sampling.outside.size();
  SmallVector<Value> terms;
  // From the last to the first: the sums then join the kernels of the later gathers, and only one
  // intermediate tensor waits at a time.
  for (auto [positions, weights] : llvm::reverse(llvm::zip(sampling.positions, sampling.weights))) {
    Value term = createPicked(node, value, axis, positions);
    if (!llvm::all_of(weights, [](float weight) { return weight == 1; }))
      term = math.mul(term, node.createFloats(line, weights));
    terms.push_back(term);
  }
  Value result = terms.pop_back_val();
  for (Value term : llvm::reverse(terms))
    result = math.add(result, term);
  if (!llvm::is_contained(sampling.outside, 1))
    return result;
  Value isOutside = createIntegers(node, line, sampling.outside, node.builder.getI1Type());
  return math.select(isOutside, math.like(result, outsideValue), result);
}

} // namespace qcc::import
