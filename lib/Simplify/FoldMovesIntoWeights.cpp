//===- FoldMovesIntoWeights.cpp - move(dequantize_weights(w)) ==> dequantize_weights(move(w))
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights that something else rearranges are no integer weights to Quantize.
//===----------------------------------------------------------------------===//
#include "Permutation.h"

#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::simplify {

namespace {

/// Where the dimension with the scales ends, and whose scale each of its elements then has.
struct Channels {
  int64_t axis;
  SmallVector<int64_t> sources;
};

SmallVector<int64_t> count(int64_t size) { return llvm::to_vector(llvm::seq<int64_t>(0, size)); }

std::optional<Channels> moveChannels(qnn::TransposeOp op, int64_t axis, int64_t size) {
  return Channels{invert(op.getPermutation())[axis], count(size)};
}

/// Dimensions that join the one with the scales repeat them.
std::optional<Channels> moveChannels(qnn::ReshapeOp op, int64_t axis, int64_t size) {
  ArrayRef<int64_t> to = op.getType().getShape();
  int64_t before = llvm::product_of(op.getInput().getType().getShape().take_front(axis));
  for (auto [index, joined] : llvm::enumerate(to)) {
    int64_t outer = llvm::product_of(to.take_front(index));
    if (before % outer != 0 || joined % (before / outer * size) != 0)
      continue;
    Channels channels{static_cast<int64_t>(index), {}};
    int64_t behind = joined / (before / outer * size);
    for (int64_t i = 0; i < joined; ++i)
      channels.sources.push_back(i / behind % size);
    return channels;
  }
  return std::nullopt;
}

std::optional<Channels> moveChannels(qnn::SliceOp op, int64_t axis, int64_t) {
  Channels channels{axis, {}};
  for (int64_t i = 0; i < op.getType().getDimSize(axis); ++i)
    channels.sources.push_back(op.getOffsets()[axis] + i * op.getStrides()[axis]);
  return channels;
}

std::optional<Channels> moveChannels(qnn::PadOp op, int64_t axis, int64_t size) {
  if (op.getLow()[axis] || op.getHigh()[axis])
    return std::nullopt;
  return Channels{axis, count(size)};
}

std::optional<Channels> moveChannels(qnn::BroadcastOp op, int64_t axis, int64_t size) {
  axis += op.getType().getRank() - op.getInput().getType().getRank();
  return Channels{axis, count(size)};
}

/// A move of dequantized weights. Codes, scales and zero points are constants before and after.
template <typename MoveOp> struct MoveWeights : OpRewritePattern<MoveOp> {
  using OpRewritePattern<MoveOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(MoveOp op, PatternRewriter &rewriter) const override {
    auto weights = op.getInput().template getDefiningOp<qnn::DequantizeWeightsOp>();
    if (!weights || op.getType().getNumElements() == 0 ||
        op.getType().getNumElements() > mostGrowth * op.getInput().getType().getNumElements())
      return failure();
    int64_t channels = weights.getScale().getType().getNumElements();
    std::optional<Channels> moved = Channels{0, count(1)};
    if (channels > 1)
      moved = moveChannels(op, weights.getAxis(), channels);
    if (!moved)
      return failure();
    Value scale = weights.getScale(), zeroPoint = weights.getZeroPoint();
    bool keepsChannels = moved->sources == count(channels);
    if (!keepsChannels &&
        (qnn::getConstantBytes(scale).empty() || qnn::getConstantBytes(zeroPoint).empty()))
      return failure();
    Value codes = moveCodes(op, weights, rewriter);
    if (!codes)
      return failure();
    if (!keepsChannels) {
      scale = choose(scale, moved->sources, rewriter);
      zeroPoint = choose(zeroPoint, moved->sources, rewriter);
    }
    rewriter.replaceOpWithNewOp<qnn::DequantizeWeightsOp>(op, op.getType(), codes, scale, zeroPoint,
                                                          moved->axis);
    return success();
  }

  /// Repeating a few values many times would make constants larger than the network.
  static constexpr int64_t mostGrowth = 64;

  static Value moveCodes(MoveOp op, qnn::DequantizeWeightsOp weights, PatternRewriter &rewriter) {
    ArrayRef<char> zero = qnn::getConstantBytes(weights.getZeroPoint());
    Type storage = weights.getInput().getType().getElementType();
    OwningOpRef<Operation *> moved = op->clone();
    moved->setOperand(0, weights.getInput());
    moved->getResult(0).setType(op.getType().clone(storage));
    if (auto pad = dyn_cast<qnn::PadOp>(*moved)) {
      // One byte that is the real 0 in every channel.
      if (!pad.getValue().isZero() || zero.empty() || !llvm::all_equal(zero) ||
          !storage.isInteger(8))
        return {};
      int zeroPoint = storage.isUnsignedInteger() ? static_cast<uint8_t>(zero[0])
                                                  : static_cast<int8_t>(zero[0]);
      pad.setValue(llvm::APFloat(static_cast<double>(zeroPoint)));
    }
    auto results = reference::evaluateConstant(moved.get());
    if (!results) {
      llvm::consumeError(results.takeError());
      return {};
    }
    return qnn::createConstant(rewriter, op.getLoc(), op.getType().clone(storage),
                               results->front().bytes);
  }

  static Value choose(Value values, ArrayRef<int64_t> channels, PatternRewriter &rewriter) {
    ArrayRef<char> bytes = qnn::getConstantBytes(values);
    auto type = cast<RankedTensorType>(values.getType());
    size_t size = bytes.size() / type.getNumElements();
    SmallVector<char> chosen;
    for (int64_t channel : channels)
      llvm::append_range(chosen, bytes.slice(channel * size, size));
    return qnn::createConstant(rewriter, values.getLoc(),
                               type.clone({static_cast<int64_t>(channels.size())}), chosen);
  }
};

} // namespace

void addFoldMovesIntoWeights(RewritePatternSet &patterns) {
  patterns.add<MoveWeights<qnn::BroadcastOp>, MoveWeights<qnn::PadOp>, MoveWeights<qnn::ReshapeOp>,
               MoveWeights<qnn::SliceOp>, MoveWeights<qnn::TransposeOp>>(patterns.getContext());
}

} // namespace qcc::simplify
