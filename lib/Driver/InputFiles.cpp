//===- InputFiles.cpp - samples from arrays with numeric transforms ---------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "InputFiles.h"
#include "ElementValue.h"
#include "RunResults.h"
#include "SampleShapes.h"

#include "llvm/ADT/StringExtras.h"
#include <cstring>

using namespace llvm;

namespace qcc::driver {

static Error fail(const Twine &text, StringRef code) {
  return createStringError(text + " [" + code + "]");
}

static Expected<std::vector<double>> parseNumbers(StringRef text) {
  std::vector<double> numbers;
  SmallVector<StringRef> parts;
  text.split(parts, '/');
  for (StringRef part : parts)
    if (part.empty() || part.getAsDouble(numbers.emplace_back()))
      return fail("'" + part + "' is no number", "E5021");
  return numbers;
}

/// The value of "offset=" and "scale=".
static Error readNumber(StringRef transform, ArrayRef<double> numbers, double &value) {
  if (numbers.size() != 1)
    return fail("-input: '" + transform + "' needs one number", "E5021");
  value = numbers.front();
  return Error::success();
}

static StringRef proposeLayout(ArrayRef<int64_t> shape, ArrayRef<int64_t> wanted,
                               bool toChannelsFirst) {
  if (!countSamples(shape, wanted, !toChannelsFirst))
    return "";
  return toChannelsFirst ? "; leave out :layout=nchw" : "; add :layout=nchw";
}

Expected<InputFile> InputFile::open(StringRef description,
                                    const std::vector<emit::Boundary> &inputs) {
  auto named = splitTensorName(description, inputs, "input", "E5020");
  if (!named)
    return named.takeError();
  InputFile file;
  file.index = named->first;
  file.input = inputs[file.index];
  StringRef path = findFileName(named->second);
  if (path.empty())
    return fail("-input=" + description + ": names no file", "E5020");
  file.path = path.str();
  auto array = data::readNpy(file.path);
  if (!array)
    return array.takeError();
  file.array = std::move(*array);
  SmallVector<StringRef> transforms;
  StringRef rest = named->second.drop_front(path.size());
  if (rest.consume_front(":"))
    rest.split(transforms, ':');
  for (StringRef transform : transforms) {
    auto [key, value] = transform.split('=');
    if (key == "layout" && value == "nchw") {
      file.toChannelsFirst = true;
      continue;
    }
    auto numbers = parseNumbers(value);
    if (!numbers)
      return numbers.takeError();
    if (key == "offset" || key == "scale") {
      if (Error error = readNumber(transform, *numbers, key == "scale" ? file.scale : file.offset))
        return std::move(error);
    } else if (key == "mean") {
      file.mean = *numbers;
    } else if (key == "std") {
      file.deviation = *numbers;
    } else {
      return fail("-input: unknown transform '" + transform +
                      "'; known: offset scale mean std layout=nchw",
                  "E5021");
    }
    file.transforms = true;
  }
  std::optional<size_t> samples =
      countSamples(file.array.shape, file.input.dims, file.toChannelsFirst);
  if (samples == 0 || (file.array.bytes.empty() && file.input.bytes != 0))
    return fail(path + ": holds no sample", "E3008");
  if (!samples)
    return fail(path + ": is " + spellShape(file.array.shape) + ", input '" + file.input.name +
                    "' needs " + spellShape(file.input.dims) + " or several along a first axis" +
                    proposeLayout(file.array.shape, file.input.dims, file.toChannelsFirst),
                "E5022");
  file.samples = *samples;
  if (!file.transforms && !file.toChannelsFirst && file.array.type != file.input.type)
    return fail(path + ": holds " + file.array.type + ", input '" + file.input.name + "' takes " +
                    file.input.type + "; give a transform such as scale=1",
                "E5022");
  if (file.input.type != "f32" && (file.transforms || file.toChannelsFirst))
    return fail("-input: transforms give f32, input '" + file.input.name + "' takes " +
                    file.input.type,
                "E5021");
  size_t channels = file.array.shape.empty() ? 1 : file.array.shape.back();
  for (const std::vector<double> *values : {&file.mean, &file.deviation})
    if (values->size() > 1 && values->size() != channels)
      return fail("-input: mean and std need one number, or one for each of the " +
                      Twine(channels) + " channels",
                  "E5021");
  return std::move(file);
}

std::vector<char> InputFile::read(size_t sample) const {
  size_t count = input.bytes;
  if (count == 0)
    return {};
  if (!transforms && !toChannelsFirst)
    return {array.bytes.begin() + sample * count, array.bytes.begin() + (sample + 1) * count};
  size_t elements = count / sizeof(float), channels = array.shape.empty() ? 1 : array.shape.back();
  size_t pixels = elements / channels;
  std::vector<char> bytes(count);
  auto at = [&](const std::vector<double> &values, size_t channel, double otherwise) {
    return values.empty() ? otherwise : values[values.size() == 1 ? 0 : channel];
  };
  for (size_t i = 0; i < elements; ++i) {
    // In f32 throughout, as a program in front of the network would compute it.
    size_t channel = i % channels;
    float x = static_cast<float>(
                  readElement(array.type, array.bytes.data(), sample * elements + i) + offset) *
              static_cast<float>(scale);
    x = (x - static_cast<float>(at(mean, channel, 0))) /
        static_cast<float>(at(deviation, channel, 1));
    size_t to = toChannelsFirst ? channel * pixels + i / channels : i;
    std::memcpy(bytes.data() + to * sizeof(float), &x, sizeof(float));
  }
  return bytes;
}

} // namespace qcc::driver
