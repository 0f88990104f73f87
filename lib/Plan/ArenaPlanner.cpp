//===- ArenaPlanner.cpp - offsets for buffers with lifetimes ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ArenaPlanner.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <functional>
#include <numeric>
#include <random>

namespace qcc::plan {

static bool overlapInTime(const Buffer &a, const Buffer &b) {
  return a.first <= b.last && b.first <= a.last;
}

int64_t getLiveBound(const std::vector<Buffer> &buffers) {
  int64_t bound = 0;
  // The maximum is reached at a step where some buffer begins.
  for (const Buffer &begin : buffers) {
    int64_t alive = 0;
    for (const Buffer &buffer : buffers)
      if (buffer.first <= begin.first && begin.first <= buffer.last)
        alive += buffer.bytes;
    bound = std::max(bound, alive);
  }
  return bound;
}

/// Places the buffers one after the other into the lowest gap between those placed before that live
/// at the same time.
static int64_t firstFit(std::vector<Buffer> &buffers, const std::vector<size_t> &order,
                        int64_t alignment) {
  std::vector<const Buffer *> placed; // ascending offsets
  int64_t size = 0;
  for (size_t index : order) {
    Buffer &buffer = buffers[index];
    int64_t offset = 0;
    for (const Buffer *other : placed) {
      if (!overlapInTime(*other, buffer))
        continue;
      if (offset + buffer.bytes <= other->offset)
        break;
      offset = std::max<int64_t>(offset, llvm::alignTo(other->offset + other->bytes, alignment));
    }
    buffer.offset = offset;
    auto lower = [](const Buffer *a, const Buffer *b) { return a->offset < b->offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer, lower), &buffer);
    size = std::max(size, offset + buffer.bytes);
  }
  return size;
}

int64_t assignOffsets(std::vector<Buffer> &buffers, int64_t alignment) {
  if (buffers.empty())
    return 0;
  int64_t bound = getLiveBound(buffers);
  std::vector<size_t> order(buffers.size()), best;
  std::iota(order.begin(), order.end(), 0);
  int64_t bestSize = std::numeric_limits<int64_t>::max();
  auto attempt = [&](const std::vector<size_t> &candidate) {
    int64_t size = firstFit(buffers, candidate, alignment);
    if (size < bestSize) {
      bestSize = size;
      best = candidate;
    }
  };
  auto span = [&](size_t i) { return buffers[i].last - buffers[i].first + 1; };
  using Before = std::function<bool(size_t, size_t)>;
  const Before orders[] = {
      [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; },
      [&](size_t a, size_t b) { return buffers[a].first < buffers[b].first; },
      [&](size_t a, size_t b) { return buffers[a].last > buffers[b].last; },
      [&](size_t a, size_t b) { return span(a) > span(b); },
      [&](size_t a, size_t b) { return buffers[a].bytes * span(a) > buffers[b].bytes * span(b); },
  };
  for (const Before &before : orders) {
    std::vector<size_t> candidate = order;
    // Ties keep the order of the network.
    llvm::sort(candidate,
               [&](size_t a, size_t b) { return before(a, b) || (!before(b, a) && a < b); });
    attempt(candidate);
  }
  // mt19937 is specified bit for bit; its distributions are not, hence the modulo.
  std::mt19937 random(1);
  // An attempt compares every buffer with every other one, so unrolled networks of many thousands
  // of kernels get fewer of them.
  constexpr int64_t mostComparisons = 1'000'000'000;
  int64_t count = static_cast<int64_t>(buffers.size());
  int64_t exchanges = std::min<int64_t>(2000, mostComparisons / (count * count));
  for (int64_t i = 0; i < exchanges && bestSize > bound; ++i) {
    std::vector<size_t> candidate = best;
    size_t a = random() % candidate.size();
    size_t b = random() % candidate.size();
    std::swap(candidate[a], candidate[b]);
    attempt(candidate);
  }
  return firstFit(buffers, best, alignment);
}

} // namespace qcc::plan
