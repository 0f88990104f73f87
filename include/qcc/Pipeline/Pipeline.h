//===- Pipeline.h - the stages in the order that data flows
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_PIPELINE_PIPELINE_H
#define QCC_PIPELINE_PIPELINE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace qcc::pipeline {

/// What the user asked for, as far as passes must know it. Target and name live on the module.
struct Config {
  std::string calibrationDirectory; // -calibrate
  std::string calibrationTable;     // -calibration
  std::string calibrationTableOut;  // -calibration-out; the driver writes it
  std::string calibrationCpu;       // -calibrate-cpu
  bool keepTensors = false;         // every kernel result keeps its own memory
  bool quantizedBoundary = false;   // -io=quantized
  bool selftest = false;            // the object gets <name>_selftest
};

/// One stage with a pass pipeline. Import comes before the first, Target and Emit after the last.
struct Stage {
  llvm::StringLiteral name;    // folder, namespace, -stop-after=, dump file
  llvm::StringLiteral meaning; // one sentence
  void (*build)(mlir::OpPassManager &manager, const Config &config);
  /// Checks what the stage hands on; emits an error and fails when it does not hold.
  mlir::LogicalResult (*verify)(mlir::ModuleOp module);
};

/// The table. The driver is a loop over it.
llvm::ArrayRef<Stage> getStages();

/// Registers every pass of every stage (qcc-opt).
void registerAllPasses();

/// Registers and loads every dialect that a stage reads or writes.
void registerAllDialects(mlir::DialectRegistry &registry);

} // namespace qcc::pipeline

#endif
