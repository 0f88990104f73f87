//===- SinkTransposes.cpp - op(transpose(x)) ==> transpose(op(x))
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

using namespace mlir;

namespace qcc::simplify {

namespace {

/// Operands that carry the dimensions of the result; the others (tables) stay as they are.
unsigned getNumShapedOperands(Operation *op) {
  return isa<qnn::LookupOp>(op) ? 1 : op->getNumOperands();
}

/// A transpose that only moves dimensions of size 1 becomes a reshape and does not sink: both
/// orders are right, so it would never come to rest.
bool sinks(qnn::TransposeOp transpose) {
  return transpose && !movesOnlyUnitDimensions(transpose.getInput().getType().getShape(),
                                               transpose.getPermutation());
}

/// The permutation of the first operand that is a transpose of the result's rank.
std::optional<Permutation> findPermutation(Operation *op) {
  int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  for (Value operand : op->getOperands().take_front(getNumShapedOperands(op)))
    if (auto transpose = operand.getDefiningOp<qnn::TransposeOp>())
      if (sinks(transpose) && transpose.getType().getRank() == rank)
        return Permutation(transpose.getPermutation());
  return std::nullopt;
}

/// Whether `operand` costs nothing in the order before `permutation`: it is a transpose by it, a
/// constant, or only its dimensions of size 1 would move.
bool isFree(Value operand, ArrayRef<int64_t> permutation) {
  Operation *op = operand.getDefiningOp();
  if (auto transpose = dyn_cast_or_null<qnn::TransposeOp>(op))
    if (transpose.getPermutation() == permutation)
      return true;
  if (isa_and_nonnull<qnn::ConstantOp, qnn::DequantizeWeightsOp>(op))
    return true;
  SmallVector<int64_t> shape(cast<RankedTensorType>(operand.getType()).getShape());
  shape.insert(shape.begin(), permutation.size() - shape.size(), 1);
  return movesOnlyUnitDimensions(shape, invert(permutation));
}

/// `operand` in the order before `permutation`, of the same rank.
Value untranspose(PatternRewriter &rewriter, Value operand, ArrayRef<int64_t> permutation) {
  if (auto transpose = operand.getDefiningOp<qnn::TransposeOp>())
    if (transpose.getPermutation() == permutation)
      return transpose.getInput();
  auto type = cast<RankedTensorType>(operand.getType());
  if (type.getNumElements() == 1 && type.getRank() == 0)
    return operand;
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin(), permutation.size() - shape.size(), 1);
  if (shape.size() != static_cast<size_t>(type.getRank()))
    operand = qnn::ReshapeOp::create(rewriter, operand.getLoc(), type.clone(shape), operand);
  return qnn::TransposeOp::create(rewriter, operand.getLoc(), operand, invert(permutation));
}

/// Replaces `op` by a copy on untransposed operands, followed by the transpose. `adapt` changes the
/// copy's attributes.
void sink(PatternRewriter &rewriter, Operation *op, ArrayRef<int64_t> permutation,
          llvm::function_ref<void(Operation *)> adapt = nullptr) {
  SmallVector<Value> operands(op->getOperands());
  for (Value &operand : MutableArrayRef(operands).take_front(getNumShapedOperands(op)))
    operand = untranspose(rewriter, operand, permutation);
  Operation *copy = rewriter.clone(*op);
  copy->setOperands(operands);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  copy->getResult(0).setType(permute(type, invert(permutation)));
  if (adapt)
    adapt(copy);
  rewriter.replaceOpWithNewOp<qnn::TransposeOp>(op, copy->getResult(0), permutation);
}

/// Elementwise ops, conversions and bitcast.
struct SinkThroughElementwise : RewritePattern {
  explicit SinkThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!op->hasTrait<qnn::Elementwise>() && !isa<qnn::BitcastOp>(op))
      return failure();
    std::optional<Permutation> permutation = findPermutation(op);
    if (!permutation)
      return failure();
    for (Value operand : op->getOperands().take_front(getNumShapedOperands(op)))
      if (!isFree(operand, *permutation))
        return rewriter.notifyMatchFailure(op, "an operand has another order");
    sink(rewriter, op, *permutation);
    return success();
  }
};

/// Whether a convolution reads `op` through the transpose that undoes `permutation`.
bool feedsConvolution(Operation *op, ArrayRef<int64_t> permutation) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    auto transpose = dyn_cast<qnn::TransposeOp>(user);
    return transpose && transpose.getPermutation() == ArrayRef<int64_t>(invert(permutation)) &&
           llvm::any_of(transpose->getUsers(), llvm::IsaPred<qnn::Conv2DOp>);
  });
}

/// A part that is not free gets a transpose where one between two convolutions goes for it: parts
/// of a state are joined in the convolution's order.
struct SinkThroughConcat : OpRewritePattern<qnn::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ConcatOp op, PatternRewriter &rewriter) const override {
    std::optional<Permutation> permutation = findPermutation(op);
    if (!permutation ||
        !(llvm::all_of(op.getInputs(), [&](Value input) { return isFree(input, *permutation); }) ||
          feedsConvolution(op, *permutation)))
      return failure();
    sink(rewriter, op, *permutation,
         [&](Operation *copy) { cast<qnn::ConcatOp>(copy).setAxis((*permutation)[op.getAxis()]); });
    return success();
  }
};

struct SinkThroughSlice : OpRewritePattern<qnn::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::SliceOp op, PatternRewriter &rewriter) const override {
    std::optional<Permutation> permutation = findPermutation(op);
    if (!permutation)
      return failure();
    Permutation inverse = invert(*permutation);
    sink(rewriter, op, *permutation, [&](Operation *copy) {
      cast<qnn::SliceOp>(copy).setOffsets(permute(op.getOffsets(), inverse));
      cast<qnn::SliceOp>(copy).setStrides(permute(op.getStrides(), inverse));
    });
    return success();
  }
};

