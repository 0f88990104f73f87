//===- FusedOperators.cpp - what ONNX Runtime's optimizer writes for several operators
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/NodeParts.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

//===- Activations ------------------------------------------------------------//

static LogicalResult importGelu(NodeContext &node) {
  Parts parts(node);
  return parts.finish(parts.make("Gelu", parts.get(0)));
}

static LogicalResult importBiasGelu(NodeContext &node) {
  Parts parts(node);
  return parts.finish(parts.make("Gelu", parts.addTo(parts.get(0), parts.get(1))));
}

static LogicalResult importFastGelu(NodeContext &node) {
  Parts parts(node);
  Tensor sum = parts.get(0);
  if (node.hasInput(1))
    sum = parts.addTo(sum, parts.get(1));
  return parts.finish(parts.make("Gelu", sum, PartAttributes().setString("approximate", "tanh")));
}

static LogicalResult importQuickGelu(NodeContext &node) {
  Parts parts(node);
  auto alpha = PartAttributes().setFloat("alpha", node.getFloat("alpha", 1.702f));
  return parts.finish(parts.make("Swish", parts.get(0), alpha));
}

namespace {

/// A function that is applied to the result, and the attributes that set it.
struct ActivationRow {
  StringLiteral name;
  SmallVector<StringLiteral, 2> parameters;
};

} // namespace

static const ActivationRow *findActivation(StringRef name) {
  static const ActivationRow rows[] = {
      {"Clip", {"min", "max"}},
      {"Elu", {"alpha"}},
      {"HardSigmoid", {"alpha", "beta"}},
      {"HardSwish", {}},
      {"LeakyRelu", {"alpha"}},
      {"Relu", {}},
      {"Selu", {"alpha", "gamma"}},
      {"Sigmoid", {}},
      {"Softplus", {}},
      {"Softsign", {}},
      {"Tanh", {}},
      {"ThresholdedRelu", {"alpha"}},
  };
  const auto *row = llvm::find_if(rows, [&](const ActivationRow &row) { return row.name == name; });
  return row == std::end(rows) ? nullptr : row;
}

/// The function that 'activation' names, with its parameters in the list 'activation_params' or in
/// attributes of their own.
static Tensor activate(NodeContext &node, Parts &parts, Tensor input) {
  StringRef name = node.getString("activation", "");
  if (name.empty())
    return input;
  const ActivationRow *row = findActivation(name);
  if (!row) {
    parts.fail("E2016", "attribute 'activation' names the unknown function " + quoted(name));
    return {};
  }
  SmallVector<double> list = node.getFloats("activation_params");
  if (!list.empty() && list.size() != row->parameters.size()) {
    parts.fail("E2016", "attribute 'activation_params' has " + Twine(list.size()) + " numbers; " +
                            name + " takes " + Twine(row->parameters.size()));
    return {};
  }
  PartAttributes attributes;
  SmallVector<Tensor> inputs = {input};
  for (auto [i, parameter] : llvm::enumerate(row->parameters)) {
    std::string own = ("activation_" + parameter).str();
    if (list.empty() && !node.hasAttribute(own)) {
      parts.fail("E2012", "lacks the " + quoted(parameter) + " of its activation " + name);
      return {};
    }
    float value = list.empty() ? node.getFloat(own, 0) : static_cast<float>(list[i]);
    if (name == "Clip")
      inputs.push_back(parts.number(value));
    else
      attributes.setFloat(parameter, value);
  }
  return parts.make(name, inputs, attributes);
}

//===- Convolutions and pools -------------------------------------------------//

static const StringRef windowAttributes[] = {"auto_pad",     "dilations", "group",
                                             "kernel_shape", "pads",      "strides"};

static Tensor makeConvolution(NodeContext &node, Parts &parts, Tensor input, Tensor addend) {
  auto attributes = parts.copy(windowAttributes);
  Tensor sum = parts.make("Conv", {input, parts.get(1), parts.get(2)}, attributes);
  if (addend)
    sum = parts.addTo(sum, addend);
  return activate(node, parts, sum);
}

static LogicalResult importFusedConv(NodeContext &node) {
  Parts parts(node);
  return parts.finish(makeConvolution(node, parts, parts.get(0), parts.get(3)));
}

