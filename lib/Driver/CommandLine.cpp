//===- CommandLine.cpp - the options of the tools ---------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CommandLine.h"

#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace qcc::driver {

namespace {

#define OPTTABLE_STR_TABLE_CODE
#include "lib/Driver/Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "lib/Driver/Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

// The generated entries name the library's types without their namespace.
using namespace llvm::opt;
constexpr OptTable::Info infos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "lib/Driver/Options.inc"
#undef OPTION
};

Error usage(const Twine &text, StringRef code) {
  return createStringError(text + " [" + code + "]");
}

Expected<int64_t> parseSize(StringRef text, StringRef option) {
  int64_t value;
  if (text.getAsInteger(10, value) || value < 0)
    return usage("-" + option + text + ": needs a number of bytes, 0 or more", "E5012");
  return value;
}

Error readDims(const opt::InputArgList &arguments, CompileOptions &options) {
  for (const std::string &text : arguments.getAllArgValues(OPT_dim)) {
    auto [name, size] = StringRef(text).rsplit('=');
    int64_t value;
    if (name.empty() || size.getAsInteger(10, value) || value < 1)
      return usage("-dim=" + text + ": needs the form name=size with a size of 1 or more", "E5010");
    options.dims.push_back({name.str(), value});
  }
  for (const std::string &text : arguments.getAllArgValues(OPT_shape)) {
    auto [name, shape] = StringRef(text).rsplit('=');
    SmallVector<StringRef> parts;
    shape.split(parts, 'x');
    std::vector<int64_t> sizes;
    for (StringRef part : parts) {
      int64_t value;
      if (part.getAsInteger(10, value) || value < 1)
        return usage("-shape=" + text + ": needs the form input=1x3x224x224", "E5011");
      sizes.push_back(value);
    }
    if (name.empty())
      return usage("-shape=" + text + ": needs the form input=1x3x224x224", "E5011");
    options.shapes.push_back({name.str(), sizes});
  }
  for (const std::string &text : arguments.getAllArgValues(OPT_state)) {
    auto [input, output] = StringRef(text).rsplit('=');
    if (input.empty() || output.empty())
      return usage("-state=" + text + ": needs the form input=output", "E5032");
    options.states.push_back({input.str(), output.str()});
  }
  if (!options.states.empty() && arguments.hasArg(OPT_calibrate))
    return usage("-calibrate= runs samples one by one and cannot follow -state=; record the states "
                 "and calibrate without it",
                 "E5033");
  for (const std::string &text : arguments.getAllArgValues(OPT_constant)) {
    auto [name, value] = StringRef(text).rsplit('=');
    if (name.empty() || value.empty())
      return usage("-constant=" + text + ": needs the form input=16000 or input=file.npy", "E5029");
    options.constants.push_back({name.str(), value.str()});
  }
  return Error::success();
}

Error readStages(const opt::InputArgList &arguments, CommandLine &line) {
  line.emit = arguments.getLastArgValue(OPT_emit, "obj").str();
  std::string &start = line.compile.startFrom, &stop = line.compile.stopAfter;
  start = arguments.getLastArgValue(OPT_start_from).str();
  stop = arguments.getLastArgValue(OPT_stop_after).str();
  std::string stages;
  for (const pipeline::Stage &stage : pipeline::getStages())
    stages += " " + stage.name.str();
  if (!stop.empty() && !findStage(stop))
    return usage("unknown stage '" + stop + "'; known: import" + stages, "E5013");
  if (!start.empty() && findStage(start).value_or(0) == 0)
    return usage("-start-from=" + start + ": known are" + stages, "E5013");
  bool isFile = line.emit == "obj" || line.emit == "asm" || line.emit == "llvm";
  bool isOnnx = line.emit == "onnx";
  if (!isFile && !isOnnx && !findStage(line.emit))
    return usage("-emit=" + line.emit + ": known are obj asm llvm onnx import" + stages, "E5014");
  if (!stop.empty() && arguments.hasArg(OPT_emit) && line.emit != stop)
    return usage("-emit=" + line.emit + " does not fit -stop-after=" + stop + "; give one of them",
                 "E5028");
  if (isOnnx)
    stop = "simplify";
  else if (!isFile)
    stop = line.emit;
  else if (!stop.empty())
    line.emit = stop;
  if (!start.empty() && !stop.empty() && *findStage(stop) < *findStage(start))
    return usage("-start-from=" + start + " comes after stage " + stop, "E5013");
  return Error::success();
}

