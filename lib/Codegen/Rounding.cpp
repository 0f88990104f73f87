//===- Rounding.cpp - integers near a float, and remainders -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instructions that round are missing on half of the targets, where LLVM would call a math library.
//===----------------------------------------------------------------------===//
#include "Formula.h"
#include "Functions.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

class Rounding : public Formula {
public:
  using Formula::Formula;

  enum class Direction { Nearest, Down, Up };

  Value round(Value x, Direction direction) {
    // Above this a float has no fraction bits; below, adding it rounds them away, ties to even.
    Value limit = number(width == 64 ? 0x1p52 : 0x1p23), size = magnitude(x);
    Value nearest = copySign(sub(add(size, limit), limit), x);
    if (direction == Direction::Down)
      nearest = select(greater(nearest, x), sub(nearest, number(1)), nearest);
    if (direction == Direction::Up)
      nearest = select(less(nearest, x), add(nearest, number(1)), nearest);
    return select(less(size, limit), copySign(nearest, x), x);
  }

  /// Long division of the mantissas, bit by bit: only the remainder is wanted.
  Value remainder(Value x, Value y) {
    Value xBits = both(bits(x), integer(~getSignMask()));
    Value yBits = both(bits(y), integer(~getSignMask()));
    Value xExponent = getExponent(xBits), yExponent = getExponent(yBits);
    Value xMantissa = getMantissa(xBits), yMantissa = getMantissa(yBits);
    Value divisor = select(isZero(yMantissa), integer(1), yMantissa);
    Value distance = subI(xExponent, yExponent);
    Value first = arith::RemUIOp::create(builder, location, xMantissa, divisor);
    Value steps = distance;
    if (Type offsets = emitter.getOffsetType(); offsets != integers)
      steps = offsets.getIntOrFloatBitWidth() > width
                  ? arith::ExtSIOp::create(builder, location, offsets, distance).getResult()
                  : arith::TruncIOp::create(builder, location, offsets, distance).getResult();
    SmallVector<Value> rest =
        emitter.loopCarried(emitter.offset(0), steps, 1, first, [&](Value, ValueRange carried) {
          Value doubled = shiftLeft(carried[0], 1);
          Value fits = compareI(arith::CmpIPredicate::uge, doubled, divisor);
          return SmallVector<Value>{select(fits, subI(doubled, divisor), doubled)};
        });
    // Exponent 1 stands for the least denormal.
    int64_t bias = (int64_t(1) << (width - mantissaBits - 2)) - 1;
    Value unit = subI(yExponent, integer(bias + mantissaBits));
    Value result = copySign(scale(toFloat(rest[0]), unit), x);
    result = select(compareI(arith::CmpIPredicate::ult, xBits, yBits), x, result);
    int64_t infinity = bits64(std::numeric_limits<double>::infinity());
    Value undefined =
        orI(isZero(yBits), compareI(arith::CmpIPredicate::uge, xBits, integer(infinity)));
    undefined = orI(undefined, compareI(arith::CmpIPredicate::ugt, yBits, integer(infinity)));
    return select(undefined, number(std::numeric_limits<double>::quiet_NaN()), result);
  }

private:
  int64_t bits64(double value) const {
    return width == 64 ? llvm::bit_cast<int64_t>(value)
                       : llvm::bit_cast<int32_t>(static_cast<float>(value));
  }
  /// Biased exponent; denormals have that of the least normal number.
  Value getExponent(Value magnitudeBits) {
    Value exponent = shiftRightUnsigned(magnitudeBits, mantissaBits);
    return select(isZero(exponent), integer(1), exponent);
  }
  Value getMantissa(Value magnitudeBits) {
    int64_t hidden = int64_t(1) << mantissaBits;
    Value isDenormal = isZero(shiftRightUnsigned(magnitudeBits, mantissaBits));
    Value fraction = andI(magnitudeBits, hidden - 1);
    return select(isDenormal, fraction, orI(fraction, integer(hidden)));
  }
};

} // namespace

Value emitFloor(KernelEmitter &emitter, Value x) {
  return Rounding(emitter, x).round(x, Rounding::Direction::Down);
}
Value emitCeil(KernelEmitter &emitter, Value x) {
  return Rounding(emitter, x).round(x, Rounding::Direction::Up);
}
Value emitRound(KernelEmitter &emitter, Value x) {
  return Rounding(emitter, x).round(x, Rounding::Direction::Nearest);
}

Value emitRem(KernelEmitter &emitter, Value x, Value y) {
  int64_t lanes = KernelEmitter::getLanes(x);
  if (lanes == 1)
    return Rounding(emitter, x).remainder(x, y);
  // The number of steps differs from lane to lane.
  Value result = x;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value a = vector::ExtractOp::create(emitter.builder, emitter.location, x, lane);
    Value b = vector::ExtractOp::create(emitter.builder, emitter.location, y, lane);
    result = vector::InsertOp::create(emitter.builder, emitter.location,
                                      Rounding(emitter, a).remainder(a, b), result, lane);
  }
  return result;
}

} // namespace qcc::codegen
