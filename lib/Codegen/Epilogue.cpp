//===- Epilogue.cpp - the ops after a kernel's root -------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "KernelEmitter.h"

using namespace mlir;

namespace qcc::codegen {

Operation *getRoot(qnn::KernelOp kernel) { return &kernel.getBlock().front(); }

LogicalResult Epilogue::store(Value value, ArrayRef<Value> position) {
  int64_t lanes = KernelEmitter::getLanes(value);
  llvm::DenseMap<Value, Value> registers;
  registers[root->getResult(0)] = value;

  // A broadcast operand has fewer dimensions: its position is the tail of the result's.
  auto read = [&](Value tensor) -> Value {
    if (auto found = registers.find(tensor); found != registers.end())
      return found->second;
    const BufferView &view = emitter.getView(tensor);
    return emitter.load(view, position.take_back(view.shape.size()), lanes);
  };
  for (Operation *op = root->getNextNode(); op && !isa<qnn::YieldOp>(op); op = op->getNextNode()) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      // The table of a lookup is addressed by code, not by position.
      operands.push_back(isa<qnn::LookupOp>(op) && operand == op->getOperand(1) ? Value()
                                                                                : read(operand));
    Value result = emitPointwise(emitter, op, operands);
    if (!result)
      return op->emitError("has no elementwise code for ")
             << op->getResult(0).getType() << " [E4010]";
    registers[op->getResult(0)] = result;
  }
  for (Value yielded : emitter.kernel.getYield()->getOperands())
    emitter.store(read(yielded), emitter.getView(yielded), position);
  return success();
}

} // namespace qcc::codegen
