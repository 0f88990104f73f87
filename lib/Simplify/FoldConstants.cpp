//===- FoldConstants.cpp - evaluates ops whose operands are constants
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNWeights.h"
#include "qcc/Reference/Reference.h"
#include "qcc/Simplify/Passes.h"

using namespace mlir;

namespace qcc::simplify {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "qcc/Simplify/Passes.h.inc"

namespace {

// A broadcast constant may grow a little; a hostile or unlucky one must not fill memory.
constexpr int64_t freeBytes = 4096, growth = 4;
// Evaluation is a tool of the compiler, not the network's run time.
constexpr int64_t mostMacs = int64_t(1) << 30;

bool isWorthFolding(Operation *op) {
  int64_t operandBytes = 0, resultBytes = 0;
  for (Value operand : op->getOperands())
    operandBytes += qnn::getTensorBytes(operand.getType());
  for (Value result : op->getResults())
    resultBytes += qnn::getTensorBytes(result.getType());
  if (resultBytes > freeBytes + growth * operandBytes)
    return false;
  if (auto contraction = dyn_cast<qnn::ContractionOpInterface>(op))
    return contraction.getMacs() <= mostMacs;
  return true;
}

/// op(constants) ==> constant.
struct EvaluateOp : RewritePattern {
  explicit EvaluateOp(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<qnn::QNNDialect>(op->getDialect()) || op->getNumResults() != 1 ||
        op->getNumOperands() == 0 ||
        isa<qnn::DequantizeOp, qnn::DequantizeWeightsOp, qnn::KernelOp>(op))
      return failure();
    for (Value operand : op->getOperands())
      if (qnn::getConstantBytes(operand).empty())
        return failure();
    if (!isWorthFolding(op))
      return rewriter.notifyMatchFailure(op, "result too large or too expensive");
    auto results = reference::evaluateConstant(op);
    if (!results) {
      llvm::consumeError(results.takeError());
      return failure();
    }
    const reference::Tensor &result = results->front();
    rewriter.replaceOp(
        op, qnn::createConstant(rewriter, op->getLoc(), result.type, result.bytes).getResult());
    return success();
  }
};

/// dequantize(constant codes) ==> dequantize_weights(constant integers): what Quantize reads.
struct DequantizeConstant : OpRewritePattern<qnn::DequantizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::DequantizeOp op, PatternRewriter &rewriter) const override {
    auto bytes = qnn::getConstantBytes(op.getInput());
    if (bytes.empty())
      return failure();
    auto type = op.getInput().getType();
    auto quantized = qnn::getQuantized(type);
    Type storage = qnn::getStorageType(quantized);
    auto one = [&](Type element) { return RankedTensorType::get({1}, element); };
    Value codes = qnn::createConstant(rewriter, op.getLoc(), type.clone(storage), bytes);
    float scaleValue = qnn::getScale(quantized);
    Value scale = qnn::createConstantOf<float>(rewriter, op.getLoc(), one(rewriter.getF32Type()),
                                               {scaleValue});
    int64_t zero = quantized.getZeroPoint();
    Value zeroPoint = qnn::createConstant(rewriter, op.getLoc(), one(storage),
                                          {reinterpret_cast<const char *>(&zero),
                                           static_cast<size_t>(qnn::getElementBytes(storage))});
    rewriter.replaceOpWithNewOp<qnn::DequantizeWeightsOp>(op, op.getType(), codes, scale,
                                                          zeroPoint);
    return success();
  }
};

/// matmul(x, constant [K, N]) ==> linear(x, transpose(constant)).
struct MatMulToLinear : OpRewritePattern<qnn::MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::MatMulOp op, PatternRewriter &rewriter) const override {
    Operation *right = op.getRhs().getDefiningOp();
    if (!isa_and_nonnull<qnn::ConstantOp, qnn::DequantizeWeightsOp>(right) ||
        op.getRhs().getType().getRank() != 2 || qnn::getQuantized(op.getLhs().getType()) ||
        op.getType().getRank() != op.getLhs().getType().getRank())
      return failure();
    Value weights =
        qnn::TransposeOp::create(rewriter, op.getLoc(), op.getRhs(), ArrayRef<int64_t>{1, 0});
    rewriter.replaceOpWithNewOp<qnn::LinearOp>(op, op.getType(), op.getLhs(), weights, Value(),
                                               Value(), Value());
    return success();
  }
};

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<EvaluateOp, DequantizeConstant, MatMulToLinear>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::simplify
