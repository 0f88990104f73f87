//===- ContractionForm.h - what the passes that pack weights share ----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_LAYOUT_CONTRACTIONFORM_H
#define QCC_LIB_LAYOUT_CONTRACTIONFORM_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include <array>

namespace qcc::layout {

struct ContractionForm {
  kernel::Arithmetic arithmetic = kernel::Arithmetic::Float;
  int64_t lanes = 1, panel = 1;
};

/// The form for weights of any value: codes less their zero point fit 16 bits.
ContractionForm chooseForm(const TargetInfo &target, bool isQuantized);

/// {0, significand, exponent, 0} with m = significand * 2^exponent (docs/Requantization.md).
std::array<int32_t, 4> getEmulatedForm(float multiplier);

/// Erases kernel inputs that no op reads any more, and constants that no kernel reads.
void dropUnused(mlir::func::FuncOp network);

} // namespace qcc::layout

#endif
