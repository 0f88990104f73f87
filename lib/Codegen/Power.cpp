//===- Power.cpp - one number to the power of another -----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Formula.h"
#include "Functions.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// The sum of two f32, the second far smaller than the first: the logarithm must be more exact than
/// its result, which a large exponent magnifies.
struct Pair {
  Value high, low;
};

class Power : public Formula {
public:
  using Formula::Formula;

  Value power(Value x, Value y);

private:
  /// high + low, when high is the larger.
  Pair sumOf(Value high, Value low) {
    Value sum = add(high, low);
    return {sum, sub(low, sub(sum, high))};
  }
  /// a * b, exact.
  Pair productOf(Value a, Value b) {
    Value aHigh = fromBits(andI(bits(a), int32_t(0xfffff000))), aLow = sub(a, aHigh);
    Value bHigh = fromBits(andI(bits(b), int32_t(0xfffff000))), bLow = sub(b, bHigh);
    Value product = mul(a, b);
    Value error = sub(product, mul(aHigh, bHigh));
    error = sub(error, mul(aLow, bHigh));
    error = sub(error, mul(aHigh, bLow));
    return {product, sub(mul(aLow, bLow), error)};
  }
  /// a * (high + low).
  Pair productOf(Pair a, float high, float low) {
    Pair product = productOf(a.high, number(high));
    Value rest = add(product.low, mul(a.high, number(low)));
    return {product.high, add(rest, mul(a.low, number(high)))};
  }

  Pair logarithm(Value x);
  Value exponential(Pair x);
};

/// log2 of a positive finite number, as 2 / ln 2 * atanh((m - 1) / (m + 1)) + e.
Pair Power::logarithm(Value x) {
  Value denormal = less(x, number(0x1p-126f));
  Value normal = select(denormal, mul(x, number(0x1p23f)), x);
  Value exponent = shiftRight(subI(bits(normal), integer(0x3f3504f3)), 23);
  Value m = fromBits(subI(bits(normal), shiftLeft(exponent, 23)));
  Value e = toFloat(subI(exponent, select(denormal, integer(23), integer(0))));
  Value one = number(1.0f);
  Value numerator = sub(m, one), denominator = add(m, one);
  Value denominatorLow = sub(m, sub(denominator, one));
  Value t = div(numerator, denominator);
  Pair back = productOf(t, denominator);
  Value rest = sub(sub(numerator, back.high), back.low);
  Value tLow = div(sub(rest, mul(t, denominatorLow)), denominator);
  // atanh(t) = t * (1 + g), g = z / 3 + z^2 / 5 + ..., z = t^2
  Pair z = productOf(t, t);
  z.low = add(z.low, mul(add(t, t), tLow));
  Value tail = polynomial({0x1.dfa302p-4f, 0x1.24527ap-3f, 0x1.999a00p-3f}, z.high);
  tail = mul(tail, mul(z.high, z.high));
  Pair third = productOf(z, 0x1.555556p-2f, -0x1.555556p-27f);
  Pair g = sumOf(third.high, tail);
  g.low = add(g.low, third.low);
  Pair product = productOf(t, g.high);
  Value productLow = add(product.low, mul(t, g.low));
  productLow = add(productLow, mul(tLow, g.high));
  Pair sum = sumOf(t, product.high);
  sum.low = add(sum.low, add(tLow, productLow));
  Pair binary = productOf(sum, 0x1.715476p+1f, 0x1.4ae0c0p-25f);
  Pair result = sumOf(e, binary.high);
  return sumOf(result.high, add(result.low, binary.low));
}

/// 2^x.
Value Power::exponential(Pair x) {
  constexpr float magic = 12582912.0f;
  constexpr int32_t magicBits = 0x4B400000;
  // Beyond +-200 the result is infinite or zero.
  Value isLarge = greater(magnitude(x.high), number(200.0f));
  Value high = select(isLarge, copySign(number(200.0f), x.high), x.high);
  Value low = select(isLarge, number(0.0f), x.low);
  Value shifted = add(high, number(magic));
  Pair f = {sub(high, sub(shifted, number(magic))), low};
  Pair u = productOf(f, 0x1.62e430p-1f, -0x1.05c610p-29f);
  u = sumOf(u.high, u.low);
  Value c = polynomial(
      {0x1.a24bcap-13f, 0x1.6d4ce2p-10f, 0x1.111000p-7f, 0x1.5554e8p-5f, 0x1.555556p-3f, 0.5f},
      u.high);
  c = add(mul(c, mul(u.high, u.high)), u.low);
  Pair y = sumOf(number(1.0f), u.high);
  return scale(add(y.high, add(y.low, c)), subI(bits(shifted), integer(magicBits)));
}

