// Recording events, taking them back, and the defects of other trackers that must not return.
#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/civil_date.h"
#include "services/tracker/agencies.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/requests.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EventsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    owner_.set_name("people/owner");
    (*owner_.mutable_roles())["labels/private"] = access::v1::ROLE_OWNER;
    ASSERT_OK_AND_ASSIGN(RuleBook rules, LoadRules(""));
    rules_ = std::make_unique<RulesInForce>(std::move(rules));
    ASSERT_OK_AND_ASSIGN(agencies_, Agencies::Open(store_.get(), &clock_, rules_.get()));
    ASSERT_OK_AND_ASSIGN(requests_,
                         Requests::Open(store_.get(), &clock_, rules_.get(), agencies_.get()));
    request_ = AddRequest();
  }

  std::string AddRequest() {
    v1::CreateRequestRequest create;
    create.mutable_request()->set_agency("DHS");
    create.mutable_request()->set_subject("ERO Citizen Academy");
    create.mutable_request()->set_text("All records of the Citizen Academy.");
    create.set_again(true);
    return requests_->CreateRequest(owner_, create)->name();
  }

  using Set = std::map<std::string, std::string>;

  v1::CreateEventRequest NewEvent(v1::EventType type, CivilDate on, const Set& attributes = {}) {
    v1::CreateEventRequest call;
    call.set_parent(request_);
    call.mutable_event()->set_type(type);
    *call.mutable_event()->mutable_effective_on() = DateToProto(on);
    for (const auto& [key, value] : attributes) {
      (*call.mutable_event()->mutable_attributes())[key] = value;
    }
    return call;
  }

  // Records what contradicts nothing, or, with `accept`, what may.
  v1::CreateEventResponse Record(v1::EventType type, CivilDate on, const Set& attributes = {},
                                 bool accept = false) {
    clock_.Advance(absl::Seconds(1));
    v1::CreateEventRequest call = NewEvent(type, on, attributes);
    call.set_accept_conflict(accept);
    auto response = requests_->CreateEvent(owner_, call);
    EXPECT_OK(response);
    return response.ok() ? *std::move(response) : v1::CreateEventResponse();
  }

  absl::StatusOr<v1::UndoLastEventResponse> Undo() {
    clock_.Advance(absl::Seconds(1));
    v1::UndoLastEventRequest call;
    call.set_parent(request_);
    return requests_->UndoLastEvent(owner_, call);
  }

  v1::Request Get() {
    v1::GetRequestRequest call;
    call.set_name(request_);
    return *requests_->GetRequest(owner_, call);
  }

  std::vector<v1::Event> List(int page_size = 0) {
    v1::ListEventsRequest call;
    call.set_parent(request_);
    call.set_page_size(page_size);
    std::vector<v1::Event> events;
    do {
      const auto page = requests_->ListEvents(owner_, call);
      EXPECT_OK(page);
      events.insert(events.end(), page->events().begin(), page->events().end());
      call.set_page_token(page->next_page_token());
    } while (!call.page_token().empty());
    return events;
  }

  // "2020-08-13 late"; "none" when nothing has started it.
  std::string Due(const std::string& id) {
    v1::ComputeDeadlinesRequest call;
    call.set_name(request_);
    const auto computed = requests_->ComputeDeadlines(owner_, call);
    EXPECT_OK(computed);
    for (const v1::Deadline& deadline : computed->deadlines()) {
      if (deadline.id() != id || !deadline.has_date()) continue;
      return FormatDate(
          CivilDate(deadline.date().year(), deadline.date().month(), deadline.date().day()));
    }
    return "none";
  }

  int64_t VerifiedEvents() {
    v1::VerifyEventsRequest call;
    call.set_name(request_);
    const auto verified = requests_->VerifyEvents(owner_, call);
    EXPECT_OK(verified);
    EXPECT_EQ(verified->broken_at(), "");
    return verified->events();
  }

  Principal owner_;
  ManualClock clock_{absl::FromCivil(absl::CivilSecond(2020, 9, 1, 12, 0, 0), absl::UTCTimeZone())};
  std::unique_ptr<storage::KeyValueStore> store_ = storage::NewMemoryStore();
  std::unique_ptr<RulesInForce> rules_;
  std::unique_ptr<Agencies> agencies_;
  std::unique_ptr<Requests> requests_;
  std::string request_;
};

const CivilDate kSent(2020, 7, 16);

TEST_F(EventsTest, AContradictionIsRefusedWithItsRuleAndNothingIsStored) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  const auto refused =
      requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 7, 20)));
  EXPECT_THAT(refused, HasReason(Reason::REASON_ILLEGAL_EVENT));
  EXPECT_EQ(MetadataOf(refused.status())["rule"], "appeal-needs-determination");
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("appeal_sent of 2020-07-20"), HasSubstr("adverse_determination"),
                    HasSubstr("accept the conflict")));
  EXPECT_EQ(VerifiedEvents(), 1);
}

