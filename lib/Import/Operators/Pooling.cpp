//===- Pooling.cpp - ONNX operators that pool windows
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Pooling.h"

#include "lib/Import/Operators/Operands.h"

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

/// Pools an NHWC tensor by a window of two dimensions.
using PoolPlane = llvm::function_ref<FailureOr<Value>(Value input, const Window &window)>;

/// Pools [N, spatial..., C] by a window of any rank: first the last two dimensions, then one
/// dimension after the other. Maxima, sums and, as counts are products too, means allow that.
static FailureOr<Value> poolDimensions(NodeContext &node, Value input, const Window &window,
                                       PoolPlane pool) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape());
  size_t count = window.getRank();
  auto poolAs = [&](ArrayRef<int64_t> view, const Window &plane) -> LogicalResult {
    if (failed(node.makeType({view[0], plane.result[0], plane.result[1], view[3]},
                             type.getElementType())))
      return failure();
    auto pooled = pool(node.createReshape(input, view), plane);
    if (failed(pooled))
      return failure();
    input = *pooled;
    return success();
  };
  auto product = [](ArrayRef<int64_t> sizes) {
    int64_t result = 1;
    for (int64_t size : sizes)
      result *= size;
    return result;
  };
  size_t y = count - 2, x = count - 1;
  Window plane{{window.kernel[y], window.kernel[x]},
               {window.strides[y], window.strides[x]},
               {window.dilations[y], window.dilations[x]},
               {window.result[y], window.result[x]},
               {window.pads[y], window.pads[x], window.pads[count + y], window.pads[count + x]}};
  ArrayRef<int64_t> sizes(shape);
  if (failed(poolAs(
          {product(sizes.take_front(count - 1)), shape[y + 1], shape[x + 1], sizes.back()}, plane)))
    return failure();
  shape[y + 1] = window.result[y], shape[x + 1] = window.result[x];
  for (size_t i = y; i-- > 0;) {
    Window line{{window.kernel[i], 1},
                {window.strides[i], 1},
                {window.dilations[i], 1},
                {window.result[i], product(ArrayRef(shape).slice(i + 2, count - i - 1))},
                {window.pads[i], 0, window.pads[count + i], 0}};
    if (failed(poolAs({product(ArrayRef(shape).take_front(i + 1)), shape[i + 1], line.result[1],
                       shape.back()},
                      line)))
      return failure();
    shape[i + 1] = window.result[i];
  }
  return node.createReshape(input, shape);
}

/// Sum of each window of an NHWC tensor: a depthwise convolution with ones.
static FailureOr<Value> createSumPool(NodeContext &node, Value input, const Window &window) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> pads(window.pads);
  for (size_t i : {0, 1}) // a window may hang over the end, as ceil_mode lets it
    pads[2 + i] = std::max<int64_t>((window.result[i] - 1) * window.strides[i] + window.getSpan(i) -
                                        type.getDimSize(1 + i) - pads[i],
                                    0);
  int64_t channels = type.getDimSize(3);
  auto weights = node.computeFloats({channels, window.kernel[0], window.kernel[1], 1},
                                    [](MutableArrayRef<float> ones) { llvm::fill(ones, 1.0f); });
  if (failed(weights))
    return failure();
  auto result = type.clone({type.getDimSize(0), window.result[0], window.result[1], channels});
  return node.create<qnn::Conv2DOp>(result, input, *weights, Value(), Value(), Value(),
                                    window.strides, pads, window.dilations, channels);
}

