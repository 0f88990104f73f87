//===- Ordering.cpp - ONNX operators that rank elements or run along a dimension
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"

using namespace mlir;

namespace qcc::import {

/// Fails where elements have no order.
static LogicalResult requireNumbers(NodeContext &node) {
  if (!node.getElementType(0).isInteger(1))
    return success();
  return node.error("E2308", node.describeInput(0) + " must hold numbers, not bool");
}

template <qnn::ArgReduceKind kind> static LogicalResult importArgReduce(NodeContext &node) {
  auto axis = node.getAxis("axis", 0, node.getRank(0));
  if (failed(axis) || failed(requireNumbers(node)))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  shape[*axis] = 1;
  auto type = RankedTensorType::get(shape, node.builder.getI64Type());
  Value result = node.create<qnn::ArgReduceOp>(type, node.getValue(0), kind, *axis,
                                               node.getInt("select_last_index", 0) != 0);
  if (node.getInt("keepdims", 1) == 0)
    shape.erase(shape.begin() + *axis);
  return node.setResult(node.createReshape(result, shape));
}

static LogicalResult importTopK(NodeContext &node) {
  auto axis = node.getAxis("axis", -1, node.getRank(0));
  if (failed(axis) || failed(requireNumbers(node)))
    return failure();
  SmallVector<int64_t> count = {node.getInt("k", 0)};
  if (node.version >= 10) {
    if (!node.hasInput(1))
      return node.error("E2011", "lacks k");
    auto given = node.requireIntegers(1, "k");
    if (failed(given))
      return failure();
    count = *given;
  }
  SmallVector<int64_t> shape(node.getShape(0));
  if (count.size() != 1 || count[0] < 0 || count[0] > shape[*axis])
    return node.error("E2306", "k " + formatShape(count) + " is not between 0 and the size " +
                                   Twine(shape[*axis]) + " of axis " + Twine(*axis));
  shape[*axis] = count[0];
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  auto kind = node.getInt("largest", 1) != 0 ? qnn::ArgReduceKind::Max : qnn::ArgReduceKind::Min;
  Value indices = node.create<qnn::TopKOp>(type->clone(Type(node.builder.getI64Type())),
                                           node.getValue(0), kind, *axis);
  if (node.hasOutput(0) && failed(node.setResult(node.create<qnn::GatherElementsOp>(
                               *type, node.getValue(0), indices, *axis))))
    return failure();
  return node.setResult(indices, 1);
}

template <qnn::CumulativeKind kind> static LogicalResult importCumulative(NodeContext &node) {
  auto given = node.requireIntegers(1, "the axis");
  if (failed(given) || failed(requireNumbers(node)))
    return failure();
  if (given->size() != 1)
    return node.error("E2306", "must have one axis");
  auto axis = node.resolveAxis(given->front(), node.getRank(0));
  if (failed(axis))
    return failure();
  return node.setResult(node.create<qnn::CumulativeOp>(node.getType(0), node.getValue(0), kind,
                                                       *axis, node.getInt("exclusive", 0) != 0,
                                                       node.getInt("reverse", 0) != 0));
}

/// `value`, i64, compared with 0, 1, ... along a dimension, where it has size 1.
static FailureOr<Value> createPositionTest(NodeContext &node, Value value, int64_t axis,
                                           int64_t size) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape()), line(type.getRank(), 1);
  shape[axis] = line[axis] = size;
  auto positions = createPositions(node, line, type.getElementType());
  if (failed(positions))
    return failure();
  return node.create<qnn::CompareOp>(RankedTensorType::get(shape, node.builder.getI1Type()),
                                     qnn::CompareKind::Equal, value, *positions);
}

