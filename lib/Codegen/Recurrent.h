//===- Recurrent.h - the emitter of recurrences
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_RECURRENT_H
#define QCC_LIB_CODEGEN_RECURRENT_H

#include "KernelEmitter.h"

namespace qcc::codegen {

/// qnn.recurrent: loops over sequences and steps; the products with the state run in panels of the
/// weights' columns, then the gates element by element.
mlir::LogicalResult emitRecurrent(KernelEmitter &emitter);

/// An activation of qnn.recurrent on f32 scalars or vectors.
mlir::Value emitActivation(KernelEmitter &emitter, llvm::StringRef name, float alpha, float beta,
                           mlir::Value x);

} // namespace qcc::codegen

#endif
