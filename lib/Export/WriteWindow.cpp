//===- WriteWindow.cpp - pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

namespace {

/// How ONNX says the size of a pool's result.
struct Ends {
  SmallVector<int64_t> pads;
  bool ceil = false;
};

/// A window that hangs over the end needs padding there, or ceil_mode where padding would count.
template <typename Pool> Ends getEnds(Pool pool, ArrayRef<int64_t> dilations, bool countsPads) {
  Ends ends{llvm::to_vector(pool.getPads())};
  for (unsigned i : {0u, 1u}) {
    int64_t span = (pool.getKernel()[i] - 1) * dilations[i] + 1;
    int64_t last = (pool.getType().getDimSize(1 + i) - 1) * pool.getStrides()[i];
    int64_t &after = ends.pads[2 + i];
    int64_t needed = last + span - pool.getInput().getType().getDimSize(1 + i) - ends.pads[i];
    ends.ceil |= countsPads && needed > after;
    if (!countsPads)
      after = std::max(after, needed);
  }
  return ends;
}

} // namespace

bool writeWindow(NetworkWriter &writer, Operation *op) {
  Order order = Order::ChannelsFirst;
  if (auto pool = dyn_cast<qnn::MaxPoolOp>(op)) {
    Ends ends = getEnds(pool, pool.getDilations(), /*countsPads=*/false);
    writer.set(pool, order,
               writer.addNode("MaxPool", op, {writer.get(pool.getInput(), order)})
                   .set("kernel_shape", pool.getKernel())
                   .set("strides", pool.getStrides())
                   .set("pads", ends.pads)
                   .set("dilations", pool.getDilations())
                   .output());
    return true;
  }
  auto pool = dyn_cast<qnn::AveragePoolOp>(op);
  if (!pool)
    return false;
  Ends ends = getEnds(pool, {1, 1}, pool.getCountIncludePad());
  Node node = writer.addNode("AveragePool", op, {writer.getReal(pool.getInput(), order)})
                  .set("kernel_shape", pool.getKernel())
                  .set("strides", pool.getStrides())
                  .set("pads", ends.pads)
                  .set("count_include_pad", int64_t(pool.getCountIncludePad()));
  if (ends.ceil)
    node.set("ceil_mode", int64_t(1));
  writer.setReal(op, order, node.output());
  return true;
}

} // namespace qcc::exporting
