//===- Convolution.h - convolutions of any rank as qnn.conv2d
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_OPERATORS_CONVOLUTION_H
#define QCC_LIB_IMPORT_OPERATORS_CONVOLUTION_H

#include "lib/Import/Operators/Window.h"

namespace qcc::import {

/// Channels last: input [N, spatial..., C], weights [O, kernel..., C/group]. The last three may be
/// null.
struct ConvolutionOperands {
  mlir::Value input, weights, bias, weightScale, weightZeroPoint;
};

/// Shapes, groups and the window that the operators of this family check alike.
struct ConvolutionShape {
  Window window;
  int64_t group, channels;
};

mlir::FailureOr<ConvolutionShape> readConvolution(NodeContext &node, unsigned weightsInput,
                                                  unsigned biasInput);

/// [N, window.result..., O] of that element type. More than two spatial dimensions become channels:
/// the taps of the leading ones lie side by side in each pixel, so that one qnn.conv2d remains.
mlir::FailureOr<mlir::Value> createConvolution(NodeContext &node, ConvolutionOperands operands,
                                               const Window &window, int64_t group,
                                               mlir::Type elementType);

mlir::LogicalResult importConvTranspose(NodeContext &node);
mlir::LogicalResult importCausalConvolution(NodeContext &node);
mlir::LogicalResult importDeformableConvolution(NodeContext &node);

} // namespace qcc::import

#endif