/// What the sum of each window is divided by, [H, W, 1].
static FailureOr<Value> createCounts(NodeContext &node, const Window &window,
                                     ArrayRef<int64_t> input, bool countIncludesPads) {
  auto countAlong = [&](size_t i, int64_t position) {
    int64_t start = position * window.strides[i] - window.pads[i], step = window.dilations[i];
    int64_t low = countIncludesPads ? -window.pads[i] : 0;
    int64_t high = input[i] + (countIncludesPads ? window.pads[2 + i] : 0);
    auto countBelow = [&](int64_t bound) { // taps before the bound
      return std::clamp<int64_t>(llvm::divideCeilSigned(bound - start, step), 0, window.kernel[i]);
    };
    return static_cast<float>(countBelow(high) - countBelow(low));
  };
  return node.computeFloats({window.result[0], window.result[1], 1},
                            [&](MutableArrayRef<float> counts) {
                              for (int64_t y = 0, at = 0; y < window.result[0]; ++y) {
                                float row = countAlong(0, y);
                                for (int64_t x = 0; x < window.result[1]; ++x)
                                  counts[at++] = row * countAlong(1, x);
                              }
                            });
}

/// Window of the node's input 0, whose result is known to be small enough to exist.
static FailureOr<Window> readPool(NodeContext &node) {
  if (failed(node.requireRank(0, 3, mostDimensions)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0);
  auto window = readWindow(node, input, {}, /*isPool=*/true);
  if (failed(window))
    return failure();
  SmallVector<int64_t> shape = {input[0], input[1]};
  shape.append(window->result.begin(), window->result.end());
  if (failed(node.makeType(shape, node.getElementType(0))))
    return failure();
  return window;
}

static LogicalResult setPool(NodeContext &node, const Window &window, Value input, PoolPlane pool,
                             llvm::function_ref<Value(Value)> finish = nullptr) {
  auto result = poolDimensions(node, input, window, pool);
  if (failed(result))
    return failure();
  Value value = finish ? finish(*result) : *result;
  return node.setResult(toChannelsFirst(node, value, node.getRank(0)));
}

static LogicalResult importMaxPool(NodeContext &node) {
  Type elementType = node.getElementType(0);
  bool isCode = isa<IntegerType>(elementType) && elementType.getIntOrFloatBitWidth() == 8;
  if (!isCode && failed(node.requireFloat(0)))
    return failure();
  auto window = readPool(node);
  if (failed(window))
    return failure();
  if (node.hasOutput(1))
    return importMaxPoolWithIndices(node, *window);
  return setPool(node, *window, toChannelsLast(node, node.getValue(0)),
                 [&](Value plane, const Window &part) -> FailureOr<Value> {
                   return createMaxPool(node, plane, part);
                 });
}

static LogicalResult importAveragePool(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  auto window = readPool(node);
  if (failed(window) || (window->isDilated() && failed(requireElements(node, 0))))
    return failure();
  bool countIncludesPads = node.getInt("count_include_pad", 0) != 0;
  return setPool(node, *window, toChannelsLast(node, node.getValue(0)),
                 [&](Value plane, const Window &part) -> FailureOr<Value> {
                   if (!window->isDilated())
                     return createAveragePool(node, plane, part, node.builder.getF32Type(),
                                              countIncludesPads);
                   auto shape = cast<RankedTensorType>(plane.getType()).getShape();
                   auto counts = createCounts(node, part, {shape[1], shape[2]}, countIncludesPads);
                   if (failed(counts))
                     return failure();
                   auto sums = createSumPool(node, plane, part);
                   if (failed(sums))
                     return failure();
                   return FloatMath(node).div(*sums, *counts);
                 });
}

/// |x| to the power p.
static Value createPower(NodeContext &node, Value value, int64_t p) {
  FloatMath math(node);
  if (p == 2)
    return math.mul(value, value);
  Value magnitude = math.unary<qnn::AbsOp>(value);
  if (p == 1)
    return magnitude;
  if (p == 3)
    return math.mul(math.mul(value, value), magnitude);
  return node.create<qnn::PowOp>(value.getType(), magnitude, math.scalar(static_cast<float>(p)));
}

/// The p-th root of a number that is not negative.
static Value createRoot(NodeContext &node, Value value, int64_t p) {
  FloatMath math(node);
  if (p == 1)
    return value;
  if (p == 2)
    return math.unary<qnn::SqrtOp>(value);
  return node.create<qnn::PowOp>(value.getType(), value,
                                 math.scalar(static_cast<float>(1.0 / static_cast<double>(p))));
}

/// The exponent of an Lp pool, which opset 1 had as a float.
static FailureOr<int64_t> readExponent(NodeContext &node) {
  int64_t p = node.getInt("p", 2);
  if (p < 1 || p > 64)
    return node.error("E2016", "attribute 'p' is " + Twine(p) + "; qcc supports 1 to 64");
  return p;
}

static LogicalResult importLpPool(NodeContext &node) {
  auto p = readExponent(node);
  if (failed(p) || failed(node.requireFloat(0)))
    return failure();
  auto window = readPool(node);
  if (failed(window) || failed(requireElements(node, 0)))
    return failure();
  Value powers = createPower(node, toChannelsLast(node, node.getValue(0)), *p);
  return setPool(
      node, *window, powers,
      [&](Value plane, const Window &part) { return createSumPool(node, plane, part); },
      [&](Value sums) { return createRoot(node, sums, *p); });
}

static LogicalResult importGlobalPool(NodeContext &node, bool isMax) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 3, mostDimensions)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  Value input = node.getValue(0);
  // More spatial dimensions are one long row.
  SmallVector<int64_t> image(shape);
  if (shape.size() > 4) {
    image = {shape[0], shape[1], 1, 1};
    for (int64_t size : shape.drop_front(2))
      image[3] *= size;
  }
  Window window = getWholeMap(image);
  input = toChannelsLast(node, node.createReshape(input, image));
  Value result = isMax ? createMaxPool(node, input, window)
                       : createAveragePool(node, input, window, node.builder.getF32Type(), false);
  SmallVector<int64_t> pooled(shape.size(), 1);
  pooled[0] = shape[0], pooled[1] = shape[1];
  return node.setResult(node.createReshape(toChannelsFirst(node, result, image.size()), pooled));
}

