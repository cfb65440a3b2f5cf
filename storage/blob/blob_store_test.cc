// What every BlobStore must do, and what is the directory's own.
#include "storage/blob/blob_store.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include "services/base/crypto.h"
#include "services/base/strings.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::storage {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::IsOkAndHolds;
using ::foia::testing::ReadFile;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string IdOf(std::string_view bytes) { return HexEncode(Sha256(bytes)); }

std::unique_ptr<BlobStore> OpenDirectory(const TempDir& dir) {
  auto store = OpenDirectoryBlobStore(dir / "data/blobs", dir / "data/tmp");
  EXPECT_OK(store);
  return std::move(store).value();
}

absl::Status Add(BlobStore& store, const std::string& staging_name, std::string_view bytes) {
  FOIA_ASSIGN_OR_RETURN(const auto staging, store.OpenStaging(staging_name));
  FOIA_RETURN_IF_ERROR(staging->Append(bytes));
  return staging->Finish(IdOf(bytes), bytes.size());
}

std::vector<std::string> Ids(BlobStore& store) {
  std::vector<std::string> ids;
  EXPECT_OK(store.ForEach([&](std::string_view id) {
    ids.emplace_back(id);
    return absl::OkStatus();
  }));
  return ids;
}

struct Engine {
  std::string name;
  std::function<std::unique_ptr<BlobStore>(const TempDir&)> open;
};

class BlobStoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  TempDir dir_;
  std::unique_ptr<BlobStore> store_ = GetParam().open(dir_);
};

INSTANTIATE_TEST_SUITE_P(
    Engines, BlobStoreContract,
    ::testing::Values(Engine{"directory", OpenDirectory},
                      Engine{"memory", [](const TempDir&) { return NewMemoryBlobStore(); }}),
    [](const auto& test) { return test.param.name; });

