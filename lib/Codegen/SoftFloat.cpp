//===- SoftFloat.cpp - f32 arithmetic on integers ---------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing wider than 32 bits and no count of leading zeros: the smallest cores have neither.
//===----------------------------------------------------------------------===//
#include "SoftFloat.h"

#include "Integers.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

constexpr int64_t signBit = 0x80000000, infinity = 0x7f800000, quietNan = 0x7fc00000;

/// A number on its way to f32: significand * 2^(exponent - 127 - 30).
struct Unrounded {
  Value sign, exponent, significand;
};

class SoftFloatBuilder : Integers {
public:
  using Integers::Integers;

  Value add(Value a, Value b);
  Value multiply(Value a, Value b);
  Value divide(Value a, Value b);
  Value convert(Value magnitude, Value sign);
  Value squareRoot(Value a);

private:
  Value sum(Value a, Value b) { return Integers::add(a, b); }
  Value magnitudeOf(Value bits) { return bitAnd(bits, number(~signBit)); }
  Value signOf(Value bits) { return bitAnd(bits, number(signBit)); }
  Value isZero(Value bits) { return isEqual(bits, number(0)); }
  Value isAtLeastInfinity(Value magnitude) {
    return compare(arith::CmpIPredicate::uge, magnitude, number(infinity));
  }
  Value either(Value a, Value b) { return arith::OrIOp::create(builder, location, a, b); }
  Value both(Value a, Value b) { return arith::AndIOp::create(builder, location, a, b); }
  /// x shifted right by 0 to 31; the last bit says whether anything but zeros went.
  Value rightSticky(Value x, Value by) {
    Value shifted = right(x, by);
    Value isInexact = compare(arith::CmpIPredicate::ne, left(shifted, by), x);
    return bitOr(shifted, toInteger(isInexact));
  }
  /// The significand with its leading bit at bit 30, which it is below; 0 stays 0.
  Unrounded normalise(Unrounded x);
  /// A finite number that is not 0 as {sign, biased exponent, significand with bit 30 leading}.
  Unrounded unpack(Value bits);
  /// Rounds to f32 bits; the significand has its leading bit at bit 30 or is 0.
  Value round(const Unrounded &x);
};

Unrounded SoftFloatBuilder::normalise(Unrounded x) {
  for (int64_t shift : {16, 8, 4, 2, 1}) {
    Value isSmall = isBelow(x.significand, number(int64_t(1) << (31 - shift)));
    x.significand = select(isSmall, left(x.significand, shift), x.significand);
    x.exponent = select(isSmall, sub(x.exponent, number(shift)), x.exponent);
  }
  return x;
}

Unrounded SoftFloatBuilder::unpack(Value bits) {
  Value magnitude = magnitudeOf(bits), exponent = right(magnitude, 23);
  Value fraction = bitAnd(magnitude, number(0x7fffff));
  Value isDenormal = isZero(exponent);
  Value leading = select(isDenormal, number(0), number(1 << 23));
  return normalise(
      {signOf(bits), sum(exponent, toInteger(isDenormal)), left(bitOr(fraction, leading), 7)});
}

Value SoftFloatBuilder::round(const Unrounded &x) {
  Value one = number(1);
  Value isDenormal = isLess(x.exponent, one);
  Value lost = sub(one, x.exponent);
  lost = select(isLess(lost, number(31)), lost, number(31));
  Value significand =
      select(isDenormal, rightSticky(x.significand, select(isDenormal, lost, one)), x.significand);
  Value exponent = select(isDenormal, one, x.exponent);
  Value never = arith::ConstantOp::create(builder, location, builder.getBoolAttr(false));
  Value rounded = shiftHalfEven(significand, number(7), never);
  // The leading bit counts one into the exponent; a carry out of the fraction does so as well.
  Value bits = sum(left(sub(exponent, one), 23), rounded);
  Value isTooLarge =
      either(compare(arith::CmpIPredicate::sge, exponent, number(255)), isAtLeastInfinity(bits));
  bits = select(isTooLarge, number(infinity), bits);
  bits = select(isZero(x.significand), number(0), bits);
  return bitOr(bits, x.sign);
}

