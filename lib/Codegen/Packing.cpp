//===- Packing.cpp - computed matrices in the order of packed weights -------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

class MatrixPacker {
public:
  MatrixPacker(KernelEmitter &emitter, kernel::PackOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        input(permute(emitter.getView(op.getInput()), op.getPermutation())),
        packed(emitter.getView(op.getResult())), lanes(op.getLanes()),
        step(kernel::getStep(op.getArithmetic())), depth(op.getDepth()), columns(op.getColumns()),
        bytes(qnn::getElementBytes(packed.elementType)) {
    depthStride = *(input.strides.end() - 2);
    columnStride = input.strides.back();
  }

  void emit() {
    size_t leading = input.shape.size() - 2;
    emitter.loopNest(
        ArrayRef(input.shape).take_front(leading), 1, [&](ArrayRef<Value> position, int64_t) {
          emitMatrix(skipLast(input, leading, position), skipLast(packed, leading, position));
        });
  }

private:
  static BufferView permute(const BufferView &view, ArrayRef<int64_t> permutation) {
    BufferView result{view.pointer, view.elementType, {}, {}};
    for (int64_t dimension : permutation) {
      result.shape.push_back(view.shape[dimension]);
      result.strides.push_back(view.strides[dimension]);
    }
    return result;
  }

  /// Address of the matrix at `position` of the leading dimensions.
  Value skipLast(const BufferView &view, size_t leading, ArrayRef<Value> position) {
    return emitter.addressOf({view.pointer, view.elementType,
                              SmallVector<int64_t>(ArrayRef(view.shape).take_front(leading)),
                              SmallVector<int64_t>(ArrayRef(view.strides).take_front(leading))},
                             position);
  }

  void emitMatrix(Value from, Value to) {
    int64_t panel = op.getPanel(), whole = columns / panel * panel;
    int64_t channelBytes = llvm::divideCeil(depth, step) * step * bytes;
    auto panelAt = [&](Value first, int64_t width, int64_t valid) {
      Value source = emitter.addressOf(from, emitter.scaleOffset(first, columnStride));
      Value target = emitter.addressOf(to, emitter.scaleOffset(first, channelBytes));
      emitPanel(source, target, width, valid);
    };
    emitter.loop(0, whole, panel, [&](Value first) { panelAt(first, panel, panel); });
    if (whole < columns)
      panelAt(emitter.offset(whole), llvm::alignTo(columns - whole, lanes), columns - whole);
  }

  /// `width` channels, of which the first `valid` exist.
  void emitPanel(Value from, Value to, int64_t width, int64_t valid) {
    int64_t whole = depth / step;
    auto stepAt = [&](Value k, int64_t rows) {
      Value source = emitter.addressOf(from, emitter.scaleOffset(k, step * depthStride));
      Value target = emitter.addressOf(to, emitter.scaleOffset(k, width * step * bytes));
      emitStep(source, target, rows, width, valid);
    };
    emitter.loop(0, whole, 1, [&](Value k) { stepAt(k, step); });
    if (depth % step)
      stepAt(emitter.offset(whole), depth % step);
  }

  /// `rows` of the `step` elements of each channel exist.
  void emitStep(Value from, Value to, int64_t rows, int64_t width, int64_t valid) {
    bool isDense = columnStride == qnn::getElementBytes(input.elementType);
    int64_t vectors = isDense ? valid / lanes * lanes : 0;
    for (int64_t channel = 0; channel < vectors; channel += lanes)
      storeStep(loadRows(from, emitter.offset(channel), rows, lanes), to, emitter.offset(channel));
    emitter.loop(vectors, valid, 1,
                 [&](Value channel) { storeStep(loadRows(from, channel, rows, 1), to, channel); });
    emitter.loop(valid, width, 1, [&](Value channel) {
      SmallVector<Value> zeros(step, constantZero());
      storeStep(zeros, to, channel);
    });
  }

  Value constantZero(int64_t width = 1) {
    Type type = KernelEmitter::withLanes(KernelEmitter::getRegisterType(input.elementType), width);
    return isa<FloatType>(getElementTypeOrSelf(type)) ? emitter.constantFloat(type, 0.0f)
                                                      : emitter.constant(type, 0);
  }

  SmallVector<Value> loadRows(Value from, Value channel, int64_t rows, int64_t width) {
    SmallVector<Value> values;
    for (int64_t row = 0; row < step; ++row) {
      if (row >= rows) {
        values.push_back(constantZero(width));
        continue;
      }
      Value at = emitter.addOffsets(emitter.scaleOffset(channel, columnStride),
                                    emitter.offset(row * depthStride));
      Value value = emitter.loadAt(emitter.addressOf(from, at), input.elementType, width);
      if (int64_t zeroPoint = op.getZeroPoint())
        value = arith::SubIOp::create(builder, location, value,
                                      emitter.constant(value.getType(), zeroPoint));
      values.push_back(value);
    }
    return values;
  }

  /// Neighbouring elements of one channel go side by side: a pair of words is one 32-bit number.
  void storeStep(ArrayRef<Value> values, Value to, Value channel) {
    Value address = emitter.addressOf(to, emitter.scaleOffset(channel, step * bytes));
    if (step == 1) {
      emitter.storeAt(values[0], address, packed.elementType);
      return;
    }
    Type type = values[0].getType();
    Value low = arith::AndIOp::create(builder, location, values[0], emitter.constant(type, 0xFFFF));
    Value high = arith::ShLIOp::create(builder, location, values[1], emitter.constant(type, 16));
    Value pair = arith::OrIOp::create(builder, location, low, high);
    LLVM::StoreOp::create(builder, location, pair, address, static_cast<unsigned>(bytes));
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  kernel::PackOp op;
  BufferView input;
  const BufferView &packed;
  int64_t lanes, step, depth, columns, bytes, depthStride, columnStride;
};

} // namespace

LogicalResult emitPack(KernelEmitter &emitter) {
  MatrixPacker(emitter, cast<kernel::PackOp>(getRoot(emitter.kernel))).emit();
  return success();
}

} // namespace qcc::codegen
