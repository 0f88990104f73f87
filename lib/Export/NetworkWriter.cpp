//===- NetworkWriter.cpp - the values of a network while it becomes a graph
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

#include "dialects/QNN/QNNNetwork.h"
#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::exporting {

static RankedTensorType getType(Value value) { return cast<RankedTensorType>(value.getType()); }

//===- Permutations ---------------------------------------------------------===//

SmallVector<int64_t> getPermutation(int64_t rank, Order order) {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (order == Order::ChannelsFirst && rank >= 4)
    std::rotate(permutation.begin() + 1, permutation.begin() + 3, permutation.end());
  return permutation;
}

std::vector<char> permuteBytes(ArrayRef<char> bytes, RankedTensorType type,
                               ArrayRef<int64_t> permutation) {
  int64_t size = qnn::getElementBytes(type.getElementType()), rank = type.getRank();
  SmallVector<int64_t> strides(rank, size), position(rank, 0);
  for (int64_t i = rank - 1; i > 0; --i)
    strides[i - 1] = strides[i] * type.getDimSize(i);
  SmallVector<int64_t> shape = permute(type.getShape(), permutation);
  strides = permute(strides, permutation);
  std::vector<char> result(bytes.size());
  int64_t source = 0;
  for (size_t target = 0; target < result.size(); target += size) {
    std::memcpy(&result[target], &bytes[source], size);
    for (int64_t i = rank - 1; i >= 0; --i) {
      source += strides[i];
      if (++position[i] < shape[i])
        break;
      source -= strides[i] * shape[i];
      position[i] = 0;
    }
  }
  return result;
}

int64_t NetworkWriter::place(int64_t axis, int64_t rank, Order order) {
  return invert(getPermutation(rank, order))[axis];
}

SmallVector<int64_t> NetworkWriter::arrange(ArrayRef<int64_t> values, Order order) {
  return permute(values, getPermutation(values.size(), order));
}

//===- Operands -------------------------------------------------------------===//

bool NetworkWriter::has(Value value, Order order) const {
  auto found = forms.find(value);
  return found != forms.end() && !found->second[static_cast<int>(order)].empty();
}

Order NetworkWriter::chooseOrder(Operation *op) const {
  int64_t rank = 0;
  for (Value operand : op->getOperands())
    rank = std::max(rank, getType(operand).getRank());
  for (Value operand : op->getOperands())
    if (rank >= 4 && getType(operand).getRank() == rank && has(operand, Order::ChannelsFirst) &&
        !has(operand, Order::Native))
      return Order::ChannelsFirst;
  return Order::Native;
}

std::string NetworkWriter::moveDimensions(Value value, StringRef name, ArrayRef<int64_t> shape,
                                          ArrayRef<int64_t> permutation) {
  if (movesOnlyUnitDimensions(shape, permutation))
    return graph
        .addNode("Reshape", name, {name.str(), graph.addIntegers(permute(shape, permutation))})
        .output();
  return graph.addNode("Transpose", name, {name.str()}).set("perm", permutation).output();
}

std::string NetworkWriter::get(Value value, Order order) {
  auto type = getType(value);
  if (type.getRank() < 4)
    order = Order::Native;
  Forms &form = forms[value];
  std::string &name = form[static_cast<int>(order)];
  if (!name.empty())
    return name;
  SmallVector<int64_t> toFirst = getPermutation(type.getRank(), Order::ChannelsFirst);
  if (auto constant = value.getDefiningOp<qnn::ConstantOp>()) {
    SmallVector<int64_t> permutation = getPermutation(type.getRank(), order);
    return name = addInitializer(constant, type.getElementType(),
                                 permute(type.getShape(), permutation),
                                 permuteBytes(qnn::getBytes(constant), type, permutation));
  }
  if (order == Order::ChannelsFirst)
    return name = moveDimensions(value, form[0], type.getShape(), toFirst);
  return name = moveDimensions(value, form[1], permute(type.getShape(), toFirst), invert(toFirst));
}

std::string NetworkWriter::addZeroPoint(qnn::QuantizedType type) {
  int64_t zeroPoint = type.getZeroPoint();
  Type storage = qnn::getStorageType(type);
  return graph.addInitializer(
      "zero_point", storage, {},
      {reinterpret_cast<const char *>(&zeroPoint), size_t(qnn::getElementBytes(storage))});
}

std::string NetworkWriter::convert(Operation *op, StringRef onnxOp, StringRef name,
                                   qnn::QuantizedType type) {
  std::string zero = addZeroPoint(type);
  return graph
      .addNode(onnxOp, op ? qnn::getNodeName(op) : "",
               {name.str(), graph.addFloat(qnn::getScale(type)), zero})
      .output();
}

std::string NetworkWriter::getReal(Value value, Order order) {
  std::string name = get(value, order);
  if (auto type = qnn::getQuantized(value.getType()))
    return convert(value.getDefiningOp(), "DequantizeLinear", name, type);
  return name;
}

