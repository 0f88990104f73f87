//===- PoolingIndices.cpp - positions of the largest elements of windows
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNWeights.h"
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"
#include "lib/Import/Operators/Pooling.h"
#include "qcc/Support/CheckedMath.h"

#include <limits>

using namespace mlir;

namespace qcc::import {

/// Taps that become one operation each.
static constexpr int64_t mostTaps = 1024;

static int64_t countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

/// Calls `body` for every position of `shape` in row-major order.
static void forEachPosition(ArrayRef<int64_t> shape,
                            llvm::function_ref<void(ArrayRef<int64_t>)> body) {
  SmallVector<int64_t> position(shape.size(), 0);
  for (int64_t count = countElements(shape); count > 0; --count) {
    body(position);
    for (size_t i = shape.size(); i-- > 0;) {
      if (++position[i] < shape[i])
        break;
      position[i] = 0;
    }
  }
}

static Value createIndices(NodeContext &node, ArrayRef<int64_t> shape, ArrayRef<int64_t> values) {
  return qnn::createConstantOf<int64_t>(
      node.builder, node.location, RankedTensorType::get(shape, node.builder.getI64Type()), values);
}

namespace {
/// The spatial part of an input [N, C, spatial...] seen by a window.
struct Positions {
  ArrayRef<int64_t> sizes;
  const Window &window;
  SmallVector<int64_t> pitches; // what one step in each dimension adds to an index

  Positions(ArrayRef<int64_t> sizes, const Window &window, bool isColumnMajor)
      : sizes(sizes), window(window), pitches(sizes.size(), 1) {
    if (isColumnMajor)
      for (size_t i = 1; i < sizes.size(); ++i)
        pitches[i] = pitches[i - 1] * sizes[i - 1];
    else
      for (size_t i = sizes.size() - 1; i-- > 0;)
        pitches[i] = pitches[i + 1] * sizes[i + 1];
  }

