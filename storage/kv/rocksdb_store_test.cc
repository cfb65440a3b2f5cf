#include "storage/kv/rocksdb_store.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "storage/kv/key_value_store_contract.h"
#include "tests/support/status_matchers.h"

namespace foia::storage {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::IsOkAndHolds;
using ::foia::testing::TempDir;
using ::testing::Optional;

std::unique_ptr<KeyValueStore> MustOpen(const std::string& directory) {
  auto store = OpenRocksDb({.directory = directory});
  EXPECT_OK(store);
  return std::move(store).value();
}

INSTANTIATE_TEST_SUITE_P(RocksDb, KeyValueStoreContract,
                         ::testing::Values(KeyValueEngine{"rocksdb", MustOpen}));

absl::Status Put(KeyValueStore& store, std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.Put(key, value);
  return store.Commit(batch);
}

TEST(RocksDbStoreTest, KeepsDataWhenReopened) {
  const TempDir dir;
  const std::string path = dir / "new/folders/kv";
  ASSERT_OK(Put(*MustOpen(path), "a", "1"));
  EXPECT_THAT(MustOpen(path)->Get("a"), IsOkAndHolds(Optional(std::string("1"))));
}

TEST(RocksDbStoreTest, SecondOpenInThisProcessIsLocked) {
  const TempDir dir;
  const auto store = MustOpen(dir / "kv");
  EXPECT_THAT(OpenRocksDb({.directory = dir / "kv"}), HasReason(Reason::REASON_DATA_LOCKED));
}

TEST(RocksDbStoreTest, IsLockedByAnotherProcess) {
  const TempDir dir;
  MustOpen(dir / "kv");
  int locked[2];
  ASSERT_EQ(pipe(locked), 0);
  const pid_t child = fork();
  if (child == 0) {  // takes the lock as RocksDB does, and waits to be killed
    const int file = open((dir / "kv/LOCK").c_str(), O_RDWR);
    const bool ok = lockf(file, F_TLOCK, 0) == 0 && write(locked[1], "x", 1) == 1;
    while (ok) pause();
    _exit(1);
  }
  char byte;
  ASSERT_EQ(read(locked[0], &byte, 1), 1);
  EXPECT_THAT(OpenRocksDb({.directory = dir / "kv"}), HasReason(Reason::REASON_DATA_LOCKED));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(locked[0]);
  close(locked[1]);
  EXPECT_OK(OpenRocksDb({.directory = dir / "kv"}));
}

TEST(RocksDbStoreTest, ReadOnlyRefusesWritesAndTakesNoLock) {
  const TempDir dir;
  const std::string path = dir / "kv";
  EXPECT_THAT(OpenRocksDb({.directory = path, .read_only = true}),
              HasReason(Reason::REASON_NOT_FOUND));
  const auto writer = MustOpen(path);
  ASSERT_OK(Put(*writer, "a", "1"));
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenRocksDb({.directory = path, .read_only = true}));
  EXPECT_FALSE(reader->Writable());
  EXPECT_THAT(reader->Get("a"), IsOkAndHolds(Optional(std::string("1"))));
  EXPECT_THAT(Put(*reader, "a", "2"), HasReason(Reason::REASON_STORAGE_READ_ONLY));
  EXPECT_OK(Put(*writer, "a", "2"));
}

TEST(RocksDbStoreTest, CheckpointIsAStoreOfItsOwn) {
  const TempDir dir;
  const auto store = MustOpen(dir / "kv");
  for (int i = 0; i < 100; ++i) ASSERT_OK(Put(*store, absl::StrCat("key", i), "1"));
  ASSERT_OK(store->Checkpoint(dir / "backups/first"));
  ASSERT_OK(Put(*store, "key0", "2"));
  ASSERT_OK(Put(*store, "later", "1"));

  const auto copy = MustOpen(dir / "backups/first");
  EXPECT_THAT(copy->Get("key99"), IsOkAndHolds(Optional(std::string("1"))));
  EXPECT_THAT(copy->Get("key0"), IsOkAndHolds(Optional(std::string("1"))));
  EXPECT_THAT(copy->Get("later"), IsOkAndHolds(std::nullopt));
  ASSERT_OK(Put(*copy, "key0", "3"));
  EXPECT_THAT(store->Get("key0"), IsOkAndHolds(Optional(std::string("2"))));
  EXPECT_THAT(store->Checkpoint(dir / "backups/first"), HasReason(Reason::REASON_ALREADY_EXISTS))
      << "it would replace a backup";
}

// Overwrites some bytes of every file with the suffix.
int Damage(const std::filesystem::path& directory, const std::string& suffix) {
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.path().string().ends_with(suffix)) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(16);
    file << "damaged bytes, longer than a header of a block";
    ++damaged;
  }
  return damaged;
}

TEST(RocksDbStoreTest, NamesCorruption) {
  const TempDir dir;
  {
    const auto store = MustOpen(dir / "kv");
    for (int i = 0; i < 100; ++i) ASSERT_OK(Put(*store, absl::StrCat("key", i), "value"));
    ASSERT_OK(store->Checkpoint(dir / "table"));  // flushes into a table
    ASSERT_OK(store->Checkpoint(dir / "manifest"));
  }
  ASSERT_GT(Damage(dir / "table", ".sst"), 0);
  {
    const auto store = MustOpen(dir / "table");
    EXPECT_THAT(store->Get("key1"), HasReason(Reason::REASON_DATA_CORRUPT));
    const auto it = store->Scan({});
    EXPECT_FALSE(it->Valid());
    EXPECT_THAT(it->status(), HasReason(Reason::REASON_DATA_CORRUPT));
  }
  for (const auto& entry : std::filesystem::directory_iterator(dir / "manifest")) {
    if (!entry.path().filename().string().starts_with("MANIFEST")) continue;
    std::ofstream(entry.path(), std::ios::binary) << "this is no manifest at all";
  }
  EXPECT_THAT(OpenRocksDb({.directory = dir / "manifest"}), HasReason(Reason::REASON_DATA_CORRUPT));
}

}  // namespace
}  // namespace foia::storage
