#include "storage/cache/disk_cache.h"

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::storage {
namespace {

using ::foia::testing::IsOk;
using ::foia::testing::TempDir;
using ::testing::Optional;

std::unique_ptr<DiskCache> OpenCache(const TempDir& dir, int64_t max_bytes) {
  auto cache = DiskCache::Open(dir / "cache", max_bytes);
  EXPECT_OK(cache);
  return *std::move(cache);
}

bool OnDisk(const TempDir& dir, const std::string& name) {
  return std::filesystem::exists(dir / "cache/" + name);
}

TEST(DiskCacheTest, TheLeastRecentlyUsedGoesFirst) {
  const TempDir dir;
  const auto cache = OpenCache(dir, 100);
  for (const char* name : {"a", "b", "c"}) ASSERT_OK(cache->Put(name, std::string(30, *name)));
  EXPECT_THAT(cache->Read("a"), Optional(std::string(30, 'a')));
  ASSERT_OK(cache->Put("d", std::string(30, 'd')));
  EXPECT_EQ(cache->Read("b"), std::nullopt);
  EXPECT_FALSE(OnDisk(dir, "b"));
  for (const char* name : {"a", "c", "d"}) EXPECT_NE(cache->Read(name), std::nullopt) << name;
  EXPECT_EQ(cache->bytes(), 90);
  // In place of another of its name.
  ASSERT_OK(cache->Put("a", "short"));
  EXPECT_THAT(cache->Read("a"), Optional(std::string("short")));
  EXPECT_EQ(cache->bytes(), 65);
  // One that is larger than all may be is kept, alone.
  ASSERT_OK(cache->Put("large", std::string(200, 'l')));
  EXPECT_THAT(cache->Read("large", 199, 10), Optional(std::string("l")));
  EXPECT_EQ(cache->bytes(), 200);
}

TEST(DiskCacheTest, Ranges) {
  const TempDir dir;
  const auto cache = OpenCache(dir, 100);
  ASSERT_OK(cache->Put("a", "0123456789"));
  EXPECT_THAT(cache->Read("a", 2, 3), Optional(std::string("234")));
  EXPECT_THAT(cache->Read("a", 8, 100), Optional(std::string("89")));
  EXPECT_THAT(cache->Read("a", 10, 1), Optional(std::string()));
  EXPECT_THAT(cache->Read("a", 1000, 1), Optional(std::string()));
}

TEST(DiskCacheTest, WhatWasNotCommittedIsNotThere) {
  const TempDir dir;
  {
    const auto cache = OpenCache(dir, 100);
    ASSERT_OK(cache->Put("a", "old"));
    ASSERT_OK_AND_ASSIGN(auto writer, cache->Write("a"));
    ASSERT_OK(writer->Append("new"));
    EXPECT_THAT(cache->Read("a"), Optional(std::string("old")));
    ASSERT_OK(writer->Append("er"));
    ASSERT_OK(writer->Commit());
    EXPECT_THAT(cache->Read("a"), Optional(std::string("newer")));
    ASSERT_OK_AND_ASSIGN(auto dropped, cache->Write("b"));
    ASSERT_OK(dropped->Append("half"));
  }
  EXPECT_FALSE(OnDisk(dir, "b.part"));
  // As after a crash.
  testing::WriteFile(dir / "cache/c.part", "half");
  const auto cache = OpenCache(dir, 100);
  EXPECT_THAT(cache->Read("a"), Optional(std::string("newer")));
  EXPECT_EQ(cache->Read("c"), std::nullopt);
  EXPECT_FALSE(OnDisk(dir, "c.part"));
}

TEST(DiskCacheTest, DeletedUnderItsHands) {
  const TempDir dir;
  const auto cache = OpenCache(dir, 100);
  ASSERT_OK(cache->Put("a", "aaa"));
  ASSERT_OK(cache->Put("b", "bbb"));
  std::filesystem::resize_file(dir / "cache/b", 1);
  EXPECT_EQ(cache->Read("b"), std::nullopt);
  std::filesystem::remove_all(dir / "cache");
  EXPECT_EQ(cache->Read("a"), std::nullopt);
  EXPECT_EQ(cache->bytes(), 0);
  ASSERT_OK(cache->Put("a", "again"));
  EXPECT_THAT(cache->Read("a"), Optional(std::string("again")));
}

TEST(DiskCacheTest, ASmallerLimitAtTheNextStart) {
  const TempDir dir;
  { ASSERT_OK(OpenCache(dir, 100)->Put("a", std::string(60, 'a'))); }
  {
    const auto cache = OpenCache(dir, 100);
    ASSERT_OK(cache->Put("b", std::string(40, 'b')));
  }
  std::filesystem::last_write_time(
      dir / "cache/a", std::filesystem::last_write_time(dir / "cache/b") - std::chrono::hours(1));
  const auto cache = OpenCache(dir, 50);
  EXPECT_EQ(cache->Read("a"), std::nullopt);
  EXPECT_NE(cache->Read("b"), std::nullopt);
}

}  // namespace
}  // namespace foia::storage
