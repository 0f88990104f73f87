//===- EvaluateSelftest.cpp - expected outputs of the selftest --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Prove/Passes.h"

#include "dialects/QNN/QNNNetwork.h"
#include "qcc/Reference/Reference.h"
#include "qcc/Support/SelftestInput.h"
#include "llvm/Support/CRC.h"
#include <cmath>

using namespace mlir;

namespace qcc::prove {

#define GEN_PASS_DEF_EVALUATESELFTEST
#include "qcc/Prove/Passes.h.inc"

namespace {

/// How far a value may differ between targets.
enum class Exactness { Bytes, Close, Unknown };

/// Follows the float ops whose order of summation is the target's.
class ExactnessAnalysis {
public:
  explicit ExactnessAnalysis(func::FuncOp network) {
    for (Operation &op : network.front())
      visit(op);
  }
  Exactness get(Value value) const {
    auto found = inexact.find(value);
    return found == inexact.end() ? Exactness::Bytes : found->second;
  }

private:
  static bool isFloat(Type type) {
    return isa<FloatType>(cast<RankedTensorType>(type).getElementType());
  }
  static bool sumsFloats(Operation &op) {
    if (op.hasTrait<qnn::Elementwise>() || op.hasTrait<qnn::SameScale>() ||
        isa<qnn::BitcastOp, qnn::ConstantOp, qnn::DequantizeWeightsOp, qnn::ReduceOp,
            qnn::SoftmaxOp>(op))
      return false;
    return llvm::any_of(op.getResultTypes(), isFloat) ||
           llvm::any_of(op.getOperandTypes(), isFloat);
  }
  void visit(Operation &op) {
    if (op.getNumResults() == 0)
      return;
    Exactness worst = Exactness::Bytes;
    for (Value operand : op.getOperands())
      worst = std::max(worst, get(operand));
    if (sumsFloats(op))
      worst = std::max(worst, Exactness::Close);
    for (Value result : op.getResults())
      // A rounding to integers makes one step of a difference in the last bit.
      if (worst != Exactness::Bytes)
        inexact[result] = isFloat(result.getType()) ? worst : Exactness::Unknown;
  }

  llvm::DenseMap<Value, Exactness> inexact;
};

/// Multiply-accumulates and elements: the time that Reference takes.
int64_t getWork(func::FuncOp network) {
  int64_t work = 0;
  for (Operation &op : network.front()) {
    if (auto contraction = dyn_cast<qnn::ContractionOpInterface>(op))
      work += contraction.getMacs();
    else if (auto product = dyn_cast<qnn::MatMulOp>(op))
      work += cast<RankedTensorType>(product.getResult().getType()).getNumElements() *
              cast<RankedTensorType>(op.getOperand(0).getType()).getShape().back();
    for (Value operand : op.getOperands())
      work += cast<RankedTensorType>(operand.getType()).getNumElements();
  }
  return work;
}

struct Range {
  float low = -1, step = 2.0f / 65535;
};

/// The range of the quantization that `input` leads to, looking through ops that only move it.
Range findRange(Value input) {
  SmallVector<Value> values = {input};
  for (size_t i = 0; i < values.size(); ++i)
    for (Operation *user : values[i].getUsers()) {
      if (auto quantize = dyn_cast<qnn::QuantizeOp>(user)) {
        auto type = qnn::getQuantized(quantize.getResult().getType());
        float scale = qnn::getScale(type);
        auto zero = type.getZeroPoint();
        float low = scale * static_cast<float>(type.getStorageTypeMin() - zero);
        float high = scale * static_cast<float>(type.getStorageTypeMax() - zero);
        return {low, (high - low) / 65535};
      }
      if (user->hasTrait<qnn::SameScale>() && user->getNumResults() == 1)
        values.push_back(user->getResult(0));
    }
  return {};
}

struct EvaluateSelftest : impl::EvaluateSelftestBase<EvaluateSelftest> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    Builder builder(module.getContext());
    SmallVector<reference::Tensor> inputs;
    SmallVector<Attribute> inputRecords;
    SmallVector<qnn::State> states = qnn::getStates(network);
    for (BlockArgument argument : network.getArguments()) {
      auto type = cast<RankedTensorType>(argument.getType());
      // The selftest runs once, behind a reset.
      if (qnn::findStateOfArgument(states, argument.getArgNumber())) {
        inputs.emplace_back(type);
        continue;
      }
      Range range = findRange(argument);
      inputs.emplace_back(type, selftest::makeInput(qnn::getTypeName(type.getElementType()),
                                                    type.getNumElements(), inputRecords.size(),
                                                    range.low, range.step));
      NamedAttrList record;
      if (isa<FloatType>(type.getElementType())) {
        record.append("low", builder.getF32FloatAttr(range.low));
        record.append("step", builder.getF32FloatAttr(range.step));
      }
      inputRecords.push_back(record.getDictionary(builder.getContext()));
    }
    auto outputs = evaluate(network, inputs);
    if (!outputs) {
      // A network without a selftest is still a network.
      module.emitRemark("no selftest: ") << llvm::toString(outputs.takeError());
      return;
    }
    ExactnessAnalysis exactness(network);
    SmallVector<Attribute> outputRecords;
    for (auto [index, tensor] : llvm::enumerate(*outputs))
      if (!qnn::findStateOfResult(states, index)) {
        Value value = network.front().getTerminator()->getOperand(index);
        outputRecords.push_back(describe(tensor, exactness.get(value), builder));
      }
    module->setAttr("qcc.selftest",
                    builder.getDictionaryAttr(
                        {builder.getNamedAttr("inputs", builder.getArrayAttr(inputRecords)),
                         builder.getNamedAttr("outputs", builder.getArrayAttr(outputRecords))}));
  }

private:
  llvm::Expected<SmallVector<reference::Tensor>> evaluate(func::FuncOp network,
                                                          ArrayRef<reference::Tensor> inputs) {
    if (getWork(network) > mostWork)
      return llvm::createStringError("the network takes more than %lld multiply-accumulates",
                                     static_cast<long long>(mostWork));
    return reference::evaluate(network, inputs);
  }

  static Attribute describe(const reference::Tensor &tensor, Exactness exactness,
                            Builder &builder) {
    constexpr int64_t maxValues = 64;
    NamedAttrList record;
    if (exactness == Exactness::Bytes) {
      ArrayRef<uint8_t> bytes(reinterpret_cast<const uint8_t *>(tensor.bytes.data()),
                              tensor.bytes.size());
      record.append("crc", builder.getI64IntegerAttr(llvm::crc32(bytes)));
    } else if (exactness == Exactness::Close && tensor.type.getElementType().isF32()) {
      auto all = tensor.view<float>();
      int64_t stride = llvm::divideCeil(tensor.type.getNumElements(), maxValues);
      float largest = 0;
      SmallVector<float> values;
      for (size_t i = 0; i < all.size(); i += stride)
        values.push_back(all[i]);
      for (float value : all)
        largest = std::max(largest, std::fabs(value));
      if (std::isfinite(largest) && llvm::none_of(values, [](float x) { return std::isnan(x); })) {
        record.append("stride", builder.getI64IntegerAttr(stride));
        record.append("values", builder.getDenseF32ArrayAttr(values));
        record.append("tolerance", builder.getF32FloatAttr(std::max(1e-4f * largest, 1e-7f)));
      }
    }
    return record.getDictionary(builder.getContext());
  }
};

} // namespace
} // namespace qcc::prove
