//===- Pointwise.h - register forms of elementwise ops ----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each family has a file: conversions and clamps in Pointwise.cpp, arithmetic in Arithmetic.cpp,
// comparison, choice and bits in Comparison.cpp. All work on scalars and on vectors alike.
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_POINTWISE_H
#define QCC_LIB_CODEGEN_POINTWISE_H

#include "KernelEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace qcc::codegen {

inline bool isFloat(mlir::Value value) {
  return llvm::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType()));
}

/// Builds the expression of one op at the emitter's insertion point.
class PointwiseBuilder {
public:
  explicit PointwiseBuilder(KernelEmitter &emitter, mlir::Operation *op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        resultType(mlir::getElementTypeOrSelf(op->getResult(0).getType())),
        quantized(qnn::getQuantized(resultType)) {}

  /// Null when the op has no such form for its types.
  mlir::Value emit(mlir::ValueRange operands);

private:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;

  mlir::Type elementType(unsigned operand) {
    return mlir::getElementTypeOrSelf(op->getOperand(operand).getType());
  }
  bool isSigned(unsigned operand) { return qnn::isSignedStorage(elementType(operand)); }
  Value mulF(Value a, Value b) { return mlir::arith::MulFOp::create(builder, location, a, b); }
  Value addF(Value a, Value b) { return mlir::arith::AddFOp::create(builder, location, a, b); }
  Value floatLike(Value value, double constant) {
    return emitter.constantFloat(value.getType(), constant);
  }
  Value intLike(Value value, int64_t constant) {
    return emitter.constant(value.getType(), constant);
  }
  Value compareInt(mlir::arith::CmpIPredicate predicate, Value a, Value b) {
    return mlir::arith::CmpIOp::create(builder, location, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return mlir::arith::SelectOp::create(builder, location, condition, a, b);
  }

  /// code - zero_point, as i32.
  Value centerInt(Value code, qnn::QuantizedType type);
  /// f32(code - zero_point).
  Value center(Value code, qnn::QuantizedType type);
  Value centerOperand(ValueRange operands, unsigned index) {
    return center(operands[index], llvm::cast<qnn::QuantizedType>(elementType(index)));
  }
  Value dequantize(ValueRange operands, unsigned index) {
    Value real = centerOperand(operands, index);
    return mulF(real, floatLike(real, scaleOf(index)));
  }
  /// A real as a code of the result's type.
  Value quantize(Value real);
  float scaleOf(unsigned operand) {
    return qnn::getScale(llvm::cast<qnn::QuantizedType>(elementType(operand)));
  }
  Value toReal(Value code);

  // Arithmetic.cpp
  Value emitSum(ValueRange operands, bool subtract);
  Value emitProduct(ValueRange operands);
  Value emitQuotient(ValueRange operands);
  Value emitRemainder(ValueRange operands);
  Value emitExtremum(ValueRange operands, bool largest);
  Value emitNegation(Value value);
  Value emitMagnitude(Value value);
  Value emitPower(ValueRange operands);
  /// The divisor, or 1 where a division would trap: by zero and, of signed numbers, by -1.
  Value makeSafeDivisor(Value divisor);

  // Comparison.cpp
  Value emitComparison(qnn::CompareKind kind, ValueRange operands);
  Value emitBitwise(ValueRange operands);
  Value emitShift(ValueRange operands, bool left);

  // Pointwise.cpp
  Value emitClip(Value value, float low, float high);
  Value emitRelu(Value value);
  Value emitLookup(qnn::LookupOp lookup, Value code);
  Value emitConversion(Value value);
  Value emitFunction(Value x);
  /// Q(f(DQ(q))), f being the op: codes that have no table, which are those of 16 bits.
  Value emitOnCodes(Value code);
  Value emitBitcast(Value value);

  KernelEmitter &emitter;
  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::Operation *op;
  mlir::Type resultType;
  qnn::QuantizedType quantized;
};

} // namespace qcc::codegen

#endif
