//===- GenerateCode.cpp - object, assembly or LLVM text ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ArmAttributes.h"
#include "Machine.h"
#include "qcc/Target/CPU/CPU.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc::target {

namespace {

/// Keeps the errors of the code generator, which the context would otherwise print before it exits.
struct ErrorCollector : llvm::DiagnosticHandler {
  explicit ErrorCollector(std::string &errors) : errors(errors) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo &information) override {
    if (information.getSeverity() == llvm::DS_Error) {
      llvm::raw_string_ostream stream(errors);
      llvm::DiagnosticPrinterRawOStream printer(stream);
      stream << (errors.empty() ? "" : "; ");
      information.print(printer);
    }
    return true;
  }
  std::string &errors;
};

} // namespace

/// Removes the two directives that the linker would compare with the program's.
static std::string dropIncompatibleDirectives(llvm::StringRef assembly) {
  std::string result;
  while (!assembly.empty()) {
    size_t end = std::min(assembly.find('\n'), assembly.size() - 1);
    llvm::StringRef line = assembly.take_front(end + 1), directive = line.ltrim();
    assembly = assembly.drop_front(end + 1);
    bool isDropped = directive.consume_front(".eabi_attribute");
    directive = directive.ltrim();
    isDropped &= directive.starts_with("18,") || directive.starts_with("26,");
    if (!isDropped)
      result += line;
  }
  return result;
}

llvm::Expected<std::string> generate(mlir::ModuleOp module, FileKind kind) {
  TargetInfo target = getTarget(module);
  llvm::LLVMContext context;
  std::string errors;
  context.setDiagnosticHandler(std::make_unique<ErrorCollector>(errors));
  auto translated = translateToLLVM(module, context);
  if (!translated)
    return translated.takeError();
  auto machine = createMachine(target);
  if (!machine)
    return machine.takeError();
  optimize(**translated, **machine, getOptimization(module));
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  if (kind == FileKind::LLVM) {
    (*translated)->print(stream, nullptr);
    return bytes.str().str();
  }
  auto passes = std::make_unique<llvm::legacy::PassManager>();
  auto fileType = kind == FileKind::Object ? llvm::CodeGenFileType::ObjectFile
                                           : llvm::CodeGenFileType::AssemblyFile;
  if ((*machine)->addPassesToEmitFile(*passes, stream, nullptr, fileType))
    return llvm::createStringError("LLVM cannot write this kind of file for the target [E5003]");
  passes->run(**translated);
  if (!errors.empty())
    return llvm::createStringError("LLVM: %s [E5005]", errors.c_str());
  // Weights are in the module, in the emitter's fragments and in the bytes: two of them go before
  // the next copy.
  passes.reset();
  translated->reset();
  if (target.architecture != Architecture::Arm)
    return bytes.str().str();
  if (kind == FileKind::Assembly)
    return dropIncompatibleDirectives(bytes);
  if (llvm::Error error = makeAttributesCompatible(bytes))
    return error;
  return bytes.str().str();
}

} // namespace qcc::target
