//===- Moves.cpp - slices, gathers and constants that operators are built from
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Moves.h"

#include <numeric>

using namespace mlir;

namespace qcc::import {

Value createIntegers(NodeContext &node, ArrayRef<int64_t> shape, ArrayRef<int64_t> values,
                     Type elementType) {
  return node.createConstant(*makeFromIntegers(RankedTensorType::get(shape, elementType), values));
}

FailureOr<Value> createPositions(NodeContext &node, ArrayRef<int64_t> shape, Type elementType) {
  auto count = [](auto values) { std::iota(values.begin(), values.end(), 0); };
  if (elementType.isInteger(32))
    return node.computeConstant<int32_t>(shape, elementType, count);
  return node.computeConstant<int64_t>(shape, elementType, count);
}

Value createBroadcast(NodeContext &node, Value value, ArrayRef<int64_t> shape) {
  RankedTensorType type = getTensorType(value);
  if (type.getShape() == shape)
    return value;
  if (type.getNumElements() == llvm::product_of(shape))
    return node.createReshape(value, shape);
  return node.create<qnn::BroadcastOp>(type.clone(shape), value);
}

Value createZeros(NodeContext &node, RankedTensorType type) {
  SmallVector<int64_t> ones(type.getRank(), 1);
  RankedTensorType one = type.clone(ones);
  std::string bytes(qnn::getTensorBytes(one), 0);
  return createBroadcast(node, node.createConstant(*makeConstant(one, std::move(bytes))),
                         type.getShape());
}

Value createSlice(NodeContext &node, Value value, ArrayRef<int64_t> offsets,
                  ArrayRef<int64_t> shape) {
  RankedTensorType type = getTensorType(value);
  if (type.getShape() == shape)
    return value;
  return node.create<qnn::SliceOp>(type.clone(shape), value, offsets,
                                   SmallVector<int64_t>(shape.size(), 1));
}

Value createSliceAlong(NodeContext &node, Value value, int64_t axis, int64_t first, int64_t count,
                       int64_t step) {
  RankedTensorType type = getTensorType(value);
  SmallVector<int64_t> shape(type.getShape()), offsets(shape.size(), 0), steps(shape.size(), 1);
  if (shape[axis] == count && step == 1)
    return value;
  shape[axis] = count;
  offsets[axis] = first;
  steps[axis] = step;
  return node.create<qnn::SliceOp>(type.clone(shape), value, offsets, steps);
}

Value createPad(NodeContext &node, Value value, ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  SmallVector<int64_t> shape(getTensorType(value).getShape()), offsets(shape.size(), 0);
  SmallVector<int64_t> before(low), after(high);
  for (size_t i = 0; i < shape.size(); ++i) {
    offsets[i] = std::max<int64_t>(-low[i], 0);
    shape[i] += std::min<int64_t>(low[i], 0) + std::min<int64_t>(high[i], 0);
    before[i] = std::max<int64_t>(low[i], 0);
    after[i] = std::max<int64_t>(high[i], 0);
  }
  value = createSlice(node, value, offsets, shape);
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] += before[i] + after[i];
  RankedTensorType type = getTensorType(value);
  if (type.getShape() == ArrayRef<int64_t>(shape))
    return value;
  return node.create<qnn::PadOp>(type.clone(shape), value, before, after, llvm::APFloat(0.0));
}

/// The distance between neighbours when it is the same everywhere.
static std::optional<int64_t> getStep(ArrayRef<int64_t> positions) {
  if (positions.size() < 2)
    return 1;
  int64_t step = positions[1] - positions[0];
  for (size_t i = 1; i < positions.size(); ++i)
    if (positions[i] - positions[i - 1] != step)
      return std::nullopt;
  return step;
}

Value createPicked(NodeContext &node, Value value, int64_t axis, ArrayRef<int64_t> positions) {
  RankedTensorType type = getTensorType(value);
  SmallVector<int64_t> shape(type.getShape());
  int64_t size = shape[axis];
  shape[axis] = positions.size();
  if (size == 1)
    return createBroadcast(node, value, shape);
  std::optional<int64_t> step = getStep(positions);
  if (step && *step != 0)
    return createSliceAlong(node, value, axis, positions.empty() ? 0 : positions.front(),
                            shape[axis], *step);
  bool isWide = size > std::numeric_limits<int32_t>::max();
  Type elementType = isWide ? node.builder.getI64Type() : node.builder.getI32Type();
  return createGather(node, value, axis,
                      createIntegers(node, {shape[axis]}, positions, elementType));
}

Value createGather(NodeContext &node, Value value, int64_t axis, Value indices) {
  RankedTensorType type = getTensorType(value);
  SmallVector<int64_t> shape(type.getShape().take_front(axis));
  llvm::append_range(shape, getTensorType(indices).getShape());
  llvm::append_range(shape, type.getShape().drop_front(axis + 1));
  return node.create<qnn::GatherOp>(type.clone(shape), value, indices, axis);
}

Value createGatherND(NodeContext &node, Value value, Value indices, int64_t batchDims) {
  RankedTensorType type = getTensorType(value), indexType = getTensorType(indices);
  SmallVector<int64_t> shape(indexType.getShape().drop_back());
  llvm::append_range(shape, type.getShape().drop_front(batchDims + indexType.getShape().back()));
  return node.create<qnn::GatherNDOp>(type.clone(shape), value, indices, batchDims);
}

LogicalResult requireIndices(NodeContext &node, unsigned i) {
  Type type = node.getElementType(i);
  if (type.isSignlessInteger(32) || type.isSignlessInteger(64))
    return success();
  return node.error("E2308", "the indices, " + node.describeInput(i) + ", have element type " +
                                 getDataTypeName(getDataType(type)) +
                                 "; they must be int32 or int64");
}

} // namespace qcc::import
