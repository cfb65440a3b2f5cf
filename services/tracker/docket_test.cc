#include "services/tracker/docket.h"

#include <thread>

#include "services/tracker/rules_admin.h"
#include "services/tracker/tracker_fixture.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class DocketTest : public TrackerTest {
 protected:
  v1::Request Create(const std::string& subject, const std::string& agency = "ero",
                     const std::string& label = "labels/private",
                     const std::function<void(v1::Request&)>& fill = {}) {
    v1::CreateRequestRequest create;
    create.mutable_request()->set_agency(agency);
    create.mutable_request()->set_subject(subject);
    create.mutable_request()->set_label(label);
    if (fill) fill(*create.mutable_request());
    auto created =
        requests_->CreateRequest(Person("maker", label, access::v1::ROLE_EDITOR), create);
    EXPECT_OK(created);
    return *created;
  }

  // A receipt comes with the acknowledgement that the law asks for, so that only the determination
  // is due.
  v1::CreateEventResponse Record(const v1::Request& request, v1::EventType type, CivilDate on) {
    const v1::CreateEventResponse recorded = TrackerTest::Record(request, type, on);
    if (type == v1::EVENT_TYPE_RECEIVED) {
      TrackerTest::Record(request, v1::EVENT_TYPE_ACKNOWLEDGED, on);
    }
    return recorded;
  }

  // Everything was given, so that nothing is left to appeal.
  void Grant(const v1::Request& request, CivilDate on) {
    v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_DETERMINATION, on);
    (*event.mutable_event()->mutable_attributes())["outcome"] = "full_grant";
    EXPECT_OK(requests_->CreateEvent(owner_, event));
  }

  static const v1::Deadline& Determination(const v1::ListDocketResponse& docket) {
    for (const v1::DocketEntry& entry : docket.entries()) {
      if (entry.next().id() == "determination_due") return entry.next();
    }
    return v1::Deadline::default_instance();
  }

  static v1::ListDocketRequest On(CivilDate day, v1::DocketView view = v1::DOCKET_VIEW_ALL) {
    v1::ListDocketRequest request;
    *request.mutable_as_of() = DateToProto(day);
    request.set_view(view);
    return request;
  }

  // "subject deadline" of each row of all pages.
  std::vector<std::string> Rows(const v1::ListDocketRequest& request,
                                const Principal* caller = nullptr) {
    std::vector<std::string> rows;
    v1::ListDocketRequest page = request;
    do {
      const auto docket = requests_->ListDocket(caller == nullptr ? owner_ : *caller, page);
      EXPECT_OK(docket);
      if (!docket.ok()) break;
      for (const v1::DocketEntry& entry : docket->entries()) {
        rows.push_back(absl::StrCat(entry.request().subject(), " ", entry.next().id()));
      }
      page.set_page_token(docket->next_page_token());
    } while (!page.page_token().empty());
    return rows;
  }

  // What the index says, and what a new one computed from nothing says.
  void ExpectSameAsComputedAnew() {
    const v1::ListDocketRequest request = On(CivilDate(2020, 9, 1));
    ASSERT_OK_AND_ASSIGN(const auto kept, requests_->ListDocket(owner_, request));
    storage::WriteBatch batch;
    batch.DeleteRange("docket/", "docket0");
    ASSERT_OK(store_->Commit(batch));
    ASSERT_OK_AND_ASSIGN(const auto anew,
                         Docket::Open(store_.get(), &clock_, rules_.get(), agencies_.get()));
    ASSERT_OK_AND_ASSIGN(const auto computed, anew->List(owner_, request));
    EXPECT_EQ(kept.DebugString(), computed.DebugString());
  }

  std::vector<std::string> RecordKeys() {
    std::vector<std::string> keys;
    for (auto it = store_->Scan(storage::ScanOptions::Prefix("docket/")); it->Valid(); it->Next()) {
      keys.emplace_back(it->key());
    }
    return keys;
  }

  // A book in which the federal time to determine is longer.
  static RuleBook SlowerRules() {
    RuleBook::Files files = EmbeddedRules();
    std::string& text = files["us-federal.textproto"];
    const size_t at = text.find("period { n: 20 ", text.find("id: \"determination_due\""));
    EXPECT_NE(at, std::string::npos);
    text.replace(at, 14, "period { n: 25");
    auto book = RuleBook::Parse(files);
    EXPECT_OK(book);
    return *std::move(book);
  }
};

TEST_F(DocketTest, WhatTheAgencyIsLateWithHidesNoAppealOfOurs) {
  for (int i = 0; i < 5; ++i) {
    Record(Create(absl::StrCat("late", i)), v1::EVENT_TYPE_RECEIVED, CivilDate(2019, 1, 2));
  }
  const v1::Request appeal = Create("ours");
  Record(appeal, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 1, 2));
  const auto denied = Record(appeal, v1::EVENT_TYPE_ADVERSE_DETERMINATION, CivilDate(2020, 1, 10));
  const auto appeal_by = std::find_if(
      denied.changes().begin(), denied.changes().end(),
      [](const v1::DeadlineChange& change) { return change.after().id() == "appeal_file_by"; });
  ASSERT_NE(appeal_by, denied.changes().end());
  v1::ListDocketRequest request = On(DateOfDay(DayOf(appeal_by->after().safe_date()) - 3));
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto docket, requests_->ListDocket(owner_, request));
  ASSERT_EQ(docket.entries_size(), 1);
  EXPECT_EQ(docket.entries(0).request().subject(), "ours");
  EXPECT_EQ(docket.entries(0).next().id(), "appeal_file_by");
  EXPECT_TRUE(docket.entries(0).next().has_safe_date());
  EXPECT_EQ(docket.counts().overdue(), 5);
  EXPECT_EQ(docket.counts().due_this_week(), 1);
}

