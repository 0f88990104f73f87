//===- Reference.cpp - evaluates ops, kernels and functions
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Evaluators.h"

#include "dialects/QNN/QNNWeights.h"

using namespace mlir;

namespace qcc::reference {

/// [half-c1] f16 and bf16 compute in f32 and round once; returns null for other types.
static RankedTensorType getWideType(RankedTensorType type) {
  if (!isa<Float16Type, BFloat16Type>(type.getElementType()))
    return nullptr;
  return type.clone(Float32Type::get(type.getContext()));
}

static Expected<Tensor> evaluateNumeric(Operation *op, Operands operands, RankedTensorType type) {
  if (isa<qnn::QuantizeOp, qnn::DequantizeOp, qnn::DequantizeWeightsOp, qnn::LookupOp>(op))
    return evaluateConversion(op, operands, type);
  if (isa<qnn::Conv2DOp, qnn::LinearOp, qnn::MatMulOp>(op))
    return evaluateContraction(op, operands, type);
  if (isa<qnn::MaxPoolOp, qnn::AveragePoolOp>(op))
    return evaluateWindow(op, operands, type);
  if (isa<qnn::ReduceOp, qnn::SoftmaxOp>(op))
    return evaluateReduction(op, operands, type);
  if (isa<qnn::ArgReduceOp, qnn::CumulativeOp, qnn::TopKOp>(op))
    return evaluateOrdering(op, operands, type);
  if (isa<qnn::SuppressOp>(op))
    return evaluateDetection(op, operands, type);
  if (op->hasTrait<qnn::Elementwise>())
    return evaluateElementwise(op, operands, type);
  return makeError(op, "has no reference evaluation");
}

Expected<Tensor> evaluateOne(Operation *op, Operands operands, RankedTensorType type) {
  if (auto constant = dyn_cast<qnn::ConstantOp>(op)) {
    ArrayRef<char> bytes = qnn::getBytes(constant);
    if (static_cast<int64_t>(bytes.size()) != qnn::getTensorBytes(type))
      return makeError(op, "has no bytes: its resource was not in the file");
    return Tensor(type, bytes);
  }
  if (isa<qnn::ReshapeOp, qnn::TransposeOp, qnn::ConcatOp, qnn::SliceOp, qnn::PadOp, qnn::BitcastOp,
          qnn::BroadcastOp>(op))
    return evaluateMovement(op, operands, type);
  if (isa<qnn::GatherOp, qnn::GatherElementsOp, qnn::GatherNDOp, qnn::ScatterElementsOp,
          qnn::ScatterNDOp>(op))
    return evaluateIndexing(op, operands, type);
  if (isa<qnn::CastOp>(op))
    return evaluateElementwise(op, operands, type);

  SmallVector<Tensor> wide;
  wide.reserve(operands.size());
  SmallVector<const Tensor *> widened(operands);
  for (const Tensor *&operand : widened)
    if (RankedTensorType wideType = getWideType(operand->type))
      operand = &wide.emplace_back(convertElements(*operand, wideType.getElementType()));
  RankedTensorType wideType = getWideType(type);
  Expected<Tensor> result = evaluateNumeric(op, widened, wideType ? wideType : type);
  if (!result || !wideType)
    return result;
  return convertElements(*result, type.getElementType());
}

namespace {
/// Evaluates the ops of a block in order and frees each value after its last use in the block.
class BlockEvaluator {
public:
  explicit BlockEvaluator(Observer observe) : observe(observe) {}

  Expected<SmallVector<Tensor>> run(Block &block, ArrayRef<const Tensor *> arguments) {
    for (auto [argument, tensor] : llvm::zip(block.getArguments(), arguments))
      define(argument, *tensor);
    for (Operation &op : block.without_terminator())
      if (llvm::Error error = runOne(op))
        return error;
    SmallVector<Tensor> results;
    for (Value value : block.getTerminator()->getOperands())
      results.push_back(values.find(value)->second);
    return results;
  }

private:
  void define(Value value, Tensor tensor) {
    if (observe)
      observe(value, tensor);
    if (auto uses = std::distance(value.use_begin(), value.use_end())) {
      remainingUses[value] = uses;
      values[value] = std::move(tensor);
    }
  }

