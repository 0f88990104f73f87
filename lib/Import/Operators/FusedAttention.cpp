//===- FusedAttention.cpp - what transformer optimizers write for layers of a transformer
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"
#include "lib/Import/Operators/FusedProducts.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

namespace {

ArrayRef<int64_t> shapeOf(const Tensor &tensor) { return tensor.getType().getShape(); }

/// The operator Attention of ai.onnx on a query, key and value of one number of heads. A mask says
/// which keys count.
class FusedAttention {
public:
  FusedAttention(NodeContext &node, Parts &parts) : node(node), parts(parts) {}

  /// Splits [batch, steps, all features] into query, key and value.
  void splitProjection(Tensor projection, ArrayRef<int64_t> sizes);
  LogicalResult readHeads();
  /// The mask, and `bias` that is added to the scores.
  LogicalResult readMask(unsigned mask, unsigned bias);
  SmallVector<Tensor> make(unsigned outputs) {
    return parts.makeSeveral("Attention", {query, key, value, scoreBias, pastKey, pastValue},
                             attributes, outputs);
  }

  Tensor query, key, value;  // [batch, steps, heads * size]
  Tensor pastKey, pastValue; // [batch, heads, steps, size]

private:
  Value compareKeys(qnn::CompareKind kind, Value bounds);

  NodeContext &node;
  Parts &parts;
  PartAttributes attributes;
  Tensor scoreBias;
  int64_t batch, queries, keys;
};

void FusedAttention::splitProjection(Tensor projection, ArrayRef<int64_t> sizes) {
  auto split = parts.makeSeveral("Split", {projection, parts.list(sizes)},
                                 PartAttributes().setInt("axis", -1), 3);
  query = split[0];
  key = split[1];
  value = split[2];
}

LogicalResult FusedAttention::readHeads() {
  int64_t heads = node.getInt("num_heads", 0);
  attributes.setInt("q_num_heads", heads).setInt("kv_num_heads", heads);
  attributes.setInt("is_causal", node.getInt("unidirectional", 0));
  if (node.getFloat("scale", 0) != 0)
    attributes.setFloat("scale", node.getFloat("scale", 0));
  if (parts.hasFailed())
    return failure();
  batch = shapeOf(query)[0];
  queries = shapeOf(query)[1];
  keys = shapeOf(key)[1];
  if (pastKey)
    keys += shapeOf(pastKey)[2];
  for (const Tensor &tensor : {query, key, value})
    if (heads < 1 || shapeOf(tensor)[2] % heads)
      return node.error("E2016", "attribute 'num_heads' must divide the features of the query, key "
                                 "and value, one of which has " +
                                     Twine(shapeOf(tensor)[2]));
  return success();
}

/// The numbers of keys beside `bounds` of each batch: [batch, 1, 1, keys].
Value FusedAttention::compareKeys(qnn::CompareKind kind, Value bounds) {
  auto type = RankedTensorType::get({1, 1, 1, keys}, getElementTypeOrSelf(bounds));
  Value numbers =
      node.createConstant(*makeFromIntegers(type, llvm::to_vector(llvm::seq<int64_t>(0, keys))));
  return FloatMath(node).compare(kind, numbers, node.createReshape(bounds, {batch, 1, 1, 1}));
}

LogicalResult FusedAttention::readMask(unsigned mask, unsigned bias) {
  if (node.hasInput(bias)) {
    if (failed(node.requireFloat(bias)) || failed(node.requireRank(bias, 4, 4)))
      return failure();
    scoreBias = parts.get(bias);
  }
  if (!node.hasInput(mask))
    return success();
  float filter = node.getFloat("mask_filter_value", -10000);
  if (!std::isfinite(filter))
    return node.error("E2016", "attribute 'mask_filter_value' must be finite");
  auto integer = dyn_cast<IntegerType>(node.getElementType(mask));
  if (!integer || integer.getWidth() < 32)
    return node.error("E2308", node.describeInput(mask) + " must hold int32");
  if (failed(node.chargeFolding(2 * keys * static_cast<int64_t>(sizeof(int64_t)))))
    return failure();
  FloatMath math(node);
  Value given = node.getValue(mask), counts;
  SmallVector<int64_t> shape(node.getShape(mask));
  if (shape == ArrayRef<int64_t>{batch}) {
    // How many keys there are.
    counts = compareKeys(qnn::CompareKind::Less, given);
  } else if (shape == ArrayRef<int64_t>{2 * batch}) {
    // Where they end, then where they begin.
    auto part = [&](int64_t first) -> Value {
      auto type = node.getType(mask).clone(ArrayRef<int64_t>{batch});
      return node.create<qnn::SliceOp>(type, given, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{1});
    };
    Value begins = compareKeys(qnn::CompareKind::Less, part(batch));
    counts =
        math.binary<qnn::AndOp>(compareKeys(qnn::CompareKind::Less, part(0)), math.invert(begins));
  } else if (shape == ArrayRef<int64_t>{batch, keys} ||
             shape == ArrayRef<int64_t>{batch, queries, keys}) {
    // 1 for those that count, for all queries or for each.
    SmallVector<int64_t> wide = {batch, 1, shape.size() == 2 ? 1 : queries, keys};
    counts =
        math.compare(qnn::CompareKind::Less, math.like(given, 0), node.createReshape(given, wide));
  } else {
    return node.error("E2302",
                      node.describeInput(mask) + " of shape " + formatShape(shape) +
                          " is none of the masks that qcc supports: " + formatShape({batch}) +
                          ", " + formatShape({2 * batch}) + ", " + formatShape({batch, keys}) +
                          " and " + formatShape({batch, queries, keys}));
  }
  auto type = cast<RankedTensorType>(counts.getType()).clone(node.builder.getF32Type());
  Tensor added = {nullptr,
                  node.create<qnn::SelectOp>(type, counts, math.scalar(0), math.scalar(filter))};
  scoreBias = scoreBias ? parts.make("Add", {scoreBias, added}) : added;
  return parts.hasFailed() ? failure() : success();
}

/// Fails when the node has one of the attributes with another value than 0.
LogicalResult refuseAttributes(NodeContext &node, ArrayRef<StringRef> names) {
  for (StringRef name : names)
    if (node.getInt(name, 0) != 0)
      return node.error("E2309", "has the attribute " + quoted(name) +
                                     ", which qcc does not "
                                     "support");
  return success();
}

LogicalResult refuseInputs(NodeContext &node, ArrayRef<unsigned> inputs) {
  for (unsigned i : inputs)
    if (node.hasInput(i))
      return node.error("E2309", "has " + node.describeInput(i) + ", which qcc does not support");
  return success();
}

} // namespace

