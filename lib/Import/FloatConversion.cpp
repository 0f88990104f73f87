//===- FloatConversion.cpp - operands of the float types that handlers do not take
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/FloatConversion.h"

#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/QuantizationParameters.h"

using namespace mlir;

namespace qcc::import {

FloatConversion::FloatConversion(ImportState &state, NodeContext &context, onnx::NodeProto &node,
                                 const Operator &row)
    : state(state), context(context), floats(row.floats) {
  Type nodeType;
  for (unsigned i = 0; i < context.getNumInputs(); ++i) {
    if (!context.hasInput(i))
      continue;
    Type type = context.getElementType(i);
    if (!isa<FloatType>(type) || isStoredOnly(getCodeType(context, i)))
      continue;
    if (!nodeType)
      nodeType = type;
    if (isTaken(type))
      continue;
    std::string name = node.input(static_cast<int>(i));
    if (type.isF64() && !state.hasNarrowed) {
      state.hasNarrowed = true;
      context.warning("E2113", "computes double in float, as do all operators for which qcc has "
                               "no double arithmetic");
    }
    Tensor original = context.getInput(i);
    Tensor converted = convert(original, Float32Type::get(type.getContext()));
    operands.emplace_back(name, std::move(original));
    state.frame.values[name] = std::move(converted);
  }
  if (!operands.empty() && !isTaken(nodeType))
    context.floatType = nodeType;
}

bool FloatConversion::isTaken(Type type) const {
  return floats == FloatTypes::Any || !isa<FloatType>(type) || type.isF32() ||
         (type.isF64() && floats == FloatTypes::Double);
}

void FloatConversion::restoreOperands() {
  for (auto &[name, tensor] : operands)
    state.frame.values[name] = std::move(tensor);
  operands.clear();
}

Tensor FloatConversion::convert(const Tensor &tensor, Type elementType) {
  if (isFoldable(tensor.constant.get()))
    return {castConstant(*tensor.constant, elementType), nullptr};
  return {nullptr, context.create<qnn::CastOp>(tensor.getType().clone(elementType),
                                               context.getValue(tensor))};
}

LogicalResult FloatConversion::convertResults() {
  bool isWanted = context.floatType && floats != FloatTypes::Operands;
  unsigned count = floats == FloatTypes::Statistics ? 1 : context.getNumOutputs();
  for (unsigned i = 0; isWanted && i < std::min(count, context.getNumOutputs()); ++i) {
    if (!context.hasResult(i))
      continue;
    Tensor result = context.getResult(i);
    if (!result.getType().getElementType().isF32())
      continue;
    if (failed(context.setResult(convert(result, context.floatType), i)))
      return failure();
  }
  return success();
}

} // namespace qcc::import
