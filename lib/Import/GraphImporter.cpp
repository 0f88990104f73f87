//===- GraphImporter.cpp - from a checked graph to a qnn function
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/GraphImporter.h"

#include "dialects/QNN/QNNWeights.h"
#include "lib/Import/GraphInputs.h"
#include "lib/Import/NodeFolding.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace qcc::import {

namespace {

class GraphImporter {
public:
  GraphImporter(onnx::ModelProto &model, const ValidGraph &valid, const ImportOptions &options,
                ExternalData &external, ModuleOp module, Reporter &reporter)
      : graph(*model.mutable_graph()), valid(valid), options(options), module(module),
        reporter(reporter), context(module.getContext()),
        state{OpBuilder(context),
              reporter,
              external,
              {},
              static_cast<int64_t>(model.ByteSizeLong()) + (int64_t(64) << 20)} {}

  LogicalResult run() {
    decodeInitializers();
    std::vector<NetworkInput> inputs = bindInputs(graph, options, state);
    if (reporter.hasErrors())
      return failure();
    createFunction(inputs);
    importNodes();
    if (reporter.hasErrors())
      return failure();
    return finishFunction();
  }

private:
  void decodeInitializers() {
    for (onnx::TensorProto &tensor : *graph.mutable_initializer()) {
      if (reporter.isFull())
        return;
      auto constant = decodeTensor(tensor, "initializer " + quoted(tensor.name()), context,
                                   state.external, reporter);
      if (succeeded(constant))
        state.values[tensor.name()].constant = *constant;
    }
  }

  //===- Function -------------------------------------------------------------//

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
      state.values[input.proto->name()].value = body->getArgument(index);
    }
  }

  void importNodes() {
    for (int i = 0; i < graph.node_size() && !reporter.isFull(); ++i) {
      if (!valid.isLive[i])
        continue;
      onnx::NodeProto &node = *graph.mutable_node(i);
      if (!checkInputs(node, describeNode(node, i))) {
        markFailed(node);
        continue;
      }
      StringRef domain = getDomain(node);
      StringRef name = node.name();
      if (name.empty())
        for (const std::string &output : node.output())
          if (name.empty())
            name = output;
      NodeContext nodeContext(state, node, valid.opsets.lookup(domain),
                              NameLoc::get(StringAttr::get(context, name)), describeNode(node, i));
      Block *block = state.builder.getInsertionBlock();
      Operation *last = block->empty() ? nullptr : &block->back();
      if (failed(findOperator(domain, node.op_type())->import(nodeContext)) ||
          (nodeContext.hasOnlyKnownInputs() && failed(foldKnownNode(nodeContext, last))))
        markFailed(node);
    }
  }

  /// Whether every value that the node reads exists. One that a failed node should have made is not
  /// worth another message.
  bool checkInputs(const onnx::NodeProto &node, const std::string &where) {
    for (const std::string &input : node.input()) {
      if (input.empty() || state.values.contains(input))
        continue;
      if (!failedValues.contains(input))
        (void)reporter.error("E2021", where,
                             "reads " + quoted(input) +
                                 ", an output of its operator that qcc does not support");
      return false;
    }
    return true;
  }

  void markFailed(const onnx::NodeProto &node) {
    for (const std::string &output : node.output())
      failedValues.insert(output);
  }

  LogicalResult finishFunction() {
    SmallVector<Value> results;
    SmallVector<Type> types;
    for (const onnx::ValueInfoProto &output : graph.output()) {
      std::string where = "graph output " + quoted(output.name());
      Tensor tensor = state.values.lookup(output.name());
      if (!tensor)
        return reporter.error("E2021", where,
                              "is an output of its operator that qcc does not support");
      if (tensor.constant && options.constants.empty())
        return reporter.error("E2020", where,
                              "does not depend on any input; remove it from the model");
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
    function.setFunctionType(
        FunctionType::get(context, function.getFunctionType().getInputs(), types));
    for (auto [index, output] : llvm::enumerate(graph.output()))
      function.setResultAttr(index, "qnn.name", StringAttr::get(context, output.name()));
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
  const ValidGraph &valid;
  const ImportOptions &options;
  ModuleOp module;
  Reporter &reporter;
  MLIRContext *context;
  ImportState state;
  llvm::StringSet<> failedValues;
  func::FuncOp function;
};

} // namespace

LogicalResult importGraph(onnx::ModelProto &model, const ValidGraph &graph,
                          const ImportOptions &options, ExternalData &external, ModuleOp module,
                          Reporter &reporter) {
  return GraphImporter(model, graph, options, external, module, reporter).run();
}

} // namespace qcc::import
