//===- MoveConversions.cpp - quantize up, dequantize down -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Quantize/Passes.h"

#include "Conversions.h"
#include "dialects/QNN/QNNWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace qcc::quantize {

#define GEN_PASS_DEF_MOVECONVERSIONS
#include "qcc/Quantize/Passes.h.inc"

namespace {

OperandRange getElementOperands(Operation *op) {
  return op->getOperands().take_front(getNumElementOperands(op));
}

/// The op on elements of another type; indices stay.
Operation *cloneOn(PatternRewriter &rewriter, Operation *op, SmallVector<Value> operands,
                   Type element) {
  llvm::append_range(operands, op->getOperands().drop_front(operands.size()));
  OperationState state(op->getLoc(), op->getName(), operands,
                       withElement(op->getResult(0), element), op->getAttrs());
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return rewriter.create(state);
}

/// Moving codes or clamping at zero commutes with dequantization, which is monotone and maps the
/// zero point to zero.
bool commutesWithDequantize(Operation *op) {
  if (auto pad = dyn_cast<qnn::PadOp>(op))
    return pad.getValue().isZero();
  return movesElements(op) || isa<qnn::ReluOp>(op);
}

/// Quantization is monotone as well, and an op's constants can be quantized on the way.
bool commutesWithQuantize(Operation *op) {
  return movesElements(op) || isa<qnn::ReluOp, qnn::ClipOp>(op);
}

/// op(DQ(q)) => DQ(op(q))
struct SinkDequantize : RewritePattern {
  SinkDequantize(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!commutesWithDequantize(op) || op->getNumOperands() == 0)
      return failure();
    SmallVector<Value> codes;
    for (Value operand : getElementOperands(op))
      codes.push_back(getCodes(operand));
    if (!llvm::all_of(codes, [&](Value value) {
          return value && getElementTypeOrSelf(value) == getElementTypeOrSelf(codes.front());
        }))
      return failure();
    Operation *moved = cloneOn(rewriter, op, codes, getElementTypeOrSelf(codes.front()));
    rewriter.replaceOpWithNewOp<qnn::DequantizeOp>(op, op->getResult(0).getType(),
                                                   moved->getResult(0));
    return success();
  }
};

/// op(bitcast(q)) => bitcast(op(q)): codes keep their type where they only move.
struct SinkBitcast : RewritePattern {
  SinkBitcast(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!movesElements(op) || isa<qnn::PadOp>(op) || op->getNumOperands() == 0)
      return failure();
    SmallVector<Value> codes;
    for (Value operand : getElementOperands(op)) {
      auto bitcast = operand.getDefiningOp<qnn::BitcastOp>();
      codes.push_back(bitcast ? bitcast.getInput() : Value());
    }
    if (!llvm::all_of(codes, [&](Value value) {
          return value && qnn::getQuantized(value.getType()) &&
                 getElementTypeOrSelf(value) == getElementTypeOrSelf(codes.front());
        }))
      return failure();
    Operation *moved = cloneOn(rewriter, op, codes, getElementTypeOrSelf(codes.front()));
    rewriter.replaceOpWithNewOp<qnn::BitcastOp>(op, op->getResult(0).getType(),
                                                moved->getResult(0));
    return success();
  }
};

/// Q(op(x)) => op(Q(x)), where nothing else reads op(x).
struct HoistQuantize : OpRewritePattern<qnn::QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::QuantizeOp quantize,
                                PatternRewriter &rewriter) const override {
    Operation *op = quantize.getInput().getDefiningOp();
    if (!op || !commutesWithQuantize(op) || !getQuantizedUse(quantize.getInput()))
      return failure();
    Type element = quantize.getType().getElementType();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> codes;
    for (Value operand : getElementOperands(op))
      codes.push_back(qnn::QuantizeOp::create(rewriter, quantize.getLoc(),
                                              withElement(operand, element), operand));
    rewriter.replaceOp(quantize, cloneOn(rewriter, op, codes, element));
    return success();
  }
};

/// Q(DQ(q)) => q, or the code of the same real in the other type.
struct CancelConversions : OpRewritePattern<qnn::QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::QuantizeOp quantize,
                                PatternRewriter &rewriter) const override {
    Value codes = getCodes(quantize.getInput());
    if (!codes)
      return failure();
    if (codes.getType() == quantize.getType())
      rewriter.replaceOp(quantize, codes);
    else
      rewriter.replaceOpWithNewOp<qnn::CastOp>(quantize, quantize.getType(), codes);
    return success();
  }
};

/// cast(reshape(q)) => reshape(cast(q)): the cast can join the op that makes q.
struct SinkReshape : OpRewritePattern<qnn::CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::CastOp cast, PatternRewriter &rewriter) const override {
    auto reshape = cast.getInput().getDefiningOp<qnn::ReshapeOp>();
    if (!reshape || !qnn::getQuantized(cast.getType()))
      return failure();
    Value codes = qnn::CastOp::create(
        rewriter, cast.getLoc(), withElement(reshape.getInput(), cast.getType().getElementType()),
        reshape.getInput());
    rewriter.replaceOpWithNewOp<qnn::ReshapeOp>(cast, cast.getType(), codes);
    return success();
  }
};

/// A quantized constant that an elementwise op or a matrix product reads gets a quantized type:
/// only contractions take a scale for each channel.
struct TypeConstants : OpRewritePattern<qnn::DequantizeWeightsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::DequantizeWeightsOp op,
                                PatternRewriter &rewriter) const override {
    auto type = op.getInput().getType();
    auto scale = qnn::getConstantValues<float>(op.getScale());
    auto bytes = qnn::getConstantBytes(op.getInput());
    unsigned bits = type.getElementTypeBitWidth();
    if (scale.size() != 1 || bytes.empty() || (bits != 8 && bits != 16) ||
        llvm::any_of(op->getUsers(), llvm::IsaPred<qnn::ContractionOpInterface>))
      return failure();
    bool isSigned = qnn::isSignedStorage(type.getElementType());
    int64_t zeroPoint;
    if (bits == 8)
      zeroPoint = isSigned ? qnn::getConstantValues<int8_t>(op.getZeroPoint())[0]
                           : qnn::getConstantValues<uint8_t>(op.getZeroPoint())[0];
    else
      zeroPoint = isSigned ? qnn::getConstantValues<int16_t>(op.getZeroPoint())[0]
                           : qnn::getConstantValues<uint16_t>(op.getZeroPoint())[0];
    auto element = qnn::makeQuantized(getContext(), bits, isSigned, scale[0], zeroPoint);
    Value constant = qnn::createConstant(rewriter, op.getLoc(), type.clone(element), bytes);
    rewriter.replaceOpWithNewOp<qnn::DequantizeOp>(op, op.getType(), constant);
    return success();
  }
};

struct MoveConversions : impl::MoveConversionsBase<MoveConversions> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkDequantize, SinkBitcast, SinkReshape, HoistQuantize, CancelConversions,
                 TypeConstants>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::quantize
