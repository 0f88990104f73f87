//===- Conversion.cpp - quantize, dequantize, lookup
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

static Tensor quantize(const Tensor &input, RankedTensorType type) {
  Quantization to(qnn::getQuantized(type));
  SmallVector<int32_t, 0> codes;
  for (float real : input.view<float>())
    codes.push_back(quantize(real, to));
  return writeCodes(codes, type);
}

static Tensor dequantize(const Tensor &input, RankedTensorType type) {
  Quantization from(qnn::getQuantized(input.type));
  Tensor result(type);
  for (auto [real, code] : llvm::zip(result.view<float>(), readCodes(input)))
    real = dequantize(code, from);
  return result;
}

/// [dequantize-c2] One scale and zero point, or one for each index of a dimension.
static Tensor dequantizeWeights(qnn::DequantizeWeightsOp op, const Tensor &input,
                                const Tensor &scale, const Tensor &zeroPoint,
                                RankedTensorType type) {
  Tensor result(type);
  auto reals = result.view<float>();
  auto scales = scale.view<float>();
  auto codes = readCodes(input), zeroPoints = readCodes(zeroPoint);
  int64_t axis = op.getAxis(), inner = 1, channels = scales.size();
  if (channels > 1)
    inner = getStrides(type.getShape())[axis];
  for (size_t i = 0; i < codes.size(); ++i) {
    int64_t channel = static_cast<int64_t>(i) / inner % channels;
    reals[i] = dequantize(codes[i], scales[channel], zeroPoints[channel]);
  }
  return result;
}

/// [lookup-c1] Table entry of each code.
static Tensor lookup(const Tensor &input, const Tensor &table, RankedTensorType type) {
  int64_t elementBytes = qnn::getElementBytes(type.getElementType());
  int32_t lowest = qnn::isSignedStorage(input.type.getElementType()) ? -128 : 0;
  Tensor result(type);
  char *to = result.bytes.data();
  for (int32_t code : readCodes(input)) {
    std::memcpy(to, table.bytes.data() + (code - lowest) * elementBytes, elementBytes);
    to += elementBytes;
  }
  return result;
}

Expected<Tensor> evaluateConversion(Operation *op, Operands operands, RankedTensorType type) {
  if (isa<qnn::QuantizeOp>(op))
    return quantize(*operands[0], type);
  if (isa<qnn::DequantizeOp>(op))
    return dequantize(*operands[0], type);
  if (auto weights = dyn_cast<qnn::DequantizeWeightsOp>(op))
    return dequantizeWeights(weights, *operands[0], *operands[1], *operands[2], type);
  assert(isa<qnn::LookupOp>(op));
  return lookup(*operands[0], *operands[1], type);
}

} // namespace qcc::reference
