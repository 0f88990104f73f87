//===- Permutation.cpp - arithmetic of dimension orders
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

using namespace mlir;

namespace qcc::simplify {

Permutation invert(ArrayRef<int64_t> permutation) {
  Permutation inverse(permutation.size());
  for (auto [index, dimension] : llvm::enumerate(permutation))
    inverse[dimension] = index;
  return inverse;
}

SmallVector<int64_t> permute(ArrayRef<int64_t> values, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> result;
  for (int64_t dimension : permutation)
    result.push_back(values[dimension]);
  return result;
}

RankedTensorType permute(RankedTensorType type, ArrayRef<int64_t> permutation) {
  return type.clone(permute(type.getShape(), permutation));
}

bool isIdentity(ArrayRef<int64_t> permutation) {
  for (auto [index, dimension] : llvm::enumerate(permutation))
    if (dimension != static_cast<int64_t>(index))
      return false;
  return true;
}

bool movesOnlyUnitDimensions(ArrayRef<int64_t> shape, ArrayRef<int64_t> permutation) {
  int64_t previous = -1;
  for (int64_t dimension : permutation) {
    if (shape[dimension] == 1)
      continue;
    if (dimension < previous)
      return false;
    previous = dimension;
  }
  return true;
}

} // namespace qcc::simplify
