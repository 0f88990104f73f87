//===- Passes.h - passes of the Quantize stage: the same graph on quantized types
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_QUANTIZE_PASSES_H
#define QCC_QUANTIZE_PASSES_H

#include "dialects/QNN/QNN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::quantize {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Quantize/Passes.h.inc"
} // namespace qcc::quantize

#endif
