//===- Run.cpp - the qcc-run tool -------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Artifacts.h"
#include "CommandLine.h"
#include "InputFiles.h"
#include "KernelComparison.h"
#include "Reporting.h"

#include "qcc/Support/OutputFiles.h"
#include "qcc/Target/CPU/CPU.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cmath>

using namespace llvm;

namespace qcc::driver {

namespace {

class NetworkRun {
public:
  ExitCode run(int argc, char **argv);

private:
  ExitCode fail(Error error, ExitCode code = ExitCode::BadInput) {
    errs() << "qcc-run: error: " << toString(std::move(error)) << "\n";
    return code;
  }
  ExitCode execute(const opt::InputArgList &arguments);
  Error readInputs(const opt::InputArgList &arguments);
  Error readLabels(const opt::InputArgList &arguments);
  Error runSample(size_t sample);
  Error finish(const opt::InputArgList &arguments);
  void printLatency();

  // Outlives the modules.
  std::unique_ptr<mlir::MLIRContext> context = createContext();
  CommandLine line;
  Diagnostics diagnostics;
  emit::Artifact artifact;
  std::unique_ptr<execution::Runner> runner;
  std::optional<KernelComparison> comparison;
  std::vector<InputFile> files;
  size_t samples = 0;
  std::vector<int64_t> labels;
  size_t correct = 0;
  std::vector<char> allOutputs;
  std::vector<std::vector<char>> inputs, outputs;
};

Error NetworkRun::readInputs(const opt::InputArgList &arguments) {
  for (const std::string &description : arguments.getAllArgValues(OPT_input)) {
    Expected<InputFile> file = InputFile::open(description, artifact.inputs);
    if (!file)
      return file.takeError();
    samples = samples ? std::min(samples, file->getSamples()) : file->getSamples();
    files.push_back(std::move(*file));
  }
  for (size_t i = 0; i < artifact.inputs.size(); ++i)
    if (none_of(files, [&](const InputFile &file) { return file.getIndex() == i; }))
      return createStringError("input '%s' has no -input= [E5020]",
                               artifact.inputs[i].name.c_str());
  StringRef limit = arguments.getLastArgValue(OPT_samples);
  size_t wanted;
  if (!limit.empty()) {
    if (limit.getAsInteger(10, wanted) || wanted == 0)
      return createStringError("-samples=" + limit + ": needs a number of 1 or more [E5023]");
    samples = std::min(samples, wanted);
  }
  return Error::success();
}

Error NetworkRun::readLabels(const opt::InputArgList &arguments) {
  StringRef path = arguments.getLastArgValue(OPT_labels);
  if (path.empty())
    return Error::success();
  auto array = data::readNpy(path);
  if (!array)
    return array.takeError();
  size_t width = data::getElementBytes(array->type),
         count = array->bytes.size() / std::max<size_t>(width, 1);
  if (!StringRef("iu").contains(array->type[0]) || count < samples)
    return createStringError(path + ": needs an integer label for each of the " + Twine(samples) +
                             " samples [E5024]");
  for (size_t i = 0; i < count; ++i) {
    int64_t label = 0;
    std::memcpy(&label, array->bytes.data() + i * width, width);
    labels.push_back(label);
  }
  return Error::success();
}

/// Index of the largest element of a float or integer output.
size_t findLargest(const std::vector<char> &bytes, const emit::Boundary &output) {
  auto largest = [&](auto zero) {
    using T = decltype(zero);
    const T *values = reinterpret_cast<const T *>(bytes.data());
    return static_cast<size_t>(std::max_element(values, values + bytes.size() / sizeof(T)) -
                               values);
  };
  if (output.type == "f32")
    return largest(0.0f);
  if (output.type == "i8")
    return largest(int8_t(0));
  return largest(uint8_t(0));
}

Error NetworkRun::runSample(size_t sample) {
  inputs.resize(files.size());
  std::vector<const void *> in(files.size());
  std::vector<void *> out;
  for (const InputFile &file : files) {
    inputs[file.getIndex()] = file.read(sample);
    in[file.getIndex()] = inputs[file.getIndex()].data();
  }
  outputs.clear();
  for (const emit::Boundary &output : artifact.outputs)
    outputs.emplace_back(output.bytes);
  for (std::vector<char> &output : outputs)
    out.push_back(output.data());
  if (Error error = runner->run(in, out))
    return error;
  allOutputs.insert(allOutputs.end(), outputs[0].begin(), outputs[0].end());
  if (!labels.empty())
    correct += static_cast<int64_t>(findLargest(outputs[0], artifact.outputs[0])) == labels[sample];
  return comparison ? comparison->compare(inputs, runner->getArena(), outputs) : Error::success();
}

void NetworkRun::printLatency() {
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
      return consumeError(std::move(error));
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  sort(times);
  auto percentile = [&](double p) {
    return times[static_cast<size_t>(p * static_cast<double>(times.size() - 1))];
  };
  outs() << formatv("latency: {0} runs, minimum {1:f1} us, median {2:f1}, p90 {3:f1}, p99 {4:f1}\n",
                    times.size(), times[0], percentile(0.5), percentile(0.9), percentile(0.99));
}

Error NetworkRun::finish(const opt::InputArgList &arguments) {
  if (!labels.empty())
    outs() << formatv("accuracy: {0} of {1} = {2:f4}\n", correct, samples,
                      static_cast<double>(correct) / samples);
  std::vector<int64_t> shape = {static_cast<int64_t>(samples)};
  shape.insert(shape.end(), artifact.outputs[0].dims.begin(), artifact.outputs[0].dims.end());
  if (StringRef path = arguments.getLastArgValue(OPT_expect); !path.empty()) {
    auto array = data::readNpy(path);
    if (!array)
      return array.takeError();
    if (array->type != "f32" || artifact.outputs[0].type != "f32" ||
        array->bytes.size() < allOutputs.size())
      return createStringError(path + ": needs f32 values for every output element [E5024]");
    double worst = 0, largest = 0;
    const float *wanted = reinterpret_cast<const float *>(array->bytes.data());
    const float *got = reinterpret_cast<const float *>(allOutputs.data());
    for (size_t i = 0; i < allOutputs.size() / sizeof(float); ++i) {
      worst = std::max(worst, std::fabs(static_cast<double>(got[i]) - wanted[i]));
      largest = std::max(largest, std::fabs(static_cast<double>(wanted[i])));
    }
    outs() << formatv("expected: largest difference {0}, largest value {1}\n", worst, largest);
  }
  if (comparison)
    comparison->print(outs());
  if (arguments.hasArg(OPT_latency))
    printLatency();
  if (StringRef path = arguments.getLastArgValue(OPT_run_output); !path.empty()) {
    OutputFiles output;
    output.add(path, data::formatNpy(artifact.outputs[0].type, shape, allOutputs));
    return output.write();
  }
  return Error::success();
}

ExitCode NetworkRun::execute(const opt::InputArgList &arguments) {
  StringRef compareWith = arguments.getLastArgValue(OPT_compare);
  if (!compareWith.empty() && compareWith != "reference")
    return fail(createStringError("-compare=" + compareWith + ": known is reference [E5025]"),
                ExitCode::Usage);
  line.compile.config.selftest = false;
  line.compile.config.keepTensors |= !compareWith.empty();
  if (line.compile.target != "host" && line.compile.target != "x86_64")
    return fail(createStringError("-target=" + line.compile.target +
                                  ": qcc-run runs on this machine [E5026]"),
                ExitCode::Usage);
  mlir::OwningOpRef<mlir::ModuleOp> fused;
  auto observe = [&](StringRef stage, mlir::ModuleOp module) {
    if (stage == "fuse" && !compareWith.empty())
      fused = module.clone();
  };
  mlir::OwningOpRef<mlir::ModuleOp> module = compile(line.compile, *context, diagnostics, observe);
  printDiagnostics("qcc-run", diagnostics);
  if (!module)
    return getExitCode(diagnostics);
  artifact = describeModule(*module, "");
  auto created = target::createRunner(*module);
  if (!created)
    return fail(created.takeError());
  runner = std::move(*created);
  if (fused)
    comparison.emplace(std::move(fused), *module);
  if (Error error = readInputs(arguments))
    return fail(std::move(error));
  if (Error error = readLabels(arguments))
    return fail(std::move(error));
  for (size_t sample = 0; sample < samples; ++sample)
    if (Error error = runSample(sample))
      return fail(std::move(error));
  outs() << artifact.name << ": " << samples << " samples\n";
  if (Error error = finish(arguments))
    return fail(std::move(error));
  return comparison && !comparison->isEqual() ? ExitCode::BadInput : ExitCode::Ok;
}

ExitCode NetworkRun::run(int argc, char **argv) {
  Expected<opt::InputArgList> arguments = parseArguments(argc, argv, Tool::Runner);
  if (!arguments)
    return fail(arguments.takeError(), ExitCode::Usage);
  if (arguments->hasArg(OPT_help)) {
    getOptionTable().printHelp(outs(), "qcc-run [options] model.onnx -input=file.npy",
                               "qcc-run: compiles and runs a network", false, true,
                               opt::Visibility(opt::DefaultVis | RunVisibility));
    return ExitCode::Ok;
  }
  if (Error error = readCommandLine(*arguments, line))
    return fail(std::move(error), ExitCode::Usage);
  return execute(*arguments);
}

} // namespace

int runNetwork(int argc, char **argv) {
  return runTool("qcc-run", [&] { return NetworkRun().run(argc, argv); });
}

} // namespace qcc::driver
