//===- QLinear.cpp - operators on codes with scales as inputs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/IntegerProducts.h"
#include "lib/Import/MatrixShapes.h"
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
  // One scale for each row has no quantized type; nor has one that the network computes.
  bool isPerTensor = node.getType(1).getNumElements() == 1 && node.getType(6).getNumElements() == 1;
  if (!isPerTensor || !areConstant(node, {1, 2, 4, 5, 6, 7}))
    return importQLinearMatMulWithComputedScales(node);
  auto shapes = readMatrixShapes(node, node.getShape(0), node.getShape(3));
  if (failed(shapes))
    return failure();
  Value left = node.createReshape(node.getValue(0), shapes->lhs);
  Value right = node.createReshape(node.getValue(3), shapes->rhs);
  bool isLinear = shapes->rhs.size() == 2 && isConstantExpression(right);
  if (!isLinear && node.getType(4).getNumElements() != 1)
    return importQLinearMatMulWithComputedScales(node);
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto weights =
      readQuantization(node, 4, 5, getCodeType(node, 3), isLinear ? shapes->getColumns() : 1);
  auto result = readQuantization(node, 6, 7, 0, 1);
  if (failed(input) || failed(weights) || failed(result) ||
      failed(requireBytes(node, {input->storage, weights->storage, result->storage})))
    return failure();
  auto type = RankedTensorType::get(shapes->product, getQuantizedType(*result));
  Value codes = createQuantizedView(node, left, *input), product;
  if (isLinear) {
    auto [scale, zeroPoint] = createParameters(node, *weights);
    Value kernel = node.createTranspose(right, {1, 0});
    product = node.create<qnn::LinearOp>(type, codes, kernel, Value(), scale, zeroPoint);
  } else {
    product = node.create<qnn::MatMulOp>(type, codes, createQuantizedView(node, right, *weights));
  }
  return node.setResult(node.createReshape(createStorageView(node, product), shapes->result));
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

/// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point. Without the last
/// two the result is float, which dequantizes the int32 sum.
static LogicalResult importQGemm(NodeContext &node) {
  if (failed(node.requireRank(0, 2, 2)) || failed(node.requireRank(3, 2, 2)))
    return failure();
  if (node.getFloat("alpha", 1) != 1 || node.getInt("transA", 0) != 0 || !node.hasInput(7))
    return node.error("E2309", "has alpha, transA or a float result, which qcc does not support");
  if (!isConstantExpression(node.getValue(3)))
    return node.error("E2307", node.describeInput(3) +
                                   " must be known at compile time but is computed by the network");
  bool isTransposed = node.getInt("transB", 0) != 0;
  ArrayRef<int64_t> lhs = node.getShape(0), rhs = node.getShape(3);
  int64_t depth = rhs[isTransposed], columns = rhs[!isTransposed];
  if (lhs[1] != depth)
    return node.error("E2302", "cannot multiply " + formatShape(lhs) + " by " + formatShape(rhs) +
                                   " with transB=" + Twine(isTransposed));
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto weights = readQuantization(node, 4, 5, getCodeType(node, 3), columns);
  auto result = readQuantization(node, 7, 8, 0, 1);
  if (failed(input) || failed(weights) || failed(result) ||
      failed(requireBytes(node, {input->storage, weights->storage, result->storage})))
    return failure();
  if (node.hasInput(6) &&
      (!node.getElementType(6).isInteger(32) || node.getType(6).getNumElements() != columns))
    return node.error("E2302", "the bias, " + node.describeInput(6) + ", must hold " +
                                   Twine(columns) + " int32 numbers");
  auto type = node.makeType({lhs[0], columns}, getQuantizedType(*result));
  if (failed(type))
    return failure();
  Value codes = createQuantizedView(node, node.getValue(0), *input), bias;
  Value kernel = isTransposed ? node.getValue(3) : node.createTranspose(node.getValue(3), {1, 0});
  if (node.hasInput(6))
    bias = node.createReshape(node.getValue(6), {columns});
  auto [scale, zeroPoint] = createParameters(node, *weights);
  Value product = node.create<qnn::LinearOp>(*type, codes, kernel, bias, scale, zeroPoint);
  return node.setResult(createStorageView(node, product));
}

