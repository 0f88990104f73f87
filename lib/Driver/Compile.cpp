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

/// Import is stage 0, those of the table follow.
llvm::StringRef getStageName(size_t number) {
  return number == 0 ? "import" : llvm::StringRef(pipeline::getStages()[number - 1].name);
}

struct StageRange {
  size_t first, last;
};

/// The stages that run.
StageRange getStageRange(const CompileOptions &options) {
  StageRange range = {0, pipeline::getStages().size()};
  for (size_t number = 0; number <= pipeline::getStages().size(); ++number) {
    if (getStageName(number) == options.startFrom)
      range.first = number;
    if (getStageName(number) == options.stopAfter)
      range.last = number;
  }
  return range;
}

std::string getDumpPath(const CompileOptions &options, size_t stage) {
  return llvm::formatv("{0}{1,0+2}.{2}.mlir", options.dumpPrefix, stage + 1, getStageName(stage));
}

/// Dumps are for reading: weights are elided.
bool dump(ModuleOp module, const CompileOptions &options, size_t stage, Diagnostics &diagnostics) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, OpPrintingFlags().elideLargeElementsAttrs().elideLargeResourceString(16));
  OutputFiles file;
  file.add(getDumpPath(options, stage), std::move(text));
  llvm::Error error = file.write();
  bool isWritten = !error;
  if (error)
    report(diagnostics, "E6101", "", std::move(error));
  return isWritten;
}

/// The table that Calibrate left on the module.
std::string takeCalibrationTable(ModuleOp module) {
  auto table = dyn_cast_or_null<StringAttr>(module->removeAttr("qcc.calibration_table"));
  return table ? table.str() : "";
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
                           Diagnostics &diagnostics, OutputFiles &files) {
  if (options.startFrom.empty()) {
    import::ImportOptions importOptions;
    importOptions.dims = options.dims;
    importOptions.shapes = options.shapes;
    importOptions.states = options.states;
    importOptions.name = options.name;
    importOptions.onExternalData = [&](llvm::StringRef path) { files.protect(path); };
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

/// The machine for which MLIR text was made stands unless the command line names one, which from
/// Layout on must be the same: what follows reads what was laid out for it.
bool settleTarget(ModuleOp module, const CompileOptions &options, Diagnostics &diagnostics) {
  Attribute recorded = options.startFrom.empty() ? Attribute() : module->getAttr("qcc.target");
  if (recorded && !options.namesTarget)
    return true;
  setTarget(module, options.target, options.cpu, options.attributes);
  if (!recorded || recorded == module->getAttr("qcc.target"))
    return true;
  bool isLaidOut = false;
  for (size_t number = 0; number < getStageRange(options).first; ++number)
    isLaidOut |= getStageName(number) == "layout";
  if (isLaidOut)
    diagnostics.error("E5044", options.input,
                      "was laid out for another machine than -target=, -mcpu= and -mattr= name; "
                      "leave them out or start from layout");
  return !isLaidOut;
}

bool runStage(const pipeline::Stage &stage, const CompileOptions &options, ModuleOp module,
              Diagnostics &diagnostics) {
  PassManager manager(module.getContext());
  // Once a stage: after every pass it would take a tenth of the compilation. qcc-opt verifies every
  // pass.
  manager.enableVerifier(false);
  stage.build(manager, options.config);
  if (succeeded(manager.run(module)) && succeeded(mlir::verify(module)) &&
      succeeded(stage.verify(module)))
    return true;
  if (!diagnostics.hasErrors())
    diagnostics.error("E4000", options.input, "stage " + stage.name + " failed");
  return false;
}

} // namespace

void registerFiles(const CompileOptions &options, OutputFiles &files) {
  files.protect(options.input);
  for (const auto &[input, value] : options.constants)
    files.protect(value);
  const pipeline::Config &config = options.config;
  files.protect(config.calibrationTable);
  files.protect(config.calibrationDirectory);
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(config.calibrationDirectory, error), end;
       it != end && !error; it.increment(error))
    files.protect(it->path());
  if (!config.calibrationTableOut.empty())
    files.announce(config.calibrationTableOut);
  if (options.dumpPrefix.empty())
    return;
  // Where this fails, the check of the announced files says it.
  if (llvm::StringRef(options.dumpPrefix).ends_with("/"))
    (void)llvm::sys::fs::create_directories(options.dumpPrefix);
  StageRange range = getStageRange(options);
  for (size_t number = range.first; number <= range.last; ++number)
    files.announce(getDumpPath(options, number));
}

OwningOpRef<ModuleOp> compile(const CompileOptions &options, MLIRContext &context,
                              Diagnostics &diagnostics, OutputFiles &files,
                              std::function<void(llvm::StringRef, ModuleOp)> observe) {
  DiagnosticForwarder forwarder(context, options.input, options.remarks, diagnostics);
  auto targetInfo = getTargetInfo(options.target, options.cpu, options.attributes);
  if (!targetInfo) {
    report(diagnostics, "E5001", "", targetInfo.takeError());
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = read(options, context, diagnostics, files);
  if (!module || diagnostics.hasErrors())
    return nullptr;
  // Now that all inputs are known.
  if (llvm::Error error = files.check()) {
    report(diagnostics, "E6101", "", std::move(error));
    return nullptr;
  }
  if (!settleTarget(*module, options, diagnostics))
    return nullptr;
  if (!options.name.empty() || !(*module)->hasAttr("qcc.name"))
    (*module)->setAttr("qcc.name",
                       StringAttr::get(&context, options.name.empty() ? "model" : options.name));
  if (!options.optimization.empty() || !(*module)->hasAttr("qcc.optimization"))
    (*module)->setAttr(
        "qcc.optimization",
        StringAttr::get(&context, options.optimization.empty() ? "2" : options.optimization));
  execution::setRunnerFactory(&context,
                              [cpu = options.config.calibrationCpu](OwningOpRef<ModuleOp> network) {
                                return compileForHost(std::move(network), cpu);
                              });

  StageRange range = getStageRange(options);
  for (size_t number = range.first; number <= range.last; ++number) {
    // Import has run.
    if (number > 0 && !runStage(pipeline::getStages()[number - 1], options, *module, diagnostics))
      return nullptr;
    if (std::string table = takeCalibrationTable(*module); !table.empty())
      files.add(options.config.calibrationTableOut, std::move(table));
    if (observe)
      observe(getStageName(number), *module);
    if (!options.dumpPrefix.empty() && !dump(*module, options, number, diagnostics))
      return nullptr;
    if (!observe && number > 0)
      releaseDroppedConstants(*module);
  }
  return module;
}

} // namespace qcc::driver
