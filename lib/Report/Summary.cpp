//===- Summary.cpp - a compiled network as a table ---------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Report/Summary.h"

#include "qcc/Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace qcc::report {

static int64_t getNumber(const json::Object &object, StringRef key) {
  return object.getInteger(key).value_or(0);
}

/// "i8 1x25x5x64" of a kernel's first result.
static std::string describeShape(const json::Object &result) {
  std::string text = result.getString("type").value_or("?").str(), separator = " ";
  if (const json::Array *dims = result.getArray("dims"))
    for (const json::Value &size : *dims) {
      text += separator + std::to_string(size.getAsInteger().value_or(0));
      separator = "x";
    }
  return text;
}

static std::string describePlace(const json::Object &result) {
  if (std::optional<int64_t> output = result.getInteger("output"))
    return "out" + std::to_string(*output);
  return std::to_string(getNumber(result, "offset"));
}

static void printKernel(const json::Object &node, raw_ostream &stream) {
  static const json::Object none;
  const json::Array *results = node.getArray("results");
  const json::Object *result =
      results && !results->empty() ? results->front().getAsObject() : nullptr;
  std::string emitter = node.getString("emitter").value_or("").str();
  std::string shape = describeShape(result ? *result : none);
  std::string place = describePlace(result ? *result : none);
  stream << llvm::format("%4lld  %-12s %-18s %12lld %10s  ",
                         static_cast<long long>(getNumber(node, "id")), emitter.c_str(),
                         shape.c_str(), static_cast<long long>(getNumber(node, "macs")),
                         place.c_str())
         << escapeName(node.getString("name").value_or("")) << "\n";
}

void printSummary(StringRef manifest, raw_ostream &stream) {
  Expected<json::Value> value = json::parse(manifest);
  if (!value)
    return consumeError(value.takeError());
  const json::Object &network = *value->getAsObject();
  stream << llvm::format("%4s  %-12s %-18s %12s %10s  %s\n", "id", "emitter", "result", "MACs",
                         "arena at", "name");
  if (const json::Array *nodes = network.getArray("nodes"))
    for (const json::Value &node : *nodes)
      printKernel(*node.getAsObject(), stream);
  const json::Object &arena = *network.getObject("arena");
  stream << network.getString("name").value_or("") << ": arena " << getNumber(arena, "size")
         << " bytes (bound " << getNumber(arena, "bound") << "), weights "
         << getNumber(network, "weights_size") << ", code " << getNumber(network, "code_size")
         << ", stack " << getNumber(network, "stack_max") << ", " << getNumber(network, "macs")
         << " MACs\n";
}

} // namespace qcc::report
