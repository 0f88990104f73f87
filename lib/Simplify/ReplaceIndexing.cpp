//===- ReplaceIndexing.cpp - constant indices of whole ranges as slices and concats
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNWeights.h"
#include "qcc/Simplify/Passes.h"

using namespace mlir;

namespace qcc::simplify {
#define GEN_PASS_DEF_REPLACEINDEXING
#include "qcc/Simplify/Passes.h.inc"

namespace {

// More parts, or shorter ones on average, cost more as slices than as one gather.
constexpr size_t mostRuns = 4, shortestRun = 4;

/// Constant indices as i64; empty when they are not constant.
SmallVector<int64_t> getIndices(Value indices) {
  if (getElementTypeOrSelf(indices).isInteger(64))
    return qnn::getConstantValues<int64_t>(indices);
  auto values = qnn::getConstantValues<int32_t>(indices);
  return SmallVector<int64_t>(values.begin(), values.end());
}

Value createSlice(PatternRewriter &rewriter, Location location, Value input, int64_t axis,
                  int64_t offset, int64_t size, int64_t stride = 1) {
  auto type = cast<RankedTensorType>(input.getType());
  if (offset == 0 && size == type.getDimSize(axis) && stride == 1)
    return input;
  SmallVector<int64_t> shape(type.getShape()), offsets(type.getRank(), 0),
      strides(type.getRank(), 1);
  shape[axis] = size, offsets[axis] = offset, strides[axis] = stride;
  return qnn::SliceOp::create(rewriter, location, type.clone(shape), input, offsets, strides);
}

/// gather(x, [2, 1, 0, 1, 2, 3, ...]) ==> concat(slices of x), when the indices are few ranges: the
/// mirrored borders of a padding, the windows of an unfolding.
struct GatherToSlices : OpRewritePattern<qnn::GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::GatherOp op, PatternRewriter &rewriter) const override {
    struct Run {
      int64_t first, size, step;
    };
    SmallVector<int64_t> indices = getIndices(op.getIndices());
    if (indices.empty() || op.getIndices().getType().getRank() != 1)
      return failure();
    int64_t axis = op.getAxis(), extent = op.getInput().getType().getDimSize(axis);
    SmallVector<Run> runs;
    for (int64_t index : indices) {
      index = std::clamp<int64_t>(index < 0 ? index + extent : index, 0, extent - 1);
      if (!runs.empty()) {
        Run &run = runs.back();
        int64_t step = index - run.first - run.step * (run.size - 1);
        if (step != 0 && (run.size == 1 || step == run.step)) {
          run.step = step, ++run.size;
          continue;
        }
      }
      if (runs.size() == mostRuns)
        return rewriter.notifyMatchFailure(op, "too many ranges");
      runs.push_back({index, 1, 1});
    }
    if (runs.size() > 1 && indices.size() < shortestRun * runs.size())
      return rewriter.notifyMatchFailure(op, "short ranges");
    SmallVector<Value> parts;
    for (const Run &run : runs)
      parts.push_back(
          createSlice(rewriter, op.getLoc(), op.getInput(), axis, run.first, run.size, run.step));
    if (parts.size() == 1)
      rewriter.replaceOp(op, parts.front());
    else
      rewriter.replaceOpWithNewOp<qnn::ConcatOp>(op, op.getType(), parts, axis);
    return success();
  }
};

