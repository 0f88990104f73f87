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

/// A pair of a network input and the output that is its value in the next run. The argument carries
/// `qnn.state`, the number of the result, as i64. Its memory is the caller's, between runs too.
struct State {
  unsigned argument, result;
  int64_t offset, bytes; // in the memory of all states
};

/// States in the order of their arguments, each aligned to 16 bytes.
llvm::SmallVector<State> getStates(mlir::func::FuncOp network);
int64_t getStateBytes(llvm::ArrayRef<State> states);

/// The state that an argument or a result belongs to, or null.
const State *findStateOfArgument(llvm::ArrayRef<State> states, unsigned argument);
const State *findStateOfResult(llvm::ArrayRef<State> states, unsigned result);

/// The ONNX node name in an op's location ("" when there is none); of a fused location the first
/// one.
std::string getNodeName(mlir::Operation *op);

/// The emitter that the schedule names; "generic" without a schedule.
llvm::StringRef getEmitterName(KernelOp kernel);

/// "f32", "i8", "u8", ...: element types as the manifest and the header spell them.
std::string getTypeName(mlir::Type elementType);

} // namespace qcc::qnn

#endif
