//===- EmulateFloat.cpp - integer kernels without a float unit --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Integers.h"
#include "SoftFloat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "qcc/Codegen/Passes.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::codegen {

#define GEN_PASS_DEF_EMULATEFLOAT
#include "qcc/Codegen/Passes.h.inc"

namespace {

class Emulation {
public:
  explicit Emulation(ModuleOp module) : module(module), builder(module.getContext()) {}

  /// Everything of an integer kernel; of others the root, for which the ABI has no helper.
  void run(func::FuncOp function) {
    bool isInteger = function->hasAttr("qcc.integer");
    SmallVector<Operation *> operations;
    function.walk([&](Operation *op) {
      if (isInteger || isa<math::SqrtOp>(op))
        operations.push_back(op);
    });
    for (Operation *op : operations) {
      builder.setInsertionPoint(op);
      if (Value result = isVector(op) ? replaceLanes(op) : replace(op)) {
        op->getResult(0).replaceAllUsesWith(result);
        op->erase();
      }
    }
  }

private:
  static bool isF32(Value value) { return value.getType().isF32(); }

  static bool isVector(Operation *op) {
    return op->getNumResults() == 1 && isa<VectorType>(op->getResult(0).getType());
  }

  Value call(Operation *op, SoftFloat operation, Value a, Value b) {
    func::FuncOp function = getSoftFloatFunction(module, operation);
    return func::CallOp::create(builder, op->getLoc(), function, ValueRange{a, b}).getResult(0);
  }

  Value convert(Operation *op, Value integer, bool isSigned) {
    Integers i(builder, op->getLoc());
    Type i32 = builder.getI32Type();
    if (integer.getType() != i32)
      integer = isSigned ? arith::ExtSIOp::create(builder, op->getLoc(), i32, integer).getResult()
                         : arith::ExtUIOp::create(builder, op->getLoc(), i32, integer).getResult();
    Value zero = i.number(0);
    if (!isSigned)
      return call(op, SoftFloat::Convert, integer, zero);
    Value magnitude = i.select(i.isLess(integer, zero), i.sub(zero, integer), integer);
    return call(op, SoftFloat::Convert, magnitude, integer);
  }

  Value negate(Operation *op, Value x) {
    Integers i(builder, op->getLoc());
    Value bits = arith::BitcastOp::create(builder, op->getLoc(), builder.getI32Type(), x);
    return arith::BitcastOp::create(builder, op->getLoc(), x.getType(),
                                    i.bitXor(bits, i.number(0x80000000)));
  }

  Value compare(arith::CmpFOp op);
  Value replace(Operation *op);
  Value replaceLanes(Operation *op);

