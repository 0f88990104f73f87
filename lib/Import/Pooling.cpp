//===- Pooling.cpp - ONNX operators that pool windows
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Pooling.h"

#include "lib/Import/Window.h"

using namespace mlir;

namespace qcc::import {

Value createAveragePool(NodeContext &node, Value input, const Window &window, Type elementType,
                        bool countIncludesPads) {
  auto shape = cast<RankedTensorType>(input.getType()).getShape();
  auto type =
      RankedTensorType::get({shape[0], window.result[0], window.result[1], shape[3]}, elementType);
  return node.create<qnn::AveragePoolOp>(type, input, window.kernel, window.strides, window.pads,
                                         countIncludesPads);
}

Window getWholeMap(ArrayRef<int64_t> input) {
  int64_t height = input.size() == 4 ? input[2] : 1;
  return {{height, input.back()}, {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}};
}

static Value createMaxPool(NodeContext &node, Value input, const Window &window) {
  auto type = cast<RankedTensorType>(input.getType());
  auto result = type.clone(ArrayRef<int64_t>{type.getDimSize(0), window.result[0], window.result[1],
                                             type.getDimSize(3)});
  return node.create<qnn::MaxPoolOp>(result, input, window.kernel, window.strides, window.pads,
                                     window.dilations);
}

/// Whether the result of pooling input 0 is small enough to exist.
static LogicalResult checkResult(NodeContext &node, const Window &window) {
  ArrayRef<int64_t> input = node.getShape(0);
  return node.makeType({input[0], input[1], window.result[0], window.result[1]},
                       node.getElementType(0));
}

static LogicalResult importMaxPool(NodeContext &node) {
  Type elementType = node.getElementType(0);
  bool isCode = isa<IntegerType>(elementType) && elementType.getIntOrFloatBitWidth() == 8;
  if (!isCode && failed(node.requireFloat(0)))
    return failure();
  if (failed(node.requireRank(0, 3, 4)))
    return failure();
  auto window = readWindow(node, node.getShape(0), {}, /*isPool=*/true);
  if (failed(window) || failed(checkResult(node, *window)))
    return failure();
  Value input = toChannelsLast(node, node.getValue(0));
  return node.setResult(
      toChannelsFirst(node, createMaxPool(node, input, *window), node.getRank(0)));
}

static LogicalResult importAveragePool(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 3, 4)))
    return failure();
  auto window = readWindow(node, node.getShape(0), {}, /*isPool=*/true);
  if (failed(window) || failed(checkResult(node, *window)))
    return failure();
  if (llvm::any_of(window->dilations, [](int64_t dilation) { return dilation != 1; }))
    return node.error("E2309", "has dilations, which qcc does not support here");
  Value input = toChannelsLast(node, node.getValue(0));
  Value result = createAveragePool(node, input, *window, node.builder.getF32Type(),
                                   node.getInt("count_include_pad", 0) != 0);
  return node.setResult(toChannelsFirst(node, result, node.getRank(0)));
}

static LogicalResult importGlobalPool(NodeContext &node, bool isMax) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 3, 4)))
    return failure();
  Window window = getWholeMap(node.getShape(0));
  Value input = toChannelsLast(node, node.getValue(0));
  Value result = isMax ? createMaxPool(node, input, window)
                       : createAveragePool(node, input, window, node.builder.getF32Type(), false);
  return node.setResult(toChannelsFirst(node, result, node.getRank(0)));
}

static LogicalResult importGlobalAveragePool(NodeContext &node) {
  return importGlobalPool(node, /*isMax=*/false);
}
static LogicalResult importGlobalMaxPool(NodeContext &node) {
  return importGlobalPool(node, /*isMax=*/true);
}

ArrayRef<Operator> getPoolingOperators() {
  static const Operator rows[] = {
      {"", "AveragePool", 1, 1, 1, 1,
       "auto_pad:string ceil_mode:int>=10 count_include_pad:int dilations:ints>=19 "
       "kernel_shape:ints! pads:ints strides:ints",
       importAveragePool},
      {"", "GlobalAveragePool", 1, 1, 1, 1, "", importGlobalAveragePool},
      {"", "GlobalMaxPool", 1, 1, 1, 1, "", importGlobalMaxPool},
      {"", "MaxPool", 1, 1, 1, 2,
       "auto_pad:string ceil_mode:int>=10 dilations:ints>=10 kernel_shape:ints! pads:ints "
       "storage_order:int>=8 strides:ints",
       importMaxPool},
  };
  return rows;
}

} // namespace qcc::import
