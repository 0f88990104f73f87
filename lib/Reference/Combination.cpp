//===- Combination.cpp - functions of elements of two operands, and choice
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

/// [pow-f2] Wraps; a power of a negative exponent is the truncated reciprocal.
template <typename T> static T raiseInteger(T base, T exponent) {
  if (std::is_signed_v<T> && exponent < T(0)) {
    bool isOdd = (exponent & 1) != 0;
    if (base == T(1))
      return T(1);
    return base == static_cast<T>(-1) ? static_cast<T>(isOdd ? -1 : 1) : T(0);
  }
  uint64_t result = 1, factor = static_cast<uint64_t>(base);
  for (auto rest = static_cast<uint64_t>(exponent); rest; rest >>= 1, factor *= factor)
    if (rest & 1)
      result *= factor;
  return static_cast<T>(result);
}

/// [and-f1] [shift-f1] On the bits of an integer.
template <typename T> static T combineBits(Operation *op, T a, T b) {
  if (isa<qnn::AndOp>(op))
    return static_cast<T>(a & b);
  if (isa<qnn::OrOp>(op))
    return static_cast<T>(a | b);
  if (isa<qnn::XorOp>(op))
    return static_cast<T>(a ^ b);
  bool isNegative = std::is_signed_v<T> && a < T(0);
  uint64_t amount = static_cast<uint64_t>(b);
  // A negative amount is a large one.
  if (amount >= sizeof(T) * 8)
    return isa<qnn::ShiftRightOp>(op) && isNegative ? static_cast<T>(-1) : T(0);
  for (; amount; --amount) {
    // Rounds down, where a division would round towards zero.
    if (isa<qnn::ShiftLeftOp>(op))
      a = static_cast<T>(static_cast<uint64_t>(a) * 2);
    else
      a = static_cast<T>((a - (isNegative && a % 2 != 0)) / 2);
  }
  return a;
}

/// [add-f1] ... [max-f1] One operation of T; integers wrap, division by integer zero gives 0.
template <typename T> static T combineNumbers(Operation *op, T a, T b) {
  if (isa<qnn::MinOp>(op))
    return a < b ? a : b;
  if (isa<qnn::MaxOp>(op))
    return a > b ? a : b;
  if constexpr (std::is_same_v<T, float>)
    if (isa<qnn::PowOp>(op))
      return power(a, b);
  if constexpr (std::is_floating_point_v<T>) {
    if (isa<qnn::AddOp>(op))
      return a + b;
    if (isa<qnn::SubOp>(op))
      return a - b;
    if (isa<qnn::RemOp>(op))
      return getRemainder(a, b);
    return isa<qnn::MulOp>(op) ? a * b : a / b;
  } else {
    if (isa<qnn::AndOp, qnn::OrOp, qnn::XorOp, qnn::ShiftLeftOp, qnn::ShiftRightOp>(op))
      return combineBits(op, a, b);
    auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
    if (isa<qnn::AddOp>(op))
      return static_cast<T>(x + y);
    if (isa<qnn::SubOp>(op))
      return static_cast<T>(x - y);
    if (isa<qnn::MulOp>(op))
      return static_cast<T>(x * y);
    if (isa<qnn::PowOp>(op))
      return raiseInteger(a, b);
    if (b == T(0))
      return T(0);
    if (isa<qnn::RemOp>(op))
      return std::is_signed_v<T> && b == static_cast<T>(-1) ? T(0) : static_cast<T>(a % b);
    // The one quotient that does not fit wraps.
    if (std::is_signed_v<T> && b == static_cast<T>(-1))
      return static_cast<T>(uint64_t(0) - x);
    return static_cast<T>(a / b);
  }
}

