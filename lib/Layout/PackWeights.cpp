//===- PackWeights.cpp - weights in the order of the inner loop -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Layout/Passes.h"

#include "ContractionForm.h"
#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Arithmetic.h"
#include <cmath>

using namespace mlir;
using qcc::kernel::Arithmetic;

namespace qcc::layout {

#define GEN_PASS_DEF_PACKWEIGHTS
#include "qcc/Layout/Passes.h.inc"

namespace {

/// The parts of qnn.conv2d and qnn.linear that packing needs; a linear layer is a 1x1 convolution.
struct Contraction {
  Value input, weights, bias, weightScale, weightZeroPoint;
  SmallVector<int64_t> kernel = {1, 1}, strides = {1, 1}, pads = {0, 0, 0, 0}, dilations = {1, 1};
  int64_t group = 1;
  int64_t outputChannels, groupChannels; // O, C/group
  bool isImage = true;

  explicit Contraction(qnn::Conv2DOp op)
      : input(op.getInput()), weights(op.getWeights()), bias(op.getBias()),
        weightScale(op.getWeightScale()), weightZeroPoint(op.getWeightZeroPoint()),
        strides(op.getStrides()), pads(op.getPads()), dilations(op.getDilations()),
        group(op.getGroup()) {
    auto shape = op.getWeights().getType().getShape();
    outputChannels = shape[0];
    kernel = {shape[1], shape[2]};
    groupChannels = shape[3];
  }
  explicit Contraction(qnn::LinearOp op)
      : input(op.getInput()), weights(op.getWeights()), bias(op.getBias()),
        weightScale(op.getWeightScale()), weightZeroPoint(op.getWeightZeroPoint()), isImage(false) {
    auto shape = op.getWeights().getType().getShape();
    outputChannels = shape[0];
    groupChannels = shape[1];
  }

  int64_t getTaps() const { return kernel[0] * kernel[1]; }
  bool isDepthwise() const { return group > 1 && groupChannels == 1 && outputChannels == group; }
};

class Packer {
public:
  Packer(const TargetInfo &target, qnn::KernelOp kernel, Operation *op, Contraction contraction)
      : target(target), kernel(kernel), op(op), contraction(std::move(contraction)), builder(op),
        quantized(qnn::getQuantized(this->contraction.input.getType())) {}

  void run();

private:
  /// The constant outside that an operand inside the kernel stands for.
  Value getOutside(Value inside) {
    auto argument = dyn_cast_or_null<BlockArgument>(inside);
    return argument ? kernel.getInputs()[argument.getArgNumber()] : inside;
  }
  void readWeights();
  void setForm();
  template <typename T> Value packWeights(Type element);
  Value packBias();
  Value packMultiplier();
  Value packIntegerForms(ArrayRef<float> multipliers);
  Value addConstant(RankedTensorType type, ArrayRef<char> bytes);
  template <typename T> Value addConstantOf(Type element, ArrayRef<T> values) {
    auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, element);
    return addConstant(type,
                       {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)});
  }
  /// Channels of a group rounded up to whole vectors.
  int64_t getPaddedChannels() const {
    int64_t channels = contraction.isDepthwise() ? contraction.outputChannels
                                                 : contraction.outputChannels / contraction.group;
    return llvm::alignTo(channels, lanes);
  }
  int64_t getGroups() const { return contraction.isDepthwise() ? 1 : contraction.group; }
  /// Index of the padded channel `padded` of `group` in the original weights; -1 for padding.
  int64_t getChannel(int64_t group, int64_t padded) const {
    int64_t channels = contraction.isDepthwise() ? contraction.outputChannels
                                                 : contraction.outputChannels / contraction.group;
    return padded < channels ? group * channels + padded : -1;
  }
  bool foldsZeroPoint() const {
    return arithmetic == Arithmetic::ByteQuads ||
           (arithmetic == Arithmetic::WordPairs && contraction.isDepthwise());
  }

