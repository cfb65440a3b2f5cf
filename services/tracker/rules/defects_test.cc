// Ways in which other trackers get dates wrong; each is a test here. Privacy and states have
// theirs elsewhere.
#include <algorithm>
#include <fstream>

#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::Contains;
using ::testing::HasSubstr;

class TrackerDefects : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<RuleBook> book = LoadRules("");
    ASSERT_OK(book);
    book_ = new RuleBook(*std::move(book));
  }
  static void TearDownTestSuite() { delete book_; }

  static std::vector<DeadlineEvent> Events(const std::string& text) {
    absl::StatusOr<std::vector<DeadlineEvent>> events = ParseEvents(text);
    EXPECT_OK(events);
    return *std::move(events);
  }
  static v1::Deadline Get(const std::string& jurisdiction, const std::string& events,
                          std::string_view id, CivilDate as_of = CivilDate(2026, 7, 1)) {
    const absl::StatusOr<const Rules*> rules = book_->FindRules(jurisdiction);
    EXPECT_OK(rules);
    for (const v1::Deadline& deadline :
         Compute(**rules, (*rules)->calendar(), Events(events), as_of)) {
      if (deadline.id() == id) return deadline;
    }
    ADD_FAILURE() << jurisdiction << " has no " << id;
    return v1::Deadline();
  }
  static std::string DateOf(const std::string& jurisdiction, const std::string& events,
                            std::string_view id) {
    return OutcomeText(Get(jurisdiction, events, id));
  }

  static const RuleBook* book_;
};
const RuleBook* TrackerDefects::book_ = nullptr;

// MuckRock dates a request when it is written, FOIA Machine shows drafts as overdue.
TEST_F(TrackerDefects, NoDueDateBeforeReceipt) {
  for (const auto& [id, rules] : book_->jurisdictions()) {
    for (const char* events : {"", "2024-03-04 approved", "2024-03-04 queued", "2024-03-04 sent",
                               "2024-03-04 sent via=email; 2024-03-06 delivery_failed"}) {
      for (const v1::Deadline& deadline :
           Compute(rules, rules.calendar(), Events(events), CivilDate(2026, 7, 1))) {
        EXPECT_FALSE(deadline.has_date()) << id << "/" << deadline.id() << ": " << events;
        EXPECT_NE(deadline.status(), v1::DEADLINE_STATUS_LATE) << id << "/" << deadline.id();
      }
    }
  }
  EXPECT_THAT(Get("us-federal", "2024-03-04 sent", "determination_due").missing(),
              Contains("received"));
}

// FOIA Machine counts again from the last message that was sent.
TEST_F(TrackerDefects, LaterMessagesDoNotRestartTheClock) {
  const std::string due = DateOf("us-federal", "2024-03-04 received", "determination_due");
  EXPECT_EQ(due, "2024-04-01");
  EXPECT_EQ(DateOf("us-federal",
                   "2024-03-04 received; 2024-03-14 sent; 2024-03-15 delivered; 2024-03-18 "
                   "acknowledged; 2024-03-20 note",
                   "determination_due"),
            due);
}

// MuckRock resumes from the day somebody looks; the order of recording must not matter either.
TEST_F(TrackerDefects, ReplayInAnyOrderGivesTheSameDate) {
  std::vector<DeadlineEvent> events = Events(
      "2024-03-04 received; 2024-03-08 info_toll_start; 2024-03-12 fee_toll_start; "
      "2024-03-18 info_toll_stop; 2024-03-20 fee_toll_stop; 2024-03-27 extension_notice "
      "days=10");
  ASSERT_OK_AND_ASSIGN(const Rules* rules, book_->FindRules("us-federal"));
  const auto outcomes = [&](CivilDate as_of) {
    std::string all;
    for (const v1::Deadline& deadline : Compute(*rules, rules->calendar(), events, as_of)) {
      all += deadline.id() + "=" + OutcomeText(deadline) + " ";
    }
    return all;
  };
  const std::string expected = outcomes(CivilDate(2024, 4, 1));
  EXPECT_THAT(expected, HasSubstr("determination_due=2024-04-25"));
  EXPECT_EQ(outcomes(CivilDate(2026, 7, 1)), expected) << "dates do not depend on today";
  const auto by_id = [](const DeadlineEvent& a, const DeadlineEvent& b) { return a.id < b.id; };
  int orders = 0;
  do {
    ++orders;
    ASSERT_EQ(outcomes(CivilDate(2024, 4, 1)), expected);
  } while (std::next_permutation(events.begin(), events.end(), by_id));
  EXPECT_EQ(orders, 720);
}

