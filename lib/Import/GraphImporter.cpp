//===- GraphImporter.cpp - from a checked graph to a qnn function
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/GraphImporter.h"

#include "lib/Import/NodeContext.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/Support/CheckedMath.h"
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
    SmallVector<RankedTensorType> inputTypes = bindInputs();
    checkOptionsUsed();
    if (reporter.hasErrors())
      return failure();
    createFunction(inputTypes);
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

  //===- Inputs ---------------------------------------------------------------//

  const std::vector<int64_t> *findShapeOption(StringRef name) {
    for (auto &[input, shape] : options.shapes)
      if (input == name)
        return &shape;
    return nullptr;
  }
  std::optional<int64_t> findDimOption(StringRef name) {
    for (auto &[parameter, size] : options.dims)
      if (parameter == name)
        return size;
    return std::nullopt;
  }

  /// Types of the inputs that are not initializers, in graph order.
  SmallVector<RankedTensorType> bindInputs() {
    SmallVector<RankedTensorType> types;
    for (const onnx::ValueInfoProto &input : graph.input()) {
      auto known = state.values.find(input.name());
      if (known != state.values.end() && known->second.constant)
        continue;
      auto type = bindInput(input, "graph input " + quoted(input.name()));
      if (succeeded(type)) {
        types.push_back(*type);
        inputs.push_back(&input);
      }
    }
    if (inputs.empty() && !reporter.hasErrors())
      (void)reporter.error("E2009", "", "has no inputs besides its initializers");
    return types;
  }

  FailureOr<RankedTensorType> bindInput(const onnx::ValueInfoProto &input,
                                        const std::string &where) {
    if (!input.has_type() || !input.type().has_tensor_type())
      return reporter.error("E2101", where,
                            "has no tensor type; sequences, maps and optionals are not supported");
    const onnx::TypeProto::Tensor &tensor = input.type().tensor_type();
    auto elementType = getBoundaryType(tensor.elem_type(), where);
    if (failed(elementType))
      return failure();
    SmallVector<int64_t> shape;
    if (const std::vector<int64_t> *option = findShapeOption(input.name())) {
      shape.assign(option->begin(), option->end());
      if (tensor.has_shape() && tensor.shape().dim_size() != static_cast<int>(shape.size()))
        return reporter.error("E2109", where,
                              "has " + Twine(tensor.shape().dim_size()) +
                                  " dimensions, -shape gives " + Twine(shape.size()));
    } else {
      if (!tensor.has_shape())
        return reporter.error("E2103", where,
                              "has no shape; give one with -shape=" + escapeName(input.name()) +
                                  "=...");
      for (int i = 0; i < tensor.shape().dim_size(); ++i) {
        auto size = bindDimension(tensor.shape().dim(i), i, input.name(), where);
        if (failed(size))
          return failure();
        shape.push_back(*size);
      }
    }
    return checkType(shape, *elementType, where);
  }

  FailureOr<int64_t> bindDimension(const onnx::TensorShapeProto::Dimension &dimension, int index,
                                   StringRef input, const std::string &where) {
    if (dimension.has_dim_value() && dimension.dim_value() >= 0)
      return dimension.dim_value();
    if (dimension.has_dim_value() && dimension.dim_value() != -1)
      return reporter.error("E2105", where,
                            "has the negative dimension " + Twine(dimension.dim_value()));
    // Some exporters write -1 for an unknown size.
    StringRef parameter = dimension.has_dim_param() ? StringRef(dimension.dim_param()) : "";
    if (!parameter.empty())
      if (std::optional<int64_t> size = findDimOption(parameter))
        return *size;
    if (index == 0) {
      reporter.remark(where, "the leading dimension is not fixed; 1 is used");
      return 1;
    }
    if (parameter.empty())
      return reporter.error("E2104", where,
                            "dimension " + Twine(index) + " is not fixed; give the shape with " +
                                "-shape=" + escapeName(input) + "=...");
    return reporter.error("E2104", where,
                          "dimension " + Twine(index) + " is the unknown " + quoted(parameter) +
                              "; give its size with -dim=" + escapeName(parameter) + "=...");
  }

  FailureOr<Type> getBoundaryType(int32_t dataType, const std::string &where) {
    Type type = getElementType(context, dataType);
    bool isSmall = dataType == onnx::TensorProto::INT4 || dataType == onnx::TensorProto::UINT4;
    if (!type || isSmall || type.isF16() || type.isBF16())
      return reporter.error("E2102", where,
                            "has element type " + getDataTypeName(dataType) +
                                ", which qcc does not support for inputs and outputs");
    return type;
  }

  FailureOr<RankedTensorType> checkType(ArrayRef<int64_t> shape, Type elementType,
                                        const std::string &where) {
    if (static_cast<int64_t>(shape.size()) > mostDimensions)
      return reporter.error("E2106", where,
                            "has " + Twine(shape.size()) + " dimensions, at most " +
                                Twine(mostDimensions) + " are supported");
    for (int64_t size : shape)
      if (size <= 0)
        return reporter.error("E2105", where,
                              "has the dimension " + Twine(size) + "; dimensions must be positive");
    if (!productChecked(shape, mostTensorBytes / 8))
      return reporter.error("E2107", where, "has more elements than a tensor may have");
    return RankedTensorType::get(shape, elementType);
  }

  void checkOptionsUsed() {
    for (const auto &option : options.shapes)
      if (llvm::none_of(graph.input(),
                        [&](const auto &input) { return input.name() == option.first; }))
        (void)reporter.error("E2108", "", "has no input " + quoted(option.first) + " for -shape");
    for (auto &[name, size] : options.dims) {
      bool isUsed = false;
      for (const onnx::ValueInfoProto &input : graph.input())
        for (const auto &dimension : input.type().tensor_type().shape().dim())
          isUsed |= dimension.dim_param() == name;
      if (!isUsed)
        (void)reporter.error("E2108", "", "has no input dimension " + quoted(name) + " for -dim");
    }
  }

  //===- Function -------------------------------------------------------------//

  void createFunction(ArrayRef<RankedTensorType> inputTypes) {
    state.builder.setInsertionPointToEnd(module.getBody());
    SmallVector<Type> types(inputTypes.begin(), inputTypes.end());
    function = func::FuncOp::create(state.builder, module.getLoc(), "run",
                                    FunctionType::get(context, types, {}));
    Block *body = function.addEntryBlock();
    state.builder.setInsertionPointToEnd(body);
    for (auto [index, input] : llvm::enumerate(inputs)) {
      function.setArgAttr(index, "qnn.name", StringAttr::get(context, input->name()));
      state.values[input->name()].value = body->getArgument(index);
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
      if (failed(findOperator(domain, node.op_type())->import(nodeContext)))
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
      if (tensor.constant)
        return reporter.error("E2020", where,
                              "does not depend on any input; remove it from the model");
      auto type = cast<RankedTensorType>(tensor.value.getType());
      auto boundary = getBoundaryType(getDataType(type.getElementType()), where);
      if (failed(boundary) || failed(checkDeclared(output, type, where)))
        return failure();
      results.push_back(tensor.value);
      types.push_back(type);
    }
    func::ReturnOp::create(state.builder, module.getLoc(), results);
    function.setFunctionType(
        FunctionType::get(context, function.getFunctionType().getInputs(), types));
    for (auto [index, output] : llvm::enumerate(graph.output()))
      function.setResultAttr(index, "qnn.name", StringAttr::get(context, output.name()));
    return success();
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
  SmallVector<const onnx::ValueInfoProto *> inputs;
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
