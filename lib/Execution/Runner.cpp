//===- Runner.cpp - how passes reach the Runner
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Execution/Runner.h"

#include "mlir/IR/MLIRContext.h"

using namespace mlir;

namespace qcc::execution {

RunnerFactory getRunnerFactory(MLIRContext *context) {
  Dialect *dialect = context->getLoadedDialect("qnn");
  auto *execution = dialect ? dialect->getRegisteredInterface<ExecutionInterface>() : nullptr;
  return execution ? execution->factory : nullptr;
}

void setRunnerFactory(MLIRContext *context, RunnerFactory factory) {
  Dialect *dialect = context->getLoadedDialect("qnn");
  assert(dialect && "the qnn dialect is loaded before a pipeline is built");
  dialect->addInterface(std::make_unique<ExecutionInterface>(dialect, std::move(factory)));
}

} // namespace qcc::execution
