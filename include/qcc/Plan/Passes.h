//===- Passes.h - passes of the Plan stage: arena offsets
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_PLAN_PASSES_H
#define QCC_PLAN_PASSES_H

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::plan {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Plan/Passes.h.inc"
} // namespace qcc::plan

#endif
