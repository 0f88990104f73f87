//===- Normalization.cpp - ONNX operators that scale by statistics
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Operands.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

/// A finite epsilon that is not negative.
static FailureOr<float> readEpsilon(NodeContext &node, float otherwise = 1e-5f) {
  float epsilon = node.getFloat("epsilon", otherwise);
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    return node.error("E2016", "attribute 'epsilon' must be finite and not negative");
  return epsilon;
}

/// Scale, shift, mean and variance are known: one multiplication and one addition per channel.
static LogicalResult importConstantBatchNormalization(NodeContext &node, float epsilon) {
  int64_t channels = node.getShape(0)[1];
  SmallVector<double> parameters[4]; // scale, shift, mean, variance
  for (unsigned i = 0; i < 4; ++i) {
    auto numbers = readNumbers(node, *node.getConstant(1 + i));
    if (failed(numbers))
      return failure();
    parameters[i] = std::move(*numbers);
  }
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

/// (x - mean) / sqrt(variance + epsilon) * scale + shift. In training mode mean and variance are
/// those of the batch, and the given ones move towards them.
static LogicalResult importComputedBatchNormalization(NodeContext &node, float epsilon,
                                                      bool isTraining) {
  FloatMath math(node);
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> shape(rank - 1, 1);
  shape[0] = node.getShape(0)[1];
  Value parameters[4];
  for (unsigned i = 0; i < 4; ++i)
    parameters[i] = node.createReshape(node.getValue(1 + i), shape);
  auto [scale, shift, mean, variance] = parameters;
  Value input = node.getValue(0);
  if (isTraining) {
    SmallVector<int64_t> others{0};
    llvm::append_range(others, llvm::seq<int64_t>(2, rank));
    Value batchMean = math.reduce(qnn::ReduceKind::Mean, input, others);
    Value centered = math.sub(input, batchMean);
    Value batchVariance = math.reduce(qnn::ReduceKind::Mean, math.mul(centered, centered), others);
    float momentum = node.getFloat("momentum", 0.9f);
    auto move = [&](Value running, Value batch, unsigned output) {
      Value moved = math.add(math.mul(running, math.scalar(momentum)),
                             math.mul(batch, math.scalar(1.0f - momentum)));
      (void)node.setResult(node.createReshape(moved, {shape[0]}), output);
    };
    move(mean, node.createReshape(batchMean, shape), 1);
    move(variance, node.createReshape(batchVariance, shape), 2);
    mean = batchMean;
    variance = batchVariance;
  }
  Value deviation = math.unary<qnn::SqrtOp>(math.add(variance, math.scalar(epsilon)));
  Value result = math.div(math.sub(input, mean), deviation);
  return node.setResult(math.add(math.mul(result, scale), shift));
}

static LogicalResult importBatchNormalization(NodeContext &node) {
  if (failed(node.requireRank(0, 2, mostDimensions)))
    return failure();
  bool isTraining = node.getInt("training_mode", 0) != 0;
  bool isOldTraining =
      node.version < 7 ? node.getInt("is_test", 0) == 0 : node.version < 14 && node.hasOutput(1);
  if (node.getInt("spatial", 1) != 1 || isOldTraining)
    return node.error("E2309",
                      "is not spatial, or in training mode, which qcc does not support before "
                      "version 14");
  auto epsilon = readEpsilon(node);
  if (failed(epsilon))
    return failure();
  int64_t channels = node.getShape(0)[1];
  bool isKnown = !isTraining;
  for (unsigned i = 0; i < 5; ++i) {
    if (failed(node.requireFloat(i)))
      return failure();
    if (i > 0 && node.getShape(i) != ArrayRef<int64_t>({channels}))
      return node.error("E2302", node.describeInput(i) + " of shape " +
                                     formatShape(node.getShape(i)) + " must have " +
                                     Twine(channels) + " elements");
    isKnown &= i == 0 || node.getConstant(i);
  }
  return isKnown ? importConstantBatchNormalization(node, *epsilon)
                 : importComputedBatchNormalization(node, *epsilon, isTraining);
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

/// Input i must be broadcast to the shape of input 0.
static LogicalResult checkParameter(NodeContext &node, unsigned i) {
  auto shape = broadcastShapes(node.getShape(0), node.getShape(i));
  if (shape && ArrayRef<int64_t>(*shape) == node.getShape(0))
    return success();
  return node.error("E2301", node.describeInput(i) + " of shape " + formatShape(node.getShape(i)) +
                                 " cannot be broadcast to " + formatShape(node.getShape(0)));
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
  for (unsigned i = 1; i < 3; ++i)
    if (node.hasInput(i) && failed(checkParameter(node, i)))
      return failure();
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

/// x / sqrt(mean(x * x) + epsilon) * scale over the dimensions from `axis` on.
static LogicalResult importRMSNormalization(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)))
    return failure();
  int64_t rank = node.getRank(0);
  auto axis = node.getAxis("axis", -1, rank);
  auto epsilon = readEpsilon(node);
  if (failed(axis) || failed(epsilon) || failed(checkParameter(node, 1)))
    return failure();
  FloatMath math(node);
  Value input = node.getValue(0);
  Value square = math.reduce(qnn::ReduceKind::Mean, math.mul(input, input),
                             llvm::to_vector(llvm::seq<int64_t>(*axis, rank)));
  Value root = math.unary<qnn::SqrtOp>(math.add(square, math.scalar(*epsilon)));
  return node.setResult(math.mul(math.div(input, root), node.getValue(1)));
}

