//===- QNNQuantizationOps.cpp - verifiers of conversions between reals, codes and storage
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

static LogicalResult verifySameShape(Operation *op) {
  if (cast<ShapedType>(op->getOperand(0).getType()).getShape() !=
      cast<ShapedType>(op->getResult(0).getType()).getShape())
    return op->emitOpError("input and result must have one shape");
  return success();
}

LogicalResult QuantizeOp::verify() {
  if (!getInput().getType().getElementType().isF32() || !getQuantized(getType()))
    return emitOpError("takes f32 and gives a quantized type");
  return verifySameShape(*this);
}

LogicalResult DequantizeOp::verify() {
  if (!getQuantized(getInput().getType()) || !getType().getElementType().isF32())
    return emitOpError("takes a quantized type and gives f32");
  return verifySameShape(*this);
}

LogicalResult DequantizeWeightsOp::verify() {
  auto input = getInput().getType(), scale = getScale().getType(),
       zeroPoint = getZeroPoint().getType();
  if (!isa<IntegerType>(input.getElementType()) || !scale.getElementType().isF32() ||
      zeroPoint.getElementType() != input.getElementType() || !getType().getElementType().isF32())
    return emitOpError(
        "takes integers, an f32 scale and a zero point of the input's type, and gives f32");
  int64_t axis = getAxis();
  if (scale.getNumElements() != zeroPoint.getNumElements() ||
      (scale.getNumElements() != 1 &&
       (axis < 0 || axis >= input.getRank() || scale.getNumElements() != input.getDimSize(axis))))
    return emitOpError("scale and zero point must have 1 element or as many as dimension ") << axis;
  return verifySameShape(*this);
}

OpFoldResult BitcastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<BitcastOp>()) {
    setOperand(inner.getInput());
    return getResult();
  }
  return {};
}

LogicalResult BitcastOp::verify() {
  Type from = getInput().getType().getElementType(), to = getType().getElementType();
  bool areNumbers = !getQuantized(from) && !getQuantized(to);
  if (areNumbers ? getElementBytes(from) != getElementBytes(to)
                 : getStorageType(from) != getStorageType(to))
    return emitOpError("input and result must have one storage type, numbers one width");
  if (to.isInteger(1) && from != to)
    return emitOpError("only an i1 has the bits of an i1");
  return verifySameShape(*this);
}

LogicalResult LookupOp::verify() {
  auto table = getTable().getType();
  if (getElementBytes(getInput().getType().getElementType()) != 1 || table.getNumElements() != 256)
    return emitOpError("takes 8-bit codes and a table of 256 entries");
  if (getStorageType(table.getElementType()) != getStorageType(getType().getElementType()))
    return emitOpError("table entries must be the result's storage");
  return verifySameShape(*this);
}

} // namespace qcc::qnn
