//===- Permutation.h - orders of dimensions ---------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_SUPPORT_PERMUTATION_H
#define QCC_SUPPORT_PERMUTATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace qcc {

inline llvm::SmallVector<int64_t> invert(llvm::ArrayRef<int64_t> permutation) {
  llvm::SmallVector<int64_t> inverse(permutation.size());
  for (auto [index, dimension] : llvm::enumerate(permutation))
    inverse[dimension] = static_cast<int64_t>(index);
  return inverse;
}

/// result[i] = values[permutation[i]], as qnn.transpose does with dimensions.
inline llvm::SmallVector<int64_t> permute(llvm::ArrayRef<int64_t> values,
                                          llvm::ArrayRef<int64_t> permutation) {
  llvm::SmallVector<int64_t> result;
  for (int64_t dimension : permutation)
    result.push_back(values[dimension]);
  return result;
}

/// True when only dimensions of size 1 change place: the elements keep their order, and a reshape
/// does the same.
inline bool movesOnlyUnitDimensions(llvm::ArrayRef<int64_t> shape,
                                    llvm::ArrayRef<int64_t> permutation) {
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

} // namespace qcc

#endif