Value SoftFloatBuilder::add(Value a, Value b) {
  Value isSwapped = isBelow(magnitudeOf(a), magnitudeOf(b));
  Value large = select(isSwapped, b, a), small = select(isSwapped, a, b);
  Value largeMagnitude = magnitudeOf(large), smallMagnitude = magnitudeOf(small);
  auto split = [&](Value magnitude) {
    Value exponent = right(magnitude, 23);
    Value isDenormal = isZero(exponent);
    Value leading = select(isDenormal, number(0), number(1 << 23));
    Value significand = bitOr(bitAnd(magnitude, number(0x7fffff)), leading);
    return std::pair(sum(exponent, toInteger(isDenormal)), left(significand, 6));
  };
  auto [largeExponent, largeSignificand] = split(largeMagnitude);
  auto [smallExponent, smallSignificand] = split(smallMagnitude);
  Value distance = sub(largeExponent, smallExponent);
  distance = select(isLess(distance, number(31)), distance, number(31));
  smallSignificand = rightSticky(smallSignificand, distance);
  Value differ = isLess(bitXor(large, small), number(0));
  Value significand = select(differ, sub(largeSignificand, smallSignificand),
                             sum(largeSignificand, smallSignificand));
  Value sign = signOf(large);
  // x - x is +0, but -0 + -0 is -0.
  sign = select(both(isZero(significand), differ), number(0), sign);
  Value bits = round(normalise({sign, sum(largeExponent, number(1)), significand}));
  Value invalid = both(differ, isEqual(largeMagnitude, smallMagnitude));
  Value special =
      select(either(invalid, isBelow(number(infinity), largeMagnitude)), number(quietNan), large);
  return select(isAtLeastInfinity(largeMagnitude), special, bits);
}

Value SoftFloatBuilder::multiply(Value a, Value b) {
  Value sign = signOf(bitXor(a, b));
  Unrounded x = unpack(a), y = unpack(b);
  Value xBits = right(x.significand, 7), yBits = right(y.significand, 7);
  // 24 by 24 bits in pieces of 16.
  Value xLow = low16(xBits), xHigh = right(xBits, 16), yLow = low16(yBits),
        yHigh = right(yBits, 16);
  Value lowLow = mul(xLow, yLow);
  Value top = sum(right(lowLow, 16), sum(mul(xLow, yHigh), mul(xHigh, yLow)));
  top = sum(top, left(mul(xHigh, yHigh), 16));
  Value sticky = toInteger(compare(arith::CmpIPredicate::ne, low16(lowLow), number(0)));
  Value isLong = isLess(top, number(0));
  Value significand = select(isLong, rightSticky(top, number(1)), top);
  Value exponent = sum(sub(sum(x.exponent, y.exponent), number(127)), toInteger(isLong));
  Value bits = round({sign, exponent, bitOr(significand, sticky)});

  Value xMagnitude = magnitudeOf(a), yMagnitude = magnitudeOf(b);
  Value hasZero = either(isZero(xMagnitude), isZero(yMagnitude));
  Value largest = select(isBelow(xMagnitude, yMagnitude), yMagnitude, xMagnitude);
  Value special = select(either(hasZero, isBelow(number(infinity), largest)), number(quietNan),
                         bitOr(sign, number(infinity)));
  bits = select(hasZero, sign, bits);
  return select(isAtLeastInfinity(largest), special, bits);
}

Value SoftFloatBuilder::divide(Value a, Value b) {
  Value sign = signOf(bitXor(a, b));
  Unrounded x = unpack(a), y = unpack(b);
  Value isShort = isBelow(x.significand, y.significand);
  Value exponent = sub(sum(sub(x.exponent, y.exponent), number(127)), toInteger(isShort));
  // A rest is below the divisor, which is below 2^31.
  Value rest = select(isShort, left(x.significand, 1), x.significand);
  auto loop = scf::ForOp::create(builder, location, number(0), number(31), number(1),
                                 ValueRange{number(0), rest});
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value quotient = loop.getRegionIterArg(0), now = loop.getRegionIterArg(1);
    Value fits = compare(arith::CmpIPredicate::uge, now, y.significand);
    Value next = left(select(fits, sub(now, y.significand), now), 1);
    scf::YieldOp::create(builder, location,
                         ValueRange{bitOr(left(quotient, 1), toInteger(fits)), next});
  }
  Value sticky = toInteger(compare(arith::CmpIPredicate::ne, loop.getResult(1), number(0)));
  Value bits = round({sign, exponent, bitOr(loop.getResult(0), sticky)});

  Value xMagnitude = magnitudeOf(a), yMagnitude = magnitudeOf(b);
  Value xIsZero = isZero(xMagnitude), yIsZero = isZero(yMagnitude);
  Value xIsInfinite = isEqual(xMagnitude, number(infinity)),
        yIsInfinite = isEqual(yMagnitude, number(infinity));
  bits = select(either(yIsZero, xIsInfinite), bitOr(sign, number(infinity)), bits);
  bits = select(either(xIsZero, yIsInfinite), sign, bits);
  Value largest = select(isBelow(xMagnitude, yMagnitude), yMagnitude, xMagnitude);
  Value invalid = either(isBelow(number(infinity), largest),
                         either(both(xIsZero, yIsZero), both(xIsInfinite, yIsInfinite)));
  return select(invalid, number(quietNan), bits);
}

