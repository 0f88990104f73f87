//===- StoredTypes.cpp - element types that only constants have
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integers of 2 and 4 bits lie in bytes and floats of 4 and 8 bits in f32, but hold only numbers
// that their type has.
//===----------------------------------------------------------------------===//
#include "lib/Import/StoredTypes.h"

#include "dialects/QNN/QNNTypes.h"
#include "lib/Import/Operators/Operands.h"
#include "lib/Import/Operators/QuantizationParameters.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using onnx::TensorProto;

namespace qcc::import {

FailureOr<StoredRounding> readStoredRounding(NodeContext &node) {
  using Power = StoredRounding::Power;
  StoredRounding rounding;
  rounding.saturates = node.getInt("saturate", 1) != 0;
  StringRef mode = node.getString("round_mode", "up");
  auto power = llvm::StringSwitch<std::optional<Power>>(mode)
                   .Case("up", Power::Up)
                   .Case("down", Power::Down)
                   .Case("nearest", Power::Nearest)
                   .Default(std::nullopt);
  if (!power)
    return node.error("E2016", "attribute 'round_mode' has the unknown value " + quoted(mode));
  rounding.power = *power;
  return rounding;
}

//===- Rounding ---------------------------------------------------------------//

/// A power of two between 2^-127 and 2^127; zero becomes the smallest.
static float roundToPower(double number, const StoredRounding &rounding) {
  constexpr int most = 127;
  if (!(number >= 0))
    return NAN;
  int exponent = most + 1;
  if (std::isfinite(number)) {
    double significand = 2 * std::frexp(number, &exponent); // in [1, 2), or 0
    --exponent;
    using Power = StoredRounding::Power;
    exponent += rounding.power == Power::Up        ? significand > 1
                : rounding.power == Power::Nearest ? significand >= 1.5
                                                   : 0;
    if (number == 0)
      exponent = -most;
  }
  if (exponent > most && !rounding.saturates)
    return NAN;
  return std::ldexp(1.0f, std::clamp(exponent, -most, most));
}

static float roundToFormat(double number, const llvm::fltSemantics &format, bool saturates) {
  bool isFinite = &format == &llvm::APFloat::Float4E2M1FN(); // has neither infinities nor NaN
  if (std::isnan(number))
    return isFinite ? 0.0f : NAN;
  bool ignored;
  llvm::APFloat largest = llvm::APFloat::getLargest(format);
  largest.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &ignored);
  float most = largest.convertToFloat();
  if (isFinite)
    number = std::clamp<double>(number, -most, most);
  llvm::APFloat rounded(number);
  if (std::isfinite(number))
    rounded.convert(format, llvm::APFloat::rmNearestTiesToEven, &ignored);
  if (!rounded.isFinite()) {
    bool hasInfinity = &format == &llvm::APFloat::Float8E5M2();
    float beyond = saturates ? most : hasInfinity ? HUGE_VALF : NAN;
    return std::copysign(beyond, static_cast<float>(number));
  }
  rounded.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &ignored);
  return rounded.convertToFloat();
}

/// Lowest and highest code of an integer type of 2 or 4 bits.
static std::pair<int64_t, int64_t> getCodeRange(int32_t dataType) {
  bool isSigned = dataType == TensorProto::INT2 || dataType == TensorProto::INT4;
  bool isShort = dataType == TensorProto::INT2 || dataType == TensorProto::UINT2;
  int64_t values = isShort ? 4 : 16;
  return isSigned ? std::pair(-values / 2, values / 2 - 1)
                  : std::pair<int64_t, int64_t>(0, values - 1);
}

