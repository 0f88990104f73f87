//===- QuantizationArithmetic.h - quantization with any scales, as f32 arithmetic
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_QUANTIZATIONARITHMETIC_H
#define QCC_LIB_IMPORT_OPERATORS_QUANTIZATIONARITHMETIC_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// clip(round_half_even(x / scale) + zero_point) as integers `codes`; f32 operands that broadcast,
/// `zeroPoint` may be null. Equal to qnn.quantize where both can say it.
mlir::Value createQuantized(NodeContext &node, mlir::Value input, mlir::Value scale,
                            mlir::Value zeroPoint, mlir::IntegerType codes);

/// QuantizeLinear and DequantizeLinear whose scales are computed, or one for each index of a
/// dimension or each block of it.
mlir::LogicalResult importQuantizeArithmetic(NodeContext &node, mlir::Type codes);
mlir::LogicalResult importDequantizeArithmetic(NodeContext &node, mlir::Type resultType);

} // namespace qcc::import

#endif
