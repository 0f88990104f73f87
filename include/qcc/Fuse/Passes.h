//===- Passes.h - passes of the Fuse stage: a flat list of kernels
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_FUSE_PASSES_H
#define QCC_FUSE_PASSES_H

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::fuse {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Fuse/Passes.h.inc"
} // namespace qcc::fuse

#endif
