//===- Attention.cpp - scaled dot product attention
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two matrix products around a softmax.
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/AttentionHeads.h"
#include "lib/Import/Operators/FloatMath.h"

#include "dialects/QNN/QNNWeights.h"
#include <cmath>

using namespace mlir;

namespace qcc::import {

namespace {

// Numbers of the inputs.
enum : unsigned { inputQ, inputK, inputV, inputMask, inputPastK, inputPastV, inputLengths };

constexpr float minusInfinity = -std::numeric_limits<float>::infinity();

class AttentionLayer {
public:
  explicit AttentionLayer(NodeContext &node) : node(node), math(node), builder(node.builder) {}
  LogicalResult run();

private:
  LogicalResult readHeads();
  LogicalResult readCache();
  LogicalResult readBias();
  LogicalResult addMask();
  LogicalResult addLengths();
  void addBias(Value part) { bias = bias ? math.add(bias, part) : part; }
  /// 0 where `allowed` holds, minus infinity elsewhere.
  Value createBias(Value allowed) {
    auto type = getTensorType(allowed).clone(builder.getF32Type());
    return node.create<qnn::SelectOp>(type, allowed, math.scalar(0), math.scalar(minusInfinity));
  }
  /// What is known about query i and key j: f32 0 or minus infinity.
  LogicalResult addKnownBias(int64_t offset);
  /// number(i, j) <= lengths, for each batch.
  LogicalResult addBoundedBy(Value lengths, llvm::function_ref<int64_t(int64_t, int64_t)> number);

