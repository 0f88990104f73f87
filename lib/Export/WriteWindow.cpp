//===- WriteWindow.cpp - pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

/// Whether a window of a pool hangs over the end and its padding, which needs ceil_mode.
template <typename Pool> static bool hangsOver(Pool pool, ArrayRef<int64_t> dilations) {
  return llvm::any_of(ArrayRef<int64_t>{0, 1}, [&](int64_t i) {
    int64_t span = (pool.getKernel()[i] - 1) * dilations[i] + 1;
    int64_t last = (pool.getType().getDimSize(1 + i) - 1) * pool.getStrides()[i];
    return last + span >
           pool.getPads()[i] + pool.getInput().getType().getDimSize(1 + i) + pool.getPads()[2 + i];
  });
}

bool writeWindow(NetworkWriter &writer, Operation *op) {
  Order order = Order::ChannelsFirst;
  if (auto pool = dyn_cast<qnn::MaxPoolOp>(op)) {
    writer.set(pool, order,
               writer.addNode("MaxPool", op, {writer.get(pool.getInput(), order)})
                   .set("kernel_shape", pool.getKernel())
                   .set("strides", pool.getStrides())
                   .set("pads", pool.getPads())
                   .set("dilations", pool.getDilations())
                   .set("ceil_mode", int64_t(hangsOver(pool, pool.getDilations())))
                   .output());
    return true;
  }
  auto pool = dyn_cast<qnn::AveragePoolOp>(op);
  if (!pool)
    return false;
  writer.setReal(op, order,
                 writer.addNode("AveragePool", op, {writer.getReal(pool.getInput(), order)})
                     .set("kernel_shape", pool.getKernel())
                     .set("strides", pool.getStrides())
                     .set("pads", pool.getPads())
                     .set("count_include_pad", int64_t(pool.getCountIncludePad()))
                     .set("ceil_mode", int64_t(hangsOver(pool, {1, 1})))
                     .output());
  return true;
}

} // namespace qcc::exporting
