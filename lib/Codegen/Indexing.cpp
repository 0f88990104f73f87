//===- Indexing.cpp - elements chosen by computed indices -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace qcc::codegen {

/// Reads an index of a dimension of `size` elements as an offset that lies inside it, whatever the
/// index is: a negative one counts from the end, then the nearest element is taken.
static Value loadIndex(KernelEmitter &emitter, const BufferView &indices, ArrayRef<Value> position,
                       int64_t size) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  Value index = emitter.load(indices, position, 1);
  if (index.getType().isInteger(32) && size > std::numeric_limits<int32_t>::max())
    index = arith::ExtSIOp::create(builder, location, builder.getI64Type(), index);
  Type type = index.getType();
  Value zero = emitter.constant(type, 0);
  Value wrapped =
      arith::AddIOp::create(builder, location, index, emitter.constant(type, size)).getResult();
  Value isNegative =
      arith::CmpIOp::create(builder, location, arith::CmpIPredicate::slt, index, zero);
  index = arith::SelectOp::create(builder, location, isNegative, wrapped, index);
  index = emitter.minimum(emitter.maximum(index, zero), emitter.constant(type, size - 1));
  // It is small now: a 32-bit target may drop the upper half.
  IntegerType offsets = emitter.getOffsetType();
  unsigned from = type.getIntOrFloatBitWidth(), to = offsets.getWidth();
  if (from > to)
    return arith::TruncIOp::create(builder, location, offsets, index);
  if (from < to)
    return arith::ExtSIOp::create(builder, location, offsets, index);
  return index;
}

/// Loops over the positions of an index tensor; `choose` makes the leading dimensions of the
/// chosen slice from one of them. Then loops over the slices' elements: `body` gets the position in
/// the tensor of slices and the one in the tensor that is indexed.
static void
forEachChosen(KernelEmitter &emitter, ArrayRef<int64_t> indexShape, ArrayRef<int64_t> sliceShape,
              int64_t lanes, llvm::function_ref<SmallVector<Value>(ArrayRef<Value>)> choose,
              llvm::function_ref<void(ArrayRef<Value>, ArrayRef<Value>, int64_t)> body) {
  emitter.loopNest(indexShape, 1, [&](ArrayRef<Value> at, int64_t) {
    SmallVector<Value> prefix(at), chosen = choose(prefix);
    emitter.loopNest(sliceShape, lanes, [&](ArrayRef<Value> inner, int64_t width) {
      SmallVector<Value> position(prefix), source(chosen);
      llvm::append_range(position, inner);
      llvm::append_range(source, inner);
      body(position, source, width);
    });
  });
}

/// Lanes for slices of this shape; elements next to each other are moved together.
static int64_t getSliceLanes(KernelEmitter &emitter, Operation *op, ArrayRef<int64_t> slice) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (slice.empty() || !canVectorize(op->getNextNode(), type))
    return 1;
  return getVectorLanes(emitter, type);
}

static LogicalResult emitGathered(KernelEmitter &emitter, Operation *op,
                                  ArrayRef<int64_t> indexShape, ArrayRef<int64_t> sliceShape,
                                  llvm::function_ref<SmallVector<Value>(ArrayRef<Value>)> choose) {
  const BufferView &input = emitter.getView(op->getOperand(0));
  Epilogue epilogue(emitter, op);
  LogicalResult status = success();
  forEachChosen(emitter, indexShape, sliceShape, getSliceLanes(emitter, op, sliceShape), choose,
                [&](ArrayRef<Value> position, ArrayRef<Value> source, int64_t width) {
                  if (failed(epilogue.store(emitter.load(input, source, width), position)))
                    status = failure();
                });
  return status;
}

LogicalResult emitGather(KernelEmitter &emitter, qnn::GatherOp op) {
  const BufferView &input = emitter.getView(op.getInput());
  const BufferView &indices = emitter.getView(op.getIndices());
  int64_t axis = op.getAxis();
  SmallVector<int64_t> indexShape(ArrayRef<int64_t>(input.shape).take_front(axis));
  llvm::append_range(indexShape, indices.shape);
  return emitGathered(emitter, op, indexShape, ArrayRef<int64_t>(input.shape).drop_front(axis + 1),
                      [&](ArrayRef<Value> at) {
                        SmallVector<Value> chosen(at.take_front(axis));
                        chosen.push_back(
                            loadIndex(emitter, indices, at.drop_front(axis), input.shape[axis]));
                        return chosen;
                      });
}

/// The element that an index chooses along `axis`.
static SmallVector<Value> chooseElement(KernelEmitter &emitter, const BufferView &input,
                                        const BufferView &indices, int64_t axis,
                                        ArrayRef<Value> at) {
  SmallVector<Value> chosen(at);
  chosen[axis] = loadIndex(emitter, indices, at, input.shape[axis]);
  return chosen;
}

LogicalResult emitGather(KernelEmitter &emitter, qnn::GatherElementsOp op) {
  const BufferView &input = emitter.getView(op.getInput());
  const BufferView &indices = emitter.getView(op.getIndices());
  return emitGathered(emitter, op, indices.shape, {}, [&](ArrayRef<Value> at) {
    return chooseElement(emitter, input, indices, op.getAxis(), at);
  });
}

