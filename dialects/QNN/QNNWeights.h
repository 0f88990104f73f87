//===- QNNWeights.h - constants as raw bytes --------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights are `dense_resource` blobs: not uniqued, not copied when the attribute is, printed only
// when asked.
//===----------------------------------------------------------------------===//
#ifndef QCC_DIALECTS_QNN_QNNWEIGHTS_H
#define QCC_DIALECTS_QNN_QNNWEIGHTS_H

#include "dialects/QNN/QNN.h"
#include "mlir/IR/Builders.h"

namespace qcc::qnn {

/// Constant whose bytes (row-major, little-endian) are copied from `bytes`; its size must be the
/// type's.
ConstantOp createConstant(mlir::OpBuilder &builder, mlir::Location location,
                          mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

/// The same without a copy: `bytes` must live as long as the context (a mapped file).
ConstantOp createMappedConstant(mlir::OpBuilder &builder, mlir::Location location,
                                mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

template <typename T>
ConstantOp createConstantOf(mlir::OpBuilder &builder, mlir::Location location,
                            mlir::RankedTensorType type, llvm::ArrayRef<T> values) {
  return createConstant(builder, location, type,
                        {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)});
}

/// Bytes of a constant.
llvm::ArrayRef<char> getBytes(ConstantOp constant);

/// Bytes behind `value` when a constant op defines it, otherwise an empty array.
llvm::ArrayRef<char> getConstantBytes(mlir::Value value);

/// Elements of the constant that defines `value`, copied; none when it is not a constant.
template <typename T> llvm::SmallVector<T> getConstantValues(mlir::Value value) {
  llvm::ArrayRef<char> bytes = getConstantBytes(value);
  llvm::SmallVector<T> values(bytes.size() / sizeof(T));
  if (!values.empty())
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

/// Erases a constant without uses and frees its bytes. Clones of a module share them: only for
/// constants that were made since the last clone.
void releaseConstant(ConstantOp constant);

} // namespace qcc::qnn

#endif