// MuckRock lets the agency pause as often as it likes.
TEST_F(TrackerDefects, ASecondRequestForInformationDoesNotToll) {
  const std::string once =
      "2024-03-04 received; 2024-03-08 info_toll_start; 2024-03-13 info_toll_stop";
  const std::string twice = once + "; 2024-03-15 info_toll_start; 2024-03-25 info_toll_stop";
  EXPECT_EQ(DateOf("us-federal", twice, "determination_due"),
            DateOf("us-federal", once, "determination_due"));
  const v1::Deadline open =
      Get("us-federal", once + "; 2024-03-15 info_toll_start", "determination_due");
  EXPECT_TRUE(open.has_date());
  EXPECT_FALSE(open.warnings().empty());
}

// Alaveteli starts the whole period again after a clarification.
TEST_F(TrackerDefects, TheClockResumesAndDoesNotRestart) {
  // Four of twenty days were used when the agency asked: sixteen are left.
  EXPECT_EQ(DateOf("us-federal",
                   "2024-03-04 received; 2024-03-08 info_toll_start; 2024-03-13 info_toll_stop",
                   "determination_due"),
            "2024-04-04");
  EXPECT_NE(DateOf("us-federal", "2024-03-13 received", "determination_due"), "2024-04-04");
}

// RecordTrac and FOIA Machine count calendar days where the law says working days.
TEST_F(TrackerDefects, WorkingDaysAreNotCalendarDays) {
  for (CivilDate day(2025, 1, 1); day < CivilDate(2028, 1, 1); ++day) {
    const v1::Deadline due = Get("us-federal", FormatDate(day) + " received", "determination_due");
    ASSERT_TRUE(due.has_date());
    const CivilDate date(due.date().year(), due.date().month(), due.date().day());
    EXPECT_GE(date - day, 26)
        << day;  // four weekends at least, and 20 calendar days are never right
  }
  EXPECT_EQ(DateOf("us-ca", "2025-03-03 received", "determination_due"), "2025-03-13")
      << "but California counts calendar days";
}

// Holiday lists that end in some year, know only fixed days, or lack Juneteenth.
TEST_F(TrackerDefects, HolidaysNeitherEndNorLackOne) {
  ASSERT_OK_AND_ASSIGN(const Calendar* federal, book_->FindCalendar("federal"));
  std::map<int, int> by_year;  // the holiday's own year: 31 December is 1 January's
  for (const auto& [day, name] : federal->holidays()) {
    ++by_year[static_cast<int>((day + 1).year())];
  }
  for (int year = 2021; year <= Calendar::kLastYear - 1; ++year) {
    EXPECT_EQ(by_year[year], 11) << year;
  }
  for (int year = 1987; year <= 2020; ++year) EXPECT_EQ(by_year[year], 10) << year;
  for (const CivilDate day :
       {CivilDate(2021, 6, 18), CivilDate(2022, 6, 20), CivilDate(2024, 6, 19),
        CivilDate(2021, 12, 31), CivilDate(2027, 12, 31), CivilDate(2031, 9, 1)}) {
    EXPECT_FALSE(federal->IsWorkingDay(day)) << day;
  }
  EXPECT_TRUE(federal->IsWorkingDay(CivilDate(2020, 6, 19)));
  EXPECT_EQ(DateOf("us-federal", "2021-05-24 received", "determination_due"), "2021-06-23");
}

