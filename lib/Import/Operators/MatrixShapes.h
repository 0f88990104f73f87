//===- MatrixShapes.h - operands of matrix products as stacks of matrices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_MATRIXSHAPES_H
#define QCC_LIB_IMPORT_OPERATORS_MATRIXSHAPES_H

#include "lib/Import/NodeContext.h"

namespace qcc::import {

/// Shapes of a NumPy product: a vector on the left is a row, one on the right a column.
struct MatrixShapes {
  llvm::SmallVector<int64_t> lhs, rhs; // rank 2 or more
  llvm::SmallVector<int64_t> product;  // [batch..., M, N]
  llvm::SmallVector<int64_t> result;   // without the dimensions that vectors got

  int64_t getDepth() const { return lhs.back(); }
  int64_t getColumns() const { return rhs.back(); }
};

/// Checks that the two shapes can be multiplied and that the result can exist.
mlir::FailureOr<MatrixShapes> readMatrixShapes(NodeContext &node, llvm::ArrayRef<int64_t> lhs,
                                               llvm::ArrayRef<int64_t> rhs);

} // namespace qcc::import

#endif
