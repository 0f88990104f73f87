//===- WriteContraction.cpp - convolutions and matrix products
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::exporting {

namespace {

/// Weights and bias of an op as reals: those of an integer contraction are dequantized with the
/// scales that it requantizes with.
template <typename Contraction> class Weights {
public:
  Weights(NetworkWriter &writer, Contraction op) : writer(writer), op(op) {}

  bool areKnown() {
    return !op.getWeightScale() || (!qnn::getConstantBytes(op.getWeightScale()).empty() &&
                                    qnn::getQuantized(op.getInput().getType()));
  }

  std::string get(ArrayRef<int64_t> permutation) {
    std::string weights = writer.getPermuted(op.getWeights(), permutation);
    if (!op.getWeightScale())
      return weights;
    auto scales = qnn::getConstantValues<float>(op.getWeightScale());
    auto zeroPoint = op.getWeightZeroPoint().template getDefiningOp<qnn::ConstantOp>();
    return dequantize(weights, scales,
                      writer.addInitializer(zeroPoint, zeroPoint.getType().getElementType(),
                                            getShape(scales), qnn::getBytes(zeroPoint)),
                      invert(permutation)[0]);
  }

  /// Empty when there is none.
  std::string getBias() {
    if (!op.getBias())
      return "";
    std::string bias = writer.getPermuted(op.getBias(), {0});
    if (!op.getWeightScale())
      return bias;
    auto scales = qnn::getConstantValues<float>(op.getWeightScale());
    float inputScale = qnn::getScale(qnn::getQuantized(op.getInput().getType()));
    for (float &scale : scales)
      scale = inputScale * scale;
    return dequantize(bias, scales, "", 0);
  }

private:
  static SmallVector<int64_t> getShape(ArrayRef<float> scales) {
    if (scales.size() == 1)
      return {};
    return {static_cast<int64_t>(scales.size())};
  }

  std::string dequantize(StringRef codes, ArrayRef<float> scales, StringRef zeroPoint,
                         int64_t axis) {
    std::string scale = writer.addInitializer(
        op, Float32Type::get(op->getContext()), getShape(scales),
        {reinterpret_cast<const char *>(scales.data()), scales.size() * sizeof(float)});
    Names inputs{codes.str(), scale};
    if (!zeroPoint.empty())
      inputs.push_back(zeroPoint.str());
    Node node = writer.addNode("DequantizeLinear", op, inputs);
    if (scales.size() != 1)
      node.set("axis", axis);
    return node.output();
  }

  NetworkWriter &writer;
  Contraction op;
};

bool writeConvolution(NetworkWriter &writer, qnn::Conv2DOp op) {
  Weights<qnn::Conv2DOp> weights(writer, op);
  if (!weights.areKnown())
    return false;
  Names inputs{writer.getReal(op.getInput(), Order::ChannelsFirst), weights.get({0, 3, 1, 2})};
  if (op.getBias())
    inputs.push_back(weights.getBias());
  ArrayRef<int64_t> shape = op.getWeights().getType().getShape();
  Node node = writer.addNode("Conv", op, inputs)
                  .set("kernel_shape", shape.slice(1, 2))
                  .set("strides", op.getStrides())
                  .set("pads", op.getPads())
                  .set("dilations", op.getDilations())
                  .set("group", op.getGroup());
  writer.setReal(op, Order::ChannelsFirst, node.output());
  return true;
}

bool writeLinear(NetworkWriter &writer, qnn::LinearOp op) {
  if (joinsRecurrent(op))
    return true;
  Weights<qnn::LinearOp> weights(writer, op);
  if (!weights.areKnown())
    return false;
  Names inputs{writer.getReal(op.getInput(), Order::Native)};
  if (op.getType().getRank() == 2) {
    inputs.push_back(weights.get({0, 1}));
    if (op.getBias())
      inputs.push_back(weights.getBias());
    writer.setReal(op, Order::Native,
                   writer.addNode("Gemm", op, inputs).set("transB", int64_t(1)).output());
    return true;
  }
  inputs.push_back(weights.get({1, 0}));
  std::string product = writer.addNode("MatMul", op, inputs).output();
  if (op.getBias())
    product = writer.addNode("Add", op, {product, weights.getBias()}).output();
  writer.setReal(op, Order::Native, product);
  return true;
}

} // namespace

bool writeContraction(NetworkWriter &writer, Operation *op) {
  if (auto convolution = dyn_cast<qnn::Conv2DOp>(op))
    return writeConvolution(writer, convolution);
  if (auto linear = dyn_cast<qnn::LinearOp>(op))
    return writeLinear(writer, linear);
  if (!isa<qnn::MatMulOp>(op))
    return false;
  writer.setReal(op, Order::Native,
                 writer
                     .addNode("MatMul", op,
                              {writer.getReal(op->getOperand(0), Order::Native),
                               writer.getReal(op->getOperand(1), Order::Native)})
                     .output());
  return true;
}

} // namespace qcc::exporting
