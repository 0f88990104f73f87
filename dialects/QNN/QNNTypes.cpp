//===- QNNTypes.cpp - element types of the network
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNTypes.h"

#include <cmath>

using namespace mlir;

namespace qcc::qnn {

bool isElementType(Type type) {
  if (auto quantized = dyn_cast<QuantizedType>(type)) {
    float scale = static_cast<float>(quantized.getScale());
    return quantized.getExpressedType().isF32() && std::isfinite(scale) && scale > 0 &&
           static_cast<double>(scale) == quantized.getScale() &&
           quantized.getZeroPoint() >= quantized.getStorageTypeMin() &&
           quantized.getZeroPoint() <= quantized.getStorageTypeMax();
  }
  if (auto integer = dyn_cast<IntegerType>(type))
    return integer.getWidth() <= 64;
  return isa<Float32Type, Float64Type, Float16Type, BFloat16Type>(type);
}

QuantizedType getQuantized(Type type) {
  return dyn_cast<QuantizedType>(getElementTypeOrSelf(type));
}

float getScale(QuantizedType type) { return static_cast<float>(type.getScale()); }

QuantizedType makeQuantized(MLIRContext *context, unsigned bits, bool isSigned, float scale,
                            int64_t zeroPoint) {
  return QuantizedType::get(isSigned ? quant::QuantizationFlags::Signed : 0,
                            IntegerType::get(context, bits), Float32Type::get(context), scale,
                            zeroPoint,
                            quant::QuantizedType::getDefaultMinimumForInteger(isSigned, bits),
                            quant::QuantizedType::getDefaultMaximumForInteger(isSigned, bits));
}

int64_t quantizeValue(float value, QuantizedType type) {
  float low = static_cast<float>(type.getStorageTypeMin() - type.getZeroPoint());
  float high = static_cast<float>(type.getStorageTypeMax() - type.getZeroPoint());
  float scaled = value / getScale(type);
  scaled = scaled > low ? scaled : low;
  scaled = scaled < high ? scaled : high;
  return static_cast<int64_t>(std::nearbyint(scaled)) + type.getZeroPoint();
}

Type getStorageType(Type elementType) {
  auto quantized = dyn_cast<QuantizedType>(elementType);
  if (!quantized)
    return elementType;
  return IntegerType::get(elementType.getContext(), quantized.getStorageTypeIntegralWidth(),
                          quantized.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
}

bool isSignedStorage(Type elementType) {
  if (auto quantized = dyn_cast<QuantizedType>(elementType))
    return quantized.isSigned();
  return !elementType.isUnsignedInteger() && !elementType.isInteger(1);
}

int64_t getElementBytes(Type elementType) {
  return llvm::divideCeil(getStorageType(elementType).getIntOrFloatBitWidth(), 8);
}

int64_t getTensorBytes(Type tensorType) {
  auto tensor = cast<RankedTensorType>(tensorType);
  return tensor.getNumElements() * getElementBytes(tensor.getElementType());
}

} // namespace qcc::qnn
