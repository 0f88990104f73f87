//===- Cast.cpp - conversions of element types
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/Operands.h"
#include "lib/Import/Operators/QuantizationParameters.h"
#include "lib/Import/StoredTypes.h"

using namespace mlir;

namespace qcc::import {

static LogicalResult convertElements(NodeContext &node, int32_t dataType) {
  const Constant *constant = node.getConstant(0);
  Type type = getElementType(node.builder.getContext(), dataType);
  if (isStoredOnly(dataType)) {
    if (!constant)
      return node.error("E2308", "converts a computed tensor to " + getDataTypeName(dataType) +
                                     ", a type that only constants have");
    auto rounding = readStoredRounding(node);
    if (failed(rounding))
      return failure();
    auto numbers = readNumbers(node, *constant);
    if (failed(numbers))
      return failure();
    return node.setResult(
        storeNumbers(node.builder.getContext(), node.getShape(0), *numbers, dataType, *rounding));
  }
  if (type == node.getElementType(0)) {
    if (!constant || constant->dataType == dataType)
      return node.setResult(Tensor(node.getInput(0)));
    auto result = std::make_shared<Constant>(*constant);
    result->dataType = dataType;
    return node.setResult(std::move(result));
  }
  if (isFoldable(constant))
    return node.setResult(castConstant(*constant, type));
  auto result = node.makeType(node.getShape(0), type);
  if (failed(result))
    return failure();
  return node.setResult(node.create<qnn::CastOp>(*result, node.getValue(0)));
}

static LogicalResult importCast(NodeContext &node) {
  int64_t given = std::clamp<int64_t>(node.getInt("to", 0), -1, 1000);
  auto dataType = static_cast<int32_t>(given);
  if (!getElementType(node.builder.getContext(), dataType))
    return node.error("E2308", "cannot convert to element type " + getDataTypeName(dataType));
  return convertElements(node, dataType);
}

static LogicalResult importCastLike(NodeContext &node) {
  return convertElements(node, getCodeType(node, 1));
}

ArrayRef<Operator> getCastOperators() {
  static const Operator rows[] = {
      {"", "Cast", 1, 1, 1, 1, "to:int! saturate:int>=19 round_mode:string>=24", importCast,
       FloatTypes::Any},
      {"", "CastLike", 15, 2, 2, 1, "saturate:int>=19 round_mode:string>=24", importCastLike,
       FloatTypes::Any},
  };
  return rows;
}

} // namespace qcc::import