// Alaveteli stores dates: a holiday that is added later leaves open requests as they were.
TEST_F(TrackerDefects, AnAddedHolidayMovesOpenDates) {
  const testing::TempDir dir;
  std::string calendars = EmbeddedRules().at("calendars-federal.textproto");
  calendars +=
      "\ncalendars { id: \"federal-2\" extends: \"federal\" title: \"t\" add_dates { date { year: "
      "2024 month: 3 day: 20 } name: \"New holiday\" } }\n";
  std::ofstream(dir / "calendars-federal.textproto") << calendars;
  std::string federal = EmbeddedRules().at("us-federal.textproto");
  const std::string before = "calendar_id: \"federal\"";
  federal.replace(federal.find(before), before.size(), "calendar_id: \"federal-2\"");
  std::ofstream(dir / "us-federal.textproto") << federal;
  ASSERT_OK_AND_ASSIGN(const RuleBook changed, LoadRules(dir.path().string()));
  EXPECT_NE(changed.digest(), book_->digest());
  const std::vector<DeadlineEvent> events = Events("2024-03-04 received");
  for (const auto& [book, expected] : {std::pair(book_, "2024-04-01"), {&changed, "2024-04-02"}}) {
    ASSERT_OK_AND_ASSIGN(const Rules* rules, book->FindRules("us-federal-dhs"));
    ASSERT_OK_AND_ASSIGN(
        const std::vector<v1::Explanation> explained,
        Explain(*rules, rules->calendar(), events, CivilDate(2024, 3, 5), "determination_due"));
    EXPECT_EQ(OutcomeText(explained[0].deadline()), expected);
    EXPECT_EQ(explained[0].deadline().rules_digest(), book->digest());
  }
}

// FOIA Machine takes 30 days where it knows no law.
TEST_F(TrackerDefects, AnUnknownLawGivesNoInventedNumber) {
  for (const char* id : {"us-zz", "us", "", "us-pr"}) {
    EXPECT_THAT(book_->FindRules(id), HasReason(Reason::REASON_NOT_FOUND)) << id;
  }
  for (const char* id : {"us-fl", "us-nc", "us-oh", "us-wi", "us-az", "us-mt"}) {
    const v1::Deadline due = Get(id, "2024-03-04 received", "response_due");
    EXPECT_EQ(due.status(), v1::DEADLINE_STATUS_NONE) << id;
    EXPECT_TRUE(due.missing().empty()) << id << ": no fact is missing, the law has no number";
  }
  EXPECT_EQ(Get("us-fl", "2024-03-04 sent", "response_due").status(),
            v1::DEADLINE_STATUS_CANNOT_COMPUTE)
      << "which is another thing than no deadline";
}

// FOIA.gov's portal calls an e-mail delivered after seven days.
TEST_F(TrackerDefects, PresumedDeliveryIsLabelled) {
  for (const char* events : {"2024-03-04 presumed_delivered", "2024-03-04 delivered"}) {
    const v1::Deadline due = Get("us-federal", events, "determination_due");
    EXPECT_EQ(OutcomeText(due), "2024-04-01");
    EXPECT_EQ(due.confidence(), v1::CONFIDENCE_PRESUMED);
    EXPECT_THAT(Get("us-federal", events, "clock_start").warnings(),
                Contains(HasSubstr("Receipt is presumed")));
  }
  const v1::Deadline known =
      Get("us-federal", "2024-03-04 presumed_delivered; 2024-03-06 received", "determination_due");
  EXPECT_EQ(OutcomeText(known), "2024-04-03") << "evidence replaces the presumption";
  EXPECT_EQ(known.confidence(), v1::CONFIDENCE_EVIDENCE);
  EXPECT_EQ(Get("us-tx", "2024-03-01 sent via=mail", "ag_request_due").confidence(),
            v1::CONFIDENCE_PRESUMED);
}

// "Overdue" is a question about a day, never a state that is kept.
TEST_F(TrackerDefects, OverdueIsComputed) {
  const auto status = [](CivilDate as_of) {
    return Get("us-federal", "2024-03-04 received", "determination_due", as_of).status();
  };
  EXPECT_EQ(status(CivilDate(2024, 4, 1)), v1::DEADLINE_STATUS_RUNNING);
  EXPECT_EQ(status(CivilDate(2024, 4, 2)), v1::DEADLINE_STATUS_LATE);
}

