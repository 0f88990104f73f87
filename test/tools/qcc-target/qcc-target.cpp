//===- qcc-target.cpp - files from a module as Codegen leaves it ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// qcc-target FILE.mlir [-target=NAME] [-emit=obj|asm|llvm] -o FILE
// qcc-target -check=NAME FILE.o      prints what the object of network NAME holds
//
// With -emit=obj the header and the manifest (.h and .json) are written beside the object, and the
// object's faults are printed.
//===----------------------------------------------------------------------===//
#include "lib/Driver/Artifacts.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Emit/ObjectFile.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Support/OutputFiles.h"
#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace qcc;

static int fail(const Twine &message) {
  errs() << "qcc-target: " << message << '\n';
  return 1;
}

static int check(StringRef path, StringRef name) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return fail("cannot read the object");
  Expected<emit::ObjectFacts> facts = emit::analyzeObject((*buffer)->getBuffer(), name);
  if (!facts)
    return fail(toString(facts.takeError()));
  outs() << "code " << facts->codeSize << " weights " << facts->weightsSize << " stack "
         << facts->stackMax << "\n";
  for (StringRef symbol : facts->undefined)
    outs() << "undefined " << symbol << "\n";
  for (StringRef fault : facts->faults)
    outs() << "fault " << fault << "\n";
  return 0;
}

int main(int argc, char **argv) {
  std::string path, output = "-";
  StringRef emit = "obj", targetName, checkedName;
  for (int i = 1; i < argc; ++i) {
    StringRef argument = argv[i];
    if (argument.consume_front("-target="))
      targetName = argument;
    else if (argument.consume_front("-check="))
      checkedName = argument;
    else if (argument.consume_front("-emit="))
      emit = argument;
    else if (argument == "-o" && i + 1 < argc)
      output = argv[++i];
    else
      path = argument.str();
  }
  if (!checkedName.empty())
    return check(path, checkedName);
  mlir::DialectRegistry registry;
  pipeline::registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(path, &context);
  if (!module)
    return fail("cannot read the module");
  if (!targetName.empty())
    setTarget(*module, targetName, "", "");
  target::FileKind kind = emit == "obj"   ? target::FileKind::Object
                          : emit == "asm" ? target::FileKind::Assembly
                                          : target::FileKind::LLVM;
  Expected<std::string> bytes = target::generate(*module, kind);
  if (!bytes)
    return fail(toString(bytes.takeError()));
  OutputFiles files;
  bool hasFaults = false;
  if (kind == target::FileKind::Object) {
    emit::Artifact artifact = driver::describeModule(*module, "");
    Expected<emit::ObjectFacts> facts = emit::analyzeObject(*bytes, artifact.name);
    if (!facts)
      return fail(toString(facts.takeError()));
    for (StringRef fault : facts->faults)
      hasFaults |= fail(fault) != 0;
    artifact.codeSize = facts->codeSize;
    artifact.weightsSize = facts->weightsSize;
    artifact.stackMax = facts->stackMax;
    artifact.undefined = facts->undefined;
    if (output != "-") {
      SmallString<128> beside(output);
      sys::path::replace_extension(beside, "h");
      files.add(beside, emit::writeHeader(artifact));
      sys::path::replace_extension(beside, "json");
      files.add(beside, emit::writeManifest(artifact));
    }
  }
  files.add(output, std::move(*bytes));
  if (Error error = files.write())
    return fail(toString(std::move(error)));
  return hasFaults;
}
