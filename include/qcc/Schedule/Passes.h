//===- Passes.h - passes of the Schedule stage: emitter and tile of each kernel
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_SCHEDULE_PASSES_H
#define QCC_SCHEDULE_PASSES_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Pass/Pass.h"

namespace qcc::schedule {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qcc/Schedule/Passes.h.inc"
} // namespace qcc::schedule

#endif
