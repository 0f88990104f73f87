//===- Shape.cpp - ONNX operators that give elements another shape, order or type
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ConstantFolding.h"
#include "lib/Import/NodeContext.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

/// Input 0 under a shape of as many elements.
static LogicalResult setReshaped(NodeContext &node, ArrayRef<int64_t> shape) {
  if (static_cast<int64_t>(shape.size()) > mostDimensions)
    return node.error("E2106", "the result has " + Twine(shape.size()) + " dimensions, at most " +
                                   Twine(mostDimensions) + " are supported");
  if (const Constant *constant = node.getConstant(0))
    return node.setResult(reshapeConstant(*constant, shape));
  return node.setResult(node.createReshape(node.getValue(0), shape));
}

static LogicalResult importReshape(NodeContext &node) {
  auto shape = node.requireIntegers(1, "the new shape");
  if (failed(shape))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0);
  bool allowZero = node.getInt("allowzero", 0) != 0;
  int64_t unknown = -1;
  for (auto [i, size] : llvm::enumerate(*shape)) {
    if (size == 0 && !allowZero) {
      if (i >= input.size())
        return node.error("E2305", "dimension " + Twine(i) + " of the new shape is 0 (as in the " +
                                       "input), but the input " + formatShape(input) +
                                       " has no such dimension");
      size = input[i];
    } else if (size == -1) {
      if (unknown >= 0)
        return node.error("E2305",
                          "the new shape " + formatShape(*shape) + " has more than one -1");
      unknown = static_cast<int64_t>(i);
    } else if (size < -1) {
      return node.error("E2305",
                        "the new shape " + formatShape(*shape) + " has a negative dimension");
    }
  }
  int64_t count = node.getType(0).getNumElements();
  if (unknown >= 0)
    (*shape)[unknown] = 1;
  std::optional<int64_t> product = productChecked(*shape, mostTensorBytes);
  bool fits = product && (unknown < 0 ? *product == count : *product > 0 && count % *product == 0);
  if (!fits) {
    if (unknown >= 0)
      (*shape)[unknown] = -1;
    return node.error("E2305", "cannot reshape " + formatShape(input) + " to " +
                                   formatShape(*shape) + ": the numbers of elements differ");
  }
  if (unknown >= 0)
    (*shape)[unknown] = count / *product;
  return setReshaped(node, *shape);
}

static LogicalResult importFlatten(NodeContext &node) {
  int64_t rank = node.getRank(0), axis = node.getInt("axis", 1);
  if (axis < -rank || axis > rank)
    return node.error("E2303",
                      "axis " + Twine(axis) + " is outside a tensor of rank " + Twine(rank));
  axis += axis < 0 ? rank : 0;
  ArrayRef<int64_t> shape = node.getShape(0);
  return setReshaped(
      node, {llvm::product_of(shape.take_front(axis)), llvm::product_of(shape.drop_front(axis))});
}

/// Axes as an attribute before version 13 and as an input after.
static FailureOr<SmallVector<int64_t>> getAxes(NodeContext &node, int64_t rank) {
  SmallVector<int64_t> axes = node.getInts("axes");
  if (node.hasInput(1)) {
    auto given = node.requireIntegers(1, "the axes");
    if (failed(given))
      return failure();
    axes = *given;
  }
  return node.resolveAxes(axes, rank);
}

static LogicalResult importSqueeze(NodeContext &node) {
  auto axes = getAxes(node, node.getRank(0));
  if (failed(axes))
    return failure();
  bool all = !node.hasInput(1) && !node.hasAttribute("axes");
  SmallVector<int64_t> shape;
  for (auto [i, size] : llvm::enumerate(node.getShape(0))) {
    bool isNamed = llvm::is_contained(*axes, static_cast<int64_t>(i));
    if (isNamed && size != 1)
      return node.error("E2303", "dimension " + Twine(i) + " is " + Twine(size) +
                                     ", only dimensions of size 1 can be removed");
    if (!isNamed && !(all && size == 1))
      shape.push_back(size);
  }
  return setReshaped(node, shape);
}

