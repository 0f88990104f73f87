//===- RemoveNoOps.cpp - drops ops that change nothing
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

#include "dialects/QNN/QNNWeights.h"
#include "qcc/Simplify/Passes.h"

using namespace mlir;

namespace qcc::simplify {
#define GEN_PASS_DEF_REMOVENOOPS
#include "qcc/Simplify/Passes.h.inc"

namespace {

bool areAll(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [&](int64_t other) { return other == value; });
}

/// True when `value` is a constant whose f32 elements all equal `number`.
bool isSplat(Value value, float number) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!type.getElementType().isF32() || qnn::getConstantBytes(value).empty())
    return false;
  return llvm::all_of(qnn::getConstantValues<float>(value), [&](float x) { return x == number; });
}

bool isWholeSlice(qnn::SliceOp op) {
  return areAll(op.getOffsets(), 0) && areAll(op.getStrides(), 1);
}

/// Whether an op with the type of its first operand returns that operand.
bool isNoOp(Operation *op) {
  float infinity = std::numeric_limits<float>::infinity();
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<qnn::ReshapeOp, qnn::BitcastOp, qnn::BroadcastOp, qnn::PadOp>([](auto) { return true; })
      .Case([](qnn::CastOp) { return true; })
      .Case([](qnn::ConcatOp concat) { return concat.getInputs().size() == 1; })
      .Case([](qnn::TransposeOp transpose) { return isIdentity(transpose.getPermutation()); })
      .Case([](qnn::SliceOp slice) { return isWholeSlice(slice); })
      .Case([&](qnn::ClipOp clip) {
        return clip.getLow().convertToFloat() == -infinity &&
               clip.getHigh().convertToFloat() == infinity;
      })
      .Case(
          [](qnn::ReluOp relu) { return relu.getInput().getDefiningOp<qnn::ReluOp>() != nullptr; })
      .Case([](qnn::MaxPoolOp pool) { return areAll(pool.getKernel(), 1); })
      .Case([](qnn::AveragePoolOp pool) { return areAll(pool.getKernel(), 1); })
      // All reduced dimensions have size 1.
      .Case([](qnn::ReduceOp) { return true; })
      .Case<qnn::AddOp, qnn::SubOp>([](auto sum) { return isSplat(sum.getRhs(), 0.0f); })
      .Case<qnn::MulOp, qnn::DivOp>([](auto product) { return isSplat(product.getRhs(), 1.0f); })
      .Default([](Operation *) { return false; });
}

struct ReplaceWithOperand : RewritePattern {
  explicit ReplaceWithOperand(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || op->getNumOperands() == 0 ||
        op->getOperand(0).getType() != op->getResult(0).getType() || !isNoOp(op))
      return failure();
    rewriter.replaceOp(op, op->getOperand(0));
    return success();
  }
};

/// 0 + x and 1 * x ==> x + 0 and x * 1.
template <typename BinaryOp> struct ConstantToTheRight : OpRewritePattern<BinaryOp> {
  using OpRewritePattern<BinaryOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(BinaryOp op, PatternRewriter &rewriter) const override {
    if (!op.getLhs().template getDefiningOp<qnn::ConstantOp>() ||
        op.getRhs().template getDefiningOp<qnn::ConstantOp>())
      return failure();
    rewriter.replaceOpWithNewOp<BinaryOp>(op, op.getType(), op.getRhs(), op.getLhs());
    return success();
  }
};

/// clip to [0, infinity) ==> relu.
struct ClipToRelu : OpRewritePattern<qnn::ClipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ClipOp op, PatternRewriter &rewriter) const override {
    if (!op.getLow().isZero() || !op.getHigh().isInfinity() || op.getHigh().isNegative())
      return failure();
    rewriter.replaceOpWithNewOp<qnn::ReluOp>(op, op.getType(), op.getInput());
    return success();
  }
};

/// clip(relu(x)) ==> clip(x), when the clip's lower bound is at least 0.
struct ClipAbsorbsRelu : OpRewritePattern<qnn::ClipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ClipOp op, PatternRewriter &rewriter) const override {
    auto relu = op.getInput().getDefiningOp<qnn::ReluOp>();
    if (!relu || (op.getLow().isNegative() && !op.getLow().isZero()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(relu.getInput()); });
    return success();
  }
};

/// The pad before `window` as [top, left, bottom, right], when it pads rows and columns only.
std::optional<SmallVector<int64_t>> getSpatialPads(Value input) {
  auto pad = input.getDefiningOp<qnn::PadOp>();
  if (!pad || pad.getType().getRank() != 4 || pad.getLow()[0] || pad.getHigh()[0] ||
      pad.getLow()[3] || pad.getHigh()[3])
    return std::nullopt;
  return SmallVector<int64_t>{pad.getLow()[1], pad.getLow()[2], pad.getHigh()[1], pad.getHigh()[2]};
}

