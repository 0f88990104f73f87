//===- SettleTransposes.cpp - where the remaining moves rest
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

using namespace mlir;

namespace qcc::simplify {

namespace {

/// Copies `op` onto `input`, with the shape of the move that it changes place with.
Value cloneOnto(PatternRewriter &rewriter, Operation *op, Value input) {
  Operation *copy = rewriter.clone(*op);
  copy->setOperand(0, input);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  copy->getResult(0).setType(type.clone(cast<RankedTensorType>(input.getType()).getShape()));
  return copy->getResult(0);
}

Value createMove(PatternRewriter &rewriter, qnn::TransposeOp move, Value input) {
  return qnn::TransposeOp::create(rewriter, move.getLoc(), input, move.getPermutation());
}

Value createMove(PatternRewriter &rewriter, qnn::ReshapeOp move, Value input) {
  auto element = cast<RankedTensorType>(input.getType()).getElementType();
  return qnn::ReshapeOp::create(rewriter, move.getLoc(),
                                RankedTensorType::get(move.getType().getShape(), element), input);
}

/// move(dequantize(x)) ==> dequantize(move(x)): bytes move instead of floats, and nothing stands
/// between a dequantize and the op that Quantize joins it with.
template <typename MoveOp> struct HoistAboveDequantize : OpRewritePattern<MoveOp> {
  using OpRewritePattern<MoveOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(MoveOp move, PatternRewriter &rewriter) const override {
    Operation *op = move.getInput().getDefiningOp();
    if (!isa_and_nonnull<qnn::DequantizeOp, qnn::BitcastOp>(op))
      return failure();
    Value moved = createMove(rewriter, move, op->getOperand(0));
    rewriter.replaceOp(move, cloneOnto(rewriter, op, moved));
    return success();
  }
};

/// transpose(pad(x)) ==> pad(transpose(x)): the pad can join the window that follows.
struct HoistAbovePad : OpRewritePattern<qnn::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::TransposeOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<qnn::PadOp>();
    if (!pad || !pad->hasOneUse())
      return failure();
    Value moved = createMove(rewriter, op, pad.getInput());
    rewriter.replaceOpWithNewOp<qnn::PadOp>(
        op, op.getType(), moved, permute(pad.getLow(), op.getPermutation()),
        permute(pad.getHigh(), op.getPermutation()), pad.getValue());
    return success();
  }
};

/// quantize(reshape(x)) ==> reshape(quantize(x)), and clamps on the way: nothing stands between an
/// op and the quantize that Quantize joins it with.
template <typename UnaryOp> struct SinkReshapeBelow : OpRewritePattern<UnaryOp> {
  using OpRewritePattern<UnaryOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(UnaryOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().template getDefiningOp<qnn::ReshapeOp>();
    if (!reshape)
      return failure();
    Value result = cloneOnto(rewriter, op, reshape.getInput());
    rewriter.replaceOp(op, createMove(rewriter, reshape, result));
    return success();
  }
};

/// The contractions whose results `value` holds and nothing else does; empty when there are others.
SmallVector<Value> findContractions(Value value) {
  constexpr size_t mostMoves = 4096;
  SmallVector<Value> contractions, rest = {value};
  for (size_t moves = 0; !rest.empty(); ++moves) {
    Value next = rest.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (!op || !next.hasOneUse() || moves == mostMoves)
      return {};
    if (isa<qnn::ContractionOpInterface>(op))
      contractions.push_back(next);
    else if (isa<qnn::ConcatOp, qnn::ReshapeOp, qnn::SliceOp, qnn::TransposeOp>(op))
      llvm::append_range(rest, op->getOperands());
    else
      return {};
  }
  return contractions;
}

