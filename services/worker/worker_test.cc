#include "services/worker/worker.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/str_split.h"
#include "services/documents/fixture.h"
#include "services/worker/file_cache.h"

namespace foia::worker {
namespace {

using ::foia::testing::HasReason;
namespace pb = documents::v1;

// The service in this process; `before` may refuse a call.
class LocalClient final : public PageTaskClient {
 public:
  explicit LocalClient(documents::PageTasks& tasks) : tasks_(tasks) {}

  absl::StatusOr<pb::LeaseTasksResponse> LeaseTasks(const pb::LeaseTasksRequest& request) override {
    auto response = Call("lease", &documents::PageTasks::LeaseTasks, request);
    if (response.ok()) Count("leased", response->tasks_size());
    return response;
  }
  absl::StatusOr<pb::RenewLeasesResponse> RenewLeases(
      const pb::RenewLeasesRequest& request) override {
    return Call("renew", &documents::PageTasks::RenewLeases, request);
  }
  absl::StatusOr<pb::CompleteTaskResponse> CompleteTask(
      const pb::CompleteTaskRequest& request) override {
    return Call("complete", &documents::PageTasks::CompleteTask, request);
  }
  absl::StatusOr<pb::ReadTaskFileResponse> ReadTaskFile(
      const pb::ReadTaskFileRequest& request) override {
    auto response = Call("read", &documents::PageTasks::ReadTaskFile, request);
    if (response.ok() && garble-- > 0) response->set_data("garbled");
    return response;
  }
  absl::StatusOr<pb::WriteMemberResponse> WriteMember(
      const pb::WriteMemberRequest& request) override {
    return Call("member", &documents::PageTasks::WriteMember, request);
  }

  // Waits for so many successful calls of a kind, or tasks "leased".
  void Await(const std::string& kind, int count) {
    std::unique_lock lock(mutex_);
    called_.wait(lock, [&] { return calls_[kind] >= count; });
  }
  int Calls(const std::string& kind) {
    const std::lock_guard lock(mutex_);
    return calls_[kind];
  }

  std::function<absl::Status(const std::string& kind)> before = [](const std::string&) {
    return absl::OkStatus();
  };
  std::atomic<int> garble = 0;  // so many file chunks come wrong

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const std::string& kind,
                                absl::StatusOr<Response> (documents::PageTasks::*method)(
                                    const documents::Principal&, const Request&),
                                const Request& request) {
    const absl::Status refused = before(kind);
    if (!refused.ok()) return refused;
    absl::StatusOr<Response> response = (tasks_.*method)(documents::System(), request);
    Count(kind, 1);
    return response;
  }
  void Count(const std::string& kind, int count) {
    const std::lock_guard lock(mutex_);
    calls_[kind] += count;
    called_.notify_all();
  }

  documents::PageTasks& tasks_;
  std::mutex mutex_;
  std::condition_variable called_;
  std::map<std::string, int> calls_;
};

// The file's first character is its number of pages, and each line of a file that begins with "0"
// is a member; "hold" blocks its pages until released.
struct Behaviour {
  std::mutex mutex;
  std::condition_variable changed;
  bool hold = false;
  int holding = 0;
  int read = 0;
  std::atomic<int> broken = 0;  // so many readers cannot be made
  std::atomic<int> wrote = 0;   // readers that could write to the original
  std::string seal_key;
  std::vector<std::string> made;  // languages of the readers that were made
  std::atomic<int> alive = 0;     // readers that are there now

  void Release() {
    const std::lock_guard lock(mutex);
    hold = false;
    changed.notify_all();
  }
  void AwaitHolding(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return holding >= count; });
  }
};

class FakeReader final : public PageReader {
 public:
  FakeReader(Behaviour& behaviour, std::string languages)
      : behaviour_(behaviour), languages_(std::move(languages)) {
    ++behaviour_.alive;
  }
  ~FakeReader() override { --behaviour_.alive; }

