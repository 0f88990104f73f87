//===- AssignArena.cpp - kernel results and scratch in the arena ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ArenaPlanner.h"

#include "dialects/QNN/QNNNetwork.h"
#include "qcc/Plan/Passes.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::plan {

#define GEN_PASS_DEF_ASSIGNARENA
#include "qcc/Plan/Passes.h.inc"

namespace {

/// The buffers of a network: one for each kernel result that is no output, one for each scratch.
class NetworkBuffers {
public:
  explicit NetworkBuffers(func::FuncOp network) : kernels(network.getOps<qnn::KernelOp>()) {
    for (auto [step, kernel] : llvm::enumerate(kernels))
      add(kernel, static_cast<int64_t>(step));
  }

  void keepAll() {
    for (Buffer &buffer : buffers) {
      buffer.first = 0;
      buffer.last = static_cast<int64_t>(kernels.size());
    }
  }

  void annotate() {
    for (qnn::KernelOp kernel : kernels) {
      SmallVector<int64_t> offsets;
      for (Value result : kernel.getResults())
        offsets.push_back(getOffset(bufferOf, result));
      offsets.push_back(getOffset(scratchOf, kernel.getOperation()));
      kernel.setArena(offsets);
    }
  }

  std::vector<Buffer> buffers;

private:
  void add(qnn::KernelOp kernel, int64_t step) {
    for (Value input : kernel.getInputs())
      if (auto found = bufferOf.find(qnn::getStorageRoot(input)); found != bufferOf.end())
        buffers[found->second].last = step;
    for (Value result : kernel.getResults()) {
      if (qnn::getOutputIndex(result))
        continue;
      bufferOf[result] = buffers.size();
      buffers.push_back({qnn::getTensorBytes(result.getType()), step, step});
    }
    DictionaryAttr schedule = kernel.getScheduleAttr();
    auto scratch = schedule ? schedule.getAs<IntegerAttr>("scratch") : nullptr;
    if (scratch && scratch.getInt() > 0) {
      scratchOf[kernel] = buffers.size();
      buffers.push_back({scratch.getInt(), step, step});
    }
  }

  template <typename Map, typename Key> int64_t getOffset(const Map &map, Key key) {
    auto found = map.find(key);
    return found == map.end() ? -1 : buffers[found->second].offset;
  }

  SmallVector<qnn::KernelOp> kernels;
  llvm::DenseMap<Value, size_t> bufferOf;
  llvm::DenseMap<Operation *, size_t> scratchOf;
};

/// Signed 32-bit offsets reach what is smaller; codegen computes with nothing else on such
/// machines.
LogicalResult checkAddresses(func::FuncOp network, int64_t arenaSize) {
  constexpr int64_t limit = int64_t(1) << 31;
  auto check = [&](const Twine &what, int64_t bytes) -> LogicalResult {
    if (bytes < limit)
      return success();
    return network.emitError(what)
           << " takes " << bytes << " bytes, which a 32-bit machine does not address [E7011]";
  };
  int64_t weights = 0;
  for (qnn::ConstantOp constant : network.getOps<qnn::ConstantOp>())
    weights += qnn::getTensorBytes(constant.getType());
  if (failed(check("the arena", arenaSize)) || failed(check("the weights", weights)))
    return failure();
  for (auto [index, type] : llvm::enumerate(network.getArgumentTypes()))
    if (failed(check("input " + Twine(index), qnn::getTensorBytes(cast<RankedTensorType>(type)))))
      return failure();
  for (auto [index, type] : llvm::enumerate(network.getResultTypes()))
    if (failed(check("output " + Twine(index), qnn::getTensorBytes(cast<RankedTensorType>(type)))))
      return failure();
  return success();
}

struct AssignArena : impl::AssignArenaBase<AssignArena> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    NetworkBuffers planned(network);
    int64_t alignment = getTarget(module).arenaAlignment;
    int64_t bound = getLiveBound(planned.buffers);
    if (keepTensors)
      planned.keepAll();
    int64_t size = assignOffsets(planned.buffers, alignment);
    if (getTarget(module).getPointerBits() == 32 && failed(checkAddresses(network, size)))
      return signalPassFailure();
    planned.annotate();
    Builder builder(module.getContext());
    module->setAttr("qcc.arena_size", builder.getI64IntegerAttr(size));
    module->setAttr("qcc.arena_align", builder.getI64IntegerAttr(alignment));
    module->setAttr("qcc.arena_bound", builder.getI64IntegerAttr(bound));
  }
};

} // namespace
} // namespace qcc::plan
