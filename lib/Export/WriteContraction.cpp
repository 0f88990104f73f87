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
    return dequantize(weights, qnn::getConstantValues<float>(op.getWeightScale()), getZeroPoint(),
                      invert(permutation)[0]);
  }

  std::string getZeroPoint() {
    auto zeroPoint = op.getWeightZeroPoint().template getDefiningOp<qnn::ConstantOp>();
    auto type = zeroPoint.getType();
    return writer.addInitializer(zeroPoint, type.getElementType(), getShape(type.getNumElements()),
                                 qnn::getBytes(zeroPoint));
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
  static SmallVector<int64_t> getShape(int64_t count) {
    if (count == 1)
      return {};
    return {count};
  }

  std::string dequantize(StringRef codes, ArrayRef<float> scales, StringRef zeroPoint,
                         int64_t axis) {
    std::string scale = writer.addInitializer(
        op, Float32Type::get(op->getContext()), getShape(scales.size()),
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

/// A product of codes whose result is the plain sum.
bool isIntegerProduct(Operation *op) {
  return getElementTypeOrSelf(op->getResult(0)).isInteger(32);
}

bool hasByteCodes(Value value) {
  Type element = getElementTypeOrSelf(value);
  return qnn::getQuantized(element) && qnn::getElementBytes(element) == 1;
}

std::string getZeroPoint(NetworkWriter &writer, Value codes) {
  return writer.addZeroPoint(qnn::getQuantized(codes.getType()));
}

/// Empty when ONNX has none for the codes.
template <typename Contraction>
Names getIntegerInputs(NetworkWriter &writer, Contraction op, Order order,
                       ArrayRef<int64_t> permutation) {
  if (!hasByteCodes(op.getInput()) || op.getWeights().getType().getElementTypeBitWidth() != 8)
    return {};
  return {writer.get(op.getInput(), order), writer.getPermuted(op.getWeights(), permutation),
          getZeroPoint(writer, op.getInput()), Weights<Contraction>(writer, op).getZeroPoint()};
}

bool writeConvolution(NetworkWriter &writer, qnn::Conv2DOp op) {
  Weights<qnn::Conv2DOp> weights(writer, op);
  if (!weights.areKnown())
    return false;
  SmallVector<int64_t> permutation{0, 3, 1, 2};
  bool isInteger = isIntegerProduct(op);
  Names inputs;
  if (isInteger) {
    inputs = getIntegerInputs(writer, op, Order::ChannelsFirst, permutation);
    if (inputs.empty() || op.getBias())
      return false;
  } else {
    inputs = {writer.getReal(op.getInput(), Order::ChannelsFirst), weights.get(permutation)};
    if (op.getBias())
      inputs.push_back(weights.getBias());
  }
  ArrayRef<int64_t> shape = op.getWeights().getType().getShape();
  Node node = writer.addNode(isInteger ? "ConvInteger" : "Conv", op, inputs)
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
  if (isIntegerProduct(op)) {
    Names inputs = getIntegerInputs(writer, op, Order::Native, {1, 0});
    if (inputs.empty() || op.getBias())
      return false;
    writer.set(op, Order::Native, writer.addNode("MatMulInteger", op, inputs).output());
    return true;
  }
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

bool writeProduct(NetworkWriter &writer, qnn::MatMulOp op) {
  Value lhs = op.getLhs(), rhs = op.getRhs();
  Names inputs;
  if (!isIntegerProduct(op))
    inputs = {writer.getReal(lhs, Order::Native), writer.getReal(rhs, Order::Native)};
  else if (hasByteCodes(lhs) && hasByteCodes(rhs))
    inputs = {writer.get(lhs, Order::Native), writer.get(rhs, Order::Native),
              getZeroPoint(writer, lhs), getZeroPoint(writer, rhs)};
  else
    return false;
  StringRef onnxOp = isIntegerProduct(op) ? "MatMulInteger" : "MatMul";
  writer.setReal(op, Order::Native, writer.addNode(onnxOp, op, inputs).output());
  return true;
}

} // namespace

bool writeContraction(NetworkWriter &writer, Operation *op) {
  if (auto convolution = dyn_cast<qnn::Conv2DOp>(op))
    return writeConvolution(writer, convolution);
  if (auto linear = dyn_cast<qnn::LinearOp>(op))
    return writeLinear(writer, linear);
  auto product = dyn_cast<qnn::MatMulOp>(op);
  return product && writeProduct(writer, product);
}

} // namespace qcc::exporting