TEST_F(DocketTest, ViewsAndTheirCounts) {
  Create("draft");
  Record(Create("sent"), v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 16));
  Record(Create("running"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));  // 2020-08-13
  Record(Create("late"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 6, 1));      // 2020-06-29
  const v1::Request tolled = Create("tolled");
  Record(tolled, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  Record(tolled, v1::EVENT_TYPE_INFO_TOLL_START, CivilDate(2020, 7, 20));  // answer by 08-31
  const v1::Request done = Create("done");
  Record(done, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 1));
  Grant(done, CivilDate(2020, 7, 10));
  const v1::Request closed = Create("closed");
  Record(closed, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 6, 1));
  Record(closed, v1::EVENT_TYPE_WITHDRAWN, CivilDate(2020, 6, 2));

  const CivilDate today(2020, 8, 10);
  EXPECT_THAT(Rows(On(today, v1::DOCKET_VIEW_DUE_THIS_WEEK)),
              ElementsAre("running determination_due"));
  EXPECT_THAT(Rows(On(today, v1::DOCKET_VIEW_OVERDUE)), ElementsAre("late determination_due"));
  EXPECT_THAT(Rows(On(today, v1::DOCKET_VIEW_NEW)), ElementsAre("sent clock_start", "draft "));
  EXPECT_THAT(Rows(On(today, v1::DOCKET_VIEW_WAITING_ON_US)),
              ::testing::IsSupersetOf({"tolled info_reply_by", "tolled determination_due"}));
  const std::vector<std::string> all = Rows(On(today));
  EXPECT_THAT(all, ::testing::Contains("done "));
  EXPECT_THAT(all, ::testing::Not(::testing::Contains("closed ")));
  ASSERT_OK_AND_ASSIGN(const auto docket, requests_->ListDocket(owner_, On(today)));
  EXPECT_EQ(docket.counts().all(), static_cast<int>(all.size()));
  EXPECT_EQ(docket.counts().due_this_week(), 1);
  EXPECT_EQ(docket.counts().overdue(), 1);
  EXPECT_EQ(docket.counts().new_requests(), 2);
  // The same rows on another day: what ran is late.
  EXPECT_THAT(Rows(On(CivilDate(2020, 8, 14), v1::DOCKET_VIEW_OVERDUE)),
              ElementsAre("late determination_due", "running determination_due"));
}

TEST_F(DocketTest, OpensWithWhatNeedsAPerson) {
  Create("draft");
  const v1::Request done = Create("done");
  Record(done, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 1));
  Grant(done, CivilDate(2020, 7, 10));
  Record(Create("old"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 1, 2));    // 2020-01-31
  Record(Create("late"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 6, 25));  // 2020-07-24
  Record(Create("soon"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 8, 10));  // 2020-09-08
  v1::ListDocketRequest now = On(CivilDate(2020, 8, 14), v1::DOCKET_VIEW_NOW);
  EXPECT_THAT(Rows(now), ElementsAre("soon determination_due", "late determination_due", "draft "));
  ASSERT_OK_AND_ASSIGN(auto docket, requests_->ListDocket(owner_, now));
  EXPECT_EQ(docket.counts().now(), 3);
  EXPECT_EQ(docket.rest().missed_earlier(), 1);
  EXPECT_EQ(docket.rest().later(), 0);
  EXPECT_EQ(docket.rest().limitations(), 3);
  EXPECT_EQ(docket.rest().limitation_first().year(), 2026);
  EXPECT_EQ(docket.rest().limitation_last().year(), 2026);
  EXPECT_GT(docket.rest().limitation_last().month(), docket.rest().limitation_first().month());
  EXPECT_EQ(docket.rest().nothing_open(), 1);
  EXPECT_EQ(docket.counts().all(), docket.counts().now() + docket.rest().missed_earlier() +
                                       docket.rest().later() + docket.rest().limitations() +
                                       docket.rest().nothing_open());
  now.set_days(20);  // the window is narrower, and what falls out of it is counted
  EXPECT_THAT(Rows(now), ElementsAre("draft "));
  ASSERT_OK_AND_ASSIGN(docket, requests_->ListDocket(owner_, now));
  EXPECT_EQ(docket.rest().missed_earlier(), 2);
  EXPECT_EQ(docket.rest().later(), 1);
  EXPECT_EQ(docket.rest().later_first().day(), 8);
  now.set_days(-1);
  EXPECT_THAT(requests_->ListDocket(owner_, now), HasReason(Reason::REASON_INVALID_FIELD));
  // Dates take the place of the window.
  now.set_days(0);
  *now.mutable_due_to() = DateToProto(CivilDate(2020, 2, 1));
  EXPECT_THAT(Rows(now), ElementsAre("old determination_due"));
}

