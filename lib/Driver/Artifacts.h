//===- Artifacts.h - a compiled module's object, header and manifest --------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_ARTIFACTS_H
#define QCC_LIB_DRIVER_ARTIFACTS_H

#include "mlir/IR/BuiltinOps.h"
#include "qcc/Emit/Artifact.h"

namespace qcc::driver {

/// The facts that the stages left on a module after Codegen.
emit::Artifact describeModule(mlir::ModuleOp module, llvm::StringRef options);

} // namespace qcc::driver

#endif
