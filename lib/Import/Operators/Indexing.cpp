//===- Indexing.cpp - ONNX operators that read and write at computed indices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/Moves.h"
#include "lib/Import/Operators/Operands.h"

using namespace mlir;

namespace qcc::import {

//===- Gathers ----------------------------------------------------------------//

/// The positions of constant indices, all inside the dimension.
static FailureOr<SmallVector<int64_t>> readPositions(NodeContext &node, const Constant &indices,
                                                     int64_t axis) {
  int64_t size = node.getShape(0)[axis];
  auto positions = readIntegers(node, indices);
  if (failed(positions))
    return failure();
  for (int64_t &position : *positions) {
    if (position < -size || position >= size)
      return node.error("E2306", "index " + Twine(position) + " is outside dimension " +
                                     Twine(axis) + " of size " + Twine(size));
    position += position < 0 ? size : 0;
  }
  return positions;
}

static LogicalResult importGather(NodeContext &node) {
  auto axis = node.getAxis("axis", 0, node.getRank(0));
  if (failed(axis) || failed(requireIndices(node, 1)))
    return failure();
  ArrayRef<int64_t> data = node.getShape(0);
  SmallVector<int64_t> shape(data.take_front(*axis));
  llvm::append_range(shape, node.getShape(1));
  llvm::append_range(shape, data.drop_front(*axis + 1));
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  const Constant *indices = node.getConstant(1);
  if (!indices)
    return node.setResult(createGather(node, node.getValue(0), *axis, node.getValue(1)));
  auto positions = readPositions(node, *indices, *axis);
  if (failed(positions))
    return failure();
  Value picked = createPicked(node, node.getValue(0), *axis, *positions);
  return node.setResult(node.createReshape(picked, shape));
}

/// Fails unless inputs 0 and `i` have one rank and the indices stay inside the other dimensions.
static LogicalResult requireAlong(NodeContext &node, unsigned i, int64_t axis) {
  bool fits = node.getRank(i) == node.getRank(0);
  for (int64_t d = 0; fits && d < node.getRank(0); ++d)
    fits = d == axis || node.getShape(i)[d] <= node.getShape(0)[d];
  if (fits)
    return success();
  return node.error("E2301", node.describeInput(i) + " of shape " + formatShape(node.getShape(i)) +
                                 " does not fit the input " + formatShape(node.getShape(0)) +
                                 " beside axis " + Twine(axis));
}

static LogicalResult importGatherElements(NodeContext &node) {
  auto axis = node.getAxis("axis", 0, node.getRank(0));
  if (failed(axis) || failed(requireIndices(node, 1)) || failed(requireAlong(node, 1, *axis)))
    return failure();
  auto type = node.makeType(node.getShape(1), node.getElementType(0));
  if (failed(type))
    return failure();
  return node.setResult(
      node.create<qnn::GatherElementsOp>(*type, node.getValue(0), node.getValue(1), *axis));
}

/// Shape of the slices of input 0 that the rows of input 1 choose.
static FailureOr<SmallVector<int64_t>> getSlicesShape(NodeContext &node, int64_t batchDims) {
  ArrayRef<int64_t> data = node.getShape(0), indices = node.getShape(1);
  int64_t rank = node.getRank(0), depth = indices.empty() ? 0 : indices.back();
  if (indices.empty() || batchDims < 0 || batchDims >= node.getRank(1) || batchDims > rank ||
      depth > rank - batchDims || data.take_front(batchDims) != indices.take_front(batchDims))
    return node.error("E2301", "indices of shape " + formatShape(indices) +
                                   " do not fit the input " + formatShape(data) + " with " +
                                   Twine(batchDims) + " batch dimensions");
  SmallVector<int64_t> shape(indices.drop_back());
  llvm::append_range(shape, data.drop_front(batchDims + depth));
  return shape;
}

static LogicalResult importGatherND(NodeContext &node) {
  int64_t batchDims = node.getInt("batch_dims", 0);
  auto shape = getSlicesShape(node, batchDims);
  if (failed(shape) || failed(requireIndices(node, 1)) ||
      failed(node.makeType(*shape, node.getElementType(0))))
    return failure();
  return node.setResult(createGatherND(node, node.getValue(0), node.getValue(1), batchDims));
}

//===- Scatters ---------------------------------------------------------------//

static FailureOr<qnn::ScatterKind> readReduction(NodeContext &node) {
  StringRef reduction = node.getString("reduction", "none");
  auto kind = llvm::StringSwitch<std::optional<qnn::ScatterKind>>(reduction)
                  .Case("none", qnn::ScatterKind::Assign)
                  .Case("add", qnn::ScatterKind::Add)
                  .Case("mul", qnn::ScatterKind::Mul)
                  .Case("max", qnn::ScatterKind::Max)
                  .Case("min", qnn::ScatterKind::Min)
                  .Default(std::nullopt);
  if (!kind)
    return node.error("E2016", "attribute 'reduction' has the unknown value " + quoted(reduction));
  return *kind;
}

/// Fails unless the updates, input 2, have this shape and the input's element type.
static LogicalResult requireUpdates(NodeContext &node, ArrayRef<int64_t> shape) {
  if (node.getElementType(2) != node.getElementType(0))
    return node.error("E2308",
                      node.describeInput(2) + " has another element type than the first input");
  if (node.getShape(2) == shape)
    return success();
  return node.error("E2301", node.describeInput(2) + " has shape " + formatShape(node.getShape(2)) +
                                 "; it must be " + formatShape(shape));
}

static LogicalResult importScatterElements(NodeContext &node) {
  auto axis = node.getAxis("axis", 0, node.getRank(0));
  auto kind = readReduction(node);
  if (failed(axis) || failed(kind) || failed(requireIndices(node, 1)) ||
      failed(requireAlong(node, 1, *axis)) || failed(requireUpdates(node, node.getShape(1))))
    return failure();
  return node.setResult(node.create<qnn::ScatterElementsOp>(
      node.getType(0), *kind, node.getValue(0), node.getValue(1), node.getValue(2), *axis));
}

static LogicalResult importScatterND(NodeContext &node) {
  auto kind = readReduction(node);
  auto shape = getSlicesShape(node, 0);
  if (failed(kind) || failed(shape) || failed(requireIndices(node, 1)) ||
      failed(requireUpdates(node, *shape)))
    return failure();
  return node.setResult(node.create<qnn::ScatterNDOp>(node.getType(0), *kind, node.getValue(0),
                                                      node.getValue(1), node.getValue(2)));
}

/// A cache [B, ..., S, D...] whose rows write_indices[b] + i along the axis become update's.
static LogicalResult importTensorScatter(NodeContext &node) {
  auto axis = node.getAxis("axis", -2, node.getRank(0));
  if (failed(axis))
    return failure();
  StringRef mode = node.getString("mode", "linear");
  if (mode != "linear" && mode != "circular")
    return node.error("E2016", "attribute 'mode' has the unknown value " + quoted(mode));
  if (*axis == 0)
    return node.error("E2303", "axis 0 is the batch; another one must be given");
  SmallVector<int64_t> shape(node.getShape(0));
  if (node.getRank(1) == node.getRank(0))
    shape[*axis] = node.getShape(1)[*axis];
  if (node.getShape(1) != ArrayRef<int64_t>(shape) || shape[*axis] > node.getShape(0)[*axis])
    return node.error("E2301", "an update of shape " + formatShape(node.getShape(1)) +
                                   " does not fit the cache " + formatShape(node.getShape(0)));
  if (node.getElementType(1) != node.getElementType(0))
    return node.error("E2308",
                      node.describeInput(1) + " has another element type than the first input");

  // Rows [b, ..., i, :] of the indices are [b, ..., start + i]: all but the start is known.
  int64_t depth = *axis + 1;
  SmallVector<int64_t> rows(ArrayRef<int64_t>(shape).take_front(depth)), indexShape(rows);
  indexShape.push_back(depth);
  Type i64 = node.builder.getI64Type();
  auto places =
      node.computeConstant<int64_t>(indexShape, i64, [&](MutableArrayRef<int64_t> values) {
        SmallVector<int64_t> position(depth, 0);
        for (size_t row = 0; row < values.size(); row += depth) {
          llvm::copy(position, values.begin() + row);
          for (int64_t d = depth - 1; d >= 0 && ++position[d] == rows[d]; --d)
            position[d] = 0;
        }
      });
  if (failed(places))
    return failure();
  Value indices = *places;
  if (node.hasInput(2)) {
    if (failed(requireIndices(node, 2)))
      return failure();
    if (node.getShape(2) != ArrayRef<int64_t>(shape).take_front(1))
      return node.error("E2301", node.describeInput(2) + " has shape " +
                                     formatShape(node.getShape(2)) + "; it must be [" +
                                     Twine(shape[0]) + "]");
    FloatMath math(node);
    Value start = node.getValue(2);
    if (node.getElementType(2) != i64)
      start = node.create<qnn::CastOp>(node.getType(2).clone(i64), start);
    SmallVector<int64_t> startShape(depth + 1, 1), onAxis(depth, 0);
    startShape[0] = shape[0];
    onAxis.back() = 1;
    start =
        math.mul(node.createReshape(start, startShape), createIntegers(node, {depth}, onAxis, i64));
    indices = math.add(indices, start);
    if (mode == "circular") {
      // Dimensions before the axis stay: their indices are smaller than their sizes.
      SmallVector<int64_t> sizes(node.getShape(0).take_front(depth));
      Value limits = createIntegers(node, {depth}, sizes, i64);
      indices = node.create<qnn::RemOp>(indices.getType(), indices, limits);
    }
  }
  return node.setResult(node.create<qnn::ScatterNDOp>(node.getType(0), qnn::ScatterKind::Assign,
                                                      node.getValue(0), indices, node.getValue(1)));
}

//===- Positions that depend on the data --------------------------------------//

static LogicalResult importCompress(NodeContext &node) {
  auto condition = node.requireIntegers(1, "the condition");
  if (failed(condition))
    return failure();
  Value value = node.getValue(0);
  int64_t axis = 0;
  if (node.hasAttribute("axis")) {
    auto given = node.getAxis("axis", 0, node.getRank(0));
    if (failed(given))
      return failure();
    axis = *given;
  } else {
    value = node.createReshape(value, {node.getType(0).getNumElements()});
  }
  SmallVector<int64_t> shape(cast<RankedTensorType>(value.getType()).getShape()), positions;
  if (static_cast<int64_t>(condition->size()) > shape[axis])
    return node.error("E2306", "has a condition of " + Twine(condition->size()) +
                                   " elements for a dimension of size " + Twine(shape[axis]));
  for (auto [i, isKept] : llvm::enumerate(*condition))
    if (isKept)
      positions.push_back(static_cast<int64_t>(i));
  shape[axis] = positions.size();
  if (failed(node.makeType(shape, node.getElementType(0))))
    return failure();
  return node.setResult(createPicked(node, value, axis, positions));
}

/// Positions [rank, count] of the elements that are not zero, in row-major order.
static LogicalResult importNonZero(NodeContext &node) {
  const Constant *input = node.getConstant(0);
  if (!input)
    return node.error("E2307", node.describeInput(0) + " " + node.whyUnknown(0));
  auto numbers = readNumbers(node, *input);
  if (failed(numbers))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  auto count =
      static_cast<int64_t>(llvm::count_if(*numbers, [](double number) { return number != 0; }));
  auto type = node.makeType({node.getRank(0), count}, node.builder.getI64Type());
  if (failed(type) || failed(node.chargeFolding(type->getNumElements() * 8)))
    return failure();
  SmallVector<int64_t> positions(type->getNumElements());
  int64_t found = 0;
  for (auto [i, number] : llvm::enumerate(*numbers)) {
    if (number == 0)
      continue;
    int64_t rest = static_cast<int64_t>(i);
    for (int64_t axis = node.getRank(0) - 1; axis >= 0; --axis) {
      positions[axis * count + found] = rest % shape[axis];
      rest /= shape[axis];
    }
    ++found;
  }
  return node.setResult(makeFromIntegers(*type, positions));
}

/// The first sequence_lens[b] elements in time of each batch entry, backwards.
static LogicalResult importReverseSequence(NodeContext &node) {
  int64_t batch = node.getInt("batch_axis", 1), time = node.getInt("time_axis", 0);
  if (node.getRank(0) < 2 || batch < 0 || time < 0 || batch > 1 || time > 1 || batch == time)
    return node.error("E2303", "batch axis " + Twine(batch) + " and time axis " + Twine(time) +
                                   " must be the first two of the input's dimensions");
  int64_t batches = node.getShape(0)[batch], times = node.getShape(0)[time];
  if (failed(requireIndices(node, 1)))
    return failure();
  if (node.getShape(1) != ArrayRef<int64_t>({batches}))
    return node.error("E2301", node.describeInput(1) + " has shape " +
                                   formatShape(node.getShape(1)) + "; it must be [" +
                                   Twine(batches) + "]");
  SmallVector<int64_t> swapped = llvm::to_vector(llvm::seq<int64_t>(0, node.getRank(0)));
  if (batch == 1)
    std::swap(swapped[0], swapped[1]);
  Value value = node.createTranspose(node.getValue(0), swapped);
  FloatMath math(node);
  Type element = node.getElementType(1);
  auto order = createPositions(node, {1, times}, element);
  if (failed(order))
    return failure();
  Value lengths = node.createReshape(node.getValue(1), {batches, 1});
  Value backwards = math.sub(math.sub(lengths, math.like(lengths, 1)), *order);
  auto type = RankedTensorType::get({batches, times}, element);
  Value isInside = node.create<qnn::CompareOp>(type.clone(Type(node.builder.getI1Type())),
                                               qnn::CompareKind::Less, *order, lengths);
  Value indices = node.create<qnn::SelectOp>(type, isInside, backwards, *order);
  value = createGatherND(node, value, node.createReshape(indices, {batches, times, 1}), 1);
  return node.setResult(node.createTranspose(value, swapped));
}

ArrayRef<Operator> getIndexingOperators() {
  static const Operator rows[] = {
      {"", "Compress", 9, 2, 2, 1, "axis:int", importCompress, FloatTypes::Any},
      {"", "Gather", 1, 2, 2, 1, "axis:int", importGather, FloatTypes::Any},
      {"", "GatherElements", 11, 2, 2, 1, "axis:int", importGatherElements, FloatTypes::Any},
      {"", "GatherND", 11, 2, 2, 1, "batch_dims:int>=12", importGatherND, FloatTypes::Any},
      {"", "NonZero", 9, 1, 1, 1, "", importNonZero, FloatTypes::Any},
      {"", "ReverseSequence", 10, 2, 2, 1, "batch_axis:int time_axis:int", importReverseSequence,
       FloatTypes::Any},
      {"", "Scatter", 9, 3, 3, 1, "axis:int", importScatterElements, FloatTypes::Double},
      {"", "ScatterElements", 11, 3, 3, 1, "axis:int reduction:string>=16", importScatterElements,
       FloatTypes::Double},
      {"", "ScatterND", 11, 3, 3, 1, "reduction:string>=16", importScatterND, FloatTypes::Double},
      {"", "TensorScatter", 24, 2, 3, 1, "axis:int mode:string", importTensorScatter,
       FloatTypes::Double},
  };
  return rows;
}

} // namespace qcc::import
