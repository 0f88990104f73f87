//===- Contraction.cpp - register tiles of multiply-accumulates -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Implicit matrix product on NHWC without im2col: a tile is `rows` output pixels of one row times
// the vectors of a panel of output channels, summed over runs of memory (a row of taps, or one
// tap). One emitter for every instruction set: only the product of one step differs.
//===----------------------------------------------------------------------===//
#include "Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using qcc::kernel::Arithmetic;

namespace qcc::codegen {

Value emitWordPairProduct(KernelEmitter &emitter, Value words, Value weights, int64_t lanes) {
  StringRef intrinsic = lanes == 16  ? "llvm.x86.avx512.pmaddw.d.512"
                        : lanes == 8 ? "llvm.x86.avx2.pmadd.wd"
                                     : "llvm.x86.sse2.pmadd.wd";
  Type result = KernelEmitter::withLanes(emitter.builder.getI32Type(), lanes);
  return LLVM::CallIntrinsicOp::create(emitter.builder, emitter.location, result,
                                       emitter.builder.getStringAttr(intrinsic),
                                       ValueRange{words, weights})
      .getResult(0);
}

namespace {

class ContractionEmitter {
public:
  ContractionEmitter(KernelEmitter &emitter, kernel::ContractionOp op)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), op(op),
        epilogue(emitter, op), arithmetic(op.getArithmetic()), lanes(op.getLanes()),
        step(op.getStep()),
        weightBytes(qnn::getElementBytes(op.getWeights().getType().getElementType())),
        rows(emitter.getSchedule("rows", 1)), groupChannels(op.getOutputChannels() / op.getGroup()),
        paddedChannels(llvm::alignTo(groupChannels, op.getLanes())) {}

  LogicalResult emit();

private:
  /// A tile of `rows` pixels times `vectors` vectors of channels from `channel` (within the group)
  /// on.
  struct Tile {
    int64_t rows, vectors;
    int64_t firstChannel; // static part: valid lanes follow from it; -1 inside the loop over whole
                          // panels
    Value channel;        // within the group
    Value paddedChannel;  // index into bias and multiplier
    Value outputChannel;  // index into the result
    Value weights;        // of the panel
    Value inputOffset;    // bytes to the group's first input channel
  };

  void emitPanels(ArrayRef<Value> prefix, const Activation &activation, Value weights);
  void emitPanel(ArrayRef<Value> prefix, const Activation &activation, Tile tile);
  void emitRow(ArrayRef<Value> prefix, const Activation &activation, Value firstPixel, Tile tile,
               int64_t width);
  void emitTile(ArrayRef<Value> prefix, Value column, Value pixels, const Activation &activation,
                const Tile &tile);
  SmallVector<Value> sumRuns(Value pixels, const Activation &activation, const Tile &tile);
  SmallVector<Value> sumClampedTaps(ArrayRef<Value> prefix, Value column,
                                    const Activation &activation, const Tile &tile);
  SmallVector<Value> multiplyStep(Value activationAddress, int64_t pixelStep, Value weightsAddress,
                                  const Tile &tile, ValueRange sums);
  Value loadActivation(Value address);
  Value multiplyAdd(Value sum, Value activation, Value weights);
  SmallVector<Value> initialSums(const Tile &tile);
  void storeTile(ArrayRef<Value> prefix, Value column, const Tile &tile, ArrayRef<Value> sums);
  void storeLanes(ArrayRef<Value> position, Value value, int64_t valid);
  Value join(ValueRange vectors);

