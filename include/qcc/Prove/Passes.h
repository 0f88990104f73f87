//===- Passes.h - passes of the Prove stage: what exact integer range analysis proves
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_PROVE_PASSES_H
#define QCC_PROVE_PASSES_H

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::prove {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Prove/Passes.h.inc"
} // namespace qcc::prove

#endif
