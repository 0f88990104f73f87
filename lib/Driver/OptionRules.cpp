//===- OptionRules.cpp - options that need or exclude each other ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CommandLine.h"

using namespace llvm;

namespace qcc::driver {

namespace {

std::string spell(OptionId option) {
  return getOptionTable().getOption(option).getPrefixedName().str();
}

Error checkPairs(const opt::InputArgList &arguments) {
  auto fail = [](const Twine &text) { return createStringError(text + " [E5043]"); };
  struct Pair {
    OptionId option, other;
    const char *reason;
  };
  const Pair needs[] = {
      {OPT_calibration_out, OPT_calibrate, "which finds what it writes"},
      {OPT_calibrate_cpu, OPT_calibrate, "which is what runs"},
  };
  for (const Pair &pair : needs)
    if (arguments.hasArg(pair.option) && !arguments.hasArg(pair.other))
      return fail(spell(pair.option) + " needs " + spell(pair.other) + ", " + pair.reason);
  const Pair excludes[] = {{OPT_calibrate, OPT_calibration, "both say the ranges"}};
  for (const Pair &pair : excludes)
    if (arguments.hasArg(pair.option) && arguments.hasArg(pair.other))
      return fail(spell(pair.option) + " and " + spell(pair.other) + ": " + pair.reason +
                  "; give one of them");
  return Error::success();
}

/// The stage that obeys an option, or the file that it is about: without them the option would do
/// nothing.
Error checkStages(const opt::InputArgList &arguments, const CommandLine &line) {
  auto fail = [](const Twine &text) { return createStringError(text + " [E5042]"); };
  struct {
    OptionId option;
    StringLiteral stage;
  } const stages[] = {
      {OPT_dim, "import"},
      {OPT_shape, "import"},
      {OPT_constant, "import"},
      {OPT_state, "import"},
      {OPT_calibrate, "quantize"},
      {OPT_calibration, "quantize"},
      {OPT_calibration_out, "quantize"},
      {OPT_calibrate_cpu, "quantize"},
      {OPT_io, "quantize"},
      {OPT_no_selftest, "prove"},
      {OPT_keep_tensors, "plan"},
  };
  const std::string &start = line.compile.startFrom, &stop = line.compile.stopAfter;
  for (auto [option, stage] : stages) {
    const opt::Arg *argument = arguments.getLastArg(option);
    if (!argument)
      continue;
    std::string text = argument->getAsString(arguments);
    size_t number = *findStage(stage);
    if (!start.empty() && number < *findStage(start))
      return fail(text + " is for stage " + stage + ", which -start-from=" + start + " leaves out");
    if (!stop.empty() && number > *findStage(stop))
      return fail(text + " is for stage " + stage + ", which does not run: " + stop +
                  " is the last");
  }
  for (OptionId option : {OPT_manifest, OPT_max_arena, OPT_max_flash, OPT_max_stack})
    if (const opt::Arg *argument = arguments.getLastArg(option); argument && line.emit != "obj")
      return fail(argument->getAsString(arguments) + " is about an object; -emit=" + line.emit +
                  " makes none");
  return Error::success();
}

} // namespace

Error checkCombinations(const opt::InputArgList &arguments, const CommandLine &line) {
  if (Error error = checkPairs(arguments))
    return error;
  return checkStages(arguments, line);
}

} // namespace qcc::driver
