//===- Softmax.cpp - exponentials divided by their sum ----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Fold.h"
#include "Functions.h"
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// Each exponential is computed once and kept in the result's buffer, or in scratch when that holds
/// codes or only something computed from it leaves the kernel.
class SoftmaxBuilder {
public:
  SoftmaxBuilder(KernelEmitter &emitter, qnn::SoftmaxOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        inputType(qnn::getQuantized(op.getInput().getType())),
        outputType(qnn::getQuantized(op.getType())), input(emitter.getView(op.getInput())),
        axis(op.getAxis()), size(input.shape[axis]),
        lanes(canVectorize(op, op.getType()) ? getVectorLanes(emitter, op.getType()) : 1),
        isInnermost(axis + 1 == static_cast<int64_t>(input.shape.size())), epilogue(emitter, op) {}

  LogicalResult emit() {
    SmallVector<int64_t> rows(input.shape);
    rows[axis] = 1;
    // Rows along another dimension lie beside each other: each lane is a row.
    emitter.loopNest(rows, isInnermost ? 1 : lanes,
                     [&](ArrayRef<Value> row, int64_t width) { emitRow(row, width); });
    return status;
  }

private:
  SmallVector<Value> getPosition(ArrayRef<Value> row, Value index) {
    SmallVector<Value> position(row);
    position[axis] = index;
    return position;
  }

  /// Null where exponentials are computed twice.
  Value addressOfPower(ArrayRef<Value> row, Value index) {
    if (!outputType && emitter.hasView(op.getResult()))
      return emitter.addressOf(emitter.getView(op.getResult()), getPosition(row, index));
    if (!emitter.getScratch())
      return {};
    int64_t stride = 4 * (isInnermost ? 1 : lanes);
    return emitter.addressOf(emitter.getScratch(), emitter.scaleOffset(index, stride));
  }

  Value splatFloat(float value, int64_t lanes) {
    return createSplat(emitter, builder.getF32FloatAttr(value), lanes);
  }

  Value toReal(Value loaded) {
    if (!inputType)
      return loaded;
    int64_t lanes = KernelEmitter::getLanes(loaded);
    Value centered = arith::SubIOp::create(
        builder, location, loaded, emitter.constant(loaded.getType(), inputType.getZeroPoint()));
    Value real = arith::SIToFPOp::create(
        builder, location, KernelEmitter::withLanes(builder.getF32Type(), lanes), centered);
    return arith::MulFOp::create(builder, location, real,
                                 splatFloat(qnn::getScale(inputType), lanes));
  }

  Value fromReal(Value real) {
    if (!outputType)
      return real;
    int64_t lanes = KernelEmitter::getLanes(real);
    Value scaled = arith::DivFOp::create(builder, location, real,
                                         splatFloat(qnn::getScale(outputType), lanes));
    return emitter.quantizeScaled(scaled, outputType);
  }

  Value emitPower(ArrayRef<Value> row, Value index, Value largest, int64_t width) {
    Value x = toReal(emitter.load(input, getPosition(row, index), width));
    return emitExp(emitter, arith::SubFOp::create(builder, location, x, repeat(largest, width)));
  }

  Value repeat(Value value, int64_t width) {
    return KernelEmitter::getLanes(value) == width ? value : emitter.splat(value, width);
  }

  /// Codes are ordered like the numbers that they stand for.
  Value findLargest(ArrayRef<Value> row, int64_t width) {
    TypedAttr lowest = builder.getF32FloatAttr(-std::numeric_limits<float>::infinity());
    if (inputType)
      lowest = builder.getI32IntegerAttr(inputType.getStorageTypeMin());
    return toReal(emitFold(
        emitter, input, FoldedAxes(input.shape, axis), getPosition(row, emitter.offset(0)), width,
        lowest, [](Value x) { return x; },
        [&](Value largest, Value x) { return emitter.maximum(x, largest); }));
  }

  /// Calls `body` for the row's elements: blocks of a vector along the row, or one after another.
  Value forRow(int64_t width, Value carried,
               llvm::function_ref<Value(Value index, int64_t width, Value carried)> body) {
    int64_t step = isInnermost ? lanes : 1, whole = size / step * step;
    auto run = [&](int64_t begin, int64_t end, int64_t by, int64_t count) {
      if (begin == end)
        return;
      auto result = emitter.loopCarried(
          emitter.offset(begin), emitter.offset(end), by,
          carried ? ValueRange(carried) : ValueRange(), [&](Value index, ValueRange values) {
            Value next = body(index, count, values.empty() ? Value() : values[0]);
            return next ? SmallVector<Value>{next} : SmallVector<Value>{};
          });
      if (carried)
        carried = result[0];
    };
    run(0, whole, step, isInnermost ? lanes : width);
    run(whole, size, 1, 1);
    return carried;
  }

  /// The sum takes the elements of a vector along the row one by one, in order.
  Value addInOrder(Value sum, Value powers) {
    if (KernelEmitter::getLanes(sum) == KernelEmitter::getLanes(powers))
      return arith::AddFOp::create(builder, location, sum, powers);
    for (int64_t lane = 0, lanes = KernelEmitter::getLanes(powers); lane < lanes; ++lane) {
      Value power = vector::ExtractOp::create(builder, location, powers, lane);
      sum = arith::AddFOp::create(builder, location, sum, power);
    }
    return sum;
  }

  void emitRow(ArrayRef<Value> row, int64_t rowWidth) {
    Type f32 = builder.getF32Type();
    Value largest = findLargest(row, rowWidth);
    Value sum =
        forRow(rowWidth, splatFloat(0, rowWidth), [&](Value index, int64_t width, Value carried) {
          Value power = emitPower(row, index, largest, width);
          if (Value address = addressOfPower(row, index))
            emitter.storeAt(power, address, f32);
          return addInOrder(carried, power);
        });
    forRow(rowWidth, {}, [&](Value index, int64_t width, Value) {
      Value address = addressOfPower(row, index);
      Value power =
          address ? emitter.loadAt(address, f32, width) : emitPower(row, index, largest, width);
      Value quotient = arith::DivFOp::create(builder, location, power, repeat(sum, width));
      if (failed(epilogue.store(fromReal(quotient), getPosition(row, index))))
        status = failure();
      return Value();
    });
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  qnn::SoftmaxOp op;
  qnn::QuantizedType inputType, outputType;
  const BufferView &input;
  int64_t axis, size, lanes;
  bool isInnermost;
  Epilogue epilogue;
  LogicalResult status = success();
};

} // namespace

LogicalResult emitSoftmax(KernelEmitter &emitter, qnn::SoftmaxOp op) {
  auto isReal = [](RankedTensorType type) {
    return type.getElementType().isF32() || qnn::getQuantized(type);
  };
  if (!isReal(op.getType()) || !isReal(op.getInput().getType()))
    return op.emitError("has code for f32 and quantized numbers only [E4011]");
  return SoftmaxBuilder(emitter, op).emit();
}

} // namespace qcc::codegen
