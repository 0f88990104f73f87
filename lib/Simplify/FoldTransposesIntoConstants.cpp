//===- FoldTransposesIntoConstants.cpp - weights in the order of the activation
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Reference.h"

using namespace mlir;

namespace qcc::simplify {

namespace {

/// transpose or reshape of a constant ==> constant.
template <typename MoveOp> struct MoveConstant : OpRewritePattern<MoveOp> {
  using OpRewritePattern<MoveOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(MoveOp op, PatternRewriter &rewriter) const override {
    if (qnn::getConstantBytes(op.getInput()).empty())
      return failure();
    auto results = reference::evaluateConstant(op);
    if (!results) {
      llvm::consumeError(results.takeError());
      return failure();
    }
    auto constant =
        qnn::createConstant(rewriter, op.getLoc(), op.getType(), results->front().bytes);
    rewriter.replaceOp(op, constant.getResult());
    return success();
  }
};

void replaceWithWeights(PatternRewriter &rewriter, Operation *op, qnn::DequantizeWeightsOp weights,
                        Value codes, int64_t axis) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  rewriter.replaceOpWithNewOp<qnn::DequantizeWeightsOp>(op, type, codes, weights.getScale(),
                                                        weights.getZeroPoint(), axis);
}

/// transpose(dequantize_weights(w)) ==> dequantize_weights(transpose(w)), with the axis moved.
struct TransposeWeights : OpRewritePattern<qnn::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::TransposeOp op, PatternRewriter &rewriter) const override {
    auto weights = op.getInput().getDefiningOp<qnn::DequantizeWeightsOp>();
    if (!weights)
      return failure();
    Value codes =
        qnn::TransposeOp::create(rewriter, op.getLoc(), weights.getInput(), op.getPermutation());
    int64_t axis = weights.getAxis();
    if (axis >= 0 && axis < op.getType().getRank())
      axis = invert(op.getPermutation())[axis];
    replaceWithWeights(rewriter, op, weights, codes, axis);
    return success();
  }
};

/// The same for reshape, when the axis with the scales survives as one dimension.
struct ReshapeWeights : OpRewritePattern<qnn::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ReshapeOp op, PatternRewriter &rewriter) const override {
    auto weights = op.getInput().getDefiningOp<qnn::DequantizeWeightsOp>();
    if (!weights)
      return failure();
    auto from = op.getInput().getType(), to = op.getType();
    int64_t axis = 0;
    if (weights.getScale().getType().getNumElements() > 1) {
      auto count = [](ArrayRef<int64_t> shape) {
        return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<int64_t>());
      };
      int64_t before = count(from.getShape().take_front(weights.getAxis()));
      int64_t size = from.getDimSize(weights.getAxis());
      while (axis < to.getRank() &&
             !(count(to.getShape().take_front(axis)) == before && to.getDimSize(axis) == size))
        ++axis;
      if (axis == to.getRank())
        return failure();
    }
    Value codes = qnn::ReshapeOp::create(rewriter, op.getLoc(),
                                         to.clone(weights.getInput().getType().getElementType()),
                                         weights.getInput());
    replaceWithWeights(rewriter, op, weights, codes, axis);
    return success();
  }
};

/// linear(reshape(transpose(x)), w) ==> linear(reshape(x), w with its K in the order of x), when
/// the transposed dimensions are exactly those that the reshape flattens into K.
struct FlattenIntoLinear : OpRewritePattern<qnn::LinearOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::LinearOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<qnn::ReshapeOp>();
    auto transpose = reshape ? reshape.getInput().getDefiningOp<qnn::TransposeOp>() : nullptr;
    if (!transpose || !isa_and_nonnull<qnn::ConstantOp, qnn::DequantizeWeightsOp>(
                          op.getWeights().getDefiningOp()))
      return failure();
    ArrayRef<int64_t> shape = transpose.getType().getShape();
    int64_t depth = op.getWeights().getType().getDimSize(1), first = shape.size(), flattened = 1;
    while (first > 0 && flattened < depth)
      flattened *= shape[--first];
    if (flattened != depth)
      return failure();
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    for (int64_t i = 0; i < first; ++i)
      if (permutation[i] != i)
        return failure();

    auto weights = op.getWeights();
    int64_t outputs = weights.getType().getDimSize(0);
    SmallVector<int64_t> expanded{outputs};
    llvm::append_range(expanded, shape.drop_front(first));
    Permutation order{0};
    for (int64_t dimension : ArrayRef<int64_t>(invert(permutation)).drop_front(first))
      order.push_back(dimension - first + 1);
    Value moved =
        qnn::ReshapeOp::create(rewriter, op.getLoc(), weights.getType().clone(expanded), weights);
    moved = qnn::TransposeOp::create(rewriter, op.getLoc(), moved, order);
    moved = qnn::ReshapeOp::create(rewriter, op.getLoc(), weights.getType(), moved);
    Value input =
        qnn::ReshapeOp::create(rewriter, reshape.getLoc(), reshape.getType(), transpose.getInput());
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.getWeightsMutable().assign(moved);
    });
    return success();
  }
};

} // namespace

void addFoldTransposesIntoConstants(RewritePatternSet &patterns) {
  patterns.add<FlattenIntoLinear, MoveConstant<qnn::ReshapeOp>, MoveConstant<qnn::TransposeOp>,
               ReshapeWeights, TransposeWeights>(patterns.getContext());
}

} // namespace qcc::simplify
