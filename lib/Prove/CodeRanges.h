//===- CodeRanges.h - intervals of codes and accumulators -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_PROVE_CODERANGES_H
#define QCC_LIB_PROVE_CODERANGES_H

#include "dialects/QNN/QNN.h"
#include "llvm/ADT/DenseMap.h"

namespace qcc::prove {

/// Integers from low to high.
struct Interval {
  int64_t low = 0, high = 0;

  bool contains(Interval other) const { return low <= other.low && other.high <= high; }
};

Interval getHull(Interval a, Interval b);

/// Constants of a quantized contraction, by output channel.
struct ContractionConstants {
  llvm::SmallVector<int32_t, 0> weights; // codes less zero point, channel by channel
  llvm::SmallVector<int32_t> bias;       // zeros without a bias
  llvm::SmallVector<float> multipliers;  // contraction-c2; empty unless the result is quantized
};

/// None for float contractions and for weights that are not constants of 8 bits.
std::optional<ContractionConstants> getConstants(qnn::ContractionOpInterface op);

/// One interval for each index of the last dimension, which counts channels.
using ChannelRanges = llvm::SmallVector<Interval>;

/// What every code and accumulator of a network can be at most and at least. Exact for a
/// contraction whose input takes all codes of its intervals independently.
class CodeRanges {
public:
  /// Of the codes of a quantized value.
  const ChannelRanges &getChannels(mlir::Value codes);
  Interval get(mlir::Value codes);

  /// Of the accumulator of each output channel; none where getConstants gives none.
  ChannelRanges getAccumulators(qnn::ContractionOpInterface op);

private:
  ChannelRanges compute(mlir::Value codes);

  llvm::DenseMap<mlir::Value, std::unique_ptr<ChannelRanges>> known;
};

} // namespace qcc::prove

#endif
