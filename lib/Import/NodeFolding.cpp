//===- NodeFolding.cpp - nodes on known values are evaluated at once
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeFolding.h"

#include "lib/Import/ConstantFolding.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::import {

/// Bytes of folding that an operation is charged with: what it makes, and its time.
static int64_t getCost(Operation &op) {
  int64_t cost = 0;
  for (Type type : op.getResultTypes())
    cost += qnn::getTensorBytes(type);
  if (auto contraction = dyn_cast<qnn::ContractionOpInterface>(op))
    cost += contraction.getMacs() / 8;
  return cost;
}

LogicalResult foldKnownNode(NodeContext &node, Operation *last) {
  Block *block = node.builder.getInsertionBlock();
  auto made =
      llvm::make_range(last ? std::next(Block::iterator(last)) : block->begin(), block->end());
  llvm::DenseMap<Value, reference::Tensor> known;
  for (Operation &op : made) {
    // Quantized weights stay codes: the Quantize stage wants them.
    if (isa<qnn::DequantizeWeightsOp>(op))
      return success();
    for (Type type : op.getResultTypes())
      if (cast<RankedTensorType>(type).getNumElements() > mostFoldedElements)
        return success();
    SmallVector<const reference::Tensor *> operands;
    for (Value operand : op.getOperands()) {
      if (!known.contains(operand)) {
        auto constant = operand.getDefiningOp<qnn::ConstantOp>();
        auto value = constant ? reference::evaluateConstant(constant)
                              : llvm::Expected<SmallVector<reference::Tensor>>(
                                    llvm::createStringError("computed"));
        if (!value) {
          llvm::consumeError(value.takeError());
          return success();
        }
        known[operand] = std::move(value->front());
      }
    }
    for (Value operand : op.getOperands())
      operands.push_back(&known.find(operand)->second);
    if (failed(node.chargeFolding(getCost(op))))
      return failure();
    auto results = reference::evaluate(&op, operands);
    if (!results) {
      llvm::consumeError(results.takeError());
      return success();
    }
    for (auto [value, tensor] : llvm::zip(op.getResults(), *results))
      known[value] = std::move(tensor);
  }
  for (unsigned i = 0; i < node.getNumOutputs(); ++i) {
    if (!node.hasResult(i) || !node.getResult(i).value)
      continue;
    auto found = known.find(node.getResult(i).value);
    if (found == known.end())
      continue;
    const reference::Tensor &tensor = found->second;
    if (failed(node.setResult(
            makeConstant(tensor.type, std::string(tensor.bytes.begin(), tensor.bytes.end())), i)))
      return failure();
  }
  // Constants stay: the graph's values may refer to them.
  SmallVector<Operation *> unused;
  for (Operation &op : made)
    if (!isa<qnn::ConstantOp>(op))
      unused.push_back(&op);
  for (Operation *op : llvm::reverse(unused))
    if (op->use_empty())
      op->erase();
  return success();
}

} // namespace qcc::import
