//===- Movement.cpp - ops that only move elements
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

using namespace mlir;

namespace qcc::reference {

static Tensor transpose(qnn::TransposeOp op, const Tensor &input, RankedTensorType type) {
  Tensor result(type);
  SmallVector<int64_t> strides, inputStrides = getStrides(input.type.getShape());
  for (int64_t dimension : op.getPermutation())
    strides.push_back(inputStrides[dimension]);
  copyStrided(type.getShape(), input.bytes.data(), strides, result.bytes.data(),
              getStrides(type.getShape()), qnn::getElementBytes(type.getElementType()));
  return result;
}

static Tensor slice(qnn::SliceOp op, const Tensor &input, RankedTensorType type) {
  Tensor result(type);
  int64_t first = 0, elementBytes = qnn::getElementBytes(type.getElementType());
  SmallVector<int64_t> strides = getStrides(input.type.getShape());
  for (auto [index, offset] : llvm::enumerate(op.getOffsets())) {
    first += offset * strides[index];
    strides[index] *= op.getStrides()[index];
  }
  copyStrided(type.getShape(), input.bytes.data() + first * elementBytes, strides,
              result.bytes.data(), getStrides(type.getShape()), elementBytes);
  return result;
}

static Tensor concat(qnn::ConcatOp op, Operands operands, RankedTensorType type) {
  Tensor result(type);
  int64_t elementBytes = qnn::getElementBytes(type.getElementType());
  SmallVector<int64_t> strides = getStrides(type.getShape());
  char *to = result.bytes.data();
  for (const Tensor *operand : operands) {
    if (!operand->bytes.empty())
      copyStrided(operand->type.getShape(), operand->bytes.data(),
                  getStrides(operand->type.getShape()), to, strides, elementBytes);
    to += operand->type.getDimSize(op.getAxis()) * strides[op.getAxis()] * elementBytes;
  }
  return result;
}

/// [pad-c1] One element that holds the padding: Q(value) of a quantized type.
static Tensor makePadding(double value, Type elementType) {
  auto scalar = RankedTensorType::get({}, elementType);
  if (auto quantized = qnn::getQuantized(elementType))
    return writeCodes({quantize(static_cast<float>(value), Quantization(quantized))}, scalar);
  Tensor padding(RankedTensorType::get({}, Float64Type::get(elementType.getContext())));
  padding.view<double>()[0] = value;
  return convertElements(padding, elementType);
}

static Tensor pad(qnn::PadOp op, const Tensor &input, RankedTensorType type) {
  int64_t elementBytes = qnn::getElementBytes(type.getElementType());
  Tensor result = broadcast(makePadding(op.getValue().convertToDouble(), type.getElementType()),
                            type.getShape());
  SmallVector<int64_t> strides = getStrides(type.getShape());
  int64_t first = 0;
  for (auto [index, low] : llvm::enumerate(op.getLow()))
    first += low * strides[index];
  if (!input.bytes.empty())
    copyStrided(input.type.getShape(), input.bytes.data(), getStrides(input.type.getShape()),
                result.bytes.data() + first * elementBytes, strides, elementBytes);
  return result;
}

Tensor evaluateMovement(Operation *op, Operands operands, RankedTensorType type) {
  // [move-c1] Codes move unchanged; an empty tensor has nothing to move.
  if (type.getNumElements() == 0)
    return Tensor(type);
  if (auto transposeOp = dyn_cast<qnn::TransposeOp>(op))
    return transpose(transposeOp, *operands[0], type);
  if (auto sliceOp = dyn_cast<qnn::SliceOp>(op))
    return slice(sliceOp, *operands[0], type);
  if (auto concatOp = dyn_cast<qnn::ConcatOp>(op))
    return concat(concatOp, operands, type);
  if (auto padOp = dyn_cast<qnn::PadOp>(op))
    return pad(padOp, *operands[0], type);
  if (isa<qnn::BroadcastOp>(op))
    return broadcast(*operands[0], type.getShape());
  assert((isa<qnn::ReshapeOp, qnn::BitcastOp>(op)));
  return Tensor(type, operands[0]->bytes);
}

} // namespace qcc::reference
