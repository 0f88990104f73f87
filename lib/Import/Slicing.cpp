//===- Slicing.cpp - ONNX operators that take tensors apart and join them
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/NodeContext.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

/// Part of input 0: elements offsets[i] + k * steps[i], k < shape[i].
static LogicalResult setSlice(NodeContext &node, ArrayRef<int64_t> offsets, ArrayRef<int64_t> steps,
                              ArrayRef<int64_t> shape, unsigned result = 0) {
  const Constant *constant = node.getConstant(0);
  if (isFoldable(constant)) {
    int64_t offset = 0;
    SmallVector<int64_t> strides = getRowMajorStrides(constant->type.getShape());
    for (auto [stride, start, step] : llvm::zip(strides, offsets, steps)) {
      offset += start * stride;
      stride *= step;
    }
    return node.setResult(viewConstant(*constant, shape, offset, strides), result);
  }
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  if (*type == node.getType(0) && llvm::all_of(steps, [](int64_t step) { return step == 1; }))
    return node.setResult(Tensor(node.getInput(0)), result);
  return node.setResult(node.create<qnn::SliceOp>(*type, node.getValue(0), offsets, steps), result);
}

static LogicalResult importSlice(NodeContext &node) {
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> starts, ends, axes, steps;
  bool hasAxes;
  if (node.version < 10) {
    if (node.getNumInputs() != 1 || !node.hasAttribute("starts") || !node.hasAttribute("ends"))
      return node.error("E2012", "takes attributes 'starts' and 'ends' before version 10");
    starts = node.getInts("starts");
    ends = node.getInts("ends");
    axes = node.getInts("axes");
    hasAxes = node.hasAttribute("axes");
  } else {
    if (!node.hasInput(1) || !node.hasInput(2))
      return node.error("E2011", "lacks its starts or ends");
    auto read = [&](unsigned i, StringRef meaning, SmallVector<int64_t> &values) {
      if (!node.hasInput(i))
        return success();
      auto given = node.requireIntegers(i, meaning);
      if (succeeded(given))
        values = *given;
      return LogicalResult(given);
    };
    if (failed(read(1, "the starts", starts)) || failed(read(2, "the ends", ends)) ||
        failed(read(3, "the axes", axes)) || failed(read(4, "the steps", steps)))
      return failure();
    hasAxes = node.hasInput(3);
  }
  if (!hasAxes)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, starts.size()));
  if (steps.empty())
    steps.assign(starts.size(), 1);
  if (starts.size() != ends.size() || starts.size() != axes.size() || starts.size() != steps.size())
    return node.error("E2306", "starts, ends, axes and steps have different lengths");
  if (failed(node.resolveAxes(axes, rank)))
    return failure();

  SmallVector<int64_t> offsets(rank, 0), strides(rank, 1), shape(node.getShape(0));
  for (auto [start, end, axis, step] : llvm::zip(starts, ends, axes, steps)) {
    int64_t dimension = axis < 0 ? axis + rank : axis, size = node.getShape(0)[dimension];
    if (step == 0)
      return node.error("E2306", "step 0 on axis " + Twine(dimension));
    // Steps beyond the size all mean: the first element only.
    step = std::clamp(step, -size - 1, size + 1);
    auto clamp = [&](int64_t position, int64_t low, int64_t high) {
      return std::clamp(position < 0 ? std::max(position, -size - 1) + size : position, low,
                        std::max(low, high));
    };
    int64_t first = step > 0 ? clamp(start, 0, size) : clamp(start, -1, size - 1);
    int64_t last = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
    int64_t span = step > 0 ? last - first : first - last;
    shape[dimension] = span <= 0 ? 0 : (span - 1) / std::abs(step) + 1;
    offsets[dimension] = std::max<int64_t>(first, 0);
    strides[dimension] = step;
  }
  return setSlice(node, offsets, strides, shape);
}

static LogicalResult importSplit(NodeContext &node) {
  int64_t rank = node.getRank(0);
  auto axis = node.getAxis("axis", 0, rank);
  if (failed(axis))
    return failure();
  SmallVector<int64_t> sizes = node.getInts("split");
  if (node.hasInput(1)) {
    auto given = node.requireIntegers(1, "the sizes of the parts");
    if (failed(given))
      return failure();
    sizes = *given;
  }
  int64_t size = node.getShape(0)[*axis], count = node.getNumOutputs();
  if (sizes.empty()) {
    if (node.hasAttribute("num_outputs") && node.getInt("num_outputs", 0) != count)
      return node.error("E2306", "attribute 'num_outputs' differs from the number of outputs");
    int64_t part = (size + count - 1) / count;
    if (node.version < 18 && size % count)
      return node.error("E2306", "cannot divide dimension " + Twine(*axis) + " of size " +
                                     Twine(size) + " into " + Twine(count) + " equal parts");
    for (int64_t i = 0, left = size; i < count; ++i, left -= part)
      sizes.push_back(std::clamp<int64_t>(left, 0, part));
  }
  std::optional<int64_t> sum = 0;
  for (int64_t part : sizes)
    sum = sum && part >= 0 ? addChecked(*sum, part) : std::nullopt;
  if (static_cast<int64_t>(sizes.size()) != count || sum != size)
    return node.error("E2306", "part sizes " + formatShape(sizes) + " do not divide dimension " +
                                   Twine(*axis) + " of size " + Twine(size) + " into " +
                                   Twine(count) + " parts");
  SmallVector<int64_t> offsets(rank, 0), steps(rank, 1), shape(node.getShape(0));
  for (auto [i, part] : llvm::enumerate(sizes)) {
    shape[*axis] = part;
    if (node.hasOutput(i) && failed(setSlice(node, offsets, steps, shape, i)))
      return failure();
    offsets[*axis] += part;
  }
  return success();
}