/// 1 at the first largest element of each row, else 0. Before version 13 a row is everything from
/// the axis on.
static LogicalResult importHardmax(NodeContext &node) {
  int64_t rank = node.getRank(0);
  auto axis = node.getAxis("axis", node.version < 13 ? 1 : -1, rank);
  if (failed(axis) || failed(node.requireFloat(0)))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  int64_t along = *axis;
  if (node.version < 13) {
    ArrayRef<int64_t> given = node.getShape(0);
    shape = {llvm::product_of(given.take_front(along)), llvm::product_of(given.drop_front(along))};
    along = 1;
  }
  Value input = node.createReshape(node.getValue(0), shape);
  SmallVector<int64_t> reduced(shape);
  reduced[along] = 1;
  Value best =
      node.create<qnn::ArgReduceOp>(RankedTensorType::get(reduced, node.builder.getI64Type()),
                                    input, qnn::ArgReduceKind::Max, along, false);
  auto isBest = createPositionTest(node, best, along, shape[along]);
  if (failed(isBest))
    return failure();
  FloatMath math(node);
  Value result = node.create<qnn::SelectOp>(node.getType(0).clone(shape), *isBest, math.scalar(1),
                                            math.scalar(0));
  return node.setResult(node.createReshape(result, node.getShape(0)));
}

/// values[1] where the new dimension's position is the index, else values[0].
static LogicalResult importOneHot(NodeContext &node) {
  const Constant *depthConstant = node.getConstant(1);
  if (!depthConstant)
    return node.error("E2307", "the depth, " + node.describeInput(1) + ", " + node.whyUnknown(1));
  if (depthConstant->getNumElements() != 1 || node.getShape(2) != ArrayRef<int64_t>({2}))
    return node.error("E2301", "needs one depth and two values");
  double number = getNumbers(*depthConstant).front();
  if (!(number >= 1 && number <= 1 << 24))
    return node.error("E2306", "has a depth that is not between 1 and 16777216");
  int64_t depth = static_cast<int64_t>(number), rank = node.getRank(0);
  auto axis = node.getAxis("axis", -1, rank + 1);
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  shape.insert(shape.begin() + *axis, depth);
  auto type = node.makeType(shape, node.getElementType(2));
  if (failed(type))
    return failure();

  Type i64 = node.builder.getI64Type();
  SmallVector<int64_t> indexShape(shape);
  indexShape[*axis] = 1;
  Value indices = node.createReshape(node.getValue(0), indexShape);
  auto indexType = cast<RankedTensorType>(indices.getType());
  if (indexType.getElementType() != i64)
    indices = node.create<qnn::CastOp>(indexType.clone(i64), indices);
  // A negative index counts from the end; what is outside then meets no position.
  FloatMath math(node);
  auto integer = [&](int64_t value) { return createIntegers(node, {}, {value}, i64); };
  Value isNegative = node.create<qnn::CompareOp>(indexType.clone(Type(node.builder.getI1Type())),
                                                 qnn::CompareKind::Less, indices, integer(0));
  indices = node.create<qnn::SelectOp>(indices.getType(), isNegative,
                                       math.add(indices, integer(depth)), indices);
  auto isHot = createPositionTest(node, indices, *axis, depth);
  if (failed(isHot))
    return failure();
  auto valueAt = [&](int64_t position) {
    return node.createReshape(createSlice(node, node.getValue(2), {position}, {1}), {});
  };
  Value on = valueAt(1), off = valueAt(0);
  return node.setResult(node.create<qnn::SelectOp>(*type, *isHot, on, off));
}

ArrayRef<Operator> getOrderingOperators() {
  static const Operator rows[] = {
      {"", "ArgMax", 1, 1, 1, 1, "axis:int keepdims:int select_last_index:int>=12",
       importArgReduce<qnn::ArgReduceKind::Max>, FloatTypes::Double},
      {"", "ArgMin", 1, 1, 1, 1, "axis:int keepdims:int select_last_index:int>=12",
       importArgReduce<qnn::ArgReduceKind::Min>, FloatTypes::Double},
      {"", "CumProd", 26, 2, 2, 1, "exclusive:int reverse:int",
       importCumulative<qnn::CumulativeKind::Product>, FloatTypes::Double},
      {"", "CumSum", 11, 2, 2, 1, "exclusive:int reverse:int",
       importCumulative<qnn::CumulativeKind::Sum>, FloatTypes::Double},
      {"", "Hardmax", 1, 1, 1, 1, "axis:int", importHardmax},
      {"", "OneHot", 9, 3, 3, 1, "axis:int", importOneHot, FloatTypes::Double},
      {"", "TopK", 1, 1, 2, 2, "axis:int k:int<10 largest:int>=11 sorted:int>=11", importTopK,
       FloatTypes::Double},
  };
  return rows;
}

} // namespace qcc::import
