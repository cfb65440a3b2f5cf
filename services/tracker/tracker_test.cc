#include <algorithm>
#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/tracker/tracker_fixture.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(TrackerTest, AgencyMistakesAreNamed) {
  v1::CreateAgencyRequest request;
  EXPECT_THAT(agencies_->CreateAgency(owner_, request), HasReason(Reason::REASON_INVALID_FIELD));
  request.mutable_agency()->set_display_name("X");
  request.mutable_agency()->set_abbreviation("X");
  request.mutable_agency()->set_jurisdiction("us-nowhere");
  EXPECT_THAT(agencies_->CreateAgency(owner_, request), HasReason(Reason::REASON_INVALID_FIELD));
  request.mutable_agency()->clear_jurisdiction();
  request.mutable_agency()->set_parent("nobody");
  EXPECT_THAT(agencies_->CreateAgency(owner_, request), HasReason(Reason::REASON_AGENCY_NOT_FOUND));
  request.mutable_agency()->set_parent("DHS");
  request.mutable_agency()->set_abbreviation("ice");
  EXPECT_THAT(agencies_->CreateAgency(owner_, request), HasReason(Reason::REASON_ALREADY_EXISTS));
  request.mutable_agency()->set_abbreviation("X");
  EXPECT_THAT(agencies_->CreateAgency(viewer_, request),
              HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(TrackerTest, ARepeatedCreateIsNotAnsweredOnceTheRoleIsGone) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ero");
  create.mutable_request()->set_subject("x");
  create.set_request_id("once");
  ASSERT_OK_AND_ASSIGN(const v1::Request made, requests_->CreateRequest(owner_, create));
  ASSERT_OK_AND_ASSIGN(const v1::Request again, requests_->CreateRequest(owner_, create));
  EXPECT_EQ(again.name(), made.name());
  EXPECT_THAT(requests_->CreateRequest(Person("owner", "", access::v1::ROLE_OWNER), create),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
}

TEST_F(TrackerTest, WhoHasNoLabelIsToldSo) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ero");
  create.mutable_request()->set_subject("x");
  for (const Principal& person : {Person("new", "", access::v1::ROLE_UNSPECIFIED), viewer_}) {
    const auto refused = requests_->CreateRequest(person, create);
    EXPECT_THAT(refused, HasReason(Reason::REASON_PERMISSION_DENIED));
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("no label to write to"));
  }
}

TEST_F(TrackerTest, CitizenAcademyRequestIsDueOnThe20thWorkingDay) {
  const v1::Request request = AddRequest();
  EXPECT_EQ(request.state(), v1::REQUEST_STATE_DRAFT);
  Record(request, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 16));
  const auto received = Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  const auto due = std::find_if(
      received.changes().begin(), received.changes().end(),
      [](const v1::DeadlineChange& change) { return change.after().id() == "determination_due"; });
  ASSERT_NE(due, received.changes().end());
  EXPECT_EQ(due->after().date().ShortDebugString(), "year: 2020 month: 8 day: 13");
  EXPECT_EQ(received.request().state(), v1::REQUEST_STATE_OVERDUE);  // as of 2020-09-01

  ASSERT_OK_AND_ASSIGN(const auto docket, requests_->ListDocket(viewer_, {}));
  const auto row = std::find_if(
      docket.entries().begin(), docket.entries().end(),
      [](const v1::DocketEntry& entry) { return entry.next().id() == "determination_due"; });
  ASSERT_NE(row, docket.entries().end());
  EXPECT_EQ(row->days_left(), -19);
  EXPECT_THAT(row->why(), HasSubstr("20 working days from receipt on 2020-07-16, 5 U.S.C."));

  v1::ExplainDeadlineRequest explain;
  explain.set_name(request.name());
  explain.set_deadline_id("determination_due");
  ASSERT_OK_AND_ASSIGN(const v1::Explanation explanation,
                       requests_->ExplainDeadline(viewer_, explain));
  EXPECT_THAT(explanation.text(), HasSubstr("2020-08-13"));
  EXPECT_THAT(explanation.text(), HasSubstr("552(a)(6)"));

  Record(request, v1::EVENT_TYPE_DETERMINATION, CivilDate(2020, 8, 10));
  ASSERT_OK_AND_ASSIGN(const auto after, requests_->GetRequest(owner_, [&] {
    v1::GetRequestRequest get;
    get.set_name(request.name());
    return get;
  }()));
  EXPECT_EQ(after.state(), v1::REQUEST_STATE_DETERMINED);
}

