//===- Pointwise.cpp - elementwise ops on registers -------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per family; each works on scalars and on vectors alike. The order of the f32
// operations is part of the semantics (docs/Semantics.md): nothing here may be reassociated or
// fused.
//===----------------------------------------------------------------------===//
#include "Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// Builds f32 and i32 expressions at the emitter's insertion point.
class PointwiseBuilder {
public:
  explicit PointwiseBuilder(KernelEmitter &emitter, Operation *op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        resultType(getElementTypeOrSelf(op->getResult(0).getType())),
        quantized(qnn::getQuantized(resultType)) {}

  Value emit(ValueRange operands);

private:
  Type elementType(unsigned operand) {
    return getElementTypeOrSelf(op->getOperand(operand).getType());
  }
  Value mulF(Value a, Value b) { return arith::MulFOp::create(builder, location, a, b); }
  Value addF(Value a, Value b) { return arith::AddFOp::create(builder, location, a, b); }
  Value floatLike(Value value, float constant) {
    return emitter.constantFloat(value.getType(), constant);
  }
  Value intLike(Value value, int64_t constant) {
    return emitter.constant(value.getType(), constant);
  }

  /// f32(code - zero_point).
  Value center(Value code, qnn::QuantizedType type) {
    if (type.getZeroPoint() != 0)
      code = arith::SubIOp::create(builder, location, code, intLike(code, type.getZeroPoint()));
    return arith::SIToFPOp::create(
        builder, location,
        KernelEmitter::withLanes(builder.getF32Type(), KernelEmitter::getLanes(code)), code);
  }
  Value centerOperand(ValueRange operands, unsigned index) {
    return center(operands[index], cast<qnn::QuantizedType>(elementType(index)));
  }
  float scaleOf(unsigned operand) {
    return qnn::getScale(cast<qnn::QuantizedType>(elementType(operand)));
  }

  Value emitSum(ValueRange operands, bool subtract);
  Value emitProduct(ValueRange operands);
  Value emitQuotient(ValueRange operands);
  Value emitExtremum(ValueRange operands, bool largest);
  Value emitClip(Value value, float low, float high);
  Value emitLookup(qnn::LookupOp lookup, Value code);
  Value emitConversion(Value value);
  Value emitFunction(Value x);
  Value emitBitcast(Value value);

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  Operation *op;
  Type resultType;
  qnn::QuantizedType quantized;
};

/// f16 and bf16 are integers in registers: an op may move or convert them, nothing else.
bool computesOnHalf(Operation *op) {
  if (isa<qnn::CastOp, qnn::BitcastOp, qnn::SelectOp>(op))
    return false;
  auto isHalf = [](Type type) {
    return isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type));
  };
  return llvm::any_of(op->getOperandTypes(), isHalf) || llvm::any_of(op->getResultTypes(), isHalf);
}

bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

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
    Value a = operands[0], b = operands[1];
    Value product[2] = {a, b};
    for (unsigned i : {0u, 1u})
      if (int64_t zeroPoint = cast<qnn::QuantizedType>(elementType(i)).getZeroPoint())
        product[i] =
            arith::SubIOp::create(builder, location, product[i], intLike(product[i], zeroPoint));
    Value exact = arith::MulIOp::create(builder, location, product[0], product[1]);
    Value real = arith::SIToFPOp::create(
        builder, location,
        KernelEmitter::withLanes(builder.getF32Type(), KernelEmitter::getLanes(exact)), exact);
    return emitter.quantizeScaled(mulF(real, floatLike(real, scale)), quantized);
  }
  if (isFloat(operands[0]))
    return mulF(operands[0], operands[1]);
  return arith::MulIOp::create(builder, location, operands[0], operands[1]);
}

Value PointwiseBuilder::emitQuotient(ValueRange operands) {
  if (quantized)
    return {};
  if (isFloat(operands[0]))
    return arith::DivFOp::create(builder, location, operands[0], operands[1]);
  if (qnn::isSignedStorage(resultType))
    return arith::DivSIOp::create(builder, location, operands[0], operands[1]);
  return arith::DivUIOp::create(builder, location, operands[0], operands[1]);
}

Value PointwiseBuilder::emitExtremum(ValueRange operands, bool largest) {
  if (quantized && (elementType(0) != resultType || elementType(1) != resultType))
    return {};
  if (!quantized && !isFloat(operands[0]) && !qnn::isSignedStorage(resultType)) {
    if (largest)
      return arith::MaxUIOp::create(builder, location, operands[0], operands[1]);
    return arith::MinUIOp::create(builder, location, operands[0], operands[1]);
  }
  return largest ? emitter.maximum(operands[0], operands[1])
                 : emitter.minimum(operands[0], operands[1]);
}

Value PointwiseBuilder::emitClip(Value value, float low, float high) {
  if (quantized) {
    value = emitter.maximum(value, intLike(value, qnn::quantizeValue(low, quantized)));
    return emitter.minimum(value, intLike(value, qnn::quantizeValue(high, quantized)));
  }
  if (!isFloat(value))
    return {};
  return emitter.minimum(emitter.maximum(value, floatLike(value, low)), floatLike(value, high));
}