TEST_F(EventsTest, AnAcceptedContradictionIsFlaggedUntilAFactResolvesIt) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  const auto appeal =
      Record(v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 7, 28), {}, /*accept=*/true);
  const auto is_named = Contains(HasSubstr("appeal-needs-determination"));
  EXPECT_THAT(appeal.warnings(), is_named);
  EXPECT_THAT(appeal.event().conflicts(), is_named);
  EXPECT_THAT(Get().conflicts(), is_named);
  EXPECT_THAT(List().back().conflicts(), is_named);
  // Other facts go in beside it.
  Record(v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 20));
  EXPECT_THAT(Get().conflicts(), is_named);
  const auto determination = Record(v1::EVENT_TYPE_ADVERSE_DETERMINATION, CivilDate(2020, 7, 27),
                                    {{"outcome", "partial"}});
  EXPECT_THAT(determination.warnings(), IsEmpty());
  EXPECT_THAT(determination.request().conflicts(), IsEmpty());
  EXPECT_THAT(List().back().conflicts(), IsEmpty());
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_APPEALED);
  // Taking the determination back would bring it again.
  v1::CreateEventRequest correction = NewEvent(v1::EVENT_TYPE_CORRECTION, CivilDate(2020, 7, 27));
  correction.mutable_event()->set_supersedes(determination.event().name());
  EXPECT_THAT(requests_->CreateEvent(owner_, correction), HasReason(Reason::REASON_ILLEGAL_EVENT));
}

TEST_F(EventsTest, ACorrectionOfAFlaggedEventIsNotANewContradiction) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  const auto appeal =
      Record(v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 7, 28), {}, /*accept=*/true);
  v1::CreateEventRequest better = NewEvent(v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 7, 29));
  better.mutable_event()->set_supersedes(appeal.event().name());
  EXPECT_OK(requests_->CreateEvent(owner_, better));
  EXPECT_EQ(Get().conflicts_size(), 1);
}

TEST_F(EventsTest, AttributesThatAreReadAreChecked) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  const CivilDate day(2020, 7, 20);
  struct Case {
    v1::EventType type;
    Set attributes;
    const char* field;
  };
  for (const Case& c : std::vector<Case>{
           {v1::EVENT_TYPE_EXTENSION_NOTICE, {{"days", "ten"}}, "days"},
           {v1::EVENT_TYPE_EXTENSION_NOTICE, {{"days", "-1"}}, "days"},
           {v1::EVENT_TYPE_EXTENSION_NOTICE, {{"until", "2020-02-30"}}, "until"},
           {v1::EVENT_TYPE_EXTENSION_NOTICE, {{"deadline", "determination"}}, "deadline"},
           {v1::EVENT_TYPE_ALTERNATIVE_DATE_AGREED, {}, "date"},
           {v1::EVENT_TYPE_REMINDER_SET, {{"date", "tomorrow"}}, "date"},
           {v1::EVENT_TYPE_EMBARGO_SET, {}, "until"},
           {v1::EVENT_TYPE_INFO_TOLL_START, {{"reply_by", "soon"}}, "reply_by"},
           {v1::EVENT_TYPE_DETERMINATION, {{"outcome", "partly"}}, "outcome"},
           {v1::EVENT_TYPE_EXPEDITE_DECIDED, {{"outcome", "maybe"}}, "outcome"},
           {v1::EVENT_TYPE_ACCESS_CHANGED, {{"access", "everybody"}}, "access"}}) {
    const auto refused = requests_->CreateEvent(owner_, NewEvent(c.type, day, c.attributes));
    ASSERT_THAT(refused, HasReason(Reason::REASON_INVALID_FIELD)) << c.field;
    const FieldViolations violations = ViolationsOf(refused.status());
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].first, absl::StrCat("event.attributes[", c.field, "]"));
  }
  EXPECT_THAT(requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_CORRECTION, day)),
              HasReason(Reason::REASON_INVALID_FIELD));  // of what?
  EXPECT_EQ(VerifiedEvents(), 1);
}

TEST_F(EventsTest, WhatLooksWrongIsSaid) {
  v1::CreateEventRequest ahead = NewEvent(v1::EVENT_TYPE_SENT, CivilDate(2020, 9, 2));
  ahead.set_allow_future(true);
  ASSERT_OK_AND_ASSIGN(const auto sent, requests_->CreateEvent(owner_, ahead));
  EXPECT_THAT(sent.warnings(), Contains(HasSubstr("future: 2020-09-02")));
  clock_.Advance(absl::Hours(72));
  v1::CreateEventRequest misspelt =
      NewEvent(v1::EVENT_TYPE_EXTENSION_NOTICE, CivilDate(2020, 9, 3));
  (*misspelt.mutable_event()->mutable_attributes())["untill"] = "x";
  const auto refused = requests_->CreateEvent(owner_, misspelt);
  EXPECT_THAT(refused, HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("did you mean 'until'"));
  Record(v1::EVENT_TYPE_EXPEDITE_REQUESTED, CivilDate(2020, 9, 3));
  EXPECT_THAT(Record(v1::EVENT_TYPE_EXPEDITE_DECIDED, CivilDate(2020, 9, 4)).warnings(),
              Contains(HasSubstr("granted, denied")));
  // A date that an event sets lies ahead; one far ahead or before the event is doubted.
  EXPECT_THAT(Record(v1::EVENT_TYPE_REMINDER_SET, CivilDate(2020, 9, 4), {{"date", "2020-12-01"}})
                  .warnings(),
              IsEmpty());
  EXPECT_THAT(Record(v1::EVENT_TYPE_REMINDER_SET, CivilDate(2020, 9, 4), {{"date", "2202-12-01"}})
                  .warnings(),
              Contains(HasSubstr("the likely date is Tue 2020-12-01")));
}

