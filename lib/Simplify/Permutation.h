//===- Permutation.h - arithmetic of dimension orders -----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_SIMPLIFY_PERMUTATION_H
#define QCC_LIB_SIMPLIFY_PERMUTATION_H

#include "dialects/QNN/QNN.h"
#include "mlir/IR/PatternMatch.h"
#include "qcc/Support/Permutation.h"

namespace qcc::simplify {

using Permutation = llvm::SmallVector<int64_t, 6>;

using qcc::permute;
mlir::RankedTensorType permute(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> permutation);

bool isIdentity(llvm::ArrayRef<int64_t> permutation);

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
