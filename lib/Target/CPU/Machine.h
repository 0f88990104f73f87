//===- Machine.h - LLVM's target machine for a TargetInfo -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_TARGET_CPU_MACHINE_H
#define QCC_LIB_TARGET_CPU_MACHINE_H

#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace qcc::target {

/// Registers the backends that qcc generates code with, once.
void initializeBackends();

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine(const TargetInfo &target);

/// How hard LLVM works on the module's code: '0' '1' '2' '3' 's', its `qcc.optimization`.
char getOptimization(mlir::ModuleOp module);

/// Runs LLVM's optimiser without turning loops into library calls.
void optimize(llvm::Module &module, llvm::TargetMachine &machine, char level);

} // namespace qcc::target

#endif