// MuckRock offers an appeal for ever, Froide gives it the time of a response.
TEST_F(TrackerDefects, AnAppealHasItsOwnLastDayAndASafeDay) {
  const v1::Deadline statute =
      Get("us-federal", "2024-03-04 adverse_determination", "appeal_file_by");
  EXPECT_EQ(OutcomeText(statute), "2024-06-02");
  ASSERT_TRUE(statute.has_safe_date());
  EXPECT_EQ(DateOf("us-federal-dhs", "2024-03-04 adverse_determination", "appeal_file_by"),
            "2024-07-11");
  EXPECT_EQ(DateOf("us-ny", "2024-03-04 denied", "appeal_file_by"), "2024-04-03");
}

// A notice beyond what the law allows is a denial in Pennsylvania, perhaps on its own day.
TEST_F(TrackerDefects, ANoticeBeyondTheLongestTimeIsADenial) {
  const std::string late = "2026-03-02 received; 2026-03-06 extension_notice until=2026-05-30";
  const v1::Deadline due = Get("us-pa", late, "response_due");
  EXPECT_EQ(OutcomeText(due), "2026-03-09");
  EXPECT_THAT(due.warnings(), Contains(HasSubstr("such a notice is a denial")));
  const v1::Deadline appeal = Get("us-pa", late, "appeal_after_silence_by");
  EXPECT_EQ(OutcomeText(appeal), "2026-03-30");
  // Fifteen business days from the notice.
  EXPECT_EQ(appeal.safe_date().month(), 3);
  EXPECT_EQ(appeal.safe_date().day(), 27);
  // Elsewhere the longest time counts.
  EXPECT_EQ(
      DateOf("us-ms", "2026-03-02 received; 2026-03-06 extension_notice days=60", "response_due"),
      "2026-03-20");
}

// A date is no more certain than the days that its count passed over.
TEST_F(TrackerDefects, ADateIsNoMoreCertainThanItsCalendar) {
  EXPECT_EQ(Get("us-pa", "2026-12-21 received", "response_due").certainty(),
            v1::CERTAINTY_VERIFIED);
  // The Friday after Thanksgiving rests on a list of the Commonwealth.
  EXPECT_EQ(Get("us-pa", "2026-11-23 received", "response_due").certainty(),
            v1::CERTAINTY_SECONDARY);
  EXPECT_EQ(Get("us-co", "2026-03-02 received", "response_due").certainty(),
            v1::CERTAINTY_SECONDARY);
  // Receipt itself is not counted.
  EXPECT_EQ(Get("us-co", "2026-03-02 received", "clock_start").certainty(), v1::CERTAINTY_VERIFIED);
}

// The safe date of a last day that moves on is the day from which it moves.
TEST_F(TrackerDefects, ALastDayMovesOnAndTheSafeDateStays) {
  const v1::Deadline appeal = Get("us-ct", "2024-03-07 denied", "appeal_file_by");
  EXPECT_EQ(OutcomeText(appeal), "2024-04-08");
  EXPECT_EQ(appeal.safe_date().day(), 6);
  EXPECT_EQ(DateOf("us-md", "2024-05-02 received", "response_due"), "2024-06-01");  // Saturday
  // A right that opens on a Saturday is open on Saturday.
  EXPECT_EQ(DateOf("us-ny", "2024-03-04 received; 2024-03-08 acknowledged", "deemed_denied_from"),
            "2024-04-06");
}

// What the other side filed meets nothing of ours.
TEST_F(TrackerDefects, TheAgencysNoticeOfAppealIsNotOurs) {
  const std::string theirs = "2026-03-02 judgment; 2026-03-20 court_appeal_filed party=agency";
  const CivilDate as_of(2026, 3, 25);
  EXPECT_EQ(Get("us-federal", theirs, "notice_of_appeal_by", as_of).status(),
            v1::DEADLINE_STATUS_RUNNING);
  EXPECT_EQ(Get("us-federal", "2026-03-02 judgment; 2026-03-20 court_appeal_filed party=requester",
                "notice_of_appeal_by", as_of)
                .status(),
            v1::DEADLINE_STATUS_MET);
  EXPECT_EQ(Get("us-federal", theirs + "; 2026-03-23 court_appeal_filed party=requester",
                "cross_appeal_by", as_of)
                .status(),
            v1::DEADLINE_STATUS_MET);
}

}  // namespace
}  // namespace foia::tracker
