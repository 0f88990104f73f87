//===- BoundAccumulators.cpp - proves that sums fit 32 bits -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Prove/Passes.h"

#include "CodeRanges.h"

using namespace mlir;

namespace qcc::prove {

#define GEN_PASS_DEF_BOUNDACCUMULATORS
#include "qcc/Prove/Passes.h.inc"

namespace {

constexpr Interval wordRange{INT32_MIN, INT32_MAX};

bool hasEightBitInput(Value activation) {
  auto type = qnn::getQuantized(activation.getType());
  return type && type.getStorageTypeIntegralWidth() <= 8;
}

struct BoundAccumulators : impl::BoundAccumulatorsBase<BoundAccumulators> {
  void runOnOperation() override {
    CodeRanges ranges;
    bool isProven = true;
    for (Operation &op : getOperation().front()) {
      // Integer results wrap by definition, 16-bit codes have 64-bit sums.
      if (op.getNumResults() != 1 || getElementTypeOrSelf(op.getResult(0)).isInteger(32))
        continue;
      if (auto contraction = dyn_cast<qnn::ContractionOpInterface>(op)) {
        if (hasEightBitInput(contraction.getActivation()))
          isProven &= record(&op, ranges.getAccumulators(contraction));
      } else if (auto product = dyn_cast<qnn::MatMulOp>(op)) {
        if (hasEightBitInput(product.getLhs()) && hasEightBitInput(product.getRhs()))
          isProven &= record(&op, {bound(ranges, product)});
      }
    }
    if (!isProven)
      signalPassFailure();
  }

  static Interval bound(CodeRanges &ranges, qnn::MatMulOp product) {
    auto centre = [&](Value codes) {
      Interval range = ranges.get(codes);
      int64_t zeroPoint = qnn::getQuantized(codes.getType()).getZeroPoint();
      return Interval{range.low - zeroPoint, range.high - zeroPoint};
    };
    Interval a = centre(product.getLhs()), b = centre(product.getRhs());
    int64_t depth = product.getLhs().getType().getShape().back();
    auto [low, high] =
        std::minmax({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high});
    return {depth * low, depth * high};
  }

  static bool record(Operation *op, ArrayRef<Interval> accumulators) {
    if (accumulators.empty())
      return true;
    Interval hull = accumulators.front();
    for (auto [channel, range] : llvm::enumerate(accumulators)) {
      if (!wordRange.contains(range)) {
        op->emitError() << "the accumulator of channel " << channel << " can reach "
                        << (range.high > wordRange.high ? range.high : range.low)
                        << ", which does not fit 32 bits; keep this op in float [E4030]";
        return false;
      }
      hull = getHull(hull, range);
    }
    op->setAttr("prove.accumulator",
                Builder(op->getContext()).getDenseI64ArrayAttr({hull.low, hull.high}));
    return true;
  }
};

} // namespace
} // namespace qcc::prove