static LogicalResult importConcat(NodeContext &node) {
  int64_t rank = node.getRank(0);
  auto axis = node.getAxis("axis", 0, rank);
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  bool isConstant = true;
  std::optional<int64_t> sum = 0;
  for (unsigned i = 0; i < node.getNumInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error("E2011", "lacks its input " + Twine(i));
    RankedTensorType type = node.getType(i);
    if (type.getElementType() != node.getElementType(0))
      return node.error("E2308",
                        node.describeInput(i) + " has another element type than the first input");
    bool fits = type.getRank() == rank;
    for (int64_t d = 0; fits && d < rank; ++d)
      fits = d == *axis || type.getDimSize(d) == shape[d];
    if (!fits)
      return node.error("E2301", node.describeInput(i) + " of shape " +
                                     formatShape(type.getShape()) + " cannot be joined with " +
                                     formatShape(node.getShape(0)) + " on axis " + Twine(*axis));
    sum = sum ? addChecked(*sum, type.getDimSize(*axis)) : sum;
    isConstant &= isFoldable(node.getConstant(i));
  }
  if (!sum)
    return node.error("E2107", "the result has more elements than a tensor may have");
  shape[*axis] = *sum;

  if (isConstant) {
    auto type = RankedTensorType::get(shape, node.getElementType(0));
    int64_t rows = llvm::product_of(ArrayRef<int64_t>(shape).take_front(*axis));
    std::string bytes;
    for (int64_t row = 0; row < rows; ++row)
      for (unsigned i = 0; i < node.getNumInputs(); ++i) {
        ArrayRef<char> part = node.getConstant(i)->bytes;
        size_t width = part.size() / rows;
        bytes.append(part.data() + row * width, width);
      }
    if (failed(node.chargeFolding(bytes.size())))
      return failure();
    return node.setResult(makeConstant(type, std::move(bytes)));
  }
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  SmallVector<Value> parts;
  for (unsigned i = 0; i < node.getNumInputs(); ++i)
    if (node.getType(i).getNumElements() != 0)
      parts.push_back(node.getValue(i));
  if (parts.size() == 1)
    return node.setResult(parts.front());
  return node.setResult(node.create<qnn::ConcatOp>(*type, parts, *axis));
}

/// The elements at `positions` of a dimension: evenly spaced ones are a slice, others are joined
/// from several.
static FailureOr<Value> createPicked(NodeContext &node, Value value, int64_t axis,
                                     ArrayRef<int64_t> positions) {
  constexpr size_t mostPieces = 4096;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> offsets(type.getRank(), 0), steps(type.getRank(), 1);
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<Value> pieces;
  for (ArrayRef<int64_t> rest = positions; !rest.empty();) {
    size_t length = 1;
    int64_t step = rest.size() > 1 ? rest[1] - rest[0] : 1;
    while (step != 0 && length < rest.size() && rest[length] - rest[length - 1] == step)
      ++length;
    offsets[axis] = rest.front();
    steps[axis] = length == 1 ? 1 : step;
    shape[axis] = length;
    pieces.push_back(node.create<qnn::SliceOp>(type.clone(shape), value, offsets, steps));
    rest = rest.drop_front(length);
    if (pieces.size() > mostPieces)
      return node.error("E2309", "picks elements of a computed tensor in more than " +
                                     Twine(mostPieces) + " pieces");
  }
  if (pieces.size() == 1)
    return pieces.front();
  shape[axis] = positions.size();
  return node.create<qnn::ConcatOp>(type.clone(shape), pieces, axis);
}

