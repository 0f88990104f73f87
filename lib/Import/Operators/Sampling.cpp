//===- Sampling.cpp - ONNX operators that read images at computed positions
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"
#include "lib/Import/Operators/Window.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// Formulas on positions: f32 tensors of one shape, and the weights of elements beside them.
class PositionMath : public FloatMath {
public:
  explicit PositionMath(NodeContext &node) : FloatMath(node), node(node) {}

  /// `value` where low <= x <= high, else `otherwise`.
  Value selectInside(Value x, float low, float high, Value value, Value otherwise) {
    Value isAbove = compare(qnn::CompareKind::LessOrEqual, scalar(low), x);
    Value isBelow = compare(qnn::CompareKind::LessOrEqual, x, scalar(high));
    Value isInside = node.create<qnn::AndOp>(isAbove.getType(), isAbove, isBelow);
    return node.create<qnn::SelectOp>(x.getType(), isInside, value, otherwise);
  }
  Value floor(Value x) { return unary<qnn::FloorOp>(x); }
  /// (a * x + b) * x + c ...
  Value polynomial(Value x, ArrayRef<float> coefficients) {
    Value sum = scalar(coefficients.front());
    for (float coefficient : coefficients.drop_front())
      sum = add(mul(sum, x), scalar(coefficient));
    return sum;
  }

private:
  NodeContext &node;
};

enum class Padding { Zeros, Border, Reflection };

/// Elements beside the positions along one dimension, with their weights.
struct Taps {
  SmallVector<Value> indices; // i32
  SmallVector<Value> weights; // f32; empty when every weight is 1
};

class GridSampler {
public:
  GridSampler(NodeContext &node, Padding padding, bool alignCorners)
      : math(node), padding(padding), alignCorners(alignCorners) {}

  /// Positions in elements from coordinates in [-1, 1].
  Value denormalize(Value x, int64_t size) {
    auto length = static_cast<float>(size);
    Value shifted = math.add(x, math.scalar(1));
    if (alignCorners)
      return math.mul(math.mul(shifted, math.scalar(0.5f)), math.scalar(length - 1));
    return math.mul(math.sub(math.mul(shifted, math.scalar(length)), math.scalar(1)),
                    math.scalar(0.5f));
  }

  Taps computeTaps(Value x, int64_t size, StringRef mode) {
    if (mode == "nearest")
      x = math.unary<qnn::RoundOp>(x);
    x = moveInside(x, size);
    Taps taps;
    if (mode == "nearest") {
      addTap(taps, x, math.scalar(1), size);
      if (padding != Padding::Zeros)
        taps.weights.clear();
      return taps;
    }
    Value whole = math.floor(x), rest = math.sub(x, whole);
    if (mode == "linear") {
      addTap(taps, whole, math.sub(math.scalar(1), rest), size);
      addTap(taps, math.add(whole, math.scalar(1)), rest, size);
      return taps;
    }
    // Cubic convolution with the coefficient -0.75, at distances 1 + r, r, 1 - r, 2 - r.
    Value other = math.sub(math.scalar(1), rest);
    const float near[] = {1.25f, -2.25f, 0, 1}, far[] = {-0.75f, 3.75f, -6, 3};
    Value weights[] = {math.polynomial(math.add(rest, math.scalar(1)), far),
                       math.polynomial(rest, near), math.polynomial(other, near),
                       math.polynomial(math.add(other, math.scalar(1)), far)};
    for (int i = 0; i < 4; ++i)
      addTap(taps, math.add(whole, math.scalar(static_cast<float>(i - 1))), weights[i], size);
    return taps;
  }

private:
  float getLow() const { return alignCorners ? 0 : -0.5f; }
  float getHigh(int64_t size) const { return static_cast<float>(size - 1) - getLow(); }

  /// Positions beyond the border, moved to where the padding has them.
  Value moveInside(Value x, int64_t size) {
    if (padding == Padding::Zeros)
      return x;
    Value moved = padding == Padding::Border ? math.clip(x, 0, static_cast<float>(size - 1))
                                             : reflect(x, size);
    return math.selectInside(x, getLow(), getHigh(size), x, moved);
  }

  /// Back and forth between the borders.
  Value reflect(Value x, int64_t size) {
    float low = getLow(), range = getHigh(size) - low;
    if (range == 0)
      return math.mul(x, math.scalar(0));
    Value distance = math.unary<qnn::AbsOp>(math.sub(x, math.scalar(low)));
    Value periods = math.floor(math.div(distance, math.scalar(2 * range)));
    Value rest = math.sub(distance, math.mul(periods, math.scalar(2 * range)));
    return math.add(math.min(rest, math.sub(math.scalar(2 * range), rest)), math.scalar(low));
  }

