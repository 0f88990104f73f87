//===- InputFiles.h - samples from arrays with numeric transforms -----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_DRIVER_INPUTFILES_H
#define QCC_LIB_DRIVER_INPUTFILES_H

#include "qcc/Data/Arrays.h"
#include "qcc/Emit/Artifact.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace qcc::driver {

/// All samples of one network input.
class InputFile {
public:
  /// Opens NAME:FILE[:transforms] for a network input. Without NAME: the only input. The value that
  /// the network gets is
  /// ((x + offset) * scale - mean[c]) / std[c] with c the channel of the file's layout;
  /// `layout=nchw` moves the channel to the front afterwards.
  static llvm::Expected<InputFile> open(llvm::StringRef description,
                                        const std::vector<emit::Boundary> &inputs);

  size_t getSamples() const { return samples; }
  size_t getIndex() const { return index; }
  const std::string &getPath() const { return path; }
  /// Bytes of sample `sample` as the network takes them.
  std::vector<char> read(size_t sample) const;

private:
  std::string path;
  data::Array array;
  emit::Boundary input;
  size_t index = 0, samples = 0;
  double offset = 0, scale = 1;
  std::vector<double> mean, deviation;
  bool transforms = false, toChannelsFirst = false;
};

} // namespace qcc::driver

#endif
