//===- ConstantData.h - tensors that are known while importing
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_CONSTANTDATA_H
#define QCC_LIB_IMPORT_CONSTANTDATA_H

#include "lib/Import/ExternalData.h"
#include "lib/Import/OnnxSchema.h"
#include "lib/Import/Reporter.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include <cstring>
#include <memory>

namespace qcc::import {

/// Limits of every tensor.
constexpr int64_t mostDimensions = 8;
constexpr int64_t mostTensorBytes = int64_t(1) << 40;

/// Initializers, Constant nodes, and what is folded from them. Bytes are row-major and
/// little-endian, one element in a whole number of bytes: integers of 2 and 4 bits are widened
/// to 8, floats of 4 and 8 bits to f32.
struct Constant {
  mlir::RankedTensorType type;
  int32_t dataType = 0; // the ONNX element type; tells int4 from int8, float8 from float
  llvm::ArrayRef<char> bytes;
  std::shared_ptr<const void> owner; // keeps `bytes` alive until `value` does
  mlir::Value value;                 // the qnn.constant, once an operation needed it

  int64_t getNumElements() const { return type.getNumElements(); }
};
using ConstantPointer = std::shared_ptr<Constant>;

/// Element type of an ONNX type, or null where qcc has none; that which holds it for those that
/// isStoredOnly.
mlir::Type getElementType(mlir::MLIRContext *context, int32_t dataType);

/// Whether only constants have the ONNX type: integers of 2 and 4 bits, floats of 4 and 8.
bool isStoredOnly(int32_t dataType);

/// The format of a float of 4 or 8 bits, or null.
const llvm::fltSemantics *findSmallFloat(int32_t dataType);

/// ONNX type of a builtin element type.
int32_t getDataType(mlir::Type elementType);

/// Decodes a tensor and takes its bytes out of the message. `where` names it in errors.
mlir::FailureOr<ConstantPointer> decodeTensor(onnx::TensorProto &tensor, const llvm::Twine &where,
                                              mlir::MLIRContext *context, ExternalData &external,
                                              Reporter &reporter);

/// Fails where an element is none of its type: a bool that is neither 0 nor 1. For bytes that the
/// user gives.
mlir::LogicalResult checkElements(const Constant &constant, const llvm::Twine &where,
                                  Reporter &reporter);

/// A new constant that owns `bytes`, whose size must be the type's.
ConstantPointer makeConstant(mlir::RankedTensorType type, std::string bytes);
template <typename T>
ConstantPointer makeConstantOf(mlir::RankedTensorType type, llvm::ArrayRef<T> values) {
  return makeConstant(
      type, std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)));
}

/// Elements of an integer or bool constant. uint64 values above 2^63 - 1 saturate.
llvm::SmallVector<int64_t> getIntegers(const Constant &constant);

/// Elements of a constant of any number type, as doubles.
llvm::SmallVector<double> getNumbers(const Constant &constant);

/// The constant with `values` converted to an integer or float element type: integers wrap, floats
/// round to nearest.
ConstantPointer makeFromIntegers(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> values);
ConstantPointer makeFromNumbers(mlir::RankedTensorType type, llvm::ArrayRef<double> values);

} // namespace qcc::import

#endif
