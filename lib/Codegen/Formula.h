//===- Formula.h - arithmetic written like docs/Semantics.md ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_FORMULA_H
#define QCC_LIB_CODEGEN_FORMULA_H

#include "KernelEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace qcc::codegen {

/// Operations on f32 and i32, or f64 and i64, scalars or vectors: the floats are those of a value,
/// the integers have their width.
class Formula {
public:
  using Value = mlir::Value;

  Formula(KernelEmitter &emitter, Value like)
      : emitter(emitter), builder(emitter.builder), location(emitter.location),
        floats(like.getType()), width(mlir::getElementTypeOrSelf(floats).getIntOrFloatBitWidth()),
        mantissaBits(width == 64 ? 52 : 23),
        integers(KernelEmitter::withLanes(builder.getIntegerType(width),
                                          KernelEmitter::getLanes(like))) {}

  Value number(double value) { return emitter.constantFloat(floats, value); }
  Value integer(int64_t value) { return emitter.constant(integers, value); }
  Value add(Value a, Value b) { return mlir::arith::AddFOp::create(builder, location, a, b); }
  Value sub(Value a, Value b) { return mlir::arith::SubFOp::create(builder, location, a, b); }
  Value mul(Value a, Value b) { return mlir::arith::MulFOp::create(builder, location, a, b); }
  Value div(Value a, Value b) { return mlir::arith::DivFOp::create(builder, location, a, b); }
  Value addI(Value a, Value b) { return mlir::arith::AddIOp::create(builder, location, a, b); }
  Value subI(Value a, Value b) { return mlir::arith::SubIOp::create(builder, location, a, b); }
  Value mulI(Value a, Value b) { return mlir::arith::MulIOp::create(builder, location, a, b); }
  Value andI(Value a, int64_t b) {
    return mlir::arith::AndIOp::create(builder, location, a, constantLike(a, b));
  }
  Value orI(Value a, Value b) { return mlir::arith::OrIOp::create(builder, location, a, b); }
  Value both(Value a, Value b) { return mlir::arith::AndIOp::create(builder, location, a, b); }
  Value xorI(Value a, Value b) { return mlir::arith::XOrIOp::create(builder, location, a, b); }
  Value shiftLeft(Value a, int64_t by) {
    return mlir::arith::ShLIOp::create(builder, location, a, constantLike(a, by));
  }
  Value shiftRight(Value a, int64_t by) {
    return mlir::arith::ShRSIOp::create(builder, location, a, constantLike(a, by));
  }
  Value shiftRightUnsigned(Value a, int64_t by) {
    return mlir::arith::ShRUIOp::create(builder, location, a, constantLike(a, by));
  }
  Value bits(Value x) { return mlir::arith::BitcastOp::create(builder, location, integers, x); }
  Value fromBits(Value x) { return mlir::arith::BitcastOp::create(builder, location, floats, x); }
  Value toFloat(Value x) { return mlir::arith::SIToFPOp::create(builder, location, floats, x); }
  /// Truncates; the value must fit.
  Value toInteger(Value x) { return mlir::arith::FPToSIOp::create(builder, location, integers, x); }
  Value magnitude(Value x) { return fromBits(both(bits(x), integer(~getSignMask()))); }
  Value getSign(Value x) { return both(bits(x), integer(getSignMask())); }
  Value negate(Value x) { return fromBits(xorI(bits(x), integer(getSignMask()))); }
  Value copySign(Value x, Value sign) {
    return fromBits(orI(both(bits(x), integer(~getSignMask())), getSign(sign)));
  }
  /// 2^e for an exponent of a normal number.
  Value powerOfTwo(Value e) {
    int64_t bias = (int64_t(1) << (width - mantissaBits - 2)) - 1;
    return fromBits(shiftLeft(addI(e, integer(bias)), mantissaBits));
  }
  /// x * 2^e in two steps, because 2^e itself may be no normal number.
  Value scale(Value x, Value e) {
    Value half = shiftRight(e, 1);
    x = mul(x, powerOfTwo(half));
    return mul(x, powerOfTwo(subI(e, half)));
  }
  Value compare(mlir::arith::CmpFPredicate predicate, Value a, Value b) {
    return mlir::arith::CmpFOp::create(builder, location, predicate, a, b);
  }
  Value less(Value a, Value b) { return compare(mlir::arith::CmpFPredicate::OLT, a, b); }
  Value greater(Value a, Value b) { return compare(mlir::arith::CmpFPredicate::OGT, a, b); }
  Value equal(Value a, Value b) { return compare(mlir::arith::CmpFPredicate::OEQ, a, b); }
  Value isNaN(Value a, Value b) { return compare(mlir::arith::CmpFPredicate::UNO, a, b); }
  Value compareI(mlir::arith::CmpIPredicate predicate, Value a, Value b) {
    return mlir::arith::CmpIOp::create(builder, location, predicate, a, b);
  }
  Value isZero(Value a) { return compareI(mlir::arith::CmpIPredicate::eq, a, constantLike(a, 0)); }
  Value select(Value condition, Value a, Value b) {
    return mlir::arith::SelectOp::create(builder, location, condition, a, b);
  }
  /// Horner's rule, highest coefficient first: multiply, then add.
  Value polynomial(llvm::ArrayRef<float> coefficients, Value x) {
    Value y = number(coefficients.front());
    for (float coefficient : coefficients.drop_front())
      y = add(mul(y, x), number(coefficient));
    return y;
  }

protected:
  Value constantLike(Value value, int64_t constant) {
    return emitter.constant(value.getType(), constant);
  }
  int64_t getSignMask() const { return width == 64 ? INT64_MIN : static_cast<int64_t>(INT32_MIN); }

  KernelEmitter &emitter;
  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::Type floats;
  unsigned width, mantissaBits;
  mlir::Type integers;
};

} // namespace qcc::codegen

#endif