Value PointwiseBuilder::emitLookup(qnn::LookupOp lookup, Value code) {
  const BufferView &table = emitter.getView(lookup.getTable());
  Type input = elementType(0);
  int64_t bias = qnn::isSignedStorage(input) ? 128 : 0;
  int64_t lanes = KernelEmitter::getLanes(code);
  auto lookUp = [&](Value scalar) {
    Type offsets = emitter.getOffsetType();
    if (getElementTypeOrSelf(scalar.getType()).getIntOrFloatBitWidth() < 32)
      scalar = arith::ExtUIOp::create(builder, location, builder.getI32Type(), scalar);
    if (bias)
      scalar = arith::AddIOp::create(builder, location, scalar, intLike(scalar, bias));
    scalar = arith::AndIOp::create(builder, location, scalar, intLike(scalar, 255));
    if (!offsets.isInteger(32))
      scalar = arith::ExtUIOp::create(builder, location, offsets, scalar);
    Value at = emitter.scaleOffset(scalar, qnn::getElementBytes(table.elementType));
    return emitter.loadAt(emitter.addressOf(table.pointer, at), resultType, 1);
  };
  if (lanes == 1)
    return lookUp(code);
  Value result = emitter.constant(
      KernelEmitter::withLanes(KernelEmitter::getRegisterType(resultType), lanes), 0);
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value scalar = vector::ExtractOp::create(builder, location, code, lane);
    result = vector::InsertOp::create(builder, location, lookUp(scalar), result, lane);
  }
  return result;
}

Value PointwiseBuilder::emitBitcast(Value value) {
  Type wanted = KernelEmitter::withLanes(KernelEmitter::getRegisterType(resultType),
                                         KernelEmitter::getLanes(value));
  unsigned from = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  unsigned to = getElementTypeOrSelf(wanted).getIntOrFloatBitWidth();
  if (from == to)
    return value;
  if (from > to)
    return arith::TruncIOp::create(builder, location, wanted, value);
  if (qnn::isSignedStorage(elementType(0)))
    return arith::ExtSIOp::create(builder, location, wanted, value);
  return arith::ExtUIOp::create(builder, location, wanted, value);
}

Value PointwiseBuilder::emitConversion(Value value) {
  if (quantized || qnn::getQuantized(elementType(0)))
    return {};
  return emitCast(emitter, value, elementType(0), resultType);
}

Value PointwiseBuilder::emitFunction(Value x) {
  using Function = Value (*)(KernelEmitter &, Value);
  // Quantized ones became tables in the Fuse stage.
  if (!getElementTypeOrSelf(x.getType()).isF32() || quantized)
    return {};
  Function function = TypeSwitch<Operation *, Function>(op)
                          .Case([](qnn::ExpOp) { return emitExp; })
                          .Case([](qnn::LogOp) { return emitLog; })
                          .Case([](qnn::TanhOp) { return emitTanh; })
                          .Case([](qnn::SigmoidOp) { return emitSigmoid; })
                          .Case([](qnn::ErfOp) { return emitErf; })
                          .Case([](qnn::AbsOp) { return emitAbs; })
                          .Case([](qnn::SqrtOp) { return emitSqrt; });
  return function(emitter, x);
}

Value PointwiseBuilder::emit(ValueRange operands) {
  if (computesOnHalf(op))
    return {};
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](qnn::QuantizeOp) {
        Value scale = floatLike(operands[0], qnn::getScale(quantized));
        Value scaled = arith::DivFOp::create(builder, location, operands[0], scale);
        return emitter.quantizeScaled(scaled, quantized);
      })
      .Case([&](qnn::DequantizeOp) {
        Value real = centerOperand(operands, 0);
        return mulF(real, floatLike(real, scaleOf(0)));
      })
      .Case([&](qnn::BitcastOp) { return emitBitcast(operands[0]); })
      .Case([&](qnn::CastOp) { return emitConversion(operands[0]); })
      .Case([&](qnn::LookupOp lookup) { return emitLookup(lookup, operands[0]); })
      .Case([&](qnn::ReluOp) {
        Value zero = quantized              ? intLike(operands[0], quantized.getZeroPoint())
                     : isFloat(operands[0]) ? floatLike(operands[0], 0)
                                            : intLike(operands[0], 0);
        return emitter.maximum(operands[0], zero);
      })
      .Case([&](qnn::ClipOp clip) {
        return emitClip(operands[0], clip.getLow().convertToFloat(),
                        clip.getHigh().convertToFloat());
      })
      .Case([&](qnn::AddOp) { return emitSum(operands, /*subtract=*/false); })
      .Case([&](qnn::SubOp) { return emitSum(operands, /*subtract=*/true); })
      .Case([&](qnn::MulOp) { return emitProduct(operands); })
      .Case([&](qnn::DivOp) { return emitQuotient(operands); })
      .Case([&](qnn::MaxOp) { return emitExtremum(operands, /*largest=*/true); })
      .Case([&](qnn::MinOp) { return emitExtremum(operands, /*largest=*/false); })
      .Case([&](qnn::NegOp) -> Value {
        if (quantized)
          return {};
        if (isFloat(operands[0]))
          return arith::NegFOp::create(builder, location, operands[0]);
        return arith::SubIOp::create(builder, location, intLike(operands[0], 0), operands[0]);
      })
      .Case<qnn::ExpOp, qnn::LogOp, qnn::TanhOp, qnn::SigmoidOp, qnn::ErfOp, qnn::AbsOp,
            qnn::SqrtOp>([&](Operation *) { return emitFunction(operands[0]); })
      .Default([](Operation *) { return Value(); });
}

} // namespace

Value emitPointwise(KernelEmitter &emitter, Operation *op, ValueRange operands) {
  return PointwiseBuilder(emitter, op).emit(operands);
}

} // namespace qcc::codegen
