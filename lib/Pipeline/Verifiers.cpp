//===- Verifiers.cpp - what each stage hands on -----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Verifiers.h"

#include "dialects/QNN/QNNNetwork.h"
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

namespace {

/// A stretch of the arena, and the kernels between which its bytes must stay.
struct Stretch {
  Operation *kernel;
  int64_t begin, end, first, last;
};

} // namespace

/// No two stretches that live at the same time may share a byte: kernels are compiled under that
/// promise. Lifetimes are derived anew, because those of the planner would share its faults.
static LogicalResult verifyArena(func::FuncOp network, int64_t size, int64_t alignment) {
  std::vector<Stretch> stretches;
  llvm::DenseMap<Value, size_t> stretchOf;
  int64_t step = 0;
  for (qnn::KernelOp kernel : network.getOps<qnn::KernelOp>()) {
    for (Value input : kernel.getInputs())
      if (auto found = stretchOf.find(qnn::getStorageRoot(input)); found != stretchOf.end())
        stretches[found->second].last = step;
    auto add = [&](int64_t offset, int64_t bytes) {
      stretches.push_back({kernel, offset, offset + bytes, step, step});
      return offset >= 0 && offset % alignment == 0 && offset + bytes <= size;
    };
    ArrayRef<int64_t> offsets = *kernel.getArena();
    for (auto [result, offset] : llvm::zip(kernel.getResults(), offsets)) {
      if (qnn::getOutputIndex(result))
        continue;
      stretchOf[result] = stretches.size();
      if (!add(offset, qnn::getTensorBytes(cast<RankedTensorType>(result.getType()))))
        return kernel.emitError("has a result that does not lie aligned in the arena [E4004]");
    }
    DictionaryAttr schedule = kernel.getScheduleAttr();
    auto scratch = schedule ? schedule.getAs<IntegerAttr>("scratch") : nullptr;
    if (scratch && scratch.getInt() > 0 && !add(offsets.back(), scratch.getInt()))
      return kernel.emitError("has scratch that does not lie aligned in the arena [E4004]");
    ++step;
  }
  llvm::sort(stretches, [](const Stretch &a, const Stretch &b) { return a.begin < b.begin; });
  for (auto [index, lower] : llvm::enumerate(stretches))
    for (const Stretch &upper : llvm::drop_begin(stretches, index + 1)) {
      if (upper.begin >= lower.end)
        break;
      if (lower.first <= upper.last && upper.first <= lower.last)
        return upper.kernel->emitError("shares bytes of the arena with what still lives [E4004]");
    }
  return success();
}

LogicalResult verifyPlanned(ModuleOp module) {
  if (failed(verifyFused(module)))
    return failure();
  for (qnn::KernelOp kernel : getNetwork(module).getOps<qnn::KernelOp>())
    if (!kernel.getArena() || kernel.getArena()->size() != kernel.getNumResults() + 1)
      return kernel.emitError("needs an arena offset for each result and the scratch [E4004]");
  auto size = module->getAttrOfType<IntegerAttr>("qcc.arena_size"),
       alignment = module->getAttrOfType<IntegerAttr>("qcc.arena_align");
  if (!size || !alignment || alignment.getInt() < 1)
    return module.emitError("needs qcc.arena_size and qcc.arena_align [E4004]");
  return verifyArena(getNetwork(module), size.getInt(), alignment.getInt());
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
