//===- IntegerRequantization.h - requantization without a float unit --------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/Requantization.md explains both forms.
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_PROVE_INTEGERREQUANTIZATION_H
#define QCC_LIB_PROVE_INTEGERREQUANTIZATION_H

#include "CodeRanges.h"
#include "qcc/Reference/Arithmetic.h"

namespace qcc::prove {

/// (accumulator * multiplier + offset) >> shift, in 64 bits, then saturation and zero point.
struct IntegerForm {
  int32_t multiplier; // at least 1
  int64_t offset;
  int8_t shift; // 32 to 62: the result is in the high word
};

/// An integer form that gives the codes of contraction-c3 for all `accumulators`, if one is found.
std::optional<IntegerForm> findIntegerForm(Interval accumulators, float multiplier,
                                           const reference::Quantization &to);

/// Proves the form by visiting both sides of each of its steps. Shares no code with the search.
bool checkIntegerForm(const IntegerForm &form, Interval accumulators, float multiplier,
                      const reference::Quantization &to);

/// contraction-c3 in integers alone, for any accumulator and any normal f32 multiplier: what
/// generated code does for a channel without an integer form.
int32_t emulateRequantize(int32_t accumulator, float multiplier, const reference::Quantization &to);

} // namespace qcc::prove

#endif
