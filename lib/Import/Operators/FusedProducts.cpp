//===- FusedProducts.cpp - products with quantized weights that take or give floats
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FusedProducts.h"

#include "dialects/QNN/QNNWeights.h"
#include "lib/Import/Operators/QuantizationParameters.h"
#include "llvm/Support/MathExtras.h"

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

/// An input that must be known while importing, or null after an error. Floats may have another
/// float type than the input.
static ConstantPointer readKnown(NodeContext &node, unsigned i) {
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

//===- MatMulNBits ------------------------------------------------------------//

namespace {

/// The weights of MatMulNBits: [columns, blocks, bytes of a block], elements of a block one after
/// the other from the low bits on.
class BlockedWeights {
public:
  explicit BlockedWeights(NodeContext &node) : node(node) {}
  /// f32 [depth, columns]
  FailureOr<Tensor> read();

private:
  enum : unsigned { inputCodes = 1, inputScales, inputZeroPoints };

  LogicalResult readAttributes();
  LogicalResult checkInputs();
  unsigned getCode(ArrayRef<char> bytes, int64_t i) const {
    int64_t bit = i * bits;
    return static_cast<uint8_t>(bytes[bit / 8]) >> (bit % 8) & ((1U << bits) - 1);
  }

  NodeContext &node;
  ConstantPointer codes, scales, zeroPoints;
  int64_t depth, columns, bits, blockSize, blocks;
  bool isPacked = false; // zero points are codes as well
};

LogicalResult BlockedWeights::readAttributes() {
  constexpr int64_t most = int64_t(1) << 30;
  depth = node.getInt("K", 0);
  columns = node.getInt("N", 0);
  bits = node.getInt("bits", 4);
  blockSize = node.getInt("block_size", 0);
  if (depth < 1 || depth > most || columns < 1 || columns > most)
    return node.error("E2016", "attributes 'K' and 'N' must be numbers of features");
  if (bits != 2 && bits != 4 && bits != 8)
    return node.error("E2016", "attribute 'bits' must be 2, 4 or 8");
  if (blockSize < 16 || blockSize > most || !llvm::isPowerOf2_64(blockSize))
    return node.error("E2016", "attribute 'block_size' must be a power of 2 from 16 on");
  if (node.getInt("weight_prepacked", 0) != 0)
    return node.error("E2309", "has weights packed for a graphics processor, which qcc does not "
                               "support");
  if (node.hasInput(4))
    return node.error("E2309", "has " + node.describeInput(4) +
                                   ", an order of the weights' rows, which qcc does not support");
  blocks = (depth + blockSize - 1) / blockSize;
  return success();
}

LogicalResult BlockedWeights::checkInputs() {
  codes = readKnown(node, inputCodes);
  scales = readKnown(node, inputScales);
  if (node.hasInput(inputZeroPoints))
    zeroPoints = readKnown(node, inputZeroPoints);
  if (!codes || !scales || (node.hasInput(inputZeroPoints) && !zeroPoints))
    return failure();
  int64_t zeroPointBytes = (blocks * bits + 7) / 8;
  auto check = [&](unsigned input, int64_t each, bool isFloat) -> LogicalResult {
    Type type = node.getElementType(input);
    if (isFloat ? !type.isF32() : !type.isUnsignedInteger(8))
      return node.error("E2308",
                        node.describeInput(input) + " must hold " + (isFloat ? "floats" : "bytes"));
    if (node.getType(input).getNumElements() != columns * each)
      return node.error("E2302", node.describeInput(input) + " of shape " +
                                     formatShape(node.getShape(input)) + " must have " +
                                     Twine(columns * each) + " elements");
    return success();
  };
  if (failed(check(inputCodes, blocks * (blockSize * bits / 8), false)) ||
      failed(check(inputScales, blocks, true)))
    return failure();
  if (!zeroPoints)
    return success();
  isPacked = !node.getElementType(inputZeroPoints).isF32();
  return check(inputZeroPoints, isPacked ? zeroPointBytes : blocks, !isPacked);
}

FailureOr<Tensor> BlockedWeights::read() {
  if (failed(readAttributes()) || failed(checkInputs()))
    return failure();
  // Charged by what is read: blocks that many nodes share would fill the memory, not large ones.
  auto type = node.makeType({depth, columns}, node.builder.getF32Type());
  if (failed(type) || failed(node.chargeFolding(codes->getNumElements())))
    return failure();
  SmallVector<double> factors = getNumbers(*scales), offsets;
  if (zeroPoints && !isPacked)
    offsets = getNumbers(*zeroPoints);
  int64_t columnBytes = blocks * (blockSize * bits / 8), zeroPointBytes = (blocks * bits + 7) / 8;
  std::vector<float> values(depth * columns);
  for (int64_t column = 0; column < columns; ++column) {
    ArrayRef<char> own = codes->bytes.slice(column * columnBytes, columnBytes);
    for (int64_t row = 0; row < depth; ++row) {
      int64_t block = row / blockSize, number = column * blocks + block;
      float zeroPoint = static_cast<float>(1U << (bits - 1));
      if (isPacked)
        zeroPoint = static_cast<float>(
            getCode(zeroPoints->bytes.slice(column * zeroPointBytes, zeroPointBytes), block));
      else if (zeroPoints)
        zeroPoint = static_cast<float>(offsets[number]);
      values[row * columns + column] =
          (static_cast<float>(getCode(own, row)) - zeroPoint) * static_cast<float>(factors[number]);
    }
  }
  return Tensor{makeConstantOf<float>(*type, values), nullptr};
}

} // namespace

static LogicalResult importMatMulNBits(NodeContext &node) {
  auto weights = BlockedWeights(node).read();
  if (failed(weights))
    return failure();
  Parts parts(node);
  Tensor product = parts.make("MatMul", {parts.get(0), *weights});
  return parts.finish(node.hasInput(5) ? parts.addTo(product, parts.get(5)) : product);
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
      {"com.microsoft", "MatMulNBits", 1, 3, 6, 1,
       "K:int! N:int! accuracy_level:int bits:int block_size:int! weight_prepacked:int",
       importMatMulNBits},
      {"com.microsoft", "QLinearReduceMean", 1, 4, 5, 1, "axes:ints! keepdims:int!",
       importQLinearReduceMean, FloatTypes::Single, meanOptional},
  };
  return rows;
}

} // namespace qcc::import
