//===- InsertQuantization.cpp - quantize and dequantize around float ops ----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Quantize/Passes.h"

#include "Conversions.h"
#include "QuantizationPoints.h"
#include "WeightQuantization.h"
#include "dialects/QNN/QNNWeights.h"
#include <cmath>

using namespace mlir;

namespace qcc::quantize {

#define GEN_PASS_DEF_INSERTQUANTIZATION
#include "qcc/Quantize/Passes.h.inc"

namespace {

struct InsertQuantization : impl::InsertQuantizationBase<InsertQuantization> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    auto points = findQuantizationPoints(network);
    llvm::MapVector<Value, Range> ranges;
    for (Value point : points) {
      if (std::optional<Range> range = getRange(point))
        ranges[point] = *range;
      else
        emitRemark(point.getLoc()) << "stays float: it has no calibrated range";
      removeRange(point);
    }
    shareConcatRanges(network, ranges);
    OpBuilder builder(network);
    for (auto &[point, range] : ranges)
      if (auto type = chooseActivationType(&getContext(), range.low, range.high))
        convert(builder, point, *type);
      else
        emitRemark(point.getLoc()) << "stays float: its calibrated range is not finite";
    for (Operation &op : llvm::make_early_inc_range(network.front())) {
      if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
        quantizeParameters(builder, conv);
      else if (auto linear = dyn_cast<qnn::LinearOp>(op))
        quantizeParameters(builder, linear);
      else if (isa<qnn::AddOp, qnn::SubOp, qnn::MulOp, qnn::MinOp, qnn::MaxOp>(op))
        quantizeConstants(builder, &op);
    }
  }

  /// Operands of a concatenation take its type, unless that would cost them more than a bit.
  static void shareConcatRanges(func::FuncOp network, llvm::MapVector<Value, Range> &ranges) {
    constexpr float maxWidening = 2.0f;
    for (auto concat : network.front().getOps<qnn::ConcatOp>()) {
      auto result = ranges.find(concat);
      if (result == ranges.end())
        continue;
      Range all = result->second;
      SmallVector<Range *> parts;
      for (Value operand : concat.getInputs()) {
        auto part = ranges.find(getMovedSource(operand));
        if (part == ranges.end())
          continue;
        parts.push_back(&part->second);
        all = {std::min(all.low, part->second.low), std::max(all.high, part->second.high)};
      }
      result->second = all;
      for (Range *part : parts)
        if (all.high - all.low <= maxWidening * (part->high - part->low))
          *part = all;
    }
  }

  static void convert(OpBuilder &builder, Value point, qnn::QuantizedType type) {
    builder.setInsertionPointAfterValue(point);
    auto quantize =
        qnn::QuantizeOp::create(builder, point.getLoc(), withElement(point, type), point);
    Value real =
        qnn::DequantizeOp::create(builder, point.getLoc(), point.getType(), quantize.getResult());
    point.replaceAllUsesExcept(real, quantize);
  }

  template <typename Op> static void quantizeParameters(OpBuilder &builder, Op op) {
    Value codes = getCodes(getMovedSource(op.getInput()));
    if (!codes || !getQuantizedUse(findClamped(op.getResult())))
      return;
    auto weights = op.getWeights().template getDefiningOp<qnn::ConstantOp>();
    auto bias = op.getBias() ? op.getBias().template getDefiningOp<qnn::ConstantOp>() : nullptr;
    if (!weights || (op.getBias() && !bias))
      return;
    builder.setInsertionPoint(op);
    float inputScale = qnn::getScale(qnn::getQuantized(codes.getType()));
    auto parameters = quantizeWeights(
        weights.getType().getDimSize(0), qnn::getConstantValues<float>(weights),
        bias ? qnn::getConstantValues<float>(bias) : SmallVector<float>(), inputScale);
    if (!parameters) {
      op.emitRemark("stays float: its weights or bias are not finite");
      return;
    }
    op.getWeightsMutable().assign(dequantize<int8_t>(builder, weights, builder.getI8Type(),
                                                     parameters->weights, parameters->scales));
    if (bias)
      op.getBiasMutable().assign(dequantize<int32_t>(builder, bias, builder.getI32Type(),
                                                     parameters->bias, parameters->biasScales));
  }

  /// What the contraction's result is after the clamps that belong to it.
  static Value findClamped(Value value) {
    while (value.hasOneUse() && isa<qnn::ReluOp, qnn::ClipOp>(*value.user_begin()))
      value = value.user_begin()->getResult(0);
    return value;
  }

  template <typename T>
  static Value dequantize(OpBuilder &builder, qnn::ConstantOp real, Type storage, ArrayRef<T> codes,
                          ArrayRef<float> scales) {
    int64_t channels = scales.size();
    SmallVector<T> zeros(channels);
    auto create = [&](auto values, RankedTensorType type) -> Value {
      return qnn::createConstantOf(builder, real.getLoc(), type, values);
    };
    Value stored = create(codes, real.getType().clone(storage));
    Value scale = create(scales, RankedTensorType::get({channels}, builder.getF32Type()));
    Value zeroPoint = create(ArrayRef<T>(zeros), RankedTensorType::get({channels}, storage));
    return qnn::DequantizeWeightsOp::create(builder, real.getLoc(), real.getType(), stored, scale,
                                            zeroPoint, 0);
  }

  /// A constant of several elements beside a quantized operand.
  static void quantizeConstants(OpBuilder &builder, Operation *op) {
    if (!getQuantizedUse(findClamped(op->getResult(0))) ||
        llvm::none_of(op->getOperands(),
                      [](Value operand) { return getCodes(getMovedSource(operand)); }))
      return;
    for (OpOperand &operand : op->getOpOperands()) {
      auto constant = operand.get().getDefiningOp<qnn::ConstantOp>();
      if (!constant || constant.getType().getNumElements() <= 1)
        continue;
      auto reals = qnn::getConstantValues<float>(constant);
      // Infinities are the ends; a NaN may be anywhere.
      auto [low, high] = std::minmax_element(reals.begin(), reals.end());
      auto type = chooseActivationType(op->getContext(), *low, *high);
      if (!type || llvm::any_of(reals, [](float real) { return std::isnan(real); })) {
        op->emitRemark("stays float: its constant operand is not finite");
        continue;
      }
      SmallVector<int8_t> codes;
      for (float real : reals)
        codes.push_back(static_cast<int8_t>(qnn::quantizeValue(real, *type)));
      builder.setInsertionPoint(op);
      Value stored = qnn::createConstantOf<int8_t>(builder, constant.getLoc(),
                                                   constant.getType().clone(*type), codes);
      operand.set(
          qnn::DequantizeOp::create(builder, constant.getLoc(), constant.getType(), stored));
    }
  }
};

} // namespace
} // namespace qcc::quantize
