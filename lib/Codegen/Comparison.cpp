//===- Comparison.cpp - relations, bits and shifts --------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Pointwise.h"

using namespace mlir;

namespace qcc::codegen {

Value PointwiseBuilder::emitComparison(qnn::CompareKind kind, ValueRange operands) {
  using Floats = arith::CmpFPredicate;
  using Integers = arith::CmpIPredicate;
  struct Predicates {
    Floats floats;
    Integers signedIntegers, unsignedIntegers;
  };
  // In the order of the kinds. An ordered predicate is false when an operand is NaN.
  static const Predicates table[] = {{Floats::OEQ, Integers::eq, Integers::eq},
                                     {Floats::OLT, Integers::slt, Integers::ult},
                                     {Floats::OLE, Integers::sle, Integers::ule}};
  const Predicates &predicates = table[static_cast<unsigned>(kind)];
  if (isFloat(operands[0]))
    return arith::CmpFOp::create(builder, location, predicates.floats, operands[0], operands[1]);
  return compareInt(isSigned(0) ? predicates.signedIntegers : predicates.unsignedIntegers,
                    operands[0], operands[1]);
}

Value PointwiseBuilder::emitBitwise(ValueRange operands) {
  if (isa<qnn::AndOp>(op))
    return arith::AndIOp::create(builder, location, operands[0], operands[1]);
  if (isa<qnn::OrOp>(op))
    return arith::OrIOp::create(builder, location, operands[0], operands[1]);
  return arith::XOrIOp::create(builder, location, operands[0], operands[1]);
}

Value PointwiseBuilder::emitShift(ValueRange operands, bool left) {
  Value value = operands[0], amount = operands[1];
  int64_t width = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  if (width == 1)
    return {};
  // A machine's shift by its width or more is not defined.
  Value inside = compareInt(arith::CmpIPredicate::ult, amount, intLike(amount, width));
  Value zero = intLike(value, 0);
  if (!left && isSigned(0))
    return arith::ShRSIOp::create(builder, location, value,
                                  select(inside, amount, intLike(amount, width - 1)));
  amount = select(inside, amount, zero);
  Value shifted = left ? arith::ShLIOp::create(builder, location, value, amount).getResult()
                       : arith::ShRUIOp::create(builder, location, value, amount).getResult();
  return select(inside, shifted, zero);
}

} // namespace qcc::codegen