/// conv2d(pad with zeros(x)) ==> conv2d with larger pads.
struct PadIntoConvolution : OpRewritePattern<qnn::Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::Conv2DOp op, PatternRewriter &rewriter) const override {
    auto pads = getSpatialPads(op.getInput());
    auto pad = op.getInput().getDefiningOp<qnn::PadOp>();
    if (!pads || !pad.getValue().isZero())
      return failure();
    for (auto [sum, own] : llvm::zip(*pads, op.getPads()))
      sum += own;
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(*pads);
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

/// slice of rows and columns(conv2d) ==> conv2d with smaller pads, which computes the slice only.
struct SliceIntoConvolution : OpRewritePattern<qnn::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::SliceOp op, PatternRewriter &rewriter) const override {
    auto convolution = op.getInput().getDefiningOp<qnn::Conv2DOp>();
    if (!convolution || !convolution->hasOneUse() || !areAll(op.getStrides(), 1) ||
        op.getType().getDimSize(0) != convolution.getType().getDimSize(0) ||
        op.getType().getDimSize(3) != convolution.getType().getDimSize(3))
      return failure();
    SmallVector<int64_t> pads(convolution.getPads());
    for (int64_t i : {0, 1}) {
      int64_t stride = convolution.getStrides()[i];
      int64_t span = (convolution.getWeights().getType().getDimSize(1 + i) - 1) *
                         convolution.getDilations()[i] +
                     1;
      int64_t dropped = convolution.getType().getDimSize(1 + i) - op.getType().getDimSize(1 + i) -
                        op.getOffsets()[1 + i];
      // What lies behind the last window that is wanted; a whole stride would be another window.
      int64_t behind = dropped * stride + (convolution.getInput().getType().getDimSize(1 + i) +
                                           pads[i] + pads[2 + i] - span) %
                                              stride;
      int64_t cropped = std::min(pads[2 + i], behind);
      pads[i] -= op.getOffsets()[1 + i] * stride;
      pads[2 + i] -= cropped;
      if (pads[i] < 0 || behind - cropped >= stride)
        return failure();
    }
    rewriter.modifyOpInPlace(convolution, [&] {
      convolution.setPads(pads);
      convolution.getResult().setType(op.getType());
    });
    rewriter.replaceOp(op, convolution);
    return success();
  }
};

/// average_pool(pad with zeros(x)) ==> average_pool that counts its pads.
struct PadIntoAveragePool : OpRewritePattern<qnn::AveragePoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::AveragePoolOp op, PatternRewriter &rewriter) const override {
    auto pads = getSpatialPads(op.getInput());
    auto pad = op.getInput().getDefiningOp<qnn::PadOp>();
    if (!pads || !pad.getValue().isZero() || (!areAll(op.getPads(), 0) && !op.getCountIncludePad()))
      return failure();
    for (auto [sum, own] : llvm::zip(*pads, op.getPads()))
      sum += own;
    // Every window must still begin and end beside an element of the input.
    for (int64_t i : {0, 1})
      if ((*pads)[i] >= op.getKernel()[i] || (*pads)[i + 2] >= op.getKernel()[i])
        return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(*pads);
      op.setCountIncludePad(true);
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

/// max_pool(pad with minus infinity(x)) ==> max_pool with larger pads.
struct PadIntoMaxPool : OpRewritePattern<qnn::MaxPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::MaxPoolOp op, PatternRewriter &rewriter) const override {
    auto pads = getSpatialPads(op.getInput());
    auto pad = op.getInput().getDefiningOp<qnn::PadOp>();
    if (!pads || !op.getType().getElementType().isF32() || !pad.getValue().isInfinity() ||
        !pad.getValue().isNegative())
      return failure();
    for (auto [sum, own] : llvm::zip(*pads, op.getPads()))
      sum += own;
    for (int64_t i : {0, 1})
      if ((*pads)[i] >= op.getKernel()[i] || (*pads)[i + 2] >= op.getKernel()[i])
        return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(*pads);
      op.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

struct RemoveNoOps : impl::RemoveNoOpsBase<RemoveNoOps> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    addComposeReshapes(patterns);
    patterns.add<ClipAbsorbsRelu, ClipToRelu, ConstantToTheRight<qnn::AddOp>,
                 ConstantToTheRight<qnn::MulOp>, PadIntoAveragePool, PadIntoConvolution,
                 PadIntoMaxPool, ReplaceWithOperand, SliceIntoConvolution>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::simplify
