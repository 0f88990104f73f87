//===- Information.cpp - options that print and compile nothing -------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CommandLine.h"

#include "qcc/Import/Import.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace qcc::driver {

bool printInformation(const opt::InputArgList &arguments, Tool tool) {
  bool isCompiler = tool == Tool::Compiler;
  if (arguments.hasArg(OPT_help)) {
    getOptionTable().printHelp(outs(),
                               isCompiler ? "qcc [options] model.onnx -o model.o"
                                          : "qcc-run [options] model.onnx -input=file.npy",
                               isCompiler ? "qcc: compiles ONNX networks to objects"
                                          : "qcc-run: compiles and runs a network",
                               /*ShowHidden=*/false, /*ShowAllAliases=*/false, getVisibility(tool));
  } else if (arguments.hasArg(OPT_version)) {
    outs() << (isCompiler ? "qcc " : "qcc-run ") << QCC_VERSION << " (LLVM " << LLVM_VERSION_STRING
           << ")\n";
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

} // namespace qcc::driver