TEST_F(EventsTest, AFactAfterTodayIsRefusedUnlessThePersonSaysSo) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  v1::CreateEventRequest ahead = NewEvent(v1::EVENT_TYPE_RECEIVED, CivilDate(2202, 7, 20));
  for (const bool dry : {true, false}) {
    ahead.set_validate_only(dry);
    ahead.set_accept_conflict(true);  // says nothing of the day
    const auto refused = requests_->CreateEvent(owner_, ahead);
    ASSERT_THAT(refused, HasReason(Reason::REASON_UNLIKELY_DATE));
    EXPECT_EQ(MetadataOf(refused.status())["likely"], "2020-07-20");
    EXPECT_THAT(std::string(refused.status().message()),
                AllOf(HasSubstr("received of 2202-07-20 lies after today, 2020-09-01"),
                      HasSubstr("the likely date is Mon 2020-07-20")));
  }
  EXPECT_EQ(VerifiedEvents(), 1);
  ahead.set_allow_future(true);
  ASSERT_OK_AND_ASSIGN(const auto recorded, requests_->CreateEvent(owner_, ahead));
  EXPECT_EQ(recorded.request().state(), v1::REQUEST_STATE_SENT) << "it has not happened yet";
  // A replacement is held to the same.
  v1::CreateEventRequest right = NewEvent(v1::EVENT_TYPE_RECEIVED, CivilDate(2021, 7, 20));
  right.mutable_event()->set_supersedes(recorded.event().name());
  EXPECT_THAT(requests_->CreateEvent(owner_, right), HasReason(Reason::REASON_UNLIKELY_DATE));
  *right.mutable_event()->mutable_effective_on() = DateToProto(CivilDate(2020, 7, 20));
  EXPECT_OK(requests_->CreateEvent(owner_, right));
  // But a fact that lies ahead can be taken back, and undoing that brings it back.
  ASSERT_OK(requests_->CreateEvent(owner_, ahead));
  ASSERT_OK(Undo());
  ASSERT_OK(Undo());
}

// Today is that of the agency's zone; a day that has begun in UTC is not refused, since machines
// often keep it.
TEST_F(EventsTest, TodayIsTheAgencysOrUtc) {
  clock_.Advance(absl::Hours(14));  // 2020-09-02 02:00 UTC, in Washington still the day before
  EXPECT_THAT(Record(v1::EVENT_TYPE_SENT, CivilDate(2020, 9, 2)).warnings(),
              Contains(HasSubstr("future: 2020-09-02")));
  const auto refused =
      requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_NOTE, CivilDate(2020, 9, 3)));
  EXPECT_THAT(refused, HasReason(Reason::REASON_UNLIKELY_DATE));
}

TEST_F(EventsTest, AFactBeforeTheRequestIsRefusedInAnyOrder) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  const auto refused = [&](v1::EventType type, CivilDate on, const Set& attributes = {}) {
    const auto response = requests_->CreateEvent(owner_, NewEvent(type, on, attributes));
    EXPECT_THAT(response, HasReason(Reason::REASON_ILLEGAL_EVENT));
    return std::string(response.status().message());
  };
  EXPECT_THAT(refused(v1::EVENT_TYPE_EXPEDITE_REQUESTED, CivilDate(2019, 7, 20)),
              AllOf(HasSubstr("the request was sent later (before-the-request)"),
                    HasSubstr("the likely date is Mon 2020-07-20")));
  EXPECT_THAT(
      refused(v1::EVENT_TYPE_FEE_COMMITTED, CivilDate(2020, 1, 8)),
      AllOf(HasSubstr("before-the-request"), HasSubstr("the likely date is Sat 2020-08-01")));
  // Where another rule speaks of it the likely day is told all the same.
  EXPECT_THAT(
      refused(v1::EVENT_TYPE_RECEIVED, CivilDate(2010, 7, 20)),
      AllOf(HasSubstr("delivery-before-sending"), HasSubstr("likely date is Mon 2020-07-20")));
  EXPECT_THAT(
      refused(v1::EVENT_TYPE_DETERMINATION, CivilDate(2019, 8, 14)),
      AllOf(HasSubstr("agency-act-needs-request"), HasSubstr("likely date is Fri 2020-08-14")));
  // What prepares it, and what is said of the record, may well come first.
  Record(v1::EVENT_TYPE_APPROVED, CivilDate(2020, 6, 1));
  Record(v1::EVENT_TYPE_NOTE, CivilDate(2018, 6, 1));
  Record(v1::EVENT_TYPE_EMBARGO_SET, CivilDate(2020, 6, 1), {{"until", "2021-01-01"}});
  // A person may say that it is right.
  Record(v1::EVENT_TYPE_FEE_COMMITTED, CivilDate(2020, 7, 1), {}, /*accept=*/true);

  // The letters of an old request may come in any order: what counts is the day of sending, not
  // that on which the request was opened here. A sending later than they are is the contradiction.
  request_ = AddRequest();
  Record(v1::EVENT_TYPE_RECEIVED, CivilDate(2004, 3, 2));
  Record(v1::EVENT_TYPE_EXPEDITE_REQUESTED, CivilDate(2004, 3, 1));
  EXPECT_THAT(refused(v1::EVENT_TYPE_SENT, CivilDate(2005, 2, 27)),
              AllOf(HasSubstr("before-the-request"), HasSubstr("delivery-before-sending"),
                    HasSubstr("the likely date is Fri 2004-02-27")));
  Record(v1::EVENT_TYPE_SENT, CivilDate(2004, 2, 27));
  EXPECT_THAT(Get().conflicts(), IsEmpty());
}

