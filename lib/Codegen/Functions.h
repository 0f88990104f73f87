//===- Functions.h - functions of reals as sequences ------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same IEEE operations in the same order as docs/Semantics.md writes down, so that every target
// gives the same bits without a math library. All take scalars or vectors.
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_FUNCTIONS_H
#define QCC_LIB_CODEGEN_FUNCTIONS_H

#include "KernelEmitter.h"

namespace qcc::codegen {

// Of f32.
mlir::Value emitExp(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitLog(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitTanh(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitSigmoid(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitErf(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitSin(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitCos(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitAtan(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitPow(KernelEmitter &emitter, mlir::Value x, mlir::Value y);

// Of f32 and f64.
mlir::Value emitAbs(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitFloor(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitCeil(KernelEmitter &emitter, mlir::Value x);
mlir::Value emitRound(KernelEmitter &emitter, mlir::Value x);
/// x - y * truncate(x / y), exact.
mlir::Value emitRem(KernelEmitter &emitter, mlir::Value x, mlir::Value y);
/// Correctly rounded: the target's instruction.
mlir::Value emitSqrt(KernelEmitter &emitter, mlir::Value x);

/// Register form of an element of type `to` from that of type `from`; neither is quantized.
mlir::Value emitCast(KernelEmitter &emitter, mlir::Value value, mlir::Type from, mlir::Type to);

// Of integers.
mlir::Value emitIntegerPower(KernelEmitter &emitter, mlir::Value base, mlir::Value exponent,
                             bool isSigned);

} // namespace qcc::codegen

#endif
