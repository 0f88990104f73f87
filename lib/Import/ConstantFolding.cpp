//===- ConstantFolding.cpp - shape arithmetic while importing
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"

#include "dialects/QNN/QNNTypes.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

ConstantPointer reshapeConstant(const Constant &constant, ArrayRef<int64_t> shape) {
  auto result = std::make_shared<Constant>(constant);
  result->type = constant.type.clone(shape);
  result->value = nullptr;
  return result;
}

ConstantPointer fillConstant(const Constant &element, ArrayRef<int64_t> shape) {
  RankedTensorType type = element.type.clone(shape);
  size_t size = type.getNumElements() * element.bytes.size();
  std::string bytes;
  bytes.reserve(size);
  if (size > 0)
    bytes.assign(element.bytes.begin(), element.bytes.end());
  while (bytes.size() < size)
    bytes.append(bytes, 0, std::min(bytes.size(), size - bytes.size()));
  ConstantPointer result = makeConstant(type, std::move(bytes));
  result->dataType = element.dataType;
  return result;
}

ConstantPointer viewConstant(const Constant &constant, ArrayRef<int64_t> shape, int64_t offset,
                             ArrayRef<int64_t> strides) {
  int64_t width = qnn::getElementBytes(constant.type.getElementType());
  RankedTensorType type = constant.type.clone(shape);
  std::string bytes(type.getNumElements() * width, 0);
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0, count = type.getNumElements(); i < count; ++i) {
    std::memcpy(bytes.data() + i * width, constant.bytes.data() + offset * width, width);
    for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
      offset += strides[d];
      if (++index[d] < shape[d])
        break;
      offset -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  ConstantPointer result = makeConstant(type, std::move(bytes));
  result->dataType = constant.dataType;
  return result;
}

SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

SmallVector<int64_t> getBroadcastStrides(ArrayRef<int64_t> shape, ArrayRef<int64_t> result) {
  SmallVector<int64_t> strides(result.size() - shape.size(), 0);
  for (auto [size, stride] : llvm::zip(shape, getRowMajorStrides(shape)))
    strides.push_back(size == 1 ? 0 : stride);
  return strides;
}

ConstantPointer castConstant(const Constant &constant, Type elementType) {
  auto type = RankedTensorType::get(constant.type.getShape(), elementType);
  if (!isa<FloatType>(constant.type.getElementType()))
    return makeFromIntegers(type, getIntegers(constant));
  SmallVector<double> numbers = getNumbers(constant);
  if (isa<FloatType>(elementType))
    return makeFromNumbers(type, numbers);
  auto integer = cast<IntegerType>(elementType);
  // Bounds of the type that a double holds exactly, the upper one exclusive.
  bool isSigned = qnn::isSignedStorage(integer);
  double low = isSigned ? -std::ldexp(1.0, static_cast<int>(integer.getWidth()) - 1) : 0;
  double high = std::ldexp(1.0, std::min<int>(integer.getWidth() - isSigned, 63));
  SmallVector<int64_t> values;
  for (double number : numbers) {
    if (integer.getWidth() == 1)
      values.push_back(number != 0);
    else if (std::isnan(number))
      values.push_back(0);
    else if (number < low)
      values.push_back(static_cast<int64_t>(low));
    else if (number >= high)
      values.push_back(high >= std::ldexp(1.0, 63) ? INT64_MAX : static_cast<int64_t>(high) - 1);
    else
      values.push_back(static_cast<int64_t>(number));
  }
  return makeFromIntegers(type, values);
}

} // namespace qcc::import
