//===- Contraction.h - what the contraction emitters share ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_CONTRACTION_H
#define QCC_LIB_CODEGEN_CONTRACTION_H

#include "KernelEmitter.h"
#include "dialects/Kernel/Kernel.h"

namespace qcc::codegen {

/// The activations of one image (or matrix) as the products read them: rows of pixels of channels.
struct Activation {
  mlir::Value pointer;
  int64_t rowPitch, pixelPitch, elementBytes; // bytes
  bool isPadded; // output pixel 0 starts at `pointer`; otherwise taps outside must be left out
};

/// Calls `body` for bands of `op.getBandRows()` rows of the result, the first of which is `row`,
/// with the input that they read. That is image `image` of the input (a dense view without its
/// leading dimensions) in place, or a copy of the band's rows in scratch: surrounded by the zero
/// point, less the zero point in 16 bits where the arithmetic asks for words.
void forEachBand(KernelEmitter &emitter, kernel::ContractionOp op, mlir::Value image,
                 llvm::function_ref<void(mlir::Value row, const Activation &)> body);

/// Half-open range of taps that lie inside the input for one output coordinate.
struct TapRange {
  mlir::Value begin, end;
};
TapRange getTapRange(KernelEmitter &emitter, mlir::Value output, int64_t stride, int64_t pad,
                     int64_t dilation, int64_t kernel, int64_t size);

/// Start value of the sums of `lanes` channels from the padded channel `channel` on.
mlir::Value loadBias(KernelEmitter &emitter, kernel::ContractionOp op, mlir::Value channel,
                     int64_t lanes);

/// Sum to result: adds a float bias, or applies the multiplier, rounds and saturates to codes.
mlir::Value finishSum(KernelEmitter &emitter, kernel::ContractionOp op, mlir::Value sum,
                      mlir::Value channel);

/// Runs `body` for every image: rank 4 counts batches, a matrix product of rank r > 2 its leading r
/// - 2 dimensions, over which input and weights are broadcast. `prefix` are the result's indices of
/// those dimensions.
void forEachImage(KernelEmitter &emitter, kernel::ContractionOp op,
                  llvm::function_ref<void(llvm::ArrayRef<mlir::Value> prefix, mlir::Value image,
                                          mlir::Value weights)>
                      body);

/// Sums of neighbouring 16-bit products (pmaddwd): 2 * lanes words times 2 * lanes weights to lanes
/// i32.
mlir::Value emitWordPairProduct(KernelEmitter &emitter, mlir::Value words, mlir::Value weights,
                                int64_t lanes);

mlir::LogicalResult emitContraction(KernelEmitter &emitter);
mlir::LogicalResult emitDepthwise(KernelEmitter &emitter);
mlir::LogicalResult emitPack(KernelEmitter &emitter);

} // namespace qcc::codegen

#endif
