#include "services/search/searcher.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/status_matchers.h"

namespace foia::search {
namespace {

namespace dv1 = documents::v1;
using ::foia::testing::HasReason;

Principal Person(const std::string& label) {
  Principal person;
  person.set_name("people/p1");
  person.set_operator_(true);
  (*person.mutable_roles())[label] = access::v1::ROLE_VIEWER;
  return person;
}

// The feed is a list that tests write; the rest is real.
class SearcherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(index_, storage::Index::Open(store_.get()));
    indexer_ = std::make_unique<Indexer>(
        store_.get(), index_.get(),
        [this](const dv1::ListChangesRequest& request) { return ListChanges(request); });
    searcher_ = std::make_unique<Searcher>(store_.get(), index_.get(), indexer_.get());
  }

  absl::StatusOr<dv1::ListChangesResponse> ListChanges(const dv1::ListChangesRequest& request) {
    if (request.after_sequence() == std::numeric_limits<int64_t>::max()) on_asked_();
    if (!feed_status_.ok()) return feed_status_;
    if (!request.epoch().empty() && request.epoch() != epoch_) {
      return MakeError(Reason::REASON_EPOCH_CHANGED, "another epoch");
    }
    dv1::ListChangesResponse response;
    response.set_epoch(epoch_);
    response.set_label_sequence(label_sequence_);
    response.set_last_sequence(sequence_);
    for (const dv1::Change& change : changes_) {
      if (change.sequence() > request.after_sequence()) *response.add_changes() = change;
    }
    return response;
  }

  // Each entity stands once, at its last change.
  dv1::Change& NewChange(const std::function<bool(const dv1::Change&)>& same) {
    std::erase_if(changes_, same);
    dv1::Change& change = changes_.emplace_back();
    change.set_sequence(++sequence_);
    return change;
  }
  void PutDocument(const std::string& name, const std::string& label) {
    dv1::Document& document = *NewChange([&](const dv1::Change& c) {
                                 return c.document().name() == name;
                               }).mutable_document();
    document.set_name(name);
    document.set_label(label);
    document.set_request("requests/r1");
  }
  void PutPage(const std::string& document, int number, const std::vector<std::string>& words,
               dv1::PageState state = dv1::PAGE_STATE_DONE) {
    const std::string name = document + "/pages/" + std::to_string(number);
    dv1::Page& page =
        *NewChange([&](const dv1::Change& c) { return c.page().name() == name; }).mutable_page();
    page.set_name(name);
    page.set_number(number);
    page.set_state(state);
    for (const std::string& word : words) page.mutable_record()->add_words()->set_text(word);
    dv1::Redaction& redaction = *page.mutable_record()->add_redactions();
    redaction.set_word_position(1);
    redaction.add_codes()->set_code("b6");
  }
  void ApplyAll() {
    while (true) {
      ASSERT_OK_AND_ASSIGN(const int applied, indexer_->ApplyOnce(absl::ZeroDuration()));
      if (applied == 0) return;
    }
  }

  absl::StatusOr<v1::SearchResponse> Search(const Principal& caller, const std::string& query) {
    v1::SearchRequest request;
    request.set_query(query);
    return searcher_->Search(caller, request);
  }
  void ExpectCounts(int64_t documents, int64_t pages) {
    ASSERT_OK_AND_ASSIGN(const auto status, searcher_->GetIndexStatus(red_, {}));
    EXPECT_EQ(status.documents(), documents);
    EXPECT_EQ(status.pages(), pages);
  }

  const Principal red_ = Person("labels/red");
  const Principal blue_ = Person("labels/blue");
  std::unique_ptr<storage::KeyValueStore> store_ = storage::NewMemoryStore();
  std::unique_ptr<storage::Index> index_;
  std::unique_ptr<Indexer> indexer_;
  std::unique_ptr<Searcher> searcher_;

  std::string epoch_ = "one";
  std::vector<dv1::Change> changes_;
  int64_t sequence_ = 0;
  int64_t label_sequence_ = 0;
  absl::Status feed_status_;
  std::function<void()> on_asked_ = [] {};  // when a search asks how far the feed is
};

// An index of an older program is built again from the feed.
TEST_F(SearcherTest, OlderFormatsAreBuiltAgain) {
  PutDocument("documents/d1", "labels/red");
  PutPage("documents/d1", 1, {"citizen", "academy"});
  ApplyAll();
  storage::WriteBatch batch;
  batch.Put("im", std::string("\x01\x02\x01", 3));
  ASSERT_OK(store_->Commit(batch));
  ASSERT_OK_AND_ASSIGN(const bool before, index_->IsOutdated());
  EXPECT_TRUE(before);
  ASSERT_OK_AND_ASSIGN(const int applied, indexer_->ApplyOnce(absl::ZeroDuration()));
  EXPECT_EQ(applied, 2);
  ASSERT_OK_AND_ASSIGN(const bool after, index_->IsOutdated());
  EXPECT_FALSE(after);
  ExpectCounts(1, 1);
  ASSERT_OK_AND_ASSIGN(const auto found, Search(red_, "academy"));
  EXPECT_EQ(found.total_pages(), 1);
}

