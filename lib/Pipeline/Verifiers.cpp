//===- Verifiers.cpp - what each stage hands on -----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Verifiers.h"

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace qcc::pipeline {

static func::FuncOp getNetwork(ModuleOp module) { return module.lookupSymbol<func::FuncOp>("run"); }

/// Each state joins one input with one output of the same type.
static LogicalResult verifyStates(func::FuncOp network) {
  llvm::SmallDenseSet<int64_t> seen;
  for (unsigned i = 0; i < network.getNumArguments(); ++i) {
    Attribute attribute = network.getArgAttr(i, "qnn.state");
    if (!attribute)
      continue;
    auto result = dyn_cast<IntegerAttr>(attribute);
    int64_t number = result ? result.getInt() : -1;
    if (number < 0 || number >= network.getNumResults() || !seen.insert(number).second ||
        network.getResultTypes()[number] != network.getArgumentTypes()[i])
      return network.emitError("input ") << i << " has a qnn.state that is no output of its own "
                                         << "and of its type [E4001]";
  }
  return success();
}

LogicalResult verifyNetwork(ModuleOp module) {
  func::FuncOp network = getNetwork(module);
  if (!network || !network.getBody().hasOneBlock())
    return module.emitError("must hold one function @run of one block [E4001]");
  for (unsigned i = 0; i < network.getNumArguments(); ++i)
    if (!network.getArgAttr(i, "qnn.name"))
      return network.emitError("input ") << i << " has no qnn.name [E4001]";
  for (unsigned i = 0; i < network.getNumResults(); ++i)
    if (!network.getResultAttr(i, "qnn.name"))
      return network.emitError("output ") << i << " has no qnn.name [E4001]";
  return verifyStates(network);
}

LogicalResult verifyQuantized(ModuleOp module) {
  if (failed(verifyNetwork(module)))
    return failure();
  for (Operation &op : getNetwork(module).front())
    if (isa<qnn::DequantizeWeightsOp>(op))
      return op.emitError("must be absorbed or folded before Prove [E4002]");
  return success();
}

LogicalResult verifyFused(ModuleOp module) {
  if (failed(verifyQuantized(module)))
    return failure();
  for (Operation &op : getNetwork(module).front())
    if (!isa<qnn::KernelOp, qnn::ConstantOp, qnn::ReshapeOp, qnn::BitcastOp, func::ReturnOp>(op))
      return op.emitError("must be inside a kernel after Fuse [E4003]");
  return success();
}

LogicalResult verifyPlanned(ModuleOp module) {
  if (failed(verifyFused(module)))
    return failure();
  for (qnn::KernelOp kernel : getNetwork(module).getOps<qnn::KernelOp>())
    if (!kernel.getArena() || kernel.getArena()->size() != kernel.getNumResults() + 1)
      return kernel.emitError("needs an arena offset for each result and the scratch [E4004]");
  if (!module->hasAttr("qcc.arena_size"))
    return module.emitError("needs qcc.arena_size [E4004]");
  return success();
}

LogicalResult verifyGenerated(ModuleOp module) {
  bool hasTensor = false;
  module.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      hasTensor |= isa<TensorType>(type);
  });
  if (hasTensor || getNetwork(module))
    return module.emitError("must hold no tensor after Codegen [E4005]");
  return success();
}

} // namespace qcc::pipeline
