//===- Reduction.cpp - reductions over dimensions ---------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Fold.h"
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// Arithmetic of one qnn.reduce on registers.
class Reducer {
public:
  Reducer(KernelEmitter &emitter, qnn::ReduceOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        kind(op.getKind()), element(op.getType().getElementType()),
        from(qnn::getQuantized(op.getInput().getType())), to(qnn::getQuantized(op.getType())),
        count(1) {
    for (int64_t axis : op.getAxes())
      count *= op.getInput().getType().getDimSize(axis);
  }

  /// What a fold starts from, which changes no element that it meets.
  TypedAttr getInitial();
  /// A loaded element in the form that is folded.
  Value prepare(Value x);
  Value combine(Value accumulator, Value x);
  /// The result from what all elements were folded to.
  Value finish(Value value);
  /// No target converts vectors of i64 to f32.
  bool hasWideSum() const { return isSum() && from && getSumType(from, count).isInteger(64); }

private:
  bool isSum() const { return kind == qnn::ReduceKind::Sum || kind == qnn::ReduceKind::Mean; }
  bool isUnsigned() const {
    return !from && (element.isInteger(1) || !qnn::isSignedStorage(element));
  }
  Value rescale(Value sum);
  Value convert(Value code);
  Value divideInteger(Value sum);

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  qnn::ReduceOp op;
  qnn::ReduceKind kind;
  Type element;
  qnn::QuantizedType from, to;
  int64_t count;
};

TypedAttr Reducer::getInitial() {
  Type type = isSum() && from ? getSumType(from, count) : KernelEmitter::getRegisterType(element);
  bool isMax = kind == qnn::ReduceKind::Max;
  if (isa<FloatType>(type)) {
    double infinity = std::numeric_limits<double>::infinity();
    double worst = isMax ? -infinity : infinity;
    return builder.getFloatAttr(type, isSum()                            ? 0.0
                                      : kind == qnn::ReduceKind::Product ? 1.0
                                                                         : worst);
  }
  unsigned bits = type.getIntOrFloatBitWidth();
  APInt value(bits, 0);
  if (kind == qnn::ReduceKind::Product)
    value = APInt(bits, 1);
  else if (!isSum() && isUnsigned())
    value = isMax ? APInt::getMinValue(bits) : APInt::getMaxValue(bits);
  else if (!isSum())
    value = isMax ? APInt::getSignedMinValue(bits) : APInt::getSignedMaxValue(bits);
  return builder.getIntegerAttr(type, value);
}

Value Reducer::prepare(Value x) {
  if (!isSum() || !from)
    return x;
  if (from.getZeroPoint())
    x = arith::SubIOp::create(builder, location, x,
                              emitter.constant(x.getType(), from.getZeroPoint()));
  Type sum = KernelEmitter::withLanes(getSumType(from, count), KernelEmitter::getLanes(x));
  return x.getType() == sum ? x : arith::ExtSIOp::create(builder, location, sum, x).getResult();
}

Value Reducer::combine(Value accumulator, Value x) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(x.getType()));
  if (isSum())
    return isFloat ? arith::AddFOp::create(builder, location, accumulator, x).getResult()
                   : arith::AddIOp::create(builder, location, accumulator, x).getResult();
  if (kind == qnn::ReduceKind::Product)
    return isFloat ? arith::MulFOp::create(builder, location, accumulator, x).getResult()
                   : arith::MulIOp::create(builder, location, accumulator, x).getResult();
  bool isMax = kind == qnn::ReduceKind::Max;
  if (isUnsigned() && !isFloat)
    return isMax ? arith::MaxUIOp::create(builder, location, accumulator, x).getResult()
                 : arith::MinUIOp::create(builder, location, accumulator, x).getResult();
  return isMax ? emitter.maximum(x, accumulator) : emitter.minimum(x, accumulator);
}

