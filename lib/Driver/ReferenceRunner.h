//===- ReferenceRunner.h - a network run by Reference ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_REFERENCERUNNER_H
#define QCC_LIB_DRIVER_REFERENCERUNNER_H

#include "qcc/Emit/Artifact.h"
#include "qcc/Execution/Runner.h"

namespace qcc::driver {

/// Name, inputs and outputs of a network before Codegen.
emit::Artifact describeNetwork(mlir::ModuleOp module);

/// Evaluates @run of `module`, which must outlive the runner. The arena is empty.
std::unique_ptr<execution::Runner> createReferenceRunner(mlir::ModuleOp module);

} // namespace qcc::driver

#endif
