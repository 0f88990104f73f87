//===- Resize.cpp - ONNX operators that change the size of images
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/AxisSampling.h"
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Window.h"
#include "llvm/ADT/APSInt.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

/// Taps beyond this make one gather each of a computed tensor.
static constexpr int64_t mostTaps = 256;

/// Numbers of an input that must be known while importing; empty when it is absent.
static FailureOr<SmallVector<double>> readFloats(NodeContext &node, unsigned i, StringRef meaning) {
  if (!node.hasInput(i))
    return SmallVector<double>();
  const Constant *constant = node.getConstant(i);
  if (!constant)
    return node.error("E2307", meaning + ", " + node.describeInput(i) + ", " + node.whyUnknown(i));
  if (constant->type.getRank() != 1 || constant->getNumElements() > 2 * mostDimensions)
    return node.error("E2308", meaning + ", " + node.describeInput(i) + ", must be a short list");
  return getNumbers(*constant);
}

static LogicalResult unknownValue(NodeContext &node, StringRef attribute, StringRef value) {
  return node.error("E2016",
                    "attribute '" + attribute + "' has the unknown value " + quoted(value));
}

/// Sizes of the result, and how each dimension is scaled.
static LogicalResult scaleBySizes(NodeContext &node, ArrayRef<int64_t> sizes,
                                  ArrayRef<int64_t> axes, MutableArrayRef<AxisScale> scales) {
  for (auto [size, axis] : llvm::zip(sizes, axes)) {
    if (size < 1 || size > mostTensorBytes)
      return node.error("E2306", "the sizes " + formatShape(sizes) + " are out of range");
    if (scales[axis].input == 0)
      return node.error("E2105", "enlarges axis " + Twine(axis) + ", which has no elements");
    scales[axis].scale = static_cast<double>(size) / static_cast<double>(scales[axis].input);
    scales[axis].result = size;
  }
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || axes.empty())
    return success();
  if (policy != "not_larger" && policy != "not_smaller")
    return unknownValue(node, "keep_aspect_ratio_policy", policy);
  double common = scales[axes[0]].scale;
  for (int64_t axis : axes)
    common = policy == "not_larger" ? std::min(common, scales[axis].scale)
                                    : std::max(common, scales[axis].scale);
  for (int64_t axis : axes) {
    AxisScale &scale = scales[axis];
    scale.scale = common;
    scale.result = static_cast<int64_t>(
        std::min(common * static_cast<double>(scale.input) + 0.5, double(mostTensorBytes)));
  }
  return success();
}

static LogicalResult scaleByFactors(NodeContext &node, ArrayRef<double> factors,
                                    ArrayRef<int64_t> axes, MutableArrayRef<AxisScale> scales) {
  for (auto [factor, axis] : llvm::zip(factors, axes)) {
    AxisScale &scale = scales[axis];
    // The product is rounded to f32 before it is cut: 0.7f times 10 makes 7.
    float exact = static_cast<float>(factor) * static_cast<float>(scale.input);
    if (!(factor > 0) || !(exact >= 0 && exact < 9.0e18f))
      return node.error("E2306", "the scale of axis " + Twine(axis) + " is out of range");
    scale.scale = factor;
    scale.result = static_cast<int64_t>(exact);
  }
  return success();
}

/// The value of elements outside the region, in the type of the input.
static FailureOr<float> readOutsideValue(NodeContext &node) {
  float value = node.getFloat("extrapolation_value", 0);
  auto type = dyn_cast<IntegerType>(node.getElementType(0));
  if (!type)
    return value;
  llvm::APSInt whole(type.getWidth(), type.isUnsigned());
  bool isExact;
  if (llvm::APFloat(value).convertToInteger(whole, llvm::APFloat::rmTowardZero, &isExact) ==
      llvm::APFloat::opInvalidOp)
    return node.error("E2016", "attribute 'extrapolation_value' is no " +
                                   Twine(getDataTypeName(getDataType(type))));
  return value;
}

