//===- Trigonometry.cpp - sine, cosine, arc tangent -------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Formula.h"
#include "Functions.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

class Trigonometry : public Formula {
public:
  using Formula::Formula;

  Value sine(Value x, bool isCosine);
  Value arcTangent(Value x);

private:
  struct Angle {
    Value rest;     // in [-pi/4, pi/4]
    Value quadrant; // of pi/2, modulo 4
  };
  Angle reduce(Value magnitude);
};

/// Fixed point, so that the largest angle is as exact as a small one.
Trigonometry::Angle Trigonometry::reduce(Value x) {
  // 24 zero bits, then 1 / (2 pi) after the binary point.
  static constexpr uint32_t words[] = {0x00000028, 0xbe60db93, 0x91054a7f, 0x09d5f47d,
                                       0x4d377036, 0xd8a5664f, 0x10e4107f, 0x9458eaf7};
  Type wide = KernelEmitter::withLanes(builder.getI64Type(), KernelEmitter::getLanes(x));
  auto widen = [&](Value a) -> Value { return arith::ExtUIOp::create(builder, location, wide, a); };
  auto narrow = [&](Value a) -> Value {
    return arith::TruncIOp::create(builder, location, integers, a);
  };
  Value mantissa = widen(orI(andI(bits(x), 0x7fffff), integer(0x800000)));
  Value first = subI(shiftRight(bits(x), 23), integer(126));
  first = select(compareI(arith::CmpIPredicate::slt, first, integer(0)), integer(0), first);
  Value index = shiftRight(first, 5), shift = widen(andI(first, 31));
  auto getWord = [&](int64_t offset) {
    Value word = integer(static_cast<int32_t>(words[offset + 4]));
    for (int64_t i = 3; i >= 0; --i)
      word = select(compareI(arith::CmpIPredicate::eq, index, integer(i)),
                    integer(static_cast<int32_t>(words[offset + i])), word);
    return widen(word);
  };
  auto shiftBy = [&](Value a) -> Value {
    return arith::ShLIOp::create(builder, location, a, shift);
  };
  Value a = getWord(0), b = getWord(1), c = getWord(2), d = getWord(3);
  Value high = orI(shiftBy(orI(shiftLeft(a, 32), b)), shiftRightUnsigned(shiftBy(c), 32));
  Value low = shiftRightUnsigned(shiftBy(orI(shiftLeft(c, 32), d)), 32);
  // The fraction of x / (2 pi) in 64 bits.
  Value turns = addI(mulI(mantissa, high), shiftRightUnsigned(mulI(mantissa, low), 32));
  Value quadrant = shiftRightUnsigned(addI(turns, constantLike(turns, int64_t(1) << 61)), 62);
  Value rest = subI(turns, shiftLeft(quadrant, 62));
  Value restHigh = narrow(shiftRight(rest, 32));
  Value restLow = shiftRightUnsigned(narrow(rest), 1);
  Value angle = add(mul(toFloat(restHigh), number(0x1.921fb6p-30f)),
                    mul(toFloat(restLow), number(0x1.921fb6p-61f)));
  Value isSmall = less(x, number(0.5f));
  return {select(isSmall, x, angle), select(isSmall, integer(0), narrow(quadrant))};
}

Value Trigonometry::sine(Value x, bool isCosine) {
  Value size = magnitude(x);
  auto [angle, quadrant] = reduce(size);
  if (isCosine)
    quadrant = addI(quadrant, integer(1));
  Value square = mul(angle, angle);
  Value odd = polynomial({-0x1.9955c4p-13f, 0x1.11077cp-7f, -0x1.555546p-3f}, square);
  odd = add(mul(mul(odd, square), angle), angle);
  Value even = polynomial({0x1.99e0e4p-16f, -0x1.6c0c1ap-10f, 0x1.55554ap-5f}, square);
  even = sub(mul(even, mul(square, square)), mul(number(0.5f), square));
  even = add(even, number(1.0f));
  Value y = select(isZero(andI(quadrant, 1)), odd, even);
  Value sign = shiftLeft(andI(quadrant, 2), 30);
  if (!isCosine)
    sign = xorI(sign, getSign(x));
  y = fromBits(xorI(bits(y), sign));
  return select(less(size, number(std::numeric_limits<float>::infinity())), y,
                number(std::numeric_limits<float>::quiet_NaN()));
}

Value Trigonometry::arcTangent(Value x) {
  Value size = magnitude(x), one = number(1.0f);
  Value isLarge = greater(size, number(0x1.3504f4p+1f));
  Value isMedium = greater(size, number(0x1.a8279ap-2f));
  auto choose = [&](Value large, Value medium, Value small) {
    return select(isLarge, large, select(isMedium, medium, small));
  };
  Value u = div(choose(number(-1.0f), sub(size, one), size), choose(size, add(size, one), one));
  Value square = mul(u, u);
  Value y = polynomial(
      {-0x1.f30b94p-5f, 0x1.b22b70p-4f, -0x1.23ba0ep-3f, 0x1.9991e6p-3f, -0x1.55554ap-2f}, square);
  y = add(mul(mul(y, square), u), u);
  y = add(y, choose(number(-0x1.777a5cp-25f), number(-0x1.777a5cp-26f), number(0.0f)));
  y = add(choose(number(0x1.921fb6p+0f), number(0x1.921fb6p-1f), number(0.0f)), y);
  return copySign(y, x);
}

} // namespace

Value emitSin(KernelEmitter &emitter, Value x) {
  return Trigonometry(emitter, x).sine(x, /*isCosine=*/false);
}
Value emitCos(KernelEmitter &emitter, Value x) {
  return Trigonometry(emitter, x).sine(x, /*isCosine=*/true);
}
Value emitAtan(KernelEmitter &emitter, Value x) { return Trigonometry(emitter, x).arcTangent(x); }

} // namespace qcc::codegen
