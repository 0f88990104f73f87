//===- OnnxGraph.h - nodes, initializers and names of a graph in the making
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_EXPORT_ONNXGRAPH_H
#define QCC_LIB_EXPORT_ONNXGRAPH_H

#include "mlir/IR/BuiltinTypes.h"
#include "onnx-ml.pb.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <map>

namespace qcc::exporting {

using Names = llvm::SmallVector<std::string, 3>;

/// A node whose attributes can be added in a chain.
class Node {
public:
  explicit Node(onnx::NodeProto &proto) : proto(proto) {}

  Node &set(llvm::StringRef name, int64_t value);
  Node &set(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
  Node &set(llvm::StringRef name, float value);
  Node &set(llvm::StringRef name, llvm::ArrayRef<float> values);
  Node &set(llvm::StringRef name, llvm::StringRef value);
  Node &set(llvm::StringRef name, llvm::ArrayRef<std::string> values);
  const std::string &output(unsigned index = 0) const { return proto.output(index); }

private:
  onnx::AttributeProto &add(llvm::StringRef name, onnx::AttributeProto::AttributeType type);

  onnx::NodeProto &proto;
};

class OnnxGraph {
public:
  explicit OnnxGraph(onnx::GraphProto &graph) : graph(graph) {}

  /// A name that nothing else in the graph has: `wanted`, or that with a number.
  std::string makeName(llvm::StringRef wanted);

  void addInput(llvm::StringRef name, mlir::RankedTensorType type);
  /// Makes `value` the next output; it takes the output's name where a node computes it.
  void addOutput(llvm::StringRef name, mlir::RankedTensorType type, llvm::StringRef value);

  /// A node with `outputs` values, all named after `name`. An empty input is an absent one.
  Node addNode(llvm::StringRef op, llvm::StringRef name, llvm::ArrayRef<std::string> inputs,
               unsigned outputs = 1);

  std::string addInitializer(llvm::StringRef name, mlir::Type element,
                             llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<char> bytes);
  /// One i64 initializer for each distinct list.
  std::string addIntegers(llvm::ArrayRef<int64_t> values);
  /// Scalars.
  std::string addInteger(int64_t value);
  std::string addFloat(float value);

private:
  std::string addTensor(llvm::StringRef name, int32_t dataType, llvm::ArrayRef<int64_t> shape,
                        llvm::ArrayRef<char> bytes);

  onnx::GraphProto &graph;
  llvm::StringSet<> valueNames, nodeNames;
  llvm::StringMap<onnx::NodeProto *> makers; // of every node's outputs
  llvm::StringMap<llvm::SmallVector<std::string *>> readers;
  std::map<std::vector<int64_t>, std::string> integers;
};

/// The ONNX element type that holds `element`: quantized elements and integers below 8 bits are
/// stored in whole bytes.
int32_t getDataType(mlir::Type element);

} // namespace qcc::exporting

#endif
