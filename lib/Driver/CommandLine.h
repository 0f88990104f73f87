//===- CommandLine.h - the options of the tools -----------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_COMMANDLINE_H
#define QCC_LIB_DRIVER_COMMANDLINE_H

#include "qcc/Driver/Driver.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"

namespace qcc::driver {

enum OptionId {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "lib/Driver/Options.inc"
#undef OPTION
};

const llvm::opt::OptTable &getOptionTable();

/// Everything that qcc's command line says.
struct CommandLine {
  CompileOptions compile;
  std::string output, manifest, emit = "obj";
  bool verifyObject = true, verbose = false, saveTemps = false;
  std::optional<int64_t> maxArena, maxFlash, maxStack;
  std::string text; // for the manifest
};

/// Fills `line` from parsed arguments. Errors are usage errors with their code.
llvm::Error readCommandLine(const llvm::opt::InputArgList &arguments, CommandLine &line);

/// Place of a stage in the order of the table, Import first; nothing for an unknown name.
std::optional<size_t> findStage(llvm::StringRef name);

/// Refuses options that would silently do nothing beside or without others.
llvm::Error checkCombinations(const llvm::opt::InputArgList &arguments, const CommandLine &line);

/// Flags of an option, behind LLVM's own.
enum OptionMark { DecidesOutput = 1 << 4, NamesFile = 1 << 5 };

enum OptionVisibility { RunVisibility = 1 << 2, WriteVisibility = 1 << 3 };

enum class Tool { Compiler, Runner };

/// The options that the tool takes.
llvm::opt::Visibility getVisibility(Tool tool);

/// Parses argv; reports unknown options with the nearest known one.
llvm::Expected<llvm::opt::InputArgList> parseArguments(int argc, char **argv, Tool tool);

/// Answers -help, -version and -print-*; false where none of them is given.
bool printInformation(const llvm::opt::InputArgList &arguments, Tool tool);

/// Prints "qcc: error: ..." for every message.
void printDiagnostics(llvm::StringRef tool, const Diagnostics &diagnostics);

} // namespace qcc::driver

#endif