  const TargetInfo &target;
  qnn::KernelOp kernel;
  Operation *op;
  Contraction contraction;
  OpBuilder builder;
  qnn::QuantizedType quantized;
  Arithmetic arithmetic = Arithmetic::Float;
  int64_t lanes = 1, panel = 1;
  SmallVector<int32_t> codes; // w - w_zp, in OHWI order
  SmallVector<float> reals;   // float weights
};

void Packer::readWeights() {
  Value outside = getOutside(contraction.weights);
  if (!quantized) {
    reals = qnn::getConstantValues<float>(outside);
    return;
  }
  bool isSigned = !getElementTypeOrSelf(outside.getType()).isUnsignedInteger();
  auto read = [&](char byte) {
    return isSigned ? static_cast<int32_t>(static_cast<int8_t>(byte)) : static_cast<uint8_t>(byte);
  };
  ArrayRef<char> zeroPoints = qnn::getConstantBytes(getOutside(contraction.weightZeroPoint));
  ArrayRef<char> bytes = qnn::getConstantBytes(outside);
  int64_t perChannel = contraction.getTaps() * contraction.groupChannels;
  codes.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    size_t channel = zeroPoints.size() == 1 ? 0 : i / perChannel;
    codes.push_back(read(bytes[i]) - read(zeroPoints[channel]));
  }
}

void Packer::setForm() {
  bool fitsByte = llvm::all_of(codes, [](int32_t w) { return w >= -128 && w <= 127; });
  ContractionForm form = chooseForm(target, static_cast<bool>(quantized));
  arithmetic = form.arithmetic, lanes = form.lanes, panel = form.panel;
  bool hasQuads =
      target.dotProduct == DotProduct::Avx512Vnni || target.dotProduct == DotProduct::NeonDot;
  if (quantized && fitsByte && hasQuads && !contraction.isDepthwise())
    arithmetic = Arithmetic::ByteQuads;
}

template <typename T> Value Packer::packWeights(Type element) {
  int64_t step = kernel::getStep(arithmetic), taps = contraction.getTaps(),
          inner = contraction.groupChannels;
  int64_t padded = getPaddedChannels();
  auto weightAt = [&](int64_t channel, int64_t index) -> T {
    int64_t at = channel * taps * inner + index;
    if constexpr (std::is_same_v<T, float>)
      return reals[at];
    else
      return static_cast<T>(codes[at]);
  };
  SmallVector<T> packed;
  if (contraction.isDepthwise()) {
    for (int64_t tap = 0; tap < taps; tap += step)
      for (int64_t channel = 0; channel < padded; ++channel)
        for (int64_t k = tap; k < tap + step; ++k)
          packed.push_back(channel < contraction.outputChannels && k < taps ? weightAt(channel, k)
                                                                            : T(0));
    return addConstantOf<T>(element, packed);
  }
  bool rowRuns = contraction.dilations[1] == 1 && contraction.group == 1;
  int64_t run = rowRuns ? contraction.kernel[1] * inner : inner, runs = taps * inner / run;
  for (int64_t group = 0; group < contraction.group; ++group)
    for (int64_t first = 0; first < padded; first += panel)
      for (int64_t r = 0; r < runs; ++r)
        for (int64_t k = 0; k < run; k += step)
          for (int64_t channel = first; channel < std::min(first + panel, padded); ++channel)
            for (int64_t i = k; i < k + step; ++i) {
              int64_t original = getChannel(group, channel);
              packed.push_back(original >= 0 && i < run ? weightAt(original, r * run + i) : T(0));
            }
  return addConstantOf<T>(element, packed);
}

