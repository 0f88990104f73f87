//===- QLinear.cpp - operators on codes with scales as inputs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Pooling.h"
#include "lib/Import/QuantizationParameters.h"

using namespace mlir;

namespace qcc::import {

/// Fails unless all element types are 8 bits wide.
static LogicalResult requireBytes(NodeContext &node, ArrayRef<Type> types) {
  for (Type type : types)
    if (type.getIntOrFloatBitWidth() != 8)
      return node.error("E2308", "takes and gives 8-bit codes only");
  return success();
}

static LogicalResult importQLinearMatMul(NodeContext &node) {
  SmallVector<int64_t> lhs(node.getShape(0)), rhs(node.getShape(3));
  if (lhs.size() < 2 || rhs.size() != 2)
    return node.error("E2302", "multiplies " + formatShape(lhs) + " by " + formatShape(rhs) +
                                   "; qcc supports a right side of rank 2 and a left side of "
                                   "rank 2 or more");
  if (lhs.back() != rhs[0])
    return node.error("E2302", "cannot multiply " + formatShape(lhs) + " by " + formatShape(rhs));
  bool isLinear = isConstantExpression(node.getValue(3));
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto weights = readQuantization(node, 4, 5, getCodeType(node, 3), isLinear ? rhs[1] : 1);
  auto result = readQuantization(node, 6, 7, 0, 1);
  if (failed(input) || failed(weights) || failed(result) ||
      failed(requireBytes(node, {input->storage, weights->storage, result->storage})))
    return failure();
  SmallVector<int64_t> shape(lhs);
  shape.back() = rhs[1];
  auto type = node.makeType(shape, getQuantizedType(*result));
  if (failed(type))
    return failure();
  Value codes = createQuantizedView(node, node.getValue(0), *input);
  if (!isLinear) {
    Value right = createQuantizedView(node, node.getValue(3), *weights);
    Value product = node.create<qnn::MatMulOp>(*type, codes, right);
    return node.setResult(createStorageView(node, product));
  }
  auto [scale, zeroPoint] = createParameters(node, *weights);
  Value kernel = node.createTranspose(node.getValue(3), {1, 0});
  Value product = node.create<qnn::LinearOp>(*type, codes, kernel, Value(), scale, zeroPoint);
  return node.setResult(createStorageView(node, product));
}

/// A, a_scale, a_zero_point, B, b_scale, b_zero_point, c_scale, c_zero_point.
template <typename Op> static LogicalResult importQLinearBinary(NodeContext &node) {
  auto lhs = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto rhs = readQuantization(node, 4, 5, getCodeType(node, 3), 1);
  auto result = readQuantization(node, 6, 7, getCodeType(node, 0), 1);
  if (failed(lhs) || failed(rhs) || failed(result) ||
      failed(requireBytes(node, {lhs->storage, rhs->storage, result->storage})))
    return failure();
  auto shape = broadcastShapes(node.getShape(0), node.getShape(3));
  if (!shape)
    return node.error("E2301", "inputs of shapes " + formatShape(node.getShape(0)) + " and " +
                                   formatShape(node.getShape(3)) + " cannot be broadcast together");
  auto type = node.makeType(*shape, getQuantizedType(*result));
  if (failed(type))
    return failure();
  Value left = createQuantizedView(node, node.getValue(0), *lhs);
  Value right = createQuantizedView(node, node.getValue(3), *rhs);
  return node.setResult(createStorageView(node, node.create<Op>(*type, left, right)));
}

/// X, x_scale, x_zero_point, y_scale, y_zero_point.
static LogicalResult importQLinearSigmoid(NodeContext &node) {
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto result = readQuantization(node, 3, 4, getCodeType(node, 0), 1);
  if (failed(input) || failed(result) ||
      failed(requireBytes(node, {input->storage, result->storage})))
    return failure();
  auto type = node.makeType(node.getShape(0), getQuantizedType(*result));
  if (failed(type))
    return failure();
  Value codes = createQuantizedView(node, node.getValue(0), *input);
  return node.setResult(createStorageView(node, node.create<qnn::SigmoidOp>(*type, codes)));
}

static LogicalResult importQLinearGlobalAveragePool(NodeContext &node) {
  if (failed(node.requireRank(0, 3, 4)))
    return failure();
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto result = readQuantization(node, 3, 4, getCodeType(node, 0), 1);
  if (failed(input) || failed(result) ||
      failed(requireBytes(node, {input->storage, result->storage})))
    return failure();
  if (node.getInt("channels_last", 0) != 0)
    return node.error("E2309", "has its channels last, which qcc does not support");
  Value codes = createQuantizedView(node, node.getValue(0), *input);
  Value pooled = createAveragePool(node, toChannelsLast(node, codes), getWholeMap(node.getShape(0)),
                                   getQuantizedType(*result),
                                   /*countIncludesPads=*/false);
  return node.setResult(createStorageView(node, toChannelsFirst(node, pooled, node.getRank(0))));
}

ArrayRef<Operator> getQLinearOperators() {
  static const Operator rows[] = {
      {"", "QLinearMatMul", 10, 8, 8, 1, "", importQLinearMatMul},
      {"com.microsoft", "QLinearAdd", 1, 7, 8, 1, "", importQLinearBinary<qnn::AddOp>},
      {"com.microsoft", "QLinearGlobalAveragePool", 1, 5, 5, 1, "channels_last:int",
       importQLinearGlobalAveragePool},
      {"com.microsoft", "QLinearMul", 1, 7, 8, 1, "", importQLinearBinary<qnn::MulOp>},
      {"com.microsoft", "QLinearSigmoid", 1, 4, 5, 1, "", importQLinearSigmoid},
  };
  return rows;
}

} // namespace qcc::import
