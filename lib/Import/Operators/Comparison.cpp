//===- Comparison.cpp - relations between numbers, and choices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Operands.h"

using namespace mlir;

namespace qcc::import {

using qnn::CompareKind;

template <CompareKind kind, bool isSwapped> static LogicalResult importRelation(NodeContext &node) {
  if (failed(requireOneType(node)))
    return failure();
  bool isEquality = kind == CompareKind::Equal && node.getElementType(0).isInteger(1);
  if ((!isEquality && failed(requireNumber(node, 0))) ||
      failed(broadcastInputs(node, node.builder.getI1Type())))
    return failure();
  Value lhs = node.getValue(isSwapped ? 1 : 0), rhs = node.getValue(isSwapped ? 0 : 1);
  return node.setResult(FloatMath(node).compare(kind, lhs, rhs));
}

/// Only a NaN differs from itself.
static LogicalResult importIsNaN(NodeContext &node) {
  if (failed(requireReal(node, 0)))
    return failure();
  FloatMath math(node);
  Value x = node.getValue(0);
  return node.setResult(math.invert(math.compare(CompareKind::Equal, x, x)));
}

static LogicalResult importIsInf(NodeContext &node) {
  if (failed(requireReal(node, 0)))
    return failure();
  bool isPositive = node.getInt("detect_positive", 1) != 0;
  bool isNegative = node.getInt("detect_negative", 1) != 0;
  FloatMath math(node);
  Value x = node.getValue(0);
  double infinity = std::numeric_limits<double>::infinity();
  if (isPositive && isNegative)
    x = math.unary<qnn::AbsOp>(x);
  Value limit = math.like(x, isPositive ? infinity : -infinity);
  if (!isPositive && !isNegative)
    // Nothing is less than itself.
    return node.setResult(math.compare(CompareKind::Less, x, x));
  return node.setResult(math.compare(CompareKind::Equal, x, limit));
}

static LogicalResult importWhere(NodeContext &node) {
  if (!node.getElementType(0).isInteger(1))
    return reportElementType(node, 0, "bool is");
  if (failed(requireOneType(node, 1)))
    return failure();
  auto type = broadcastInputs(node, node.getElementType(1));
  if (failed(type))
    return failure();
  return node.setResult(
      node.create<qnn::SelectOp>(*type, node.getValue(0), node.getValue(1), node.getValue(2)));
}

ArrayRef<Operator> getComparisonOperators() {
  static const Operator rows[] = {
      {"", "Equal", 7, 2, 2, 1, "", importRelation<CompareKind::Equal, false>, FloatTypes::Double},
      {"", "Greater", 7, 2, 2, 1, "", importRelation<CompareKind::Less, true>, FloatTypes::Double},
      {"", "GreaterOrEqual", 12, 2, 2, 1, "", importRelation<CompareKind::LessOrEqual, true>,
       FloatTypes::Double},
      {"", "IsInf", 10, 1, 1, 1, "detect_negative:int detect_positive:int", importIsInf,
       FloatTypes::Double},
      {"", "IsNaN", 9, 1, 1, 1, "", importIsNaN, FloatTypes::Double},
      {"", "Less", 7, 2, 2, 1, "", importRelation<CompareKind::Less, false>, FloatTypes::Double},
      {"", "LessOrEqual", 12, 2, 2, 1, "", importRelation<CompareKind::LessOrEqual, false>,
       FloatTypes::Double},
      {"", "Where", 9, 3, 3, 1, "", importWhere, FloatTypes::Double},
  };
  return rows;
}

} // namespace qcc::import
