//===- Reporter.h - errors about one model file
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_REPORTER_H
#define QCC_LIB_IMPORT_REPORTER_H

#include "mlir/Support/LLVM.h"
#include "qcc/Support/Diagnostics.h"

namespace qcc::import {

/// Puts the file's name before each message and stops at 20 errors: what follows the first
/// errors of a broken file is mostly their echo.
class Reporter {
public:
  Reporter(llvm::StringRef file, Diagnostics &diagnostics) : file(file), diagnostics(diagnostics) {}

  /// `where` is a phrase such as "initializer 'w'", or empty for the file itself.
  mlir::LogicalResult error(llvm::StringRef code, const llvm::Twine &where,
                            const llvm::Twine &text) {
    if (++errors <= mostErrors)
      diagnostics.error(code, getSubject(where), text);
    return mlir::failure();
  }
  void warning(llvm::StringRef code, const llvm::Twine &where, const llvm::Twine &text) {
    diagnostics.warning(code, getSubject(where), text);
  }
  void remark(const llvm::Twine &where, const llvm::Twine &text) {
    diagnostics.remark(getSubject(where), text);
  }

  bool hasErrors() const { return errors != 0; }
  bool isFull() const { return errors >= mostErrors; }

private:
  std::string getSubject(const llvm::Twine &where) const {
    std::string place = where.str();
    return place.empty() ? file : file + ": " + place;
  }

  static constexpr unsigned mostErrors = 20;
  std::string file;
  Diagnostics &diagnostics;
  unsigned errors = 0;
};

/// A name from the model between quotes, safe to print.
inline std::string quoted(llvm::StringRef name) { return "'" + escapeName(name) + "'"; }

} // namespace qcc::import

#endif