TEST_F(TrackerTest, CorrectionSupersedesAndSaysWhatMoved) {
  const v1::Request request = AddRequest();
  const auto wrong = Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 15));
  v1::CreateEventRequest right = NewEvent(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  right.mutable_event()->set_supersedes(wrong.event().name());
  ASSERT_OK_AND_ASSIGN(const auto corrected, requests_->CreateEvent(owner_, right));
  EXPECT_GT(corrected.changes_size(), 0);
  EXPECT_THAT(requests_->CreateEvent(owner_, right), HasReason(Reason::REASON_INVALID_FIELD));
  right.mutable_event()->set_supersedes("requests/other/events/x");
  EXPECT_THAT(requests_->CreateEvent(owner_, right), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(TrackerTest, BadEventsAreRefusedAndNothingIsStored) {
  const v1::Request request = AddRequest();
  const CivilDate day(2020, 7, 16);
  EXPECT_THAT(requests_->CreateEvent(owner_, NewEvent(request, v1::EVENT_TYPE_UNSPECIFIED, day)),
              HasReason(Reason::REASON_INVALID_FIELD));
  v1::CreateEventRequest event = NewEvent(request, v1::EVENT_TYPE_RECEIVED, day);
  event.mutable_event()->mutable_effective_on()->set_month(13);
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_INVALID_DATE));
  event = NewEvent(request, v1::EVENT_TYPE_RECEIVED, day);
  event.mutable_event()->set_local_time("25:00");
  event.mutable_event()->set_time_zone("Mars/Olympus");
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_INVALID_FIELD));
  event = NewEvent(request, v1::EVENT_TYPE_RECEIVED, day);
  event.set_etag("stale");
  EXPECT_THAT(requests_->CreateEvent(owner_, event), HasReason(Reason::REASON_STALE_ETAG));
  event.clear_etag();
  EXPECT_THAT(requests_->CreateEvent(viewer_, event), HasReason(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(requests_->CreateEvent(stranger_, event),
              HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  v1::ListEventsRequest list;
  list.set_parent(request.name());
  ASSERT_OK_AND_ASSIGN(const auto events, requests_->ListEvents(owner_, list));
  EXPECT_EQ(events.events_size(), 0);
}

TEST_F(TrackerTest, StrangersSeeNothing) {
  const v1::Request request = AddRequest();
  v1::GetRequestRequest get;
  get.set_name(request.name());
  const absl::Status hidden = requests_->GetRequest(stranger_, get).status();
  EXPECT_THAT(hidden, HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  get.set_name("requests/r00000000000000000000000000");
  EXPECT_THAT(requests_->GetRequest(stranger_, get), HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  ASSERT_OK_AND_ASSIGN(const auto list, requests_->ListRequests(stranger_, {}));
  EXPECT_EQ(list.requests_size(), 0);
  ASSERT_OK_AND_ASSIGN(const auto docket, requests_->ListDocket(stranger_, {}));
  EXPECT_EQ(docket.entries_size(), 0);
}

TEST_F(TrackerTest, RequestsAreFoundByPrefixAndTrackingNumber) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  create.mutable_request()->add_tracking_numbers("2020-ICFO-21220");
  ASSERT_OK_AND_ASSIGN(const v1::Request request, requests_->CreateRequest(owner_, create));
  for (const std::string& reference :
       {std::string("2020-icfo-21220"), std::string("2020 ICFO 21220"), request.name().substr(9),
        request.name().substr(9, 20)}) {
    v1::GetRequestRequest get;
    get.set_name(reference);
    ASSERT_OK_AND_ASSIGN(const v1::Request found, requests_->GetRequest(owner_, get));
    EXPECT_EQ(found.name(), request.name()) << reference;
  }
  v1::UpdateRequestRequest update;
  update.mutable_request()->set_name(request.name());
  update.mutable_request()->set_etag(request.etag());
  update.mutable_request()->add_tracking_numbers("2020-ICAP-00440");
  ASSERT_OK(requests_->UpdateRequest(owner_, update));
  EXPECT_THAT(requests_->UpdateRequest(owner_, update), HasReason(Reason::REASON_STALE_ETAG));
  // The old number is out of use, but a letter that still carries it finds the request.
  v1::GetRequestRequest get;
  get.set_name("2020-ICFO-21220");
  ASSERT_OK_AND_ASSIGN(const v1::Request found, requests_->GetRequest(owner_, get));
  EXPECT_THAT(found.tracking_numbers(), ElementsAre("2020-ICAP-00440"));
  EXPECT_EQ(found.numbers_size(), 2);
  update.mutable_request()->clear_etag();
  update.mutable_update_mask()->add_paths("label");
  EXPECT_THAT(requests_->UpdateRequest(owner_, update), HasReason(Reason::REASON_INVALID_FIELD));
}

// A number of two or three signs says too little to be read with other signs than it has.
TEST_F(TrackerTest, ShortTrackingNumbersAreFoundAsTheyStand) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  create.mutable_request()->add_tracking_numbers("26-1");
  ASSERT_OK_AND_ASSIGN(const v1::Request dashed, requests_->CreateRequest(owner_, create));
  create.mutable_request()->set_tracking_numbers(0, "2-62");
  ASSERT_OK_AND_ASSIGN(const v1::Request other, requests_->CreateRequest(owner_, create));
  create.mutable_request()->set_tracking_numbers(0, "R-14");
  ASSERT_OK_AND_ASSIGN(const v1::Request lettered, requests_->CreateRequest(owner_, create));
  const struct {
    const char* reference;
    const v1::Request& request;
  } cases[] = {{"26-1", dashed}, {" 26-1 ", dashed}, {"2-62", other}, {"r-14", lettered}};
  for (const auto& c : cases) {
    v1::GetRequestRequest get;
    get.set_name(c.reference);
    ASSERT_OK_AND_ASSIGN(const v1::Request found, requests_->GetRequest(owner_, get));
    EXPECT_EQ(found.name(), c.request.name()) << c.reference;
  }
  for (const char* reference : {"261", "R14", "-"}) {
    v1::GetRequestRequest get;
    get.set_name(reference);
    EXPECT_THAT(requests_->GetRequest(owner_, get), HasReason(Reason::REASON_REQUEST_NOT_FOUND));
  }
}

// Who says "today" of a request means the day at its agency.
TEST_F(TrackerTest, ARequestSaysWhichDayItIsThere) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  create.mutable_request()->mutable_today()->set_year(1999);
  ASSERT_OK_AND_ASSIGN(const v1::Request made, requests_->CreateRequest(owner_, create));
  v1::GetRequestRequest get;
  get.set_name(made.name());
  ASSERT_OK_AND_ASSIGN(const v1::Request found, requests_->GetRequest(owner_, get));
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &zone));
  EXPECT_EQ(DateFromProto(found.today(), "today").value(), absl::ToCivilDay(clock_.Now(), zone));
  ASSERT_OK_AND_ASSIGN(const auto list, requests_->ListRequests(owner_, {}));
  ASSERT_EQ(list.requests_size(), 1);
  EXPECT_EQ(DateFromProto(list.requests(0).today(), "today").value(),
            absl::ToCivilDay(clock_.Now(), zone));
}

