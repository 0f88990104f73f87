//===- Pipeline.cpp - the stage table
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Pipeline/Pipeline.h"

#include "dialects/QNN/QNN.h"
#include "qcc/Codegen/Passes.h"
#include "qcc/Fuse/Passes.h"
#include "qcc/Layout/Passes.h"
#include "qcc/Plan/Passes.h"
#include "qcc/Prove/Passes.h"
#include "qcc/Quantize/Passes.h"
#include "qcc/Schedule/Passes.h"
#include "qcc/Simplify/Passes.h"

using namespace mlir;

namespace qcc::pipeline {

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
  registry.insert<qnn::QNNDialect, func::FuncDialect, arith::ArithDialect, scf::SCFDialect,
                  vector::VectorDialect, LLVM::LLVMDialect, quant::QuantDialect>();
}

} // namespace qcc::pipeline
