//===- Compiler.cpp - the qcc tool ------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Artifacts.h"
#include "CommandLine.h"
#include "Reporting.h"

#include "qcc/Emit/ObjectFile.h"
#include "qcc/Export/Export.h"
#include "qcc/Import/Import.h"
#include "qcc/Report/Summary.h"
#include "qcc/Support/OutputFiles.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace qcc::driver {

namespace {

class Compiler {
public:
  ExitCode run(int argc, char **argv);

private:
  ExitCode compileToFiles();
  /// A file of -save-temps beside the dumps.
  struct Intermediate {
    std::string path;
    target::FileKind kind;
  };
  std::vector<Intermediate> getIntermediates() const;
  void saveIntermediates(mlir::ModuleOp module, OutputFiles &files);
  void emitObject(mlir::ModuleOp module, OutputFiles &files);
  bool isWithinLimits(const emit::Artifact &artifact);
  bool isMachineCode() const {
    return line.emit == "obj" || line.emit == "asm" || line.emit == "llvm";
  }
  void chooseOutputs();
  bool checkOutputs(OutputFiles &files);

  CommandLine line;
  std::string output, header; // header: empty where none is written
  std::string temporaries;    // prefix of the files of -save-temps
  Diagnostics diagnostics;
};

void Compiler::chooseOutputs() {
  output = line.output;
  if (output.empty()) {
    SmallString<128> path(sys::path::filename(line.compile.input));
    sys::path::replace_extension(path, line.emit == "obj"    ? "o"
                                       : line.emit == "asm"  ? "s"
                                       : line.emit == "llvm" ? "ll"
                                       : line.emit == "onnx" ? "onnx"
                                                             : "mlir");
    output = path.str().str();
  }
  sys::fs::file_status status;
  bool isDevice =
      output == "-" || (!sys::fs::status(output, status) && !sys::fs::is_regular_file(status));
  if (line.saveTemps) {
    SmallString<128> path(isDevice ? sys::path::filename(line.compile.input).str() : output);
    sys::path::replace_extension(path, "");
    temporaries = path.str().str() + ".";
    line.compile.dumpPrefix = temporaries;
  }
  if (line.emit == "obj" && !isDevice) {
    SmallString<128> path(output);
    sys::path::replace_extension(path, "h");
    header = path.str().str();
  }
}

/// Before minutes of work: a wrong path is an error now.
bool Compiler::checkOutputs(OutputFiles &files) {
  if (output == header) {
    diagnostics.error("E6104", output,
                      "would be written twice, for the object's header has this name too; choose "
                      "another path");
    return false;
  }
  registerFiles(line.compile, files);
  for (const std::string &path : {output, header, line.manifest})
    if (!path.empty())
      files.announce(path);
  for (const Intermediate &intermediate : getIntermediates())
    files.announce(intermediate.path);
  if (Error error = files.check())
    report(diagnostics, "E6101", "", std::move(error));
  return !diagnostics.hasErrors();
}

bool Compiler::isWithinLimits(const emit::Artifact &artifact) {
  struct Limit {
    std::optional<int64_t> limit;
    int64_t value;
    const char *what, *option;
  } limits[] = {
      {line.maxArena, artifact.arenaSize, "the arena takes", "-max-arena"},
      {line.maxFlash, artifact.codeSize + artifact.weightsSize, "code and weights take",
       "-max-flash"},
      {line.maxStack, artifact.stackMax, "the stack takes", "-max-stack"},
  };
  bool exceeded = false;
  for (const Limit &limit : limits)
    if (limit.limit && limit.value > *limit.limit) {
      diagnostics.error("E7010", line.compile.input,
                        formatv("{0} {1} bytes, {2} allows {3}", limit.what, limit.value,
                                limit.option, *limit.limit));
      exceeded = true;
    }
  return !exceeded;
}

/// LLVM IR and assembly of the code, except what is the output anyway.
std::vector<Compiler::Intermediate> Compiler::getIntermediates() const {
  std::vector<Intermediate> intermediates;
  if (line.saveTemps && isMachineCode()) {
    if (line.emit != "llvm")
      intermediates.push_back({temporaries + "ll", target::FileKind::LLVM});
    if (line.emit != "asm")
      intermediates.push_back({temporaries + "s", target::FileKind::Assembly});
  }
  return intermediates;
}

void Compiler::saveIntermediates(mlir::ModuleOp module, OutputFiles &files) {
  for (const Intermediate &intermediate : getIntermediates()) {
    Expected<std::string> text = target::generate(module, intermediate.kind);
    if (!text)
      return report(diagnostics, "E5004", line.compile.input, text.takeError());
    files.add(intermediate.path, std::move(*text));
  }
}

void Compiler::emitObject(mlir::ModuleOp module, OutputFiles &files) {
  target::FileKind kind = line.emit == "obj"   ? target::FileKind::Object
                          : line.emit == "asm" ? target::FileKind::Assembly
                                               : target::FileKind::LLVM;
  Expected<std::string> bytes = target::generate(module, kind);
  if (!bytes)
    return report(diagnostics, "E5004", line.compile.input, bytes.takeError());
  if (kind != target::FileKind::Object)
    return files.add(output, std::move(*bytes));
  emit::Artifact artifact = describeModule(module, line.text);
  Expected<emit::ObjectFacts> facts = emit::analyzeObject(*bytes, artifact.name);
  if (!facts)
    return report(diagnostics, "E6009", line.compile.input, facts.takeError());
  artifact.codeSize = facts->codeSize;
  artifact.weightsSize = facts->weightsSize;
  artifact.stackMax = facts->stackMax;
  artifact.undefined = facts->undefined;
  if (line.verifyObject && !facts->faults.empty()) {
    for (StringRef fault : facts->faults) {
      auto [text, code] = fault.rsplit(" [");
      diagnostics.error(code.drop_back(), line.compile.input,
                        "the object breaks its contract: " + text);
    }
    return;
  }
  if (!isWithinLimits(artifact))
    return;
  files.add(output, std::move(*bytes));
  if (!header.empty())
    files.add(header, emit::writeHeader(artifact));
  std::string manifest = emit::writeManifest(artifact);
  if (line.verbose)
    report::printSummary(manifest, errs());
  if (!line.manifest.empty())
    files.add(line.manifest, std::move(manifest));
}

ExitCode Compiler::compileToFiles() {
  OutputFiles files;
  chooseOutputs();
  if (!checkOutputs(files))
    return getExitCode(diagnostics);
  std::unique_ptr<mlir::MLIRContext> context = createContext();
  mlir::OwningOpRef<mlir::ModuleOp> module = compile(line.compile, *context, diagnostics, files);
  if (!module)
    return getExitCode(diagnostics);
  if (isMachineCode()) {
    DiagnosticForwarder forwarder(*context, line.compile.input, line.compile.remarks, diagnostics);
    saveIntermediates(*module, files);
    emitObject(*module, files);
  } else if (line.emit == "onnx") {
    DiagnosticForwarder forwarder(*context, line.compile.input, line.compile.remarks, diagnostics);
    if (mlir::FailureOr<std::string> model = exporting::exportOnnx(*module); succeeded(model))
      files.add(output, std::move(*model));
  } else {
    std::string text;
    raw_string_ostream stream(text);
    // Locations carry the node names of the model.
    module->print(stream, mlir::OpPrintingFlags().enableDebugInfo());
    files.add(output, text + "\n");
  }
  if (!diagnostics.hasErrors())
    if (Error error = files.write())
      report(diagnostics, "E6101", "", std::move(error));
  return getExitCode(diagnostics);
}

ExitCode Compiler::run(int argc, char **argv) {
  Expected<opt::InputArgList> arguments = parseArguments(argc, argv, Tool::Compiler);
  Error error = arguments ? Error::success() : arguments.takeError();
  if (!error) {
    if (printInformation(*arguments, Tool::Compiler))
      return ExitCode::Ok;
    error = readCommandLine(*arguments, line);
  }
  if (error) {
    errs() << "qcc: error: " << toString(std::move(error)) << "\n";
    return ExitCode::Usage;
  }
  if (arguments->hasArg(OPT_print_inputs))
    import::printInputs(line.compile.input, outs(), diagnostics);
  ExitCode code = arguments->hasArg(OPT_print_inputs) ? getExitCode(diagnostics) : compileToFiles();
  printDiagnostics("qcc", diagnostics);
  return code;
}

} // namespace

int runCompiler(int argc, char **argv) {
  return runTool("qcc", [&] { return Compiler().run(argc, argv); });
}

} // namespace qcc::driver