TEST_F(TrackerTest, TheSameTextAtTheSameAgencyIsRefused) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  create.mutable_request()->set_text("All records of the academy.\n");
  create.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::Request shown, requests_->CreateRequest(owner_, create));
  EXPECT_EQ(shown.name(), "");
  create.set_validate_only(false);
  ASSERT_OK_AND_ASSIGN(const v1::Request first, requests_->CreateRequest(owner_, create));
  create.mutable_request()->set_subject("Academy");
  create.mutable_request()->set_text(" all  records of\r\nthe Academy");
  const auto second = requests_->CreateRequest(owner_, create);
  EXPECT_THAT(second, HasReason(Reason::REASON_ALREADY_EXISTS));
  EXPECT_EQ(MetadataOf(second.status())["request"], first.name());
  // Somebody who may not see the first one is not told of it.
  ASSERT_OK(requests_->CreateRequest(stranger_, create));
  create.mutable_request()->set_agency("CBP");
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  create.mutable_request()->set_agency("ERO");
  create.set_again(true);
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  create.set_again(false);
  // Nothing but a subject says too little.
  create.mutable_request()->clear_text();
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  // Records sought are a text in short; different numbers of the agency tell two of them apart.
  create.mutable_request()->set_records_sought("Curriculum");
  create.mutable_request()->add_tracking_numbers("2020-ICFO-1");
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  create.mutable_request()->set_tracking_numbers(0, "2020-ICFO-2");
  ASSERT_OK(requests_->CreateRequest(owner_, create));
  create.mutable_request()->clear_tracking_numbers();
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_ALREADY_EXISTS));
}

