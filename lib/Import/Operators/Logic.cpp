//===- Logic.cpp - ONNX operators on truth values and bits
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Operands.h"

using namespace mlir;

namespace qcc::import {

/// Both inputs of one type: bool, or an integer.
static LogicalResult requireBits(NodeContext &node, bool isBool) {
  Type type = node.getElementType(0);
  if (isBool && !type.isInteger(1))
    return reportElementType(node, 0, "bool is");
  if (!isBool && !isInteger(type))
    return reportElementType(node, 0, "integers are");
  return requireOneType(node);
}

template <typename Op, bool isBool> static LogicalResult importBits(NodeContext &node) {
  if (failed(requireBits(node, isBool)) || failed(broadcastInputs(node, node.getElementType(0))))
    return failure();
  return node.setResult(FloatMath(node).binary<Op>(node.getValue(0), node.getValue(1)));
}

template <bool isBool> static LogicalResult importInversion(NodeContext &node) {
  if (failed(requireBits(node, isBool)))
    return failure();
  return node.setResult(FloatMath(node).invert(node.getValue(0)));
}

static LogicalResult importBitShift(NodeContext &node) {
  if (isInteger(node.getElementType(0)) && qnn::isSignedStorage(node.getElementType(0)))
    return reportElementType(node, 0, "unsigned integers are");
  StringRef direction = node.getString("direction", "");
  if (direction == "LEFT")
    return importBits<qnn::ShiftLeftOp, false>(node);
  if (direction == "RIGHT")
    return importBits<qnn::ShiftRightOp, false>(node);
  return node.error("E2016", "attribute 'direction' has the unknown value " + quoted(direction));
}

static LogicalResult importBitCast(NodeContext &node) {
  int64_t dataType = node.getInt("to", 0);
  Type type = dataType > 0 && dataType < 1000
                  ? getElementType(node.builder.getContext(), static_cast<int32_t>(dataType))
                  : Type();
  if (!type || getDataType(type) != dataType)
    return node.error("E2308", "cannot give the bits of its input the element type " +
                                   getDataTypeName(static_cast<int32_t>(
                                       std::clamp<int64_t>(dataType, -1, 1000))));
  if (qnn::getElementBytes(type) != qnn::getElementBytes(node.getElementType(0)))
    return node.error("E2308", node.describeInput(0) + " of element type " +
                                   getDataTypeName(getDataType(node.getElementType(0))) +
                                   " has another width than " +
                                   getDataTypeName(static_cast<int32_t>(dataType)));
  RankedTensorType result = node.getType(0).clone(type);
  // Any byte but 0 is true.
  if (type.isInteger(1))
    return node.setResult(node.create<qnn::CastOp>(result, node.getValue(0)));
  return node.setResult(node.create<qnn::BitcastOp>(result, node.getValue(0)));
}

ArrayRef<Operator> getLogicOperators() {
  static const Operator rows[] = {
      {"", "And", 7, 2, 2, 1, "", importBits<qnn::AndOp, true>},
      {"", "BitCast", 26, 1, 1, 1, "to:int!", importBitCast, FloatTypes::Any},
      {"", "BitShift", 11, 2, 2, 1, "direction:string!", importBitShift},
      {"", "BitwiseAnd", 18, 2, 2, 1, "", importBits<qnn::AndOp, false>},
      {"", "BitwiseNot", 18, 1, 1, 1, "", importInversion<false>},
      {"", "BitwiseOr", 18, 2, 2, 1, "", importBits<qnn::OrOp, false>},
      {"", "BitwiseXor", 18, 2, 2, 1, "", importBits<qnn::XorOp, false>},
      {"", "Not", 1, 1, 1, 1, "", importInversion<true>},
      {"", "Or", 7, 2, 2, 1, "", importBits<qnn::OrOp, true>},
      {"", "Xor", 7, 2, 2, 1, "", importBits<qnn::XorOp, true>},
  };
  return rows;
}

} // namespace qcc::import
