//===- CertifyRequantization.cpp - integer forms with a proof ---------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Prove/Passes.h"

#include "CodeRanges.h"
#include "IntegerRequantization.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::prove {

#define GEN_PASS_DEF_CERTIFYREQUANTIZATION
#include "qcc/Prove/Passes.h.inc"

namespace {

struct CertifyRequantization : impl::CertifyRequantizationBase<CertifyRequantization> {
  using CertifyRequantizationBase::CertifyRequantizationBase;

  void runOnOperation() override {
    auto module = getOperation()->getParentOfType<ModuleOp>();
    if (!always && module && getTarget(module).hasFloat)
      return;
    CodeRanges ranges;
    for (Operation &op : getOperation().front()) {
      auto contraction = dyn_cast<qnn::ContractionOpInterface>(op);
      auto type = contraction ? qnn::getQuantized(op.getResult(0).getType()) : nullptr;
      if (!type || type.getStorageTypeIntegralWidth() > 8)
        continue;
      SmallVector<Interval> accumulators = ranges.getAccumulators(contraction);
      if (!accumulators.empty())
        certify(&op, accumulators, getConstants(contraction)->multipliers,
                reference::Quantization(type));
    }
  }

  static void certify(Operation *op, ArrayRef<Interval> accumulators, ArrayRef<float> multipliers,
                      const reference::Quantization &to) {
    SmallVector<int32_t> factors;
    SmallVector<int64_t> offsets;
    SmallVector<int8_t> shifts;
    SmallVector<bool> proven;
    for (auto [range, multiplier] : llvm::zip(accumulators, multipliers)) {
      std::optional<IntegerForm> form = findIntegerForm(range, multiplier, to);
      if (form && !checkIntegerForm(*form, range, multiplier, to))
        form = std::nullopt;
      proven.push_back(form.has_value());
      factors.push_back(form ? form->multiplier : 0);
      offsets.push_back(form ? form->offset : 0);
      shifts.push_back(form ? form->shift : 0);
    }
    Builder builder(op->getContext());
    op->setAttr("prove.multiplier", builder.getDenseI32ArrayAttr(factors));
    op->setAttr("prove.offset", builder.getDenseI64ArrayAttr(offsets));
    op->setAttr("prove.shift", builder.getDenseI8ArrayAttr(shifts));
    op->setAttr("prove.proven", builder.getDenseBoolArrayAttr(proven));
    op->emitRemark() << llvm::count(proven, true) << " of " << proven.size()
                     << " channels are requantized in integers";
  }
};

} // namespace
} // namespace qcc::prove
