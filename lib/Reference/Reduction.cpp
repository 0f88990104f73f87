//===- Reduction.cpp - reductions and softmax
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

namespace {

/// What one result element is made of.
struct Reduced {
  Tensor elements;   // the input with its reduced dimensions last and in order
  int64_t count = 1; // of elements for each result
  int64_t run = 1;   // of these, neighbours in the input: the reduced dimensions behind all others
};

} // namespace

static Reduced gatherReduced(const Tensor &input, ArrayRef<int64_t> axes) {
  ArrayRef<int64_t> shape = input.type.getShape();
  SmallVector<int64_t> strides = getStrides(shape), kept, keptStrides, reduced, reducedStrides;
  Reduced result;
  for (int64_t i = 0; i < input.type.getRank(); ++i) {
    bool isReduced = llvm::is_contained(axes, i);
    (isReduced ? reduced : kept).push_back(shape[i]);
    (isReduced ? reducedStrides : keptStrides).push_back(strides[i]);
    if (isReduced)
      result.count *= shape[i];
    if (isReduced || shape[i] == 1)
      result.run *= shape[i];
    else
      result.run = 1;
  }
  kept.append(reduced);
  keptStrides.append(reducedStrides);
  result.elements = Tensor(input.type.clone(kept));
  if (!result.elements.bytes.empty())
    copyStrided(kept, input.bytes.data(), keptStrides, result.elements.bytes.data(),
                getStrides(kept), qnn::getElementBytes(input.type.getElementType()));
  return result;
}

/// [reduce-f2] Elements whose place in their run is equal modulo 16 meet first, then the halves of
/// the 16 results; runs below 16 elements are folded in order.
template <typename T, typename Combine>
static T foldFloats(ArrayRef<T> elements, int64_t run, T initial, Combine combine) {
  constexpr int64_t width = 16;
  T parts[width];
  std::fill(parts, parts + width, initial);
  int64_t used = run < width ? 1 : width;
  for (int64_t i = 0, count = elements.size(); i < count; ++i) {
    T &part = parts[i % run % used];
    part = combine(part, elements[i]);
  }
  for (int64_t half = used / 2; half > 0; half /= 2)
    for (int64_t i = 0; i < half; ++i)
      parts[i] = combine(parts[i], parts[i + half]);
  return parts[0];
}

/// The value that an extremum starts from, [reduce-f3].
template <typename T> static T getWorst(qnn::ReduceKind kind) {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::is_floating_point_v<T>)
    return kind == qnn::ReduceKind::Max ? -Limits::infinity() : Limits::infinity();
  else
    return kind == qnn::ReduceKind::Max ? Limits::lowest() : Limits::max();
}

/// [reduce-f1] Integers wrap; the mean is the sum divided by the count.
template <typename T>
static T reduceNumbers(qnn::ReduceKind kind, ArrayRef<T> elements, int64_t run) {
  switch (kind) {
  case qnn::ReduceKind::Max:
  case qnn::ReduceKind::Min: {
    T best = getWorst<T>(kind);
    for (T x : elements)
      if (kind == qnn::ReduceKind::Max ? x > best : x < best)
        best = x;
    return best;
  }
  case qnn::ReduceKind::Product: {
    if constexpr (std::is_floating_point_v<T>)
      return foldFloats<T>(elements, run, 1, [](T a, T b) { return a * b; });
    uint64_t product = 1;
    for (T x : elements)
      product *= static_cast<uint64_t>(x);
    return static_cast<T>(product);
  }
  case qnn::ReduceKind::Sum:
  case qnn::ReduceKind::Mean:
    break;
  }
  bool isMean = kind == qnn::ReduceKind::Mean;
  if constexpr (std::is_floating_point_v<T>) {
    T sum = foldFloats<T>(elements, run, 0, [](T a, T b) { return a + b; });
    return isMean ? sum / static_cast<T>(elements.size()) : sum;
  } else {
    uint64_t sum = 0;
    for (T x : elements)
      sum += static_cast<uint64_t>(x);
    auto wrapped = static_cast<T>(sum);
    if (!isMean || elements.empty())
      return wrapped;
    return static_cast<T>(std::is_signed_v<T> ? static_cast<int64_t>(wrapped) /
                                                    static_cast<int64_t>(elements.size())
                                              : wrapped / elements.size());
  }
}

/// [reduce-c1] Sum and mean as average pooling, [reduce-c2] extremes as Q(DQ(q)).
static int32_t reduceCodes(qnn::ReduceKind kind, ArrayRef<int32_t> codes, const Quantization &from,
                           const Quantization &to) {
  if (kind == qnn::ReduceKind::Max || kind == qnn::ReduceKind::Min)
    return quantize(dequantize(reduceNumbers(kind, codes, codes.size()), from), to);
  int64_t sum = 0;
  for (int32_t code : codes)
    sum += code - from.zeroPoint;
  float multiplier = kind == qnn::ReduceKind::Sum
                         ? from.scale / to.scale
                         : getAverageMultiplier(from.scale, to.scale, codes.size());
  return requantize(sum, multiplier, to);
}

static Tensor reduce(qnn::ReduceOp op, const Tensor &input, RankedTensorType type) {
  Reduced gathered = gatherReduced(input, op.getAxes());
  int64_t count = gathered.count;
  if (auto quantized = qnn::getQuantized(type)) {
    Quantization from(qnn::getQuantized(input.type)), to(quantized);
    auto codes = readCodes(gathered.elements);
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
      y = reduceNumbers<T>(op.getKind(), gathered.elements.view<T>().slice(i * count, count),
                           gathered.run);
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
  auto reduceOp = cast<qnn::ReduceOp>(op);
  if (qnn::getQuantized(type) && reduceOp.getKind() == qnn::ReduceKind::Product)
    return makeError(op, "is not defined for quantized elements");
  return reduce(reduceOp, *operands[0], type);
}

} // namespace qcc::reference
