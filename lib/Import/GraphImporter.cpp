//===- GraphImporter.cpp - from a checked graph to a qnn function
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/GraphImporter.h"

#include "dialects/QNN/QNNNetwork.h"
#include "dialects/QNN/QNNWeights.h"
#include "lib/Import/FloatConversion.h"
#include "lib/Import/GraphInputs.h"
#include "lib/Import/NodeFolding.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// Nodes that graphs of nodes and functions may add to those of the file. Networks add hundreds; a
/// loop that never ends is refused within a second.
constexpr int64_t mostUnrolledNodes = 50000;

class GraphImporter {
public:
  GraphImporter(onnx::ModelProto &model, const ValidModel &valid, const ImportOptions &options,
                ExternalData &external, ModuleOp module, Reporter &reporter)
      : graph(*model.mutable_graph()), valid(valid), options(options), module(module),
        reporter(reporter), context(module.getContext()),
        state(context, reporter, external,
              static_cast<int64_t>(model.ByteSizeLong()) + (int64_t(64) << 20), mostUnrolledNodes) {
    state.frame.opsets = &valid.opsets;
    state.importGraph = [this](onnx::GraphProto &inner, ArrayRef<Tensor> inputs,
                               const std::string &where) {
      return importNodeGraph(inner, inputs, where);
    };
  }

  LogicalResult run() {
    decodeInitializers(graph, "");
    std::vector<NetworkInput> inputs = bindInputs(graph, options, state);
    if (reporter.hasErrors())
      return failure();
    createFunction(inputs);
    importNodes(*graph.mutable_node(), "");
    if (reporter.hasErrors())
      return failure();
    return finishFunction();
  }

private:
  using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

  void decodeInitializers(onnx::GraphProto &graph, const std::string &prefix) {
    for (onnx::TensorProto &tensor : *graph.mutable_initializer()) {
      if (reporter.isFull())
        return;
      auto constant = state.decode(tensor, prefix + "initializer " + quoted(tensor.name()));
      if (succeeded(constant))
        state.frame.values[tensor.name()] = Tensor{*constant, nullptr};
    }
  }

  //===- Nodes ----------------------------------------------------------------//

  void importNodes(Nodes &nodes, const std::string &prefix) {
    const std::vector<bool> &isLive = valid.isLive.find(&nodes)->second;
    for (int i = 0; i < nodes.size() && !reporter.isFull(); ++i) {
      if (!isLive[i])
        continue;
      onnx::NodeProto &node = nodes[i];
      std::string where = prefix + describeNode(node, i);
      if (!checkInputs(node, where) || failed(importNode(node, where)))
        for (const std::string &output : node.output())
          failedValues.insert(output);
    }
  }

  LogicalResult importNode(onnx::NodeProto &node, const std::string &where) {
    if (const onnx::FunctionProto *function = valid.findFunction(node))
      return inlineFunction(node, *function, where);
    StringRef domain = getDomain(node);
    StringRef name = node.name();
    if (name.empty())
      for (const std::string &output : node.output())
        if (name.empty())
          name = output;
    NodeContext nodeContext(state, node, state.frame.opsets->lookup(domain),
                            NameLoc::get(StringAttr::get(context, name)), where);
    Block *block = state.builder.getInsertionBlock();
    Operation *last = block->empty() ? nullptr : &block->back();
    const Operator &row = *findOperator(domain, node.op_type());
    FloatConversion conversion(state, nodeContext, node, row);
    if (failed(row.import(nodeContext)) || failed(conversion.convertResults()))
      return failure();
    return nodeContext.hasOnlyKnownInputs() ? foldKnownNode(nodeContext, last) : success();
  }

