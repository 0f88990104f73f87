//===- QNNIndexingOps.cpp - verifiers of gathers and scatters
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"

using namespace mlir;

namespace qcc::qnn {

/// Indices are i32 or i64; all other operands and the result have one element type.
static LogicalResult verifyElements(Operation *op) {
  Type index = getElementTypeOrSelf(op->getOperand(1)),
       element = getElementTypeOrSelf(op->getResult(0));
  if (!index.isSignlessInteger(32) && !index.isSignlessInteger(64))
    return op->emitOpError("indices must be i32 or i64");
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    if (i != 1 && getElementTypeOrSelf(operand) != element)
      return op->emitOpError("moves codes, so every element type but the indices' must be one");
  return success();
}

static LogicalResult requireShape(Operation *op, StringRef what, RankedTensorType type,
                                  ArrayRef<int64_t> shape) {
  if (type.getShape() != shape)
    return op->emitOpError("shape of ") << what << " must be [" << shape << "]";
  return success();
}

LogicalResult GatherOp::verify() {
  auto input = getInput().getType(), indices = getIndices().getType();
  int64_t axis = getAxis();
  if (axis < 0 || axis >= input.getRank())
    return emitOpError("axis is out of range");
  SmallVector<int64_t> shape(input.getShape().take_front(axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, input.getShape().drop_front(axis + 1));
  if (failed(requireShape(*this, "the result", getType(), shape)))
    return failure();
  return verifyElements(*this);
}

/// `indices` selects along `axis` and keeps within the other dimensions of `input`.
static LogicalResult verifyAlong(Operation *op, int64_t axis, RankedTensorType input,
                                 RankedTensorType indices) {
  if (axis < 0 || axis >= input.getRank() || indices.getRank() != input.getRank())
    return op->emitOpError("input and indices must have one rank that holds the axis");
  for (int64_t i = 0; i < input.getRank(); ++i)
    if (i != axis && indices.getDimSize(i) > input.getDimSize(i))
      return op->emitOpError("dimension ") << i << " of the indices leaves the input";
  return verifyElements(op);
}

LogicalResult GatherElementsOp::verify() {
  if (failed(requireShape(*this, "the result", getType(), getIndices().getType().getShape())))
    return failure();
  return verifyAlong(*this, getAxis(), getInput().getType(), getIndices().getType());
}

LogicalResult ScatterElementsOp::verify() {
  if (getType() != getInput().getType())
    return emitOpError("result must have the input's type");
  if (failed(requireShape(*this, "the updates", getUpdates().getType(),
                          getIndices().getType().getShape())))
    return failure();
  return verifyAlong(*this, getAxis(), getInput().getType(), getIndices().getType());
}

/// Shape of the slices that `indices` [I..., K] choose from `input`, its first `batchDims`
/// dimensions shared; empty when the ranks do not fit.
static std::optional<SmallVector<int64_t>>
getSlicesShape(RankedTensorType input, RankedTensorType indices, int64_t batchDims) {
  if (indices.getRank() == 0 || batchDims < 0 || batchDims >= indices.getRank() ||
      batchDims > input.getRank())
    return std::nullopt;
  int64_t depth = indices.getShape().back();
  if (batchDims + depth > input.getRank() ||
      input.getShape().take_front(batchDims) != indices.getShape().take_front(batchDims))
    return std::nullopt;
  SmallVector<int64_t> shape(indices.getShape().drop_back());
  llvm::append_range(shape, input.getShape().drop_front(batchDims + depth));
  return shape;
}

LogicalResult GatherNDOp::verify() {
  auto shape = getSlicesShape(getInput().getType(), getIndices().getType(), getBatchDims());
  if (!shape)
    return emitOpError(
        "the last dimension of the indices must count leading dimensions of the input");
  if (failed(requireShape(*this, "the result", getType(), *shape)))
    return failure();
  return verifyElements(*this);
}

LogicalResult ScatterNDOp::verify() {
  if (getType() != getInput().getType())
    return emitOpError("result must have the input's type");
  auto shape = getSlicesShape(getInput().getType(), getIndices().getType(), 0);
  if (!shape)
    return emitOpError(
        "the last dimension of the indices must count leading dimensions of the input");
  if (failed(requireShape(*this, "the updates", getUpdates().getType(), *shape)))
    return failure();
  return verifyElements(*this);
}

} // namespace qcc::qnn
