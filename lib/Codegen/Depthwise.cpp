//===- Depthwise.cpp - one input channel for each output channel ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Channels are the lanes: every tap multiplies a vector of neighbours by a vector of weights.
//===----------------------------------------------------------------------===//
#include "Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using qcc::kernel::Arithmetic;

namespace qcc::codegen {

namespace {

class DepthwiseEmitter {
public:
  DepthwiseEmitter(KernelEmitter &emitter, kernel::ContractionOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        arithmetic(op.getArithmetic()), step(op.getStep()), channels(op.getOutputChannels()),
        paddedChannels(llvm::alignTo(channels, op.getLanes())),
        weightBytes(qnn::getElementBytes(op.getWeights().getType().getElementType())) {}

  LogicalResult emit();

private:
  Value sumPadded(const Activation &activation, Value pixel, Value channel, int64_t lanes);
  Value sumClamped(const Activation &activation, ArrayRef<Value> pixel, Value channel);
  Value loadActivation(Value address, int64_t lanes);
  Value loadWeights(Value group, Value channel, int64_t lanes);
  Value addTaps(Value sum, Value weights, Value first, Value second, int64_t lanes);
  Value initialSum(Value channel, int64_t lanes) {
    Type f32 = KernelEmitter::withLanes(builder.getF32Type(), lanes);
    return arithmetic == Arithmetic::Float ? emitter.constantFloat(f32, 0.0f)
                                           : loadBias(emitter, op, channel, lanes);
  }
  Value extend(Value value, int64_t lanes, unsigned bits, bool isSigned) {
    Type type = KernelEmitter::withLanes(builder.getIntegerType(bits), lanes);
    if (isSigned)
      return arith::ExtSIOp::create(builder, location, type, value);
    return arith::ExtUIOp::create(builder, location, type, value);
  }
  Value multiplyAdd(Value sum, Value a, Value b) {
    if (arithmetic == Arithmetic::Float) {
      Value product = arith::MulFOp::create(builder, location, a, b);
      return arith::AddFOp::create(builder, location, sum, product);
    }
    Value product = arith::MulIOp::create(builder, location, a, b);
    return arith::AddIOp::create(builder, location, sum, product);
  }

  /// Larger windows, such as those of global pools, are loops over their taps.
  static constexpr int64_t mostUnrolledTaps = 64;

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  kernel::ContractionOp op;
  Arithmetic arithmetic;
  int64_t step, channels, paddedChannels, weightBytes;
};

/// Raw codes or floats of neighbouring channels; scalars in 32 bits.
Value DepthwiseEmitter::loadActivation(Value address, int64_t lanes) {
  Type element = arithmetic == Arithmetic::Float
                     ? Type(builder.getF32Type())
                     : Type(builder.getIntegerType(op.getActivationBytes() * 8));
  return LLVM::LoadOp::create(builder, location, KernelEmitter::withLanes(element, lanes), address,
                              static_cast<unsigned>(op.getActivationBytes()));
}

/// `group` counts groups of `step` taps.
Value DepthwiseEmitter::loadWeights(Value group, Value channel, int64_t lanes) {
  Type element = arithmetic == Arithmetic::Float ? Type(builder.getF32Type())
                                                 : Type(builder.getIntegerType(weightBytes * 8));
  Value at = emitter.addOffsets(emitter.scaleOffset(channel, step * weightBytes),
                                emitter.scaleOffset(group, paddedChannels * step * weightBytes));
  return LLVM::LoadOp::create(builder, location, KernelEmitter::withLanes(element, lanes * step),
                              emitter.addressOf(emitter.getView(op.getWeights()).pointer, at),
                              static_cast<unsigned>(weightBytes));
}

/// Adds the products of `step` taps; `second` is the second one's activation.
Value DepthwiseEmitter::addTaps(Value sum, Value weights, Value first, Value second,
                                int64_t lanes) {
  auto quantized = qnn::getQuantized(op.getInput().getType());
  switch (arithmetic) {
  case Arithmetic::Float:
    return multiplyAdd(sum, first, weights);
  case Arithmetic::Codes: {
    Value x = extend(first, lanes, 32, quantized.isSigned());
    x = arith::SubIOp::create(builder, location, x,
                              emitter.constant(x.getType(), quantized.getZeroPoint()));
    return multiplyAdd(sum, x, extend(weights, lanes, 32, true));
  }
  case Arithmetic::Words:
    return multiplyAdd(sum, extend(first, lanes, 32, true), extend(weights, lanes, 32, true));
  default:
    break;
  }
  // WordPairs of raw codes side by side. Behind the last tap the weight is 0.
  if (lanes == 1) {
    for (auto [i, code] : {std::pair(0, first), std::pair(1, second)}) {
      Value weight = vector::ExtractOp::create(builder, location, weights, i);
      sum =
          multiplyAdd(sum, extend(code, 1, 32, quantized.isSigned()), extend(weight, 1, 32, true));
    }
    return sum;
  }
  SmallVector<int64_t> order;
  for (int64_t lane = 0; lane < lanes; ++lane)
    order.append({lane, lanes + lane});
  Value pairs = vector::ShuffleOp::create(builder, location, first, second, order);
  Value product = emitWordPairProduct(emitter, extend(pairs, 2 * lanes, 16, quantized.isSigned()),
                                      weights, lanes);
  return arith::AddIOp::create(builder, location, sum, product);
}

Value DepthwiseEmitter::sumPadded(const Activation &activation, Value pixel, Value channel,
                                  int64_t lanes) {
  auto kernel = op.getKernel(), dilations = op.getDilations();
  int64_t taps = kernel[0] * kernel[1], groups = llvm::divideCeil(taps, step);
  int64_t rowBytes = dilations[0] * activation.rowPitch,
          columnBytes = dilations[1] * activation.pixelPitch;
  Value start = emitter.addressOf(pixel, emitter.scaleOffset(channel, activation.elementBytes));
  auto load = [&](Value at) { return loadActivation(emitter.addressOf(start, at), lanes); };
  Value sum = initialSum(channel, lanes);
  if (taps <= mostUnrolledTaps) {
    auto loadTap = [&](int64_t tap) {
      int64_t at = tap / kernel[1] * rowBytes + tap % kernel[1] * columnBytes;
      return load(emitter.offset(at));
    };
    for (int64_t group = 0; group < groups; ++group) {
      Value weights = loadWeights(emitter.offset(group), channel, lanes);
      Value first = loadTap(group * step);
      Value second = step > 1 ? loadTap(std::min(group * step + 1, taps - 1)) : Value();
      sum = addTaps(sum, weights, first, second, lanes);
    }
    return sum;
  }
  Value zero = emitter.offset(0);
  auto loadTap = [&](Value row, Value column) {
    return load(emitter.addOffsets(emitter.scaleOffset(row, rowBytes),
                                   emitter.scaleOffset(column, columnBytes)));
  };
  if (step == 1)
    return emitter.loopCarried(
        zero, emitter.offset(kernel[0]), 1, sum, [&](Value row, ValueRange outer) {
          return emitter.loopCarried(
              zero, emitter.offset(kernel[1]), 1, outer, [&](Value column, ValueRange inner) {
                Value tap = emitter.addOffsets(emitter.scaleOffset(row, kernel[1]), column);
                return SmallVector<Value>{addTaps(inner[0], loadWeights(tap, channel, lanes),
                                                  loadTap(row, column), Value(), lanes)};
              });
        })[0];
  // A pair may lie in two rows.
  auto loadNumbered = [&](Value tap) {
    Value row = arith::DivUIOp::create(builder, location, tap, emitter.offset(kernel[1]));
    return loadTap(row, emitter.addOffsets(tap, emitter.scaleOffset(row, -kernel[1])));
  };
  return emitter.loopCarried(
      zero, emitter.offset(groups), 1, sum, [&](Value group, ValueRange carried) {
        Value tap = emitter.scaleOffset(group, step);
        Value next =
            emitter.minimum(emitter.addOffsets(tap, emitter.offset(1)), emitter.offset(taps - 1));
        return SmallVector<Value>{addTaps(carried[0], loadWeights(group, channel, lanes),
                                          loadNumbered(tap), loadNumbered(next), lanes)};
      })[0];
}

Value DepthwiseEmitter::sumClamped(const Activation &activation, ArrayRef<Value> pixel,
                                   Value channel) {
  auto shape = op.getInput().getType().getShape();
  auto kernel = op.getKernel(), strides = op.getStrides(), pads = op.getPads(),
       dilations = op.getDilations();
  auto quantized = qnn::getQuantized(op.getInput().getType());
  TapRange rowTaps =
      getTapRange(emitter, pixel[0], strides[0], pads[0], dilations[0], kernel[0], shape[1]);
  TapRange columnTaps =
      getTapRange(emitter, pixel[1], strides[1], pads[1], dilations[1], kernel[1], shape[2]);
  auto coordinate = [&](int64_t spatial, Value tap) {
    Value first = emitter.addOffsets(emitter.scaleOffset(pixel[spatial], strides[spatial]),
                                     emitter.offset(-pads[spatial]));
    return emitter.addOffsets(first, emitter.scaleOffset(tap, dilations[spatial]));
  };
  Value start =
      emitter.addressOf(activation.pointer, emitter.scaleOffset(channel, activation.elementBytes));
  Value weights = emitter.addressOf(emitter.getView(op.getWeights()).pointer,
                                    emitter.scaleOffset(channel, weightBytes));
  Value initial = initialSum(channel, 1);
  return emitter.loopCarried(
      rowTaps.begin, rowTaps.end, 1, initial, [&](Value ky, ValueRange outer) {
        Value row =
            emitter.addressOf(start, emitter.scaleOffset(coordinate(0, ky), activation.rowPitch));
        return emitter.loopCarried(
            columnTaps.begin, columnTaps.end, 1, outer, [&](Value kx, ValueRange inner) {
              Value at = emitter.addressOf(
                  row, emitter.scaleOffset(coordinate(1, kx), activation.pixelPitch));
              Value tap = emitter.addOffsets(emitter.scaleOffset(ky, kernel[1]), kx);
              Value weightAddress = emitter.addressOf(
                  weights, emitter.scaleOffset(tap, paddedChannels * weightBytes));
              Value x, w;
              if (arithmetic == Arithmetic::Float) {
                x = emitter.loadAt(at, builder.getF32Type(), 1);
                w = emitter.loadAt(weightAddress, builder.getF32Type(), 1);
              } else {
                x = emitter.loadAt(at, quantized, 1);
                x = arith::SubIOp::create(builder, location, x,
                                          emitter.constant(x.getType(), quantized.getZeroPoint()));
                Value narrow =
                    emitter.loadAt(weightAddress, builder.getIntegerType(weightBytes * 8), 1);
                w = extend(narrow, 1, 32, true);
              }
              return SmallVector<Value>{multiplyAdd(inner[0], x, w)};
            });
      })[0];
}

LogicalResult DepthwiseEmitter::emit() {
  auto shape = op.getType().getShape(), strides = op.getStrides();
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  forEachImage(emitter, op, [&](ArrayRef<Value> prefix, Value image, Value) {
    forEachBand(emitter, op, image, [&](Value firstRow, const Activation &activation) {
      int64_t lanes = activation.isPadded ? static_cast<int64_t>(op.getLanes()) : 1;
      emitter.loopNest({op.getBandRows(), shape[2]}, 1, [&](ArrayRef<Value> pixel, int64_t) {
        Value at =
            emitter.addOffsets(emitter.scaleOffset(pixel[0], strides[0] * activation.rowPitch),
                               emitter.scaleOffset(pixel[1], strides[1] * activation.pixelPitch));
        Value address = emitter.addressOf(activation.pointer, at);
        Value row = emitter.addOffsets(firstRow, pixel[0]);
        emitter.loopNest({channels}, lanes, [&](ArrayRef<Value> channel, int64_t width) {
          Value sum = activation.isPadded ? sumPadded(activation, address, channel[0], width)
                                          : sumClamped(activation, {row, pixel[1]}, channel[0]);
          Value position[] = {prefix[0], row, pixel[1], channel[0]};
          if (failed(epilogue.store(finishSum(emitter, op, sum, channel[0]), position)))
            status = failure();
        });
      });
    });
  });
  return status;
}

} // namespace

LogicalResult emitDepthwise(KernelEmitter &emitter) {
  return DepthwiseEmitter(emitter, cast<kernel::ContractionOp>(getRoot(emitter.kernel))).emit();
}

} // namespace qcc::codegen