TEST_P(BlobStoreContract, PublishesWhatWasAppended) {
  const std::string bytes = "%PDF-1.7 one" + std::string(3u << 20, '\0') + "two";
  ASSERT_OK_AND_ASSIGN(const auto staging, store_->OpenStaging("u01"));
  EXPECT_EQ(staging->size(), 0u);
  for (size_t at = 0; at < bytes.size(); at += 1u << 20) {
    ASSERT_OK(staging->Append(std::string_view(bytes).substr(at, 1u << 20)));
  }
  ASSERT_OK(staging->Append(""));
  EXPECT_EQ(staging->size(), bytes.size());
  EXPECT_THAT(store_->Size(IdOf(bytes)), HasReason(Reason::REASON_NOT_FOUND));
  EXPECT_THAT(store_->ListStaging(), IsOkAndHolds(ElementsAre("u01")));

  ASSERT_OK(staging->Finish(IdOf(bytes), bytes.size()));
  EXPECT_THAT(store_->ListStaging(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store_->Size(IdOf(bytes)), IsOkAndHolds(bytes.size()));
  EXPECT_OK(store_->Verify(IdOf(bytes)));
  EXPECT_THAT(Ids(*store_), ElementsAre(IdOf(bytes)));
}

TEST_P(BlobStoreContract, ReadsRanges) {
  const std::string bytes = "0123456789";
  ASSERT_OK(Add(*store_, "u01", bytes));
  const struct {
    uint64_t offset, length;
    std::string expected;
  } cases[] = {{0, 10, bytes}, {0, UINT64_MAX, bytes}, {3, 4, "3456"}, {9, 1, "9"}, {9, 100, "9"},
               {10, 1, ""},    {UINT64_MAX, 100, ""},  {5, 0, ""}};
  for (const auto& c : cases) {
    EXPECT_THAT(store_->Read(IdOf(bytes), c.offset, c.length), IsOkAndHolds(c.expected));
  }
}

TEST_P(BlobStoreContract, OpensForReadingOnly) {
  const std::string bytes = "0123456789";
  ASSERT_OK(Add(*store_, "u01", bytes));
  ASSERT_OK_AND_ASSIGN(const File file, store_->Open(IdOf(bytes)));
  char read[20];
  EXPECT_EQ(pread(file.descriptor(), read, sizeof read, 0), 10);
  EXPECT_EQ(std::string(read, 10), bytes);
  EXPECT_EQ(pwrite(file.descriptor(), "x", 1, 0), -1);
  EXPECT_NE(ftruncate(file.descriptor(), 0), 0);
  EXPECT_THAT(store_->Open(IdOf("other")), HasReason(Reason::REASON_NOT_FOUND));
}

TEST_P(BlobStoreContract, TakesTheEmptyBlob) {
  ASSERT_OK(Add(*store_, "u01", ""));
  EXPECT_THAT(store_->Size(IdOf("")), IsOkAndHolds(0u));
  EXPECT_THAT(store_->Read(IdOf(""), 0, 1), IsOkAndHolds(""));
  EXPECT_OK(store_->Verify(IdOf("")));
}

TEST_P(BlobStoreContract, WrongHashOrSizeLeaveNoBlob) {
  ASSERT_OK_AND_ASSIGN(const auto staging, store_->OpenStaging("u01"));
  ASSERT_OK(staging->Append("right"));
  EXPECT_THAT(staging->Finish(IdOf("wrong"), 5), HasReason(Reason::REASON_HASH_MISMATCH));
  EXPECT_THAT(staging->Finish(IdOf("right"), 4), HasReason(Reason::REASON_SIZE_MISMATCH));
  EXPECT_THAT(staging->Finish("../../etc/passwd", 5), HasReason(Reason::REASON_HASH_MISMATCH));
  EXPECT_THAT(Ids(*store_), IsEmpty());
  EXPECT_THAT(store_->ListStaging(), IsOkAndHolds(ElementsAre("u01"))) << "it stays until Remove";
  ASSERT_OK(staging->Append(" more"));
  EXPECT_OK(staging->Finish(IdOf("right more"), 10));
}

TEST_P(BlobStoreContract, RemovesStaging) {
  ASSERT_OK_AND_ASSIGN(auto staging, store_->OpenStaging("u01"));
  ASSERT_OK(staging->Append("bytes"));
  ASSERT_OK(staging->Remove());
  EXPECT_OK(staging->Remove());
  EXPECT_THAT(store_->ListStaging(), IsOkAndHolds(IsEmpty()));
  ASSERT_OK_AND_ASSIGN(staging, store_->OpenStaging("u01"));
  EXPECT_EQ(staging->size(), 0u);
}

TEST_P(BlobStoreContract, APublishedBlobIsNotWrittenAgain) {
  ASSERT_OK_AND_ASSIGN(const auto staging, store_->OpenStaging("u01"));
  ASSERT_OK(staging->Append("bytes"));
  ASSERT_OK(staging->Finish(IdOf("bytes"), 5));
  EXPECT_FALSE(staging->Append("more").ok());
  EXPECT_FALSE(staging->Finish(IdOf("bytes"), 5).ok());
  EXPECT_OK(store_->Verify(IdOf("bytes")));
}

TEST_P(BlobStoreContract, TheSameBytesTwiceAreOneBlob) {
  ASSERT_OK(Add(*store_, "u01", "same"));
  ASSERT_OK(Add(*store_, "u02", "same"));
  EXPECT_THAT(Ids(*store_), ElementsAre(IdOf("same")));
  EXPECT_THAT(store_->Read(IdOf("same"), 0, 9), IsOkAndHolds("same"));
  EXPECT_THAT(store_->ListStaging(), IsOkAndHolds(IsEmpty()));
}

TEST_P(BlobStoreContract, RefusesNamesThatAreNone) {
  for (const std::string name : {"", "a/b", "..", "u-1", "a b"}) {
    EXPECT_THAT(store_->OpenStaging(name), HasReason(Reason::REASON_INVALID_FIELD)) << name;
  }
  for (const std::string& id : {std::string(), std::string("ab"), std::string("../tmp"),
                                std::string(64, 'A'), std::string(64, 'a'), std::string(65, 'a')}) {
    EXPECT_THAT(store_->Read(id, 0, 1), HasReason(Reason::REASON_NOT_FOUND)) << id;
    EXPECT_THAT(store_->Size(id), HasReason(Reason::REASON_NOT_FOUND)) << id;
    EXPECT_THAT(store_->Verify(id), HasReason(Reason::REASON_NOT_FOUND)) << id;
  }
}

TEST_P(BlobStoreContract, VisitsInOrderUntilAnError) {
  for (int i = 0; i < 20; ++i) ASSERT_OK(Add(*store_, "u", std::to_string(i)));
  const std::vector<std::string> ids = Ids(*store_);
  EXPECT_EQ(ids.size(), 20u);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  int visited = 0;
  EXPECT_EQ(store_->ForEach([&](std::string_view) {
    return ++visited == 3 ? absl::CancelledError("enough") : absl::OkStatus();
  }),
            absl::CancelledError("enough"));
  EXPECT_EQ(visited, 3);
}

TEST_P(BlobStoreContract, RacingUploadsOfTheSameBytes) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 10; ++i) {
        const std::string bytes = "shared " + std::to_string(i);
        EXPECT_OK(Add(*store_, "u" + std::to_string(thread), bytes));
        EXPECT_THAT(store_->Read(IdOf(bytes), 0, 99), IsOkAndHolds(bytes));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Ids(*store_).size(), 10u);
  for (const std::string& id : Ids(*store_)) EXPECT_OK(store_->Verify(id));
}

