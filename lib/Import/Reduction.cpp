//===- Reduction.cpp - ONNX operators that reduce dimensions
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeContext.h"

using namespace mlir;

namespace qcc::import {

template <qnn::ReduceKind kind> static LogicalResult importReduce(NodeContext &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  RankedTensorType type = node.getType(0);
  SmallVector<int64_t> given = node.getInts("axes");
  if (node.hasInput(1)) {
    auto axes = node.requireIntegers(1, "the axes");
    if (failed(axes))
      return failure();
    given = *axes;
  }
  if (given.empty() && node.getInt("noop_with_empty_axes", 0) != 0)
    return node.setResult(Tensor(node.getInput(0)));
  if (given.empty())
    given = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  auto axes = node.resolveAxes(given, type.getRank());
  if (failed(axes))
    return failure();
  SmallVector<int64_t> reduced(type.getShape()), shape;
  for (auto [i, size] : llvm::enumerate(reduced)) {
    if (llvm::is_contained(*axes, static_cast<int64_t>(i)))
      size = 1;
    else
      shape.push_back(size);
  }
  Value result = node.create<qnn::ReduceOp>(type.clone(reduced), node.getValue(0), kind, *axes);
  return node.setResult(node.getInt("keepdims", 1) != 0 ? result
                                                        : node.createReshape(result, shape));
}

ArrayRef<Operator> getReductionOperators() {
  static const Operator rows[] = {
      {"", "ReduceMax", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Max>},
      {"", "ReduceMean", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Mean>},
      {"", "ReduceMin", 1, 1, 2, 1, "axes:ints<18 keepdims:int noop_with_empty_axes:int>=18",
       importReduce<qnn::ReduceKind::Min>},
      {"", "ReduceSum", 1, 1, 2, 1, "axes:ints<13 keepdims:int noop_with_empty_axes:int>=13",
       importReduce<qnn::ReduceKind::Sum>},
  };
  return rows;
}

} // namespace qcc::import