Value Power::power(Value x, Value y) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Value zero = number(0.0f), one = number(1.0f);
  Value size = magnitude(x);
  // Every finite base but 1 overflows or vanishes long before this exponent.
  Value bounded = select(greater(y, number(0x1p40f)), number(0x1p40f), y);
  bounded = select(less(bounded, number(-0x1p40f)), number(-0x1p40f), bounded);
  Pair logarithmOfX = logarithm(size);
  Pair product = productOf(bounded, logarithmOfX.high);
  product.low = add(product.low, mul(bounded, logarithmOfX.low));
  Value result = exponential(product);

  Value isNegativePower = less(y, zero);
  Value isNull = equal(x, zero), isInfinite = equal(size, number(infinity));
  result = select(isNull, select(isNegativePower, number(infinity), zero), result);
  result = select(isInfinite, select(isNegativePower, zero, number(infinity)), result);

  // An f32 of 2^24 or more is even.
  Value whole = select(greater(y, number(-0x1p24f)), y, number(-0x1p24f));
  whole = toInteger(select(less(whole, number(0x1p24f)), whole, number(0x1p24f)));
  Value truncated = toFloat(whole);
  Value isInteger = orI(equal(truncated, y), greater(magnitude(y), number(0x1p24f)));
  Value isOdd = both(isInteger, compareI(arith::CmpIPredicate::ne, andI(whole, 1), integer(0)));
  result = select(isOdd, fromBits(xorI(bits(result), getSign(x))), result);
  Value special = orI(isInteger, orI(isNull, isInfinite));
  Value nan = number(std::numeric_limits<float>::quiet_NaN());
  result = select(less(x, zero), select(special, result, nan), result);
  result = select(isNaN(x, y), nan, result);
  return select(orI(equal(y, zero), equal(x, one)), one, result);
}

} // namespace

Value emitPow(KernelEmitter &emitter, Value x, Value y) { return Power(emitter, x).power(x, y); }

Value emitIntegerPower(KernelEmitter &emitter, Value base, Value exponent, bool isSigned) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  int64_t width = getElementTypeOrSelf(base.getType()).getIntOrFloatBitWidth();
  Value zero = emitter.constant(base.getType(), 0), one = emitter.constant(base.getType(), 1);
  auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) -> Value {
    return arith::CmpIOp::create(builder, location, predicate, a, b);
  };
  auto select = [&](Value condition, Value a, Value b) -> Value {
    return arith::SelectOp::create(builder, location, condition, a, b);
  };
  auto isOdd = [&](Value a) {
    return compare(arith::CmpIPredicate::ne, arith::AndIOp::create(builder, location, a, one),
                   zero);
  };
  SmallVector<Value> powers = emitter.loopCarried(
      emitter.offset(0), emitter.offset(width), 1, ValueRange{one, base, exponent},
      [&](Value, ValueRange carried) {
        Value product = arith::MulIOp::create(builder, location, carried[0], carried[1]);
        return SmallVector<Value>{select(isOdd(carried[2]), product, carried[0]),
                                  arith::MulIOp::create(builder, location, carried[1], carried[1]),
                                  arith::ShRUIOp::create(builder, location, carried[2], one)};
      });
  if (!isSigned)
    return powers[0];
  // 1 / base^n is a whole number for 1 and -1 only.
  Value minusOne = emitter.constant(base.getType(), -1);
  Value inverse = select(compare(arith::CmpIPredicate::eq, base, minusOne),
                         select(isOdd(exponent), minusOne, one), zero);
  inverse = select(compare(arith::CmpIPredicate::eq, base, one), one, inverse);
  return select(compare(arith::CmpIPredicate::slt, exponent, zero), inverse, powers[0]);
}

} // namespace qcc::codegen
