//===- Einsum.cpp - sums of products by labels
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operands are combined from left to right: labels that nobody needs any more are summed, labels of
// both sides that the rest still needs are batch dimensions, the others of both are the depth of a
// matrix product.
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeContext.h"
#include "lib/Import/Operators/FloatMath.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace mlir;

namespace qcc::import {

namespace {

/// A letter, or 256 + i for the dimension i from the right that "..." stands for.
using Label = int;
using Labels = SmallVector<Label>;

struct LabelledTensor {
  Value value;
  Labels labels; // one for each dimension
};

class Einsum {
public:
  explicit Einsum(NodeContext &node) : node(node), math(node) {}

  LogicalResult import();

private:
  LogicalResult readEquation();
  FailureOr<Labels> readTerm(StringRef term, int64_t ellipsis);
  LogicalResult readSizes();
  LogicalResult settle(LabelledTensor &tensor);
  void takeDiagonal(LabelledTensor &tensor, size_t first, size_t second);
  void sumUnneeded(LabelledTensor &tensor, const Labels &needed);
  FailureOr<LabelledTensor> combine(LabelledTensor lhs, LabelledTensor rhs, const Labels &needed);
  FailureOr<LabelledTensor> multiply(const LabelledTensor &lhs, const LabelledTensor &rhs);
  Value arrange(const LabelledTensor &tensor, const Labels &order);

  int64_t getSize(const Labels &labels) {
    int64_t product = 1;
    for (Label label : labels)
      product *= sizes[label];
    return product;
  }
  SmallVector<int64_t> getSizes(const Labels &labels) {
    SmallVector<int64_t> shape;
    for (Label label : labels)
      shape.push_back(sizes[label]);
    return shape;
  }

  NodeContext &node;
  FloatMath math;
  std::string equation;
  SmallVector<LabelledTensor> operands;
  Labels result;
  std::map<Label, int64_t> sizes;
};

constexpr Label firstEllipsis = 256;

FailureOr<Labels> Einsum::readTerm(StringRef term, int64_t ellipsis) {
  Labels labels;
  bool hasEllipsis = false;
  while (!term.empty()) {
    if (term.consume_front("...") && !hasEllipsis) {
      hasEllipsis = true;
      for (int64_t i = ellipsis; i > 0; --i)
        labels.push_back(firstEllipsis + static_cast<Label>(i) - 1);
      continue;
    }
    if (term.empty() || !llvm::isAlpha(term.front()))
      return node.error("E2016", "attribute 'equation' " + quoted(equation) + " is malformed");
    labels.push_back(term.front());
    term = term.drop_front();
  }
  return labels;
}

LogicalResult Einsum::readEquation() {
  for (char c : node.getString("equation", ""))
    if (c != ' ')
      equation += c;
  auto [left, right] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != node.getNumInputs())
    return node.error("E2016", "attribute 'equation' " + quoted(equation) + " has " +
                                   Twine(terms.size()) + " terms for " +
                                   Twine(node.getNumInputs()) + " inputs");
  int64_t most = 0;
  for (auto [i, term] : llvm::enumerate(terms)) {
    int64_t rank = node.getRank(i), letters = static_cast<int64_t>(term.size());
    bool hasEllipsis = term.contains("...");
    letters -= hasEllipsis ? 3 : 0;
    if (hasEllipsis ? rank < letters : rank != letters)
      return node.error("E2302", node.describeInput(i) + " of rank " + Twine(rank) +
                                     " does not fit the term " + quoted(term));
    int64_t ellipsis = hasEllipsis ? rank - letters : 0;
    most = std::max(most, ellipsis);
    auto labels = readTerm(term, ellipsis);
    if (failed(labels))
      return failure();
    operands.push_back({node.getValue(i), *labels});
  }
  if (isExplicit) {
    auto labels = readTerm(right, most);
    if (failed(labels))
      return failure();
    result = *labels;
    return success();
  }
  // Without "->": the ellipsis, then the letters that occur once.
  std::map<Label, int> uses;
  for (const LabelledTensor &operand : operands)
    for (Label label : operand.labels)
      ++uses[label];
  for (int64_t i = most; i > 0; --i)
    result.push_back(firstEllipsis + static_cast<Label>(i) - 1);
  for (auto [label, count] : uses)
    if (label < firstEllipsis && count == 1)
      result.push_back(label);
  return success();
}

LogicalResult Einsum::readSizes() {
  for (const LabelledTensor &operand : operands)
    for (auto [label, size] : llvm::zip(operand.labels, getTensorType(operand.value).getShape())) {
      int64_t &known = sizes.try_emplace(label, 1).first->second;
      if (known != 1 && size != 1 && known != size)
        return node.error("E2302", "a label of 'equation' " + quoted(equation) +
                                       " stands for dimensions of " + Twine(known) + " and " +
                                       Twine(size));
      known = known == 1 ? size : known;
    }
  for (auto [i, label] : llvm::enumerate(result))
    if (!sizes.count(label) || llvm::is_contained(ArrayRef(result).take_front(i), label))
      return node.error("E2016", "attribute 'equation' " + quoted(equation) +
                                     " has a result label that is unknown or given twice");
  return node.makeType(getSizes(result), getTensorType(operands.front().value).getElementType());
}

/// The diagonal of an n x n matrix is every element n + 1 of its row.
void Einsum::takeDiagonal(LabelledTensor &tensor, size_t first, size_t second) {
  SmallVector<int64_t> order;
  Labels labels;
  for (size_t i = 0; i < tensor.labels.size(); ++i)
    if (i != first && i != second) {
      order.push_back(static_cast<int64_t>(i));
      labels.push_back(tensor.labels[i]);
    }
  order.append({static_cast<int64_t>(first), static_cast<int64_t>(second)});
  labels.push_back(tensor.labels[first]);
  Value value = node.createTranspose(tensor.value, order);
  SmallVector<int64_t> shape(getTensorType(value).getShape());
  int64_t size = shape.pop_back_val();
  shape.back() *= size;
  value = node.createReshape(value, shape);
  SmallVector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1);
  shape.back() = size;
  strides.back() = size + 1;
  tensor.value =
      node.create<qnn::SliceOp>(getTensorType(value).clone(shape), value, offsets, strides);
  tensor.labels = labels;
}