static LogicalResult importGather(NodeContext &node) {
  int64_t rank = node.getRank(0);
  auto axis = node.getAxis("axis", 0, rank);
  if (failed(axis))
    return failure();
  const Constant *indices = node.getConstant(1);
  if (!indices)
    return node.error("E2307", "the indices, " + node.describeInput(1) +
                                   ", must be known at compile time but are computed by the "
                                   "network");
  if (!isa<IntegerType>(indices->type.getElementType()))
    return node.error("E2308", "the indices must be integers");
  ArrayRef<int64_t> data = node.getShape(0);
  int64_t size = data[*axis];
  SmallVector<int64_t> positions = getIntegers(*indices);
  for (int64_t &position : positions) {
    if (position < -size || position >= size)
      return node.error("E2306", "index " + Twine(position) + " is outside dimension " +
                                     Twine(*axis) + " of size " + Twine(size));
    position += position < 0 ? size : 0;
  }
  SmallVector<int64_t> shape(data.take_front(*axis));
  llvm::append_range(shape, indices->type.getShape());
  llvm::append_range(shape, data.drop_front(*axis + 1));

  if (const Constant *constant = node.getConstant(0); isFoldable(constant)) {
    int64_t rows = llvm::product_of(data.take_front(*axis));
    size_t width = size == 0 || rows == 0 ? 0 : constant->bytes.size() / (rows * size);
    int64_t count = positions.size();
    if (static_cast<int64_t>(shape.size()) > mostDimensions)
      return node.error("E2106",
                        "the result has more than " + Twine(mostDimensions) + " dimensions");
    if (failed(node.chargeFolding(rows * count * static_cast<int64_t>(width))))
      return failure();
    std::string bytes;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t position : positions)
        bytes.append(constant->bytes.data() + (row * size + position) * width, width);
    return node.setResult(makeConstant(constant->type.clone(shape), std::move(bytes)));
  }
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  auto picked = createPicked(node, node.getValue(0), *axis, positions);
  return failed(picked) ? failure() : node.setResult(node.createReshape(*picked, shape));
}

/// Padding that repeats elements of the input: each dimension picks positions of itself.
static LogicalResult importPadFromInput(NodeContext &node, StringRef mode, ArrayRef<int64_t> low,
                                        ArrayRef<int64_t> shape) {
  Value value = node.getValue(0);
  for (auto [axis, result] : llvm::enumerate(shape)) {
    int64_t size = node.getShape(0)[axis];
    if (result == size)
      continue;
    if (result > mostFoldedElements)
      return node.error("E2309", "pads a dimension to " + Twine(result) + " elements, at most " +
                                     Twine(mostFoldedElements) + " are supported in mode " +
                                     quoted(mode));
    SmallVector<int64_t> positions;
    for (int64_t i = 0; i < result; ++i) {
      int64_t position = i - low[axis];
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
      positions.push_back(position);
    }
    auto picked = createPicked(node, value, static_cast<int64_t>(axis), positions);
    if (failed(picked))
      return failure();
    value = *picked;
  }
  return node.setResult(value);
}

static LogicalResult importPad(NodeContext &node) {
  StringRef mode = node.getString("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap")
    return node.error("E2016", "attribute 'mode' has the unknown value " + quoted(mode));
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> pads = node.getInts("pads");
  double value = node.getFloat("value", 0);
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.version >= 11) {
    if (!node.hasInput(1))
      return node.error("E2011", "lacks its pads");
    auto given = node.requireIntegers(1, "the pads");
    if (failed(given))
      return failure();
    pads = *given;
    if (node.hasInput(2)) {
      const Constant *constant = node.getConstant(2);
      if (!constant || constant->getNumElements() != 1)
        return node.error("E2307", "the padding value must be one number known at compile time");
      value = getNumbers(*constant).front();
    }
    if (node.hasInput(3)) {
      auto given = node.requireIntegers(3, "the axes");
      if (failed(given) || failed(node.resolveAxes(*given, rank)))
        return failure();
      axes = *given;
    }
  }
  if (pads.size() != 2 * axes.size())
    return node.error("E2306", "has " + Twine(pads.size()) + " pads for " + Twine(axes.size()) +
                                   " dimensions");
  SmallVector<int64_t> low(rank, 0), high(rank, 0), shape(node.getShape(0));
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t dimension = axis < 0 ? axis + rank : axis;
    int64_t before = pads[i], after = pads[i + axes.size()];
    if (before < 0 || after < 0)
      return node.error("E2309",
                        "has negative pads " + formatShape(pads) + ", which qcc does not support");
    std::optional<int64_t> sum = addChecked(before, after);
    sum = sum ? addChecked(*sum, shape[dimension]) : sum;
    if (!sum)
      return node.error("E2107", "the result has more elements than a tensor may have");
    low[dimension] = before;
    high[dimension] = after;
    shape[dimension] = *sum;
  }
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  if (*type == node.getType(0))
    return node.setResult(Tensor(node.getInput(0)));
  if (mode != "constant")
    return importPadFromInput(node, mode, low, shape);
  return node.setResult(
      node.create<qnn::PadOp>(*type, node.getValue(0), low, high, llvm::APFloat(value)));
}

ArrayRef<Operator> getSlicingOperators() {
  static const Operator rows[] = {
      {"", "Concat", 4, 1, anyNumber, 1, "axis:int!", importConcat},
      {"", "Gather", 1, 2, 2, 1, "axis:int", importGather},
      {"", "Pad", 2, 1, 4, 1, "mode:string pads:ints<11 value:float<11", importPad},
      {"", "Slice", 1, 1, 5, 1, "starts:ints<10 ends:ints<10 axes:ints<10", importSlice},
      {"", "Split", 2, 1, 2, anyNumber, "axis:int split:ints<13 num_outputs:int>=18", importSplit},
  };
  return rows;
}

} // namespace qcc::import
