//===- QNNNetwork.cpp - questions about a network of kernels ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNNetwork.h"

using namespace mlir;

namespace qcc::qnn {

Value getStorageRoot(Value tensor) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (!isa<ReshapeOp, BitcastOp>(op))
      break;
    tensor = op->getOperand(0);
  }
  return tensor;
}

std::optional<unsigned> getOutputIndex(Value kernelResult) {
  for (OpOperand &use : kernelResult.getUses()) {
    Operation *user = use.getOwner();
    if (isa<func::ReturnOp>(user))
      return use.getOperandNumber();
    if (isa<ReshapeOp, BitcastOp>(user))
      if (auto index = getOutputIndex(user->getResult(0)))
        return index;
  }
  return std::nullopt;
}

SmallVector<State> getStates(func::FuncOp network) {
  SmallVector<State> states;
  for (unsigned i = 0; i < network.getNumArguments(); ++i)
    if (auto result = network.getArgAttrOfType<IntegerAttr>(i, "qnn.state"))
      states.push_back({i, static_cast<unsigned>(result.getInt()),
                        static_cast<int64_t>(llvm::alignTo(getStateBytes(states), 16)),
                        getTensorBytes(network.getArgumentTypes()[i])});
  return states;
}

int64_t getStateBytes(ArrayRef<State> states) {
  return states.empty() ? 0 : states.back().offset + states.back().bytes;
}

const State *findStateOfArgument(ArrayRef<State> states, unsigned argument) {
  for (const State &state : states)
    if (state.argument == argument)
      return &state;
  return nullptr;
}

const State *findStateOfResult(ArrayRef<State> states, unsigned result) {
  for (const State &state : states)
    if (state.result == result)
      return &state;
  return nullptr;
}

static std::string getName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (std::string name = getName(part); !name.empty())
        return name;
  return "";
}

std::string getNodeName(Operation *op) { return getName(op->getLoc()); }

StringRef getEmitterName(KernelOp kernel) {
  DictionaryAttr schedule = kernel.getScheduleAttr();
  auto name = schedule ? schedule.getAs<StringAttr>("emitter") : nullptr;
  return name ? name.getValue() : "generic";
}

std::string getTypeName(Type elementType) {
  Type storage = getStorageType(elementType);
  if (auto integer = dyn_cast<IntegerType>(storage)) {
    if (integer.getWidth() == 1)
      return "bool";
    return (integer.isUnsigned() ? "u" : "i") + std::to_string(integer.getWidth());
  }
  if (isa<BFloat16Type>(storage))
    return "bf16";
  return "f" + std::to_string(storage.getIntOrFloatBitWidth());
}

} // namespace qcc::qnn