  /// Rows of pixels can be one long row: nothing depends on where a row ends.
  bool canCollapse() {
    if (!op.getImage() || op.hasPadding() || op.getKernel()[0] * op.getKernel()[1] != 1 ||
        op.getStrides()[0] != 1 || op.getStrides()[1] != 1)
      return false;
    auto shape = op.getType().getShape();
    // Addresses leave out dimensions of size 1.
    if (shape[2] == 1)
      return false;
    for (Operation *next = op->getNextNode(); next; next = next->getNextNode())
      for (Value operand : next->getOperands())
        if (emitter.hasView(operand) &&
            cast<RankedTensorType>(operand.getType()).getShape() != shape &&
            !isa<qnn::LookupOp>(next))
          return false;
    return true;
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  kernel::ContractionOp op;
  Epilogue epilogue;
  Arithmetic arithmetic;
  int64_t lanes, step, weightBytes, rows, groupChannels, paddedChannels;
  bool hasConstantWeights = true;
  Value firstRow; // of the band
  LogicalResult status = success();
};

LogicalResult ContractionEmitter::emit() {
  auto weights = cast<BlockArgument>(op.getWeights());
  hasConstantWeights = isa_and_nonnull<qnn::ConstantOp>(
      emitter.kernel.getInputs()[weights.getArgNumber()].getDefiningOp());
  forEachImage(emitter, op, [&](ArrayRef<Value> prefix, Value image, Value weights) {
    forEachBand(emitter, op, image, [&](Value row, const Activation &activation) {
      firstRow = row;
      emitPanels(prefix, activation, weights);
    });
  });
  return status;
}

void ContractionEmitter::emitPanels(ArrayRef<Value> prefix, const Activation &activation,
                                    Value weights) {
  int64_t run = llvm::divideCeil(op.getRun(), step) * step * op.getRuns(); // weights of one channel
  int64_t panel = op.getPanel(), whole = groupChannels / panel * panel;
  emitter.loop(0, op.getGroup(), 1, [&](Value group) {
    Value groupWeights =
        emitter.addressOf(weights, emitter.scaleOffset(group, paddedChannels * run * weightBytes));
    auto panelAt = [&](Value channel, int64_t firstChannel, int64_t vectors) {
      Tile tile;
      tile.vectors = vectors;
      tile.firstChannel = firstChannel;
      tile.channel = channel;
      tile.paddedChannel = emitter.addOffsets(emitter.scaleOffset(group, paddedChannels), channel);
      tile.outputChannel = emitter.addOffsets(emitter.scaleOffset(group, groupChannels), channel);
      tile.weights =
          emitter.addressOf(groupWeights, emitter.scaleOffset(channel, run * weightBytes));
      tile.inputOffset = emitter.scaleOffset(group, op.getInputChannels() / op.getGroup() *
                                                        activation.elementBytes);
      emitPanel(prefix, activation, tile);
    };
    emitter.loop(0, whole, panel, [&](Value channel) { panelAt(channel, -1, panel / lanes); });
    if (whole < paddedChannels)
      panelAt(emitter.offset(whole), whole, (paddedChannels - whole) / lanes);
  });
}

void ContractionEmitter::emitPanel(ArrayRef<Value> prefix, const Activation &activation,
                                   Tile tile) {
  auto shape = op.getType().getShape();
  Value start = emitter.addressOf(activation.pointer, tile.inputOffset);
  if (!op.getImage()) {
    emitRow(prefix, activation, start, tile, shape.size() < 2 ? 1 : shape[shape.size() - 2]);
    return;
  }
  bool collapse = canCollapse();
  int64_t rows = op.getBandRows();
  emitter.loop(0, collapse ? 1 : rows, 1, [&](Value y) {
    SmallVector<Value> position(prefix);
    position.push_back(emitter.addOffsets(firstRow, y));
    // Clamped taps address the image themselves.
    Value first = activation.isPadded
                      ? emitter.addressOf(
                            start, emitter.scaleOffset(y, op.getStrides()[0] * activation.rowPitch))
                      : start;
    emitRow(position, activation, first, tile, collapse ? rows * shape[2] : shape[2]);
  });
}

void ContractionEmitter::emitRow(ArrayRef<Value> prefix, const Activation &activation,
                                 Value firstPixel, Tile tile, int64_t width) {
  int64_t pixelStep = op.getStrides()[1] * activation.pixelPitch;
  auto tileAt = [&](Value column, int64_t count) {
    Tile part = tile;
    part.rows = count;
    Value pixels = activation.isPadded
                       ? emitter.addressOf(firstPixel, emitter.scaleOffset(column, pixelStep))
                       : firstPixel;
    emitTile(prefix, column, pixels, activation, part);
  };
  int64_t count = std::min(rows, width), whole = width / count * count;
  emitter.loop(0, whole, count, [&](Value column) { tileAt(column, count); });
  if (whole < width)
    tileAt(emitter.offset(whole), width - whole);
}

SmallVector<Value> ContractionEmitter::initialSums(const Tile &tile) {
  SmallVector<Value> first, sums;
  for (int64_t v = 0; v < tile.vectors; ++v) {
    Type f32 = KernelEmitter::withLanes(builder.getF32Type(), lanes);
    Value channel = emitter.addOffsets(tile.paddedChannel, emitter.offset(v * lanes));
    first.push_back(arithmetic == Arithmetic::Float ? emitter.constantFloat(f32, 0.0f)
                                                    : loadBias(emitter, op, channel, lanes));
  }
  for (int64_t r = 0; r < tile.rows; ++r)
    sums.append(first);
  return sums;
}

Value ContractionEmitter::loadActivation(Value address) {
  auto load = [&](Type type) -> Value {
    return LLVM::LoadOp::create(builder, location, type, address, /*alignment=*/1);
  };
  switch (arithmetic) {
  case Arithmetic::Float:
    return emitter.splat(load(builder.getF32Type()), lanes);
  case Arithmetic::Words: {
    Value words = emitter.splat(load(builder.getI16Type()), lanes);
    return arith::ExtSIOp::create(builder, location,
                                  KernelEmitter::withLanes(builder.getI32Type(), lanes), words);
  }
  case Arithmetic::WordPairs:
    return vector::BitCastOp::create(builder, location,
                                     VectorType::get({2 * lanes}, builder.getI16Type()),
                                     emitter.splat(load(builder.getI32Type()), lanes));
  case Arithmetic::ByteQuads:
    return vector::BitCastOp::create(builder, location,
                                     VectorType::get({4 * lanes}, builder.getI8Type()),
                                     emitter.splat(load(builder.getI32Type()), lanes));
  case Arithmetic::Codes: {
    auto type = qnn::getQuantized(op.getInput().getType());
    Value code = emitter.loadAt(address, type, 1);
    return arith::SubIOp::create(builder, location, code,
                                 emitter.constant(code.getType(), type.getZeroPoint()));
  }
  }
  llvm_unreachable("every arithmetic is listed");
}

Value ContractionEmitter::multiplyAdd(Value sum, Value activation, Value weights) {
  auto add = [&](Value product) -> Value {
    return arith::AddIOp::create(builder, location, sum, product);
  };
  switch (arithmetic) {
  case Arithmetic::Float: {
    Value product = arith::MulFOp::create(builder, location, activation, weights);
    return arith::AddFOp::create(builder, location, sum, product);
  }
  case Arithmetic::Words:
  case Arithmetic::Codes: {
    Value wide = arith::ExtSIOp::create(builder, location, sum.getType(), weights);
    return add(arith::MulIOp::create(builder, location, activation, wide));
  }
  case Arithmetic::WordPairs:
    return add(emitWordPairProduct(emitter, activation, weights, lanes));
  case Arithmetic::ByteQuads: {
    bool isX86 = emitter.target.architecture == Architecture::X86_64;
    StringRef intrinsic =
        isX86 ? "llvm.x86.avx512.vpdpbusd.512" : "llvm.aarch64.neon.sdot.v4i32.v16i8";
    return LLVM::CallIntrinsicOp::create(builder, location, sum.getType(),
                                         builder.getStringAttr(intrinsic),
                                         ValueRange{sum, activation, weights})
        .getResult(0);
  }
  }
  llvm_unreachable("every arithmetic is listed");
}

SmallVector<Value> ContractionEmitter::multiplyStep(Value activationAddress, int64_t pixelStep,
                                                    Value weightsAddress, const Tile &tile,
                                                    ValueRange sums) {
  Type element = builder.getIntegerType(weightBytes * 8);
  if (arithmetic == Arithmetic::Float)
    element = builder.getF32Type();
  int64_t vectorBytes = lanes * step * weightBytes, alignment = vectorBytes & -vectorBytes;
  // Constants lie at whole vectors; what a kernel has packed lies in the arena.
  if (!hasConstantWeights)
    alignment = std::min<int64_t>(alignment, emitter.target.arenaAlignment);
  SmallVector<Value> weights, next(sums);
  for (int64_t v = 0; v < tile.vectors; ++v)
    weights.push_back(
        LLVM::LoadOp::create(builder, location, KernelEmitter::withLanes(element, lanes * step),
                             emitter.addressOf(weightsAddress, emitter.offset(v * vectorBytes)),
                             static_cast<unsigned>(alignment)));
  for (int64_t r = 0; r < tile.rows; ++r) {
    Value activation =
        loadActivation(emitter.addressOf(activationAddress, emitter.offset(r * pixelStep)));
    for (int64_t v = 0; v < tile.vectors; ++v) {
      Value &sum = next[r * tile.vectors + v];
      sum = multiplyAdd(sum, activation, weights[v]);
    }
  }
  return next;
}

SmallVector<Value> ContractionEmitter::sumRuns(Value pixels, const Activation &activation,
                                               const Tile &tile) {
  int64_t steps = llvm::divideCeil(op.getRun(), step),
          stepWeights = tile.vectors * lanes * step * weightBytes;
  int64_t pixelStep = op.getStrides()[1] * activation.pixelPitch;
  auto sumRun = [&](Value run, Value weights, ValueRange sums) {
    return emitter.loopCarried(
        emitter.offset(0), emitter.offset(steps), 1, sums, [&](Value k, ValueRange carried) {
          Value at = emitter.addressOf(run, emitter.scaleOffset(k, step * activation.elementBytes));
          Value w = emitter.addressOf(weights, emitter.scaleOffset(k, stepWeights));
          return multiplyStep(at, pixelStep, w, tile, carried);
        });
  };
  SmallVector<Value> sums = initialSums(tile);
  int64_t columns = op.hasRowRuns() ? 1 : op.getKernel()[1];
  if (op.getRuns() == 1)
    return sumRun(pixels, tile.weights, sums);
  int64_t rowTaps = op.getKernel()[0];
  return emitter.loopCarried(
      emitter.offset(0), emitter.offset(rowTaps), 1, sums, [&](Value ky, ValueRange outer) {
        Value row = emitter.addressOf(
            pixels, emitter.scaleOffset(ky, op.getDilations()[0] * activation.rowPitch));
        Value rowWeights =
            emitter.addressOf(tile.weights, emitter.scaleOffset(ky, columns * steps * stepWeights));
        if (columns == 1)
          return sumRun(row, rowWeights, outer);
        return emitter.loopCarried(
            emitter.offset(0), emitter.offset(columns), 1, outer, [&](Value kx, ValueRange inner) {
              Value run = emitter.addressOf(
                  row, emitter.scaleOffset(kx, op.getDilations()[1] * activation.pixelPitch));
              return sumRun(
                  run, emitter.addressOf(rowWeights, emitter.scaleOffset(kx, steps * stepWeights)),
                  inner);
            });
      });
}

SmallVector<Value> ContractionEmitter::sumClampedTaps(ArrayRef<Value> prefix, Value column,
                                                      const Activation &activation,
                                                      const Tile &tile) {
  auto shape = op.getInput().getType().getShape();
  auto kernel = op.getKernel(), strides = op.getStrides(), pads = op.getPads(),
       dilations = op.getDilations();
  int64_t channels = op.getInputChannels() / op.getGroup();
  int64_t elementWeights = tile.vectors * lanes * weightBytes;
  TapRange rowTaps =
      getTapRange(emitter, prefix.back(), strides[0], pads[0], dilations[0], kernel[0], shape[1]);
  TapRange columnTaps =
      getTapRange(emitter, column, strides[1], pads[1], dilations[1], kernel[1], shape[2]);
  Value start = emitter.addressOf(activation.pointer, tile.inputOffset);
  auto coordinate = [&](Value output, int64_t spatial) {
    return emitter.addOffsets(emitter.scaleOffset(output, strides[spatial]),
                              emitter.offset(-pads[spatial]));
  };
  Value y = coordinate(prefix.back(), 0), x = coordinate(column, 1);
  return emitter.loopCarried(
      rowTaps.begin, rowTaps.end, 1, initialSums(tile), [&](Value ky, ValueRange outer) {
        Value inputRow = emitter.addOffsets(y, emitter.scaleOffset(ky, dilations[0]));
        Value row = emitter.addressOf(start, emitter.scaleOffset(inputRow, activation.rowPitch));
        Value weights = emitter.addressOf(
            tile.weights, emitter.scaleOffset(ky, kernel[1] * channels * elementWeights));
        return emitter.loopCarried(
            columnTaps.begin, columnTaps.end, 1, outer, [&](Value kx, ValueRange middle) {
              Value inputColumn = emitter.addOffsets(x, emitter.scaleOffset(kx, dilations[1]));
              Value run =
                  emitter.addressOf(row, emitter.scaleOffset(inputColumn, activation.pixelPitch));
              Value runWeights =
                  emitter.addressOf(weights, emitter.scaleOffset(kx, channels * elementWeights));
              return emitter.loopCarried(
                  emitter.offset(0), emitter.offset(channels), 1, middle,
                  [&](Value c, ValueRange inner) {
                    Value at =
                        emitter.addressOf(run, emitter.scaleOffset(c, activation.elementBytes));
                    return multiplyStep(
                        at, 0,
                        emitter.addressOf(runWeights, emitter.scaleOffset(c, elementWeights)), tile,
                        inner);
                  });
            });
      });
}

void ContractionEmitter::emitTile(ArrayRef<Value> prefix, Value column, Value pixels,
                                  const Activation &activation, const Tile &tile) {
  SmallVector<Value> sums = activation.isPadded ? sumRuns(pixels, activation, tile)
                                                : sumClampedTaps(prefix, column, activation, tile);
  storeTile(prefix, column, tile, sums);
}

/// Stores the first `valid` lanes.
void ContractionEmitter::storeLanes(ArrayRef<Value> position, Value value, int64_t valid) {
  if (valid >= KernelEmitter::getLanes(value)) {
    if (failed(epilogue.store(value, position)))
      status = failure();
    return;
  }
  // Parts of a power of two of lanes. No pairs with AVX-512: Bochs 2.7, which stands in for such
  // CPUs, stores pairs of bytes from xmm16 and above at a wrong address.
  for (int64_t lane = 0; lane < valid;) {
    SmallVector<Value> at(position);
    at.back() = emitter.addOffsets(at.back(), emitter.offset(lane));
    int64_t count = llvm::bit_floor(static_cast<uint64_t>(valid - lane));
    if (count == 2 && lanes == 16)
      count = 1;
    Value part;
    if (count == 1)
      part = vector::ExtractOp::create(builder, location, value, lane);
    else
      part = vector::ShuffleOp::create(builder, location, value, value,
                                       llvm::to_vector(llvm::seq(lane, lane + count)));
    if (failed(epilogue.store(part, at)))
      status = failure();
    lane += count;
  }
}

/// One vector of the lanes of all; their number is a power of two.
Value ContractionEmitter::join(ValueRange vectors) {
  if (vectors.size() == 1)
    return vectors.front();
  size_t half = vectors.size() / 2;
  Value low = join(vectors.take_front(half)), high = join(vectors.drop_front(half));
  auto order = llvm::to_vector(llvm::seq(2 * KernelEmitter::getLanes(low)));
  return vector::ShuffleOp::create(builder, location, low, high, order);
}

void ContractionEmitter::storeTile(ArrayRef<Value> prefix, Value column, const Tile &tile,
                                   ArrayRef<Value> sums) {
  size_t rank = op.getType().getRank();
  // Narrow elements of several vectors fill one store. What follows the root may need the registers
  // that more lanes would take.
  bool joins = lanes > 1 && isa<qnn::YieldOp>(op->getNextNode());
  for (int64_t r = 0; r < tile.rows; ++r)
    for (int64_t v = 0, count; v < tile.vectors; v += count) {
      count = joins ? llvm::bit_floor(static_cast<uint64_t>(tile.vectors - v)) : 1;
      Value channel = emitter.addOffsets(tile.paddedChannel, emitter.offset(v * lanes));
      Value sum = join(sums.slice(r * tile.vectors + v, count));
      Value value = finishSum(emitter, op, sum, channel);
      SmallVector<Value> position(prefix);
      if (position.size() + 1 < rank)
        position.push_back(emitter.addOffsets(column, emitter.offset(r)));
      if (position.size() + 1 < rank)
        position.push_back(emitter.offset(0));
      position.push_back(emitter.addOffsets(tile.outputChannel, emitter.offset(v * lanes)));
      int64_t valid =
          tile.firstChannel < 0 ? count * lanes : groupChannels - tile.firstChannel - v * lanes;
      storeLanes(position, value, valid);
    }
}

} // namespace

LogicalResult emitContraction(KernelEmitter &emitter) {
  return ContractionEmitter(emitter, cast<kernel::ContractionOp>(getRoot(emitter.kernel))).emit();
}

} // namespace qcc::codegen
