//===- Registry.cpp - which ONNX operators qcc reads
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Registry.h"

#include "qcc/Import/Import.h"
#include "llvm/ADT/StringMap.h"
#include <algorithm>
#include <vector>

using namespace mlir;

namespace qcc::import {

ArrayRef<ArrayRef<Operator>> getOperatorFamilies() {
  static const std::vector<ArrayRef<Operator>> families = {
      getActivationOperators(),   getColumnOperators(),        getComparisonOperators(),
      getConstantOperators(),     getControlFlowOperators(),   getConvolutionOperators(),
      getDiagonalOperators(),     getElementwiseOperators(),   getIndexingOperators(),
      getLinearOperators(),       getNormalizationOperators(), getOrderingOperators(),
      getPaddingOperators(),      getPoolingOperators(),       getQLinearOperators(),
      getQuantizationOperators(), getRearrangementOperators(), getReductionOperators(),
      getResizeOperators(),       getSamplingOperators(),      getShapeOperators(),
      getSlicingOperators(),
  };
  return families;
}

const Operator *findOperator(StringRef domain, StringRef name) {
  static const auto *rows = [] {
    auto *map = new llvm::StringMap<const Operator *>();
    for (ArrayRef<Operator> family : getOperatorFamilies())
      for (const Operator &row : family)
        map->try_emplace((row.domain + ":" + row.name).str(), &row);
    return map;
  }();
  return rows->lookup((domain + ":" + name).str());
}

void printSupportedOperators(llvm::raw_ostream &os) {
  SmallVector<const Operator *> rows;
  for (ArrayRef<Operator> family : getOperatorFamilies())
    for (const Operator &row : family)
      rows.push_back(&row);
  llvm::sort(rows, [](const Operator *lhs, const Operator *rhs) {
    return std::pair(lhs->domain, lhs->name) < std::pair(rhs->domain, rhs->name);
  });
  os << "| Operator | Domain | Versions |\n|---|---|---|\n";
  for (const Operator *row : rows) {
    os << "| " << row->name << " | " << (row->domain.empty() ? "ai.onnx" : row->domain) << " | ";
    if (row->domain.empty())
      os << std::max(row->since, oldestOpset) << " to " << newestOpset << " |\n";
    else
      os << "from " << row->since << " |\n";
  }
}

} // namespace qcc::import
