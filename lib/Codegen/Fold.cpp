//===- Fold.cpp - many elements become one ----------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Fold.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace qcc::codegen {

FoldedAxes::FoldedAxes(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  firstOfRun = static_cast<int64_t>(shape.size());
  while (firstOfRun > 0 && (shape[firstOfRun - 1] == 1 || llvm::is_contained(axes, firstOfRun - 1)))
    run *= shape[--firstOfRun];
  for (int64_t axis : axes)
    if (axis < firstOfRun)
      outer.push_back(axis);
}

Value createSplat(KernelEmitter &emitter, TypedAttr scalar, int64_t lanes) {
  if (lanes > 1)
    scalar =
        DenseElementsAttr::get(VectorType::get({lanes}, scalar.getType()), cast<Attribute>(scalar));
  return arith::ConstantOp::create(emitter.builder, emitter.location, scalar);
}

namespace {

constexpr int64_t runLanes = 16;

class FoldBuilder {
public:
  FoldBuilder(KernelEmitter &emitter, const BufferView &view, const FoldedAxes &axes,
              TypedAttr initial, llvm::function_ref<Value(Value)> prepare,
              llvm::function_ref<Value(Value, Value)> combine)
      : emitter(emitter), builder(emitter.builder), location(emitter.location), view(view),
        axes(axes), initial(initial), prepare(prepare), combine(combine) {}

  Value fold(ArrayRef<Value> position, int64_t lanes) {
    SmallVector<Value> start(position);
    for (int64_t i = axes.firstOfRun, rank = start.size(); i < rank; ++i)
      start[i] = emitter.offset(0);
    if (axes.run < runLanes)
      return foldOuter(axes.outer, start, createSplat(emitter, initial, lanes),
                       [&](ArrayRef<Value> at, Value accumulator) {
                         return foldInOrder(at, accumulator, lanes);
                       });
    Value parts =
        foldOuter(axes.outer, start, createSplat(emitter, initial, runLanes),
                  [&](ArrayRef<Value> at, Value accumulator) { return foldRun(at, accumulator); });
    return joinLanes(parts);
  }

private:
  using Body = llvm::function_ref<Value(ArrayRef<Value>, Value)>;

  /// A loop for each reduced dimension before the run, carrying one accumulator.
  Value foldOuter(ArrayRef<int64_t> dimensions, SmallVector<Value> position, Value accumulator,
                  Body body) {
    if (dimensions.empty())
      return body(position, accumulator);
    return emitter.loopCarried(emitter.offset(0), emitter.offset(view.shape[dimensions.front()]), 1,
                               accumulator, [&](Value index, ValueRange carried) {
                                 SmallVector<Value> inner(position);
                                 inner[dimensions.front()] = index;
                                 return SmallVector<Value>{
                                     foldOuter(dimensions.drop_front(), inner, carried[0], body)};
                               })[0];
  }

  Value loadRun(Value address, Value index, int64_t lanes) {
    int64_t bytes = qnn::getElementBytes(view.elementType);
    Value at = emitter.addressOf(address, emitter.scaleOffset(index, bytes));
    return prepare(emitter.loadAt(at, view.elementType, lanes));
  }

  Value foldInOrder(ArrayRef<Value> position, Value accumulator, int64_t lanes) {
    if (axes.run == 1)
      return combine(accumulator, prepare(emitter.load(view, position, lanes)));
    Value address = emitter.addressOf(view, position);
    return emitter.loopCarried(emitter.offset(0), emitter.offset(axes.run), 1, accumulator,
                               [&](Value index, ValueRange carried) {
                                 return SmallVector<Value>{
                                     combine(carried[0], loadRun(address, index, 1))};
                               })[0];
  }

  Value foldRun(ArrayRef<Value> position, Value accumulator) {
    Value address = emitter.addressOf(view, position);
    int64_t whole = axes.run / runLanes * runLanes, rest = axes.run - whole;
    accumulator = emitter.loopCarried(emitter.offset(0), emitter.offset(whole), runLanes,
                                      accumulator, [&](Value index, ValueRange carried) {
                                        return SmallVector<Value>{
                                            combine(carried[0], loadRun(address, index, runLanes))};
                                      })[0];
    if (rest == 0)
      return accumulator;
    Value tail = loadRun(address, emitter.offset(whole), rest);
    Value padding = createSplat(emitter, initial, runLanes);
    if (rest == 1) {
      tail = vector::InsertOp::create(builder, location, tail, padding, 0);
    } else {
      SmallVector<int64_t> mask;
      for (int64_t lane = 0; lane < runLanes; ++lane)
        mask.push_back(lane < rest ? lane : rest + lane);
      tail = vector::ShuffleOp::create(builder, location, tail, padding, mask);
    }
    return combine(accumulator, tail);
  }

  Value joinLanes(Value parts) {
    for (int64_t half = runLanes / 2; half > 1; half /= 2) {
      auto low = llvm::to_vector(llvm::seq<int64_t>(0, half));
      auto high = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
      parts = combine(vector::ShuffleOp::create(builder, location, parts, parts, low),
                      vector::ShuffleOp::create(builder, location, parts, parts, high));
    }
    return combine(vector::ExtractOp::create(builder, location, parts, 0),
                   vector::ExtractOp::create(builder, location, parts, 1));
  }

  KernelEmitter &emitter;
  OpBuilder &builder;
  Location location;
  const BufferView &view;
  const FoldedAxes &axes;
  TypedAttr initial;
  llvm::function_ref<Value(Value)> prepare;
  llvm::function_ref<Value(Value, Value)> combine;
};

} // namespace

Value emitFold(KernelEmitter &emitter, const BufferView &view, const FoldedAxes &axes,
               ArrayRef<Value> position, int64_t lanes, TypedAttr initial,
               llvm::function_ref<Value(Value)> prepare,
               llvm::function_ref<Value(Value, Value)> combine) {
  return FoldBuilder(emitter, view, axes, initial, prepare, combine).fold(position, lanes);
}

} // namespace qcc::codegen
