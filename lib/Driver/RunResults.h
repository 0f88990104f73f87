//===- RunResults.h - output values of all samples ------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_RUNRESULTS_H
#define QCC_LIB_DRIVER_RUNRESULTS_H

#include "qcc/Emit/Artifact.h"
#include "qcc/Support/OutputFiles.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc::driver {

/// The file in "FILE:more": file names may hold colons, so it is the longest one that exists. Where
/// there is none, what stands before the first colon.
llvm::StringRef findFileName(llvm::StringRef text);

/// Splits "NAME:FILE" at the name of one of `tensors`; names may hold colons themselves. Without a
/// name it means the only tensor. The error ends with `code`.
llvm::Expected<std::pair<size_t, llvm::StringRef>>
splitTensorName(llvm::StringRef text, llvm::ArrayRef<emit::Boundary> tensors,
                llvm::StringRef option, llvm::StringRef code);

/// Collects the network's outputs sample by sample, compares them with expected values and writes
/// them.
class RunResults {
public:
  explicit RunResults(llvm::ArrayRef<emit::Boundary> outputs)
      : outputs(outputs), values(outputs.size()) {}

  /// Takes "NAME:FILE" of -output= and -expect= and registers them in `files`, which are checked
  /// now, before the work.
  llvm::Error setFiles(llvm::ArrayRef<std::string> written, llvm::ArrayRef<std::string> expected,
                       OutputFiles &files);

  /// Whether -output=- leaves standard output to an array.
  bool usesStandardOutput() const;

  /// Takes the class of each of the `available` samples, or of the `used` ones alone.
  llvm::Error readLabels(llvm::StringRef path, size_t available, size_t used);

  void addSample(llvm::ArrayRef<std::vector<char>> sample);

  /// One line for the accuracy where there are labels, and one for each expected output: how far
  /// off the values are, and how accurate they are themselves.
  llvm::Error compare(llvm::raw_ostream &stream) const;
  llvm::Error write(OutputFiles &files) const;

private:
  struct File {
    size_t output;
    std::string path;
  };
  llvm::Expected<std::vector<File>> parseFiles(llvm::ArrayRef<std::string> texts,
                                               llvm::StringRef option) const;

  void printAccuracy(llvm::raw_ostream &stream, llvm::StringRef of,
                     llvm::ArrayRef<char> classes) const;

  llvm::ArrayRef<emit::Boundary> outputs;
  std::vector<std::vector<char>> values; // one for each output
  std::vector<File> written, expected;
  std::vector<int64_t> labels; // of output 0, empty: none
  int64_t samples = 0;
};

} // namespace qcc::driver

#endif
