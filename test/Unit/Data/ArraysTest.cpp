//===- ArraysTest.cpp - .npy and .npz files ---------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Data/Arrays.h"

#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"
#include <zlib.h>

using namespace llvm;
using namespace qcc::data;

namespace {

/// A version 1 file with this header text.
std::string makeNpy(StringRef header, StringRef data, char version = 1) {
  std::string image("\x93NUMPY");
  image += version;
  image += '\0';
  char length[4];
  support::endian::write32le(length, header.size());
  image.append(length, version == 1 ? 2 : 4);
  return image + header.str() + data.str();
}

template <typename T> std::string getCode(Expected<T> result) {
  std::string code = "none";
  if (!result)
    handleAllErrors(result.takeError(), [&](const DataError &error) { code = error.code; });
  return code;
}

std::string parse(StringRef header, StringRef data, char version = 1) {
  return getCode(parseNpy(makeNpy(header, data, version), "x.npy"));
}

TEST(Npy, RoundTrip) {
  const float values[] = {1.5f, -2.0f, 3.25f, 0.0f, 1e-40f, 7.0f};
  ArrayRef<char> bytes(reinterpret_cast<const char *>(values), sizeof(values));
  std::string image = formatNpy("f32", {2, 3}, bytes);
  EXPECT_EQ((image.size() - sizeof(values)) % 64, 0u);
  Expected<Array> array = parseNpy(image, "x.npy");
  ASSERT_TRUE(static_cast<bool>(array));
  EXPECT_EQ(array->type, "f32");
  EXPECT_EQ(array->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(ArrayRef<char>(array->bytes), bytes);
}

TEST(Npy, TypesAndShapes) {
  for (StringRef type : {"bool", "i8", "u8", "f16", "bf16", "i16", "u16", "f32", "i32", "u32",
                         "f64", "i64", "u64"}) {
    std::vector<char> bytes(2 * getElementBytes(type), 1);
    Expected<Array> array = parseNpy(formatNpy(type, {2}, bytes), "x.npy");
    ASSERT_TRUE(static_cast<bool>(array));
    EXPECT_EQ(array->type, type);
  }
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", "abcd"), "none");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5)}", ""), "none");
  EXPECT_EQ(parse("{\"descr\":\"|i1\",\"fortran_order\":False,\"shape\":(3,),}", "abc", 3), "none");
}

TEST(Npy, BigEndianIsSwapped) {
  Expected<Array> array =
      parseNpy(makeNpy("{'descr': '>i2', 'fortran_order': False, 'shape': (1,)}", "\x01\x02"), "x");
  ASSERT_TRUE(static_cast<bool>(array));
  EXPECT_EQ(support::endian::read16le(array->bytes.data()), 0x0102);
}

TEST(Npy, BadFiles) {
  std::string good = makeNpy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "abcd");
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(getCode(parseNpy(StringRef(good).take_front(size), "x")), "none") << size;
  EXPECT_EQ(getCode(parseNpy("PNG", "x")), "E3002");
  EXPECT_EQ(getCode(parseNpy(good + "x", "x")), "E3006");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "abcd", 9), "E3003");
  EXPECT_EQ(parse(std::string(20000, '('), "", 2), "E3003");
  EXPECT_EQ(parse(std::string(9000, '('), ""), "E3003");
  EXPECT_EQ(parse("__import__('os').system('true')", ""), "E3003");
  EXPECT_EQ(
      parse("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "abcd"),
      "E3003");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False}", "abcd"), "E3003");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "abcd"), "E3003");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", ""),
            "E3003");
  EXPECT_EQ(
      parse("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", ""),
      "E3006");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "abcd"), "E3003");
}

TEST(Npy, RefusedElements) {
  for (StringRef descr : {"'|O'", "'<U8'", "'<c8'", "'<f16'", "''", "[('a', '<f4')]"})
    EXPECT_EQ(
        parse(("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,)}").str(), "abcd"),
        "E3004");
  EXPECT_EQ(parse("{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", "abcd"), "E3005");
}

TEST(Npy, NoFile) {
  EXPECT_EQ(getCode(readNpy("/nowhere/x.npy")), "E3001");
  EXPECT_EQ(getCode(readNpy("/dev/zero")), "E3001");
}

/// A zip file of one entry, as NumPy writes it.
std::string makeZip(StringRef name, StringRef content, bool deflate, uint16_t flags = 0) {
  std::string packed = content.str();
  if (deflate) {
    packed.resize(compressBound(content.size()));
    z_stream stream = {};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(content.data()));
    stream.avail_in = content.size();
    stream.next_out = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_out = packed.size();
    ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
  }
  auto put = [](std::string &text, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      text += static_cast<char>(value >> (8 * i));
  };
  std::string common;
  put(common, 20, 2), put(common, flags, 2), put(common, deflate ? 8 : 0, 2), put(common, 0, 4);
  put(common, crc32_z(0, reinterpret_cast<const Bytef *>(content.data()), content.size()), 4);
  put(common, packed.size(), 4), put(common, content.size(), 4);
  put(common, name.size(), 2), put(common, 0, 2);
  std::string image;
  put(image, 0x04034b50, 4);
  image += common + name.str() + packed;
  size_t directory = image.size();
  put(image, 0x02014b50, 4), put(image, 20, 2);
  image += common;
  put(image, 0, 2), put(image, 0, 2), put(image, 0, 2), put(image, 0, 4), put(image, 0, 4);
  image += name.str();
  size_t directoryBytes = image.size() - directory;
  put(image, 0x06054b50, 4), put(image, 0, 4), put(image, 1, 2), put(image, 1, 2);
  put(image, directoryBytes, 4), put(image, directory, 4), put(image, 0, 2);
  return image;
}

TEST(Npz, StoredAndDeflated) {
  std::vector<char> zeros(4000);
  for (bool deflate : {false, true}) {
    auto arrays = parseNpz(makeZip("x.npy", formatNpy("f32", {1000}, zeros), deflate), "a.npz");
    ASSERT_TRUE(static_cast<bool>(arrays)) << toString(arrays.takeError());
    EXPECT_EQ(arrays->at("x").bytes, zeros);
  }
}

TEST(Npz, BadFiles) {
  std::vector<char> zeros(40);
  std::string content = formatNpy("f32", {10}, zeros);
  std::string good = makeZip("x.npy", content, true);
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(getCode(parseNpz(StringRef(good).take_front(size), "a")), "none") << size;
  EXPECT_EQ(getCode(parseNpz("no zip", "a")), "E3007");
  EXPECT_EQ(getCode(parseNpz(makeZip("x.txt", content, false), "a")), "E3007");
  EXPECT_EQ(getCode(parseNpz(makeZip("x.npy", content, false, 1), "a")), "E3007");
  // Any changed byte is an error or changes no element.
  auto want = parseNpz(good, "a");
  ASSERT_TRUE(static_cast<bool>(want));
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] ^= 0x41;
    auto got = parseNpz(bad, "a");
    if (got)
      for (auto &[name, array] : *got)
        EXPECT_EQ(array.bytes, zeros) << i;
    else
      consumeError(got.takeError());
  }
}

TEST(Npz, InflationIsBounded) {
  std::string bomb = makeZip("x.npy", std::string(100, 'a'), true);
  // The claimed size of the directory entry.
  size_t entry = bomb.rfind(std::string("PK\x01\x02", 4));
  support::endian::write32le(bomb.data() + entry + 24, 0xfffffff0);
  EXPECT_EQ(getCode(parseNpz(bomb, "a")), "E3007");
}

} // namespace
