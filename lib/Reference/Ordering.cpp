//===- Ordering.cpp - positions of extremes, running sums
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

#include <numeric>

using namespace mlir;

namespace qcc::reference {

/// Rows along `axis`: calls `visit` with the offset of each row's first element in a tensor of
/// `input` and of `result`, which differ in that dimension only.
static void forEachRow(ArrayRef<int64_t> input, ArrayRef<int64_t> result, int64_t axis,
                       llvm::function_ref<void(int64_t, int64_t)> visit) {
  int64_t outer = llvm::product_of(input.take_front(axis));
  int64_t inner = llvm::product_of(input.drop_front(axis + 1));
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t j = 0; j < inner; ++j)
      visit(i * input[axis] * inner + j, i * result[axis] * inner + j);
}

/// [order-f1] Whether `x` is wanted before `y`, whatever their positions. NaN comes last.
template <typename T> static bool isBetter(qnn::ArgReduceKind kind, T x, T y) {
  if (x != x || y != y)
    return x == x && y != y;
  return kind == qnn::ArgReduceKind::Max ? x > y : x < y;
}

static Tensor reduceToPositions(qnn::ArgReduceOp op, const Tensor &input, RankedTensorType type) {
  Tensor result(type);
  ArrayRef<int64_t> shape = input.type.getShape();
  int64_t axis = op.getAxis(), stride = llvm::product_of(shape.drop_front(axis + 1));
  dispatchStorage(input.type.getElementType(), [&](auto zero) {
    auto elements = input.view<decltype(zero)>();
    forEachRow(shape, type.getShape(), axis, [&](int64_t from, int64_t to) {
      int64_t best = 0;
      for (int64_t i = 1; i < shape[axis]; ++i) {
        auto x = elements[from + i * stride], y = elements[from + best * stride];
        // [order-f1] Of equal elements the first or the last; NaN equals NaN as first only.
        if (isBetter(op.getKind(), x, y) || (op.getLast() && x == y))
          best = i;
      }
      result.view<int64_t>()[to] = best;
    });
    return 0;
  });
  return result;
}

static Tensor orderPositions(qnn::TopKOp op, const Tensor &input, RankedTensorType type) {
  Tensor result(type);
  ArrayRef<int64_t> shape = input.type.getShape();
  int64_t axis = op.getAxis(), stride = llvm::product_of(shape.drop_front(axis + 1));
  dispatchStorage(input.type.getElementType(), [&](auto zero) {
    auto elements = input.view<decltype(zero)>();
    SmallVector<int64_t, 0> order(shape[axis]);
    forEachRow(shape, type.getShape(), axis, [&](int64_t from, int64_t to) {
      std::iota(order.begin(), order.end(), 0);
      llvm::sort(order, [&](int64_t i, int64_t j) {
        auto x = elements[from + i * stride], y = elements[from + j * stride];
        if (isBetter(op.getKind(), x, y) || isBetter(op.getKind(), y, x))
          return isBetter(op.getKind(), x, y);
        return i < j;
      });
      for (int64_t i = 0; i < type.getDimSize(axis); ++i)
        result.view<int64_t>()[to + i * stride] = order[i];
    });
    return 0;
  });
  return result;
}

/// [cumulative-f1] Integers wrap.
template <typename T> static T accumulate(qnn::CumulativeKind kind, T sum, T x) {
  bool isSum = kind == qnn::CumulativeKind::Sum;
  if constexpr (std::is_floating_point_v<T>) {
    return isSum ? sum + x : sum * x;
  } else {
    auto a = static_cast<uint64_t>(sum), b = static_cast<uint64_t>(x);
    return static_cast<T>(isSum ? a + b : a * b);
  }
}

static Tensor accumulateAlong(qnn::CumulativeOp op, const Tensor &input, RankedTensorType type) {
  Tensor result(type);
  ArrayRef<int64_t> shape = type.getShape();
  int64_t axis = op.getAxis(), stride = llvm::product_of(shape.drop_front(axis + 1));
  dispatchStorage(type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    auto from = input.view<T>();
    auto to = result.view<T>();
    forEachRow(shape, shape, axis, [&](int64_t first, int64_t) {
      auto sum = static_cast<T>(op.getKind() == qnn::CumulativeKind::Sum ? 0 : 1);
      for (int64_t i = 0; i < shape[axis]; ++i) {
        int64_t at = first + (op.getReverse() ? shape[axis] - 1 - i : i) * stride;
        T next = accumulate(op.getKind(), sum, from[at]);
        to[at] = op.getExclusive() ? sum : next;
        sum = next;
      }
    });
    return 0;
  });
  return result;
}

Tensor evaluateOrdering(Operation *op, Operands operands, RankedTensorType type) {
  if (type.getNumElements() == 0)
    return Tensor(type);
  if (auto positions = dyn_cast<qnn::ArgReduceOp>(op))
    return reduceToPositions(positions, *operands[0], type);
  if (auto order = dyn_cast<qnn::TopKOp>(op))
    return orderPositions(order, *operands[0], type);
  return accumulateAlong(cast<qnn::CumulativeOp>(op), *operands[0], type);
}

} // namespace qcc::reference
