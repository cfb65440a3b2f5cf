#include "services/documents/page_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "services/documents/fixture.h"
#include "services/documents/keys.h"
#include "services/documents/record_check.h"

namespace foia::documents {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PageTasksTest : public DocumentsTest {
 protected:
  absl::StatusOr<v1::Document> Retry(const std::string& name, const std::string& password = "") {
    v1::RetryDocumentRequest retry;
    retry.set_name(name);
    retry.set_password(password);
    return documents_->RetryDocument(editor_, retry);
  }
  absl::StatusOr<v1::Document> Retry(const std::string& name, const std::vector<int>& pages,
                                     const std::string& languages) {
    v1::RetryDocumentRequest retry;
    retry.set_name(name);
    retry.mutable_pages()->Assign(pages.begin(), pages.end());
    retry.set_languages(languages);
    return documents_->RetryDocument(editor_, retry);
  }
  std::string TextOf(const std::string& document, int page) {
    return GetPage(document, page).record().text();
  }
  // Reads what waits; "page languages" of each task that a worker got.
  std::vector<std::string> ReadAll() {
    std::vector<std::string> read;
    for (auto leased = Lease(8); !leased.empty(); leased = Lease(8)) {
      for (const v1::PageTask& task : leased) {
        read.push_back(std::to_string(task.page()) + " " + task.languages());
        EXPECT_OK(Complete(PageDone(task, 2)));
      }
    }
    return read;
  }
  bool PasswordIsKept(const std::string& name) {
    const auto value = kv_->Get(keys::Password(name.substr(name.find('/') + 1)));
    return value.ok() && value->has_value();
  }
};

TEST_F(PageTasksTest, AreForServicesOnly) {
  Upload(editor_, "abc");
  EXPECT_THAT(tasks_->LeaseTasks(owner_, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(tasks_->RenewLeases(owner_, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(tasks_->CompleteTask(owner_, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(tasks_->ReadTaskFile(owner_, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(PageTasksTest, ADocumentIsProbedThenRead) {
  const std::string name = Upload(editor_, "abc");
  std::vector<v1::PageTask> leased = Lease(4);
  ASSERT_THAT(leased, SizeIs(1));
  EXPECT_EQ(leased[0].document(), name);
  EXPECT_EQ(leased[0].page(), 0);
  EXPECT_EQ(leased[0].attempt(), 1);
  EXPECT_EQ(leased[0].size_bytes(), 3);
  EXPECT_EQ(leased[0].seal_key(), store_->seal_key());
  ASSERT_OK(Complete(ProbeDone(leased[0], 2)));
  EXPECT_EQ(Get(name).page_count(), 2);
  EXPECT_EQ(Get(name).media_type(), "application/pdf");
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_PROCESSING);

  leased = Lease(4);
  ASSERT_THAT(leased, SizeIs(2));
  EXPECT_EQ(GetPage(name, 1).state(), v1::PAGE_STATE_RUNNING);
  EXPECT_EQ(Get(name).page_states(0).state(), v1::PAGE_STATE_RUNNING);
  ASSERT_OK(Complete(PageDone(leased[0], 5)));
  ASSERT_OK(Complete(PageDone(leased[1], 0, v1::PAGE_STATE_BLANK)));
  const v1::Document document = Get(name);
  EXPECT_EQ(document.state(), v1::DOCUMENT_STATE_DONE);
  EXPECT_EQ(document.sealed_characters(), 5);
  EXPECT_EQ(GetPage(name, 1).record().text(), "text\n");
  EXPECT_EQ(GetPage(name, 1).attempts(), 1);
  EXPECT_THAT(Lease(4), IsEmpty());
  EXPECT_EQ(store_->tasks().queued() + store_->tasks().running(), 0);
  ExpectNoProblems();
}

TEST_F(PageTasksTest, DocumentStateIsTheFoldOfItsPages) {
  using v1::PAGE_STATE_BLANK;
  using v1::PAGE_STATE_DAMAGED;
  using v1::PAGE_STATE_DONE;
  using v1::PAGE_STATE_FAILED;
  using v1::PAGE_STATE_NEEDS_PASSWORD;
  using v1::PAGE_STATE_TIMED_OUT;
  using v1::PAGE_STATE_UNSUPPORTED;
  struct Row {
    std::vector<v1::PageState> pages;
    v1::DocumentState state;
  };
  const std::vector<Row> rows = {
      {{PAGE_STATE_DONE, PAGE_STATE_DONE}, v1::DOCUMENT_STATE_DONE},
      {{PAGE_STATE_DONE, PAGE_STATE_BLANK}, v1::DOCUMENT_STATE_DONE},
      {{PAGE_STATE_DONE, PAGE_STATE_FAILED}, v1::DOCUMENT_STATE_PARTLY_READ},
      {{PAGE_STATE_TIMED_OUT, PAGE_STATE_BLANK}, v1::DOCUMENT_STATE_PARTLY_READ},
      {{PAGE_STATE_NEEDS_PASSWORD, PAGE_STATE_NEEDS_PASSWORD}, v1::DOCUMENT_STATE_NEEDS_PASSWORD},
      {{PAGE_STATE_UNSUPPORTED, PAGE_STATE_UNSUPPORTED}, v1::DOCUMENT_STATE_UNSUPPORTED},
      {{PAGE_STATE_DAMAGED, PAGE_STATE_TIMED_OUT}, v1::DOCUMENT_STATE_DAMAGED},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string name =
        UploadPages(editor_, "file " + std::to_string(i), static_cast<int>(rows[i].pages.size()));
    for (const v1::PageState state : rows[i].pages) {
      EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_PROCESSING);
      const std::vector<v1::PageTask> leased = Lease(1);
      ASSERT_THAT(leased, SizeIs(1));
      ASSERT_OK(Complete(PageDone(leased[0], 0, state)));
    }
    EXPECT_EQ(Get(name).state(), rows[i].state) << i;
  }
  ExpectNoProblems();
}

TEST_F(PageTasksTest, AFailedProbeIsTheDocumentsState) {
  struct Row {
    v1::PageState probe;
    v1::DocumentState state;
  };
  for (const Row& row : {Row{v1::PAGE_STATE_NEEDS_PASSWORD, v1::DOCUMENT_STATE_NEEDS_PASSWORD},
                         Row{v1::PAGE_STATE_DAMAGED, v1::DOCUMENT_STATE_DAMAGED},
                         Row{v1::PAGE_STATE_UNSUPPORTED, v1::DOCUMENT_STATE_UNSUPPORTED},
                         Row{v1::PAGE_STATE_TIMED_OUT, v1::DOCUMENT_STATE_DAMAGED}}) {
    const std::string name = Upload(editor_, "file " + std::to_string(row.probe));
    v1::CompleteTaskRequest complete = Completion(Lease(1).at(0));
    complete.mutable_probe()->set_state(row.probe);
    complete.mutable_probe()->set_state_reason("why");
    ASSERT_OK(Complete(complete));
    EXPECT_EQ(Get(name).state(), row.state);
    EXPECT_EQ(Get(name).state_reason(), "why");
  }
}

// The huge document came first; the small one is done after its own few pages.
TEST_F(PageTasksTest, AHugeDocumentDoesNotStarveASmallOne) {
  const std::string huge = UploadPages(editor_, "huge", 1000);
  for (const v1::PageTask& task : Lease(10)) ASSERT_OK(Complete(PageDone(task)));
  const std::string small = Upload(editor_, "small");
  int tasks = 0;
  while (Get(small).state() != v1::DOCUMENT_STATE_DONE && tasks < 20) {
    for (const v1::PageTask& task : Lease(1)) {
      ASSERT_OK(Complete(task.page() == 0 ? ProbeDone(task, 3) : PageDone(task)));
      ++tasks;
    }
  }
  EXPECT_EQ(tasks, 4);
  EXPECT_EQ(Get(huge).state(), v1::DOCUMENT_STATE_PROCESSING);
}

TEST_F(PageTasksTest, AnExpiredLeaseGoesToTheNextWorker) {
  UploadPages(editor_, "abc", 1);
  const v1::PageTask first = Lease(1).at(0);
  clock_.Advance(kLeaseTime - absl::Seconds(1));
  EXPECT_THAT(Lease(1), IsEmpty());
  clock_.Advance(absl::Seconds(1));
  const v1::PageTask second = Lease(1).at(0);
  EXPECT_EQ(second.attempt(), 2);

  EXPECT_THAT(Complete(PageDone(first)), HasReason(Reason::REASON_LEASE_LOST));
  v1::ReadTaskFileRequest read;
  *read.mutable_lease() = Completion(first).lease();
  read.set_length(3);
  EXPECT_THAT(tasks_->ReadTaskFile(System(), read), HasReason(Reason::REASON_LEASE_LOST));
  *read.mutable_lease() = Completion(second).lease();
  ASSERT_OK_AND_ASSIGN(const v1::ReadTaskFileResponse file, tasks_->ReadTaskFile(System(), read));
  EXPECT_EQ(file.data(), "abc");

  ASSERT_OK(Complete(PageDone(second)));
  EXPECT_OK(Complete(PageDone(second)));  // the answer was lost, the worker repeats
  EXPECT_THAT(Complete(PageDone(first)), HasReason(Reason::REASON_LEASE_LOST));
  ExpectNoProblems();
}

TEST_F(PageTasksTest, ARenewedLeaseHolds) {
  UploadPages(editor_, "abc", 2);
  const std::vector<v1::PageTask> leased = Lease(2);
  v1::RenewLeasesRequest renew;
  *renew.add_leases() = Completion(leased[0]).lease();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(absl::Seconds(40));
    ASSERT_OK_AND_ASSIGN(const auto renewed, tasks_->RenewLeases(System(), renew));
    EXPECT_THAT(renewed.lost(), IsEmpty());
    for (const v1::PageTask& task : Lease(2)) EXPECT_EQ(task.page(), 2);
  }
  *renew.add_leases() = Completion(leased[1]).lease();
  ASSERT_OK_AND_ASSIGN(const auto renewed, tasks_->RenewLeases(System(), renew));
  ASSERT_THAT(renewed.lost(), SizeIs(1));
  EXPECT_EQ(renewed.lost(0).page(), 2);
}

TEST_F(PageTasksTest, ThreeExpiredLeasesFailThePage) {
  const std::string name = UploadPages(editor_, "abc", 2);
  v1::PageTask task;
  for (int i = 0; i < kMaxExpiredLeases; ++i) {
    for (const v1::PageTask& leased : Lease(2)) {
      if (leased.page() == 1) {
        task = leased;
      } else {
        ASSERT_OK(Complete(PageDone(leased)));
      }
    }
    clock_.Advance(kLeaseTime);
  }
  EXPECT_THAT(Lease(1), IsEmpty());
  EXPECT_EQ(GetPage(name, 1).state(), v1::PAGE_STATE_FAILED);
  EXPECT_EQ(GetPage(name, 1).state_reason(), "attempt limit");
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_PARTLY_READ);

  ASSERT_OK(Retry(name));
  EXPECT_THAT(Complete(PageDone(task)), HasReason(Reason::REASON_LEASE_LOST));
  const v1::PageTask retried = Lease(1).at(0);
  EXPECT_GT(retried.attempt(), 3);
  EXPECT_THAT(Complete(PageDone(task)), HasReason(Reason::REASON_LEASE_LOST));
  ASSERT_OK(Complete(PageDone(retried)));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE);
  ExpectNoProblems();
}

TEST_F(PageTasksTest, ALateRepeatOfTheOldResultDoesNotEndTheRetriedTask) {
  const std::string name = Upload(editor_, "abc");
  v1::CompleteTaskRequest probe = Completion(Lease(1).at(0));
  probe.mutable_probe()->set_state(v1::PAGE_STATE_DAMAGED);
  ASSERT_OK(Complete(probe));
  ASSERT_OK(Retry(name));
  EXPECT_THAT(Complete(probe), HasReason(Reason::REASON_LEASE_LOST));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_QUEUED);

  ASSERT_OK(Complete(ProbeDone(Lease(1).at(0), 1)));
  const v1::CompleteTaskRequest failed = PageDone(Lease(1).at(0), 0, v1::PAGE_STATE_TIMED_OUT);
  ASSERT_OK(Complete(failed));
  ASSERT_OK(Retry(name));
  EXPECT_THAT(Complete(failed), HasReason(Reason::REASON_LEASE_LOST));
  EXPECT_EQ(GetPage(name, 1).state(), v1::PAGE_STATE_QUEUED);
  ASSERT_OK(Complete(PageDone(Lease(1).at(0))));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE);
}

TEST_F(PageTasksTest, AProbeWhoseLeasesExpireFails) {
  const std::string name = Upload(editor_, "abc");
  for (int i = 0; i < kMaxExpiredLeases; ++i) {
    ASSERT_THAT(Lease(1), SizeIs(1));
    clock_.Advance(kLeaseTime);
  }
  EXPECT_THAT(Lease(1), IsEmpty());
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DAMAGED);
  EXPECT_EQ(Get(name).state_reason(), "attempt limit");
}

TEST_F(PageTasksTest, ATaskMayBeGivenBack) {
  UploadPages(editor_, "abc", 1);
  for (int i = 0; i < 5; ++i) {
    const v1::PageTask task = Lease(1).at(0);
    EXPECT_EQ(task.attempt(), i + 1);
    ASSERT_OK(Complete(Completion(task)));
    EXPECT_THAT(Complete(Completion(task)), HasReason(Reason::REASON_LEASE_LOST));
  }
}

TEST_F(PageTasksTest, BadRecordsFailThePage) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::function<void(v1::PageRecord&)>> rows = {
      [](auto& r) { r.set_state(v1::PAGE_STATE_QUEUED); },
      [](auto& r) { r.set_state(v1::PAGE_STATE_UNSPECIFIED); },
      [](auto& r) { r.set_state(static_cast<v1::PageState>(77)); },
      [](auto& r) { r.set_format(2); },
      [](auto& r) { r.set_text(std::string(kMaxRecordBytes + 1, 'x')); },
      [](auto& r) { r.set_state(v1::PAGE_STATE_BLANK); },  // and yet has text
      [=](auto& r) { r.set_width(nan); },
      [=](auto& r) { r.add_words()->mutable_box()->set_x0(nan); },
      [](auto& r) { r.add_words()->set_line(1); },
      [](auto& r) { r.add_words()->set_line(-1); },
      [](auto& r) { r.add_other_layer_words()->set_line(1); },
      [](auto& r) { r.add_lines()->set_block(1); },
      [](auto& r) { r.add_blocks()->mutable_box()->set_x0(1); },
      [](auto& r) { r.add_redactions()->set_word_position(2); },
      [](auto& r) { r.add_redactions()->set_recoverable_chars(-1); },
      [](auto& r) { r.mutable_sealed()->set_characters(-1); },
      [=](auto& r) { r.set_mean_confidence(nan); },
      [=](auto& r) { r.set_ink_covered(nan); },
      [](auto& r) { r.mutable_sealed()->set_keyed_hash("short"); },
      [](auto& r) { r.set_page_label(std::string(1000, 'x')); },
  };
  const std::string name = UploadPages(editor_, "abc", static_cast<int>(rows.size()));
  int page = 0;
  for (const auto& change : rows) {
    v1::CompleteTaskRequest complete = PageDone(Lease(1).at(0));
    change(*complete.mutable_page());
    ASSERT_OK(Complete(complete));
    const v1::Page failed = GetPage(name, ++page);
    EXPECT_EQ(failed.state(), v1::PAGE_STATE_FAILED) << page;
    EXPECT_THAT(failed.state_reason(), ::testing::StartsWith("the result was refused: "));
  }
  ExpectNoProblems();
}

TEST_F(PageTasksTest, BadProbesFailTheDocument) {
  const std::vector<std::function<void(v1::ProbeResult&)>> rows = {
      [](auto& r) { r.set_state(v1::PAGE_STATE_RUNNING); },
      [](auto& r) { r.set_state(v1::PAGE_STATE_BLANK); },
      [](auto& r) { r.set_page_count(0); },
      [](auto& r) { r.set_page_count(-5); },
      [](auto& r) { r.set_media_type("a b"); },
  };
  for (const auto& change : rows) {
    const std::string name = Upload(editor_, "abc");
    v1::CompleteTaskRequest complete = ProbeDone(Lease(1).at(0), 1);
    change(*complete.mutable_probe());
    ASSERT_OK(Complete(complete));
    EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DAMAGED);
  }
  const std::string name = Upload(editor_, "abc");
  ASSERT_OK(Complete(ProbeDone(Lease(1).at(0), kMaxPages + 1)));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_UNSUPPORTED);
}