static LogicalResult importGlobalAveragePool(NodeContext &node) {
  return importGlobalPool(node, /*isMax=*/false);
}
static LogicalResult importGlobalMaxPool(NodeContext &node) {
  return importGlobalPool(node, /*isMax=*/true);
}

static LogicalResult importGlobalLpPool(NodeContext &node) {
  auto p = readExponent(node);
  if (failed(p) || failed(node.requireFloat(0)) || failed(node.requireRank(0, 3, mostDimensions)))
    return failure();
  SmallVector<int64_t> axes;
  for (int64_t i = 2; i < node.getRank(0); ++i)
    axes.push_back(i);
  Value sums =
      FloatMath(node).reduce(qnn::ReduceKind::Sum, createPower(node, node.getValue(0), *p), axes);
  return node.setResult(createRoot(node, sums, *p));
}

ArrayRef<Operator> getPoolingOperators() {
  static const Operator rows[] = {
      {"", "AveragePool", 1, 1, 1, 1,
       "auto_pad:string ceil_mode:int>=10 count_include_pad:int dilations:ints>=19 "
       "kernel_shape:ints! pads:ints strides:ints",
       importAveragePool},
      {"", "GlobalAveragePool", 1, 1, 1, 1, "", importGlobalAveragePool},
      {"", "GlobalLpPool", 2, 1, 1, 1, "p:int", importGlobalLpPool},
      {"", "GlobalMaxPool", 1, 1, 1, 1, "", importGlobalMaxPool},
      {"", "LpPool", 2, 1, 1, 1,
       "auto_pad:string ceil_mode:int>=18 dilations:ints>=18 kernel_shape:ints! p:int pads:ints "
       "strides:ints",
       importLpPool},
      {"", "MaxPool", 1, 1, 1, 2,
       "auto_pad:string ceil_mode:int>=10 dilations:ints>=10 kernel_shape:ints! pads:ints "
       "storage_order:int>=8 strides:ints",
       importMaxPool},
      {"", "MaxUnpool", 9, 2, 3, 1, "kernel_shape:ints! pads:ints strides:ints", importMaxUnpool},
  };
  return rows;
}

} // namespace qcc::import
