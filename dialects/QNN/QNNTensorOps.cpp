//===- QNNTensorOps.cpp - verifiers of ops that only move elements
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace qcc::qnn {

static LogicalResult verifySameElementType(Operation *op) {
  Type result = getElementTypeOrSelf(op->getResult(0));
  for (Value operand : op->getOperands())
    if (getElementTypeOrSelf(operand) != result)
      return op->emitOpError("moves codes, so the operand's element type ")
             << getElementTypeOrSelf(operand) << " must be the result's " << result;
  return success();
}

LogicalResult ReshapeOp::verify() {
  if (getInput().getType().getNumElements() != getType().getNumElements())
    return emitOpError("must keep the number of elements");
  return verifySameElementType(*this);
}

void TransposeOp::build(OpBuilder &builder, OperationState &state, Value input,
                        ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape;
  for (int64_t dimension : permutation)
    shape.push_back(type.getDimSize(dimension));
  build(builder, state, type.clone(shape), input, permutation);
}

LogicalResult TransposeOp::verify() {
  auto input = getInput().getType();
  ArrayRef<int64_t> permutation = getPermutation();
  if (!isPermutationVector(permutation) ||
      static_cast<int64_t>(permutation.size()) != input.getRank() ||
      getType().getRank() != input.getRank())
    return emitOpError("permutation must order the ") << input.getRank() << " dimensions";
  for (auto [index, dimension] : llvm::enumerate(permutation))
    if (getType().getDimSize(index) != input.getDimSize(dimension))
      return emitOpError("result dimension ")
             << index << " must be " << input.getDimSize(dimension);
  return verifySameElementType(*this);
}

LogicalResult ConcatOp::verify() {
  auto result = getType();
  int64_t axis = getAxis(), sum = 0;
  if (axis < 0 || axis >= result.getRank())
    return emitOpError("axis is out of range");
  for (Value input : getInputs()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getRank() != result.getRank())
      return emitOpError("operands must have the result's rank");
    for (int64_t i = 0; i < result.getRank(); ++i)
      if (i != axis && type.getDimSize(i) != result.getDimSize(i))
        return emitOpError("dimension ") << i << " must be " << result.getDimSize(i);
    sum += type.getDimSize(axis);
  }
  if (sum != result.getDimSize(axis))
    return emitOpError("sizes along the axis must add up to ") << result.getDimSize(axis);
  return verifySameElementType(*this);
}

LogicalResult SliceOp::verify() {
  auto input = getInput().getType(), result = getType();
  int64_t rank = input.getRank();
  if (result.getRank() != rank || static_cast<int64_t>(getOffsets().size()) != rank ||
      static_cast<int64_t>(getStrides().size()) != rank)
    return emitOpError("needs one offset and one stride for each of the ") << rank << " dimensions";
  for (int64_t i = 0; i < rank; ++i) {
    int64_t count = result.getDimSize(i);
    if (count == 0)
      continue;
    int64_t first = getOffsets()[i], last = first + (count - 1) * getStrides()[i];
    if (std::min(first, last) < 0 || std::max(first, last) >= input.getDimSize(i))
      return emitOpError("leaves dimension ") << i << " of the input";
  }
  return verifySameElementType(*this);
}

LogicalResult PadOp::verify() {
  auto input = getInput().getType(), result = getType();
  int64_t rank = input.getRank();
  if (result.getRank() != rank || static_cast<int64_t>(getLow().size()) != rank ||
      static_cast<int64_t>(getHigh().size()) != rank)
    return emitOpError("needs a low and a high pad for each of the ") << rank << " dimensions";
  for (int64_t i = 0; i < rank; ++i)
    if (getLow()[i] < 0 || getHigh()[i] < 0 ||
        result.getDimSize(i) != input.getDimSize(i) + getLow()[i] + getHigh()[i])
      return emitOpError("dimension ") << i << " must be the input's plus its pads";
  return verifySameElementType(*this);
}

LogicalResult BroadcastOp::verify() {
  auto input = getInput().getType(), result = getType();
  int64_t added = result.getRank() - input.getRank();
  if (added < 0)
    return emitOpError("result must have at least the input's rank");
  for (int64_t i = 0; i < input.getRank(); ++i)
    if (input.getDimSize(i) != 1 && input.getDimSize(i) != result.getDimSize(added + i))
      return emitOpError("result dimension ") << added + i << " must be " << input.getDimSize(i);
  return verifySameElementType(*this);
}

} // namespace qcc::qnn