/// What decides the output, without folders: the same build elsewhere says the same.
std::string describeOptions(const opt::InputArgList &arguments) {
  std::string text;
  for (const opt::Arg *argument : arguments) {
    const opt::Option &option = argument->getOption();
    if (!option.hasFlag(DecidesOutput))
      continue;
    text += (text.empty() ? "" : " ") + argument->getSpelling().str();
    StringRef value = argument->getNumValues() ? argument->getValue() : "";
    if (option.hasFlag(NamesFile)) {
      // A file's name says what the option was for; its input too.
      if (option.matches(OPT_constant)) {
        auto [input, path] = value.rsplit('=');
        text += (input + "=").str();
        value = path;
      }
      value = sys::path::filename(value.rtrim('/'));
    }
    text += value;
  }
  return text;
}

Error checkTargets(const CompileOptions &options) {
  Expected<TargetInfo> target = getTargetInfo(options.target, options.cpu, options.attributes);
  if (!target || options.config.calibrationCpu.empty())
    return target.takeError();
  Expected<TargetInfo> calibration = getTargetInfo("host", options.config.calibrationCpu, "");
  return calibration ? checkRunsHere(*calibration) : calibration.takeError();
}

} // namespace

const opt::OptTable &getOptionTable() {
  struct Table : opt::GenericOptTable {
    Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, infos) {}
  };
  static const Table table;
  return table;
}

opt::Visibility getVisibility(Tool tool) {
  return opt::Visibility(opt::DefaultVis |
                         (tool == Tool::Runner ? RunVisibility : WriteVisibility));
}

Expected<opt::InputArgList> parseArguments(int argc, char **argv, Tool tool) {
  opt::Visibility visibility = getVisibility(tool);
  unsigned missingIndex, missingCount;
  opt::InputArgList arguments = getOptionTable().ParseArgs(
      ArrayRef<const char *>(argv, argc).drop_front(), missingIndex, missingCount, visibility);
  if (missingCount)
    return usage(Twine(arguments.getArgString(missingIndex)) + ": needs a value", "E5015");
  for (const opt::Arg *unknown : arguments.filtered(OPT_UNKNOWN)) {
    std::string text = unknown->getAsString(arguments), nearest;
    bool isRunner = tool == Tool::Runner;
    opt::Visibility other = getVisibility(isRunner ? Tool::Compiler : Tool::Runner);
    unsigned index = unknown->getIndex();
    std::unique_ptr<opt::Arg> known = getOptionTable().ParseOneArg(arguments, index, other);
    if (known && !known->getOption().matches(OPT_UNKNOWN))
      return usage(text + " is an option of " + (isRunner ? "qcc" : "qcc-run") + ", not of " +
                       (isRunner ? "qcc-run" : "qcc"),
                   "E5016");
    std::string hint = getOptionTable().findNearest(text, nearest, visibility) <= 2
                           ? "; did you mean " + nearest + "?"
                           : "";
    return usage("unknown option " + text + hint, "E5016");
  }
  return std::move(arguments);
}

std::optional<size_t> findStage(StringRef name) {
  if (name == "import")
    return 0;
  for (auto [index, stage] : enumerate(pipeline::getStages()))
    if (stage.name == name)
      return index + 1;
  return std::nullopt;
}

