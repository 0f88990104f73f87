//===- Recurrent.cpp - LSTM, GRU and RNN
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inputs of all steps are multiplied by their weights at once; what is left to do step by step
// is qnn.recurrent. Each direction is a layer of its own.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

namespace {

/// An activation as ONNX names it.
struct ActivationRow {
  StringLiteral name; // in lower case
  bool hasAlpha, hasBeta;
  float alpha, beta; // defaults
};

const ActivationRow activationRows[] = {
    {"affine", true, true, 1, 0},
    {"elu", true, false, 1, 0},
    {"hardsigmoid", true, true, 0.2f, 0.5f},
    {"leakyrelu", true, false, 0.01f, 0},
    {"relu", false, false, 0, 0},
    {"scaledtanh", true, true, 1, 1},
    {"sigmoid", false, false, 0, 0},
    {"softplus", false, false, 0, 0},
    {"softsign", false, false, 0, 0},
    {"tanh", false, false, 0, 0},
    {"thresholdedrelu", true, false, 1, 0},
};

// Numbers of the inputs.
enum : unsigned { inputX, inputW, inputR, inputB, inputLengths, inputH, inputC, inputP };

class Layer {
public:
  Layer(NodeContext &node, qnn::RecurrentKind kind) : node(node), math(node), kind(kind) {}
  LogicalResult run();

private:
  LogicalResult readAttributes();
  LogicalResult readActivations();
  LogicalResult checkShapes();
  LogicalResult requireShape(unsigned input, ArrayRef<int64_t> shape);
  /// Elements [first, first + count) of dimension `axis`.
  /// The part of an input that belongs to one direction, without that dimension.
  Value getPart(unsigned input, int64_t direction);
  /// The same for states, which may come with the batch first.
  Value getState(unsigned input, int64_t direction);
  qnn::RecurrentOp createDirection(Value input, Value lengths, int64_t direction);
  void setJoined(unsigned output, ArrayRef<Value> parts, int64_t axis);