  NodeContext &node;
  FloatMath math;
  OpBuilder &builder;
  Value query, key, value, bias; // [B,H,S,D]; the bias broadcasts to [B,H,S,L]
  int64_t batch, heads, queries, keys, pastKeys = 0;
  int64_t left = -1, right = -1; // window; -1 is unbounded
  bool isCausal = false, mayMaskRows = false;
};

LogicalResult AttentionLayer::readHeads() {
  int64_t rank = node.getRank(inputQ);
  if (failed(splitQueryKeyValue(node, 4, query, key, value)))
    return failure();
  if (node.getRank(inputK) != rank || node.getRank(inputV) != rank)
    return node.error("E2302", "has a query, key and value of different ranks");
  return success();
}

LogicalResult AttentionLayer::readCache() {
  if (node.hasInput(inputPastK) != node.hasInput(inputPastV))
    return node.error("E2011", "needs both past_key and past_value, or neither");
  if (node.hasInput(inputPastK)) {
    for (unsigned i : {inputPastK, inputPastV}) {
      Value &present = i == inputPastK ? key : value;
      if (failed(node.requireFloat(i)) || failed(node.requireRank(i, 4, 4)))
        return failure();
      SmallVector<int64_t> shape(node.getShape(i)), now(getTensorType(present).getShape());
      int64_t past = shape[2];
      shape[2] = now[2];
      if (shape != now)
        return node.error("E2302", node.describeInput(i) + " of shape " +
                                       formatShape(node.getShape(i)) + " does not continue " +
                                       formatShape(now));
      shape[2] += past;
      auto type = node.makeType(shape, builder.getF32Type());
      if (failed(type))
        return failure();
      Value parts[] = {node.getValue(i), present};
      present = node.create<qnn::ConcatOp>(*type, ValueRange(parts), 2);
    }
    pastKeys = node.getShape(inputPastK)[2];
  }
  ArrayRef<int64_t> q = getTensorType(query).getShape(), k = getTensorType(key).getShape(),
                    v = getTensorType(value).getShape();
  batch = q[0];
  heads = q[1];
  queries = q[2];
  keys = k[2];
  if (!areHeadsCompatible(q, k, v))
    return node.error("E2302", "cannot combine a query " + formatShape(q) + ", key " +
                                   formatShape(k) + " and value " + formatShape(v));
  return success();
}

LogicalResult AttentionLayer::addMask() {
  if (failed(node.requireRank(inputMask, 1, 4)))
    return failure();
  Value mask = node.getValue(inputMask);
  if (node.getElementType(inputMask).isInteger(1))
    mask = createBias(mask);
  else if (failed(node.requireFloat(inputMask)))
    return failure();
  SmallVector<int64_t> shape(getTensorType(mask).getShape());
  // Keys that the mask does not reach are not seen.
  if (shape.back() < keys && (shape.back() != 1 || node.getRank(inputMask) == 1)) {
    SmallVector<int64_t> low(shape.size(), 0), high(shape.size(), 0);
    high.back() = keys - shape.back();
    shape.back() = keys;
    mask = node.create<qnn::PadOp>(getTensorType(mask).clone(shape), mask, low, high,
                                   APFloat(static_cast<double>(minusInfinity)));
  }
  SmallVector<int64_t> scores = {batch, heads, queries, keys};
  auto joined = broadcastShapes(shape, scores);
  if (!joined || *joined != scores)
    return node.error("E2301", node.describeInput(inputMask) + " of shape " +
                                   formatShape(node.getShape(inputMask)) +
                                   " cannot be broadcast to " + formatShape(scores));
  addBias(mask);
  mayMaskRows = true;
  return success();
}

LogicalResult AttentionLayer::addKnownBias(int64_t offset) {
  if (!isCausal && left < 0 && right < 0)
    return success();
  auto known = node.computeFloats({queries, keys}, [&](MutableArrayRef<float> values) {
    for (int64_t i = 0; i < queries; ++i) {
      bool seesOne = false;
      for (int64_t j = 0; j < keys; ++j) {
        int64_t distance = i + offset - j;
        bool allowed = (!isCausal || distance >= 0) && (left < 0 || distance <= left) &&
                       (right < 0 || -distance <= right);
        values[i * keys + j] = allowed ? 0 : minusInfinity;
        seesOne |= allowed;
      }
      mayMaskRows |= !seesOne;
    }
  });
  if (failed(known))
    return failure();
  addBias(*known);
  return success();
}

LogicalResult AttentionLayer::addBoundedBy(Value lengths,
                                           llvm::function_ref<int64_t(int64_t, int64_t)> number) {
  auto numbers = node.computeConstant<int64_t>({queries, keys}, builder.getI64Type(),
                                               [&](MutableArrayRef<int64_t> values) {
                                                 for (int64_t i = 0; i < queries; ++i)
                                                   for (int64_t j = 0; j < keys; ++j)
                                                     values[i * keys + j] = number(i, j);
                                               });
  if (failed(numbers))
    return failure();
  auto allowed = RankedTensorType::get({batch, 1, queries, keys}, builder.getI1Type());
  addBias(createBias(
      node.create<qnn::CompareOp>(allowed, qnn::CompareKind::LessOrEqual, *numbers, lengths)));
  return success();
}

/// The keys of each batch that are none: queries are the last ones before them.
LogicalResult AttentionLayer::addLengths() {
  if (node.hasInput(inputPastK))
    return node.error("E2309", "has nonpad_kv_seqlen and a past, which exclude each other");
  if (!node.getElementType(inputLengths).isInteger(64) ||
      node.getShape(inputLengths) != ArrayRef<int64_t>({batch}))
    return node.error("E2302",
                      node.describeInput(inputLengths) + " must hold " + Twine(batch) + " int64");
  Value lengths = node.createReshape(node.getValue(inputLengths), {batch, 1, 1, 1});
  auto addUpTo = [&](int64_t distance) {
    return addBoundedBy(lengths, [=](int64_t i, int64_t j) { return j - i + distance; });
  };
  if (failed(addBoundedBy(lengths, [](int64_t i, int64_t j) { return j + 1; })) ||
      (isCausal && failed(addUpTo(queries))) || (right >= 0 && failed(addUpTo(queries - right))))
    return failure();
  if (left >= 0) {
    // lengths <= limit, written as -limit <= -lengths.
    Value negative = node.create<qnn::NegOp>(lengths.getType(), lengths);
    if (failed(
            addBoundedBy(negative, [&](int64_t i, int64_t j) { return i - j - queries - left; })))
      return failure();
  }
  mayMaskRows = true;
  return success();
}

LogicalResult AttentionLayer::readBias() {
  isCausal = node.getInt("is_causal", 0) != 0;
  left = node.getInt("left_window_size", -1);
  right = node.getInt("right_window_size", -1);
  constexpr int64_t most = int64_t(1) << 31;
  if (left < -1 || right < -1 || left > most || right > most)
    return node.error("E2016", "attributes 'left_window_size' and 'right_window_size' must be -1 "
                               "or a number of keys");
  auto scores = node.makeType({batch, heads, queries, keys}, builder.getF32Type());
  if (failed(scores))
    return failure();
  if (node.hasInput(inputMask) && failed(addMask()))
    return failure();
  if (node.hasInput(inputLengths))
    return addLengths();
  return addKnownBias(pastKeys);
}

LogicalResult AttentionLayer::run() {
  if (failed(readHeads()) || failed(readCache()) || failed(readBias()))
    return failure();
  float scale = node.getFloat("scale", 0), softcap = node.getFloat("softcap", 0);
  if (!node.hasAttribute("scale"))
    scale = 1 / std::sqrt(static_cast<float>(getTensorType(query).getDimSize(3)));
  int64_t mode = node.getInt("qk_matmul_output_mode", 0);
  if (!std::isfinite(scale) || scale < 0 || !std::isfinite(softcap) || softcap < 0 || mode < 0 ||
      mode > 3)
    return node.error("E2016", "attributes 'scale' and 'softcap' must be finite and not negative, "
                               "'qk_matmul_output_mode' between 0 and 3");
  Value scores = createScores(node, query, key, scale);
  Value stages[4];
  stages[0] = scores;
  if (softcap > 0) {
    Value cap = math.scalar(softcap);
    scores = math.mul(math.unary<qnn::TanhOp>(math.div(scores, cap)), cap);
  }
  stages[1] = scores;
  if (bias)
    scores = math.add(scores, bias);
  stages[2] = scores;
  Value weights = node.create<qnn::SoftmaxOp>(getTensorType(scores), scores, 3);
  if (mayMaskRows) {
    // A query that sees no key has no weights.
    int64_t axis = getTensorType(bias).getRank() - 1;
    Value best = math.reduce(qnn::ReduceKind::Max, bias, {axis});
    Value none =
        node.create<qnn::CompareOp>(getTensorType(best).clone(builder.getI1Type()),
                                    qnn::CompareKind::Equal, best, math.scalar(minusInfinity));
    weights = node.create<qnn::SelectOp>(getTensorType(weights), none, math.scalar(0), weights);
  }
  stages[3] = weights;
  Value result = multiplyHeads(node, weights, value);
  if (node.getRank(inputQ) == 3)
    result = joinHeads(node, result);
  (void)node.setResult(result, 0);
  (void)node.setResult(key, 1);
  (void)node.setResult(value, 2);
  return node.setResult(stages[mode], 3);
}

LogicalResult importAttention(NodeContext &node) { return AttentionLayer(node).run(); }

} // namespace

FailureOr<Value> splitHeads(NodeContext &node, unsigned input, StringRef attribute) {
  ArrayRef<int64_t> shape = node.getShape(input);
  Value tensor = node.getValue(input);
  if (shape.size() == 4)
    return tensor;
  int64_t heads = node.getInt(attribute, 0);
  if (heads <= 0 || shape[2] % heads != 0)
    return node.error("E2016", "attribute '" + attribute + "' must divide the last dimension of " +
                                   node.describeInput(input) + ", " + Twine(shape[2]));
  Value split = node.createReshape(tensor, {shape[0], shape[1], heads, shape[2] / heads});
  return node.createTranspose(split, {0, 2, 1, 3});
}

LogicalResult splitQueryKeyValue(NodeContext &node, int64_t mostRank, Value &query, Value &key,
                                 Value &value) {
  for (unsigned i : {0, 1, 2})
    if (failed(node.requireFloat(i)) || failed(node.requireRank(i, 3, mostRank)))
      return failure();
  Value *parts[] = {&query, &key, &value};
  for (auto [i, part] : llvm::enumerate(parts)) {
    auto split = splitHeads(node, i, i == 0 ? "q_num_heads" : "kv_num_heads");
    if (failed(split))
      return failure();
    *part = *split;
  }
  return success();
}

Value joinHeads(NodeContext &node, Value value) {
  ArrayRef<int64_t> shape = getTensorType(value).getShape();
  return node.createReshape(node.createTranspose(value, {0, 2, 1, 3}),
                            {shape[0], shape[2], shape[1] * shape[3]});
}

bool areHeadsCompatible(ArrayRef<int64_t> query, ArrayRef<int64_t> key, ArrayRef<int64_t> value) {
  return key[0] == query[0] && value[0] == query[0] && value[1] == key[1] && value[2] == key[2] &&
         key[3] == query[3] && key[1] > 0 && query[1] % key[1] == 0;
}

Value multiplyHeads(NodeContext &node, Value lhs, Value rhs) {
  ArrayRef<int64_t> left = getTensorType(lhs).getShape(), right = getTensorType(rhs).getShape();
  int64_t rows = left[1] / right[1] * left[2];
  Value joined = node.createReshape(lhs, {left[0], right[1], rows, left[3]});
  auto type = getTensorType(lhs).clone({left[0], right[1], rows, right[3]});
  Value product = node.create<qnn::MatMulOp>(type, joined, rhs);
  return node.createReshape(product, {left[0], left[1], left[2], right[3]});
}

Value createScores(NodeContext &node, Value query, Value key, float scale) {
  // Both factors get the root, so that neither loses digits at the ends of its range.
  FloatMath math(node);
  Value root = math.scalar(std::sqrt(scale));
  Value turned = node.createTranspose(math.mul(key, root), {0, 1, 3, 2});
  return multiplyHeads(node, math.mul(query, root), turned);
}

ArrayRef<Operator> getAttentionOperators() {
  static const Operator rows[] = {
      {"", "Attention", 23, 3, 7, 4,
       "is_causal:int kv_num_heads:int left_window_size:int>=25 q_num_heads:int "
       "qk_matmul_output_mode:int right_window_size:int>=25 scale:float softcap:float "
       "softmax_precision:int",
       importAttention},
      {"", "LinearAttention", 27, 3, 6, 2,
       "chunk_size:int kv_num_heads:int! q_num_heads:int! scale:float update_rule:string",
       importLinearAttention},
      {"", "RotaryEmbedding", 23, 3, 4, 1, "interleaved:int num_heads:int rotary_embedding_dim:int",
       importRotaryEmbedding},
      {"ai.onnx.preview", "FlexAttention", 1, 3, 3, 1,
       "prob_mod:graph scale:float score_mod:graph softmax_precision:int", importFlexAttention},
  };
  return rows;
}

} // namespace qcc::import
