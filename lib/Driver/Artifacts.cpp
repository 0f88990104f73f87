//===- Artifacts.cpp - a compiled module's object, header and manifest ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Artifacts.h"

#include "dialects/QNN/QNNNetwork.h"
#include "qcc/TargetInfo/TargetInfo.h"

using namespace mlir;

namespace qcc::driver {

static int64_t getInteger(DictionaryAttr dictionary, llvm::StringRef key, int64_t otherwise = 0) {
  auto value = dictionary.getAs<IntegerAttr>(key);
  return value ? value.getInt() : otherwise;
}

static int64_t getElementSize(llvm::StringRef type) {
  if (type == "bool")
    return 1;
  int64_t bits = 8;
  type.drop_front(type.starts_with("bf") ? 2 : 1).getAsInteger(10, bits);
  return bits / 8;
}

static std::vector<emit::Boundary> describeBoundary(ModuleOp module, llvm::StringRef key) {
  std::vector<emit::Boundary> tensors;
  auto records = module->getAttrOfType<ArrayAttr>(key);
  for (Attribute record : records ? records.getValue() : ArrayRef<Attribute>()) {
    auto dictionary = cast<DictionaryAttr>(record);
    emit::Boundary tensor;
    tensor.name = dictionary.getAs<StringAttr>("name").str();
    tensor.type = dictionary.getAs<StringAttr>("type").str();
    tensor.bytes = getElementSize(tensor.type);
    for (auto size : dictionary.getAs<ArrayAttr>("dims").getAsRange<IntegerAttr>()) {
      tensor.dims.push_back(size.getInt());
      tensor.bytes *= size.getInt();
    }
    if (auto scale = dictionary.getAs<FloatAttr>("scale")) {
      tensor.scale = scale.getValue().convertToFloat();
      tensor.zeroPoint = getInteger(dictionary, "zero_point");
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

/// One kernel: {name, id, emitter, macs, results: [{offset or output, type, dims, scale,
/// zero_point}]}.
static llvm::json::Object describeNode(DictionaryAttr node) {
  llvm::json::Object object{
      {"name", llvm::json::fixUTF8(node.getAs<StringAttr>("name").getValue())},
      {"id", getInteger(node, "id", -1)},
      {"emitter", node.getAs<StringAttr>("emitter").getValue()},
      {"macs", getInteger(node, "macs")}};
  llvm::json::Array results;
  for (auto record : node.getAs<ArrayAttr>("results").getAsRange<DictionaryAttr>()) {
    auto type = cast<RankedTensorType>(record.getAs<TypeAttr>("type").getValue());
    llvm::json::Object result{{"type", qnn::getTypeName(type.getElementType())},
                              {"dims", llvm::json::Array(type.getShape())}};
    if (auto quantized = qnn::getQuantized(type)) {
      result["scale"] = qnn::getScale(quantized);
      result["zero_point"] = quantized.getZeroPoint();
    }
    for (llvm::StringRef key : {"offset", "output", "state"})
      if (record.get(key))
        result[key] = getInteger(record, key);
    results.push_back(std::move(result));
  }
  object["results"] = std::move(results);
  if (node.get("scratch"))
    object["scratch"] = llvm::json::Object{{"offset", getInteger(node, "scratch_offset")},
                                           {"size", getInteger(node, "scratch")}};
  llvm::json::Array reads;
  if (auto inputs = node.getAs<ArrayAttr>("reads"))
    for (auto offset : inputs.getAsRange<IntegerAttr>())
      reads.push_back(offset.getInt());
  object["reads"] = std::move(reads);
  return object;
}

emit::Artifact describeModule(ModuleOp module, llvm::StringRef options) {
  emit::Artifact artifact;
  TargetInfo target = getTarget(module);
  DictionaryAttr attributes = module->getAttrDictionary();
  artifact.name = module->getAttrOfType<StringAttr>("qcc.name").str();
  artifact.target = target.name;
  artifact.cpu = target.cpu + (target.features.empty() ? "" : " " + target.features);
  if (auto hash = module->getAttrOfType<StringAttr>("qcc.model_sha256"))
    artifact.modelSha256 = hash.str();
  artifact.options = options.str();
  artifact.inputs = describeBoundary(module, "qcc.inputs");
  artifact.outputs = describeBoundary(module, "qcc.outputs");
  artifact.arenaSize = getInteger(attributes, "qcc.arena_size");
  artifact.arenaAlign = getInteger(attributes, "qcc.arena_align", 1);
  artifact.arenaBound = getInteger(attributes, "qcc.arena_bound");
  artifact.stateSize = getInteger(attributes, "qcc.state_size");
  artifact.stateAlign = artifact.stateSize ? artifact.arenaAlign : 1;
  artifact.macs = getInteger(attributes, "qcc.macs");
  artifact.selftestSize = getInteger(attributes, "qcc.selftest_size", -1);
  if (auto nodes = module->getAttrOfType<ArrayAttr>("qcc.nodes"))
    for (auto node : nodes.getAsRange<DictionaryAttr>())
      artifact.nodes.push_back(describeNode(node));
  return artifact;
}

} // namespace qcc::driver
