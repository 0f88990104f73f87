//===- WriteWindow.cpp - pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

bool writeWindow(NetworkWriter &writer, Operation *op) {
  Order order = Order::ChannelsFirst;
  if (auto pool = dyn_cast<qnn::MaxPoolOp>(op)) {
    writer.set(pool, order,
               writer.addNode("MaxPool", op, {writer.get(pool.getInput(), order)})
                   .set("kernel_shape", pool.getKernel())
                   .set("strides", pool.getStrides())
                   .set("pads", pool.getPads())
                   .set("dilations", pool.getDilations())
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
                     .output());
  return true;
}

} // namespace qcc::exporting
