//===- TextFeatures.cpp - ONNX TfIdfVectorizer on integers
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// The n-grams of one length, and the numbers of their counters.
struct Grams {
  int64_t length;
  SmallVector<int64_t> items; // [gram, place]
  SmallVector<int64_t> counters;
};

/// Counts how often each n-gram of the pool occurs in each row.
class Vectorizer {
public:
  explicit Vectorizer(NodeContext &node) : node(node), math(node) {}

  LogicalResult run();

private:
  LogicalResult readPool();
  bool fitsInput(int64_t item);
  Value countGrams(const Grams &grams, int64_t skip);
  Value getItems(const Grams &grams, int64_t place);

  NodeContext &node;
  FloatMath math;
  int64_t shortest = 1, longest = 1, mostSkipped = 0;
  int64_t rows = 1, columns = 0, counters = 0;
  Value input; // [rows, columns], of a type that holds all items of the pool
  SmallVector<Grams> pool;
};

LogicalResult Vectorizer::readPool() {
  if (!node.hasAttribute("pool_int64s"))
    return node.error("E2309", "has a pool of strings; only integers are supported");
  SmallVector<int64_t> items = node.getInts("pool_int64s"), starts = node.getInts("ngram_counts"),
                       indexes = node.getInts("ngram_indexes");
  shortest = node.getInt("min_gram_length", 1);
  longest = node.getInt("max_gram_length", 1);
  mostSkipped = node.getInt("max_skip_count", 0);
  if (shortest < 1 || longest < shortest || longest > 16 || mostSkipped < 0 || mostSkipped > 64)
    return node.error("E2309", "the lengths of n-grams or the skip count are out of range");
  size_t next = 0; // n-gram of any length
  for (size_t i = 0; i < starts.size(); ++i) {
    int64_t begin = starts[i], end = i + 1 < starts.size() ? starts[i + 1] : items.size();
    auto length = static_cast<int64_t>(i + 1);
    if (begin < 0 || end < begin || end > static_cast<int64_t>(items.size()) ||
        (end - begin) % length)
      return node.error("E2309", "ngram_counts does not divide the pool");
    Grams grams{length, SmallVector<int64_t>(ArrayRef(items).slice(begin, end - begin)), {}};
    for (int64_t gram = 0; gram < (end - begin) / length; ++gram, ++next) {
      if (next >= indexes.size() || indexes[next] < 0 || indexes[next] >= 1 << 20)
        return node.error("E2309", "ngram_indexes lacks an index, or one is out of range");
      grams.counters.push_back(indexes[next]);
    }
    if (length >= shortest && length <= longest && !grams.counters.empty())
      pool.push_back(std::move(grams));
  }
  for (int64_t index : indexes)
    counters = std::max(counters, std::min<int64_t>(index, 1 << 20) + 1);
  if (counters == 0)
    return node.error("E2309", "has no n-grams");
  return success();
}

bool Vectorizer::fitsInput(int64_t item) {
  Type type = node.getElementType(0);
  unsigned width = type.getIntOrFloatBitWidth();
  if (qnn::isSignedStorage(type))
    return llvm::isIntN(width, item);
  return item >= 0 && llvm::isUIntN(width, item);
}

/// The items at one place of each n-gram.
Value Vectorizer::getItems(const Grams &grams, int64_t place) {
  SmallVector<int64_t> items;
  for (size_t gram = 0; gram < grams.counters.size(); ++gram)
    items.push_back(grams.items[gram * grams.length + place]);
  auto type =
      RankedTensorType::get({static_cast<int64_t>(items.size())}, getElementTypeOrSelf(input));
  return node.createConstant(*makeFromIntegers(type, items));
}