TEST_F(PageTasksTest, AResultMustFitItsTask) {
  Upload(editor_, "abc");
  const v1::PageTask probe = Lease(1).at(0);
  EXPECT_THAT(Complete(PageDone(probe)), HasReason(Reason::REASON_INVALID_FIELD));
  v1::PageTask unknown = probe;
  unknown.set_document("documents/none");
  EXPECT_THAT(Complete(ProbeDone(unknown, 1)), HasReason(Reason::REASON_LEASE_LOST));
  unknown = probe;
  unknown.set_attempt(0);
  EXPECT_THAT(Complete(ProbeDone(unknown, 1)), HasReason(Reason::REASON_LEASE_LOST));
}

TEST_F(PageTasksTest, SameBytesAreReadOnce) {
  const std::string red = Upload(owner_, "abc", "requests/r1");
  const std::string blue = Upload(owner_, "abc", "requests/r2");
  for (const v1::PageTask& task : Lease(2)) ASSERT_OK(Complete(ProbeDone(task, 2)));
  // Both documents wait, yet each page of the bytes is with one worker only.
  const std::vector<v1::PageTask> leased = Lease(8);
  ASSERT_THAT(leased, SizeIs(2));
  EXPECT_THAT(Lease(8), IsEmpty());
  for (const v1::PageTask& task : leased) ASSERT_OK(Complete(PageDone(task, 3)));
  EXPECT_THAT(Lease(8), IsEmpty());
  for (const std::string& name : {red, blue}) {
    EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE) << name;
    EXPECT_EQ(Get(name).sealed_characters(), 6);
    EXPECT_EQ(GetPage(name, 2).record().text(), "text\n");
  }
  ExpectNoProblems();
}

