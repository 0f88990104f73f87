//===- WriteQuantization.cpp - conversions between reals and codes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

bool writeQuantization(NetworkWriter &writer, Operation *op) {
  if (isa<qnn::DequantizeWeightsOp>(op)) {
    auto rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
    // Contractions make their own in the order that they read.
    if (!llvm::all_of(op->getUsers(), llvm::IsaPred<qnn::ContractionOpInterface>))
      writer.set(op->getResult(0), Order::Native,
                 writer.getPermuted(op->getResult(0), getPermutation(rank, Order::Native)));
    return true;
  }
  if (!isa<qnn::QuantizeOp, qnn::DequantizeOp, qnn::BitcastOp>(op))
    return false;
  Value input = op->getOperand(0);
  if (auto bitcast = dyn_cast<qnn::BitcastOp>(op)) { // codes are stored as what they are
    for (Order order : {Order::Native, Order::ChannelsFirst})
      if (writer.has(input, order) ||
          (order == Order::Native && input.getDefiningOp<qnn::ConstantOp>()))
        writer.set(op->getResult(0), order, writer.get(input, order));
    return true;
  }
  Order order = writer.chooseOrder(op);
  if (isa<qnn::QuantizeOp>(op))
    writer.setReal(op, order, writer.get(input, order));
  else
    writer.set(op->getResult(0), order, writer.getReal(input, order));
  return true;
}

} // namespace qcc::exporting
