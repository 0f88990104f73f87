//===- LookupTable.cpp - tables of functions of one 8-bit code
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::reference {

namespace {
/// Evaluates the ops between two values on a vector of all codes instead of the tensors they have.
class TableMaker {
public:
  TableMaker(Value input, int64_t entries) : input(input), entries(entries) {}

  llvm::Error define(Value value) {
    if (tables.contains(value))
      return llvm::Error::success();
    Operation *op = value.getDefiningOp();
    if (!op)
      return llvm::createStringError("the table's output does not depend on its input alone");
    if (auto constant = dyn_cast<qnn::ConstantOp>(op))
      return defineConstant(constant);
    if (op->getNumResults() != 1 || !(op->hasTrait<qnn::Elementwise>() || isa<qnn::BitcastOp>(op)))
      return makeError(op, "is not elementwise, so it has no table");
    SmallVector<const Tensor *> operands;
    for (Value operand : op->getOperands())
      if (llvm::Error error = define(operand))
        return error;
    for (Value operand : op->getOperands())
      operands.push_back(&tables.find(operand)->second);
    auto type = RankedTensorType::get({entries}, getElementTypeOrSelf(value.getType()));
    Expected<Tensor> result = evaluateOne(op, operands, type);
    if (!result)
      return result.takeError();
    tables[value] = std::move(*result);
    return llvm::Error::success();
  }

  llvm::DenseMap<Value, Tensor> tables;

private:
  llvm::Error defineConstant(qnn::ConstantOp constant) {
    Expected<Tensor> tensor = evaluateOne(constant, {}, constant.getType());
    if (!tensor)
      return tensor.takeError();
    auto isTableOf = [&](OpOperand &use) {
      return isa<qnn::LookupOp>(use.getOwner()) && use.getOperandNumber() == 1;
    };
    if (constant.getType().getNumElements() != 1 && !llvm::all_of(constant->getUses(), isTableOf))
      return makeError(constant,
                       "has more than one element, so the table would depend on the place");
    if (constant.getType().getNumElements() == 1)
      tensor->type = constant.getType().clone(ArrayRef<int64_t>{1});
    tables[constant] = std::move(*tensor);
    return llvm::Error::success();
  }

  Value input;
  int64_t entries;
};
} // namespace

Expected<Tensor> makeLookupTable(Value input, Value output) {
  Type element = getElementTypeOrSelf(input.getType());
  if (!isa<IntegerType, qnn::QuantizedType>(element) || qnn::getElementBytes(element) != 1)
    return llvm::createStringError("a table needs an input of 8 bits");
  constexpr int64_t entries = 256;
  Tensor codes(RankedTensorType::get({entries}, element));
  int32_t lowest = qnn::isSignedStorage(element) ? -128 : 0;
  for (auto [index, code] : llvm::enumerate(codes.view<uint8_t>()))
    code = static_cast<uint8_t>(lowest + static_cast<int32_t>(index));
  TableMaker maker(input, entries);
  maker.tables[input] = std::move(codes);
  if (llvm::Error error = maker.define(output))
    return error;
  return std::move(maker.tables[output]);
}

Expected<Tensor> makeLookupTable(Operation *op) {
  return makeLookupTable(op->getOperand(0), op->getResult(0));
}

} // namespace qcc::reference
