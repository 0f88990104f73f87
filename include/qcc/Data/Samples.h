//===- Samples.h - inputs of a network, sample by sample --------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_DATA_SAMPLES_H
#define QCC_DATA_SAMPLES_H

#include "qcc/Data/Arrays.h"

namespace qcc::data {

/// A network input, as the samples must have it. `type` is spelled as in the manifest.
struct InputSpec {
  std::string name;
  std::string type;
  std::vector<int64_t> shape;

  int64_t getBytes() const;
};

/// One run: an array for each input, of its exact type and shape.
using Sample = std::vector<Array>;

/// Samples in a fixed order. Only one is in memory at a time.
class SampleSet {
public:
  SampleSet(SampleSet &&) = default;
  SampleSet &operator=(SampleSet &&) = default;

  /// `paths` is one of
  ///   a directory   one file per sample in the byte order of the names: .npy for a network of one
  ///                 input, .npz with an array for each input name for any
  ///   one .npz      an array for each input name; the first axis counts samples
  ///   .npy files    one for each input in graph order; the first axis counts samples
  /// An array whose shape is the input's own is one sample. A leading 1 of the input's shape may be
  /// missing.
  static llvm::Expected<SampleSet> open(llvm::ArrayRef<std::string> paths,
                                        std::vector<InputSpec> inputs);

  size_t size() const { return count; }
  llvm::ArrayRef<InputSpec> getInputs() const { return inputs; }

  /// Floats that are NaN or infinite are an error.
  llvm::Expected<Sample> read(size_t index) const;

private:
  /// Elements of one input for all samples.
  struct Batch {
    std::string subject;
    Array array;             // .npz: elements inflated here
    uint64_t fileOffset = 0; // .npy: elements stay in the file
    bool isBigEndian = false;
  };

  SampleSet() = default;
  llvm::Error openDirectory(const std::string &path);
  llvm::Error openBatches(llvm::ArrayRef<std::string> paths);
  llvm::Error addBatch(Batch batch, llvm::StringRef type, llvm::ArrayRef<int64_t> shape,
                       const InputSpec &input);
  /// The elements of one sample, `offset` bytes behind those of the first.
  static llvm::Expected<std::vector<char>> readElements(const Batch &batch, uint64_t offset,
                                                        const InputSpec &input);

  std::vector<InputSpec> inputs;
  std::vector<std::string> files; // of a directory
  std::vector<Batch> batches;     // otherwise, one for each input
  size_t count = 0;
};

} // namespace qcc::data

#endif
