//===- InputFiles.cpp - samples from arrays with numeric transforms ---------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "InputFiles.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <cstring>
#include <numeric>

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
    if (part.getAsDouble(numbers.emplace_back()))
      return fail("'" + part + "' is no number", "E5021");
  return numbers;
}

static double readElement(const data::Array &array, size_t index) {
  const char *at = array.bytes.data() + index * data::getElementBytes(array.type);
  auto as = [&](auto zero) {
    decltype(zero) value;
    std::memcpy(&value, at, sizeof(value));
    return static_cast<double>(value);
  };
  return StringSwitch<double (*)(decltype(as) &)>(array.type)
      .Case("f32", [](auto &read) { return read(0.0f); })
      .Case("f64", [](auto &read) { return read(0.0); })
      .Case("i8", [](auto &read) { return read(int8_t(0)); })
      .Cases({"u8", "bool"}, [](auto &read) { return read(uint8_t(0)); })
      .Case("i16", [](auto &read) { return read(int16_t(0)); })
      .Case("u16", [](auto &read) { return read(uint16_t(0)); })
      .Case("i32", [](auto &read) { return read(int32_t(0)); })
      .Case("u32", [](auto &read) { return read(uint32_t(0)); })
      .Default([](auto &read) { return read(int64_t(0)); })(as);
}

Expected<InputFile> InputFile::open(StringRef description,
                                    const std::vector<emit::Boundary> &inputs) {
  SmallVector<StringRef> parts;
  description.split(parts, ':');
  InputFile file;
  bool named = any_of(inputs, [&](const emit::Boundary &input) { return input.name == parts[0]; });
  if (!named && inputs.size() != 1)
    return fail("-input=" + description + ": the network has several inputs; name one: NAME:FILE",
                "E5020");
  if (named) {
    while (inputs[file.index].name != parts[0])
      ++file.index;
    parts.erase(parts.begin());
  }
  if (parts.empty())
    return fail("-input=" + description + ": names no file", "E5020");
  file.input = inputs[file.index];
  auto array = data::readNpy(parts[0]);
  if (!array)
    return array.takeError();
  file.array = std::move(*array);
  for (StringRef transform : ArrayRef(parts).drop_front()) {
    auto [key, value] = transform.split('=');
    if (key == "layout" && value == "nchw") {
      file.toChannelsFirst = true;
      continue;
    }
    auto numbers = parseNumbers(value);
    if (!numbers)
      return numbers.takeError();
    if (key == "offset")
      file.offset = numbers->front();
    else if (key == "scale")
      file.scale = numbers->front();
    else if (key == "mean")
      file.mean = *numbers;
    else if (key == "std")
      file.deviation = *numbers;
    else
      return fail("-input: unknown transform '" + transform +
                      "'; known: offset scale mean std layout=nchw",
                  "E5021");
    file.transforms = true;
  }
  int64_t elements = std::accumulate(file.input.dims.begin(), file.input.dims.end(), int64_t(1),
                                     std::multiplies<>());
  int64_t total = std::accumulate(file.array.shape.begin(), file.array.shape.end(), int64_t(1),
                                  std::multiplies<>());
  if (elements == 0 || total % elements != 0)
    return fail(parts[0] + ": " + Twine(total) + " elements are no whole number of samples of " +
                    Twine(elements),
                "E5022");
  if (!file.transforms && !file.toChannelsFirst && file.array.type != file.input.type)
    return fail(parts[0] + ": holds " + file.array.type + ", input '" + file.input.name +
                    "' takes " + file.input.type + "; give a transform such as scale=1",
                "E5022");
  if (file.input.type != "f32" && (file.transforms || file.toChannelsFirst))
    return fail("-input: transforms give f32, input '" + file.input.name + "' takes " +
                    file.input.type,
                "E5021");
  file.samples = total / elements;
  return std::move(file);
}

std::vector<char> InputFile::read(size_t sample) const {
  size_t count = input.bytes;
  if (!transforms && !toChannelsFirst)
    return {array.bytes.begin() + sample * count, array.bytes.begin() + (sample + 1) * count};
  size_t elements = count / sizeof(float), channels = array.shape.empty() ? 1 : array.shape.back();
  size_t pixels = elements / channels;
  std::vector<char> bytes(count);
  auto at = [&](const std::vector<double> &values, size_t channel, double otherwise) {
    return values.empty() ? otherwise : values[std::min(channel, values.size() - 1)];
  };
  for (size_t i = 0; i < elements; ++i) {
    // In f32 throughout, as a program in front of the network would compute it.
    size_t channel = i % channels;
    float x = static_cast<float>(readElement(array, sample * elements + i) + offset) *
              static_cast<float>(scale);
    x = (x - static_cast<float>(at(mean, channel, 0))) /
        static_cast<float>(at(deviation, channel, 1));
    size_t to = toChannelsFirst ? channel * pixels + i / channels : i;
    std::memcpy(bytes.data() + to * sizeof(float), &x, sizeof(float));
  }
  return bytes;
}

} // namespace qcc::driver
