//===- ObjectFile.cpp - what a finished object holds, and whether it may ----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Emit/ObjectFile.h"

#include "RuntimeHelpers.h"
#include "StackBound.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace llvm::object;

namespace qcc::emit {

namespace {

class Inspector {
public:
  Inspector(const ELFObjectFileBase &object, StringRef name) : object(object), name(name) {}

  Expected<ObjectFacts> run();

private:
  void fault(const Twine &text) { facts.faults.push_back(text.str()); }
  Error inspectSections();
  Error inspectSymbols();
  Error inspectWeights(const ELFSymbolRef &symbol);
  bool isArm() const {
    return object.getArch() == Triple::arm || object.getArch() == Triple::thumb;
  }

  const ELFObjectFileBase &object;
  StringRef name;
  ObjectFacts facts;
  bool hasStackNote = false, hasRun = false;
};

static bool isConstructorTable(uint32_t type, StringRef name) {
  return type == ELF::SHT_INIT_ARRAY || type == ELF::SHT_FINI_ARRAY ||
         type == ELF::SHT_PREINIT_ARRAY || name.starts_with(".ctors") || name.starts_with(".dtors");
}

Error Inspector::inspectSections() {
  std::string own = (".rodata." + name).str(), weights = own + ".weights";
  // The code generator names the sections of the constants that it makes itself.
  auto isConstants = [&](StringRef section) {
    return section == own || section.starts_with(own + ".") || section == ".rodata" ||
           section.starts_with(".rodata.cst");
  };
  for (ELFSectionRef section : object.sections()) {
    Expected<StringRef> sectionName = section.getName();
    if (!sectionName)
      return sectionName.takeError();
    uint64_t flags = section.getFlags();
    if (*sectionName == ".note.GNU-stack")
      hasStackNote = true;
    if (!(flags & ELF::SHF_ALLOC) || section.getSize() == 0)
      continue;
    if (*sectionName != weights)
      facts.codeSize += section.getSize();
    if (flags & ELF::SHF_WRITE)
      fault("writable data in " + *sectionName + " [E6002]");
    if (isConstructorTable(section.getType(), *sectionName)) {
      fault("constructors in " + *sectionName + " [E6003]");
    } else if (flags & ELF::SHF_EXECINSTR) {
      if (!sectionName->starts_with((".text." + name + ".").str()))
        fault("code outside .text." + name + ".*: " + *sectionName + " [E6006]");
    } else if (*sectionName == weights) {
      facts.weightsSize = section.getSize();
      uint64_t wanted = isArm() ? 16 : 64;
      if (section.getAlignment().value() < wanted)
        fault("the weights are aligned to " + Twine(section.getAlignment().value()) + ", not to " +
              Twine(wanted) + " [E6011]");
    } else if (!(flags & ELF::SHF_WRITE) && !isConstants(*sectionName)) {
      fault("constants outside .rodata." + name + ".*: " + *sectionName + " [E6010]");
    }
  }
  if (!hasStackNote)
    fault("no .note.GNU-stack: the linker would make the stack executable [E6005]");
  return Error::success();
}

/// The name says where the weights are, the section whether they are where they belong.
Error Inspector::inspectWeights(const ELFSymbolRef &symbol) {
  Expected<section_iterator> section = symbol.getSection();
  if (!section)
    return section.takeError();
  StringRef found = "no section";
  if (*section != object.section_end()) {
    Expected<StringRef> sectionName = (*section)->getName();
    if (!sectionName)
      return sectionName.takeError();
    found = *sectionName;
  }
  if (found != (".rodata." + name + ".weights").str())
    fault("the weights are in " + found + ", not in .rodata." + name + ".weights [E6010]");
  return Error::success();
}

Error Inspector::inspectSymbols() {
  ArmHardware hardware = readHardware(object);
  if (isArm() && !hardware.linksWithEitherAbi) // a hard-float program refuses the object
    fault("Tag_ABI_VFP_args is not 'compatible' [E6007]");
  for (ELFSymbolRef symbol : object.symbols()) {
    Expected<StringRef> symbolName = symbol.getName();
    Expected<uint32_t> flags = symbol.getFlags();
    if (!symbolName || !flags)
      return joinErrors(symbolName.takeError(), flags.takeError());
    if (symbolName->empty())
      continue;
    if (*flags & SymbolRef::SF_Undefined) {
      facts.undefined.push_back(symbolName->str());
      if (!isRuntimeHelper(*symbolName, object, hardware))
        fault("undefined symbol " + *symbolName + " [E6004]");
      continue;
    }
    if (*flags & SymbolRef::SF_Common)
      fault("writable data: common symbol " + *symbolName + " [E6002]");
    if ((*flags & SymbolRef::SF_Global) && !symbolName->starts_with((name + "_").str()))
      fault("global symbol " + *symbolName + " without the prefix " + name + "_ [E6001]");
    hasRun |= *symbolName == (name + "_run").str() && (*flags & SymbolRef::SF_Global);
    if (*symbolName == (name + "_weights").str())
      if (Error error = inspectWeights(symbol))
        return error;
  }
  if (!hasRun)
    fault("there is no function " + name + "_run [E6009]");
  return Error::success();
}

Expected<ObjectFacts> Inspector::run() {
  if (Error error = inspectSections())
    return std::move(error);
  if (Error error = inspectSymbols())
    return std::move(error);
  Expected<int64_t> stack = boundStack(object);
  if (stack)
    facts.stackMax = *stack;
  else
    fault(toString(stack.takeError()));
  return std::move(facts);
}

} // namespace

Expected<ObjectFacts> analyzeObject(StringRef bytes, StringRef name) {
  auto object = ObjectFile::createELFObjectFile(MemoryBufferRef(bytes, "object"));
  if (!object)
    return object.takeError();
  return Inspector(cast<ELFObjectFileBase>(**object), name).run();
}

} // namespace qcc::emit
