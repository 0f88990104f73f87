//===- OutputFilesTest.cpp --------------------------------------------------===//
// Part of qcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "qcc/Support/OutputFiles.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <sys/stat.h>
#include <unistd.h>

namespace qcc {
namespace {

class OutputFilesTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qcc-output-files", directory));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(directory); }

  std::string path(llvm::StringRef name) { return (directory + "/" + name).str(); }
  std::string read(llvm::StringRef name) {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "(none)";
  }
  void put(llvm::StringRef name, llvm::StringRef text) {
    OutputFiles files;
    files.add(path(name), text.str());
    ASSERT_EQ(llvm::toString(files.write()), "");
  }
  int countFiles() {
    int count = 0;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator at(directory, error), end; at != end && !error;
         at.increment(error))
      ++count;
    return count;
  }
  llvm::SmallString<128> directory;
};

TEST_F(OutputFilesTest, replacesContentsAndLeavesNothingElse) {
  put("a", "old");
  OutputFiles files;
  files.add(path("a"), "new");
  files.add(path("b"), std::string(100000, 'x'));
  EXPECT_EQ(llvm::toString(files.write()), "");
  EXPECT_EQ(read("a"), "new");
  EXPECT_EQ(read("b").size(), 100000u);
  EXPECT_EQ(countFiles(), 2);
}

TEST_F(OutputFilesTest, aFullDeviceLeavesTheOldFiles) {
  put("a", "old");
  OutputFiles files;
  files.add(path("a"), "new");
  files.add("/dev/full", "text");
  std::string error = llvm::toString(files.write());
  EXPECT_NE(error.find("No space left"), std::string::npos) << error;
  EXPECT_NE(error.find("[E6101]"), std::string::npos) << error;
  EXPECT_EQ(read("a"), "old");
  EXPECT_EQ(countFiles(), 1);
}

TEST_F(OutputFilesTest, writesDevicesDirectly) {
  OutputFiles files;
  files.add("/dev/null", "text");
  files.add("/dev/null", "text");
  EXPECT_EQ(llvm::toString(files.write()), "");
  struct stat status;
  ASSERT_EQ(stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST_F(OutputFilesTest, knowsInputsByIdentity) {
  put("model", "bytes");
  ASSERT_EQ(link(path("model").c_str(), path("other-name").c_str()), 0);
  OutputFiles files;
  files.protect(path("model"));
  files.add(path("other-name"), "text");
  EXPECT_NE(llvm::toString(files.check()).find("[E6103]"), std::string::npos);
  EXPECT_NE(llvm::toString(files.write()).find("[E6103]"), std::string::npos);
  EXPECT_EQ(read("model"), "bytes");
}

TEST_F(OutputFilesTest, refusesDirectoriesAndMissingOnes) {
  OutputFiles isDirectory, isMissing;
  isDirectory.add(directory.str(), "");
  EXPECT_NE(llvm::toString(isDirectory.check()).find("[E6102]"), std::string::npos);
  isMissing.add(path("missing/a"), "");
  EXPECT_NE(llvm::toString(isMissing.check()).find("[E6101]"), std::string::npos);
}

TEST_F(OutputFilesTest, refusesOneFileTwice) {
  OutputFiles files;
  files.add(path("a.h"), "object");
  files.add(path("a.h"), "header");
  EXPECT_NE(llvm::toString(files.check()).find("[E6104]"), std::string::npos);
  EXPECT_NE(llvm::toString(files.write()).find("[E6104]"), std::string::npos);
  EXPECT_EQ(countFiles(), 0);
}

TEST_F(OutputFilesTest, knowsEverySpellingOfANewFile) {
  ASSERT_FALSE(llvm::sys::fs::create_directory(path("sub")));
  ASSERT_EQ(symlink(path("sub").c_str(), path("other").c_str()), 0);
  for (llvm::StringRef spelling : {"./a", "sub/../a", "sub/./../a"}) {
    OutputFiles files;
    files.announce(path("a"));
    files.announce(path(spelling));
    EXPECT_NE(llvm::toString(files.check()).find("[E6104]"), std::string::npos) << spelling.str();
  }
  OutputFiles throughLink;
  throughLink.add(path("sub/a"), "object");
  throughLink.add(path("other/a"), "manifest");
  EXPECT_NE(llvm::toString(throughLink.write()).find("[E6104]"), std::string::npos);
  OutputFiles different;
  different.announce(path("a"));
  different.announce(path("sub/a"));
  EXPECT_EQ(llvm::toString(different.check()), "");
}

TEST_F(OutputFilesTest, writesOfTheAnnouncedOnlyWhatHasContents) {
  OutputFiles files;
  files.announce(path("a"));
  files.announce(path("b"));
  files.add(path("b"), "text");
  EXPECT_EQ(llvm::toString(files.write()), "");
  EXPECT_EQ(read("b"), "text");
  EXPECT_EQ(countFiles(), 1);
}

TEST_F(OutputFilesTest, takesStandardOutputOnce) {
  OutputFiles files;
  files.announce("-");
  files.announce("-");
  EXPECT_NE(llvm::toString(files.check()).find("[E6104]"), std::string::npos);
}

TEST_F(OutputFilesTest, followsLinks) {
  put("real", "old");
  ASSERT_EQ(symlink(path("real").c_str(), path("link").c_str()), 0);
  OutputFiles files;
  files.add(path("link"), "new");
  EXPECT_EQ(llvm::toString(files.write()), "");
  EXPECT_EQ(read("real"), "new");
  EXPECT_TRUE(llvm::sys::fs::is_symlink_file(path("link")));
}

} // namespace
} // namespace qcc
