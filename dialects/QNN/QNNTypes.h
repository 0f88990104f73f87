//===- QNNTypes.h - element types of the network ----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an element type holds: storage width, signedness, scale, zero point.
//===----------------------------------------------------------------------===//
#ifndef QCC_DIALECTS_QNN_QNNTYPES_H
#define QCC_DIALECTS_QNN_QNNTYPES_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace qcc::qnn {

using QuantizedType = mlir::quant::UniformQuantizedType;

/// True for f16, bf16, f32, f64, integers up to 64 bits, and per-tensor quantized types over f32
/// whose scale is a positive finite f32 and whose zero point lies in the storage range.
bool isElementType(mlir::Type type);

/// The quantized element type of a tensor type or element type, or null.
QuantizedType getQuantized(mlir::Type type);

/// Scale of a quantized type as the f32 that all arithmetic uses.
float getScale(QuantizedType type);

/// Per-tensor quantized type over f32. `bits` is 4, 8 or 16; the storage range is the full one.
QuantizedType makeQuantized(mlir::MLIRContext *context, unsigned bits, bool isSigned, float scale,
                            int64_t zeroPoint);

/// saturate(round_half_even(value / scale) + zero_point): the code of a real constant; NaN gives
/// the lowest code.
int64_t quantizeValue(float value, QuantizedType type);

/// Builtin integer type that stores a quantized type: i8 for signed, ui8 for unsigned codes. Other
/// types unchanged.
mlir::Type getStorageType(mlir::Type elementType);

/// Whether integers of this builtin or quantized type are read as signed.
bool isSignedStorage(mlir::Type elementType);

/// Bytes of one element in memory (i1 takes one byte).
int64_t getElementBytes(mlir::Type elementType);

/// Bytes of a dense tensor.
int64_t getTensorBytes(mlir::Type tensorType);

} // namespace qcc::qnn

#endif
