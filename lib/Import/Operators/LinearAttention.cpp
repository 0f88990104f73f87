//===- LinearAttention.cpp - attention with a state of fixed size
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps are unrolled: each one updates the state [B,H,K,V] by an outer product and reads it.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/AttentionHeads.h"
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/Moves.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

namespace {

// Numbers of the inputs.
enum : unsigned { inputQ, inputK, inputV, inputPast, inputDecay, inputBeta };

class LinearAttentionLayer {
public:
  explicit LinearAttentionLayer(NodeContext &node) : node(node), math(node) {}
  LogicalResult run();

private:
  LogicalResult readRule();
  LogicalResult readTensors();
  /// [B,T,H] or [B,T,H*D] as [B,H,T,1] or [B,H,T,D].
  FailureOr<Value> readGate(unsigned input, ArrayRef<int64_t> sizes);
  /// Step `step` of [B,H,T,D] as [B,H,1,D], or [B,H,D,1] when turned.
  Value takeStep(Value value, int64_t step, bool turned = false);
  Value multiply(Value lhs, Value rhs);

  NodeContext &node;
  FloatMath math;
  bool hasDecay = false, hasDelta = false;
  Value query, key, value, decay, beta, state;
  int64_t batch, steps, heads, keyHeads;
};

LogicalResult LinearAttentionLayer::readRule() {
  StringRef rule = node.getString("update_rule", "gated_delta");
  if (rule != "linear" && rule != "gated" && rule != "delta" && rule != "gated_delta")
    return node.error("E2016", "attribute 'update_rule' must be 'linear', 'gated', 'delta' or "
                               "'gated_delta'");
  hasDecay = rule.starts_with("gated");
  hasDelta = rule.ends_with("delta");
  if (hasDecay != node.hasInput(inputDecay) || hasDelta != node.hasInput(inputBeta))
    return node.error("E2011", "has not the inputs of update rule '" + rule + "'");
  return success();
}

FailureOr<Value> LinearAttentionLayer::readGate(unsigned input, ArrayRef<int64_t> sizes) {
  if (failed(node.requireFloat(input)) || failed(node.requireRank(input, 3, 3)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(input);
  if (shape[0] != batch || shape[1] != steps || !llvm::is_contained(sizes, shape[2]))
    return node.error("E2302", node.describeInput(input) + " of shape " + formatShape(shape) +
                                   " does not fit the query");
  int64_t gateHeads = shape[2] == 1 ? 1 : keyHeads;
  Value split =
      node.createReshape(node.getValue(input), {batch, steps, gateHeads, shape[2] / gateHeads});
  return node.createTranspose(split, {0, 2, 1, 3});
}

LogicalResult LinearAttentionLayer::readTensors() {
  if (failed(splitQueryKeyValue(node, 3, query, key, value)))
    return failure();
  ArrayRef<int64_t> q = getTensorType(query).getShape(), k = getTensorType(key).getShape(),
                    v = getTensorType(value).getShape();
  batch = q[0];
  heads = q[1];
  keyHeads = k[1];
  steps = q[2];
  if (k[0] != batch || v[0] != batch || k[2] != steps || v[2] != steps || k[3] != q[3] ||
      keyHeads == 0 || heads % keyHeads != 0)
    return node.error("E2302", "cannot combine a query " + formatShape(q) + ", key " +
                                   formatShape(k) + " and value " + formatShape(v));
  if (steps == 0)
    return node.error("E2105", "has no steps, so a result has no elements");
  constexpr int64_t mostSteps = 1024;
  if (steps > mostSteps)
    return node.error("E2309", "has " + Twine(steps) + " steps, of which qcc unrolls at most " +
                                   Twine(mostSteps));
  SmallVector<int64_t> shape = {batch, keyHeads, k[3], v[3]};
  auto type = node.makeType(shape, node.builder.getF32Type());
  if (failed(type))
    return failure();
  if (node.hasInput(inputPast)) {
    if (failed(node.requireFloat(inputPast)))
      return failure();
    if (node.getShape(inputPast) != ArrayRef<int64_t>(shape))
      return node.error("E2302",
                        node.describeInput(inputPast) + " must have shape " + formatShape(shape));
    state = node.getValue(inputPast);
  }
  if (hasDecay) {
    auto gate = readGate(inputDecay, {keyHeads, keyHeads * k[3]});
    if (failed(gate))
      return failure();
    decay = math.unary<qnn::ExpOp>(*gate);
  }
  if (hasDelta) {
    auto gate = readGate(inputBeta, {keyHeads, 1});
    if (failed(gate))
      return failure();
    beta = *gate;
  }
  return success();
}

Value LinearAttentionLayer::takeStep(Value value, int64_t step, bool turned) {
  value = createSliceAlong(node, value, 2, step, 1);
  ArrayRef<int64_t> shape = getTensorType(value).getShape();
  return turned ? node.createReshape(value, {shape[0], shape[1], shape[3], 1}) : value;
}

Value LinearAttentionLayer::multiply(Value lhs, Value rhs) {
  SmallVector<int64_t> shape(getTensorType(lhs).getShape());
  shape.back() = getTensorType(rhs).getDimSize(3);
  return node.create<qnn::MatMulOp>(getTensorType(lhs).clone(shape), lhs, rhs);
}

LogicalResult LinearAttentionLayer::run() {
  if (failed(readRule()) || failed(readTensors()))
    return failure();
  int64_t depth = getTensorType(key).getDimSize(3), width = getTensorType(value).getDimSize(3);
  float scale = node.getFloat("scale", 0);
  if (!std::isfinite(scale))
    return node.error("E2016", "attribute 'scale' must be finite");
  if (scale == 0)
    scale = 1 / std::sqrt(static_cast<float>(depth));
  SmallVector<Value> outputs;
  for (int64_t step = 0; step < steps; ++step) {
    if (state && hasDecay)
      state = math.mul(state, takeStep(decay, step, /*turned=*/true));
    Value written = takeStep(value, step);
    if (hasDelta) {
      if (state)
        written = math.sub(written, multiply(takeStep(key, step), state));
      written = math.mul(takeStep(beta, step), written);
    }
    Value update = math.mul(takeStep(key, step, /*turned=*/true), written);
    state = state ? math.add(state, update) : update;
    // Query heads that share a state are rows of one product.
    int64_t rows = heads / keyHeads;
    Value read = node.createReshape(takeStep(query, step), {batch, keyHeads, rows, depth});
    outputs.push_back(node.createReshape(math.mul(multiply(read, state), math.scalar(scale)),
                                         {batch, 1, heads * width}));
  }
  Value result = outputs.front();
  if (steps > 1)
    result = node.create<qnn::ConcatOp>(getTensorType(result).clone({batch, steps, heads * width}),
                                        outputs, 1);
  (void)node.setResult(result, 0);
  return node.setResult(state, 1);
}

} // namespace

LogicalResult importLinearAttention(NodeContext &node) { return LinearAttentionLayer(node).run(); }

} // namespace qcc::import
