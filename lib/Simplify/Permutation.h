//===- Permutation.h - arithmetic of dimension orders -----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_SIMPLIFY_PERMUTATION_H
#define QCC_LIB_SIMPLIFY_PERMUTATION_H

#include "dialects/QNN/QNN.h"
#include "mlir/IR/PatternMatch.h"

namespace qcc::simplify {

using Permutation = llvm::SmallVector<int64_t, 6>;

Permutation invert(llvm::ArrayRef<int64_t> permutation);

/// result[i] = values[permutation[i]], as qnn.transpose does with dimensions.
llvm::SmallVector<int64_t> permute(llvm::ArrayRef<int64_t> values,
                                   llvm::ArrayRef<int64_t> permutation);
mlir::RankedTensorType permute(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> permutation);

bool isIdentity(llvm::ArrayRef<int64_t> permutation);

/// True when only dimensions of size 1 change place, so that a reshape does the same.
bool movesOnlyUnitDimensions(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> permutation);

/// reshape(reshape(x)) ==> reshape(x).
void addComposeReshapes(mlir::RewritePatternSet &patterns);

/// Patterns of the fold-transposes pass.
void addSinkTransposes(mlir::RewritePatternSet &patterns);
void addSinkTransposesThroughReshapes(mlir::RewritePatternSet &patterns);
void addFoldTransposesIntoConstants(mlir::RewritePatternSet &patterns);
void addFoldMovesIntoWeights(mlir::RewritePatternSet &patterns);
void addFoldTransposesIntoConcats(mlir::RewritePatternSet &patterns);
/// Where transposes and reshapes rest when nothing cancels them any more; runs after the others.
void addSettleTransposes(mlir::RewritePatternSet &patterns);

} // namespace qcc::simplify

#endif
