#include "services/documents/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "services/base/page_token.h"
#include "services/documents/fixture.h"
#include "services/documents/keys.h"
#include "services/documents/record_check.h"

namespace foia::documents {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DocumentServiceTest : public DocumentsTest {
 protected:
  absl::StatusOr<v1::Document> GetAs(const Principal& caller, const std::string& name) {
    v1::GetDocumentRequest get;
    get.set_name(name);
    return documents_->GetDocument(caller, get);
  }
  // Names over all pages of the list.
  std::vector<std::string> ListAs(const Principal& caller, const std::string& request = "",
                                  int page_size = 2) {
    std::vector<std::string> names;
    v1::ListDocumentsRequest list;
    list.set_request(request);
    list.set_page_size(page_size);
    do {
      const auto response = documents_->ListDocuments(caller, list);
      EXPECT_OK(response);
      if (!response.ok()) break;
      EXPECT_LE(response->documents_size(), page_size);
      for (const v1::Document& document : response->documents()) names.push_back(document.name());
      list.set_page_token(response->next_page_token());
    } while (!list.page_token().empty());
    return names;
  }
  // A page that was read, but not well.
  static v1::CompleteTaskRequest PoorPage(const v1::PageTask& task) {
    v1::CompleteTaskRequest poor = PageDone(task);
    poor.mutable_page()->set_mean_confidence(40);
    poor.mutable_page()->set_ink_covered(0.5);
    return poor;
  }
  // "document page" over all pages of the list.
  std::vector<std::string> DoubtfulAs(const Principal& caller, const std::string& request = "",
                                      int page_size = 2) {
    std::vector<std::string> pages;
    v1::ListDoubtfulPagesRequest list;
    list.set_request(request);
    list.set_page_size(page_size);
    do {
      const auto response = documents_->ListDoubtfulPages(caller, list);
      EXPECT_OK(response);
      if (!response.ok()) break;
      EXPECT_LE(response->pages_size(), page_size);
      for (const v1::DoubtfulPage& row : response->pages()) pages.push_back(row.page().name());
      list.set_page_token(response->next_page_token());
    } while (!list.page_token().empty());
    return pages;
  }
  absl::StatusOr<v1::ReadOriginalResponse> ReadAs(const Principal& caller, const std::string& name,
                                                  int64_t offset = 0, int64_t length = 100) {
    v1::ReadOriginalRequest read;
    read.set_name(name);
    read.set_offset(offset);
    read.set_length(length);
    return documents_->ReadOriginal(caller, read);
  }
};

TEST_F(DocumentServiceTest, HiddenAndUnknownAreTheSame) {
  const std::string hidden = UploadPages(editor_, "abc", 1);
  std::string unknown = hidden;
  unknown.back() = unknown.back() == '0' ? '1' : '0';
  const auto calls = [&](const std::string& name) {
    v1::UpdateDocumentRequest update;
    update.mutable_document()->set_name(name);
    v1::SetDocumentLabelRequest move;
    move.set_name(name);
    v1::RetryDocumentRequest retry;
    retry.set_name(name);
    v1::GetPageRequest page;
    page.set_name(name + "/pages/1");
    v1::ListPagesRequest pages;
    pages.set_parent(name);
    v1::ListPagesRequest doubtful = pages;
    doubtful.set_doubtful(true);
    return std::vector<absl::Status>{
        GetAs(outsider_, name).status(),
        documents_->UpdateDocument(outsider_, update).status(),
        documents_->SetDocumentLabel(outsider_, move).status(),
        documents_->RetryDocument(outsider_, retry).status(),
        documents_->GetPage(outsider_, page).status(),
        documents_->ListPages(outsider_, pages).status(),
        documents_->ListPages(outsider_, doubtful).status(),
        ReadAs(outsider_, name).status(),
    };
  };
  const std::vector<absl::Status> of_hidden = calls(hidden);
  const std::vector<absl::Status> of_unknown = calls(unknown);
  for (size_t i = 0; i < of_hidden.size(); ++i) {
    EXPECT_THAT(of_hidden[i], HasReason(Reason::REASON_DOCUMENT_NOT_FOUND)) << i;
    std::string message(of_unknown[i].message());
    message.replace(message.find(unknown), unknown.size(), hidden);
    EXPECT_EQ(of_hidden[i].message(), message) << i;
    EXPECT_THAT(of_unknown[i], HasReason(Reason::REASON_DOCUMENT_NOT_FOUND)) << i;
  }
}

TEST_F(DocumentServiceTest, UniquePrefixesNameADocument) {
  const std::string first = Upload(editor_, "a");
  clock_.Advance(absl::Hours(100));
  const std::string second = Upload(editor_, "b");
  const size_t differ = static_cast<size_t>(
      std::mismatch(first.begin(), first.end(), second.begin()).first - first.begin());
  const std::string unique = first.substr(0, differ + 1);
  for (const std::string& name :
       {first, unique, unique.substr(unique.find('/') + 1), "documents/D" + first.substr(11)}) {
    ASSERT_OK_AND_ASSIGN(const v1::Document found, GetAs(editor_, name));
    EXPECT_EQ(found.name(), first);
  }
  EXPECT_THAT(GetAs(editor_, "documents/d"), HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_THAT(GetAs(editor_, "documents/"), HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));
  EXPECT_THAT(GetAs(editor_, ""), HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));
  // What the caller cannot see does not make a prefix ambiguous.
  const std::string other = Upload(outsider_, "c", "requests/r2");
  ASSERT_OK_AND_ASSIGN(const v1::Document found, GetAs(outsider_, "documents/d"));
  EXPECT_EQ(found.name(), other);
}