  void addTap(Taps &taps, Value position, Value weight, int64_t size) {
    auto last = static_cast<float>(size - 1);
    if (padding == Padding::Zeros)
      weight = math.selectInside(position, 0, last, weight, math.scalar(0));
    if (padding == Padding::Reflection) {
      position = math.selectInside(position, 0, last, position, reflect(position, size));
      // An integer up to a rounding.
      position = math.floor(math.add(position, math.scalar(0.25f)));
    }
    // A negative index would count from the end.
    position = math.clip(position, 0, last);
    taps.indices.push_back(math.cast(position, IntegerType::get(position.getContext(), 32)));
    taps.weights.push_back(weight);
  }

  PositionMath math;
  const Padding padding;
  const bool alignCorners;
};

} // namespace

/// `tensors` of shape [...] as one [..., n].
static Value createStacked(NodeContext &node, ArrayRef<Value> tensors) {
  SmallVector<Value> parts;
  for (Value tensor : tensors) {
    SmallVector<int64_t> shape(cast<RankedTensorType>(tensor.getType()).getShape());
    shape.push_back(1);
    parts.push_back(node.createReshape(tensor, shape));
  }
  auto type = cast<RankedTensorType>(parts.front().getType());
  if (parts.size() == 1)
    return parts.front();
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = static_cast<int64_t>(parts.size());
  return node.create<qnn::ConcatOp>(type.clone(shape), parts, type.getRank() - 1);
}

/// The sum over all combinations of taps: `image` [N, spatial..., C] at positions [N, P].
static Value createInterpolated(NodeContext &node, Value image, ArrayRef<Taps> dimensions) {
  FloatMath math(node);
  SmallVector<Value> terms;
  SmallVector<Value> indices, weights;
  std::function<void(size_t)> combine = [&](size_t dimension) {
    if (dimension == dimensions.size()) {
      Value term = createGatherND(node, image, createStacked(node, indices), 1);
      if (!weights.empty()) {
        Value product = weights.front();
        for (Value weight : ArrayRef<Value>(weights).drop_front())
          product = math.mul(product, weight);
        term = math.mul(term, createStacked(node, product));
      }
      terms.push_back(term);
      return;
    }
    const Taps &taps = dimensions[dimension];
    for (size_t i = 0; i < taps.indices.size(); ++i) {
      indices.push_back(taps.indices[i]);
      if (!taps.weights.empty())
        weights.push_back(taps.weights[i]);
      combine(dimension + 1);
      indices.pop_back();
      if (!taps.weights.empty())
        weights.pop_back();
    }
  };
  combine(0);
  Value sum = terms.pop_back_val();
  for (Value term : llvm::reverse(terms))
    sum = math.add(sum, term);
  return sum;
}

static LogicalResult importGridSample(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)) ||
      failed(node.requireRank(0, 3, 5)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), grid = node.getShape(1);
  int64_t rank = node.getRank(0), dimensions = rank - 2;
  if (node.getRank(1) != rank || grid.back() != dimensions || grid[0] != input[0])
    return node.error("E2301", "a grid of shape " + formatShape(grid) +
                                   " does not fit an input of shape " + formatShape(input));
  StringRef mode = node.getString("mode", node.version < 20 ? "bilinear" : "linear");
  mode = llvm::StringSwitch<StringRef>(mode)
             .Case("bilinear", "linear")
             .Case("bicubic", "cubic")
             .Default(mode);
  if (mode != "linear" && mode != "cubic" && mode != "nearest")
    return node.error("E2016", "attribute 'mode' has the unknown value " + quoted(mode));
  StringRef paddingName = node.getString("padding_mode", "zeros");
  auto padding = llvm::StringSwitch<std::optional<Padding>>(paddingName)
                     .Case("zeros", Padding::Zeros)
                     .Case("border", Padding::Border)
                     .Case("reflection", Padding::Reflection)
                     .Default(std::nullopt);
  if (!padding)
    return node.error("E2016",
                      "attribute 'padding_mode' has the unknown value " + quoted(paddingName));
  SmallVector<int64_t> shape = {input[0], input[1]};
  llvm::append_range(shape, grid.drop_front().drop_back());
  if (failed(node.makeType(shape, node.getElementType(0))))
    return failure();

  int64_t count = llvm::product_of(grid.drop_front().drop_back());
  Value positions = node.createReshape(node.getValue(1), {input[0], count, dimensions});
  GridSampler sampler(node, *padding, node.getInt("align_corners", 0) != 0);
  SmallVector<Taps> taps;
  for (int64_t i = 0; i < dimensions; ++i) {
    // The last coordinate belongs to the first dimension.
    Value x = createSlice(node, positions, {0, 0, dimensions - 1 - i}, {input[0], count, 1});
    x = sampler.denormalize(node.createReshape(x, {input[0], count}), input[2 + i]);
    taps.push_back(sampler.computeTaps(x, input[2 + i], mode));
  }
  SmallVector<int64_t> last = {0}, first = {0, rank - 1};
  for (int64_t i = 0; i < dimensions; ++i) {
    last.push_back(2 + i);
    first.push_back(1 + i);
  }
  last.push_back(1);
  Value image = node.createTranspose(node.getValue(0), last);
  Value result = createInterpolated(node, image, taps);
  SmallVector<int64_t> sampled(shape);
  sampled.erase(sampled.begin() + 1);
  sampled.push_back(input[1]);
  return node.setResult(node.createTranspose(node.createReshape(result, sampled), first));
}

