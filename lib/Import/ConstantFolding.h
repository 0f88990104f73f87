//===- ConstantFolding.h - shape arithmetic while importing
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_CONSTANTFOLDING_H
#define QCC_LIB_IMPORT_CONSTANTFOLDING_H

#include "lib/Import/ConstantData.h"

namespace qcc::import {

/// Constants up to this size are computed while importing; larger ones are weights, which the
/// Simplify stage folds.
constexpr int64_t mostFoldedElements = 1 << 16;

inline bool isFoldable(const Constant *constant) {
  return constant && constant->getNumElements() <= mostFoldedElements;
}

/// The same bytes under another shape of as many elements.
ConstantPointer reshapeConstant(const Constant &constant, llvm::ArrayRef<int64_t> shape);

/// The single element of a constant in every place of a shape.
ConstantPointer fillConstant(const Constant &element, llvm::ArrayRef<int64_t> shape);

/// The elements at offset + sum index[i] * strides[i], counted in elements of the constant. The
/// caller makes sure that they lie inside.
ConstantPointer viewConstant(const Constant &constant, llvm::ArrayRef<int64_t> shape,
                             int64_t offset, llvm::ArrayRef<int64_t> strides);

/// Row-major strides of a shape, in elements.
llvm::SmallVector<int64_t> getRowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// Strides that read a tensor of `shape` as if broadcast to `result`.
llvm::SmallVector<int64_t> getBroadcastStrides(llvm::ArrayRef<int64_t> shape,
                                               llvm::ArrayRef<int64_t> result);

/// Conversion by value: floats truncate and saturate, NaN gives 0, nonzero gives true.
ConstantPointer castConstant(const Constant &constant, mlir::Type elementType);

} // namespace qcc::import

#endif