//===- One input --------------------------------------------------------------//

/// Attention on the projection of one input. A past holds keys and values:
/// [2, batch, heads, steps, size].
static LogicalResult importSelfAttention(NodeContext &node, Parts &parts, Tensor projection,
                                         ArrayRef<int64_t> sizes, unsigned mask, unsigned past,
                                         unsigned bias) {
  if (failed(refuseAttributes(node, {"do_rotary", "past_present_share_buffer"})))
    return failure();
  FusedAttention attention(node, parts);
  attention.splitProjection(projection, sizes);
  if (node.hasInput(past)) {
    if (failed(node.requireRank(past, 5, 5)))
      return failure();
    auto select = [&](int64_t index) {
      return parts.make("Gather", {parts.get(past), parts.integer(index)});
    };
    attention.pastKey = select(0);
    attention.pastValue = select(1);
  }
  if (failed(attention.readHeads()) || failed(attention.readMask(mask, bias)))
    return failure();
  auto results = attention.make(node.hasOutput(1) ? 3 : 1);
  if (node.hasOutput(1)) {
    auto widen = [&](Tensor tensor) { return parts.make("Unsqueeze", {tensor, parts.list({0})}); };
    Tensor present = parts.make("Concat", {widen(results[1]), widen(results[2])},
                                PartAttributes().setInt("axis", 0));
    if (parts.hasFailed())
      return failure();
    (void)node.setResult(present, 1);
  }
  return parts.finish(results[0]);
}

/// Three equal parts of the weights' columns, or those of 'qkv_hidden_sizes'.
static FailureOr<SmallVector<int64_t>> readSizes(NodeContext &node) {
  if (failed(node.requireRank(0, 3, 3)) || failed(node.requireRank(1, 2, 2)))
    return failure();
  SmallVector<int64_t> sizes = node.getInts("qkv_hidden_sizes");
  if (sizes.empty())
    sizes.assign(3, node.getShape(1)[1] / 3);
  if (sizes.size() != 3)
    return node.error("E2016", "attribute 'qkv_hidden_sizes' must have 3 numbers");
  return sizes;
}

static LogicalResult importAttention(NodeContext &node) {
  auto sizes = readSizes(node);
  if (failed(sizes) || failed(refuseInputs(node, {6})))
    return failure();
  Parts parts(node);
  Tensor projection = parts.make("MatMul", {parts.get(0), parts.get(1)});
  if (node.hasInput(2))
    projection = parts.addTo(projection, parts.get(2));
  return importSelfAttention(node, parts, projection, *sizes, 3, 4, 5);
}

