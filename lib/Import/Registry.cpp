//===- Registry.cpp - which ONNX operators qcc reads
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Registry.h"

#include "llvm/ADT/StringMap.h"
#include <vector>

using namespace mlir;

namespace qcc::import {

ArrayRef<ArrayRef<Operator>> getOperatorFamilies() {
  static const std::vector<ArrayRef<Operator>> families = {
      getActivationOperators(),    getAttentionOperators(),      getCastOperators(),
      getColumnOperators(),        getComparisonOperators(),     getConstantOperators(),
      getControlFlowOperators(),   getConvolutionOperators(),    getDetectionOperators(),
      getDeterminantOperators(),   getDiagonalOperators(),       getEinsumOperators(),
      getElementwiseOperators(),   getFusedAttentionOperators(), getFusedBlockOperators(),
      getFusedOperators(),         getFusedProductOperators(),   getIndexingOperators(),
      getLinearOperators(),        getLogicOperators(),          getNormalizationOperators(),
      getOrderingOperators(),      getPaddingOperators(),        getPoolingOperators(),
      getQLinearOperators(),       getQuantizationOperators(),   getRealFunctionOperators(),
      getRearrangementOperators(), getRecurrentOperators(),      getReductionOperators(),
      getResizeOperators(),        getSamplingOperators(),       getShapeOperators(),
      getSignalOperators(),        getSlicingOperators(),        getSoftmaxOperators(),
      getTextOperators(),
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

} // namespace qcc::import