Value Packer::packBias() {
  int64_t padded = getPaddedChannels(),
          perChannel = contraction.getTaps() * contraction.groupChannels;
  Value outside = getOutside(contraction.bias);
  if (!quantized) {
    SmallVector<float> bias = qnn::getConstantValues<float>(outside), packed;
    for (int64_t group = 0; group < getGroups(); ++group)
      for (int64_t i = 0; i < padded; ++i) {
        int64_t channel = getChannel(group, i);
        packed.push_back(channel >= 0 && !bias.empty() ? bias[channel] : 0.0f);
      }
    return addConstantOf<float>(builder.getF32Type(), packed);
  }
  SmallVector<int32_t> bias = qnn::getConstantValues<int32_t>(outside), packed;
  for (int64_t group = 0; group < getGroups(); ++group)
    for (int64_t i = 0; i < padded; ++i) {
      int64_t channel = getChannel(group, i), sum = 0;
      if (channel >= 0 && foldsZeroPoint())
        for (int64_t k = 0; k < perChannel; ++k)
          sum += codes[channel * perChannel + k];
      int64_t start =
          (channel >= 0 && !bias.empty() ? bias[channel] : 0) - sum * quantized.getZeroPoint();
      packed.push_back(static_cast<int32_t>(start));
    }
  return addConstantOf<int32_t>(builder.getI32Type(), packed);
}

Value Packer::packMultiplier() {
  Type result = getElementTypeOrSelf(op->getResult(0).getType());
  if (!quantized || result.isInteger(32))
    return {};
  // An f32 result is not divided by a scale.
  SmallVector<float> scales = qnn::getConstantValues<float>(getOutside(contraction.weightScale)),
                     packed;
  float xScale = qnn::getScale(quantized),
        yScale = result.isF32() ? 1.0f : qnn::getScale(qnn::getQuantized(result));
  for (int64_t group = 0; group < getGroups(); ++group)
    for (int64_t i = 0; i < getPaddedChannels(); ++i) {
      int64_t channel = getChannel(group, i);
      float scale = channel < 0 ? 0.0f : scales[scales.size() == 1 ? 0 : channel];
      packed.push_back(reference::getContractionMultiplier(xScale, scale, yScale));
    }
  if (!target.hasFloat && !result.isF32())
    return packIntegerForms(packed);
  return addConstantOf<float>(builder.getF32Type(), packed);
}

/// One record for each padded channel: the form that Prove certified, else what emulation needs.
Value Packer::packIntegerForms(ArrayRef<float> multipliers) {
  auto proven = op->getAttrOfType<DenseBoolArrayAttr>("prove.proven");
  auto factors = op->getAttrOfType<DenseI32ArrayAttr>("prove.multiplier");
  auto offsets = op->getAttrOfType<DenseI64ArrayAttr>("prove.offset");
  auto shifts = op->getAttrOfType<DenseI8ArrayAttr>("prove.shift");
  bool hasForms = proven && factors && offsets && shifts;
  SmallVector<int32_t> records;
  int64_t padded = getPaddedChannels();
  for (auto [index, multiplier] : llvm::enumerate(multipliers)) {
    int64_t at = static_cast<int64_t>(index);
    int64_t channel = getChannel(at / padded, at % padded);
    std::array<int32_t, 4> record = getEmulatedForm(multiplier);
    if (hasForms && channel >= 0 && channel < proven.size() && proven[channel])
      record = {factors[channel], static_cast<int32_t>(offsets[channel]),
                static_cast<int32_t>(offsets[channel] >> 32), shifts[channel] - 32};
    records.append(record.begin(), record.end());
  }
  return addConstantOf<int32_t>(builder.getI32Type(), records);
}

Value Packer::addConstant(RankedTensorType type, ArrayRef<char> bytes) {
  OpBuilder outside(kernel);
  Value constant = qnn::createConstant(outside, op->getLoc(), type, bytes);
  kernel.getInputsMutable().append(constant);
  return kernel.getBlock().addArgument(type, op->getLoc());
}

