//===- Ordering.cpp - positions of extremes, running sums -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// Comparisons of one kind of element, and the rows along an axis.
class RowEmitter {
public:
  RowEmitter(KernelEmitter &emitter, Value input, int64_t axis)
      : emitter(emitter), builder(emitter.builder), location(emitter.location),
        view(emitter.getView(input)), axis(axis), size(view.shape[axis]) {}

  Value load(ArrayRef<Value> row, Value index, int64_t lanes = 1) {
    return emitter.load(view, at(row, index), lanes);
  }
  SmallVector<Value> at(ArrayRef<Value> row, Value index) {
    SmallVector<Value> position(row);
    position[axis] = index;
    return position;
  }

  /// Whether `x` is wanted before `y`, whatever their positions. NaN comes last.
  Value isBetter(qnn::ArgReduceKind kind, Value x, Value y) {
    bool isMax = kind == qnn::ArgReduceKind::Max;
    if (isa<FloatType>(x.getType())) {
      Value better = arith::CmpFOp::create(
          builder, location, isMax ? arith::CmpFPredicate::UGT : arith::CmpFPredicate::ULT, x, y);
      return conjunction(better, isNumber(x));
    }
    bool isSigned = qnn::isSignedStorage(view.elementType) || qnn::getQuantized(view.elementType);
    auto predicate = isMax ? (isSigned ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::ugt)
                           : (isSigned ? arith::CmpIPredicate::slt : arith::CmpIPredicate::ult);
    return arith::CmpIOp::create(builder, location, predicate, x, y);
  }
  Value isEqual(Value x, Value y) {
    if (isa<FloatType>(x.getType()))
      return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OEQ, x, y);
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq, x, y);
  }
  Value isLess(Value x, Value y) {
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::slt, x, y);
  }
  Value conjunction(Value x, Value y) { return arith::AndIOp::create(builder, location, x, y); }
  Value disjunction(Value x, Value y) { return arith::OrIOp::create(builder, location, x, y); }
  Value negation(Value x) {
    return arith::XOrIOp::create(builder, location, x, emitter.constant(x.getType(), 1));
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(builder, location, condition, x, y);
  }
  /// An offset as the i64 that results hold.
  Value toResult(Value index) {
    if (index.getType().isInteger(64))
      return index;
    return arith::ExtSIOp::create(builder, location, builder.getI64Type(), index);
  }
  /// A loop over the row's indices.
  SmallVector<Value> fold(int64_t first, ValueRange initial,
                          llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
    return emitter.loopCarried(emitter.offset(first), emitter.offset(size), 1, initial, body);
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  const BufferView &view;
  const int64_t axis, size;

private:
  Value isNumber(Value x) {
    return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::ORD, x, x);
  }
};

} // namespace

/// Half floats would compare by library calls; Import widens them.
static LogicalResult requireComparable(Operation *op) {
  Type element = getElementTypeOrSelf(op->getOperand(0));
  if (isa<Float16Type, BFloat16Type>(element))
    return op->emitError("has no code for ") << element << " [E4011]";
  return success();
}

LogicalResult emitArgReduce(KernelEmitter &emitter, qnn::ArgReduceOp op) {
  if (failed(requireComparable(op)))
    return failure();
  RowEmitter rows(emitter, op.getInput(), op.getAxis());
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(op.getType().getShape(), 1, [&](ArrayRef<Value> row, int64_t) {
    Value zero = emitter.offset(0);
    Value best = rows.fold(1, {rows.load(row, zero), zero}, [&](Value index, ValueRange carried) {
      Value x = rows.load(row, index);
      Value wins = rows.isBetter(op.getKind(), x, carried[0]);
      if (op.getLast())
        wins = rows.disjunction(wins, rows.isEqual(x, carried[0]));
      return SmallVector<Value>{rows.select(wins, x, carried[0]),
                                rows.select(wins, index, carried[1])};
    })[1];
    if (failed(epilogue.store(rows.toResult(best), row)))
      status = failure();
  });
  return status;
}

