//===- TargetInfo.cpp - what code generation must know about a machine ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/TargetInfo/TargetInfo.h"

namespace qcc {

TargetInfo getTarget(mlir::ModuleOp) {
  TargetInfo target;
  target.name = "x86_64";
  target.triple = "x86_64-unknown-linux-gnu";
  target.cpu = "x86-64";
  target.dotProduct = DotProduct::Sse2;
  target.vectorBytes = 16;
  target.vectorRegisters = 16;
  target.unsignedActivations = true;
  return target;
}

} // namespace qcc