/// (x - mean) / (sqrt(variance) + 1e-9)
static LogicalResult importMeanVarianceNormalization(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  SmallVector<int64_t> given{0, 2, 3};
  if (node.hasAttribute("axes"))
    given = node.getInts("axes");
  auto axes = node.resolveAxes(given, node.getRank(0));
  if (failed(axes))
    return failure();
  FloatMath math(node);
  Value input = node.getValue(0);
  Value centered = math.sub(input, math.reduce(qnn::ReduceKind::Mean, input, *axes));
  Value variance = math.reduce(qnn::ReduceKind::Mean, math.mul(centered, centered), *axes);
  Value deviation = math.add(math.unary<qnn::SqrtOp>(variance), math.scalar(1e-9f));
  return node.setResult(math.div(centered, deviation));
}

/// x / norm along one dimension, and 0 where the norm is 0.
static LogicalResult importLpNormalization(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  auto axis = node.getAxis("axis", -1, node.getRank(0));
  int64_t order = node.getInt("p", 2);
  if (failed(axis))
    return failure();
  if (order != 1 && order != 2)
    return node.error("E2309", "p is " + Twine(order) + "; 1 and 2 are supported");
  FloatMath math(node);
  Value input = node.getValue(0);
  Value terms = order == 1 ? math.unary<qnn::AbsOp>(input) : math.mul(input, input);
  Value norm = math.reduce(qnn::ReduceKind::Sum, terms, {*axis});
  if (order == 2)
    norm = math.unary<qnn::SqrtOp>(norm);
  Value zero = math.scalar(0), quotient = math.div(input, norm);
  auto bools = cast<RankedTensorType>(norm.getType()).clone(node.builder.getI1Type());
  Value isZero = node.create<qnn::CompareOp>(bools, qnn::CompareKind::Equal, norm, zero);
  return node.setResult(node.create<qnn::SelectOp>(node.getType(0), isZero, zero, quotient));
}

/// x / (bias + alpha * average of the squares of `size` channels around) ^ beta
static LogicalResult importLRN(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 2, mostDimensions)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t size = node.getInt("size", 1);
  if (size < 1 || size > 1 << 20)
    return node.error("E2309", "size is " + Twine(size) + "; it must be positive");
  FloatMath math(node);
  Value input = node.getValue(0);
  // Channels as the rows of a map whose own channels are the positions.
  RankedTensorType rows =
      node.getType(0).clone({shape[0], shape[1], 1, llvm::product_of(shape.drop_front(2))});
  Value squares = node.createReshape(math.mul(input, input), rows.getShape());
  int64_t before = (size - 1) / 2, after = size - 1 - before;
  Value average = node.create<qnn::AveragePoolOp>(
      rows, squares, ArrayRef<int64_t>{size, 1}, ArrayRef<int64_t>{1, 1},
      ArrayRef<int64_t>{before, 0, after, 0}, /*count_include_pad=*/true);
  Value base = math.add(math.mul(average, math.scalar(node.getFloat("alpha", 1e-4f))),
                        math.scalar(node.getFloat("bias", 1.0f)));
  float beta = node.getFloat("beta", 0.75f);
  Value power;
  if (beta == 0.75f) {
    Value root = math.unary<qnn::SqrtOp>(base);
    power = math.mul(root, math.unary<qnn::SqrtOp>(root));
  } else {
    power = node.create<qnn::PowOp>(rows, base, math.scalar(beta));
  }
  return node.setResult(math.div(input, node.createReshape(power, shape)));
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
      {"", "BatchNormalization", 1, 5, 5, 5,
       "epsilon:float is_test:int<7 momentum:float spatial:int<9 training_mode:int>=14",
       importBatchNormalization},
      {"", "GroupNormalization", 18, 3, 3, 1, "epsilon:float num_groups:int! stash_type:int>=21",
       importGroupNormalization},
      {"", "InstanceNormalization", 6, 3, 3, 1, "epsilon:float", importInstanceNormalization},
      {"", "LRN", 1, 1, 1, 1, "alpha:float beta:float bias:float size:int!", importLRN},
      // ONNX Runtime writes this and SimplifiedLayerNormalization in every operator set.
      {"", "LayerNormalization", 1, 2, 3, 3, "axis:int epsilon:float stash_type:int",
       importLayerNormalization},
      {"", "LpNormalization", 1, 1, 1, 1, "axis:int p:int", importLpNormalization},
      {"", "MeanVarianceNormalization", 9, 1, 1, 1, "axes:ints", importMeanVarianceNormalization},
      {"", "RMSNormalization", 23, 2, 2, 1, "axis:int epsilon:float stash_type:int",
       importRMSNormalization},
      {"", "SimplifiedLayerNormalization", 1, 2, 2, 1, "axis:int epsilon:float stash_type:int",
       importRMSNormalization},
  };
  return rows;
}

} // namespace qcc::import