TEST_F(EventsTest, AFactBeforeTheActIsRefused) {
  const auto refused =
      requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_SENT, CivilDate(1920, 7, 16)));
  ASSERT_THAT(refused, HasReason(Reason::REASON_ILLEGAL_EVENT));
  EXPECT_EQ(MetadataOf(refused.status())["rule"], "before-the-act");
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("before 1966"), HasSubstr("the likely date is Thu 2020-07-16")));
  EXPECT_THAT(requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_NOTE, CivilDate(220, 7, 16))),
              HasReason(Reason::REASON_ILLEGAL_EVENT));
  Record(v1::EVENT_TYPE_SENT, CivilDate(1966, 7, 16));
  // States had such laws before.
  Record(v1::EVENT_TYPE_SENT, CivilDate(1953, 7, 16), {}, /*accept=*/true);
  EXPECT_THAT(Get().conflicts(), ElementsAre(HasSubstr("before-the-act")));
  ASSERT_OK(Undo());
  EXPECT_THAT(Get().conflicts(), IsEmpty());
}

TEST_F(EventsTest, UndoTakesBackOnlyTheEventThatIsNamed) {
  const auto sent = Record(v1::EVENT_TYPE_SENT, kSent);
  const auto received = Record(v1::EVENT_TYPE_RECEIVED, kSent);
  // Somebody types a date that is refused, and then undo: what would be taken back is an older one.
  EXPECT_THAT(
      requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_DETERMINATION, CivilDate(2202, 8, 3))),
      HasReason(Reason::REASON_UNLIKELY_DATE));
  v1::UndoLastEventRequest call;
  call.set_parent(request_);
  call.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto shown, requests_->UndoLastEvent(owner_, call));
  EXPECT_EQ(shown.undone().name(), received.event().name());
  EXPECT_EQ(shown.undone().actor(), "people/owner");
  EXPECT_EQ(VerifiedEvents(), 2) << "nothing is written";
  call.set_validate_only(false);

  const auto id_of = [](const v1::Event& event) {
    return event.name().substr(event.name().rfind('/') + 1);
  };
  for (const std::string& other : {sent.event().name(), id_of(sent.event()), std::string("e01x")}) {
    call.set_event(other);
    const auto refused = requests_->UndoLastEvent(owner_, call);
    ASSERT_THAT(refused, HasReason(Reason::REASON_NOT_LAST_EVENT)) << other;
    EXPECT_EQ(MetadataOf(refused.status())["event"], received.event().name());
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("received of 2020-07-16"));
  }
  call.set_event("e0");
  EXPECT_THAT(requests_->UndoLastEvent(owner_, call), HasReason(Reason::REASON_AMBIGUOUS_NAME));
  EXPECT_EQ(VerifiedEvents(), 2);
  for (const bool is_short : {true, false}) {  // the beginning of its id, then its whole name
    v1::UndoLastEventRequest question;
    question.set_parent(request_);
    question.set_validate_only(true);
    ASSERT_OK_AND_ASSIGN(const auto would, requests_->UndoLastEvent(owner_, question));
    const v1::Event& last = would.undone();
    call.set_event(is_short ? absl::AsciiStrToUpper(id_of(last).substr(0, 20)) : last.name());
    ASSERT_OK_AND_ASSIGN(const auto undone, requests_->UndoLastEvent(owner_, call));
    EXPECT_EQ(undone.undone().type(), v1::EVENT_TYPE_RECEIVED);
    clock_.Advance(absl::Seconds(1));
    ASSERT_OK(Undo());
  }
}

