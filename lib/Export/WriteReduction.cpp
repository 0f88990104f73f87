//===- WriteReduction.cpp - reductions, softmax, running sums and orders
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

static StringRef getOnnxOp(qnn::ReduceKind kind) {
  switch (kind) {
  case qnn::ReduceKind::Sum:
    return "ReduceSum";
  case qnn::ReduceKind::Mean:
    return "ReduceMean";
  case qnn::ReduceKind::Max:
    return "ReduceMax";
  case qnn::ReduceKind::Min:
    return "ReduceMin";
  case qnn::ReduceKind::Product:
    return "ReduceProd";
  }
  llvm_unreachable("every kind has its operator");
}

static bool isMax(qnn::ArgReduceKind kind) { return kind == qnn::ArgReduceKind::Max; }

bool writeReduction(NetworkWriter &writer, Operation *op) {
  if (!isa<qnn::ReduceOp, qnn::SoftmaxOp, qnn::ArgReduceOp, qnn::CumulativeOp, qnn::TopKOp>(op))
    return false;
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  Order order = writer.chooseOrder(op);
  auto place = [&](int64_t axis) { return writer.place(axis, type.getRank(), order); };
  std::string input = writer.getReal(op->getOperand(0), order);
  OnnxGraph &graph = writer.graph;

  if (auto reduce = dyn_cast<qnn::ReduceOp>(op)) {
    SmallVector<int64_t> axes = llvm::map_to_vector(reduce.getAxes(), place);
    writer.setReal(
        op, order,
        writer.addNode(getOnnxOp(reduce.getKind()), op, {input, graph.addIntegers(axes)}).output());
  } else if (auto softmax = dyn_cast<qnn::SoftmaxOp>(op)) {
    writer.setReal(
        op, order,
        writer.addNode("Softmax", op, {input}).set("axis", place(softmax.getAxis())).output());
  } else if (auto argument = dyn_cast<qnn::ArgReduceOp>(op)) {
    writer.set(argument, order,
               writer.addNode(isMax(argument.getKind()) ? "ArgMax" : "ArgMin", op, {input})
                   .set("axis", place(argument.getAxis()))
                   .set("select_last_index", int64_t(argument.getLast()))
                   .output());
  } else if (auto cumulative = dyn_cast<qnn::CumulativeOp>(op)) {
    if (cumulative.getKind() != qnn::CumulativeKind::Sum)
      return false;
    std::string axis = graph.addInteger(place(cumulative.getAxis()));
    writer.setReal(op, order,
                   writer.addNode("CumSum", op, {input, axis})
                       .set("exclusive", int64_t(cumulative.getExclusive()))
                       .set("reverse", int64_t(cumulative.getReverse()))
                       .output());
  } else {
    auto top = cast<qnn::TopKOp>(op);
    std::string count = graph.addIntegers({top.getType().getDimSize(top.getAxis())});
    Node node = writer.addNode("TopK", op, {input, count}, 2)
                    .set("axis", place(top.getAxis()))
                    .set("largest", int64_t(isMax(top.getKind())));
    writer.set(top, order, node.output(1));
  }
  return true;
}

} // namespace qcc::exporting
