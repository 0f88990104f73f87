//===- FlexAttention.cpp - attention with graphs that change scores and weights
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/AttentionHeads.h"
#include "lib/Import/Operators/FloatMath.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

/// Element type of the tensors that the node's graphs take and give.
static FailureOr<Type> getGraphType(NodeContext &node) {
  MLIRContext *context = node.builder.getContext();
  bool isDouble = node.floatType && node.floatType.isF64();
  int64_t otherwise = isDouble ? onnx::TensorProto::DOUBLE : onnx::TensorProto::FLOAT;
  int64_t dataType = node.getInt("softmax_precision", otherwise);
  Type type = dataType < 0 || dataType > 64
                  ? Type()
                  : getElementType(context, static_cast<int32_t>(dataType));
  if (!type || !isa<FloatType>(type))
    return node.error("E2016", "attribute 'softmax_precision' must be a float type");
  return type;
}

/// Gives `scores` to the graph of an attribute, where the node has it.
static FailureOr<Value> applyGraph(NodeContext &node, StringRef name, Value scores) {
  if (!node.hasAttribute(name))
    return scores;
  auto type = getGraphType(node);
  if (failed(type))
    return failure();
  FloatMath math(node);
  auto outputs = node.importGraph(name, Tensor{nullptr, math.cast(scores, *type)});
  if (failed(outputs))
    return failure();
  auto wanted = cast<RankedTensorType>(scores.getType());
  if (outputs->size() != 1 || outputs->front().getType() != wanted.clone(*type))
    return node.error("E2010", "attribute " + quoted(name) +
                                   " must be a graph with one output, of its input's type");
  return math.cast(node.getValue(outputs->front()), wanted.getElementType());
}

LogicalResult importFlexAttention(NodeContext &node) {
  for (unsigned i = 0; i < 3; ++i)
    if (failed(node.requireFloat(i)) || failed(node.requireRank(i, 4, 4)))
      return failure();
  ArrayRef<int64_t> q = node.getShape(0), k = node.getShape(1), v = node.getShape(2);
  if (!areHeadsCompatible(q, k, v))
    return node.error("E2302", "cannot combine a query " + formatShape(q) + ", key " +
                                   formatShape(k) + " and value " + formatShape(v));
  float scale = node.getFloat("scale", 1 / std::sqrt(static_cast<float>(q[3])));
  if (!std::isfinite(scale) || scale < 0)
    return node.error("E2016", "attribute 'scale' must be finite and not negative");
  if (failed(node.makeType({q[0], q[1], q[2], k[2]}, node.builder.getF32Type())))
    return failure();
  Value scores = createScores(node, node.getValue(0), node.getValue(1), scale);
  auto changed = applyGraph(node, "score_mod", scores);
  if (failed(changed))
    return failure();
  auto weights =
      applyGraph(node, "prob_mod", node.create<qnn::SoftmaxOp>(scores.getType(), *changed, 3));
  if (failed(weights))
    return failure();
  return node.setResult(multiplyHeads(node, *weights, node.getValue(2)));
}

} // namespace qcc::import
