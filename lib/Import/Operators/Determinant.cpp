//===- Determinant.cpp - ONNX Det
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FloatMath.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// Laplace's expansion by rows from the last to the first. Minors of the lower rows are shared:
/// there is one for each set of columns.
class Expansion {
public:
  Expansion(NodeContext &node, int64_t size)
      : node(node), math(node), type(node.getType(0)), size(size), elements(size * size) {}

  Value run() {
    llvm::SmallVector<Value> minors(size_t(1) << size);
    for (int64_t row = size - 1; row >= 0; --row)
      for (unsigned columns = 1; columns < minors.size(); ++columns)
        if (llvm::popcount(columns) == size - row)
          minors[columns] = expand(row, columns, minors);
    return minors.back();
  }

private:
  Value expand(int64_t row, unsigned columns, ArrayRef<Value> minors) {
    Value sum;
    bool isNegative = false;
    for (int64_t column = 0; column < size; ++column) {
      if (!(columns >> column & 1))
        continue;
      Value minor = minors[columns & ~(1u << column)];
      Value term = getElement(row, column);
      if (minor)
        term = math.mul(term, minor);
      sum = !sum ? term : isNegative ? math.sub(sum, term) : math.add(sum, term);
      isNegative = !isNegative;
    }
    return sum;
  }

  /// One element of each matrix.
  Value getElement(int64_t row, int64_t column) {
    Value &element = elements[row * size + column];
    if (element)
      return element;
    int64_t rank = type.getRank();
    SmallVector<int64_t> offsets(rank, 0), strides(rank, 1), shape(type.getShape());
    offsets[rank - 2] = row;
    offsets[rank - 1] = column;
    shape[rank - 2] = shape[rank - 1] = 1;
    return element =
               node.create<qnn::SliceOp>(type.clone(shape), node.getValue(0), offsets, strides);
  }

  NodeContext &node;
  FloatMath math;
  RankedTensorType type;
  int64_t size;
  SmallVector<Value> elements;
};

} // namespace

static LogicalResult importDet(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireRank(0, 2, mostDimensions)))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t size = shape.back();
  if (shape[shape.size() - 2] != size)
    return node.error("E2302", node.describeInput(0) + " of shape " + formatShape(shape) +
                                   " must hold square matrices");
  if (size < 1 || size > 6)
    return node.error("E2309",
                      "matrices of " + Twine(size) + " rows are not supported, 1 to 6 are");
  return node.setResult(node.createReshape(Expansion(node, size).run(), shape.drop_back(2)));
}

ArrayRef<Operator> getDeterminantOperators() {
  static const Operator rows[] = {{"", "Det", 11, 1, 1, 1, "", importDet}};
  return rows;
}

} // namespace qcc::import