static LogicalResult importQAttention(NodeContext &node) {
  auto sizes = readSizes(node);
  if (failed(sizes))
    return failure();
  Parts parts(node);
  Tensor projection = makeProduct(parts, {parts.get(0), parts.get(3), parts.get(6)},
                                  {parts.get(1), parts.get(4), parts.get(7)}, parts.get(2));
  return importSelfAttention(node, parts, projection, *sizes, 5, 8, /*bias=*/~0u);
}

//===- Query, key and value ---------------------------------------------------//

/// A key or value of rank 4 has its heads apart: [batch, heads, steps, size].
static Tensor joinHeads(NodeContext &node, Parts &parts, unsigned input) {
  Tensor tensor = parts.get(input);
  if (node.getRank(input) == 3)
    return tensor;
  ArrayRef<int64_t> shape = node.getShape(input);
  return parts.reshape(parts.transpose(tensor, {0, 2, 1, 3}),
                       {shape[0], shape[2], shape[1] * shape[3]});
}

static LogicalResult importMultiHeadAttention(NodeContext &node) {
  if (!node.hasInput(1) || !node.hasInput(2))
    return node.error("E2309", "has its query, key and value in one tensor, which qcc does not "
                               "support");
  if (failed(refuseInputs(node, {8, 9})) || failed(node.requireRank(0, 3, 3)) ||
      failed(node.requireRank(1, 3, 4)) || failed(node.requireRank(2, 3, 4)))
    return failure();
  Parts parts(node);
  FusedAttention attention(node, parts);
  attention.query = parts.get(0);
  attention.key = joinHeads(node, parts, 1);
  attention.value = joinHeads(node, parts, 2);
  if (node.hasInput(3) && !parts.hasFailed()) {
    SmallVector<int64_t> sizes;
    Tensor *operands[] = {&attention.query, &attention.key, &attention.value};
    for (Tensor *operand : operands)
      sizes.push_back(shapeOf(*operand)[2]);
    auto biases = parts.makeSeveral("Split", {parts.get(3), parts.list(sizes)},
                                    PartAttributes().setInt("axis", 0), 3);
    for (auto [operand, bias] : llvm::zip(operands, biases))
      *operand = parts.addTo(*operand, bias);
  }
  if (node.hasInput(6) != node.hasInput(7))
    return node.error("E2011", "needs both past_key and past_value, or neither");
  if (node.hasInput(6) && failed(node.requireRank(6, 4, 4)))
    return failure();
  attention.pastKey = parts.get(6);
  attention.pastValue = parts.get(7);
  if (failed(attention.readHeads()) || failed(attention.readMask(4, 5)))
    return failure();
  auto results = attention.make(3);
  return parts.hasFailed() ? failure() : node.setResults(results);
}

//===- Positions and words ----------------------------------------------------//

/// The operator of ai.onnx has its inputs in another order, and a position for each step.
static LogicalResult importRotaryEmbedding(NodeContext &node) {
  if (failed(refuseAttributes(node, {"is_packed_batching"})) || failed(node.requireRank(0, 3, 4)) ||
      failed(node.requireRank(1, 1, 2)) || failed(node.requireRank(2, 2, 2)))
    return failure();
  if (node.getFloat("scale", 1) != 1)
    return node.error("E2309", "has the attribute 'scale', which qcc does not support");
  Parts parts(node);
  auto attributes = parts.copy({"interleaved", "rotary_embedding_dim"});
  bool isSplit = node.getRank(0) == 4;
  int64_t size = 2 * node.getShape(2)[1], heads = node.getInt("num_heads", 0);
  // Without 'num_heads' all of a head is rotated.
  if (!isSplit)
    attributes.setInt("num_heads", heads == 0 && size != 0 ? node.getShape(0)[2] / size : heads);
  Tensor positions = parts.get(1);
  int64_t batch = node.getShape(0)[0], steps = node.getShape(0)[isSplit ? 2 : 1];
  if (node.getRank(1) == 1) {
    // The first position.
    if (node.getShape(1)[0] != 1)
      return node.error("E2302", node.describeInput(1) + " of rank 1 must have one element");
    if (failed(node.chargeFolding(steps * static_cast<int64_t>(sizeof(int64_t)))))
      return failure();
    Tensor numbers = parts.list(llvm::to_vector(llvm::seq<int64_t>(0, steps)));
    Tensor first =
        parts.make("Cast", positions, PartAttributes().setInt("to", onnx::TensorProto::INT64));
    positions = parts.make("Expand", {parts.addTo(numbers, first), parts.list({batch, steps})});
  }
  return parts.finish(parts.make(
      "RotaryEmbedding", {parts.get(0), parts.get(2), parts.get(3), positions}, attributes));
}