TEST_F(DocumentServiceTest, ListsShowWhatTheCallerMaySee) {
  std::vector<std::string> red;
  std::vector<std::string> blue;
  std::vector<std::string> all;
  for (int i = 0; i < 7; ++i) {
    const bool is_red = i % 3 != 0;
    all.push_back(Upload(owner_, std::to_string(i), is_red ? "requests/r1" : "requests/r2"));
    (is_red ? red : blue).push_back(all.back());
  }
  EXPECT_EQ(ListAs(viewer_), red);
  EXPECT_EQ(ListAs(outsider_), blue);
  EXPECT_EQ(ListAs(owner_), all);
  EXPECT_EQ(ListAs(System()), all);
  EXPECT_THAT(ListAs(Person("nobody", {})), IsEmpty());
  EXPECT_EQ(ListAs(owner_, "requests/r2"), blue);
  EXPECT_EQ(ListAs(owner_, "requests/r1", 4), red);  // exactly full

  v1::ListDocumentsRequest list;
  list.set_request("requests/r1");
  EXPECT_THAT(documents_->ListDocuments(outsider_, list),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  list.set_page_size(-1);
  EXPECT_THAT(documents_->ListDocuments(owner_, list), HasReason(Reason::REASON_INVALID_FIELD));
  list.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page, documents_->ListDocuments(owner_, list));
  list.set_page_token(page.next_page_token());
  list.clear_request();
  EXPECT_THAT(documents_->ListDocuments(owner_, list),
              HasReason(Reason::REASON_INVALID_PAGE_TOKEN));
}