TEST_F(PageTasksTest, UnreadPagesAreNotShared) {
  UploadPages(owner_, "abc", 1);
  ASSERT_OK(Complete(PageDone(Lease(1).at(0), 0, v1::PAGE_STATE_TIMED_OUT)));
  UploadPages(owner_, "abc", 1);
  EXPECT_THAT(Lease(1), SizeIs(1));
}

TEST_F(PageTasksTest, QuickPagesAreNotShared) {
  UploadPages(owner_, "abc", 1);
  v1::CompleteTaskRequest quick = PageDone(Lease(1).at(0));
  quick.mutable_page()->mutable_engine()->set_quick(true);
  quick.mutable_page()->mutable_engine()->set_configuration_hash("quick");
  ASSERT_OK(Complete(quick));
  UploadPages(owner_, "abc", 1);
  EXPECT_THAT(Lease(1), SizeIs(1));
}

TEST_F(PageTasksTest, ADocumentHasLanguages) {
  const std::string spanish = UploadPages(owner_, "abc", 2, "spa");
  EXPECT_EQ(Get(spanish).languages(), "spa");
  EXPECT_THAT(ReadAll(), ElementsAre("1 spa", "2 spa"));
  EXPECT_EQ(TextOf(spanish, 2), "text\nspa");
  // Neither is given the other's result, though the bytes are the same.
  const std::string other = UploadPages(owner_, "abc", 2);
  EXPECT_THAT(ReadAll(), ElementsAre("1 ", "2 "));
  EXPECT_EQ(TextOf(other, 2), "text\n");
  EXPECT_EQ(TextOf(spanish, 2), "text\nspa");
  // Results in the same languages are shared.
  for (const std::string languages : {"spa", ""}) {
    const std::string same = UploadPages(owner_, "abc", 2, languages);
    EXPECT_THAT(ReadAll(), IsEmpty());
    EXPECT_EQ(TextOf(same, 1), "text\n" + languages);
  }
  ExpectNoProblems();
}

