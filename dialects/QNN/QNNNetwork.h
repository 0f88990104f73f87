//===- QNNNetwork.h - questions about a network of kernels ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers of the stages after Fuse, where @run is a flat list of kernels, constants and reshapes.
//===----------------------------------------------------------------------===//
#ifndef QCC_DIALECTS_QNN_QNNNETWORK_H
#define QCC_DIALECTS_QNN_QNNNETWORK_H

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <optional>
#include <string>

namespace qcc::qnn {

/// The value whose memory holds `tensor`: looks through reshapes and bitcasts, which move nothing.
mlir::Value getStorageRoot(mlir::Value tensor);

/// The network output that `kernelResult` is written to directly (through reshapes), if any.
std::optional<unsigned> getOutputIndex(mlir::Value kernelResult);

/// The ONNX node name in an op's location ("" when there is none); of a fused location the first
/// one.
std::string getNodeName(mlir::Operation *op);

/// The emitter that the schedule names; "generic" without a schedule.
llvm::StringRef getEmitterName(KernelOp kernel);

/// "f32", "i8", "u8", ...: element types as the manifest and the header spell them.
std::string getTypeName(mlir::Type elementType);

} // namespace qcc::qnn

#endif
