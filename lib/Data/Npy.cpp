//===- Npy.cpp - one array in a file ----------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Data/Arrays.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <optional>

using namespace llvm;

namespace qcc::data {

char DataError::ID;

void DataError::log(raw_ostream &stream) const {
  stream << subject << ": " << text << " [" << code << "]";
}

std::error_code DataError::convertToErrorCode() const { return inconvertibleErrorCode(); }

Error makeDataError(StringRef code, const Twine &subject, const Twine &text) {
  return make_error<DataError>(code, subject, text);
}

unsigned getElementBytes(StringRef type) {
  return StringSwitch<unsigned>(type)
      .Cases({"bool", "i8", "u8"}, 1)
      .Cases({"bf16", "f16", "i16", "u16"}, 2)
      .Cases({"f32", "i32", "u32"}, 4)
      .Cases({"f64", "i64", "u64"}, 8)
      .Default(0);
}

// NumPy's own limit.
static constexpr uint32_t maxHeaderBytes = 10000;
static constexpr uint64_t maxPreludeBytes = 12; // before the header
static constexpr size_t maxRank = 32;
static constexpr StringLiteral magic("\x93NUMPY");

namespace {

/// Recursive structure is impossible: the header is one flat dictionary of three keys.
class HeaderParser {
public:
  HeaderParser(StringRef text, const Twine &subject) : rest(text), subject(subject.str()) {}

  Expected<ArrayHeader> parse() {
    ArrayHeader header{};
    bool hasType = false, hasOrder = false, hasShape = false;
    if (!take('{'))
      return fail("the header is not a dictionary");
    while (!take('}')) {
      std::optional<StringRef> key = takeString();
      if (!key || !take(':'))
        return fail("the header is not a dictionary");
      bool *seen = *key == "descr"           ? &hasType
                   : *key == "fortran_order" ? &hasOrder
                   : *key == "shape"         ? &hasShape
                                             : nullptr;
      if (!seen)
        return fail("the header has an unknown key");
      if (*seen)
        return fail("the header has a key twice");
      *seen = true;
      Error error = seen == &hasType    ? parseType(header)
                    : seen == &hasOrder ? parseOrder()
                                        : parseShape(header);
      if (error)
        return std::move(error);
      if (!take(',')) {
        if (!take('}'))
          return fail("the header is not a dictionary");
        break;
      }
    }
    if (!hasType || !hasOrder || !hasShape)
      return fail("the header needs descr, fortran_order and shape");
    if (!rest.trim(" \n").empty())
      return fail("the header goes on after its dictionary");
    return header;
  }

private:
  Error fail(const Twine &text) { return makeDataError("E3003", subject, text); }

  bool take(char c) {
    rest = rest.ltrim(" \n");
    return rest.consume_front(StringRef(&c, 1));
  }

  std::optional<StringRef> takeString() {
    char quote = take('\'') ? '\'' : take('"') ? '"' : 0;
    size_t end = quote ? rest.find(quote) : StringRef::npos;
    if (end == StringRef::npos)
      return std::nullopt;
    StringRef text = rest.take_front(end);
    rest = rest.drop_front(end + 1);
    return text;
  }

  Error parseType(ArrayHeader &header) {
    std::optional<StringRef> text = takeString();
    if (!text)
      return makeDataError("E3004", subject, "structured element types are not supported");
    StringRef descr = *text;
    char order = descr.empty() ? 0 : descr.front();
    if (order == '<' || order == '>' || order == '|' || order == '=')
      descr = descr.drop_front();
    header.isBigEndian = order == '>';
    header.type = StringSwitch<StringRef>(descr)
                      // NumPy has no name for bfloat16: arrays of it are saved as two plain bytes.
                      .Case("V2", "bf16")
                      .Case("f2", "f16")
                      .Case("f4", "f32")
                      .Case("f8", "f64")
                      .Case("i1", "i8")
                      .Case("u1", "u8")
                      .Case("i2", "i16")
                      .Case("u2", "u16")
                      .Case("i4", "i32")
                      .Case("u4", "u32")
                      .Case("i8", "i64")
                      .Case("u8", "u64")
                      .Case("b1", "bool")
                      .Default("");
    if (!header.type.empty())
      return Error::success();
    return makeDataError("E3004", subject,
                         descr.starts_with("O")
                             ? "holds Python objects, which are never read"
                             : "element type is not a number of 8 to 64 bits or a bool");
  }

  Error parseOrder() {
    rest = rest.ltrim(" \n");
    if (rest.consume_front("False"))
      return Error::success();
    if (rest.consume_front("True"))
      return makeDataError("E3005", subject,
                           "is in Fortran order; save numpy.ascontiguousarray(array)");
    return fail("fortran_order is neither True nor False");
  }

  Error parseShape(ArrayHeader &header) {
    if (!take('('))
      return fail("shape is not a tuple");
    while (!take(')')) {
      rest = rest.ltrim(" \n");
      uint64_t size;
      if (rest.empty() || !isDigit(rest.front()) || rest.consumeInteger(10, size) ||
          size > static_cast<uint64_t>(INT64_MAX))
        return fail("shape holds something else than sizes");
      header.shape.push_back(static_cast<int64_t>(size));
      if (header.shape.size() > maxRank)
        return fail("shape has more than " + Twine(maxRank) + " dimensions");
      if (!take(',')) {
        if (!take(')'))
          return fail("shape is not a tuple");
        break;
      }
    }
    return Error::success();
  }

