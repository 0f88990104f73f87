//===- Functions.cpp - transcendental functions as f32 sequences ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Functions.h"

#include "Formula.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

class Functions : public Formula {
public:
  using Formula::Formula;

  Value exponential(Value x);
  Value logarithm(Value x);
  Value hyperbolicTangent(Value x);
  Value sigmoid(Value x);
  Value errorFunction(Value x);
};

// ln 2 in two parts: the first has nine significant bits, so its product with an exponent is exact.
constexpr float ln2High = 0x1.63p-1f, ln2Low = -0x1.bd0106p-13f;

Value Functions::exponential(Value x) {
  constexpr float log2e = 0x1.715476p+0f, magic = 12582912.0f;
  constexpr int32_t magicBits = 0x4B400000;
  x = select(less(x, number(-104.0f)), number(-104.0f), x);
  x = select(greater(x, number(89.0f)), number(89.0f), x);
  Value shifted = add(mul(x, number(log2e)), number(magic));
  Value n = sub(shifted, number(magic));
  Value r = sub(x, mul(n, number(ln2High)));
  r = sub(r, mul(n, number(ln2Low)));
  Value y = polynomial({0x1.6dbc68p-10f, 0x1.124148p-7f, 0x1.555454p-5f, 0x1.555486p-3f, 0.5f}, r);
  y = mul(y, mul(r, r));
  y = add(y, r);
  y = add(y, number(1.0f));
  // Two factors, because 2^n itself may be no normal number.
  Value exponent = subI(bits(shifted), integer(magicBits));
  Value half = shiftRight(exponent, 1);
  auto powerOfTwo = [&](Value e) { return fromBits(shiftLeft(addI(e, integer(127)), 23)); };
  y = mul(y, powerOfTwo(half));
  return mul(y, powerOfTwo(subI(exponent, half)));
}

Value Functions::logarithm(Value x) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  // Denormals are scaled by 2^23 first.
  Value denormal = less(x, number(0x1p-126f));
  Value normal = select(denormal, mul(x, number(0x1p23f)), x);
  // The exponent that leaves a mantissa in [sqrt(1/2), sqrt(2)).
  Value exponent = shiftRight(subI(bits(normal), integer(0x3f3504f3)), 23);
  Value m = sub(fromBits(subI(bits(normal), shiftLeft(exponent, 23))), number(1.0f));
  Value e = toFloat(subI(exponent, select(denormal, integer(23), integer(0))));
  Value square = mul(m, m);
  Value y = polynomial({-0x1.41ee0ap-4f, 0x1.07d0f0p-3f, -0x1.0ce07cp-3f, 0x1.226e4ap-3f,
                        -0x1.54788ap-3f, 0x1.99a596p-3f, -0x1.000220p-2f, 0x1.55554ap-2f},
                       m);
  y = mul(y, m);
  y = mul(y, square);
  y = add(y, mul(e, number(ln2Low)));
  y = sub(y, mul(number(0.5f), square));
  y = add(m, y);
  y = add(y, mul(e, number(ln2High)));
  y = select(compare(arith::CmpFPredicate::OEQ, x, number(infinity)), x, y);
  Value zero = compare(arith::CmpFPredicate::OEQ, x, number(0.0f));
  Value special = select(zero, number(-infinity), number(std::numeric_limits<float>::quiet_NaN()));
  return select(greater(x, number(0.0f)), y, special);
}

Value Functions::hyperbolicTangent(Value x) {
  Value size = magnitude(x), square = mul(x, x);
  Value small = polynomial(
      {-0x1.752164p-8f, 0x1.520236p-6f, -0x1.b837f2p-5f, 0x1.110710p-3f, -0x1.555532p-2f}, square);
  small = add(mul(mul(small, square), x), x);
  Value large = add(exponential(add(size, size)), number(1.0f));
  large = copySign(sub(number(1.0f), div(number(2.0f), large)), x);
  return select(less(size, number(0.625f)), small, large);
}

Value Functions::sigmoid(Value x) {
  // The exponential of a number that is not positive never overflows.
  Value e = exponential(negate(magnitude(x)));
  Value numerator = select(less(x, number(0.0f)), e, number(1.0f));
  return div(numerator, add(number(1.0f), e));
}

Value Functions::errorFunction(Value x) {
  Value size = magnitude(x);
  Value small = polynomial({0x1.4ae4d0p-14f, -0x1.a485ecp-11f, 0x1.5419f6p-8f, -0x1.b7fbb4p-6f,
                            0x1.ce2d20p-4f, -0x1.81273ep-2f, 0x1.06eba8p-3f},
                           mul(x, x));
  small = add(mul(small, x), x);
  // 1 - erf is below half a unit of the last place of 1 from 4 on.
  Value bounded = select(greater(size, number(4.0f)), number(4.0f), size);
  Value large = polynomial({-0x1.8a3484p-13f, 0x1.847f88p-9f, -0x1.66ea6ap-6f, 0x1.a6effap-4f,
                            0x1.46a35ap-1f, 0x1.209054p+0f, 0x1.47a5fap-12f},
                           bounded);
  large = copySign(sub(number(1.0f), exponential(negate(large))), x);
  return select(less(size, number(1.0f)), small, large);
}

} // namespace

Value emitExp(KernelEmitter &emitter, Value x) { return Functions(emitter, x).exponential(x); }
Value emitLog(KernelEmitter &emitter, Value x) { return Functions(emitter, x).logarithm(x); }
Value emitTanh(KernelEmitter &emitter, Value x) {
  return Functions(emitter, x).hyperbolicTangent(x);
}
Value emitSigmoid(KernelEmitter &emitter, Value x) { return Functions(emitter, x).sigmoid(x); }
Value emitErf(KernelEmitter &emitter, Value x) { return Functions(emitter, x).errorFunction(x); }
Value emitAbs(KernelEmitter &emitter, Value x) { return Formula(emitter, x).magnitude(x); }
Value emitSqrt(KernelEmitter &emitter, Value x) {
  return math::SqrtOp::create(emitter.builder, emitter.location, x);
}

} // namespace qcc::codegen
