//===- Passes.h - passes of the Codegen stage: kernels as functions on pointers
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_CODEGEN_PASSES_H
#define QCC_CODEGEN_PASSES_H

#include "mlir/Pass/Pass.h"

namespace qcc::codegen {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Codegen/Passes.h.inc"
} // namespace qcc::codegen

#endif