TEST_F(EventsTest, ARequestOpenedByMistakeIsKeptAndMarked) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_RECEIVED, kSent);
  EXPECT_THAT(requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_VOIDED, kSent)),
              HasReason(Reason::REASON_INVALID_FIELD))
      << "why?";
  v1::CreateEventRequest call =
      NewEvent(v1::EVENT_TYPE_VOIDED, kSent, {{"reason", "opened twice"}});
  call.mutable_event()->clear_effective_on();
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto voided, requests_->CreateEvent(owner_, call));
  EXPECT_EQ(FormatDate(CivilDate(voided.event().effective_on().year(),
                                 voided.event().effective_on().month(),
                                 voided.event().effective_on().day())),
            "2020-09-01");
  EXPECT_EQ(voided.request().state(), v1::REQUEST_STATE_VOIDED);
  EXPECT_EQ(Get().regions().voided(), "2020-09-01: opened twice");
  EXPECT_THAT(voided.changes(), Contains(::testing::ResultOf(
                                    [](const v1::DeadlineChange& change) {
                                      return change.before().id() == "determination_due" &&
                                             change.after().status() == v1::DEADLINE_STATUS_ENDED;
                                    },
                                    true)));
  v1::ComputeDeadlinesRequest compute;
  compute.set_name(request_);
  ASSERT_OK_AND_ASSIGN(const auto deadlines, requests_->ComputeDeadlines(owner_, compute));
  for (const v1::Deadline& deadline : deadlines.deadlines()) {
    EXPECT_THAT(deadline.status(),
                ::testing::AnyOf(v1::DEADLINE_STATUS_NONE, v1::DEADLINE_STATUS_ENDED,
                                 v1::DEADLINE_STATUS_MET))
        << deadline.id();
  }
  // As of a day before, everything ran.
  *compute.mutable_as_of() = DateToProto(CivilDate(2020, 8, 1));
  ASSERT_OK_AND_ASSIGN(const auto before, requests_->ComputeDeadlines(owner_, compute));
  EXPECT_THAT(before.deadlines(),
              Contains(::testing::Property(&v1::Deadline::status, v1::DEADLINE_STATUS_RUNNING)));
  v1::GetRightToSueRequest rights;
  rights.set_name(request_);
  EXPECT_EQ(requests_->GetRightToSue(owner_, rights)->text(),
            "Voided on 2020-09-01: opened twice. Nothing is due.\n");
  v1::ExplainDeadlineRequest explain;
  explain.set_name(request_);
  explain.set_deadline_id("determination_due");
  EXPECT_THAT(requests_->ExplainDeadline(owner_, explain)->text(),
              ::testing::StartsWith("Voided on 2020-09-01: opened twice."));

  // Its log takes a remark, and nothing else but what takes the mark back.
  Record(v1::EVENT_TYPE_NOTE, CivilDate(2020, 9, 1));
  const auto refused =
      requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_ACKNOWLEDGED, CivilDate(2020, 7, 20)));
  ASSERT_THAT(refused, HasReason(Reason::REASON_REQUEST_VOIDED));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("opened twice"));
  v1::CreateEventRequest back = NewEvent(v1::EVENT_TYPE_CORRECTION, CivilDate(2020, 9, 1));
  back.mutable_event()->set_supersedes(voided.event().name());
  ASSERT_OK_AND_ASSIGN(const auto restored, requests_->CreateEvent(owner_, back));
  EXPECT_EQ(restored.request().state(), v1::REQUEST_STATE_OVERDUE);
  EXPECT_EQ(Due("determination_due"), "2020-08-13");
  // The last word is undone as any other.
  ASSERT_OK(Undo());
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_VOIDED);
  ASSERT_OK(Undo());
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_OVERDUE);
  EXPECT_EQ(VerifiedEvents(), 7);
}

TEST_F(EventsTest, ADryRunWritesNothing) {
  v1::CreateEventRequest request = NewEvent(v1::EVENT_TYPE_SENT, kSent);
  request.set_validate_only(true);
  const auto shown = requests_->CreateEvent(owner_, request);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->request().state(), v1::REQUEST_STATE_SENT);
  EXPECT_EQ(VerifiedEvents(), 0);
}

TEST_F(EventsTest, TheSameEventTwiceIsRefused) {
  const auto first = Record(v1::EVENT_TYPE_SENT, kSent);
  const auto again = requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_SENT, kSent));
  EXPECT_EQ(MetadataOf(again.status())["rule"], "recorded-twice");
  Record(v1::EVENT_TYPE_SENT, CivilDate(2020, 7, 17));
  Record(v1::EVENT_TYPE_SENT, kSent, {{"via", "mail"}});
  // What is replaced does not stand any more.
  v1::CreateEventRequest correction = NewEvent(v1::EVENT_TYPE_SENT, kSent);
  correction.mutable_event()->set_supersedes(first.event().name());
  EXPECT_OK(requests_->CreateEvent(owner_, correction));
}

TEST_F(EventsTest, EventsAreListedInTheOrderTheyCountWithWhatReplacedThem) {
  const auto wrong = Record(v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 15));
  v1::CreateEventRequest right = NewEvent(v1::EVENT_TYPE_RECEIVED, kSent);
  right.mutable_event()->set_supersedes(wrong.event().name());
  ASSERT_OK_AND_ASSIGN(const auto received, requests_->CreateEvent(owner_, right));
  Record(v1::EVENT_TYPE_ADVERSE_DETERMINATION, kSent);
  Record(v1::EVENT_TYPE_SENT, kSent);
  for (const int page_size : {0, 1, 3}) {
    const std::vector<v1::Event> events = List(page_size);
    std::vector<std::string> types;
    for (const v1::Event& event : events) types.push_back(EventTypeName(event.type()));
    EXPECT_THAT(types, ElementsAre("received", "sent", "received", "adverse_determination"));
    EXPECT_EQ(events[0].superseded_by(), received.event().name());
    EXPECT_EQ(events[2].superseded_by(), "");
  }
}

