//===- StackBound.cpp - deepest path over an object's calls -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StackBound.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::object;

namespace qcc::emit {

namespace {

struct Function {
  std::string name;
  std::optional<int64_t> frame;
  SmallVector<uint64_t> calls; // section indices
  bool callsHelper = false;
  enum { Unvisited, Open, Done } state = Unvisited;
  int64_t depth = 0;
};

class StackGraph {
public:
  explicit StackGraph(const ELFObjectFileBase &object) : object(object) {}

  Error build();
  Expected<int64_t> getDepth(StringRef entry);

private:
  bool isCode(const SectionRef &section) const {
    return ELFSectionRef(section).getFlags() & ELF::SHF_EXECINSTR;
  }
  /// Index of the code section that a relocation's symbol lies in; none for data and undefined
  /// symbols.
  std::optional<uint64_t> getTarget(const RelocationRef &relocation, bool &isUndefined) const;
  Error readFrames(const SectionRef &sizes, const SectionRef &relocations);
  Error readCalls(const SectionRef &code, const SectionRef &relocations);
  bool isCall(const RelocationRef &relocation) const;
  Expected<int64_t> visit(uint64_t index);
  /// What a call costs beside the callee's frame.
  int64_t getCallOverhead() const {
    if (object.getArch() == Triple::x86_64)
      return 8 + 64; // the return address; a frame of 64-byte vectors is aligned to them
    return object.getArch() == Triple::aarch64 ? 16 : 8;
  }

  static constexpr int64_t helperStack = 128;
  const ELFObjectFileBase &object;
  MapVector<uint64_t, Function> functions; // by section index
};

std::optional<uint64_t> StackGraph::getTarget(const RelocationRef &relocation,
                                              bool &isUndefined) const {
  isUndefined = false;
  symbol_iterator symbol = relocation.getSymbol();
  if (symbol == object.symbol_end())
    return std::nullopt;
  Expected<section_iterator> section = symbol->getSection();
  if (!section) {
    consumeError(section.takeError());
    return std::nullopt;
  }
  if (*section == object.section_end()) {
    Expected<uint32_t> flags = symbol->getFlags();
    isUndefined = flags && (*flags & SymbolRef::SF_Undefined);
    if (!flags)
      consumeError(flags.takeError());
    return std::nullopt;
  }
  if (!isCode(**section))
    return std::nullopt;
  return (*section)->getIndex();
}

Error StackGraph::readFrames(const SectionRef &sizes, const SectionRef &relocations) {
  Expected<StringRef> contents = sizes.getContents();
  if (!contents)
    return contents.takeError();
  DataExtractor data(*contents, object.isLittleEndian(), object.getBytesInAddress());
  for (const RelocationRef &relocation : relocations.relocations()) {
    bool isUndefined;
    std::optional<uint64_t> index = getTarget(relocation, isUndefined);
    uint64_t offset = relocation.getOffset() + object.getBytesInAddress();
    if (index && functions.contains(*index))
      functions[*index].frame = static_cast<int64_t>(data.getULEB128(&offset));
  }
  return Error::success();
}

/// Calls and jumps. Any other reference to code takes an address, and what is done with it is
/// unknown.
bool StackGraph::isCall(const RelocationRef &relocation) const {
  uint64_t type = relocation.getType();
  switch (object.getArch()) {
  case Triple::x86_64:
    return type == ELF::R_X86_64_PLT32;
  case Triple::aarch64:
    return type == ELF::R_AARCH64_CALL26 || type == ELF::R_AARCH64_JUMP26;
  case Triple::arm:
  case Triple::thumb:
    return is_contained<uint64_t>(
        {ELF::R_ARM_THM_CALL, ELF::R_ARM_THM_JUMP24, ELF::R_ARM_CALL, ELF::R_ARM_JUMP24}, type);
  case Triple::riscv32:
  case Triple::riscv64:
    return type == ELF::R_RISCV_CALL || type == ELF::R_RISCV_CALL_PLT;
  default:
    return false;
  }
}

Error StackGraph::readCalls(const SectionRef &code, const SectionRef &relocations) {
  Function &function = functions[code.getIndex()];
  for (const RelocationRef &relocation : relocations.relocations()) {
    bool isUndefined;
    std::optional<uint64_t> index = getTarget(relocation, isUndefined);
    function.callsHelper |= isUndefined;
    // A branch inside the section may be a relocation too.
    if (!index || *index == code.getIndex())
      continue;
    if (!isCall(relocation))
      return createStringError("the stack is not bounded: %s takes the address of %s [E6008]",
                               function.name.c_str(), functions[*index].name.c_str());
    functions[code.getIndex()].calls.push_back(*index);
  }
  return Error::success();
}

Error StackGraph::build() {
  for (ELFSymbolRef symbol : object.symbols()) {
    if (symbol.getELFType() != ELF::STT_FUNC)
      continue;
    Expected<section_iterator> section = symbol.getSection();
    Expected<StringRef> name = symbol.getName();
    if (!section || !name)
      return joinErrors(section.takeError(), name.takeError());
    if (*section != object.section_end() && isCode(**section))
      functions[(*section)->getIndex()].name = name->str();
  }
  for (const SectionRef &section : object.sections()) {
    Expected<StringRef> name = section.getName();
    if (!name)
      return name.takeError();
    // In a relocatable file, relocations are sections of their own that name the section they
    // change.
    Expected<section_iterator> relocated = section.getRelocatedSection();
    if (!relocated)
      return relocated.takeError();
    if (*relocated == object.section_end())
      continue;
    Expected<StringRef> changed = (*relocated)->getName();
    if (!changed)
      return changed.takeError();
    if (*changed == ".stack_sizes") {
      if (Error error = readFrames(**relocated, section))
        return error;
    } else if (isCode(**relocated)) {
      if (Error error = readCalls(**relocated, section))
        return error;
    }
  }
  return Error::success();
}

Expected<int64_t> StackGraph::visit(uint64_t index) {
  Function &function = functions[index];
  if (function.state == Function::Done)
    return function.depth;
  if (function.state == Function::Open)
    return createStringError("the stack is not bounded: %s calls itself [E6008]",
                             function.name.c_str());
  if (!function.frame)
    return createStringError("the stack is not bounded: %s has no frame size [E6008]",
                             function.name.c_str());
  function.state = Function::Open;
  int64_t deepest = function.callsHelper ? helperStack : 0;
  SmallVector<uint64_t> calls = function.calls;
  for (uint64_t callee : calls) {
    Expected<int64_t> depth = visit(callee);
    if (!depth)
      return depth;
    deepest = std::max(deepest, *depth);
  }
  Function &done = functions[index];
  done.state = Function::Done;
  done.depth = *done.frame + getCallOverhead() + deepest;
  return done.depth;
}

Expected<int64_t> StackGraph::getDepth(StringRef entry) {
  for (auto &[index, function] : functions)
    if (function.name == entry)
      return visit(index);
  return createStringError("the object has no function %s [E6008]", entry.str().c_str());
}

} // namespace

Expected<int64_t> boundStack(const ELFObjectFileBase &object, StringRef entry) {
  StackGraph graph(object);
  if (Error error = graph.build())
    return std::move(error);
  return graph.getDepth(entry);
}

} // namespace qcc::emit