//===- Regions ----------------------------------------------------------------//

namespace {

/// Rows or columns that the samples of each region read: [R, pooled * ratio].
struct RegionTaps {
  Value low, high;             // i32
  Value lowWeight, highWeight; // f32, 0 outside the image
};

} // namespace

/// `start` and `end` are [R, 1], in elements.
static FailureOr<RegionTaps> computeRegionTaps(NodeContext &node, Value start, Value end,
                                               int64_t size, int64_t pooled, int64_t ratio,
                                               bool isExact) {
  PositionMath math(node);
  Value extent = math.sub(end, start);
  if (!isExact)
    extent = math.max(extent, math.scalar(1));
  Value bin = math.div(extent, math.scalar(static_cast<float>(pooled)));
  auto steps = node.computeFloats({1, pooled * ratio}, [&](MutableArrayRef<float> values) {
    for (int64_t i = 0; i < pooled * ratio; ++i)
      values[i] = static_cast<float>(i / ratio) +
                  (static_cast<float>(i % ratio) + 0.5f) / static_cast<float>(ratio);
  });
  if (failed(steps))
    return failure();
  Value x = math.add(start, math.mul(bin, *steps));
  auto last = static_cast<float>(size - 1);
  Value inside = math.clip(x, 0, last);
  Value whole = math.floor(inside), rest = math.sub(inside, whole);
  Value other = math.sub(math.scalar(1), rest);
  RegionTaps taps;
  auto toIndex = [&](Value value) { return math.cast(value, node.builder.getI32Type()); };
  taps.low = toIndex(whole);
  taps.high = toIndex(math.min(math.add(whole, math.scalar(1)), math.scalar(last)));
  taps.lowWeight = math.selectInside(x, -1, last + 1, other, math.scalar(0));
  taps.highWeight = math.selectInside(x, -1, last + 1, rest, math.scalar(0));
  return taps;
}

