//===- OutputFiles.h - several files, all or nothing ------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_SUPPORT_OUTPUTFILES_H
#define QCC_SUPPORT_OUTPUTFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace qcc {

/// Collects what is to be written and writes it in one go. A regular file is written to a temporary
/// beside it, synced and renamed; renames happen only when every temporary is complete, so a
/// failure leaves all old files as they were.
/// "-" is standard output; devices and pipes are written directly.
class OutputFiles {
public:
  /// Files that must not be written: the model and the data it came with, compared by identity, not
  /// by name.
  void protect(llvm::StringRef inputPath) { inputs.push_back(inputPath.str()); }
  void add(llvm::StringRef path, std::string contents) {
    files.push_back({path.str(), std::move(contents)});
  }

  /// Checks every path before the work begins: no directory, not an input. The text ends with its
  /// code.
  llvm::Error check() const;
  llvm::Error write();

private:
  struct File {
    std::string path, contents;
  };
  std::vector<std::string> inputs;
  std::vector<File> files;
};

} // namespace qcc

#endif
