//===- Normalization.cpp - ONNX operators that scale by statistics or sums
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/FloatMath.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

/// With constant statistics it is one multiplication and one addition per channel.
static LogicalResult importBatchNormalization(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 2, mostDimensions)))
    return failure();
  if (node.getInt("training_mode", 0) != 0 || node.getInt("spatial", 1) != 1)
    return node.error("E2309", "is in training mode or not spatial, which qcc does not support");
  int64_t channels = node.getShape(0)[1];
  SmallVector<double> parameters[4]; // scale, shift, mean, variance
  for (unsigned i = 0; i < 4; ++i) {
    const Constant *constant = node.getConstant(1 + i);
    if (!constant)
      return node.error("E2307", node.describeInput(1 + i) +
                                     " must be known at compile time but is computed by the "
                                     "network");
    if (failed(node.requireFloat(1 + i)))
      return failure();
    if (constant->type.getShape() != ArrayRef<int64_t>({channels}))
      return node.error("E2302", node.describeInput(1 + i) + " of shape " +
                                     formatShape(constant->type.getShape()) + " must have " +
                                     Twine(channels) + " elements");
    parameters[i] = getNumbers(*constant);
  }
  double epsilon = node.getFloat("epsilon", 1e-5f);
  SmallVector<float> factors, addends;
  for (int64_t c = 0; c < channels; ++c) {
    double factor = parameters[0][c] / std::sqrt(parameters[3][c] + epsilon);
    factors.push_back(static_cast<float>(factor));
    addends.push_back(static_cast<float>(parameters[1][c] - parameters[2][c] * factor));
    if (!std::isfinite(factors.back()) || !std::isfinite(addends.back()))
      return node.error("E2016", "channel " + Twine(c) + " has a factor that is not finite");
  }
  SmallVector<int64_t> shape(node.getRank(0) - 1, 1);
  shape[0] = channels;
  RankedTensorType type = node.getType(0);
  Value scaled = node.create<qnn::MulOp>(type, node.getValue(0), node.createFloats(shape, factors));
  return node.setResult(node.create<qnn::AddOp>(type, scaled, node.createFloats(shape, addends)));
}

static LogicalResult importSoftmax(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  RankedTensorType type = node.getType(0);
  bool isFlattening = node.version < 13;
  auto axis = node.getAxis("axis", isFlattening ? 1 : -1, type.getRank());
  if (failed(axis))
    return failure();
  if (!isFlattening || *axis == type.getRank() - 1)
    return node.setResult(node.create<qnn::SoftmaxOp>(type, node.getValue(0), *axis));
  // Before version 13 all dimensions from the axis on are one.
  int64_t rows = llvm::product_of(type.getShape().take_front(*axis));
  Value flat = node.createReshape(node.getValue(0), {rows, type.getNumElements() / rows});
  Value result = node.create<qnn::SoftmaxOp>(flat.getType(), flat, 1);
  return node.setResult(node.createReshape(result, type.getShape()));
}

/// x - max - log(sum(exp(x - max)))
static LogicalResult importLogSoftmax(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  RankedTensorType type = node.getType(0);
  bool isFlattening = node.version < 13;
  auto axis = node.getAxis("axis", isFlattening ? 1 : -1, type.getRank());
  if (failed(axis))
    return failure();
  Value input = node.getValue(0);
  if (isFlattening) {
    int64_t rows = llvm::product_of(type.getShape().take_front(*axis));
    input = node.createReshape(input, {rows, type.getNumElements() / rows});
    axis = 1;
  }
  FloatMath math(node);
  Value shifted = math.sub(input, math.reduce(qnn::ReduceKind::Max, input, {*axis}));
  Value sum = math.reduce(qnn::ReduceKind::Sum, math.unary<qnn::ExpOp>(shifted), {*axis});
  Value result = math.sub(shifted, math.unary<qnn::LogOp>(sum));
  return node.setResult(node.createReshape(result, type.getShape()));
}

namespace {

struct Standardized {
  Value result, mean, deviation;
};

} // namespace

/// (x - mean) / sqrt(variance + epsilon) over `axes`.
static Standardized createStandardized(NodeContext &node, Value input, ArrayRef<int64_t> axes,
                                       float epsilon) {
  FloatMath math(node);
  Standardized made;
  made.mean = math.reduce(qnn::ReduceKind::Mean, input, axes);
  Value centered = math.sub(input, made.mean);
  Value variance = math.reduce(qnn::ReduceKind::Mean, math.mul(centered, centered), axes);
  made.deviation = math.unary<qnn::SqrtOp>(math.add(variance, math.scalar(epsilon)));
  made.result = math.div(centered, made.deviation);
  return made;
}