TEST_F(EventsTest, UndoTakesBackTheLastSlipAndUndoingThatBringsItBack) {
  EXPECT_THAT(Undo(), HasReason(Reason::REASON_NOTHING_TO_UNDO));
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_RECEIVED, kSent);
  EXPECT_EQ(Due("determination_due"), "2020-08-13");
  ASSERT_OK_AND_ASSIGN(const auto undone, Undo());
  EXPECT_EQ(undone.undone().type(), v1::EVENT_TYPE_RECEIVED);
  EXPECT_EQ(undone.event().type(), v1::EVENT_TYPE_CORRECTION);
  EXPECT_EQ(undone.event().supersedes(), undone.undone().name());
  EXPECT_THAT(undone.changes(),
              Contains(::testing::ResultOf(
                  [](const v1::DeadlineChange& change) { return change.before().id(); },
                  "determination_due")));
  EXPECT_EQ(undone.request().state(), v1::REQUEST_STATE_SENT);
  EXPECT_EQ(Due("determination_due"), "none");
  ASSERT_OK_AND_ASSIGN(const auto redone, Undo());
  EXPECT_EQ(redone.event().type(), v1::EVENT_TYPE_RECEIVED);
  EXPECT_EQ(Due("determination_due"), "2020-08-13");
  ASSERT_OK(Undo());
  EXPECT_EQ(Due("determination_due"), "none");
  EXPECT_EQ(VerifiedEvents(), 5);
}

TEST_F(EventsTest, UndoOfACorrectionBringsBackWhatItReplaced) {
  const auto first = Record(v1::EVENT_TYPE_RECEIVED, kSent, {{"via", "mail"}});
  v1::CreateEventRequest slip = NewEvent(v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 26));
  slip.mutable_event()->set_supersedes(first.event().name());
  ASSERT_OK(requests_->CreateEvent(owner_, slip));
  EXPECT_NE(Due("determination_due"), "2020-08-13");
  ASSERT_OK_AND_ASSIGN(const auto undone, Undo());
  EXPECT_EQ(undone.event().attributes().at("via"), "mail");
  EXPECT_EQ(Due("determination_due"), "2020-08-13");
  EXPECT_EQ(VerifiedEvents(), 3);
}

TEST_F(EventsTest, UndoIsGuardedLikeAnyChange) {
  Record(v1::EVENT_TYPE_SENT, kSent);
  v1::UndoLastEventRequest call;
  call.set_parent(request_);
  call.set_etag("stale");
  EXPECT_THAT(requests_->UndoLastEvent(owner_, call), HasReason(Reason::REASON_STALE_ETAG));
  call.set_etag(Get().etag());
  call.set_request_id("once");
  ASSERT_OK_AND_ASSIGN(const auto first, requests_->UndoLastEvent(owner_, call));
  ASSERT_OK_AND_ASSIGN(const auto again, requests_->UndoLastEvent(owner_, call));
  EXPECT_EQ(again.event().name(), first.event().name());
  EXPECT_EQ(VerifiedEvents(), 2);
  Principal viewer = owner_;
  (*viewer.mutable_roles())["labels/private"] = access::v1::ROLE_VIEWER;
  call.clear_request_id();
  EXPECT_THAT(requests_->UndoLastEvent(viewer, call), HasReason(Reason::REASON_PERMISSION_DENIED));
  // It is never refused for a contradiction that it uncovers; it says so.
  Record(v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 7, 30), {}, /*accept=*/true);
  Record(v1::EVENT_TYPE_ADVERSE_DETERMINATION, CivilDate(2020, 7, 27), {}, /*accept=*/true);
  ASSERT_OK_AND_ASSIGN(const auto undone, Undo());
  EXPECT_THAT(undone.warnings(), Contains(HasSubstr("appeal-needs-determination")));
}

// Facts in every order: the same regions, deadlines and contradictions.
TEST_F(EventsTest, OrderOfArrivalChangesNothing) {
  std::vector<std::pair<v1::EventType, CivilDate>> facts = {
      {v1::EVENT_TYPE_SENT, kSent},
      {v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 20)},
      {v1::EVENT_TYPE_INFO_TOLL_START, CivilDate(2020, 7, 22)},
      {v1::EVENT_TYPE_INFO_TOLL_STOP, CivilDate(2020, 7, 27)},
      {v1::EVENT_TYPE_FEE_WAIVER_DECIDED, CivilDate(2020, 7, 28)},  // never asked for
      {v1::EVENT_TYPE_ADVERSE_DETERMINATION, CivilDate(2020, 8, 3)},
      {v1::EVENT_TYPE_APPEAL_SENT, CivilDate(2020, 8, 3)},
  };
  std::vector<std::string> seen;
  std::sort(facts.begin(), facts.end());
  for (int round = 0; round < 20; ++round) {
    request_ = AddRequest();
    for (const auto& [type, day] : facts) Record(type, day, {}, /*accept=*/true);
    v1::Request request = Get();
    std::string summary = absl::StrCat(Due("determination_due"), " ", Due("appeal_file_by"), " ",
                                       v1::RequestState_Name(request.state()));
    for (const std::string& conflict : request.conflicts())
      absl::StrAppend(&summary, " ", conflict);
    for (v1::AppealRegion& appeal : *request.mutable_regions()->mutable_appeals()) {
      appeal.clear_determination_event();  // ids differ
      appeal.clear_appeal_event();
    }
    seen.push_back(absl::StrCat(summary, request.regions().ShortDebugString()));
    std::next_permutation(facts.begin(), facts.end());
    std::rotate(facts.begin(), facts.begin() + 3, facts.end());
  }
  EXPECT_THAT(seen, ::testing::Each(seen.front()));
  EXPECT_THAT(seen.front(), HasSubstr("waiver-decision-needs-request"));
}

