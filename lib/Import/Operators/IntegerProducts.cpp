//===- IntegerProducts.cpp - exact sums of products of codes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A zero point that is known goes into the quantized type. One that the network computes is
// multiplied out: sum (x - p) * (w - q) = sum x * w - p * sum w - q * sum x + p * q * count, where
// the sums without x or w are products with ones. All of it is exact modulo 2^32.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/IntegerProducts.h"

#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/MatrixShapes.h"
#include "lib/Import/Operators/QuantizationParameters.h"

using namespace mlir;

namespace qcc::import {

bool areConstant(NodeContext &node, ArrayRef<unsigned> inputs) {
  return llvm::all_of(inputs, [&](unsigned i) { return !node.hasInput(i) || node.getConstant(i); });
}

namespace {

/// One side of a product: codes, and what of their zero point is not in the codes' type.
struct Side {
  QuantizationParameters parameters; // scale 1
  Value zeroPoint;                   // i32, computed; null where the parameters have it
};

/// Builds `multiply(lhsIsOnes, rhsIsOnes)` and what computed zero points take from it.
class ProductBuilder {
public:
  explicit ProductBuilder(NodeContext &node) : node(node), math(node) {}

  template <typename Multiply> Value build(const Side &lhs, const Side &rhs, Multiply multiply) {
    Value sum = multiply(false, false);
    if (lhs.zeroPoint)
      sum = math.sub(sum, math.mul(multiply(true, false), lhs.zeroPoint));
    if (rhs.zeroPoint)
      sum = math.sub(sum, math.mul(multiply(false, true), rhs.zeroPoint));
    if (lhs.zeroPoint && rhs.zeroPoint)
      sum = math.add(sum, math.mul(math.mul(multiply(true, true), lhs.zeroPoint), rhs.zeroPoint));
    return sum;
  }