/// As the average pool: m = f32(x_scale / f32(y_scale * count)); a sum has count 1.
Value Reducer::rescale(Value sum) {
  float divisor = qnn::getScale(to) * static_cast<float>(kind == qnn::ReduceKind::Mean ? count : 1);
  Type floats = KernelEmitter::withLanes(builder.getF32Type(), KernelEmitter::getLanes(sum));
  Value real = arith::SIToFPOp::create(builder, location, floats, sum);
  Value scaled = arith::MulFOp::create(
      builder, location, real, emitter.constantFloat(floats, qnn::getScale(from) / divisor));
  return emitter.quantizeScaled(scaled, to);
}

/// An extremum whose result has other parameters: Q(DQ(q)).
Value Reducer::convert(Value code) {
  Type floats = KernelEmitter::withLanes(builder.getF32Type(), KernelEmitter::getLanes(code));
  Value centered = arith::SubIOp::create(builder, location, code,
                                         emitter.constant(code.getType(), from.getZeroPoint()));
  Value real = arith::MulFOp::create(builder, location,
                                     arith::SIToFPOp::create(builder, location, floats, centered),
                                     emitter.constantFloat(floats, qnn::getScale(from)));
  Value scaled = arith::DivFOp::create(builder, location, real,
                                       emitter.constantFloat(floats, qnn::getScale(to)));
  return emitter.quantizeScaled(scaled, to);
}

/// Truncates. The count may be more than the element type can hold.
Value Reducer::divideInteger(Value sum) {
  Type narrow = sum.getType();
  unsigned bits = getElementTypeOrSelf(narrow).getIntOrFloatBitWidth();
  bool isWide = bits > 32 || count > std::numeric_limits<int32_t>::max();
  Type wide = KernelEmitter::withLanes(builder.getIntegerType(isWide ? 64 : 32),
                                       KernelEmitter::getLanes(sum));
  Value divisor = emitter.constant(wide, count);
  if (isUnsigned()) {
    if (narrow != wide)
      sum = arith::ExtUIOp::create(builder, location, wide, sum);
    sum = arith::DivUIOp::create(builder, location, sum, divisor);
  } else {
    if (narrow != wide)
      sum = arith::ExtSIOp::create(builder, location, wide, sum);
    sum = arith::DivSIOp::create(builder, location, sum, divisor);
  }
  return narrow == wide ? sum : arith::TruncIOp::create(builder, location, narrow, sum).getResult();
}

Value Reducer::finish(Value value) {
  if (isSum() && to)
    return rescale(value);
  if (from != to)
    return convert(value);
  if (kind != qnn::ReduceKind::Mean)
    return value;
  Type type = value.getType(), scalar = getElementTypeOrSelf(type);
  if (!isa<FloatType>(scalar))
    return divideInteger(value);
  TypedAttr divisor = builder.getFloatAttr(scalar, static_cast<double>(count));
  return arith::DivFOp::create(builder, location, value,
                               createSplat(emitter, divisor, KernelEmitter::getLanes(value)));
}

} // namespace

LogicalResult emitReduce(KernelEmitter &emitter, qnn::ReduceOp op) {
  Type element = op.getType().getElementType();
  bool isProduct = op.getKind() == qnn::ReduceKind::Product;
  bool isNumber = isa<IntegerType>(element) || element.isF32() || element.isF64();
  if (qnn::getQuantized(op.getType()) ? isProduct : !isNumber)
    return op.emitError("has no code for ") << element << " [E4011]";
  const BufferView &input = emitter.getView(op.getInput());
  Reducer reducer(emitter, op);
  FoldedAxes axes(input.shape, op.getAxes());
  // A run is folded by its own vectors; kept neighbours are results of one vector.
  bool isVector = axes.run == 1 && canVectorize(op, op.getType()) && !reducer.hasWideSum();
  int64_t lanes = isVector ? getVectorLanes(emitter, op.getType()) : 1;
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(op.getType().getShape(), lanes, [&](ArrayRef<Value> position, int64_t width) {
    Value folded = emitFold(
        emitter, input, axes, position, width, reducer.getInitial(),
        [&](Value x) { return reducer.prepare(x); },
        [&](Value accumulator, Value x) { return reducer.combine(accumulator, x); });
    if (failed(epilogue.store(reducer.finish(folded), position)))
      status = failure();
  });
  return status;
}

} // namespace qcc::codegen
