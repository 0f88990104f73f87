//===- CodeRanges.cpp - intervals of codes and accumulators -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CodeRanges.h"

#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Arithmetic.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace qcc::prove {

Interval getHull(Interval a, Interval b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

static SmallVector<int32_t, 0> readCodes(Value constant) {
  SmallVector<int32_t, 0> codes;
  bool isSigned = qnn::isSignedStorage(getElementTypeOrSelf(constant));
  for (char byte : qnn::getConstantBytes(constant))
    codes.push_back(isSigned ? static_cast<int8_t>(byte) : static_cast<uint8_t>(byte));
  return codes;
}

template <typename Op> static std::optional<ContractionConstants> readConstants(Op op) {
  if (!op.getWeightScale() || op.getWeights().getType().getElementTypeBitWidth() != 8)
    return std::nullopt;
  ContractionConstants constants;
  constants.weights = readCodes(op.getWeights());
  auto zeroPoints = readCodes(op.getWeightZeroPoint());
  auto scales = qnn::getConstantValues<float>(op.getWeightScale());
  int64_t channels = op.getWeights().getType().getDimSize(0);
  if (constants.weights.empty() || zeroPoints.empty() || scales.empty())
    return std::nullopt;
  size_t depth = constants.weights.size() / channels;
  for (auto [index, weight] : llvm::enumerate(constants.weights))
    weight -= zeroPoints[zeroPoints.size() == 1 ? 0 : index / depth];
  if (op.getBias()) {
    constants.bias = qnn::getConstantValues<int32_t>(op.getBias());
    if (constants.bias.empty())
      return std::nullopt;
  } else {
    constants.bias.assign(channels, 0);
  }
  if (auto result = qnn::getQuantized(op.getType()))
    for (int64_t c = 0; c < channels; ++c)
      constants.multipliers.push_back(reference::getContractionMultiplier(
          qnn::getScale(qnn::getQuantized(op.getInput().getType())),
          scales[scales.size() == 1 ? 0 : c], qnn::getScale(result)));
  return constants;
}

std::optional<ContractionConstants> getConstants(qnn::ContractionOpInterface op) {
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op.getOperation()))
    return readConstants(conv);
  if (auto linear = dyn_cast<qnn::LinearOp>(op.getOperation()))
    return readConstants(linear);
  return std::nullopt;
}

Interval CodeRanges::get(Value codes) {
  auto [found, isNew] = known.try_emplace(codes);
  if (isNew) {
    Interval range = compute(codes);
    return known[codes] = range;
  }
  return found->second;
}

Interval CodeRanges::compute(Value codes) {
  reference::Quantization type(qnn::getQuantized(codes.getType()));
  Interval all{type.low, type.high};
  Operation *op = codes.getDefiningOp();
  if (!op || op->getNumOperands() == 0 || !qnn::getQuantized(op->getOperand(0).getType()))
    return all;
  auto clamp = [&](int64_t low, int64_t high) {
    Interval input = get(op->getOperand(0));
    return Interval{std::clamp(input.low, low, high), std::clamp(input.high, low, high)};
  };
  return llvm::TypeSwitch<Operation *, Interval>(op)
      .Case([&](qnn::ReluOp) { return clamp(type.zeroPoint, type.high); })
      .Case([&](qnn::ClipOp clip) {
        return clamp(reference::quantize(clip.getLow().convertToFloat(), type),
                     reference::quantize(clip.getHigh().convertToFloat(), type));
      })
      .Case<qnn::ReshapeOp, qnn::TransposeOp, qnn::SliceOp, qnn::MaxPoolOp>(
          [&](auto) { return get(op->getOperand(0)); })
      .Case([&](qnn::PadOp pad) {
        int64_t padding =
            reference::quantize(static_cast<float>(pad.getValue().convertToDouble()), type);
        return getHull(get(pad.getInput()), {padding, padding});
      })
      .Case([&](qnn::ConcatOp concat) {
        Interval hull = get(concat.getInputs()[0]);
        for (Value input : concat.getInputs())
          hull = getHull(hull, get(input));
        return hull;
      })
      .Case([&](qnn::LookupOp lookup) {
        auto table = readCodes(lookup.getTable());
        // A table of wider codes has more bytes.
        if (table.size() != 256)
          return all;
        Interval input = get(lookup.getInput());
        int64_t lowest =
            qnn::isSignedStorage(lookup.getInput().getType().getElementType()) ? -128 : 0;
        Interval hull{type.high, type.low};
        for (int64_t code = input.low; code <= input.high; ++code)
          hull = getHull(hull, {table[code - lowest], table[code - lowest]});
        return hull;
      })
      .Case([&](qnn::ContractionOpInterface contraction) {
        SmallVector<Interval> accumulators = getAccumulators(contraction);
        auto constants = getConstants(contraction);
        if (accumulators.empty() || constants->multipliers.empty())
          return all;
        Interval hull{type.high, type.low};
        for (auto [range, multiplier] : llvm::zip(accumulators, constants->multipliers))
          hull = getHull(hull, {reference::requantize(range.low, multiplier, type),
                                reference::requantize(range.high, multiplier, type)});
        return hull;
      })
      .Default([&](Operation *) { return all; });
}

SmallVector<Interval> CodeRanges::getAccumulators(qnn::ContractionOpInterface op) {
  auto constants = getConstants(op);
  if (!constants)
    return {};
  Interval input = get(op.getActivation());
  int64_t zeroPoint = qnn::getQuantized(op.getActivation().getType()).getZeroPoint();
  input = {input.low - zeroPoint, input.high - zeroPoint};
  // Padding is real zero.
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op.getOperation()))
    if (llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; }))
      input = getHull(input, {0, 0});
  size_t channels = constants->bias.size(), depth = constants->weights.size() / channels;
  SmallVector<Interval> accumulators;
  for (size_t c = 0; c < channels; ++c) {
    int64_t positive = 0, negative = 0;
    for (int32_t weight : ArrayRef(constants->weights).slice(c * depth, depth))
      (weight > 0 ? positive : negative) += weight;
    accumulators.push_back({constants->bias[c] + positive * input.low + negative * input.high,
                            constants->bias[c] + positive * input.high + negative * input.low});
  }
  return accumulators;
}

} // namespace qcc::prove
