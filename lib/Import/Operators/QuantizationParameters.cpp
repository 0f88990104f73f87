//===- QuantizationParameters.cpp - scales and zero points of ONNX nodes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/QuantizationParameters.h"

#include "lib/Import/Operators/Operands.h"

#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir;
using onnx::TensorProto;

namespace qcc::import {

int32_t getCodeType(NodeContext &node, unsigned i) {
  if (const Constant *constant = node.getConstant(i))
    return constant->dataType;
  return getDataType(node.getElementType(i));
}

/// A scale or zero point: known, of rank 0 or 1, with 1 or `channels` elements.
static FailureOr<const Constant *> readParameter(NodeContext &node, unsigned i, StringRef meaning,
                                                 int64_t channels) {
  const Constant *constant = node.getConstant(i);
  if (!constant)
    return node.error("E2404", "the " + meaning + ", " + node.describeInput(i) +
                                   ", must be constant but is computed by the network");
  int64_t count = constant->getNumElements();
  if (constant->type.getRank() > 1)
    return node.error("E2403", "the " + meaning + ", " + node.describeInput(i) + ", has rank " +
                                   Twine(constant->type.getRank()) +
                                   "; quantization by blocks is not supported");
  if (count == 1 || count == channels)
    return constant;
  if (channels == 1)
    return node.error("E2406", "the " + meaning + ", " + node.describeInput(i) + ", has " +
                                   Twine(count) +
                                   " elements; activations have one scale for the whole tensor");
  return node.error("E2403", "the " + meaning + ", " + node.describeInput(i) + ", has " +
                                 Twine(count) + " elements, the quantized dimension has " +
                                 Twine(channels));
}

FailureOr<QuantizationParameters> readQuantization(NodeContext &node, unsigned scale,
                                                   unsigned zeroPoint, int32_t codes,
                                                   int64_t channels) {
  auto scaleData = readParameter(node, scale, "scale", channels);
  if (failed(scaleData))
    return failure();
  if (!(*scaleData)->type.getElementType().isF32())
    return node.error("E2401", "the scale, " + node.describeInput(scale) + ", has element type " +
                                   getDataTypeName((*scaleData)->dataType) +
                                   "; only float is supported");
  auto scales = readNumbers(node, **scaleData);
  if (failed(scales))
    return failure();
  QuantizationParameters parameters;
  for (double value : *scales) {
    if (!(value > 0) || !std::isfinite(value))
      return node.error("E2401", "the scale, " + node.describeInput(scale) + ", holds " +
                                     llvm::formatv("{0}", value).str() +
                                     "; scales must be positive and finite");
    parameters.scales.push_back(static_cast<float>(value));
  }
  const Constant *zeroPointData = nullptr;
  if (node.hasInput(zeroPoint)) {
    auto data = readParameter(node, zeroPoint, "zero point", channels);
    if (failed(data))
      return failure();
    zeroPointData = *data;
    if (codes && zeroPointData->dataType != codes)
      return node.error("E2402", "the zero point, " + node.describeInput(zeroPoint) +
                                     ", has element type " +
                                     getDataTypeName(zeroPointData->dataType) + ", the codes " +
                                     getDataTypeName(codes));
    codes = zeroPointData->dataType;
    if (zeroPointData->getNumElements() != (*scaleData)->getNumElements())
      return node.error("E2402", "has " + Twine((*scaleData)->getNumElements()) + " scales but " +
                                     Twine(zeroPointData->getNumElements()) + " zero points");
  }
  if (!codes)
    codes = TensorProto::UINT8;
  parameters.storage = getElementType(node.builder.getContext(), codes);
  if (!isa_and_nonnull<IntegerType>(parameters.storage) || parameters.storage.isInteger(1) ||
      parameters.storage.isInteger(64))
    return node.error("E2402",
                      "quantizes to " + getDataTypeName(codes) + ", which qcc does not support");
  parameters.zeroPoints.assign(parameters.scales.size(), 0);
  if (!zeroPointData)
    return parameters;
  auto zeroPoints = readIntegers(node, *zeroPointData);
  if (failed(zeroPoints))
    return failure();
  parameters.zeroPoints = std::move(*zeroPoints);
  return parameters;
}

Type getQuantizedType(const QuantizationParameters &parameters) {
  auto storage = cast<IntegerType>(parameters.storage);
  return qnn::makeQuantized(storage.getContext(), storage.getWidth(), !storage.isUnsigned(),
                            parameters.scales.front(), parameters.zeroPoints.front());
}

Value createQuantizedView(NodeContext &node, Value codes,
                          const QuantizationParameters &parameters) {
  auto type = cast<RankedTensorType>(codes.getType());
  return node.create<qnn::BitcastOp>(type.clone(getQuantizedType(parameters)), codes);
}

Value createStorageView(NodeContext &node, Value quantized) {
  auto type = cast<RankedTensorType>(quantized.getType());
  return node.create<qnn::BitcastOp>(type.clone(qnn::getStorageType(type.getElementType())),
                                     quantized);
}

std::pair<Value, Value> createParameters(NodeContext &node,
                                         const QuantizationParameters &parameters) {
  int64_t count = parameters.scales.size();
  Value scale = node.createFloats({count}, parameters.scales);
  Value zeroPoint = node.createConstant(
      *makeFromIntegers(RankedTensorType::get({count}, parameters.storage), parameters.zeroPoints));
  return {scale, zeroPoint};
}

} // namespace qcc::import
