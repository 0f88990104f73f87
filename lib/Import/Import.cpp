//===- Import.cpp - ONNX files as qnn modules
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Import/Import.h"

#include "dialects/QNN/QNN.h"
#include "lib/Import/GraphImporter.h"
#include "lib/Import/ModelFile.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace qcc::import {

/// The file's stem with everything that C does not allow in an identifier replaced.
static std::string makeIdentifier(StringRef path) {
  std::string name;
  for (char c : llvm::sys::path::stem(path).take_front(63))
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name.insert(0, "model_");
  return name;
}

OwningOpRef<ModuleOp> importOnnx(StringRef path, const ImportOptions &options, MLIRContext &context,
                                 Diagnostics &diagnostics) {
  context.loadDialect<func::FuncDialect, quant::QuantDialect, qnn::QNNDialect>();
  Reporter reporter(path, diagnostics);
  auto model = readModelFile(path, reporter);
  if (failed(model))
    return {};
  auto graph = validateModel(*model->proto, reporter);
  if (failed(graph))
    return {};

  Builder builder(&context);
  // Locations must not depend on where the file lies: the same model gives the same bytes.
  std::string file = escapeName(llvm::sys::path::filename(path));
  OwningOpRef<ModuleOp> module(ModuleOp::create(NameLoc::get(builder.getStringAttr(file))));
  (*module)->setAttr("qcc.name", builder.getStringAttr(options.name.empty() ? makeIdentifier(path)
                                                                            : options.name));
  (*module)->setAttr("qcc.model_sha256", builder.getStringAttr(model->sha256));
  ExternalData external(path, options.onExternalData, reporter);
  if (failed(importGraph(*model->proto, *graph, options, external, *module, reporter)))
    return {};

  // Handlers check what they build; this guards against a mistake in one of them.
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (message.empty())
      message = diagnostic.str();
    return success();
  });
  if (failed(verify(*module))) {
    (void)reporter.error("E2999", "", "was imported wrongly, which is a bug in qcc: " + message);
    return {};
  }
  return module;
}

} // namespace qcc::import
