//===- CheckArguments.cpp - status codes instead of crashes -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::codegen {

#define GEN_PASS_DEF_CHECKARGUMENTS
#include "qcc/Codegen/Passes.h.inc"

/// Inputs and outputs without elements: C has no array for them, so their pointers may be null.
static SmallVector<bool> findEmptyTensors(ModuleOp module) {
  SmallVector<bool> isEmpty;
  for (StringRef key : {"qcc.inputs", "qcc.outputs"})
    if (auto records = module->getAttrOfType<ArrayAttr>(key))
      for (auto record : records.getAsRange<DictionaryAttr>())
        isEmpty.push_back(llvm::any_of(record.getAs<ArrayAttr>("dims").getAsRange<IntegerAttr>(),
                                       [](IntegerAttr size) { return size.getInt() == 0; }));
  return isEmpty;
}

namespace {

struct CheckArguments : impl::CheckArgumentsBase<CheckArguments> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto name = module->getAttrOfType<StringAttr>("qcc.name");
    if (!name)
      return;
    auto getInteger = [&](StringRef key) {
      auto attribute = module->getAttrOfType<IntegerAttr>(key);
      return attribute ? attribute.getInt() : 0;
    };
    int64_t alignment = getInteger("qcc.arena_align");
    // The last arguments are the memory of the states and the arena.
    if (auto run = module.lookupSymbol<func::FuncOp>((name.getValue() + "_run").str())) {
      unsigned count = run.getNumArguments();
      SmallVector<bool> mayBeNull = findEmptyTensors(module);
      mayBeNull.resize(count, false);
      mayBeNull.back() = getInteger("qcc.arena_size") == 0;
      check(run, mayBeNull, module->hasAttr("qcc.state_size") ? count - 2 : count - 1, alignment);
    }
    if (auto reset = module.lookupSymbol<func::FuncOp>((name.getValue() + "_reset").str()))
      check(reset, {false}, 0, alignment);
  }

  /// The arguments from `firstAligned` on are aligned to `alignment` bytes.
  void check(func::FuncOp run, ArrayRef<bool> mayBeNull, unsigned firstAligned, int64_t alignment) {
    if (!run.getBody().hasOneBlock())
      return;
    ModuleOp module = getOperation();
    Block &body = run.getBody().front();
    auto ret = cast<func::ReturnOp>(body.getTerminator());
    Location location = run.getLoc();
    auto builder = OpBuilder::atBlockBegin(&body);
    Type addressType = builder.getIntegerType(getTarget(module).getPointerBits());
    auto constant = [&](Type type, int64_t value) -> Value {
      return arith::ConstantOp::create(builder, location, builder.getIntegerAttr(type, value));
    };
    Value zero = constant(addressType, 0);
    auto compare = [&](arith::CmpIPredicate predicate, Value value) -> Value {
      return arith::CmpIOp::create(builder, location, predicate, value, zero);
    };

    Value isNull = constant(builder.getI1Type(), 0), isMisaligned = isNull;
    for (BlockArgument argument : run.getArguments()) {
      if (mayBeNull[argument.getArgNumber()])
        continue;
      Value address = LLVM::PtrToIntOp::create(builder, location, addressType, argument);
      isNull = arith::OrIOp::create(builder, location, isNull,
                                    compare(arith::CmpIPredicate::eq, address));
      if (argument.getArgNumber() < firstAligned || alignment <= 1)
        continue;
      Value rest =
          arith::AndIOp::create(builder, location, address, constant(addressType, alignment - 1));
      isMisaligned = arith::OrIOp::create(builder, location, isMisaligned,
                                          compare(arith::CmpIPredicate::ne, rest));
    }
    Type statusType = builder.getI32Type();
    Value ok = constant(statusType, 0);
    // The status codes of the header.
    Value misaligned =
        arith::SelectOp::create(builder, location, isMisaligned, constant(statusType, 2), ok);
    Value status =
        arith::SelectOp::create(builder, location, isNull, constant(statusType, 1), misaligned);
    Value isUsable = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq, status, ok);
    auto branch = scf::IfOp::create(builder, location, TypeRange{statusType}, isUsable,
                                    /*withElseRegion=*/true);
    Block *then = branch.thenBlock();
    then->getOperations().splice(then->begin(), body.getOperations(),
                                 std::next(branch->getIterator()), ret->getIterator());
    builder.setInsertionPointToEnd(then);
    scf::YieldOp::create(builder, location, ret.getOperand(0));
    builder.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(builder, location, status);
    ret.getOperandsMutable().assign(branch.getResult(0));
  }
};

} // namespace
} // namespace qcc::codegen