TEST_F(TrackerTest, AVoidedRequestBlocksNoOtherAndIsStillFound) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  create.mutable_request()->set_text("All records of the academy.");
  create.mutable_request()->add_tracking_numbers("2020-ICFO-21220");
  v1::CreateMatterRequest open;
  open.mutable_matter()->set_title("Academies");
  ASSERT_OK_AND_ASSIGN(const v1::Matter matter, matters_.CreateMatter(owner_, open));
  create.mutable_request()->set_matter(matter.name());
  ASSERT_OK_AND_ASSIGN(const v1::Request mistake, requests_->CreateRequest(owner_, create));
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_ALREADY_EXISTS));
  create.set_again(true);
  EXPECT_THAT(requests_->CreateRequest(owner_, create),
              HasReason(Reason::REASON_TRACKING_NUMBER_TAKEN));
  v1::CreateEventRequest call = NewEvent(mistake, v1::EVENT_TYPE_VOIDED, CivilDate(2020, 9, 1));
  (*call.mutable_event()->mutable_attributes())["reason"] = "wrong agency";
  ASSERT_OK(requests_->CreateEvent(owner_, call));

  const auto find = [&](const std::string& reference) {
    v1::GetRequestRequest get;
    get.set_name(reference);
    const auto found = requests_->GetRequest(owner_, get);
    EXPECT_OK(found);
    return found.ok() ? found->name() : "";
  };
  EXPECT_EQ(find("2020-ICFO-21220"), mistake.name());
  create.set_again(false);
  ASSERT_OK_AND_ASSIGN(const v1::Request right, requests_->CreateRequest(owner_, create));
  EXPECT_EQ(find("2020-ICFO-21220"), right.name()) << "the one that was not opened by mistake";
  EXPECT_EQ(find(mistake.name()), mistake.name());

  const auto listed = [&](bool voided, v1::RequestState state = v1::REQUEST_STATE_UNSPECIFIED) {
    v1::ListRequestsRequest list;
    list.set_show_voided(voided);
    list.mutable_filter()->set_state(state);
    const auto page = requests_->ListRequests(owner_, list);
    EXPECT_OK(page);
    std::vector<std::string> names;
    for (const v1::Request& request : page->requests()) names.push_back(request.name());
    return names;
  };
  EXPECT_THAT(listed(false), ElementsAre(right.name()));
  v1::GetMatterRequest get_matter;
  get_matter.set_name(matter.name());
  EXPECT_EQ(matters_.GetMatter(owner_, get_matter)->request_count(), 1);
  EXPECT_THAT(listed(true), ::testing::UnorderedElementsAre(mistake.name(), right.name()));
  EXPECT_THAT(listed(false, v1::REQUEST_STATE_VOIDED), ElementsAre(mistake.name()));

  // Taken back, both have the number, and it is not plain which is meant.
  v1::UndoLastEventRequest undo;
  undo.set_parent(mistake.name());
  ASSERT_OK(requests_->UndoLastEvent(owner_, undo));
  EXPECT_EQ(listed(false).size(), 2u);
  v1::GetRequestRequest get;
  get.set_name("2020-ICFO-21220");
  EXPECT_THAT(requests_->GetRequest(owner_, get), HasReason(Reason::REASON_AMBIGUOUS_NAME));
}

TEST_F(TrackerTest, RecordsOfAYearToComeAreASlip) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  *create.mutable_request()->mutable_records_from() = DateToProto(CivilDate(2091, 1, 1));
  const auto refused = requests_->CreateRequest(owner_, create);
  ASSERT_THAT(refused, HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("request.records_from"), HasSubstr("likely date is Tue 2019-01-01")));
  *create.mutable_request()->mutable_records_from() = DateToProto(CivilDate(1949, 1, 1));
  *create.mutable_request()->mutable_records_to() = DateToProto(CivilDate(2202, 9, 1));
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_INVALID_FIELD));
  // The end of this year, or of the next, is no slip.
  *create.mutable_request()->mutable_records_to() = DateToProto(CivilDate(2021, 12, 31));
  EXPECT_OK(requests_->CreateRequest(owner_, create));
}

TEST_F(TrackerTest, OfTwoEqualFilingsAtOneMomentOneIsFirst) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_agency("ERO");
  create.mutable_request()->set_subject("Citizen academy");
  create.mutable_request()->set_text("All records");
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { made += requests_->CreateRequest(owner_, create).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  ASSERT_OK_AND_ASSIGN(requests_,
                       Requests::Open(store_.get(), &clock_, rules_.get(), agencies_.get()));
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_ALREADY_EXISTS));
}

