//===- Elementwise.cpp - ONNX operators on one element at a time
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/FloatMath.h"

#include "qcc/Support/CheckedMath.h"
#include <cfloat>
#include <cmath>

using namespace mlir;

namespace qcc::import {

//===- One operand ------------------------------------------------------------//

template <typename Op> static LogicalResult importUnary(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  return node.setResult(node.create<Op>(node.getType(0), node.getValue(0)));
}

/// Functions that integers have too.
template <typename Op> static LogicalResult importSignedUnary(NodeContext &node) {
  Type type = node.getElementType(0);
  if (!type.isF32() && !(isa<IntegerType>(type) && qnn::isSignedStorage(type)))
    return node.error("E2308", node.describeInput(0) + " has element type " +
                                   getDataTypeName(getDataType(type)) +
                                   "; only float and signed integers are supported");
  return node.setResult(node.create<Op>(node.getType(0), node.getValue(0)));
}

static LogicalResult importClip(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  float bounds[] = {node.getFloat("min", -FLT_MAX), node.getFloat("max", FLT_MAX)};
  for (unsigned i : {0, 1}) {
    if (!node.hasInput(1 + i))
      continue;
    const Constant *bound = node.getConstant(1 + i);
    if (!bound)
      return node.error("E2307", "the bound, " + node.describeInput(1 + i) +
                                     ", must be known at compile time but is computed by the "
                                     "network");
    if (bound->getNumElements() != 1 || !bound->type.getElementType().isF32())
      return node.error("E2308", "the bound, " + node.describeInput(1 + i) + ", must be one float");
    bounds[i] = static_cast<float>(getNumbers(*bound).front());
  }
  if (std::isnan(bounds[0]) || std::isnan(bounds[1]))
    return node.error("E2016", "has a bound that is not a number");
  // The upper bound wins where they cross, as ONNX defines.
  return node.setResult(FloatMath(node).clip(node.getValue(0), bounds[0], bounds[1]));
}

static LogicalResult importReciprocal(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  return node.setResult(
      node.create<qnn::DivOp>(node.getType(0), node.createFloats({}, 1.0f), node.getValue(0)));
}

//===- Two operands and more --------------------------------------------------//

static Value createBinary(NodeContext &node, BinaryKind kind, RankedTensorType type, Value lhs,
                          Value rhs) {
  switch (kind) {
  case BinaryKind::Add:
    return node.create<qnn::AddOp>(type, lhs, rhs);
  case BinaryKind::Sub:
    return node.create<qnn::SubOp>(type, lhs, rhs);
  case BinaryKind::Mul:
    return node.create<qnn::MulOp>(type, lhs, rhs);
  case BinaryKind::Div:
    return node.create<qnn::DivOp>(type, lhs, rhs);
  case BinaryKind::Min:
    return node.create<qnn::MinOp>(type, lhs, rhs);
  case BinaryKind::Max:
    return node.create<qnn::MaxOp>(type, lhs, rhs);
  }
  llvm_unreachable("all kinds are listed");
}

/// Folds from the left: ((a op b) op c) ...
static LogicalResult importChain(NodeContext &node, BinaryKind kind) {
  Type elementType = node.getElementType(0);
  bool isInteger = isa<IntegerType>(elementType) && !elementType.isInteger(1);
  if (!isInteger && failed(node.requireFloat(0)))
    return failure();
  Tensor left = node.getInput(0);
  for (unsigned i = 1; i < node.getNumInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error("E2011", "lacks its input " + Twine(i));
    if (node.getElementType(i) != elementType)
      return node.error("E2308", node.describeInput(i) + " has element type " +
                                     getDataTypeName(getDataType(node.getElementType(i))) +
                                     ", the first input " +
                                     getDataTypeName(getDataType(elementType)));
    ArrayRef<int64_t> lhsShape = left.getType().getShape(), rhsShape = node.getShape(i);
    auto shape = broadcastShapes(lhsShape, rhsShape);
    if (!shape)
      return node.error("E2301", "inputs of shapes " + formatShape(lhsShape) + " and " +
                                     formatShape(rhsShape) + " cannot be broadcast together");
    std::optional<int64_t> count = productChecked(*shape, mostFoldedElements);
    if (isFoldable(left.constant.get()) && isFoldable(node.getConstant(i)) && count) {
      if (failed(node.chargeFolding(*count * 8)))
        return failure();
      ConstantPointer folded = foldBinary(kind, *left.constant, *node.getConstant(i), *shape);
      if (!folded)
        return node.error("E2309", "divides a constant by zero");
      left = Tensor{folded, nullptr};
      continue;
    }
    auto type = node.makeType(*shape, elementType);
    if (failed(type))
      return failure();
    Value lhs = left.value;
    if (!lhs)
      lhs = i == 1 ? node.getValue(0) : node.createConstant(*left.constant);
    left = Tensor{nullptr, createBinary(node, kind, *type, lhs, node.getValue(i))};
  }
  return node.setResult(std::move(left));
}

template <BinaryKind kind> static LogicalResult importBinary(NodeContext &node) {
  return importChain(node, kind);
}

/// Computed inputs only: the mean of constants would be folded by their producer.
static LogicalResult importMean(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(importChain(node, BinaryKind::Add)))
    return failure();
  Tensor sum = node.getResult(0);
  if (sum.constant)
    return node.error("E2309", "averages constants only, which qcc does not support");
  FloatMath math(node);
  Value count = math.scalar(static_cast<float>(node.getNumInputs()));
  return node.setResult(math.div(sum.value, count));
}

