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
  // Nothing is known to be nothing: concat drops it.
  if (llvm::is_contained(shape, 0))
    return node.setResult(
        makeConstant(RankedTensorType::get(shape, node.getElementType(0)), std::string()), result);
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

ArrayRef<Operator> getSlicingOperators() {
  static const Operator rows[] = {
      {"", "Concat", 4, 1, anyNumber, 1, "axis:int!", importConcat, FloatTypes::Any},
      {"", "Slice", 1, 1, 5, 1, "starts:ints<10 ends:ints<10 axes:ints<10", importSlice,
       FloatTypes::Any},
      {"", "Split", 2, 1, 2, anyNumber, "axis:int split:ints<13 num_outputs:int>=18", importSplit,
       FloatTypes::Any},
  };
  return rows;
}

} // namespace qcc::import
