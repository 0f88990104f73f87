//===- Integers.h - i32 arithmetic in formulas ------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_INTEGERS_H
#define QCC_LIB_CODEGEN_INTEGERS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace qcc::codegen {

/// i32 arithmetic written like a formula.
class Integers {
public:
  Integers(mlir::OpBuilder &builder, mlir::Location location)
      : builder(builder), location(location) {}

  mlir::Value number(int64_t value) {
    return mlir::arith::ConstantOp::create(builder, location,
                                           builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  mlir::Value add(mlir::Value a, mlir::Value b) {
    return mlir::arith::AddIOp::create(builder, location, a, b);
  }
  mlir::Value sub(mlir::Value a, mlir::Value b) {
    return mlir::arith::SubIOp::create(builder, location, a, b);
  }
  mlir::Value mul(mlir::Value a, mlir::Value b) {
    return mlir::arith::MulIOp::create(builder, location, a, b);
  }
  mlir::Value bitAnd(mlir::Value a, mlir::Value b) {
    return mlir::arith::AndIOp::create(builder, location, a, b);
  }
  mlir::Value bitOr(mlir::Value a, mlir::Value b) {
    return mlir::arith::OrIOp::create(builder, location, a, b);
  }
  mlir::Value low16(mlir::Value a) { return bitAnd(a, number(0xffff)); }
  mlir::Value bitXor(mlir::Value a, mlir::Value b) {
    return mlir::arith::XOrIOp::create(builder, location, a, b);
  }
  mlir::Value left(mlir::Value a, mlir::Value by) {
    return mlir::arith::ShLIOp::create(builder, location, a, by);
  }
  mlir::Value left(mlir::Value a, int64_t by) { return left(a, number(by)); }
  mlir::Value right(mlir::Value a, mlir::Value by) {
    return mlir::arith::ShRUIOp::create(builder, location, a, by);
  }
  mlir::Value right(mlir::Value a, int64_t by) { return right(a, number(by)); }
  mlir::Value rightSigned(mlir::Value a, mlir::Value by) {
    return mlir::arith::ShRSIOp::create(builder, location, a, by);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a, mlir::Value b) {
    return mlir::arith::CmpIOp::create(builder, location, predicate, a, b);
  }
  mlir::Value isBelow(mlir::Value a, mlir::Value b) {
    return compare(mlir::arith::CmpIPredicate::ult, a, b);
  }
  mlir::Value isLess(mlir::Value a, mlir::Value b) {
    return compare(mlir::arith::CmpIPredicate::slt, a, b);
  }
  mlir::Value isEqual(mlir::Value a, mlir::Value b) {
    return compare(mlir::arith::CmpIPredicate::eq, a, b);
  }
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b) {
    return mlir::arith::SelectOp::create(builder, location, condition, a, b);
  }
  mlir::Value toInteger(mlir::Value condition) {
    return mlir::arith::ExtUIOp::create(builder, location, builder.getI32Type(), condition);
  }

  /// rne(x * 2^32 + sticky bits below, by): `x` shifted right by 1 to 31, to nearest, ties to even;
  /// `sticky` says that something below the last bit of x is not 0.
  mlir::Value shiftHalfEven(mlir::Value x, mlir::Value by, mlir::Value sticky) {
    mlir::Value quotient = right(x, by);
    mlir::Value half = left(number(1), sub(by, number(1)));
    mlir::Value rest = sub(x, left(quotient, by));
    mlir::Value isOdd = isEqual(bitAnd(quotient, number(1)), number(1));
    mlir::Value tieUp = bitAnd(isEqual(rest, half), bitOr(isOdd, sticky));
    return add(quotient, toInteger(bitOr(isBelow(half, rest), tieUp)));
  }

  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace qcc::codegen

#endif
