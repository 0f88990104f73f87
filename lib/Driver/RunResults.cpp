//===- RunResults.cpp - output values of all samples ----------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "RunResults.h"
#include "ElementValue.h"
#include "SampleShapes.h"

#include "qcc/Data/Arrays.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace qcc::driver {

StringRef findFileName(StringRef text) {
  for (StringRef name = text; !name.empty(); name = name.rsplit(':').first) {
    if (sys::fs::exists(name))
      return name;
    if (!name.contains(':'))
      break;
  }
  return text.split(':').first;
}

Expected<std::pair<size_t, StringRef>> splitTensorName(StringRef text,
                                                       ArrayRef<emit::Boundary> tensors,
                                                       StringRef option, StringRef code) {
  std::optional<size_t> found;
  for (auto [index, tensor] : enumerate(tensors)) {
    StringRef rest = text;
    bool matches = rest.consume_front(tensor.name) && rest.starts_with(":");
    if (matches && (!found || tensors[*found].name.size() < tensor.name.size()))
      found = index;
  }
  if (found)
    return std::pair(*found, text.drop_front(tensors[*found].name.size() + 1));
  // A name in front of a file is no transform behind one. Files to write need not exist yet.
  auto [front, back] = text.split(':');
  bool isNamed = back.split(':').first.ends_with(".npy") &&
                 (option == "output" || findFileName(text).size() == front.size());
  if (tensors.size() == 1 && !isNamed)
    return std::pair(size_t(0), text);
  std::string names;
  for (const emit::Boundary &tensor : tensors)
    names += " '" + tensor.name + "'";
  return createStringError("-" + option + "=" + text + ": needs NAME:FILE, NAME one of" +
                           (names.empty() ? " (there are none)" : names) + " [" + code + "]");
}

Expected<std::vector<RunResults::File>> RunResults::parseFiles(ArrayRef<std::string> texts,
                                                               StringRef option) const {
  std::vector<File> files;
  for (StringRef text : texts) {
    auto file = splitTensorName(text, outputs, option, "E5030");
    if (!file)
      return file.takeError();
    files.push_back({file->first, file->second.str()});
  }
  return files;
}

Error RunResults::setFiles(ArrayRef<std::string> writtenTexts, ArrayRef<std::string> expectedTexts,
                           OutputFiles &files) {
  auto toWrite = parseFiles(writtenTexts, "output");
  if (!toWrite)
    return toWrite.takeError();
  auto toCompare = parseFiles(expectedTexts, "expect");
  if (!toCompare)
    return toCompare.takeError();
  written = std::move(*toWrite);
  expected = std::move(*toCompare);
  for (const File &file : expected)
    files.protect(file.path);
  for (const File &file : written)
    files.announce(file.path);
  return files.check();
}

bool RunResults::usesStandardOutput() const {
  return any_of(written, [](const File &file) { return file.path == "-"; });
}

void RunResults::addSample(ArrayRef<std::vector<char>> sample) {
  for (auto [all, one] : zip(values, sample))
    all.insert(all.end(), one.begin(), one.end());
  ++samples;
}

Error RunResults::readLabels(StringRef path, size_t available, size_t used) {
  auto array = data::readNpy(path);
  if (!array)
    return array.takeError();
  std::optional<size_t> count = countSamples(array->shape, {});
  if (!StringRef("iu").contains(array->type[0]) || !count || (count != available && count != used))
    return createStringError(path + ": is " + array->type + spellShape(array->shape) +
                             ", needs an integer label for each of the " + Twine(available) +
                             " samples [E5024]");
  if (outputs.empty())
    return createStringError(path + ": the network has no output to classify [E5024]");
  auto classes = static_cast<double>(outputs[0].bytes / data::getElementBytes(outputs[0].type));
  for (size_t i = 0; i < used; ++i) {
    double label = readElement(array->type, array->bytes.data(), i);
    if (label < 0 || label >= classes)
      return createStringError(formatv("{0}: label {1:f0} of sample {2} is no class of output "
                                       "'{3}', which has {4:f0} elements [E5024]",
                                       path, label, i, outputs[0].name, classes));
    labels.push_back(static_cast<int64_t>(label));
  }
  return Error::success();
}

/// Index of the largest element of one sample, the first of equal ones.
static int64_t findLargest(const char *sample, const emit::Boundary &output) {
  size_t count = output.bytes / data::getElementBytes(output.type), largest = 0;
  for (size_t i = 1; i < count; ++i)
    if (readElement(output.type, sample, i) > readElement(output.type, sample, largest))
      largest = i;
  return static_cast<int64_t>(largest);
}

void RunResults::printAccuracy(raw_ostream &stream, StringRef of, ArrayRef<char> classes) const {
  size_t correct = 0;
  for (auto [sample, label] : enumerate(labels))
    correct += findLargest(classes.data() + sample * outputs[0].bytes, outputs[0]) == label;
  stream << formatv("accuracy{0}: {1} of {2} = {3:f4}\n", of, correct, labels.size(),
                    static_cast<double>(correct) / labels.size());
}

Error RunResults::compare(raw_ostream &stream) const {
  if (!labels.empty())
    printAccuracy(stream, "", values[0]);
  for (const File &file : expected) {
    const emit::Boundary &output = outputs[file.output];
    const std::vector<char> &got = values[file.output];
    auto wanted = data::readNpy(file.path);
    if (!wanted)
      return wanted.takeError();
    if (wanted->type != output.type ||
        countSamples(wanted->shape, output.dims).value_or(0) < static_cast<size_t>(samples))
      return createStringError(file.path + ": is " + wanted->type + spellShape(wanted->shape) +
                               ", output '" + output.name + "' needs " + Twine(samples) +
                               " times " + output.type + spellShape(output.dims) + " [E5024]");
    if (!labels.empty() && file.output == 0)
      printAccuracy(stream, " of the expected values", wanted->bytes);
    size_t width = data::getElementBytes(output.type), count = got.size() / width, different = 0;
    double worst = 0, largest = 0;
    for (size_t i = 0; i < count; ++i) {
      double x = readElement(output.type, got.data(), i),
             y = readElement(output.type, wanted->bytes.data(), i);
      bool isEqual = x == y || (std::isnan(x) && std::isnan(y));
      // Doubles do not tell large 64-bit integers apart.
      if (StringRef("iu").contains(output.type[0]))
        isEqual = std::memcmp(got.data() + i * width, wanted->bytes.data() + i * width, width) == 0;
      different += !isEqual;
      if (!isEqual)
        worst = std::isnan(x) || std::isnan(y) ? HUGE_VAL : std::max(worst, std::fabs(x - y));
      if (!std::isnan(y))
        largest = std::max(largest, std::fabs(y));
    }
    stream << (outputs.size() == 1 ? "expected" : "expected '" + output.name + "'")
           << format(": largest difference %.3g, largest value %.3g", worst, largest)
           << ", different " << different << " of " << count << '\n';
  }
  return Error::success();
}

Error RunResults::write(OutputFiles &files) const {
  for (const File &file : written) {
    const emit::Boundary &output = outputs[file.output];
    std::vector<int64_t> shape = {samples};
    shape.insert(shape.end(), output.dims.begin(), output.dims.end());
    files.add(file.path, data::formatNpy(output.type, shape, values[file.output]));
  }
  return files.write();
}

} // namespace qcc::driver