TEST_F(SearcherTest, WhatIsShownMayBeGoneAlready) {
  PutDocument("documents/d1", "labels/red");
  PutPage("documents/d1", 1, {"citizen", "academy"});
  ApplyAll();
  ASSERT_OK_AND_ASSIGN(const auto whole, Search(red_, "[b6]"));
  ASSERT_EQ(whole.documents_size(), 1);
  EXPECT_EQ(whole.documents(0).hits(0).word_boxes_size(), 1);
  EXPECT_EQ(whole.documents(0).hits(0).snippet(), "citizen academy");

  // As a search finds it whose reader is older than the beginning of a rebuild.
  storage::WriteBatch batch;
  batch.DeleteRange("shown/", storage::PrefixEnd("shown/"));
  ASSERT_OK(store_->Commit(batch));
  for (const char* query : {"[b6]", "academy", "academy [b6]"}) {
    ASSERT_OK_AND_ASSIGN(const auto found, Search(red_, query));
    ASSERT_EQ(found.documents_size(), 1) << query;
    EXPECT_EQ(found.documents(0).hits(0).word_boxes_size(), 0);
    EXPECT_EQ(found.documents(0).hits(0).snippet(), "");
  }
}

TEST_F(SearcherTest, AChangeOfALabelHoldsForTheNextSearch) {
  PutDocument("documents/d1", "labels/red");
  PutPage("documents/d1", 1, {"citizen", "academy"});
  ApplyAll();
  ASSERT_OK_AND_ASSIGN(const auto before, Search(red_, "academy"));
  EXPECT_EQ(before.total_pages(), 1);

  // The index follows only once a search asks.
  PutDocument("documents/d1", "labels/blue");
  label_sequence_ = sequence_;
  std::thread follow;
  on_asked_ = [&] {
    follow = std::thread([this] { EXPECT_OK(indexer_->ApplyOnce(absl::ZeroDuration())); });
  };
  ASSERT_OK_AND_ASSIGN(const auto after, Search(red_, "academy"));
  if (follow.joinable()) follow.join();
  on_asked_ = [] {};
  EXPECT_EQ(after.total_pages(), 0);
  ASSERT_OK_AND_ASSIGN(const auto found, Search(blue_, "academy"));
  EXPECT_EQ(found.total_pages(), 1);
}

TEST_F(SearcherTest, NobodyAnswersByOldLabels) {
  PutDocument("documents/d1", "labels/red");
  PutPage("documents/d1", 1, {"citizen", "academy"});
  ApplyAll();
  PutPage("documents/d1", 2, {"more"});
  EXPECT_OK(Search(red_, "academy")) << "other changes may wait";
  PutDocument("documents/d1", "labels/blue");
  label_sequence_ = sequence_;
  indexer_->Stop();
  EXPECT_THAT(Search(red_, "academy"), HasReason(Reason::REASON_TIMEOUT));
  feed_status_ = MakeError(Reason::REASON_SERVER_UNREACHABLE, "gone");
  EXPECT_THAT(Search(red_, "academy"), HasReason(Reason::REASON_SERVER_UNREACHABLE));
  feed_status_ = absl::OkStatus();
  epoch_ = "two";
  EXPECT_THAT(Search(red_, "academy"), HasReason(Reason::REASON_TIMEOUT));
}

TEST_F(SearcherTest, CountsStayExact) {
  ExpectCounts(0, 0);
  PutDocument("documents/d1", "labels/red");
  PutPage("documents/d1", 1, {"a"});
  PutPage("documents/d1", 47, {"b"});  // 47 is '/' in the key
  ApplyAll();
  ExpectCounts(1, 2);
  PutPage("documents/d1", 1, {"other"});
  PutDocument("documents/d1", "labels/blue");
  ApplyAll();
  ExpectCounts(1, 2);
  PutPage("documents/d1", 47, {}, dv1::PAGE_STATE_FAILED);
  PutPage("documents/d1", 48, {}, dv1::PAGE_STATE_FAILED);
  PutPage("documents/d2", 1, {"before its document"});
  ApplyAll();
  ExpectCounts(1, 2);
  PutDocument("documents/d2", "labels/red");
  ApplyAll();
  ExpectCounts(2, 2);

  // An index of a foiad that did not count.
  storage::WriteBatch batch;
  batch.Delete("counts");
  ASSERT_OK(store_->Commit(batch));
  ExpectCounts(2, 2);
  PutPage("documents/d2", 2, {"c"});
  ApplyAll();
  ExpectCounts(2, 3);

  epoch_ = "two";
  ApplyAll();
  ExpectCounts(2, 3);
}

TEST_F(SearcherTest, OnlyWhatIsShownHasPlaces) {
  PutDocument("documents/d1", "labels/red");
  for (int page = 1; page <= 9; ++page) PutPage("documents/d1", page, {"citizen", "academy"});
  ApplyAll();
  v1::SearchRequest request;
  request.set_query("\"citizen academy\"");
  request.set_hits_per_document(3);
  ASSERT_OK_AND_ASSIGN(const auto found, searcher_->Search(red_, request));
  EXPECT_EQ(found.total_pages(), 9);
  ASSERT_EQ(found.documents_size(), 1);
  EXPECT_EQ(found.documents(0).total_hits(), 9);
  ASSERT_EQ(found.documents(0).hits_size(), 3);
  for (const v1::PageHit& hit : found.documents(0).hits()) EXPECT_EQ(hit.word_boxes_size(), 2);
}

}  // namespace
}  // namespace foia::search
