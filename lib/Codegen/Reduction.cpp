//===- Reduction.cpp - reductions over dimensions and softmax ---------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Functions.h"
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

/// Nested loops over the reduced dimensions, carrying one accumulator in index order.
static Value foldAxes(KernelEmitter &emitter, const BufferView &input, ArrayRef<int64_t> axes,
                      SmallVector<Value> position, Value accumulator, int64_t lanes,
                      llvm::function_ref<Value(Value, Value)> combine) {
  if (axes.empty())
    return combine(accumulator, emitter.load(input, position, lanes));
  return emitter.loopCarried(emitter.offset(0), emitter.offset(input.shape[axes.front()]), 1,
                             accumulator, [&](Value index, ValueRange carried) {
                               SmallVector<Value> inner(position);
                               inner[axes.front()] = index;
                               return SmallVector<Value>{foldAxes(emitter, input, axes.drop_front(),
                                                                  inner, carried[0], lanes,
                                                                  combine)};
                             })[0];
}

LogicalResult emitReduce(KernelEmitter &emitter, qnn::ReduceOp op) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  const BufferView &input = emitter.getView(op.getInput());
  auto inType = qnn::getQuantized(op.getInput().getType()),
       outType = qnn::getQuantized(op.getType());
  Type element = op.getType().getElementType();
  bool isSum = op.getKind() == qnn::ReduceKind::Sum || op.getKind() == qnn::ReduceKind::Mean;
  bool isFloat = element.isF32();
  if (!inType && !isFloat && (op.getKind() == qnn::ReduceKind::Mean || element.isUnsignedInteger()))
    return op.emitError("has no code for integer ") << element << " [E4011]";
  int64_t count = 1;
  for (int64_t axis : op.getAxes())
    count *= input.shape[axis];
  bool innermostKept = !llvm::is_contained(op.getAxes(), op.getType().getRank() - 1);
  int64_t lanes = innermostKept ? getVectorLanes(emitter, op.getType()) : 1;

  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(op.getType().getShape(), lanes, [&](ArrayRef<Value> position, int64_t width) {
    Type type = KernelEmitter::withLanes(KernelEmitter::getRegisterType(element), width);
    bool isMax = op.getKind() == qnn::ReduceKind::Max;
    Value initial;
    if (isSum)
      initial = isFloat ? emitter.constantFloat(type, 0) : emitter.constant(type, 0);
    else if (isFloat)
      initial = emitter.constantFloat(type, isMax ? -std::numeric_limits<float>::infinity()
                                                  : std::numeric_limits<float>::infinity());
    else {
      unsigned bits = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
      initial = emitter.constant(type, isMax ? llvm::minIntN(bits) : llvm::maxIntN(bits));
    }
    Value value = foldAxes(
        emitter, input, op.getAxes(), SmallVector<Value>(position), initial, width,
        [&](Value accumulator, Value x) -> Value {
          if (!isSum)
            return isMax ? emitter.maximum(x, accumulator) : emitter.minimum(x, accumulator);
          if (isFloat)
            return arith::AddFOp::create(builder, location, accumulator, x);
          if (inType && inType.getZeroPoint())
            x = arith::SubIOp::create(builder, location, x,
                                      emitter.constant(x.getType(), inType.getZeroPoint()));
          return arith::AddIOp::create(builder, location, accumulator, x);
        });
    if (isSum && outType) {
      // As the average pool: m = f32(x_scale / f32(y_scale * count)); a sum has count 1.
      float divisor = qnn::getScale(outType) *
                      static_cast<float>(op.getKind() == qnn::ReduceKind::Mean ? count : 1);
      Type floats = KernelEmitter::withLanes(builder.getF32Type(), width);
      Value real = arith::SIToFPOp::create(builder, location, floats, value);
      Value scaled = arith::MulFOp::create(
          builder, location, real, emitter.constantFloat(floats, qnn::getScale(inType) / divisor));
      value = emitter.quantizeScaled(scaled, outType);
    } else if (op.getKind() == qnn::ReduceKind::Mean) {
      value = arith::DivFOp::create(builder, location, value,
                                    emitter.constantFloat(type, static_cast<float>(count)));
    }
    if (failed(epilogue.store(value, position)))
      status = failure();
  });
  return status;
}

LogicalResult emitSoftmax(KernelEmitter &emitter, qnn::SoftmaxOp op) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  auto inType = qnn::getQuantized(op.getInput().getType()),
       outType = qnn::getQuantized(op.getType());
  auto isReal = [](RankedTensorType type) {
    return type.getElementType().isF32() || qnn::getQuantized(type);
  };
  if (!isReal(op.getType()) || !isReal(op.getInput().getType()))
    return op.emitError("has code for f32 and quantized numbers only [E4011]");
  const BufferView &input = emitter.getView(op.getInput());
  int64_t axis = op.getAxis(), size = input.shape[axis];
  SmallVector<int64_t> rows(input.shape);
  rows[axis] = 1;
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  emitter.loopNest(rows, 1, [&](ArrayRef<Value> row, int64_t) {
    Type f32 = builder.getF32Type();
    auto elementAt = [&](Value index) {
      SmallVector<Value> position(row);
      position[axis] = index;
      return position;
    };
    auto load = [&](Value index) -> Value {
      Value x = emitter.load(input, elementAt(index), 1);
      if (!inType)
        return x;
      x = arith::SubIOp::create(builder, location, x,
                                emitter.constant(x.getType(), inType.getZeroPoint()));
      Value real = arith::SIToFPOp::create(builder, location, f32, x);
      return arith::MulFOp::create(builder, location, real,
                                   emitter.constantFloat(f32, qnn::getScale(inType)));
    };
    auto fold = [&](float initial, llvm::function_ref<Value(Value, Value)> combine) {
      return emitter.loopCarried(emitter.offset(0), emitter.offset(size), 1,
                                 emitter.constantFloat(f32, initial),
                                 [&](Value index, ValueRange carried) {
                                   return SmallVector<Value>{combine(carried[0], load(index))};
                                 })[0];
    };
    Value largest = fold(-std::numeric_limits<float>::infinity(),
                         [&](Value a, Value x) { return emitter.maximum(x, a); });
    auto exponential = [&](Value x) {
      return emitExp(emitter, arith::SubFOp::create(builder, location, x, largest));
    };
    Value sum = fold(0, [&](Value a, Value x) -> Value {
      return arith::AddFOp::create(builder, location, a, exponential(x));
    });
    // exp is computed again instead of stored: the row needs no scratch, and the same code gives
    // the same bits.
    emitter.loop(0, size, 1, [&](Value index) {
      SmallVector<Value> position = elementAt(index);
      Value y = arith::DivFOp::create(builder, location, exponential(load(index)), sum);
      if (outType) {
        y = arith::DivFOp::create(builder, location, y,
                                  emitter.constantFloat(f32, qnn::getScale(outType)));
        y = emitter.quantizeScaled(y, outType);
      }
      if (failed(epilogue.store(y, position)))
        status = failure();
    });
  });
  return status;
}

} // namespace qcc::codegen