  /// Whether every value that the node reads exists. One that a failed node should have made is not
  /// worth another message.
  bool checkInputs(const onnx::NodeProto &node, const std::string &where) {
    for (const std::string &input : node.input()) {
      if (input.empty() || state.frame.values.contains(input))
        continue;
      if (!failedValues.contains(input))
        (void)reporter.error("E2021", where,
                             "reads " + quoted(input) +
                                 ", an output of its operator that qcc does not support");
      return false;
    }
    return true;
  }

  LogicalResult chargeNodes(int64_t count, const std::string &where) {
    state.nodeBudget -= count;
    if (state.nodeBudget >= 0)
      return success();
    return reporter.error("E7004", where,
                          "makes more than " + Twine(mostUnrolledNodes) +
                              " nodes of its graph or function; compile the loop's body instead");
  }

  FailureOr<SmallVector<Tensor>> readOutputs(ArrayRef<StringRef> names, const std::string &where) {
    SmallVector<Tensor> outputs;
    for (StringRef name : names) {
      Tensor tensor = state.frame.values.lookup(name);
      if (!tensor && !failedValues.contains(name))
        return reporter.error("E2021", where,
                              "has the output " + quoted(name) + ", which qcc does not compute");
      if (!tensor)
        return failure();
      outputs.push_back(std::move(tensor));
    }
    return outputs;
  }

  /// Names of an inner graph hide those around it only while it is imported.
  FailureOr<SmallVector<Tensor>> importNodeGraph(onnx::GraphProto &inner, ArrayRef<Tensor> inputs,
                                                 const std::string &where) {
    if (static_cast<size_t>(inner.input_size()) != inputs.size())
      return reporter.error("E2010", where,
                            "gives " + Twine(inputs.size()) + " inputs to its graph, which takes " +
                                Twine(inner.input_size()));
    if (failed(chargeNodes(inner.node_size() + 1, where)))
      return failure();
    SmallVector<std::pair<std::string, Tensor>> hidden;
    auto hide = [&](const std::string &name) {
      hidden.emplace_back(name, state.frame.values.lookup(name));
      state.frame.values.erase(name);
    };
    for (const onnx::ValueInfoProto &input : inner.input())
      hide(input.name());
    for (const onnx::TensorProto &tensor : inner.initializer())
      hide(tensor.name());
    for (const onnx::NodeProto &node : inner.node())
      for (const std::string &output : node.output())
        if (!output.empty())
          hide(output);
    for (auto [input, tensor] : llvm::zip(inner.input(), inputs))
      state.frame.values[input.name()] = tensor;
    decodeInitializers(inner, where + ": ");
    importNodes(*inner.mutable_node(), where + ": ");
    SmallVector<StringRef> names;
    for (const onnx::ValueInfoProto &output : inner.output())
      names.push_back(output.name());
    auto outputs = reporter.hasErrors() ? FailureOr<SmallVector<Tensor>>(failure())
                                        : readOutputs(names, where);
    // In reverse, so that a name that was hidden twice gets its first value back.
    for (auto &[name, tensor] : llvm::reverse(hidden)) {
      state.frame.values.erase(name);
      if (tensor)
        state.frame.values[name] = tensor;
    }
    return outputs;
  }