/// scatter_nd of one whole range along one dimension ==> concat(x before it, updates, x after it).
struct ScatterToConcat : OpRewritePattern<qnn::ScatterNDOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ScatterNDOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> indices = getIndices(op.getIndices());
    ArrayRef<int64_t> shape = op.getType().getShape();
    int64_t depth = op.getIndices().getType().getShape().back();
    if (op.getKind() != qnn::ScatterKind::Assign || indices.empty() || depth == 0)
      return failure();
    // The box between the first index and the last one must be what all of them visit in order.
    SmallVector<int64_t> low(indices.begin(), indices.begin() + depth), size(shape);
    int64_t count = 1;
    for (int64_t i = 0; i < depth; ++i) {
      low[i] += low[i] < 0 ? shape[i] : 0;
      int64_t high = *(indices.end() - depth + i);
      size[i] = high + (high < 0 ? shape[i] : 0) - low[i] + 1;
      if (low[i] < 0 || size[i] < 1 || low[i] + size[i] > shape[i])
        return failure();
      count *= size[i];
    }
    if (count * depth != static_cast<int64_t>(indices.size()))
      return failure();
    for (int64_t n = 0; n < count; ++n)
      for (int64_t i = depth - 1, rest = n; i >= 0; rest /= size[i], --i) {
        int64_t index = indices[n * depth + i];
        if (index + (index < 0 ? shape[i] : 0) != low[i] + rest % size[i])
          return failure();
      }
    std::optional<int64_t> axis;
    for (int64_t i = 0; i < depth; ++i)
      if (size[i] != shape[i]) {
        if (axis)
          return rewriter.notifyMatchFailure(op, "a range of two dimensions");
        axis = i;
      }
    Value updates = op.getUpdates();
    if (ArrayRef<int64_t>(size) != op.getUpdates().getType().getShape())
      updates = qnn::ReshapeOp::create(rewriter, op.getLoc(), op.getType().clone(size), updates);
    if (!axis) {
      rewriter.replaceOp(op, updates);
      return success();
    }
    int64_t begin = low[*axis], end = begin + size[*axis];
    SmallVector<Value> parts;
    if (begin > 0)
      parts.push_back(createSlice(rewriter, op.getLoc(), op.getInput(), *axis, 0, begin));
    parts.push_back(updates);
    if (end < shape[*axis])
      parts.push_back(
          createSlice(rewriter, op.getLoc(), op.getInput(), *axis, end, shape[*axis] - end));
    rewriter.replaceOpWithNewOp<qnn::ConcatOp>(op, op.getType(), parts, *axis);
    return success();
  }
};

/// slice(concat(x, y)) ==> slice(y), when it reads one part only.
struct SliceOfPart : OpRewritePattern<qnn::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::SliceOp op, PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<qnn::ConcatOp>();
    if (!concat || op.getType().getNumElements() == 0)
      return failure();
    int64_t axis = concat.getAxis(), stride = op.getStrides()[axis];
    int64_t first = op.getOffsets()[axis];
    int64_t last = first + stride * (op.getType().getDimSize(axis) - 1);
    int64_t begin = 0;
    for (Value part : concat.getInputs()) {
      int64_t size = cast<RankedTensorType>(part.getType()).getDimSize(axis);
      if (std::min(first, last) >= begin && std::max(first, last) < begin + size) {
        SmallVector<int64_t> offsets(op.getOffsets());
        offsets[axis] -= begin;
        rewriter.replaceOpWithNewOp<qnn::SliceOp>(op, op.getType(), part, offsets, op.getStrides());
        return success();
      }
      begin += size;
    }
    return failure();
  }
};

/// slice(slice(x)) ==> slice(x).
struct ComposeSlices : OpRewritePattern<qnn::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::SliceOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<qnn::SliceOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> offsets, strides;
    for (int64_t i = 0; i < op.getType().getRank(); ++i) {
      offsets.push_back(inner.getOffsets()[i] + op.getOffsets()[i] * inner.getStrides()[i]);
      strides.push_back(inner.getStrides()[i] * op.getStrides()[i]);
    }
    rewriter.replaceOpWithNewOp<qnn::SliceOp>(op, op.getType(), inner.getInput(), offsets, strides);
    return success();
  }
};

/// concat(slices that lie side by side in x) ==> one slice of x.
struct JoinSlices : OpRewritePattern<qnn::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::ConcatOp op, PatternRewriter &rewriter) const override {
    auto first = op.getInputs().front().getDefiningOp<qnn::SliceOp>();
    if (!first || op.getInputs().size() < 2)
      return failure();
    SmallVector<int64_t> offsets(first.getOffsets());
    for (Value input : op.getInputs()) {
      auto slice = input.getDefiningOp<qnn::SliceOp>();
      if (!slice || slice.getInput() != first.getInput() ||
          slice.getStrides() != first.getStrides() || slice.getOffsets() != ArrayRef(offsets))
        return failure();
      int64_t axis = op.getAxis();
      offsets[axis] += slice.getType().getDimSize(axis) * slice.getStrides()[axis];
    }
    rewriter.replaceOpWithNewOp<qnn::SliceOp>(op, op.getType(), first.getInput(),
                                              first.getOffsets(), first.getStrides());
    return success();
  }
};

struct ReplaceIndexing : impl::ReplaceIndexingBase<ReplaceIndexing> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ComposeSlices, GatherToSlices, JoinSlices, ScatterToConcat, SliceOfPart>(
        &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::simplify
