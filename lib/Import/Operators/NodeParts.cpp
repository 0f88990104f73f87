//===- NodeParts.cpp - a node as several standard operators
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/NodeParts.h"

using namespace mlir;
using onnx::AttributeProto;

namespace qcc::import {

static AttributeProto &append(PartAttributes &attributes, StringRef name,
                              AttributeProto::AttributeType type) {
  AttributeProto &attribute = attributes.list.emplace_back();
  attribute.set_name(name.str());
  attribute.set_type(type);
  return attribute;
}

PartAttributes &PartAttributes::setInt(StringRef name, int64_t value) {
  append(*this, name, AttributeProto::INT).set_i(value);
  return *this;
}

PartAttributes &PartAttributes::setFloat(StringRef name, float value) {
  append(*this, name, AttributeProto::FLOAT).set_f(value);
  return *this;
}

PartAttributes &PartAttributes::setString(StringRef name, StringRef value) {
  append(*this, name, AttributeProto::STRING).set_s(value.str());
  return *this;
}

PartAttributes &PartAttributes::setInts(StringRef name, ArrayRef<int64_t> values) {
  append(*this, name, AttributeProto::INTS).mutable_ints()->Add(values.begin(), values.end());
  return *this;
}

PartAttributes Parts::copy(ArrayRef<StringRef> names) const {
  PartAttributes attributes;
  for (StringRef name : names) {
    const AttributeProto *found = node.findAttribute(name);
    if (!found)
      continue;
    AttributeProto &attribute = attributes.list.emplace_back(*found);
    // Inside a function the call's attribute may have another name.
    attribute.set_name(name.str());
  }
  return attributes;
}

SmallVector<Tensor> Parts::makeSeveral(StringRef name, ArrayRef<Tensor> inputs,
                                       const PartAttributes &attributes, unsigned outputs) {
  SmallVector<Tensor> results(outputs);
  if (isFailed)
    return results;
  onnx::NodeProto part;
  part.set_op_type(name.str());
  for (const AttributeProto &attribute : attributes.list)
    *part.add_attribute() = attribute;
  Frame frame;
  frame.opsets = node.state.frame.opsets;
  // Inputs of the node keep their names, which messages and constants show.
  for (const Tensor &input : inputs) {
    std::string inputName;
    for (unsigned i = 0; input && i < node.getNumInputs() && inputName.empty(); ++i)
      if (node.hasInput(i) && node.getInput(i).constant == input.constant &&
          node.getInput(i).value == input.value)
        inputName = node.node.input(static_cast<int>(i));
    if (input && !inputName.empty())
      frame.values[inputName] = input;
    part.add_input(inputName);
  }
  auto addName = [&](std::string base) {
    while (frame.values.contains(base))
      base += "_";
    frame.values[base] = Tensor();
    return base;
  };
  for (auto [i, input] : llvm::enumerate(inputs)) {
    std::string &inputName = *part.mutable_input(static_cast<int>(i));
    if (!input || !inputName.empty())
      continue;
    inputName = addName(node.node.output(0) + "_in");
    frame.values[inputName] = input;
  }
  for (unsigned i = 0; i < outputs; ++i)
    part.add_output(addName(node.node.output(0) + "_out"));
  for (const std::string &output : part.output())
    frame.values.erase(output);

  std::swap(node.state.frame, frame);
  NodeContext context(node.state, part, newestOpset, node.location, node.where + ": " + name.str());
  isFailed = failed(findOperator("", name)->import(context));
  for (unsigned i = 0; !isFailed && i < outputs; ++i)
    results[i] = context.getResult(i);
  std::swap(node.state.frame, frame);
  return results;
}

Tensor Parts::makeOnLeft(StringRef name, Tensor lhs, Tensor rhs) {
  Tensor result = make(name, {lhs, rhs});
  if (!isFailed && result.getType().getShape() != lhs.getType().getShape())
    fail("E2301", "has an operand of shape " + formatShape(rhs.getType().getShape()) +
                      ", which cannot be broadcast to " + formatShape(lhs.getType().getShape()));
  return isFailed ? Tensor() : result;
}

Tensor Parts::reshape(Tensor tensor, ArrayRef<int64_t> shape) {
  return make("Reshape", {tensor, list(shape)});
}

Tensor Parts::list(ArrayRef<int64_t> values) {
  auto type =
      RankedTensorType::get({static_cast<int64_t>(values.size())}, node.builder.getI64Type());
  return {makeFromIntegers(type, values), nullptr};
}

Tensor Parts::integer(int64_t value) {
  return {makeFromIntegers(RankedTensorType::get({}, node.builder.getI64Type()), value), nullptr};
}

Tensor Parts::number(float value) {
  return {makeConstantOf<float>(RankedTensorType::get({}, node.builder.getF32Type()), value),
          nullptr};
}

} // namespace qcc::import