TEST_F(DocumentServiceTest, PeopleChangeTheirFields) {
  const std::string name = Upload(editor_, "abc");
  v1::UpdateDocumentRequest update;
  update.mutable_document()->set_name(name);
  update.mutable_document()->set_release_number(3);
  update.mutable_document()->mutable_receive_date()->set_year(2020);
  update.mutable_document()->mutable_receive_date()->set_month(8);
  update.mutable_document()->mutable_receive_date()->set_day(13);
  update.mutable_document()->set_sha256("ignored");
  ASSERT_OK_AND_ASSIGN(v1::Document document, documents_->UpdateDocument(editor_, update));
  EXPECT_EQ(document.release_number(), 3);
  EXPECT_EQ(document.receive_date().day(), 13);
  EXPECT_EQ(document.file_name(), "release.pdf");
  EXPECT_NE(document.sha256(), "ignored");

  const std::string etag = document.etag();
  update.mutable_document()->set_etag(etag);
  update.mutable_document()->clear_receive_date();
  update.mutable_document()->set_kind(v1::DOCUMENT_KIND_LETTER);
  update.mutable_update_mask()->add_paths("receive_date");
  ASSERT_OK_AND_ASSIGN(document, documents_->UpdateDocument(editor_, update));
  EXPECT_FALSE(document.has_receive_date());
  EXPECT_EQ(document.kind(), v1::DOCUMENT_KIND_RELEASE);
  EXPECT_NE(document.etag(), etag);
  EXPECT_THAT(documents_->UpdateDocument(editor_, update), HasReason(Reason::REASON_STALE_ETAG));

  update.mutable_document()->clear_etag();
  update.mutable_update_mask()->add_paths("sha256");
  EXPECT_THAT(documents_->UpdateDocument(editor_, update), HasReason(Reason::REASON_INVALID_FIELD));
  update.mutable_update_mask()->clear_paths();
  update.mutable_update_mask()->add_paths("*");
  EXPECT_THAT(documents_->UpdateDocument(editor_, update),
              HasReason(Reason::REASON_INVALID_FIELD));  // no file name
  update.mutable_document()->set_file_name("letter.pdf");
  ASSERT_OK_AND_ASSIGN(document, documents_->UpdateDocument(editor_, update));
  EXPECT_EQ(document.file_name(), "letter.pdf");
  EXPECT_THAT(documents_->UpdateDocument(viewer_, update),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_EQ(Get(name).etag(), document.etag());
}

// Work on pages does not disturb people: their etag stays.
TEST_F(DocumentServiceTest, PagesDoNotChangeTheEtag) {
  const std::string name = Upload(editor_, "abc");
  const std::string etag = Get(name).etag();
  WorkOff();
  EXPECT_EQ(Get(name).etag(), etag);
}

TEST_F(DocumentServiceTest, LabelsAreMovedByOwnersOfBoth) {
  const std::string name = Upload(editor_, "abc");
  v1::SetDocumentLabelRequest move;
  move.set_name(name);
  move.set_label("labels/blue");
  EXPECT_THAT(documents_->SetDocumentLabel(editor_, move),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  const Principal half = Person(
      "half", {{"labels/red", access::v1::ROLE_OWNER}, {"labels/blue", access::v1::ROLE_EDITOR}});
  EXPECT_THAT(documents_->SetDocumentLabel(half, move),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  move.set_etag("77");
  EXPECT_THAT(documents_->SetDocumentLabel(owner_, move), HasReason(Reason::REASON_STALE_ETAG));
  move.clear_etag();
  ASSERT_OK(documents_->SetDocumentLabel(owner_, move));
  EXPECT_THAT(GetAs(viewer_, name), HasReason(Reason::REASON_DOCUMENT_NOT_FOUND));
  EXPECT_THAT(ListAs(viewer_), IsEmpty());
  EXPECT_THAT(ListAs(viewer_, "requests/r1"), IsEmpty());
  EXPECT_THAT(ListAs(outsider_), ElementsAre(name));
  ExpectNoProblems();
}

TEST_F(DocumentServiceTest, OriginalsAreOpenOnceNothingCanBeUnderTheBoxes) {
  struct Row {
    std::string what;
    std::function<void(const v1::PageTask&)> end;
    bool viewer_reads;
  };
  const std::vector<Row> rows = {
      {"waits", [](const v1::PageTask&) {}, false},
      {"read", [&](const v1::PageTask& task) { ASSERT_OK(Complete(PageDone(task))); }, true},
      {"sealed", [&](const v1::PageTask& task) { ASSERT_OK(Complete(PageDone(task, 1))); }, false},
      {"failed",
       [&](const v1::PageTask& task) {
         ASSERT_OK(Complete(PageDone(task, 0, v1::PAGE_STATE_FAILED)));
       },
       false},
  };
  for (const Row& row : rows) {
    const std::string name = UploadPages(editor_, row.what, 1);
    row.end(Lease(1).at(0));
    EXPECT_EQ(ReadAs(viewer_, name).ok(), row.viewer_reads) << row.what;
    EXPECT_EQ(ReadAs(editor_, name).ok(), row.viewer_reads) << row.what;
    ASSERT_OK_AND_ASSIGN(const auto read, ReadAs(owner_, name));
    EXPECT_EQ(read.data(), row.what);
    if (!row.viewer_reads) {
      EXPECT_THAT(ReadAs(viewer_, name), HasReason(Reason::REASON_PERMISSION_DENIED));
    }
  }
}

TEST_F(DocumentServiceTest, OriginalsAreReadInRanges) {
  const std::string name = UploadPages(owner_, "abcdef", 1);
  ASSERT_OK_AND_ASSIGN(auto read, ReadAs(owner_, name, 2, 3));
  EXPECT_EQ(read.data(), "cde");
  ASSERT_OK_AND_ASSIGN(read, ReadAs(owner_, name, 4, 100));
  EXPECT_EQ(read.data(), "ef");
  ASSERT_OK_AND_ASSIGN(read, ReadAs(owner_, name, 6, 100));
  EXPECT_EQ(read.data(), "");
  for (const auto& [offset, length] :
       std::vector<std::pair<int64_t, int64_t>>{{-1, 1}, {0, 0}, {0, -1}, {0, (1 << 20) + 1}}) {
    EXPECT_THAT(ReadAs(owner_, name, offset, length), HasReason(Reason::REASON_INVALID_FIELD));
  }
}

TEST_F(DocumentServiceTest, PagesAreListedInOrder) {
  const std::string name = UploadPages(editor_, "abc", 300);
  const std::vector<v1::PageTask> leased = Lease(2);
  ASSERT_OK(Complete(PageDone(leased[0])));
  v1::ListPagesRequest list;
  list.set_parent(name);
  list.set_page_size(128);
  std::vector<v1::Page> pages;
  do {
    ASSERT_OK_AND_ASSIGN(const auto response, documents_->ListPages(viewer_, list));
    pages.insert(pages.end(), response.pages().begin(), response.pages().end());
    list.set_page_token(response.next_page_token());
  } while (!list.page_token().empty());
  ASSERT_THAT(pages, SizeIs(300));
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(pages[static_cast<size_t>(i)].number(), i + 1);
    EXPECT_FALSE(pages[static_cast<size_t>(i)].has_record());
  }
  EXPECT_EQ(pages[0].state(), v1::PAGE_STATE_DONE);
  EXPECT_EQ(pages[1].state(), v1::PAGE_STATE_RUNNING);
  EXPECT_EQ(pages[2].state(), v1::PAGE_STATE_QUEUED);

  list.set_view(v1::PAGE_VIEW_FULL);
  ASSERT_OK_AND_ASSIGN(const auto full, documents_->ListPages(viewer_, list));
  EXPECT_THAT(full.pages(), SizeIs(100));
  EXPECT_EQ(full.pages(0).record().text(), "text\n");
  list.set_page_token(MakePageToken("ListPages/" + name.substr(name.find('/') + 1), "2147483647"));
  EXPECT_THAT(documents_->ListPages(viewer_, list), HasReason(Reason::REASON_INVALID_PAGE_TOKEN));
  list.set_page_token("nonsense");
  EXPECT_THAT(documents_->ListPages(viewer_, list), HasReason(Reason::REASON_INVALID_PAGE_TOKEN));
}

TEST_F(DocumentServiceTest, LargePagesComeInSmallLists) {
  const std::string name = UploadPages(editor_, "abc", 8);
  for (const v1::PageTask& task : Lease(8)) {
    v1::CompleteTaskRequest complete = PageDone(task);
    complete.mutable_page()->set_text(std::string(1 << 20, 'x'));
    ASSERT_OK(Complete(complete));
  }
  v1::ListPagesRequest list;
  list.set_parent(name);
  list.set_view(v1::PAGE_VIEW_FULL);
  int pages = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const auto response, documents_->ListPages(viewer_, list));
    EXPECT_LT(response.ByteSizeLong(), 4u << 20);
    pages += response.pages_size();
    list.set_page_token(response.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(pages, 8);
}

TEST_F(DocumentServiceTest, PagesThatAPersonShouldLookAt) {
  const std::string name = UploadPages(editor_, "abc", 7);
  const std::vector<v1::PageTask> tasks = Lease(7);
  ASSERT_OK(Complete(PageDone(tasks[0])));
  ASSERT_OK(Complete(PoorPage(tasks[1])));
  ASSERT_OK(Complete(PageDone(tasks[2], 0, v1::PAGE_STATE_BLANK)));
  v1::CompleteTaskRequest slow = PageDone(tasks[3], 0, v1::PAGE_STATE_TIMED_OUT);
  slow.mutable_page()->set_state_reason("too slow");
  ASSERT_OK(Complete(slow));
  v1::CompleteTaskRequest quick = PageDone(tasks[4]);
  quick.mutable_page()->mutable_engine()->set_quick(true);
  ASSERT_OK(Complete(quick));
  ASSERT_OK(Complete(PageDone(tasks[5], 0, v1::PAGE_STATE_DAMAGED)));
  // The last one still waits.
  EXPECT_EQ(Get(name).doubtful_pages(), 4);
  v1::ListPagesRequest list;
  list.set_parent(name);
  list.set_doubtful(true);
  list.set_page_size(3);
  std::vector<std::string> why;
  do {
    ASSERT_OK_AND_ASSIGN(const auto response, documents_->ListPages(viewer_, list));
    for (const v1::Page& page : response.pages()) {
      why.push_back(std::to_string(page.number()) + " " + page.doubt());
    }
    list.set_page_token(response.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(why, ElementsAre("2 its words are uncertain", "4 too slow",
                               "5 it was read the quick way only", "6 it was not read"));
  EXPECT_EQ(GetPage(name, 2).confidence(), 40);
  EXPECT_FLOAT_EQ(GetPage(name, 2).ink_covered(), 0.5);
  EXPECT_EQ(GetPage(name, 1).doubt(), "");
  EXPECT_THAT(DoubtfulAs(viewer_), ElementsAre(name + "/pages/2", name + "/pages/4",
                                               name + "/pages/5", name + "/pages/6"));
  ExpectNoProblems();

  // Read again, and well.
  v1::RetryDocumentRequest retry;
  retry.set_name(name);
  for (const int page : {2, 4, 5, 6}) retry.add_pages(page);
  ASSERT_OK(documents_->RetryDocument(editor_, retry));
  EXPECT_EQ(Get(name).doubtful_pages(), 0) << "nothing is known of them now";
  EXPECT_EQ(GetPage(name, 2).confidence(), 0);
  ExpectNoProblems();
  for (const v1::PageTask& task : Lease(7)) {
    v1::CompleteTaskRequest better = PageDone(task);
    better.mutable_page()->mutable_engine()->set_pipeline("2");
    ASSERT_OK(Complete(better));
  }
  EXPECT_EQ(Get(name).doubtful_pages(), 0);
  EXPECT_THAT(DoubtfulAs(viewer_), IsEmpty());
  ExpectNoProblems();
}

// A document that shares a result has its quality, too.
TEST_F(DocumentServiceTest, SharedResultsAreAsDoubtful) {
  UploadPages(editor_, "abc", 1);
  ASSERT_OK(Complete(PoorPage(Lease(1).at(0))));
  const std::string again = UploadPages(editor_, "abc", 1);
  EXPECT_THAT(Lease(1), IsEmpty());
  EXPECT_EQ(Get(again).doubtful_pages(), 1);
  EXPECT_EQ(GetPage(again, 1).confidence(), 40);
  ExpectNoProblems();
}

TEST_F(DocumentServiceTest, DoubtfulPagesOfManyDocuments) {
  std::vector<std::string> red;
  std::vector<std::string> blue;
  std::vector<std::string> all;
  for (int i = 0; i < 7; ++i) {
    const bool is_red = i % 3 != 0;
    const std::string name =
        Upload(owner_, std::to_string(i), is_red ? "requests/r1" : "requests/r2");
    ASSERT_OK(Complete(ProbeDone(Lease(1).at(0), 3)));
    for (const v1::PageTask& task : Lease(3)) {
      const bool poor = (task.page() + i) % 2 == 0;
      ASSERT_OK(Complete(poor ? PoorPage(task) : PageDone(task)));
      if (!poor) continue;
      all.push_back(name + "/pages/" + std::to_string(task.page()));
      (is_red ? red : blue).push_back(all.back());
    }
  }
  for (const int page_size : {1, 2, 3, 1000}) {
    EXPECT_EQ(DoubtfulAs(viewer_, "", page_size), red);
    EXPECT_EQ(DoubtfulAs(outsider_, "", page_size), blue);
    EXPECT_EQ(DoubtfulAs(owner_, "", page_size), all);
    EXPECT_EQ(DoubtfulAs(System(), "", page_size), all);
    EXPECT_EQ(DoubtfulAs(owner_, "requests/r2", page_size), blue);
  }
  EXPECT_THAT(DoubtfulAs(Person("nobody", {})), IsEmpty());

  v1::ListDoubtfulPagesRequest list;
  list.set_request("requests/r1");
  EXPECT_THAT(documents_->ListDoubtfulPages(outsider_, list),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  // A token that somebody made up opens nothing.
  const std::string hidden = red.front().substr(0, red.front().find("/pages/")).substr(10);
  list.clear_request();
  list.set_page_token(MakePageToken("ListDoubtfulPages/", hidden + "/0"));
  ASSERT_OK_AND_ASSIGN(const auto made_up, documents_->ListDoubtfulPages(outsider_, list));
  for (const v1::DoubtfulPage& row : made_up.pages()) {
    EXPECT_THAT(blue, ::testing::Contains(row.page().name()));
  }
  for (const std::string token : {"x", "x/y", "x/-1", "x/2147483647", "x/1/2"}) {
    list.set_page_token(MakePageToken("ListDoubtfulPages/", token));
    EXPECT_THAT(documents_->ListDoubtfulPages(owner_, list),
                HasReason(Reason::REASON_INVALID_PAGE_TOKEN))
        << token;
  }
}

TEST_F(DocumentServiceTest, PagesHaveNames) {
  const std::string name = UploadPages(editor_, "abc", 2);
  for (const std::string bad : {"/pages/0", "/pages/3", "/pages/-1", "/pages/99999999999"}) {
    v1::GetPageRequest get;
    get.set_name(name + bad);
    const auto page = documents_->GetPage(viewer_, get);
    EXPECT_FALSE(page.ok()) << bad;
    EXPECT_EQ(page.status().code(), absl::StatusCode::kNotFound) << bad;
  }
  v1::GetPageRequest get;
  get.set_name(name + "/pages/2");
  get.set_view(v1::PAGE_VIEW_BASIC);
  ASSERT_OK_AND_ASSIGN(const v1::Page page, documents_->GetPage(viewer_, get));
  EXPECT_EQ(page.name(), name + "/pages/2");
}

TEST_F(DocumentServiceTest, CheckDataFindsWhatIsMissing) {
  const std::string name = UploadPages(editor_, "abc", 2);
  ASSERT_OK(Complete(PageDone(Lease(1).at(0))));
  ExpectNoProblems();
  const std::string id = name.substr(name.find('/') + 1);
  struct Row {
    std::string_view problem;
    std::string key;
  };
  const std::string sha256 = Get(name).sha256();
  for (const Row& row :
       {Row{"it has no task", keys::Task(2, id)},
        Row{"its pages are not as many as it says", keys::Page(id, 2)},
        Row{"it is missing in its label", keys::ByLabel("labels/red", id)},
        Row{"its result is missing",
            keys::Result(sha256, 1, PipelineVersion(PageDone({}).page().engine()))}}) {
    ASSERT_OK_AND_ASSIGN(const auto value, kv_->Get(row.key));
    ASSERT_TRUE(value.has_value()) << row.problem;
    storage::WriteBatch remove;
    remove.Delete(row.key);
    ASSERT_OK(kv_->Commit(remove));
    access::v1::CheckDataResponse response;
    ASSERT_OK(CheckData(*store_, response));
    EXPECT_THAT(response.DebugString(), ::testing::HasSubstr(std::string(row.problem)));
    storage::WriteBatch restore;
    restore.Put(row.key, *value);
    ASSERT_OK(kv_->Commit(restore));
  }
  ExpectNoProblems();
}

}  // namespace
}  // namespace foia::documents
