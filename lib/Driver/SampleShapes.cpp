//===- SampleShapes.cpp - arrays of samples and their shapes ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "SampleShapes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <numeric>

using namespace llvm;

namespace qcc::driver {

std::string spellShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  interleave(shape, [&](int64_t size) { text += std::to_string(size); }, [&] { text += ","; });
  return text + "]";
}

static uint64_t countElements(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), uint64_t(1), std::multiplies<uint64_t>());
}

/// Whether an array of `shape` is one sample in the network's own order: dimensions of 1 do not
/// matter, and one of the two may be flat.
static bool isSample(ArrayRef<int64_t> shape, ArrayRef<int64_t> wanted, bool mayBeFlat) {
  auto dropOnes = [](ArrayRef<int64_t> dims) {
    SmallVector<int64_t> others;
    copy_if(dims, std::back_inserter(others), [](int64_t size) { return size != 1; });
    return others;
  };
  SmallVector<int64_t> left = dropOnes(shape), right = dropOnes(wanted);
  bool isFlat = left.size() == 1 || right.size() == 1;
  return left == right || (mayBeFlat && isFlat && countElements(left) == countElements(right));
}

std::optional<size_t> countSamples(ArrayRef<int64_t> shape, ArrayRef<int64_t> wanted,
                                   bool toChannelsFirst) {
  auto matches = [&](ArrayRef<int64_t> sample) {
    SmallVector<int64_t> order(sample);
    if (toChannelsFirst && !order.empty())
      std::rotate(order.begin(), order.end() - 1, order.end());
    return isSample(order, wanted, !toChannelsFirst);
  };
  if (matches(shape))
    return 1;
  if (!shape.empty() && matches(shape.drop_front()))
    return static_cast<size_t>(shape.front());
  return std::nullopt;
}

} // namespace qcc::driver