TEST_F(PageTasksTest, APageIsReadAgainInItsOwnLanguage) {
  const std::string name = UploadPages(owner_, "abc", 4, "spa");
  ReadAll();
  const std::string twin = UploadPages(owner_, "abc", 4, "spa");
  ReadAll();
  ASSERT_OK_AND_ASSIGN(const v1::Document queued, Retry(name, {2, 4}, "fra+eng"));
  EXPECT_EQ(queued.state(), v1::DOCUMENT_STATE_PROCESSING);
  EXPECT_EQ(queued.sealed_characters(), 4) << "those of the pages that are still read";
  EXPECT_FALSE(GetPage(name, 2).has_record());
  EXPECT_THAT(ReadAll(), ElementsAre("2 fra+eng", "4 fra+eng"));
  EXPECT_EQ(Get(name).sealed_characters(), 8);
  EXPECT_EQ(GetPage(name, 2).languages(), "fra+eng");
  EXPECT_EQ(TextOf(name, 2), "text\nfra+eng");
  EXPECT_EQ(TextOf(name, 1), "text\nspa");
  EXPECT_EQ(TextOf(twin, 2), "text\nspa") << "the old result stays for whoever uses it";

  // The page keeps its own languages until it is told otherwise; the result is still there then.
  ASSERT_OK(Retry(name, {2}, ""));
  EXPECT_THAT(ReadAll(), ElementsAre("2 fra+eng"));
  ASSERT_OK(Retry(name, {2}, "default"));
  EXPECT_THAT(ReadAll(), IsEmpty());
  EXPECT_EQ(TextOf(name, 2), "text\nspa");
  EXPECT_EQ(GetPage(name, 2).languages(), "");
  ExpectNoProblems();
}

