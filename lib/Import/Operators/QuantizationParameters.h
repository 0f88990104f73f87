//===- QuantizationParameters.h - scales and zero points of ONNX nodes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_QUANTIZATIONPARAMETERS_H
#define QCC_LIB_IMPORT_OPERATORS_QUANTIZATIONPARAMETERS_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

struct QuantizationParameters {
  mlir::Type storage; // element type of the codes
  llvm::SmallVector<float> scales;
  llvm::SmallVector<int64_t> zeroPoints; // as many as scales
  bool isPerTensor() const { return scales.size() == 1; }
};

/// Reads a scale and an optional zero point. Both must be known while importing; scales are
/// positive and finite. `codes` is the ONNX type of the codes, or 0 to take it from the zero point
/// (uint8 without one). `channels` is the size of the quantized dimension, or 1 where only one
/// scale for the whole tensor is allowed.
mlir::FailureOr<QuantizationParameters> readQuantization(NodeContext &node, unsigned scale,
                                                         unsigned zeroPoint, int32_t codes,
                                                         int64_t channels);

/// The ONNX type of an input's elements; tells int4 constants from int8.
int32_t getCodeType(NodeContext &node, unsigned i);

/// Codes in an integer tensor as the quantized type that per-tensor parameters mean, and back.
mlir::Value createQuantizedView(NodeContext &node, mlir::Value codes,
                                const QuantizationParameters &parameters);
mlir::Value createStorageView(NodeContext &node, mlir::Value quantized);

/// Quantized element type of per-tensor parameters.
mlir::Type getQuantizedType(const QuantizationParameters &parameters);

/// Scale and zero point as constants [1] or [channels], as contractions take them.
std::pair<mlir::Value, mlir::Value> createParameters(NodeContext &node,
                                                     const QuantizationParameters &parameters);

} // namespace qcc::import

#endif
