//===- Linear.cpp - MatMul and Gemm
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/NodeContext.h"

#include <cmath>

using namespace mlir;

namespace qcc::import {

static LogicalResult importMatMul(NodeContext &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireFloat(1)))
    return failure();
  SmallVector<int64_t> lhsShape(node.getShape(0)), rhsShape(node.getShape(1));
  if (lhsShape.empty() || rhsShape.empty())
    return node.error("E2302", "multiplies a scalar");
  bool isRowVector = lhsShape.size() == 1, isColumnVector = rhsShape.size() == 1;
  if (isRowVector)
    lhsShape.insert(lhsShape.begin(), 1);
  if (isColumnVector)
    rhsShape.push_back(1);
  auto batch = broadcastShapes(ArrayRef(lhsShape).drop_back(2), ArrayRef(rhsShape).drop_back(2));
  if (lhsShape.back() != *(rhsShape.end() - 2) || !batch)
    return node.error("E2302", "cannot multiply " + formatShape(node.getShape(0)) + " by " +
                                   formatShape(node.getShape(1)));
  SmallVector<int64_t> shape(*batch), finalShape(*batch);
  shape.append({*(lhsShape.end() - 2), rhsShape.back()});
  if (!isRowVector)
    finalShape.push_back(*(lhsShape.end() - 2));
  if (!isColumnVector)
    finalShape.push_back(rhsShape.back());
  auto type = node.makeType(shape, node.builder.getF32Type());
  if (failed(type) || failed(node.makeType(lhsShape, node.builder.getF32Type())))
    return failure();

  Value lhs = node.createReshape(node.getValue(0), lhsShape);
  Value rhs = node.createReshape(node.getValue(1), rhsShape);
  Value result;
  if (rhsShape.size() == 2 && isConstantExpression(rhs))
    result = node.create<qnn::LinearOp>(*type, lhs, node.createTranspose(rhs, {1, 0}), Value(),
                                        Value(), Value());
  else
    result = node.create<qnn::MatMulOp>(*type, lhs, rhs);
  return node.setResult(node.createReshape(result, finalShape));
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
      {"", "Gemm", 7, 2, 3, 1, "alpha:float beta:float transA:int transB:int", importGemm},
      {"", "MatMul", 1, 2, 2, 1, "", importMatMul},
  };
  return rows;
}

} // namespace qcc::import