TEST_F(PageTasksTest, ADocumentIsReadAgainInOtherLanguages) {
  const std::string name = UploadPages(owner_, "abc", 3);
  ReadAll();
  ASSERT_OK(Retry(name, {3}, "deu"));
  ReadAll();
  const std::string etag = Get(name).etag();
  ASSERT_OK(Retry(name, {}, "fra"));
  EXPECT_NE(Get(name).etag(), etag);
  EXPECT_EQ(Get(name).languages(), "fra");
  EXPECT_THAT(ReadAll(), ElementsAre("1 fra", "2 fra", "3 fra")) << "also the page with its own";
  ASSERT_OK(Retry(name, {}, "default"));
  EXPECT_EQ(Get(name).languages(), "");
  EXPECT_THAT(ReadAll(), IsEmpty()) << "they were read so before";
  // Nothing changes, nothing was unread.
  ASSERT_OK(Retry(name));
  EXPECT_THAT(ReadAll(), IsEmpty());
  ExpectNoProblems();
}

TEST_F(PageTasksTest, NamedPagesAreReadAnew) {
  const std::string name = UploadPages(owner_, "abc", 3);
  ReadAll();
  ASSERT_OK(Retry(name, {1, 3}, ""));
  std::vector<v1::PageTask> leased = Lease(8);
  ASSERT_THAT(leased, SizeIs(2)) << "the old results will not do";
  v1::CompleteTaskRequest better = PageDone(leased[0]);
  better.mutable_page()->mutable_engine()->set_pipeline("2");
  better.mutable_page()->set_text("better\n");
  ASSERT_OK(Complete(better));
  EXPECT_EQ(TextOf(name, 1), "better\n");
  // The same pipeline gives the same result; what differs in it is not taken.
  v1::CompleteTaskRequest same = PageDone(leased[1]);
  same.mutable_page()->set_text("another\n");
  ASSERT_OK(Complete(same));
  EXPECT_EQ(TextOf(name, 3), "text\n");
  ExpectNoProblems();
}

