//===- CausalConvolution.cpp - CausalConvWithState
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/Operators/Convolution.h"
#include "lib/Import/Operators/FloatMath.h"

using namespace mlir;

namespace qcc::import {

/// Depthwise convolution over the state and then the input; the last of both is the next state.
LogicalResult importCausalConvolution(NodeContext &node) {
  for (unsigned i : {0, 1, 2, 3})
    if (node.hasInput(i) && failed(node.requireFloat(i)))
      return failure();
  if (failed(node.requireRank(0, 3, 3)) || failed(node.requireRank(1, 3, 3)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), weights = node.getShape(1);
  int64_t batch = input[0], channels = input[1], length = input[2], kernel = weights[2];
  StringRef activation = node.getString("activation", "none");
  bool isSilu = activation == "silu" || activation == "swish";
  if (!isSilu && activation != "none")
    return node.error("E2016",
                      "attribute 'activation' has the unknown value " + quoted(activation));
  if (weights[0] != channels || weights[1] != 1)
    return node.error("E2302", node.describeInput(1) + " of shape " + formatShape(weights) +
                                   " must be [" + Twine(channels) + ", 1, kernel]");
  if (node.hasInput(2) && node.getShape(2) != ArrayRef<int64_t>({channels}))
    return node.error("E2302", "the bias, " + node.describeInput(2) + " of shape " +
                                   formatShape(node.getShape(2)) + ", must have " +
                                   Twine(channels) + " elements");
  bool hasState = node.hasInput(3);
  if (hasState && node.getShape(3) != ArrayRef<int64_t>({batch, channels, kernel - 1}))
    return node.error("E2302", node.describeInput(3) + " of shape " +
                                   formatShape(node.getShape(3)) + " must be " +
                                   formatShape({batch, channels, kernel - 1}));
  auto type = node.makeType({batch, channels, length + kernel - 1}, node.builder.getF32Type());
  if (failed(type))
    return failure();
  Value sequence = node.getValue(0);
  if (hasState)
    sequence = node.create<qnn::ConcatOp>(*type, ValueRange{node.getValue(3), sequence}, 2);
  else if (kernel > 1)
    sequence = node.create<qnn::PadOp>(*type, sequence, ArrayRef<int64_t>{0, 0, kernel - 1},
                                       ArrayRef<int64_t>{0, 0, 0}, llvm::APFloat(0.0));
  ConvolutionOperands operands{toChannelsLast(node, sequence),
                               toChannelsLast(node, node.getValue(1)),
                               node.hasInput(2) ? node.getValue(2) : Value(),
                               {},
                               {}};
  Window window{{1, kernel}, {1, 1}, {1, 1}, {1, length}, {0, 0, 0, 0}};
  auto result = createConvolution(node, operands, window, channels, node.builder.getF32Type());
  if (failed(result))
    return failure();
  Value value = toChannelsFirst(node, *result, 3);
  if (isSilu) {
    FloatMath math(node);
    value = math.mul(value, math.unary<qnn::SigmoidOp>(value));
  }
  if (failed(node.setResult(value)))
    return failure();
  if (!node.hasOutput(1))
    return success();
  auto state = node.makeType({batch, channels, kernel - 1}, node.builder.getF32Type());
  if (failed(state))
    return failure();
  return node.setResult(node.create<qnn::SliceOp>(*state, sequence, ArrayRef<int64_t>{0, 0, length},
                                                  ArrayRef<int64_t>{1, 1, 1}),
                        1);
}

} // namespace qcc::import
