//===- StackBound.cpp - deepest path over an object's calls -----------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StackBound.h"

#include "Instructions.h"
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

template <typename... Values> Error unbounded(const char *format, const Values &...values) {
  return createStringError("the stack is not bounded: " + formatv(format, values...).str() +
                           " [E6008]");
}

class StackGraph {
public:
  StackGraph(const ELFObjectFileBase &object, InstructionReader reader)
      : object(object), reader(std::move(reader)) {}

  Error build();
  Expected<int64_t> getDeepest();

private:
  /// What a relocation's symbol is: code is the index of its section.
  struct Target {
    enum { Code, Data, Undefined, None } kind = None;
    uint64_t section = 0;
  };

  bool isCode(const SectionRef &section) const {
    return ELFSectionRef(section).getFlags() & ELF::SHF_EXECINSTR;
  }
  Expected<Target> getTarget(const RelocationRef &relocation) const;
  Error findFunctions();
  Error readFrames(const SectionRef &sizes, const SectionRef &relocations);
  Error readCalls(const SectionRef &code, ArrayRef<RelocationRef> relocations);
  Error checkData(const SectionRef &data, const SectionRef &relocations);
  Expected<int64_t> visit(uint64_t index);
  /// What a call costs beside the callee's frame.
  int64_t getCallOverhead() const {
    if (object.getArch() == Triple::x86_64)
      return 8 + 64; // the return address; a frame of 64-byte vectors is aligned to them
    return object.getArch() == Triple::aarch64 ? 16 : 8;
  }

  static constexpr int64_t helperStack = 128;
  const ELFObjectFileBase &object;
  InstructionReader reader;
  MapVector<uint64_t, Function> functions; // by section index
};

Expected<StackGraph::Target> StackGraph::getTarget(const RelocationRef &relocation) const {
  symbol_iterator symbol = relocation.getSymbol();
  if (symbol == object.symbol_end())
    return Target{};
  Expected<section_iterator> section = symbol->getSection();
  Expected<uint32_t> flags = symbol->getFlags();
  if (!section || !flags)
    return joinErrors(section.takeError(), flags.takeError());
  if (*section == object.section_end())
    return Target{*flags & SymbolRef::SF_Undefined ? Target::Undefined : Target::None, 0};
  return Target{isCode(**section) ? Target::Code : Target::Data, (*section)->getIndex()};
}

/// One function for each section of code; all that is known of a call is the section.
Error StackGraph::findFunctions() {
  for (const SectionRef &section : object.sections())
    if (isCode(section) && section.getSize()) {
      Expected<StringRef> name = section.getName();
      if (!name)
        return name.takeError();
      functions[section.getIndex()].name = name->str();
    }
  DenseMap<uint64_t, uint64_t> offsets;
  for (ELFSymbolRef symbol : object.symbols()) {
    if (symbol.getELFType() != ELF::STT_FUNC)
      continue;
    Expected<section_iterator> section = symbol.getSection();
    Expected<StringRef> name = symbol.getName();
    Expected<uint64_t> offset = symbol.getValue();
    if (!section || !name || !offset)
      return joinErrors(joinErrors(section.takeError(), name.takeError()), offset.takeError());
    if (*section == object.section_end() || !functions.contains((*section)->getIndex()))
      continue;
    Function &function = functions[(*section)->getIndex()];
    auto [known, isFirst] = offsets.try_emplace((*section)->getIndex(), *offset);
    if (!isFirst && known->second != *offset)
      return unbounded("{0} and {1} share a section", function.name, *name);
    function.name = name->str();
  }
  return Error::success();
}

Error StackGraph::readFrames(const SectionRef &sizes, const SectionRef &relocations) {
  Expected<StringRef> contents = sizes.getContents();
  if (!contents)
    return contents.takeError();
  DataExtractor data(*contents, object.isLittleEndian(), object.getBytesInAddress());
  for (const RelocationRef &relocation : relocations.relocations()) {
    Expected<Target> target = getTarget(relocation);
    if (!target)
      return target.takeError();
    uint64_t offset = relocation.getOffset() + object.getBytesInAddress();
    if (target->kind == Target::Code && functions.contains(target->section))
      functions[target->section].frame = static_cast<int64_t>(data.getULEB128(&offset));
  }
  return Error::success();
}