TEST_F(TrackerTest, RequestNeedsAKnownAgencyAndAWritableLabel) {
  v1::CreateRequestRequest create;
  create.mutable_request()->set_subject("x");
  create.mutable_request()->set_agency("XYZ");
  EXPECT_THAT(requests_->CreateRequest(owner_, create), HasReason(Reason::REASON_AGENCY_NOT_FOUND));
  create.mutable_request()->set_agency("ERO");
  EXPECT_THAT(requests_->CreateRequest(viewer_, create),
              HasReason(Reason::REASON_PERMISSION_DENIED));
  create.mutable_request()->set_label("labels/other");
  EXPECT_THAT(requests_->CreateRequest(owner_, create),
              HasReason(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(TrackerTest, ChainIsFollowedAndABrokenOneIsNamed) {
  const v1::Request request = AddRequest();
  Record(request, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 16));
  Record(request, v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16));
  v1::VerifyEventsRequest verify;
  verify.set_name(request.name());
  ASSERT_OK_AND_ASSIGN(auto verified, requests_->VerifyEvents(owner_, verify));
  EXPECT_EQ(verified.events(), 2);
  EXPECT_EQ(verified.broken_at(), "");

  // Somebody edits the first event behind foiad's back.
  auto it = store_->Scan(storage::ScanOptions::Prefix("event/"));
  ASSERT_TRUE(it->Valid());
  v1::StoredEvent record;
  ASSERT_TRUE(record.ParseFromString(std::string(it->value())));
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(record.payload()));
  event.mutable_effective_on()->set_day(17);
  record.set_payload(event.SerializeAsString());
  storage::WriteBatch batch;
  batch.Put(it->key(), record.SerializeAsString());
  ASSERT_OK(store_->Commit(batch));
  ASSERT_OK_AND_ASSIGN(verified, requests_->VerifyEvents(owner_, verify));
  EXPECT_EQ(verified.broken_at(), event.name());
  ASSERT_OK_AND_ASSIGN(const auto all, requests_->VerifyAll());
  EXPECT_EQ(all.broken.size(), 1u);

  // Or cuts off the end.
  const v1::Request other = AddRequest("other");
  Record(other, v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 16));
  storage::WriteBatch cut;
  cut.Delete(absl::StrCat("event/", other.name(), "/", std::string(4, '\0')));
  ASSERT_OK(store_->Commit(cut));
  verify.set_name(other.name());
  ASSERT_OK_AND_ASSIGN(verified, requests_->VerifyEvents(owner_, verify));
  EXPECT_NE(verified.broken_at(), "");
}

TEST_F(TrackerTest, RacingEventsAllGoInAndRepeatedOnesOnce) {
  const v1::Request request = AddRequest();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        v1::CreateEventRequest event =
            NewEvent(request, v1::EVENT_TYPE_NOTE, CivilDate(2020, 8, 1 + t));
        event.set_request_id(absl::StrCat(i));  // the same in all threads
        *event.mutable_event()->mutable_effective_on() = DateToProto(CivilDate(2020, 8, 1));
        EXPECT_OK(requests_->CreateEvent(owner_, event));
        event.clear_request_id();
        EXPECT_OK(requests_->CreateEvent(owner_, event));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  v1::VerifyEventsRequest verify;
  verify.set_name(request.name());
  ASSERT_OK_AND_ASSIGN(const auto verified, requests_->VerifyEvents(owner_, verify));
  EXPECT_EQ(verified.events(), 50);  // 10 with an id, 40 without
  EXPECT_EQ(verified.broken_at(), "");
}

TEST_F(TrackerTest, ListsGoThroughPagesWithoutLossOrRepeat) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(AddRequest().name());
  std::vector<std::string> listed;
  v1::ListRequestsRequest request;
  request.set_page_size(2);
  do {
    ASSERT_OK_AND_ASSIGN(const auto response, requests_->ListRequests(owner_, request));
    for (const auto& item : response.requests()) listed.push_back(item.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, made);
  std::vector<std::string> docketed;
  v1::ListDocketRequest docket;
  docket.set_page_size(2);
  do {
    ASSERT_OK_AND_ASSIGN(const auto response, requests_->ListDocket(owner_, docket));
    for (const auto& entry : response.entries()) docketed.push_back(entry.request().name());
    docket.set_page_token(response.next_page_token());
  } while (!docket.page_token().empty());
  EXPECT_EQ(docketed, made);
}

}  // namespace
}  // namespace foia::tracker
