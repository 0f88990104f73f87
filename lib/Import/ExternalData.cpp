//===- ExternalData.cpp - weights in files beside the model
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Import/ExternalData.h"

#include "qcc/Support/CheckedMath.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
namespace path = llvm::sys::path;
namespace fs = llvm::sys::fs;

namespace qcc::import {

static std::string getRealPath(StringRef name) {
  SmallString<256> real;
  if (fs::real_path(name, real))
    return {};
  return real.str().str();
}

ExternalData::ExternalData(StringRef modelPath, std::function<void(StringRef)> onOpen,
                           Reporter &reporter)
    : onOpen(std::move(onOpen)), reporter(reporter) {
  StringRef parent = path::parent_path(modelPath);
  directory = parent.empty() ? "." : parent.str();
  realDirectory = getRealPath(directory);
  directoryOfTarget = path::parent_path(getRealPath(modelPath)).str();
}

static bool isInside(StringRef file, StringRef directory) {
  return !directory.empty() &&
         (directory == "/" || (file.consume_front(directory) && file.starts_with("/")));
}

FailureOr<std::shared_ptr<llvm::MemoryBuffer>> ExternalData::open(StringRef location,
                                                                  const Twine &where) {
  auto known = files.find(location);
  if (known != files.end())
    return known->second;

  auto reject = [&](StringRef reason) {
    return reporter.error("E1102", where,
                          "external data location " + quoted(location) + " " + reason +
                              "; it must name a file in the model's directory");
  };
  if (location.empty() || location.size() > 1024)
    return reject("is empty or longer than 1024 characters");
  if (location.contains('\0') || location.contains('\\'))
    return reject("holds a NUL or a backslash");
  if (path::is_absolute(location))
    return reject("is absolute");
  for (StringRef component : llvm::make_range(path::begin(location), path::end(location)))
    if (component == ".." || component == ".")
      return reject("holds '.' or '..'");

  SmallString<256> file(directory);
  path::append(file, location);
  fs::file_status status;
  if (std::error_code code = fs::status(file, status))
    return reporter.error("E1103", where,
                          "external data file " + quoted(location) +
                              " cannot be opened: " + code.message());
  if (status.type() != fs::file_type::regular_file)
    return reporter.error("E1104", where,
                          "external data " + quoted(location) + " is not a regular file");
  std::string real = getRealPath(file);
  if (!isInside(real, realDirectory) && !isInside(real, directoryOfTarget))
    return reject("leads out of that directory");

  // Read rather than mapped (volatile), so that a file which shrinks meanwhile cannot raise a
  // signal.
  auto handle = fs::openNativeFileForRead(file);
  if (!handle) {
    llvm::consumeError(handle.takeError());
    return reporter.error("E1103", where,
                          "external data file " + quoted(location) + " cannot be opened");
  }
  fs::file_status opened;
  bool isSame = !fs::status(*handle, opened) && opened.getUniqueID() == status.getUniqueID() &&
                opened.getSize() == status.getSize();
  auto buffer = isSame ? llvm::MemoryBuffer::getOpenFile(*handle, file, opened.getSize(),
                                                         /*RequiresNullTerminator=*/false,
                                                         /*IsVolatile=*/true)
                       : std::make_error_code(std::errc::interrupted);
  (void)fs::closeFile(*handle);
  if (!buffer)
    return reporter.error("E1103", where,
                          "external data file " + quoted(location) +
                              " cannot be read or changed meanwhile");
  if (onOpen)
    onOpen(file);
  bytes += static_cast<int64_t>((*buffer)->getBufferSize());
  return files[location] = std::shared_ptr<llvm::MemoryBuffer>(std::move(*buffer));
}

FailureOr<ExternalBytes> ExternalData::read(const onnx::TensorProto &tensor, const Twine &where,
                                            uint64_t size) {
  const std::string *location = nullptr;
  uint64_t offset = 0, length = size;
  bool hasOffset = false, hasLength = false;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    StringRef key = entry.key(), text = entry.value();
    if (key == "location" && !location) {
      location = &entry.value();
    } else if ((key == "offset" && !hasOffset) || (key == "length" && !hasLength)) {
      uint64_t &number = key == "offset" ? offset : length;
      (key == "offset" ? hasOffset : hasLength) = true;
      // getAsInteger takes a sign or a radix prefix only where it is not told the radix.
      if (text.empty() || !llvm::isDigit(text.front()) || text.getAsInteger(10, number))
        return reporter.error("E1105", where,
                              "external data " + key + " " + quoted(text) +
                                  " is not a decimal number that fits 64 bits");
    } else if (key != "checksum") {
      return reporter.error("E1101", where,
                            "external data has an unknown or repeated key " + quoted(key));
    }
  }
  if (!location)
    return reporter.error("E1101", where, "external data has no location");
  if (length != size)
    return reporter.error("E2201", where,
                          "external data has " + Twine(length) +
                              " bytes, its shape and type need " + Twine(size));
  auto file = open(*location, where);
  if (failed(file))
    return failure();
  StringRef bytes = (*file)->getBuffer();
  if (!isRangeInside(offset, length, bytes.size()))
    return reporter.error("E1106", where,
                          "external data needs " + Twine(length) + " bytes at offset " +
                              Twine(offset) + ", but the file " + quoted(*location) + " has " +
                              Twine(bytes.size()));
  return ExternalBytes{bytes.substr(offset, length), *file};
}

} // namespace qcc::import