/// A finite epsilon that is not negative.
static FailureOr<float> readEpsilon(NodeContext &node) {
  float epsilon = node.getFloat("epsilon", 1e-5f);
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    return node.error("E2016", "attribute 'epsilon' must be finite and not negative");
  return epsilon;
}

static LogicalResult importLayerNormalization(NodeContext &node) {
  for (unsigned i = 0; i < 3; ++i)
    if (node.hasInput(i) && failed(node.requireFloat(i)))
      return failure();
  int64_t rank = node.getRank(0);
  auto axis = node.getAxis("axis", -1, rank);
  auto epsilon = readEpsilon(node);
  if (failed(axis) || failed(epsilon))
    return failure();
  for (unsigned i = 1; i < 3; ++i) {
    if (!node.hasInput(i))
      continue;
    auto shape = broadcastShapes(node.getShape(0), node.getShape(i));
    if (!shape || ArrayRef<int64_t>(*shape) != node.getShape(0))
      return node.error("E2301", node.describeInput(i) + " of shape " +
                                     formatShape(node.getShape(i)) + " cannot be broadcast to " +
                                     formatShape(node.getShape(0)));
  }
  FloatMath math(node);
  Standardized made = createStandardized(
      node, node.getValue(0), llvm::to_vector(llvm::seq<int64_t>(*axis, rank)), *epsilon);
  if (node.hasOutput(1))
    (void)node.setResult(made.mean, 1);
  if (node.hasOutput(2))
    (void)node.setResult(math.div(math.scalar(1), made.deviation), 2);
  Value result = math.mul(made.result, node.getValue(1));
  if (node.hasInput(2))
    result = math.add(result, node.getValue(2));
  return node.setResult(result);
}

/// Standardizes each of `groups` groups of channels. Scale and shift have one element for each
/// channel, or for each group before version 21.
static LogicalResult importGroups(NodeContext &node, int64_t groups) {
  for (unsigned i = 0; i < 3; ++i)
    if (failed(node.requireFloat(i)))
      return failure();
  if (failed(node.requireRank(0, 3, mostDimensions - 1)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t channels = shape[1];
  if (groups < 1 || channels % groups)
    return node.error("E2302", Twine(channels) + " channels cannot be divided into " +
                                   Twine(groups) + " groups");
  auto epsilon = readEpsilon(node);
  if (failed(epsilon))
    return failure();
  int64_t count = node.getType(1).getNumElements();
  for (unsigned i = 1; i < 3; ++i)
    if (node.getRank(i) != 1 || node.getShape(i)[0] != count ||
        (count != channels && count != groups))
      return node.error("E2302", node.describeInput(i) + " of shape " +
                                     formatShape(node.getShape(i)) +
                                     " must have one element for each channel");
  SmallVector<int64_t> grouped{shape[0], groups, channels / groups};
  llvm::append_range(grouped, shape.drop_front(2));
  Value result =
      createStandardized(node, node.createReshape(node.getValue(0), grouped),
                         llvm::to_vector(llvm::seq<int64_t>(2, grouped.size())), *epsilon)
          .result;
  // Parameters stand before the dimensions that they are the same for.
  SmallVector<int64_t> parameters(grouped.size() - 1, 1);
  parameters[0] = groups;
  parameters[1] = count == groups ? 1 : channels / groups;
  FloatMath math(node);
  result = math.mul(result, node.createReshape(node.getValue(1), parameters));
  result = math.add(result, node.createReshape(node.getValue(2), parameters));
  return node.setResult(node.createReshape(result, shape));
}

static LogicalResult importGroupNormalization(NodeContext &node) {
  return importGroups(node, node.getInt("num_groups", 0));
}

static LogicalResult importInstanceNormalization(NodeContext &node) {
  if (failed(node.requireRank(0, 3, mostDimensions - 1)))
    return failure();
  return importGroups(node, node.getShape(0)[1]);
}

ArrayRef<Operator> getNormalizationOperators() {
  static const Operator rows[] = {
      {"", "BatchNormalization", 7, 5, 5, 5,
       "epsilon:float momentum:float spatial:int<9 training_mode:int>=14",
       importBatchNormalization},
      {"", "GroupNormalization", 18, 3, 3, 1, "epsilon:float num_groups:int! stash_type:int>=21",
       importGroupNormalization},
      {"", "InstanceNormalization", 6, 3, 3, 1, "epsilon:float", importInstanceNormalization},
      {"", "LayerNormalization", 17, 2, 3, 3, "axis:int epsilon:float stash_type:int",
       importLayerNormalization},
      {"", "LogSoftmax", 1, 1, 1, 1, "axis:int", importLogSoftmax},
      {"", "Softmax", 1, 1, 1, 1, "axis:int", importSoftmax},
  };
  return rows;
}

} // namespace qcc::import
