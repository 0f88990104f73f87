//===- TransposedConvolution.cpp - ConvTranspose by convolution of phases
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An output position o, counted with its padding, is reached by the taps k with o - k a multiple of
// the stride s. With o = s * q + r, these are k = r + s * j, which read input q - j. So each phase
// r is a convolution of stride 1 with taps j in descending order, and all phases are one
// convolution with s times the channels, whose results are then laid side by side. Groups would
// mix the order of those channels, so with groups each phase is a convolution of its own.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Convolution.h"
#include "lib/Import/Operators/Moves.h"
#include "lib/Import/Operators/Operands.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// One spatial dimension.
struct Axis {
  int64_t size, kernel, stride, dilation, first, result; // `first`: cropped outputs in front

  int64_t getSpan() const { return (kernel - 1) * dilation + 1; }
  /// Taps of a phase, most in the first. A phase without taps gets one of weight 0.
  int64_t getTaps(int64_t phase = 0) const {
    return std::max<int64_t>((getSpan() - phase + stride - 1) / stride, 1);
  }
  /// Positions of each phase.
  int64_t getPositions() const {
    return std::max<int64_t>(llvm::divideCeil(first + result, stride), size);
  }
};

class TransposedConvolution {
public:
  explicit TransposedConvolution(NodeContext &node) : node(node) {}

  LogicalResult import();

private:
  LogicalResult readAxes();
  FailureOr<Value> arrangeWeights();
  FailureOr<Value> convolve(Value input, Value weights, Value bias, int64_t part);
  Value joinPhases(Value phases);
  int64_t getOutputs() const { return group * groupOutputs; }
  int64_t getPhases() const {
    int64_t phases = 1;
    for (const Axis &axis : axes)
      phases *= axis.stride;
    return phases;
  }

  NodeContext &node;
  SmallVector<Axis> axes; // two or more
  int64_t group = 1, groupOutputs = 1;
};

