//===- Observer.cpp - runs a float network and shows inner values -----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Observer.h"

#include "dialects/QNN/QNNWeights.h"
#include "mlir/IR/IRMapping.h"
#include "qcc/Execution/Runner.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::quantize {

namespace {

class ReferenceObserver : public Observer {
public:
  ReferenceObserver(func::FuncOp network, ArrayRef<Value> points) : network(network) {
    for (auto [index, point] : llvm::enumerate(points))
      indices[point] = index;
  }

  llvm::Error run(const data::Sample &sample, SeePoint see) override {
    SmallVector<reference::Tensor> inputs;
    for (auto [argument, array] : llvm::zip(network.getArguments(), sample)) {
      inputs.emplace_back(cast<RankedTensorType>(argument.getType()), array.bytes);
      showPoint(argument, inputs.back(), see);
    }
    auto results =
        reference::evaluate(network, inputs, [&](Value value, const reference::Tensor &tensor) {
          if (!isa<BlockArgument>(value))
            showPoint(value, tensor, see);
        });
    return results ? llvm::Error::success() : results.takeError();
  }

private:
  void showPoint(Value value, const reference::Tensor &tensor, SeePoint see) {
    auto found = indices.find(value);
    if (found != indices.end())
      see(found->second, tensor.view<float>());
  }

  func::FuncOp network;
  llvm::DenseMap<Value, size_t> indices;
};

class CompiledObserver : public Observer {
public:
  CompiledObserver(std::unique_ptr<execution::Runner> runner, func::FuncOp network,
                   ArrayRef<Value> points)
      : runner(std::move(runner)), outputs(network.getNumResults()) {
    for (Value point : points)
      tensors.emplace_back(cast<RankedTensorType>(point.getType()).getNumElements());
    for (auto [buffer, type] : llvm::zip(outputs, network.getResultTypes()))
      buffer.resize(qnn::getTensorBytes(type));
  }

  llvm::Error run(const data::Sample &sample, SeePoint see) override {
    SmallVector<const void *> in;
    SmallVector<void *> out;
    for (const data::Array &array : sample)
      in.push_back(array.bytes.data());
    for (auto &buffer : outputs)
      out.push_back(buffer.data());
    for (auto &tensor : tensors)
      out.push_back(tensor.data());
    if (llvm::Error error = runner->run(in, out))
      return error;
    for (auto [index, tensor] : llvm::enumerate(tensors))
      see(index, tensor);
    return llvm::Error::success();
  }

private:
  std::unique_ptr<execution::Runner> runner;
  std::vector<std::vector<char>> outputs;
  std::vector<std::vector<float>> tensors;
};

} // namespace

/// A copy of the module whose function also returns the points.
static OwningOpRef<ModuleOp> createProbe(func::FuncOp network, ArrayRef<Value> points) {
  IRMapping mapping;
  auto module = network->getParentOfType<ModuleOp>();
  OwningOpRef<ModuleOp> probe = cast<ModuleOp>(module->clone(mapping));
  auto copy = probe->lookupSymbol<func::FuncOp>(network.getName());
  // The copy is compiled, and released constants lose their bytes: it needs its own.
  OpBuilder builder(copy);
  for (auto constant : llvm::make_early_inc_range(copy.front().getOps<qnn::ConstantOp>())) {
    builder.setInsertionPoint(constant);
    auto own = qnn::createConstant(builder, constant.getLoc(), constant.getType(),
                                   qnn::getBytes(constant));
    constant->replaceAllUsesWith(own);
    constant->erase();
  }
  Operation *end = copy.front().getTerminator();
  SmallVector<Type> types(copy.getResultTypes());
  SmallVector<Value> results(end->getOperands());
  SmallVector<DictionaryAttr> attributes;
  for (unsigned i = 0; i < copy.getNumResults(); ++i)
    attributes.push_back(builder.getDictionaryAttr(copy.getResultAttrs(i)));
  for (auto [index, point] : llvm::enumerate(points)) {
    results.push_back(mapping.lookup(point));
    types.push_back(point.getType());
    auto name = builder.getStringAttr("point" + Twine(index));
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr("qnn.name", name)));
  }
  end->setOperands(results);
  copy.setFunctionType(builder.getFunctionType(copy.getArgumentTypes(), types));
  copy.setAllResultAttrs(attributes);
  return probe;
}

llvm::Expected<std::unique_ptr<Observer>> createObserver(func::FuncOp network,
                                                         ArrayRef<Value> points) {
  execution::RunnerFactory factory = execution::getRunnerFactory(network.getContext());
  if (!factory)
    return std::make_unique<ReferenceObserver>(network, points);
  auto runner = factory(createProbe(network, points));
  if (!runner)
    return runner.takeError();
  return std::make_unique<CompiledObserver>(std::move(*runner), network, points);
}

} // namespace qcc::quantize