TEST_F(PageTasksTest, APageThatCannotBeReadAnewKeepsWhatWasRead) {
  const std::string name = UploadPages(editor_, "abc", 2);
  ReadAll();
  const std::string text = TextOf(name, 2);
  const int64_t sealed = Get(name).sealed_characters();
  ASSERT_OK(Retry(name, {2}, "deu"));
  ASSERT_OK(Complete(PageDone(Lease(1).at(0), 0, v1::PAGE_STATE_TIMED_OUT)));
  const v1::Page page = GetPage(name, 2);
  EXPECT_EQ(page.state(), v1::PAGE_STATE_DONE);
  EXPECT_EQ(page.record().text(), text);
  EXPECT_THAT(page.doubt(), ::testing::HasSubstr("reading it again failed"));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_DONE);
  EXPECT_EQ(Get(name).doubtful_pages(), 1);
  EXPECT_EQ(Get(name).sealed_characters(), sealed);
  ASSERT_OK(Retry(name, {2}, ""));
  ReadAll();
  EXPECT_EQ(GetPage(name, 2).doubt(), "");
  ExpectNoProblems();
}

TEST_F(PageTasksTest, WhoReadsAPageThatChangesItsLanguageLosesTheLease) {
  const std::string name = UploadPages(owner_, "abc", 2);
  const v1::PageTask old = Lease(1).at(0);
  EXPECT_EQ(old.languages(), "");
  ASSERT_OK(Retry(name, {}, "spa"));
  EXPECT_EQ(Get(name).page_states(0).pages(), 2);
  EXPECT_THAT(Complete(PageDone(old)), HasReason(Reason::REASON_LEASE_LOST));
  EXPECT_THAT(ReadAll(), ElementsAre("1 spa", "2 spa"));
  EXPECT_THAT(Complete(PageDone(old)), HasReason(Reason::REASON_LEASE_LOST));
  EXPECT_EQ(store_->tasks().queued() + store_->tasks().running(), 0);
  ExpectNoProblems();
}

