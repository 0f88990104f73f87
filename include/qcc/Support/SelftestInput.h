//===- SelftestInput.h - the input that a selftest generates ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler computes the expected outputs from this function; the generated code does the same
// with the same constants. One linear congruential generator for each input, one step for each
// element, of which the upper 16 bits count:
//   i8 u8 i16 u16   the upper bits of the 16
//   f32 f64         low + step * u, both operations in f32
//   f16 bf16        sign and fraction of the 16, with the exponent of 0.5
//   bool i32 u32 i64 u64   the uppermost bit: 0 and 1 are indices that every table has
//===----------------------------------------------------------------------===//
#ifndef QCC_SUPPORT_SELFTESTINPUT_H
#define QCC_SUPPORT_SELFTESTINPUT_H

#include "llvm/ADT/StringRef.h"
#include <cstring>
#include <vector>

namespace qcc::selftest {

constexpr uint32_t multiplier = 1664525, increment = 1013904223;

/// The generator's state before the first element of input `index`.
constexpr uint32_t getSeed(unsigned index) { return index + 1; }

/// Bits of one element's storage and whether it is a float; `type` as the manifest spells it.
struct ElementKind {
  unsigned bits = 8; // 8, 16, 32 or 64
  bool isFloat = false;
  /// Integers that hold the upper bits of the 16; the others are 0 or 1.
  bool isCode = true;
  /// Bits of the 16 that count, and those that are always set.
  uint32_t kept = 0xffff, fixed = 0;
};

inline ElementKind getElementKind(llvm::StringRef type) {
  if (type == "bool")
    return {8, false, false};
  if (type == "f16")
    return {16, false, true, 0x83ff, 0x3800};
  if (type == "bf16")
    return {16, false, true, 0x807f, 0x3f00};
  ElementKind kind;
  type.drop_front().getAsInteger(10, kind.bits);
  kind.isFloat = type.front() == 'f';
  kind.isCode = !kind.isFloat && kind.bits <= 16;
  return kind;
}

/// Bytes of a dense tensor of `elements` elements, little-endian.
inline std::vector<char> makeInput(llvm::StringRef type, int64_t elements, unsigned index,
                                   float low, float step) {
  ElementKind kind = getElementKind(type);
  unsigned width = kind.bits / 8;
  std::vector<char> bytes(elements * width);
  uint32_t state = getSeed(index);
  for (int64_t i = 0; i < elements; ++i) {
    state = state * multiplier + increment;
    uint32_t upper = state >> 16;
    char *element = bytes.data() + i * width;
    if (kind.isFloat) {
      float scaled = static_cast<float>(upper) * step;
      float value = low + scaled;
      double wide = value;
      if (kind.bits == 32)
        std::memcpy(element, &value, width);
      else
        std::memcpy(element, &wide, width);
      continue;
    }
    upper = (upper & kind.kept) | kind.fixed;
    uint64_t value = kind.isCode ? upper >> (16 - kind.bits) : upper >> 15;
    for (unsigned byte = 0; byte < width; ++byte)
      element[byte] = static_cast<char>(value >> (8 * byte));
  }
  return bytes;
}

} // namespace qcc::selftest

#endif
