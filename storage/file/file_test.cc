#include "storage/file/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::storage {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::ReadFile;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;

TEST(FileTest, MakesFoldersWithTheirParents) {
  const TempDir dir;
  EXPECT_OK(MakeDirectories(dir / "a/b/c"));
  EXPECT_OK(MakeDirectories(dir / "a/b/c"));
  EXPECT_OK(MakeDirectories(dir / "a//b/./d/"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/b/d"));
  EXPECT_OK(MakeDirectories("/"));
  WriteFile(dir / "file", "");
  EXPECT_THAT(MakeDirectories(dir / "file/below"), HasReason(Reason::REASON_STORAGE_READ_ONLY));
}

TEST(FileTest, ReplacesAWholeFile) {
  const TempDir dir;
  ASSERT_OK(ReplaceFile(dir / "token", "first and longer", 0600));
  ASSERT_OK(ReplaceFile(dir / "token", "second", 0600));
  EXPECT_EQ(ReadFile(dir / "token"), "second");
  struct stat info {};
  ASSERT_EQ(stat((dir / "token").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(dir / "token.new"));
  EXPECT_FALSE(ReplaceFile(dir / "no/such/folder", "x").ok());
}

TEST(FileTest, AFullDiskHasAReasonOfItsOwn) {
  EXPECT_THAT(WriteError("cannot write", "f", ENOSPC), HasReason(Reason::REASON_STORAGE_FULL));
  EXPECT_THAT(WriteError("cannot write", "f", EDQUOT), HasReason(Reason::REASON_STORAGE_FULL));
  EXPECT_THAT(WriteError("cannot write", "f", EIO), HasReason(Reason::REASON_STORAGE_READ_ONLY));
}

}  // namespace
}  // namespace foia::storage