TEST_F(DocketTest, WhatAPersonDismissedLeavesTheDocketUntilThatIsTakenBack) {
  const v1::Request request = Create("x");
  Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));  // due 2020-08-13
  const auto dismiss = [&](CivilDate on, const char* deadline) {
    v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_LAPSE_SEEN, on);
    (*event.mutable_event()->mutable_attributes())["deadline"] = deadline;
    event.mutable_event()->set_note("we sue");
    return requests_->CreateEvent(owner_, event);
  };
  EXPECT_THAT(dismiss(CivilDate(2020, 8, 13), "determination_due"),
              HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(dismiss(CivilDate(2020, 8, 20), "suit_limitation"),
              HasReason(Reason::REASON_INVALID_FIELD));
  ASSERT_OK_AND_ASSIGN(const auto seen, dismiss(CivilDate(2020, 8, 20), "determination_due"));
  EXPECT_THAT(seen.changes(), IsEmpty()) << "it moves no date";
  EXPECT_EQ(seen.request().state(), v1::REQUEST_STATE_OVERDUE) << "and no state";
  EXPECT_THAT(Rows(On(CivilDate(2020, 8, 20), v1::DOCKET_VIEW_OVERDUE)), IsEmpty());
  ASSERT_OK_AND_ASSIGN(
      const auto dismissed,
      requests_->ListDocket(owner_, On(CivilDate(2020, 8, 20), v1::DOCKET_VIEW_DISMISSED)));
  ASSERT_EQ(dismissed.entries_size(), 1);
  EXPECT_EQ(dismissed.entries(0).dismissed(), "lapsed, seen on 2020-08-20 by owner: we sue");
  EXPECT_EQ(dismissed.counts().dismissed(), 1);
  EXPECT_EQ(dismissed.counts().overdue(), 0);
  ExpectSameAsComputedAnew();
  v1::UndoLastEventRequest undo;
  undo.set_parent(request.name());
  ASSERT_OK(requests_->UndoLastEvent(owner_, undo));
  EXPECT_THAT(Rows(On(CivilDate(2020, 8, 20), v1::DOCKET_VIEW_OVERDUE)),
              ElementsAre("x determination_due"));
}

