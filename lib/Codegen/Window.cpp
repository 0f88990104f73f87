//===- Window.cpp - pools ---------------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops over output pixels, taps clamped to the input, channels innermost and vectorised.
//===----------------------------------------------------------------------===//
#include "Contraction.h"
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

struct WindowShape {
  ArrayRef<int64_t> input; // N, H, W, C
  ArrayRef<int64_t> kernel, strides, pads, dilations;
};

} // namespace

static TapRange getTaps(KernelEmitter &emitter, const WindowShape &window, int64_t spatial,
                        Value output) {
  return getTapRange(emitter, output, window.strides[spatial], window.pads[spatial],
                     window.dilations[spatial], window.kernel[spatial], window.input[1 + spatial]);
}

using Combine = llvm::function_ref<Value(Value accumulator, Value element)>;

/// Folds the window of one output position; `initial` has `lanes` lanes.
static Value foldWindow(KernelEmitter &emitter, const WindowShape &window, const BufferView &input,
                        ArrayRef<Value> position, TapRange rows, TapRange columns, Value initial,
                        Combine combine) {
  int64_t lanes = KernelEmitter::getLanes(initial);
  auto at = [&](Value output, int64_t spatial, Value tap) {
    Value first = emitter.addOffsets(emitter.scaleOffset(output, window.strides[spatial]),
                                     emitter.offset(-window.pads[spatial]));
    return emitter.addOffsets(first, emitter.scaleOffset(tap, window.dilations[spatial]));
  };
  return emitter.loopCarried(rows.begin, rows.end, 1, initial, [&](Value ky, ValueRange outer) {
    Value y = at(position[1], 0, ky);
    return emitter.loopCarried(
        columns.begin, columns.end, 1, outer, [&](Value kx, ValueRange inner) {
          Value x = at(position[2], 1, kx);
          Value element = emitter.load(input, {position[0], y, x, position[3]}, lanes);
          return SmallVector<Value>{combine(inner[0], element)};
        });
  })[0];
}

/// Runs `body` for every output position with the taps of its window.
static void
forEachWindow(KernelEmitter &emitter, const WindowShape &window, RankedTensorType result,
              int64_t lanes,
              llvm::function_ref<void(ArrayRef<Value>, int64_t, TapRange, TapRange)> body) {
  ArrayRef<int64_t> shape = result.getShape();
  emitter.loopNest(shape.take_front(3), 1, [&](ArrayRef<Value> pixel, int64_t) {
    TapRange rows = getTaps(emitter, window, 0, pixel[1]);
    TapRange columns = getTaps(emitter, window, 1, pixel[2]);
    emitter.loopNest(shape.take_back(1), lanes, [&](ArrayRef<Value> channel, int64_t width) {
      SmallVector<Value> position(pixel);
      position.push_back(channel[0]);
      body(position, width, rows, columns);
    });
  });
}

LogicalResult emitWindow(KernelEmitter &emitter, qnn::MaxPoolOp op) {
  const BufferView &input = emitter.getView(op.getInput());
  WindowShape window{input.shape, op.getKernel(), op.getStrides(), op.getPads(), op.getDilations()};
  Type element = op.getType().getElementType();
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  forEachWindow(
      emitter, window, op.getType(), getVectorLanes(emitter, op.getType()),
      [&](ArrayRef<Value> position, int64_t lanes, TapRange rows, TapRange columns) {
        Type type = KernelEmitter::withLanes(KernelEmitter::getRegisterType(element), lanes);
        Value lowest;
        if (isa<FloatType>(element))
          lowest = emitter.constantFloat(type, -std::numeric_limits<float>::infinity());
        else if (auto quantized = dyn_cast<qnn::QuantizedType>(element))
          lowest = emitter.constant(type, quantized.getStorageTypeMin());
        else
          lowest =
              emitter.constant(type, qnn::isSignedStorage(element)
                                         ? -(int64_t(1) << (element.getIntOrFloatBitWidth() - 1))
                                         : 0);
        Value value = foldWindow(
            emitter, window, input, position, rows, columns, lowest, [&](Value a, Value b) {
              if (element.isUnsignedInteger())
                return arith::MaxUIOp::create(emitter.builder, emitter.location, b, a).getResult();
              return emitter.maximum(b, a);
            });
        if (failed(epilogue.store(value, position)))
          status = failure();
      });
  return status;
}