static LogicalResult importRoiAlign(NodeContext &node) {
  for (unsigned i : {0, 1})
    if (failed(node.requireFloat(i)))
      return failure();
  if (failed(node.requireRank(0, 4, 4)) || failed(node.requireRank(1, 2, 2)) ||
      failed(requireIndices(node, 2)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0);
  int64_t regions = node.getShape(1)[0];
  if (node.getShape(1)[1] != 4 || node.getShape(2) != ArrayRef<int64_t>({regions}))
    return node.error("E2301", "needs 4 numbers and one batch index for each region");
  StringRef mode = node.getString("mode", "avg");
  StringRef coordinates = node.getString("coordinate_transformation_mode",
                                         node.version < 16 ? "output_half_pixel" : "half_pixel");
  if ((mode != "avg" && mode != "max") ||
      (coordinates != "half_pixel" && coordinates != "output_half_pixel"))
    return node.error("E2016",
                      "has the unknown mode " + quoted(mode) + " or " + quoted(coordinates));
  int64_t height = node.getInt("output_height", 1), width = node.getInt("output_width", 1);
  int64_t ratio = node.getInt("sampling_ratio", 0);
  constexpr int64_t mostSamples = 1 << 16;
  if (height < 1 || width < 1 || ratio < 0 || height > mostSamples || width > mostSamples ||
      ratio > mostSamples)
    return node.error("E2016", "has output sizes or a sampling ratio out of range");
  if (ratio == 0)
    return node.error("E2309", "has sampling_ratio 0: the number of samples depends on the "
                               "regions; give a positive one");
  int64_t rows = height * ratio, columns = width * ratio, channels = input[1];
  if (failed(node.makeType({regions, rows, columns, channels}, node.getElementType(0))))
    return failure();

  PositionMath math(node);
  bool isExact = coordinates == "half_pixel";
  auto corner = [&](int64_t i) {
    Value x = createSlice(node, node.getValue(1), {0, i}, {regions, 1});
    x = math.mul(x, math.scalar(node.getFloat("spatial_scale", 1)));
    return isExact ? math.sub(x, math.scalar(0.5f)) : x;
  };
  auto y = computeRegionTaps(node, corner(1), corner(3), input[2], height, ratio, isExact);
  if (failed(y))
    return failure();
  auto x = computeRegionTaps(node, corner(0), corner(2), input[3], width, ratio, isExact);
  if (failed(x))
    return failure();
  Value batch =
      node.createReshape(math.cast(node.getValue(2), node.builder.getI32Type()), {regions, 1, 1});
  Value image = toChannelsLast(node, node.getValue(0));
  SmallVector<int64_t> plane = {regions, rows, columns};
  auto readCorner = [&](Value row, Value column, Value rowWeight, Value columnWeight) {
    Value indices[] = {
        createBroadcast(node, batch, plane),
        createBroadcast(node, node.createReshape(row, {regions, rows, 1}), plane),
        createBroadcast(node, node.createReshape(column, {regions, 1, columns}), plane)};
    Value weight = math.mul(node.createReshape(rowWeight, {regions, rows, 1, 1}),
                            node.createReshape(columnWeight, {regions, 1, columns, 1}));
    return math.mul(createGatherND(node, image, createStacked(node, indices), 0), weight);
  };
  Value corners[] = {readCorner(y->high, x->high, y->highWeight, x->highWeight),
                     readCorner(y->high, x->low, y->highWeight, x->lowWeight),
                     readCorner(y->low, x->high, y->lowWeight, x->highWeight),
                     readCorner(y->low, x->low, y->lowWeight, x->lowWeight)};
  Value sample = corners[3];
  for (Value other : {corners[2], corners[1], corners[0]})
    sample = mode == "max" ? math.max(sample, other) : math.add(sample, other);
  sample = node.createReshape(sample, {regions, height, ratio, width, ratio, channels});
  sample =
      math.reduce(mode == "max" ? qnn::ReduceKind::Max : qnn::ReduceKind::Mean, sample, {2, 4});
  sample = node.createReshape(sample, {regions, height, width, channels});
  return node.setResult(toChannelsFirst(node, sample, 4));
}

/// Coordinates in [-1, 1] of every element of an image, transformed.
static LogicalResult importAffineGrid(NodeContext &node) {
  auto size = node.requireIntegers(1, "the size");
  if (failed(size) || failed(node.requireFloat(0)))
    return failure();
  int64_t dimensions = static_cast<int64_t>(size->size()) - 2;
  if ((dimensions != 2 && dimensions != 3) ||
      node.getShape(0) != ArrayRef<int64_t>({(*size)[0], dimensions, dimensions + 1}))
    return node.error("E2301", "a matrix of shape " + formatShape(node.getShape(0)) +
                                   " does not fit the size " + formatShape(*size));
  ArrayRef<int64_t> image = ArrayRef<int64_t>(*size).drop_front(2);
  SmallVector<int64_t> shape = {(*size)[0]};
  llvm::append_range(shape, image);
  shape.push_back(dimensions);
  std::optional<int64_t> count = productChecked(image, mostTensorBytes / 8);
  if (!count || *count == 0 || failed(node.makeType(shape, node.getElementType(0))))
    return node.error("E2306", "the size " + formatShape(*size) + " is out of range");
  bool alignCorners = node.getInt("align_corners", 0) != 0;
  // Row i holds coordinate i of every element, the last dimension's first; the last row is 1.
  auto coordinates =
      node.computeFloats({dimensions + 1, *count}, [&](MutableArrayRef<float> values) {
        for (int64_t i = dimensions - 1; i >= 0; --i, values = values.drop_front(*count)) {
          int64_t inner = llvm::product_of(image.drop_front(i + 1));
          auto length = static_cast<double>(image[i]);
          for (int64_t k = 0; k < *count; ++k) {
            auto at = static_cast<double>(k / inner % image[i]);
            values[k] =
                static_cast<float>(alignCorners ? -1 + (length > 1 ? at * 2 / (length - 1) : 0)
                                                : -1 + (2 * at + 1) / length);
          }
        }
        llvm::fill(values, 1.0f);
      });
  if (failed(coordinates))
    return failure();
  Value grid = node.create<qnn::MatMulOp>(
      RankedTensorType::get({shape[0], dimensions, *count}, node.builder.getF32Type()),
      node.getValue(0), *coordinates);
  return node.setResult(node.createReshape(node.createTranspose(grid, {0, 2, 1}), shape));
}

ArrayRef<Operator> getSamplingOperators() {
  static const Operator rows[] = {
      {"", "AffineGrid", 20, 2, 2, 1, "align_corners:int", importAffineGrid},
      {"", "GridSample", 16, 2, 2, 1, "align_corners:int mode:string padding_mode:string",
       importGridSample},
      {"", "RoiAlign", 10, 3, 3, 1,
       "mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float "
       "coordinate_transformation_mode:string>=16",
       importRoiAlign},
  };
  return rows;
}

} // namespace qcc::import
