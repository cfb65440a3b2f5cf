#include "services/documents/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <map>
#include <thread>

#include "services/documents/fixture.h"

namespace foia::documents {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FeedTest : public DocumentsTest {
 protected:
  v1::ListChangesResponse List(int64_t after, int page_size = 500) {
    v1::ListChangesRequest list;
    list.set_epoch(store_->epoch());
    list.set_after_sequence(after);
    list.set_page_size(page_size);
    const auto response = feed_->ListChanges(System(), list);
    EXPECT_OK(response);
    return response.ok() ? *response : v1::ListChangesResponse();
  }
  // "document STATE" and "page N STATE", in order.
  std::vector<std::string> Lines(const v1::ListChangesResponse& response) {
    std::vector<std::string> lines;
    for (const v1::Change& change : response.changes()) {
      lines.push_back(change.has_document()
                          ? "document " + v1::DocumentState_Name(change.document().state())
                          : "page " + std::to_string(change.page().number()) + " " +
                                v1::PageState_Name(change.page().state()));
    }
    return lines;
  }
};

TEST_F(FeedTest, IsForServicesOnly) {
  EXPECT_THAT(feed_->ListChanges(owner_, {}), HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(FeedTest, EachEntityStandsOnceAtItsLastChange) {
  const std::string name = UploadPages(editor_, "abc", 2);
  EXPECT_THAT(Lines(List(0)), ElementsAre("document DOCUMENT_STATE_PROCESSING"));
  std::vector<v1::PageTask> leased = Lease(2);
  ASSERT_OK(Complete(PageDone(leased[1])));
  const v1::ListChangesResponse middle = List(0);
  EXPECT_THAT(Lines(middle),
              ElementsAre("document DOCUMENT_STATE_PROCESSING", "page 2 PAGE_STATE_DONE"));
  EXPECT_EQ(middle.changes(1).page().record().text(), "text\n");
  EXPECT_EQ(middle.changes(1).page().name(), name + "/pages/2");
  EXPECT_EQ(middle.changes(1).page().version(), middle.changes(1).sequence());

  ASSERT_OK(Complete(PageDone(leased[0], 0, v1::PAGE_STATE_FAILED)));
  EXPECT_THAT(Lines(List(middle.last_sequence())),
              ElementsAre("page 1 PAGE_STATE_FAILED", "document DOCUMENT_STATE_PARTLY_READ"));
  EXPECT_THAT(Lines(List(0)), ElementsAre("page 2 PAGE_STATE_DONE", "page 1 PAGE_STATE_FAILED",
                                          "document DOCUMENT_STATE_PARTLY_READ"));

  v1::RetryDocumentRequest retry;
  retry.set_name(name);
  retry.set_password("swordfish");
  ASSERT_OK(documents_->RetryDocument(editor_, retry));
  EXPECT_EQ(List(0).DebugString().find("swordfish"), std::string::npos);
  ASSERT_OK(Complete(PageDone(Lease(1).at(0))));
  EXPECT_THAT(Lines(List(0)), ElementsAre("page 2 PAGE_STATE_DONE", "page 1 PAGE_STATE_DONE",
                                          "document DOCUMENT_STATE_DONE"));
}

TEST_F(FeedTest, ALabelMovesWithOneEntry) {
  const std::string name = UploadPages(owner_, "abc", 20);
  WorkOff();
  const v1::ListChangesResponse before_move = List(0);
  v1::SetDocumentLabelRequest move;
  move.set_name(name);
  move.set_label("labels/blue");
  ASSERT_OK(documents_->SetDocumentLabel(owner_, move));
  const v1::ListChangesResponse after = List(before_move.last_sequence());
  ASSERT_THAT(after.changes(), SizeIs(1));
  EXPECT_EQ(after.changes(0).document().label(), "labels/blue");
  EXPECT_EQ(before_move.label_sequence(), 0);
  EXPECT_EQ(after.label_sequence(), after.changes(0).sequence());
  Upload(owner_, "def");
  EXPECT_EQ(List(0).label_sequence(), after.label_sequence()) << "only labels count";
}

TEST_F(FeedTest, PagesOfTheFeedAreBounded) {
  UploadPages(editor_, "abc", 30);
  for (auto leased = Lease(1); !leased.empty(); leased = Lease(1)) {
    v1::CompleteTaskRequest complete = PageDone(leased[0]);
    complete.mutable_page()->set_text(std::string(1 << 20, 'x'));
    ASSERT_OK(Complete(complete));
  }
  int64_t cursor = 0;
  int changes = 0;
  for (auto response = List(cursor); response.changes_size() > 0; response = List(cursor)) {
    EXPECT_LT(response.ByteSizeLong(), 4u << 20);
    changes += response.changes_size();
    cursor = response.changes().rbegin()->sequence();
  }
  EXPECT_EQ(changes, 31);
  EXPECT_THAT(List(0, 1).changes(), SizeIs(1));
}

TEST_F(FeedTest, CursorsBelongToTheirEpoch) {
  v1::ListChangesRequest list;
  ASSERT_OK(feed_->ListChanges(System(), list));
  list.set_after_sequence(1);
  EXPECT_THAT(feed_->ListChanges(System(), list), HasReason(Reason::REASON_EPOCH_CHANGED));
  list.set_epoch(store_->epoch());
  EXPECT_OK(feed_->ListChanges(System(), list));
  ASSERT_OK(store_->ResetEpoch());
  EXPECT_THAT(feed_->ListChanges(System(), list), HasReason(Reason::REASON_EPOCH_CHANGED));
  list.set_epoch(store_->epoch());
  list.set_after_sequence(-1);
  EXPECT_THAT(feed_->ListChanges(System(), list), HasReason(Reason::REASON_INVALID_FIELD));
  list.set_after_sequence(std::numeric_limits<int64_t>::max());
  EXPECT_OK(feed_->ListChanges(System(), list));
  list.set_after_sequence(0);
  list.set_page_size(-1);
  EXPECT_THAT(feed_->ListChanges(System(), list), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(FeedTest, WaitsForAChange) {
  std::thread uploader([&] { Upload(editor_, "abc"); });
  v1::ListChangesRequest list;
  list.mutable_wait()->set_seconds(10);
  ASSERT_OK_AND_ASSIGN(v1::ListChangesResponse response, feed_->ListChanges(System(), list));
  uploader.join();
  EXPECT_THAT(response.changes(), SizeIs(1));
  list.set_epoch(response.epoch());
  list.set_after_sequence(response.last_sequence());
  std::thread stopper([&] { store_->Stop(); });
  ASSERT_OK_AND_ASSIGN(response, feed_->ListChanges(System(), list));
  stopper.join();
  EXPECT_THAT(response.changes(), IsEmpty());
}

// A consumer that only ever goes forward ends with the same state as the store, while pages are
// completed by many threads: no change becomes visible behind its cursor.
TEST_F(FeedTest, AFollowingConsumerMissesNothing) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.push_back(UploadPages(editor_, std::to_string(i), 60));
  std::atomic<bool> done = false;
  std::map<std::string, std::string> seen;  // entity -> state
  std::thread consumer([&] {
    int64_t cursor = 0;
    while (true) {
      const bool last = done;
      v1::ListChangesResponse response = List(cursor, 7);
      for (const v1::Change& change : response.changes()) {
        EXPECT_GT(change.sequence(), cursor);
        cursor = change.sequence();
        if (change.has_document()) {
          seen[change.document().name()] = v1::DocumentState_Name(change.document().state());
        } else {
          seen[change.page().name()] = v1::PageState_Name(change.page().state());
        }
      }
      if (last && response.changes_size() == 0) return;
    }
  });
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      for (auto leased = Lease(2); !leased.empty(); leased = Lease(2)) {
        for (const v1::PageTask& task : leased) EXPECT_OK(Complete(PageDone(task)));
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  done = true;
  consumer.join();
  EXPECT_THAT(seen, SizeIs(5 + 5 * 60));
  for (const std::string& name : names) EXPECT_EQ(seen[name], "DOCUMENT_STATE_DONE");
  for (const auto& [entity, state] : seen) EXPECT_THAT(state, ::testing::EndsWith("_DONE"));
}

}  // namespace
}  // namespace foia::documents