TEST_F(DocketTest, AVoidedRequestLeavesTheDocketUntilThatIsTakenBack) {
  const v1::Request late = Create("late");
  Record(late, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  const v1::Request draft = Create("draft");
  const auto as_of = CivilDate(2020, 9, 1);
  const v1::ListDocketRequest all = On(as_of, v1::DOCKET_VIEW_ALL);
  const std::vector<std::string> before = Rows(all);
  EXPECT_THAT(before, ::testing::Contains("late determination_due"));
  for (const v1::Request* request : {&late, &draft}) {
    v1::CreateEventRequest event = NewEvent(*request, v1::EVENT_TYPE_VOIDED, as_of);
    (*event.mutable_event()->mutable_attributes())["reason"] = "opened twice";
    ASSERT_OK(requests_->CreateEvent(owner_, event));
  }
  for (const v1::DocketView view :
       {v1::DOCKET_VIEW_ALL, v1::DOCKET_VIEW_NOW, v1::DOCKET_VIEW_OVERDUE, v1::DOCKET_VIEW_NEW}) {
    ASSERT_OK_AND_ASSIGN(const auto list, requests_->ListDocket(owner_, On(as_of, view)));
    EXPECT_EQ(list.entries_size(), 0);
    EXPECT_EQ(list.counts().all(), 0);
    EXPECT_EQ(list.rest().nothing_open(), 0);
  }
  EXPECT_THAT(Rows(On(CivilDate(2020, 8, 1), v1::DOCKET_VIEW_ALL)), Not(IsEmpty()))
      << "on a day before it ran";
  // Every order takes the state.
  v1::ListRequestsRequest list;
  list.set_show_voided(true);
  list.set_order(v1::DOCKET_ORDER_STATE);
  EXPECT_EQ(requests_->ListRequests(owner_, list)->requests_size(), 2);
  ExpectSameAsComputedAnew();
  for (const v1::Request* request : {&late, &draft}) {
    v1::UndoLastEventRequest undo;
    undo.set_parent(request->name());
    ASSERT_OK(requests_->UndoLastEvent(owner_, undo));
  }
  EXPECT_EQ(Rows(all), before);
}

TEST_F(DocketTest, RowsOfARequestStandTogetherOnAnyPageSize) {
  for (int i = 0; i < 5; ++i) {
    const v1::Request request = Create(absl::StrCat("r", i));
    Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 1) + i);
    if (i % 2 == 0) Record(request, v1::EVENT_TYPE_EXPEDITE_REQUESTED, CivilDate(2020, 7, 10) - i);
  }
  v1::ListDocketRequest request = On(CivilDate(2020, 7, 30));
  request.set_by_request(true);
  const std::vector<std::string> rows = Rows(request);
  std::vector<std::string> order;  // of the requests
  for (const std::string& row : rows) {
    if (order.empty() || order.back() != row.substr(0, 2)) order.push_back(row.substr(0, 2));
  }
  EXPECT_EQ(std::set<std::string>(order.begin(), order.end()).size(), order.size());
  request.set_by_request(false);
  const std::vector<std::string> flat = Rows(request);
  EXPECT_THAT(rows, ::testing::UnorderedElementsAreArray(flat));
  EXPECT_EQ(rows.front(), flat.front());
  request.set_by_request(true);
  for (const int size : {1, 2, 3, 7}) {
    request.set_page_size(size);
    EXPECT_EQ(Rows(request), rows) << size;
    for (const int skip : {1, 4}) {
      request.set_skip(skip);
      EXPECT_EQ(Rows(request), std::vector<std::string>(rows.begin() + skip, rows.end()))
          << size << " after " << skip;
      request.set_skip(0);
    }
  }
  request.set_skip(1000);
  EXPECT_THAT(Rows(request), IsEmpty());
  request.set_skip(-1);
  EXPECT_THAT(requests_->ListDocket(owner_, request), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(DocketTest, ListOfRequestsHasEveryOrderOnAnyPageSize) {
  for (int i = 0; i < 7; ++i) {
    const v1::Request request = Create(absl::StrCat("s", 6 - i), i % 2 == 0 ? "DOJ" : "ERO",
                                       "labels/private", [i](v1::Request& r) {
                                         if (i != 3) r.add_tracking_numbers(absl::StrCat("N-", i));
                                       });
    if (i < 4) Record(request, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 1));
  }
  const auto subjects = [&](v1::ListRequestsRequest request) {
    std::vector<std::string> all;
    do {
      const auto page = requests_->ListRequests(owner_, request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      for (const v1::Request& each : page->requests()) all.push_back(each.subject());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  };
  using Subjects = std::vector<std::string>;
  const std::pair<v1::DocketOrder, Subjects> cases[] = {
      {v1::DOCKET_ORDER_UNSPECIFIED, {"s6", "s5", "s4", "s3", "s2", "s1", "s0"}},
      {v1::DOCKET_ORDER_DATE, {"s6", "s5", "s4", "s3", "s2", "s1", "s0"}},
      {v1::DOCKET_ORDER_SUBJECT, {"s0", "s1", "s2", "s3", "s4", "s5", "s6"}},
      {v1::DOCKET_ORDER_NUMBER, {"s6", "s5", "s4", "s2", "s1", "s0", "s3"}},
      {v1::DOCKET_ORDER_STATE, {"s2", "s1", "s0", "s6", "s5", "s4", "s3"}},
      {v1::DOCKET_ORDER_AGENCY, {"s5", "s3", "s1", "s6", "s4", "s2", "s0"}},
  };
  for (const auto& [order, expected] : cases) {
    SCOPED_TRACE(v1::DocketOrder_Name(order));
    v1::ListRequestsRequest request;
    request.set_order(order);
    EXPECT_EQ(subjects(request), expected);
    request.set_page_size(2);
    EXPECT_EQ(subjects(request), expected);
    request.set_skip(3);
    EXPECT_EQ(subjects(request), Subjects(expected.begin() + 3, expected.end()));
  }
}

TEST_F(DocketTest, TodayIsThatOfTheRulesZone) {
  Record(Create("x"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  v1::ListDocketRequest overdue;
  overdue.set_view(v1::DOCKET_VIEW_OVERDUE);
  // 03:30 in Greenwich is still the last day in Washington.
  clock_.Set(absl::FromCivil(absl::CivilSecond(2020, 8, 14, 3, 30, 0), absl::UTCTimeZone()));
  EXPECT_THAT(Rows(overdue), IsEmpty());
  clock_.Set(absl::FromCivil(absl::CivilSecond(2020, 8, 14, 4, 30, 0), absl::UTCTimeZone()));
  EXPECT_THAT(Rows(overdue), ElementsAre("x determination_due"));
}

TEST_F(DocketTest, FiltersHoldForRowsAndCounts) {
  v1::CreateMatterRequest new_matter;
  new_matter.mutable_matter()->set_title("Academies");
  ASSERT_OK_AND_ASSIGN(const v1::Matter matter, matters_.CreateMatter(owner_, new_matter));
  const v1::Request ice = Create("Academy at ICE", "ice", "labels/private", [&](v1::Request& r) {
    r.set_owner("people/ann");
    r.set_matter(matter.name());
    r.add_tags("Urgent");
    r.add_tracking_numbers("2020-ICFO-1");
    r.set_notes("ask Kim");
  });
  const v1::Request ero = Create("Academy at ERO", "ero");
  const v1::Request doj = Create("Other", "DOJ");
  for (const v1::Request& request : {ice, ero, doj}) {
    Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  }
  Grant(doj, CivilDate(2020, 7, 20));
  const struct {
    const char* what;
    std::function<void(v1::ListDocketRequest&)> set;
    std::vector<std::string> subjects;
  } cases[] = {
      {"owner", [](auto& r) { r.mutable_filter()->set_owner("people/ann"); }, {"Academy at ICE"}},
      {"nobody", [](auto& r) { r.mutable_filter()->set_owner("people/nobody"); }, {}},
      {"matter",
       [&](auto& r) { r.mutable_filter()->set_matter(matter.name()); },
       {"Academy at ICE"}},
      {"agency and below",
       [](auto& r) { r.mutable_filter()->set_agency("DHS/ICE"); },
       {"Academy at ICE", "Academy at ERO"}},
      {"component", [](auto& r) { r.mutable_filter()->set_agency("ERO"); }, {"Academy at ERO"}},
      {"jurisdiction",
       [](auto& r) { r.mutable_filter()->set_jurisdiction("us-federal-doj"); },
       {"Other"}},
      {"state",
       [](auto& r) { r.mutable_filter()->set_state(v1::REQUEST_STATE_DETERMINED); },
       {"Other"}},
      {"tag", [](auto& r) { r.mutable_filter()->set_tag("urgent"); }, {"Academy at ICE"}},
      {"text",
       [](auto& r) { r.mutable_filter()->set_text("ACADEMY AT"); },
       {"Academy at ICE", "Academy at ERO"}},
      {"number", [](auto& r) { r.mutable_filter()->set_text("icfo-1"); }, {"Academy at ICE"}},
      {"notes", [](auto& r) { r.mutable_filter()->set_text("kim"); }, {"Academy at ICE"}},
      {"not the agency",
       [](auto& r) { r.mutable_filter()->add_excluded()->set_agency("DHS/ICE/ERO"); },
       {"Academy at ICE", "Other"}},
      {"not the state",
       [](auto& r) { r.mutable_filter()->add_excluded()->set_state(v1::REQUEST_STATE_DETERMINED); },
       {"Academy at ICE", "Academy at ERO"}},
      {"neither of two",
       [](auto& r) {
         r.mutable_filter()->add_excluded()->set_tag("urgent");
         r.mutable_filter()->add_excluded()->set_text("other");
       },
       {"Academy at ERO"}},
      {"not both at once",
       [](auto& r) {
         v1::RequestFilter& both = *r.mutable_filter()->add_excluded();
         both.set_tag("urgent");
         both.set_text("other");
       },
       {"Academy at ICE", "Academy at ERO", "Other"}},
      {"not what nobody has",
       [](auto& r) { r.mutable_filter()->add_excluded()->set_owner("people/nobody"); },
       {"Academy at ICE", "Academy at ERO", "Other"}},
      {"the agency, but not one below it",
       [](auto& r) {
         r.mutable_filter()->set_agency("DHS/ICE");
         r.mutable_filter()->add_excluded()->set_agency("ERO");
       },
       {"Academy at ICE"}},
      {"an exclusion that says nothing",
       [](auto& r) { r.mutable_filter()->add_excluded(); },
       {"Academy at ICE", "Academy at ERO", "Other"}},
      {"from", [](auto& r) { *r.mutable_due_from() = DateToProto(CivilDate(2020, 8, 14)); }, {}},
      {"to",
       [](auto& r) { *r.mutable_due_to() = DateToProto(CivilDate(2020, 8, 13)); },
       {"Academy at ICE", "Academy at ERO"}},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.what);
    v1::ListDocketRequest request = On(CivilDate(2020, 8, 10));
    row.set(request);
    std::set<std::string> found;
    ASSERT_OK_AND_ASSIGN(const auto docket, requests_->ListDocket(owner_, request));
    for (const auto& entry : docket.entries()) {
      if (entry.next().id() != "suit_limitation") found.insert(entry.request().subject());
    }
    EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(row.subjects));
    EXPECT_EQ(docket.counts().all(), docket.entries_size());
    if (request.has_due_from() || request.has_due_to()) continue;
    // ListRequests takes the same filter.
    v1::ListRequestsRequest list;
    *list.mutable_filter() = request.filter();
    ASSERT_OK_AND_ASSIGN(const auto requests, requests_->ListRequests(owner_, list));
    EXPECT_EQ(requests.requests_size(), static_cast<int>(row.subjects.size()));
  }
  v1::ListDocketRequest wrong;
  wrong.mutable_filter()->set_agency("Nowhere");
  EXPECT_THAT(requests_->ListDocket(owner_, wrong), HasReason(Reason::REASON_AGENCY_NOT_FOUND));
  wrong.mutable_filter()->clear_agency();
  wrong.mutable_filter()->set_jurisdiction("us-nowhere");
  EXPECT_THAT(requests_->ListDocket(owner_, wrong), HasReason(Reason::REASON_NOT_FOUND));
  wrong.Clear();
  wrong.mutable_filter()->add_excluded()->set_agency("Nowhere");
  EXPECT_THAT(requests_->ListDocket(owner_, wrong), HasReason(Reason::REASON_AGENCY_NOT_FOUND));
  wrong.Clear();
  wrong.mutable_filter()->add_excluded()->add_excluded()->set_tag("x");
  EXPECT_THAT(requests_->ListDocket(owner_, wrong), HasReason(Reason::REASON_INVALID_FIELD));
  wrong.Clear();
  for (int i = 0; i < 101; ++i) wrong.mutable_filter()->add_excluded()->set_tag("x");
  EXPECT_THAT(requests_->ListDocket(owner_, wrong), HasReason(Reason::REASON_INVALID_FIELD));
  wrong.Clear();
  wrong.mutable_as_of()->set_year(2020);
  EXPECT_THAT(requests_->ListDocket(owner_, wrong), HasReason(Reason::REASON_INVALID_DATE));
}

TEST_F(DocketTest, EveryOrderHasEachRowOnceOnAnyPageSize) {
  v1::CreateMatterRequest new_matter;
  new_matter.mutable_matter()->set_title("Zeta");
  ASSERT_OK_AND_ASSIGN(const v1::Matter zeta, matters_.CreateMatter(owner_, new_matter));
  new_matter.mutable_matter()->set_title("Alpha beta");
  ASSERT_OK_AND_ASSIGN(const v1::Matter alpha, matters_.CreateMatter(owner_, new_matter));
  for (int i = 0; i < 12; ++i) {
    const v1::Request request = Create(absl::StrCat("r", i), i % 3 == 0 ? "DOJ" : "ERO",
                                       "labels/private", [&](v1::Request& r) {
                                         r.set_owner(i % 2 == 0 ? "people/ann" : "people/ben");
                                         if (i % 5 != 0)
                                           r.add_tracking_numbers(absl::StrCat("N-", 40 - i));
                                         if (i % 4 != 0)
                                           r.set_matter(i % 4 == 1 ? zeta.name() : alpha.name());
                                       });
    if (i < 10) Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 1) + i / 2);
  }
  const auto group = [](const v1::DocketEntry& entry, v1::DocketOrder order) -> std::string {
    switch (order) {
      case v1::DOCKET_ORDER_OWNER:
        return entry.request().owner();
      case v1::DOCKET_ORDER_MATTER:
        return entry.matter_title().empty() ? "~" : entry.matter_title();  // none: at the end
      case v1::DOCKET_ORDER_AGENCY:
        return entry.request().agency_path();
      case v1::DOCKET_ORDER_JURISDICTION:
        return entry.request().jurisdiction();
      case v1::DOCKET_ORDER_STATE:
        return absl::StrCat(entry.request().state());
      case v1::DOCKET_ORDER_SUBJECT:
        return entry.request().subject();
      case v1::DOCKET_ORDER_NUMBER:
        return entry.request().tracking_numbers().empty() ? "~"
                                                          : entry.request().tracking_numbers(0);
      default:
        return "";
    }
  };
  for (const v1::DocketOrder order :
       {v1::DOCKET_ORDER_DATE, v1::DOCKET_ORDER_OWNER, v1::DOCKET_ORDER_MATTER,
        v1::DOCKET_ORDER_AGENCY, v1::DOCKET_ORDER_JURISDICTION, v1::DOCKET_ORDER_STATE,
        v1::DOCKET_ORDER_NUMBER, v1::DOCKET_ORDER_SUBJECT}) {
    for (const bool by_request : {false, true}) {
      SCOPED_TRACE(absl::StrCat(v1::DocketOrder_Name(order), by_request ? " by request" : ""));
      v1::ListDocketRequest request = On(CivilDate(2020, 7, 30));
      request.set_order(order);
      request.set_by_request(by_request);
      ASSERT_OK_AND_ASSIGN(const auto whole, requests_->ListDocket(owner_, request));
      std::string last;
      for (const v1::DocketEntry& entry : whole.entries()) {
        EXPECT_GE(group(entry, order), last);
        last = group(entry, order);
      }
      const std::vector<std::string> rows = Rows(request);
      EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()).size(), rows.size());
      for (const int size : {1, 3, 7}) {
        request.set_page_size(size);
        EXPECT_EQ(Rows(request), rows) << size;
      }
      request.set_page_token("x");
      EXPECT_THAT(requests_->ListDocket(owner_, request),
                  HasReason(Reason::REASON_INVALID_PAGE_TOKEN));
    }
  }
}