ConstantPointer storeNumbers(MLIRContext *context, ArrayRef<int64_t> shape,
                             ArrayRef<double> numbers, int32_t dataType,
                             const StoredRounding &rounding) {
  auto type = RankedTensorType::get(shape, getElementType(context, dataType));
  ConstantPointer result;
  if (const llvm::fltSemantics *format = findSmallFloat(dataType)) {
    bool isPower = dataType == TensorProto::FLOAT8E8M0;
    SmallVector<float> rounded;
    for (double number : numbers)
      rounded.push_back(isPower ? roundToPower(number, rounding)
                                : roundToFormat(number, *format, rounding.saturates));
    result = makeConstantOf<float>(type, rounded);
  } else {
    auto [low, high] = getCodeRange(dataType);
    SmallVector<int64_t> codes;
    for (double number : numbers) {
      // Beyond this range every double is a multiple of 16.
      double whole = std::abs(number) < 0x1p+60 ? std::trunc(number) : 0;
      codes.push_back(low + ((static_cast<int64_t>(whole) - low) & (high - low)));
    }
    result = makeFromIntegers(type, codes);
  }
  result->dataType = dataType;
  return result;
}

//===- QuantizeLinear ---------------------------------------------------------//

namespace {

/// Which scale belongs to an element.
struct ScaleIndex {
  int64_t inner = 1, size = 1, block = 1, scales = 1;
  bool isBlocked = false;

  int64_t operator()(int64_t element) const {
    if (scales == 1)
      return 0;
    int64_t place = element / inner % size;
    if (!isBlocked)
      return place;
    int64_t blocks = llvm::divideCeil(size, block);
    return (element / inner / size * blocks + place / block) * inner + element % inner;
  }
};

} // namespace

static FailureOr<ScaleIndex> readScaleIndex(NodeContext &node) {
  ScaleIndex index;
  index.scales = node.getType(1).getNumElements();
  if (node.hasInput(2) && node.getType(2).getNumElements() != index.scales)
    return node.error("E2402", "has " + Twine(index.scales) + " scales but " +
                                   Twine(node.getType(2).getNumElements()) + " zero points");
  if (index.scales == 1)
    return index;
  auto axis = node.getAxis("axis", 1, node.getRank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  index.inner = llvm::product_of(shape.drop_front(*axis + 1));
  index.size = shape[*axis];
  index.block = node.getInt("block_size", 0);
  index.isBlocked = index.block > 0;
  SmallVector<int64_t> wanted = {index.size};
  if (index.isBlocked) {
    wanted.assign(shape.begin(), shape.end());
    wanted[*axis] = llvm::divideCeil(index.size, index.block);
  }
  if (node.getShape(1) != ArrayRef(wanted))
    return node.error("E2403", "the scale, " + node.describeInput(1) + " of shape " +
                                   formatShape(node.getShape(1)) + ", must have the shape " +
                                   formatShape(wanted));
  return index;
}

LogicalResult importQuantizeStored(NodeContext &node, int32_t codes) {
  const Constant *input = node.getConstant(0), *scale = node.getConstant(1),
                 *zeroPoint = node.hasInput(2) ? node.getConstant(2) : nullptr;
  if (!input || !scale || (node.hasInput(2) && !zeroPoint))
    return node.error("E2402", "quantizes a computed tensor to " + getDataTypeName(codes) +
                                   ", a type that only constants have");
  auto rounding = readStoredRounding(node);
  auto index = readScaleIndex(node);
  if (failed(rounding) || failed(index))
    return failure();
  SmallVector<double> numbers, scales, offsets;
  for (auto [constant, list] :
       {std::pair(input, &numbers), std::pair(scale, &scales), std::pair(zeroPoint, &offsets)}) {
    if (!constant)
      continue;
    auto read = readNumbers(node, *constant);
    if (failed(read))
      return failure();
    *list = std::move(*read);
  }
  bool isFloat = findSmallFloat(codes);
  auto [low, high] = getCodeRange(codes);
  for (auto [element, number] : llvm::enumerate(numbers)) {
    int64_t at = (*index)(static_cast<int64_t>(element));
    number = static_cast<float>(number) / static_cast<float>(scales[at]);
    double offset = zeroPoint ? offsets[at] : 0;
    if (isFloat) {
      number += offset;
      continue;
    }
    number = std::nearbyint(number) + offset;
    // A NaN becomes the lowest code.
    number = number > static_cast<double>(low) ? number : static_cast<double>(low);
    number = std::min(number, static_cast<double>(high));
  }
  return node.setResult(
      storeNumbers(node.builder.getContext(), node.getShape(0), numbers, codes, *rounding));
}

} // namespace qcc::import
