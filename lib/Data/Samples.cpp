//===- Samples.cpp - inputs of a network, sample by sample ------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Data/Samples.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace qcc::data {

int64_t InputSpec::getBytes() const {
  int64_t bytes = getElementBytes(type);
  for (int64_t dimension : shape)
    bytes *= dimension;
  return bytes;
}

static std::string spell(StringRef type, ArrayRef<int64_t> shape) {
  std::string text = type.str() + "[";
  interleave(
      shape, [&](int64_t dimension) { text += std::to_string(dimension); }, [&] { text += ","; });
  return text + "]";
}

/// The shape without a leading 1, which stands for the batch.
static ArrayRef<int64_t> dropBatch(ArrayRef<int64_t> shape) {
  return !shape.empty() && shape.front() == 1 ? shape.drop_front() : shape;
}

static Error checkType(const Twine &subject, StringRef type, const InputSpec &input) {
  if (type == input.type)
    return Error::success();
  return makeDataError("E3010", subject,
                       "has elements of type " + type + ", input '" + input.name + "' needs " +
                           input.type);
}

static Error checkSample(const Twine &subject, const Array &array, const InputSpec &input) {
  if (Error error = checkType(subject, array.type, input))
    return error;
  if (ArrayRef(array.shape) == ArrayRef(input.shape) ||
      ArrayRef(array.shape) == dropBatch(input.shape))
    return Error::success();
  return makeDataError("E3011", subject,
                       "is " + spell(array.type, array.shape) + ", input '" + input.name +
                           "' needs " + spell(input.type, input.shape));
}

/// Whether no element has all bits of the exponent set.
template <typename Bits> static bool areFinite(StringRef bytes, Bits exponent) {
  for (size_t i = 0; i < bytes.size(); i += sizeof(Bits))
    if ((support::endian::read<Bits, endianness::little>(bytes.data() + i) & exponent) == exponent)
      return false;
  return true;
}

static Error checkFinite(const Twine &subject, const Array &array) {
  StringRef bytes(array.bytes.data(), array.bytes.size());
  bool isFinite = true;
  if (array.type == "f16")
    isFinite = areFinite<uint16_t>(bytes, 0x7c00);
  else if (array.type == "bf16")
    isFinite = areFinite<uint16_t>(bytes, 0x7f80);
  else if (array.type == "f32")
    isFinite = areFinite<uint32_t>(bytes, 0x7f800000);
  else if (array.type == "f64")
    isFinite = areFinite<uint64_t>(bytes, 0x7ff0000000000000);
  if (isFinite)
    return Error::success();
  return makeDataError("E3012", subject, "holds NaN or infinity");
}

Expected<SampleSet> SampleSet::open(ArrayRef<std::string> paths, std::vector<InputSpec> inputs) {
  SampleSet set;
  set.inputs = std::move(inputs);
  if (paths.empty())
    return makeDataError("E3008", "samples", "no file or directory is named");
  bool isDirectory = paths.size() == 1 && sys::fs::is_directory(paths[0]);
  if (Error error = isDirectory ? set.openDirectory(paths[0]) : set.openBatches(paths))
    return std::move(error);
  if (set.count == 0)
    return makeDataError("E3008", paths[0], "holds no sample");
  return set;
}

Error SampleSet::openDirectory(const std::string &path) {
  std::error_code failure;
  for (sys::fs::directory_iterator it(path, failure), end; it != end && !failure;
       it.increment(failure)) {
    StringRef name = sys::path::filename(it->path());
    if (name.starts_with("."))
      continue;
    StringRef extension = sys::path::extension(name);
    if (extension != ".npy" && extension != ".npz")
      return makeDataError("E3009", it->path(),
                           "is no .npy or .npz file; a directory of samples holds nothing else");
    if (extension == ".npy" && inputs.size() != 1)
      return makeDataError("E3009", it->path(),
                           "is one array, but the network has " + Twine(inputs.size()) +
                               " inputs; save each sample as .npz keyed by input name");
    files.push_back(it->path());
  }
  if (failure)
    return makeDataError("E3001", path, "cannot be read: " + failure.message());
  llvm::sort(files);
  count = files.size();
  return Error::success();
}