/// Each result is the best of the elements that come after the previous result: no scratch, and
/// the order of elements decides everything.
LogicalResult emitTopK(KernelEmitter &emitter, qnn::TopKOp op) {
  if (failed(requireComparable(op)))
    return failure();
  RowEmitter rows(emitter, op.getInput(), op.getAxis());
  qnn::ArgReduceKind kind = op.getKind();
  int64_t count = op.getType().getDimSize(op.getAxis());
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  SmallVector<int64_t> shape(op.getType().getShape());
  shape[op.getAxis()] = 1;
  emitter.loopNest(shape, 1, [&](ArrayRef<Value> at, int64_t) {
    SmallVector<Value> row(at);
    Value none = emitter.offset(-1);
    Value anything = rows.load(row, emitter.offset(0));
    emitter.loopCarried(
        emitter.offset(0), emitter.offset(count), 1, {anything, none},
        [&](Value rank, ValueRange previous) {
          Value isFirst = rows.isLess(previous[1], emitter.offset(0));
          auto best = rows.fold(0, {anything, none}, [&](Value index, ValueRange carried) {
            Value x = rows.load(row, index);
            // previous < (x, index) in the order of results
            Value follows = rows.disjunction(
                rows.isBetter(kind, previous[0], x),
                rows.conjunction(rows.negation(rows.isBetter(kind, x, previous[0])),
                                 rows.isLess(previous[1], index)));
            Value wins = rows.disjunction(rows.isLess(carried[1], emitter.offset(0)),
                                          rows.isBetter(kind, x, carried[0]));
            wins = rows.conjunction(wins, rows.disjunction(isFirst, follows));
            return SmallVector<Value>{rows.select(wins, x, carried[0]),
                                      rows.select(wins, index, carried[1])};
          });
          if (failed(epilogue.store(rows.toResult(best[1]), rows.at(row, rank))))
            status = failure();
          return best;
        });
  });
  return status;
}

LogicalResult emitCumulative(KernelEmitter &emitter, qnn::CumulativeOp op) {
  if (failed(requireComparable(op)))
    return failure();
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  RowEmitter rows(emitter, op.getInput(), op.getAxis());
  Type element = op.getType().getElementType();
  bool isSum = op.getKind() == qnn::CumulativeKind::Sum, isFloat = isa<FloatType>(element);
  bool acrossRows = op.getAxis() + 1 < op.getType().getRank();
  int64_t lanes =
      acrossRows && canVectorize(op, op.getType()) ? getVectorLanes(emitter, op.getType()) : 1;
  SmallVector<int64_t> shape(op.getType().getShape());
  shape[op.getAxis()] = 1;
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(shape, lanes, [&](ArrayRef<Value> at, int64_t width) {
    SmallVector<Value> row(at);
    Value initial = makeNumber(
        emitter, KernelEmitter::withLanes(KernelEmitter::getRegisterType(element), width),
        isSum ? 0 : 1);
    rows.fold(0, initial, [&](Value step, ValueRange carried) {
      Value index = step;
      if (op.getReverse())
        index = arith::SubIOp::create(builder, location, emitter.offset(rows.size - 1), step);
      Value x = rows.load(row, index, width), next;
      if (isSum)
        next = isFloat ? arith::AddFOp::create(builder, location, carried[0], x).getResult()
                       : arith::AddIOp::create(builder, location, carried[0], x).getResult();
      else
        next = isFloat ? arith::MulFOp::create(builder, location, carried[0], x).getResult()
                       : arith::MulIOp::create(builder, location, carried[0], x).getResult();
      if (failed(epilogue.store(op.getExclusive() ? carried[0] : next, rows.at(row, index))))
        status = failure();
      return SmallVector<Value>{next};
    });
  });
  return status;
}

} // namespace qcc::codegen
