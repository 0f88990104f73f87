//===- Softmax.cpp - ONNX operators that make probabilities, and losses of them
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"

using namespace mlir;

namespace qcc::import {

/// x - max - log(sum(exp(x - max)))
static Value createLogSoftmax(NodeContext &node, Value input, int64_t axis) {
  FloatMath math(node);
  Value shifted = math.sub(input, math.reduce(qnn::ReduceKind::Max, input, {axis}));
  Value sum = math.reduce(qnn::ReduceKind::Sum, math.unary<qnn::ExpOp>(shifted), {axis});
  return math.sub(shifted, math.unary<qnn::LogOp>(sum));
}

/// A function along one dimension that keeps the shape.
static LogicalResult importAlongAxis(NodeContext &node,
                                     llvm::function_ref<Value(Value, int64_t)> compute) {
  if (failed(node.requireFloat(0)))
    return failure();
  RankedTensorType type = node.getType(0);
  bool isFlattening = node.version < 13;
  auto axis = node.getAxis("axis", isFlattening ? 1 : -1, type.getRank());
  if (failed(axis))
    return failure();
  Value input = node.getValue(0);
  // Before version 13 all dimensions from the axis on are one.
  if (isFlattening && *axis != type.getRank() - 1) {
    int64_t rows = llvm::product_of(type.getShape().take_front(*axis)),
            columns = llvm::product_of(type.getShape().drop_front(*axis));
    input = node.createReshape(input, {rows, columns});
    axis = 1;
  }
  return node.setResult(node.createReshape(compute(input, *axis), type.getShape()));
}

static LogicalResult importSoftmax(NodeContext &node) {
  return importAlongAxis(node, [&](Value input, int64_t axis) -> Value {
    return node.create<qnn::SoftmaxOp>(input.getType(), input, axis);
  });
}

static LogicalResult importLogSoftmax(NodeContext &node) {
  return importAlongAxis(
      node, [&](Value input, int64_t axis) { return createLogSoftmax(node, input, axis); });
}

//===- Losses -----------------------------------------------------------------//

/// Labels of `shape` must be the scores' shape without the channels.
static LogicalResult checkLossInputs(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 2, mostDimensions)) ||
      (node.hasInput(2) && failed(node.requireFloat(2))))
    return failure();
  SmallVector<int64_t> labels(node.getShape(0));
  int64_t channels = labels[1];
  labels.erase(labels.begin() + 1);
  if (node.getShape(1) != ArrayRef<int64_t>(labels))
    return node.error("E2302", node.describeInput(1) + " of shape " +
                                   formatShape(node.getShape(1)) + " must have the shape " +
                                   formatShape(labels));
  if (!node.getElementType(1).isSignlessInteger(32) &&
      !node.getElementType(1).isSignlessInteger(64))
    return node.error("E2308", node.describeInput(1) + " must hold int32 or int64 labels");
  if (node.hasInput(2) && node.getShape(2) != ArrayRef<int64_t>({channels}))
    return node.error("E2302", node.describeInput(2) + " of shape " +
                                   formatShape(node.getShape(2)) + " must have " + Twine(channels) +
                                   " elements");
  return success();
}

/// The negative of each sample's element of `logProbabilities` that its label chooses, weighted and
/// reduced as the attributes say. Checked by checkLossInputs.
static FailureOr<Value> createLoss(NodeContext &node, Value logProbabilities) {
  StringRef reduction = node.getString("reduction", "mean");
  if (reduction != "mean" && reduction != "sum" && reduction != "none")
    return node.error("E2309", "reduction " + quoted(reduction) + " is not known");
  FloatMath math(node);
  Value labels = node.getValue(1);
  RankedTensorType type = node.getType(1);
  auto floats = type.clone(node.builder.getF32Type());
  auto createNumber = [&](int64_t number) {
    return node.createConstant(
        *makeFromIntegers(RankedTensorType::get({}, type.getElementType()), {number}));
  };

  // Samples with this label count for nothing; any other label serves to read them.
  Value isIgnored;
  if (node.hasAttribute("ignore_index")) {
    isIgnored =
        node.create<qnn::CompareOp>(type.clone(node.builder.getI1Type()), qnn::CompareKind::Equal,
                                    labels, createNumber(node.getInt("ignore_index", 0)));
    labels = node.create<qnn::SelectOp>(type, isIgnored, createNumber(0), labels);
  }
  SmallVector<int64_t> column(node.getShape(0));
  column[1] = 1;
  Value chosen = node.create<qnn::GatherElementsOp>(floats.clone(column), logProbabilities,
                                                    node.createReshape(labels, column), 1);
  Value loss = math.unary<qnn::NegOp>(node.createReshape(chosen, type.getShape()));

  Value weights;
  if (node.hasInput(2))
    weights = node.create<qnn::GatherOp>(floats, node.getValue(2), labels, 0);
  if (isIgnored)
    weights = node.create<qnn::SelectOp>(floats, isIgnored, math.scalar(0),
                                         weights ? weights : math.scalar(1));
  if (weights)
    loss = math.mul(loss, weights);
  if (reduction == "none")
    return loss;
  auto all = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  bool isMean = reduction == "mean";
  auto kind = isMean && !weights ? qnn::ReduceKind::Mean : qnn::ReduceKind::Sum;
  loss = math.reduce(kind, loss, all);
  if (isMean && weights)
    loss = math.div(loss, math.reduce(qnn::ReduceKind::Sum, weights, all));
  return node.createReshape(loss, {});
}

static LogicalResult importNegativeLogLikelihoodLoss(NodeContext &node) {
  if (failed(checkLossInputs(node)))
    return failure();
  auto loss = createLoss(node, node.getValue(0));
  return failed(loss) ? failure() : node.setResult(*loss);
}

static LogicalResult importSoftmaxCrossEntropyLoss(NodeContext &node) {
  if (failed(checkLossInputs(node)))
    return failure();
  Value logProbabilities = createLogSoftmax(node, node.getValue(0), 1);
  auto loss = createLoss(node, logProbabilities);
  if (failed(loss))
    return failure();
  (void)node.setResult(logProbabilities, 1);
  return node.setResult(*loss);
}

ArrayRef<Operator> getSoftmaxOperators() {
  static const Operator rows[] = {
      {"", "LogSoftmax", 1, 1, 1, 1, "axis:int", importLogSoftmax},
      {"", "NegativeLogLikelihoodLoss", 12, 2, 3, 1, "ignore_index:int reduction:string",
       importNegativeLogLikelihoodLoss},
      {"", "Softmax", 1, 1, 1, 1, "axis:int", importSoftmax},
      {"", "SoftmaxCrossEntropyLoss", 12, 2, 3, 2, "ignore_index:int reduction:string",
       importSoftmaxCrossEntropyLoss},
  };
  return rows;
}

} // namespace qcc::import
