//===- GenerateCode.cpp - object, assembly or LLVM text ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Machine.h"
#include "qcc/Target/CPU/CPU.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc::target {

llvm::Expected<std::string> generate(mlir::ModuleOp module, FileKind kind) {
  llvm::LLVMContext context;
  auto translated = translateToLLVM(module, context);
  if (!translated)
    return translated.takeError();
  auto machine = createMachine(getTarget(module));
  if (!machine)
    return machine.takeError();
  optimize(**translated, **machine);
  std::string text;
  if (kind == FileKind::LLVM) {
    llvm::raw_string_ostream stream(text);
    (*translated)->print(stream, nullptr);
    return text;
  }
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  auto fileType = kind == FileKind::Object ? llvm::CodeGenFileType::ObjectFile
                                           : llvm::CodeGenFileType::AssemblyFile;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, fileType))
    return llvm::createStringError("LLVM cannot write this kind of file for the target [E5003]");
  passes.run(**translated);
  return bytes.str().str();
}

} // namespace qcc::target