  absl::StatusOr<pb::ProbeResult> Probe(int fd, const std::string& /*password*/) override {
    pb::ProbeResult probe;
    const std::string bytes = Bytes(fd);
    probe.set_state(bytes.empty() ? pb::PAGE_STATE_DAMAGED : pb::PAGE_STATE_DONE);
    if (!bytes.empty()) probe.set_page_count(bytes[0] - '0');
    probe.set_is_container(!bytes.empty() && bytes[0] == '0');
    return probe;
  }

  // In chunks of one byte; a line "!" cannot be unpacked, and after a line "..." it takes too long.
  absl::StatusOr<pb::ProbeResult> Unpack(
      int fd, const std::string& password,
      const std::function<absl::Status(const pb::MemberChunk&)>& sink) override {
    pb::ProbeResult probe = *Probe(fd, password);
    const std::vector<std::string> lines = absl::StrSplit(Bytes(fd), '\n');
    for (size_t i = 1; i < lines.size(); ++i) {
      if (lines[i] == "...") {
        pb::ProbeResult late;
        late.set_state(pb::PAGE_STATE_TIMED_OUT);
        late.set_state_reason("too slow");
        return late;
      }
      pb::MemberChunk chunk;
      chunk.set_index(static_cast<int>(i));
      chunk.set_path("folder/" + lines[i]);
      for (size_t k = 0; k < lines[i].size(); ++k) {
        chunk.set_data(lines[i].substr(k, 1));
        const absl::Status taken = sink(chunk);
        if (!taken.ok()) return taken;
      }
      chunk.clear_data();
      chunk.set_end(lines[i] == "!" ? pb::PAGE_STATE_DAMAGED : pb::PAGE_STATE_DONE);
      const absl::Status taken = sink(chunk);
      if (!taken.ok()) return taken;
      if (lines[i] != "!") continue;
      probe.set_member_error_count(1);
      probe.add_member_errors()->set_path(chunk.path());
      probe.mutable_member_errors(0)->set_state(chunk.end());
    }
    return probe;
  }

  absl::StatusOr<pb::PageRecord> ReadPage(int fd, int page,
                                          const std::string& /*password*/) override {
    if (write(fd, "x", 1) == 1) ++behaviour_.wrote;
    std::unique_lock lock(behaviour_.mutex);
    ++behaviour_.holding;
    behaviour_.changed.notify_all();
    behaviour_.changed.wait(lock, [&] { return !behaviour_.hold || cancelled_; });
    --behaviour_.holding;
    ++behaviour_.read;
    behaviour_.changed.notify_all();
    if (cancelled_) return absl::CancelledError("cancelled");
    if (languages_ == "xxx") {
      return InvalidFields({{"languages", "the language pack 'xxx' is not installed"}});
    }
    pb::PageRecord record;
    record.set_format(1);
    record.set_state(pb::PAGE_STATE_DONE);
    record.set_text(Bytes(fd) + " page " + std::to_string(page));
    record.mutable_engine()->set_languages(languages_);
    return record;
  }

  void Cancel() override {
    const std::lock_guard lock(behaviour_.mutex);
    cancelled_ = true;
    behaviour_.changed.notify_all();
  }

 private:
  static std::string Bytes(int fd) {
    std::array<char, 100> buffer{};
    const ssize_t count = pread(fd, buffer.data(), buffer.size(), 0);
    return std::string(buffer.data(), static_cast<size_t>(std::max<ssize_t>(count, 0)));
  }

  Behaviour& behaviour_;
  const std::string languages_;
  bool cancelled_ = false;
};

class WorkerTest : public documents::DocumentsTest {
 protected:
  void SetUp() override {
    DocumentsTest::SetUp();
    client_ = std::make_unique<LocalClient>(*tasks_);
    options_.processes = 3;
    options_.tmp_directory = directory_.path().string();
    options_.first_delay = absl::Milliseconds(1);
    options_.last_delay = absl::Milliseconds(4);
    options_.lease_wait = absl::Milliseconds(50);
  }