static LogicalResult importUnsqueeze(NodeContext &node) {
  int64_t added = 0;
  if (node.hasInput(1)) {
    auto given = node.requireIntegers(1, "the axes");
    if (failed(given))
      return failure();
    added = given->size();
  } else {
    added = node.getInts("axes").size();
  }
  if (node.getRank(0) + added > mostDimensions)
    return node.error("E2106", "the result has more than " + Twine(mostDimensions) + " dimensions");
  auto axes = getAxes(node, node.getRank(0) + added);
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return setReshaped(node, shape);
}

static LogicalResult importTranspose(NodeContext &node) {
  int64_t rank = node.getRank(0);
  SmallVector<int64_t> permutation = node.getInts("perm");
  if (permutation.empty())
    permutation = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  if (static_cast<int64_t>(permutation.size()) != rank || !isPermutationVector(permutation))
    return node.error("E2303", "attribute 'perm' " + formatShape(permutation) +
                                   " does not order the " + Twine(rank) +
                                   " dimensions of the input");
  const Constant *constant = node.getConstant(0);
  if (isFoldable(constant)) {
    SmallVector<int64_t> strides = getRowMajorStrides(constant->type.getShape()), shape, view;
    for (int64_t dimension : permutation) {
      shape.push_back(constant->type.getDimSize(dimension));
      view.push_back(strides[dimension]);
    }
    return node.setResult(viewConstant(*constant, shape, 0, view));
  }
  return node.setResult(node.createTranspose(node.getValue(0), permutation));
}

static LogicalResult importIdentity(NodeContext &node) {
  return node.setResult(Tensor(node.getInput(0)));
}

/// At inference nothing is dropped; in training mode only a ratio of 0 has no random part.
static LogicalResult importDropout(NodeContext &node) {
  const Constant *ratio = node.hasInput(1) ? node.getConstant(1) : nullptr;
  bool dropsNothing = ratio && ratio->getNumElements() == 1 && getNumbers(*ratio).front() == 0;
  if (node.hasInput(2)) {
    const Constant *training = node.getConstant(2);
    if (!training)
      return node.error("E2307", "the training mode must be known at compile time");
    if (training->getNumElements() != 1 || !training->type.getElementType().isInteger(1))
      return node.error("E2308", "the training mode must be one bool");
    if (training->bytes[0] && !dropsNothing)
      return node.error("E2309", "drops random elements in training mode, which qcc does not do");
  }
  if (node.hasOutput(1)) {
    // Before version 10 the mask has the type of the data.
    Type element = node.version < 10 ? node.getElementType(0) : node.builder.getI1Type();
    Value one = node.createConstant(*makeFromIntegers(RankedTensorType::get({}, element), 1));
    RankedTensorType type = node.getType(0).clone(element);
    if (failed(node.setResult(node.create<qnn::BroadcastOp>(type, one), 1)))
      return failure();
  }
  return node.setResult(Tensor(node.getInput(0)));
}

ArrayRef<Operator> getShapeOperators() {
  static const Operator rows[] = {
      {"", "Dropout", 1, 1, 3, 2, "ratio:float<12 seed:int>=12", importDropout, FloatTypes::Any},
      {"", "Flatten", 1, 1, 1, 1, "axis:int", importFlatten, FloatTypes::Any},
      {"", "Identity", 1, 1, 1, 1, "", importIdentity, FloatTypes::Any},
      {"", "Reshape", 5, 2, 2, 1, "allowzero:int>=14", importReshape, FloatTypes::Any},
      {"", "Squeeze", 1, 1, 2, 1, "axes:ints<13", importSqueeze, FloatTypes::Any},
      {"", "Transpose", 1, 1, 1, 1, "perm:ints", importTranspose, FloatTypes::Any},
      {"", "Unsqueeze", 1, 1, 2, 1, "axes:ints<13", importUnsqueeze, FloatTypes::Any},
  };
  return rows;
}

} // namespace qcc::import
