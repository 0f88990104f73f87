//===- Recurrent.cpp - LSTM, GRU and simple recurrent layers
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequences one after the other, each a loop over its steps: code does not grow with their number.
// The buffers of the last states are the states while the loop runs. The sums of one step lie in
// scratch; docs/Semantics.md gives the order of the additions.
//===----------------------------------------------------------------------===//
#include "Recurrent.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

namespace {

class RecurrentEmitter {
public:
  RecurrentEmitter(KernelEmitter &emitter, qnn::RecurrentOp op);
  void emit();

private:
  static constexpr int64_t bytes = sizeof(float);
  /// Of the panel that begins at column `first` of a block the columns from `offset` on.
  struct Columns {
    Value block, first;
    int64_t offset, lanes, vectors;
  };

  Value mul(Value a, Value b) { return arith::MulFOp::create(builder, location, a, b); }
  Value add(Value a, Value b) { return arith::AddFOp::create(builder, location, a, b); }
  Value oneLess(Value a) {
    return arith::SubFOp::create(builder, location, emitter.constantFloat(a.getType(), 1), a);
  }
  /// Elements `index` + `extra` of f32 at `pointer`.
  Value read(Value pointer, Value index, int64_t extra, int64_t lanes) {
    return emitter.loadAt(at(pointer, index, extra), builder.getF32Type(), lanes);
  }
  void write(Value value, Value pointer, Value index, int64_t extra = 0) {
    emitter.storeAt(value, at(pointer, index, extra), builder.getF32Type());
  }
  Value at(Value pointer, Value index, int64_t extra) {
    Value offset = emitter.scaleOffset(index, bytes);
    if (extra != 0)
      offset = emitter.addOffsets(offset, emitter.offset(extra * bytes));
    return emitter.addressOf(pointer, offset);
  }
  Value activate(unsigned index, Value x) {
    auto name = cast<StringAttr>(op.getActivations()[index]).getValue();
    return emitActivation(emitter, name, op.getAlphas()[index], op.getBetas()[index], x);
  }
  Value bound(Value x) {
    float limit = op.getClip().convertToFloat();
    if (!(limit > 0))
      return x;
    x = emitter.maximum(x, emitter.constantFloat(x.getType(), -limit));
    return emitter.minimum(x, emitter.constantFloat(x.getType(), limit));
  }
  Value pointerOf(Value tensor) { return tensor ? emitter.getView(tensor).pointer : Value(); }

  void emitPanel(Value state, Value start, Value sums, const Columns &columns, int64_t rowStride);
  /// sums[j] = start[j] + sum over k of state[k] * weights[k][j], for the columns of whole blocks.
  /// Without `start` the sums begin at 0. Both pointers are those of the first of these columns.
  void emitProducts(Value state, Value start, Value sums, int64_t firstBlock, int64_t blocks);
  void emitElements(llvm::function_ref<void(Value j, int64_t lanes)> body);
  void emitSequence(Value n);
  void emitStep();
  void emitLSTM();
  void emitGRU();
  void emitRNN();
  void storeHidden(Value value, Value j);

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  qnn::RecurrentOp op;
  int64_t steps, batch, size, width, lanes;
  Value scratch;
  // Of the step at hand: its gates, the states of its sequence, its place in the results.
  Value gates, hidden, cell, place;
};

RecurrentEmitter::RecurrentEmitter(KernelEmitter &emitter, qnn::RecurrentOp op)
    : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op) {
  auto shape = op.getGates().getType().getShape();
  steps = shape[0];
  batch = shape[1];
  width = shape[2];
  size = op.getStateSize();
  lanes = std::max<int64_t>(emitter.target.vectorBytes / bytes, 1);
  scratch = emitter.getScratch();
}

