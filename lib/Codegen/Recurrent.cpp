//===- Recurrent.cpp - LSTM, GRU and simple recurrent layers
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop over the steps; in each, a few sequences at a time share what is read
// of the weights. Sequences of different lengths run one after the other. The
// buffers of the last states are the states while the loop runs. The sums of
// one step lie in scratch; docs/Semantics.md gives the order of the additions.
//===----------------------------------------------------------------------===//
#include "Recurrent.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include <tuple>

using namespace mlir;

namespace qcc::codegen {

namespace {

class RecurrentEmitter {
public:
  RecurrentEmitter(KernelEmitter &emitter, qnn::RecurrentOp op);
  void emit();

private:
  static constexpr int64_t bytes = sizeof(float);
  /// So many sums side by side hide the latency of an addition.
  static constexpr int64_t accumulators = 8;
  /// One row for each of the sequences at hand, `stride` elements apart. No
  /// row: zeros.
  struct Rows {
    Value first;
    int64_t stride = 0;
  };
  /// Of the panel that begins at column `first` of a block the columns from
  /// `offset` on.
  struct Columns {
    int64_t firstBlock; // of the rows
    Value block, first, offset;
    int64_t lanes, vectors,
        stride; // stride: from one row of the weights to the next
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

  void emitPanel(Rows state, Rows start, Rows sums, const Columns &columns);
  /// sums[j] = start[j] + sum over k of state[k] * weights[k][j], for the columns of whole blocks.
  /// `start` and `sums` begin with the first of these columns.
  void emitProducts(Rows state, Rows start, Rows sums, int64_t firstBlock, int64_t blocks);
  void emitElements(int64_t count, llvm::function_ref<void(Value j, int64_t lanes)> body);
  /// The body sees the pointers of one sequence.
  void forEachRow(llvm::function_ref<void()> body);
  void initialize(Value n, int64_t count);
  void emitSequence(Value n);
  void emitStep(Value step, Value n, int64_t count);
  void emitLSTM();
  void emitGRU();
  void emitRNN();
  void storeHidden(Value value, Value j);

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  qnn::RecurrentOp op;
  int64_t steps, batch, size, width, lanes;
  int64_t scratchStride; // elements of one sequence
  // Of the step and the sequences at hand: their number; of the first one the gates, the states,
  // the scratch, and the place in the results.
  int64_t rows = 1;
  Value gates, hidden, cell, scratch, place;
};

RecurrentEmitter::RecurrentEmitter(KernelEmitter &emitter, qnn::RecurrentOp op)
    : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op) {
  auto shape = op.getGates().getType().getShape();
  steps = shape[0];
  batch = shape[1];
  width = shape[2];
  size = op.getStateSize();
  lanes = std::max<int64_t>(emitter.target.vectorBytes / bytes, 1);
  scratchStride = (op.getGateCount() + (op.getKind() == qnn::RecurrentKind::GRU ? 1 : 0)) * size;
}

void RecurrentEmitter::emitPanel(Rows state, Rows start, Rows sums, const Columns &columns) {
  int64_t lanes = columns.lanes, vectors = columns.vectors;
  Value inBlock = emitter.addOffsets(columns.first, columns.offset);
  Value column = emitter.addOffsets(emitter.scaleOffset(columns.block, size), inBlock);
  column = emitter.addOffsets(column, emitter.offset(-columns.firstBlock * size));
  SmallVector<Value> values;
  Type type = KernelEmitter::withLanes(builder.getF32Type(), lanes);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t v = 0; v < vectors; ++v)
      values.push_back(start.first
                           ? read(start.first, column, row * start.stride + v * lanes, lanes)
                           : emitter.constantFloat(type, 0));
  Value panel = emitter.addOffsets(emitter.scaleOffset(columns.block, size), columns.first);
  if (op.getPanel())
    panel = emitter.scaleOffset(panel, size);
  Value weights = at(pointerOf(op.getWeights()), emitter.addOffsets(panel, columns.offset), 0);
  values = emitter.loopCarried(
      emitter.offset(0), emitter.offset(size), 1, values, [&](Value k, ValueRange before) {
        SmallVector<Value> factors, after(before);
        for (int64_t row = 0; row < rows; ++row)
          factors.push_back(emitter.splat(read(state.first, k, row * state.stride, 1), lanes));
        Value first = emitter.scaleOffset(k, columns.stride);
        for (int64_t v = 0; v < vectors; ++v) {
          Value weight = read(weights, first, v * lanes, lanes);
          for (int64_t row = 0; row < rows; ++row) {
            Value &sum = after[row * vectors + v];
            sum = add(sum, mul(factors[row], weight));
          }
        }
        return after;
      });
  for (auto [i, value] : llvm::enumerate(values)) {
    int64_t row = static_cast<int64_t>(i) / vectors, v = static_cast<int64_t>(i) % vectors;
    write(value, sums.first, column, row * sums.stride + v * lanes);
  }
}

void RecurrentEmitter::emitProducts(Rows state, Rows start, Rows sums, int64_t firstBlock,
                                    int64_t blocks) {
  int64_t panel = op.getPanel() ? op.getPanel() : lanes * accumulators;
  auto emitColumns = [&](Value block, Value first, int64_t count) {
    Columns columns = {firstBlock, block, first, {}, 0, 0, op.getPanel() ? count : width};
    auto emit = [&](Value offset, int64_t lanes, int64_t vectors) {
      columns.offset = offset;
      columns.lanes = lanes;
      columns.vectors = vectors;
      emitPanel(state, start, sums, columns);
    };
    // A narrow rest of the panel in vectors of half the width each time.
    for (int64_t done = 0, step = lanes; done < count; step /= 2) {
      int64_t vectors = accumulators / rows, together = vectors * step;
      int64_t end = done + (count - done) / together * together;
      emitter.loop(done, end, together, [&](Value offset) { emit(offset, step, vectors); });
      int64_t rest = (count - end) / step;
      if (rest > 0)
        emit(emitter.offset(end), step, rest);
      done = end + rest * step;
    }
  };
  emitter.loop(firstBlock, firstBlock + blocks, 1, [&](Value block) {
    int64_t whole = size / panel * panel;
    emitter.loop(0, whole, panel, [&](Value first) { emitColumns(block, first, panel); });
    if (whole < size)
      emitColumns(block, emitter.offset(whole), size - whole);
  });
}

void RecurrentEmitter::emitElements(int64_t count, llvm::function_ref<void(Value, int64_t)> body) {
  emitter.loopNest({count}, lanes,
                   [&](ArrayRef<Value> position, int64_t lanes) { body(position[0], lanes); });
}

void RecurrentEmitter::forEachRow(llvm::function_ref<void()> body) {
  emitter.loop(0, rows, 1, [&](Value row) {
    auto first = std::tuple(gates, hidden, cell, scratch, place);
    gates = at(gates, emitter.scaleOffset(row, width), 0);
    hidden = at(hidden, emitter.scaleOffset(row, size), 0);
    if (cell)
      cell = at(cell, emitter.scaleOffset(row, size), 0);
    scratch = at(scratch, emitter.scaleOffset(row, scratchStride), 0);
    place = emitter.addOffsets(place, row);
    body();
    std::tie(gates, hidden, cell, scratch, place) = first;
  });
}

void RecurrentEmitter::storeHidden(Value value, Value j) {
  write(value, hidden, j);
  if (Value sequence = op.getSequence())
    write(value, at(emitter.getView(sequence).pointer, emitter.scaleOffset(place, size), 0), j);
}

void RecurrentEmitter::emitLSTM() {
  emitProducts({hidden, size}, {gates, width}, {scratch, scratchStride}, 0, 4);
  forEachRow([&] {
    emitElements(size, [&](Value j, int64_t lanes) {
      Value input = read(scratch, j, 0, lanes), output = read(scratch, j, size, lanes);
      Value forget = read(scratch, j, 2 * size, lanes),
            candidate = read(scratch, j, 3 * size, lanes);
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
  });
}

void RecurrentEmitter::emitGRU() {
  emitProducts({hidden, size}, {gates, width}, {scratch, scratchStride}, 0, 2);
  auto reset = [&](Value j, int64_t lanes) {
    return activate(0, bound(read(scratch, j, size, lanes)));
  };
  // What the reset gate multiplies lies behind the sums.
  Rows extra = {at(scratch, emitter.offset(width), 0), scratchStride};
  if (op.getResetAfter()) {
    emitProducts({hidden, size}, {pointerOf(op.getBias()), 0}, extra, 2, 1);
  } else {
    forEachRow([&] {
      emitElements(size, [&](Value j, int64_t lanes) {
        write(mul(reset(j, lanes), read(hidden, j, 0, lanes)), scratch, j, width);
      });
    });
    Value block = emitter.offset(2 * size);
    emitProducts(extra, {at(gates, block, 0), width}, {at(scratch, block, 0), scratchStride}, 2, 1);
  }
  forEachRow([&] {
    emitElements(size, [&](Value j, int64_t lanes) {
      Value update = activate(0, bound(read(scratch, j, 0, lanes))), candidate;
      if (op.getResetAfter())
        candidate = add(read(gates, j, 2 * size, lanes),
                        mul(reset(j, lanes), read(scratch, j, width, lanes)));
      else
        candidate = read(scratch, j, 2 * size, lanes);
      candidate = activate(1, bound(candidate));
      Value before = read(hidden, j, 0, lanes);
      storeHidden(add(mul(oneLess(update), candidate), mul(update, before)), j);
    });
  });
}

void RecurrentEmitter::emitRNN() {
  emitProducts({hidden, size}, {gates, width}, {scratch, scratchStride}, 0, 1);
  forEachRow([&] {
    emitElements(size, [&](Value j, int64_t lanes) {
      storeHidden(activate(0, bound(read(scratch, j, 0, lanes))), j);
    });
  });
}

/// One step of the `count` sequences from `n` on.
void RecurrentEmitter::emitStep(Value step, Value n, int64_t count) {
  rows = count;
  place = emitter.addOffsets(emitter.scaleOffset(step, batch), n);
  gates = at(pointerOf(op.getGates()), emitter.scaleOffset(place, width), 0);
  Value row = emitter.scaleOffset(n, size);
  hidden = at(pointerOf(op.getLastHidden()), row, 0);
  if (op.getLastCell())
    cell = at(pointerOf(op.getLastCell()), row, 0);
  scratch = emitter.getScratch();
  switch (op.getKind()) {
  case qnn::RecurrentKind::LSTM:
    return emitLSTM();
  case qnn::RecurrentKind::GRU:
    return emitGRU();
  case qnn::RecurrentKind::RNN:
    return emitRNN();
  }
}

/// The states of the `count` sequences from `n` on before their first step.
void RecurrentEmitter::initialize(Value n, int64_t count) {
  Value row = emitter.scaleOffset(n, size);
  auto copy = [&](Value last, Value initial) {
    Value to = at(pointerOf(last), row, 0);
    Value from = initial ? at(pointerOf(initial), row, 0) : Value();
    emitElements(count * size, [&](Value j, int64_t lanes) {
      Type type = KernelEmitter::withLanes(builder.getF32Type(), lanes);
      write(from ? read(from, j, 0, lanes) : emitter.constantFloat(type, 0), to, j);
    });
  };
  copy(op.getLastHidden(), op.getHidden());
  if (op.getLastCell())
    copy(op.getLastCell(), op.getCell());
}

/// All steps of a sequence that has a length of its own.
void RecurrentEmitter::emitSequence(Value n) {
  initialize(n, 1);
  Value given = emitter.loadAt(at(pointerOf(op.getLengths()), n, 0), builder.getI32Type(), 1);
  given = emitter.minimum(given, emitter.constant(given.getType(), steps));
  given = emitter.maximum(given, emitter.constant(given.getType(), 0));
  Value length = given;
  if (length.getType() != emitter.getOffsetType())
    length = arith::ExtUIOp::create(builder, location, emitter.getOffsetType(), given);
  emitter.loopCarried(emitter.offset(0), length, 1, {}, [&](Value step, ValueRange) {
    if (op.getReverse())
      step = arith::SubIOp::create(builder, location,
                                   emitter.addOffsets(length, emitter.offset(-1)), step);
    emitStep(step, n, 1);
    return SmallVector<Value>();
  });
  Value sequence = op.getSequence();
  if (!sequence)
    return;
  emitter.loopCarried(length, emitter.offset(steps), 1, {}, [&](Value step, ValueRange) {
    Value at = emitter.addOffsets(emitter.scaleOffset(step, batch), n);
    Value row = this->at(pointerOf(sequence), emitter.scaleOffset(at, size), 0);
    emitElements(size, [&](Value j, int64_t lanes) {
      Type type = KernelEmitter::withLanes(builder.getF32Type(), lanes);
      write(emitter.constantFloat(type, 0), row, j);
    });
    return SmallVector<Value>();
  });
}

void RecurrentEmitter::emit() {
  if (op.getLengths())
    return emitter.loop(0, batch, 1, [&](Value n) { emitSequence(n); });
  initialize(emitter.offset(0), batch);
  int64_t together = emitter.getSchedule("rows", 1), whole = batch / together * together;
  emitter.loop(0, steps, 1, [&](Value step) {
    if (op.getReverse())
      step = arith::SubIOp::create(builder, location, emitter.offset(steps - 1), step);
    emitter.loop(0, whole, together, [&](Value n) { emitStep(step, n, together); });
    if (whole < batch)
      emitStep(step, emitter.offset(whole), batch - whole);
  });
}

} // namespace

LogicalResult emitRecurrent(KernelEmitter &emitter) {
  RecurrentEmitter(emitter, cast<qnn::RecurrentOp>(getRoot(emitter.kernel))).emit();
  return success();
}

} // namespace qcc::codegen
