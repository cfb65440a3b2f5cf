// What a start finds after the process died, on RocksDB and a directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/documents/fixture.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

using ::foia::testing::HasReason;
using ::testing::IsEmpty;

class RestartTest : public DocumentsTest {
 protected:
  void SetUp() override {
    use_rocksdb_ = true;
    Open();
  }
  absl::StatusOr<v1::Upload> GetUpload(const Principal& caller, const std::string& name) {
    v1::GetUploadRequest get;
    get.set_name(name);
    return documents_->GetUpload(caller, get);
  }
};

TEST_F(RestartTest, AnUploadGoesOnWhereItStood) {
  ASSERT_OK_AND_ASSIGN(v1::Upload upload, documents_->CreateUpload(editor_, Announce("abcdef")));
  ASSERT_OK(Write(editor_, upload.name(), 0, "abcd"));
  Open();
  ASSERT_OK_AND_ASSIGN(upload, GetUpload(editor_, upload.name()));
  EXPECT_EQ(upload.committed_size_bytes(), 4);
  ASSERT_OK(Write(editor_, upload.name(), 4, "ef"));
  ASSERT_OK_AND_ASSIGN(const v1::Document document, Finish(editor_, upload.name()));
  Open();
  ASSERT_OK_AND_ASSIGN(const v1::Document again, Finish(editor_, upload.name()));
  EXPECT_EQ(again.name(), document.name());
  EXPECT_EQ(store_->tasks().queued(), 1);
  ExpectNoProblems();
}

// What was written before pages had languages: the current pipeline under one key, pages and tasks
// without the field.
TEST_F(RestartTest, OldDataHasTheInstallationsLanguages) {
  const std::string name = UploadPages(editor_, "abc", 2);
  const std::string id = name.substr(name.find('/') + 1);
  ASSERT_OK(Complete(PageDone(Lease(1).at(0))));
  ASSERT_OK_AND_ASSIGN(const auto pipeline, kv_->Get("meta/pipeline"));
  EXPECT_TRUE(pipeline.has_value());
  Open();
  // Read in the default languages, and shared with the next document of these bytes.
  const v1::PageTask task = Lease(1).at(0);
  EXPECT_EQ(task.page(), 2);
  EXPECT_EQ(task.languages(), "");
  ASSERT_OK(Complete(PageDone(task)));
  const std::string again = UploadPages(editor_, "abc", 2);
  EXPECT_THAT(Lease(4), IsEmpty());
  EXPECT_EQ(Get(again).state(), v1::DOCUMENT_STATE_DONE);
}

// What was written before pages had a quality: unread pages are known by their state, the others
// get it when they are read next.
TEST_F(RestartTest, OldPagesOpenWithoutTheirQuality) {
  const std::string name = UploadPages(editor_, "abc", 2);
  const std::string id = name.substr(name.find('/') + 1);
  for (const v1::PageTask& task : Lease(2)) {
    v1::CompleteTaskRequest complete =
        PageDone(task, 0, task.page() == 1 ? v1::PAGE_STATE_DONE : v1::PAGE_STATE_DAMAGED);
    if (task.page() == 1) complete.mutable_page()->set_mean_confidence(40);
    ASSERT_OK(Complete(complete));
  }
  EXPECT_EQ(Get(name).doubtful_pages(), 2);
  v1::StoredPage page;
  ASSERT_OK_AND_ASSIGN(const auto page_bytes, kv_->Get(keys::Page(id, 1)));
  ASSERT_TRUE(page.ParseFromString(*page_bytes));
  page.clear_confidence();
  page.clear_ink_covered();
  page.clear_doubt();
  v1::StoredDocument document;
  ASSERT_OK_AND_ASSIGN(const auto document_bytes, kv_->Get(keys::Document(id)));
  ASSERT_TRUE(document.ParseFromString(*document_bytes));
  document.mutable_document()->clear_doubtful_pages();
  storage::WriteBatch old;
  old.Put(keys::Page(id, 1), page.SerializeAsString());
  old.Put(keys::Document(id), document.SerializeAsString());
  ASSERT_OK(kv_->Commit(old));

  Open();
  ExpectNoProblems();
  EXPECT_EQ(Get(name).doubtful_pages(), 1);
  ASSERT_OK_AND_ASSIGN(const auto listed, documents_->ListDoubtfulPages(viewer_, {}));
  ASSERT_EQ(listed.pages_size(), 1);
  EXPECT_EQ(listed.pages(0).page().number(), 2);
  EXPECT_EQ(listed.pages(0).file_name(), "release.pdf");

  v1::RetryDocumentRequest retry;
  retry.set_name(name);
  retry.add_pages(1);
  ASSERT_OK(documents_->RetryDocument(editor_, retry));
  ASSERT_OK(Complete(PageDone(Lease(1).at(0))));
  EXPECT_EQ(Get(name).doubtful_pages(), 2);
  EXPECT_EQ(GetPage(name, 1).confidence(), 40) << "the result that was there stays";
  ExpectNoProblems();
}

TEST_F(RestartTest, APageKeepsItsLanguage) {
  const std::string name = UploadPages(editor_, "abc", 2, "spa");
  WorkOff();
  v1::RetryDocumentRequest retry;
  retry.set_name(name);
  retry.add_pages(2);
  retry.set_languages("fra");
  ASSERT_OK(documents_->RetryDocument(editor_, retry));
  Open();
  const v1::PageTask task = Lease(4).at(0);
  EXPECT_EQ(task.page(), 2);
  EXPECT_EQ(task.languages(), "fra");
  ASSERT_OK(Complete(PageDone(task)));
  Open();
  EXPECT_EQ(GetPage(name, 1).record().text(), "text\nspa");
  EXPECT_EQ(GetPage(name, 2).record().text(), "text\nfra");
  ExpectNoProblems();
}

