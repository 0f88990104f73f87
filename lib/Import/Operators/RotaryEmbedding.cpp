//===- RotaryEmbedding.cpp - positions as rotations
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/AttentionHeads.h"
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"

using namespace mlir;

namespace qcc::import {

namespace {

Value join(NodeContext &node, Value lhs, Value rhs, int64_t axis) {
  SmallVector<int64_t> shape(getTensorType(lhs).getShape());
  shape[axis] += getTensorType(rhs).getDimSize(axis);
  Value parts[] = {lhs, rhs};
  return node.create<qnn::ConcatOp>(getTensorType(lhs).clone(shape), ValueRange(parts), axis);
}

/// Cosines or sines as [batch, 1, steps, half]: those of the positions, or of every step.
FailureOr<Value> readTable(NodeContext &node, unsigned input, int64_t batch, int64_t steps,
                           int64_t half) {
  constexpr unsigned positions = 3;
  bool hasPositions = node.hasInput(positions);
  int64_t rank = hasPositions ? 2 : 3;
  if (failed(node.requireFloat(input)) || failed(node.requireRank(input, rank, rank)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(input);
  Value table = node.getValue(input);
  if (hasPositions) {
    Type element = node.getElementType(positions);
    if (!element.isInteger(64) && !element.isInteger(32))
      return node.error("E2308", node.describeInput(positions) + " must hold integers");
    if (node.getShape(positions) != ArrayRef<int64_t>({batch, steps}))
      return node.error("E2302", node.describeInput(positions) + " must have shape " +
                                     formatShape({batch, steps}));
    auto type = node.makeType({batch, steps, shape[1]}, node.builder.getF32Type());
    if (failed(type))
      return failure();
    table = node.create<qnn::GatherOp>(*type, table, node.getValue(positions), 0);
  }
  SmallVector<int64_t> wanted = {batch, steps, half};
  if (getTensorType(table).getShape() != ArrayRef<int64_t>(wanted))
    return node.error("E2302", node.describeInput(input) + " of shape " + formatShape(shape) +
                                   " does not give " + formatShape(wanted));
  return node.createReshape(table, {batch, 1, steps, half});
}

} // namespace

LogicalResult importRotaryEmbedding(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 3, 4)))
    return failure();
  auto input = splitHeads(node, 0, "num_heads");
  if (failed(input))
    return failure();
  auto type = getTensorType(*input);
  int64_t size = type.getDimSize(3), rotated = node.getInt("rotary_embedding_dim", 0);
  rotated = rotated == 0 ? size : rotated;
  if (rotated < 2 || rotated > size || rotated % 2 != 0)
    return node.error("E2016",
                      "attribute 'rotary_embedding_dim' must be even and at most " + Twine(size));
  int64_t half = rotated / 2;
  auto cosines = readTable(node, 1, type.getDimSize(0), type.getDimSize(2), half);
  if (failed(cosines))
    return failure();
  auto sines = readTable(node, 2, type.getDimSize(0), type.getDimSize(2), half);
  if (failed(sines))
    return failure();
  bool interleaved = node.getInt("interleaved", 0) != 0;
  Value x = createSliceAlong(node, *input, 3, 0, half, interleaved ? 2 : 1);
  Value y = createSliceAlong(node, *input, 3, interleaved ? 1 : half, half, interleaved ? 2 : 1);
  FloatMath math(node);
  Value real = math.sub(math.mul(*cosines, x), math.mul(*sines, y));
  Value imaginary = math.add(math.mul(*sines, x), math.mul(*cosines, y));
  SmallVector<int64_t> shape(type.getShape());
  shape[3] = half;
  if (interleaved) {
    shape.push_back(1);
    real = node.createReshape(real, shape);
    imaginary = node.createReshape(imaginary, shape);
    shape.pop_back();
  }
  Value result = join(node, real, imaginary, interleaved ? 4 : 3);
  shape[3] = rotated;
  result = node.createReshape(result, shape);
  if (rotated < size)
    result = join(node, result, createSliceAlong(node, *input, 3, rotated, size - rotated), 3);
  return node.setResult(node.getRank(0) == 3 ? joinHeads(node, result) : result);
}

} // namespace qcc::import
