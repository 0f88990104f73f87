//===- MakeLookupTables.cpp - unary chains between codes as tables ----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Fuse/Passes.h"

#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::fuse {

#define GEN_PASS_DEF_MAKELOOKUPTABLES
#include "qcc/Fuse/Passes.h.inc"

namespace {

bool isEightBit(Type type) {
  Type storage = qnn::getStorageType(getElementTypeOrSelf(type));
  return storage.isInteger(8);
}

/// True when every result element depends on one element of `input` and on constants of one
/// element.
bool isFunctionOf(Operation *op, Value input) {
  if (!op->hasTrait<qnn::Elementwise>() && !isa<qnn::BitcastOp>(op))
    return false;
  if (op->getResult(0).getType() != input.getType() &&
      cast<ShapedType>(op->getResult(0).getType()).getShape() !=
          cast<ShapedType>(input.getType()).getShape())
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    auto type = cast<RankedTensorType>(operand.getType());
    bool isTable = isa<qnn::LookupOp>(op) && operand == op->getOperand(1);
    return operand == input ||
           (operand.getDefiningOp<qnn::ConstantOp>() && (isTable || type.getNumElements() == 1));
  });
}

/// The longest chain from `first` that ends in an 8-bit value; empty when clamping is all it does.
SmallVector<Operation *> findChain(Operation *first) {
  SmallVector<Operation *> chain;
  size_t useful = 0;
  bool needsTable = false;
  Value input = first->getOperand(0);
  for (Operation *op = first; op && isFunctionOf(op, input);) {
    chain.push_back(op);
    needsTable |= !isa<qnn::ReluOp, qnn::ClipOp, qnn::BitcastOp, qnn::LookupOp>(op);
    input = op->getResult(0);
    if (isEightBit(input.getType()) && needsTable)
      useful = chain.size();
    op = input.hasOneUse() ? *input.user_begin() : nullptr;
  }
  chain.resize(useful);
  return chain;
}

struct MakeLookupTables : impl::MakeLookupTablesBase<MakeLookupTables> {
  void runOnOperation() override {
    SmallVector<SmallVector<Operation *>> chains;
    llvm::SmallPtrSet<Operation *, 16> taken;
    for (Operation &op : getOperation().front()) {
      if (op.getNumOperands() == 0 || taken.contains(&op) ||
          !qnn::getQuantized(op.getOperand(0).getType()) || !isEightBit(op.getOperand(0).getType()))
        continue;
      chains.push_back(findChain(&op));
      taken.insert(chains.back().begin(), chains.back().end());
    }
    for (ArrayRef<Operation *> chain : chains)
      if (!chain.empty() && failed(replace(chain)))
        return signalPassFailure();
  }

  LogicalResult replace(ArrayRef<Operation *> chain) {
    Operation *last = chain.back();
    Value input = chain.front()->getOperand(0), output = last->getResult(0);
    auto table = reference::makeLookupTable(input, output);
    if (!table)
      return last->emitError(llvm::toString(table.takeError())) << " [E4020]";
    OpBuilder builder(last);
    Type storage = qnn::getStorageType(getElementTypeOrSelf(output.getType()));
    Value constant = qnn::createConstant(builder, last->getLoc(),
                                         RankedTensorType::get({256}, storage), table->bytes);
    Value result =
        qnn::LookupOp::create(builder, last->getLoc(), output.getType(), input, constant);
    output.replaceAllUsesWith(result);
    for (Operation *op : llvm::reverse(chain))
      op->erase();
    return success();
  }
};

} // namespace
} // namespace qcc::fuse
