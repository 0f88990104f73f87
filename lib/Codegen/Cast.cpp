//===- Cast.cpp - conversions between number types on registers -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f16 and bf16 are converted by integer arithmetic: LLVM's own conversions become calls of
// functions that a core without such instructions does not have.
//===----------------------------------------------------------------------===//
#include "Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

namespace qcc::codegen {

namespace {

class CastBuilder {
public:
  CastBuilder(KernelEmitter &emitter, int64_t lanes)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), lanes(lanes),
        i32(withLanes(builder.getI32Type())), f32(withLanes(builder.getF32Type())) {}

  Value convert(Value value, Type from, Type to);

private:
  Type withLanes(Type scalar) { return KernelEmitter::withLanes(scalar, lanes); }
  Value number(int64_t value) { return emitter.constant(i32, value); }
  Value real(Type type, double value) {
    auto scalar = cast<FloatType>(getElementTypeOrSelf(type));
    TypedAttr attribute = builder.getFloatAttr(scalar, value);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, attribute);
    return arith::ConstantOp::create(builder, location, attribute);
  }
  template <typename Op> Value binary(Value a, Value b) {
    return Op::create(builder, location, a, b).getResult();
  }
  Value add(Value a, Value b) { return binary<arith::AddIOp>(a, b); }
  Value sub(Value a, Value b) { return binary<arith::SubIOp>(a, b); }
  Value bitAnd(Value a, Value b) { return binary<arith::AndIOp>(a, b); }
  Value bitOr(Value a, Value b) { return binary<arith::OrIOp>(a, b); }
  Value left(Value a, int64_t by) { return binary<arith::ShLIOp>(a, number(by)); }
  Value right(Value a, int64_t by) { return binary<arith::ShRUIOp>(a, number(by)); }
  Value isBelow(Value a, Value b) {
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, a, b);
  }
  Value isEqual(Value a, Value b) {
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq, a, b);
  }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, location, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, location, condition, a, b);
  }
  Value toInteger(Value condition) {
    return arith::ExtUIOp::create(builder, location, i32, condition);
  }

  Value convertInteger(Value value, Type from, Type to);
  Value convertToFloat(Value value, Type from, Type to);
  Value convertToInteger(Value value, IntegerType to);
  Value widenHalf(Value value, Type from);
  Value narrowToF16(Value bits);
  Value narrowToBF16(Value bits);
  Value narrowHalf(Value value, Type to);

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  int64_t lanes;
  Type i32, f32;
};

bool isHalf(Type type) { return isa<Float16Type, BFloat16Type>(type); }

Value CastBuilder::convertInteger(Value value, Type from, Type to) {
  unsigned fromBits = from.getIntOrFloatBitWidth(), toBits = to.getIntOrFloatBitWidth();
  Type wanted = withLanes(KernelEmitter::getRegisterType(to));
  if (fromBits == toBits)
    return value;
  if (to.isInteger(1))
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, value,
                                 emitter.constant(value.getType(), 0));
  if (fromBits > toBits)
    return arith::TruncIOp::create(builder, location, wanted, value);
  if (qnn::isSignedStorage(from))
    return arith::ExtSIOp::create(builder, location, wanted, value);
  return arith::ExtUIOp::create(builder, location, wanted, value);
}

Value CastBuilder::convertToFloat(Value value, Type from, Type to) {
  Type wanted = withLanes(to);
  if (from == to)
    return value;
  if (isa<FloatType>(from)) {
    if (to.isF64())
      return arith::ExtFOp::create(builder, location, wanted, value);
    return arith::TruncFOp::create(builder, location, wanted, value);
  }
  if (qnn::isSignedStorage(from))
    return arith::SIToFPOp::create(builder, location, wanted, value);
  return arith::UIToFPOp::create(builder, location, wanted, value);
}

/// Only numbers that fit reach the conversion; the others are replaced behind it.
Value CastBuilder::convertToInteger(Value value, IntegerType to) {
  Type floats = value.getType();
  Value zero = real(floats, 0);
  if (to.getWidth() == 1)
    return compare(arith::CmpFPredicate::UNE, value, zero);
  bool isSigned = qnn::isSignedStorage(to);
  int width = static_cast<int>(to.getWidth());
  Value high = real(floats, std::ldexp(1.0, isSigned ? width - 1 : width));
  Value low = isSigned ? real(floats, -std::ldexp(1.0, width - 1)) : zero;
  Value isBelowHigh = compare(arith::CmpFPredicate::OLT, value, high);
  Value isAboveLow = compare(arith::CmpFPredicate::OGT, value, low);
  Value safe = select(binary<arith::AndIOp>(isBelowHigh, isAboveLow), value, zero);
  Type wide = withLanes(builder.getIntegerType(std::max(width, 32)));
  Type wanted = withLanes(builder.getIntegerType(width));
  Value integer = isSigned || width < 32
                      ? arith::FPToSIOp::create(builder, location, wide, safe).getResult()
                      : arith::FPToUIOp::create(builder, location, wide, safe).getResult();
  if (wide != wanted)
    integer = arith::TruncIOp::create(builder, location, wanted, integer);
  APInt highest = isSigned ? APInt::getSignedMaxValue(width) : APInt::getMaxValue(width);
  APInt lowest = isSigned ? APInt::getSignedMinValue(width) : APInt::getZero(width);
  Value isHigh = compare(arith::CmpFPredicate::OGE, value, high);
  Value isLow = compare(arith::CmpFPredicate::OLE, value, low);
  integer = select(isHigh, emitter.constant(wanted, highest.getSExtValue()), integer);
  return select(isLow, emitter.constant(wanted, lowest.getSExtValue()), integer);
}

