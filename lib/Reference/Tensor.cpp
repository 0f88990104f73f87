//===- Tensor.cpp - storage, strides and conversions of tensors
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

#include "llvm/ADT/APFloat.h"
#include <cstring>

using namespace mlir;

namespace qcc::reference {

Tensor::Tensor(RankedTensorType type) : type(type), bytes(qnn::getTensorBytes(type), 0) {}

Tensor::Tensor(RankedTensorType type, ArrayRef<char> bytes)
    : type(type), bytes(bytes.begin(), bytes.end()) {
  assert(static_cast<int64_t>(bytes.size()) == qnn::getTensorBytes(type));
}

llvm::Error makeError(Operation *op, const Twine &message) {
  return llvm::createStringError(op->getName().getStringRef() + " " + message);
}

SmallVector<int32_t, 0> readCodes(const Tensor &tensor) {
  return dispatchStorage(tensor.type.getElementType(), [&](auto zero) {
    auto elements = tensor.view<decltype(zero)>();
    SmallVector<int32_t, 0> codes(elements.size());
    for (size_t i = 0; i < elements.size(); ++i)
      codes[i] = static_cast<int32_t>(elements[i]);
    return codes;
  });
}

Tensor writeCodes(ArrayRef<int32_t> codes, RankedTensorType type) {
  Tensor result(type);
  dispatchStorage(type.getElementType(), [&](auto zero) {
    auto elements = result.view<decltype(zero)>();
    for (size_t i = 0; i < elements.size(); ++i)
      elements[i] = static_cast<decltype(zero)>(codes[i]);
    return 0;
  });
  return result;
}

SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

void copyStrided(ArrayRef<int64_t> shape, const char *from, ArrayRef<int64_t> fromStrides, char *to,
                 ArrayRef<int64_t> toStrides, int64_t elementBytes) {
  if (shape.empty()) {
    std::memcpy(to, from, elementBytes);
    return;
  }
  if (shape.size() == 1 && fromStrides[0] == 1 && toStrides[0] == 1) {
    std::memcpy(to, from, shape[0] * elementBytes);
    return;
  }
  for (int64_t i = 0; i < shape[0]; ++i)
    copyStrided(shape.drop_front(), from + i * fromStrides[0] * elementBytes,
                fromStrides.drop_front(), to + i * toStrides[0] * elementBytes,
                toStrides.drop_front(), elementBytes);
}

Tensor broadcast(const Tensor &input, ArrayRef<int64_t> shape) {
  if (input.type.getShape() == shape)
    return input;
  Tensor result(input.type.clone(shape));
  SmallVector<int64_t> strides(shape.size(), 0), inputStrides = getStrides(input.type.getShape());
  size_t added = shape.size() - inputStrides.size();
  for (size_t i = 0; i < inputStrides.size(); ++i)
    strides[added + i] = input.type.getDimSize(i) == 1 ? 0 : inputStrides[i];
  if (!result.bytes.empty())
    copyStrided(shape, input.bytes.data(), strides, result.bytes.data(), getStrides(shape),
                qnn::getElementBytes(input.type.getElementType()));
  return result;
}

/// Type of a tensor with the same shape.
static RankedTensorType makeLike(const Tensor &tensor, Type elementType) {
  return tensor.type.clone(tensor.type.getShape(), elementType);
}

static bool isHalf(Type type) { return isa<Float16Type, BFloat16Type>(type); }

static Tensor widenHalf(const Tensor &input) {
  auto semantics = &cast<FloatType>(input.type.getElementType()).getFloatSemantics();
  Tensor result(makeLike(input, Float32Type::get(input.type.getContext())));
  for (auto [to, from] : llvm::zip(result.view<float>(), input.view<uint16_t>()))
    to = llvm::APFloat(*semantics, llvm::APInt(16, from)).convertToFloat();
  return result;
}

static Tensor narrowHalf(const Tensor &input, Type elementType) {
  Tensor result(makeLike(input, elementType));
  for (auto [to, from] : llvm::zip(result.view<uint16_t>(), input.view<float>())) {
    llvm::APFloat value(from);
    bool losesInfo;
    value.convert(cast<FloatType>(elementType).getFloatSemantics(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    to = static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue());
  }
  return result;
}

Tensor convertElements(const Tensor &input, Type elementType) {
  Type from = input.type.getElementType();
  if (from == elementType)
    return input;
  Type f32 = Float32Type::get(from.getContext());
  if (isHalf(from))
    return convertElements(widenHalf(input), elementType);
  if (isHalf(elementType))
    return narrowHalf(convertElements(input, f32), elementType);
  Tensor result(makeLike(input, elementType));
  dispatchStorage(from, [&](auto fromZero) {
    using From = decltype(fromZero);
    dispatchStorage(elementType, [&](auto toZero) {
      using To = decltype(toZero);
      for (auto [to, value] : llvm::zip(result.view<To>(), input.view<From>()))
        to = convertNumber<To>(value);
      return 0;
    });
    return 0;
  });
  return result;
}

} // namespace qcc::reference
