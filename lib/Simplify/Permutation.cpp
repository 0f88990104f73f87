//===- Permutation.cpp - arithmetic of dimension orders
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

using namespace mlir;

namespace qcc::simplify {

RankedTensorType permute(RankedTensorType type, ArrayRef<int64_t> permutation) {
  return type.clone(permute(type.getShape(), permutation));
}

bool isIdentity(ArrayRef<int64_t> permutation) {
  for (auto [index, dimension] : llvm::enumerate(permutation))
    if (dimension != static_cast<int64_t>(index))
      return false;
  return true;
}

} // namespace qcc::simplify
