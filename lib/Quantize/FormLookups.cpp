//===- FormLookups.cpp - functions of one code as tables --------------------===//
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

#define GEN_PASS_DEF_FORMLOOKUPS
#include "qcc/Quantize/Passes.h.inc"

namespace {

bool isEightBit(Value value) { return qnn::getElementBytes(getElementTypeOrSelf(value)) == 1; }

/// Finds the one value of 8-bit codes that `real` is an elementwise function of.
class ConeFinder {
public:
  /// Null when there is none, or more than one.
  Value find(Value real) {
    shape = cast<RankedTensorType>(real.getType()).getShape();
    return visit(real) ? input : Value();
  }

private:
  bool visit(Value real) {
    if (!visited.insert(real).second)
      return true;
    Operation *op = real.getDefiningOp();
    auto type = cast<RankedTensorType>(real.getType());
    if (!op)
      return false;
    if (isa<qnn::ConstantOp>(op))
      return type.getNumElements() == 1;
    if (type.getShape() != shape)
      return false;
    if (Value codes = getCodes(real)) {
      bool isSame = isEightBit(codes) && (!input || input == codes);
      input = codes;
      return isSame;
    }
    return op->hasTrait<qnn::Elementwise>() && type.getElementType().isF32() &&
           llvm::all_of(op->getOperands(), [&](Value operand) { return visit(operand); });
  }

  ArrayRef<int64_t> shape;
  Value input;
  llvm::SmallDenseSet<Value> visited;
};

struct FormLookups : impl::FormLookupsBase<FormLookups> {
  void runOnOperation() override {
    for (Operation &op : llvm::make_early_inc_range(getOperation().front())) {
      auto quantize = dyn_cast<qnn::QuantizeOp>(&op);
      if (!quantize || !isEightBit(quantize))
        continue;
      if (Value input = ConeFinder().find(quantize.getInput()))
        if (failed(replace(quantize, input)))
          return signalPassFailure();
    }
  }

  LogicalResult replace(qnn::QuantizeOp quantize, Value input) {
    auto table = reference::makeLookupTable(input, quantize.getResult());
    if (!table)
      return quantize.emitError(llvm::toString(table.takeError())) << " [E4020]";
    OpBuilder builder(quantize);
    Type storage = qnn::getStorageType(quantize.getType().getElementType());
    Value constant = qnn::createConstant(builder, quantize.getLoc(),
                                         RankedTensorType::get({256}, storage), table->bytes);
    Value codes =
        qnn::LookupOp::create(builder, quantize.getLoc(), quantize.getType(), input, constant);
    quantize.replaceAllUsesWith(codes);
    quantize.erase();
    return success();
  }
};

} // namespace
} // namespace qcc::quantize
