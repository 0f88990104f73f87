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

const ChannelRanges &CodeRanges::getChannels(Value codes) {
  auto found = known.find(codes);
  if (found == known.end()) {
    auto ranges = std::make_unique<ChannelRanges>(compute(codes));
    found = known.try_emplace(codes, std::move(ranges)).first;
  }
  return *found->second;
}

static Interval getHull(const ChannelRanges &ranges) {
  Interval hull = ranges.front();
  for (Interval range : ranges)
    hull = getHull(hull, range);
  return hull;
}

Interval CodeRanges::get(Value codes) { return getHull(getChannels(codes)); }

static int64_t getChannelCount(Value tensor) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(tensor.getType()).getShape();
  return shape.empty() ? 1 : std::max<int64_t>(shape.back(), 1);
}

/// Codes of the table entries that an interval reaches.
static Interval lookUp(ArrayRef<int32_t> table, int64_t lowestCode, Interval input) {
  Interval hull{table[input.low - lowestCode], table[input.low - lowestCode]};
  for (int64_t code = input.low; code <= input.high; ++code)
    hull = getHull(hull, {table[code - lowestCode], table[code - lowestCode]});
  return hull;
}

/// Averages of all numbers of elements that a window can have.
static Interval average(qnn::AveragePoolOp op, Interval input) {
  reference::Quantization from(qnn::getQuantized(op.getInput().getType()));
  reference::Quantization to(qnn::getQuantized(op.getType()));
  input = {input.low - from.zeroPoint, input.high - from.zeroPoint};
  if (op.getCountIncludePad())
    input = getHull(input, {0, 0});
  Interval hull{to.high, to.low};
  int64_t most = op.getKernel()[0] * op.getKernel()[1];
  for (int64_t count = 1; count <= most; ++count) {
    float multiplier = reference::getAverageMultiplier(from.scale, to.scale, count);
    hull = getHull(hull, {reference::requantize(count * input.low, multiplier, to),
                          reference::requantize(count * input.high, multiplier, to)});
  }
  return hull;
}

