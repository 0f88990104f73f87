//===- Convolution.cpp - Conv, QLinearConv and what convolutions share
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Convolution.h"

#include "lib/Import/Operators/IntegerProducts.h"
#include "lib/Import/Operators/Operands.h"
#include "lib/Import/Operators/QuantizationParameters.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

FailureOr<ConvolutionShape> readConvolution(NodeContext &node, unsigned weightsInput,
                                            unsigned biasInput) {
  if (failed(node.requireRank(0, 3, mostDimensions)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), weights = node.getShape(weightsInput);
  if (weights.size() != input.size())
    return node.error("E2302", node.describeInput(weightsInput) + " has rank " +
                                   Twine(weights.size()) + ", the input has rank " +
                                   Twine(input.size()));
  if (failed(requireElements(node, weightsInput)))
    return failure();
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
  return shape;
}

/// Moves the taps of spatial dimension `i`, which is dimension 1 of the view, into the channels,
/// and its positions into the batch: [B, D, rest..., C] to [B * positions, rest..., taps * C],
/// channels ordered by group, tap and channel within the group.
static FailureOr<Value> foldDimension(NodeContext &node, Value input, const Window &window,
                                      size_t i, int64_t group) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape()), low(shape.size(), 0), high(shape.size(), 0);
  int64_t last = (window.result[i] - 1) * window.strides[i] + window.getSpan(i);
  low[1] = window.pads[i];
  high[1] = std::max<int64_t>(last - shape[1] - low[1], 0);
  if (low[1] || high[1]) {
    shape[1] += low[1] + high[1];
    if (failed(node.makeType(shape, type.getElementType())))
      return failure();
    input = node.create<qnn::PadOp>(type.clone(shape), input, low, high, llvm::APFloat(0.0));
  }
  SmallVector<int64_t> part(shape), offsets(shape.size(), 0), strides(shape.size(), 1);
  part[1] = window.result[i], strides[1] = window.strides[i];
  // With groups, a dimension for the taps before the channels of a group.
  SmallVector<int64_t> split(part);
  split.back() = group;
  split.append({1, part.back() / group});
  SmallVector<Value> taps;
  for (int64_t tap = 0; tap < window.kernel[i]; ++tap) {
    offsets[1] = tap * window.dilations[i];
    Value slice = input;
    if (part != shape || offsets[1] || strides[1] != 1)
      slice = node.create<qnn::SliceOp>(type.clone(part), input, offsets, strides);
    taps.push_back(node.createReshape(slice, split));
  }
  split[split.size() - 2] = window.kernel[i];
  part.back() *= window.kernel[i];
  if (failed(node.makeType(part, type.getElementType())))
    return failure();
  Value joined = taps.front();
  if (taps.size() > 1)
    joined =
        node.create<qnn::ConcatOp>(type.clone(split), taps, static_cast<int64_t>(split.size()) - 2);
  part[0] *= part[1];
  part.erase(part.begin() + 1);
  return node.createReshape(joined, part);
}

FailureOr<Value> createConvolution(NodeContext &node, ConvolutionOperands operands,
                                   const Window &window, int64_t group, Type elementType) {
  constexpr int64_t mostTaps = 1024; // one operation each
  int64_t rank = static_cast<int64_t>(window.getRank()), leading = rank - 2;
  SmallVector<int64_t> weights(cast<RankedTensorType>(operands.weights.getType()).getShape());
  int64_t batch = cast<RankedTensorType>(operands.input.getType()).getDimSize(0);
  SmallVector<int64_t> result = {batch};
  result.append(window.result.begin(), window.result.end());
  result.push_back(weights[0]);
  if (failed(node.makeType(result, elementType)))
    return failure();
  auto taps = productChecked(ArrayRef(window.kernel).take_front(leading), mostTaps);
  if (!taps)
    return node.error("E2309", "has more than " + Twine(mostTaps) +
                                   " taps in its leading dimensions, which qcc does not support");
  if (leading) {
    for (int64_t i = 0; i < leading; ++i) {
      auto folded = foldDimension(node, operands.input, window, i, group);
      if (failed(folded))
        return failure();
      operands.input = *folded;
    }
    SmallVector<int64_t> order = {0, rank - 1, rank};
    for (int64_t i = leading; i > 0; --i)
      order.push_back(i);
    order.push_back(rank + 1);
    operands.weights =
        node.createReshape(node.createTranspose(operands.weights, order),
                           {weights[0], weights[rank - 1], weights[rank], *taps * weights.back()});
  }
  auto lastTwo = [&](ArrayRef<int64_t> values) { return values.take_back(2); };
  SmallVector<int64_t> pads = {window.pads[leading], window.pads[leading + 1],
                               window.pads[rank + leading], window.pads[rank + leading + 1]};
  int64_t images = cast<RankedTensorType>(operands.input.getType()).getDimSize(0);
  auto type = node.makeType(
      {images, window.result[leading], window.result[leading + 1], weights[0]}, elementType);
  if (failed(type))
    return failure();
  Value value = node.create<qnn::Conv2DOp>(
      *type, operands.input, operands.weights, operands.bias, operands.weightScale,
      operands.weightZeroPoint, lastTwo(window.strides), pads, lastTwo(window.dilations), group);
  return node.createReshape(value, result);
}

