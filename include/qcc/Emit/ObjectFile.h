//===- ObjectFile.h - what a finished object holds, and whether it may ------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_EMIT_OBJECTFILE_H
#define QCC_EMIT_OBJECTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace qcc::emit {

/// Read from the ELF file itself, not from what the compiler meant to write.
struct ObjectFacts {
  int64_t codeSize = 0;    // bytes of code and constants: all that is loaded but the weights
  int64_t weightsSize = 0; // bytes of .rodata.<name>.weights
  int64_t stackMax = 0;    // bytes on the deepest path from any of its functions
  std::vector<std::string> undefined;
  /// Breaches of the object contract, each ending in its code.
  std::vector<std::string> faults;
};

/// Analyses the object of network `name`.
llvm::Expected<ObjectFacts> analyzeObject(llvm::StringRef bytes, llvm::StringRef name);

} // namespace qcc::emit

#endif