void RecurrentEmitter::emitPanel(Value state, Value start, Value sums, const Columns &columns,
                                 int64_t rowStride) {
  int64_t lanes = columns.lanes;
  Value first = emitter.addOffsets(emitter.scaleOffset(columns.block, size), columns.first);
  Value column = emitter.addOffsets(first, emitter.offset(columns.offset));
  SmallVector<Value> accumulators;
  Type type = KernelEmitter::withLanes(builder.getF32Type(), lanes);
  for (int64_t v = 0; v < columns.vectors; ++v)
    accumulators.push_back(start ? read(start, column, v * lanes, lanes)
                                 : emitter.constantFloat(type, 0));
  Value panel = op.getPanel() ? emitter.scaleOffset(first, size) : first;
  Value weights = at(pointerOf(op.getWeights()), panel, columns.offset);
  accumulators = emitter.loopCarried(
      emitter.offset(0), emitter.offset(size), 1, accumulators, [&](Value k, ValueRange sums) {
        Value factor = emitter.splat(read(state, k, 0, 1), lanes);
        Value row = emitter.scaleOffset(k, rowStride);
        SmallVector<Value> next;
        for (auto [v, sum] : llvm::enumerate(sums))
          next.push_back(
              add(sum, mul(factor, read(weights, row, static_cast<int64_t>(v) * lanes, lanes))));
        return next;
      });
  for (auto [v, sum] : llvm::enumerate(accumulators))
    write(sum, sums, column, static_cast<int64_t>(v) * lanes);
}

void RecurrentEmitter::emitProducts(Value state, Value start, Value sums, int64_t firstBlock,
                                    int64_t blocks) {
  // Sums of one column depend on each other: so many side by side hide the latency of an addition.
  constexpr int64_t vectors = 8;
  int64_t panel = op.getPanel() ? op.getPanel() : lanes * vectors;
  auto emitColumns = [&](Value block, Value first, int64_t count) {
    int64_t rowStride = op.getPanel() ? count : width;
    // A narrow rest of the panel in vectors of half the width each time.
    for (int64_t done = 0, step = lanes; done < count; step /= 2)
      if (int64_t whole = (count - done) / step) {
        emitPanel(state, start, sums, {block, first, done, step, whole}, rowStride);
        done += whole * step;
      }
  };
  emitter.loop(firstBlock, firstBlock + blocks, 1, [&](Value block) {
    int64_t whole = size / panel * panel;
    emitter.loop(0, whole, panel, [&](Value first) { emitColumns(block, first, panel); });
    if (whole < size)
      emitColumns(block, emitter.offset(whole), size - whole);
  });
}

void RecurrentEmitter::emitElements(llvm::function_ref<void(Value, int64_t)> body) {
  emitter.loopNest({size}, lanes,
                   [&](ArrayRef<Value> position, int64_t lanes) { body(position[0], lanes); });
}

void RecurrentEmitter::storeHidden(Value value, Value j) {
  write(value, hidden, j);
  if (Value sequence = op.getSequence())
    write(value, at(emitter.getView(sequence).pointer, emitter.scaleOffset(place, size), 0), j);
}

void RecurrentEmitter::emitLSTM() {
  emitProducts(hidden, gates, scratch, 0, 4);
  emitElements([&](Value j, int64_t lanes) {
    Value input = read(scratch, j, 0, lanes), output = read(scratch, j, size, lanes);
    Value forget = read(scratch, j, 2 * size, lanes), candidate = read(scratch, j, 3 * size, lanes);
    Value before = read(cell, j, 0, lanes), peepholes = pointerOf(op.getPeepholes());
    if (peepholes) {
      input = add(input, mul(read(peepholes, j, 0, lanes), before));
      forget = add(forget, mul(read(peepholes, j, 2 * size, lanes), before));
    }
    input = activate(0, bound(input));
    forget = op.getCoupled() ? oneLess(input) : activate(0, bound(forget));
    candidate = activate(1, bound(candidate));
    Value after = add(mul(forget, before), mul(input, candidate));
    if (peepholes)
      output = add(output, mul(read(peepholes, j, size, lanes), after));
    write(after, cell, j);
    storeHidden(mul(activate(0, bound(output)), activate(2, after)), j);
  });
}