TEST(DirectoryBlobStoreTest, StagingGoesOnAfterARestart) {
  const TempDir dir;
  {
    const auto store = OpenDirectory(dir);
    ASSERT_OK_AND_ASSIGN(const auto staging, store->OpenStaging("u01"));
    ASSERT_OK(staging->Append("first, "));
  }
  const auto store = OpenDirectory(dir);
  ASSERT_OK_AND_ASSIGN(const auto staging, store->OpenStaging("u01"));
  EXPECT_EQ(staging->size(), 7u);
  ASSERT_OK(staging->Append("second"));
  ASSERT_OK(staging->Finish(IdOf("first, second"), 13));
  EXPECT_THAT(store->Read(IdOf("first, second"), 0, 99), IsOkAndHolds("first, second"));
}

// A limit on the size of files stands in for the disk's end; tests/crash has a full disk.
TEST(DirectoryBlobStoreTest, AFailedAppendLeavesTheAreaAsItWas) {
  const TempDir dir;
  const auto store = OpenDirectory(dir);
  ASSERT_OK_AND_ASSIGN(const auto staging, store->OpenStaging("u01"));
  ASSERT_OK(staging->Append("first, "));
  struct rlimit limit {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const struct rlimit small = {1000, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = staging->Append(std::string(5000, 'x'));  // 993 of them fit
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(status, HasReason(Reason::REASON_STORAGE_READ_ONLY));
  EXPECT_EQ(staging->size(), 7u);
  EXPECT_EQ(ReadFile(dir / "data/tmp/u01.staging"), "first, ");
  ASSERT_OK(staging->Append("second"));
  EXPECT_OK(staging->Finish(IdOf("first, second"), 13));
}

TEST(DirectoryBlobStoreTest, LiesWhereTheFormatSays) {
  const TempDir dir;
  const auto store = OpenDirectory(dir);
  ASSERT_OK(Add(*store, "u01", "abc"));
  EXPECT_EQ(ReadFile(dir / "data/blobs/ba/78/"
                           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            "abc");
  WriteFile(dir / "data/tmp/of-somebody-else", "");
  EXPECT_THAT(store->ListStaging(), IsOkAndHolds(IsEmpty()));
}

TEST(DirectoryBlobStoreTest, FindsAndHealsDamage) {
  const TempDir dir;
  const auto store = OpenDirectory(dir);
  ASSERT_OK(Add(*store, "u01", "evidence"));
  const std::string id = IdOf("evidence");
  WriteFile(dir / ("data/blobs/" + id.substr(0, 2) + "/" + id.substr(2, 2) + "/" + id), "evidense");
  EXPECT_THAT(store->Verify(id), HasReason(Reason::REASON_DATA_CORRUPT));
  ASSERT_OK(Add(*store, "u02", "evidence"));
  EXPECT_OK(store->Verify(id));
}

TEST(DirectoryBlobStoreTest, CopiesAreStores) {
  const TempDir dir;
  const auto store = OpenDirectory(dir);
  ASSERT_OK(Add(*store, "u01", "one"));
  ASSERT_OK(store->CopyTo(dir / "backup/blobs"));
  ASSERT_OK(Add(*store, "u01", "two"));
  ASSERT_OK(store->CopyTo(dir / "backup/blobs")) << "a second copy adds what is new";
  ASSERT_OK_AND_ASSIGN(const auto copy,
                       OpenDirectoryBlobStore(dir / "backup/blobs", dir / "backup/tmp"));
  EXPECT_EQ(Ids(*copy), Ids(*store));
  for (const std::string& id : Ids(*copy)) EXPECT_OK(copy->Verify(id));
}

TEST(DirectoryBlobStoreTest, CopiesToAnotherDisk) {
  const std::string other = "/dev/shm/foia-test-" + std::to_string(getpid());
  const TempDir dir;
  struct stat here {};
  struct stat there {};
  if (stat("/dev/shm", &there) != 0 || stat(dir.path().c_str(), &here) != 0 ||
      here.st_dev == there.st_dev) {
    GTEST_SKIP() << "skipped: /dev/shm is no other disk";
  }
  const auto store = OpenDirectory(dir);
  ASSERT_OK(Add(*store, "u01", "one"));
  EXPECT_OK(store->CopyTo(other + "/blobs"));
  EXPECT_OK(store->CopyTo(other + "/blobs"));
  {
    ASSERT_OK_AND_ASSIGN(const auto copy, OpenDirectoryBlobStore(other + "/blobs", other + "/tmp"));
    EXPECT_EQ(Ids(*copy), Ids(*store));
    EXPECT_OK(copy->Verify(IdOf("one")));
  }
  EXPECT_THAT(OpenDirectoryBlobStore(dir / "data/blobs", other + "/tmp"),
              HasReason(Reason::REASON_INVALID_FIELD));
  std::filesystem::remove_all(other);
}

}  // namespace
}  // namespace foia::storage
