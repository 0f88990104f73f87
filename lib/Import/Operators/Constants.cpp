//===- Constants.cpp - ONNX operators that make constants
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/NodeContext.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

static LogicalResult importConstant(NodeContext &node) {
  unsigned given = 0;
  for (StringRef name : {"value", "value_float", "value_floats", "value_int", "value_ints"})
    given += node.hasAttribute(name);
  if (given != 1)
    return node.error("E2012", "must have exactly one value attribute that holds numbers");
  if (node.hasAttribute("value")) {
    auto constant = node.getTensor("value");
    return failed(constant) ? failure() : node.setResult(*constant);
  }
  bool isFloat = node.hasAttribute("value_float") || node.hasAttribute("value_floats");
  if (isFloat) {
    bool isList = node.hasAttribute("value_floats");
    SmallVector<double> values = isList ? node.getFloats("value_floats")
                                        : SmallVector<double>{node.getFloat("value_float", 0)};
    SmallVector<int64_t> shape;
    if (isList)
      shape.push_back(values.size());
    return node.setResult(
        makeFromNumbers(RankedTensorType::get(shape, node.builder.getF32Type()), values));
  }
  bool isList = node.hasAttribute("value_ints");
  SmallVector<int64_t> values =
      isList ? node.getInts("value_ints") : SmallVector<int64_t>{node.getInt("value_int", 0)};
  SmallVector<int64_t> shape;
  if (isList)
    shape.push_back(values.size());
  return node.setResult(
      makeFromIntegers(RankedTensorType::get(shape, node.builder.getI64Type()), values));
}

static LogicalResult importConstantOfShape(NodeContext &node) {
  auto shape = node.requireIntegers(0, "the shape");
  if (failed(shape))
    return failure();
  ConstantPointer element;
  if (node.hasAttribute("value")) {
    auto value = node.getTensor("value");
    if (failed(value))
      return failure();
    element = *value;
    if (element->getNumElements() != 1)
      return node.error("E2016", "attribute 'value' must have one element");
  } else {
    element = makeFromNumbers(RankedTensorType::get({1}, node.builder.getF32Type()), {0.0});
  }
  std::optional<int64_t> count = productChecked(*shape, mostTensorBytes / 8);
  if (static_cast<int64_t>(shape->size()) > mostDimensions || !count)
    return node.error("E2107", "the shape " + formatShape(*shape) + " is too large or negative");
  if (failed(node.chargeFilling(*count * static_cast<int64_t>(element->bytes.size()))))
    return failure();
  return node.setResult(fillConstant(*element, *shape));
}

static LogicalResult importShape(NodeContext &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = node.getRank(0);
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank); };
  int64_t start = clamp(std::max(node.getInt("start", 0), -rank));
  int64_t end = clamp(std::max(node.getInt("end", rank), -rank - 1));
  shape = start < end ? shape.slice(start, end - start) : ArrayRef<int64_t>();
  auto type =
      RankedTensorType::get({static_cast<int64_t>(shape.size())}, node.builder.getI64Type());
  return node.setResult(makeFromIntegers(type, shape));
}

static LogicalResult importSize(NodeContext &node) {
  return node.setResult(makeFromIntegers(RankedTensorType::get({}, node.builder.getI64Type()),
                                         {node.getType(0).getNumElements()}));
}

static LogicalResult importRange(NodeContext &node) {
  Type elementType = node.getElementType(0);
  for (unsigned i = 0; i < 3; ++i) {
    if (!isFoldable(node.getConstant(i)))
      return node.error("E2307", node.describeInput(i) + " must be known at compile time");
    if (node.getConstant(i)->getNumElements() != 1 || node.getElementType(i) != elementType)
      return node.error("E2308", "needs three single numbers of one element type");
  }
  double start = getNumbers(*node.getConstant(0)).front();
  double limit = getNumbers(*node.getConstant(1)).front();
  double delta = getNumbers(*node.getConstant(2)).front();
  double count = delta == 0 ? NAN : std::ceil((limit - start) / delta);
  // Doubles count exactly up to here.
  constexpr double mostExact = 9007199254740992.0;
  if (!(count <= mostFoldedElements) || !(std::abs(start) <= mostExact) ||
      !(std::abs(limit) <= mostExact))
    return node.error("E2309", "counts more than " + Twine(mostFoldedElements) +
                                   " steps, or without an end");
  int64_t steps = static_cast<int64_t>(std::max(count, 0.0));
  SmallVector<double> values;
  for (int64_t i = 0; i < steps; ++i)
    values.push_back(start + static_cast<double>(i) * delta);
  if (failed(node.chargeFolding(steps * 8)))
    return failure();
  auto type = RankedTensorType::get({steps}, elementType);
  if (isa<FloatType>(elementType))
    return node.setResult(makeFromNumbers(type, values));
  auto wide = makeFromNumbers(type.clone(Type(node.builder.getF64Type())), values);
  return node.setResult(castConstant(*wide, elementType));
}

ArrayRef<Operator> getConstantOperators() {
  static const Operator rows[] = {
      {"", "Constant", 1, 0, 0, 1,
       "value:tensor value_float:float value_floats:floats value_int:int value_ints:ints",
       importConstant, FloatTypes::Any},
      {"", "ConstantOfShape", 9, 1, 1, 1, "value:tensor", importConstantOfShape, FloatTypes::Any},
      {"", "Shape", 1, 1, 1, 1, "start:int>=15 end:int>=15", importShape, FloatTypes::Any},
      {"", "Size", 1, 1, 1, 1, "", importSize, FloatTypes::Any},
      {"", "Range", 11, 3, 3, 1, "", importRange},
  };
  return rows;
}

} // namespace qcc::import
