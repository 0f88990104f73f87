//===- Comparison.cpp - decisions on values known while importing
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exporters compute shapes with these; none of them is left in the network.
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/NodeContext.h"
#include "qcc/Support/CheckedMath.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

/// Fails unless the inputs are known and small, and broadcast to the returned shape.
static FailureOr<SmallVector<int64_t>> requireKnown(NodeContext &node) {
  SmallVector<int64_t> shape;
  for (unsigned i = 0; i < node.getNumInputs(); ++i) {
    if (!isFoldable(node.getConstant(i)))
      return node.error("E2307", node.describeInput(i) +
                                     " must be known at compile time and small: qcc supports this "
                                     "operator in shape arithmetic only");
    auto joined = broadcastShapes(shape, node.getShape(i));
    if (!joined)
      return node.error("E2301", node.describeInput(i) + " of shape " +
                                     formatShape(node.getShape(i)) + " cannot be broadcast with " +
                                     formatShape(shape));
    shape = *joined;
  }
  std::optional<int64_t> count = productChecked(shape, mostTensorBytes / 8);
  if (!count)
    return node.error("E2107", "the result has more elements than a tensor may have");
  if (failed(node.chargeFolding(*count * 8)))
    return failure();
  return shape;
}

static ConstantPointer broadcastConstant(const Constant &constant, ArrayRef<int64_t> shape) {
  return viewConstant(constant, shape, 0, getBroadcastStrides(constant.type.getShape(), shape));
}

enum class Comparison { Equal, Less, LessOrEqual, Greater, GreaterOrEqual, And, Or };

template <typename T> static bool compare(Comparison kind, T lhs, T rhs) {
  switch (kind) {
  case Comparison::Equal:
    return lhs == rhs;
  case Comparison::Less:
    return lhs < rhs;
  case Comparison::LessOrEqual:
    return lhs <= rhs;
  case Comparison::Greater:
    return lhs > rhs;
  case Comparison::GreaterOrEqual:
    return lhs >= rhs;
  case Comparison::And:
    return lhs != T(0) && rhs != T(0);
  case Comparison::Or:
    return lhs != T(0) || rhs != T(0);
  }
  llvm_unreachable("all kinds are listed");
}

template <Comparison kind> static LogicalResult importComparison(NodeContext &node) {
  auto shape = requireKnown(node);
  if (failed(shape))
    return failure();
  Type elementType = node.getElementType(0);
  if (node.getElementType(1) != elementType)
    return node.error("E2308", "compares values of different element types");
  ConstantPointer lhs = broadcastConstant(*node.getConstant(0), *shape);
  ConstantPointer rhs = broadcastConstant(*node.getConstant(1), *shape);
  SmallVector<int64_t> result;
  if (isa<FloatType>(elementType)) {
    for (auto [left, right] : llvm::zip(getNumbers(*lhs), getNumbers(*rhs)))
      result.push_back(compare(kind, left, right));
  } else {
    for (auto [left, right] : llvm::zip(getIntegers(*lhs), getIntegers(*rhs)))
      result.push_back(compare(kind, left, right));
  }
  return node.setResult(
      makeFromIntegers(RankedTensorType::get(*shape, node.builder.getI1Type()), result));
}

static LogicalResult importNot(NodeContext &node) {
  auto shape = requireKnown(node);
  if (failed(shape))
    return failure();
  if (!node.getElementType(0).isInteger(1))
    return node.error("E2308", node.describeInput(0) + " must be bool");
  SmallVector<int64_t> values = getIntegers(*node.getConstant(0));
  for (int64_t &value : values)
    value = !value;
  return node.setResult(makeFromIntegers(node.getType(0), values));
}

static LogicalResult importWhere(NodeContext &node) {
  auto shape = requireKnown(node);
  if (failed(shape))
    return failure();
  if (!node.getElementType(0).isInteger(1) || node.getElementType(1) != node.getElementType(2))
    return node.error("E2308", "needs a bool condition and two inputs of one element type");
  SmallVector<int64_t> conditions = getIntegers(*broadcastConstant(*node.getConstant(0), *shape));
  ConstantPointer yes = broadcastConstant(*node.getConstant(1), *shape);
  ConstantPointer no = broadcastConstant(*node.getConstant(2), *shape);
  int64_t width = qnn::getElementBytes(node.getElementType(1));
  std::string bytes;
  for (auto [i, condition] : llvm::enumerate(conditions))
    bytes.append((condition ? yes : no)->bytes.data() + static_cast<int64_t>(i) * width, width);
  return node.setResult(makeConstant(yes->type, std::move(bytes)));
}

static LogicalResult importRange(NodeContext &node) {
  if (failed(requireKnown(node)))
    return failure();
  Type elementType = node.getElementType(0);
  for (unsigned i = 0; i < 3; ++i)
    if (node.getConstant(i)->getNumElements() != 1 || node.getElementType(i) != elementType)
      return node.error("E2308", "needs three single numbers of one element type");
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

template <double (*function)(double)> static LogicalResult importRounding(NodeContext &node) {
  auto shape = requireKnown(node);
  if (failed(shape))
    return failure();
  if (!isa<FloatType>(node.getElementType(0)))
    return node.error("E2308", node.describeInput(0) + " must be float");
  SmallVector<double> values = getNumbers(*node.getConstant(0));
  for (double &value : values)
    value = function(value);
  return node.setResult(makeFromNumbers(node.getType(0), values));
}

ArrayRef<Operator> getComparisonOperators() {
  static const Operator rows[] = {
      {"", "And", 7, 2, 2, 1, "", importComparison<Comparison::And>},
      {"", "Ceil", 1, 1, 1, 1, "", importRounding<std::ceil>},
      {"", "Equal", 7, 2, 2, 1, "", importComparison<Comparison::Equal>},
      {"", "Floor", 1, 1, 1, 1, "", importRounding<std::floor>},
      {"", "Greater", 7, 2, 2, 1, "", importComparison<Comparison::Greater>},
      {"", "GreaterOrEqual", 12, 2, 2, 1, "", importComparison<Comparison::GreaterOrEqual>},
      {"", "Less", 7, 2, 2, 1, "", importComparison<Comparison::Less>},
      {"", "LessOrEqual", 12, 2, 2, 1, "", importComparison<Comparison::LessOrEqual>},
      {"", "Not", 1, 1, 1, 1, "", importNot},
      {"", "Or", 7, 2, 2, 1, "", importComparison<Comparison::Or>},
      {"", "Range", 11, 3, 3, 1, "", importRange},
      {"", "Where", 9, 3, 3, 1, "", importWhere},
  };
  return rows;
}

} // namespace qcc::import