LogicalResult TransposedConvolution::readAxes() {
  if (failed(node.requireRank(0, 3, mostDimensions - 1)) || failed(requireElements(node, 1)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), weights = node.getShape(1);
  group = node.getInt("group", 1);
  if (weights.size() != input.size() || weights[0] != input[1] || group < 1 ||
      input[1] % group != 0)
    return node.error("E2302", "weights of shape " + formatShape(weights) + " and group " +
                                   Twine(group) + " do not fit an input of shape " +
                                   formatShape(input));
  groupOutputs = weights[1];
  if (node.hasInput(2) && node.getShape(2) != ArrayRef<int64_t>({group * groupOutputs}))
    return node.error("E2302", "the bias, " + node.describeInput(2) + " of shape " +
                                   formatShape(node.getShape(2)) + ", must have " +
                                   Twine(group * groupOutputs) + " elements");
  size_t count = input.size() - 2;
  auto kernel = readKernelShape(node, count, weights.drop_front(2));
  auto strides = readWindowList(node, "strides", count, 1, 1);
  auto dilations = readWindowList(node, "dilations", count, 1, 1);
  auto pads = readWindowList(node, "pads", 2 * count, 0, 0);
  auto extra = readWindowList(node, "output_padding", count, 0, 0);
  if (failed(kernel) || failed(strides) || failed(dilations) || failed(pads) || failed(extra))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes = SmallVector<int64_t>();
  if (node.hasAttribute("output_shape")) {
    sizes = readWindowList(node, "output_shape", count, 1, 1);
    if (failed(sizes))
      return failure();
  }
  StringRef autoPad = node.getString("auto_pad", "NOTSET");
  bool isSame = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  if (!isSame && autoPad != "NOTSET" && autoPad != "VALID")
    return node.error("E2016", "attribute 'auto_pad' has the unknown value " + quoted(autoPad));
  for (size_t i = 0; i < count; ++i) {
    Axis axis{input[2 + i], (*kernel)[i], (*strides)[i], (*dilations)[i], (*pads)[i], 0};
    if (axis.size >= mostExtent || axis.kernel >= mostExtent)
      return node.error("E2107", "is larger than 2^31 in one dimension");
    // Both products are below 2^62.
    int64_t whole = axis.stride * (axis.size - 1) + (*extra)[i];
    if (whole > mostExtent || axis.getSpan() > mostExtent)
      return node.error("E2107", "is larger than 2^31 in one dimension");
    whole += axis.getSpan();
    if (!sizes->empty() || isSame) {
      axis.result = sizes->empty() ? axis.size * axis.stride : (*sizes)[i];
      int64_t cropped = std::max<int64_t>(whole - axis.result, 0);
      axis.first = autoPad == "SAME_UPPER" ? cropped / 2 : cropped - cropped / 2;
    } else {
      axis.result = whole - axis.first - (*pads)[count + i];
    }
    if (axis.result < 1)
      return node.error("E2304", "pads " + formatShape(*pads) + " leave nothing of dimension " +
                                     Twine(2 + i));
    axes.push_back(axis);
  }
  if (count == 1)
    axes.insert(axes.begin(), Axis{1, 1, 1, 1, 0, 1});
  return success();
}

/// ONNX weights [C, O/group, kernel...] as [phases * O, taps..., C/group].
FailureOr<Value> TransposedConvolution::arrangeWeights() {
  Value weights = node.getValue(1);
  Type element = node.getElementType(1);
  int64_t channels = node.getShape(0)[1];
  SmallVector<int64_t> split = {group, channels / group, groupOutputs}, offsets = {0, 0, 0},
                       directions = {1, 1, 1};
  for (const Axis &axis : axes)
    split.push_back(axis.kernel);
  weights = node.createReshape(weights, split);
  // Pads the dimension at `place` behind; a negative number crops it.
  auto pad = [&](size_t place, int64_t count) {
    SmallVector<int64_t> low(split.size(), 0), high(split.size(), 0);
    high[place] = count;
    split[place] += count;
    weights = createPad(node, weights, low, high);
  };
  // Spreads each dimension by its dilation, then fills it up to whole strides.
  size_t place = split.size() - axes.size();
  for (const Axis &axis : axes) {
    SmallVector<int64_t> filled(split);
    filled[place] = std::max(axis.kernel * axis.dilation, axis.getTaps() * axis.stride);
    if (failed(node.makeType(filled, element)))
      return failure();
    split.insert(split.begin() + place + 1, 1);
    weights = node.createReshape(weights, split);
    pad(place + 1, axis.dilation - 1);
    split[place] *= axis.dilation;
    split.erase(split.begin() + place + 1);
    weights = node.createReshape(weights, split);
    pad(place, axis.getTaps() * axis.stride - split[place]);
    split[place] = axis.getTaps();
    split.insert(split.begin() + place + 1, axis.stride);
    weights = node.createReshape(weights, split);
    place += 2;
    offsets.append({axis.getTaps() - 1, 0});
    directions.append({-1, 1});
  }
  if (llvm::any_of(axes, [](const Axis &axis) { return axis.getTaps() > 1; }))
    weights = node.create<qnn::SliceOp>(weights.getType(), weights, offsets, directions);
  SmallVector<int64_t> order, shape = {getPhases() * getOutputs()};
  for (size_t i = 0; i < axes.size(); ++i)
    order.push_back(4 + 2 * static_cast<int64_t>(i));
  order.append({0, 2});
  for (size_t i = 0; i < axes.size(); ++i) {
    order.push_back(3 + 2 * static_cast<int64_t>(i));
    shape.push_back(axes[i].getTaps());
  }
  order.push_back(1);
  shape.push_back(channels / group);
  return node.createReshape(node.createTranspose(weights, order), shape);
}

/// [N, positions..., phases * O], or one phase of them.
FailureOr<Value> TransposedConvolution::convolve(Value input, Value weights, Value bias,
                                                 int64_t part) {
  SmallVector<int64_t> shape(cast<RankedTensorType>(weights.getType()).getShape()),
      offsets(shape.size(), 0), behind;
  Window window;
  for (const Axis &axis : axes) {
    window.kernel.push_back(axis.getTaps());
    window.strides.push_back(1);
    window.dilations.push_back(1);
    window.result.push_back(axis.getPositions());
    behind.push_back(axis.getPositions() - axis.size);
  }
  if (group > 1) {
    shape[0] = getOutputs();
    offsets[0] = part * getOutputs();
    for (size_t i = axes.size(); i > 0; --i) {
      const Axis &axis = axes[i - 1];
      shape[i] = window.kernel[i - 1] = axis.getTaps(part % axis.stride);
      offsets[i] = axis.getTaps() - shape[i];
      part /= axis.stride;
    }
    weights = createSlice(node, weights, offsets, shape);
  }
  for (int64_t taps : window.kernel)
    window.pads.push_back(taps - 1);
  window.pads.append(behind);
  return createConvolution(node, {input, weights, bias, {}, {}}, window, group,
                           node.builder.getF32Type());
}

/// [N, positions..., phases * O] to [N, result..., O].
Value TransposedConvolution::joinPhases(Value phases) {
  int64_t batch = node.getShape(0)[0], rank = static_cast<int64_t>(axes.size());
  SmallVector<int64_t> split = {batch}, order = {0}, joined = {batch}, offsets = {0},
                       result = {batch};
  for (const Axis &axis : axes)
    split.push_back(axis.getPositions());
  for (auto [index, axis] : llvm::enumerate(axes)) {
    split.push_back(axis.stride);
    order.append({1 + static_cast<int64_t>(index), 1 + rank + static_cast<int64_t>(index)});
    joined.push_back(axis.getPositions() * axis.stride);
    offsets.push_back(axis.first);
    result.push_back(axis.result);
  }
  order.push_back(1 + 2 * rank);
  for (SmallVector<int64_t> *shape : {&split, &joined, &result})
    shape->push_back(getOutputs());
  offsets.push_back(0);
  if (getPhases() > 1)
    phases = node.createTranspose(node.createReshape(phases, split), order);
  return createSlice(node, node.createReshape(phases, joined), offsets, result);
}

LogicalResult TransposedConvolution::import() {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)) ||
      (node.hasInput(2) && failed(node.requireFloat(2))) || failed(readAxes()))
    return failure();
  constexpr int64_t mostParts = 1024; // one convolution each
  SmallVector<int64_t> strides, joined = {node.getShape(0)[0], getOutputs()};
  for (const Axis &axis : axes) {
    strides.push_back(axis.stride);
    joined.push_back(axis.getPositions() * axis.stride);
  }
  if (group > 1 && !productChecked(strides, mostParts))
    return node.error("E2309", "has groups, and the product of its strides is more than " +
                                   Twine(mostParts) + ", which qcc does not support");
  if (failed(node.makeType(joined, node.builder.getF32Type())))
    return failure();
  auto weights = arrangeWeights();
  if (failed(weights))
    return failure();
  Value input = toChannelsLast(node, node.getValue(0));
  Value bias = node.hasInput(2) ? node.getValue(2) : Value();
  if (bias && group == 1 && getPhases() > 1)
    bias = node.createReshape(createBroadcast(node, bias, {getPhases(), getOutputs()}),
                              {getPhases() * getOutputs()});
  SmallVector<Value> parts;
  for (int64_t part = 0, count = group > 1 ? getPhases() : 1; part < count; ++part) {
    auto value = convolve(input, *weights, bias, part);
    if (failed(value))
      return failure();
    parts.push_back(*value);
  }
  Value phases = parts.front();
  if (parts.size() > 1) {
    auto type = cast<RankedTensorType>(phases.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape.back() *= getPhases();
    phases = node.create<qnn::ConcatOp>(type.clone(shape), parts, type.getRank() - 1);
  }
  return node.setResult(toChannelsFirst(node, joinPhases(phases), node.getRank(0)));
}

} // namespace

LogicalResult importConvTranspose(NodeContext &node) {
  return TransposedConvolution(node).import();
}

} // namespace qcc::import
