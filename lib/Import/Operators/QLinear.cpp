//===- QLinear.cpp - operators on codes with scales as inputs
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/IntegerProducts.h"
#include "lib/Import/Operators/MatrixShapes.h"
#include "lib/Import/Operators/Pooling.h"
#include "lib/Import/Operators/QuantizationParameters.h"
#include <cmath>

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

/// condition, X, x_scale, x_zero_point, Y, y_scale, y_zero_point, z_scale, z_zero_point.
static LogicalResult importQLinearWhere(NodeContext &node) {
  auto lhs = readQuantization(node, 2, 3, getCodeType(node, 1), 1);
  auto rhs = readQuantization(node, 5, 6, getCodeType(node, 4), 1);
  auto result = readQuantization(node, 7, 8, getCodeType(node, 1), 1);
  if (failed(lhs) || failed(rhs) || failed(result) ||
      failed(requireBytes(node, {lhs->storage, rhs->storage, result->storage})))
    return failure();
  if (!node.getElementType(0).isInteger(1))
    return node.error("E2308", node.describeInput(0) + " must be bool");
  auto both = broadcastShapes(node.getShape(1), node.getShape(4));
  auto shape = both ? broadcastShapes(*both, node.getShape(0)) : std::nullopt;
  if (!shape)
    return node.error("E2301", "inputs of shapes " + formatShape(node.getShape(0)) + ", " +
                                   formatShape(node.getShape(1)) + " and " +
                                   formatShape(node.getShape(4)) + " cannot be broadcast together");
  auto type = node.makeType(*shape, getQuantizedType(*result));
  if (failed(type))
    return failure();
  // Each side becomes codes of the result before one is chosen.
  auto convert = [&](unsigned i, const QuantizationParameters &from) -> Value {
    Value codes = createQuantizedView(node, node.getValue(i), from);
    auto wanted = node.getType(i).clone(type->getElementType());
    return codes.getType() == wanted ? codes : node.create<qnn::CastOp>(wanted, codes);
  };
  Value left = convert(1, *lhs), right = convert(4, *rhs);
  return node.setResult(
      createStorageView(node, node.create<qnn::SelectOp>(*type, node.getValue(0), left, right)));
}

namespace {
struct UnaryOperands {
  Value codes;
  Type result;
};
} // namespace

/// X, x_scale, x_zero_point, y_scale, y_zero_point.
static FailureOr<UnaryOperands> readUnaryOperands(NodeContext &node) {
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto result = readQuantization(node, 3, 4, getCodeType(node, 0), 1);
  if (failed(input) || failed(result) ||
      failed(requireBytes(node, {input->storage, result->storage})))
    return failure();
  return UnaryOperands{createQuantizedView(node, node.getValue(0), *input),
                       getQuantizedType(*result)};
}

static LogicalResult importQLinearSigmoid(NodeContext &node) {
  auto operands = readUnaryOperands(node);
  if (failed(operands))
    return failure();
  auto type = node.makeType(node.getShape(0), operands->result);
  if (failed(type))
    return failure();
  return node.setResult(
      createStorageView(node, node.create<qnn::SigmoidOp>(*type, operands->codes)));
}

namespace {
/// The input of a pool, whose channels are first unless `channels_last` says otherwise.
struct PooledMap {
  explicit PooledMap(NodeContext &node)
      : node(node), isLast(node.getInt("channels_last", 0) != 0), shape(node.getShape(0)) {
    if (isLast) {
      shape.insert(shape.begin() + 1, shape.back());
      shape.pop_back();
    }
  }
  Value enter(Value codes) const { return isLast ? codes : toChannelsLast(node, codes); }
  Value leave(Value codes) const {
    return isLast ? codes : toChannelsFirst(node, codes, node.getRank(0));
  }

  NodeContext &node;
  bool isLast;
  SmallVector<int64_t> shape; // channels first
};
} // namespace

