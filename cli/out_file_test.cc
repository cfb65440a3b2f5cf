#include "cli/out_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::cli {
namespace {

using ::foia::testing::ReadFile;
using ::foia::testing::TempDir;

TEST(OutFileTest, AppearsWholeOrNotAtAll) {
  const TempDir dir;
  const Output output;
  {
    OutFile file(output, dir / "new/out");
    ASSERT_OK(file.Write("half"));
    EXPECT_FALSE(std::filesystem::exists(dir / "new/out"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir / "new"));
  OutFile file(output, dir / "new/out");
  ASSERT_OK(file.Write("whole"));
  ASSERT_OK(file.Commit());
  EXPECT_EQ(ReadFile(dir / "new/out"), "whole");
}

// As root, /dev/null would otherwise become a file.
TEST(OutFileTest, WhatIsNoFileStaysWhatItIs) {
  const TempDir dir;
  const Output output;
  const std::string pipe = dir / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  {
    OutFile file(output, pipe);
    ASSERT_OK(file.Write("words"));
    ASSERT_OK(file.Commit());
  }
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  std::string got(5, ' ');
  EXPECT_EQ(read(reader, got.data(), got.size()), 5);
  EXPECT_EQ(got, "words");
  close(reader);
}

TEST(OutFileTest, ALinkStaysALink) {
  const TempDir dir;
  const Output output;
  testing::WriteFile(dir / "real", "old");
  std::filesystem::create_symlink(dir / "real", dir / "link");
  OutFile file(output, dir / "link");
  ASSERT_OK(file.Write("new"));
  ASSERT_OK(file.Commit());
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "link"));
  EXPECT_EQ(ReadFile(dir / "real"), "new");
}

}  // namespace
}  // namespace foia::cli
