//===- Arrays.h - .npy and .npz files ---------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads files that nobody vouches for: every size is checked against the bytes present before
// anything is allocated. Objects (pickle) are never read.
//===----------------------------------------------------------------------===//
#ifndef QCC_DATA_ARRAYS_H
#define QCC_DATA_ARRAYS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace qcc::data {

/// What is wrong with a file of data. log() prints "subject: text [code]".
class DataError : public llvm::ErrorInfo<DataError> {
public:
  static char ID;
  std::string code, subject, text;

  DataError(llvm::StringRef code, const llvm::Twine &subject, const llvm::Twine &text)
      : code(code), subject(subject.str()), text(text.str()) {}
  void log(llvm::raw_ostream &stream) const override;
  std::error_code convertToErrorCode() const override;
};

llvm::Error makeDataError(llvm::StringRef code, const llvm::Twine &subject,
                          const llvm::Twine &text);

/// Reads a regular file: pipes and devices may never end. Nothing is mapped, so that a file which
/// shrinks meanwhile cannot raise a signal.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(const llvm::Twine &path);
/// Reads `size` bytes from `offset` on, which must exist.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFileSlice(const llvm::Twine &path,
                                                                  uint64_t offset, uint64_t size);

/// Elements in row-major order, little-endian. `type` is spelled as in the manifest: f16 bf16 f32
/// f64 i8 u8 i16 u16 i32 u32 i64 u64 bool.
struct Array {
  std::string type;
  std::vector<int64_t> shape;
  std::vector<char> bytes;
};

/// Bytes of one element; 0 for a type that no array has.
unsigned getElementBytes(llvm::StringRef type);

/// Type and shape of an array, and where its elements lie.
struct ArrayHeader {
  std::string type;
  std::vector<int64_t> shape;
  uint64_t dataOffset; // bytes before the first element
  uint64_t dataBytes;
  bool isBigEndian;
};

/// Reads the header of a .npy image of `fileBytes` bytes, the size that the header must say, from
/// its beginning. `subject` is the file's name in errors.
llvm::Expected<ArrayHeader> parseNpyHeader(llvm::StringRef bytes, uint64_t fileBytes,
                                           const llvm::Twine &subject);
llvm::Expected<ArrayHeader> readNpyHeader(const llvm::Twine &path);

llvm::Expected<Array> parseNpy(llvm::StringRef bytes, const llvm::Twine &subject);
llvm::Expected<Array> readNpy(const llvm::Twine &path);

/// The .npy image (version 1.0) of an array.
std::string formatNpy(llvm::StringRef type, llvm::ArrayRef<int64_t> shape,
                      llvm::ArrayRef<char> bytes);

/// The arrays of an .npz image (a zip of .npy files, stored or deflated) by name without ".npy".
llvm::Expected<std::map<std::string, Array>> parseNpz(llvm::StringRef bytes,
                                                      const llvm::Twine &subject);
llvm::Expected<std::map<std::string, Array>> readNpz(const llvm::Twine &path);

} // namespace qcc::data

#endif