Value SoftFloatBuilder::convert(Value magnitude, Value sign) {
  Value isLong = isLess(magnitude, number(0));
  Value significand = select(isLong, rightSticky(magnitude, number(1)), magnitude);
  Value exponent = select(isLong, number(127 + 31), number(127 + 30));
  return round(normalise({signOf(sign), exponent, significand}));
}

Value SoftFloatBuilder::squareRoot(Value a) {
  Unrounded x = unpack(a);
  // The exponent becomes even, which makes the significand a number of up to 32 bits.
  Value isOdd = isZero(bitAnd(x.exponent, number(1)));
  Value significand = select(isOdd, left(x.significand, 1), x.significand);
  Value exponent = sub(sub(x.exponent, number(127)), toInteger(isOdd));
  exponent = sum(rightSigned(exponent, number(1)), number(127));
  // 26 bits of the root, for each of which two bits of the radicand come down; behind its 32 bits
  // are zeros.
  auto loop = scf::ForOp::create(builder, location, number(0), number(26), number(1),
                                 ValueRange{number(0), number(0), significand});
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value root = loop.getRegionIterArg(0), radicand = loop.getRegionIterArg(2);
    Value rest = bitOr(left(loop.getRegionIterArg(1), 2), right(radicand, 30));
    Value trial = bitOr(left(root, 2), number(1));
    Value fits = compare(arith::CmpIPredicate::uge, rest, trial);
    scf::YieldOp::create(builder, location,
                         ValueRange{bitOr(left(root, 1), toInteger(fits)),
                                    select(fits, sub(rest, trial), rest), left(radicand, 2)});
  }
  Value sticky = toInteger(compare(arith::CmpIPredicate::ne, loop.getResult(1), number(0)));
  Value bits = round({number(0), exponent, bitOr(left(loop.getResult(0), 5), sticky)});

  Value magnitude = magnitudeOf(a), isInfinite = isEqual(a, number(infinity));
  Value invalid = either(isBelow(number(infinity), magnitude), isLess(a, number(0)));
  bits = select(invalid, number(quietNan), select(isInfinite, a, bits));
  return select(isZero(magnitude), a, bits);
}

} // namespace

func::FuncOp getSoftFloatFunction(ModuleOp module, SoftFloat operation) {
  const char *suffix = operation == SoftFloat::Add        ? "_add"
                       : operation == SoftFloat::Multiply ? "_multiply"
                       : operation == SoftFloat::Divide   ? "_divide"
                       : operation == SoftFloat::Root     ? "_root"
                                                          : "_convert";
  auto prefix = module->getAttrOfType<StringAttr>("qcc.name");
  std::string name = (prefix ? prefix.getValue() : "model").str() + suffix;
  if (auto existing = module.lookupSymbol<func::FuncOp>(name))
    return existing;
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  Location location = UnknownLoc::get(module.getContext());
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  Type operand = operation == SoftFloat::Convert ? i32 : f32;
  auto function = func::FuncOp::create(builder, location, name,
                                       builder.getFunctionType({operand, operand}, f32));
  function.setPrivate();
  builder.setInsertionPointToStart(function.addEntryBlock());
  SoftFloatBuilder soft(builder, location);
  auto bits = [&](Value value) -> Value {
    return operand == i32 ? value : arith::BitcastOp::create(builder, location, i32, value);
  };
  Value a = bits(function.getArgument(0)), b = bits(function.getArgument(1));
  Value result = operation == SoftFloat::Add        ? soft.add(a, b)
                 : operation == SoftFloat::Multiply ? soft.multiply(a, b)
                 : operation == SoftFloat::Divide   ? soft.divide(a, b)
                 : operation == SoftFloat::Root     ? soft.squareRoot(a)
                                                    : soft.convert(a, b);
  result = arith::BitcastOp::create(builder, location, f32, result);
  func::ReturnOp::create(builder, location, result);
  return function;
}

} // namespace qcc::codegen
