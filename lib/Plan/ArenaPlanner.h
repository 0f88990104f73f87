//===- ArenaPlanner.h - offsets for buffers with lifetimes ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_PLAN_ARENAPLANNER_H
#define QCC_LIB_PLAN_ARENAPLANNER_H

#include <cstdint>
#include <vector>

namespace qcc::plan {

/// A buffer that is needed from step `first` to step `last`, both included.
struct Buffer {
  int64_t bytes;
  int64_t first, last;
  int64_t offset = -1;
};

/// Largest sum of bytes alive at one step: the lower bound of every plan.
int64_t getLiveBound(const std::vector<Buffer> &buffers);

/// Sets the offsets (multiples of `alignment`) and returns the arena's size. First fit over several
/// orders, then a bounded number of exchanges in the best order; stops early at the bound.
int64_t assignOffsets(std::vector<Buffer> &buffers, int64_t alignment);

} // namespace qcc::plan

#endif
