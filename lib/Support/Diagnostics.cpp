//===- Diagnostics.cpp - errors with stable codes
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Support/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"

namespace qcc {

void Diagnostics::error(llvm::StringRef code, const llvm::Twine &subject, const llvm::Twine &text) {
  messages.push_back({Message::Kind::Error, code.str(), subject.str(), text.str()});
  ++errors;
}

void Diagnostics::warning(llvm::StringRef code, const llvm::Twine &subject,
                          const llvm::Twine &text) {
  messages.push_back({Message::Kind::Warning, code.str(), subject.str(), text.str()});
}

void Diagnostics::remark(const llvm::Twine &subject, const llvm::Twine &text) {
  messages.push_back({Message::Kind::Remark, "", subject.str(), text.str()});
}

/// Names of nodes come escaped; paths, which may hold anything, do not.
static std::string escapeControl(llvm::StringRef text) {
  std::string printable;
  for (unsigned char c : text)
    if (c < 0x20 || c == 0x7f)
      printable += "\\x" + llvm::utohexstr(c, /*LowerCase=*/true, /*Width=*/2);
    else
      printable += static_cast<char>(c);
  return printable;
}

std::string format(const Diagnostics::Message &message) {
  std::string line = escapeControl(message.subject);
  line += (line.empty() ? "" : ": ") + message.text;
  if (!message.code.empty())
    line += " [" + message.code + "]";
  return line;
}

std::string escapeName(llvm::StringRef name) {
  constexpr size_t longest = 80;
  std::string printable;
  for (unsigned char c : name.take_front(longest)) {
    if (c >= 0x20 && c < 0x7f)
      printable += static_cast<char>(c);
    else
      printable += "\\x" + llvm::utohexstr(c, /*LowerCase=*/true, /*Width=*/2);
  }
  if (name.size() > longest)
    printable += "...";
  return printable;
}

} // namespace qcc
