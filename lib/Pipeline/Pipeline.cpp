//===- Pipeline.cpp - the stage table ---------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Pipeline/Pipeline.h"

#include "Verifiers.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/QNN/QNN.h"
#include "qcc/Codegen/Passes.h"
#include "qcc/Fuse/Passes.h"
#include "qcc/Layout/Passes.h"
#include "qcc/Plan/Passes.h"
#include "qcc/Prove/Passes.h"
#include "qcc/Quantize/Passes.h"
#include "qcc/Schedule/Passes.h"
#include "qcc/Simplify/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace qcc::pipeline {

static void buildSimplify(OpPassManager &manager, const Config &) {
  OpPassManager &function = manager.nest<func::FuncOp>();
  function.addPass(simplify::createFoldConstants());
  // Slices and concats let transposes pass that indices would stop.
  function.addPass(simplify::createReplaceIndexing());
  function.addPass(simplify::createFoldTransposes());
  function.addPass(simplify::createRemoveNoOps());
  function.addPass(simplify::createFoldBatchNorm());
  function.addPass(createCSEPass());
  // A folded transpose leaves constants, a folded constant leaves no-ops.
  function.addPass(simplify::createFoldConstants());
  function.addPass(simplify::createRemoveNoOps());
  manager.addPass(createCanonicalizerPass());
}

static void buildQuantize(OpPassManager &manager, const Config &config) {
  if (!config.calibrationDirectory.empty() || !config.calibrationTable.empty()) {
    quantize::CalibrateOptions options;
    if (!config.calibrationDirectory.empty())
      options.samples = {config.calibrationDirectory};
    options.tableIn = config.calibrationTable;
    options.keepTable = !config.calibrationTableOut.empty();
    manager.addPass(quantize::createCalibrate(options));
    manager.addNestedPass<func::FuncOp>(quantize::createInsertQuantization());
  }
  manager.addNestedPass<func::FuncOp>(quantize::createMoveConversions());
  manager.addNestedPass<func::FuncOp>(quantize::createFormIntegerOps());
  manager.addNestedPass<func::FuncOp>(quantize::createFormLookups());
  manager.addNestedPass<func::FuncOp>(quantize::createFoldWeights());
  if (config.quantizedBoundary)
    manager.addNestedPass<func::FuncOp>(quantize::createMoveBoundary());
}

static void buildProve(OpPassManager &manager, const Config &config) {
  // First: the selftest then judges what this stage proves as well.
  if (config.selftest)
    manager.addPass(prove::createEvaluateSelftest());
  manager.addNestedPass<func::FuncOp>(prove::createDropIdleClamps());
  manager.addNestedPass<func::FuncOp>(prove::createSettleConstantChannels());
  manager.addNestedPass<func::FuncOp>(prove::createRemoveConstantChannels());
  manager.addNestedPass<func::FuncOp>(prove::createBoundAccumulators());
  manager.addNestedPass<func::FuncOp>(prove::createCertifyRequantization());
}

static void buildFuse(OpPassManager &manager, const Config &) {
  manager.addNestedPass<func::FuncOp>(fuse::createSeparateOutputs());
  // Tables first: a chain that became one lookup fits into an epilogue.
  manager.addNestedPass<func::FuncOp>(fuse::createMakeLookupTables());
  manager.addNestedPass<func::FuncOp>(fuse::createFormKernels());
}

static void buildLayout(OpPassManager &manager, const Config &) {
  manager.addPass(layout::createChooseSignedness());
  // The zero point that packing folds is the re-encoded one.
  manager.addPass(layout::createPackRecurrentWeights());
  manager.addPass(layout::createPackWeights());
  manager.addPass(layout::createPackMatrices());
}

static void buildSchedule(OpPassManager &manager, const Config &) {
  manager.addPass(schedule::createSelectTiles());
}

static void buildPlan(OpPassManager &manager, const Config &config) {
  plan::AssignArenaOptions options;
  options.keepTensors = config.keepTensors;
  manager.addPass(plan::createAssignArena(options));
}

static void buildCodegen(OpPassManager &manager, const Config &) {
  manager.addPass(codegen::createEmitKernels());
  manager.addPass(codegen::createEmulateFloat());
  manager.addPass(codegen::createCheckArguments());
  manager.addPass(codegen::createAddSelftest());
  // No canonicalizer and no CSE: LLVM's passes find the same, faster.
}

llvm::ArrayRef<Stage> getStages() {
  static constexpr Stage stages[] = {
      {"simplify", "the smallest float graph", buildSimplify, verifyNetwork},
      {"quantize", "the same graph on quantized types", buildQuantize, verifyQuantized},
      {"prove", "facts of exact integer range analysis as attributes", buildProve, verifyQuantized},
      {"fuse", "a flat list of kernels", buildFuse, verifyFused},
      {"layout", "memory order of activations and weights", buildLayout, verifyFused},
      {"schedule", "emitter, tile and scratch of each kernel", buildSchedule, verifyFused},
      {"plan", "arena offsets of every tensor", buildPlan, verifyPlanned},
      {"codegen", "kernels as functions on pointers", buildCodegen, verifyGenerated},
  };
  return stages;
}

void registerAllPasses() {
  simplify::registerSimplifyPasses();
  quantize::registerQuantizePasses();
  prove::registerProvePasses();
  fuse::registerFusePasses();
  layout::registerLayoutPasses();
  schedule::registerSchedulePasses();
  plan::registerPlanPasses();
  codegen::registerCodegenPasses();
}

void registerAllDialects(DialectRegistry &registry) {
  registry.insert<qnn::QNNDialect, kernel::KernelDialect, func::FuncDialect, arith::ArithDialect,
                  math::MathDialect, scf::SCFDialect, vector::VectorDialect, LLVM::LLVMDialect,
                  quant::QuantDialect>();
}

} // namespace qcc::pipeline