/// x^2 and x^0.5 are what networks use; other powers need logarithms.
static LogicalResult importPow(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  const Constant *exponent = node.getConstant(1);
  double value = exponent && exponent->getNumElements() == 1 && exponent->type.getRank() <= 1
                     ? getNumbers(*exponent).front()
                     : 0;
  RankedTensorType type = node.getType(0);
  if (value == 1)
    return node.setResult(Tensor(node.getInput(0)));
  if (value == 2)
    return node.setResult(node.create<qnn::MulOp>(type, node.getValue(0), node.getValue(0)));
  if (value == 0.5)
    return node.setResult(node.create<qnn::SqrtOp>(type, node.getValue(0)));
  return node.error("E2309", "qcc supports the constant exponents 0.5, 1 and 2");
}

ArrayRef<Operator> getElementwiseOperators() {
  static const Operator rows[] = {
      {"", "Abs", 1, 1, 1, 1, "", importSignedUnary<qnn::AbsOp>},
      {"", "Add", 1, 2, 2, 1, "", importBinary<BinaryKind::Add>},
      {"", "Clip", 1, 1, 3, 1, "min:float<11 max:float<11", importClip},
      {"", "Div", 1, 2, 2, 1, "", importBinary<BinaryKind::Div>},
      {"", "Erf", 9, 1, 1, 1, "", importUnary<qnn::ErfOp>},
      {"", "Exp", 1, 1, 1, 1, "", importUnary<qnn::ExpOp>},
      {"", "Log", 1, 1, 1, 1, "", importUnary<qnn::LogOp>},
      {"", "Max", 1, 1, anyNumber, 1, "", importBinary<BinaryKind::Max>},
      {"", "Mean", 1, 1, anyNumber, 1, "", importMean},
      {"", "Min", 1, 1, anyNumber, 1, "", importBinary<BinaryKind::Min>},
      {"", "Mul", 1, 2, 2, 1, "", importBinary<BinaryKind::Mul>},
      {"", "Neg", 1, 1, 1, 1, "", importSignedUnary<qnn::NegOp>},
      {"", "Pow", 1, 2, 2, 1, "", importPow},
      {"", "Reciprocal", 1, 1, 1, 1, "", importReciprocal},
      {"", "Relu", 1, 1, 1, 1, "", importUnary<qnn::ReluOp>},
      {"", "Sigmoid", 1, 1, 1, 1, "", importUnary<qnn::SigmoidOp>},
      {"", "Sqrt", 1, 1, 1, 1, "", importUnary<qnn::SqrtOp>},
      {"", "Sub", 1, 2, 2, 1, "", importBinary<BinaryKind::Sub>},
      {"", "Sum", 1, 1, anyNumber, 1, "", importBinary<BinaryKind::Add>},
      {"", "Tanh", 1, 1, 1, 1, "", importUnary<qnn::TanhOp>},
  };
  return rows;
}

} // namespace qcc::import
