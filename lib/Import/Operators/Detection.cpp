//===- Detection.cpp - ONNX operators after the convolutions of detectors ---===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"

using namespace mlir;

namespace qcc::import {

/// The one number of an optional input that must be known.
template <typename T> static FailureOr<std::optional<T>> readNumber(NodeContext &node, unsigned i) {
  if (!node.hasInput(i))
    return std::optional<T>();
  const Constant *constant = node.getConstant(i);
  if (!constant)
    return node.error("E2307", node.describeInput(i) + " " + node.whyUnknown(i));
  if (constant->getNumElements() != 1)
    return node.error("E2308", node.describeInput(i) + " must be one number");
  if constexpr (std::is_integral_v<T>) {
    auto integers = node.requireIntegers(i, "the number of boxes");
    if (failed(integers))
      return failure();
    return std::optional<T>(integers->front());
  } else {
    if (failed(node.requireFloat(i)))
      return failure();
    return std::optional<T>(static_cast<T>(getNumbers(*constant).front()));
  }
}

/// The rows [image, class, box] of the chosen boxes, then rows of -1 up to the number that is
/// always enough: shapes are static.
static LogicalResult importNonMaxSuppression(NodeContext &node) {
  for (unsigned i : {0, 1})
    if (failed(node.requireRank(i, 3, 3)) || failed(node.requireFloat(i)))
      return failure();
  ArrayRef<int64_t> boxes = node.getShape(0), scores = node.getShape(1);
  if (boxes[2] != 4 || scores[0] != boxes[0] || scores[2] != boxes[1])
    return node.error("E2302", "boxes of shape " + formatShape(boxes) + " and scores of shape " +
                                   formatShape(scores) + " do not fit each other");
  auto most = readNumber<int64_t>(node, 2);
  auto overlap = readNumber<float>(node, 3), least = readNumber<float>(node, 4);
  if (failed(most) || failed(overlap) || failed(least))
    return failure();
  int64_t wanted = std::clamp<int64_t>(most->value_or(0), 0, boxes[1]);
  auto type = node.makeType({scores[0], scores[1], wanted}, node.builder.getI64Type());
  if (failed(type) || failed(node.makeType({type->getNumElements(), 3}, type->getElementType())))
    return failure();
  int64_t count = type->getNumElements();
  if (count == 0)
    return node.setResult(makeConstant(RankedTensorType::get({0, 3}, type->getElementType()), ""));
  FloatAttr leastScore = *least ? node.builder.getF32FloatAttr(**least) : FloatAttr();
  Value chosen = node.create<qnn::SuppressOp>(
      *type, node.getValue(0), node.getValue(1), node.builder.getF32FloatAttr(overlap->value_or(0)),
      leastScore, node.builder.getBoolAttr(node.getInt("center_point_box", 0) != 0));
  chosen = node.createReshape(chosen, {count, 1});

  // Image and class follow from the place in the list.
  auto places = node.computeConstant<int64_t>({count, 2}, type->getElementType(),
                                              [&](MutableArrayRef<int64_t> values) {
                                                for (int64_t i = 0; i < count; ++i) {
                                                  values[2 * i] = i / wanted / scores[1];
                                                  values[2 * i + 1] = i / wanted % scores[1];
                                                }
                                              });
  if (failed(places))
    return failure();
  Value rows = node.create<qnn::ConcatOp>(type->clone({count, 3}), ValueRange{*places, chosen}, 1);

  // A chosen box moves up by the places before it that hold none; the others move out of the list.
  FloatMath math(node);
  Value isChosen = math.compare(qnn::CompareKind::LessOrEqual, math.like(chosen, 0), chosen);
  Value order = node.create<qnn::CumulativeOp>(type->clone({count, 1}),
                                               math.cast(isChosen, type->getElementType()),
                                               qnn::CumulativeKind::Sum, 0, /*exclusive=*/true,
                                               /*reverse=*/false);
  Value row = math.select(isChosen, order, math.like(order, count));
  Value empty = createBroadcast(node, math.like(order, -1), {count + 1, 3});
  Value moved = node.create<qnn::ScatterNDOp>(cast<RankedTensorType>(empty.getType()),
                                              qnn::ScatterKind::Assign, empty, row, rows);
  return node.setResult(createSlice(node, moved, {0, 0}, {count, 3}));
}

ArrayRef<Operator> getDetectionOperators() {
  static const Operator rows[] = {
      {"", "NonMaxSuppression", 10, 2, 5, 1, "center_point_box:int", importNonMaxSuppression},
  };
  return rows;
}

} // namespace qcc::import
