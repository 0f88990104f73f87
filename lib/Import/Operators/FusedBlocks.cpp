//===- FusedBlocks.cpp - operators on weights of few bits with a scale for each block
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/FusedProducts.h"

#include "lib/Import/Operators/QuantizationParameters.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace qcc::import {

/// Code i of those that fill bytes from the low bits on.
static unsigned getCode(ArrayRef<char> bytes, int64_t bits, int64_t i) {
  int64_t bit = i * bits;
  return static_cast<uint8_t>(bytes[bit / 8]) >> (bit % 8) & ((1U << bits) - 1);
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
            getCode(zeroPoints->bytes.slice(column * zeroPointBytes, zeroPointBytes), bits, block));
      else if (zeroPoints)
        zeroPoint = static_cast<float>(offsets[number]);
      values[row * columns + column] = (static_cast<float>(getCode(own, bits, row)) - zeroPoint) *
                                       static_cast<float>(factors[number]);
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

//===- GatherBlockQuantized ---------------------------------------------------//

/// Codes that fill the bytes of each row, as `size` bytes for each row.
static FailureOr<Tensor> unpack(NodeContext &node, unsigned input, int64_t bits, int64_t size) {
  ConstantPointer packed = readKnown(node, input);
  if (!packed)
    return failure();
  SmallVector<int64_t> shape(packed->type.getShape());
  int64_t rowBytes = shape.back();
  if (rowBytes != (size * bits + 7) / 8)
    return node.error("E2302", node.describeInput(input) + " of shape " + formatShape(shape) +
                                   " must have " + Twine((size * bits + 7) / 8) +
                                   " bytes in each row");
  shape.back() = size;
  auto type = node.makeType(shape, packed->type.getElementType());
  if (failed(type) || failed(node.chargeFolding(packed->getNumElements())))
    return failure();
  std::string codes;
  codes.reserve(type->getNumElements());
  for (int64_t at = 0; at < packed->getNumElements(); at += rowBytes)
    for (int64_t i = 0; i < size; ++i)
      codes.push_back(static_cast<char>(getCode(packed->bytes.slice(at, rowBytes), bits, i)));
  return Tensor{makeConstant(*type, std::move(codes)), nullptr};
}

/// Gathers codes, scales and zero points, then dequantizes what was gathered.
static LogicalResult importGatherBlockQuantized(NodeContext &node) {
  enum : unsigned { inputCodes, inputIndices, inputScales, inputZeroPoints };
  int64_t rank = node.getRank(inputCodes), bits = node.getInt("bits", 4);
  auto gatherAxis = node.getAxis("gather_axis", 0, rank);
  auto quantizeAxis = node.getAxis("quantize_axis", 1, rank);
  if (failed(gatherAxis) || failed(quantizeAxis))
    return failure();
  Type storage = node.getElementType(inputCodes);
  bool isUnpacked = isStoredOnly(getCodeType(node, inputCodes)) && isa<IntegerType>(storage);
  if (!isUnpacked && !storage.isUnsignedInteger(8))
    return node.error("E2308", node.describeInput(inputCodes) + " must hold bytes or 4-bit codes");
  if (*gatherAxis == *quantizeAxis || (bits != 2 && bits != 4 && bits != 8))
    return node.error("E2309", "gathers along the dimension of its blocks, or has other than 2, 4 "
                               "or 8 bits, which qcc does not support");
  if (failed(node.requireRank(inputScales, rank, rank)))
    return failure();
  Tensor codes = node.getInput(inputCodes), scales = node.getInput(inputScales), zeroPoints;
  if (node.hasInput(inputZeroPoints))
    zeroPoints = node.getInput(inputZeroPoints);
  // Types of 4 bits are unpacked already, and have the zero point 0.
  int64_t zeroPoint = 0;
  if (!isUnpacked) {
    zeroPoint = int64_t(1) << (bits - 1);
    auto unpacked = unpack(node, inputCodes, bits, node.getShape(inputCodes).back() * 8 / bits);
    if (failed(unpacked))
      return failure();
    codes = *unpacked;
    if (zeroPoints) {
      if (failed(node.requireRank(inputZeroPoints, rank, rank)))
        return failure();
      unpacked = unpack(node, inputZeroPoints, bits, node.getShape(inputScales).back());
      if (failed(unpacked))
        return failure();
      zeroPoints = *unpacked;
    }
  }
  Parts parts(node);
  auto gather = [&](Tensor table) {
    return parts.make("Gather", {table, parts.get(inputIndices)},
                      PartAttributes().setInt("axis", *gatherAxis));
  };
  Tensor reals = gather(scales);
  if (parts.hasFailed())
    return failure();
  if (zeroPoints) {
    zeroPoints = gather(zeroPoints);
  } else {
    Tensor one = {makeFromIntegers(RankedTensorType::get({}, storage), zeroPoint), nullptr};
    zeroPoints = parts.make("Expand", {one, parts.list(reals.getType().getShape())});
  }
  int64_t axis = *quantizeAxis;
  if (axis > *gatherAxis)
    axis += node.getRank(inputIndices) - 1;
  return parts.finish(parts.make(
      "DequantizeLinear", {gather(codes), reals, zeroPoints},
      PartAttributes().setInt("axis", axis).setInt("block_size", node.getInt("block_size", 128))));
}

ArrayRef<Operator> getFusedBlockOperators() {
  static const Operator rows[] = {
      {"com.microsoft", "GatherBlockQuantized", 1, 3, 4, 1,
       "bits:int block_size:int gather_axis:int quantize_axis:int", importGatherBlockQuantized},
      {"com.microsoft", "MatMulNBits", 1, 3, 6, 1,
       "K:int! N:int! accuracy_level:int bits:int block_size:int! weight_prepacked:int",
       importMatMulNBits},
  };
  return rows;
}

} // namespace qcc::import