  StringRef rest;
  std::string subject;
};

} // namespace

Expected<ArrayHeader> parseNpyHeader(StringRef bytes, uint64_t fileBytes, const Twine &subject) {
  if (!bytes.starts_with(magic))
    return makeDataError("E3002", subject, "is not a .npy file");
  if (bytes.size() < 12)
    return makeDataError("E3003", subject, "ends inside the header");
  unsigned version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3)
    return makeDataError("E3003", subject, "has format version " + Twine(version) + ", not 1 to 3");
  uint64_t lengthBytes = version == 1 ? 2 : 4;
  uint32_t length = version == 1 ? support::endian::read16le(bytes.data() + 8)
                                 : support::endian::read32le(bytes.data() + 8);
  if (length > maxHeaderBytes)
    return makeDataError("E3003", subject,
                         "has a header of " + Twine(length) + " bytes, more than " +
                             Twine(maxHeaderBytes));
  uint64_t start = 8 + lengthBytes;
  if (bytes.size() - start < length)
    return makeDataError("E3003", subject, "ends inside the header");
  Expected<ArrayHeader> header = HeaderParser(bytes.substr(start, length), subject).parse();
  if (!header)
    return header.takeError();
  header->dataOffset = start + length;
  uint64_t size = getElementBytes(header->type);
  bool isEmpty = llvm::is_contained(header->shape, 0), overflows = false;
  for (int64_t dimension : header->shape) {
    size = isEmpty ? 0 : SaturatingMultiply<uint64_t>(size, dimension, &overflows);
    if (overflows)
      break;
  }
  uint64_t present = fileBytes - header->dataOffset;
  if (overflows || size != present)
    return makeDataError("E3006", subject,
                         "holds " + Twine(present) + " bytes of elements, its shape needs " +
                             (overflows ? "more than 2^64" : Twine(size).str()));
  header->dataBytes = size;
  return header;
}

Expected<Array> parseNpy(StringRef bytes, const Twine &subject) {
  Expected<ArrayHeader> header = parseNpyHeader(bytes, bytes.size(), subject);
  if (!header)
    return header.takeError();
  StringRef data = bytes.substr(header->dataOffset);
  Array array{header->type, header->shape, std::vector<char>(data.begin(), data.end())};
  if (header->isBigEndian)
    for (size_t i = 0, size = getElementBytes(array.type); i < array.bytes.size(); i += size)
      std::reverse(array.bytes.begin() + i, array.bytes.begin() + i + size);
  return array;
}

Expected<std::unique_ptr<MemoryBuffer>> readFile(const Twine &path) {
  std::error_code failure;
  sys::fs::file_status status;
  failure = sys::fs::status(path, status);
  if (!failure && !sys::fs::is_regular_file(status))
    return makeDataError("E3001", path, "is not a regular file");
  if (!failure) {
    auto file = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
    if (file)
      return std::move(*file);
    failure = file.getError();
  }
  return makeDataError("E3001", path, "cannot be read: " + failure.message());
}

Expected<std::unique_ptr<MemoryBuffer>> readFileSlice(const Twine &path, uint64_t offset,
                                                      uint64_t size) {
  auto slice = MemoryBuffer::getFileSlice(path, size, offset, /*IsVolatile=*/true);
  if (!slice)
    return makeDataError("E3001", path, "cannot be read: " + slice.getError().message());
  // What is missing at the end was filled with zeros.
  uint64_t present = 0;
  if (sys::fs::file_size(path, present) || present < offset + size)
    return makeDataError("E3001", path, "changed while it was read");
  return std::move(*slice);
}

Expected<ArrayHeader> readNpyHeader(const Twine &path) {
  sys::fs::file_status status;
  if (std::error_code failure = sys::fs::status(path, status))
    return makeDataError("E3001", path, "cannot be read: " + failure.message());
  if (!sys::fs::is_regular_file(status))
    return makeDataError("E3001", path, "is not a regular file");
  auto start = readFileSlice(path, 0, std::min(status.getSize(), maxPreludeBytes + maxHeaderBytes));
  if (!start)
    return start.takeError();
  return parseNpyHeader((*start)->getBuffer(), status.getSize(), path);
}

Expected<Array> readNpy(const Twine &path) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  return parseNpy((*file)->getBuffer(), path);
}

std::string formatNpy(StringRef type, ArrayRef<int64_t> shape, ArrayRef<char> bytes) {
  unsigned width = getElementBytes(type);
  std::string kind = type == "bool" ? "b" : type == "bf16" ? "V" : type.take_front(1).str();
  std::string header = "{'descr': '" + std::string(width == 1 ? "|" : "<") + kind +
                       std::to_string(width) + "', 'fortran_order': False, 'shape': (";
  for (int64_t dimension : shape)
    header += std::to_string(dimension) + ",";
  header += "), }";
  // Elements start at a multiple of 64 bytes.
  size_t prefix = magic.size() + 4;
  header.resize(alignTo(prefix + header.size() + 1, 64) - prefix - 1, ' ');
  header += '\n';
  std::string image = magic.str() + std::string("\x01\x00", 2);
  image += static_cast<char>(header.size() & 0xff);
  image += static_cast<char>(header.size() >> 8);
  image += header;
  image.append(bytes.begin(), bytes.end());
  return image;
}

} // namespace qcc::data
