//===- Reduction.cpp - reductions and softmax
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

/// The input with its reduced dimensions last and in order, so that one result element reads
/// `count` neighbours.
static Tensor gatherReduced(const Tensor &input, ArrayRef<int64_t> axes, int64_t &count) {
  ArrayRef<int64_t> shape = input.type.getShape();
  SmallVector<int64_t> strides = getStrides(shape), kept, keptStrides, reduced, reducedStrides;
  count = 1;
  for (int64_t i = 0; i < input.type.getRank(); ++i) {
    bool isReduced = llvm::is_contained(axes, i);
    (isReduced ? reduced : kept).push_back(shape[i]);
    (isReduced ? reducedStrides : keptStrides).push_back(strides[i]);
    if (isReduced)
      count *= shape[i];
  }
  kept.append(reduced);
  keptStrides.append(reducedStrides);
  Tensor result(input.type.clone(kept));
  if (!result.bytes.empty())
    copyStrided(kept, input.bytes.data(), keptStrides, result.bytes.data(), getStrides(kept),
                qnn::getElementBytes(input.type.getElementType()));
  return result;
}

/// [reduce-f1] Row-major order; the mean is the sum divided by the count.
template <typename T> static T reduceNumbers(qnn::ReduceKind kind, ArrayRef<T> elements) {
  if (kind == qnn::ReduceKind::Sum || kind == qnn::ReduceKind::Mean) {
    if constexpr (std::is_floating_point_v<T>) {
      T sum = 0;
      for (T x : elements)
        sum = sum + x;
      return kind == qnn::ReduceKind::Sum ? sum : sum / static_cast<T>(elements.size());
    } else {
      uint64_t sum = 0;
      for (T x : elements)
        sum += static_cast<uint64_t>(x);
      auto wrapped = static_cast<T>(sum);
      if (kind == qnn::ReduceKind::Sum || elements.empty())
        return wrapped;
      return static_cast<T>(std::is_signed_v<T> ? static_cast<int64_t>(wrapped) /
                                                      static_cast<int64_t>(elements.size())
                                                : wrapped / elements.size());
    }
  }
  T best = elements.empty() ? T() : elements[0];
  for (T x : elements)
    if (kind == qnn::ReduceKind::Max ? x > best : x < best)
      best = x;
  return best;
}

/// [reduce-c1] Sum and mean as average pooling, [reduce-c2] extremes as Q(DQ(q)).
static int32_t reduceCodes(qnn::ReduceKind kind, ArrayRef<int32_t> codes, const Quantization &from,
                           const Quantization &to) {
  if (kind == qnn::ReduceKind::Max || kind == qnn::ReduceKind::Min)
    return quantize(dequantize(reduceNumbers(kind, codes), from), to);
  int64_t sum = 0;
  for (int32_t code : codes)
    sum += code - from.zeroPoint;
  float multiplier = kind == qnn::ReduceKind::Sum
                         ? from.scale / to.scale
                         : getAverageMultiplier(from.scale, to.scale, codes.size());
  return requantize(sum, multiplier, to);
}

static Tensor reduce(qnn::ReduceOp op, const Tensor &input, RankedTensorType type) {
  int64_t count;
  Tensor gathered = gatherReduced(input, op.getAxes(), count);
  if (auto quantized = qnn::getQuantized(type)) {
    Quantization from(qnn::getQuantized(input.type)), to(quantized);
    auto codes = readCodes(gathered);
    SmallVector<int32_t, 0> results;
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      results.push_back(
          reduceCodes(op.getKind(), ArrayRef(codes).slice(i * count, count), from, to));
    return writeCodes(results, type);
  }
  Tensor result(type);
  dispatchStorage(type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [i, y] : llvm::enumerate(result.view<T>()))
      y = reduceNumbers<T>(op.getKind(), gathered.view<T>().slice(i * count, count));
    return 0;
  });
  return result;
}

/// [softmax-f1] exp(x - max) / sum; maximum and sum in index order.
static void applySoftmax(float *row, int64_t count, int64_t stride) {
  float largest = row[0];
  for (int64_t i = 1; i < count; ++i)
    largest = row[i * stride] > largest ? row[i * stride] : largest;
  float sum = 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    row[i * stride] = exponential(row[i * stride] - largest);
    sum = sum + row[i * stride];
  }
  for (int64_t i = 0; i < count; ++i)
    row[i * stride] = row[i * stride] / sum;
}

/// [softmax-c1] Between DQ and Q where operand or result are quantized.
static Tensor softmax(qnn::SoftmaxOp op, const Tensor &input, RankedTensorType type) {
  Tensor reals(type.clone(Float32Type::get(type.getContext())));
  if (auto quantized = qnn::getQuantized(input.type)) {
    Quantization from(quantized);
    for (auto [real, code] : llvm::zip(reals.view<float>(), readCodes(input)))
      real = dequantize(code, from);
  } else {
    reals.bytes = input.bytes;
  }
  int64_t axis = op.getAxis(), count = type.getDimSize(axis);
  int64_t stride = getStrides(type.getShape())[axis];
  for (int64_t i = 0, total = type.getNumElements(); i < total; ++i)
    if (i / stride % count == 0)
      applySoftmax(reals.view<float>().data() + i, count, stride);
  auto quantized = qnn::getQuantized(type);
  if (!quantized)
    return reals;
  Quantization to(quantized);
  SmallVector<int32_t, 0> codes;
  for (float real : reals.view<float>())
    codes.push_back(quantize(real, to));
  return writeCodes(codes, type);
}

Expected<Tensor> evaluateReduction(Operation *op, Operands operands, RankedTensorType type) {
  if (auto softmaxOp = dyn_cast<qnn::SoftmaxOp>(op)) {
    for (Type element : {operands[0]->type.getElementType(), type.getElementType()})
      if (!element.isF32() && !qnn::getQuantized(element))
        return makeError(op, "is defined for f32 and quantized elements only");
    return softmax(softmaxOp, *operands[0], type);
  }
  return reduce(cast<qnn::ReduceOp>(op), *operands[0], type);
}

} // namespace qcc::reference
