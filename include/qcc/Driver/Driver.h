//===- Driver.h - from options to files -------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_DRIVER_DRIVER_H
#define QCC_DRIVER_DRIVER_H

#include "mlir/IR/BuiltinOps.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Support/Diagnostics.h"
#include "qcc/Support/OutputFiles.h"
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qcc::driver {

/// What a compilation needs to know; parseOptions fills it from a command line.
struct CompileOptions {
  std::string input;
  std::string name;
  std::string target = "host", cpu, attributes;
  bool namesTarget = false; // one of the three was given; else what MLIR text was made for stands
  std::vector<std::pair<std::string, int64_t>> dims;
  std::vector<std::pair<std::string, std::vector<int64_t>>> shapes;
  std::vector<std::pair<std::string, std::string>> constants; // input, numbers or an .npy file
  std::vector<std::pair<std::string, std::string>> states;    // input, output
  std::string startFrom;    // stage name or empty: the input is an ONNX file
  std::string stopAfter;    // stage name or empty: run all
  std::string dumpPrefix;   // NN.<stage>.mlir is appended; empty: no dumps
  std::string optimization; // 0 1 2 3 s; empty: what MLIR text says, else 2
  std::string remarks;      // regular expression, empty: none
  pipeline::Config config;
};

/// Makes a context with every dialect, multithreading off: results never depend on scheduling.
std::unique_ptr<mlir::MLIRContext> createContext();

/// Protects the inputs that the options name; announces the calibration table and the dumps. A
/// folder of dumps (a prefix that ends with "/") is made.
void registerFiles(const CompileOptions &options, OutputFiles &files);

/// Runs Import and the stages from `startFrom` to `stopAfter`. Null after an error, which is in
/// `diagnostics`. Protects in `files` what only the model names, and adds the calibration table.
/// Dumps are written at once, for a look at what a later stage refuses. `observe` sees the module
/// after each stage (Import included), before the next one changes it.
mlir::OwningOpRef<mlir::ModuleOp>
compile(const CompileOptions &options, mlir::MLIRContext &context, Diagnostics &diagnostics,
        OutputFiles &files,
        std::function<void(llvm::StringRef stage, mlir::ModuleOp)> observe = nullptr);

/// The qcc tool.
int runCompiler(int argc, char **argv);

/// The qcc-run tool.
int runNetwork(int argc, char **argv);

} // namespace qcc::driver

#endif