  /// The body of a function sees its inputs and attributes only.
  LogicalResult inlineFunction(onnx::NodeProto &node, const onnx::FunctionProto &function,
                               const std::string &where) {
    if (failed(chargeNodes(function.node_size() + 1, where)))
      return failure();
    auto &body = const_cast<onnx::FunctionProto &>(function); // owned by `model`
    Frame inner;
    inner.opsets = &valid.functionOpsets.find(&function)->second;
    for (auto [index, name] : llvm::enumerate(function.input()))
      if (static_cast<int>(index) < node.input_size() && !node.input(index).empty())
        inner.values[name] = state.frame.values.lookup(node.input(index));
    for (onnx::AttributeProto &attribute : *body.mutable_attribute_proto())
      inner.attributes[attribute.name()] = &attribute;
    for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
      onnx::AttributeProto *given = &attribute;
      if (!attribute.ref_attr_name().empty())
        given = state.frame.attributes.lookup(attribute.ref_attr_name());
      if (given)
        inner.attributes[attribute.name()] = given;
    }
    llvm::StringSet<> outerFailed;
    std::swap(outerFailed, failedValues);
    std::swap(inner, state.frame);
    importNodes(*body.mutable_node(), where + ": ");
    SmallVector<StringRef> names(function.output().begin(), function.output().end());
    names.truncate(node.output_size());
    auto outputs = reporter.hasErrors() ? FailureOr<SmallVector<Tensor>>(failure())
                                        : readOutputs(names, where);
    std::swap(inner, state.frame);
    std::swap(outerFailed, failedValues);
    if (failed(outputs))
      return failure();
    for (auto [name, tensor] : llvm::zip(node.output(), *outputs))
      if (!name.empty())
        state.frame.values[name] = tensor;
    return success();
  }

  //===- Function of the network ----------------------------------------------//

  void createFunction(ArrayRef<NetworkInput> inputs) {
    state.builder.setInsertionPointToEnd(module.getBody());
    SmallVector<Type> types;
    for (const NetworkInput &input : inputs)
      types.push_back(input.type);
    function = func::FuncOp::create(state.builder, module.getLoc(), "run",
                                    FunctionType::get(context, types, {}));
    Block *body = function.addEntryBlock();
    state.builder.setInsertionPointToEnd(body);
    for (auto [index, input] : llvm::enumerate(inputs)) {
      function.setArgAttr(index, "qnn.name", StringAttr::get(context, input.proto->name()));
      // An argument without elements is never read: its value is known.
      bool isEmpty = input.type.getNumElements() == 0;
      state.frame.values[input.proto->name()] = isEmpty
                                                    ? Tensor{makeConstant(input.type, ""), nullptr}
                                                    : Tensor{nullptr, body->getArgument(index)};
    }
  }

  LogicalResult finishFunction() {
    SmallVector<Value> results;
    SmallVector<Type> types;
    for (const onnx::ValueInfoProto &output : graph.output()) {
      std::string where = "graph output " + quoted(output.name());
      Tensor tensor = state.frame.values.lookup(output.name());
      if (!tensor)
        return reporter.error("E2021", where,
                              "is an output of its operator that qcc does not support");
      if (tensor.constant && options.constants.empty())
        reporter.remark(where, "does not depend on any input");
      RankedTensorType type = tensor.getType();
      auto boundary = getBoundaryType(context, getDataType(type.getElementType()), where, reporter);
      if (failed(boundary) || failed(checkDeclared(output, type, where)))
        return failure();
      results.push_back(tensor.constant ? state.materialize(*tensor.constant, output.name())
                                        : tensor.value);
      types.push_back(type);
    }
    func::ReturnOp::create(state.builder, module.getLoc(), results);
    eraseUnusedConstants();
    if (failed(checkElements()))
      return failure();
    function.setFunctionType(
        FunctionType::get(context, function.getFunctionType().getInputs(), types));
    for (auto [index, output] : llvm::enumerate(graph.output()))
      function.setResultAttr(index, "qnn.name", StringAttr::get(context, output.name()));
    return bindStates();
  }

  /// Number of the argument or result whose `qnn.name` is `name`.
  template <typename GetAttribute>
  static std::optional<unsigned> findName(unsigned count, StringRef name, GetAttribute get) {
    for (unsigned i = 0; i < count; ++i)
      if (cast<StringAttr>(get(i)).getValue() == name)
        return i;
    return std::nullopt;
  }

  LogicalResult bindStates() {
    llvm::SmallSet<unsigned, 4> seen;
    for (auto &[input, output] : options.states) {
      auto argument = findName(function.getNumArguments(), input,
                               [&](unsigned i) { return function.getArgAttr(i, "qnn.name"); });
      auto result = findName(function.getNumResults(), output,
                             [&](unsigned i) { return function.getResultAttr(i, "qnn.name"); });
      if (!argument || !result)
        return reporter.error("E2108", "",
                              argument ? "has no output " + quoted(output) + " for -state"
                                       : "has no input " + quoted(input) + " for -state");
      Type type = function.getArgumentTypes()[*argument];
      if (type != function.getResultTypes()[*result])
        return reporter.error("E2114", "graph input " + quoted(input),
                              "does not have the type and shape of its output of -state, " +
                                  quoted(output));
      if (function.getArgAttr(*argument, "qnn.state") || !seen.insert(*result).second)
        return reporter.error("E2114", "graph input " + quoted(input),
                              "or its output " + quoted(output) + " is in -state twice");
      function.setArgAttr(*argument, "qnn.state", state.builder.getI64IntegerAttr(*result));
    }
    if (function.getNumResults() == seen.size())
      return reporter.error("E2114", "", "has no output besides those of -state");
    return success();
  }

  /// Operators that join empty tensors with others drop them; the rest of such operators is folded
  /// or has an empty result, which nothing reads.
  LogicalResult checkElements() {
    auto isEmpty = [](Type type) { return cast<RankedTensorType>(type).getNumElements() == 0; };
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front()))) {
      if (isa<func::ReturnOp, qnn::ConstantOp>(op))
        continue;
      if (op.use_empty() && llvm::any_of(op.getResultTypes(), isEmpty))
        op.erase();
      else if (llvm::any_of(op.getOperandTypes(), isEmpty) ||
               llvm::any_of(op.getResultTypes(), isEmpty))
        return reporter.error("E2105", "node " + quoted(qnn::getNodeName(&op)),
                              "takes or gives a tensor of no elements, which qcc does not support "
                              "here");
    }
    return success();
  }

  /// Folding leaves the constants that it has read.
  void eraseUnusedConstants() {
    for (Operation &op : llvm::make_early_inc_range(function.getBody().front()))
      if (auto constant = dyn_cast<qnn::ConstantOp>(op); constant && constant->use_empty())
        qnn::releaseConstant(constant);
  }

  LogicalResult checkDeclared(const onnx::ValueInfoProto &output, RankedTensorType type,
                              const std::string &where) {
    if (!output.type().has_tensor_type())
      return success();
    const onnx::TypeProto::Tensor &tensor = output.type().tensor_type();
    int32_t computed = getDataType(type.getElementType());
    if (tensor.elem_type() != 0 && tensor.elem_type() != computed)
      return reporter.error("E2110", where,
                            "is declared as " + getDataTypeName(tensor.elem_type()) +
                                " but computed as " + getDataTypeName(computed));
    if (!tensor.has_shape() || !options.shapes.empty())
      return success();
    bool differs = tensor.shape().dim_size() != type.getRank();
    for (int i = 0; !differs && i < tensor.shape().dim_size(); ++i) {
      const auto &dimension = tensor.shape().dim(i);
      differs = dimension.has_dim_value() && dimension.dim_value() >= 0 &&
                dimension.dim_value() != type.getDimSize(i);
    }
    if (differs)
      reporter.warning("E2111", where,
                       "has another shape than declared; it is computed as " +
                           formatShape(type.getShape()));
    return success();
  }

  onnx::GraphProto &graph;
  const ValidModel &valid;
  const ImportOptions &options;
  ModuleOp module;
  Reporter &reporter;
  MLIRContext *context;
  ImportState state;
  llvm::StringSet<> failedValues;
  func::FuncOp function;
};

} // namespace

LogicalResult importGraph(onnx::ModelProto &model, const ValidModel &valid,
                          const ImportOptions &options, ExternalData &external, ModuleOp module,
                          Reporter &reporter) {
  return GraphImporter(model, valid, options, external, module, reporter).run();
}

} // namespace qcc::import