  NodeContext &node;
  FloatMath math;
  qnn::RecurrentKind kind;
  int64_t directions = 1, steps, batch, inputs, size, gates;
  bool firstIsReverse = false, batchFirst = false, resetAfter = false;
  float clip = 0;
  SmallVector<SmallVector<StringRef>> activations; // of each direction
  SmallVector<SmallVector<float>> alphas, betas;
};

LogicalResult Layer::requireShape(unsigned input, ArrayRef<int64_t> shape) {
  if (!node.hasInput(input) || node.getShape(input) == shape)
    return success();
  return node.error("E2302", node.describeInput(input) + " has shape " +
                                 formatShape(node.getShape(input)) + ", expected " +
                                 formatShape(shape));
}

LogicalResult Layer::readActivations() {
  size_t each = qnn::RecurrentOp::getActivationCount(kind), count = each * directions;
  SmallVector<StringRef> names = node.getStrings("activations");
  SmallVector<double> alphaValues = node.getFloats("activation_alpha"),
                      betaValues = node.getFloats("activation_beta");
  if (names.empty())
    for (int64_t direction = 0; direction < directions; ++direction) {
      if (kind == qnn::RecurrentKind::LSTM)
        names.append({"Sigmoid", "Tanh", "Tanh"});
      else if (kind == qnn::RecurrentKind::GRU)
        names.append({"Sigmoid", "Tanh"});
      else
        names.push_back("Tanh");
    }
  if (names.size() != count)
    return node.error("E2016", "attribute 'activations' has " + Twine(names.size()) +
                                   " names, expected " + Twine(count));
  size_t nextAlpha = 0, nextBeta = 0;
  auto take = [](bool takes, ArrayRef<double> values, size_t &next, float otherwise) {
    return takes && next < values.size() ? static_cast<float>(values[next++]) : otherwise;
  };
  for (auto [i, name] : llvm::enumerate(names)) {
    std::string lower = name.lower();
    const auto *row =
        llvm::find_if(activationRows, [&](const ActivationRow &row) { return row.name == lower; });
    if (row == std::end(activationRows))
      return node.error("E2016",
                        "attribute 'activations' names the unknown function '" + name + "'");
    if (i % each == 0) {
      activations.emplace_back();
      alphas.emplace_back();
      betas.emplace_back();
    }
    float alpha = take(row->hasAlpha, alphaValues, nextAlpha, row->alpha);
    float beta = take(row->hasBeta, betaValues, nextBeta, row->beta);
    if (!std::isfinite(alpha) || !std::isfinite(beta))
      return node.error("E2016", "attributes 'activation_alpha' and 'activation_beta' must be "
                                 "finite");
    activations.back().push_back(row->name);
    alphas.back().push_back(alpha);
    betas.back().push_back(beta);
  }
  return success();
}

LogicalResult Layer::readAttributes() {
  StringRef direction = node.getString("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    return node.error("E2016", "attribute 'direction' must be 'forward', 'reverse' or "
                               "'bidirectional'");
  directions = direction == "bidirectional" ? 2 : 1;
  firstIsReverse = direction == "reverse";
  batchFirst = node.getInt("layout", 0) != 0;
  resetAfter = node.getInt("linear_before_reset", 0) != 0;
  clip = node.getFloat("clip", 0);
  if (!(clip >= 0) || !std::isfinite(clip))
    return node.error("E2016", "attribute 'clip' must be finite and not negative");
  return readActivations();
}

LogicalResult Layer::checkShapes() {
  for (unsigned i : {inputX, inputW, inputR, inputB, inputH, inputC, inputP})
    if (node.hasInput(i) && failed(node.requireFloat(i)))
      return failure();
  for (unsigned i : {inputX, inputW, inputR})
    if (failed(node.requireRank(i, 3, 3)))
      return failure();
  ArrayRef<int64_t> shape = node.getShape(inputX);
  steps = shape[batchFirst];
  batch = shape[!batchFirst];
  inputs = shape[2];
  size = node.getShape(inputR)[2];
  gates = kind == qnn::RecurrentKind::LSTM ? 4 : kind == qnn::RecurrentKind::GRU ? 3 : 1;
  if (node.getInt("hidden_size", size) != size)
    return node.error("E2016", "attribute 'hidden_size' must be " + Twine(size) +
                                   ", the last dimension of the recurrence weights");
  SmallVector<int64_t> state = {directions, batch, size};
  if (batchFirst)
    std::swap(state[0], state[1]);
  // Dimensions lie below 2^31: these products do not overflow.
  if (failed(requireShape(inputW, {directions, gates * size, inputs})) ||
      failed(requireShape(inputR, {directions, gates * size, size})) ||
      failed(requireShape(inputB, {directions, 2 * gates * size})) ||
      failed(requireShape(inputLengths, {batch})) || failed(requireShape(inputH, state)) ||
      failed(requireShape(inputC, state)) || failed(requireShape(inputP, {directions, 3 * size})))
    return failure();
  if (node.hasInput(inputLengths) && !node.getElementType(inputLengths).isInteger(32))
    return node.error("E2308", node.describeInput(inputLengths) + " must hold int32");
  Type f32 = node.builder.getF32Type();
  if (failed(node.makeType({steps, batch, directions, gates * size}, f32)))
    return failure();
  return success();
}

Value Layer::getPart(unsigned input, int64_t direction) {
  if (!node.hasInput(input))
    return {};
  Value part = createSliceAlong(node, node.getValue(input), 0, direction, 1);
  return node.createReshape(part, node.getShape(input).drop_front());
}

Value Layer::getState(unsigned input, int64_t direction) {
  if (!node.hasInput(input))
    return {};
  Value part = createSliceAlong(node, node.getValue(input), batchFirst ? 1 : 0, direction, 1);
  return node.createReshape(part, {batch, size});
}

qnn::RecurrentOp Layer::createDirection(Value input, Value lengths, int64_t direction) {
  Type f32 = node.builder.getF32Type();
  auto typeOf = [&](ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, f32); };
  int64_t width = gates * size;
  Value bias, recurrentBias;
  if (Value both = getPart(inputB, direction)) {
    Value first = createSliceAlong(node, both, 0, 0, width),
          second = createSliceAlong(node, both, 0, width, width);
    if (resetAfter) {
      recurrentBias = createSliceAlong(node, second, 0, 2 * size, size);
      SmallVector<float> zeros(size);
      Value parts[] = {createSliceAlong(node, second, 0, 0, 2 * size),
                       node.createFloats({size}, zeros)};
      second = node.create<qnn::ConcatOp>(typeOf({width}), ValueRange(parts), 0);
    }
    bias = math.add(first, second);
  }
  // The steps of all sequences are rows of one product.
  Value sums = node.create<qnn::LinearOp>(typeOf({steps * batch, width}),
                                          node.createReshape(input, {steps * batch, inputs}),
                                          getPart(inputW, direction), bias, Value(), Value());
  SmallVector<Type> results = {typeOf({batch, size})};
  if (kind == qnn::RecurrentKind::LSTM)
    results.push_back(results.front());
  if (node.hasOutput(0))
    results.push_back(typeOf({steps, batch, size}));
  bool reverse = direction == 1 || firstIsReverse;
  return qnn::RecurrentOp::create(
      node.builder, node.location, results, kind, node.createReshape(sums, {steps, batch, width}),
      node.createTranspose(getPart(inputR, direction), {1, 0}), recurrentBias,
      getState(inputH, direction), getState(inputC, direction), getPart(inputP, direction), lengths,
      node.builder.getStrArrayAttr(activations[direction]), alphas[direction], betas[direction],
      APFloat(clip), reverse, resetAfter, node.getInt("input_forget", 0) != 0, /*panel=*/0);
}

