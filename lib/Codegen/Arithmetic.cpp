//===- Arithmetic.cpp - sums, products, quotients, extremes -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Functions.h"
#include "Pointwise.h"

using namespace mlir;

namespace qcc::codegen {

Value PointwiseBuilder::centerInt(Value code, qnn::QuantizedType type) {
  if (type.getZeroPoint() == 0)
    return code;
  return arith::SubIOp::create(builder, location, code, intLike(code, type.getZeroPoint()));
}

Value PointwiseBuilder::toReal(Value code) {
  return arith::SIToFPOp::create(
      builder, location,
      KernelEmitter::withLanes(builder.getF32Type(), KernelEmitter::getLanes(code)), code);
}

Value PointwiseBuilder::center(Value code, qnn::QuantizedType type) {
  return toReal(centerInt(code, type));
}

Value PointwiseBuilder::emitSum(ValueRange operands, bool subtract) {
  if (quantized) {
    // y = (x - x_zp) * f32(x_scale / y_scale) for each operand, then one sum, one rounding.
    float yScale = qnn::getScale(quantized);
    Value terms[2];
    for (unsigned i : {0u, 1u}) {
      Value real = centerOperand(operands, i);
      terms[i] = mulF(real, floatLike(real, scaleOf(i) / yScale));
    }
    Value sum = subtract ? arith::SubFOp::create(builder, location, terms[0], terms[1]).getResult()
                         : addF(terms[0], terms[1]);
    return emitter.quantizeScaled(sum, quantized);
  }
  if (isFloat(operands[0]))
    return subtract ? arith::SubFOp::create(builder, location, operands[0], operands[1]).getResult()
                    : addF(operands[0], operands[1]);
  if (subtract)
    return arith::SubIOp::create(builder, location, operands[0], operands[1]);
  return arith::AddIOp::create(builder, location, operands[0], operands[1]);
}

Value PointwiseBuilder::emitProduct(ValueRange operands) {
  if (quantized) {
    float scale = scaleOf(0) * scaleOf(1);
    scale /= qnn::getScale(quantized);
    Value real;
    if (qnn::getElementBytes(elementType(0)) + qnn::getElementBytes(elementType(1)) < 4) {
      Value factors[2];
      for (unsigned i : {0u, 1u})
        factors[i] = centerInt(operands[i], cast<qnn::QuantizedType>(elementType(i)));
      real = toReal(arith::MulIOp::create(builder, location, factors[0], factors[1]));
    } else {
      // The product of two numbers of 17 bits does not fit i32.
      real = mulF(centerOperand(operands, 0), centerOperand(operands, 1));
    }
    return emitter.quantizeScaled(mulF(real, floatLike(real, scale)), quantized);
  }
  if (isFloat(operands[0]))
    return mulF(operands[0], operands[1]);
  return arith::MulIOp::create(builder, location, operands[0], operands[1]);
}

Value PointwiseBuilder::makeSafeDivisor(Value divisor) {
  Value unsafe = compareInt(arith::CmpIPredicate::eq, divisor, intLike(divisor, 0));
  if (qnn::isSignedStorage(resultType))
    unsafe =
        arith::OrIOp::create(builder, location, unsafe,
                             compareInt(arith::CmpIPredicate::eq, divisor, intLike(divisor, -1)));
  return select(unsafe, intLike(divisor, 1), divisor);
}

Value PointwiseBuilder::emitQuotient(ValueRange operands) {
  Value dividend = operands[0], divisor = operands[1];
  if (quantized) {
    float scale = scaleOf(0) / scaleOf(1);
    scale /= qnn::getScale(quantized);
    Value ratio = arith::DivFOp::create(builder, location, centerOperand(operands, 0),
                                        centerOperand(operands, 1));
    return emitter.quantizeScaled(mulF(ratio, floatLike(ratio, scale)), quantized);
  }
  if (isFloat(dividend))
    return arith::DivFOp::create(builder, location, dividend, divisor);
  Value safe = makeSafeDivisor(divisor), zero = intLike(dividend, 0), quotient;
  if (qnn::isSignedStorage(resultType)) {
    quotient = arith::DivSIOp::create(builder, location, dividend, safe);
    Value negative = arith::SubIOp::create(builder, location, zero, dividend);
    quotient = select(compareInt(arith::CmpIPredicate::eq, divisor, intLike(divisor, -1)), negative,
                      quotient);
  } else {
    quotient = arith::DivUIOp::create(builder, location, dividend, safe);
  }
  return select(compareInt(arith::CmpIPredicate::eq, divisor, zero), zero, quotient);
}

Value PointwiseBuilder::emitRemainder(ValueRange operands) {
  if (quantized)
    return {};
  if (isFloat(operands[0]))
    return emitRem(emitter, operands[0], operands[1]);
  // The remainder by 1 is what those by 0 and -1 are defined to be: 0.
  Value safe = makeSafeDivisor(operands[1]);
  if (qnn::isSignedStorage(resultType))
    return arith::RemSIOp::create(builder, location, operands[0], safe);
  return arith::RemUIOp::create(builder, location, operands[0], safe);
}

Value PointwiseBuilder::emitExtremum(ValueRange operands, bool largest) {
  Value values[2] = {operands[0], operands[1]};
  if (quantized) {
    // Each operand takes the result's type first.
    for (unsigned i : {0u, 1u}) {
      if (elementType(i) == resultType)
        continue;
      values[i] = quantize(dequantize(operands, i));
    }
  } else if (!isFloat(values[0]) && !qnn::isSignedStorage(resultType)) {
    if (largest)
      return arith::MaxUIOp::create(builder, location, values[0], values[1]);
    return arith::MinUIOp::create(builder, location, values[0], values[1]);
  }
  return largest ? emitter.maximum(values[0], values[1]) : emitter.minimum(values[0], values[1]);
}

Value PointwiseBuilder::emitNegation(Value value) {
  if (isFloat(value))
    return arith::NegFOp::create(builder, location, value);
  return arith::SubIOp::create(builder, location, intLike(value, 0), value);
}

Value PointwiseBuilder::emitMagnitude(Value value) {
  if (isFloat(value))
    return emitAbs(emitter, value);
  if (!qnn::isSignedStorage(resultType))
    return value;
  Value zero = intLike(value, 0);
  return select(compareInt(arith::CmpIPredicate::slt, value, zero),
                arith::SubIOp::create(builder, location, zero, value), value);
}

Value PointwiseBuilder::emitPower(ValueRange operands) {
  if (isFloat(operands[0]))
    return resultType.isF32() ? emitPow(emitter, operands[0], operands[1]) : Value();
  return emitIntegerPower(emitter, operands[0], operands[1], qnn::isSignedStorage(resultType));
}

} // namespace qcc::codegen
