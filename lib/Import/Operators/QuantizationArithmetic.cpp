//===- QuantizationArithmetic.cpp - quantization with any scales, as f32 arithmetic
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/QuantizationArithmetic.h"

#include "lib/Import/Operators/Operands.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

namespace {

/// Brings scales and zero points to a shape that broadcasts to the tensor they belong to.
class ParameterReader {
public:
  explicit ParameterReader(NodeContext &node) : node(node), shape(node.getShape(0)) {}

  /// Checks the scale, which the zero point must resemble.
  LogicalResult read();

  FailureOr<Value> expand(Value value) const;

private:
  LogicalResult readBlocks();

  NodeContext &node;
  SmallVector<int64_t> shape;
  int64_t axis = 0, blockSize = 0, count = 1;
};

} // namespace

LogicalResult ParameterReader::read() {
  if (failed(node.requireFloat(1)))
    return failure();
  if (const Constant *scale = node.getConstant(1)) {
    auto scales = readNumbers(node, *scale);
    if (failed(scales))
      return failure();
    for (double value : *scales)
      if (!(value > 0) || !std::isfinite(value))
        return node.error("E2401", "the scale, " + node.describeInput(1) +
                                       ", must hold positive and finite numbers");
  }
  if (node.hasInput(2) && node.getShape(1) != node.getShape(2) &&
      (node.getType(1).getNumElements() != 1 || node.getType(2).getNumElements() != 1))
    return node.error("E2402", "has scales of shape " + formatShape(node.getShape(1)) +
                                   " but zero points of shape " + formatShape(node.getShape(2)));
  blockSize = node.getInt("block_size", 0);
  count = node.getType(1).getNumElements();
  if (count == 1 && node.getRank(1) <= 1)
    return success();
  auto resolved = node.getAxis("axis", 1, node.getRank(0));
  if (failed(resolved))
    return failure();
  axis = *resolved;
  if (blockSize != 0)
    return readBlocks();
  if (node.getRank(1) == 1 && count == shape[axis])
    return success();
  return node.error("E2403", "the scale, " + node.describeInput(1) + " of shape " +
                                 formatShape(node.getShape(1)) + ", does not fit dimension " +
                                 Twine(axis) + " of " + formatShape(shape));
}

LogicalResult ParameterReader::readBlocks() {
  ArrayRef<int64_t> scales = node.getShape(1);
  bool fits = blockSize > 0 && blockSize <= shape[axis] && scales.size() == shape.size();
  for (size_t i = 0; fits && i < shape.size(); ++i)
    fits = scales[i] == (static_cast<int64_t>(i) == axis
                             ? static_cast<int64_t>(llvm::divideCeil(shape[i], blockSize))
                             : shape[i]);
  if (fits)
    return success();
  return node.error("E2403", "the scale, " + node.describeInput(1) + " of shape " +
                                 formatShape(scales) + ", does not fit blocks of " +
                                 Twine(blockSize) + " on axis " + Twine(axis) + " of " +
                                 formatShape(shape));
}

FailureOr<Value> ParameterReader::expand(Value value) const {
  auto type = cast<RankedTensorType>(value.getType());
  if (count == 1)
    return node.createReshape(value, {});
  if (blockSize == 0) {
    SmallVector<int64_t> view(shape.size(), 1);
    view[axis] = count;
    return node.createReshape(value, view);
  }
  SmallVector<int64_t> wide(type.getShape());
  wide.insert(wide.begin() + axis + 1, 1);
  value = node.createReshape(value, wide);
  wide[axis + 1] = blockSize;
  auto repeated = node.makeType(wide, type.getElementType());
  if (failed(repeated))
    return failure();
  value = node.create<qnn::BroadcastOp>(*repeated, value);
  SmallVector<int64_t> joined(type.getShape());
  joined[axis] *= blockSize;
  value = node.createReshape(value, joined);
  if (joined[axis] == shape[axis])
    return value;
  SmallVector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1);
  return node.create<qnn::SliceOp>(type.clone(shape), value, offsets, strides);
}

Value createQuantized(NodeContext &node, Value input, Value scale, Value zeroPoint,
                      IntegerType codes) {
  bool isSigned = qnn::isSignedStorage(codes);
  int width = static_cast<int>(codes.getWidth());
  float low = isSigned ? -std::ldexp(1.0f, width - 1) : 0.0f;
  float high = std::ldexp(1.0f, isSigned ? width - 1 : width) - 1;
  FloatMath math(node);
  Value steps = math.unary<qnn::RoundOp>(math.div(input, scale));
  if (zeroPoint)
    steps = math.add(steps, zeroPoint);
  return math.cast(math.clip(steps, low, high), codes);
}

LogicalResult importQuantizeArithmetic(NodeContext &node, Type codes) {
  auto integer = dyn_cast_or_null<IntegerType>(codes);
  if (!integer || integer.getWidth() < 8 || integer.getWidth() > 16)
    return node.error("E2402", "quantizes to codes other than 8 and 16-bit integers");
  ParameterReader reader(node);
  if (failed(reader.read()))
    return failure();
  auto scale = reader.expand(node.getValue(1));
  if (failed(scale))
    return failure();
  Value zeroPoint;
  if (node.hasInput(2)) {
    Value codes = FloatMath(node).cast(node.getValue(2), node.builder.getF32Type());
    auto expanded = reader.expand(codes);
    if (failed(expanded))
      return failure();
    zeroPoint = *expanded;
  }
  Value reals = FloatMath(node).cast(node.getValue(0), node.builder.getF32Type());
  return node.setResult(createQuantized(node, reals, *scale, zeroPoint, integer));
}

LogicalResult importDequantizeArithmetic(NodeContext &node, Type resultType) {
  ParameterReader reader(node);
  if (failed(reader.read()))
    return failure();
  auto integer = dyn_cast<IntegerType>(node.getElementType(0));
  if (integer && (integer.getWidth() < 8 || integer.getWidth() > 32))
    return node.error("E2402", "dequantizes codes other than 8, 16 and 32-bit integers");
  Type f32 = node.builder.getF32Type();
  // The difference of 32-bit codes must be exact before it is rounded to f32.
  bool isWide = integer && integer.getWidth() == 32 && node.hasInput(2);
  Type exact = isWide ? Type(node.builder.getI64Type()) : f32;
  FloatMath math(node);
  Value codes = math.cast(node.getValue(0), exact);
  if (node.hasInput(2)) {
    if (isa<IntegerType>(node.getElementType(2)) != static_cast<bool>(integer))
      return node.error("E2402", "the zero point, " + node.describeInput(2) +
                                     ", must have the element type of the codes");
    auto zeroPoint = reader.expand(math.cast(node.getValue(2), exact));
    if (failed(zeroPoint))
      return failure();
    codes = math.sub(codes, *zeroPoint);
  }
  auto scale = reader.expand(node.getValue(1));
  if (failed(scale))
    return failure();
  Value reals = math.mul(math.cast(codes, f32), *scale);
  return node.setResult(math.cast(reals, resultType));
}

} // namespace qcc::import
