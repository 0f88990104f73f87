//===- Window.cpp - pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

namespace {
/// Where the windows of an NHWC pool lie.
struct Pool {
  ArrayRef<int64_t> input, result, kernel, strides, pads, dilations;

  /// First row (axis 0) or column (axis 1) of a window; negative in the padding.
  int64_t getStart(int64_t axis, int64_t position) const {
    return position * strides[axis] - pads[axis];
  }

  /// Calls `visit(element)` for each element of one window, rows before columns, without padding.
  template <typename Visitor>
  void forEach(int64_t batch, int64_t row, int64_t column, Visitor visit) const {
    for (int64_t i = 0; i < kernel[0]; ++i)
      for (int64_t j = 0; j < kernel[1]; ++j) {
        int64_t y = getStart(0, row) + i * dilations[0], x = getStart(1, column) + j * dilations[1];
        if (y >= 0 && y < input[1] && x >= 0 && x < input[2])
          visit(((batch * input[1] + y) * input[2] + x) * input[3]);
      }
  }

  /// [average-c2] Elements that divide the sum: those of the input, or also the explicit padding.
  int64_t getCount(int64_t row, int64_t column, bool includePad) const {
    int64_t count = 1;
    for (auto [axis, position] : {std::pair(0, row), std::pair(1, column)}) {
      int64_t first = includePad ? -pads[axis] : 0;
      int64_t last = input[1 + axis] + (includePad ? pads[axis + 2] : 0);
      int64_t start = getStart(axis, position), end = start + kernel[axis];
      count *= std::max<int64_t>(std::min(end, last) - std::max(start, first), 0);
    }
    return count;
  }

  /// Calls `visit(batch, row, column, result element)` for each window, then for its channels.
  template <typename Visitor> void forEachWindow(Visitor visit) const {
    for (int64_t n = 0, element = 0; n < result[0]; ++n)
      for (int64_t y = 0; y < result[1]; ++y)
        for (int64_t x = 0; x < result[2]; ++x, element += result[3])
          visit(n, y, x, element);
  }
};
} // namespace

/// [max-c1] [max-f2] The largest element, starting from the least value of the type.
template <typename T>
static void poolMax(const Pool &pool, ArrayRef<T> input, MutableArrayRef<T> result) {
  T least = std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity()
                                        : std::numeric_limits<T>::lowest();
  int64_t channels = pool.result[3];
  pool.forEachWindow([&](int64_t n, int64_t y, int64_t x, int64_t element) {
    T *largest = result.data() + element;
    std::fill(largest, largest + channels, least);
    pool.forEach(n, y, x, [&](int64_t from) {
      for (int64_t c = 0; c < channels; ++c)
        largest[c] = input[from + c] > largest[c] ? input[from + c] : largest[c];
    });
  });
}

/// [average-f1] Sum in window order, then a division by the count.
template <typename T>
static void poolAverage(const Pool &pool, bool includePad, ArrayRef<T> input,
                        MutableArrayRef<T> result) {
  int64_t channels = pool.result[3];
  pool.forEachWindow([&](int64_t n, int64_t y, int64_t x, int64_t element) {
    T *sums = result.data() + element;
    pool.forEach(n, y, x, [&](int64_t from) {
      for (int64_t c = 0; c < channels; ++c)
        sums[c] = sums[c] + input[from + c];
    });
    T count = static_cast<T>(pool.getCount(y, x, includePad));
    for (int64_t c = 0; c < channels; ++c)
      sums[c] = sums[c] / count;
  });
}

/// [average-c1] Exact sum of the codes less their zero point, one multiply.
static Tensor poolAverageCodes(const Pool &pool, bool includePad, const Tensor &input,
                               RankedTensorType type) {
  Quantization from(qnn::getQuantized(input.type)), to(qnn::getQuantized(type));
  auto codes = readCodes(input);
  SmallVector<int32_t, 0> results(type.getNumElements());
  int64_t channels = pool.result[3];
  SmallVector<int64_t> sums;
  pool.forEachWindow([&](int64_t n, int64_t y, int64_t x, int64_t element) {
    sums.assign(channels, 0);
    pool.forEach(n, y, x, [&](int64_t first) {
      for (int64_t c = 0; c < channels; ++c)
        sums[c] += codes[first + c] - from.zeroPoint;
    });
    float multiplier = getAverageMultiplier(from.scale, to.scale, pool.getCount(y, x, includePad));
    for (int64_t c = 0; c < channels; ++c)
      results[element + c] = requantize(sums[c], multiplier, to);
  });
  return writeCodes(results, type);
}

Expected<Tensor> evaluateWindow(Operation *op, Operands operands, RankedTensorType type) {
  const Tensor &input = *operands[0];
  Pool pool{input.type.getShape(), type.getShape(), {}, {}, {}, {}};
  constexpr int64_t undilated[] = {1, 1};
  if (auto average = dyn_cast<qnn::AveragePoolOp>(op)) {
    pool.kernel = average.getKernel(), pool.strides = average.getStrides();
    pool.pads = average.getPads(), pool.dilations = undilated;
    bool includePad = average.getCountIncludePad();
    if (qnn::getQuantized(type))
      return poolAverageCodes(pool, includePad, input, type);
    Tensor result(type);
    if (type.getElementType().isF32())
      poolAverage<float>(pool, includePad, input.view<float>(), result.view<float>());
    else if (type.getElementType().isF64())
      poolAverage<double>(pool, includePad, input.view<double>(), result.view<double>());
    else
      return makeError(op, "is not defined for integers");
    return result;
  }
  auto max = cast<qnn::MaxPoolOp>(op);
  pool.kernel = max.getKernel(), pool.strides = max.getStrides();
  pool.pads = max.getPads(), pool.dilations = max.getDilations();
  Tensor result(type);
  dispatchStorage(type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    poolMax<T>(pool, input.view<T>(), result.view<T>());
    return 0;
  });
  return result;
}

} // namespace qcc::reference
