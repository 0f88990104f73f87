//===- ExternalData.h - weights in files beside the model
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef QCC_LIB_IMPORT_EXTERNALDATA_H
#define QCC_LIB_IMPORT_EXTERNALDATA_H

#include "lib/Import/OnnxSchema.h"
#include "lib/Import/Reporter.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <functional>
#include <memory>

namespace qcc::import {

/// Bytes of a file that stay valid while `owner` lives.
struct ExternalBytes {
  llvm::StringRef bytes;
  std::shared_ptr<const void> owner;
};

/// Opens the files that tensors name. A location must stay inside the model's directory, also after
/// symbolic links are followed; links into the directory where the model really lies are allowed,
/// because download caches keep both files that way.
class ExternalData {
public:
  /// `onOpen` sees the path of every file, once; it may be null.
  ExternalData(llvm::StringRef modelPath, std::function<void(llvm::StringRef)> onOpen,
               Reporter &reporter);

  /// The `size` bytes that a tensor needs.
  mlir::FailureOr<ExternalBytes> read(const onnx::TensorProto &tensor, const llvm::Twine &where,
                                      uint64_t size);

  /// Size of all files that were opened.
  int64_t getBytes() const { return bytes; }

private:
  mlir::FailureOr<std::shared_ptr<llvm::MemoryBuffer>> open(llvm::StringRef location,
                                                            const llvm::Twine &where);

  std::string directory, realDirectory, directoryOfTarget;
  std::function<void(llvm::StringRef)> onOpen;
  Reporter &reporter;
  llvm::StringMap<std::shared_ptr<llvm::MemoryBuffer>> files;
  int64_t bytes = 0;
};

} // namespace qcc::import

#endif