/// A tensor with its last dimension, the channels, in the place of the second.
static Tensor moveChannelsFirst(Parts &parts, Tensor tensor) {
  if (parts.hasFailed() || !tensor || tensor.getType().getRank() < 3)
    return tensor;
  SmallVector<int64_t> permutation = {0, tensor.getType().getRank() - 1};
  llvm::append_range(permutation, llvm::seq<int64_t>(1, tensor.getType().getRank() - 1));
  return parts.transpose(tensor, permutation);
}

static Tensor moveChannelsLast(Parts &parts, Tensor tensor) {
  if (parts.hasFailed())
    return {};
  SmallVector<int64_t> permutation = {0};
  llvm::append_range(permutation, llvm::seq<int64_t>(2, tensor.getType().getRank()));
  permutation.push_back(1);
  return parts.transpose(tensor, permutation);
}

static LogicalResult importNhwcFusedConv(NodeContext &node) {
  Parts parts(node);
  Tensor input = moveChannelsFirst(parts, parts.get(0));
  Tensor addend = moveChannelsFirst(parts, parts.get(3));
  Tensor result = makeConvolution(node, parts, input, addend);
  return parts.finish(moveChannelsLast(parts, result));
}

static LogicalResult importNhwcMaxPool(NodeContext &node) {
  Parts parts(node);
  auto attributes =
      parts.copy({"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides"});
  Tensor result = parts.make("MaxPool", moveChannelsFirst(parts, parts.get(0)), attributes);
  return parts.finish(moveChannelsLast(parts, result));
}

/// QLinearConv whose channels may come last.
static LogicalResult importQLinearConv(NodeContext &node) {
  Parts parts(node);
  bool channelsLast = node.getInt("channels_last", 0) != 0;
  SmallVector<Tensor> inputs;
  for (unsigned i = 0; i < node.getNumInputs(); ++i)
    inputs.push_back(parts.get(i));
  if (channelsLast)
    inputs[0] = moveChannelsFirst(parts, inputs[0]);
  Tensor result = parts.make("QLinearConv", inputs, parts.copy(windowAttributes));
  return parts.finish(channelsLast ? moveChannelsLast(parts, result) : result);
}

//===- Matrix products --------------------------------------------------------//

static LogicalResult importFusedGemm(NodeContext &node) {
  Parts parts(node);
  Tensor product = parts.make("Gemm", {parts.get(0), parts.get(1), parts.get(2)},
                              parts.copy({"alpha", "beta", "transA", "transB"}));
  return parts.finish(activate(node, parts, product));
}

/// An operand whose first dimension moves behind the other batches, or whose last two are
/// exchanged, or both.
static Tensor makeOperand(NodeContext &node, Parts &parts, unsigned input, StringRef batch,
                          StringRef matrix) {
  int64_t rank = node.getRank(input);
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.getInt(batch, 0) != 0 && rank > 2)
    std::rotate(permutation.begin(), permutation.begin() + 1, permutation.end() - 1);
  if (node.getInt(matrix, 0) != 0 && rank > 1)
    std::swap(permutation[rank - 2], permutation[rank - 1]);
  Tensor operand = parts.get(input);
  return llvm::is_sorted(permutation) ? operand : parts.transpose(operand, permutation);
}

static LogicalResult importFusedMatMul(NodeContext &node) {
  float alpha = node.getFloat("alpha", 1);
  if (!std::isfinite(alpha))
    return node.error("E2016", "attribute 'alpha' must be finite");
  Parts parts(node);
  Tensor lhs = makeOperand(node, parts, 0, "transBatchA", "transA");
  Tensor rhs = makeOperand(node, parts, 1, "transBatchB", "transB");
  Tensor product = parts.make("MatMul", {lhs, rhs});
  if (alpha != 1)
    product = parts.scale(product, parts.number(alpha));
  return parts.finish(activate(node, parts, product));
}

