//===- Passes.h - passes of the Simplify stage: the smallest float graph
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_SIMPLIFY_PASSES_H
#define QCC_SIMPLIFY_PASSES_H

#include "mlir/Pass/Pass.h"

namespace qcc::simplify {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Simplify/Passes.h.inc"
} // namespace qcc::simplify

#endif
