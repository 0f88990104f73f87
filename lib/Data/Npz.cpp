//===- Npz.cpp - several arrays in a zip file -------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Data/Arrays.h"

#include "llvm/Support/Endian.h"
#include <optional>
#include <zlib.h>

using namespace llvm;

namespace qcc::data {

namespace {

using support::endian::read16le;
using support::endian::read32le;
using support::endian::read64le;

constexpr size_t endRecordBytes = 22, entryBytes = 46, localHeaderBytes = 30;
constexpr uint32_t endSignature = 0x06054b50, entrySignature = 0x02014b50;
constexpr uint32_t localSignature = 0x04034b50;
constexpr uint32_t inZip64Field = 0xffffffff;
constexpr uint16_t zip64FieldTag = 1;

// A .npy of floats deflates at most about 1000:1 when it is all zeros; 4 GiB bounds the rest.
constexpr uint64_t maxInflatedBytes = (uint64_t(1) << 32) - 1;
constexpr size_t maxEntries = 4096;

struct Entry {
  std::string name;
  uint16_t flags, method;
  uint32_t checksum;
  uint64_t packedBytes, bytes, localOffset;
};

class ZipReader {
public:
  ZipReader(StringRef image, const Twine &subject) : image(image), subject(subject.str()) {}

  Expected<std::map<std::string, Array>> read() {
    std::optional<size_t> end = findEnd();
    if (!end)
      return fail("is not a zip file");
    size_t count = read16le(image.data() + *end + 10);
    uint64_t at = read32le(image.data() + *end + 16);
    if (count > maxEntries || at == inZip64Field)
      return fail("has more than " + Twine(maxEntries) + " entries or a zip64 directory");
    std::map<std::string, Array> arrays;
    uint64_t total = 0;
    for (size_t i = 0; i < count; ++i) {
      Expected<Entry> entry = readEntry(at);
      if (!entry)
        return entry.takeError();
      if (entry->bytes > maxInflatedBytes - total)
        return fail("inflates to more than " + Twine(maxInflatedBytes) + " bytes");
      total += entry->bytes;
      StringRef name = entry->name;
      if (!name.consume_back(".npy"))
        return fail("holds something else than .npy files");
      Expected<std::string> bytes = inflateEntry(*entry);
      if (!bytes)
        return bytes.takeError();
      Expected<Array> array = parseNpy(*bytes, Twine(subject) + "/" + name);
      if (!array)
        return array.takeError();
      if (!arrays.emplace(name.str(), std::move(*array)).second)
        return fail("holds an array twice");
    }
    return arrays;
  }

private:
  Error fail(const Twine &text) { return makeDataError("E3007", subject, text); }

  /// The end record is the last thing but a comment.
  std::optional<size_t> findEnd() {
    if (image.size() < endRecordBytes)
      return std::nullopt;
    size_t last = image.size() - endRecordBytes;
    for (size_t back = 0; back <= std::min<size_t>(last, 65535); ++back)
      if (read32le(image.data() + last - back) == endSignature)
        return last - back;
    return std::nullopt;
  }

  Expected<Entry> readEntry(uint64_t &at) {
    if (at > image.size() || image.size() - at < entryBytes ||
        read32le(image.data() + at) != entrySignature)
      return fail("has a damaged directory");
    const char *record = image.data() + at;
    size_t nameBytes = read16le(record + 28), extraBytes = read16le(record + 30);
    size_t whole = entryBytes + nameBytes + extraBytes + read16le(record + 32);
    if (image.size() - at < whole)
      return fail("has a damaged directory");
    Entry entry{std::string(record + entryBytes, nameBytes),
                read16le(record + 8),
                read16le(record + 10),
                read32le(record + 16),
                read32le(record + 20),
                read32le(record + 24),
                read32le(record + 42)};
    readZip64Field(StringRef(record + entryBytes + nameBytes, extraBytes), entry);
    if (entry.flags & 1)
      return fail("is encrypted");
    at += whole;
    return entry;
  }

  /// NumPy streams its entries, so their sizes are often in this field although they are small.
  static void readZip64Field(StringRef extra, Entry &entry) {
    while (extra.size() >= 4) {
      uint16_t tag = read16le(extra.data()), size = read16le(extra.data() + 2);
      extra = extra.drop_front(4);
      if (size > extra.size())
        return;
      StringRef field = extra.take_front(size);
      extra = extra.drop_front(size);
      if (tag != zip64FieldTag)
        continue;
      for (uint64_t *value : {&entry.bytes, &entry.packedBytes, &entry.localOffset})
        if (*value == inZip64Field && field.size() >= 8) {
          *value = read64le(field.data());
          field = field.drop_front(8);
        }
    }
  }

  Expected<std::string> inflateEntry(const Entry &entry) {
    uint64_t at = entry.localOffset;
    if (at > image.size() || image.size() - at < localHeaderBytes ||
        read32le(image.data() + at) != localSignature)
      return fail("has a damaged entry");
    uint64_t skip =
        localHeaderBytes + read16le(image.data() + at + 26) + read16le(image.data() + at + 28);
    if (image.size() - at < skip || image.size() - at - skip < entry.packedBytes)
      return fail("ends inside an entry");
    StringRef packed = image.substr(at + skip, entry.packedBytes);
    std::string bytes;
    if (entry.method == 0) {
      if (entry.bytes != packed.size())
        return fail("has an entry whose sizes disagree");
      bytes = packed.str();
    } else if (entry.method == Z_DEFLATED) {
      // Deflate cannot do better than 1032:1, so a larger claim needs no memory to be refuted.
      if (entry.bytes / 1032 > packed.size())
        return fail("has an entry whose sizes disagree");
      bytes.resize(entry.bytes);
      if (!inflateRaw(packed, bytes))
        return fail("has a damaged entry");
    } else {
      return fail("uses a compression other than deflate");
    }
    uint32_t checksum = crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size());
    if (checksum != entry.checksum)
      return fail("has an entry with a wrong checksum");
    return bytes;
  }

  static bool inflateRaw(StringRef packed, std::string &bytes) {
    z_stream stream = {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
      return false;
    // zlib counts in 32 bits; the limits above keep both sizes within them.
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef *>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    int status = inflate(&stream, Z_FINISH);
    bool isWhole = status == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    return isWhole;
  }

  StringRef image;
  std::string subject;
};

} // namespace

Expected<std::map<std::string, Array>> parseNpz(StringRef bytes, const Twine &subject) {
  return ZipReader(bytes, subject).read();
}

Expected<std::map<std::string, Array>> readNpz(const Twine &path) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  return parseNpz((*file)->getBuffer(), path);
}

} // namespace qcc::data
