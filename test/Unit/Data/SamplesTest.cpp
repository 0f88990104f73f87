//===- SamplesTest.cpp - inputs of a network, sample by sample --------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Data/Samples.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <limits>

using namespace llvm;
using namespace qcc::data;

namespace {

class SamplesTest : public testing::Test {
protected:
  void SetUp() override {
    SmallString<128> path;
    ASSERT_FALSE(sys::fs::createUniqueDirectory("qcc-samples", path));
    directory = path.str().str();
  }
  void TearDown() override { sys::fs::remove_directories(directory); }

  std::string write(StringRef name, std::vector<int64_t> shape, std::vector<float> values) {
    return write(name, "f32", shape,
                 {reinterpret_cast<const char *>(values.data()), values.size() * 4});
  }

  std::string write(StringRef name, StringRef type, ArrayRef<int64_t> shape, ArrayRef<char> bytes) {
    std::string path = directory + "/" + name.str();
    std::error_code error;
    raw_fd_ostream(path, error) << formatNpy(type, shape, bytes);
    return path;
  }

  std::string open(ArrayRef<std::string> paths, std::vector<InputSpec> inputs) {
    auto set = SampleSet::open(paths, inputs);
    std::string code = "none";
    auto take = [&](Error error) {
      handleAllErrors(std::move(error), [&](const DataError &error) { code = error.code; });
    };
    if (!set) {
      take(set.takeError());
      return code;
    }
    for (size_t i = 0; i < set->size(); ++i) {
      auto sample = set->read(i);
      if (!sample)
        take(sample.takeError());
    }
    return code;
  }

  static float getFirst(const Sample &sample, size_t input = 0) {
    return *reinterpret_cast<const float *>(sample[input].bytes.data());
  }

  std::string directory;
  const InputSpec x{"x", "f32", {1, 2}}, y{"y", "f32", {3}};
};

TEST_F(SamplesTest, DirectoryInByteOrder) {
  write("b.npy", {1, 2}, {2, 0});
  write("a.npy", {2}, {1, 0});
  write("B.npy", {1, 2}, {0, 0});
  auto set = cantFail(SampleSet::open({directory}, {x}));
  ASSERT_EQ(set.size(), 3u);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(getFirst(cantFail(set.read(i))), i);
}

TEST_F(SamplesTest, FirstAxisCounts) {
  std::string path = write("all.npy", {3, 2}, {0, 9, 1, 9, 2, 9});
  auto set = cantFail(SampleSet::open({path}, {x}));
  ASSERT_EQ(set.size(), 3u);
  EXPECT_EQ(getFirst(cantFail(set.read(2))), 2);
  std::string same = write("same.npy", {3, 1, 2}, {0, 9, 1, 9, 2, 9});
  EXPECT_EQ(cantFail(SampleSet::open({same}, {x})).size(), 3u);
  std::string one = write("one.npy", {1, 2}, {5, 5});
  EXPECT_EQ(cantFail(SampleSet::open({one}, {x})).size(), 1u);
}

TEST_F(SamplesTest, FileThatShrinksIsAnError) {
  std::string path = write("all.npy", {3, 2}, {0, 9, 1, 9, 2, 9});
  auto set = cantFail(SampleSet::open({path}, {x}));
  {
    std::error_code failure;
    raw_fd_ostream stream(path, failure);
    ASSERT_FALSE(failure);
  }
  auto sample = set.read(2);
  ASSERT_FALSE(static_cast<bool>(sample));
  EXPECT_EQ(toString(sample.takeError()), path + ": changed while it was read [E3001]");
}

TEST_F(SamplesTest, OneFileForEachInput) {
  std::string first = write("x.npy", {2, 2}, {0, 9, 1, 9});
  std::string second = write("y.npy", {2, 3}, {7, 7, 7, 8, 8, 8});
  auto set = cantFail(SampleSet::open({first, second}, {x, y}));
  ASSERT_EQ(set.size(), 2u);
  EXPECT_EQ(getFirst(cantFail(set.read(1)), 1), 8);
  EXPECT_EQ(open({first}, {x, y}), "E3009");
  EXPECT_EQ(open({first, write("z.npy", {3, 3}, std::vector<float>(9))}, {x, y}), "E3013");
}

TEST_F(SamplesTest, Mismatches) {
  EXPECT_EQ(open({directory}, {x}), "E3008");
  EXPECT_EQ(open({directory + "/none"}, {x}), "E3001");
  EXPECT_EQ(open({write("t.npy", {1, 3}, {1, 2, 3})}, {x}), "E3011");
  EXPECT_EQ(open({directory}, {x}), "E3011");
  EXPECT_EQ(open({write("t.npy", {1, 2}, {1, 2})}, {{"x", "i8", {1, 2}}}), "E3010");
  EXPECT_EQ(open({write("t.npy", {0, 2}, {})}, {x}), "E3008");
  EXPECT_EQ(open({write("t.npy", {1, 2}, {1, std::numeric_limits<float>::quiet_NaN()})}, {x}),
            "E3012");
  EXPECT_EQ(open({write("t.npy", {1, 2}, {1, std::numeric_limits<float>::infinity()})}, {x}),
            "E3012");
  for (auto [type, infinity] : {std::pair("f16", "\x00\x7c"), std::pair("bf16", "\x80\x7f")}) {
    std::vector<InputSpec> halves = {{"x", type, {1, 1}}};
    EXPECT_EQ(open({write("half.npy", type, {1, 1}, {infinity, 2})}, halves), "E3012") << type;
    EXPECT_EQ(open({write("half.npy", type, {1, 1}, {"\x80\x3f", 2})}, halves), "none") << type;
  }
  EXPECT_EQ(open({directory}, {x, y}), "E3009");
  write("photo.jpg", {1, 2}, {1, 2});
  EXPECT_EQ(open({directory}, {x}), "E3009");
}

} // namespace
