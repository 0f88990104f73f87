//===- ElementValue.cpp - elements of any boundary type -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ElementValue.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringSwitch.h"
#include <cstdint>
#include <cstring>

using namespace llvm;

namespace qcc::driver {

template <typename T> static double readAs(const char *bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

static double readHalf(const fltSemantics &semantics, const char *bytes, size_t index) {
  uint16_t bits;
  std::memcpy(&bits, bytes + index * sizeof(bits), sizeof(bits));
  return APFloat(semantics, APInt(16, bits)).convertToDouble();
}

double readElement(StringRef type, const char *bytes, size_t index) {
  if (type == "f16")
    return readHalf(APFloat::IEEEhalf(), bytes, index);
  if (type == "bf16")
    return readHalf(APFloat::BFloat(), bytes, index);
  return StringSwitch<double (*)(const char *, size_t)>(type)
      .Case("f32", readAs<float>)
      .Case("f64", readAs<double>)
      .Case("i8", readAs<int8_t>)
      .Cases({"u8", "bool"}, readAs<uint8_t>)
      .Case("i16", readAs<int16_t>)
      .Case("u16", readAs<uint16_t>)
      .Case("i32", readAs<int32_t>)
      .Case("u32", readAs<uint32_t>)
      .Case("u64", readAs<uint64_t>)
      .Default(readAs<int64_t>)(bytes, index);
}

} // namespace qcc::driver