void RecurrentEmitter::emitGRU() {
  emitProducts(hidden, gates, scratch, 0, 2);
  // What the reset gate multiplies lies behind the sums.
  Value extra = at(scratch, emitter.offset(width), 0);
  auto reset = [&](Value j, int64_t lanes) {
    return activate(0, bound(read(scratch, j, size, lanes)));
  };
  if (op.getResetAfter()) {
    // Block 2 of these sums is `extra`.
    Value sums = at(extra, emitter.offset(-2 * size), 0), bias = pointerOf(op.getBias());
    emitProducts(hidden, bias ? at(bias, emitter.offset(-2 * size), 0) : Value(), sums, 2, 1);
  } else {
    emitElements([&](Value j, int64_t lanes) {
      write(mul(reset(j, lanes), read(hidden, j, 0, lanes)), extra, j);
    });
    emitProducts(extra, gates, scratch, 2, 1);
  }
  emitElements([&](Value j, int64_t lanes) {
    Value update = activate(0, bound(read(scratch, j, 0, lanes))), candidate;
    if (op.getResetAfter())
      candidate =
          add(read(gates, j, 2 * size, lanes), mul(reset(j, lanes), read(extra, j, 0, lanes)));
    else
      candidate = read(scratch, j, 2 * size, lanes);
    candidate = activate(1, bound(candidate));
    Value before = read(hidden, j, 0, lanes);
    storeHidden(add(mul(oneLess(update), candidate), mul(update, before)), j);
  });
}

void RecurrentEmitter::emitRNN() {
  emitProducts(hidden, gates, scratch, 0, 1);
  emitElements([&](Value j, int64_t lanes) {
    storeHidden(activate(0, bound(read(scratch, j, 0, lanes))), j);
  });
}

void RecurrentEmitter::emitStep() {
  switch (op.getKind()) {
  case qnn::RecurrentKind::LSTM:
    return emitLSTM();
  case qnn::RecurrentKind::GRU:
    return emitGRU();
  case qnn::RecurrentKind::RNN:
    return emitRNN();
  }
}

void RecurrentEmitter::emitSequence(Value n) {
  Value row = emitter.scaleOffset(n, size);
  auto start = [&](Value last, Value initial) {
    Value to = at(emitter.getView(last).pointer, row, 0);
    Value from = initial ? at(pointerOf(initial), row, 0) : Value();
    emitElements([&](Value j, int64_t lanes) {
      Type type = KernelEmitter::withLanes(builder.getF32Type(), lanes);
      write(from ? read(from, j, 0, lanes) : emitter.constantFloat(type, 0), to, j);
    });
    return to;
  };
  hidden = start(op.getLastHidden(), op.getHidden());
  if (op.getLastCell())
    cell = start(op.getLastCell(), op.getCell());

  Value length = emitter.offset(steps);
  if (op.getLengths()) {
    Value given = emitter.loadAt(at(pointerOf(op.getLengths()), n, 0), builder.getI32Type(), 1);
    given = emitter.minimum(given, emitter.constant(given.getType(), steps));
    given = emitter.maximum(given, emitter.constant(given.getType(), 0));
    length = given;
    if (length.getType() != emitter.getOffsetType())
      length = arith::ExtUIOp::create(builder, location, emitter.getOffsetType(), given);
  }
  auto placeOf = [&](Value step) {
    return emitter.addOffsets(emitter.scaleOffset(step, batch), n);
  };
  emitter.loopCarried(emitter.offset(0), length, 1, {}, [&](Value step, ValueRange) {
    if (op.getReverse())
      step = arith::SubIOp::create(builder, location,
                                   emitter.addOffsets(length, emitter.offset(-1)), step);
    place = placeOf(step);
    gates = at(pointerOf(op.getGates()), emitter.scaleOffset(place, width), 0);
    emitStep();
    return SmallVector<Value>();
  });
  Value sequence = op.getSequence();
  if (!sequence || !op.getLengths())
    return;
  emitter.loopCarried(length, emitter.offset(steps), 1, {}, [&](Value step, ValueRange) {
    Value row = at(emitter.getView(sequence).pointer, emitter.scaleOffset(placeOf(step), size), 0);
    emitElements([&](Value j, int64_t lanes) {
      Type type = KernelEmitter::withLanes(builder.getF32Type(), lanes);
      write(emitter.constantFloat(type, 0), row, j);
    });
    return SmallVector<Value>();
  });
}

void RecurrentEmitter::emit() {
  emitter.loop(0, batch, 1, [&](Value n) { emitSequence(n); });
}

} // namespace

LogicalResult emitRecurrent(KernelEmitter &emitter) {
  RecurrentEmitter(emitter, cast<qnn::RecurrentOp>(getRoot(emitter.kernel))).emit();
  return success();
}

} // namespace qcc::codegen
