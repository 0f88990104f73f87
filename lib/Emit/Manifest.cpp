//===- Manifest.cpp - the JSON twin of the header ---------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Emit/Artifact.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace qcc::emit {

static json::Array describe(const std::vector<Boundary> &tensors) {
  json::Array array;
  for (const Boundary &tensor : tensors) {
    json::Object object{{"name", json::fixUTF8(tensor.name)},
                        {"type", tensor.type},
                        {"dims", json::Array(tensor.dims)}};
    if (tensor.scale) {
      object["scale"] = *tensor.scale;
      object["zero_point"] = tensor.zeroPoint;
    }
    array.push_back(std::move(object));
  }
  return array;
}

std::string writeManifest(const Artifact &artifact) {
  json::Object manifest{
      {"schema", 1},
      {"name", artifact.name},
      {"target", artifact.target},
      {"cpu", artifact.cpu},
      {"qcc_version", QCC_VERSION},
      {"model_sha256", artifact.modelSha256},
      {"options", json::fixUTF8(artifact.options)},
      {"inputs", describe(artifact.inputs)},
      {"outputs", describe(artifact.outputs)},
      {"state", json::Object{{"size", artifact.stateSize}, {"align", artifact.stateAlign}}},
      {"arena", json::Object{{"size", getArraySize(artifact.arenaSize)},
                             {"align", artifact.arenaAlign},
                             {"bound", artifact.arenaBound}}},
      {"weights_size", artifact.weightsSize},
      {"code_size", artifact.codeSize},
      {"stack_max", artifact.stackMax},
      {"undefined", json::Array(artifact.undefined)},
      {"macs", artifact.macs},
      {"nodes", json::Array(artifact.nodes)},
  };
  if (artifact.selftestSize >= 0)
    manifest["selftest_size"] = getArraySize(artifact.selftestSize);
  return formatv("{0:2}\n", json::Value(std::move(manifest))).str();
}

} // namespace qcc::emit