// What other trackers do wrong with states and privacy; each must stay impossible here.
class DefectsTest : public EventsTest {};

TEST_F(DefectsTest, NoStatusIsSetAndNoStepIsTakenOutOfTurn) {
  // MuckRock: any status to any status. Here only events move a request, and they must fit.
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_WITHDRAWN, CivilDate(2020, 7, 20));
  const auto refused =
      requests_->CreateEvent(owner_, NewEvent(v1::EVENT_TYPE_ACKNOWLEDGED, CivilDate(2020, 7, 21)));
  EXPECT_THAT(refused, HasReason(Reason::REASON_ILLEGAL_EVENT));
  EXPECT_EQ(MetadataOf(refused.status())["rule"], "after-withdrawal");
  v1::UpdateRequestRequest update;
  update.mutable_request()->set_name(request_);
  update.mutable_request()->set_state(v1::REQUEST_STATE_DETERMINED);
  update.mutable_update_mask()->add_paths("state");
  EXPECT_THAT(requests_->UpdateRequest(owner_, update), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST_F(DefectsTest, AutoRepliesAndBouncesNeverMoveTheAgency) {
  // MuckRock: any allowed sender moves a request to "processed".
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_NOTE, CivilDate(2020, 7, 16));  // an automatic reply
  Record(v1::EVENT_TYPE_DELIVERY_FAILED, CivilDate(2020, 7, 17));
  EXPECT_EQ(Get().regions().processing(), v1::PROCESSING_STATE_NOT_RECEIVED);
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_SENT);
  EXPECT_EQ(Due("determination_due"), "none");
  // And a bounce after receipt takes nothing back.
  Record(v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 20));
  const std::string due = Due("determination_due");
  Record(v1::EVENT_TYPE_DELIVERY_FAILED, CivilDate(2020, 7, 21));
  EXPECT_EQ(Get().regions().filing(), v1::FILING_STATE_DELIVERED);
  EXPECT_EQ(Get().regions().processing(), v1::PROCESSING_STATE_RUNNING);
  EXPECT_EQ(Due("determination_due"), due);
}

TEST_F(DefectsTest, ADraftHasNoDueDate) {
  // MuckRock: the due date is fixed before anything is sent, and drafts are shown overdue.
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_DRAFT);
  EXPECT_EQ(Due("determination_due"), "none");
  Record(v1::EVENT_TYPE_SENT, kSent);
  EXPECT_EQ(Due("determination_due"), "none");
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_SENT);
}

TEST_F(DefectsTest, ClosedIsAStateAndNotAWordAndEqualTextsAreAllowed) {
  // RecordTrac: closed = the status text contains "closed"; a text may stand only once.
  const std::string first = request_;
  request_ = AddRequest();
  EXPECT_NE(request_, first);
  Record(v1::EVENT_TYPE_SENT, kSent);
  v1::CreateEventRequest note = NewEvent(v1::EVENT_TYPE_NOTE, CivilDate(2020, 7, 20));
  note.mutable_event()->set_note("closed; the office is closed on Friday");
  ASSERT_OK(requests_->CreateEvent(owner_, note));
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_SENT);
  Record(v1::EVENT_TYPE_CLOSED, CivilDate(2020, 7, 21), {{"outcome", "duplicate"}});
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_CLOSED);
  EXPECT_EQ(Get().regions().outcome(), v1::OUTCOME_DUPLICATE);
}

TEST_F(DefectsTest, NoComputedValueIsStored) {
  // Froide compares with a stored status that does not exist; Alaveteli stores due dates.
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_RECEIVED, kSent);
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_OVERDUE);
  auto it = store_->Scan(storage::ScanOptions::Prefix(absl::StrCat("request/", request_)));
  ASSERT_TRUE(it->Valid());
  v1::Request stored;
  ASSERT_TRUE(stored.ParseFromString(std::string(it->value())));
  EXPECT_EQ(stored.state(), v1::REQUEST_STATE_UNSPECIFIED);
  EXPECT_FALSE(stored.has_regions());
  // The same facts read on another day.
  clock_.Set(absl::FromCivil(absl::CivilSecond(2020, 8, 1, 12, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_PROCESSING);
}

TEST_F(DefectsTest, AnAnswerToAQuestionResumesAndDoesNotRestart) {
  // Alaveteli: the first follow-up after "waiting clarification" restarts the whole period.
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_RECEIVED, kSent);
  Record(v1::EVENT_TYPE_INFO_TOLL_START, CivilDate(2020, 8, 11));
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_TOLLED);
  Record(v1::EVENT_TYPE_INFO_TOLL_STOP, CivilDate(2020, 8, 24));
  EXPECT_EQ(Due("determination_due"), "2020-08-26");  // two days were left
  // A second question is recorded and stops nothing.
  Record(v1::EVENT_TYPE_INFO_TOLL_START, CivilDate(2020, 8, 25));
  EXPECT_EQ(Due("determination_due"), "2020-08-26");
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_OVERDUE);
}

