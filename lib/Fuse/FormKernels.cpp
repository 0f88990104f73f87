//===- FormKernels.cpp - a flat list of kernels -----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Fuse/Passes.h"

#include "dialects/QNN/QNN.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace qcc::fuse {

#define GEN_PASS_DEF_FORMKERNELS
#include "qcc/Fuse/Passes.h.inc"

namespace {

using OperationSet = llvm::SmallPtrSet<Operation *, 32>;

bool needsNoCode(Operation *op) {
  return isa<qnn::ConstantOp, qnn::ReshapeOp, qnn::BitcastOp, qnn::KernelOp>(op) ||
         op->hasTrait<OpTrait::IsTerminator>();
}

/// A scatter reads its result back while it makes it.
bool readsItsResult(Operation *op) { return isa<qnn::ScatterElementsOp, qnn::ScatterNDOp>(op); }

/// The one op that consumes `op` and can be applied element by element right after it, or null.
Operation *getElementwiseConsumer(Operation *op) {
  if (op->getNumResults() != 1)
    return nullptr;
  Value result = op->getResult(0);
  if (!result.hasOneUse() || readsItsResult(op))
    return nullptr;
  Operation *user = *result.user_begin();
  if (!user->hasTrait<qnn::Elementwise>() && !isa<qnn::BitcastOp>(user))
    return nullptr;
  if (cast<ShapedType>(user->getResult(0).getType()).getShape() !=
      cast<ShapedType>(result.getType()).getShape())
    return nullptr;
  return user;
}

SmallVector<Operation *> collectKernel(Operation *root, const OperationSet &taken) {
  SmallVector<Operation *> ops = {root};
  // A sum of two kernels' results joins the first of them.
  for (Operation *next = getElementwiseConsumer(root); next && !taken.contains(next);
       next = getElementwiseConsumer(next))
    ops.push_back(next);
  // A bitcast at the end costs nothing outside.
  while (ops.size() > 1 && isa<qnn::BitcastOp>(ops.back()))
    ops.pop_back();
  return ops;
}

void formKernel(ArrayRef<Operation *> ops, int64_t id) {
  llvm::SmallSetVector<Value, 4> inputs;
  llvm::SmallPtrSet<Operation *, 8> inside(ops.begin(), ops.end());
  SmallVector<Location> locations;
  for (Operation *op : ops) {
    locations.push_back(op->getLoc());
    for (Value operand : op->getOperands())
      if (!inside.contains(operand.getDefiningOp()))
        inputs.insert(operand);
  }
  Operation *last = ops.back();
  // Where the last op stands, every operand is defined.
  OpBuilder builder(last);
  auto kernel =
      qnn::KernelOp::create(builder, FusedLoc::get(builder.getContext(), locations),
                            last->getResultTypes(), inputs.getArrayRef(), nullptr, nullptr);
  kernel->setAttr("id", builder.getI64IntegerAttr(id));
  Block *block = builder.createBlock(&kernel.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, block->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : ops)
    builder.clone(*op, mapping);
  SmallVector<Value> results;
  for (Value result : last->getResults())
    results.push_back(mapping.lookup(result));
  qnn::YieldOp::create(builder, last->getLoc(), results);
  last->replaceAllUsesWith(kernel);
  for (Operation *op : llvm::reverse(ops))
    op->erase();
}

struct FormKernels : impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    OperationSet taken;
    SmallVector<SmallVector<Operation *>> kernels;
    for (Operation &op : getOperation().front()) {
      if (needsNoCode(&op) || taken.contains(&op))
        continue;
      kernels.push_back(collectKernel(&op, taken));
      taken.insert(kernels.back().begin(), kernels.back().end());
    }
    for (auto [id, ops] : llvm::enumerate(kernels))
      formKernel(ops, id);
  }
};

} // namespace
} // namespace qcc::fuse
