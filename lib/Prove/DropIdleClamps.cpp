//===- DropIdleClamps.cpp - clamps that never change a code -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Prove/Passes.h"

#include "CodeRanges.h"
#include "qcc/Reference/Arithmetic.h"

using namespace mlir;

namespace qcc::prove {

#define GEN_PASS_DEF_DROPIDLECLAMPS
#include "qcc/Prove/Passes.h.inc"

namespace {

struct DropIdleClamps : impl::DropIdleClampsBase<DropIdleClamps> {
  void runOnOperation() override {
    CodeRanges ranges;
    SmallVector<Operation *> idle;
    for (Operation &op : getOperation().front()) {
      if (!isa<qnn::ReluOp, qnn::ClipOp>(op) || !qnn::getQuantized(op.getResult(0).getType()))
        continue;
      reference::Quantization type(qnn::getQuantized(op.getResult(0).getType()));
      Interval kept{type.zeroPoint, type.high};
      if (auto clip = dyn_cast<qnn::ClipOp>(op))
        kept = {reference::quantize(clip.getLow().convertToFloat(), type),
                reference::quantize(clip.getHigh().convertToFloat(), type)};
      if (kept.contains(ranges.get(op.getOperand(0))))
        idle.push_back(&op);
    }
    for (Operation *op : idle) {
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    }
  }
};

} // namespace
} // namespace qcc::prove