  std::unique_ptr<Worker> Start() {
    return std::make_unique<Worker>(
        *client_,
        [this](const std::string& languages,
               const std::string& seal_key) -> absl::StatusOr<std::unique_ptr<PageReader>> {
          if (behaviour_.broken-- > 0) return MakeError(Reason::REASON_INTERNAL, "no program");
          const std::lock_guard lock(behaviour_.mutex);
          behaviour_.seal_key = seal_key;
          behaviour_.made.push_back(languages);
          return std::make_unique<FakeReader>(behaviour_, languages);
        },
        options_);
  }

  // Follows the feed until the document has the state.
  void AwaitState(const std::string& name, pb::DocumentState state) {
    pb::ListChangesRequest list;
    list.mutable_wait()->set_seconds(10);
    while (Get(name).state() != state) {
      const auto response = feed_->ListChanges(documents::System(), list);
      ASSERT_OK(response);
      list.set_epoch(response->epoch());
      list.set_after_sequence(response->last_sequence());
    }
  }

  Behaviour behaviour_;
  WorkerOptions options_;
  std::unique_ptr<LocalClient> client_;
};

TEST_F(WorkerTest, ReadsEveryPage) {
  const auto worker = Start();
  const std::string first = Upload(owner_, "5 first");
  const std::string second = Upload(owner_, "9 second");
  const std::string empty = Upload(owner_, "");
  AwaitState(first, pb::DOCUMENT_STATE_DONE);
  AwaitState(second, pb::DOCUMENT_STATE_DONE);
  AwaitState(empty, pb::DOCUMENT_STATE_DAMAGED);
  EXPECT_EQ(GetPage(second, 9).record().text(), "9 second page 9");
  EXPECT_EQ(behaviour_.seal_key, store_->seal_key());
  EXPECT_EQ(behaviour_.wrote, 0);
  EXPECT_EQ(client_->Calls("read"), 2);  // each original once, the empty one not at all
  worker->Stop();
  worker->Stop();
  ExpectNoProblems();
}

TEST_F(WorkerTest, KeepsReadersOfTheLanguagesUsedLast) {
  options_.processes = 1;
  options_.languages = "eng+spa";
  const auto worker = Start();
  int file = 0;
  for (const std::string languages : {"", "fra", "", "fra", "deu", "fra", ""}) {
    const std::string name =
        Upload(owner_, "2 file " + std::to_string(++file), "requests/r1", languages);
    AwaitState(name, pb::DOCUMENT_STATE_DONE);
    EXPECT_EQ(GetPage(name, 2).record().engine().languages(),
              languages.empty() ? "eng+spa" : languages);
    EXPECT_LE(behaviour_.alive, 2);
  }
  worker->Stop();
  // Probes need no language: they go to the default's reader.
  EXPECT_THAT(behaviour_.made, ::testing::ElementsAre("eng+spa", "fra", "deu", "fra"));
}

TEST_F(WorkerTest, AMissingLanguagePackEndsThePage) {
  const auto worker = Start();
  const std::string name = Upload(owner_, "2 abc", "requests/r1", "xxx");
  AwaitState(name, pb::DOCUMENT_STATE_DAMAGED);
  EXPECT_EQ(GetPage(name, 2).state(), pb::PAGE_STATE_FAILED);
  EXPECT_EQ(GetPage(name, 2).state_reason(), "the language pack 'xxx' is not installed");
  EXPECT_EQ(GetPage(name, 2).attempts(), 1);
  ExpectNoProblems();
}

TEST_F(WorkerTest, MembersOfAContainerBecomeDocuments) {
  const auto worker = Start();
  const std::string name = Upload(owner_, "0 zip\n2 abc\n!\n1 x");
  AwaitState(name, pb::DOCUMENT_STATE_PARTLY_READ);
  EXPECT_EQ(Get(name).member_count(), 2);
  EXPECT_EQ(Get(name).member_errors(0).path(), "folder/!");
  pb::ListDocumentsRequest list;
  list.set_container(name);
  ASSERT_OK_AND_ASSIGN(const auto members, documents_->ListDocuments(owner_, list));
  ASSERT_EQ(members.documents_size(), 2);
  EXPECT_EQ(members.documents(0).member_path(), "folder/2 abc");
  AwaitState(members.documents(0).name(), pb::DOCUMENT_STATE_DONE);
  AwaitState(members.documents(1).name(), pb::DOCUMENT_STATE_DONE);
  EXPECT_EQ(GetPage(members.documents(0).name(), 2).record().text(), "2 abc page 2");
  ExpectNoProblems();
}

