//===- FoldWeights.cpp - weights of float ops as f32 ------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Quantize/Passes.h"

#include "Conversions.h"
#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::quantize {

#define GEN_PASS_DEF_FOLDWEIGHTS
#include "qcc/Quantize/Passes.h.inc"

namespace {

struct FoldWeights : impl::FoldWeightsBase<FoldWeights> {
  void runOnOperation() override {
    Block &block = getOperation().front();
    eraseUnused(block);
    llvm::SmallPtrSet<Operation *, 16> folded;
    for (Operation &op : llvm::make_early_inc_range(block)) {
      bool isConstant =
          op.getNumOperands() != 0 && op.getOperand(0).getDefiningOp<qnn::ConstantOp>();
      // What moves dequantized elements was no constant before.
      bool moves = op.getNumOperands() != 0 && op.hasTrait<qnn::SameScale>() &&
                   llvm::all_of(op.getOperands(), [&](Value operand) {
                     return folded.contains(operand.getDefiningOp());
                   });
      if (isa<qnn::DequantizeWeightsOp>(op) || (isa<qnn::DequantizeOp>(op) && isConstant) || moves)
        if (failed(fold(&op, folded)))
          return signalPassFailure();
    }
    eraseUnused(block);
  }

  static void eraseUnused(Block &block) {
    // Two constants may share their bytes.
    llvm::DenseMap<Attribute, unsigned> holders;
    for (auto constant : block.getOps<qnn::ConstantOp>())
      ++holders[constant.getValueAttr()];
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      if (op.hasTrait<OpTrait::IsTerminator>() || !op.use_empty())
        continue;
      auto constant = dyn_cast<qnn::ConstantOp>(op);
      if (constant && --holders[constant.getValueAttr()] == 0)
        qnn::releaseConstant(constant);
      else
        op.erase();
    }
  }

  static LogicalResult fold(Operation *op, llvm::SmallPtrSet<Operation *, 16> &folded) {
    for (Value operand : op->getOperands())
      if (qnn::getConstantBytes(operand).empty() &&
          cast<RankedTensorType>(operand.getType()).getNumElements() != 0)
        return op->emitError("has an operand that is not constant [E4021]");
    auto reals = reference::evaluateConstant(op);
    if (!reals)
      return op->emitError(llvm::toString(reals.takeError())) << " [E4021]";
    OpBuilder builder(op);
    auto constant =
        qnn::createConstant(builder, op->getLoc(), reals->front().type, reals->front().bytes);
    folded.insert(constant);
    op->replaceAllUsesWith(constant);
    op->erase();
    return success();
  }
};

} // namespace
} // namespace qcc::quantize
