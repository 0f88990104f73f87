//===- Diagnostics.h - errors with stable codes, and exit codes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_SUPPORT_DIAGNOSTICS_H
#define QCC_SUPPORT_DIAGNOSTICS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <string>
#include <vector>

namespace qcc {

/// What every tool returns to the shell.
enum class ExitCode { Ok = 0, BadInput = 1, Usage = 2, CannotWrite = 3, Limit = 4, Internal = 70 };

/// Collects what a run has to say. A message names file, node, field and remedy; its code is stable
/// and documented in docs/Diagnostics.md. Control characters and overlong names are escaped and
/// cut, so a model cannot forge output. Inside passes, errors are ordinary MLIR diagnostics whose
/// text ends with the code in brackets: "... [E4001]".
class Diagnostics {
public:
  struct Message {
    enum class Kind { Error, Warning, Remark } kind;
    std::string code;    // "E2003"; empty for remarks
    std::string subject; // "model.onnx: node 'conv1' (Conv)"
    std::string text;
  };

  void error(llvm::StringRef code, const llvm::Twine &subject, const llvm::Twine &text);
  void warning(llvm::StringRef code, const llvm::Twine &subject, const llvm::Twine &text);
  void remark(const llvm::Twine &subject, const llvm::Twine &text);

  bool hasErrors() const { return errors != 0; }
  const std::vector<Message> &getMessages() const { return messages; }

private:
  std::vector<Message> messages;
  unsigned errors = 0;
};

/// "subject: text [code]", escaped.
std::string format(const Diagnostics::Message &message);

/// Printable form of a name from a model: control and non-UTF-8 bytes as \xNN, at most 80
/// characters.
std::string escapeName(llvm::StringRef name);

} // namespace qcc

#endif