/// The sum of the embeddings of words, positions and segments, normalized; then the number of words
/// that the mask has, and the sum. Quantized tables and parameters have a scale and a zero point
/// each.
template <bool isQuantized> static LogicalResult importEmbedLayerNormalization(NodeContext &node) {
  // clang-format off
  enum : unsigned {
    words, segments, wordTable, positionTable, segmentTable, scale, shift, mask, positions,
    firstScale = 8, firstZeroPoint = 13,
  };
  // clang-format on
  if (failed(node.requireRank(words, 2, 2)) || failed(node.requireRank(positionTable, 2, 2)))
    return failure();
  if (node.hasInput(segments) != node.hasInput(segmentTable))
    return node.error("E2011", "needs both segment_ids and segment_embedding, or neither");
  int64_t batch = node.getShape(words)[0], steps = node.getShape(words)[1];
  Parts parts(node);
  auto toReals = [&](Tensor codes, unsigned input) {
    unsigned number = input - wordTable;
    return isQuantized ? parts.make("DequantizeLinear", {codes, parts.get(firstScale + number),
                                                         parts.get(firstZeroPoint + number)})
                       : codes;
  };
  auto look = [&](unsigned table, unsigned numbers) {
    return toReals(parts.make("Gather", {parts.get(table), parts.get(numbers)}), table);
  };
  Tensor sum = look(wordTable, words), position;
  if (!isQuantized && node.hasInput(positions))
    position = look(positionTable, positions);
  else if (node.getShape(positionTable)[0] < steps)
    return node.error("E2302", node.describeInput(positionTable) + " of shape " +
                                   formatShape(node.getShape(positionTable)) + " has less than " +
                                   Twine(steps) + " positions");
  else
    position = toReals(parts.make("Slice", {parts.get(positionTable), parts.list({0}),
                                            parts.list({steps}), parts.list({0})}),
                       positionTable);
  sum = parts.addTo(sum, position);
  if (node.hasInput(segments))
    sum = parts.addTo(sum, look(segmentTable, segments));
  auto epsilon = PartAttributes().setFloat("epsilon", node.getFloat("epsilon", 1e-12f));
  Tensor result = parts.make(
      "LayerNormalization",
      {sum, toReals(parts.get(scale), scale), toReals(parts.get(shift), shift)}, epsilon);
  if (failed(node.chargeFolding(batch * static_cast<int64_t>(sizeof(int64_t)))))
    return failure();
  auto countType = RankedTensorType::get({batch}, node.builder.getI32Type());
  Tensor counts = {makeFromIntegers(countType, SmallVector<int64_t>(batch, 0)), nullptr};
  if (node.hasInput(mask)) {
    auto toInt = PartAttributes().setInt("to", onnx::TensorProto::INT32);
    Tensor numbers = parts.make("Cast", parts.get(mask), toInt);
    Tensor one = parts.make("Cast", parts.integer(1), toInt);
    Tensor isOne = parts.make("Cast", parts.make("Equal", {numbers, one}), toInt);
    counts =
        parts.make("ReduceSum", {isOne, parts.list({1})}, PartAttributes().setInt("keepdims", 0));
  }
  if (parts.hasFailed())
    return failure();
  (void)node.setResult(counts, 1);
  (void)node.setResult(sum, 2);
  return node.setResult(result);
}

ArrayRef<Operator> getFusedAttentionOperators() {
  constexpr unsigned segments = 1 << 1 | 1 << 4;
  static const Operator rows[] = {
      {"com.microsoft", "Attention", 1, 2, 7, 2,
       "do_rotary:int mask_filter_value:float num_heads:int! past_present_share_buffer:int "
       "qkv_hidden_sizes:ints rotary_embedding_dim:int scale:float unidirectional:int",
       importAttention},
      {"com.microsoft", "EmbedLayerNormalization", 1, 7, 9, 3, "epsilon:float mask_index_type:int",
       importEmbedLayerNormalization<false>, FloatTypes::Single, segments},
      {"com.microsoft", "MultiHeadAttention", 1, 1, 10, 3,
       "mask_filter_value:float num_heads:int! scale:float unidirectional:int",
       importMultiHeadAttention},
      {"com.microsoft", "QAttention", 1, 5, 9, 2,
       "do_rotary:int mask_filter_value:float num_heads:int! past_present_share_buffer:int "
       "scale:float unidirectional:int",
       importQAttention},
      {"com.microsoft", "QEmbedLayerNormalization", 1, 18, 18, 2,
       "epsilon:float mask_index_type:int", importEmbedLayerNormalization<true>, FloatTypes::Single,
       segments | 1 << 7 | 1 << 10 | 1 << 15},
      {"com.microsoft", "RotaryEmbedding", 1, 4, 4, 1,
       "interleaved:int is_packed_batching:int num_heads:int rotary_embedding_dim:int scale:float",
       importRotaryEmbedding},
  };
  return rows;
}

} // namespace qcc::import
