//===- Verifiers.h - what each stage hands on -------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_PIPELINE_VERIFIERS_H
#define QCC_LIB_PIPELINE_VERIFIERS_H

#include "mlir/IR/BuiltinOps.h"

namespace qcc::pipeline {

/// One function @run of one block on static tensors; names on its arguments and results.
mlir::LogicalResult verifyNetwork(mlir::ModuleOp module);
/// ... and no dequantize_weights.
mlir::LogicalResult verifyQuantized(mlir::ModuleOp module);
/// ... and nothing outside kernels but constants and ops that move nothing.
mlir::LogicalResult verifyFused(mlir::ModuleOp module);
/// ... and an aligned arena offset for every kernel result and scratch that shares no byte with
/// what lives at the same time, the arena's size and alignment on the module.
mlir::LogicalResult verifyPlanned(mlir::ModuleOp module);
/// No tensor is left.
mlir::LogicalResult verifyGenerated(mlir::ModuleOp module);

} // namespace qcc::pipeline

#endif
