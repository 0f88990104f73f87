//===- Linear.cpp - MatMul, MatMulInteger and Gemm
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/IntegerProducts.h"
#include "lib/Import/Operators/MatrixShapes.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

FailureOr<MatrixShapes> readMatrixShapes(NodeContext &node, ArrayRef<int64_t> lhs,
                                         ArrayRef<int64_t> rhs) {
  if (lhs.empty() || rhs.empty())
    return node.error("E2302", "multiplies a scalar");
  MatrixShapes shapes;
  shapes.lhs.assign(lhs.begin(), lhs.end());
  shapes.rhs.assign(rhs.begin(), rhs.end());
  bool isRowVector = lhs.size() == 1, isColumnVector = rhs.size() == 1;
  if (isRowVector)
    shapes.lhs.insert(shapes.lhs.begin(), 1);
  if (isColumnVector)
    shapes.rhs.push_back(1);
  auto batch =
      broadcastShapes(ArrayRef(shapes.lhs).drop_back(2), ArrayRef(shapes.rhs).drop_back(2));
  if (shapes.lhs.back() != *(shapes.rhs.end() - 2) || !batch)
    return node.error("E2302", "cannot multiply " + formatShape(lhs) + " by " + formatShape(rhs));
  shapes.product = *batch;
  shapes.result = *batch;
  int64_t rows = *(shapes.lhs.end() - 2), columns = shapes.rhs.back();
  shapes.product.append({rows, columns});
  if (!isRowVector)
    shapes.result.push_back(rows);
  if (!isColumnVector)
    shapes.result.push_back(columns);
  Type f32 = node.builder.getF32Type();
  if (failed(node.makeType(shapes.product, f32)) || failed(node.makeType(shapes.lhs, f32)) ||
      failed(node.makeType(shapes.rhs, f32)))
    return failure();
  return shapes;
}

static LogicalResult importMatMul(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)))
    return failure();
  auto shapes = readMatrixShapes(node, node.getShape(0), node.getShape(1));
  if (failed(shapes))
    return failure();
  auto type = RankedTensorType::get(shapes->product, node.builder.getF32Type());
  Value lhs = node.createReshape(node.getValue(0), shapes->lhs);
  Value rhs = node.createReshape(node.getValue(1), shapes->rhs);
  Value result;
  if (shapes->rhs.size() == 2 && isConstantExpression(rhs))
    result = node.create<qnn::LinearOp>(type, lhs, node.createTranspose(rhs, {1, 0}), Value(),
                                        Value(), Value());
  else
    result = node.create<qnn::MatMulOp>(type, lhs, rhs);
  return node.setResult(node.createReshape(result, shapes->result));
}

/// `value` times a factor, or itself for 1.
static Value createScaled(NodeContext &node, Value value, float factor) {
  if (factor == 1)
    return value;
  return node.create<qnn::MulOp>(cast<RankedTensorType>(value.getType()), value,
                                 node.createFloats({}, factor));
}

static LogicalResult importGemm(NodeContext &node) {
  for (unsigned i : {0, 1, 2})
    if (node.hasInput(i) && failed(node.requireFloat(i)))
      return failure();
  if (failed(node.requireRank(0, 2, 2)) || failed(node.requireRank(1, 2, 2)))
    return failure();
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  if (!std::isfinite(alpha) || !std::isfinite(beta))
    return node.error("E2016", "attributes 'alpha' and 'beta' must be finite");
  bool lhsIsTransposed = node.getInt("transA", 0) != 0, rhsIsTransposed = node.getInt("transB", 0);
  ArrayRef<int64_t> lhsShape = node.getShape(0), rhsShape = node.getShape(1);
  int64_t rows = lhsShape[lhsIsTransposed], depth = lhsShape[!lhsIsTransposed];
  int64_t columns = rhsShape[!rhsIsTransposed];
  if (depth != rhsShape[rhsIsTransposed])
    return node.error("E2302", "cannot multiply " + formatShape(lhsShape) + " by " +
                                   formatShape(rhsShape) +
                                   " with transA=" + Twine(lhsIsTransposed) +
                                   " and transB=" + Twine(rhsIsTransposed));
  auto type = node.makeType({rows, columns}, node.builder.getF32Type());
  if (failed(type) || failed(node.makeType({rows, depth}, node.builder.getF32Type())))
    return failure();
  bool hasBias = node.hasInput(2) && beta != 0;
  if (hasBias) {
    auto shape = broadcastShapes(node.getShape(2), type->getShape());
    if (!shape || ArrayRef<int64_t>(*shape) != type->getShape())
      return node.error("E2301", node.describeInput(2) + " of shape " +
                                     formatShape(node.getShape(2)) + " cannot be broadcast to " +
                                     formatShape(type->getShape()));
  }

  Value lhs = node.getValue(0), rhs = node.getValue(1), bias, addend;
  if (lhsIsTransposed)
    lhs = node.createTranspose(lhs, {1, 0});
  if (hasBias) {
    Value given = createScaled(node, node.getValue(2), beta);
    // One number per column is a bias unless a factor applies to the product alone.
    ArrayRef<int64_t> shape = node.getShape(2);
    bool perColumn =
        !shape.empty() && shape.back() == columns && node.getType(2).getNumElements() == columns;
    if (perColumn && alpha == 1 && beta == 1 && isConstantExpression(given))
      bias = node.createReshape(given, {columns});
    else
      addend = given;
  }
  Value result;
  if (isConstantExpression(rhs)) {
    Value weights = rhsIsTransposed ? rhs : node.createTranspose(rhs, {1, 0});
    result = node.create<qnn::LinearOp>(*type, lhs, weights, bias, Value(), Value());
  } else {
    if (rhsIsTransposed)
      rhs = node.createTranspose(rhs, {1, 0});
    result = node.create<qnn::MatMulOp>(*type, lhs, rhs);
    addend = bias ? bias : addend;
  }
  result = createScaled(node, result, alpha);
  if (addend)
    result = node.create<qnn::AddOp>(*type, result, addend);
  return node.setResult(result);
}

ArrayRef<Operator> getLinearOperators() {
  static const Operator rows[] = {
      {"", "Gemm", 1, 2, 3, 1, "alpha:float beta:float broadcast:int<7 transA:int transB:int",
       importGemm},
      {"", "MatMul", 1, 2, 2, 1, "", importMatMul},
      {"", "MatMulInteger", 10, 2, 4, 1, "", importMatMulInteger},
  };
  return rows;
}

} // namespace qcc::import
