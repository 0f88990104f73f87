//===- OnnxGraph.cpp - nodes, initializers and names of a graph in the making
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "OnnxGraph.h"

#include "dialects/QNN/QNNTypes.h"

using namespace mlir;
using onnx::AttributeProto;
using onnx::TensorProto;

namespace qcc::exporting {

AttributeProto &Node::add(StringRef name, AttributeProto::AttributeType type) {
  AttributeProto &attribute = *proto.add_attribute();
  attribute.set_name(name.str());
  attribute.set_type(type);
  return attribute;
}

Node &Node::set(StringRef name, int64_t value) {
  add(name, AttributeProto::INT).set_i(value);
  return *this;
}

Node &Node::set(StringRef name, ArrayRef<int64_t> values) {
  AttributeProto &attribute = add(name, AttributeProto::INTS);
  attribute.mutable_ints()->Add(values.begin(), values.end());
  return *this;
}

Node &Node::set(StringRef name, float value) {
  add(name, AttributeProto::FLOAT).set_f(value);
  return *this;
}

Node &Node::set(StringRef name, ArrayRef<float> values) {
  AttributeProto &attribute = add(name, AttributeProto::FLOATS);
  attribute.mutable_floats()->Add(values.begin(), values.end());
  return *this;
}

Node &Node::set(StringRef name, StringRef value) {
  add(name, AttributeProto::STRING).set_s(value.str());
  return *this;
}

Node &Node::set(StringRef name, ArrayRef<std::string> values) {
  AttributeProto &attribute = add(name, AttributeProto::STRINGS);
  for (const std::string &value : values)
    attribute.add_strings(value);
  return *this;
}

int32_t getDataType(Type element) {
  Type storage = qnn::getStorageType(element);
  if (auto integer = dyn_cast<IntegerType>(storage)) {
    if (integer.getWidth() == 1)
      return TensorProto::BOOL;
    bool isUnsigned = integer.isUnsigned();
    switch (qnn::getElementBytes(storage)) {
    case 1:
      return isUnsigned ? TensorProto::UINT8 : TensorProto::INT8;
    case 2:
      return isUnsigned ? TensorProto::UINT16 : TensorProto::INT16;
    case 4:
      return isUnsigned ? TensorProto::UINT32 : TensorProto::INT32;
    default:
      return isUnsigned ? TensorProto::UINT64 : TensorProto::INT64;
    }
  }
  return storage.isF32()    ? TensorProto::FLOAT
         : storage.isF64()  ? TensorProto::DOUBLE
         : storage.isBF16() ? TensorProto::BFLOAT16
                            : TensorProto::FLOAT16;
}

/// `wanted`, or that with the first number that makes it new.
static std::string makeUnique(llvm::StringSet<> &names, StringRef wanted) {
  std::string name = wanted.str();
  for (unsigned number = 1; !names.insert(name).second; ++number)
    name = (wanted + "_" + Twine(number)).str();
  return name;
}

std::string OnnxGraph::makeName(StringRef wanted) { return makeUnique(valueNames, wanted); }

static void describe(onnx::ValueInfoProto &value, StringRef name, RankedTensorType type) {
  value.set_name(name.str());
  onnx::TypeProto::Tensor &tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(getDataType(type.getElementType()));
  onnx::TensorShapeProto &shape = *tensor.mutable_shape();
  for (int64_t size : type.getShape())
    shape.add_dim()->set_dim_value(size);
}

void OnnxGraph::addInput(StringRef name, RankedTensorType type) {
  describe(*graph.add_input(), name, type);
}

void OnnxGraph::addOutput(StringRef name, RankedTensorType type, StringRef value) {
  describe(*graph.add_output(), name, type);
  if (name == value)
    return;
  onnx::NodeProto *maker = makers.lookup(value);
  if (!maker) { // an input, an initializer, or a value that is another output already
    onnx::NodeProto &copy = *graph.add_node();
    copy.set_op_type("Identity");
    copy.add_input(value.str());
    copy.add_output(name.str());
    return;
  }
  for (std::string &output : *maker->mutable_output())
    if (output == value)
      output = name.str();
  for (std::string *reader : readers[value])
    *reader = name.str();
  makers.erase(value);
}

Node OnnxGraph::addNode(StringRef op, StringRef name, ArrayRef<std::string> inputs,
                        unsigned outputs) {
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(op.str());
  node.set_name(makeUnique(nodeNames, name.empty() ? op : name));
  for (const std::string &input : inputs) {
    node.add_input(input);
    readers[input].push_back(node.mutable_input(node.input_size() - 1));
  }
  for (unsigned i = 0; i < outputs; ++i) {
    node.add_output(makeName(name.empty() ? op : name));
    makers[node.output(i)] = &node;
  }
  return Node(node);
}

std::string OnnxGraph::addTensor(StringRef name, int32_t dataType, ArrayRef<int64_t> shape,
                                 ArrayRef<char> bytes) {
  TensorProto &tensor = *graph.add_initializer();
  tensor.set_name(makeName(name));
  tensor.set_data_type(dataType);
  tensor.mutable_dims()->Add(shape.begin(), shape.end());
  tensor.set_raw_data(std::string(bytes.begin(), bytes.end()));
  return tensor.name();
}

template <typename T> static ArrayRef<char> getBytes(ArrayRef<T> values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

std::string OnnxGraph::addInitializer(StringRef name, Type element, ArrayRef<int64_t> shape,
                                      ArrayRef<char> bytes) {
  return addTensor(name.empty() ? "constant" : name, getDataType(element), shape, bytes);
}

std::string OnnxGraph::addIntegers(ArrayRef<int64_t> values) {
  std::string &name = integers[values.vec()];
  if (name.empty())
    name = addTensor("integers", TensorProto::INT64, {static_cast<int64_t>(values.size())},
                     getBytes(values));
  return name;
}

std::string OnnxGraph::addInteger(int64_t value) {
  return addTensor("integer", TensorProto::INT64, {}, getBytes<int64_t>(value));
}

std::string OnnxGraph::addFloat(float value) {
  return addTensor("number", TensorProto::FLOAT, {}, getBytes<float>(value));
}

} // namespace qcc::exporting
