//===- Reduction.cpp - ONNX operators that reduce dimensions
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"

#include <limits>

using namespace mlir;

namespace qcc::import {

namespace {

/// The dimensions to reduce, and the result's shape.
struct Reduction {
  SmallVector<int64_t> axes, shape;
  bool isIdentity = false;
};

} // namespace

/// Fails unless the input holds numbers that qcc adds: integers, f32 or f64.
static LogicalResult requireNumbers(NodeContext &node, bool allowsBool) {
  Type element = node.getElementType(0);
  if (element.isF32() || element.isF64() ||
      (isa<IntegerType>(element) && (allowsBool || !element.isInteger(1))))
    return success();
  return node.error("E2308", node.describeInput(0) + " has element type " +
                                 getDataTypeName(getDataType(element)) +
                                 ", which is not supported here");
}

static FailureOr<Reduction> readReduction(NodeContext &node, bool allowsBool = false) {
  if (failed(requireNumbers(node, allowsBool)))
    return failure();
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> given = node.getInts("axes");
  if (node.hasInput(1)) {
    auto axes = node.requireIntegers(1, "the axes");
    if (failed(axes))
      return failure();
    given = *axes;
  }
  Reduction reduction;
  reduction.isIdentity = given.empty() && node.getInt("noop_with_empty_axes", 0) != 0;
  if (given.empty())
    given = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  auto axes = node.resolveAxes(given, rank);
  if (failed(axes))
    return failure();
  reduction.axes = *axes;
  bool keepsDimensions = node.getInt("keepdims", 1) != 0;
  for (auto [i, size] : llvm::enumerate(node.getShape(0))) {
    if (!llvm::is_contained(*axes, static_cast<int64_t>(i)))
      reduction.shape.push_back(size);
    else if (keepsDimensions)
      reduction.shape.push_back(1);
  }
  if (failed(node.makeType(reduction.shape, node.getElementType(0))))
    return failure();
  return reduction;
}

template <qnn::ReduceKind kind> static LogicalResult importReduce(NodeContext &node) {
  bool isExtremum = kind == qnn::ReduceKind::Max || kind == qnn::ReduceKind::Min;
  auto reduction = readReduction(node, /*allowsBool=*/isExtremum);
  if (failed(reduction))
    return failure();
  if (reduction->isIdentity)
    return node.setResult(Tensor(node.getInput(0)));
  Value result = FloatMath(node).reduce(kind, node.getValue(0), reduction->axes);
  return node.setResult(node.createReshape(result, reduction->shape));
}

/// Roots, powers and logarithms of numbers of other types go through f32.
template <typename Op> static Value createFunction(NodeContext &node, Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  FloatMath math(node);
  return math.cast(math.unary<Op>(math.cast(value, node.builder.getF32Type())), element);
}

/// Sums of a function of the elements, and a function of the sum.
enum class Norm { L1, L2, SumSquare, LogSum };

template <Norm norm> static LogicalResult importNorm(NodeContext &node) {
  auto reduction = readReduction(node);
  if (failed(reduction))
    return failure();
  FloatMath math(node);
  Value value = node.getValue(0);
  if (norm == Norm::L1 && !node.getElementType(0).isUnsignedInteger())
    value = math.unary<qnn::AbsOp>(value);
  else if (norm == Norm::L2 || norm == Norm::SumSquare)
    value = math.mul(value, value);
  if (!reduction->isIdentity)
    value = math.reduce(qnn::ReduceKind::Sum, value, reduction->axes);
  if (norm == Norm::L2)
    value = createFunction<qnn::SqrtOp>(node, value);
  else if (norm == Norm::LogSum)
    value = createFunction<qnn::LogOp>(node, value);
  if (!reduction->isIdentity)
    value = node.createReshape(value, reduction->shape);
  return node.setResult(value);
}

/// log(sum(exp(x - max))) + max. The maximum is kept finite, because infinities have no difference.
static LogicalResult importReduceLogSumExp(NodeContext &node) {
  auto reduction = readReduction(node);
  if (failed(reduction))
    return failure();
  if (reduction->isIdentity)
    return node.setResult(Tensor(node.getInput(0)));
  FloatMath math(node);
  Value input = math.cast(node.getValue(0), node.builder.getF32Type());
  constexpr float limit = std::numeric_limits<float>::max();
  Value largest =
      math.clip(math.reduce(qnn::ReduceKind::Max, input, reduction->axes), -limit, limit);
  Value powers = math.unary<qnn::ExpOp>(math.sub(input, largest));
  Value sum = math.reduce(qnn::ReduceKind::Sum, powers, reduction->axes);
  Value result = math.add(math.unary<qnn::LogOp>(sum), largest);
  result = math.cast(result, node.getElementType(0));
  return node.setResult(node.createReshape(result, reduction->shape));
}

ArrayRef<Operator> getReductionOperators() {
  static const Operator rows[] = {
      {"", "ReduceL1", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importNorm<Norm::L1>},
      {"", "ReduceL2", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importNorm<Norm::L2>},
      {"", "ReduceLogSum", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importNorm<Norm::LogSum>},
      {"", "ReduceLogSumExp", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduceLogSumExp},
      {"", "ReduceMax", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Max>},
      {"", "ReduceMean", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Mean>},
      {"", "ReduceMin", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Min>},
      {"", "ReduceProd", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Product>},
      {"", "ReduceSum", 1, 1, 2, 1, "axes:ints<13 keepdims:int noop_with_empty_axes:int>=13",
       importReduce<qnn::ReduceKind::Sum>},
      {"", "ReduceSumSquare", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importNorm<Norm::SumSquare>},
  };
  return rows;
}

} // namespace qcc::import