Error SampleSet::addBatch(Batch batch, StringRef type, ArrayRef<int64_t> shape,
                          const InputSpec &input) {
  if (Error error = checkType(batch.subject, type, input))
    return error;
  size_t samples;
  ArrayRef<int64_t> wanted(input.shape);
  if (shape == wanted || shape == dropBatch(wanted))
    samples = 1;
  else if (!shape.empty() &&
           (shape.drop_front() == wanted || shape.drop_front() == dropBatch(wanted)))
    samples = static_cast<size_t>(shape.front());
  else
    return makeDataError("E3011", batch.subject,
                         "is " + spell(type, shape) + ", input '" + input.name + "' needs " +
                             spell(input.type, input.shape) + " or several along a first axis");
  if (!batches.empty() && samples != count)
    return makeDataError("E3013", batch.subject,
                         "holds " + Twine(samples) + " samples, the inputs before it " +
                             Twine(count));
  count = samples;
  batches.push_back(std::move(batch));
  return Error::success();
}

static Error reportInputs(const Twine &subject, ArrayRef<InputSpec> inputs,
                          const std::map<std::string, Array> &arrays) {
  for (const InputSpec &input : inputs)
    if (!arrays.count(input.name))
      return makeDataError("E3014", subject, "has no array for input '" + Twine(input.name) + "'");
  for (const auto &entry : arrays)
    if (none_of(inputs, [&](const InputSpec &input) { return input.name == entry.first; }))
      return makeDataError("E3014", subject,
                           "has an array '" + Twine(entry.first) +
                               "' that is no input of the network");
  return Error::success();
}

Error SampleSet::openBatches(ArrayRef<std::string> paths) {
  if (paths.size() == 1 && StringRef(paths[0]).ends_with(".npz")) {
    auto arrays = readNpz(paths[0]);
    if (!arrays)
      return arrays.takeError();
    if (Error error = reportInputs(paths[0], inputs, *arrays))
      return error;
    for (const InputSpec &input : inputs) {
      Batch batch;
      batch.subject = paths[0] + "/" + input.name;
      batch.array = std::move(arrays->find(input.name)->second);
      std::vector<int64_t> shape = batch.array.shape;
      std::string type = batch.array.type;
      if (Error error = addBatch(std::move(batch), type, shape, input))
        return error;
    }
    return Error::success();
  }
  if (paths.size() != inputs.size())
    return makeDataError("E3009", paths[0],
                         "the network has " + Twine(inputs.size()) + " inputs, " +
                             Twine(paths.size()) + " files are named");
  for (auto [path, input] : zip(paths, inputs)) {
    Expected<ArrayHeader> header = readNpyHeader(path);
    if (!header)
      return header.takeError();
    Batch batch;
    batch.subject = path;
    batch.fileOffset = header->dataOffset;
    batch.isBigEndian = header->isBigEndian;
    if (Error error = addBatch(std::move(batch), header->type, header->shape, input))
      return error;
  }
  return Error::success();
}

Expected<std::vector<char>> SampleSet::readElements(const Batch &batch, uint64_t offset,
                                                    const InputSpec &input) {
  uint64_t size = input.getBytes();
  if (batch.fileOffset == 0) {
    auto elements = ArrayRef(batch.array.bytes).slice(offset, size);
    return std::vector<char>(elements.begin(), elements.end());
  }
  auto slice = readFileSlice(batch.subject, batch.fileOffset + offset, size);
  if (!slice)
    return slice.takeError();
  std::vector<char> bytes((*slice)->getBufferStart(), (*slice)->getBufferEnd());
  if (batch.isBigEndian)
    for (size_t i = 0, width = getElementBytes(input.type); i < bytes.size(); i += width)
      std::reverse(bytes.begin() + i, bytes.begin() + i + width);
  return bytes;
}

Expected<Sample> SampleSet::read(size_t index) const {
  Sample sample;
  std::string subject;
  if (files.empty()) {
    subject = batches.front().subject + ": sample " + std::to_string(index);
    for (auto [batch, input] : zip(batches, inputs)) {
      auto elements = readElements(batch, index * input.getBytes(), input);
      if (!elements)
        return elements.takeError();
      sample.push_back({input.type, input.shape, std::move(*elements)});
    }
  } else {
    subject = files[index];
    std::map<std::string, Array> arrays;
    if (StringRef(subject).ends_with(".npz")) {
      auto read = readNpz(subject);
      if (!read)
        return read.takeError();
      arrays = std::move(*read);
      if (Error error = reportInputs(subject, inputs, arrays))
        return std::move(error);
    } else {
      auto read = readNpy(subject);
      if (!read)
        return read.takeError();
      arrays.emplace(inputs[0].name, std::move(*read));
    }
    for (const InputSpec &input : inputs) {
      Array &array = arrays.find(input.name)->second;
      if (Error error = checkSample(subject, array, input))
        return std::move(error);
      array.shape = input.shape;
      sample.push_back(std::move(array));
    }
  }
  for (const Array &array : sample)
    if (Error error = checkFinite(subject, array))
      return std::move(error);
  return sample;
}

} // namespace qcc::data
