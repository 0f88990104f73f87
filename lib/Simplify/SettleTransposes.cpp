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

} // namespace

void addSettleTransposes(RewritePatternSet &patterns) {
  patterns.add<HoistAboveDequantize<qnn::ReshapeOp>, HoistAboveDequantize<qnn::TransposeOp>,
               HoistAbovePad, SinkReshapeBelow<qnn::ClipOp>, SinkReshapeBelow<qnn::QuantizeOp>,
               SinkReshapeBelow<qnn::ReluOp>>(patterns.getContext());
}

} // namespace qcc::simplify
