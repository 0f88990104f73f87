//===- Compiler.cpp - the qcc tool ------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Artifacts.h"
#include "CommandLine.h"

#include "qcc/Emit/ObjectFile.h"
#include "qcc/Import/Import.h"
#include "qcc/Support/OutputFiles.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace llvm;

namespace qcc::driver {

namespace {

// LLVM calls these where it cannot go on. The exit code tells a caller that the fault is ours.
[[noreturn]] void leave(const char *reason) {
  static const char prefix[] = "qcc: error: internal error: ";
  static const char suffix[] = "; please report it with the model and the options [E7000]\n";
  for (const char *part : {prefix, reason, suffix})
    if (::write(STDERR_FILENO, part, strlen(part)) < 0)
      break;
  _exit(static_cast<int>(ExitCode::Internal));
}
void handleFatalError(void *, const char *reason, bool) { leave(reason); }
void handleBadAlloc(void *, const char *, bool) { leave("out of memory"); }

class Compiler {
public:
  int run(int argc, char **argv);

private:
  ExitCode compileToFiles();
  bool printInformation(const opt::InputArgList &arguments);
  ExitCode emitObject(mlir::ModuleOp module, OutputFiles &files);
  ExitCode checkLimits(const emit::Artifact &artifact);
  std::string getOutputPath() const;
  ExitCode usage(Error error) {
    errs() << "qcc: error: " << toString(std::move(error)) << "\n";
    return ExitCode::Usage;
  }