/// [rows, grams]: occurrences whose items lie `skip` places apart. Null when none fits.
Value Vectorizer::countGrams(const Grams &grams, int64_t skip) {
  int64_t starts = columns - (grams.length - 1) * skip;
  if (starts < 1)
    return {};
  auto count = static_cast<int64_t>(grams.counters.size());
  auto bools = RankedTensorType::get({rows, starts, count}, node.builder.getI1Type());
  Value matches;
  for (int64_t place = 0; place < grams.length; ++place) {
    auto type = RankedTensorType::get({rows, starts, 1}, getElementTypeOrSelf(input));
    Value items = node.create<qnn::SliceOp>(type, node.createReshape(input, {rows, columns, 1}),
                                            ArrayRef<int64_t>{0, place * skip, 0},
                                            ArrayRef<int64_t>{1, 1, 1});
    Value equal =
        node.create<qnn::CompareOp>(bools, qnn::CompareKind::Equal, items, getItems(grams, place));
    matches = matches ? node.create<qnn::AndOp>(bools, matches, equal) : equal;
  }
  Value numbers = node.create<qnn::CastOp>(bools.clone(node.builder.getF32Type()), matches);
  return node.createReshape(math.reduce(qnn::ReduceKind::Sum, numbers, {1}), {rows, count});
}

LogicalResult Vectorizer::run() {
  if (!isa<IntegerType>(node.getElementType(0)) || node.getElementType(0).isInteger(1))
    return node.error("E2308", node.describeInput(0) + " must hold integers");
  if (failed(node.requireRank(0, 1, 2)) || failed(readPool()))
    return failure();
  StringRef mode = node.getString("mode", "TF");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
    return node.error("E2309", "mode " + quoted(mode) + " is not known");
  SmallVector<double> weights = node.getFloats("weights");
  if (!weights.empty() && static_cast<int64_t>(weights.size()) < counters)
    return node.error("E2309", "has fewer weights than counters");
  ArrayRef<int64_t> shape = node.getShape(0);
  columns = shape.back();
  rows = shape.size() == 2 ? shape[0] : 1;
  input = node.createReshape(node.getValue(0), {rows, columns});
  if (!llvm::all_of(pool, [&](const Grams &grams) {
        return llvm::all_of(grams.items, [&](int64_t item) { return fitsInput(item); });
      }))
    input = math.cast(input, node.builder.getI64Type());

  // Counts of all n-grams beside each other, then each goes to its counter.
  SmallVector<Value> parts;
  SmallVector<int64_t> targets;
  for (const Grams &grams : pool) {
    Value sum;
    // Single items have no places between them.
    for (int64_t skip = 1; skip <= (grams.length == 1 ? 1 : mostSkipped + 1); ++skip)
      if (Value counted = countGrams(grams, skip))
        sum = sum ? math.add(sum, counted) : counted;
    if (!sum)
      continue;
    parts.push_back(sum);
    llvm::append_range(targets, grams.counters);
  }
  auto all = static_cast<int64_t>(targets.size());
  if (all == 0)
    return node.error("E2309", "no n-gram of the pool fits a row of " + Twine(columns) + " items");
  RankedTensorType type = RankedTensorType::get({rows, counters}, node.builder.getF32Type());
  if (failed(node.makeType(type.getShape(), type.getElementType())))
    return failure();
  Value counts =
      parts.size() == 1 ? parts[0] : node.create<qnn::ConcatOp>(type.clone({rows, all}), parts, 1);
  auto matrix = node.computeFloats({counters, all}, [&](MutableArrayRef<float> values) {
    for (auto [gram, target] : llvm::enumerate(targets))
      values[target * all + gram] = 1;
  });
  if (failed(matrix))
    return failure();
  Value result = node.create<qnn::LinearOp>(type, counts, *matrix, Value(), Value(), Value());
  if (mode == "IDF")
    result = math.min(result, math.scalar(1));
  if (mode != "TF" && !weights.empty()) {
    SmallVector<float> factors(weights.begin(), weights.begin() + counters);
    result = math.mul(result, node.createFloats({counters}, factors));
  }
  return node.setResult(shape.size() == 2 ? result : node.createReshape(result, {counters}));
}

} // namespace

static LogicalResult importTfIdfVectorizer(NodeContext &node) { return Vectorizer(node).run(); }

ArrayRef<Operator> getTextOperators() {
  static const Operator rows[] = {
      {"", "TfIdfVectorizer", 9, 1, 1, 1,
       "max_gram_length:int! max_skip_count:int! min_gram_length:int! mode:string! "
       "ngram_counts:ints! ngram_indexes:ints! pool_int64s:ints pool_strings:strings "
       "weights:floats",
       importTfIdfVectorizer},
  };
  return rows;
}

} // namespace qcc::import