TEST_F(WorkerTest, WhatWasUnpackedBeforeTheLimitIsKept) {
  const auto worker = Start();
  const std::string name = Upload(owner_, "0 zip\n1 x\n...");
  AwaitState(name, pb::DOCUMENT_STATE_PARTLY_READ);
  EXPECT_EQ(Get(name).member_count(), 1);
  EXPECT_EQ(Get(name).member_errors(0).state(), pb::PAGE_STATE_TIMED_OUT);
  EXPECT_EQ(Get(name).member_errors(0).reason(),
            "not everything in it could be unpacked: too slow");
  // With nothing to show for it, the container itself could not be read.
  const std::string none = Upload(owner_, "0 zip\n...");
  AwaitState(none, pb::DOCUMENT_STATE_DAMAGED);
  EXPECT_EQ(Get(none).state_reason(), "too slow");
  ExpectNoProblems();
}

TEST_F(WorkerTest, SurvivesAServiceThatDoesNot) {
  std::mutex mutex;
  std::map<std::string, int> outages;
  client_->before = [&](const std::string& kind) {
    const std::lock_guard lock(mutex);
    return ++outages[kind] <= 6 ? MakeError(Reason::REASON_SERVER_UNREACHABLE, "down")
                                : absl::OkStatus();
  };
  const auto worker = Start();
  AwaitState(Upload(owner_, "9 abc"), pb::DOCUMENT_STATE_DONE);
  AwaitState(Upload(owner_, "0\n1 x"), pb::DOCUMENT_STATE_DONE);
}

TEST_F(WorkerTest, GivesBackWhatItCannotRead) {
  client_->garble = 3;
  behaviour_.broken = 5;
  const auto worker = Start();
  const std::string name = Upload(owner_, "2 abc");
  AwaitState(name, pb::DOCUMENT_STATE_DONE);
  EXPECT_EQ(GetPage(name, 1).record().text(), "2 abc page 1");
}

TEST_F(WorkerTest, RenewsWhatItHolds) {
  options_.heartbeat = absl::Milliseconds(5);
  behaviour_.hold = true;
  const auto worker = Start();
  const std::string name = Upload(owner_, "2 abc");
  behaviour_.AwaitHolding(2);
  for (int i = 0; i < 5; ++i) {
    client_->Await("renew", client_->Calls("renew") + 2);
    clock_.Advance(documents::kLeaseTime * 0.9);
  }
  behaviour_.Release();
  AwaitState(name, pb::DOCUMENT_STATE_DONE);
  EXPECT_EQ(GetPage(name, 1).attempts(), 1);
}

TEST_F(WorkerTest, StopLetsPagesEnd) {
  behaviour_.hold = true;
  const auto worker = Start();
  const std::string name = Upload(owner_, "3 abc");
  behaviour_.AwaitHolding(3);
  std::thread stopper([&] { worker->Stop(); });
  behaviour_.Release();
  stopper.join();
  EXPECT_EQ(Get(name).state(), pb::DOCUMENT_STATE_DONE);
}

TEST_F(WorkerTest, StopCancelsPagesThatDoNotEnd) {
  options_.drain = absl::Milliseconds(10);
  behaviour_.hold = true;
  const auto worker = Start();
  const std::string name = Upload(owner_, "9 abc");
  behaviour_.AwaitHolding(3);
  worker->Stop();
  EXPECT_EQ(store_->tasks().running(), 0);
  EXPECT_EQ(store_->tasks().queued(), 9);
  EXPECT_EQ(GetPage(name, 1).state(), pb::PAGE_STATE_QUEUED);
}

