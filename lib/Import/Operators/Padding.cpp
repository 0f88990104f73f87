//===- Padding.cpp - ONNX operators that put elements around a tensor or cut them off
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/Moves.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// Elements before and after each dimension of input 0, negative ones cut off, and the result.
struct Pads {
  SmallVector<int64_t> low, high, shape;
};

} // namespace

static FailureOr<Pads> readPads(NodeContext &node) {
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> given = node.getInts("pads");
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.version >= 11) {
    if (!node.hasInput(1))
      return node.error("E2011", "lacks its pads");
    auto pads = node.requireIntegers(1, "the pads");
    if (failed(pads))
      return failure();
    given = *pads;
    if (node.hasInput(3)) {
      auto named = node.requireIntegers(3, "the axes");
      if (failed(named) || failed(node.resolveAxes(*named, rank)))
        return failure();
      axes = *named;
    }
  }
  if (given.size() != 2 * axes.size())
    return node.error("E2306", "has " + Twine(given.size()) + " pads for " + Twine(axes.size()) +
                                   " dimensions");
  Pads pads{SmallVector<int64_t>(rank, 0), SmallVector<int64_t>(rank, 0),
            SmallVector<int64_t>(node.getShape(0))};
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t dimension = axis < 0 ? axis + rank : axis;
    int64_t low = given[i], high = given[i + axes.size()], &size = pads.shape[dimension];
    std::optional<int64_t> sum = addChecked(low, high);
    sum = sum ? addChecked(*sum, size) : sum;
    if (!sum)
      return node.error("E2107", "the result has more elements than a tensor may have");
    if (*sum < 0 || low < -size || high < -size ||
        std::min<int64_t>(low, 0) + std::min<int64_t>(high, 0) < -size)
      return node.error("E2306", "negative pads " + formatShape(given) +
                                     " cut off more than dimension " + Twine(dimension) +
                                     " of size " + Twine(size) + " has");
    pads.low[dimension] = low;
    pads.high[dimension] = high;
    size = *sum;
  }
  return pads;
}

/// Padding that repeats elements of the input: each dimension picks positions of itself.
static LogicalResult importPadFromInput(NodeContext &node, StringRef mode, const Pads &pads) {
  Value value = node.getValue(0);
  for (auto [axis, result] : llvm::enumerate(pads.shape)) {
    // What negative pads cut off is not repeated.
    int64_t first = std::max<int64_t>(-pads.low[axis], 0);
    int64_t size = node.getShape(0)[axis] - first - std::max<int64_t>(-pads.high[axis], 0);
    int64_t low = std::max<int64_t>(pads.low[axis], 0);
    if (pads.low[axis] == 0 && pads.high[axis] == 0)
      continue;
    if (result > mostFoldedElements)
      return node.error("E2309", "pads a dimension to " + Twine(result) + " elements, at most " +
                                     Twine(mostFoldedElements) + " are supported in mode " +
                                     quoted(mode));
    if (size == 0)
      return node.error("E2306",
                        "repeats elements of dimension " + Twine(axis) + ", of which none is left");
    SmallVector<int64_t> positions;
    for (int64_t i = 0; i < result; ++i) {
      int64_t position = i - low;
      if (mode == "edge") {
        position = std::clamp<int64_t>(position, 0, size - 1);
      } else if (mode == "wrap") {
        position = (position % size + size) % size;
      } else {
        // Back and forth over the dimension, without repeating its ends.
        int64_t period = std::max<int64_t>(2 * (size - 1), 1);
        position = (position % period + period) % period;
        position = std::min(position, period - position);
        position = size == 1 ? 0 : position;
      }
      positions.push_back(first + position);
    }
    value = createPicked(node, value, static_cast<int64_t>(axis), positions);
  }
  return node.setResult(value);
}

/// Pads with a number that is computed, or that the attribute of qnn.pad cannot hold.
static Value createPadWith(NodeContext &node, Value value, Value number, const Pads &pads) {
  for (size_t axis = 0; axis < pads.shape.size(); ++axis) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<Value> parts;
    SmallVector<int64_t> joined(type.getShape());
    auto addPart = [&](int64_t size) {
      if (size <= 0)
        return;
      SmallVector<int64_t> part(type.getShape());
      part[axis] = size;
      joined[axis] += size;
      parts.push_back(createBroadcast(node, number, part));
    };
    addPart(pads.low[axis]);
    parts.push_back(value);
    addPart(pads.high[axis]);
    if (parts.size() > 1)
      value = node.create<qnn::ConcatOp>(type.clone(joined), parts, axis);
  }
  return value;
}

