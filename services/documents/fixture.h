// For tests of this folder: a documents service on memory or RocksDB, with shortcuts.
#ifndef FOIA_SERVICES_DOCUMENTS_FIXTURE_H_
#define FOIA_SERVICES_DOCUMENTS_FIXTURE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/clock.h"
#include "services/base/crypto.h"
#include "services/base/strings.h"
#include "services/documents/documents.h"
#include "services/documents/feed.h"
#include "services/documents/page_tasks.h"
#include "storage/blob/blob_store.h"
#include "storage/kv/key_value_store.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::documents {

inline Principal Person(const std::string& name,
                        const std::map<std::string, access::v1::Role>& roles) {
  Principal person;
  person.set_name("people/" + name);
  person.mutable_roles()->insert(roles.begin(), roles.end());
  return person;
}

inline Principal System() {
  Principal system;
  system.set_name("system");
  system.set_system(true);
  return system;
}

// Two requests under two labels.
class FakeRequests final : public RequestDirectory {
 public:
  absl::StatusOr<RequestRef> Find(const Principal& caller, std::string_view request) override {
    const auto found = labels.find(std::string(request));
    if (found == labels.end() || !access::MaySee(caller, found->second)) {
      return MakeError(Reason::REASON_REQUEST_NOT_FOUND, "no such request");
    }
    return RequestRef{found->first, found->second};
  }
  std::map<std::string, std::string> labels = {{"requests/r1", "labels/red"},
                                               {"requests/r2", "labels/blue"}};
};

class DocumentsTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  // Starts, or starts again: with RocksDB only what was durable is there afterwards.
  void Open() {
    Close();
    if (use_rocksdb_) {
      ASSERT_OK_AND_ASSIGN(kv_, storage::OpenRocksDb({.directory = directory_ / "kv"}));
      ASSERT_OK_AND_ASSIGN(
          blobs_, storage::OpenDirectoryBlobStore(directory_ / "blobs", directory_ / "tmp"));
    } else if (kv_ == nullptr) {
      kv_ = storage::NewMemoryStore();
      blobs_ = storage::NewMemoryBlobStore();
    }
    ASSERT_OK_AND_ASSIGN(store_, DocumentStore::Open(*kv_, *blobs_, clock_));
    documents_ = std::make_unique<Documents>(*store_, requests_);
    tasks_ = std::make_unique<PageTasks>(*store_);
    feed_ = std::make_unique<Feed>(*store_);
  }

  void Close() {
    feed_.reset();
    tasks_.reset();
    documents_.reset();
    store_.reset();
    if (use_rocksdb_) {
      kv_.reset();
      blobs_.reset();
    }
  }

  static v1::CreateUploadRequest Announce(std::string_view bytes,
                                          const std::string& request = "requests/r1") {
    v1::CreateUploadRequest create;
    create.mutable_document()->set_request(request);
    create.mutable_document()->set_sha256(HexEncode(Sha256(bytes)));
    create.mutable_document()->set_size_bytes(static_cast<int64_t>(bytes.size()));
    create.mutable_document()->set_file_name("release.pdf");
    return create;
  }

  absl::StatusOr<v1::Upload> Write(const Principal& caller, const std::string& name, int64_t offset,
                                   std::string_view data) {
    v1::WriteUploadRequest write;
    write.set_name(name);
    write.set_offset(offset);
    write.set_data(std::string(data));
    return documents_->WriteUpload(caller, write);
  }

  absl::StatusOr<v1::Document> Finish(const Principal& caller, const std::string& name) {
    v1::FinishUploadRequest finish;
    finish.set_name(name);
    return documents_->FinishUpload(caller, finish);
  }

  // A whole upload; the document's name.
  std::string Upload(const Principal& caller, std::string_view bytes,
                     const std::string& request = "requests/r1",
                     const std::string& languages = "") {
    v1::CreateUploadRequest create = Announce(bytes, request);
    create.mutable_document()->set_languages(languages);
    const auto upload = documents_->CreateUpload(caller, create);
    EXPECT_OK(upload);
    if (!upload.ok()) return {};
    EXPECT_OK(Write(caller, upload->name(), 0, bytes));
    const auto document = Finish(caller, upload->name());
    EXPECT_OK(document);
    return document.ok() ? document->name() : std::string();
  }

  v1::Document Get(const std::string& name) {
    v1::GetDocumentRequest get;
    get.set_name(name);
    const auto document = documents_->GetDocument(System(), get);
    EXPECT_OK(document);
    return document.ok() ? *document : v1::Document();
  }

  v1::Page GetPage(const std::string& document, int page) {
    v1::GetPageRequest get;
    get.set_name(document + "/pages/" + std::to_string(page));
    const auto found = documents_->GetPage(System(), get);
    EXPECT_OK(found);
    return found.ok() ? *found : v1::Page();
  }

  std::vector<v1::PageTask> Lease(int count) {
    v1::LeaseTasksRequest lease;
    lease.set_max_tasks(count);
    const auto leased = tasks_->LeaseTasks(System(), lease);
    EXPECT_OK(leased);
    if (!leased.ok()) return {};
    return {leased->tasks().begin(), leased->tasks().end()};
  }

  static v1::CompleteTaskRequest Completion(const v1::PageTask& task) {
    v1::CompleteTaskRequest complete;
    complete.mutable_lease()->set_document(task.document());
    complete.mutable_lease()->set_page(task.page());
    complete.mutable_lease()->set_attempt(task.attempt());
    return complete;
  }

  static v1::CompleteTaskRequest ProbeDone(const v1::PageTask& task, int pages) {
    v1::CompleteTaskRequest complete = Completion(task);
    complete.mutable_probe()->set_state(v1::PAGE_STATE_DONE);
    complete.mutable_probe()->set_page_count(pages);
    complete.mutable_probe()->set_media_type("application/pdf");
    return complete;
  }

  static v1::CompleteTaskRequest PageDone(const v1::PageTask& task, int sealed = 0,
                                          v1::PageState state = v1::PAGE_STATE_DONE) {
    v1::CompleteTaskRequest complete = Completion(task);
    complete.mutable_page()->set_format(1);
    complete.mutable_page()->set_state(state);
    complete.mutable_page()->mutable_engine()->set_pipeline("1");
    complete.mutable_page()->mutable_engine()->set_languages(task.languages());
    if (state == v1::PAGE_STATE_DONE) {
      complete.mutable_page()->set_text("text\n" + task.languages());
      complete.mutable_page()->add_words()->set_text("text");
    }
    if (sealed > 0) complete.mutable_page()->mutable_sealed()->set_characters(sealed);
    return complete;
  }

  absl::Status Complete(const v1::CompleteTaskRequest& request) {
    return tasks_->CompleteTask(System(), request).status();
  }

  // Uploads a file and counts its pages.
  std::string UploadPages(const Principal& caller, std::string_view bytes, int pages,
                          const std::string& languages = "") {
    std::string name = Upload(caller, bytes, "requests/r1", languages);
    for (const v1::PageTask& task : Lease(1)) {
      EXPECT_OK(Complete(ProbeDone(task, pages)));
    }
    return name;
  }

  // Does everything that waits.
  void WorkOff() {
    for (auto leased = Lease(8); !leased.empty(); leased = Lease(8)) {
      for (const v1::PageTask& task : leased) {
        EXPECT_OK(Complete(task.page() == 0 ? ProbeDone(task, 1) : PageDone(task)));
      }
    }
  }

  void ExpectNoProblems() {
    access::v1::CheckDataResponse response;
    ASSERT_OK(CheckData(*store_, response));
    EXPECT_EQ(response.problems_size(), 0) << response.DebugString();
  }

  const Principal editor_ = Person("editor", {{"labels/red", access::v1::ROLE_EDITOR}});
  const Principal owner_ = Person(
      "owner", {{"labels/red", access::v1::ROLE_OWNER}, {"labels/blue", access::v1::ROLE_OWNER}});
  const Principal viewer_ = Person("viewer", {{"labels/red", access::v1::ROLE_VIEWER}});
  const Principal outsider_ = Person("outsider", {{"labels/blue", access::v1::ROLE_OWNER}});

  bool use_rocksdb_ = false;
  testing::TempDir directory_;
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  FakeRequests requests_;
  std::unique_ptr<storage::KeyValueStore> kv_;
  std::unique_ptr<storage::BlobStore> blobs_;
  std::unique_ptr<DocumentStore> store_;
  std::unique_ptr<Documents> documents_;
  std::unique_ptr<PageTasks> tasks_;
  std::unique_ptr<Feed> feed_;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_FIXTURE_H_
