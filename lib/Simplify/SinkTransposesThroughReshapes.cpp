//===- SinkTransposesThroughReshapes.cpp - reshape(transpose(x)) ==> transpose(reshape(x))
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

using namespace mlir;

namespace qcc::simplify {

namespace {

/// Neighbouring dimensions of a reshape's operand that become neighbouring dimensions of its
/// result: [firstFrom, lastFrom) to [firstTo, lastTo).
struct Block {
  int64_t firstFrom, lastFrom, firstTo, lastTo;
};

/// The finest blocks of a reshape. Dimensions of size 1 at the end join the last block.
SmallVector<Block> findBlocks(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<Block> blocks;
  int64_t fromRank = from.size(), toRank = to.size(), i = 0, j = 0;
  while (i < fromRank && j < toRank) {
    Block block{i, i + 1, j, j + 1};
    int64_t fromSize = from[i++], toSize = to[j++];
    while (fromSize != toSize) {
      if (fromSize < toSize && i < fromRank)
        fromSize *= from[i++];
      else if (toSize < fromSize && j < toRank)
        toSize *= to[j++];
      else
        return {};
    }
    block.lastFrom = i, block.lastTo = j;
    blocks.push_back(block);
  }
  if (blocks.empty())
    return {};
  blocks.back().lastFrom = fromRank;
  blocks.back().lastTo = toRank;
  return blocks;
}

/// The blocks are put into the order that their dimensions have before the transpose; inside a
/// block the order of the reshape's operand is kept. Channel shuffle:
///   x [N,H,W,C] -> [N,C,H,W] -> [N,g,C/g,H,W] -> [N,C/g,g,H,W] -> [N,C,H,W]
/// ends as reshape [N,H,W,g,C/g], transpose of the last two, reshape, and one transpose at the end.
struct SinkThroughReshape : OpRewritePattern<qnn::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ReshapeOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<qnn::TransposeOp>();
    if (!transpose || op.getType().getNumElements() == 0)
      return failure();
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<Block> blocks = findBlocks(transpose.getType().getShape(), op.getType().getShape());
    if (blocks.empty())
      return failure();

    // `place` of a block: the first dimension of x in it.
    auto getPlace = [&](const Block &block) {
      return *std::min_element(permutation.begin() + block.firstFrom,
                               permutation.begin() + block.lastFrom);
    };
    SmallVector<Block> sorted(blocks);
    llvm::sort(sorted, [&](const Block &a, const Block &b) { return getPlace(a) < getPlace(b); });
    Permutation inner, outer(op.getType().getRank());
    SmallVector<int64_t> shape;
    for (const Block &block : sorted) {
      inner.append(permutation.begin() + block.firstFrom, permutation.begin() + block.lastFrom);
      for (int64_t to = block.firstTo; to < block.lastTo; ++to) {
        outer[to] = shape.size();
        shape.push_back(op.getType().getDimSize(to));
      }
    }
    // Dimensions of size 1 have no place of their own: moving them would go round in circles.
    if (movesOnlyUnitDimensions(shape, outer))
      return failure();
    // Two transposes for one pay off only when the second goes on sinking.
    if (!isIdentity(inner) && llvm::any_of(op->getUsers(), [](Operation *user) {
          return user->hasTrait<OpTrait::IsTerminator>() || isa<qnn::LinearOp, qnn::MatMulOp>(user);
        }))
      return failure();
    Value ordered = transpose.getInput();
    if (!isIdentity(inner))
      ordered = qnn::TransposeOp::create(rewriter, transpose.getLoc(), ordered, inner);
    Value reshaped =
        qnn::ReshapeOp::create(rewriter, op.getLoc(), op.getType().clone(shape), ordered);
    rewriter.replaceOpWithNewOp<qnn::TransposeOp>(op, reshaped, outer);
    return success();
  }
};

/// reshape(reshape(x)) ==> reshape(x).
struct ComposeReshapes : OpRewritePattern<qnn::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ReshapeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<qnn::ReshapeOp>();
    if (!inner)
      return failure();
    rewriter.replaceOpWithNewOp<qnn::ReshapeOp>(op, op.getType(), inner.getInput());
    return success();
  }
};

/// A transpose that only moves dimensions of size 1 ==> reshape.
struct TransposeToReshape : OpRewritePattern<qnn::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::TransposeOp op, PatternRewriter &rewriter) const override {
    if (!movesOnlyUnitDimensions(op.getInput().getType().getShape(), op.getPermutation()))
      return failure();
    rewriter.replaceOpWithNewOp<qnn::ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

/// f(reshape(transpose(x))) ==> reshape(f(transpose(x))): a flattening transpose travels to the
/// weights that can absorb it.
struct SinkFlattenThroughUnary : RewritePattern {
  explicit SinkFlattenThroughUnary(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumOperands() == 0 ||
        !((op->hasTrait<qnn::Elementwise>() && op->getNumOperands() == 1) ||
          isa<qnn::BitcastOp, qnn::LookupOp>(op)))
      return failure();
    auto reshape = op->getOperand(0).getDefiningOp<qnn::ReshapeOp>();
    if (!reshape || !reshape.getInput().getDefiningOp<qnn::TransposeOp>())
      return failure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Operation *copy = rewriter.clone(*op);
    copy->setOperand(0, reshape.getInput());
    copy->getResult(0).setType(type.clone(reshape.getInput().getType().getShape()));
    rewriter.replaceOpWithNewOp<qnn::ReshapeOp>(op, type, copy->getResult(0));
    return success();
  }
};

} // namespace

void addComposeReshapes(RewritePatternSet &patterns) {
  patterns.add<ComposeReshapes>(patterns.getContext());
}

void addSinkTransposesThroughReshapes(RewritePatternSet &patterns) {
  addComposeReshapes(patterns);
  patterns.add<SinkFlattenThroughUnary, SinkThroughReshape, TransposeToReshape>(
      patterns.getContext());
}

} // namespace qcc::simplify
