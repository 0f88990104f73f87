//===- ContractionInput.cpp - activations, bias and requantize --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Contraction.h"
#include "Requantize.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

/// Writes the scratch copy of a band of one image.
class ActivationCopy {
public:
  ActivationCopy(KernelEmitter &emitter, kernel::ContractionOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        input(emitter.getView(op.getInput())),
        quantized(qnn::getQuantized(op.getInput().getType())), bytes(op.getActivationBytes()) {
    element = isFloat() ? Type(builder.getF32Type()) : Type(builder.getIntegerType(bytes * 8));
  }

  /// The band's rows of the padded image, from row `first` on.
  void write(Value to, Value from, Value first) {
    int64_t channels = op.getInputChannels(), rows = op.getBandInputRows();
    bool isImage = op.getImage();
    auto pads = op.getPads();
    int64_t left = isImage ? pads[1] * channels : 0, right = isImage ? pads[3] * channels : 0;
    int64_t rowElements = op.getPaddedWidth() * channels, inside = rowElements - left - right;
    int64_t sourcePitch = inside * qnn::getElementBytes(input.elementType);
    emitter.loop(0, rows, 1, [&](Value row) {
      Value target = emitter.addressOf(to, emitter.scaleOffset(row, rowElements * bytes));
      auto copyRow = [&](Value sourceRow) {
        fill(target, left);
        convert(advance(target, left * bytes),
                emitter.addressOf(from, emitter.scaleOffset(sourceRow, sourcePitch)), inside);
        fill(advance(target, (left + inside) * bytes), right);
      };
      if (!isImage)
        return copyRow(row);
      Value sourceRow =
          emitter.addOffsets(emitter.addOffsets(first, row), emitter.offset(-pads[0]));
      if (pads[0] == 0 && pads[2] == 0)
        return copyRow(sourceRow);
      // Rows above the image are below 0, which is a large unsigned number.
      Value isInside =
          arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, sourceRow,
                                emitter.offset(op.getPaddedHeight() - pads[0] - pads[2]));
      auto branch = scf::IfOp::create(builder, location, isInside, /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(branch.thenBlock());
      copyRow(sourceRow);
      builder.setInsertionPointToStart(branch.elseBlock());
      fill(target, rowElements);
    });
  }

private:
  bool isFloat() const { return !quantized; }
  Value advance(Value pointer, int64_t by) {
    return by == 0 ? pointer : emitter.addressOf(pointer, emitter.offset(by));
  }

  /// Calls `body(offset, lanes)` for whole vectors of `count` elements, then for the rest one by
  /// one.
  void overElements(int64_t count, llvm::function_ref<void(Value, int64_t)> body) {
    int64_t lanes = std::max<int64_t>(emitter.target.vectorBytes / std::max<int64_t>(bytes, 2), 1);
    int64_t whole = count / lanes * lanes;
    if (lanes > 1)
      emitter.loop(0, whole, lanes, [&](Value at) { body(at, lanes); });
    emitter.loop(lanes > 1 ? whole : 0, count, 1, [&](Value at) { body(at, 1); });
  }

  void fill(Value to, int64_t count) {
    // Words hold codes less the zero point, so their padding is 0.
    int64_t code = quantized && bytes == 1 ? quantized.getZeroPoint() : 0;
    overElements(count, [&](Value at, int64_t lanes) {
      Type type = KernelEmitter::withLanes(element, lanes);
      Value value = isFloat() ? emitter.constantFloat(type, 0.0f)
                              : emitter.constant(type, static_cast<int8_t>(code));
      Value address = emitter.addressOf(to, emitter.scaleOffset(at, bytes));
      LLVM::StoreOp::create(builder, location, value, address, static_cast<unsigned>(bytes));
    });
  }

  void convert(Value to, Value from, int64_t count) {
    int64_t sourceBytes = qnn::getElementBytes(input.elementType);
    overElements(count, [&](Value at, int64_t lanes) {
      Type loaded = isFloat() ? Type(builder.getF32Type()) : Type(builder.getI8Type());
      Value value =
          LLVM::LoadOp::create(builder, location, KernelEmitter::withLanes(loaded, lanes),
                               emitter.addressOf(from, emitter.scaleOffset(at, sourceBytes)),
                               static_cast<unsigned>(sourceBytes));
      if (bytes == 2) {
        Type words = KernelEmitter::withLanes(element, lanes);
        value = quantized.isSigned()
                    ? arith::ExtSIOp::create(builder, location, words, value).getResult()
                    : arith::ExtUIOp::create(builder, location, words, value).getResult();
        value = arith::SubIOp::create(builder, location, value,
                                      emitter.constant(words, quantized.getZeroPoint()));
      }
      LLVM::StoreOp::create(builder, location, value,
                            emitter.addressOf(to, emitter.scaleOffset(at, bytes)),
                            static_cast<unsigned>(bytes));
    });
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  kernel::ContractionOp op;
  const BufferView &input;
  qnn::QuantizedType quantized;
  int64_t bytes;
  Type element;
};

} // namespace

void forEachBand(KernelEmitter &emitter, kernel::ContractionOp op, Value image,
                 llvm::function_ref<void(Value row, const Activation &)> body) {
  int64_t bytes = op.getActivationBytes(), channels = op.getInputChannels();
  if (!op.needsCopy()) {
    int64_t width = op.getImage() ? op.getInput().getType().getDimSize(2) : 1;
    body(emitter.offset(0),
         {image, width * channels * bytes, channels * bytes, bytes, !op.hasPadding()});
    return;
  }
  Activation copy = {emitter.getScratch(), op.getPaddedWidth() * channels * bytes, channels * bytes,
                     bytes, true};
  int64_t rows = op.getBandRows(), height = op.getImage() ? op.getType().getDimSize(1) : 1;
  emitter.loop(0, llvm::divideCeil(height, rows), 1, [&](Value band) {
    // The last band begins where it ends with the result; what it computes again is the same.
    Value row = emitter.minimum(emitter.scaleOffset(band, rows), emitter.offset(height - rows));
    Value first = op.getImage() ? emitter.scaleOffset(row, op.getStrides()[0]) : row;
    ActivationCopy(emitter, op).write(copy.pointer, image, first);
    body(row, copy);
  });
}

TapRange getTapRange(KernelEmitter &emitter, Value output, int64_t stride, int64_t pad,
                     int64_t dilation, int64_t kernel, int64_t size) {
  OpBuilder &builder = emitter.builder;
  Value first = emitter.addOffsets(emitter.scaleOffset(output, stride), emitter.offset(-pad));
  auto ceilDivide = [&](Value a) -> Value {
    if (dilation == 1)
      return a;
    Value sum = emitter.addOffsets(a, emitter.offset(dilation - 1));
    return arith::DivSIOp::create(builder, emitter.location, sum, emitter.offset(dilation));
  };
  // Tap k reads first + k * dilation, which must be in [0, size). A negative quotient is clamped to
  // 0.
  Value zero = emitter.offset(0);
  Value below = arith::SubIOp::create(builder, emitter.location, zero, first);
  Value room = arith::SubIOp::create(builder, emitter.location, emitter.offset(size), first);
  return {emitter.maximum(ceilDivide(below), zero),
          emitter.minimum(ceilDivide(room), emitter.offset(kernel))};
}

Value loadBias(KernelEmitter &emitter, kernel::ContractionOp op, Value channel, int64_t lanes) {
  const BufferView &bias = emitter.getView(op.getBias());
  return emitter.load(bias, channel, lanes);
}

Value finishSum(KernelEmitter &emitter, kernel::ContractionOp op, Value sum, Value channel) {
  OpBuilder &builder = emitter.builder;
  int64_t lanes = KernelEmitter::getLanes(sum);
  if (op.getArithmetic() == kernel::Arithmetic::Float)
    return arith::AddFOp::create(builder, emitter.location, sum,
                                 loadBias(emitter, op, channel, lanes));
  auto type = qnn::getQuantized(op.getType());
  if (!op.getMultiplier()) // [contraction-c5]
    return sum;
  const BufferView &multipliers = emitter.getView(op.getMultiplier());
  if (!multipliers.elementType.isF32()) {
    auto module = emitter.kernel->getParentOfType<ModuleOp>();
    func::FuncOp requantize = getRequantizeFunction(module, emitter.target.hasLongMultiply);
    constexpr int64_t recordBytes = 16;
    Value record =
        emitter.addressOf(multipliers.pointer, emitter.scaleOffset(channel, recordBytes));
    Value steps =
        func::CallOp::create(builder, emitter.location, requantize, ValueRange{sum, record})
            .getResult(0);
    int64_t zeroPoint = type.getZeroPoint();
    steps = emitter.maximum(
        steps, emitter.constant(steps.getType(), type.getStorageTypeMin() - zeroPoint));
    steps = emitter.minimum(
        steps, emitter.constant(steps.getType(), type.getStorageTypeMax() - zeroPoint));
    return arith::AddIOp::create(builder, emitter.location, steps,
                                 emitter.constant(steps.getType(), zeroPoint));
  }
  Value multiplier = emitter.load(multipliers, channel, lanes);
  Value real = arith::SIToFPOp::create(builder, emitter.location, multiplier.getType(), sum);
  Value scaled = arith::MulFOp::create(builder, emitter.location, real, multiplier);
  if (!type) // [contraction-c4]
    return scaled;
  return emitter.quantizeScaled(scaled, type);
}

void forEachImage(KernelEmitter &emitter, kernel::ContractionOp op,
                  llvm::function_ref<void(ArrayRef<Value>, Value, Value)> body) {
  auto result = op.getType().getShape();
  size_t leading = op.getImage() ? 1 : result.size() < 2 ? 0 : result.size() - 2;
  // The matrix of `view`, whose last `inner` dimensions are one, at a position of the result.
  auto matrixAt = [&](Value tensor, size_t inner, ArrayRef<Value> prefix) {
    const BufferView &view = emitter.getView(tensor);
    size_t outer = view.shape.size() > inner ? view.shape.size() - inner : 0;
    return emitter.addressOf({view.pointer, view.elementType,
                              SmallVector<int64_t>(ArrayRef(view.shape).take_front(outer)),
                              SmallVector<int64_t>(ArrayRef(view.strides).take_front(outer))},
                             prefix.take_back(outer));
  };
  emitter.loopNest(result.take_front(leading), 1, [&](ArrayRef<Value> prefix, int64_t) {
    body(prefix, matrixAt(op.getInput(), result.size() - leading, prefix),
         matrixAt(op.getWeights(), 1, prefix));
  });
}

} // namespace qcc::codegen
