//===- CalibrationTable.cpp - ranges of values, kept in a file --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CalibrationTable.h"

#include "dialects/QNN/QNNWeights.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SHA256.h"
#include <cmath>

using namespace mlir;

namespace qcc::quantize {

static constexpr int64_t tableVersion = 1;

llvm::Expected<CalibrationTable> parseTable(StringRef text) {
  auto json = llvm::json::parse(text);
  if (!json)
    return llvm::createStringError("is not JSON: " + llvm::toString(json.takeError()));
  const llvm::json::Object *root = json->getAsObject();
  auto damaged = [](const Twine &what) {
    return llvm::createStringError("is no calibration table: " + what);
  };
  if (!root)
    return damaged("no object");
  auto version = root->getInteger("version");
  if (!version || *version != tableVersion)
    return damaged("version is not " + Twine(tableVersion));
  const llvm::json::Object *samples = root->getObject("samples");
  const llvm::json::Array *values = root->getArray("values");
  auto graph = root->getString("graph");
  if (!graph || !samples || !values)
    return damaged("graph, samples or values are missing");
  CalibrationTable table;
  table.graphHash = graph->str();
  table.sampleCount = samples->getInteger("count").value_or(0);
  table.sampleHash = samples->getString("hash").value_or("").str();
  for (const llvm::json::Value &value : *values) {
    const llvm::json::Object *entry = value.getAsObject();
    auto id = entry ? entry->getString("id") : std::nullopt;
    auto low = entry ? entry->getNumber("low") : std::nullopt;
    auto high = entry ? entry->getNumber("high") : std::nullopt;
    if (!id || !low || !high)
      return damaged("a value lacks id, low or high");
    Range range{static_cast<float>(*low), static_cast<float>(*high)};
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
      return damaged("the range of '" + *id + "' is empty or not finite");
    if (!table.ranges.emplace(id->str(), range).second)
      return damaged("'" + *id + "' occurs twice");
  }
  return table;
}

std::string formatTable(const CalibrationTable &table) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("version", tableVersion);
    json.attribute("graph", table.graphHash);
    json.attributeObject("samples", [&] {
      json.attribute("count", static_cast<int64_t>(table.sampleCount));
      json.attribute("hash", table.sampleHash);
    });
    json.attributeArray("values", [&] {
      for (const auto &entry : table.ranges)
        json.object([&] {
          json.attribute("id", entry.first);
          json.attribute("low", static_cast<double>(entry.second.low));
          json.attribute("high", static_cast<double>(entry.second.high));
        });
    });
  });
  stream << "\n";
  return text;
}

std::string hashGraph(func::FuncOp network) {
  llvm::SHA256 hash;
  llvm::DenseMap<Value, unsigned> numbers;
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (Value argument : network.getArguments()) {
    numbers.try_emplace(argument, numbers.size());
    stream << argument.getType() << "\n";
  }
  for (Operation &op : network.front()) {
    stream << op.getName() << "(";
    for (Value operand : op.getOperands())
      stream << numbers.lookup(operand) << ",";
    stream << ")";
    for (Type type : op.getResultTypes())
      stream << type << ",";
    if (auto constant = dyn_cast<qnn::ConstantOp>(op)) {
      stream.flush();
      ArrayRef<char> bytes = qnn::getBytes(constant);
      hash.update(text);
      hash.update(ArrayRef(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
      text.clear();
    } else {
      // Discardable attributes do not change what an op computes.
      stream << op.getPropertiesAsAttribute();
    }
    stream << "\n";
    for (Value result : op.getResults())
      numbers.try_emplace(result, numbers.size());
  }
  hash.update(stream.str());
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

} // namespace qcc::quantize