/// The leading dimensions that the row `at` of `indices` [B..., I..., K] chooses.
static SmallVector<Value> chooseSlice(KernelEmitter &emitter, const BufferView &input,
                                      const BufferView &indices, int64_t batchDims,
                                      ArrayRef<Value> at) {
  SmallVector<Value> chosen(at.take_front(batchDims)), position(at);
  position.push_back({});
  for (int64_t k = 0; k < indices.shape.back(); ++k) {
    position.back() = emitter.offset(k);
    chosen.push_back(loadIndex(emitter, indices, position, input.shape[batchDims + k]));
  }
  return chosen;
}

LogicalResult emitGather(KernelEmitter &emitter, qnn::GatherNDOp op) {
  const BufferView &input = emitter.getView(op.getInput());
  const BufferView &indices = emitter.getView(op.getIndices());
  int64_t batchDims = op.getBatchDims(), depth = indices.shape.back();
  return emitGathered(
      emitter, op, ArrayRef<int64_t>(indices.shape).drop_back(),
      ArrayRef<int64_t>(input.shape).drop_front(batchDims + depth),
      [&](ArrayRef<Value> at) { return chooseSlice(emitter, input, indices, batchDims, at); });
}

//===- Scatters -------------------------------------------------------------===//

/// Register form of an element joined by an update.
static Value join(KernelEmitter &emitter, qnn::ScatterKind kind, Type elementType, Value element,
                  Value update) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  bool isFloat = isa<FloatType>(elementType);
  switch (kind) {
  case qnn::ScatterKind::Assign:
    return update;
  case qnn::ScatterKind::Add:
    if (isFloat)
      return arith::AddFOp::create(builder, location, element, update);
    if (elementType.isInteger(1))
      return arith::OrIOp::create(builder, location, element, update);
    return arith::AddIOp::create(builder, location, element, update);
  case qnn::ScatterKind::Mul:
    if (isFloat)
      return arith::MulFOp::create(builder, location, element, update);
    return arith::MulIOp::create(builder, location, element, update);
  case qnn::ScatterKind::Max:
  case qnn::ScatterKind::Min:
    bool isMax = kind == qnn::ScatterKind::Max;
    if (isFloat || qnn::isSignedStorage(elementType))
      return isMax ? emitter.maximum(update, element) : emitter.minimum(update, element);
    if (isMax)
      return arith::MaxUIOp::create(builder, location, update, element);
    return arith::MinUIOp::create(builder, location, update, element);
  }
  llvm_unreachable("all kinds are listed");
}

/// The input, then each update in turn. The result is read back, so the kernel has no other op.
static LogicalResult emitScattered(KernelEmitter &emitter, Operation *op, qnn::ScatterKind kind,
                                   Value updatesValue, ArrayRef<int64_t> indexShape,
                                   ArrayRef<int64_t> sliceShape,
                                   llvm::function_ref<SmallVector<Value>(ArrayRef<Value>)> choose) {
  const BufferView &input = emitter.getView(op->getOperand(0));
  const BufferView &updates = emitter.getView(updatesValue);
  const BufferView &result = emitter.getView(op->getResult(0));
  bool assigns = kind == qnn::ScatterKind::Assign;
  if (!assigns &&
      (isa<Float16Type, BFloat16Type>(input.elementType) || qnn::getQuantized(input.elementType)))
    return op->emitError("has no code that joins elements of ") << input.elementType << " [E4011]";
  emitter.copyBytes(result.pointer, input.pointer, qnn::getTensorBytes(op->getResult(0).getType()));
  forEachChosen(emitter, indexShape, sliceShape, getSliceLanes(emitter, op, sliceShape), choose,
                [&](ArrayRef<Value> position, ArrayRef<Value> target, int64_t width) {
                  Value update = emitter.load(updates, position, width);
                  if (!assigns)
                    update = join(emitter, kind, input.elementType,
                                  emitter.load(result, target, width), update);
                  emitter.store(update, result, target);
                });
  return success();
}

LogicalResult emitScatter(KernelEmitter &emitter, qnn::ScatterElementsOp op) {
  const BufferView &input = emitter.getView(op.getInput());
  const BufferView &indices = emitter.getView(op.getIndices());
  return emitScattered(
      emitter, op, op.getKind(), op.getUpdates(), indices.shape, {},
      [&](ArrayRef<Value> at) { return chooseElement(emitter, input, indices, op.getAxis(), at); });
}

LogicalResult emitScatter(KernelEmitter &emitter, qnn::ScatterNDOp op) {
  const BufferView &input = emitter.getView(op.getInput());
  const BufferView &indices = emitter.getView(op.getIndices());
  int64_t depth = indices.shape.back();
  return emitScattered(
      emitter, op, op.getKind(), op.getUpdates(), ArrayRef<int64_t>(indices.shape).drop_back(),
      ArrayRef<int64_t>(input.shape).drop_front(depth),
      [&](ArrayRef<Value> at) { return chooseSlice(emitter, input, indices, 0, at); });
}

} // namespace qcc::codegen