/// softmax(input + bias) over all dimensions from 'axis' on.
static LogicalResult importBiasSoftmax(NodeContext &node) {
  auto axis = node.getAxis("axis", 1, node.getRank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  Parts parts(node);
  Tensor rows = parts.reshape(
      parts.addTo(parts.get(0), parts.get(1)),
      {llvm::product_of(shape.take_front(*axis)), llvm::product_of(shape.drop_front(*axis))});
  return parts.finish(parts.reshape(parts.make("Softmax", rows), shape));
}

//===- Sums with normalizations -----------------------------------------------//

/// input + skip + bias, its normalization, and the sum as the fourth result.
static LogicalResult importSkipNormalization(NodeContext &node, StringRef name, unsigned bias,
                                             ArrayRef<Tensor> parameters) {
  Parts parts(node);
  Tensor sum = parts.addTo(parts.get(0), parts.get(1));
  if (node.hasInput(bias))
    sum = parts.addTo(sum, parts.get(bias));
  SmallVector<Tensor> inputs = {sum};
  llvm::append_range(inputs, parameters);
  auto epsilon = PartAttributes().setFloat("epsilon", node.getFloat("epsilon", 1e-12f));
  Tensor result = parts.make(name, inputs, epsilon);
  if (!parts.hasFailed())
    (void)node.setResult(sum, 3);
  return parts.finish(result);
}

static LogicalResult importSkipLayerNormalization(NodeContext &node) {
  Tensor shift = node.hasInput(3) ? node.getInput(3) : Tensor();
  return importSkipNormalization(node, "LayerNormalization", 4, {node.getInput(2), shift});
}

static LogicalResult importSkipSimplifiedLayerNormalization(NodeContext &node) {
  return importSkipNormalization(node, "RMSNormalization", 3, node.getInput(2));
}

ArrayRef<Operator> getFusedOperators() {
  static constexpr StringLiteral convolution =
      "activation:string activation_params:floats auto_pad:string dilations:ints group:int "
      "kernel_shape:ints pads:ints strides:ints";
  static const Operator rows[] = {
      {"com.microsoft", "BiasGelu", 1, 2, 2, 1, "", importBiasGelu},
      {"com.microsoft", "BiasSoftmax", 1, 2, 2, 1, "axis:int is_inner_broadcast:int!",
       importBiasSoftmax},
      {"com.microsoft", "FastGelu", 1, 1, 2, 1, "", importFastGelu},
      {"com.microsoft", "FusedConv", 1, 2, 4, 1, convolution, importFusedConv},
      {"com.microsoft", "FusedGemm", 1, 2, 3, 1,
       "activation:string activation_alpha:float activation_beta:float activation_gamma:float "
       "alpha:float beta:float transA:int transB:int",
       importFusedGemm},
      {"com.microsoft", "FusedMatMul", 1, 2, 2, 1,
       "alpha:float transA:int transB:int transBatchA:int transBatchB:int", importFusedMatMul},
      {"com.microsoft", "FusedMatMulActivation", 1, 2, 2, 1,
       "activation:string! activation_alpha:float activation_beta:float activation_gamma:float "
       "alpha:float transA:int transB:int transBatchA:int transBatchB:int",
       importFusedMatMul},
      {"com.microsoft", "Gelu", 1, 1, 1, 1, "", importGelu},
      {"com.microsoft", "NhwcFusedConv", 1, 2, 4, 1, convolution, importNhwcFusedConv},
      {"com.microsoft", "NhwcMaxPool", 1, 1, 1, 1,
       "auto_pad:string ceil_mode:int dilations:ints kernel_shape:ints! pads:ints strides:ints",
       importNhwcMaxPool},
      {"com.microsoft", "QLinearConv", 1, 8, 9, 1,
       "auto_pad:string channels_last:int dilations:ints group:int kernel_shape:ints pads:ints "
       "strides:ints",
       importQLinearConv},
      {"com.microsoft", "QuickGelu", 1, 1, 1, 1, "alpha:float", importQuickGelu},
      {"com.microsoft", "SkipLayerNormalization", 1, 3, 5, 4, "epsilon:float",
       importSkipLayerNormalization},
      {"com.microsoft", "SkipSimplifiedLayerNormalization", 1, 3, 4, 4, "epsilon:float",
       importSkipSimplifiedLayerNormalization},
      {"com.microsoft", "TransposeMatMul", 1, 2, 2, 1, "alpha:float transA:int transB:int",
       importFusedMatMul},
  };
  return rows;
}

} // namespace qcc::import
