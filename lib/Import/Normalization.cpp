//===- Normalization.cpp - BatchNormalization and Softmax
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeContext.h"

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

ArrayRef<Operator> getNormalizationOperators() {
  static const Operator rows[] = {
      {"", "BatchNormalization", 7, 5, 5, 5,
       "epsilon:float momentum:float spatial:int<9 training_mode:int>=14",
       importBatchNormalization},
      {"", "Softmax", 1, 1, 1, 1, "axis:int", importSoftmax},
  };
  return rows;
}

} // namespace qcc::import
