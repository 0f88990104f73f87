//===- SeparateOutputs.cpp - memory of its own for every output -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Fuse/Passes.h"

#include "dialects/QNN/QNNNetwork.h"

using namespace mlir;

namespace qcc::fuse {

#define GEN_PASS_DEF_SEPARATEOUTPUTS
#include "qcc/Fuse/Passes.h.inc"

namespace {

Value copy(OpBuilder &builder, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> offsets(type.getRank(), 0), strides(type.getRank(), 1);
  return qnn::SliceOp::create(builder, value.getLoc(), type, value, offsets, strides);
}

struct SeparateOutputs : impl::SeparateOutputsBase<SeparateOutputs> {
  void runOnOperation() override {
    Operation *terminator = getOperation().front().getTerminator();
    OpBuilder builder(terminator);
    SmallVector<qnn::State> states = qnn::getStates(getOperation());
    auto isState = [&](OpOperand &output) {
      return qnn::findStateOfResult(states, output.getOperandNumber()) != nullptr;
    };
    llvm::SmallPtrSet<Value, 4> seen;
    for (OpOperand &output : terminator->getOpOperands()) {
      if (isState(output)) {
        // A state that becomes another one must leave its memory before that is written.
        if (isa<BlockArgument>(qnn::getStorageRoot(output.get())))
          output.set(copy(builder, output.get()));
        continue;
      }
      Value root = qnn::getStorageRoot(output.get());
      bool computed = root.getDefiningOp() && !isa<qnn::ConstantOp>(root.getDefiningOp());
      if (!computed || !seen.insert(root).second)
        output.set(copy(builder, output.get()));
    }
    // Old and new state share memory: it is written when every reader of the old one has run.
    for (OpOperand &output : terminator->getOpOperands())
      if (isState(output))
        output.set(copy(builder, output.get()));
  }
};

} // namespace
} // namespace qcc::fuse
