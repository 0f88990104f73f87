//===- Compile.cpp - Import and the loop over the stages --------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Reporting.h"
#include "qcc/Driver/Driver.h"

#include "dialects/QNN/QNNNetwork.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Data/Arrays.h"
#include "qcc/Execution/Runner.h"
#include "qcc/Import/Import.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace qcc::driver {

std::unique_ptr<MLIRContext> createContext() {
  DialectRegistry registry;
  pipeline::registerAllDialects(registry);
  auto context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  context->printOpOnDiagnostic(false);
  return context;
}

namespace {

/// Dumps are for reading: weights are elided.
bool dump(ModuleOp module, const CompileOptions &options, unsigned index, llvm::StringRef stage,
          Diagnostics &diagnostics) {
  std::string path = llvm::formatv("{0}{1,0+2}.{2}.mlir", options.dumpPrefix, index, stage);
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  std::error_code error;
  if (!folder.empty())
    error = llvm::sys::fs::create_directories(folder);
  if (!error) {
    llvm::raw_fd_ostream stream(path, error);
    if (!error) {
      module.print(stream,
                   OpPrintingFlags().elideLargeElementsAttrs().elideLargeResourceString(16));
      stream.close();
      error = stream.error();
      stream.clear_error();
    }
  }
  if (error)
    diagnostics.error("E6101", path, "cannot write: " + error.message());
  return !error;
}

/// Runs the stages after Quantize's own on a float network, for calibration and qcc-run.
llvm::Expected<std::unique_ptr<execution::Runner>> compileForHost(OwningOpRef<ModuleOp> module,
                                                                  llvm::StringRef cpu) {
  setTarget(*module, "host", cpu, "");
  bool started = false;
  for (const pipeline::Stage &stage : pipeline::getStages()) {
    started |= stage.name == "fuse";
    if (!started)
      continue;
    PassManager manager(module->getContext());
    stage.build(manager, {});
    if (failed(manager.run(*module)) || failed(stage.verify(*module)))
      return llvm::createStringError("the network cannot be compiled for this machine");
  }
  return target::createRunner(*module);
}

/// Frees the bytes of constants that the module no longer has. Only where it is the one module of
/// its context: clones share them.
void releaseDroppedConstants(ModuleOp module) {
  auto &manager =
      DenseResourceElementsHandle::getManagerInterface(module.getContext()).getBlobManager();
  llvm::DenseSet<const AsmResourceBlob *> kept;
  module.walk([&](Operation *op) {
    op->getAttrDictionary().walk([&](DenseResourceElementsAttr attribute) {
      kept.insert(attribute.getRawHandle().getBlob());
    });
  });
  SmallVector<llvm::StringRef> dropped;
  manager.getBlobMap([&](const auto &blobs) {
    for (const auto &entry : blobs)
      if (!kept.contains(entry.second.getBlob()))
        dropped.push_back(entry.first());
  });
  for (llvm::StringRef key : dropped)
    manager.update(key, {});
}

/// What the stage before `name` hands on must hold; Import and Simplify hand on the same form.
LogicalResult verifyBefore(llvm::StringRef name, ModuleOp module) {
  llvm::ArrayRef<pipeline::Stage> stages = pipeline::getStages();
  const pipeline::Stage *stage =
      llvm::find_if(stages, [&](const pipeline::Stage &stage) { return stage.name == name; });
  return (stage == stages.begin() ? stage : stage - 1)->verify(module);
}

/// `value` is the name of an .npy file, or text for Import.
llvm::Error readConstant(llvm::StringRef value, import::BoundValue &bound) {
  if (!value.ends_with(".npy")) {
    bound.text = value.str();
    return llvm::Error::success();
  }
  llvm::Expected<data::Array> array = data::readNpy(value);
  if (!array)
    return array.takeError();
  bound.type = array->type;
  bound.shape = array->shape;
  bound.bytes = std::move(array->bytes);
  return llvm::Error::success();
}

OwningOpRef<ModuleOp> read(const CompileOptions &options, MLIRContext &context,
                           Diagnostics &diagnostics) {
  if (options.startFrom.empty()) {
    import::ImportOptions importOptions;
    importOptions.dims = options.dims;
    importOptions.shapes = options.shapes;
    importOptions.states = options.states;
    importOptions.name = options.name;
    for (const auto &[input, value] : options.constants)
      if (llvm::Error error = readConstant(
              value, importOptions.constants.emplace_back(input, import::BoundValue()).second)) {
        report(diagnostics, "E3001", "", std::move(error));
        return nullptr;
      }
    return import::importOnnx(options.input, importOptions, context, diagnostics);
  }
  auto module = parseSourceFile<ModuleOp>(options.input, &context);
  if (!module && !diagnostics.hasErrors())
    diagnostics.error("E1001", options.input, "cannot be read as MLIR text");
  if (module && failed(verifyBefore(options.startFrom, *module)))
    return nullptr;
  return module;
}

} // namespace

OwningOpRef<ModuleOp> compile(const CompileOptions &options, MLIRContext &context,
                              Diagnostics &diagnostics,
                              std::function<void(llvm::StringRef, ModuleOp)> observe) {
  DiagnosticForwarder forwarder(context, options.input, options.remarks, diagnostics);
  auto targetInfo = getTargetInfo(options.target, options.cpu, options.attributes);
  if (!targetInfo) {
    report(diagnostics, "E5001", "", targetInfo.takeError());
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = read(options, context, diagnostics);
  if (!module || diagnostics.hasErrors())
    return nullptr;
  setTarget(*module, options.target, options.cpu, options.attributes);
  if (!(*module)->hasAttr("qcc.name"))
    (*module)->setAttr("qcc.name",
                       StringAttr::get(&context, options.name.empty() ? "model" : options.name));
  (*module)->setAttr("qcc.optimization", StringAttr::get(&context, options.optimization));
  execution::setRunnerFactory(&context,
                              [cpu = options.config.calibrationCpu](OwningOpRef<ModuleOp> network) {
                                return compileForHost(std::move(network), cpu);
                              });

  unsigned index = 1;
  auto finish = [&](llvm::StringRef stage) {
    if (observe)
      observe(stage, *module);
    return options.dumpPrefix.empty() || dump(*module, options, index++, stage, diagnostics);
  };
  bool running = options.startFrom.empty();
  if (running && (!finish("import") || options.stopAfter == "import"))
    return diagnostics.hasErrors() ? nullptr : std::move(module);
  for (const pipeline::Stage &stage : pipeline::getStages()) {
    running |= stage.name == options.startFrom;
    if (!running)
      continue;
    PassManager manager(&context);
    // Once a stage: after every pass it would take a tenth of the compilation. qcc-opt
    // verifies every pass.
    manager.enableVerifier(false);
    stage.build(manager, options.config);
    if (failed(manager.run(*module)) || failed(mlir::verify(*module)) ||
        failed(stage.verify(*module))) {
      if (!diagnostics.hasErrors())
        diagnostics.error("E4000", options.input, "stage " + stage.name + " failed");
      return nullptr;
    }
    if (!finish(stage.name))
      return nullptr;
    if (!observe)
      releaseDroppedConstants(*module);
    if (stage.name == options.stopAfter)
      break;
  }
  return module;
}

} // namespace qcc::driver
