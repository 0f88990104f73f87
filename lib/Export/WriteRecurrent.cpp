//===- WriteRecurrent.cpp - LSTM, GRU and RNN
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

#include "dialects/QNN/QNNWeights.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace qcc::exporting {

namespace {

std::string getActivation(StringRef name) {
  return llvm::StringSwitch<std::string>(name)
      .Case("hardsigmoid", "HardSigmoid")
      .Case("leakyrelu", "LeakyRelu")
      .Case("scaledtanh", "ScaledTanh")
      .Case("thresholdedrelu", "ThresholdedRelu")
      .Default(llvm::toUpper(name.front()) + name.drop_front().str());
}

class RecurrentWriter {
public:
  RecurrentWriter(NetworkWriter &writer, qnn::RecurrentOp op)
      : writer(writer), op(op), size(op.getStateSize()), width(size * op.getGateCount()) {}

  void write();

private:
  std::string addFloats(ArrayRef<int64_t> shape, ArrayRef<float> values) {
    return writer.addInitializer(
        op, Float32Type::get(op->getContext()), shape,
        {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)});
  }

  std::string reshape(StringRef name, ArrayRef<int64_t> shape) {
    return writer.addNode("Reshape", op, {name.str(), writer.graph.addIntegers(shape)}).output();
  }

  /// `value` with a dimension of size 1 in front, for the one direction; "" for none.
  std::string getDirected(Value value) {
    if (!value)
      return "";
    SmallVector<int64_t> shape{1};
    llvm::append_range(shape, cast<RankedTensorType>(value.getType()).getShape());
    if (auto values = qnn::getConstantValues<float>(value); !values.empty())
      return addFloats(shape, values);
    return reshape(writer.get(value, Order::Native), shape);
  }

  NetworkWriter &writer;
  qnn::RecurrentOp op;
  int64_t size, width;
};

void RecurrentWriter::write() {
  std::string input, inputWeights;
  SmallVector<float> biases(2 * width, 0.0f);
  auto linear = op.getGates().getDefiningOp<qnn::LinearOp>();
  if (linear && joinsRecurrent(linear)) {
    input = writer.get(linear.getInput(), Order::Native);
    auto weights = qnn::getConstantValues<float>(linear.getWeights());
    inputWeights = addFloats({1, width, linear.getWeights().getType().getDimSize(1)}, weights);
    if (linear.getBias())
      llvm::copy(qnn::getConstantValues<float>(linear.getBias()), biases.begin());
  } else { // the product of the gates with one
    input = writer.get(op.getGates(), Order::Native);
    SmallVector<float> identity(width * width, 0.0f);
    for (int64_t i = 0; i < width; ++i)
      identity[i * width + i] = 1;
    inputWeights = addFloats({1, width, width}, identity);
  }
  // ONNX has [gates, state].
  std::string weights;
  if (auto constant = op.getWeights().getDefiningOp<qnn::ConstantOp>())
    weights =
        writer.addInitializer(op, Float32Type::get(op->getContext()), {1, width, size},
                              permuteBytes(qnn::getBytes(constant), constant.getType(), {1, 0}));
  else
    weights = reshape(writer.getPermuted(op.getWeights(), {1, 0}), {1, width, size});
  if (op.getBias()) // of the candidate's product with the state, the last block
    llvm::copy(qnn::getConstantValues<float>(op.getBias()), biases.end() - size);

  Names inputs{input,
               inputWeights,
               weights,
               addFloats({1, 2 * width}, biases),
               op.getLengths() ? writer.get(op.getLengths(), Order::Native) : "",
               getDirected(op.getHidden())};
  bool isLSTM = op.getKind() == qnn::RecurrentKind::LSTM;
  if (isLSTM) {
    inputs.push_back(getDirected(op.getCell()));
    inputs.push_back(getDirected(op.getPeepholes()));
  }
  while (inputs.back().empty())
    inputs.pop_back();
  SmallVector<std::string> activations;
  SmallVector<float> alphas, betas; // of the activations that have one
  for (auto [index, name] : llvm::enumerate(op.getActivations().getAsValueRange<StringAttr>())) {
    activations.push_back(getActivation(name));
    bool hasBeta = llvm::is_contained({"affine", "hardsigmoid", "scaledtanh"}, name);
    if (hasBeta || llvm::is_contained({"elu", "leakyrelu", "thresholdedrelu"}, name))
      alphas.push_back(op.getAlphas()[index]);
    if (hasBeta)
      betas.push_back(op.getBetas()[index]);
  }
  StringRef onnxOp = isLSTM ? "LSTM" : op.getKind() == qnn::RecurrentKind::GRU ? "GRU" : "RNN";
  Node node = writer.addNode(onnxOp, op, inputs, isLSTM ? 3 : 2)
                  .set("hidden_size", size)
                  .set("direction", StringRef(op.getReverse() ? "reverse" : "forward"))
                  .set("activations", activations);
  if (!alphas.empty())
    node.set("activation_alpha", alphas);
  if (!betas.empty())
    node.set("activation_beta", betas);
  if (!op.getClip().isZero())
    node.set("clip", op.getClip().convertToFloat());
  if (op.getKind() == qnn::RecurrentKind::GRU)
    node.set("linear_before_reset", int64_t(op.getResetAfter()));
  if (isLSTM)
    node.set("input_forget", int64_t(op.getCoupled()));

  // Y [steps, 1, batch, size], then the last states [1, batch, size].
  auto setResult = [&](Value result, unsigned output) {
    if (result && !result.use_empty())
      writer.set(result, Order::Native,
                 reshape(node.output(output), cast<RankedTensorType>(result.getType()).getShape()));
  };
  setResult(op.getSequence(), 0);
  setResult(op.getLastHidden(), 1);
  setResult(op.getLastCell(), 2);
}

} // namespace

bool joinsRecurrent(qnn::LinearOp op) {
  return op->hasOneUse() && isa<qnn::RecurrentOp>(*op->user_begin()) && !op.getWeightScale() &&
         op->use_begin()->getOperandNumber() == 0 &&
         !qnn::getConstantBytes(op.getWeights()).empty() &&
         (!op.getBias() || !qnn::getConstantBytes(op.getBias()).empty());
}

bool writeRecurrent(NetworkWriter &writer, Operation *op) {
  auto recurrent = dyn_cast<qnn::RecurrentOp>(op);
  // The bias of a gate is a weight of the ONNX operator: it must be known.
  if (!recurrent || (recurrent.getBias() && qnn::getConstantBytes(recurrent.getBias()).empty()))
    return false;
  RecurrentWriter(writer, recurrent).write();
  return true;
}

} // namespace qcc::exporting
