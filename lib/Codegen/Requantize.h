//===- Requantize.h - requantization without a float unit -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_REQUANTIZE_H
#define QCC_LIB_CODEGEN_REQUANTIZE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace qcc::codegen {

/// The module's private function `(i32 acc, ptr record) -> i32`: acc times the record's multiplier,
/// rounded as contraction-c3 of docs/Semantics.md rounds, not saturated. A record is what
/// `kernel.contraction` describes. `hasLongMultiply`: the CPU multiplies 32 by 32 bits to 64;
/// otherwise the product is made of 16-bit pieces.
mlir::func::FuncOp getRequantizeFunction(mlir::ModuleOp module, bool hasLongMultiply);

} // namespace qcc::codegen

#endif