  /// Index of the first tap of every window.
  SmallVector<int64_t> getStarts() const {
    SmallVector<int64_t> starts;
    forEachPosition(window.result, [&](ArrayRef<int64_t> position) {
      int64_t index = 0;
      for (size_t i = 0; i < sizes.size(); ++i)
        index += (position[i] * window.strides[i] - window.pads[i]) * pitches[i];
      starts.push_back(index);
    });
    return starts;
  }
  /// What each tap adds to the index of the first.
  SmallVector<int64_t> getTaps() const {
    SmallVector<int64_t> taps;
    forEachPosition(window.kernel, [&](ArrayRef<int64_t> tap) {
      int64_t index = 0;
      for (size_t i = 0; i < sizes.size(); ++i)
        index += tap[i] * window.dilations[i] * pitches[i];
      taps.push_back(index);
    });
    return taps;
  }
};
} // namespace

/// The elements under each tap, [planes, taps, windows]: padding is below all of them.
static FailureOr<Value> stackTaps(NodeContext &node, const Window &window, ArrayRef<int64_t> sizes,
                                  int64_t planes) {
  auto type = node.getType(0);
  size_t rank = sizes.size();
  SmallVector<int64_t> shape = {planes}, low = {0}, high = {0};
  for (size_t i = 0; i < rank; ++i) {
    int64_t last = (window.result[i] - 1) * window.strides[i] + window.getSpan(i);
    low.push_back(window.pads[i]);
    high.push_back(std::max<int64_t>(last - sizes[i] - window.pads[i], 0));
    shape.push_back(low.back() + sizes[i] + high.back());
  }
  auto padded = node.makeType(shape, type.getElementType());
  if (failed(padded))
    return failure();
  SmallVector<int64_t> planar = {planes}, parts = {planes}, strides = {1};
  planar.append(sizes.begin(), sizes.end());
  parts.append(window.result.begin(), window.result.end());
  strides.append(window.strides.begin(), window.strides.end());
  double least = -std::numeric_limits<double>::infinity();
  if (type.getElementType().isInteger())
    least = type.getElementType().isUnsignedInteger() ? 0 : std::numeric_limits<int8_t>::min();
  Value input = node.create<qnn::PadOp>(*padded, node.createReshape(node.getValue(0), planar), low,
                                        high, llvm::APFloat(least));
  int64_t windows = countElements(window.result);
  SmallVector<Value> taps;
  forEachPosition(window.kernel, [&](ArrayRef<int64_t> tap) {
    SmallVector<int64_t> offsets = {0};
    for (size_t i = 0; i < rank; ++i)
      offsets.push_back(tap[i] * window.dilations[i]);
    Value part = node.create<qnn::SliceOp>(type.clone(parts), input, offsets, strides);
    taps.push_back(node.createReshape(part, {planes, 1, windows}));
  });
  auto stacked =
      node.makeType({planes, static_cast<int64_t>(taps.size()), windows}, type.getElementType());
  if (failed(stacked))
    return failure();
  return node.create<qnn::ConcatOp>(*stacked, taps, 1);
}

LogicalResult importMaxPoolWithIndices(NodeContext &node, const Window &given) {
  ArrayRef<int64_t> input = node.getShape(0);
  // Windows of one dimension come with a leading one of size 1.
  SmallVector<int64_t> sizes(input.drop_front(2));
  sizes.insert(sizes.begin(), given.getRank() - sizes.size(), 1);
  auto taps = productChecked(given.kernel, mostTaps);
  if (!taps)
    return node.error("E2309", "gives indices of windows of more than " + Twine(mostTaps) +
                                   " elements, which qcc does not support");
  int64_t planes = input[0] * input[1], windows = countElements(given.result);
  auto stacked = stackTaps(node, given, sizes, planes);
  if (failed(stacked) ||
      failed(node.chargeFolding((windows + planes) * static_cast<int64_t>(sizeof(int64_t)))))
    return failure();
  Positions positions(sizes, given, node.getInt("storage_order", 0) != 0);
  Type i64 = node.builder.getI64Type();
  Value winners = node.create<qnn::ArgReduceOp>(RankedTensorType::get({planes, 1, windows}, i64),
                                                *stacked, qnn::ArgReduceKind::Max, 1);
  Value largest = node.create<qnn::GatherElementsOp>(
      RankedTensorType::get({planes, 1, windows}, node.getElementType(0)), *stacked, winners, 1);
  SmallVector<int64_t> firsts;
  for (int64_t plane = 0; plane < planes; ++plane)
    firsts.push_back(plane * countElements(sizes));
  Value offsets = createIndices(node, {static_cast<int64_t>(*taps)}, positions.getTaps());
  FloatMath math(node);
  Value indices = node.create<qnn::GatherOp>(RankedTensorType::get({planes, 1, windows}, i64),
                                             offsets, winners, 0);
  indices = math.add(indices, createIndices(node, {1, 1, windows}, positions.getStarts()));
  indices = math.add(indices, createIndices(node, {planes, 1, 1}, firsts));
  SmallVector<int64_t> shape = {input[0], input[1]};
  shape.append(given.result.end() - (input.size() - 2), given.result.end());
  if (failed(node.setResult(node.createReshape(largest, shape))))
    return failure();
  return node.setResult(node.createReshape(indices, shape), 1);
}

LogicalResult importMaxUnpool(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 3, mostDimensions)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0);
  if (node.getShape(1) != input || !node.getElementType(1).isInteger(64))
    return node.error("E2302", node.describeInput(1) + " must hold an int64 for each element of " +
                                   node.describeInput(0));
  SmallVector<int64_t> shape = {input[0], input[1]};
  size_t count = input.size() - 2;
  auto kernel = readKernelShape(node, count, {});
  auto strides = readWindowList(node, "strides", count, 1, 1);
  auto pads = readWindowList(node, "pads", 2 * count, 0, 0);
  if (failed(kernel) || failed(strides) || failed(pads))
    return failure();
  for (size_t i = 0; i < count; ++i)
    shape.push_back(std::max<int64_t>(
        (input[2 + i] - 1) * (*strides)[i] + (*kernel)[i] - (*pads)[i] - (*pads)[count + i], 0));
  // The indices count in the map that the windows came from; a larger one surrounds it.
  SmallVector<int64_t> wanted(shape), low(shape.size(), 0), high;
  if (node.hasInput(2)) {
    auto given = node.requireIntegers(2, "the shape of the result");
    if (failed(given))
      return failure();
    if (given->size() != shape.size())
      return node.error("E2302",
                        node.describeInput(2) + " must have " + Twine(shape.size()) + " elements");
    wanted.assign(given->begin(), given->end());
  }
  if (failed(node.makeType(wanted, node.builder.getF32Type())))
    return failure();
  for (auto [size, result] : llvm::zip(shape, wanted))
    high.push_back(result - size);
  auto type = node.makeType(shape, node.builder.getF32Type());
  if (failed(type))
    return failure();
  int64_t elements = type->getNumElements(), updates = countElements(input);
  auto flat = RankedTensorType::get({elements}, node.builder.getF32Type());
  Value zeros = node.create<qnn::BroadcastOp>(flat, node.createFloats({1}, 0.0f));
  Value result = node.create<qnn::ScatterElementsOp>(
      flat, qnn::ScatterKind::Assign, zeros, node.createReshape(node.getValue(1), {updates}),
      node.createReshape(node.getValue(0), {updates}), 0);
  return node.setResult(createPad(node, node.createReshape(result, shape), low, high));
}

} // namespace qcc::import
