//===- WriteIndexing.cpp - elements chosen by computed indices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

static StringRef getReduction(qnn::ScatterKind kind) {
  return kind == qnn::ScatterKind::Assign ? "none" : qnn::stringifyScatterKind(kind);
}

bool writeIndexing(NetworkWriter &writer, Operation *op) {
  StringRef onnxOp = llvm::TypeSwitch<Operation *, StringRef>(op)
                         .Case([](qnn::GatherOp) { return "Gather"; })
                         .Case([](qnn::GatherElementsOp) { return "GatherElements"; })
                         .Case([](qnn::GatherNDOp) { return "GatherND"; })
                         .Case([](qnn::ScatterElementsOp) { return "ScatterElements"; })
                         .Case([](qnn::ScatterNDOp) { return "ScatterND"; })
                         .Default([](Operation *) { return ""; });
  if (onnxOp.empty())
    return false;
  // One index for each place of a dimension keeps the rank, so any order will do.
  auto gather = dyn_cast<qnn::GatherOp>(op);
  bool keepsRank = gather && gather.getIndices().getType().getRank() == 1;
  Order order = keepsRank ? writer.chooseOrder(op) : Order::Native;
  Names inputs{writer.get(op->getOperand(0), order)};
  for (Value operand : op->getOperands().drop_front())
    inputs.push_back(writer.get(operand, Order::Native));
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  // ONNX takes no indices of 32 bits here.
  if (isa<qnn::GatherNDOp, qnn::ScatterNDOp>(op) &&
      getElementTypeOrSelf(op->getOperand(1)).isInteger(32))
    inputs[1] = writer.addNode("Cast", op, {inputs[1]})
                    .set("to", int64_t(onnx::TensorProto::INT64))
                    .output();
  Node node = writer.addNode(onnxOp, op, inputs);
  if (gather)
    node.set("axis", writer.place(gather.getAxis(), type.getRank(), order));
  else if (auto elements = dyn_cast<qnn::GatherElementsOp>(op))
    node.set("axis", elements.getAxis());
  else if (auto many = dyn_cast<qnn::GatherNDOp>(op))
    node.set("batch_dims", many.getBatchDims());
  else if (auto scatter = dyn_cast<qnn::ScatterElementsOp>(op))
    node.set("axis", scatter.getAxis()).set("reduction", getReduction(scatter.getKind()));
  else
    node.set("reduction", getReduction(cast<qnn::ScatterNDOp>(op).getKind()));
  writer.set(op->getResult(0), order, node.output());
  return true;
}

} // namespace qcc::exporting
