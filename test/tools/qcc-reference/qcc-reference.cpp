//===- qcc-reference.cpp - runs a function of an MLIR file with Reference
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// qcc-reference FILE.mlir [-input=FILE]... [-seed=N] [-output=PREFIX]
//
// Evaluates @run. Each -input is the next argument, raw bytes or .npy; arguments without a file are
// pseudo-random numbers of the seed. Results go to PREFIX.<index>.bin as raw bytes, or without
// -output to the terminal, one line each.
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNNTypes.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Reference/Reference.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using qcc::reference::Tensor;

static int fail(const llvm::Twine &message) {
  llvm::errs() << "qcc-reference: " << message << '\n';
  return 1;
}

/// The data of an .npy file (C order, little-endian) or the whole of any other file.
static StringRef skipNpyHeader(StringRef file) {
  if (!file.starts_with("\x93NUMPY") || file.size() < 12)
    return file;
  auto byteAt = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(file[i])); };
  if (file[6] == 1)
    return file.drop_front(10 + byteAt(8) + (byteAt(9) << 8));
  return file.drop_front(12 + byteAt(8) + (byteAt(9) << 8) + (byteAt(10) << 16));
}

static bool readInput(StringRef path, Tensor &tensor) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return false;
  StringRef data = skipNpyHeader((*buffer)->getBuffer());
  if (data.size() != tensor.bytes.size())
    return false;
  tensor.bytes.assign(data.begin(), data.end());
  return true;
}

/// Floats are multiples of 1/4 in [-4, 4), so that sums of a few products are exact in any order;
/// integers cover their whole range.
static void fillRandom(uint64_t &state, Tensor &tensor) {
  auto next = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 40);
  };
  Type element = tensor.type.getElementType();
  if (element.isF32()) {
    for (float &value : tensor.view<float>())
      value = static_cast<float>(next() >> 19) * 0.25f - 4.0f;
  } else {
    char mask = element.isInteger(1) ? 1 : -1;
    for (char &byte : tensor.bytes)
      byte = static_cast<char>(next() >> 8) & mask;
  }
}

static void print(const Tensor &tensor) {
  Type element = tensor.type.getElementType();
  bool isSigned = qcc::qnn::isSignedStorage(element);
  int64_t width = qcc::qnn::getElementBytes(element);
  llvm::outs() << tensor.type << " [";
  for (size_t i = 0; i < tensor.bytes.size(); i += width) {
    llvm::outs() << (i ? ", " : "");
    uint64_t bits = 0;
    std::memcpy(&bits, tensor.bytes.data() + i, width);
    if (element.isF32())
      llvm::outs() << llvm::format("%.9g", tensor.view<float>()[i / width]);
    else if (element.isF64())
      llvm::outs() << llvm::format("%.17g", tensor.view<double>()[i / width]);
    else if (isSigned)
      llvm::outs() << llvm::SignExtend64(bits, 8 * width);
    else
      llvm::outs() << bits;
  }
  llvm::outs() << "]\n";
}

int main(int argc, char **argv) {
  std::string path, prefix;
  SmallVector<StringRef> inputs;
  uint64_t seed = 1;
  for (StringRef argument : ArrayRef(argv + 1, argc - 1)) {
    StringRef option = argument;
    if (option.consume_front("-input="))
      inputs.push_back(option);
    else if (option.consume_front("-output="))
      prefix = option.str();
    else if (option.consume_front("-seed=") && !option.getAsInteger(10, seed))
      continue;
    else if (argument != "-" && argument.starts_with("-"))
      return fail("unknown option " + argument);
    else
      path = argument.str();
  }

  DialectRegistry registry;
  qcc::pipeline::registerAllDialects(registry);
  MLIRContext context(registry);
  auto module = parseSourceFile<ModuleOp>(path, &context);
  if (!module)
    return fail("cannot read the module");
  auto run = module->lookupSymbol<func::FuncOp>("run");
  if (!run)
    return fail("there is no @run");
  if (inputs.size() > run.getNumArguments())
    return fail("more inputs than arguments");

  SmallVector<Tensor> arguments;
  for (auto [index, type] : llvm::enumerate(run.getArgumentTypes())) {
    Tensor &tensor = arguments.emplace_back(cast<RankedTensorType>(type));
    if (index >= inputs.size())
      fillRandom(seed, tensor);
    else if (!readInput(inputs[index], tensor))
      return fail("cannot read " + inputs[index] + ", or its size is wrong");
  }
  auto results = qcc::reference::evaluate(run, arguments);
  if (!results)
    return fail(llvm::toString(results.takeError()));
  for (auto [index, result] : llvm::enumerate(*results)) {
    if (prefix.empty()) {
      print(result);
      continue;
    }
    std::error_code error;
    llvm::raw_fd_ostream file(prefix + "." + std::to_string(index) + ".bin", error);
    if (error)
      return fail("cannot write " + prefix);
    file.write(result.bytes.data(), result.bytes.size());
  }
  return 0;
}
