//===- Reporting.cpp - what a run has to say, and its exit code --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Reporting.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <csignal>
#include <cstring>
#include <unistd.h>

using namespace llvm;

namespace qcc::driver {

/// Splits "text [E4001]" into text and code.
static std::pair<StringRef, StringRef> splitCode(StringRef text) {
  size_t open = text.rfind(" [E");
  if (!text.ends_with("]") || open == StringRef::npos)
    return {text, ""};
  return {text.take_front(open), text.drop_front(open + 2).drop_back()};
}

void report(Diagnostics &diagnostics, StringRef code, StringRef subject, Error error) {
  std::string message = toString(std::move(error));
  auto [text, own] = splitCode(message);
  diagnostics.error(own.empty() ? code : own, subject, text);
}

/// "node 'conv1'", or the line of a text; empty for the module itself.
static std::string describePlace(mlir::Location location, StringRef file) {
  if (auto name = dyn_cast<mlir::NameLoc>(location))
    return name.getName() == file ? "" : "node '" + escapeName(name.getName()) + "'";
  if (auto line = dyn_cast<mlir::FileLineColLoc>(location))
    return "line " + std::to_string(line.getLine());
  if (auto fused = dyn_cast<mlir::FusedLoc>(location))
    for (mlir::Location part : fused.getLocations())
      if (std::string place = describePlace(part, file); !place.empty())
        return place;
  return "";
}

DiagnosticForwarder::DiagnosticForwarder(mlir::MLIRContext &context, StringRef input,
                                         StringRef remarks, Diagnostics &diagnostics)
    : input(input), file(escapeName(sys::path::filename(input))), filter(remarks),
      wantsRemarks(!remarks.empty()), diagnostics(diagnostics),
      handler(&context, [this](mlir::Diagnostic &diagnostic) {
        forward(diagnostic);
        return mlir::success();
      }) {}

void DiagnosticForwarder::forward(mlir::Diagnostic &diagnostic) {
  std::string message = diagnostic.str();
  auto [text, code] = splitCode(message);
  std::string subject = input;
  if (std::string place = describePlace(diagnostic.getLocation(), file); !place.empty())
    subject += ": " + place;
  switch (diagnostic.getSeverity()) {
  case mlir::DiagnosticSeverity::Error:
    return diagnostics.error(code.empty() ? "E4000" : code, subject, text);
  case mlir::DiagnosticSeverity::Warning:
    return diagnostics.warning(code, subject, text);
  case mlir::DiagnosticSeverity::Note:
  case mlir::DiagnosticSeverity::Remark:
    if (wantsRemarks && filter.match(text))
      diagnostics.remark(subject, text);
  }
}

ExitCode getExitCode(StringRef text) {
  StringRef code = splitCode(text).second;
  // Files that -input=, -labels= and -expect= name are data, not the command line.
  bool isData = code == "E5022" || code == "E5024";
  if (code == "E5001" || (code.starts_with("E50") && code >= "E5010" && !isData))
    return ExitCode::Usage;
  if (code.starts_with("E60") || code == "E7000")
    return ExitCode::Internal;
  if (code.starts_with("E61"))
    return ExitCode::CannotWrite;
  return code == "E7010" ? ExitCode::Limit : ExitCode::BadInput;
}

ExitCode getExitCode(const Diagnostics &diagnostics) {
  ExitCode gravest = diagnostics.hasErrors() ? ExitCode::BadInput : ExitCode::Ok;
  for (const Diagnostics::Message &message : diagnostics.getMessages())
    if (message.kind == Diagnostics::Message::Kind::Error)
      gravest = std::max(gravest, getExitCode(format(message)));
  return gravest;
}

// LLVM calls these where it cannot go on. The exit code tells a caller that the fault is ours.
static const char *toolName = "qcc";

[[noreturn]] static void leave(const char *reason) {
  for (const char *part : {toolName, ": error: internal error: ", reason,
                           "; please report it with the model and the options [E7000]\n"})
    if (::write(STDERR_FILENO, part, std::strlen(part)) < 0)
      break;
  _exit(static_cast<int>(ExitCode::Internal));
}
static void handleFatalError(void *, const char *reason, bool) { leave(reason); }
static void handleBadAlloc(void *, const char *, bool) { leave("out of memory"); }

int runTool(const char *name, function_ref<ExitCode()> body) {
  toolName = name;
  install_fatal_error_handler(handleFatalError);
  install_bad_alloc_error_handler(handleBadAlloc);
  // A closed stream's number would go to the next file that is opened, and messages into it.
  if (sys::Process::FixupStandardFileDescriptors())
    return static_cast<int>(ExitCode::CannotWrite);
  // A reader that leaves early must not end a compilation.
  std::signal(SIGPIPE, SIG_IGN);
  ExitCode code = body();
  outs().flush();
  bool lost = outs().has_error() && outs().error() != std::errc::broken_pipe;
  if (lost)
    errs() << name << ": error: cannot write to standard output: " << outs().error().message()
           << " [E6101]\n";
  outs().clear_error();
  errs().clear_error();
  return static_cast<int>(lost && code == ExitCode::Ok ? ExitCode::CannotWrite : code);
}

} // namespace qcc::driver
