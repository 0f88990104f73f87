//===- CPU.h - machine code for CPUs ----------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes a module as Codegen leaves it (functions on pointers) to LLVM IR, then to an object,
// assembly or a running network. Everything happens in this process.
//===----------------------------------------------------------------------===//
#ifndef QCC_TARGET_CPU_CPU_H
#define QCC_TARGET_CPU_CPU_H

#include "mlir/IR/BuiltinOps.h"
#include "qcc/Execution/Runner.h"
#include "llvm/Support/Error.h"
#include <string>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace qcc::target {

enum class FileKind { Object, Assembly, LLVM };

/// Lowers a clone of `module` to LLVM IR with the target's triple, features, sections and linkage;
/// not optimised. Without weights their bytes are zeros that no optimisation may rely on.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context, bool withWeights = true);

/// The finished file's bytes. The object holds global symbols <name>_* only, no writable data, and
/// no calls but of the ABI's helpers.
llvm::Expected<std::string> generate(mlir::ModuleOp module, FileKind kind);

/// Compiles for this machine and loads. `module` must target it.
llvm::Expected<std::unique_ptr<execution::Runner>> createRunner(mlir::ModuleOp module);

} // namespace qcc::target

#endif
