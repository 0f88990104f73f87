//===- Instructions.h - calls and jumps in machine code ---------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_EMIT_INSTRUCTIONS_H
#define QCC_LIB_EMIT_INSTRUCTIONS_H

#include "llvm/Object/ELFObjectFile.h"
#include <map>
#include <memory>
#include <optional>

namespace qcc::emit {

/// An instruction after which another than the next one may run. Returns are none.
struct Transfer {
  enum Kind { Jump, Call, Computed }; // Computed: to an address that the instruction does not have
  uint64_t offset, size;
  Kind kind;
  /// Of a call on Arm, where no relocation changes it: the offset in the section. Cores without
  /// long jumps jump with calls, which leave the stack alone.
  std::optional<uint64_t> target;
};

/// Reads the code of one object with LLVM's disassembler.
class InstructionReader {
public:
  static llvm::Expected<InstructionReader> create(const llvm::object::ELFObjectFileBase &object);
  InstructionReader(InstructionReader &&);
  ~InstructionReader();

  /// The transfers of a section, by offset. Bytes that are no instruction are an error, unless the
  /// object marks them as data.
  llvm::Expected<std::vector<Transfer>> readTransfers(const llvm::object::SectionRef &code) const;

private:
  struct Tools;
  explicit InstructionReader(std::unique_ptr<Tools> tools);
  llvm::Error readMarks(const llvm::object::ELFObjectFileBase &object);

  std::unique_ptr<Tools> tools;
  /// Where data (true) and code (false) begin, by section and offset; only some ABIs say so.
  std::map<std::pair<uint64_t, uint64_t>, bool> marks;
};

} // namespace qcc::emit

#endif
