//===- OptionRules.cpp - options that need or exclude each other ------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CommandLine.h"

using namespace llvm;

namespace qcc::driver {

Error checkCombinations(const opt::InputArgList &arguments, StringRef emit) {
  auto spell = [](OptionId option) {
    return getOptionTable().getOption(option).getPrefixedName().str();
  };
  auto fail = [](const Twine &text) { return createStringError(text + " [E5050]"); };

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

  const OptionId ofObjects[] = {OPT_manifest, OPT_max_arena, OPT_max_flash, OPT_max_stack};
  for (OptionId option : ofObjects)
    if (emit != "obj" && arguments.hasArg(option))
      return fail(spell(option) + " is about objects; this run writes " + emit);
  return Error::success();
}

} // namespace qcc::driver
