//===- WriteMove.cpp - operations that only move elements
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::exporting {

namespace {

constexpr Order orders[] = {Order::Native, Order::ChannelsFirst};

ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

void writeReshape(NetworkWriter &writer, qnn::ReshapeOp op) {
  Value input = op.getInput();
  ArrayRef<int64_t> from = getShape(input), to = op.getType().getShape();
  Order source = Order::Native, target = Order::Native;
  if (writer.has(input, Order::ChannelsFirst) && !writer.has(input, Order::Native)) {
    // What lies behind the first three dimensions is regrouped in either order.
    bool regroups = to.size() >= 4 && from.take_front(3) == to.take_front(3);
    if (regroups)
      source = target = Order::ChannelsFirst;
    else if (movesOnlyUnitDimensions(from, getPermutation(from.size(), Order::ChannelsFirst)))
      source = Order::ChannelsFirst;
  }
  std::string shape = writer.graph.addIntegers(writer.arrange(to, target));
  writer.set(op, target,
             writer.addNode("Reshape", op, {writer.get(input, source), shape}).output());
}

void writeTranspose(NetworkWriter &writer, qnn::TransposeOp op) {
  int64_t rank = op.getType().getRank();
  // The permutation from each order of the operand to each order of the result.
  auto compose = [&](Order from, Order to) {
    return permute(permute(invert(getPermutation(rank, from)), op.getPermutation()),
                   getPermutation(rank, to));
  };
  bool isFree = false;
  for (Order from : orders)
    for (Order to : orders)
      if (writer.has(op.getInput(), from) && llvm::is_sorted(compose(from, to))) {
        writer.set(op, to, writer.get(op.getInput(), from));
        isFree = true;
      }
  if (isFree)
    return;
  Order from =
      writer.has(op.getInput(), Order::ChannelsFirst) && !writer.has(op.getInput(), Order::Native)
          ? Order::ChannelsFirst
          : Order::Native;
  writer.set(op, Order::Native,
             writer.addNode("Transpose", op, {writer.get(op.getInput(), from)})
                 .set("perm", compose(from, Order::Native))
                 .output());
}

void writeConcat(NetworkWriter &writer, qnn::ConcatOp op) {
  Order order = writer.chooseOrder(op);
  Names inputs;
  for (Value input : op.getInputs())
    inputs.push_back(writer.get(input, order));
  writer.set(op, order,
             writer.addNode("Concat", op, inputs)
                 .set("axis", writer.place(op.getAxis(), op.getType().getRank(), order))
                 .output());
}

void writeSlice(NetworkWriter &writer, qnn::SliceOp op) {
  Order order = writer.chooseOrder(op);
  SmallVector<int64_t> starts, ends, axes, steps;
  for (auto [axis, size] : llvm::enumerate(op.getType().getShape())) {
    int64_t start = op.getOffsets()[axis], step = op.getStrides()[axis];
    if (start == 0 && step == 1 && size == getShape(op.getInput())[axis])
      continue;
    int64_t last = start + step * (size - 1);
    starts.push_back(start);
    ends.push_back(size == 0 ? start : step > 0 ? last + 1 : last ? last - 1 : INT64_MIN);
    axes.push_back(writer.place(axis, op.getType().getRank(), order));
    steps.push_back(step);
  }
  OnnxGraph &graph = writer.graph;
  writer.set(
      op, order,
      writer
          .addNode("Slice", op,
                   {writer.get(op.getInput(), order), graph.addIntegers(starts),
                    graph.addIntegers(ends), graph.addIntegers(axes), graph.addIntegers(steps)})
          .output());
}

bool writePad(NetworkWriter &writer, qnn::PadOp op) {
  Type element = op.getType().getElementType();
  double value = op.getValue().convertToDouble();
  if (!element.isF32() && !qnn::getQuantized(element) && value != 0)
    return false;
  Order order = writer.chooseOrder(op);
  SmallVector<int64_t> pads = writer.arrange(op.getLow(), order);
  llvm::append_range(pads, writer.arrange(op.getHigh(), order));
  Names inputs{writer.get(op.getInput(), order), writer.graph.addIntegers(pads)};
  if (auto quantized = qnn::getQuantized(element)) {
    int64_t code = qnn::quantizeValue(static_cast<float>(value), quantized);
    inputs.push_back(writer.addInitializer(
        op, element, {},
        {reinterpret_cast<const char *>(&code), size_t(qnn::getElementBytes(element))}));
  } else if (value != 0) {
    inputs.push_back(writer.graph.addFloat(static_cast<float>(value)));
  }
  writer.set(op, order, writer.addNode("Pad", op, inputs).output());
  return true;
}

void writeBroadcast(NetworkWriter &writer, qnn::BroadcastOp op) {
  bool isSameRank = getShape(op.getInput()).size() == getShape(op).size();
  Order order = isSameRank ? writer.chooseOrder(op) : Order::Native;
  std::string shape = writer.graph.addIntegers(writer.arrange(getShape(op), order));
  writer.set(op, order,
             writer.addNode("Expand", op, {writer.get(op.getInput(), order), shape}).output());
}

} // namespace

bool writeMove(NetworkWriter &writer, Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([&](qnn::ReshapeOp op) { return writeReshape(writer, op), true; })
      .Case([&](qnn::TransposeOp op) { return writeTranspose(writer, op), true; })
      .Case([&](qnn::ConcatOp op) { return writeConcat(writer, op), true; })
      .Case([&](qnn::SliceOp op) { return writeSlice(writer, op), true; })
      .Case([&](qnn::PadOp op) { return writePad(writer, op); })
      .Case([&](qnn::BroadcastOp op) { return writeBroadcast(writer, op), true; })
      .Default([](Operation *) { return false; });
}

} // namespace qcc::exporting