/// Leaves each label once and at its full size: a dimension of 1 that others repeat goes away.
LogicalResult Einsum::settle(LabelledTensor &tensor) {
  for (size_t i = 0; i < tensor.labels.size(); ++i)
    for (size_t j = i + 1; j < tensor.labels.size(); ++j) {
      if (tensor.labels[i] != tensor.labels[j])
        continue;
      auto shape = getTensorType(tensor.value).getShape();
      if (shape[i] != shape[j])
        return node.error("E2302", "takes the diagonal of dimensions " + Twine(shape[i]) + " and " +
                                       Twine(shape[j]));
      takeDiagonal(tensor, i, j);
      i = 0, j = 0; // the dimensions have moved
    }
  Labels labels;
  SmallVector<int64_t> shape;
  for (auto [label, size] : llvm::zip(tensor.labels, getTensorType(tensor.value).getShape()))
    if (size == sizes[label]) {
      labels.push_back(label);
      shape.push_back(size);
    }
  tensor.value = node.createReshape(tensor.value, shape);
  tensor.labels = labels;
  return success();
}

void Einsum::sumUnneeded(LabelledTensor &tensor, const Labels &needed) {
  SmallVector<int64_t> axes;
  Labels labels;
  for (auto [i, label] : llvm::enumerate(tensor.labels))
    if (llvm::is_contained(needed, label))
      labels.push_back(label);
    else
      axes.push_back(static_cast<int64_t>(i));
  if (axes.empty())
    return;
  tensor.value =
      node.createReshape(math.reduce(qnn::ReduceKind::Sum, tensor.value, axes), getSizes(labels));
  tensor.labels = labels;
}

Value Einsum::arrange(const LabelledTensor &tensor, const Labels &order) {
  SmallVector<int64_t> permutation;
  for (Label label : order)
    permutation.push_back(llvm::find(tensor.labels, label) - tensor.labels.begin());
  return node.createTranspose(tensor.value, permutation);
}