/// Samples each dimension that changes, the ones that grow least first.
static LogicalResult setResized(NodeContext &node, const SamplingRules &rules,
                                ArrayRef<AxisScale> scales, float outsideValue) {
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> shape, changed;
  for (auto [axis, scale] : llvm::enumerate(scales)) {
    shape.push_back(scale.result);
    bool isWhole = rules.coordinates != CoordinateMode::CropAndResize ||
                   (scale.roiStart == 0 && scale.roiEnd == 1);
    if (scale.scale != 1 || scale.result != scale.input || !isWhole)
      changed.push_back(static_cast<int64_t>(axis));
  }
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  // Weighted sums of small integers are computed in f32 and cut.
  auto integer = dyn_cast<IntegerType>(node.getElementType(0));
  bool isConverted = rules.interpolation != Interpolation::Nearest && integer &&
                     (integer.getWidth() == 8 || integer.getWidth() == 16);
  if (rules.interpolation != Interpolation::Nearest && !isConverted && failed(node.requireFloat(0)))
    return failure();
  llvm::sort(changed, [&](int64_t lhs, int64_t rhs) {
    return std::pair(scales[lhs].scale, lhs) < std::pair(scales[rhs].scale, rhs);
  });
  // Channels stay next to each other while rows and columns are sampled.
  bool isImage = rank >= 4 && !changed.empty() &&
                 llvm::all_of(changed, [](int64_t axis) { return axis >= 2; });
  FloatMath math(node);
  Value value = node.getValue(0);
  if (isConverted)
    value = math.cast(value, node.builder.getF32Type());
  if (isImage)
    value = toChannelsLast(node, value);
  for (int64_t axis : changed) {
    if (countTaps(rules, scales[axis]) > mostTaps)
      return node.error("E2309", "reads more than " + Twine(mostTaps) +
                                     " elements for each one of axis " + Twine(axis));
    int64_t taps = countTaps(rules, scales[axis]);
    if (failed(node.chargeFolding(taps * scales[axis].result * 8)))
      return failure();
    value = createSampled(node, value, isImage ? axis - 1 : axis,
                          computeSampling(rules, scales[axis]), outsideValue);
  }
  if (isImage)
    value = toChannelsFirst(node, value, rank);
  if (isConverted)
    value = math.cast(value, integer);
  return node.setResult(value);
}

static LogicalResult readRules(NodeContext &node, SamplingRules &rules) {
  StringRef coordinates = node.getString("coordinate_transformation_mode", "half_pixel");
  auto mode = llvm::StringSwitch<std::optional<CoordinateMode>>(coordinates)
                  .Case("half_pixel", CoordinateMode::HalfPixel)
                  .Case("half_pixel_symmetric", CoordinateMode::HalfPixelSymmetric)
                  .Case("pytorch_half_pixel", CoordinateMode::PytorchHalfPixel)
                  .Case("tf_half_pixel_for_nn", CoordinateMode::HalfPixelForNearest)
                  .Case("align_corners", CoordinateMode::AlignCorners)
                  .Case("asymmetric", CoordinateMode::Asymmetric)
                  .Case("tf_crop_and_resize", CoordinateMode::CropAndResize)
                  .Default(std::nullopt);
  if (!mode)
    return unknownValue(node, "coordinate_transformation_mode", coordinates);
  StringRef nearest = node.getString("nearest_mode", "round_prefer_floor");
  auto rounding = llvm::StringSwitch<std::optional<NearestMode>>(nearest)
                      .Case("round_prefer_floor", NearestMode::RoundPreferFloor)
                      .Case("round_prefer_ceil", NearestMode::RoundPreferCeil)
                      .Case("floor", NearestMode::Floor)
                      .Case("ceil", NearestMode::Ceil)
                      .Default(std::nullopt);
  if (!rounding)
    return unknownValue(node, "nearest_mode", nearest);
  rules.coordinates = *mode;
  rules.nearest = *rounding;
  rules.cubicCoefficient = node.getFloat("cubic_coeff_a", -0.75f);
  rules.antialias = node.getInt("antialias", 0) != 0;
  rules.excludeOutside = node.getInt("exclude_outside", 0) != 0;
  return success();
}

static FailureOr<Interpolation> readInterpolation(NodeContext &node) {
  StringRef mode = node.getString("mode", "nearest");
  auto interpolation = llvm::StringSwitch<std::optional<Interpolation>>(mode)
                           .Case("nearest", Interpolation::Nearest)
                           .Cases({"linear", "bilinear"}, Interpolation::Linear)
                           .Case("cubic", Interpolation::Cubic)
                           .Default(std::nullopt);
  if (!interpolation)
    return unknownValue(node, "mode", mode);
  return *interpolation;
}