static LogicalResult importConv(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)) ||
      (node.hasInput(2) && failed(node.requireFloat(2))))
    return failure();
  auto shape = readConvolution(node, /*weightsInput=*/1, /*biasInput=*/2);
  if (failed(shape))
    return failure();
  ConvolutionOperands operands{toChannelsLast(node, node.getValue(0)),
                               toChannelsLast(node, node.getValue(1)),
                               node.hasInput(2) ? node.getValue(2) : Value(),
                               {},
                               {}};
  auto result =
      createConvolution(node, operands, shape->window, shape->group, node.builder.getF32Type());
  if (failed(result))
    return failure();
  return node.setResult(toChannelsFirst(node, *result, node.getRank(0)));
}

static LogicalResult importQLinearConv(NodeContext &node) {
  auto shape = readConvolution(node, /*weightsInput=*/3, /*biasInput=*/8);
  if (failed(shape))
    return failure();
  if (node.hasInput(8) && !node.getElementType(8).isInteger(32))
    return node.error("E2308", "the bias, " + node.describeInput(8) + ", must be int32");
  if (!areConstant(node, {1, 2, 4, 5, 6, 7}))
    return importQLinearConvWithComputedScales(node, *shape);
  auto input = readQuantization(node, 1, 2, getCodeType(node, 0), 1);
  auto weights = readQuantization(node, 4, 5, getCodeType(node, 3), shape->channels);
  auto result = readQuantization(node, 6, 7, 0, 1);
  if (failed(input) || failed(weights) || failed(result))
    return failure();
  for (Type storage : {input->storage, weights->storage, result->storage})
    if (storage.getIntOrFloatBitWidth() != 8)
      return node.error("E2308", "takes and gives 8-bit codes only");
  ConvolutionOperands operands;
  operands.input = toChannelsLast(node, createQuantizedView(node, node.getValue(0), *input));
  operands.weights = toChannelsLast(node, node.getValue(3));
  operands.bias = node.hasInput(8) ? node.getValue(8) : Value();
  std::tie(operands.weightScale, operands.weightZeroPoint) = createParameters(node, *weights);
  auto value =
      createConvolution(node, operands, shape->window, shape->group, getQuantizedType(*result));
  if (failed(value))
    return failure();
  return node.setResult(createStorageView(node, toChannelsFirst(node, *value, node.getRank(0))));
}

ArrayRef<Operator> getConvolutionOperators() {
  static constexpr StringLiteral attributes =
      "auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints";
  static const Operator rows[] = {
      {"", "CausalConvWithState", 27, 2, 4, 2, "activation:string", importCausalConvolution},
      {"", "Conv", 1, 2, 3, 1, attributes, importConv},
      {"", "ConvInteger", 10, 2, 4, 1, attributes, importConvInteger},
      {"", "ConvTranspose", 1, 2, 3, 1,
       "auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints "
       "output_shape:ints pads:ints strides:ints",
       importConvTranspose},
      {"", "DeformConv", 19, 3, 5, 1,
       "dilations:ints group:int kernel_shape:ints offset_group:int pads:ints strides:ints",
       importDeformableConvolution},
      {"", "QLinearConv", 10, 8, 9, 1, attributes, importQLinearConv},
  };
  return rows;
}

} // namespace qcc::import