  llvm::Error runOne(Operation &op) {
    SmallVector<const Tensor *> operands;
    for (Value operand : op.getOperands())
      operands.push_back(&values.find(operand)->second);
    if (auto kernel = dyn_cast<qnn::KernelOp>(op)) {
      auto results = BlockEvaluator(observe).run(kernel.getBlock(), operands);
      if (!results)
        return results.takeError();
      release(op);
      for (auto [value, tensor] : llvm::zip(op.getResults(), *results))
        define(value, std::move(tensor));
      return llvm::Error::success();
    }
    auto results = evaluate(&op, operands);
    if (!results)
      return results.takeError();
    release(op);
    for (auto [value, tensor] : llvm::zip(op.getResults(), *results))
      define(value, std::move(tensor));
    return llvm::Error::success();
  }

  void release(Operation &op) {
    for (Value operand : op.getOperands())
      if (--remainingUses[operand] == 0)
        values.erase(operand);
  }

  Observer observe;
  llvm::DenseMap<Value, int64_t> remainingUses;
  llvm::DenseMap<Value, Tensor> values;
};
} // namespace

Expected<SmallVector<Tensor>> evaluate(Operation *op, ArrayRef<const Tensor *> operands) {
  for (auto [value, tensor] : llvm::zip_equal(op->getOperands(), operands))
    if (tensor->type != value.getType())
      return makeError(op, "was given an operand of another type");
  if (auto kernel = dyn_cast<qnn::KernelOp>(op))
    return BlockEvaluator(nullptr).run(kernel.getBlock(), operands);
  if (auto recurrent = dyn_cast<qnn::RecurrentOp>(op))
    return evaluateRecurrent(recurrent, operands);
  if (op->getNumResults() != 1 || !isa<RankedTensorType>(op->getResult(0).getType()))
    return makeError(op, "has no reference evaluation");
  auto result = evaluateOne(op, operands, cast<RankedTensorType>(op->getResult(0).getType()));
  if (!result)
    return result.takeError();
  SmallVector<Tensor> results;
  results.push_back(std::move(*result));
  return results;
}

static SmallVector<const Tensor *> getPointers(ArrayRef<Tensor> tensors) {
  return llvm::map_to_vector(tensors, [](const Tensor &tensor) { return &tensor; });
}

Expected<SmallVector<Tensor>> evaluate(Operation *op, ArrayRef<Tensor> operands) {
  return evaluate(op, getPointers(operands));
}

Expected<SmallVector<Tensor>> evaluate(func::FuncOp function, ArrayRef<Tensor> inputs,
                                       Observer observe) {
  if (!function.getBody().hasOneBlock() || inputs.size() != function.getNumArguments())
    return makeError(function, "needs one block and one tensor for each argument");
  for (auto [type, input] : llvm::zip(function.getArgumentTypes(), inputs))
    if (input.type != type)
      return makeError(function, "was given an input of another type");
  return BlockEvaluator(observe).run(function.getBody().front(), getPointers(inputs));
}

Expected<SmallVector<Tensor>> evaluateConstant(Operation *op) {
  SmallVector<Tensor> operands;
  for (Value operand : op->getOperands()) {
    auto constant = operand.getDefiningOp<qnn::ConstantOp>();
    if (!constant)
      return makeError(op, "has an operand that is no constant");
    Expected<Tensor> tensor = evaluateOne(constant, {}, constant.getType());
    if (!tensor)
      return tensor.takeError();
    operands.push_back(std::move(*tensor));
  }
  return evaluate(op, operands);
}

} // namespace qcc::reference
