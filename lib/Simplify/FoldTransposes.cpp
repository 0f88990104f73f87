//===- FoldTransposes.cpp - moves transposes together until they cancel
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

#include "qcc/Simplify/Passes.h"

using namespace mlir;

namespace qcc::simplify {
#define GEN_PASS_DEF_FOLDTRANSPOSES
#include "qcc/Simplify/Passes.h.inc"

namespace {
struct FoldTransposes : impl::FoldTransposesBase<FoldTransposes> {
  void runOnOperation() override {
    // Each transpose moves down once past each op, so deep networks need many rounds. The number of
    // rewrites is bounded all the same: what is left then is correct, only not the smallest.
    int64_t ops = 0;
    getOperation()->walk([&](Operation *) { ++ops; });
    GreedyRewriteConfig config;
    config.setMaxIterations(GreedyRewriteConfig::kNoLimit);
    config.setMaxNumRewrites(1024 + 64 * ops);

    RewritePatternSet sinking(&getContext());
    addSinkTransposes(sinking);
    addSinkTransposesThroughReshapes(sinking);
    addFoldTransposesIntoConstants(sinking);
    addFoldMovesIntoWeights(sinking);
    (void)applyPatternsGreedily(getOperation(), std::move(sinking), config);

    RewritePatternSet settling(&getContext());
    addSettleTransposes(settling);
    // A transpose that could sink further would not come to rest in a concat.
    addFoldTransposesIntoConcats(settling);
    (void)applyPatternsGreedily(getOperation(), std::move(settling), config);
  }
};
} // namespace
} // namespace qcc::simplify
