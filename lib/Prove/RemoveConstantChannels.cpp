//===- RemoveConstantChannels.cpp - channels folded into the next bias ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Prove/Passes.h"

#include "CodeRanges.h"
#include "dialects/QNN/QNNWeights.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace qcc::prove {

#define GEN_PASS_DEF_REMOVECONSTANTCHANNELS
#include "qcc/Prove/Passes.h.inc"

namespace {

bool isDepthwise(Operation *op) {
  auto conv = dyn_cast<qnn::Conv2DOp>(op);
  return conv && conv.getGroup() == conv.getInput().getType().getDimSize(3) &&
         conv.getWeights().getType().getDimSize(0) == static_cast<int64_t>(conv.getGroup());
}

bool isDense(Operation *op) {
  auto conv = dyn_cast<qnn::Conv2DOp>(op);
  auto contraction = dyn_cast<qnn::ContractionOpInterface>(op);
  return contraction && (!conv || conv.getGroup() == 1) && getConstants(contraction);
}

/// Ops between producer and consumer whose result channel c depends on input channel c alone.
bool keepsChannels(Operation *op) {
  if (isa<qnn::ReshapeOp>(op))
    return cast<RankedTensorType>(op->getOperand(0).getType()).getShape().back() ==
           cast<RankedTensorType>(op->getResult(0).getType()).getShape().back();
  return isa<qnn::ReluOp, qnn::ClipOp, qnn::MaxPoolOp, qnn::AveragePoolOp, qnn::LookupOp>(op) ||
         (isDepthwise(op) && getConstants(cast<qnn::ContractionOpInterface>(op)));
}

/// Rows of `inner` bytes of a constant that are kept along a dimension of `kept.size()` indices.
Value keep(OpBuilder &builder, Value constant, int64_t axis, const llvm::BitVector &kept) {
  auto type = cast<RankedTensorType>(constant.getType());
  int64_t rowBytes = qnn::getElementBytes(type.getElementType());
  for (int64_t size : type.getShape().drop_front(axis + 1))
    rowBytes *= size;
  ArrayRef<char> bytes = qnn::getConstantBytes(constant);
  std::vector<char> rest;
  for (size_t row = 0; row * rowBytes < bytes.size(); ++row)
    if (kept[row % kept.size()])
      llvm::append_range(rest, bytes.slice(row * rowBytes, rowBytes));
  SmallVector<int64_t> shape(type.getShape());
  shape[axis] = kept.count();
  return qnn::createConstant(builder, constant.getLoc(), type.clone(shape), rest);
}

class ChannelRemover {
public:
  ChannelRemover(CodeRanges &ranges, qnn::ContractionOpInterface consumer)
      : ranges(ranges), consumer(consumer) {}

  /// Number of channels removed.
  size_t run() {
    if (!findChain())
      return 0;
    llvm::BitVector kept = findKept();
    if (kept.all() || !foldIntoBias(kept))
      return 0;
    for (Operation *op : chain)
      shrink(op, kept);
    OpBuilder builder(consumer);
    // Weights [O, ..., C]: the channel is the innermost dimension.
    setOperand(1, keep(builder, consumer->getOperand(1), getWeightsRank() - 1, kept));
    return kept.size() - kept.count();
  }

private:
  int64_t getWeightsRank() {
    return cast<RankedTensorType>(consumer->getOperand(1).getType()).getRank();
  }
  void setOperand(unsigned index, Value value) { consumer->setOperand(index, value); }

  /// Producer first; every result has one use.
  bool findChain() {
    Value value = consumer.getActivation();
    while (Operation *op = value.getDefiningOp()) {
      if (!value.hasOneUse())
        return false;
      chain.insert(chain.begin(), op);
      if (isDense(op))
        return qnn::getQuantized(value.getType()) != nullptr;
      if (!keepsChannels(op))
        return false;
      value = op->getOperand(0);
    }
    return false;
  }

