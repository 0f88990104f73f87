//===- Instructions.cpp - calls and jumps in machine code -------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Instructions.h"

#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include <mutex>

using namespace llvm;
using namespace llvm::object;

namespace qcc::emit {

struct InstructionReader::Tools {
  MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> assembly;
  std::unique_ptr<MCInstrInfo> instructions;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  std::unique_ptr<MCContext> context;
  std::unique_ptr<MCDisassembler> disassembler;

  bool isReturn(const MCInst &instruction) const;
  std::optional<Transfer::Kind> classify(const MCInst &instruction) const;
  std::optional<uint64_t> getTarget(const MCInst &instruction, uint64_t offset) const;
};

static void initializeDisassemblers() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64Disassembler();
    LLVMInitializeARMTargetInfo();
    LLVMInitializeARMTargetMC();
    LLVMInitializeARMDisassembler();
  });
}

/// On Arm a return is a load or a jump like others.
bool InstructionReader::Tools::isReturn(const MCInst &instruction) const {
  if (instructions->get(instruction.getOpcode()).isReturn())
    return true;
  StringRef name = instructions->getName(instruction.getOpcode());
  auto uses = [&](StringRef wanted) {
    return registers->getName(instruction.getOperand(0).getReg()) == wanted;
  };
  return name == "tPOP" || (name == "tBX" && uses("LR")) || (name == "t2LDMIA_UPD" && uses("SP"));
}

std::optional<Transfer::Kind> InstructionReader::Tools::classify(const MCInst &instruction) const {
  const MCInstrDesc &description = instructions->get(instruction.getOpcode());
  if (!description.mayAffectControlFlow(instruction, *registers) || isReturn(instruction))
    return std::nullopt;
  bool isDirect = any_of(description.operands(), [](const MCOperandInfo &operand) {
    return operand.OperandType == MCOI::OPERAND_PCREL;
  });
  return !isDirect ? Transfer::Computed : description.isCall() ? Transfer::Call : Transfer::Jump;
}

std::optional<uint64_t> InstructionReader::Tools::getTarget(const MCInst &instruction,
                                                            uint64_t offset) const {
  if (instructions->getName(instruction.getOpcode()) != "tBL")
    return std::nullopt;
  const MCOperand &distance = instruction.getOperand(instruction.getNumOperands() - 1);
  return offset + 4 + distance.getImm();
}

InstructionReader::InstructionReader(std::unique_ptr<Tools> tools) : tools(std::move(tools)) {}
InstructionReader::InstructionReader(InstructionReader &&) = default;
InstructionReader::~InstructionReader() = default;

/// Every extension, for all cores of an architecture: what the code may use is not the question.
static std::pair<Triple, StringRef> getMachine(const ELFObjectFileBase &object) {
  switch (object.getArch()) {
  case Triple::aarch64:
    return {Triple("aarch64-none-elf"), "+all"};
  case Triple::arm:
  case Triple::thumb:
    return {Triple("thumbv8.1m.main-none-eabi"), "+mve.fp,+fp64,+dsp"};
  default:
    return {object.makeTriple(), ""};
  }
}

Expected<InstructionReader> InstructionReader::create(const ELFObjectFileBase &object) {
  initializeDisassemblers();
  auto [triple, features] = getMachine(object);
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return createStringError("the stack is not bounded: no disassembler knows %s [E6008]",
                             triple.str().c_str());
  auto tools = std::make_unique<Tools>();
  tools->registers.reset(target->createMCRegInfo(triple));
  tools->assembly.reset(target->createMCAsmInfo(*tools->registers, triple, tools->options));
  tools->instructions.reset(target->createMCInstrInfo());
  tools->subtarget.reset(target->createMCSubtargetInfo(triple, "", features));
  tools->context = std::make_unique<MCContext>(triple, tools->assembly.get(),
                                               tools->registers.get(), tools->subtarget.get());
  tools->disassembler.reset(target->createMCDisassembler(*tools->subtarget, *tools->context));
  InstructionReader reader(std::move(tools));
  if (Error failure = reader.readMarks(object))
    return std::move(failure);
  return std::move(reader);
}

/// $d begins data; $t, $a and $x begin code. A suffix after a dot may follow.
Error InstructionReader::readMarks(const ELFObjectFileBase &object) {
  if (object.getArch() == Triple::x86_64)
    return Error::success();
  for (ELFSymbolRef symbol : object.symbols()) {
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (!name->starts_with("$") || name->size() < 2)
      continue;
    Expected<section_iterator> section = symbol.getSection();
    Expected<uint64_t> offset = symbol.getValue();
    if (!section || !offset)
      return joinErrors(section.takeError(), offset.takeError());
    if (*section != object.section_end())
      marks[{(*section)->getIndex(), *offset}] = (*name)[1] == 'd';
  }
  return Error::success();
}

Expected<std::vector<Transfer>> InstructionReader::readTransfers(const SectionRef &code) const {
  Expected<StringRef> contents = code.getContents();
  if (!contents)
    return contents.takeError();
  ArrayRef<uint8_t> bytes(contents->bytes_begin(), contents->size());
  std::vector<Transfer> transfers;
  uint64_t index = code.getIndex();
  auto mark = marks.lower_bound({index, 0});
  bool isData = false;
  for (uint64_t offset = 0; offset < bytes.size();) {
    auto isHere = [&] { return mark != marks.end() && mark->first.first == index; };
    for (; isHere() && mark->first.second <= offset; ++mark)
      isData = mark->second;
    uint64_t end = isHere() ? std::min<uint64_t>(bytes.size(), mark->first.second) : bytes.size();
    if (isData) {
      offset = end;
      continue;
    }
    MCInst instruction;
    uint64_t size = 0;
    if (tools->disassembler->getInstruction(instruction, size, bytes.slice(offset, end - offset),
                                            offset, nulls()) == MCDisassembler::Fail)
      return createStringError("the stack is not bounded: byte %llu of %s is no instruction "
                               "[E6008]",
                               static_cast<unsigned long long>(offset),
                               cantFail(code.getName()).str().c_str());
    if (std::optional<Transfer::Kind> kind = tools->classify(instruction))
      transfers.push_back({offset, size, *kind, tools->getTarget(instruction, offset)});
    offset += size;
  }
  return transfers;
}

} // namespace qcc::emit