TEST_F(DefectsTest, AnEmbargoNeverLowersPrivacy) {
  // MuckRock: a bulk "permanent embargo" sets a timed one, also where it was permanent already.
  Record(v1::EVENT_TYPE_EMBARGO_SET, CivilDate(2020, 7, 16), {{"until", "2021-12-31"}});
  Record(v1::EVENT_TYPE_EMBARGO_SET, CivilDate(2020, 7, 17), {{"until", "2020-12-31"}});
  EXPECT_EQ(Get().regions().access(), v1::ACCESS_STATE_EMBARGO);
  EXPECT_EQ(Get().regions().embargo_until().year(), 2021);
  Record(v1::EVENT_TYPE_ACCESS_CHANGED, CivilDate(2020, 7, 18), {{"access", "private"}});
  Record(v1::EVENT_TYPE_EMBARGO_SET, CivilDate(2020, 7, 19), {{"until", "2020-08-01"}});
  EXPECT_EQ(Get().regions().access(), v1::ACCESS_STATE_PRIVATE);
  // The end of an embargo publishes nothing.
  clock_.Set(absl::FromCivil(absl::CivilSecond(2023, 1, 1, 12, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(Get().regions().access(), v1::ACCESS_STATE_PRIVATE);
  // Only the verb that says so lowers it.
  Record(v1::EVENT_TYPE_ACCESS_CHANGED, CivilDate(2022, 12, 31), {{"access", "public"}});
  EXPECT_EQ(Get().regions().access(), v1::ACCESS_STATE_PUBLIC);
}

TEST_F(DefectsTest, ADeniedWaiverIsNoBill) {
  // MuckRock: "payment" on a waiver denial.
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_FEE_WAIVER_REQUESTED, kSent);
  Record(v1::EVENT_TYPE_FEE_WAIVER_DECIDED, CivilDate(2020, 7, 24), {{"outcome", "denied"}});
  EXPECT_EQ(Get().regions().fee(), v1::FEE_STATE_WAIVER_DENIED);
  ASSERT_EQ(Get().regions().appeals_size(), 1);
  EXPECT_EQ(Get().regions().appeals(0).issue(), "fee");
}

TEST_F(DefectsTest, AnInterimReleaseIsNotAPartialGrant) {
  // MuckRock: "partial" for interim letters.
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_RECEIVED, kSent);
  Record(v1::EVENT_TYPE_INTERIM_RELEASE, CivilDate(2020, 7, 30), {{"n", "1"}});
  EXPECT_EQ(Get().regions().processing(), v1::PROCESSING_STATE_PRODUCING);
  EXPECT_EQ(Get().regions().outcome(), v1::OUTCOME_UNSPECIFIED);
  EXPECT_THAT(Get().regions().appeals(), IsEmpty());
  EXPECT_EQ(Get().state(), v1::REQUEST_STATE_OVERDUE);  // it stopped no clock
}

TEST_F(DefectsTest, AnAppealIsOfferedWithItsLastDayOrNotAtAll) {
  // MuckRock: an appeal is offered for any other status, without a limit in time.
  Record(v1::EVENT_TYPE_SENT, kSent);
  Record(v1::EVENT_TYPE_RECEIVED, kSent);
  EXPECT_THAT(Get().regions().appeals(), IsEmpty());
  EXPECT_EQ(Due("appeal_file_by"), "none");
  const auto adverse = Record(v1::EVENT_TYPE_ADVERSE_DETERMINATION, CivilDate(2020, 8, 3));
  ASSERT_EQ(Get().regions().appeals_size(), 1);
  EXPECT_EQ(Get().regions().appeals(0).state(), v1::APPEAL_STATE_OPEN);
  EXPECT_EQ(Get().regions().appeals(0).determination_event(), adverse.event().name());
  v1::ComputeDeadlinesRequest call;
  call.set_name(request_);
  ASSERT_OK_AND_ASSIGN(const auto computed, requests_->ComputeDeadlines(owner_, call));
  const auto last_day =
      std::find_if(computed.deadlines().begin(), computed.deadlines().end(),
                   [](const v1::Deadline& deadline) { return deadline.id() == "appeal_file_by"; });
  ASSERT_NE(last_day, computed.deadlines().end());
  EXPECT_TRUE(last_day->has_safe_date());
  clock_.Set(absl::FromCivil(absl::CivilSecond(2022, 1, 1, 12, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(Get().regions().appeals(0).state(), v1::APPEAL_STATE_LAPSED);
}

}  // namespace
}  // namespace foia::tracker