  CommandLine line;
  Diagnostics diagnostics;
};

bool Compiler::printInformation(const opt::InputArgList &arguments) {
  if (arguments.hasArg(OPT_help)) {
    getOptionTable().printHelp(outs(), "qcc [options] model.onnx -o model.o",
                               "qcc: compiles ONNX networks to objects");
  } else if (arguments.hasArg(OPT_version)) {
    outs() << "qcc " << QCC_VERSION << " (LLVM " << LLVM_VERSION_STRING << ")\n";
  } else if (arguments.hasArg(OPT_print_targets)) {
    for (StringRef name : getTargetNames())
      outs() << name << "\n";
  } else if (arguments.hasArg(OPT_print_stages)) {
    outs() << "import: ONNX bytes as qnn operations on static tensors\n";
    for (const pipeline::Stage &stage : pipeline::getStages())
      outs() << stage.name << ": " << stage.meaning << "\n";
  } else if (arguments.hasArg(OPT_print_supported_operators)) {
    import::printSupportedOperators(outs());
  } else {
    return false;
  }
  return true;
}

std::string Compiler::getOutputPath() const {
  if (!line.output.empty())
    return line.output;
  SmallString<128> path(sys::path::filename(line.compile.input));
  sys::path::replace_extension(path, line.emit == "obj"    ? "o"
                                     : line.emit == "asm"  ? "s"
                                     : line.emit == "llvm" ? "ll"
                                                           : "mlir");
  return path.str().str();
}

ExitCode Compiler::checkLimits(const emit::Artifact &artifact) {
  struct Limit {
    std::optional<int64_t> limit;
    int64_t value;
    const char *what, *option;
  } limits[] = {
      {line.maxArena, artifact.arenaSize, "the arena", "-max-arena"},
      {line.maxFlash, artifact.codeSize + artifact.weightsSize, "code and weights", "-max-flash"},
      {line.maxStack, artifact.stackMax, "the stack", "-max-stack"},
  };
  bool exceeded = false;
  for (const Limit &limit : limits)
    if (limit.limit && limit.value > *limit.limit) {
      diagnostics.error("E7010", line.compile.input,
                        formatv("{0} takes {1} bytes, {2} allows {3}", limit.what, limit.value,
                                limit.option, *limit.limit));
      exceeded = true;
    }
  return exceeded ? ExitCode::Limit : ExitCode::Ok;
}

ExitCode Compiler::emitObject(mlir::ModuleOp module, OutputFiles &files) {
  target::FileKind kind = line.emit == "obj"   ? target::FileKind::Object
                          : line.emit == "asm" ? target::FileKind::Assembly
                                               : target::FileKind::LLVM;
  Expected<std::string> bytes = target::generate(module, kind);
  if (!bytes) {
    diagnostics.error("E5004", line.compile.input, toString(bytes.takeError()));
    return ExitCode::BadInput;
  }
  std::string path = getOutputPath();
  if (kind != target::FileKind::Object) {
    files.add(path, std::move(*bytes));
    return ExitCode::Ok;
  }
  emit::Artifact artifact = describeModule(module, line.text);
  Expected<emit::ObjectFacts> facts = emit::analyzeObject(*bytes, artifact.name);
  if (!facts) {
    diagnostics.error("E6009", line.compile.input, toString(facts.takeError()));
    return ExitCode::Internal;
  }
  artifact.codeSize = facts->codeSize;
  artifact.weightsSize = facts->weightsSize;
  artifact.stackMax = facts->stackMax;
  if (line.verifyObject && !facts->faults.empty()) {
    for (StringRef fault : facts->faults) {
      auto [text, code] = fault.rsplit(" [");
      diagnostics.error(code.drop_back(), line.compile.input,
                        "the object breaks its contract: " + text);
    }
    return ExitCode::Internal;
  }
  if (ExitCode limit = checkLimits(artifact); limit != ExitCode::Ok)
    return limit;
  files.add(path, std::move(*bytes));
  if (path != "-") {
    SmallString<128> header(path);
    sys::path::replace_extension(header, "h");
    files.add(header, emit::writeHeader(artifact));
  }
  if (!line.manifest.empty())
    files.add(line.manifest, emit::writeManifest(artifact));
  if (line.verbose)
    errs() << formatv("{0}: arena {1} bytes (bound {2}), weights {3}, code {4}, stack {5}, {6} "
                      "MACs, {7} kernels\n",
                      artifact.name, artifact.arenaSize, artifact.arenaBound, artifact.weightsSize,
                      artifact.codeSize, artifact.stackMax, artifact.macs, artifact.nodes.size());
  return ExitCode::Ok;
}

ExitCode Compiler::compileToFiles() {
  OutputFiles files;
  files.protect(line.compile.input);
  // Before minutes of work: a wrong path is an error now.
  OutputFiles planned = files;
  planned.add(getOutputPath(), "");
  if (Error error = planned.check()) {
    errs() << "qcc: error: " << toString(std::move(error)) << "\n";
    return ExitCode::CannotWrite;
  }
  std::unique_ptr<mlir::MLIRContext> context = createContext();
  mlir::OwningOpRef<mlir::ModuleOp> module = compile(line.compile, *context, diagnostics);
  if (!module)
    return ExitCode::BadInput;
  bool isFile = line.emit == "obj" || line.emit == "asm" || line.emit == "llvm";
  ExitCode code = ExitCode::Ok;
  if (isFile) {
    code = emitObject(*module, files);
  } else {
    std::string text;
    raw_string_ostream stream(text);
    // Locations carry the node names of the model.
    module->print(stream, mlir::OpPrintingFlags().enableDebugInfo());
    files.add(getOutputPath(), text + "\n");
  }
  if (code != ExitCode::Ok)
    return code;
  if (Error error = files.write()) {
    errs() << "qcc: error: " << toString(std::move(error)) << "\n";
    return ExitCode::CannotWrite;
  }
  return ExitCode::Ok;
}

int Compiler::run(int argc, char **argv) {
  install_fatal_error_handler(handleFatalError);
  install_bad_alloc_error_handler(handleBadAlloc);
  Expected<opt::InputArgList> arguments = parseArguments(argc, argv, Tool::Compiler);
  if (!arguments)
    return static_cast<int>(usage(arguments.takeError()));
  if (printInformation(*arguments))
    return 0;
  if (Error error = readCommandLine(*arguments, line))
    return static_cast<int>(usage(std::move(error)));
  ExitCode code = compileToFiles();
  printDiagnostics("qcc", diagnostics);
  return static_cast<int>(code);
}

} // namespace

int runCompiler(int argc, char **argv) { return Compiler().run(argc, argv); }

} // namespace qcc::driver