static SmallVector<AxisScale> getUnscaled(NodeContext &node) {
  return llvm::map_to_vector(node.getShape(0), [](int64_t size) { return AxisScale{size, size}; });
}

/// Upsample, and Resize of version 10: asymmetric coordinates, scales only.
static LogicalResult importUpsample(NodeContext &node) {
  SmallVector<double> factors = node.getFloats("scales");
  if (node.hasInput(1)) {
    auto given = readFloats(node, 1, "the scales");
    if (failed(given))
      return failure();
    factors = *given;
  }
  auto interpolation = readInterpolation(node);
  if (failed(interpolation))
    return failure();
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, node.getRank(0)));
  if (factors.size() != axes.size())
    return node.error("E2306", "has " + Twine(factors.size()) + " scales for " +
                                   Twine(axes.size()) + " dimensions");
  SmallVector<AxisScale> scales = getUnscaled(node);
  if (failed(scaleByFactors(node, factors, axes, scales)))
    return failure();
  SamplingRules rules;
  rules.interpolation = *interpolation;
  rules.coordinates = CoordinateMode::Asymmetric;
  rules.nearest = NearestMode::CeilWhenSmaller;
  return setResized(node, rules, scales, 0);
}

static LogicalResult importResize(NodeContext &node) {
  if (node.version < 11)
    return importUpsample(node);
  auto roi = readFloats(node, 1, "the region");
  auto factors = readFloats(node, 2, "the scales");
  auto interpolation = readInterpolation(node);
  SamplingRules rules;
  if (failed(roi) || failed(factors) || failed(interpolation) || failed(readRules(node, rules)))
    return failure();
  rules.interpolation = *interpolation;
  SmallVector<int64_t> sizes;
  if (node.hasInput(3)) {
    auto given = node.requireIntegers(3, "the sizes");
    if (failed(given))
      return failure();
    sizes = *given;
  }
  if (factors->empty() == sizes.empty())
    return node.error("E2011", "must have either scales or sizes");

  int64_t rank = node.getRank(0);
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.hasAttribute("axes"))
    axes = node.getInts("axes");
  if (failed(node.resolveAxes(axes, rank)))
    return failure();
  for (int64_t &axis : axes)
    axis += axis < 0 ? rank : 0;
  if (std::max(factors->size(), sizes.size()) != axes.size())
    return node.error("E2306", "has " + Twine(std::max(factors->size(), sizes.size())) +
                                   " scales or sizes for " + Twine(axes.size()) + " dimensions");
  SmallVector<AxisScale> scales = getUnscaled(node);
  if (failed(sizes.empty() ? scaleByFactors(node, *factors, axes, scales)
                           : scaleBySizes(node, sizes, axes, scales)))
    return failure();
  if (rules.coordinates == CoordinateMode::CropAndResize) {
    if (roi->size() != 2 * axes.size())
      return node.error("E2306", "has a region of " + Twine(roi->size()) + " numbers for " +
                                     Twine(axes.size()) + " dimensions");
    for (auto [i, axis] : llvm::enumerate(axes)) {
      scales[axis].roiStart = (*roi)[i];
      scales[axis].roiEnd = (*roi)[axes.size() + i];
    }
  }
  auto outsideValue = readOutsideValue(node);
  if (failed(outsideValue))
    return failure();
  return setResized(node, rules, scales, *outsideValue);
}

ArrayRef<Operator> getResizeOperators() {
  static const Operator rows[] = {
      {"", "Resize", 10, 1, 4, 1,
       "mode:string antialias:int>=18 axes:ints>=18 coordinate_transformation_mode:string>=11 "
       "cubic_coeff_a:float>=11 exclude_outside:int>=11 extrapolation_value:float>=11 "
       "keep_aspect_ratio_policy:string>=18 nearest_mode:string>=11",
       importResize},
      {"", "Upsample", 7, 1, 2, 1, "mode:string scales:floats<9", importUpsample},
  };
  return rows;
}

} // namespace qcc::import