/// Quantized operands, less their zero points, to the code of the result.
static int32_t combineCodes(Operation *op, int32_t leftCode, const Quantization &left,
                            int32_t rightCode, const Quantization &right, const Quantization &to) {
  // [min-c1] Each operand takes the result's type first.
  if (isa<qnn::MinOp, qnn::MaxOp>(op)) {
    int32_t a = quantize(dequantize(leftCode, left), to);
    int32_t b = quantize(dequantize(rightCode, right), to);
    return isa<qnn::MinOp>(op) ? std::min(a, b) : std::max(a, b);
  }
  auto a = static_cast<float>(leftCode - left.zeroPoint);
  auto b = static_cast<float>(rightCode - right.zeroPoint);
  // [add-c1]
  if (isa<qnn::AddOp, qnn::SubOp>(op)) {
    float leftSteps = a * (left.scale / to.scale);
    float rightSteps = b * (right.scale / to.scale);
    return saturate(isa<qnn::AddOp>(op) ? leftSteps + rightSteps : leftSteps - rightSteps, to);
  }
  // [mul-c1]
  if (isa<qnn::MulOp>(op)) {
    float scale = left.scale * right.scale;
    return saturate((a * b) * (scale / to.scale), to);
  }
  // [div-c1]
  float scale = left.scale / right.scale;
  return saturate((a / b) * (scale / to.scale), to);
}

Expected<Tensor> evaluateBinary(Operation *op, const Tensor &left, const Tensor &right,
                                RankedTensorType type) {
  Tensor lhs = broadcast(left, type.getShape()), rhs = broadcast(right, type.getShape());
  if (auto quantized = qnn::getQuantized(type)) {
    Quantization from(qnn::getQuantized(lhs.type)), other(qnn::getQuantized(rhs.type));
    Quantization to(quantized);
    auto codes = readCodes(lhs);
    for (auto [code, otherCode] : llvm::zip(codes, readCodes(rhs)))
      code = combineCodes(op, code, from, otherCode, other, to);
    return writeCodes(codes, type);
  }
  if (isa<qnn::PowOp>(op) && type.getElementType().isF64())
    return makeError(op, "is not defined for this element type");
  Tensor result(type);
  dispatchStorage(type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [a, b, y] : llvm::zip(lhs.view<T>(), rhs.view<T>(), result.view<T>()))
      y = combineNumbers<T>(op, a, b);
    return 0;
  });
  return result;
}

/// [compare-f1]
template <typename T> static bool standsIn(qnn::CompareKind kind, T a, T b) {
  switch (kind) {
  case qnn::CompareKind::Equal:
    return a == b;
  case qnn::CompareKind::Less:
    return a < b;
  case qnn::CompareKind::LessOrEqual:
    return a <= b;
  }
  llvm_unreachable("all kinds are listed");
}

static Tensor compareNumbers(qnn::CompareKind kind, const Tensor &lhs, const Tensor &rhs,
                             RankedTensorType type) {
  Tensor result(type);
  dispatchStorage(lhs.type.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [a, b, y] : llvm::zip(lhs.view<T>(), rhs.view<T>(), result.view<bool>()))
      y = standsIn(kind, a, b);
    return 0;
  });
  return result;
}

/// [select-f1] Moves bytes, whatever they mean.
static Tensor choose(const Tensor &condition, const Tensor &lhs, const Tensor &rhs,
                     RankedTensorType type) {
  Tensor result(type);
  int64_t width = qnn::getElementBytes(type.getElementType());
  for (auto [i, isLeft] : llvm::enumerate(condition.view<bool>()))
    std::memcpy(result.bytes.data() + i * width, (isLeft ? lhs : rhs).bytes.data() + i * width,
                width);
  return result;
}

Expected<Tensor> evaluateChoice(Operation *op, Operands operands, RankedTensorType type) {
  SmallVector<Tensor> values;
  for (const Tensor *operand : operands)
    values.push_back(broadcast(*operand, type.getShape()));
  if (auto compare = dyn_cast<qnn::CompareOp>(op))
    return compareNumbers(compare.getKind(), values[0], values[1], type);
  return choose(values[0], values[1], values[2], type);
}

} // namespace qcc::reference
