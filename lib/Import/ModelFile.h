//===- ModelFile.h - from a path to a parsed ModelProto
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_MODELFILE_H
#define QCC_LIB_IMPORT_MODELFILE_H

#include "lib/Import/OnnxSchema.h"
#include "lib/Import/Reporter.h"
#include <memory>

namespace qcc::import {

struct ModelFile {
  std::unique_ptr<onnx::ModelProto> proto;
  std::string sha256; // of the file, as 64 hexadecimal digits
};

/// Reads and parses the file. Nothing but the encoding is checked.
mlir::FailureOr<ModelFile> readModelFile(llvm::StringRef path, Reporter &reporter);

} // namespace qcc::import

#endif