struct SinkThroughPad : OpRewritePattern<qnn::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::PadOp op, PatternRewriter &rewriter) const override {
    std::optional<Permutation> permutation = findPermutation(op);
    if (!permutation)
      return failure();
    Permutation inverse = invert(*permutation);
    sink(rewriter, op, *permutation, [&](Operation *copy) {
      cast<qnn::PadOp>(copy).setLow(permute(op.getLow(), inverse));
      cast<qnn::PadOp>(copy).setHigh(permute(op.getHigh(), inverse));
    });
    return success();
  }
};

struct SinkThroughReduce : OpRewritePattern<qnn::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ReduceOp op, PatternRewriter &rewriter) const override {
    std::optional<Permutation> permutation = findPermutation(op);
    if (!permutation)
      return failure();
    SmallVector<int64_t> axes = permute(*permutation, op.getAxes());
    llvm::sort(axes);
    sink(rewriter, op, *permutation,
         [&](Operation *copy) { cast<qnn::ReduceOp>(copy).setAxes(axes); });
    return success();
  }
};

/// Ops along one dimension that keep the others.
template <typename AxisOp> struct SinkThroughAxis : OpRewritePattern<AxisOp> {
  using OpRewritePattern<AxisOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(AxisOp op, PatternRewriter &rewriter) const override {
    std::optional<Permutation> permutation = findPermutation(op);
    if (!permutation)
      return failure();
    sink(rewriter, op, *permutation,
         [&](Operation *copy) { cast<AxisOp>(copy).setAxis((*permutation)[op.getAxis()]); });
    return success();
  }
};

/// The chosen dimension becomes those of the indices, the others keep their order.
struct SinkThroughGather : OpRewritePattern<qnn::GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::GatherOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<qnn::TransposeOp>();
    if (!sinks(transpose))
      return failure();
    Permutation permutation(transpose.getPermutation()), result;
    int64_t added = op.getIndices().getType().getRank();
    int64_t axis = permutation[op.getAxis()];
    for (auto [i, dimension] : llvm::enumerate(permutation)) {
      if (static_cast<int64_t>(i) == op.getAxis())
        llvm::append_range(result, llvm::seq<int64_t>(axis, axis + added));
      else
        result.push_back(dimension < axis ? dimension : dimension + added - 1);
    }
    auto type = permute(op.getType(), invert(result));
    Value gathered = qnn::GatherOp::create(rewriter, op.getLoc(), type, transpose.getInput(),
                                           op.getIndices(), axis);
    rewriter.replaceOpWithNewOp<qnn::TransposeOp>(op, gathered, result);
    return success();
  }
};

/// Dimensions in front stay in front.
struct SinkThroughBroadcast : OpRewritePattern<qnn::BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::BroadcastOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<qnn::TransposeOp>();
    if (!sinks(transpose))
      return failure();
    int64_t added = op.getType().getRank() - transpose.getType().getRank();
    Permutation permutation;
    llvm::append_range(permutation, llvm::seq<int64_t>(0, added));
    for (int64_t dimension : transpose.getPermutation())
      permutation.push_back(dimension + added);
    auto type = permute(op.getType(), invert(permutation));
    Value repeated = qnn::BroadcastOp::create(rewriter, op.getLoc(), type, transpose.getInput());
    rewriter.replaceOpWithNewOp<qnn::TransposeOp>(op, repeated, permutation);
    return success();
  }
};

/// linear works on the last dimension: a transpose of the others passes.
struct SinkThroughLinear : OpRewritePattern<qnn::LinearOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::LinearOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<qnn::TransposeOp>();
    if (!sinks(transpose))
      return failure();
    Permutation permutation(transpose.getPermutation());
    if (permutation.back() != static_cast<int64_t>(permutation.size()) - 1)
      return failure();
    auto copy = cast<qnn::LinearOp>(rewriter.clone(*op));
    copy.getInputMutable().assign(transpose.getInput());
    copy.getResult().setType(permute(op.getType(), invert(permutation)));
    rewriter.replaceOpWithNewOp<qnn::TransposeOp>(op, copy.getResult(), permutation);
    return success();
  }
};

/// transpose(transpose(x)) ==> one transpose, or x.
struct ComposeTransposes : OpRewritePattern<qnn::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::TransposeOp op, PatternRewriter &rewriter) const override {
    if (isIdentity(op.getPermutation())) {
      rewriter.replaceOp(op, op.getInput());
      return success();
    }
    auto inner = op.getInput().getDefiningOp<qnn::TransposeOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> composed = permute(inner.getPermutation(), op.getPermutation());
    rewriter.replaceOpWithNewOp<qnn::TransposeOp>(op, inner.getInput(), composed);
    return success();
  }
};

} // namespace

void addSinkTransposes(RewritePatternSet &patterns) {
  patterns
      .add<ComposeTransposes, SinkThroughAxis<qnn::ArgReduceOp>, SinkThroughAxis<qnn::CumulativeOp>,
           SinkThroughAxis<qnn::SoftmaxOp>, SinkThroughAxis<qnn::TopKOp>, SinkThroughBroadcast,
           SinkThroughConcat, SinkThroughElementwise, SinkThroughGather, SinkThroughLinear,
           SinkThroughPad, SinkThroughReduce, SinkThroughSlice>(patterns.getContext());
}

} // namespace qcc::simplify
