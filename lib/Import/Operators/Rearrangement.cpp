//===- Rearrangement.cpp - ONNX operators that repeat or interleave elements
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/Operators/Moves.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

static LogicalResult importExpand(NodeContext &node) {
  auto target = node.requireIntegers(1, "the shape");
  if (failed(target))
    return failure();
  if (llvm::any_of(*target, [](int64_t size) { return size < 0; }))
    return node.error("E2305", "the shape " + formatShape(*target) + " has a negative dimension");
  auto shape = broadcastShapes(node.getShape(0), *target);
  if (!shape)
    return node.error("E2301", "cannot expand " + formatShape(node.getShape(0)) + " to " +
                                   formatShape(*target));
  auto type = node.makeType(*shape, node.getElementType(0));
  if (failed(type))
    return failure();
  if (*type == node.getType(0))
    return node.setResult(Tensor(node.getInput(0)));
  return node.setResult(createBroadcast(node, node.getValue(0), *shape));
}

static LogicalResult importTile(NodeContext &node) {
  auto repeats = node.requireIntegers(1, "the repeats");
  if (failed(repeats))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  if (repeats->size() != shape.size())
    return node.error("E2306", "has " + Twine(repeats->size()) + " repeats for " +
                                   Twine(shape.size()) + " dimensions");
  for (auto [size, count] : llvm::zip(shape, *repeats)) {
    std::optional<int64_t> product = count < 0 ? std::nullopt : multiplyChecked(size, count);
    if (!product)
      return node.error("E2107", "repeats " + formatShape(*repeats) +
                                     " are negative or make the result too large");
    size = *product;
  }
  auto type = node.makeType(shape, node.getElementType(0));
  if (failed(type))
    return failure();
  // Each dimension gets one of its own for its copies, which the reshape merges.
  SmallVector<int64_t> single, copied;
  for (auto [size, count] : llvm::zip(node.getShape(0), *repeats)) {
    if (size != 1 && count != 1) {
      single.push_back(1);
      copied.push_back(count);
    }
    single.push_back(size);
    copied.push_back(size == 1 ? count : size);
  }
  Value value = node.createReshape(node.getValue(0), single);
  return node.setResult(node.createReshape(createBroadcast(node, value, copied), shape));
}

/// The block size, at least 1, of an input of shape [N, C, H, W].
static FailureOr<int64_t> readBlockSize(NodeContext &node) {
  if (failed(node.requireRank(0, 4, 4)))
    return failure();
  int64_t block = node.getInt("blocksize", 0);
  if (block < 1 || block > 1 << 16)
    return node.error("E2016", "attribute 'blocksize' " + Twine(block) + " is out of range");
  return block;
}

static LogicalResult importDepthToSpace(NodeContext &node) {
  auto block = readBlockSize(node);
  if (failed(block))
    return failure();
  int64_t b = *block;
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
  if (c % (b * b))
    return node.error("E2302",
                      Twine(c) + " channels are not a multiple of the block's " + Twine(b * b));
  int64_t depth = c / (b * b);
  StringRef mode = node.getString("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.error("E2016", "attribute 'mode' has the unknown value " + quoted(mode));
  Value value = node.getValue(0);
  if (mode == "DCR") {
    value = node.createReshape(value, {n, b, b, depth, h, w});
    value = node.createTranspose(value, {0, 3, 4, 1, 5, 2});
  } else {
    value = node.createReshape(value, {n, depth, b, b, h, w});
    value = node.createTranspose(value, {0, 1, 4, 2, 5, 3});
  }
  return node.setResult(node.createReshape(value, {n, depth, h * b, w * b}));
}

static LogicalResult importSpaceToDepth(NodeContext &node) {
  auto block = readBlockSize(node);
  if (failed(block))
    return failure();
  int64_t b = *block;
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
  if (h % b || w % b)
    return node.error("E2302", "height " + Twine(h) + " and width " + Twine(w) +
                                   " are not multiples of the block's " + Twine(b));
  if (node.getString("mode", "DCR") != "DCR")
    return node.error("E2309", "has another mode than 'DCR'");
  Value value = node.createReshape(node.getValue(0), {n, c, h / b, b, w / b, b});
  value = node.createTranspose(value, {0, 3, 5, 1, 2, 4});
  return node.setResult(node.createReshape(value, {n, c * b * b, h / b, w / b}));
}

ArrayRef<Operator> getRearrangementOperators() {
  static const Operator rows[] = {
      {"", "DepthToSpace", 1, 1, 1, 1, "blocksize:int! mode:string", importDepthToSpace,
       FloatTypes::Any},
      {"", "Expand", 8, 2, 2, 1, "", importExpand, FloatTypes::Any},
      {"", "SpaceToDepth", 1, 1, 1, 1, "blocksize:int! mode:string", importSpaceToDepth,
       FloatTypes::Any},
      {"", "Tile", 6, 2, 2, 1, "", importTile, FloatTypes::Any},
  };
  return rows;
}

} // namespace qcc::import