TEST_F(DocketTest, TwoOrganisationsSeeNothingOfEachOther) {
  const Principal ann = Person("ann", "labels/a", access::v1::ROLE_EDITOR);
  const Principal ben = Person("ben", "labels/b", access::v1::ROLE_EDITOR);
  v1::CreateMatterRequest new_matter;
  new_matter.mutable_matter()->set_title("Secret of B");
  ASSERT_OK_AND_ASSIGN(const v1::Matter matter, matters_.CreateMatter(ben, new_matter));
  for (int i = 0; i < 6; ++i) {
    const v1::Request request =
        Create(absl::StrCat("r", i), "ero", i % 2 == 0 ? "labels/a" : "labels/b");
    for (const v1::EventType type : {v1::EVENT_TYPE_RECEIVED, v1::EVENT_TYPE_ACKNOWLEDGED}) {
      ASSERT_OK(requests_->CreateEvent(i % 2 == 0 ? ann : ben,
                                       NewEvent(request, type, CivilDate(2020, 7, 16))));
    }
  }
  v1::ListDocketRequest request = On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_OVERDUE);
  request.set_page_size(1);
  EXPECT_THAT(Rows(request, &ann),
              ElementsAre("r0 determination_due", "r2 determination_due", "r4 determination_due"));
  ASSERT_OK_AND_ASSIGN(const auto docket, requests_->ListDocket(ann, request));
  EXPECT_EQ(docket.counts().overdue(), 3);
  ASSERT_OK_AND_ASSIGN(const auto nothing, requests_->ListDocket(stranger_, request));
  EXPECT_EQ(nothing.counts().all(), 0);
  EXPECT_EQ(nothing.next_page_token(), "");
  // A matter's title is its label's too.
  const v1::Request shared = Create("shared", "ero", "labels/a");
  storage::WriteBatch batch;
  v1::Request stored = shared;
  stored.set_matter(matter.name());
  batch.Put(RequestKey(shared.name()), stored.SerializeAsString());
  ASSERT_OK(requests_->docket().CommitRequest(stored, batch, {}));
  v1::ListDocketRequest by_matter = On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_NEW);
  by_matter.set_order(v1::DOCKET_ORDER_MATTER);
  ASSERT_OK_AND_ASSIGN(const auto titles, requests_->ListDocket(ann, by_matter));
  ASSERT_EQ(titles.entries_size(), 1);
  EXPECT_EQ(titles.entries(0).matter_title(), "");
  // A changed label holds at once.
  stored.set_label("labels/b");
  batch.Put(RequestKey(shared.name()), stored.SerializeAsString());
  ASSERT_OK(requests_->docket().CommitRequest(stored, batch, {}));
  EXPECT_THAT(Rows(On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_NEW), &ann), IsEmpty());
  EXPECT_THAT(Rows(On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_NEW), &ben), ElementsAre("shared "));
}

