//===- CheckedMath.h - sizes that cannot wrap -------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on numbers that come from a file. Every result says whether it exists.
//===----------------------------------------------------------------------===//
#ifndef QCC_SUPPORT_CHECKEDMATH_H
#define QCC_SUPPORT_CHECKEDMATH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/CheckedArithmetic.h"
#include <cstdint>
#include <optional>

namespace qcc {

/// lhs + rhs, lhs - rhs, lhs * rhs; nothing when the result is not an int64_t.
inline std::optional<int64_t> addChecked(int64_t lhs, int64_t rhs) {
  return llvm::checkedAdd(lhs, rhs);
}
inline std::optional<int64_t> subtractChecked(int64_t lhs, int64_t rhs) {
  return llvm::checkedSub(lhs, rhs);
}
inline std::optional<int64_t> multiplyChecked(int64_t lhs, int64_t rhs) {
  return llvm::checkedMul(lhs, rhs);
}

/// Product of sizes that are not negative; 1 for none. Nothing when a size is negative or the
/// product exceeds `limit`, even when a later size is 0.
inline std::optional<int64_t> productChecked(llvm::ArrayRef<int64_t> sizes, int64_t limit) {
  int64_t product = 1;
  bool isZero = false;
  for (int64_t size : sizes) {
    if (size < 0)
      return std::nullopt;
    if (size == 0) {
      isZero = true;
      continue;
    }
    if (product > limit / size)
      return std::nullopt;
    product *= size;
  }
  return isZero ? 0 : product;
}

/// Whether [offset, offset + length) lies in [0, size), without computing the sum.
inline bool isRangeInside(uint64_t offset, uint64_t length, uint64_t size) {
  return length <= size && offset <= size - length;
}

} // namespace qcc

#endif
