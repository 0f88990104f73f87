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
  patterns.add<FlattenIntoLinear, MoveConstant<qnn::ReshapeOp>, MoveConstant<qnn::TransposeOp>>(
      patterns.getContext());
}

} // namespace qcc::simplify