/// y_scale, y_zero_point, then input, scale and zero point of each part. The parts meet as reals.
static LogicalResult importQLinearConcat(NodeContext &node) {
  if (node.getNumInputs() % 3 != 2)
    return node.error("E2010", "has " + Twine(node.getNumInputs()) +
                                   " inputs; the operator takes two and then three for each part");
  auto result = readQuantization(node, 0, 1, 0, 1);
  if (failed(result) || failed(requireBytes(node, {result->storage})))
    return failure();
  int64_t rank = node.getRank(2);
  auto axis = node.getAxis("axis", 0, rank);
  if (failed(axis))
    return failure();
  SmallVector<Value> parts;
  SmallVector<int64_t> shape(node.getShape(2));
  shape[*axis] = 0;
  for (unsigned i = 2; i < node.getNumInputs(); i += 3) {
    auto part = readQuantization(node, i + 1, i + 2, getCodeType(node, i), 1);
    if (failed(part) || failed(requireBytes(node, {part->storage})))
      return failure();
    RankedTensorType type = node.getType(i);
    bool fits = type.getRank() == rank;
    for (int64_t d = 0; fits && d < rank; ++d)
      fits = d == *axis || type.getDimSize(d) == shape[d];
    if (!fits)
      return node.error("E2301", node.describeInput(i) + " of shape " +
                                     formatShape(type.getShape()) +
                                     " cannot be joined with the first on axis " + Twine(*axis));
    shape[*axis] += type.getDimSize(*axis);
    Value codes = createQuantizedView(node, node.getValue(i), *part);
    parts.push_back(node.create<qnn::DequantizeOp>(type.clone(node.builder.getF32Type()), codes));
  }
  auto type = node.makeType(shape, node.builder.getF32Type());
  if (failed(type))
    return failure();
  Value joined = node.create<qnn::ConcatOp>(*type, parts, *axis);
  Value quantized = node.create<qnn::QuantizeOp>(type->clone(getQuantizedType(*result)), joined);
  return node.setResult(createStorageView(node, quantized));
}

/// X, x_scale, x_zero_point, y_scale, y_zero_point.
static LogicalResult importQLinearAveragePool(NodeContext &node) {
  if (failed(node.requireRank(0, 3, 4)))
    return failure();
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto result = readQuantization(node, 3, 4, getCodeType(node, 0), 1);
  if (failed(input) || failed(result) ||
      failed(requireBytes(node, {input->storage, result->storage})))
    return failure();
  if (node.getInt("channels_last", 0) != 0)
    return node.error("E2309", "has its channels last, which qcc does not support");
  auto window = readWindow(node, node.getShape(0), {}, /*isPool=*/true);
  if (failed(window) || failed(node.makeType({node.getShape(0)[0], node.getShape(0)[1],
                                              window->result[0], window->result[1]},
                                             result->storage)))
    return failure();
  Value codes = createQuantizedView(node, node.getValue(0), *input);
  Value pooled =
      createAveragePool(node, toChannelsLast(node, codes), *window, getQuantizedType(*result),
                        node.getInt("count_include_pad", 0) != 0);
  return node.setResult(createStorageView(node, toChannelsFirst(node, pooled, node.getRank(0))));
}

ArrayRef<Operator> getQLinearOperators() {
  static const Operator rows[] = {
      {"", "QLinearMatMul", 10, 8, 8, 1, "", importQLinearMatMul},
      {"com.microsoft", "QGemm", 1, 6, 9, 1, "alpha:float transA:int transB:int", importQGemm},
      {"com.microsoft", "QLinearAveragePool", 1, 4, 5, 1,
       "auto_pad:string ceil_mode:int channels_last:int count_include_pad:int kernel_shape:ints! "
       "pads:ints strides:ints",
       importQLinearAveragePool},
      {"com.microsoft", "QLinearConcat", 1, 5, anyNumber, 1, "axis:int!", importQLinearConcat},
      {"com.microsoft", "QLinearAdd", 1, 7, 8, 1, "", importQLinearBinary<qnn::AddOp>},
      {"com.microsoft", "QLinearGlobalAveragePool", 1, 5, 5, 1, "channels_last:int",
       importQLinearGlobalAveragePool},
      {"com.microsoft", "QLinearMul", 1, 7, 8, 1, "", importQLinearBinary<qnn::MulOp>},
      {"com.microsoft", "QLinearSigmoid", 1, 4, 5, 1, "", importQLinearSigmoid},
  };
  return rows;
}

} // namespace qcc::import
