//===- SettleConstantChannels.cpp - channels that give one code -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Prove/Passes.h"

#include "CodeRanges.h"
#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Arithmetic.h"

using namespace mlir;

namespace qcc::prove {

#define GEN_PASS_DEF_SETTLECONSTANTCHANNELS
#include "qcc/Prove/Passes.h.inc"

namespace {

struct SettleConstantChannels : impl::SettleConstantChannelsBase<SettleConstantChannels> {
  void runOnOperation() override {
    CodeRanges ranges;
    for (Operation &op : llvm::make_early_inc_range(getOperation().front())) {
      if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
        settle(ranges, conv);
      else if (auto linear = dyn_cast<qnn::LinearOp>(op))
        settle(ranges, linear);
    }
  }

  /// An accumulator of the interval that fits 32 bits, zero if possible.
  static std::optional<int32_t> choose(Interval range) {
    int64_t accumulator = std::clamp<int64_t>(0, range.low, range.high);
    if (accumulator < INT32_MIN || accumulator > INT32_MAX)
      return std::nullopt;
    return static_cast<int32_t>(accumulator);
  }

  template <typename Op> static void settle(CodeRanges &ranges, Op op) {
    auto contraction = cast<qnn::ContractionOpInterface>(op.getOperation());
    auto constants = getConstants(contraction);
    auto result = qnn::getQuantized(op.getType());
    if (!constants || !result)
      return;
    reference::Quantization to(result);
    SmallVector<int32_t> bias = constants->bias;
    size_t channels = bias.size(), depth = constants->weights.size() / channels;
    auto bytes = qnn::getConstantBytes(op.getWeights());
    std::vector<char> weights(bytes.begin(), bytes.end());
    auto zeroPoints = qnn::getConstantBytes(op.getWeightZeroPoint());
    bool isChanged = false;
    for (auto [c, range] : llvm::enumerate(ranges.getAccumulators(contraction))) {
      float multiplier = constants->multipliers[c];
      if (range.low == range.high || reference::requantize(range.low, multiplier, to) !=
                                         reference::requantize(range.high, multiplier, to))
        continue;
      std::optional<int32_t> accumulator = choose(range);
      if (!accumulator)
        continue;
      bias[c] = *accumulator;
      std::fill_n(weights.begin() + c * depth, depth, zeroPoints[zeroPoints.size() == 1 ? 0 : c]);
      isChanged = true;
    }
    if (!isChanged)
      return;
    OpBuilder builder(op);
    auto replace = [&](MutableOperandRange operand, Value constant) {
      auto old = operand.empty() ? nullptr : operand[0].get().getDefiningOp<qnn::ConstantOp>();
      operand.assign(constant);
      if (old && old->use_empty())
        old->erase();
    };
    auto biasType = RankedTensorType::get({static_cast<int64_t>(channels)}, builder.getI32Type());
    replace(op.getWeightsMutable(),
            qnn::createConstant(builder, op.getLoc(), op.getWeights().getType(), weights));
    replace(op.getBiasMutable(),
            qnn::createConstantOf<int32_t>(builder, op.getLoc(), biasType, bias));
  }
};

} // namespace
} // namespace qcc::prove