LogicalResult emitWindow(KernelEmitter &emitter, qnn::AveragePoolOp op) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  const BufferView &input = emitter.getView(op.getInput());
  const int64_t ones[] = {1, 1};
  WindowShape window{input.shape, op.getKernel(), op.getStrides(), op.getPads(), ones};
  auto inType = qnn::getQuantized(op.getInput().getType()),
       outType = qnn::getQuantized(op.getType());
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  auto tapCount = [&](TapRange taps, int64_t spatial, Value output) -> Value {
    Value end = taps.end, begin = taps.begin;
    if (op.getCountIncludePad()) {
      // Taps in the declared padding count, those that ceil mode lets hang beyond it do not.
      Value first = emitter.scaleOffset(output, op.getStrides()[spatial]);
      int64_t padded = input.shape[1 + spatial] + op.getPads()[spatial] + op.getPads()[spatial + 2];
      Value room = arith::SubIOp::create(builder, location, emitter.offset(padded), first);
      end = emitter.minimum(room, emitter.offset(op.getKernel()[spatial]));
      begin = emitter.offset(0);
    }
    Value count = arith::SubIOp::create(builder, location, end, begin);
    if (!count.getType().isInteger(32))
      count = arith::TruncIOp::create(builder, location, builder.getI32Type(), count);
    return count;
  };
  Type sumType = builder.getI32Type();
  if (inType)
    sumType = getSumType(inType, op.getKernel()[0] * op.getKernel()[1]);
  // No target converts vectors of i64 to f32.
  int64_t mostLanes = sumType.isInteger(32) ? getVectorLanes(emitter, op.getType()) : 1;
  forEachWindow(
      emitter, window, op.getType(), mostLanes,
      [&](ArrayRef<Value> position, int64_t lanes, TapRange rows, TapRange columns) {
        Type floats = KernelEmitter::withLanes(builder.getF32Type(), lanes);
        Value countScalar = arith::MulIOp::create(builder, location, tapCount(rows, 0, position[1]),
                                                  tapCount(columns, 1, position[2]));
        Value count = arith::SIToFPOp::create(builder, location, builder.getF32Type(), countScalar);
        Value value;
        if (inType) {
          Type integers = KernelEmitter::withLanes(sumType, lanes);
          Value sum =
              foldWindow(emitter, window, input, position, rows, columns,
                         emitter.constant(integers, 0), [&](Value a, Value b) -> Value {
                           if (int64_t zeroPoint = inType.getZeroPoint())
                             b = arith::SubIOp::create(builder, location, b,
                                                       emitter.constant(b.getType(), zeroPoint));
                           if (b.getType() != integers)
                             b = arith::ExtSIOp::create(builder, location, integers, b);
                           return arith::AddIOp::create(builder, location, a, b);
                         });
          // m = f32(x_scale / f32(y_scale * count)).
          Type f32 = builder.getF32Type();
          Value divisor = arith::MulFOp::create(
              builder, location, emitter.constantFloat(f32, qnn::getScale(outType)), count);
          Value multiplier = arith::DivFOp::create(
              builder, location, emitter.constantFloat(f32, qnn::getScale(inType)), divisor);
          Value real = arith::SIToFPOp::create(builder, location, floats, sum);
          value = emitter.quantizeScaled(
              arith::MulFOp::create(builder, location, real, emitter.splat(multiplier, lanes)),
              outType);
        } else {
          Value sum = foldWindow(emitter, window, input, position, rows, columns,
                                 emitter.constantFloat(floats, 0), [&](Value a, Value b) -> Value {
                                   return arith::AddFOp::create(builder, location, a, b);
                                 });
          value = arith::DivFOp::create(builder, location, sum, emitter.splat(count, lanes));
        }
        if (failed(epilogue.store(value, position)))
          status = failure();
      });
  return status;
}

} // namespace qcc::codegen
