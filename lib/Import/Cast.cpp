//===- Cast.cpp - conversions of element types
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/NodeContext.h"

using namespace mlir;

namespace qcc::import {

static LogicalResult convertElements(NodeContext &node, Type type) {
  if (type == node.getElementType(0))
    return node.setResult(Tensor(node.getInput(0)));
  const Constant *constant = node.getConstant(0);
  if (isFoldable(constant))
    return node.setResult(castConstant(*constant, type));
  auto result = node.makeType(node.getShape(0), type);
  if (failed(result))
    return failure();
  return node.setResult(node.create<qnn::CastOp>(*result, node.getValue(0)));
}

/// `saturate` and `round_mode` concern 8-bit floats, which no computed tensor holds.
static LogicalResult importCast(NodeContext &node) {
  int64_t dataType = std::clamp<int64_t>(node.getInt("to", 0), -1, 1000);
  Type type = getElementType(node.builder.getContext(), static_cast<int32_t>(dataType));
  if (!type || getDataType(type) != dataType)
    return node.error("E2308", "cannot convert to element type " +
                                   getDataTypeName(static_cast<int32_t>(dataType)));
  return convertElements(node, type);
}

static LogicalResult importCastLike(NodeContext &node) {
  return convertElements(node, node.getElementType(1));
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