static LogicalResult importQLinearGlobalAveragePool(NodeContext &node) {
  if (failed(node.requireRank(0, 3, 4)))
    return failure();
  auto operands = readUnaryOperands(node);
  if (failed(operands))
    return failure();
  PooledMap map(node);
  Value pooled =
      createAveragePool(node, map.enter(operands->codes), getWholeMap(map.shape), operands->result,
                        /*countIncludesPads=*/false);
  return node.setResult(createStorageView(node, map.leave(pooled)));
}

/// `compute` on the reals that the codes mean.
static LogicalResult importThroughReals(NodeContext &node,
                                        llvm::function_ref<FailureOr<Value>(Value)> compute) {
  auto operands = readUnaryOperands(node);
  if (failed(operands))
    return failure();
  auto type = node.makeType(node.getShape(0), node.builder.getF32Type());
  if (failed(type))
    return failure();
  auto computed = compute(node.create<qnn::DequantizeOp>(*type, operands->codes));
  if (failed(computed))
    return failure();
  Value quantized = node.create<qnn::QuantizeOp>(type->clone(operands->result), *computed);
  return node.setResult(createStorageView(node, quantized));
}

static LogicalResult importQLinearLeakyRelu(NodeContext &node) {
  float alpha = node.getFloat("alpha", 0.01f);
  if (!std::isfinite(alpha))
    return node.error("E2016", "attribute 'alpha' is not a finite number");
  return importThroughReals(node, [&](Value input) -> FailureOr<Value> {
    FloatMath math(node);
    Value scaled = math.mul(input, math.scalar(alpha));
    return alpha <= 1 ? math.max(input, scaled) : math.min(input, scaled);
  });
}

/// Before operator set 13 the dimensions from `axis` on are one.
static LogicalResult importQLinearSoftmax(NodeContext &node) {
  int64_t rank = node.getRank(0);
  bool isOld = node.getInt("opset", 13) < 13;
  auto axis = node.getAxis("axis", isOld ? 1 : -1, rank);
  if (failed(axis))
    return failure();
  return importThroughReals(node, [&](Value input) -> FailureOr<Value> {
    if (!isOld)
      return node.create<qnn::SoftmaxOp>(input.getType(), input, *axis);
    ArrayRef<int64_t> shape = node.getShape(0);
    Value rows = node.createReshape(input, {llvm::product_of(shape.take_front(*axis)),
                                            llvm::product_of(shape.drop_front(*axis))});
    return node.createReshape(node.create<qnn::SoftmaxOp>(rows.getType(), rows, 1), shape);
  });
}

/// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point. Without the last
/// two the result is float, which dequantizes the int32 sum.
static LogicalResult importQGemm(NodeContext &node) {
  if (failed(node.requireRank(0, 2, 2)) || failed(node.requireRank(3, 2, 2)))
    return failure();
  float alpha = node.getFloat("alpha", 1);
  if (!(alpha > 0) || !std::isfinite(alpha))
    return node.error("E2016", "attribute 'alpha' must be positive and finite");
  if (!isConstantExpression(node.getValue(3)))
    return node.error("E2307", node.describeInput(3) + " " + node.whyUnknown(3));
  bool isTransposed = node.getInt("transB", 0) != 0;
  SmallVector<int64_t> lhs(node.getShape(0));
  ArrayRef<int64_t> rhs = node.getShape(3);
  bool isLeftTransposed = node.getInt("transA", 0) != 0;
  if (isLeftTransposed)
    std::swap(lhs[0], lhs[1]);
  int64_t depth = rhs[isTransposed], columns = rhs[!isTransposed];
  if (lhs[1] != depth)
    return node.error("E2302", "cannot multiply " + formatShape(lhs) + " by " + formatShape(rhs) +
                                   " with transB=" + Twine(isTransposed));
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto weights = readQuantization(node, 4, 5, getCodeType(node, 3), columns);
  if (failed(input) || failed(weights) ||
      failed(requireBytes(node, {input->storage, weights->storage})))
    return failure();
  for (float &scale : weights->scales)
    scale *= alpha;
  Type resultType = node.builder.getF32Type();
  if (node.hasInput(7)) {
    auto result = readQuantization(node, 7, 8, 0, 1);
    if (failed(result) || failed(requireBytes(node, {result->storage})))
      return failure();
    resultType = getQuantizedType(*result);
  }
  if (node.hasInput(6) &&
      (!node.getElementType(6).isInteger(32) || node.getType(6).getNumElements() != columns))
    return node.error("E2302", "the bias, " + node.describeInput(6) + ", must hold " +
                                   Twine(columns) + " int32 numbers");
  auto type = node.makeType({lhs[0], columns}, resultType);
  if (failed(type))
    return failure();
  Value codes = createQuantizedView(node, node.getValue(0), *input), bias;
  if (isLeftTransposed)
    codes = node.createTranspose(codes, {1, 0});
  Value kernel = isTransposed ? node.getValue(3) : node.createTranspose(node.getValue(3), {1, 0});
  if (node.hasInput(6))
    bias = node.createReshape(node.getValue(6), {columns});
  auto [scale, zeroPoint] = createParameters(node, *weights);
  Value product = node.create<qnn::LinearOp>(*type, codes, kernel, bias, scale, zeroPoint);
  return node.setResult(node.hasInput(7) ? createStorageView(node, product) : product);
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

static LogicalResult importQLinearAveragePool(NodeContext &node) {
  if (failed(node.requireRank(0, 3, 4)))
    return failure();
  auto operands = readUnaryOperands(node);
  if (failed(operands))
    return failure();
  PooledMap map(node);
  auto window = readWindow(node, map.shape, {}, /*isPool=*/true);
  if (failed(window))
    return failure();
  SmallVector<int64_t> shape = {map.shape[0], map.shape[1]};
  shape.append(window->result.begin(), window->result.end());
  if (failed(node.makeType(shape, operands->result)))
    return failure();
  Value pooled = createAveragePool(node, map.enter(operands->codes), *window, operands->result,
                                   node.getInt("count_include_pad", 0) != 0);
  return node.setResult(createStorageView(node, map.leave(pooled)));
}

ArrayRef<Operator> getQLinearOperators() {
  // Absent zero points are 0.
  constexpr unsigned first = 1 << 2, both = 1 << 2 | 1 << 5;
  static const Operator rows[] = {
      {"", "QLinearMatMul", 10, 8, 8, 1, "", importQLinearMatMul},
      {"com.microsoft", "QGemm", 1, 6, 9, 1, "alpha:float transA:int transB:int", importQGemm},
      {"com.microsoft", "QLinearAveragePool", 1, 4, 5, 1,
       "auto_pad:string ceil_mode:int channels_last:int count_include_pad:int kernel_shape:ints! "
       "pads:ints strides:ints",
       importQLinearAveragePool, FloatTypes::Single, first},
      {"com.microsoft", "QLinearConcat", 1, 5, anyNumber, 1, "axis:int!", importQLinearConcat},
      {"com.microsoft", "QLinearAdd", 1, 7, 8, 1, "", importQLinearBinary<qnn::AddOp>,
       FloatTypes::Single, both},
      {"com.microsoft", "QLinearGlobalAveragePool", 1, 5, 5, 1, "channels_last:int",
       importQLinearGlobalAveragePool},
      {"com.microsoft", "QLinearLeakyRelu", 1, 4, 5, 1, "alpha:float", importQLinearLeakyRelu,
       FloatTypes::Single, first},
      {"com.microsoft", "QLinearMul", 1, 7, 8, 1, "", importQLinearBinary<qnn::MulOp>,
       FloatTypes::Single, both},
      {"com.microsoft", "QLinearSigmoid", 1, 4, 5, 1, "", importQLinearSigmoid, FloatTypes::Single,
       first},
      {"com.microsoft", "QLinearSoftmax", 1, 5, 5, 1, "axis:int opset:int", importQLinearSoftmax,
       FloatTypes::Single, first},
      {"com.microsoft", "QLinearWhere", 1, 9, 9, 1, "", importQLinearWhere},
  };
  return rows;
}

} // namespace qcc::import