Error readCommandLine(const opt::InputArgList &arguments, CommandLine &line) {
  for (const opt::Arg *argument : arguments)
    if (argument->getNumValues() == 1 && StringRef(argument->getValue()).empty())
      return usage(argument->getSpelling() + ": needs a value", "E5015");
  std::vector<std::string> inputs = arguments.getAllArgValues(OPT_INPUT);
  if (inputs.size() != 1)
    return usage(inputs.empty() ? Twine("no input file; try -help")
                                : Twine("more than one input file"),
                 "E5017");
  CompileOptions &options = line.compile;
  options.input = inputs.front();
  options.name = arguments.getLastArgValue(OPT_name).str();
  bool identifier = !options.name.empty() && !isDigit(options.name.front()) &&
                    all_of(options.name, [](char c) { return isAlnum(c) || c == '_'; });
  if (arguments.hasArg(OPT_name) && !identifier)
    return usage("-name=" + options.name + ": is no C identifier", "E5018");
  options.target = arguments.getLastArgValue(OPT_target, "host").str();
  options.cpu = arguments.getLastArgValue(OPT_mcpu).str();
  options.attributes = arguments.getLastArgValue(OPT_mattr).str();
  options.namesTarget = arguments.hasArg(OPT_target, OPT_mcpu, OPT_mattr);
  if (StringRef folder = arguments.getLastArgValue(OPT_dump_stages); !folder.empty())
    options.dumpPrefix = (folder + "/").str();
  line.saveTemps = arguments.hasArg(OPT_save_temps);
  if (line.saveTemps && !options.dumpPrefix.empty())
    return usage("-save-temps and -dump-stages both say where dumps go; give one of them", "E5040");
  options.optimization = arguments.getLastArgValue(OPT_optimize).str();
  if (arguments.hasArg(OPT_optimize) &&
      !is_contained({"0", "1", "2", "3", "s"}, options.optimization))
    return usage("-O" + options.optimization + ": known are -O0 -O1 -O2 -O3 -Os", "E5041");
  options.remarks = arguments.getLastArgValue(OPT_remarks).str();
  std::string reason;
  if (!options.remarks.empty() && !Regex(options.remarks).isValid(reason))
    return usage("-Rpass=" + options.remarks + ": " + reason, "E5027");
  options.config.selftest = !arguments.hasArg(OPT_no_selftest);
  options.config.keepTensors = arguments.hasArg(OPT_keep_tensors);
  options.config.calibrationDirectory = arguments.getLastArgValue(OPT_calibrate).str();
  options.config.calibrationTable = arguments.getLastArgValue(OPT_calibration).str();
  options.config.calibrationTableOut = arguments.getLastArgValue(OPT_calibration_out).str();
  options.config.calibrationCpu = arguments.getLastArgValue(OPT_calibrate_cpu).str();
  if (Error error = checkTargets(options))
    return error;
  StringRef io = arguments.getLastArgValue(OPT_io, "native");
  if (io != "native" && io != "quantized")
    return usage("-io=" + io + ": known are native and quantized", "E5019");
  options.config.quantizedBoundary = io == "quantized";
  if (Error error = readDims(arguments, options))
    return error;
  if (Error error = readStages(arguments, line))
    return error;
  if (Error error = checkCombinations(arguments, line))
    return error;
  // "-o=net.o" means the same: the other options have their values behind this sign.
  StringRef output = arguments.getLastArgValue(OPT_output);
  if (output.consume_front("=") && output.empty())
    return usage("-o=: needs a value", "E5015");
  line.output = output.str();
  line.manifest = arguments.getLastArgValue(OPT_manifest).str();
  line.verifyObject = arguments.hasFlag(OPT_verify_object, OPT_no_verify_object, true);
  line.verbose = arguments.hasArg(OPT_verbose);
  std::pair<OptionId, std::optional<int64_t> *> limits[] = {{OPT_max_arena, &line.maxArena},
                                                            {OPT_max_flash, &line.maxFlash},
                                                            {OPT_max_stack, &line.maxStack}};
  for (auto [option, value] : limits) {
    const opt::Arg *argument = arguments.getLastArg(option);
    if (!argument)
      continue;
    Expected<int64_t> size = parseSize(argument->getValue(), argument->getOption().getName());
    if (!size)
      return size.takeError();
    *value = *size;
  }
  line.text = describeOptions(arguments);
  return Error::success();
}

void printDiagnostics(StringRef tool, const Diagnostics &diagnostics) {
  for (const Diagnostics::Message &message : diagnostics.getMessages()) {
    StringRef kind = message.kind == Diagnostics::Message::Kind::Error     ? "error"
                     : message.kind == Diagnostics::Message::Kind::Warning ? "warning"
                                                                           : "remark";
    errs() << tool << ": " << kind << ": " << format(message) << "\n";
  }
}

} // namespace qcc::driver
