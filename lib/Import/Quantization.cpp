//===- Quantization.cpp - QuantizeLinear and DequantizeLinear
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/QuantizationParameters.h"
#include <cmath>

using namespace mlir;
using onnx::TensorProto;

namespace qcc::import {

/// The quantized dimension of input 0, or 0 for one scale. Axis and blocks matter only for more.
static FailureOr<int64_t> readAxis(NodeContext &node) {
  if (node.getInt("block_size", 0) != 0)
    return node.error("E2403", "quantizes by blocks, which qcc does not support");
  if (node.getType(1).getNumElements() == 1)
    return 0;
  return node.getAxis("axis", 1, node.getRank(0));
}

static int64_t getChannels(NodeContext &node, int64_t axis) {
  return node.getRank(0) == 0 ? 1 : node.getShape(0)[axis];
}

static bool isWidened(int32_t dataType) {
  return dataType == TensorProto::INT4 || dataType == TensorProto::UINT4;
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
  if (failed(node.requireFloat(0)))
    return failure();
  auto axis = readAxis(node);
  if (failed(axis))
    return failure();
  int64_t outputType = node.getInt("output_dtype", 0);
  if (outputType < 0 || outputType > 1000)
    return node.error("E2016", "attribute 'output_dtype' is unknown");
  const Constant *constant = node.getConstant(0);
  auto parameters = readQuantization(node, 1, 2, static_cast<int32_t>(outputType),
                                     constant ? getChannels(node, *axis) : 1);
  if (failed(parameters))
    return failure();
  int32_t codes = node.hasInput(2) ? getCodeType(node, 2) : static_cast<int32_t>(outputType);
  if (isWidened(codes) || parameters->storage.getIntOrFloatBitWidth() > 16)
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

static LogicalResult importDequantizeLinear(NodeContext &node) {
  int64_t outputType = node.getInt("output_dtype", 0);
  if (outputType != 0 && outputType != TensorProto::FLOAT)
    return node.error("E2308", "gives another element type than float");
  if (!isa<IntegerType>(node.getElementType(0)))
    return node.error("E2308", node.describeInput(0) + " does not hold integers");
  auto axis = readAxis(node);
  if (failed(axis))
    return failure();
  bool isConstant = isConstantExpression(node.getValue(0));
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
  if (parameters->storage.getIntOrFloatBitWidth() > 16)
    return node.error("E2402", "dequantizes computed int32 values, which qcc does not support");
  Value codes = createQuantizedView(node, node.getValue(0), *parameters);
  return node.setResult(node.create<qnn::DequantizeOp>(*type, codes));
}

ArrayRef<Operator> getQuantizationOperators() {
  static const Operator rows[] = {
      {"", "DequantizeLinear", 10, 2, 3, 1, "axis:int>=13 block_size:int>=21 output_dtype:int>=23",
       importDequantizeLinear},
      {"", "QuantizeLinear", 10, 2, 3, 1,
       "axis:int>=13 saturate:int>=19 block_size:int>=21 output_dtype:int>=21 precision:int>=23",
       importQuantizeLinear},
      {"com.microsoft", "DequantizeLinear", 1, 2, 3, 1, "axis:int block_size:int",
       importDequantizeLinear},
      {"com.microsoft", "QuantizeLinear", 1, 2, 3, 1, "axis:int block_size:int",
       importQuantizeLinear},
  };
  return rows;
}

} // namespace qcc::import
