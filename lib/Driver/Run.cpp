//===- Run.cpp - the qcc-run tool -------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Artifacts.h"
#include "CommandLine.h"
#include "InputFiles.h"
#include "KernelComparison.h"
#include "ReferenceRunner.h"
#include "Reporting.h"
#include "RunResults.h"

#include "qcc/Target/CPU/CPU.h"
#include "qcc/TargetInfo/TargetInfo.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace llvm;

namespace qcc::driver {

namespace {

class NetworkRun {
public:
  ExitCode run(int argc, char **argv);

private:
  ExitCode fail(Error error) {
    std::string text = toString(std::move(error));
    errs() << "qcc-run: error: " << text << "\n";
    return getExitCode(text);
  }
  Error checkOptions(const opt::InputArgList &arguments);
  ExitCode execute(const opt::InputArgList &arguments);
  Error createRunner(const opt::InputArgList &arguments);
  Error readInputs(const opt::InputArgList &arguments);
  Error runSample(size_t sample);
  Error printLatency(raw_ostream &stream);

  // Outlives the modules.
  std::unique_ptr<mlir::MLIRContext> context = createContext();
  CommandLine line;
  Diagnostics diagnostics;
  bool usesReference = false;
  mlir::OwningOpRef<mlir::ModuleOp> module, fused;
  emit::Artifact artifact;
  std::unique_ptr<execution::Runner> runner;
  std::optional<KernelComparison> comparison;
  std::vector<InputFile> files;
  OutputFiles written;
  size_t available = 0, samples = 0; // in the files, and those to run
  std::vector<std::vector<char>> inputs, outputs;
};

/// What the command line may say to qcc but not here, and the options of qcc-run only.
Error NetworkRun::checkOptions(const opt::InputArgList &arguments) {
  StringRef compareWith = arguments.getLastArgValue(OPT_compare),
            runWith = arguments.getLastArgValue(OPT_run_with);
  if (!compareWith.empty() && compareWith != "reference")
    return createStringError("-compare=" + compareWith + ": known is reference [E5025]");
  if (!runWith.empty() && runWith != "reference" && runWith != "compiled")
    return createStringError("-run-with=" + runWith + ": known are compiled reference [E5031]");
  usesReference = runWith == "reference";
  if (usesReference && !compareWith.empty())
    return createStringError("-run-with=reference: there are no kernels to compare [E5031]");
  const CompileOptions &options = line.compile;
  auto target = getTargetInfo(options.target, options.cpu, options.attributes);
  if (!target)
    return target.takeError();
  if (Error error = checkRunsHere(*target))
    return error;
  if (usesReference && line.compile.stopAfter.empty())
    line.compile.stopAfter = "import";
  bool isNetwork =
      is_contained({"import", "simplify", "quantize", "prove", "fuse"}, line.compile.stopAfter);
  if (usesReference ? !isNetwork : !line.compile.stopAfter.empty())
    return createStringError("-stop-after=" + line.compile.stopAfter +
                             (usesReference ? ": Reference evaluates what import, simplify, "
                                              "quantize, prove or fuse hand on [E5031]"
                                            : ": only -run-with=reference stops early [E5031]"));
  line.compile.config.selftest = false;
  line.compile.config.keepTensors |= !compareWith.empty();
  return Error::success();
}

Error NetworkRun::readInputs(const opt::InputArgList &arguments) {
  for (const std::string &description : arguments.getAllArgValues(OPT_input)) {
    Expected<InputFile> file = InputFile::open(description, artifact.inputs);
    if (!file)
      return file.takeError();
    if (any_of(files, [&](const InputFile &o) { return o.getIndex() == file->getIndex(); }))
      return createStringError("input '" + artifact.inputs[file->getIndex()].name +
                               "' has two -input= [E5020]");
    written.protect(file->getPath());
    samples = files.empty() ? file->getSamples() : std::min(samples, file->getSamples());
    files.push_back(std::move(*file));
  }
  for (size_t i = 0; i < artifact.inputs.size(); ++i)
    if (none_of(files, [&](const InputFile &file) { return file.getIndex() == i; }))
      return createStringError("input '%s' has no -input= [E5020]",
                               artifact.inputs[i].name.c_str());
  size_t wanted = 1;
  if (StringRef limit = arguments.getLastArgValue(OPT_samples); !limit.empty())
    if (limit.getAsInteger(10, wanted) || wanted == 0)
      return createStringError("-samples=" + limit + ": needs a number of 1 or more [E5023]");
  available = files.empty() ? wanted : samples;
  if (files.empty() || arguments.hasArg(OPT_samples))
    samples = files.empty() ? wanted : std::min(samples, wanted);
  return Error::success();
}

Error NetworkRun::runSample(size_t sample) {
  inputs.resize(files.size());
  std::vector<const void *> in(files.size());
  std::vector<void *> out;
  for (const InputFile &file : files)
    inputs[file.getIndex()] = file.read(sample);
  outputs.clear();
  for (const emit::Boundary &output : artifact.outputs)
    outputs.emplace_back(output.bytes);
  // Tensors without elements have addresses too.
  for (auto *buffers : {&inputs, &outputs})
    for (std::vector<char> &buffer : *buffers)
      buffer.reserve(1);
  for (const InputFile &file : files)
    in[file.getIndex()] = inputs[file.getIndex()].data();
  for (std::vector<char> &output : outputs)
    out.push_back(output.data());
  std::vector<char> before(runner->getState());
  if (Error error = runner->run(in, out))
    return error;
  return comparison
             ? comparison->compare(inputs, before, runner->getState(), runner->getArena(), outputs)
             : Error::success();
}

Error NetworkRun::printLatency(raw_ostream &stream) {
  std::vector<const void *> in;
  std::vector<void *> out;
  for (std::vector<char> &input : inputs)
    in.push_back(input.data());
  for (std::vector<char> &output : outputs)
    out.push_back(output.data());
  std::vector<double> times;
  using Clock = std::chrono::steady_clock;
  // At least 20 runs and about half a second.
  Clock::time_point begin = Clock::now();
  while (times.size() < 20 || Clock::now() - begin < std::chrono::milliseconds(500)) {
    Clock::time_point start = Clock::now();
    if (Error error = runner->run(in, out))
      return error;
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  sort(times);
  auto percentile = [&](double p) {
    return times[static_cast<size_t>(p * static_cast<double>(times.size() - 1))];
  };
  stream << formatv("latency: {0} runs, minimum {1:f1} us, median {2:f1}, p90 {3:f1}, p99 {4:f1}\n",
                    times.size(), times[0], percentile(0.5), percentile(0.9), percentile(0.99));
  return Error::success();
}

/// Leaves the runner empty after errors that are in `diagnostics`.
Error NetworkRun::createRunner(const opt::InputArgList &arguments) {
  bool compares = arguments.hasArg(OPT_compare);
  auto observe = [&](StringRef stage, mlir::ModuleOp network) {
    if (stage == "fuse" && compares)
      fused = network.clone();
  };
  registerFiles(line.compile, written);
  if (Error error = written.check())
    return error;
  module = compile(line.compile, *context, diagnostics, written, observe);
  printDiagnostics("qcc-run", diagnostics);
  if (!module)
    return Error::success();
  if (usesReference) {
    artifact = describeNetwork(*module);
    runner = createReferenceRunner(*module);
    return Error::success();
  }
  artifact = describeModule(*module, "");
  // MLIR text keeps the machine that it was made for.
  if (Error error = checkRunsHere(getTarget(*module)))
    return error;
  auto created = target::createRunner(*module);
  if (!created)
    return created.takeError();
  runner = std::move(*created);
  if (fused)
    comparison.emplace(std::move(fused), *module);
  return Error::success();
}

ExitCode NetworkRun::execute(const opt::InputArgList &arguments) {
  if (Error error = createRunner(arguments))
    return fail(std::move(error));
  if (!runner)
    return getExitCode(diagnostics);
  if (Error error = readInputs(arguments))
    return fail(std::move(error));
  StringRef labels = arguments.getLastArgValue(OPT_labels);
  if (!labels.empty())
    written.protect(labels);
  RunResults results(artifact.outputs);
  if (Error error = results.setFiles(arguments.getAllArgValues(OPT_run_output),
                                     arguments.getAllArgValues(OPT_expect), written))
    return fail(std::move(error));
  if (!labels.empty())
    if (Error error = results.readLabels(labels, available, samples))
      return fail(std::move(error));
  for (size_t sample = 0; sample < samples; ++sample) {
    if (Error error = runSample(sample))
      return fail(std::move(error));
    results.addSample(outputs);
  }
  // An array on standard output is alone there.
  raw_ostream &stream = results.usesStandardOutput() ? errs() : outs();
  stream << artifact.name << ": " << samples << " samples\n";
  if (Error error = results.compare(stream))
    return fail(std::move(error));
  if (comparison)
    comparison->print(stream);
  if (arguments.hasArg(OPT_latency))
    if (Error error = printLatency(stream))
      return fail(std::move(error));
  if (Error error = results.write(written))
    return fail(std::move(error));
  return comparison && !comparison->isEqual() ? ExitCode::BadInput : ExitCode::Ok;
}

ExitCode NetworkRun::run(int argc, char **argv) {
  Expected<opt::InputArgList> arguments = parseArguments(argc, argv, Tool::Runner);
  if (!arguments)
    return fail(arguments.takeError());
  if (printInformation(*arguments, Tool::Runner))
    return ExitCode::Ok;
  if (Error error = readCommandLine(*arguments, line))
    return fail(std::move(error));
  if (Error error = checkOptions(*arguments))
    return fail(std::move(error));
  return execute(*arguments);
}

} // namespace

int runNetwork(int argc, char **argv) {
  return runTool("qcc-run", [&] { return NetworkRun().run(argc, argv); });
}

} // namespace qcc::driver
