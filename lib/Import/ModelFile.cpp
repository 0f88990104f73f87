//===- ModelFile.cpp - from a path to a parsed ModelProto
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ModelFile.h"

#include "lib/Import/WireScan.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace qcc::import {

/// What a file that is not ONNX seems to be, or nothing.
static StringRef recognizeOther(StringRef bytes) {
  struct Signature {
    size_t offset;
    StringLiteral bytes;
    StringLiteral description;
  };
  static constexpr Signature signatures[] = {
      {0, "version https://git-lfs",
       "a Git LFS pointer, not the model itself; run 'git lfs pull' in its repository"},
      {0, "\x89PNG", "a PNG image"},
      {0, "\xff\xd8\xff", "a JPEG image"},
      {0, "\x1f\x8b", "a gzip archive; unpack it first"},
      {0, "PK\x03\x04",
       "a zip archive, which is also how PyTorch saves .pt files; unpack it, or export the network "
       "with torch.onnx.export"},
      {4, "TFL3", "a TensorFlow Lite model; convert it to ONNX, for example with tf2onnx"},
      {0, "\x89HDF", "an HDF5 file, perhaps a Keras model; convert it with tf2onnx"},
      {0, "GGUF", "a GGUF file"},
      {0, "\x80\x02", "a Python pickle; export the network with torch.onnx.export"},
      {0,
       "\x7f"
       "ELF",
       "an object file or executable"},
      {0, "ir_version", "ONNX in text form; qcc reads the binary form"},
      {0, "{", "a text or JSON file; qcc reads binary ONNX"},
      {0, "<", "a text or XML file; qcc reads binary ONNX"},
  };
  for (const Signature &signature : signatures)
    if (bytes.substr(signature.offset).starts_with(signature.bytes))
      return signature.description;
  return {};
}

FailureOr<ModelFile> readModelFile(StringRef path, Reporter &reporter) {
  if (path == "-")
    return reporter.error("E1002", "", "models are not read from standard input; name a file");
  llvm::sys::fs::file_status status;
  if (std::error_code code = llvm::sys::fs::status(path, status))
    return reporter.error("E1001", "", "cannot be opened: " + code.message());
  if (status.type() != llvm::sys::fs::file_type::regular_file)
    return reporter.error("E1002", "",
                          status.type() == llvm::sys::fs::file_type::directory_file
                              ? "is a directory; name the .onnx file inside it"
                          : status.type() == llvm::sys::fs::file_type::fifo_file
                              ? "models are not read from pipes; name a file"
                              : "is not a regular file");
  uint64_t size = status.getSize();
  if (size == 0)
    return reporter.error("E1003", "", "is empty");
  if (size >= uint64_t(1) << 31)
    return reporter.error("E1004", "",
                          "is larger than 2 GiB, the limit of protobuf; save its weights as "
                          "external data");

  // Volatile: read rather than map, so that a file which shrinks meanwhile cannot raise a signal.
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  if (!buffer)
    return reporter.error("E1001", "", "cannot be read: " + buffer.getError().message());
  StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() != size)
    return reporter.error("E1001", "", "changed while it was read");

  if (StringRef other = recognizeOther(bytes); !other.empty())
    return reporter.error("E1005", "", "is not an ONNX model but " + Twine(other));
  if (failed(scanModel(bytes, reporter)))
    return failure();

  ModelFile file;
  file.proto = std::make_unique<onnx::ModelProto>();
  if (!file.proto->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return reporter.error("E1006", "", "is not an ONNX model or is corrupt");
  if (!file.proto->has_graph())
    return reporter.error("E1009", "", "holds no graph: it is not an ONNX model");
  file.sha256 = llvm::toHex(llvm::SHA256::hash(llvm::ArrayRef(bytes.bytes_begin(), bytes.size())),
                            /*LowerCase=*/true);
  return file;
}

} // namespace qcc::import