//===- 16-bit floats --------------------------------------------------------===//

/// Bits of an f16 or bf16 to f32. A signalling NaN becomes a quiet one.
Value CastBuilder::widenHalf(Value value, Type from) {
  Value half = arith::ExtUIOp::create(builder, location, i32, value), bits;
  constexpr int64_t quiet = 1 << 22, infinity = 0x7f800000;
  if (from.isBF16()) {
    bits = left(half, 16);
    Value magnitude = bitAnd(bits, number(0x7fffffff));
    Value isNan = isBelow(number(infinity), magnitude);
    bits = select(isNan, bitOr(bits, number(quiet)), bits);
    return arith::BitcastOp::create(builder, location, f32, bits);
  }
  Value sign = left(bitAnd(half, number(0x8000)), 16);
  Value fraction = bitAnd(half, number(0x3ff)), magnitude = bitAnd(half, number(0x7fff));
  Value exponents = number((127 - 15) << 23);
  Value normal = add(left(magnitude, 13), exponents);
  Value special = bitOr(left(magnitude, 13), number(infinity));
  special = select(isEqual(fraction, number(0)), special, bitOr(special, number(quiet)));
  // A denormal's leading one goes to where the hidden bit is; each step halves the exponent.
  Value leading = fraction, exponent = number(127 - 14);
  for (int64_t shift : {8, 4, 2, 1}) {
    Value isSmall = isBelow(leading, number(int64_t(1) << (11 - shift)));
    leading = select(isSmall, left(leading, shift), leading);
    exponent = select(isSmall, sub(exponent, number(shift)), exponent);
  }
  Value denormal = bitOr(left(bitAnd(leading, number(0x3ff)), 13), left(exponent, 23));
  denormal = select(isEqual(fraction, number(0)), number(0), denormal);
  bits = select(isBelow(magnitude, number(0x400)), denormal,
                select(isBelow(magnitude, number(0x7c00)), normal, special));
  return arith::BitcastOp::create(builder, location, f32, bitOr(bits, sign));
}

/// Bits of the f16 nearest to an f32, ties to even.
Value CastBuilder::narrowToF16(Value bits) {
  Value one = number(1), zero = number(0);
  Value sign = bitAnd(right(bits, 16), number(0x8000));
  Value magnitude = bitAnd(bits, number(0x7fffffff));
  // Rounding may carry into the exponent and up to infinity, which is what it should give.
  Value isOdd = bitAnd(right(magnitude, 13), one);
  Value rounded = add(add(magnitude, number(0xfff)), isOdd);
  Value normal = sub(right(rounded, 13), number((127 - 15) << 10));
  // Below 2^-14: the 24-bit significand shifted to units of 2^-24.
  Value exponent = right(magnitude, 23);
  Value significand = bitOr(bitAnd(magnitude, number(0x7fffff)), number(0x800000));
  Value shift = sub(number(126), exponent);
  Value isTiny = isBelow(exponent, number(126 - 25));
  Value isNormal = isBelow(number(112), exponent);
  shift = select(bitOr(isTiny, isNormal), number(25), shift);
  Value quotient = binary<arith::ShRUIOp>(significand, shift);
  Value rest = sub(significand, binary<arith::ShLIOp>(quotient, shift));
  Value half = binary<arith::ShLIOp>(one, sub(shift, one));
  Value isTieUp = bitAnd(isEqual(rest, half), isEqual(bitAnd(quotient, one), one));
  Value denormal = add(quotient, toInteger(bitOr(isBelow(half, rest), isTieUp)));
  denormal = select(isTiny, zero, denormal);
  Value nan = bitOr(number(0x7e00), bitAnd(right(magnitude, 13), number(0x3ff)));
  Value result = select(isNormal, normal, denormal);
  result = select(isBelow(magnitude, number(0x47800000)), result, number(0x7c00));
  result = select(isBelow(number(0x7f800000), magnitude), nan, result);
  return bitOr(result, sign);
}

/// Bits of the bf16 nearest to an f32, ties to even.
Value CastBuilder::narrowToBF16(Value bits) {
  Value isOdd = bitAnd(right(bits, 16), number(1));
  Value rounded = right(add(add(bits, number(0x7fff)), isOdd), 16);
  Value nan = bitOr(right(bits, 16), number(0x40));
  Value isNan = isBelow(number(0x7f800000), bitAnd(bits, number(0x7fffffff)));
  return select(isNan, nan, rounded);
}

Value CastBuilder::narrowHalf(Value value, Type to) {
  Value bits = arith::BitcastOp::create(builder, location, i32, value);
  bits = to.isF16() ? narrowToF16(bits) : narrowToBF16(bits);
  return arith::TruncIOp::create(builder, location, withLanes(builder.getIntegerType(16)), bits);
}

Value CastBuilder::convert(Value value, Type from, Type to) {
  if (from == to)
    return value;
  Type single = builder.getF32Type();
  if (isHalf(from))
    return convert(widenHalf(value, from), single, to);
  if (isHalf(to))
    return narrowHalf(convert(value, from, single), to);
  if (isa<FloatType>(to))
    return convertToFloat(value, from, to);
  if (isa<FloatType>(from))
    return convertToInteger(value, cast<IntegerType>(to));
  return convertInteger(value, from, to);
}

} // namespace

Value emitCast(KernelEmitter &emitter, Value value, Type from, Type to) {
  return CastBuilder(emitter, KernelEmitter::getLanes(value)).convert(value, from, to);
}

} // namespace qcc::codegen