  ModuleOp module;
  OpBuilder builder;
};

/// Magnitudes with their signs are ordered like the numbers, and both zeros are 0.
Value Emulation::compare(arith::CmpFOp op) {
  Integers i(builder, op.getLoc());
  Value zero = i.number(0), infinity = i.number(0x7f800000);
  auto bits = [&](Value x) -> Value {
    return arith::BitcastOp::create(builder, op.getLoc(), builder.getI32Type(), x);
  };
  Value a = bits(op.getLhs()), b = bits(op.getRhs());
  auto magnitude = [&](Value x) { return i.bitAnd(x, i.number(0x7fffffff)); };
  auto key = [&](Value x) { return i.select(i.isLess(x, zero), i.sub(zero, magnitude(x)), x); };
  Value unordered = i.bitOr(i.isBelow(infinity, magnitude(a)), i.isBelow(infinity, magnitude(b)));
  struct Row {
    arith::CmpFPredicate ordered, otherwise;
    arith::CmpIPredicate integer;
  };
  constexpr Row rows[] = {
      {arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UEQ, arith::CmpIPredicate::eq},
      {arith::CmpFPredicate::ONE, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne},
      {arith::CmpFPredicate::OLT, arith::CmpFPredicate::ULT, arith::CmpIPredicate::slt},
      {arith::CmpFPredicate::OLE, arith::CmpFPredicate::ULE, arith::CmpIPredicate::sle},
      {arith::CmpFPredicate::OGT, arith::CmpFPredicate::UGT, arith::CmpIPredicate::sgt},
      {arith::CmpFPredicate::OGE, arith::CmpFPredicate::UGE, arith::CmpIPredicate::sge}};
  Value yes = arith::ConstantOp::create(builder, op.getLoc(), builder.getBoolAttr(true));
  for (const Row &row : rows) {
    if (op.getPredicate() == row.ordered)
      return i.bitAnd(i.compare(row.integer, key(a), key(b)), i.bitXor(unordered, yes));
    if (op.getPredicate() == row.otherwise)
      return i.bitOr(i.compare(row.integer, key(a), key(b)), unordered);
  }
  if (op.getPredicate() == arith::CmpFPredicate::UNO)
    return unordered;
  if (op.getPredicate() == arith::CmpFPredicate::ORD)
    return i.bitXor(unordered, yes);
  return nullptr;
}

Value Emulation::replace(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1)
    return nullptr;
  Value first = op->getOperand(0);
  if (auto compared = dyn_cast<arith::CmpFOp>(op))
    return isF32(first) ? compare(compared) : nullptr;
  if (!isF32(op->getResult(0)))
    return nullptr;
  auto isSmall = [&] { return first.getType().getIntOrFloatBitWidth() <= 32; };
  if (isa<arith::SIToFPOp>(op))
    return isSmall() ? convert(op, first, true) : nullptr;
  if (isa<arith::UIToFPOp>(op))
    return isSmall() ? convert(op, first, false) : nullptr;
  if (isa<arith::NegFOp>(op))
    return negate(op, first);
  if (isa<arith::AddFOp>(op))
    return call(op, SoftFloat::Add, first, op->getOperand(1));
  if (isa<arith::SubFOp>(op))
    return call(op, SoftFloat::Add, first, negate(op, op->getOperand(1)));
  if (isa<arith::MulFOp>(op))
    return call(op, SoftFloat::Multiply, first, op->getOperand(1));
  if (isa<arith::DivFOp>(op))
    return call(op, SoftFloat::Divide, first, op->getOperand(1));
  if (isa<math::SqrtOp>(op))
    return call(op, SoftFloat::Root, first, first);
  return nullptr;
}

/// Every lane as an operation of its own.
Value Emulation::replaceLanes(Operation *op) {
  if (!isa<arith::CmpFOp, arith::SIToFPOp, arith::UIToFPOp, arith::NegFOp, arith::AddFOp,
           arith::SubFOp, arith::MulFOp, arith::DivFOp, math::SqrtOp>(op))
    return nullptr;
  auto type = cast<VectorType>(op->getResult(0).getType());
  SmallVector<Value> lanes;
  for (int64_t lane = 0, count = type.getNumElements(); lane < count; ++lane) {
    builder.setInsertionPoint(op);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(vector::ExtractOp::create(builder, op->getLoc(), operand, lane));
    OperationState state(op->getLoc(), op->getName(), operands, type.getElementType(),
                         op->getAttrs());
    Operation *scalar = builder.create(state);
    builder.setInsertionPoint(scalar);
    Value result = replace(scalar);
    if (result)
      scalar->erase();
    lanes.push_back(result ? result : scalar->getResult(0));
  }
  builder.setInsertionPoint(op);
  return vector::FromElementsOp::create(builder, op->getLoc(), type, lanes);
}

struct EmulateFloat : impl::EmulateFloatBase<EmulateFloat> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
    bool wanted = !getTarget(module).hasFloat;
    for (func::FuncOp function : functions) {
      if (wanted)
        Emulation(module).run(function);
      function->removeAttr("qcc.integer");
    }
  }
};

} // namespace
} // namespace qcc::codegen
