//===- Columns.cpp - ONNX operators that put columns of windows back into an image
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Moves.h"
#include "lib/Import/Operators/Window.h"
#include "qcc/Support/CheckedMath.h"

using namespace mlir;

namespace qcc::import {

namespace {

/// The image that Col2Im adds columns to.
struct Columns {
  SmallVector<int64_t> image, kernel, strides, dilations, pads; // per spatial dimension
  SmallVector<int64_t> padded, positions;                       // the padded image, window places
};

} // namespace

static FailureOr<Columns> readColumns(NodeContext &node) {
  auto image = node.requireIntegers(1, "the image shape");
  auto kernel = node.requireIntegers(2, "the block shape");
  if (failed(image) || failed(kernel))
    return failure();
  size_t spatial = image->size();
  auto strides = readWindowList(node, "strides", spatial, 1, 1);
  auto dilations = readWindowList(node, "dilations", spatial, 1, 1);
  auto pads = readWindowList(node, "pads", 2 * spatial, 0, 0);
  if (failed(strides) || failed(dilations) || failed(pads))
    return failure();
  Columns columns{*image, *kernel, *strides, *dilations, *pads, {}, {}};
  bool fits = spatial >= 1 && kernel->size() == spatial;
  for (size_t i = 0; fits && i < spatial; ++i) {
    fits = (*image)[i] >= 1 && (*image)[i] < mostExtent && (*kernel)[i] >= 1 &&
           (*kernel)[i] < mostExtent;
    if (!fits)
      break;
    int64_t padded = (*image)[i] + (*pads)[i] + (*pads)[spatial + i];
    int64_t room = padded - ((*kernel)[i] - 1) * (*dilations)[i] - 1;
    fits = room >= 0;
    columns.padded.push_back(padded);
    columns.positions.push_back(fits ? room / (*strides)[i] + 1 : 0);
  }
  if (!fits)
    return node.error("E2306", "blocks of shape " + formatShape(*kernel) +
                                   " do not fit the image " + formatShape(*image));
  return columns;
}

/// For each element of a block and each place of the window: where it lies in the padded image.
static SmallVector<int64_t> computeTargets(const Columns &columns) {
  SmallVector<int64_t> targets;
  std::function<void(size_t, int64_t, ArrayRef<int64_t>)> place =
      [&](size_t dimension, int64_t offset, ArrayRef<int64_t> taps) {
        if (dimension == columns.image.size()) {
          targets.push_back(offset);
          return;
        }
        for (int64_t i = 0; i < columns.positions[dimension]; ++i)
          place(dimension + 1,
                offset * columns.padded[dimension] + i * columns.strides[dimension] +
                    taps[dimension] * columns.dilations[dimension],
                taps);
      };
  SmallVector<int64_t> taps;
  std::function<void()> choose = [&] {
    if (taps.size() == columns.image.size())
      return place(0, 0, taps);
    for (int64_t i = 0, size = columns.kernel[taps.size()]; i < size; ++i) {
      taps.push_back(i);
      choose();
      taps.pop_back();
    }
  };
  choose();
  return targets;
}

/// Sums of the block elements that lie on each element of an image.
static LogicalResult importCol2Im(NodeContext &node) {
  auto columns = readColumns(node);
  if (failed(columns) || failed(node.requireRank(0, 3, 3)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0);
  std::optional<int64_t> block = productChecked(columns->kernel, mostExtent);
  std::optional<int64_t> places = productChecked(columns->positions, mostExtent);
  std::optional<int64_t> size = productChecked(columns->padded, mostExtent);
  if (!block || !places || !size || input[1] % *block || input[2] != *places)
    return node.error("E2301", "columns of shape " + formatShape(input) + " do not fit the image " +
                                   formatShape(columns->image) + " in blocks of " +
                                   formatShape(columns->kernel));
  int64_t maps = input[0] * (input[1] / *block);
  SmallVector<int64_t> shape = {input[0], input[1] / *block};
  llvm::append_range(shape, columns->image);
  Type element = node.getElementType(0);
  if (failed(node.makeType(shape, element)) || failed(node.makeType({*size, maps}, element)) ||
      failed(node.chargeFolding(*block * *places * 4)))
    return failure();

  // Maps are innermost: an index moves all of them.
  Value blocks = node.createReshape(node.getValue(0), {maps, *block * *places});
  blocks = node.createReshape(node.createTranspose(blocks, {1, 0}), {*block * *places, maps});
  Value targets = createIntegers(node, {*block * *places, 1}, computeTargets(*columns),
                                 node.builder.getI32Type());
  auto flat = RankedTensorType::get({*size, maps}, element);
  Value result = node.create<qnn::ScatterNDOp>(flat, qnn::ScatterKind::Add, createZeros(node, flat),
                                               targets, blocks);
  SmallVector<int64_t> padded(columns->padded), cropped(columns->image), offsets;
  padded.push_back(maps);
  cropped.push_back(maps);
  offsets.append(columns->pads.begin(), columns->pads.begin() + columns->image.size());
  offsets.push_back(0);
  result = createSlice(node, node.createReshape(result, padded), offsets, cropped);
  SmallVector<int64_t> order = {static_cast<int64_t>(columns->image.size())};
  llvm::append_range(order, llvm::seq<int64_t>(0, columns->image.size()));
  return node.setResult(node.createReshape(node.createTranspose(result, order), shape));
}

ArrayRef<Operator> getColumnOperators() {
  static const Operator rows[] = {
      {"", "Col2Im", 18, 3, 3, 1, "dilations:ints pads:ints strides:ints", importCol2Im},
  };
  return rows;
}

} // namespace qcc::import
