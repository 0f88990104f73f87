//===- Passes.h - passes of the Layout stage: memory order of activations and weights
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LAYOUT_PASSES_H
#define QCC_LAYOUT_PASSES_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Pass/Pass.h"

namespace qcc::layout {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Layout/Passes.h.inc"
} // namespace qcc::layout

#endif
