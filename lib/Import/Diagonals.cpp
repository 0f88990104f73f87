//===- Diagonals.cpp - ONNX operators on the diagonals of matrices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Moves.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

/// Row-major 0 and 1 of a matrix: `test` of an element's distance from the main diagonal.
static SmallVector<int64_t> makeMask(int64_t rows, int64_t columns,
                                     llvm::function_ref<bool(int64_t)> test) {
  SmallVector<int64_t> mask;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      mask.push_back(test(column - row));
  return mask;
}

/// Elements on one side of a diagonal stay, the others become 0.
static LogicalResult importTrilu(NodeContext &node) {
  int64_t rank = node.getRank(0), diagonal = 0;
  if (rank < 2)
    return node.error("E2302", node.describeInput(0) + " has rank " + Twine(rank) +
                                   "; matrices have at least 2");
  if (node.hasInput(1)) {
    auto given = node.requireIntegers(1, "the diagonal");
    if (failed(given))
      return failure();
    if (given->size() != 1)
      return node.error("E2306", "must have one diagonal");
    diagonal = given->front();
  }
  bool isUpper = node.getInt("upper", 1) != 0;
  ArrayRef<int64_t> matrix = node.getShape(0).take_back(2);
  if (failed(node.chargeFolding(matrix[0] * matrix[1])))
    return failure();
  SmallVector<int64_t> mask = makeMask(matrix[0], matrix[1], [&](int64_t distance) {
    return isUpper ? distance >= diagonal : distance <= diagonal;
  });
  Value isKept = createIntegers(node, matrix, mask, node.builder.getI1Type());
  Value zero = createZeros(node, RankedTensorType::get({}, node.getElementType(0)));
  return node.setResult(
      node.create<qnn::SelectOp>(node.getType(0), isKept, node.getValue(0), zero));
}

/// 1 on a diagonal, 0 elsewhere, in the shape of the input.
static LogicalResult importEyeLike(NodeContext &node) {
  if (failed(node.requireRank(0, 2, 2)))
    return failure();
  Type element = node.getElementType(0);
  if (node.hasAttribute("dtype")) {
    int64_t dataType = node.getInt("dtype", 0);
    element = dataType > 0 && dataType < 1000
                  ? getElementType(node.builder.getContext(), static_cast<int32_t>(dataType))
                  : Type();
    if (!element)
      return node.error("E2308", "cannot make element type " + Twine(dataType));
  }
  auto type = node.makeType(node.getShape(0), element);
  if (failed(type) || failed(node.chargeFolding(qnn::getTensorBytes(*type))))
    return failure();
  int64_t diagonal = node.getInt("k", 0);
  return node.setResult(
      makeFromIntegers(*type, makeMask(type->getDimSize(0), type->getDimSize(1),
                                       [&](int64_t distance) { return distance == diagonal; })));
}

ArrayRef<Operator> getDiagonalOperators() {
  static const Operator rows[] = {
      {"", "EyeLike", 9, 1, 1, 1, "dtype:int k:int", importEyeLike},
      {"", "Trilu", 14, 1, 2, 1, "upper:int", importTrilu},
  };
  return rows;
}

} // namespace qcc::import
