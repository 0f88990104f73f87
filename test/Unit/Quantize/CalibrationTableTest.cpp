//===- CalibrationTableTest.cpp - ranges of values, kept in a file ----------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "lib/Quantize/CalibrationTable.h"

#include "gtest/gtest.h"
#include <random>

using namespace qcc::quantize;

namespace {

TEST(CalibrationTable, RangesReadBackAsTheSameFloats) {
  CalibrationTable table{"00ff", 7, "ab", {}};
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    float a = llvm::bit_cast<float>(static_cast<uint32_t>(random() & 0xbfffffff));
    float b = llvm::bit_cast<float>(static_cast<uint32_t>(random() & 0xbfffffff));
    table.ranges["node:" + std::to_string(i)] = {std::min(a, b), std::max(a, b)};
  }
  table.ranges["node:\"quoted\"\n"] = {-0.0f, 1e-45f};
  auto read = parseTable(formatTable(table));
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->graphHash, "00ff");
  EXPECT_EQ(read->sampleCount, 7u);
  EXPECT_EQ(read->sampleHash, "ab");
  ASSERT_EQ(read->ranges.size(), table.ranges.size());
  for (const auto &[id, range] : table.ranges) {
    EXPECT_EQ(read->ranges.at(id).low, range.low) << id;
    EXPECT_EQ(read->ranges.at(id).high, range.high) << id;
  }
}

TEST(CalibrationTable, DamagedTables) {
  auto head = [](llvm::StringRef values) {
    return ("{\"version\": 1, \"graph\": \"0\", \"samples\": {}, \"values\": [" + values + "]}")
        .str();
  };
  auto isRead = [](llvm::StringRef text) {
    auto table = parseTable(text);
    bool isGood = static_cast<bool>(table);
    llvm::consumeError(table.takeError());
    return isGood;
  };
  EXPECT_TRUE(isRead(head("")));
  EXPECT_TRUE(isRead(head("{\"id\": \"a\", \"low\": 0, \"high\": 1}")));
  for (llvm::StringRef text : {"", "[]", "{", "{}", "{\"version\": 1}", "{\"version\": \"1\"}"})
    EXPECT_FALSE(isRead(text)) << text.str();
  for (llvm::StringRef values :
       {"3", "{}", "{\"id\": \"a\", \"low\": 0}", "{\"id\": 3, \"low\": 0, \"high\": 1}",
        "{\"id\": \"a\", \"low\": 2, \"high\": 1}", "{\"id\": \"a\", \"low\": 0, \"high\": 1e99}",
        "{\"id\": \"a\", \"low\": 0, \"high\": 1}, {\"id\": \"a\", \"low\": 0, \"high\": 1}"})
    EXPECT_FALSE(isRead(head(values))) << values.str();
}

} // namespace
