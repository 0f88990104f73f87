//===- FormIntegerOps.cpp - an op between dequantize and quantize is integer ===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Quantize/Passes.h"

#include "Conversions.h"
#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace qcc::quantize {

#define GEN_PASS_DEF_FORMINTEGEROPS
#include "qcc/Quantize/Passes.h.inc"

namespace {

/// Why an op stays float; empty when it does not.
using Reason = std::string;

bool isQuantizable(Operation *op) {
  if (auto reduce = dyn_cast<qnn::ReduceOp>(op))
    return reduce.getKind() != qnn::ReduceKind::Product;
  return isa<qnn::Conv2DOp, qnn::LinearOp, qnn::MatMulOp, qnn::AddOp, qnn::SubOp, qnn::MulOp,
             qnn::DivOp, qnn::MinOp, qnn::MaxOp, qnn::AveragePoolOp, qnn::SoftmaxOp, qnn::SigmoidOp,
             qnn::TanhOp, qnn::ExpOp, qnn::LogOp, qnn::ErfOp, qnn::SqrtOp, qnn::NegOp, qnn::AbsOp>(
      op);
}

Reason findResultType(Operation *op, qnn::QuantizedType &type) {
  Value result = op->getResult(0);
  type = getQuantizedUse(result);
  if (type)
    return {};
  for (Operation *user : result.getUsers())
    if (!isa<qnn::QuantizeOp>(user))
      return "its result is used by " + user->getName().getStringRef().str() +
             " and not quantized first";
  return result.use_empty() ? "its result is unused" : "its result is quantized to two types";
}

/// Bias of the integer form: i32 with the scale of the accumulator and zero point 0.
template <typename Op>
Reason findBias(Op op, float inputScale, ArrayRef<float> weightScales, Value &bias) {
  if (!op.getBias())
    return {};
  auto codes = op.getBias().template getDefiningOp<qnn::DequantizeWeightsOp>();
  if (!codes)
    return "its bias is not quantized";
  if (!codes.getInput().getType().getElementType().isInteger(32))
    return "its bias is not stored as i32";
  if (llvm::any_of(qnn::getConstantValues<int32_t>(codes.getZeroPoint()),
                   [](int32_t zeroPoint) { return zeroPoint != 0; }))
    return "its bias has a zero point";
  auto scales = qnn::getConstantValues<float>(codes.getScale());
  int64_t channels = codes.getType().getNumElements();
  for (int64_t c = 0; c < channels; ++c) {
    float product = inputScale * weightScales[weightScales.size() == 1 ? 0 : c];
    if (scales.empty() || scales[scales.size() == 1 ? 0 : c] != product)
      return "the bias scale of channel " + std::to_string(c) +
             " is not the product of the scales of input and weights";
  }
  bias = codes.getInput();
  return {};
}

template <typename Op> Reason formContraction(Op op) {
  Value input = getCodes(op.getInput());
  if (!input)
    return "its input is not quantized";
  auto weights = op.getWeights().template getDefiningOp<qnn::DequantizeWeightsOp>();
  if (!weights)
    return "its weights are not quantized constants";
  auto weightType = weights.getInput().getType();
  auto weightScales = qnn::getConstantValues<float>(weights.getScale());
  if (weightType.getElementTypeBitWidth() > 8 || weightScales.empty() ||
      qnn::getConstantBytes(weights.getZeroPoint()).empty())
    return "its weights are not 8-bit constants with constant parameters";
  if (weightScales.size() > 1 && weights.getAxis() != 0)
    return "its weights have a scale for each index of an axis that is not the output channel";
  qnn::QuantizedType type;
  if (Reason reason = findResultType(op, type); !reason.empty())
    return reason;
  Value bias;
  float inputScale = qnn::getScale(qnn::getQuantized(input.getType()));
  if (Reason reason = findBias(op, inputScale, weightScales, bias); !reason.empty())
    return reason;

  OpBuilder builder(op);
  auto make = [&](auto... attributes) {
    return Op::create(builder, op.getLoc(), withElement(op, type), input, weights.getInput(), bias,
                      weights.getScale(), weights.getZeroPoint(), attributes...);
  };
  Value codes;
  if constexpr (std::is_same_v<Op, qnn::Conv2DOp>)
    codes = make(op.getStridesAttr(), op.getPadsAttr(), op.getDilationsAttr(), op.getGroupAttr());
  else
    codes = make();
  replaceQuantizedUses(op.getResult(), codes);
  op.erase();
  return {};
}

/// An op without parameters of its own: the same op on codes.
Reason formPlain(Operation *op) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(getCodes(operand));
    if (!operands.back())
      return "an operand is not quantized";
  }
  qnn::QuantizedType type;
  if (Reason reason = findResultType(op, type); !reason.empty())
    return reason;
  OpBuilder builder(op);
  OperationState state(op->getLoc(), op->getName(), operands, withElement(op->getResult(0), type),
                       op->getAttrs());
  state.propertiesAttr = op->getPropertiesAsAttribute();
  replaceQuantizedUses(op->getResult(0), builder.create(state)->getResult(0));
  op->erase();
  return {};
}

Reason form(Operation *op) {
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
    return formContraction(conv);
  if (auto linear = dyn_cast<qnn::LinearOp>(op))
    return formContraction(linear);
  return formPlain(op);
}

struct FormIntegerOps : impl::FormIntegerOpsBase<FormIntegerOps> {
  void runOnOperation() override {
    // A network without quantization stays float as a whole: there is nothing to explain.
    bool isQuantized = false;
    getOperation().walk(
        [&](Operation *op) { isQuantized |= isa<qnn::QuantizeOp, qnn::DequantizeOp>(op); });
    SmallVector<Operation *> ops;
    for (Operation &op : getOperation().front())
      if (isQuantizable(&op) && getElementTypeOrSelf(op.getResult(0)).isF32() &&
          !qnn::getQuantized(op.getOperand(0).getType()))
        ops.push_back(&op);
    for (Operation *op : ops) {
      Location location = op->getLoc();
      std::string name = op->getName().getStringRef().str();
      bool isContraction = isa<qnn::ContractionOpInterface, qnn::MatMulOp>(op);
      Reason reason = form(op);
      if (!reason.empty() && isQuantized && isContraction)
        emitRemark(location) << name << " stays float: " << reason;
    }
  }
};

} // namespace
} // namespace qcc::quantize
