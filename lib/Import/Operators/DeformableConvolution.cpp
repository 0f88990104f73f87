//===- DeformableConvolution.cpp - DeformConv
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every tap reads the image at its place plus a computed offset, between four pixels. The samples
// of all taps are gathered as channels, and a 1 x 1 convolution sums them.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Convolution.h"
#include "lib/Import/Operators/FloatMath.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::import {

namespace {

class DeformableConvolution {
public:
  explicit DeformableConvolution(NodeContext &node) : node(node), math(node) {}

  LogicalResult import();

private:
  LogicalResult readShapes();
  FailureOr<Value> createCoordinate(unsigned axis);
  Value sampleCorner(Value pixels, Value y, Value x, Value weight);
  FailureOr<Value> sample();

  NodeContext &node;
  FloatMath math;
  Window window;
  int64_t group = 1, offsetGroup = 1, taps = 1;
  int64_t batch = 0, channels = 0, height = 0, width = 0; // of the input
  Value firsts;                                           // pixel that each plane begins with
};

LogicalResult DeformableConvolution::readShapes() {
  for (unsigned i : {0, 1, 2, 3, 4})
    if (node.hasInput(i) && failed(node.requireFloat(i)))
      return failure();
  if (failed(node.requireRank(0, 4, 4)))
    return failure();
  auto shape = readConvolution(node, /*weightsInput=*/1, /*biasInput=*/3);
  if (failed(shape))
    return failure();
  window = shape->window;
  group = shape->group;
  ArrayRef<int64_t> input = node.getShape(0);
  batch = input[0], channels = input[1], height = input[2], width = input[3];
  taps = window.kernel[0] * window.kernel[1];
  offsetGroup = node.getInt("offset_group", 1);
  if (offsetGroup < 1 || channels % offsetGroup)
    return node.error("E2302", "attribute 'offset_group' is " + Twine(offsetGroup) +
                                   ", which does not divide " + Twine(channels) + " channels");
  auto check = [&](unsigned i, int64_t perTap) -> LogicalResult {
    SmallVector<int64_t> wanted = {batch, offsetGroup * taps * perTap, window.result[0],
                                   window.result[1]};
    if (node.getShape(i) == ArrayRef<int64_t>(wanted))
      return success();
    return node.error("E2302", node.describeInput(i) + " of shape " +
                                   formatShape(node.getShape(i)) + " must be " +
                                   formatShape(wanted));
  };
  if (failed(check(2, 2)) || (node.hasInput(4) && failed(check(4, 1))))
    return failure();
  // Positions are computed as floats, which are exact so far.
  if (height * width > (1 << 24))
    return node.error("E2309", "has more than 2^24 pixels, which qcc does not support");
  Type f32 = node.builder.getF32Type();
  int64_t positions = taps * window.result[0] * window.result[1];
  return node.makeType({batch, positions, channels}, f32);
}

/// Row (axis 0) or column (axis 1) that each tap reads, [N * groups, taps, H, W].
FailureOr<Value> DeformableConvolution::createCoordinate(unsigned axis) {
  int64_t rows = window.result[0], columns = window.result[1];
  auto type = RankedTensorType::get({batch * offsetGroup, taps, 1, rows, columns},
                                    node.builder.getF32Type());
  Value offsets =
      node.createReshape(node.getValue(2), {batch * offsetGroup, taps, 2, rows, columns});
  offsets = node.create<qnn::SliceOp>(type, offsets, ArrayRef<int64_t>{0, 0, axis, 0, 0},
                                      ArrayRef<int64_t>{1, 1, 1, 1, 1});
  offsets = node.createReshape(offsets, {batch * offsetGroup, taps, rows, columns});
  SmallVector<int64_t> shape = {1, taps, 1, 1};
  shape[2 + axis] = window.result[axis];
  auto places = node.computeFloats(shape, [&](MutableArrayRef<float> values) {
    for (int64_t tap = 0, at = 0; tap < taps; ++tap)
      for (int64_t i = 0; i < window.result[axis]; ++i) {
        int64_t step = axis == 0 ? tap / window.kernel[1] : tap % window.kernel[1];
        values[at++] = static_cast<float>(i * window.strides[axis] - window.pads[axis] +
                                          step * window.dilations[axis]);
      }
  });
  if (failed(places))
    return failure();
  return math.add(offsets, *places);
}

/// The pixels at whole positions times `weight`; 0 outside the image.
Value DeformableConvolution::sampleCorner(Value pixels, Value y, Value x, Value weight) {
  auto isInside = [&](Value at, Value nearest) {
    auto type = cast<RankedTensorType>(at.getType());
    Value same = node.create<qnn::CompareOp>(type.clone(node.builder.getI1Type()),
                                             qnn::CompareKind::Equal, at, nearest);
    return node.create<qnn::CastOp>(type, same);
  };
  Value row = math.clip(y, 0, static_cast<float>(height - 1)),
        column = math.clip(x, 0, static_cast<float>(width - 1));
  weight = math.mul(weight, math.mul(isInside(y, row), isInside(x, column)));
  Value position = math.add(math.mul(row, math.scalar(static_cast<float>(width))), column);
  auto type = cast<RankedTensorType>(position.getType());
  Value index = math.add(math.cast(position, node.builder.getI32Type()), firsts);
  SmallVector<int64_t> shape(type.getShape());
  shape.push_back(channels / offsetGroup);
  Value values = node.create<qnn::GatherOp>(type.clone(shape), pixels, index, 0);
  shape.back() = 1;
  return math.mul(values, node.createReshape(weight, shape));
}

/// [N * groups, taps, H, W, C / groups].
FailureOr<Value> DeformableConvolution::sample() {
  int64_t perGroup = channels / offsetGroup, planes = batch * offsetGroup;
  Value pixels = node.createReshape(node.getValue(0), {planes, perGroup, height * width});
  pixels = node.createReshape(node.createTranspose(pixels, {0, 2, 1}),
                              {planes * height * width, perGroup});
  auto y = createCoordinate(0);
  if (failed(y))
    return failure();
  auto x = createCoordinate(1);
  if (failed(x))
    return failure();
  auto begins = node.computeConstant<int32_t>(
      {planes, 1, 1, 1}, node.builder.getI32Type(), [&](MutableArrayRef<int32_t> values) {
        for (int64_t plane = 0; plane < planes; ++plane)
          values[plane] = static_cast<int32_t>(plane * height * width);
      });
  if (failed(begins))
    return failure();
  firsts = *begins;
  Value one = math.scalar(1);
  Value top = math.unary<qnn::FloorOp>(*y), left = math.unary<qnn::FloorOp>(*x);
  Value down = math.sub(*y, top), right = math.sub(*x, left);
  Value up = math.sub(one, down), back = math.sub(one, right);
  Value bottom = math.add(top, one), end = math.add(left, one);
  Value sum = sampleCorner(pixels, top, left, math.mul(up, back));
  sum = math.add(sum, sampleCorner(pixels, top, end, math.mul(up, right)));
  sum = math.add(sum, sampleCorner(pixels, bottom, left, math.mul(down, back)));
  return math.add(sum, sampleCorner(pixels, bottom, end, math.mul(down, right)));
}

LogicalResult DeformableConvolution::import() {
  if (failed(readShapes()))
    return failure();
  int64_t rows = window.result[0], columns = window.result[1], planes = batch * offsetGroup;
  if (planes * height * width > std::numeric_limits<int32_t>::max())
    return node.error("E2107", "is larger than 2^31");
  auto sampled = sample();
  if (failed(sampled))
    return failure();
  Value samples = *sampled;
  if (node.hasInput(4))
    samples =
        math.mul(samples, node.createReshape(node.getValue(4), {planes, taps, rows, columns, 1}));
  samples = node.createReshape(samples,
                               {batch, offsetGroup, taps, rows, columns, channels / offsetGroup});
  samples = node.createReshape(node.createTranspose(samples, {0, 3, 4, 1, 5, 2}),
                               {batch, rows, columns, channels * taps});
  int64_t outputs = node.getShape(1)[0];
  ConvolutionOperands operands{
      samples,
      node.createReshape(node.getValue(1), {outputs, 1, 1, channels / group * taps}),
      node.hasInput(3) ? node.getValue(3) : Value(),
      {},
      {}};
  Window one{{1, 1}, {1, 1}, {1, 1}, {rows, columns}, {0, 0, 0, 0}};
  auto result = createConvolution(node, operands, one, group, node.builder.getF32Type());
  if (failed(result))
    return failure();
  return node.setResult(toChannelsFirst(node, *result, 4));
}

} // namespace

LogicalResult importDeformableConvolution(NodeContext &node) {
  return DeformableConvolution(node).import();
}

} // namespace qcc::import
