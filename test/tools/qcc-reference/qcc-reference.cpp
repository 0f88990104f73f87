//===- qcc-reference.cpp - runs a function of an MLIR file with Reference
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// qcc-reference FILE.mlir [-input=FILE]... [-samples=N] [-seed=N] [-output=PREFIX] [-trace=PREFIX]
//
// Evaluates @run. Each -input is the next argument, raw bytes or .npy; arguments without a file are
// pseudo-random numbers of the seed. With -samples every file holds N arguments one after the
// other. Results go to PREFIX.<index>.bin as raw bytes, all samples in one file, or without -output
// to the terminal, one line each. -trace writes every value of the network to PREFIX.bin, sample by
// sample in the order of PREFIX.json, which describes values and operations.
//===----------------------------------------------------------------------===//
#include "dialects/QNN/QNN.h"
#include "dialects/QNN/QNNNetwork.h"
#include "dialects/QNN/QNNTypes.h"
#include "mlir/Parser/Parser.h"
#include "qcc/Pipeline/Pipeline.h"
#include "qcc/Reference/Reference.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
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

static bool readInput(StringRef path, size_t sample, size_t samples, Tensor &tensor) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return false;
  StringRef data = skipNpyHeader((*buffer)->getBuffer());
  if (data.size() != tensor.bytes.size() * samples)
    return false;
  data = data.substr(sample * tensor.bytes.size(), tensor.bytes.size());
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

static llvm::json::Value describeAttribute(Attribute attribute) {
  if (auto value = dyn_cast<BoolAttr>(attribute))
    return value.getValue();
  if (auto value = dyn_cast<IntegerAttr>(attribute))
    return value.getInt();
  if (auto value = dyn_cast<FloatAttr>(attribute))
    return value.getValueAsDouble();
  if (auto value = dyn_cast<DenseI64ArrayAttr>(attribute))
    return llvm::json::Array(value.asArrayRef());
  std::string text;
  llvm::raw_string_ostream(text) << attribute;
  return text;
}

/// Writes every value of the network's block in the order of definition, constants included.
class Trace {
public:
  bool open(StringRef path) {
    prefix = path.str();
    std::error_code error;
    data = std::make_unique<llvm::raw_fd_ostream>(prefix + ".bin", error);
    return !error;
  }

  void add(Value value, const Tensor &tensor, Block &network) {
    if (value.getParentBlock() != &network)
      return;
    data->write(tensor.bytes.data(), tensor.bytes.size());
    if (!numbers.try_emplace(value, values.size()).second)
      return;
    llvm::json::Object record{
        {"type", qcc::qnn::getTypeName(tensor.type.getElementType())},
        {"dims", llvm::json::Array(tensor.type.getShape())},
        {"constant", isa_and_nonnull<qcc::qnn::ConstantOp>(value.getDefiningOp())}};
    if (auto quantized = qcc::qnn::getQuantized(tensor.type)) {
      record["scale"] = qcc::qnn::getScale(quantized);
      record["zero_point"] = quantized.getZeroPoint();
    }
    values.push_back(std::move(record));
  }

  bool close(Block &network) {
    llvm::json::Array operations;
    auto number = [&](auto range) {
      llvm::json::Array list;
      for (Value value : range)
        list.push_back(static_cast<int64_t>(numbers.lookup(value)));
      return list;
    };
    for (Operation &op : network.without_terminator()) {
      llvm::json::Object attributes;
      for (NamedAttribute attribute : op.getAttrs())
        attributes[attribute.getName().getValue()] = describeAttribute(attribute.getValue());
      operations.push_back(llvm::json::Object{{"kind", op.getName().getStringRef()},
                                              {"name", qcc::qnn::getNodeName(&op)},
                                              {"operands", number(op.getOperands())},
                                              {"results", number(op.getResults())},
                                              {"attributes", std::move(attributes)}});
    }
    std::error_code error;
    llvm::raw_fd_ostream index(prefix + ".json", error);
    if (error)
      return false;
    index << llvm::json::Value(
        llvm::json::Object{{"values", std::move(values)}, {"operations", std::move(operations)}});
    return true;
  }

private:
  std::string prefix;
  std::unique_ptr<llvm::raw_fd_ostream> data;
  llvm::DenseMap<Value, size_t> numbers;
  llvm::json::Array values;
};

struct Options {
  std::string path, prefix, trace;
  SmallVector<StringRef> inputs;
  uint64_t seed = 1;
  size_t samples = 1;
};

static bool writeResults(ArrayRef<Tensor> results, StringRef prefix, bool append) {
  for (auto [index, result] : llvm::enumerate(results)) {
    std::error_code error;
    llvm::raw_fd_ostream file(prefix.str() + "." + std::to_string(index) + ".bin", error,
                              append ? llvm::sys::fs::OF_Append : llvm::sys::fs::OF_None);
    if (error)
      return false;
    file.write(result.bytes.data(), result.bytes.size());
  }
  return true;
}

static int run(Options &options) {
  DialectRegistry registry;
  qcc::pipeline::registerAllDialects(registry);
  MLIRContext context(registry);
  auto module = parseSourceFile<ModuleOp>(options.path, &context);
  if (!module)
    return fail("cannot read the module");
  auto run = module->lookupSymbol<func::FuncOp>("run");
  if (!run)
    return fail("there is no @run");
  if (options.inputs.size() > run.getNumArguments())
    return fail("more inputs than arguments");

  Block &network = run.getBody().front();
  Trace trace;
  if (!options.trace.empty() && !trace.open(options.trace))
    return fail("cannot write " + options.trace);
  for (size_t sample = 0; sample < options.samples; ++sample) {
    SmallVector<Tensor> arguments;
    for (auto [index, type] : llvm::enumerate(run.getArgumentTypes())) {
      Tensor &tensor = arguments.emplace_back(cast<RankedTensorType>(type));
      if (index >= options.inputs.size())
        fillRandom(options.seed, tensor);
      else if (!readInput(options.inputs[index], sample, options.samples, tensor))
        return fail("cannot read " + options.inputs[index] + ", or its size is wrong");
    }
    auto results = qcc::reference::evaluate(run, arguments, [&](Value value, const Tensor &tensor) {
      if (!options.trace.empty())
        trace.add(value, tensor, network);
    });
    if (!results)
      return fail(llvm::toString(results.takeError()));
    if (options.prefix.empty())
      llvm::for_each(*results, print);
    else if (!writeResults(*results, options.prefix, sample > 0))
      return fail("cannot write " + options.prefix);
  }
  if (!options.trace.empty() && !trace.close(network))
    return fail("cannot write " + options.trace);
  return 0;
}

int main(int argc, char **argv) {
  Options options;
  for (StringRef argument : ArrayRef(argv + 1, argc - 1)) {
    StringRef option = argument;
    if (option.consume_front("-input="))
      options.inputs.push_back(option);
    else if (option.consume_front("-output="))
      options.prefix = option.str();
    else if (option.consume_front("-trace="))
      options.trace = option.str();
    else if (option.consume_front("-seed=") && !option.getAsInteger(10, options.seed))
      continue;
    else if (option.consume_front("-samples=") && !option.getAsInteger(10, options.samples))
      continue;
    else if (argument != "-" && argument.starts_with("-"))
      return fail("unknown option " + argument);
    else
      options.path = argument.str();
  }
  return run(options);
}
