//===- Reporting.h - what a run has to say, and its exit code ----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_REPORTING_H
#define QCC_LIB_DRIVER_REPORTING_H

#include "mlir/IR/Diagnostics.h"
#include "qcc/Support/Diagnostics.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Regex.h"

namespace qcc::driver {

/// Adds an error whose text may end with its code; `code` is for those that have none.
void report(Diagnostics &diagnostics, llvm::StringRef code, llvm::StringRef subject,
            llvm::Error error);

/// Turns MLIR diagnostics into ours while it lives: the node's name instead of a place in a text.
class DiagnosticForwarder {
public:
  /// `remarks`: regular expression of the remarks to keep; empty: none.
  DiagnosticForwarder(mlir::MLIRContext &context, llvm::StringRef input, llvm::StringRef remarks,
                      Diagnostics &diagnostics);

private:
  void forward(mlir::Diagnostic &diagnostic);

  std::string input, file; // path, and name in locations
  llvm::Regex filter;
  bool wantsRemarks;
  Diagnostics &diagnostics;
  mlir::ScopedDiagnosticHandler handler;
};

/// What an error means to the shell, from the code that its text ends with.
ExitCode getExitCode(llvm::StringRef text);

/// What the gravest error means to the shell.
ExitCode getExitCode(const Diagnostics &diagnostics);

/// Runs a tool so that nothing but its own messages is printed: LLVM's fatal errors and exhausted
/// memory leave with a message, closed standard streams are opened on /dev/null, and output that
/// standard output did not take is an error.
int runTool(const char *name, llvm::function_ref<ExitCode()> body);

} // namespace qcc::driver

#endif
