//===- Pointwise.cpp - elementwise ops on registers -------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dispatch of all ops, conversions and clamps. The order of the f32 operations is part of the
// semantics (docs/Semantics.md): nothing here may be reassociated or fused.
//===----------------------------------------------------------------------===//
#include "Pointwise.h"

#include "Functions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace qcc::codegen {

/// f16 and bf16 are integers in registers: an op may move or convert them, nothing else.
static bool computesOnHalf(Operation *op) {
  if (isa<qnn::CastOp, qnn::BitcastOp, qnn::SelectOp>(op))
    return false;
  auto isHalf = [](Type type) {
    return isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type));
  };
  return llvm::any_of(op->getOperandTypes(), isHalf) || llvm::any_of(op->getResultTypes(), isHalf);
}

/// The bound of a clamp as an integer of `type`: by value, saturated.
static int64_t convertBound(float bound, IntegerType type) {
  bool isSigned = qnn::isSignedStorage(type);
  llvm::APSInt integer(type.getWidth(), !isSigned);
  bool isExact;
  // A conversion that does not fit gives the nearest end, NaN gives 0.
  (void)llvm::APFloat(bound).convertToInteger(integer, llvm::APFloat::rmTowardZero, &isExact);
  return integer.getExtValue();
}

Value PointwiseBuilder::emitClip(Value value, float low, float high) {
  if (quantized) {
    value = emitter.maximum(value, intLike(value, qnn::quantizeValue(low, quantized)));
    return emitter.minimum(value, intLike(value, qnn::quantizeValue(high, quantized)));
  }
  if (isFloat(value))
    return emitter.minimum(emitter.maximum(value, floatLike(value, low)), floatLike(value, high));
  auto type = cast<IntegerType>(resultType);
  if (type.getWidth() == 1)
    return {};
  Value least = intLike(value, convertBound(low, type));
  Value most = intLike(value, convertBound(high, type));
  if (qnn::isSignedStorage(type))
    return emitter.minimum(emitter.maximum(value, least), most);
  value = arith::MaxUIOp::create(builder, location, value, least);
  return arith::MinUIOp::create(builder, location, value, most);
}

Value PointwiseBuilder::emitRelu(Value value) {
  if (quantized)
    return emitter.maximum(value, intLike(value, quantized.getZeroPoint()));
  if (isFloat(value))
    return emitter.maximum(value, floatLike(value, 0));
  return qnn::isSignedStorage(resultType) ? emitter.maximum(value, intLike(value, 0)) : value;
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
  if (isFloat(value) != isa<FloatType>(resultType))
    return arith::BitcastOp::create(builder, location, wanted, value);
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

Value PointwiseBuilder::quantize(Value real) {
  Value scale = floatLike(real, qnn::getScale(quantized));
  return emitter.quantizeScaled(arith::DivFOp::create(builder, location, real, scale), quantized);
}

Value PointwiseBuilder::emitOnCodes(Value code) {
  Value real = dequantize({code}, 0);
  if (isa<qnn::NegOp>(op))
    real = emitNegation(real);
  else if (isa<qnn::AbsOp>(op))
    real = emitMagnitude(real);
  else if (!isa<qnn::CastOp>(op))
    real = emitFunction(real);
  return real ? quantize(real) : Value();
}

Value PointwiseBuilder::emitFunction(Value x) {
  using Function = Value (*)(KernelEmitter &, Value);
  if (!isFloat(x))
    return {};
  Function anyWidth = TypeSwitch<Operation *, Function>(op)
                          .Case([](qnn::FloorOp) { return emitFloor; })
                          .Case([](qnn::CeilOp) { return emitCeil; })
                          .Case([](qnn::RoundOp) { return emitRound; })
                          .Case([](qnn::SqrtOp) { return emitSqrt; })
                          .Default([](Operation *) { return nullptr; });
  if (anyWidth)
    return anyWidth(emitter, x);
  if (!getElementTypeOrSelf(x.getType()).isF32())
    return {};
  Function function = TypeSwitch<Operation *, Function>(op)
                          .Case([](qnn::ExpOp) { return emitExp; })
                          .Case([](qnn::LogOp) { return emitLog; })
                          .Case([](qnn::TanhOp) { return emitTanh; })
                          .Case([](qnn::SigmoidOp) { return emitSigmoid; })
                          .Case([](qnn::ErfOp) { return emitErf; })
                          .Case([](qnn::SinOp) { return emitSin; })
                          .Case([](qnn::CosOp) { return emitCos; })
                          .Case([](qnn::AtanOp) { return emitAtan; });
  return function(emitter, x);
}

Value PointwiseBuilder::emit(ValueRange operands) {
  if (computesOnHalf(op))
    return {};
  if (op->hasTrait<qnn::Elementwise>() && op->getNumOperands() == 1 && quantized &&
      qnn::getQuantized(elementType(0)) && !isa<qnn::ReluOp, qnn::ClipOp>(op))
    return emitOnCodes(operands[0]);
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](qnn::QuantizeOp) { return quantize(operands[0]); })
      .Case([&](qnn::DequantizeOp) { return dequantize(operands, 0); })
      .Case([&](qnn::BitcastOp) { return emitBitcast(operands[0]); })
      .Case([&](qnn::CastOp) { return emitConversion(operands[0]); })
      .Case([&](qnn::LookupOp lookup) { return emitLookup(lookup, operands[0]); })
      .Case([&](qnn::ReluOp) { return emitRelu(operands[0]); })
      .Case([&](qnn::ClipOp clip) {
        return emitClip(operands[0], clip.getLow().convertToFloat(),
                        clip.getHigh().convertToFloat());
      })
      .Case([&](qnn::AddOp) { return emitSum(operands, /*subtract=*/false); })
      .Case([&](qnn::SubOp) { return emitSum(operands, /*subtract=*/true); })
      .Case([&](qnn::MulOp) { return emitProduct(operands); })
      .Case([&](qnn::DivOp) { return emitQuotient(operands); })
      .Case([&](qnn::RemOp) { return emitRemainder(operands); })
      .Case([&](qnn::PowOp) { return emitPower(operands); })
      .Case([&](qnn::MaxOp) { return emitExtremum(operands, /*largest=*/true); })
      .Case([&](qnn::MinOp) { return emitExtremum(operands, /*largest=*/false); })
      .Case([&](qnn::NegOp) { return emitNegation(operands[0]); })
      .Case([&](qnn::AbsOp) { return emitMagnitude(operands[0]); })
      .Case([&](qnn::CompareOp compare) { return emitComparison(compare.getKind(), operands); })
      .Case([&](qnn::SelectOp) { return select(operands[0], operands[1], operands[2]); })
      .Case<qnn::AndOp, qnn::OrOp, qnn::XorOp>([&](Operation *) { return emitBitwise(operands); })
      .Case([&](qnn::ShiftLeftOp) { return emitShift(operands, /*left=*/true); })
      .Case([&](qnn::ShiftRightOp) { return emitShift(operands, /*left=*/false); })
      .Case<qnn::ExpOp, qnn::LogOp, qnn::TanhOp, qnn::SigmoidOp, qnn::ErfOp, qnn::SqrtOp,
            qnn::SinOp, qnn::CosOp, qnn::AtanOp, qnn::FloorOp, qnn::CeilOp, qnn::RoundOp>(
          [&](Operation *) { return emitFunction(operands[0]); })
      .Default([](Operation *) { return Value(); });
}

Value emitPointwise(KernelEmitter &emitter, Operation *op, ValueRange operands) {
  return PointwiseBuilder(emitter, op).emit(operands);
}

} // namespace qcc::codegen