TEST_F(WorkerTest, ALostLeaseIsDropped) {
  behaviour_.hold = true;
  options_.processes = 1;
  const auto worker = Start();
  const std::string name = Upload(owner_, "2 abc");
  behaviour_.AwaitHolding(1);
  client_->Await("leased", 3);  // the probe, a page, and one that waits: it asks for no more
  clock_.Advance(documents::kLeaseTime);
  const std::vector<pb::PageTask> stolen = Lease(2);
  ASSERT_EQ(stolen.size(), 2U);
  behaviour_.Release();
  client_->Await("complete", 3);  // the probe and the pages that are lost
  for (const pb::PageTask& task : stolen) {
    EXPECT_EQ(task.attempt(), 2);
    EXPECT_EQ(GetPage(name, task.page()).state(), pb::PAGE_STATE_RUNNING);
    ASSERT_OK(Complete(PageDone(task)));
  }
  AwaitState(name, pb::DOCUMENT_STATE_DONE);
  EXPECT_EQ(GetPage(name, 1).record().text(), "text\n");
}

// The next page is there, and is read while the result of the last one is being stored.
TEST_F(WorkerTest, NeverStandsIdle) {
  options_.processes = 1;
  std::atomic<bool> in_vain = false;
  client_->before = [&](const std::string& kind) {
    std::unique_lock lock(behaviour_.mutex);
    const auto next_is_read = [&] { return behaviour_.read != 1; };  // 0: it is the probe
    if (kind == "complete" &&
        !behaviour_.changed.wait_for(lock, std::chrono::seconds(10), next_is_read)) {
      in_vain = true;
    }
    return absl::OkStatus();
  };
  const auto worker = Start();
  const std::string name = Upload(owner_, "2 abc");
  AwaitState(name, pb::DOCUMENT_STATE_DONE);
  EXPECT_FALSE(in_vain);
}

TEST(FileCacheTest, KeepsTheMostRecentFiles) {
  const testing::TempDir directory;
  FileCache cache(directory.path().string(), 10);
  int reads = 0;
  const auto get = [&](const std::string& bytes) {
    return cache.Get(HexEncode(Sha256(bytes)), static_cast<int64_t>(bytes.size()),
                     [&](int64_t offset, int64_t length) -> absl::StatusOr<std::string> {
                       ++reads;
                       return bytes.substr(static_cast<size_t>(offset),
                                           static_cast<size_t>(std::min<int64_t>(length, 3)));
                     });
  };
  ASSERT_OK_AND_ASSIGN(const auto held, get("aaaa"));
  EXPECT_EQ(reads, 2);
  ASSERT_OK(get("bbbb"));
  ASSERT_OK(get("aaaa"));
  EXPECT_EQ(reads, 4);
  ASSERT_OK(get("cccc"));  // drops b
  ASSERT_OK(get("aaaa"));
  EXPECT_EQ(reads, 6);
  ASSERT_OK(get("bbbb"));
  EXPECT_EQ(reads, 8);
  ASSERT_OK(get("larger than the cache"));  // alone
  char byte = 0;
  EXPECT_EQ(pread(held->fd(), &byte, 1, 3), 1);  // dropped, but not from under its reader
  EXPECT_EQ(byte, 'a');
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(FileCacheTest, WrongBytesAreNotKept) {
  const testing::TempDir directory;
  FileCache cache(directory.path().string(), 10);
  const std::string sha256 = HexEncode(Sha256("abc"));
  for (const std::string sent : {"abd", "ab", ""}) {
    EXPECT_THAT(cache.Get(sha256, 3,
                          [&](int64_t offset, int64_t) -> absl::StatusOr<std::string> {
                            return sent.substr(std::min(sent.size(), static_cast<size_t>(offset)));
                          }),
                HasReason(Reason::REASON_DATA_CORRUPT))
        << sent;
  }
  EXPECT_THAT(cache.Get(sha256, 3,
                        [](int64_t, int64_t) -> absl::StatusOr<std::string> {
                          return MakeError(Reason::REASON_LEASE_LOST, "lost");
                        }),
              HasReason(Reason::REASON_LEASE_LOST));
  EXPECT_OK(
      cache.Get(sha256, 3, [](int64_t, int64_t) -> absl::StatusOr<std::string> { return "abc"; }));
}

}  // namespace
}  // namespace foia::worker
