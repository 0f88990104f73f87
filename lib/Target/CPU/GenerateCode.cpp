//===- GenerateCode.cpp - object, assembly or LLVM text ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ArmAttributes.h"
#include "Machine.h"
#include "qcc/Target/CPU/CPU.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

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

/// Appends to a string that the caller may have made large enough: the largest thing in memory is
/// never copied.
class StringStream : public llvm::raw_pwrite_stream {
public:
  explicit StringStream(std::string &bytes)
      : raw_pwrite_stream(/*Unbuffered=*/true), bytes(bytes) {}

private:
  void write_impl(const char *data, size_t size) override { bytes.append(data, size); }
  void pwrite_impl(const char *data, size_t size, uint64_t offset) override {
    std::memcpy(bytes.data() + offset, data, size);
  }
  uint64_t current_pos() const override { return bytes.size(); }

  std::string &bytes;
};

/// The bytes of the network's constants; none when it has none.
llvm::ArrayRef<char> getWeights(mlir::ModuleOp module) {
  auto name = module->getAttrOfType<mlir::StringAttr>("qcc.name").getValue();
  auto weights = module.lookupSymbol<mlir::LLVM::GlobalOp>((name + "_weights").str());
  if (!weights)
    return {};
  return llvm::cast<mlir::DenseResourceElementsAttr>(weights.getValueAttr())
      .getRawHandle()
      .getBlob()
      ->getData();
}

/// LLVM would hold the weights twice and copy them for every pass of the emitter: the object has
/// zeros in their place so far.
llvm::Error insertWeights(std::string &object, llvm::ArrayRef<char> weights) {
  if (weights.empty())
    return llvm::Error::success();
  auto file = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(object, "object"),
                                                            /*InitContent=*/false);
  if (!file)
    return file.takeError();
  for (const llvm::object::SectionRef &section : (*file)->sections()) {
    auto name = section.getName();
    if (!name)
      return name.takeError();
    if (!name->starts_with(".rodata.") || !name->ends_with(".weights"))
      continue;
    auto contents = section.getContents();
    if (!contents)
      return contents.takeError();
    if (contents->size() != weights.size())
      break;
    std::memcpy(object.data() + (contents->data() - object.data()), weights.data(), weights.size());
    return llvm::Error::success();
  }
  return llvm::createStringError("the object has no place for the weights [E5004]");
}

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
  bool isObject = kind == FileKind::Object;
  auto translated = translateToLLVM(module, context, /*withWeights=*/!isObject);
  if (!translated)
    return translated.takeError();
  auto machine = createMachine(target);
  if (!machine)
    return machine.takeError();
  optimize(**translated, **machine, getOptimization(module));
  llvm::ArrayRef<char> weights = getWeights(module);
  std::string bytes;
  StringStream stream(bytes);
  if (kind == FileKind::LLVM) {
    (*translated)->print(stream, nullptr);
    return bytes;
  }
  if (isObject)
    bytes.reserve(weights.size() + weights.size() / 16 + (1 << 16));
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr,
                                      isObject ? llvm::CodeGenFileType::ObjectFile
                                               : llvm::CodeGenFileType::AssemblyFile))
    return llvm::createStringError("LLVM cannot write this kind of file for the target [E5003]");
  passes.run(**translated);
  if (!errors.empty())
    return llvm::createStringError("LLVM: %s [E5005]", errors.c_str());
  bool isArm = target.architecture == Architecture::Arm;
  if (!isObject)
    return isArm ? dropIncompatibleDirectives(bytes) : bytes;
  if (isArm)
    if (llvm::Error error = makeAttributesCompatible(bytes))
      return error;
  if (llvm::Error error = insertWeights(bytes, weights))
    return error;
  return bytes;
}

} // namespace qcc::target
