//===- Window.cpp - kernel, strides and pads of convolutions and pools
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Window.h"

using namespace mlir;

namespace qcc::import {

FailureOr<SmallVector<int64_t>> readWindowList(NodeContext &node, StringRef name, size_t count,
                                               int64_t otherwise, int64_t least) {
  SmallVector<int64_t> values = node.getInts(name);
  if (values.empty())
    values.assign(count, otherwise);
  if (values.size() != count)
    return node.error("E2304", "attribute " + quoted(name) + " has " + Twine(values.size()) +
                                   " numbers, " + Twine(count) + " are needed");
  for (int64_t value : values)
    if (value < least || value >= mostExtent)
      return node.error("E2304", "attribute " + quoted(name) + " " + formatShape(values) +
                                     " holds a number outside [" + Twine(least) + ", 2^31)");
  return values;
}

FailureOr<SmallVector<int64_t>> readKernelShape(NodeContext &node, size_t count,
                                                ArrayRef<int64_t> kernel) {
  if (kernel.empty() && !node.hasAttribute("kernel_shape"))
    return node.error("E2012", "lacks the required attribute 'kernel_shape'");
  if (!node.hasAttribute("kernel_shape"))
    return SmallVector<int64_t>(kernel);
  auto given = readWindowList(node, "kernel_shape", count, 1, 1);
  if (failed(given))
    return failure();
  if (!kernel.empty() && ArrayRef<int64_t>(*given) != kernel)
    return node.error("E2304", "attribute 'kernel_shape' " + formatShape(*given) +
                                   " differs from the weights' " + formatShape(kernel));
  return given;
}

FailureOr<Window> readWindow(NodeContext &node, ArrayRef<int64_t> input, ArrayRef<int64_t> kernel,
                             bool isPool) {
  size_t count = input.size() - 2;
  auto size = readKernelShape(node, count, kernel);
  if (failed(size))
    return failure();
  auto strides = readWindowList(node, "strides", count, 1, 1);
  auto dilations = readWindowList(node, "dilations", count, 1, 1);
  auto pads = readWindowList(node, "pads", 2 * count, 0, 0);
  if (failed(strides) || failed(dilations) || failed(pads))
    return failure();

  StringRef autoPad = node.getString("auto_pad", "NOTSET");
  bool isSame = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  if (!isSame && autoPad != "NOTSET" && autoPad != "VALID")
    return node.error("E2016", "attribute 'auto_pad' has the unknown value " + quoted(autoPad));
  if (autoPad != "NOTSET" && llvm::any_of(*pads, [](int64_t pad) { return pad != 0; }))
    return node.error("E2016", "has both 'auto_pad' and 'pads'");
  bool ceil = node.getInt("ceil_mode", 0) != 0;

  SmallVector<int64_t> result(count);
  for (size_t i = 0; i < count; ++i) {
    int64_t extent = input[2 + i], stride = (*strides)[i];
    if ((*size)[i] >= mostExtent || extent >= mostExtent)
      return node.error("E2107", "is larger than 2^31 in one dimension");
    int64_t span = ((*size)[i] - 1) * (*dilations)[i] + 1;
    int64_t &before = (*pads)[i], &after = (*pads)[i + count];
    if (isSame) {
      result[i] = (extent - 1) / stride + 1;
      int64_t total = std::max<int64_t>((result[i] - 1) * stride + span - extent, 0);
      before = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
      after = total - before;
    } else {
      // With ceil_mode the last window, or the only one, may hang over the end.
      int64_t room = extent + before + after - span + (ceil ? stride - 1 : 0);
      if (room < 0)
        return node.error("E2304", "a kernel that spans " + Twine(span) +
                                       " does not fit a dimension of " + Twine(extent) +
                                       " padded by " + Twine(before) + " and " + Twine(after));
      result[i] = room / stride + 1;
      // A window that would start behind the input and its leading padding is dropped.
      if (ceil && (result[i] - 1) * stride >= extent + before)
        --result[i];
    }
    if (isPool && (before >= span || (result[i] - 1) * stride - before >= extent))
      return node.error("E2304", "pads " + formatShape(*pads) +
                                     " make a window that holds no element of the input");
    if (before >= mostExtent || after >= mostExtent)
      return node.error("E2304", "needs padding beyond 2^31");
  }

  Window window;
  window.kernel.assign(*size);
  window.strides.assign(*strides);
  window.dilations.assign(*dilations);
  window.result.assign(result);
  window.pads.assign(*pads);
  if (count == 1) {
    window.kernel.insert(window.kernel.begin(), 1);
    window.strides.insert(window.strides.begin(), 1);
    window.dilations.insert(window.dilations.begin(), 1);
    window.result.insert(window.result.begin(), 1);
    window.pads = {0, (*pads)[0], 0, (*pads)[1]};
  }
  return window;
}

Value toChannelsLast(NodeContext &node, Value value) {
  SmallVector<int64_t> shape(cast<RankedTensorType>(value.getType()).getShape());
  if (shape.size() == 3) {
    shape.insert(shape.begin() + 2, 1);
    value = node.createReshape(value, shape);
  }
  SmallVector<int64_t> permutation = {0};
  for (size_t i = 2; i < shape.size(); ++i)
    permutation.push_back(static_cast<int64_t>(i));
  permutation.push_back(1);
  return node.createTranspose(value, permutation);
}

Value toChannelsFirst(NodeContext &node, Value value, int64_t rank) {
  int64_t channels = cast<RankedTensorType>(value.getType()).getRank() - 1;
  SmallVector<int64_t> permutation = {0, channels};
  for (int64_t i = 1; i < channels; ++i)
    permutation.push_back(i);
  value = node.createTranspose(value, permutation);
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if (rank == 3)
    value = node.createReshape(value, {shape[0], shape[1], shape[3]});
  return value;
}

} // namespace qcc::import