/// relu(concat(conv2d, conv2d)) ==> concat(relu(conv2d), relu(conv2d)): a clamp belongs to the op
/// that makes the elements, which is quantized once with it.
template <typename ClampOp> struct HoistClamp : OpRewritePattern<ClampOp> {
  using OpRewritePattern<ClampOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ClampOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> contractions = findContractions(op.getInput());
    if (contractions.empty() || contractions.front() == op.getInput() ||
        op.getType() != op.getInput().getType())
      return failure();
    for (Value value : contractions) {
      rewriter.setInsertionPointAfterValue(value);
      Operation *copy = rewriter.clone(*op);
      rewriter.replaceAllUsesExcept(value, copy->getResult(0), copy);
      copy->setOperand(0, value);
      copy->getResult(0).setType(value.getType());
    }
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// A factor of the dimensions on both sides of a reshape: `from` and `to` it belongs to.
struct Factor {
  int64_t size, from, to;
};

/// The coarsest factors that make up the dimensions on both sides, in order; empty when there are
/// none.
SmallVector<Factor> findFactors(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<Factor> factors;
  int64_t i = 0, j = 0, fromRank = from.size(), toRank = to.size();
  int64_t fromRest = fromRank ? from[0] : 1, toRest = toRank ? to[0] : 1;
  while (i < fromRank && j < toRank) {
    int64_t size = std::min(fromRest, toRest);
    if (fromRest % size || toRest % size)
      return {};
    if (size > 1)
      factors.push_back({size, i, j});
    fromRest /= size, toRest /= size;
    if (fromRest == 1 && ++i < fromRank)
      fromRest = from[i];
    if (toRest == 1 && ++j < toRank)
      toRest = to[j];
  }
  return factors;
}

/// transpose(reshape(transpose(x))) ==> reshape(transpose(reshape(x))), when the reshape cuts
/// across dimensions so that neither transpose passes it: [8, 99] to [24, 33] is [8, 3, 33] in
/// between.
struct ComposeThroughReshape : OpRewritePattern<qnn::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::TransposeOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<qnn::ReshapeOp>();
    auto inner = reshape ? reshape.getInput().getDefiningOp<qnn::TransposeOp>() : nullptr;
    if (!inner || op.getType().getNumElements() == 0)
      return failure();
    SmallVector<Factor> factors =
        findFactors(inner.getType().getShape(), reshape.getType().getShape());
    if (factors.empty())
      return failure();

    // Factors in the order of x, and in the order of the result.
    Permutation fromPlaces(inner.getPermutation()), toPlaces = invert(op.getPermutation());
    auto before = llvm::to_vector(llvm::seq<int64_t>(0, factors.size())), after = before;
    llvm::sort(before, [&](int64_t a, int64_t b) {
      return std::make_pair(fromPlaces[factors[a].from], a) <
             std::make_pair(fromPlaces[factors[b].from], b);
    });
    llvm::sort(after, [&](int64_t a, int64_t b) {
      return std::make_pair(toPlaces[factors[a].to], a) <
             std::make_pair(toPlaces[factors[b].to], b);
    });
    SmallVector<int64_t> shape;
    for (int64_t index : before)
      shape.push_back(factors[index].size);
    Value split = qnn::ReshapeOp::create(rewriter, reshape.getLoc(), op.getType().clone(shape),
                                         inner.getInput());
    Value moved =
        qnn::TransposeOp::create(rewriter, op.getLoc(), split, permute(invert(before), after));
    rewriter.replaceOpWithNewOp<qnn::ReshapeOp>(op, op.getType(), moved);
    return success();
  }
};

} // namespace

void addSettleTransposes(RewritePatternSet &patterns) {
  patterns.add<ComposeThroughReshape, HoistAboveDequantize<qnn::ReshapeOp>,
               HoistAboveDequantize<qnn::TransposeOp>, HoistAbovePad, HoistClamp<qnn::ClipOp>,
               HoistClamp<qnn::ReluOp>, SinkReshapeBelow<qnn::ClipOp>,
               SinkReshapeBelow<qnn::QuantizeOp>, SinkReshapeBelow<qnn::ReluOp>>(
      patterns.getContext());
}

} // namespace qcc::simplify
