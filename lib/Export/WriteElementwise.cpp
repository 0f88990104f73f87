//===- WriteElementwise.cpp - functions of one element at a time
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "NetworkWriter.h"

using namespace mlir;

namespace qcc::exporting {

static bool isBoolean(Operation *op) {
  return getElementTypeOrSelf(op->getOperand(0)).isInteger(1);
}

/// The ONNX operator of the same meaning, or "".
static StringRef getOnnxOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case([](qnn::ReluOp) { return "Relu"; })
      .Case([](qnn::ClipOp) { return "Clip"; })
      .Case([](qnn::SigmoidOp) { return "Sigmoid"; })
      .Case([](qnn::TanhOp) { return "Tanh"; })
      .Case([](qnn::ExpOp) { return "Exp"; })
      .Case([](qnn::LogOp) { return "Log"; })
      .Case([](qnn::ErfOp) { return "Erf"; })
      .Case([](qnn::SqrtOp) { return "Sqrt"; })
      .Case([](qnn::SinOp) { return "Sin"; })
      .Case([](qnn::CosOp) { return "Cos"; })
      .Case([](qnn::AtanOp) { return "Atan"; })
      .Case([](qnn::FloorOp) { return "Floor"; })
      .Case([](qnn::CeilOp) { return "Ceil"; })
      .Case([](qnn::RoundOp) { return "Round"; })
      .Case([](qnn::NegOp) { return "Neg"; })
      .Case([](qnn::AbsOp) { return "Abs"; })
      .Case([](qnn::CastOp) { return "Cast"; })
      .Case([](qnn::AddOp) { return "Add"; })
      .Case([](qnn::SubOp) { return "Sub"; })
      .Case([](qnn::MulOp) { return "Mul"; })
      .Case([](qnn::DivOp) { return "Div"; })
      .Case([](qnn::MinOp) { return "Min"; })
      .Case([](qnn::MaxOp) { return "Max"; })
      .Case([](qnn::RemOp) { return "Mod"; })
      .Case([](qnn::PowOp) { return "Pow"; })
      .Case([](qnn::AndOp op) { return isBoolean(op) ? "And" : "BitwiseAnd"; })
      .Case([](qnn::OrOp op) { return isBoolean(op) ? "Or" : "BitwiseOr"; })
      .Case([](qnn::XorOp op) { return isBoolean(op) ? "Xor" : "BitwiseXor"; })
      .Case<qnn::ShiftLeftOp, qnn::ShiftRightOp>([](auto op) {
        // ONNX shifts unsigned integers only.
        return getElementTypeOrSelf(op.getType()).isUnsignedInteger() ? "BitShift" : "";
      })
      .Case([](qnn::CompareOp op) {
        return op.getKind() == qnn::CompareKind::Equal  ? "Equal"
               : op.getKind() == qnn::CompareKind::Less ? "Less"
                                                        : "LessOrEqual";
      })
      .Case([](qnn::SelectOp) { return "Where"; })
      .Default([](Operation *) { return ""; });
}

bool writeElementwise(NetworkWriter &writer, Operation *op) {
  StringRef onnxOp = getOnnxOp(op);
  if (onnxOp.empty())
    return false;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Order order = writer.chooseOrder(op);
  Names inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(writer.getBroadcast(operand, type.getRank(), order));
  if (auto cast = dyn_cast<qnn::CastOp>(op); cast && qnn::getQuantized(type)) {
    writer.setReal(op, order, inputs[0]); // from one scale to another
    return true;
  }
  if (auto clip = dyn_cast<qnn::ClipOp>(op)) {
    inputs.push_back(writer.graph.addFloat(clip.getLow().convertToFloat()));
    inputs.push_back(writer.graph.addFloat(clip.getHigh().convertToFloat()));
  }
  Node node = writer.addNode(onnxOp, op, inputs);
  if (isa<qnn::CastOp>(op))
    node.set("to", int64_t(getDataType(type.getElementType())));
  else if (isa<qnn::RemOp>(op))
    node.set("fmod", int64_t(1));
  else if (onnxOp == "BitShift")
    node.set("direction", StringRef(isa<qnn::ShiftLeftOp>(op) ? "LEFT" : "RIGHT"));
  writer.setReal(op, order, node.output());
  return true;
}

} // namespace qcc::exporting
