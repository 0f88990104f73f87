//===- SoftFloat.h - f32 arithmetic on integers -----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_CODEGEN_SOFTFLOAT_H
#define QCC_LIB_CODEGEN_SOFTFLOAT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace qcc::codegen {

enum class SoftFloat {
  Add,      // (f32, f32) -> f32
  Multiply, // (f32, f32) -> f32
  Divide,   // (f32, f32) -> f32
  Convert,  // (i32 magnitude, unsigned; i32 whose top bit is the sign) -> f32
  Root      // (f32, ignored f32) -> f32
};

/// The module's private function for an operation of IEEE 754: rounded to nearest even, denormals
/// kept, integer instructions only. A NaN has no particular payload.
mlir::func::FuncOp getSoftFloatFunction(mlir::ModuleOp module, SoftFloat operation);

} // namespace qcc::codegen

#endif