TEST_F(DocketTest, EveryChangeIsInTheIndexAndInMemory) {
  const v1::Request request = Create("x");
  EXPECT_THAT(RecordKeys(), ElementsAre(HasSubstr(request.name())));
  ExpectSameAsComputedAnew();
  const auto received =
      TrackerTest::Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 15));
  ExpectSameAsComputedAnew();
  v1::CreateEventRequest right = NewEvent(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  right.mutable_event()->set_supersedes(received.event().name());
  ASSERT_OK(requests_->CreateEvent(owner_, right));
  ExpectSameAsComputedAnew();
  Record(request, v1::EVENT_TYPE_ACKNOWLEDGED, CivilDate(2020, 7, 20));
  Grant(request, CivilDate(2020, 7, 21));
  EXPECT_THAT(Rows(On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_OVERDUE)), IsEmpty());
  v1::UndoLastEventRequest undo;
  undo.set_parent(request.name());
  ASSERT_OK(requests_->UndoLastEvent(owner_, undo));
  ExpectSameAsComputedAnew();
  v1::UpdateRequestRequest update;
  update.mutable_request()->set_name(request.name());
  update.mutable_request()->set_subject("y");
  ASSERT_OK(requests_->UpdateRequest(owner_, update));
  EXPECT_THAT(Rows(On(CivilDate(2020, 8, 1), v1::DOCKET_VIEW_OVERDUE)), IsEmpty());
  EXPECT_THAT(Rows(On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_OVERDUE)),
              ElementsAre("y determination_due"));
  ExpectSameAsComputedAnew();
}

