//===- PackRecurrentWeights.cpp - weights of recurrences in panels
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Layout/Passes.h"

#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::layout {

#define GEN_PASS_DEF_PACKRECURRENTWEIGHTS
#include "qcc/Layout/Passes.h.inc"

namespace {

/// Columns whose sums stay in registers, so many that one addition need not wait for the last.
int64_t choosePanel(const TargetInfo &target) {
  constexpr int64_t vectors = 8;
  return std::max<int64_t>(target.vectorBytes / static_cast<int64_t>(sizeof(float)), 1) * vectors;
}

void pack(qnn::KernelOp kernel, qnn::RecurrentOp op, int64_t panel) {
  auto argument = dyn_cast<BlockArgument>(op.getWeights());
  // Another reader wants the order that it knows.
  bool isReadHere = argument && argument.hasOneUse();
  Value outside = isReadHere ? kernel.getInputs()[argument.getArgNumber()] : Value();
  auto constant = outside ? outside.getDefiningOp<qnn::ConstantOp>() : nullptr;
  if (!constant)
    return;
  SmallVector<float> plain = qnn::getConstantValues<float>(outside), packed(plain.size());
  int64_t rows = op.getStateSize(), columns = op.getWeights().getType().getDimSize(1);
  op.setPanel(panel);
  for (int64_t k = 0; k < rows; ++k)
    for (int64_t j = 0; j < columns; ++j)
      packed[op.getWeightIndex(k, j)] = plain[k * columns + j];
  OpBuilder builder(kernel);
  Value weights = qnn::createConstantOf<float>(builder, constant.getLoc(), constant.getType(),
                                               ArrayRef<float>(packed));
  kernel->setOperand(argument.getArgNumber(), weights);
  if (constant->use_empty())
    constant.erase();
}

struct PackRecurrentWeights : impl::PackRecurrentWeightsBase<PackRecurrentWeights> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    int64_t panel = choosePanel(getTarget(module));
    for (qnn::KernelOp kernel : network.getOps<qnn::KernelOp>())
      if (auto op = dyn_cast<qnn::RecurrentOp>(kernel.getBlock().front()); op && !op.getPanel())
        pack(kernel, op, panel);
  }
};

} // namespace
} // namespace qcc::layout
