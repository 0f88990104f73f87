//===- qcc-import.cpp - runs the first stage alone for tests
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Import/Import.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace mlir;

/// Imports each model and prints how many were accepted, refused, and handled wrongly.
static int importEach(ArrayRef<StringRef> paths) {
  unsigned accepted = 0, refused = 0, wrong = 0;
  for (StringRef path : paths) {
    MLIRContext context(MLIRContext::Threading::DISABLED);
    qcc::Diagnostics diagnostics;
    bool isImported = static_cast<bool>(qcc::import::importOnnx(path, {}, context, diagnostics));
    bool hasInternalError = false;
    for (const qcc::Diagnostics::Message &message : diagnostics.getMessages())
      hasInternalError |= message.code == "E2999";
    ++(isImported ? accepted : refused);
    if (isImported == diagnostics.hasErrors() || hasInternalError) {
      llvm::outs() << path << "\n";
      ++wrong;
    }
  }
  llvm::outs() << accepted << " accepted, " << refused << " refused, " << wrong << " wrong\n";
  return wrong != 0;
}

/// Usage: qcc-import [-dim=N=1] [-shape=NAME=1x3] [-name=NAME] [-histogram] MODEL
///        qcc-import -print-supported-operators
///        qcc-import -each MODEL...
/// Prints the module, or only how often each operation occurs. Messages go to the error stream.
int main(int argc, char **argv) {
  qcc::import::ImportOptions options;
  SmallVector<StringRef> paths;
  bool histogram = false, each = false;
  for (StringRef argument : llvm::ArrayRef(argv + 1, argc - 1)) {
    if (argument == "-print-supported-operators") {
      qcc::import::printSupportedOperators(llvm::outs());
      return 0;
    }
    if (argument == "-histogram") {
      histogram = true;
    } else if (argument == "-each") {
      each = true;
    } else if (argument.consume_front("-name=")) {
      options.name = argument.str();
    } else if (argument.consume_front("-dim=")) {
      auto [name, size] = argument.rsplit('=');
      int64_t number = 0;
      if (size.getAsInteger(10, number))
        return static_cast<int>(qcc::ExitCode::Usage);
      options.dims.push_back({name.str(), number});
    } else if (argument.consume_front("-shape=")) {
      auto [name, sizes] = argument.rsplit('=');
      std::vector<int64_t> shape;
      for (StringRef size : llvm::split(sizes, 'x')) {
        int64_t number = 0;
        if (size.getAsInteger(10, number))
          return static_cast<int>(qcc::ExitCode::Usage);
        shape.push_back(number);
      }
      options.shapes.push_back({name.str(), shape});
    } else {
      paths.push_back(argument);
    }
  }
  if (each)
    return importEach(paths);
  if (paths.size() != 1)
    return static_cast<int>(qcc::ExitCode::Usage);

  MLIRContext context(MLIRContext::Threading::DISABLED);
  qcc::Diagnostics diagnostics;
  OwningOpRef<ModuleOp> module =
      qcc::import::importOnnx(paths.front(), options, context, diagnostics);
  for (const qcc::Diagnostics::Message &message : diagnostics.getMessages())
    llvm::errs() << qcc::format(message) << "\n";
  if (!module)
    return static_cast<int>(qcc::ExitCode::BadInput);
  if (histogram) {
    std::map<std::string, unsigned> counts;
    module->walk([&](Operation *op) { ++counts[op->getName().getStringRef().str()]; });
    for (auto &[name, count] : counts)
      llvm::outs() << name << " " << count << "\n";
    return 0;
  }
  module->print(llvm::outs());
  return 0;
}
