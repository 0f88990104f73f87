//===- ObjectFile.cpp - what a finished object holds, and whether it may ----===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Emit/ObjectFile.h"

#include "StackBound.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace llvm::object;

namespace qcc::emit {

/// Helpers of the ABIs that float parts may call on a core without the hardware.
static bool isRuntimeHelper(StringRef symbol) {
  static const Regex allowed(
      "^(__aeabi_([fd][a-z0-9]+|u?i2[fd]|c[fd]r?cmp[a-z]+|u?l[a-z0-9]+|u?idiv(mod)?)|"
      "__(add|sub|mul|div|eq|ne|ge|gt|le|lt|unord)[sd]f[23]|"
      "__(extendsfdf|truncdfsf)2|__float(un)?(si|di)[sd]f|"
      "__fix(uns)?[sd]f[sd]i|__(u?div|u?mod|mul)di3)$");
  return allowed.match(symbol);
}

namespace {

class Inspector {
public:
  Inspector(const ELFObjectFileBase &object, StringRef name) : object(object), name(name) {}

  Expected<ObjectFacts> run();

private:
  void fault(const Twine &text) { facts.faults.push_back(text.str()); }
  Error inspectSections();
  Error inspectSymbols();
  void inspectArmAttributes();

  const ELFObjectFileBase &object;
  StringRef name;
  ObjectFacts facts;
  bool hasStackNote = false;
};

Error Inspector::inspectSections() {
  std::string weights = (".rodata." + name + ".weights").str();
  for (ELFSectionRef section : object.sections()) {
    Expected<StringRef> sectionName = section.getName();
    if (!sectionName)
      return sectionName.takeError();
    uint64_t flags = section.getFlags();
    if (*sectionName == ".note.GNU-stack")
      hasStackNote = true;
    if (!(flags & ELF::SHF_ALLOC) || section.getSize() == 0)
      continue;
    if (flags & ELF::SHF_EXECINSTR) {
      facts.codeSize += section.getSize();
      if (!sectionName->starts_with((".text." + name + ".").str()))
        fault("code outside .text." + name + ".*: " + *sectionName + " [E6006]");
    }
    if (flags & ELF::SHF_WRITE)
      fault("writable data in " + *sectionName + " [E6002]");
    if (section.getType() == ELF::SHT_INIT_ARRAY || sectionName->starts_with(".ctors"))
      fault("constructors in " + *sectionName + " [E6003]");
    if (*sectionName == weights)
      facts.weightsSize = section.getSize();
  }
  if (!hasStackNote)
    fault("no .note.GNU-stack: the linker would make the stack executable [E6005]");
  return Error::success();
}

Error Inspector::inspectSymbols() {
  for (ELFSymbolRef symbol : object.symbols()) {
    Expected<StringRef> symbolName = symbol.getName();
    Expected<uint32_t> flags = symbol.getFlags();
    if (!symbolName || !flags)
      return joinErrors(symbolName.takeError(), flags.takeError());
    if (symbolName->empty())
      continue;
    if (*flags & SymbolRef::SF_Undefined) {
      facts.undefined.push_back(symbolName->str());
      if (!isRuntimeHelper(*symbolName))
        fault("undefined symbol " + *symbolName + " [E6004]");
    } else if ((*flags & SymbolRef::SF_Global) && !symbolName->starts_with((name + "_").str())) {
      fault("global symbol " + *symbolName + " without the prefix " + name + "_ [E6001]");
    }
  }
  return Error::success();
}

void Inspector::inspectArmAttributes() {
  // Without the tag a hard-float program refuses the object.
  for (ELFSectionRef section : object.sections()) {
    if (section.getType() != ELF::SHT_ARM_ATTRIBUTES)
      continue;
    Expected<StringRef> contents = section.getContents();
    if (!contents) {
      consumeError(contents.takeError());
      continue;
    }
    // The public subsection is a list of ULEB128 pairs; tag 28 (VFP_args) must be 3 (compatible).
    constexpr char compatible[] = {28, 3};
    if (contents->contains(StringRef(compatible, 2)))
      return;
  }
  fault("Tag_ABI_VFP_args is not 'compatible' [E6007]");
}

Expected<ObjectFacts> Inspector::run() {
  if (Error error = inspectSections())
    return std::move(error);
  if (Error error = inspectSymbols())
    return std::move(error);
  if (object.getArch() == Triple::arm || object.getArch() == Triple::thumb)
    inspectArmAttributes();
  Expected<int64_t> stack = boundStack(object, (name + "_run").str());
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
