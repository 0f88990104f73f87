//===- Runner.h - a compiled network that this machine can run
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_EXECUTION_RUNNER_H
#define QCC_EXECUTION_RUNNER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectInterface.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <memory>

namespace qcc::execution {

/// Buffers in, buffers out. Tensors are dense, row-major, of the element types of the network's
/// boundary.
class Runner {
public:
  virtual ~Runner() = default;
  /// Runs once. Buffer sizes are the boundary tensors' bytes, in graph order; states
  /// are neither inputs nor outputs.
  virtual llvm::Error run(llvm::ArrayRef<const void *> inputs, llvm::ArrayRef<void *> outputs) = 0;
  /// Memory of the network's states: zero before the first run, then what the last run left.
  virtual llvm::MutableArrayRef<char> getState() = 0;
  /// The arena of the last run (for -keep-tensors: every kernel's result is still in it).
  virtual llvm::ArrayRef<char> getArena() const = 0;
};

/// Compiles a module as the Import, Simplify or Quantize stage hands it on, for this machine.
/// `module` is consumed.
using RunnerFactory = std::function<llvm::Expected<std::unique_ptr<Runner>>(
    mlir::OwningOpRef<mlir::ModuleOp> module)>;

/// Carries the factory to passes: Pipeline registers it on the qnn dialect, passes ask the context
/// for it.
class ExecutionInterface : public mlir::DialectInterface::Base<ExecutionInterface> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ExecutionInterface)
  ExecutionInterface(mlir::Dialect *dialect, RunnerFactory factory)
      : Base(dialect), factory(std::move(factory)) {}
  RunnerFactory factory;
};

/// The factory, or null when nothing was registered (qcc-opt without a pipeline).
RunnerFactory getRunnerFactory(mlir::MLIRContext *context);
void setRunnerFactory(mlir::MLIRContext *context, RunnerFactory factory);

} // namespace qcc::execution

#endif