/// Joins the parts of the directions along a new dimension.
void Layer::setJoined(unsigned output, ArrayRef<Value> parts, int64_t axis) {
  if (!node.hasOutput(output))
    return;
  SmallVector<Value> widened;
  RankedTensorType type;
  for (Value part : parts) {
    SmallVector<int64_t> shape(cast<RankedTensorType>(part.getType()).getShape());
    shape.insert(shape.begin() + axis, 1);
    widened.push_back(node.createReshape(part, shape));
    type = cast<RankedTensorType>(widened.back().getType());
  }
  Value joined = widened.front();
  if (widened.size() > 1) {
    SmallVector<int64_t> shape(type.getShape());
    shape[axis] = static_cast<int64_t>(widened.size());
    joined = node.create<qnn::ConcatOp>(type.clone(shape), widened, axis);
  }
  (void)node.setResult(joined, output);
}

LogicalResult Layer::run() {
  if (failed(readAttributes()) || failed(checkShapes()))
    return failure();
  Value input = node.getValue(inputX);
  if (batchFirst)
    input = node.createTranspose(input, {1, 0, 2});
  Value lengths = node.hasInput(inputLengths) ? node.getValue(inputLengths) : Value();
  SmallVector<Value> sequences, states, cells;
  for (int64_t direction = 0; direction < directions; ++direction) {
    qnn::RecurrentOp op = createDirection(input, lengths, direction);
    states.push_back(op.getLastHidden());
    cells.push_back(op.getLastCell());
    Value sequence = op.getSequence();
    if (sequence && batchFirst)
      sequence = node.createTranspose(sequence, {1, 0, 2});
    sequences.push_back(sequence);
  }
  // Y [T,D,N,H], or [N,T,D,H]; the states [D,N,H], or [N,D,H].
  setJoined(0, sequences, batchFirst ? 2 : 1);
  setJoined(1, states, batchFirst ? 1 : 0);
  if (kind == qnn::RecurrentKind::LSTM)
    setJoined(2, cells, batchFirst ? 1 : 0);
  return success();
}

template <qnn::RecurrentKind kind> LogicalResult importRecurrent(NodeContext &node) {
  return Layer(node, kind).run();
}

} // namespace

ArrayRef<Operator> getRecurrentOperators() {
  static const Operator rows[] = {
      {"", "GRU", 7, 3, 6, 2,
       "activation_alpha:floats activation_beta:floats activations:strings clip:float "
       "direction:string hidden_size:int layout:int>=14 linear_before_reset:int",
       importRecurrent<qnn::RecurrentKind::GRU>},
      {"", "LSTM", 7, 3, 8, 3,
       "activation_alpha:floats activation_beta:floats activations:strings clip:float "
       "direction:string hidden_size:int input_forget:int layout:int>=14",
       importRecurrent<qnn::RecurrentKind::LSTM>},
      {"", "RNN", 7, 3, 6, 2,
       "activation_alpha:floats activation_beta:floats activations:strings clip:float "
       "direction:string hidden_size:int layout:int>=14",
       importRecurrent<qnn::RecurrentKind::RNN>},
  };
  return rows;
}

} // namespace qcc::import
