//===- Diagonals.cpp - ONNX operators on the diagonals of matrices
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/Moves.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

/// Whether each element of a matrix passes `test` of its distance from the main diagonal.
static FailureOr<Value> createMask(NodeContext &node, ArrayRef<int64_t> matrix,
                                   llvm::function_ref<bool(int64_t)> test) {
  return node.computeConstant<char>(matrix, node.builder.getI1Type(),
                                    [&](MutableArrayRef<char> mask) {
                                      for (int64_t row = 0; row < matrix[0]; ++row)
                                        for (int64_t column = 0; column < matrix[1]; ++column)
                                          mask[row * matrix[1] + column] = test(column - row);
                                    });
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
  auto isKept = createMask(node, matrix, [&](int64_t distance) {
    return isUpper ? distance >= diagonal : distance <= diagonal;
  });
  if (failed(isKept))
    return failure();
  Value zero = createZeros(node, RankedTensorType::get({}, node.getElementType(0)));
  return node.setResult(
      node.create<qnn::SelectOp>(node.getType(0), *isKept, node.getValue(0), zero));
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
  if (failed(type) ||
      failed(node.chargeFolding(type->getNumElements() * static_cast<int64_t>(sizeof(int64_t)))))
    return failure();
  int64_t rows = type->getDimSize(0), columns = type->getDimSize(1);
  int64_t diagonal = std::clamp(node.getInt("k", 0), -rows, columns);
  SmallVector<int64_t> values(rows * columns, 0);
  for (int64_t row = std::max<int64_t>(-diagonal, 0); row < std::min(rows, columns - diagonal);
       ++row)
    values[row * columns + row + diagonal] = 1;
  return node.setResult(makeFromIntegers(*type, values));
}

ArrayRef<Operator> getDiagonalOperators() {
  static const Operator rows[] = {
      {"", "EyeLike", 9, 1, 1, 1, "dtype:int k:int", importEyeLike},
      {"", "Trilu", 14, 1, 2, 1, "upper:int", importTrilu},
  };
  return rows;
}

} // namespace qcc::import