std::string NetworkWriter::getBroadcast(Value value, int64_t rank, Order order) {
  auto type = getType(value);
  if (order == Order::Native || type.getRank() == rank || type.getNumElements() == 1)
    return getReal(value, order);
  SmallVector<int64_t> shape(rank - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  SmallVector<int64_t> permutation = getPermutation(rank, order);
  if (auto constant = value.getDefiningOp<qnn::ConstantOp>(); constant && !qnn::getQuantized(type))
    return addInitializer(constant, type.getElementType(), permute(shape, permutation),
                          permuteBytes(qnn::getBytes(constant), type.clone(shape), permutation));
  std::string name = getReal(value, Order::Native);
  if (movesOnlyUnitDimensions(shape, permutation))
    return moveDimensions(value, name, shape, permutation);
  name = graph.addNode("Reshape", name, {name, graph.addIntegers(shape)}).output();
  return moveDimensions(value, name, shape, permutation);
}

std::string NetworkWriter::getPermuted(Value value, ArrayRef<int64_t> permutation) {
  auto type = getType(value);
  SmallVector<int64_t> shape = permute(type.getShape(), permutation);
  auto constant = value.getDefiningOp<qnn::ConstantOp>();
  if (constant && !qnn::getQuantized(type))
    return addInitializer(constant, type.getElementType(), shape,
                          permuteBytes(qnn::getBytes(constant), type, permutation));
  if (auto weights = value.getDefiningOp<qnn::DequantizeWeightsOp>()) {
    std::string codes = getPermuted(weights.getInput(), permutation);
    bool isPerTensor = weights.getScale().getType().getNumElements() == 1;
    auto getParameter = [&](Value parameter) {
      if (auto constant = parameter.getDefiningOp<qnn::ConstantOp>(); constant && isPerTensor)
        return addInitializer(constant, getType(parameter).getElementType(), {},
                              qnn::getBytes(constant));
      std::string name = get(parameter, Order::Native);
      return isPerTensor ? graph.addNode("Squeeze", name, {name}).output() : name;
    };
    Node node =
        addNode("DequantizeLinear", weights,
                {codes, getParameter(weights.getScale()), getParameter(weights.getZeroPoint())});
    if (!isPerTensor)
      node.set("axis", invert(permutation)[weights.getAxis()]);
    return node.output();
  }
  std::string name = getReal(value, Order::Native);
  if (llvm::is_sorted(permutation))
    return name;
  return moveDimensions(value, name, type.getShape(), permutation);
}

//===- Results --------------------------------------------------------------===//

Node NetworkWriter::addNode(StringRef onnxOp, Operation *op, ArrayRef<std::string> inputs,
                            unsigned outputs) {
  return graph.addNode(onnxOp, qnn::getNodeName(op), inputs, outputs);
}

std::string NetworkWriter::addInitializer(Operation *op, Type element, ArrayRef<int64_t> shape,
                                          ArrayRef<char> bytes) {
  return graph.addInitializer(qnn::getNodeName(op), element, shape, bytes);
}

void NetworkWriter::set(Value value, Order order, StringRef name) {
  if (getType(value).getRank() < 4)
    order = Order::Native;
  forms[value][static_cast<int>(order)] = name.str();
}

void NetworkWriter::setReal(Operation *op, Order order, StringRef name) {
  Value result = op->getResult(0);
  if (auto type = qnn::getQuantized(result.getType()))
    set(result, order, convert(op, "QuantizeLinear", name, type));
  else
    set(result, order, name);
}

LogicalResult NetworkWriter::write(func::FuncOp network) {
  // Names of the boundary come first: nothing inside may take them.
  SmallVector<std::string> inputs, outputs;
  for (unsigned i = 0; i < network.getNumArguments(); ++i) {
    auto name = network.getArgAttrOfType<StringAttr>(i, "qnn.name");
    inputs.push_back(graph.makeName(name.getValue()));
    set(network.getArgument(i), Order::Native, inputs.back());
    graph.addInput(inputs.back(), getType(network.getArgument(i)));
  }
  Operation *end = network.front().getTerminator();
  for (unsigned i = 0; i < network.getNumResults(); ++i) {
    StringRef name = network.getResultAttrOfType<StringAttr>(i, "qnn.name").getValue();
    // An output with the name of an input is that input.
    auto argument = dyn_cast<BlockArgument>(end->getOperand(i));
    bool isInput = argument && name == inputs[argument.getArgNumber()];
    outputs.push_back(isInput ? name.str() : graph.makeName(name));
  }

  llvm::MapVector<StringRef, int64_t> unknown;
  for (Operation &op : network.front().without_terminator()) {
    if (isa<qnn::ConstantOp>(op) || writeQuantization(*this, &op) || writeMove(*this, &op) ||
        writeElementwise(*this, &op) || writeContraction(*this, &op) || writeWindow(*this, &op) ||
        writeReduction(*this, &op) || writeIndexing(*this, &op) || writeRecurrent(*this, &op))
      continue;
    ++unknown[op.getName().getStringRef()];
    for (Value result : op.getResults())
      set(result, Order::Native, "unknown");
  }
  if (!unknown.empty()) {
    InFlightDiagnostic error = network.emitError("has operations without an ONNX form:");
    for (auto [index, entry] : llvm::enumerate(unknown))
      error << (index ? ", " : " ") << entry.first << " (" << entry.second << ")";
    return error << " [E6201]";
  }

  for (auto [operand, name] : llvm::zip(end->getOperands(), outputs))
    (void)get(operand, Order::Native);
  for (auto [operand, name] : llvm::zip(end->getOperands(), outputs)) {
    std::string value = get(operand, Order::Native);
    graph.addOutput(name, getType(operand), value);
    set(operand, Order::Native, name);
  }
  return success();
}

} // namespace qcc::exporting