Error StackGraph::readCalls(const SectionRef &code, ArrayRef<RelocationRef> relocations) {
  uint64_t self = code.getIndex();
  std::string name = functions[self].name;
  Expected<std::vector<Transfer>> transfers = reader.readTransfers(code);
  if (!transfers)
    return transfers.takeError();
  std::vector<bool> isResolved(transfers->size());
  for (const RelocationRef &relocation : relocations) {
    Expected<Target> target = getTarget(relocation);
    if (!target)
      return target.takeError();
    uint64_t offset = relocation.getOffset();
    auto transfer =
        partition_point(*transfers, [&](const Transfer &t) { return t.offset + t.size <= offset; });
    if (transfer == transfers->end() || transfer->offset > offset) {
      // What is done with the address of another function is unknown.
      if (target->kind == Target::Code && target->section != self)
        return unbounded("{0} takes the address of {1}", name, functions[target->section].name);
      continue;
    }
    // The symbol of a computed transfer is where its address lies.
    if (transfer->kind == Transfer::Computed)
      continue;
    if (target->kind == Target::None || target->kind == Target::Data)
      return unbounded("{0} calls something that is no function", name);
    isResolved[transfer - transfers->begin()] = true;
    if (target->kind == Target::Undefined)
      functions[self].callsHelper = true;
    else if (target->section != self)
      functions[self].calls.push_back(target->section);
    else if (transfer->kind == Transfer::Call)
      return unbounded("{0} calls itself", name);
  }
  for (auto [transfer, hasTarget] : zip_equal(*transfers, isResolved))
    if (transfer.kind == Transfer::Computed)
      return unbounded("{0} calls or jumps to a computed address", name);
    else if (transfer.kind == Transfer::Call && !hasTarget && transfer.target.value_or(0) == 0)
      // The assembler has resolved the call: it stays within the section.
      return unbounded("{0} calls itself", name);
  return Error::success();
}

/// An address in data can be called from anywhere.
Error StackGraph::checkData(const SectionRef &data, const SectionRef &relocations) {
  for (const RelocationRef &relocation : relocations.relocations()) {
    Expected<Target> target = getTarget(relocation);
    Expected<StringRef> name = data.getName();
    if (!target || !name)
      return joinErrors(target.takeError(), name.takeError());
    if (target->kind == Target::Code)
      return unbounded("{0} holds the address of {1}", *name, functions[target->section].name);
  }
  return Error::success();
}

Error StackGraph::build() {
  if (Error error = findFunctions())
    return error;
  MapVector<uint64_t, SmallVector<RelocationRef>> relocations; // by the section that they change
  for (const SectionRef &section : object.sections()) {
    // In a relocatable file, relocations are sections of their own.
    Expected<section_iterator> relocated = section.getRelocatedSection();
    if (!relocated)
      return relocated.takeError();
    if (*relocated == object.section_end())
      continue;
    Expected<StringRef> changed = (*relocated)->getName();
    if (!changed)
      return changed.takeError();
    Error error = Error::success();
    if (*changed == ".stack_sizes")
      error = readFrames(**relocated, section);
    else if (isCode(**relocated))
      append_range(relocations[(*relocated)->getIndex()], section.relocations());
    else if (ELFSectionRef(**relocated).getFlags() & ELF::SHF_ALLOC)
      error = checkData(**relocated, section);
    if (error)
      return error;
  }
  for (const SectionRef &section : object.sections())
    if (functions.contains(section.getIndex()))
      if (Error error = readCalls(section, relocations[section.getIndex()]))
        return error;
  return Error::success();
}

Expected<int64_t> StackGraph::visit(uint64_t index) {
  Function &function = functions[index];
  if (function.state == Function::Done)
    return function.depth;
  if (function.state == Function::Open)
    return unbounded("{0} calls itself", function.name);
  if (!function.frame)
    return unbounded("{0} has no frame size", function.name);
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

Expected<int64_t> StackGraph::getDeepest() {
  int64_t deepest = 0;
  for (auto &[index, function] : functions) {
    Expected<int64_t> depth = visit(index);
    if (!depth)
      return depth;
    deepest = std::max(deepest, *depth);
  }
  return deepest;
}

} // namespace

Expected<int64_t> boundStack(const ELFObjectFileBase &object) {
  Expected<InstructionReader> reader = InstructionReader::create(object);
  if (!reader)
    return reader.takeError();
  StackGraph graph(object, std::move(*reader));
  if (Error error = graph.build())
    return std::move(error);
  return graph.getDeepest();
}

} // namespace qcc::emit