/// The number that fills the pads when a double holds it.
static std::optional<double> readNumber(NodeContext &node) {
  if (!node.hasInput(2))
    return node.getFloat("value", 0);
  const Constant *constant = node.getConstant(2);
  if (!constant)
    return std::nullopt;
  if (!isa<IntegerType>(constant->type.getElementType()))
    return getNumbers(*constant).front();
  int64_t integer = getIntegers(*constant).front();
  constexpr int64_t mostExact = int64_t(1) << 53;
  if (integer > mostExact || integer < -mostExact)
    return std::nullopt;
  return static_cast<double>(integer);
}

static LogicalResult importPad(NodeContext &node) {
  StringRef mode = node.getString("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap")
    return node.error("E2016", "attribute 'mode' has the unknown value " + quoted(mode));
  auto pads = readPads(node);
  if (failed(pads))
    return failure();
  auto type = node.makeType(pads->shape, node.getElementType(0));
  if (failed(type))
    return failure();
  if (node.hasInput(2) &&
      (node.getType(2).getNumElements() != 1 || node.getElementType(2) != node.getElementType(0)))
    return node.error("E2308", node.describeInput(2) +
                                   ", the padding value, must be one number of the input's type");
  if (mode != "constant")
    return importPadFromInput(node, mode, *pads);

  SmallVector<int64_t> offsets, kept;
  for (auto [low, high, size] : llvm::zip(pads->low, pads->high, node.getShape(0))) {
    offsets.push_back(std::max<int64_t>(-low, 0));
    kept.push_back(size + std::min<int64_t>(low, 0) + std::min<int64_t>(high, 0));
    low = std::max<int64_t>(low, 0);
    high = std::max<int64_t>(high, 0);
  }
  if (failed(node.makeType(kept, node.getElementType(0))))
    return failure();
  Value value = createSlice(node, node.getValue(0), offsets, kept);
  if (value.getType() == *type)
    return node.setResult(value);
  if (std::optional<double> number = readNumber(node))
    return node.setResult(
        node.create<qnn::PadOp>(*type, value, pads->low, pads->high, llvm::APFloat(*number)));
  Value number = node.createReshape(node.getValue(2), {});
  return node.setResult(createPadWith(node, value, number, *pads));
}

/// Cuts or pads the named dimensions to the given sizes, as much on either side.
static LogicalResult importCenterCropPad(NodeContext &node) {
  auto sizes = node.requireIntegers(1, "the shape");
  if (failed(sizes))
    return failure();
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.hasAttribute("axes"))
    axes = node.getInts("axes");
  if (failed(node.resolveAxes(axes, rank)))
    return failure();
  if (axes.size() != sizes->size())
    return node.error("E2306", "has " + Twine(sizes->size()) + " sizes for " + Twine(axes.size()) +
                                   " dimensions");
  SmallVector<int64_t> low(rank, 0), high(rank, 0), shape(node.getShape(0));
  for (auto [axis, size] : llvm::zip(axes, *sizes)) {
    int64_t dimension = axis < 0 ? axis + rank : axis;
    if (size < 0 || size >= mostTensorBytes)
      return node.error("E2305", "the shape " + formatShape(*sizes) + " is out of range");
    int64_t added = size - shape[dimension];
    // What is odd is cut off or added at the end.
    low[dimension] = added / 2;
    if (added < 0 && added % 2)
      low[dimension] = -(-added / 2);
    high[dimension] = added - low[dimension];
    shape[dimension] = size;
  }
  if (failed(node.makeType(shape, node.getElementType(0))))
    return failure();
  return node.setResult(createPad(node, node.getValue(0), low, high));
}

ArrayRef<Operator> getPaddingOperators() {
  static const Operator rows[] = {
      {"", "CenterCropPad", 18, 2, 2, 1, "axes:ints", importCenterCropPad, FloatTypes::Any},
      {"", "Pad", 2, 1, 4, 1, "mode:string pads:ints<11 value:float<11", importPad,
       FloatTypes::Any},
  };
  return rows;
}

} // namespace qcc::import