TEST_F(DocketTest, AnotherJurisdictionOfTheAgencyMovesItsRequests) {
  v1::CreateAgencyRequest village;
  village.mutable_agency()->set_display_name("Village");
  village.mutable_agency()->set_abbreviation("VIL");
  village.mutable_agency()->set_jurisdiction("us-il");
  ASSERT_OK(agencies_->CreateAgency(owner_, village));
  const v1::Request request = Create("x", "VIL");
  Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  const auto jurisdictions = [&] {
    std::set<std::string> found;
    const auto docket = requests_->ListDocket(owner_, On(CivilDate(2020, 7, 17)));
    for (const auto& entry : docket->entries()) {
      found.insert(entry.next().rule_id().substr(0, entry.next().rule_id().find('/')));
    }
    return found;
  };
  EXPECT_THAT(jurisdictions(), ElementsAre("us-il"));
  v1::UpdateAgencyRequest update;
  update.mutable_agency()->set_name("VIL");
  update.mutable_agency()->set_jurisdiction("us-tx");
  ASSERT_OK(agencies_->UpdateAgency(owner_, update));
  EXPECT_THAT(jurisdictions(), ElementsAre("us-tx"));
  ExpectSameAsComputedAnew();
}

TEST_F(DocketTest, OpeningHealsWhatIsMissingOldOrOfOtherRules) {
  const v1::Request a = Create("a");
  const v1::Request b = Create("b");
  Record(a, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  const std::vector<std::string> keys = RecordKeys();
  ASSERT_EQ(keys.size(), 2u);
  const v1::ListDocketRequest request = On(CivilDate(2020, 9, 1));
  ASSERT_OK_AND_ASSIGN(const auto before, requests_->ListDocket(owner_, request));
  const auto reopen = [&](RulesInForce& rules) {
    auto opened = Docket::Open(store_.get(), &clock_, &rules, agencies_.get());
    EXPECT_OK(opened);
    return *std::move(opened);
  };
  const auto expect_same = [&] {
    ASSERT_OK_AND_ASSIGN(const auto after, reopen(*rules_)->List(owner_, request));
    EXPECT_EQ(before.DebugString(), after.DebugString());
    EXPECT_EQ(RecordKeys(), keys);
  };
  ASSERT_OK_AND_ASSIGN(const auto stored, store_->Get(keys[0]));
  expect_same();
  // A record is gone.
  storage::WriteBatch batch;
  batch.Delete(keys[0]);
  ASSERT_OK(store_->Commit(batch));
  expect_same();
  // A record that an older log gave.
  v1::StoredDocket record;
  ASSERT_TRUE(record.ParseFromString(*stored));
  record.set_head("older");
  record.clear_rows();
  batch.Put(keys[0], record.SerializeAsString());
  ASSERT_OK(store_->Commit(batch));
  expect_same();
  // Bytes that are no record.
  batch.Put(keys[0], "\xff\xff\xff");
  ASSERT_OK(store_->Commit(batch));
  expect_same();
  // Other rules: their dates, and nothing of the old ones is left.
  RulesInForce slower(SlowerRules());
  ASSERT_OK_AND_ASSIGN(const auto moved, reopen(slower)->List(owner_, request));
  EXPECT_EQ(Determination(before).date().day(), 13);
  EXPECT_EQ(Determination(moved).date().day(), 20);
  ASSERT_EQ(RecordKeys().size(), 2u);
  EXPECT_NE(RecordKeys(), keys);
  expect_same();
}

TEST_F(DocketTest, AnUnreadableEventHidesNoOtherRequest) {
  const v1::Request a = Create("a");
  Record(a, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  Record(Create("b"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  auto it = store_->Scan(storage::ScanOptions::Prefix(EventPrefix(a.name())));
  ASSERT_TRUE(it->Valid());
  storage::WriteBatch batch;
  batch.Put(it->key(), "\xff");
  batch.DeleteRange("docket/", "docket0");
  ASSERT_OK(store_->Commit(batch));
  ASSERT_OK_AND_ASSIGN(requests_,
                       Requests::Open(store_.get(), &clock_, rules_.get(), agencies_.get()));
  EXPECT_THAT(Rows(On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_OVERDUE)),
              ElementsAre("b determination_due"));
  ASSERT_OK_AND_ASSIGN(
      const auto ours,
      requests_->ListDocket(owner_, On(CivilDate(2020, 9, 1), v1::DOCKET_VIEW_WAITING_ON_US)));
  ASSERT_GE(ours.entries_size(), 1);
  EXPECT_THAT(ours.entries(ours.entries_size() - 1).why(), HasSubstr("cannot be read"));
}

TEST_F(DocketTest, WritersAtOnceLeaveNothingOldBehind) {
  std::vector<v1::Request> requests;
  for (int i = 0; i < 3; ++i) requests.push_back(Create(absl::StrCat("r", i)));
  const auto in_threads = [](const std::vector<std::function<void()>>& works) {
    std::vector<std::thread> threads;
    for (const auto& work : works) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
  };
  std::vector<std::function<void()>> works;
  for (int writer = 0; writer < 4; ++writer) {
    works.push_back([&, writer] {
      for (int i = 0; i < 12; ++i) {
        const v1::Request& request = requests[static_cast<size_t>(i) % requests.size()];
        if (writer == 3) {
          v1::UpdateRequestRequest update;
          update.mutable_request()->set_name(request.name());
          update.mutable_request()->set_subject(absl::StrCat("s", i));
          EXPECT_OK(requests_->UpdateRequest(owner_, update));
        } else {
          // Each is another day's: the earliest receipt counts.
          v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_RECEIVED,
                                                  CivilDate(2020, 7, 30) - (i * 3 + writer) % 28);
          event.set_accept_conflict(true);
          EXPECT_OK(requests_->CreateEvent(owner_, event));
        }
      }
    });
  }
  works.push_back([&] {
    for (int i = 0; i < 20; ++i) EXPECT_OK(requests_->ListDocket(owner_, {}));
  });
  works.push_back([&] {
    // The rules change meanwhile, there and back.
    for (int i = 0; i < 4; ++i) {
      auto book = i % 2 == 0 ? SlowerRules() : LoadRules("").value();
      EXPECT_OK(requests_->docket().ReplaceRules(
          owner_, std::make_shared<const RuleBook>(std::move(book)), false));
    }
  });
  in_threads(works);
  ExpectSameAsComputedAnew();
}

TEST_F(DocketTest, ReloadedRulesSayWhatMoves) {
  const v1::Request request = Create("academy");
  Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  Create("draft");
  const TempDir dir;
  RulesAdmin admin(dir.path().string(), rules_.get(), &requests_->docket());
  Principal operator_person = owner_;
  operator_person.set_operator_(true);
  v1::ReloadRulesRequest reload;
  EXPECT_THAT(admin.ReloadRules(owner_, reload), HasReason(Reason::REASON_PERMISSION_DENIED));
  const std::string digest = rules_->Get()->digest();

  // Nothing changed.
  ASSERT_OK_AND_ASSIGN(auto answer, admin.ReloadRules(operator_person, reload));
  EXPECT_EQ(answer.new_digest(), digest);
  EXPECT_EQ(answer.moved_requests(), 0);

  // A file that does not load leaves the old rules in force.
  WriteFile(dir / "mine.textproto", "calendars {\n  id: 7\n}\n");
  const auto broken = admin.ReloadRules(operator_person, reload);
  EXPECT_THAT(broken, HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("mine.textproto:2: "));
  EXPECT_EQ(rules_->Get()->digest(), digest);

  // Rules that requests need may not go.
  std::string text = EmbeddedRules().at("us-federal-dhs.textproto");
  WriteFile(dir / "mine.textproto", "");
  WriteFile(dir / "us-federal-dhs.textproto", "");
  EXPECT_THAT(admin.ReloadRules(operator_person, reload), HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_EQ(rules_->Get()->digest(), digest);
  WriteFile(dir / "us-federal-dhs.textproto", text);

  // First only shown, then in force.
  text = EmbeddedRules().at("us-federal.textproto");
  text.replace(text.find("period { n: 20 ", text.find("id: \"determination_due\"")), 14,
               "period { n: 25");
  WriteFile(dir / "us-federal.textproto", text);
  for (const bool validate_only : {true, false}) {
    reload.set_validate_only(validate_only);
    ASSERT_OK_AND_ASSIGN(answer, admin.ReloadRules(operator_person, reload));
    EXPECT_EQ(answer.old_digest(), digest);
    EXPECT_NE(answer.new_digest(), digest);
    EXPECT_EQ(answer.computed_requests(), 2);
    EXPECT_EQ(answer.moved_requests(), 1);
    ASSERT_EQ(answer.moved_size(), 1);
    EXPECT_EQ(answer.moved(0).request(), request.name());
    EXPECT_EQ(answer.moved(0).subject(), "academy");
    const auto& changes = answer.moved(0).changes();
    const auto due = std::find_if(changes.begin(), changes.end(), [](const auto& change) {
      return change.before().id() == "determination_due";
    });
    ASSERT_NE(due, changes.end());
    EXPECT_EQ(due->before().date().day(), 13);
    EXPECT_EQ(due->after().date().day(), 20);
    EXPECT_EQ(rules_->Get()->digest() == digest, validate_only);
  }
  v1::ListDocketRequest overdue = On(CivilDate(2020, 8, 18), v1::DOCKET_VIEW_OVERDUE);
  EXPECT_THAT(Rows(overdue), IsEmpty());
  ExpectSameAsComputedAnew();
  // What is recorded next is computed by the new rules.
  Record(Create("next"), v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  EXPECT_THAT(Rows(On(CivilDate(2020, 8, 21), v1::DOCKET_VIEW_OVERDUE)),
              ElementsAre("academy determination_due", "next determination_due"));

  ASSERT_OK_AND_ASSIGN(const auto list, admin.ListJurisdictions(owner_, {}));
  EXPECT_EQ(list.rules_digest(), rules_->Get()->digest());
  EXPECT_EQ(list.jurisdictions_size(), static_cast<int>(rules_->Get()->jurisdictions().size()));
  EXPECT_NE(list.jurisdictions(0).certainty(), v1::CERTAINTY_UNSPECIFIED);
}

}  // namespace
}  // namespace foia::tracker