  /// Channels that vary, or whose constant the consumer's padding tells from zero.
  llvm::BitVector findKept() {
    const ChannelRanges &channels = ranges.getChannels(consumer.getActivation());
    int64_t zeroPoint = qnn::getQuantized(consumer.getActivation().getType()).getZeroPoint();
    auto conv = dyn_cast<qnn::Conv2DOp>(consumer.getOperation());
    bool isPadded = conv && llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; });
    llvm::BitVector kept(channels.size());
    for (auto [c, range] : llvm::enumerate(channels))
      if (range.low != range.high || (isPadded && range.low != zeroPoint))
        kept.set(c);
    // A tensor without channels helps nobody.
    if (kept.none())
      kept.set(0);
    return kept;
  }

  /// False, and nothing changed, where a bias would leave 32 bits.
  bool foldIntoBias(const llvm::BitVector &kept) {
    auto constants = getConstants(consumer);
    const ChannelRanges &channels = ranges.getChannels(consumer.getActivation());
    int64_t zeroPoint = qnn::getQuantized(consumer.getActivation().getType()).getZeroPoint();
    SmallVector<int64_t> sums(constants->bias.begin(), constants->bias.end());
    size_t depth = constants->weights.size() / sums.size();
    for (auto [index, weight] : llvm::enumerate(constants->weights))
      if (size_t c = index % channels.size(); !kept[c])
        sums[index / depth] += weight * (channels[c].low - zeroPoint);
    SmallVector<int32_t> bias;
    for (int64_t sum : sums) {
      if (sum < INT32_MIN || sum > INT32_MAX)
        return false;
      bias.push_back(static_cast<int32_t>(sum));
    }
    OpBuilder builder(consumer);
    auto type = RankedTensorType::get({static_cast<int64_t>(bias.size())}, builder.getI32Type());
    setBias(consumer, qnn::createConstantOf<int32_t>(builder, consumer->getLoc(), type, bias));
    return true;
  }

  static void setBias(Operation *op, Value bias) {
    if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
      conv.getBiasMutable().assign(bias);
    else
      cast<qnn::LinearOp>(op).getBiasMutable().assign(bias);
  }

  /// Removes output channels; constants [O, ...] lose rows.
  static void shrink(Operation *op, const llvm::BitVector &kept) {
    OpBuilder builder(op);
    if (isa<qnn::ContractionOpInterface>(op)) {
      for (OpOperand &operand : llvm::drop_begin(op->getOpOperands())) {
        auto type = cast<RankedTensorType>(operand.get().getType());
        // Scale and zero point may be those of all channels.
        if (type.getDimSize(0) == static_cast<int64_t>(kept.size()))
          operand.set(keep(builder, operand.get(), 0, kept));
      }
      if (auto conv = dyn_cast<qnn::Conv2DOp>(op); conv && conv.getGroup() != 1)
        conv.setGroup(kept.count());
    }
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<int64_t> shape(type.getShape());
    shape.back() = kept.count();
    op->getResult(0).setType(type.clone(shape));
  }

  CodeRanges &ranges;
  qnn::ContractionOpInterface consumer;
  SmallVector<Operation *> chain;
};

struct RemoveConstantChannels : impl::RemoveConstantChannelsBase<RemoveConstantChannels> {
  void runOnOperation() override {
    SmallVector<qnn::ContractionOpInterface> consumers;
    for (auto op : getOperation().front().getOps<qnn::ContractionOpInterface>())
      if (isDense(op))
        consumers.push_back(op);
    auto ranges = std::make_unique<CodeRanges>();
    for (qnn::ContractionOpInterface consumer : consumers) {
      size_t count = ChannelRemover(*ranges, consumer).run();
      if (count == 0)
        continue;
      // Types and constants changed, so what was known is forgotten.
      ranges = std::make_unique<CodeRanges>();
      emitRemark(consumer.getLoc()) << count << " constant input channels became part of the bias";
    }
    for (auto constant :
         llvm::make_early_inc_range(getOperation().front().getOps<qnn::ConstantOp>()))
      if (constant->use_empty())
        constant->erase();
  }
};

} // namespace
} // namespace qcc::prove
