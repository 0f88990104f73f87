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
    // Each transpose moves down once past each op, so deep networks need many rounds.
    GreedyRewriteConfig config;
    config.setMaxIterations(GreedyRewriteConfig::kNoLimit);

    RewritePatternSet sinking(&getContext());
    addSinkTransposes(sinking);
    addSinkTransposesThroughReshapes(sinking);
    addFoldTransposesIntoConstants(sinking);
    if (failed(applyPatternsGreedily(getOperation(), std::move(sinking), config)))
      return signalPassFailure();

    RewritePatternSet settling(&getContext());
    addSettleTransposes(settling);
    if (failed(applyPatternsGreedily(getOperation(), std::move(settling), config)))
      signalPassFailure();
  }
};
} // namespace
} // namespace qcc::simplify
