//===- SelectTiles.cpp - emitter, tile and scratch of each kernel -----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Schedule/Passes.h"

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::schedule {

#define GEN_PASS_DEF_SELECTTILES
#include "qcc/Schedule/Passes.h.inc"

namespace {

/// Output pixels that share one load of the weights. Accumulators (rows * vectors), the weights of
/// one step and a broadcast activation must fit the registers; more rows load less per product.
int64_t chooseRows(const TargetInfo &target, kernel::ContractionOp op) {
  if (op.getArithmetic() == kernel::Arithmetic::Codes || target.vectorRegisters == 0)
    return 1;
  int64_t channels = llvm::divideCeil(op.getOutputChannels() / op.getGroup(), op.getLanes());
  int64_t vectors = std::min(op.getPanel() / op.getLanes(), channels);
  // Products of pairs need a register before they are added.
  int64_t temporaries = op.getArithmetic() == kernel::Arithmetic::ByteQuads ? 1 : 2;
  int64_t rows = (static_cast<int64_t>(target.vectorRegisters) - vectors - temporaries) / vectors;
  rows = std::clamp<int64_t>(rows, 1, op.isDepthwise() ? 1 : 6);
  auto shape = op.getType().getShape();
  int64_t width = shape.size() < 2 ? 1 : shape[shape.size() - 2];
  return std::min(rows, width);
}

/// A row of exponentials, when no result of the kernel has room for them. Rows along another
/// dimension than the innermost are computed a vector of neighbours at a time.
int64_t getSoftmaxScratch(const TargetInfo &target, qnn::KernelOp kernel, qnn::SoftmaxOp softmax) {
  if (softmax.getType().getElementType().isF32() &&
      llvm::is_contained(kernel.getYield()->getOperands(), softmax.getResult()))
    return 0;
  int64_t axis = softmax.getAxis(), lanes = 1;
  if (axis + 1 != softmax.getType().getRank())
    lanes = std::max<int64_t>(1, target.vectorBytes / 4);
  return softmax.getType().getDimSize(axis) * lanes * 4;
}

/// Sequences that share one load of the weights. Those of different lengths run on their own.
int64_t chooseRows(qnn::RecurrentOp op) {
  return op.getLengths() ? 1 : std::min<int64_t>(op.getGates().getType().getDimSize(1), 4);
}

/// The sums of one step of one sequence; for a gru also what its reset gate multiplies.
int64_t getScratchBytes(qnn::RecurrentOp op) {
  int64_t blocks = op.getGateCount() + (op.getKind() == qnn::RecurrentKind::GRU ? 1 : 0);
  return blocks * op.getStateSize() * static_cast<int64_t>(sizeof(float));
}

struct SelectTiles : impl::SelectTilesBase<SelectTiles> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    TargetInfo target = getTarget(module);
    Builder builder(module.getContext());
    for (qnn::KernelOp kernel : network.getOps<qnn::KernelOp>()) {
      if (kernel.getSchedule())
        continue;
      NamedAttrList schedule;
      auto contraction = dyn_cast<kernel::ContractionOp>(kernel.getBlock().front());
      if (contraction) {
        schedule.append("emitter", builder.getStringAttr(
                                       contraction.isDepthwise() ? "depthwise" : "contraction"));
        schedule.append("rows", builder.getI64IntegerAttr(chooseRows(target, contraction)));
        if (int64_t scratch = contraction.getScratchBytes())
          schedule.append("scratch", builder.getI64IntegerAttr(scratch));
      } else if (isa<kernel::PackOp>(kernel.getBlock().front())) {
        schedule.append("emitter", builder.getStringAttr("pack"));
      } else if (auto recurrent = dyn_cast<qnn::RecurrentOp>(kernel.getBlock().front())) {
        schedule.append("emitter", builder.getStringAttr("recurrent"));
        int64_t rows = chooseRows(recurrent);
        schedule.append("rows", builder.getI64IntegerAttr(rows));
        schedule.append("scratch", builder.getI64IntegerAttr(rows * getScratchBytes(recurrent)));
      } else {
        schedule.append("emitter", builder.getStringAttr("generic"));
        // A byte for each box: whether it is still a candidate.
        if (auto suppress = dyn_cast<qnn::SuppressOp>(kernel.getBlock().front()))
          schedule.append("scratch",
                          builder.getI64IntegerAttr(suppress.getBoxes().getType().getDimSize(1)));
        if (auto softmax = dyn_cast<qnn::SoftmaxOp>(kernel.getBlock().front()))
          if (int64_t scratch = getSoftmaxScratch(target, kernel, softmax))
            schedule.append("scratch", builder.getI64IntegerAttr(scratch));
      }
      kernel.setScheduleAttr(schedule.getDictionary(module.getContext()));
    }
  }
};

} // namespace
} // namespace qcc::schedule
