//===- Quantization.cpp - QuantizeLinear and DequantizeLinear
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/QuantizationArithmetic.h"
#include "lib/Import/Operators/QuantizationParameters.h"
#include "lib/Import/StoredTypes.h"
#include <cmath>

using namespace mlir;
using onnx::TensorProto;

namespace qcc::import {

/// The quantized dimension of input 0, or 0 for one scale.
static FailureOr<int64_t> readAxis(NodeContext &node) {
  if (node.getType(1).getNumElements() == 1)
    return 0;
  return node.getAxis("axis", 1, node.getRank(0));
}

/// Whether the parameters are known and a quantized type or qnn.dequantize_weights can hold them.
static bool hasPlainParameters(NodeContext &node, bool isConstant) {
  return node.getConstant(1) && (!node.hasInput(2) || node.getConstant(2)) &&
         (node.getType(1).getNumElements() == 1 ||
          (isConstant && node.getInt("block_size", 0) == 0));
}

static int64_t getChannels(NodeContext &node, int64_t axis) {
  return node.getRank(0) == 0 ? 1 : node.getShape(0)[axis];
}

/// saturate(round_half_even(x / scale) + zero_point) on a constant.
static ConstantPointer quantizeConstant(const Constant &constant, int64_t axis,
                                        const QuantizationParameters &parameters) {
  auto integer = cast<IntegerType>(parameters.storage);
  bool isSigned = !integer.isUnsigned();
  int64_t low = isSigned ? -(int64_t(1) << (integer.getWidth() - 1)) : 0;
  int64_t high = (int64_t(1) << (integer.getWidth() - isSigned)) - 1;
  ArrayRef<int64_t> shape = constant.type.getShape();
  int64_t inner = shape.empty() ? 1 : llvm::product_of(shape.drop_front(axis + 1));
  int64_t channels = parameters.scales.size();
  SmallVector<int64_t> codes;
  codes.reserve(constant.getNumElements());
  for (auto [i, number] : llvm::enumerate(getNumbers(constant))) {
    int64_t channel = channels == 1 ? 0 : static_cast<int64_t>(i) / inner % channels;
    float ratio = static_cast<float>(number) / parameters.scales[channel];
    // NaN quantizes to the lowest code; nearbyint rounds halves to even.
    double rounded = std::nearbyint(static_cast<double>(ratio));
    double code = rounded + static_cast<double>(parameters.zeroPoints[channel]);
    codes.push_back(!(code > static_cast<double>(low)) ? low
                    : code > static_cast<double>(high) ? high
                                                       : static_cast<int64_t>(code));
  }
  return makeFromIntegers(RankedTensorType::get(shape, parameters.storage), codes);
}

static LogicalResult importQuantizeLinear(NodeContext &node) {
  if (!node.getElementType(0).isInteger(32) && failed(node.requireFloat(0)))
    return failure();
  int64_t outputType = node.getInt("output_dtype", 0);
  if (outputType < 0 || outputType > 1000)
    return node.error("E2016", "attribute 'output_dtype' is unknown");
  int32_t codes = static_cast<int32_t>(outputType);
  if (node.hasInput(2))
    codes = getCodeType(node, 2);
  if (outputType != 0 && codes != outputType)
    return node.error("E2402", "the zero point, " + node.describeInput(2) + ", has element type " +
                                   getDataTypeName(codes) + ", the codes " +
                                   getDataTypeName(static_cast<int32_t>(outputType)));
  if (isStoredOnly(codes))
    return importQuantizeStored(node, codes);
  const Constant *constant = node.getConstant(0);
  if (!node.getElementType(0).isF32() || !hasPlainParameters(node, constant)) {
    Type storage = getElementType(node.builder.getContext(), codes ? codes : TensorProto::UINT8);
    return importQuantizeArithmetic(node, storage);
  }
  auto axis = readAxis(node);
  if (failed(axis))
    return failure();
  auto parameters = readQuantization(node, 1, 2, static_cast<int32_t>(outputType),
                                     constant ? getChannels(node, *axis) : 1);
  if (failed(parameters))
    return failure();
  if (parameters->storage.getIntOrFloatBitWidth() > 16)
    return node.error("E2402",
                      "quantizes to " + getDataTypeName(codes) + ", which qcc does not support");
  if (constant) {
    if (failed(node.chargeFolding(constant->getNumElements() * 8)))
      return failure();
    return node.setResult(quantizeConstant(*constant, *axis, *parameters));
  }
  RankedTensorType type = node.getType(0).clone(getQuantizedType(*parameters));
  Value quantized = node.create<qnn::QuantizeOp>(type, node.getValue(0));
  return node.setResult(createStorageView(node, quantized));
}

/// Element type of the result: the attribute's, else that of the scale.
static FailureOr<Type> readRealType(NodeContext &node) {
  int64_t outputType = node.getInt("output_dtype", 0);
  if (outputType == 0)
    return node.floatType ? node.floatType : Type(node.builder.getF32Type());
  for (int32_t known : {TensorProto::FLOAT, TensorProto::FLOAT16, TensorProto::BFLOAT16})
    if (outputType == known)
      return getElementType(node.builder.getContext(), known);
  return node.error("E2308", "gives an element type other than float, float16 and bfloat16");
}

static LogicalResult importDequantizeLinear(NodeContext &node) {
  auto realType = readRealType(node);
  if (failed(realType))
    return failure();
  if (!isa<IntegerType>(node.getElementType(0)) && !isStoredOnly(getCodeType(node, 0)))
    return node.error("E2308", node.describeInput(0) + " does not hold codes");
  bool isConstant = isConstantExpression(node.getValue(0));
  unsigned width = node.getElementType(0).getIntOrFloatBitWidth();
  if (!realType->isF32() || !isa<IntegerType>(node.getElementType(0)) ||
      (!isConstant && width > 16) || !hasPlainParameters(node, isConstant))
    return importDequantizeArithmetic(node, *realType);
  auto axis = readAxis(node);
  if (failed(axis))
    return failure();
  auto parameters =
      readQuantization(node, 1, 2, getCodeType(node, 0), isConstant ? getChannels(node, *axis) : 1);
  if (failed(parameters))
    return failure();
  auto type = node.makeType(node.getShape(0), node.builder.getF32Type());
  if (failed(type))
    return failure();
  if (isConstant) {
    auto [scale, zeroPoint] = createParameters(node, *parameters);
    return node.setResult(
        node.create<qnn::DequantizeWeightsOp>(*type, node.getValue(0), scale, zeroPoint, *axis));
  }
  Value codes = createQuantizedView(node, node.getValue(0), *parameters);
  return node.setResult(node.create<qnn::DequantizeOp>(*type, codes));
}

/// scale = (max - min) / 255 over a range that holds 0; zero point = saturate(round(-min / scale)).
static LogicalResult importDynamicQuantizeLinear(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  FloatMath math(node);
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, node.getRank(0)));
  Value input = node.getValue(0), zero = math.scalar(0);
  auto findBound = [&](qnn::ReduceKind kind) {
    return node.createReshape(axes.empty() ? input : math.reduce(kind, input, axes), {});
  };
  Value low = math.min(findBound(qnn::ReduceKind::Min), zero);
  Value high = math.max(findBound(qnn::ReduceKind::Max), zero);
  Value scale = math.div(math.sub(high, low), math.scalar(255));
  IntegerType codes = node.builder.getIntegerType(8, /*isSigned=*/false);
  Value zeroPoint = createQuantized(node, math.sub(zero, low), scale, Value(), codes);
  Value offset =
      node.create<qnn::CastOp>(RankedTensorType::get({}, node.builder.getF32Type()), zeroPoint);
  if (failed(node.setResult(scale, 1)) || failed(node.setResult(zeroPoint, 2)))
    return failure();
  return node.setResult(createQuantized(node, input, scale, offset, codes));
}

ArrayRef<Operator> getQuantizationOperators() {
  static const Operator rows[] = {
      {"", "DequantizeLinear", 10, 2, 3, 1, "axis:int>=13 block_size:int>=21 output_dtype:int>=23",
       importDequantizeLinear, FloatTypes::Operands},
      {"", "DynamicQuantizeLinear", 11, 1, 1, 3, "", importDynamicQuantizeLinear},
      {"", "QuantizeLinear", 10, 2, 3, 1,
       "axis:int>=13 saturate:int>=19 block_size:int>=21 output_dtype:int>=21 precision:int>=23",
       importQuantizeLinear, FloatTypes::Operands},
      {"com.microsoft", "DequantizeLinear", 1, 2, 3, 1, "axis:int block_size:int",
       importDequantizeLinear, FloatTypes::Operands},
      {"com.microsoft", "QuantizeLinear", 1, 2, 3, 1, "axis:int block_size:int",
       importQuantizeLinear, FloatTypes::Operands},
  };
  return rows;
}

} // namespace qcc::import
