//===- ReferenceRunner.cpp - a network run by Reference -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ReferenceRunner.h"

#include "dialects/QNN/QNNNetwork.h"
#include "dialects/QNN/QNNTypes.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::driver {

static emit::Boundary describeTensor(Type type, StringAttr name) {
  auto tensorType = cast<RankedTensorType>(type);
  emit::Boundary tensor;
  tensor.name = name ? name.str() : "";
  tensor.type = qnn::getTypeName(qnn::getStorageType(tensorType.getElementType()));
  tensor.dims.assign(tensorType.getShape().begin(), tensorType.getShape().end());
  tensor.bytes = qnn::getTensorBytes(tensorType);
  return tensor;
}

emit::Artifact describeNetwork(ModuleOp module) {
  emit::Artifact artifact;
  artifact.name = module->getAttrOfType<StringAttr>("qcc.name").str();
  auto network = module.lookupSymbol<func::FuncOp>("run");
  SmallVector<qnn::State> states = qnn::getStates(network);
  for (unsigned i = 0; i < network.getNumArguments(); ++i)
    if (!qnn::findStateOfArgument(states, i))
      artifact.inputs.push_back(describeTensor(
          network.getArgumentTypes()[i], network.getArgAttrOfType<StringAttr>(i, "qnn.name")));
  for (unsigned i = 0; i < network.getNumResults(); ++i)
    if (!qnn::findStateOfResult(states, i))
      artifact.outputs.push_back(
          describeTensor(network.getResultTypes()[i],
                         dyn_cast_or_null<StringAttr>(network.getResultAttr(i, "qnn.name"))));
  return artifact;
}

namespace {

class ReferenceRunner : public execution::Runner {
public:
  explicit ReferenceRunner(ModuleOp module)
      : network(module.lookupSymbol<func::FuncOp>("run")), states(qnn::getStates(network)),
        memory(qnn::getStateBytes(states), 0) {}

  llvm::Error run(ArrayRef<const void *> inputs, ArrayRef<void *> outputs) override {
    if (inputs.size() + states.size() != network.getNumArguments() ||
        outputs.size() + states.size() != network.getNumResults())
      return llvm::createStringError("the network takes other inputs and outputs [E5004]");
    SmallVector<reference::Tensor> tensors;
    size_t position = 0;
    for (auto [index, type] : llvm::enumerate(network.getArgumentTypes())) {
      auto tensorType = cast<RankedTensorType>(type);
      const qnn::State *state = qnn::findStateOfArgument(states, index);
      const void *input = state ? memory.data() + state->offset : inputs[position++];
      tensors.emplace_back(tensorType,
                           ArrayRef(static_cast<const char *>(input),
                                    static_cast<size_t>(qnn::getTensorBytes(tensorType))));
    }
    auto results = reference::evaluate(network, tensors);
    if (!results)
      return results.takeError();
    position = 0;
    for (auto [index, result] : llvm::enumerate(*results)) {
      const qnn::State *state = qnn::findStateOfResult(states, index);
      llvm::copy(result.bytes,
                 state ? memory.data() + state->offset : static_cast<char *>(outputs[position++]));
    }
    return llvm::Error::success();
  }

  MutableArrayRef<char> getState() override { return memory; }
  ArrayRef<char> getArena() const override { return {}; }

private:
  func::FuncOp network;
  SmallVector<qnn::State> states;
  std::vector<char> memory;
};

} // namespace

std::unique_ptr<execution::Runner> createReferenceRunner(ModuleOp module) {
  return std::make_unique<ReferenceRunner>(module);
}

} // namespace qcc::driver