// The process died between the blob and its document.
TEST_F(RestartTest, APublishedBlobIsFinishedAfterACrash) {
  ASSERT_OK_AND_ASSIGN(v1::Upload upload, documents_->CreateUpload(editor_, Announce("abcdef")));
  ASSERT_OK(Write(editor_, upload.name(), 0, "abcdef"));
  const std::string id = upload.name().substr(upload.name().find('/') + 1);
  Close();
  {
    ASSERT_OK_AND_ASSIGN(auto kv, storage::OpenRocksDb({.directory = directory_ / "kv"}));
    ASSERT_OK_AND_ASSIGN(auto blobs,
                         storage::OpenDirectoryBlobStore(directory_ / "blobs", directory_ / "tmp"));
    v1::StoredUpload stored;
    ASSERT_OK_AND_ASSIGN(const auto bytes, kv->Get(keys::Upload(id)));
    ASSERT_TRUE(stored.ParseFromString(*bytes));
    stored.set_publishing(true);
    storage::WriteBatch batch;
    batch.Put(keys::Upload(id), stored.SerializeAsString());
    ASSERT_OK(kv->Commit(batch));
    ASSERT_OK_AND_ASSIGN(auto staging, blobs->OpenStaging(id));
    ASSERT_OK(staging->Finish(stored.upload().document().sha256(), 6));
  }
  Open();
  ASSERT_OK(documents_->SweepUploads());
  ASSERT_OK_AND_ASSIGN(upload, GetUpload(editor_, upload.name()));
  EXPECT_EQ(upload.committed_size_bytes(), 6);
  ASSERT_OK(Finish(editor_, upload.name()));
  ExpectNoProblems();
}

TEST_F(RestartTest, BytesWithoutAnUploadAreSwept) {
  ASSERT_OK_AND_ASSIGN(auto staging, blobs_->OpenStaging("u0"));
  ASSERT_OK(staging->Append("abc"));
  staging.reset();
  Open();
  ASSERT_OK(documents_->SweepUploads());
  EXPECT_THAT(blobs_->ListStaging(), testing::IsOkAndHolds(IsEmpty()));
}

TEST_F(RestartTest, UnfinishedPagesAreFoundAgain) {
  const std::string name = UploadPages(editor_, "abc", 5);
  const std::string waiting = Upload(editor_, "def");
  std::vector<v1::PageTask> leased = Lease(3);  // the other's probe and pages 1 and 2
  ASSERT_EQ(leased.size(), 3u);
  ASSERT_OK(Complete(PageDone(leased[1])));
  Open();
  EXPECT_EQ(store_->tasks().queued(), 5);
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_PROCESSING);
  // A worker that outlived the restart may still complete what nobody leased again...
  EXPECT_OK(Complete(PageDone(leased[2])));
  EXPECT_EQ(store_->tasks().queued(), 4);
  // ...and is told when somebody did; attempts never count down.
  const std::vector<v1::PageTask> again = Lease(8);
  ASSERT_EQ(again.size(), 4u);
  EXPECT_EQ(again[0].document(), waiting);
  EXPECT_EQ(again[0].attempt(), 2);
  EXPECT_THAT(Complete(ProbeDone(leased[0], 1)), HasReason(Reason::REASON_LEASE_LOST));
  for (const v1::PageTask& task : again) {
    EXPECT_OK(Complete(task.page() == 0 ? ProbeDone(task, 1) : PageDone(task)));
  }
  WorkOff();
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE);
  EXPECT_EQ(Get(waiting).state(), v1::DOCUMENT_STATE_DONE);
  ExpectNoProblems();
}

// Restarts are no fault of the page: they do not use up its attempts.
TEST_F(RestartTest, ManyRestartsDoNotFailAPage) {
  const std::string name = UploadPages(editor_, "abc", 1);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(Lease(1).size(), 1u);
    Open();
  }
  WorkOff();
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE);
}

TEST_F(RestartTest, FeedSealKeyAndEpochGoOn) {
  const std::string seal_key = store_->seal_key();
  EXPECT_EQ(seal_key.size(), 32u);
  UploadPages(editor_, "abc", 1);
  WorkOff();
  v1::ListChangesRequest list;
  ASSERT_OK_AND_ASSIGN(const v1::ListChangesResponse before, feed_->ListChanges(System(), list));
  Open();
  EXPECT_EQ(store_->seal_key(), seal_key);
  list.set_epoch(before.epoch());
  list.set_after_sequence(before.last_sequence());
  ASSERT_OK_AND_ASSIGN(v1::ListChangesResponse after, feed_->ListChanges(System(), list));
  EXPECT_THAT(after.changes(), IsEmpty());
  Upload(editor_, "def");
  ASSERT_OK_AND_ASSIGN(after, feed_->ListChanges(System(), list));
  ASSERT_EQ(after.changes_size(), 1);
  EXPECT_GT(after.changes(0).sequence(), before.last_sequence());

  ASSERT_OK(store_->ResetEpoch());
  EXPECT_THAT(feed_->ListChanges(System(), list), HasReason(Reason::REASON_EPOCH_CHANGED));
  const std::string epoch = store_->epoch();
  Open();
  EXPECT_EQ(store_->epoch(), epoch);
}

TEST_F(RestartTest, ANewerFormatIsRefused) {
  storage::WriteBatch batch;
  batch.Put(keys::kFormat, "2");
  ASSERT_OK(kv_->Commit(batch));
  EXPECT_THAT(DocumentStore::Open(*kv_, *blobs_, clock_), HasReason(Reason::REASON_NEWER_FORMAT));
}

}  // namespace
}  // namespace foia::documents
