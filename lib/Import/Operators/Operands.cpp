//===- Operands.cpp - element types and shapes of elementwise operators
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Operands.h"

using namespace mlir;

namespace qcc::import {

static LogicalResult chargeElements(NodeContext &node, const Constant &constant) {
  return node.chargeFolding(constant.getNumElements() * static_cast<int64_t>(sizeof(int64_t)));
}

FailureOr<SmallVector<double>> readNumbers(NodeContext &node, const Constant &constant) {
  if (failed(chargeElements(node, constant)))
    return failure();
  return getNumbers(constant);
}

FailureOr<SmallVector<int64_t>> readIntegers(NodeContext &node, const Constant &constant) {
  if (failed(chargeElements(node, constant)))
    return failure();
  return getIntegers(constant);
}

bool isInteger(Type type) { return isa<IntegerType>(type) && !type.isInteger(1); }

LogicalResult reportElementType(NodeContext &node, unsigned i, StringRef supported) {
  return node.error("E2308", node.describeInput(i) + " has element type " +
                                 getDataTypeName(getDataType(node.getElementType(i))) + "; only " +
                                 supported + " supported here");
}

LogicalResult requireNumber(NodeContext &node, unsigned i) {
  Type type = node.getElementType(i);
  if (isInteger(type) || type.isF32() || type.isF64())
    return success();
  return reportElementType(node, i, "numbers are");
}

LogicalResult requireReal(NodeContext &node, unsigned i) {
  Type type = node.getElementType(i);
  if (type.isF32() || type.isF64())
    return success();
  return reportElementType(node, i, "float is");
}

LogicalResult requireElements(NodeContext &node, unsigned i) {
  if (node.getType(i).getNumElements() != 0)
    return success();
  return node.error("E2105", node.describeInput(i) + " of shape " + formatShape(node.getShape(i)) +
                                 " is empty");
}

LogicalResult requireOneType(NodeContext &node, unsigned first) {
  for (unsigned i = first; i < node.getNumInputs(); ++i)
    if (node.getElementType(i) != node.getElementType(first))
      return node.error("E2308", node.describeInput(i) + " has element type " +
                                     getDataTypeName(getDataType(node.getElementType(i))) + ", " +
                                     node.describeInput(first) + " has " +
                                     getDataTypeName(getDataType(node.getElementType(first))));
  return success();
}

FailureOr<Value> alignSecond(NodeContext &node) {
  if (!node.hasAttribute("axis"))
    return node.getValue(1);
  auto axis = node.getAxis("axis", 0, node.getRank(0));
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(node.getShape(1));
  int64_t after = node.getRank(0) - *axis - static_cast<int64_t>(shape.size());
  if (after < 0)
    return node.error("E2301", node.describeInput(1) + " of shape " + formatShape(shape) +
                                   " does not fit into " + formatShape(node.getShape(0)) +
                                   " from dimension " + Twine(*axis));
  shape.append(after, 1);
  auto joined = broadcastShapes(node.getShape(0), shape);
  if (!joined || ArrayRef<int64_t>(*joined) != node.getShape(0))
    return node.error("E2301", node.describeInput(1) + " of shape " + formatShape(shape) +
                                   " cannot be broadcast to " + formatShape(node.getShape(0)));
  return node.createReshape(node.getValue(1), shape);
}

FailureOr<RankedTensorType> broadcastInputs(NodeContext &node, Type elementType) {
  SmallVector<int64_t> shape(node.getShape(0));
  for (unsigned i = 1; i < node.getNumInputs(); ++i) {
    auto joined = broadcastShapes(shape, node.getShape(i));
    if (!joined)
      return node.error("E2301", "inputs of shapes " + formatShape(shape) + " and " +
                                     formatShape(node.getShape(i)) +
                                     " cannot be broadcast together");
    shape = *joined;
  }
  return node.makeType(shape, elementType);
}

} // namespace qcc::import
