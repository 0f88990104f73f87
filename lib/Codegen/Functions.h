//===- Functions.h - transcendental functions as f32 sequences --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same IEEE f32 operations in the same order as docs/Semantics.md writes down, so that every
// target gives the same bits without a math library.
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_FUNCTIONS_H
#define QCC_LIB_CODEGEN_FUNCTIONS_H

#include "KernelEmitter.h"

namespace qcc::codegen {

/// Each takes and gives f32, scalar or vector.
mlir::Value emitExp(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitLog(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitTanh(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitSigmoid(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitErf(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitAbs(KernelEmitter &emitter, mlir::Value x);
/// Correctly rounded: the target's instruction.
mlir::Value emitSqrt(KernelEmitter &emitter, mlir::Value x);

/// Register form of an element of type `to` from that of type `from`; neither is quantized.
mlir::Value emitCast(KernelEmitter &emitter, mlir::Value value, mlir::Type from, mlir::Type to);

} // namespace qcc::codegen

#endif
