//===- FusedProducts.cpp - products with quantized weights that take or give floats
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FusedProducts.h"

#include "dialects/QNN/QNNWeights.h"
#include "lib/Import/Operators/QuantizationParameters.h"

using namespace mlir;

namespace qcc::import {

Tensor makeProduct(Parts &parts, const Codes &lhs, const Codes &rhs, Tensor bias) {
  Tensor sums = parts.make("MatMulInteger", {lhs.codes, rhs.codes, lhs.zeroPoint, rhs.zeroPoint});
  Tensor reals = parts.make("Cast", sums, PartAttributes().setInt("to", onnx::TensorProto::FLOAT));
  Tensor product = parts.scale(reals, parts.make("Mul", {lhs.scale, rhs.scale}));
  return bias ? parts.addTo(product, bias) : product;
}

static LogicalResult importMatMulIntegerToFloat(NodeContext &node) {
  Parts parts(node);
  return parts.finish(makeProduct(parts, {parts.get(0), parts.get(2), parts.get(4)},
                                  {parts.get(1), parts.get(3), parts.get(5)}, parts.get(6)));
}

static LogicalResult importDynamicQuantizeMatMul(NodeContext &node) {
  Parts parts(node);
  auto lhs = parts.makeSeveral("DynamicQuantizeLinear", parts.get(0), {}, 3);
  return parts.finish(makeProduct(parts, {lhs[0], lhs[1], lhs[2]},
                                  {parts.get(1), parts.get(2), parts.get(3)}, parts.get(4)));
}

ConstantPointer readKnown(NodeContext &node, unsigned i) {
  const Tensor &tensor = node.getInput(i);
  if (tensor.constant)
    return tensor.constant;
  // Large constants that the handler gets as f32 are converted by an operation.
  auto cast = node.getElementType(i).isF32() ? tensor.value.getDefiningOp<qnn::CastOp>() : nullptr;
  auto constant = cast ? cast.getInput().getDefiningOp<qnn::ConstantOp>() : nullptr;
  if (constant && isa<FloatType>(constant.getType().getElementType())) {
    ArrayRef<char> bytes = qnn::getBytes(constant);
    return makeConstant(constant.getType(), std::string(bytes.begin(), bytes.end()));
  }
  (void)node.error("E2307", node.describeInput(i) + " " + node.whyUnknown(i));
  return nullptr;
}

//===- DynamicQuantizeLSTM ----------------------------------------------------//

/// Weights [directions, rows, columns] of 8-bit codes as f32 [directions, columns, rows]. There is
/// one scale and zero point for each direction, or one for each of its columns.
static FailureOr<Tensor> readWeights(NodeContext &node, unsigned weights, unsigned scale,
                                     unsigned zeroPoint) {
  ConstantPointer codes = readKnown(node, weights), scales = readKnown(node, scale),
                  zeroPoints = readKnown(node, zeroPoint);
  if (!codes || !scales || !zeroPoints || failed(node.requireRank(weights, 3, 3)) ||
      failed(node.requireFloat(scale)))
    return failure();
  auto storage = dyn_cast<IntegerType>(node.getElementType(weights));
  if (!storage || storage.getWidth() != 8 || node.getElementType(zeroPoint) != storage)
    return node.error("E2308", node.describeInput(weights) +
                                   " and its zero point must hold 8-bit integers of one type");
  ArrayRef<int64_t> shape = node.getShape(weights);
  int64_t directions = shape[0], rows = shape[1], columns = shape[2];
  int64_t count = node.getType(scale).getNumElements();
  if (node.getType(zeroPoint).getNumElements() != count ||
      (count != directions && count != directions * columns))
    return node.error("E2402", node.describeInput(scale) + " and " + node.describeInput(zeroPoint) +
                                   " must have " + Twine(directions) + " or " +
                                   Twine(directions * columns) + " elements");
  if (failed(node.chargeFolding(codes->getNumElements())))
    return failure();
  SmallVector<double> factors = getNumbers(*scales);
  SmallVector<int64_t> offsets = getIntegers(*zeroPoints);
  std::vector<float> values(codes->getNumElements());
  for (int64_t d = 0; d < directions; ++d)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c) {
        char byte = codes->bytes[(d * rows + r) * columns + c];
        int64_t code =
            storage.isUnsigned() ? static_cast<uint8_t>(byte) : static_cast<int8_t>(byte);
        int64_t parameter = count == directions ? d : d * columns + c;
        values[(d * columns + c) * rows + r] =
            static_cast<float>(code - offsets[parameter]) * static_cast<float>(factors[parameter]);
      }
  auto type = RankedTensorType::get({directions, columns, rows}, node.builder.getF32Type());
  return Tensor{makeConstantOf<float>(type, values), nullptr};
}

/// An LSTM on the weights that the codes stand for. The activations are not quantized.
static LogicalResult importDynamicQuantizeLSTM(NodeContext &node) {
  auto weights = readWeights(node, 1, 8, 9), recurrence = readWeights(node, 2, 10, 11);
  if (failed(weights) || failed(recurrence))
    return failure();
  Parts parts(node);
  SmallVector<Tensor> inputs = {parts.get(0), *weights, *recurrence};
  for (unsigned i = 3; i < 8; ++i)
    inputs.push_back(parts.get(i));
  auto attributes = parts.copy({"activation_alpha", "activation_beta", "activations", "clip",
                                "direction", "hidden_size", "input_forget"});
  auto results = parts.makeSeveral("LSTM", inputs, attributes, 3);
  return parts.hasFailed() ? failure() : node.setResults(results);
}

//===- QLinearReduceMean ------------------------------------------------------//

static LogicalResult importQLinearReduceMean(NodeContext &node) {
  Parts parts(node);
  Tensor reals = parts.make("DequantizeLinear", {parts.get(0), parts.get(1), parts.get(2)});
  Tensor mean =
      parts.make("ReduceMean", {reals, parts.list(node.getInts("axes"))}, parts.copy({"keepdims"}));
  PartAttributes codes;
  if (!node.hasInput(4))
    codes.setInt("output_dtype", getCodeType(node, 0));
  return parts.finish(parts.make("QuantizeLinear", {mean, parts.get(3), parts.get(4)}, codes));
}

ArrayRef<Operator> getFusedProductOperators() {
  constexpr unsigned lstmOptional = 0b11111 << 3, meanOptional = 1 << 2;
  static const Operator rows[] = {
      {"com.microsoft", "DynamicQuantizeLSTM", 1, 12, 12, 3,
       "activation_alpha:floats activation_beta:floats activations:strings clip:float "
       "direction:string hidden_size:int input_forget:int",
       importDynamicQuantizeLSTM, FloatTypes::Single, lstmOptional},
      {"com.microsoft", "DynamicQuantizeMatMul", 1, 3, 5, 1, "", importDynamicQuantizeMatMul},
      {"com.microsoft", "MatMulIntegerToFloat", 1, 4, 7, 1, "", importMatMulIntegerToFloat},
      {"com.microsoft", "QLinearReduceMean", 1, 4, 5, 1, "axes:ints! keepdims:int!",
       importQLinearReduceMean, FloatTypes::Single, meanOptional},
  };
  return rows;
}

} // namespace qcc::import
