//===- Convolution.cpp - Conv and QLinearConv
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/QuantizationParameters.h"
#include "lib/Import/Window.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// What both operators check: shapes, groups and the window.
struct ConvolutionShape {
  Window window;
  int64_t group, channels;
  SmallVector<int64_t> result; // [N, H, W, O]
};

} // namespace

static FailureOr<ConvolutionShape> readShape(NodeContext &node, unsigned weightsInput,
                                             unsigned biasInput) {
  if (failed(node.requireRank(0, 3, 4)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), weights = node.getShape(weightsInput);
  if (weights.size() != input.size())
    return node.error("E2302", node.describeInput(weightsInput) + " has rank " +
                                   Twine(weights.size()) + ", the input has rank " +
                                   Twine(input.size()));
  if (llvm::is_contained(weights, 0))
    return node.error("E2105", node.describeInput(weightsInput) + " of shape " +
                                   formatShape(weights) + " is empty");
  ConvolutionShape shape;
  shape.group = node.getInt("group", 1);
  shape.channels = weights[0];
  if (shape.group < 1 || shape.channels % shape.group || input[1] % shape.group ||
      input[1] / shape.group != weights[1])
    return node.error("E2302", "weights of shape " + formatShape(weights) + " and group " +
                                   Twine(shape.group) + " do not fit an input of shape " +
                                   formatShape(input));
  if (node.hasInput(biasInput) && node.getShape(biasInput) != ArrayRef<int64_t>({shape.channels}))
    return node.error("E2302", "the bias, " + node.describeInput(biasInput) + " of shape " +
                                   formatShape(node.getShape(biasInput)) + ", must have " +
                                   Twine(shape.channels) + " elements");
  auto window = readWindow(node, input, weights.drop_front(2), /*isPool=*/false);
  if (failed(window))
    return failure();
  shape.window = *window;
  shape.result = {input[0], window->result[0], window->result[1], shape.channels};
  return shape;
}

static LogicalResult importConv(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)) ||
      (node.hasInput(2) && failed(node.requireFloat(2))))
    return failure();
  auto shape = readShape(node, /*weightsInput=*/1, /*biasInput=*/2);
  if (failed(shape))
    return failure();
  auto type = node.makeType(shape->result, node.builder.getF32Type());
  if (failed(type))
    return failure();
  Value input = toChannelsLast(node, node.getValue(0));
  Value weights = toChannelsLast(node, node.getValue(1));
  Value bias = node.hasInput(2) ? node.getValue(2) : Value();
  const Window &window = shape->window;
  Value result =
      node.create<qnn::Conv2DOp>(*type, input, weights, bias, Value(), Value(), window.strides,
                                 window.pads, window.dilations, shape->group);
  return node.setResult(toChannelsFirst(node, result, node.getRank(0)));
}

static LogicalResult importQLinearConv(NodeContext &node) {
  auto shape = readShape(node, /*weightsInput=*/3, /*biasInput=*/8);
  if (failed(shape))
    return failure();
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto weights = readQuantization(node, 4, 5, getCodeType(node, 3), shape->channels);
  auto result = readQuantization(node, 6, 7, 0, 1);
  if (failed(input) || failed(weights) || failed(result))
    return failure();
  for (Type storage : {input->storage, weights->storage, result->storage})
    if (storage.getIntOrFloatBitWidth() != 8)
      return node.error("E2308", "takes and gives 8-bit codes only");
  if (node.hasInput(8) && !node.getElementType(8).isInteger(32))
    return node.error("E2308", "the bias, " + node.describeInput(8) + ", must be int32");
  auto type = node.makeType(shape->result, getQuantizedType(*result));
  if (failed(type))
    return failure();
  Value codes = toChannelsLast(node, createQuantizedView(node, node.getValue(0), *input));
  Value kernel = toChannelsLast(node, node.getValue(3));
  Value bias = node.hasInput(8) ? node.getValue(8) : Value();
  auto [scale, zeroPoint] = createParameters(node, *weights);
  const Window &window = shape->window;
  Value quantized =
      node.create<qnn::Conv2DOp>(*type, codes, kernel, bias, scale, zeroPoint, window.strides,
                                 window.pads, window.dilations, shape->group);
  quantized = toChannelsFirst(node, quantized, node.getRank(0));
  return node.setResult(createStorageView(node, quantized));
}

ArrayRef<Operator> getConvolutionOperators() {
  static constexpr StringLiteral attributes =
      "auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints";
  static const Operator rows[] = {
      {"", "Conv", 1, 2, 3, 1, attributes, importConv},
      {"", "QLinearConv", 10, 8, 9, 1, attributes, importQLinearConv},
  };
  return rows;
}

} // namespace qcc::import
