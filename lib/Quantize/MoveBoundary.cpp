//===- MoveBoundary.cpp - integers at the network's boundary ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Quantize/Passes.h"

#include "dialects/QNN/QNNNetwork.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace qcc::quantize {

#define GEN_PASS_DEF_MOVEBOUNDARY
#include "qcc/Quantize/Passes.h.inc"

namespace {

bool movesOnly(Operation *op) { return isa<qnn::ReshapeOp, qnn::TransposeOp>(op); }

RankedTensorType withElement(Type tensor, Type element) {
  return cast<RankedTensorType>(tensor).clone(element);
}

struct MoveBoundary : impl::MoveBoundaryBase<MoveBoundary> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    SmallVector<qnn::State> states = qnn::getStates(network);
    // A state keeps its type: no caller looks into it.
    for (BlockArgument argument : network.getArguments())
      if (!qnn::findStateOfArgument(states, argument.getArgNumber()) &&
          argument.getType() == withElement(argument.getType(), Float32Type::get(&getContext())))
        moveInput(network, argument);
    Operation *terminator = network.front().getTerminator();
    for (OpOperand &output : terminator->getOpOperands())
      if (!qnn::findStateOfResult(states, output.getOperandNumber()) &&
          cast<RankedTensorType>(output.get().getType()).getElementType().isF32())
        moveOutput(network, output);
    network.setType(FunctionType::get(&getContext(), network.front().getArgumentTypes(),
                                      terminator->getOperandTypes()));
  }

  void moveInput(func::FuncOp network, BlockArgument argument) {
    SmallVector<Operation *> moves;
    Value value = argument;
    while (value.hasOneUse() && movesOnly(*value.user_begin())) {
      moves.push_back(*value.user_begin());
      value = moves.back()->getResult(0);
    }
    auto quantize = value.hasOneUse() ? dyn_cast<qnn::QuantizeOp>(*value.user_begin()) : nullptr;
    if (!quantize) {
      network.emitRemark("input ")
          << argument.getArgNumber() << " stays f32: it is not quantized at once";
      return;
    }
    auto type = qnn::getQuantized(quantize.getType());
    argument.setType(withElement(argument.getType(), qnn::getStorageType(type)));
    network.setArgAttr(argument.getArgNumber(), "qnn.quantized", TypeAttr::get(type));
    OpBuilder builder(&network.front(), network.front().begin());
    Value codes = qnn::BitcastOp::create(builder, argument.getLoc(),
                                         withElement(argument.getType(), type), argument);
    argument.replaceAllUsesExcept(codes, codes.getDefiningOp());
    for (Operation *move : moves)
      move->getResult(0).setType(withElement(move->getResult(0).getType(), type));
    quantize.getResult().replaceAllUsesWith(moves.empty() ? codes : moves.back()->getResult(0));
    quantize.erase();
  }

  void moveOutput(func::FuncOp network, OpOperand &output) {
    SmallVector<Operation *> moves;
    Value value = output.get();
    Operation *op = value.getDefiningOp();
    while (op && movesOnly(op) && op->hasOneUse()) {
      moves.push_back(op);
      op = op->getOperand(0).getDefiningOp();
    }
    auto dequantize = dyn_cast_or_null<qnn::DequantizeOp>(op);
    if (!dequantize || !dequantize->hasOneUse()) {
      network.emitRemark("output ")
          << output.getOperandNumber() << " stays f32: it is not dequantized last";
      return;
    }
    auto type = qnn::getQuantized(dequantize.getInput().getType());
    network.setResultAttr(output.getOperandNumber(), "qnn.quantized", TypeAttr::get(type));
    dequantize.getResult().replaceAllUsesWith(dequantize.getInput());
    dequantize.erase();
    for (Operation *move : moves)
      move->getResult(0).setType(withElement(move->getResult(0).getType(), type));
    OpBuilder builder(output.getOwner());
    Value codes = output.get();
    output.set(qnn::BitcastOp::create(
        builder, codes.getLoc(), withElement(codes.getType(), qnn::getStorageType(type)), codes));
  }
};

} // namespace
} // namespace qcc::quantize
