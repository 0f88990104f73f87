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
    llvm::SmallPtrSet<Value, 4> seen;
    for (OpOperand &output : terminator->getOpOperands()) {
      Value root = qnn::getStorageRoot(output.get());
      bool computed = root.getDefiningOp() && !isa<qnn::ConstantOp>(root.getDefiningOp());
      if (!computed || !seen.insert(root).second)
        output.set(copy(builder, output.get()));
    }
  }
};

} // namespace
} // namespace qcc::fuse