void Packer::run() {
  readWeights();
  setForm();
  bool wideCodes = !llvm::all_of(codes, [](int32_t w) { return w >= -128 && w <= 127; });
  Value weights;
  if (arithmetic == Arithmetic::Float)
    weights = packWeights<float>(builder.getF32Type());
  else if (arithmetic == Arithmetic::ByteQuads || (arithmetic == Arithmetic::Codes && !wideCodes))
    weights = packWeights<int8_t>(builder.getI8Type());
  else
    weights = packWeights<int16_t>(builder.getI16Type());
  Value bias = packBias(), multiplier = packMultiplier();
  auto packed = kernel::ContractionOp::create(
      builder, op->getLoc(), op->getResult(0).getType(), contraction.input, weights, bias,
      multiplier, contraction.kernel, contraction.strides, contraction.pads, contraction.dilations,
      contraction.group, arithmetic, panel, lanes, contraction.isImage);
  // The integer forms are in the multiplier now.
  for (NamedAttribute attribute : op->getDiscardableAttrs())
    if (!llvm::is_contained({"prove.proven", "prove.multiplier", "prove.offset", "prove.shift"},
                            attribute.getName().getValue()))
      packed->setDiscardableAttr(attribute.getName(), attribute.getValue());
  op->getResult(0).replaceAllUsesWith(packed);
  op->erase();
}

/// Whether padding, which counts as zero, changes a sum: zero times an infinity is NaN.
bool hasPaddedInfinities(qnn::KernelOp kernel, Operation *root) {
  auto conv = dyn_cast<qnn::Conv2DOp>(root);
  if (!conv || llvm::all_of(conv.getPads(), [](int64_t pad) { return pad == 0; }))
    return false;
  auto weights = cast<BlockArgument>(conv.getWeights());
  return !llvm::all_of(qnn::getConstantValues<float>(kernel.getInputs()[weights.getArgNumber()]),
                       [](float weight) { return std::isfinite(weight); });
}

/// 8-bit activations and weights with an 8-bit, f32 or i32 result, or f32 throughout. Packed
/// contractions may leave padding out.
bool canPack(qnn::KernelOp kernel, Operation *root) {
  auto contraction = dyn_cast<qnn::ContractionOpInterface>(root);
  if (!contraction)
    return false;
  auto isByte = [](qnn::QuantizedType type) {
    return type && type.getStorageTypeIntegralWidth() == 8;
  };
  Type input = contraction.getActivation().getType(), result = root->getResult(0).getType();
  Type weights = getElementTypeOrSelf(contraction.getWeightsOperand().getType());
  if (qnn::getQuantized(input))
    return isByte(qnn::getQuantized(input)) && weights.isInteger(8) &&
           (isByte(qnn::getQuantized(result)) || getElementTypeOrSelf(result).isF32() ||
            getElementTypeOrSelf(result).isInteger(32));
  return getElementTypeOrSelf(input).isF32() && weights.isF32() &&
         !hasPaddedInfinities(kernel, root);
}

struct PackWeights : impl::PackWeightsBase<PackWeights> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = module.lookupSymbol<func::FuncOp>("run");
    if (!network)
      return;
    TargetInfo target = getTarget(module);
    auto isConstant = [](qnn::KernelOp kernel, Value inside) {
      auto argument = dyn_cast_or_null<BlockArgument>(inside);
      return !inside ||
             (argument &&
              kernel.getInputs()[argument.getArgNumber()].getDefiningOp<qnn::ConstantOp>());
    };
    for (qnn::KernelOp kernel : network.getOps<qnn::KernelOp>()) {
      Operation *root = &kernel.getBlock().front();
      bool constants = llvm::all_of(root->getOperands().drop_front(),
                                    [&](Value operand) { return isConstant(kernel, operand); });
      if (!constants || !canPack(kernel, root))
        continue;
      if (auto conv = dyn_cast<qnn::Conv2DOp>(root))
        Packer(target, kernel, root, Contraction(conv)).run();
      else if (auto linear = dyn_cast<qnn::LinearOp>(root))
        Packer(target, kernel, root, Contraction(linear)).run();
    }
    dropUnused(network);
  }
};

} // namespace
} // namespace qcc::layout
