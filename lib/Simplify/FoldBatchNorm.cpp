//===- FoldBatchNorm.cpp - constant factors and terms of channels join the contraction before
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNWeights.h"
#include "qcc/Simplify/Passes.h"

using namespace mlir;

namespace qcc::simplify {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "qcc/Simplify/Passes.h.inc"

namespace {

/// Whether element i of the last dimension of the result comes from an element j of the operand's
/// last dimension with j % (size of the result's) == i. Moves that join the phases of a transposed
/// convolution are such.
bool keepsChannels(Operation *move) {
  return llvm::TypeSwitch<Operation *, bool>(move)
      .Case([](qnn::ReshapeOp op) {
        return op.getInput().getType().getRank() > 0 && op.getType().getRank() > 0 &&
               op.getInput().getType().getShape().back() % op.getType().getShape().back() == 0;
      })
      .Case([](qnn::TransposeOp op) {
        return op.getPermutation().back() == op.getType().getRank() - 1;
      })
      .Case([](qnn::SliceOp op) {
        return op.getType().getShape().back() == op.getInput().getType().getShape().back() &&
               op.getStrides().back() == 1;
      })
      .Default(false);
}

/// The contraction whose results `value` has, where they are or, of a convolution, rearranged
/// without mixing its channels; null when something else reads them too. Products of matrices keep
/// what stands behind moves: the terms of an inverse Fourier transform cancel before it is scaled.
template <typename Contraction> Contraction findContraction(Value value) {
  Operation *op = value.getDefiningOp();
  while (std::is_same_v<Contraction, qnn::Conv2DOp> && op && op->hasOneUse() && keepsChannels(op))
    op = op->getOperand(0).getDefiningOp();
  return op && op->hasOneUse() ? dyn_cast<Contraction>(op) : Contraction();
}

/// The constant behind `value` as one f32 for each of `channels`, or empty. It must be f32 and
/// broadcast along every dimension but the last.
SmallVector<float> getChannelConstant(Value value, int64_t channels) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!type.getElementType().isF32())
    return {};
  auto values = qnn::getConstantValues<float>(value);
  if (values.size() == 1)
    return SmallVector<float>(channels, values[0]);
  if (static_cast<int64_t>(values.size()) != channels || type.getShape().back() != channels)
    return {};
  return values;
}

/// Scales output channel o of constant weights by factors[o]; `divide` divides instead.
Value scaleWeights(PatternRewriter &rewriter, Value weights, ArrayRef<float> factors, bool divide) {
  auto values = qnn::getConstantValues<float>(weights);
  size_t channelSize = values.size() / factors.size();
  for (auto [index, value] : llvm::enumerate(values)) {
    float factor = factors[index / channelSize];
    value = divide ? value / factor : value * factor;
  }
  return qnn::createConstantOf<float>(rewriter, weights.getLoc(),
                                      cast<RankedTensorType>(weights.getType()), values);
}

/// op(moves(contraction), constant) ==> moves(contraction with other weights and bias), where the
/// moves may be none. `Contraction` is conv2d or linear, `op` one of add, sub, mul, div.
template <typename Contraction> struct FoldIntoContraction : RewritePattern {
  explicit FoldIntoContraction(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<qnn::AddOp, qnn::SubOp, qnn::MulOp, qnn::DivOp>(op))
      return failure();
    Value activation = op->getOperand(0), operand = op->getOperand(1);
    if (op->hasTrait<OpTrait::IsCommutative>() && !findContraction<Contraction>(activation))
      std::swap(activation, operand);
    auto contraction = findContraction<Contraction>(activation);
    if (!contraction || contraction.getWeightScale() ||
        op->getResult(0).getType() != activation.getType())
      return failure();
    int64_t channels = contraction.getType().getShape().back();
    SmallVector<float> constants =
        getChannelConstant(operand, cast<ShapedType>(activation.getType()).getShape().back());
    bool scales = isa<qnn::MulOp, qnn::DivOp>(op), divides = isa<qnn::DivOp>(op);
    Value weights = contraction.getWeights(), bias = contraction.getBias();
    if (constants.empty() || !contraction.getType().getElementType().isF32() ||
        qnn::getConstantBytes(weights).empty() || (bias && qnn::getConstantBytes(bias).empty()))
      return failure();
    for (size_t size = constants.size(); constants.size() < static_cast<size_t>(channels);)
      constants.push_back(constants[constants.size() % size]);

    auto biasType = RankedTensorType::get({channels}, rewriter.getF32Type());
    SmallVector<float> biases =
        bias ? qnn::getConstantValues<float>(bias) : SmallVector<float>(channels, 0.0f);
    for (auto [value, constant] : llvm::zip(biases, constants)) {
      if (scales)
        value = divides ? value / constant : value * constant;
      else
        value = isa<qnn::SubOp>(op) ? value - constant : value + constant;
    }
    rewriter.setInsertionPoint(contraction);
    if (scales)
      weights = scaleWeights(rewriter, weights, constants, divides);
    // A bias that is not there stays so under scaling.
    if (bias || !scales)
      bias = qnn::createConstantOf<float>(rewriter, op->getLoc(), biasType, biases);
    auto copy = cast<Contraction>(rewriter.clone(*contraction));
    copy.getWeightsMutable().assign(weights);
    if (bias)
      copy.getBiasMutable().assign(bias);
    rewriter.replaceOp(contraction, copy.getResult());
    rewriter.replaceOp(op, activation == contraction ? copy.getResult() : activation);
    return success();
  }
};

struct FoldBatchNorm : impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoContraction<qnn::Conv2DOp>, FoldIntoContraction<qnn::LinearOp>>(
        &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::simplify