TEST_F(PageTasksTest, ChangedLanguagesCountForPagesThatWait) {
  const std::string name = UploadPages(owner_, "abc", 2);
  ASSERT_OK(Complete(PageDone(Lease(1).at(0))));
  v1::UpdateDocumentRequest update;
  update.mutable_document()->set_name(name);
  update.mutable_document()->set_languages("spa");
  ASSERT_OK(documents_->UpdateDocument(editor_, update));
  EXPECT_THAT(ReadAll(), ElementsAre("2 spa"));
  update.mutable_document()->set_languages("default");
  ASSERT_OK_AND_ASSIGN(const v1::Document updated, documents_->UpdateDocument(editor_, update));
  EXPECT_EQ(updated.languages(), "");
}

TEST_F(PageTasksTest, LanguagesAndPagesAreChecked) {
  const std::string name = UploadPages(owner_, "abc", 2);
  for (const std::string languages :
       {"../eng", "eng+", "+", "eng spa", "eng,spa", "a+b+c+d+e+f+g+h+i", "eng+eng", "fra+",
        "x.traineddata", "\xc3\xa9", "abcdefghijklmnopqrstuvwxyzabcdefg"}) {
    EXPECT_THAT(Retry(name, {}, languages), HasReason(Reason::REASON_INVALID_FIELD)) << languages;
    v1::UpdateDocumentRequest update;
    update.mutable_document()->set_name(name);
    update.mutable_document()->set_languages(languages);
    EXPECT_THAT(documents_->UpdateDocument(editor_, update),
                HasReason(Reason::REASON_INVALID_FIELD))
        << languages;
    v1::CreateUploadRequest create = Announce("abc");
    create.mutable_document()->set_languages(languages);
    EXPECT_THAT(documents_->CreateUpload(editor_, create), HasReason(Reason::REASON_INVALID_FIELD))
        << languages;
  }
  for (const std::string languages : {"chi_sim_vert", "a+b+c+d+e+f+g+h", "eng"}) {
    EXPECT_OK(Retry(name, {}, languages)) << languages;
  }
  for (const int page : {0, -1, 3}) {
    EXPECT_THAT(Retry(name, {1, page}, ""), HasReason(Reason::REASON_INVALID_FIELD)) << page;
  }
  EXPECT_THAT(Retry(Upload(owner_, "not counted"), {1}, ""),
              HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(PageTasksTest, APasswordIsKeptWhilePagesWait) {
  const std::string name = Upload(editor_, "abc");
  v1::CompleteTaskRequest locked = Completion(Lease(1).at(0));
  locked.mutable_probe()->set_state(v1::PAGE_STATE_NEEDS_PASSWORD);
  ASSERT_OK(Complete(locked));
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_NEEDS_PASSWORD);

  ASSERT_OK_AND_ASSIGN(const v1::Document retried, Retry(name, "swordfish"));
  EXPECT_EQ(retried.state(), v1::DOCUMENT_STATE_QUEUED);
  EXPECT_EQ(retried.DebugString().find("swordfish"), std::string::npos);
  v1::PageTask task = Lease(1).at(0);
  EXPECT_EQ(task.password(), "swordfish");
  ASSERT_OK(Complete(ProbeDone(task, 1)));
  EXPECT_TRUE(PasswordIsKept(name));
  task = Lease(1).at(0);
  EXPECT_EQ(task.password(), "swordfish");
  ASSERT_OK(Complete(PageDone(task)));
  EXPECT_FALSE(PasswordIsKept(name));

  // There is nothing to retry now, so nothing is kept.
  ASSERT_OK(Retry(name, "swordfish"));
  EXPECT_FALSE(PasswordIsKept(name));
}

TEST_F(PageTasksTest, TenThousandPagesAreCheap) {
  const auto start = std::chrono::steady_clock::now();
  const std::string name = UploadPages(editor_, "abc", 10'000);
  int pages = 0;
  for (auto leased = Lease(64); !leased.empty(); leased = Lease(64)) {
    for (const v1::PageTask& task : leased) {
      const bool unread = task.page() == 9'000;
      ASSERT_OK(Complete(PageDone(task, 0, unread ? v1::PAGE_STATE_DAMAGED : v1::PAGE_STATE_DONE)));
      ++pages;
    }
  }
  EXPECT_EQ(pages, 10'000);
  EXPECT_EQ(Get(name).state(), v1::DOCUMENT_STATE_PARTLY_READ);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start);
  RecordProperty("seconds", std::to_string(seconds.count()));
  const auto listing = std::chrono::steady_clock::now();
  ASSERT_OK_AND_ASSIGN(const auto doubtful, documents_->ListDoubtfulPages(viewer_, {}));
  ASSERT_EQ(doubtful.pages_size(), 1);
  EXPECT_EQ(doubtful.pages(0).page().number(), 9'000);
  RecordProperty(
      "listing_seconds",
      std::to_string(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - listing).count()));
  EXPECT_LT(seconds.count(), 30);  // some 2 s without sanitizers; quadratic work would take minutes
}

// Workers race with each other, with expiring leases and with repeated completions.
TEST_F(PageTasksTest, RacingWorkersEndEveryPageOnce) {
  for (const std::string bytes : {"a", "b", "c", "a"}) UploadPages(owner_, bytes, 40);
  std::atomic<int> idle = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&, i] {
      int turn = 0;
      while (store_->tasks().queued() + store_->tasks().running() > 0 && idle < 100'000) {
        const std::vector<v1::PageTask> leased = Lease(3);
        if (leased.empty()) ++idle;
        for (const v1::PageTask& task : leased) {
          if (++turn % 7 == i) {
            clock_.Advance(kLeaseTime / 20);  // some leases grow old
          } else if (turn % 11 == i) {
            (void)Complete(Completion(task));
            continue;
          }
          const absl::Status status = Complete(PageDone(task));
          EXPECT_TRUE(status.ok() || ReasonOf(status) == Reason::REASON_LEASE_LOST) << status;
          const absl::Status again = Complete(PageDone(task));
          EXPECT_TRUE(again.ok() || ReasonOf(again) == Reason::REASON_LEASE_LOST) << again;
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(store_->tasks().queued() + store_->tasks().running(), 0);
  ExpectNoProblems();
}

TEST_F(PageTasksTest, OddWaitsAreBounded) {
  Upload(editor_, "abc");
  for (const int64_t seconds : {std::numeric_limits<int64_t>::max(), int64_t{-1}}) {
    v1::LeaseTasksRequest lease;
    lease.set_max_tasks(-5);
    lease.mutable_wait()->set_seconds(seconds);
    ASSERT_OK_AND_ASSIGN(const auto leased, tasks_->LeaseTasks(System(), lease));
    ASSERT_EQ(leased.tasks_size(), 1);
    ASSERT_OK(Complete(Completion(leased.tasks(0))));
  }
}

TEST_F(PageTasksTest, LeaseTasksWaitsForATask) {
  std::thread uploader([&] { Upload(editor_, "abc"); });
  v1::LeaseTasksRequest lease;
  lease.set_max_tasks(1);
  lease.mutable_wait()->set_seconds(10);
  ASSERT_OK_AND_ASSIGN(v1::LeaseTasksResponse leased, tasks_->LeaseTasks(System(), lease));
  uploader.join();
  EXPECT_EQ(leased.tasks_size(), 1);
  std::thread stopper([&] { store_->Stop(); });
  ASSERT_OK_AND_ASSIGN(leased, tasks_->LeaseTasks(System(), lease));
  stopper.join();
  EXPECT_THAT(leased.tasks(), IsEmpty());
}

}  // namespace
}  // namespace foia::documents
