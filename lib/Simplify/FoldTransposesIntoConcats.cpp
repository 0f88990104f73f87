//===- FoldTransposesIntoConcats.cpp - joining along another dimension instead of permuting
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Permutation.h"

using namespace mlir;

namespace qcc::simplify {

namespace {

/// A concat whose parts get a dimension of their own: each part's shape, and where they are joined.
struct Stack {
  qnn::ConcatOp concat;
  SmallVector<Operation *> between; // unary ops and slices after it, the last one first
  SmallVector<SmallVector<int64_t>> parts;
  int64_t axis;
};

bool isUnary(Operation *op) {
  return op->getNumOperands() == 1 && (op->hasTrait<qnn::Elementwise>() || isa<qnn::BitcastOp>(op));
}

/// The concat behind `value`. A reshape on the way may split the joined dimension into parts of one
/// size: [..., n * s, ...] to [..., n, s, ...].
std::optional<Stack> findStack(Value end) {
  Stack stack;
  Value value = end;
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  auto reshape = value.getDefiningOp<qnn::ReshapeOp>();
  if (reshape)
    value = reshape.getInput();
  while (Operation *op = value.getDefiningOp()) {
    if (!value.hasOneUse() || !(isUnary(op) || (isa<qnn::SliceOp>(op) && !reshape)))
      break;
    stack.between.push_back(op);
    value = op->getOperand(0);
  }
  stack.concat = value.getDefiningOp<qnn::ConcatOp>();
  if (!stack.concat || (value != end && !stack.concat->hasOneUse()))
    return std::nullopt;
  stack.axis = stack.concat.getAxis();
  if (!reshape) {
    for (Value input : stack.concat.getInputs())
      stack.parts.emplace_back(cast<RankedTensorType>(input.getType()).getShape());
    return stack;
  }
  int64_t count = stack.concat.getInputs().size(), axis = stack.axis;
  SmallVector<int64_t> split(stack.concat.getType().getShape());
  int64_t size = split[axis] / count;
  for (Value input : stack.concat.getInputs())
    if (cast<RankedTensorType>(input.getType()).getDimSize(axis) != size)
      return std::nullopt;
  split[axis] = size;
  split.insert(split.begin() + axis, count);
  // Dimensions of size 1 may be anywhere: the parts' own one is known by those before it.
  auto isReal = [](int64_t size) { return size != 1; };
  auto getReal = [&](ArrayRef<int64_t> sizes) {
    return llvm::to_vector(llvm::make_filter_range(sizes, isReal));
  };
  if (count == 1 || getReal(split) != getReal(shape))
    return std::nullopt;
  int64_t before = llvm::count_if(ArrayRef<int64_t>(split).take_front(axis), isReal);
  stack.axis = 0;
  while (!isReal(shape[stack.axis]) || before-- > 0)
    ++stack.axis;
  stack.parts.assign(count, SmallVector<int64_t>(shape));
  for (SmallVector<int64_t> &part : stack.parts)
    part[stack.axis] = 1;
  return stack;
}

/// transpose(concat(x, y)) ==> concat(reshape(x), reshape(y)) along another dimension, when only
/// dimensions of size 1 of the parts would move: a channel shuffle joins its groups element by
/// element instead of one after the other.
struct FoldIntoConcat : OpRewritePattern<qnn::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qnn::TransposeOp op, PatternRewriter &rewriter) const override {
    // Equal transposes make equal concats.
    if (!llvm::all_of(op.getInput().getUsers(), [&](Operation *user) {
          auto other = dyn_cast<qnn::TransposeOp>(user);
          return other && other.getPermutation() == op.getPermutation();
        }))
      return failure();
    std::optional<Stack> stack = findStack(op.getInput());
    if (!stack || !llvm::all_of(stack->parts, [&](ArrayRef<int64_t> shape) {
          return movesOnlyUnitDimensions(shape, op.getPermutation());
        }))
      return failure();

    SmallVector<Value> parts;
    for (auto [input, shape] : llvm::zip(stack->concat.getInputs(), stack->parts)) {
      auto type = cast<RankedTensorType>(input.getType());
      parts.push_back(qnn::ReshapeOp::create(
          rewriter, op.getLoc(), type.clone(permute(shape, op.getPermutation())), input));
    }
    // Ops before a reshape take the shape behind it, the others the order of the transpose.
    bool isReshaped =
        stack->parts[0].size() != static_cast<size_t>(stack->concat.getType().getRank());
    auto getResultType = [&](Operation *old) {
      auto type = cast<RankedTensorType>(old->getResult(0).getType());
      return isReshaped ? type.clone(op.getType().getShape()) : permute(type, op.getPermutation());
    };
    Value result =
        qnn::ConcatOp::create(rewriter, stack->concat.getLoc(), getResultType(stack->concat), parts,
                              invert(op.getPermutation())[stack->axis]);
    for (Operation *old : llvm::reverse(stack->between)) {
      Operation *copy = rewriter.clone(*old);
      copy->setOperand(0, result);
      copy->getResult(0).setType(getResultType(old));
      if (auto slice = dyn_cast<qnn::SliceOp>(copy)) {
        slice.setOffsets(permute(slice.getOffsets(), op.getPermutation()));
        slice.setStrides(permute(slice.getStrides(), op.getPermutation()));
      }
      result = copy->getResult(0);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void addFoldTransposesIntoConcats(RewritePatternSet &patterns) {
  patterns.add<FoldIntoConcat>(patterns.getContext());
}

} // namespace qcc::simplify
