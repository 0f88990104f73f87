//===- Elementwise.cpp - ONNX operators of arithmetic
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/Operands.h"

#include <cfloat>
#include <cmath>

using namespace mlir;

namespace qcc::import {

//===- One operand ------------------------------------------------------------//

template <typename Op> static LogicalResult importNumber(NodeContext &node) {
  if (failed(requireNumber(node, 0)))
    return failure();
  return node.setResult(node.create<Op>(node.getType(0), node.getValue(0)));
}

template <typename Op> static LogicalResult importReal(NodeContext &node) {
  if (failed(requireReal(node, 0)))
    return failure();
  return node.setResult(node.create<Op>(node.getType(0), node.getValue(0)));
}

static LogicalResult importNeg(NodeContext &node) {
  if (isInteger(node.getElementType(0)) && !qnn::isSignedStorage(node.getElementType(0)))
    return reportElementType(node, 0, "float and signed integers are");
  return importNumber<qnn::NegOp>(node);
}

static LogicalResult importReciprocal(NodeContext &node) {
  if (failed(requireReal(node, 0)))
    return failure();
  FloatMath math(node);
  return node.setResult(math.div(math.like(node.getValue(0), 1), node.getValue(0)));
}

/// A zero and a NaN stay what they are.
static LogicalResult importSign(NodeContext &node) {
  if (failed(requireNumber(node, 0)))
    return failure();
  FloatMath math(node);
  Value x = node.getValue(0), zero = math.like(x, 0);
  Value below = x;
  if (!isInteger(node.getElementType(0)) || qnn::isSignedStorage(node.getElementType(0)))
    below = math.select(math.compare(qnn::CompareKind::Less, x, zero), math.like(x, -1), x);
  return node.setResult(
      math.select(math.compare(qnn::CompareKind::Less, zero, x), math.like(x, 1), below));
}

//===- Clip -------------------------------------------------------------------//

/// Constant bounds of floats are what the Quantize stage understands.
static std::optional<float> getBound(NodeContext &node, unsigned i, StringRef attribute,
                                     float otherwise) {
  if (!node.hasInput(i))
    return node.getFloat(attribute, otherwise);
  const Constant *bound = node.getConstant(i);
  if (!bound || bound->getNumElements() != 1)
    return std::nullopt;
  return static_cast<float>(getNumbers(*bound).front());
}

/// The upper bound wins where they cross, as ONNX defines.
static LogicalResult importClip(NodeContext &node) {
  if (failed(requireNumber(node, 0)))
    return failure();
  for (unsigned i : {1, 2}) {
    if (!node.hasInput(i))
      continue;
    if (node.getElementType(i) != node.getElementType(0) || node.getType(i).getNumElements() != 1)
      return node.error("E2308", "the bound, " + node.describeInput(i) +
                                     ", must be one number of the element type of the input");
  }
  FloatMath math(node);
  if (node.getElementType(0).isF32()) {
    std::optional<float> low = getBound(node, 1, "min", -FLT_MAX),
                         high = getBound(node, 2, "max", FLT_MAX);
    if ((low && std::isnan(*low)) || (high && std::isnan(*high)))
      return node.error("E2016", "has a bound that is not a number");
    if (low && high)
      return node.setResult(math.clip(node.getValue(0), *low, *high));
  }
  Value result = node.getValue(0);
  if (node.hasAttribute("min"))
    result = math.max(result, math.like(result, node.getFloat("min", 0)));
  if (node.hasAttribute("max"))
    result = math.min(result, math.like(result, node.getFloat("max", 0)));
  if (node.hasInput(1))
    result = math.max(result, node.createReshape(node.getValue(1), {}));
  if (node.hasInput(2))
    result = math.min(result, node.createReshape(node.getValue(2), {}));
  return node.setResult(result);
}

//===- Two operands and more --------------------------------------------------//

/// Folds from the left: ((a op b) op c) ...
template <typename Op> static FailureOr<Value> createChain(NodeContext &node) {
  if (failed(requireOneType(node)) || failed(requireNumber(node, 0)) ||
      failed(broadcastInputs(node, node.getElementType(0))))
    return failure();
  FloatMath math(node);
  Value result = node.getValue(0);
  for (unsigned i = 1; i < node.getNumInputs(); ++i)
    result = math.binary<Op>(result, node.getValue(i));
  return result;
}

template <typename Op> static LogicalResult importChain(NodeContext &node) {
  auto result = createChain<Op>(node);
  if (failed(result))
    return failure();
  return node.setResult(*result);
}

/// Add and its like; versions before 7 may say where the second operand lies.
template <typename Op> static LogicalResult importPair(NodeContext &node) {
  if (!node.hasAttribute("axis"))
    return importChain<Op>(node);
  if (failed(requireOneType(node)) || failed(requireNumber(node, 0)))
    return failure();
  auto second = alignSecond(node);
  if (failed(second))
    return failure();
  return node.setResult(FloatMath(node).binary<Op>(node.getValue(0), *second));
}

static LogicalResult importMean(NodeContext &node) {
  if (failed(requireReal(node, 0)))
    return failure();
  auto sum = createChain<qnn::AddOp>(node);
  if (failed(sum))
    return failure();
  FloatMath math(node);
  return node.setResult(math.div(*sum, math.like(*sum, node.getNumInputs())));
}

/// With fmod the sign of the dividend, else of the divisor.
static LogicalResult importMod(NodeContext &node) {
  bool isDividends = node.getInt("fmod", 0) != 0;
  auto result = createChain<qnn::RemOp>(node);
  if (failed(result))
    return failure();
  Type type = node.getElementType(0);
  if (!isDividends && !isInteger(type))
    return node.error("E2016", "attribute 'fmod' must be 1 for floating point numbers");
  if (isDividends || !qnn::isSignedStorage(type))
    return node.setResult(*result);
  FloatMath math(node);
  Value rest = *result, divisor = node.getValue(1), zero = math.like(rest, 0);
  Value differ = math.compare(qnn::CompareKind::Less, math.binary<qnn::XorOp>(rest, divisor), zero);
  Value isNull = math.compare(qnn::CompareKind::Equal, rest, zero);
  Value moved = math.select(differ, math.add(rest, divisor), rest);
  return node.setResult(math.select(isNull, rest, moved));
}

//===- Pow --------------------------------------------------------------------//

/// The powers that networks use most, as what is cheaper; null for others.
static Value createCommonPower(NodeContext &node, FloatMath &math) {
  const Constant *exponent = node.getConstant(1);
  if (!node.getElementType(0).isF32() || !exponent || exponent->getNumElements() != 1 ||
      exponent->type.getRank() > node.getRank(0))
    return {};
  double value = getNumbers(*exponent).front();
  Value x = node.getValue(0);
  if (value == 1)
    return x;
  if (value == 2)
    return math.mul(x, x);
  if (value == 3)
    return math.mul(math.mul(x, x), x);
  if (value == 0.5)
    return math.unary<qnn::SqrtOp>(x);
  return {};
}

/// Known float exponents as integers, where they all are, else null.
static FailureOr<ConstantPointer> findIntegerExponent(NodeContext &node) {
  const Constant *exponent = node.getConstant(1);
  auto isExact = [](double number) {
    return number == std::trunc(number) && std::abs(number) <= 0x1p+53;
  };
  if (!exponent || !isa<FloatType>(exponent->type.getElementType()))
    return ConstantPointer();
  auto numbers = readNumbers(node, *exponent);
  if (failed(numbers))
    return failure();
  if (!llvm::all_of(*numbers, isExact))
    return ConstantPointer();
  return castConstant(*exponent, node.builder.getI64Type());
}

/// The result has the base's type. Two integers are raised exactly, modulo the width; with a float
/// among them that is not an integer the power is computed in f32.
static LogicalResult importPow(NodeContext &node) {
  if (failed(requireNumber(node, 0)) || failed(requireNumber(node, 1)) ||
      failed(broadcastInputs(node, node.getElementType(0))))
    return failure();
  FloatMath math(node);
  if (Value common = createCommonPower(node, math))
    return node.setResult(common);
  Type base = node.getElementType(0), exponent = node.getElementType(1);
  Type type = node.builder.getF32Type();
  auto known = isInteger(base) ? findIntegerExponent(node) : ConstantPointer();
  if (failed(known))
    return failure();
  if (*known) {
    type = node.builder.getI64Type();
    Value power =
        math.binary<qnn::PowOp>(math.cast(node.getValue(0), type), node.createConstant(**known));
    return node.setResult(math.cast(power, base));
  }
  if (isInteger(base) && isInteger(exponent))
    type = base == exponent ? base : node.builder.getI64Type();
  Value power =
      math.binary<qnn::PowOp>(math.cast(node.getValue(0), type), math.cast(node.getValue(1), type));
  return node.setResult(math.cast(power, base));
}

ArrayRef<Operator> getElementwiseOperators() {
  static const Operator rows[] = {
      {"", "Abs", 1, 1, 1, 1, "", importNumber<qnn::AbsOp>, FloatTypes::Double},
      {"", "Add", 1, 2, 2, 1, oldBroadcast, importPair<qnn::AddOp>, FloatTypes::Double},
      {"", "Ceil", 1, 1, 1, 1, "", importReal<qnn::CeilOp>, FloatTypes::Double},
      {"", "Clip", 1, 1, 3, 1, "min:float<11 max:float<11", importClip, FloatTypes::Double},
      {"", "Div", 1, 2, 2, 1, oldBroadcast, importPair<qnn::DivOp>, FloatTypes::Double},
      {"", "Floor", 1, 1, 1, 1, "", importReal<qnn::FloorOp>, FloatTypes::Double},
      {"", "Max", 1, 1, anyNumber, 1, "", importChain<qnn::MaxOp>, FloatTypes::Double},
      {"", "Mean", 1, 1, anyNumber, 1, "", importMean, FloatTypes::Double},
      {"", "Min", 1, 1, anyNumber, 1, "", importChain<qnn::MinOp>, FloatTypes::Double},
      {"", "Mod", 10, 2, 2, 1, "fmod:int", importMod},
      {"", "Mul", 1, 2, 2, 1, oldBroadcast, importPair<qnn::MulOp>, FloatTypes::Double},
      {"", "Neg", 1, 1, 1, 1, "", importNeg, FloatTypes::Double},
      {"", "Pow", 1, 2, 2, 1, "", importPow},
      {"", "Reciprocal", 1, 1, 1, 1, "", importReciprocal, FloatTypes::Double},
      {"", "Relu", 1, 1, 1, 1, "", importNumber<qnn::ReluOp>, FloatTypes::Double},
      {"", "Round", 11, 1, 1, 1, "", importReal<qnn::RoundOp>, FloatTypes::Double},
      {"", "Sign", 9, 1, 1, 1, "", importSign, FloatTypes::Double},
      {"", "Sqrt", 1, 1, 1, 1, "", importReal<qnn::SqrtOp>},
      {"", "Sub", 1, 2, 2, 1, oldBroadcast, importPair<qnn::SubOp>, FloatTypes::Double},
      {"", "Sum", 1, 1, anyNumber, 1, "", importChain<qnn::AddOp>, FloatTypes::Double},
  };
  return rows;
}

} // namespace qcc::import
