//===- Kernel.h - contractions with packed weights --------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_DIALECTS_KERNEL_KERNEL_H
#define QCC_DIALECTS_KERNEL_KERNEL_H

#include "dialects/QNN/QNN.h"

#include "dialects/Kernel/KernelDialect.h.inc"
#include "dialects/Kernel/KernelEnums.h.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.h.inc"

namespace qcc::kernel {

/// Products in one lane of one instruction.
int64_t getStep(Arithmetic arithmetic);

} // namespace qcc::kernel

#endif