ChannelRanges CodeRanges::compute(Value codes) {
  reference::Quantization type(qnn::getQuantized(codes.getType()));
  size_t channels = getChannelCount(codes);
  ChannelRanges all(channels, {type.low, type.high});
  Operation *op = codes.getDefiningOp();
  if (!op || op->getNumOperands() == 0 || !qnn::getQuantized(op->getOperand(0).getType()) ||
      cast<RankedTensorType>(codes.getType()).getNumElements() == 0)
    return all;
  auto getInput = [&]() -> const ChannelRanges & { return getChannels(op->getOperand(0)); };
  auto map = [&](llvm::function_ref<Interval(Interval)> function) {
    ChannelRanges ranges;
    for (Interval range : getInput())
      ranges.push_back(function(range));
    return ranges;
  };
  // Where low is above high, everything becomes high.
  auto clamp = [&](int64_t low, int64_t high) {
    return map([&](Interval input) {
      return Interval{std::min(std::max(input.low, low), high),
                      std::min(std::max(input.high, low), high)};
    });
  };
  // Elements whose channel changes may come from any.
  auto mix = [&] { return ChannelRanges(channels, getHull(getInput())); };
  return llvm::TypeSwitch<Operation *, ChannelRanges>(op)
      .Case([&](qnn::ReluOp) { return clamp(type.zeroPoint, type.high); })
      .Case([&](qnn::ClipOp clip) {
        return clamp(reference::quantize(clip.getLow().convertToFloat(), type),
                     reference::quantize(clip.getHigh().convertToFloat(), type));
      })
      .Case([&](qnn::MaxPoolOp) { return getInput(); })
      .Case([&](qnn::AveragePoolOp pool) {
        constexpr int64_t mostElements = 1024;
        if (pool.getKernel()[0] * pool.getKernel()[1] > mostElements)
          return all;
        return map([&](Interval input) { return average(pool, input); });
      })
      .Case([&](qnn::ReshapeOp) { return getInput().size() == channels ? getInput() : mix(); })
      .Case([&](qnn::TransposeOp transpose) {
        ArrayRef<int64_t> permutation = transpose.getPermutation();
        bool keepsChannels = permutation.empty() ||
                             permutation.back() == static_cast<int64_t>(permutation.size()) - 1;
        return keepsChannels ? getInput() : mix();
      })
      .Case([&](qnn::SliceOp slice) {
        ChannelRanges ranges;
        for (size_t c = 0; c < channels; ++c)
          ranges.push_back(
              getInput()[slice.getOffsets().empty()
                             ? 0
                             : slice.getOffsets().back() +
                                   slice.getStrides().back() * static_cast<int64_t>(c)]);
        return ranges;
      })
      .Case([&](qnn::PadOp pad) {
        int64_t padding =
            reference::quantize(static_cast<float>(pad.getValue().convertToDouble()), type);
        ChannelRanges ranges = getInput().size() == channels ? getInput() : mix();
        for (Interval &range : ranges)
          range = getHull(range, {padding, padding});
        return ranges;
      })
      .Case([&](qnn::ConcatOp concat) {
        ChannelRanges ranges;
        bool joinsChannels =
            static_cast<int64_t>(concat.getAxis()) == concat.getType().getRank() - 1;
        for (Value input : concat.getInputs()) {
          const ChannelRanges &part = getChannels(input);
          if (joinsChannels && cast<RankedTensorType>(input.getType()).getShape().back() != 0)
            ranges.append(part);
          else if (!joinsChannels && ranges.empty())
            ranges = part;
          else if (!joinsChannels)
            for (auto [range, other] : llvm::zip(ranges, part))
              range = getHull(range, other);
        }
        return ranges;
      })
      .Case([&](qnn::LookupOp lookup) {
        auto table = readCodes(lookup.getTable());
        // A table of wider codes has more bytes.
        if (table.size() != 256)
          return all;
        int64_t lowest =
            qnn::isSignedStorage(lookup.getInput().getType().getElementType()) ? -128 : 0;
        return map([&](Interval input) { return lookUp(table, lowest, input); });
      })
      .Case([&](qnn::ContractionOpInterface contraction) {
        ChannelRanges accumulators = getAccumulators(contraction);
        auto constants = getConstants(contraction);
        if (accumulators.empty() || constants->multipliers.empty())
          return all;
        for (auto [range, multiplier] : llvm::zip(accumulators, constants->multipliers))
          range = {reference::requantize(range.low, multiplier, type),
                   reference::requantize(range.high, multiplier, type)};
        return accumulators;
      })
      .Default([&](Operation *) { return all; });
}

ChannelRanges CodeRanges::getAccumulators(qnn::ContractionOpInterface op) {
  auto constants = getConstants(op);
  if (!constants)
    return {};
  ChannelRanges inputs = getChannels(op.getActivation());
  int64_t zeroPoint = qnn::getQuantized(op.getActivation().getType()).getZeroPoint();
  auto conv = dyn_cast<qnn::Conv2DOp>(op.getOperation());
  bool isPadded = conv && llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; });
  for (Interval &input : inputs) {
    input = {input.low - zeroPoint, input.high - zeroPoint};
    // Padding is real zero.
    if (isPadded)
      input = getHull(input, {0, 0});
  }
  size_t channels = constants->bias.size(), depth = constants->weights.size() / channels;
  size_t groupOutputs = channels / (conv ? conv.getGroup() : 1);
  size_t groupInputs = inputs.size() / (conv ? conv.getGroup() : 1);
  ChannelRanges accumulators;
  for (size_t c = 0; c < channels; ++c) {
    ArrayRef<Interval> group = ArrayRef(inputs).slice(c / groupOutputs * groupInputs, groupInputs);
    Interval sum{constants->bias[c], constants->bias[c]};
    for (auto [k, weight] : llvm::enumerate(ArrayRef(constants->weights).slice(c * depth, depth))) {
      Interval input = group[k % groupInputs];
      sum.low += weight * (weight > 0 ? input.low : input.high);
      sum.high += weight * (weight > 0 ? input.high : input.low);
    }
    accumulators.push_back(sum);
  }
  return accumulators;
}

} // namespace qcc::prove