  /// Reads codes and their zero point. `channels` numbers may be in the quantized type's
  /// parameters; any other list of them is subtracted with the shape `viewShape` (of -1 for its
  /// elements).
  FailureOr<Side> readSide(unsigned codes, unsigned zeroPoint, int64_t channels,
                           ArrayRef<int64_t> vectorView);

private:
  NodeContext &node;
  FloatMath math;
};

FailureOr<Side> ProductBuilder::readSide(unsigned codes, unsigned zeroPoint, int64_t channels,
                                         ArrayRef<int64_t> vectorView) {
  Side side;
  side.parameters.storage = node.getElementType(codes);
  side.parameters.scales = {1.0f};
  side.parameters.zeroPoints = {0};
  auto storage = dyn_cast<IntegerType>(side.parameters.storage);
  if (!storage || storage.getWidth() != 8)
    return node.error("E2308", node.describeInput(codes) + " must hold 8-bit integers");
  if (!node.hasInput(zeroPoint))
    return side;
  auto type = node.getType(zeroPoint);
  if (type.getElementType() != side.parameters.storage)
    return node.error("E2402", "the zero point, " + node.describeInput(zeroPoint) +
                                   ", must have the element type of the codes");
  int64_t count = type.getNumElements();
  bool isList = type.getRank() <= 1;
  if (isList && node.getConstant(zeroPoint) && (count == 1 || count == channels)) {
    auto values = node.requireIntegers(zeroPoint, "the zero point");
    if (failed(values))
      return failure();
    side.parameters.zeroPoints = *values;
    side.parameters.scales.assign(count, 1.0f);
    return side;
  }
  Value value =
      node.create<qnn::CastOp>(type.clone(node.builder.getI32Type()), node.getValue(zeroPoint));
  SmallVector<int64_t> view;
  if (type.getRank() == 1 && count > 1)
    for (int64_t size : vectorView)
      view.push_back(size < 0 ? count : size);
  else if (type.getRank() == 1)
    view = {};
  else
    view.assign(type.getShape().begin(), type.getShape().end());
  side.zeroPoint = node.createReshape(value, view);
  return side;
}

/// Codes that are all 1.
Value createOnes(NodeContext &node, ArrayRef<int64_t> shape, Type storage) {
  auto one = RankedTensorType::get(SmallVector<int64_t>(shape.size(), 1), storage);
  Value value = node.createConstant(*makeFromIntegers(one, {1}));
  return node.create<qnn::BroadcastOp>(one.clone(shape), value);
}

QuantizationParameters withoutZeroPoint(const QuantizationParameters &parameters) {
  return {parameters.storage, {1.0f}, {0}};
}

/// Whether `zeroPoint` can be subtracted from results of the given shape.
LogicalResult checkZeroPoint(NodeContext &node, const Side &side, unsigned zeroPoint,
                             ArrayRef<int64_t> result) {
  if (!side.zeroPoint)
    return success();
  auto shape = broadcastShapes(cast<RankedTensorType>(side.zeroPoint.getType()).getShape(), result);
  if (shape && ArrayRef<int64_t>(*shape) == result)
    return success();
  return node.error("E2402", "the zero point, " + node.describeInput(zeroPoint) + " of shape " +
                                 formatShape(node.getShape(zeroPoint)) +
                                 ", does not fit a result of shape " + formatShape(result));
}

} // namespace

//===- Convolutions -----------------------------------------------------------//

/// i32 [N, spatial..., O]; the inputs are numbered x, w, x_zero_point, w_zero_point.
static FailureOr<Value> createIntegerConvolution(NodeContext &node, const ConvolutionShape &shape,
                                                 ArrayRef<unsigned> inputs, Value bias) {
  ProductBuilder builder(node);
  auto x = builder.readSide(inputs[0], inputs[2], 1, {-1});
  if (failed(x))
    return failure();
  auto w = builder.readSide(inputs[1], inputs[3], shape.channels, {-1});
  if (failed(w))
    return failure();
  SmallVector<int64_t> result = {node.getShape(inputs[0])[0]};
  result.append(shape.window.result.begin(), shape.window.result.end());
  result.push_back(shape.channels);
  if (failed(checkZeroPoint(node, *x, inputs[2], result)) ||
      failed(checkZeroPoint(node, *w, inputs[3], result)))
    return failure();
  if (x->zeroPoint && cast<RankedTensorType>(x->zeroPoint.getType()).getNumElements() != 1)
    return node.error("E2402",
                      "the zero point, " + node.describeInput(inputs[2]) + ", must be one number");
  Value codes = toChannelsLast(node, node.getValue(inputs[0])),
        kernel = toChannelsLast(node, node.getValue(inputs[1]));
  bool isValid = true;
  auto multiply = [&](bool lhsIsOnes, bool rhsIsOnes) -> Value {
    ConvolutionOperands operands;
    Value input = codes;
    QuantizationParameters from = x->parameters, weights = w->parameters;
    if (lhsIsOnes) {
      SmallVector<int64_t> ones(cast<RankedTensorType>(codes.getType()).getShape());
      ones[0] = 1;
      from = withoutZeroPoint(from);
      input = createOnes(node, ones, from.storage);
    }
    operands.weights = kernel;
    if (rhsIsOnes) {
      weights = withoutZeroPoint(weights);
      operands.weights =
          createOnes(node, cast<RankedTensorType>(kernel.getType()).getShape(), weights.storage);
    }
    operands.input = createQuantizedView(node, input, from);
    std::tie(operands.weightScale, operands.weightZeroPoint) = createParameters(node, weights);
    if (!lhsIsOnes && !rhsIsOnes)
      operands.bias = bias;
    auto sums =
        createConvolution(node, operands, shape.window, shape.group, node.builder.getI32Type());
    isValid &= succeeded(sums);
    return succeeded(sums) ? *sums : createOnes(node, result, node.builder.getI32Type());
  };
  Value sums = builder.build(*x, *w, multiply);
  if (!isValid)
    return failure();
  return sums;
}

LogicalResult importConvInteger(NodeContext &node) {
  auto shape = readConvolution(node, /*weightsInput=*/1, /*biasInput=*/~0u);
  if (failed(shape))
    return failure();
  auto sums = createIntegerConvolution(node, *shape, {0, 1, 2, 3}, Value());
  if (failed(sums))
    return failure();
  return node.setResult(toChannelsFirst(node, *sums, node.getRank(0)));
}

//===- Matrix products --------------------------------------------------------//

/// i32 [batch..., M, N]; the inputs are numbered a, b, a_zero_point, b_zero_point.
static FailureOr<Value> createIntegerMatrixProduct(NodeContext &node, const MatrixShapes &shapes,
                                                   ArrayRef<unsigned> inputs) {
  ProductBuilder builder(node);
  Value right = node.createReshape(node.getValue(inputs[1]), shapes.rhs);
  bool isLinear = shapes.rhs.size() == 2 && isConstantExpression(right);
  auto lhs = builder.readSide(inputs[0], inputs[2], 1, {-1, 1});
  if (failed(lhs))
    return failure();
  auto rhs = builder.readSide(inputs[1], inputs[3], isLinear ? shapes.getColumns() : 1, {-1});
  if (failed(rhs) || failed(checkZeroPoint(node, *lhs, inputs[2], shapes.product)) ||
      failed(checkZeroPoint(node, *rhs, inputs[3], shapes.product)))
    return failure();
  Value left = node.createReshape(node.getValue(inputs[0]), shapes.lhs);
  Type i32 = node.builder.getI32Type();
  auto multiply = [&](bool lhsIsOnes, bool rhsIsOnes) -> Value {
    QuantizationParameters from = lhs->parameters, weights = rhs->parameters;
    Value a = left, b = right;
    SmallVector<int64_t> product(shapes.product);
    int64_t depth = shapes.getDepth();
    if (lhsIsOnes) {
      from = withoutZeroPoint(from);
      a = createOnes(node, {1, depth}, from.storage);
      product.assign(shapes.rhs.begin(), shapes.rhs.end());
      *(product.end() - 2) = 1;
    }
    if (rhsIsOnes) {
      weights = withoutZeroPoint(weights);
      b = createOnes(node, {depth, 1}, weights.storage);
      product.assign(lhsIsOnes ? 2 : shapes.lhs.size(), 1);
      if (!lhsIsOnes)
        product.assign(shapes.lhs.begin(), shapes.lhs.end());
      product.back() = 1;
    }
    auto type = RankedTensorType::get(product, i32);
    Value codes = createQuantizedView(node, a, from);
    if (!isLinear || rhsIsOnes)
      return node.create<qnn::MatMulOp>(type, codes, createQuantizedView(node, b, weights));
    auto [scale, zeroPoint] = createParameters(node, weights);
    return node.create<qnn::LinearOp>(type, codes, node.createTranspose(b, {1, 0}), Value(), scale,
                                      zeroPoint);
  };
  return builder.build(*lhs, *rhs, multiply);
}

LogicalResult importMatMulInteger(NodeContext &node) {
  auto shapes = readMatrixShapes(node, node.getShape(0), node.getShape(1));
  if (failed(shapes))
    return failure();
  auto sums = createIntegerMatrixProduct(node, *shapes, {0, 1, 2, 3});
  if (failed(sums))
    return failure();
  return node.setResult(node.createReshape(*sums, shapes->result));
}

//===- Computed scales --------------------------------------------------------//

/// A scale as a tensor that broadcasts against results: [1] becomes a number, a list of them is
/// viewed as `vectorView`.
static FailureOr<Value> readScale(NodeContext &node, unsigned i, ArrayRef<int64_t> vectorView,
                                  ArrayRef<int64_t> result) {
  if (failed(node.requireFloat(i)))
    return failure();
  auto type = node.getType(i);
  SmallVector<int64_t> view(type.getShape());
  if (type.getRank() == 1) {
    view.clear();
    if (type.getNumElements() > 1)
      for (int64_t size : vectorView)
        view.push_back(size < 0 ? type.getNumElements() : size);
  }
  auto shape = broadcastShapes(view, result);
  if (!shape || ArrayRef<int64_t>(*shape) != result)
    return node.error("E2403", "the scale, " + node.describeInput(i) + " of shape " +
                                   formatShape(type.getShape()) +
                                   ", does not fit a result of shape " + formatShape(result));
  return node.createReshape(node.getValue(i), view);
}

/// saturate(round_half_even(f32(sums) * f32(f32(x_scale * w_scale) / y_scale)) + y_zero_point).
static FailureOr<Value> createRequantized(NodeContext &node, Value sums, Value lhsScale,
                                          Value rhsScale, unsigned resultScale,
                                          unsigned resultZeroPoint) {
  auto type = cast<RankedTensorType>(sums.getType());
  auto scale = readScale(node, resultScale, {-1}, type.getShape());
  if (failed(scale))
    return failure();
  auto storage = dyn_cast<IntegerType>(node.getElementType(resultZeroPoint));
  if (!storage || storage.getWidth() != 8 || node.getType(resultZeroPoint).getNumElements() != 1)
    return node.error("E2402", "the zero point, " + node.describeInput(resultZeroPoint) +
                                   ", must be one 8-bit integer");
  Type f32 = node.builder.getF32Type();
  FloatMath math(node);
  Value multiplier = math.div(math.mul(lhsScale, rhsScale), *scale);
  Value rounded = math.unary<qnn::RoundOp>(
      math.mul(node.create<qnn::CastOp>(type.clone(f32), sums), multiplier));
  Value zeroPoint = node.createReshape(node.getValue(resultZeroPoint), {});
  zeroPoint = node.create<qnn::CastOp>(RankedTensorType::get({}, f32), zeroPoint);
  float low = storage.isUnsigned() ? 0 : -128, high = storage.isUnsigned() ? 255 : 127;
  Value codes = math.clip(math.add(rounded, zeroPoint), low, high);
  return node.create<qnn::CastOp>(type.clone(storage), codes);
}

LogicalResult importQLinearConvWithComputedScales(NodeContext &node,
                                                  const ConvolutionShape &shape) {
  auto sums = createIntegerConvolution(node, shape, {0, 3, 2, 5},
                                       node.hasInput(8) ? node.getValue(8) : Value());
  if (failed(sums))
    return failure();
  auto result = cast<RankedTensorType>(sums->getType()).getShape();
  auto inputScale = readScale(node, 1, {-1}, result),
       weightScale = readScale(node, 4, {-1}, result);
  if (failed(inputScale) || failed(weightScale))
    return failure();
  auto codes = createRequantized(node, *sums, *inputScale, *weightScale, 6, 7);
  if (failed(codes))
    return failure();
  return node.setResult(toChannelsFirst(node, *codes, node.getRank(0)));
}

LogicalResult importQLinearMatMulWithComputedScales(NodeContext &node) {
  auto shapes = readMatrixShapes(node, node.getShape(0), node.getShape(3));
  if (failed(shapes))
    return failure();
  auto sums = createIntegerMatrixProduct(node, *shapes, {0, 3, 2, 5});
  if (failed(sums))
    return failure();
  auto lhsScale = readScale(node, 1, {-1, 1}, shapes->product);
  auto rhsScale = readScale(node, 4, {-1}, shapes->product);
  if (failed(lhsScale) || failed(rhsScale))
    return failure();
  auto codes = createRequantized(node, *sums, *lhsScale, *rhsScale, 6, 7);
  if (failed(codes))
    return failure();
  return node.setResult(node.createReshape(*codes, shapes->result));
}

} // namespace qcc::import