/// Products of elements: no label is summed.
FailureOr<LabelledTensor> Einsum::multiply(const LabelledTensor &lhs, const LabelledTensor &rhs) {
  llvm::SetVector<Label> all;
  all.insert(lhs.labels.begin(), lhs.labels.end());
  all.insert(rhs.labels.begin(), rhs.labels.end());
  Labels labels(all.begin(), all.end());
  if (failed(node.makeType(getSizes(labels), getTensorType(lhs.value).getElementType())))
    return failure();
  auto spread = [&](const LabelledTensor &tensor) {
    Labels order;
    SmallVector<int64_t> shape;
    for (Label label : labels) {
      bool has = llvm::is_contained(tensor.labels, label);
      if (has)
        order.push_back(label);
      shape.push_back(has ? sizes[label] : 1);
    }
    return node.createReshape(arrange(tensor, order), shape);
  };
  Value left = spread(lhs), right = spread(rhs);
  return LabelledTensor{math.mul(left, right), labels};
}

FailureOr<LabelledTensor> Einsum::combine(LabelledTensor lhs, LabelledTensor rhs,
                                          const Labels &needed) {
  auto neededWith = [&](const LabelledTensor &other) {
    Labels all(needed);
    all.append(other.labels);
    return all;
  };
  sumUnneeded(lhs, neededWith(rhs));
  sumUnneeded(rhs, neededWith(lhs));
  Labels batch, depth, rows, columns;
  for (Label label : lhs.labels) {
    bool isShared = llvm::is_contained(rhs.labels, label);
    (!isShared ? rows : llvm::is_contained(needed, label) ? batch : depth).push_back(label);
  }
  if (depth.empty())
    return multiply(lhs, rhs);
  for (Label label : rhs.labels)
    if (!llvm::is_contained(lhs.labels, label))
      columns.push_back(label);
  auto join = [](std::initializer_list<const Labels *> parts) {
    Labels all;
    for (const Labels *part : parts)
      all.append(part->begin(), part->end());
    return all;
  };
  auto matrix = [&](int64_t height, int64_t width) {
    SmallVector<int64_t> shape = getSizes(batch);
    shape.append({height, width});
    return shape;
  };
  int64_t m = getSize(rows), k = getSize(depth), n = getSize(columns);
  auto type = node.makeType(matrix(m, n), getTensorType(lhs.value).getElementType());
  if (failed(type))
    return failure();
  Value left = node.createReshape(arrange(lhs, join({&batch, &rows, &depth})), matrix(m, k));
  Value product;
  if (batch.empty() && isConstantExpression(rhs.value) && type->getElementType().isF32()) {
    Value weights = node.createReshape(arrange(rhs, join({&columns, &depth})), {n, k});
    product = node.create<qnn::LinearOp>(*type, left, weights, Value(), Value(), Value());
  } else {
    Value right = node.createReshape(arrange(rhs, join({&batch, &depth, &columns})), matrix(k, n));
    product = node.create<qnn::MatMulOp>(*type, left, right);
  }
  Labels labels = join({&batch, &rows, &columns});
  if (failed(node.makeType(getSizes(labels), type->getElementType())))
    return failure();
  return LabelledTensor{node.createReshape(product, getSizes(labels)), labels};
}

LogicalResult Einsum::import() {
  for (unsigned i = 0; i < node.getNumInputs(); ++i)
    if (failed(node.requireFloat(i)))
      return failure();
  if (failed(readEquation()) || failed(readSizes()))
    return failure();
  for (LabelledTensor &operand : operands)
    if (failed(settle(operand)))
      return failure();
  LabelledTensor total = operands.front();
  for (size_t i = 1; i < operands.size(); ++i) {
    Labels needed(result);
    for (size_t later = i + 1; later < operands.size(); ++later)
      needed.append(operands[later].labels);
    auto combined = combine(total, operands[i], needed);
    if (failed(combined))
      return failure();
    total = *combined;
  }
  sumUnneeded(total, result);
  return node.setResult(arrange(total, result));
}

} // namespace

static LogicalResult importEinsum(NodeContext &node) { return Einsum(node).import(); }

ArrayRef<Operator> getEinsumOperators() {
  static const Operator rows[] = {
      {"", "Einsum", 12, 1, anyNumber, 1, "equation:string!", importEinsum},
  };
  return rows;
}

} // namespace qcc::import
