//===- OutputFiles.h - several files, all or nothing ------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_SUPPORT_OUTPUTFILES_H
#define QCC_SUPPORT_OUTPUTFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem/UniqueID.h"
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace qcc {

/// Collects what is to be written and writes it in one go. A regular file is written to a temporary
/// beside it and synced; when every temporary is complete, they are renamed one after the other. A
/// failure before that leaves all old files as they were. Should the system refuse a rename itself
/// (the check before rules out what can be foreseen), files that came before it are the new ones.
/// "-" is standard output; devices and pipes are written directly.
class OutputFiles {
public:
  /// A file that was read and must not be written, compared by identity, not by name: the model and
  /// the data it came with.
  void protect(llvm::StringRef inputPath);
  /// A path that will be written: check() judges it before there are contents.
  void announce(llvm::StringRef path) { files.push_back({path.str(), std::nullopt}); }
  /// Contents of a path, announced or not.
  void add(llvm::StringRef path, std::string contents);

  /// Checks every path before the work begins: no directory, not an input, no file twice. The text
  /// ends with its code.
  llvm::Error check() const;
  /// Checks again and writes what has contents.
  llvm::Error write();

private:
  struct File {
    std::string path;
    std::optional<std::string> contents;
  };
  std::set<llvm::sys::fs::UniqueID> inputs;
  std::vector<File> files;
};

} // namespace qcc

#endif
