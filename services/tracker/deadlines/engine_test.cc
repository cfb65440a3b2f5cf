// What the vectors of tests/cases do not show: status, order of arrival, contradictions, and the
// properties every computation must have.
#include "services/tracker/deadlines/engine.h"

#include <algorithm>
#include <random>

#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const RuleBook& Book() {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return book;
}

const Rules& RulesOf(const char* jurisdiction) { return **Book().FindRules(jurisdiction); }

std::vector<v1::Deadline> Find(const std::vector<v1::Deadline>& all, std::string_view id) {
  std::vector<v1::Deadline> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found),
               [&](const auto& deadline) { return deadline.id() == id; });
  return found;
}

std::vector<v1::Deadline> ComputeAll(const char* jurisdiction,
                                     const std::vector<DeadlineEvent>& events, CivilDate as_of) {
  const Rules& rules = RulesOf(jurisdiction);
  return Compute(rules, rules.calendar(), events, as_of);
}

// The first deadline of that id.
v1::Deadline ComputeOne(const char* jurisdiction, const char* events, CivilDate as_of,
                        std::string_view id) {
  return Find(ComputeAll(jurisdiction, ParseEvents(events).value(), as_of), id).at(0);
}

std::string Show(const common::v1::Date& date) {
  return date.year() == 0 ? "" : FormatDate(DateFromProto(date, "date").value());
}

TEST(StatusTest, FollowsEventsAndToday) {
  const struct {
    const char* events;
    const char* today;
    const char* deadline;
    v1::DeadlineStatus status;
    const char* date;
  } kCases[] = {
      {"", "2020-08-01", "determination_due", v1::DEADLINE_STATUS_CANNOT_COMPUTE, ""},
      {"2020-07-16 sent", "2020-08-01", "determination_due", v1::DEADLINE_STATUS_CANNOT_COMPUTE,
       ""},
      {"2020-07-16 received", "2020-08-13", "determination_due", v1::DEADLINE_STATUS_RUNNING,
       "2020-08-13"},
      {"2020-07-16 received", "2020-08-14", "determination_due", v1::DEADLINE_STATUS_LATE,
       "2020-08-13"},
      {"2020-07-16 received;2020-08-13 determination", "2021-01-01", "determination_due",
       v1::DEADLINE_STATUS_MET, "2020-08-13"},
      {"2020-07-16 received;2020-08-14 determination", "2021-01-01", "determination_due",
       v1::DEADLINE_STATUS_LATE, "2020-08-13"},
      {"2020-07-16 received;2020-07-20 info_toll_start", "2021-01-01", "determination_due",
       v1::DEADLINE_STATUS_TOLLED, ""},
      {"2020-07-16 received;2020-07-20 info_toll_start", "2021-01-01", "suit_limitation",
       v1::DEADLINE_STATUS_TOLLED, ""},
      {"2020-07-16 received;2020-07-20 info_toll_start;2020-09-01 determination", "2021-01-01",
       "constructive_exhaustion_from", v1::DEADLINE_STATUS_NONE, ""},
      {"2020-07-16 received;2020-08-01 withdrawn", "2021-01-01", "determination_due",
       v1::DEADLINE_STATUS_ENDED, "2020-08-13"},
      {"2020-07-16 received;2020-08-01 withdrawn", "2021-01-01", "constructive_exhaustion_from",
       v1::DEADLINE_STATUS_NONE, ""},
      {"2020-07-16 received;2020-08-01 withdrawn;2020-08-03 reopened", "2021-01-01",
       "determination_due", v1::DEADLINE_STATUS_LATE, "2020-08-13"},
      {"2020-07-16 received", "2020-08-13", "constructive_exhaustion_from",
       v1::DEADLINE_STATUS_RUNNING, "2020-08-14"},
      {"2020-07-16 received", "2020-08-14", "constructive_exhaustion_from",
       v1::DEADLINE_STATUS_IN_EFFECT, "2020-08-14"},
      // A late determination before suit: appeal first. After suit it changes nothing.
      {"2020-07-16 received;2020-09-01 determination", "2021-01-01", "constructive_exhaustion_from",
       v1::DEADLINE_STATUS_ENDED, "2020-08-14"},
      {"2020-07-16 received;2020-08-20 complaint_filed;2020-09-01 determination", "2021-01-01",
       "constructive_exhaustion_from", v1::DEADLINE_STATUS_IN_EFFECT, "2020-08-14"},
      {"2020-07-16 received;2020-09-01 determination", "2021-01-01", "search_fee_bar_from",
       v1::DEADLINE_STATUS_IN_EFFECT, "2020-08-14"},
      {"2024-11-25 appeal_received", "2025-01-02", "appeal_exhaustion_from",
       v1::DEADLINE_STATUS_IN_EFFECT, "2024-12-25"},
      {"2024-11-25 appeal_received;2024-12-02 info_toll_start", "2025-01-02", "appeal_decision_due",
       v1::DEADLINE_STATUS_LATE, "2024-12-24"},
      // An extension of the determination does not extend the appeal, and the other way round.
      {"2022-08-01 received;2022-08-24 extension_notice;2022-09-20 appeal_received", "2022-09-21",
       "appeal_decision_due", v1::DEADLINE_STATUS_RUNNING, "2022-10-19"},
      {"2022-08-01 received;2022-08-24 extension_notice;2022-09-20 appeal_received;"
       "2022-10-03 extension_notice days=2",
       "2022-09-21", "appeal_decision_due", v1::DEADLINE_STATUS_RUNNING, "2022-10-21"},
      {"2022-08-01 received;2022-08-24 extension_notice deadline=appeal_decision_due", "2022-08-25",
       "determination_due", v1::DEADLINE_STATUS_RUNNING, "2022-08-29"},
      {"2022-08-01 received;2022-08-24 extension_notice days=30", "2022-08-25", "determination_due",
       v1::DEADLINE_STATUS_RUNNING, "2022-09-13"},
      {"2022-08-01 received;2022-08-24 extension_notice days=0", "2022-08-25", "determination_due",
       v1::DEADLINE_STATUS_RUNNING, "2022-08-29"},
      {"2022-08-01 received;2022-08-24 extension_notice until=2022-09-06", "2022-08-25",
       "determination_due", v1::DEADLINE_STATUS_RUNNING, "2022-09-06"},
      {"2022-08-01 received;2022-08-24 extension_notice days=ten", "2022-08-25",
       "determination_due", v1::DEADLINE_STATUS_CANNOT_COMPUTE, ""},
      {"2022-08-01 received;2022-08-24 alternative_date_agreed date=2022-12-01", "2022-09-25",
       "determination_due", v1::DEADLINE_STATUS_RUNNING, "2022-12-01"},
      {"2148-12-01 received", "2149-01-01", "suit_limitation", v1::DEADLINE_STATUS_CANNOT_COMPUTE,
       ""},
      // 29 February: the day before stands for the missing one.
      {"2024-01-30 received", "2024-02-28", "constructive_exhaustion_from",
       v1::DEADLINE_STATUS_RUNNING, "2024-02-29"},
      {"2024-01-30 received", "2024-03-28", "suit_limitation", v1::DEADLINE_STATUS_RUNNING,
       "2030-02-28"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.events) + " | " + c.deadline);
    const v1::Deadline deadline =
        ComputeOne("us-federal", c.events, ParseDate(c.today, "today").value(), c.deadline);
    EXPECT_EQ(v1::DeadlineStatus_Name(deadline.status()), v1::DeadlineStatus_Name(c.status));
    EXPECT_EQ(Show(deadline.date()), c.date);
  }
}

TEST(ComputeTest, SaysWhatIsMissing) {
  const CivilDate today(2020, 8, 1);
  const v1::Deadline due = ComputeOne("us-federal", "2020-07-16 sent", today, "determination_due");
  EXPECT_THAT(due.missing(), ElementsAre("received", "received_proper"));
  const v1::Deadline appeal =
      ComputeOne("us-federal", "2020-07-16 received", today, "appeal_file_by");
  EXPECT_EQ(appeal.status(), v1::DEADLINE_STATUS_NONE);
  EXPECT_THAT(appeal.missing(), ElementsAre("adverse_determination"));
}

TEST(ComputeTest, PresumesReceiptOnlyWithoutEvidence) {
  const CivilDate today(2020, 8, 1);
  v1::Deadline due = ComputeOne("us-federal", "2020-07-16 delivered", today, "determination_due");
  EXPECT_EQ(due.confidence(), v1::CONFIDENCE_PRESUMED);
  EXPECT_EQ(Show(due.date()), "2020-08-13");
  due = ComputeOne("us-federal", "2020-07-16 delivered;2020-07-20 received", today,
                   "determination_due");
  EXPECT_EQ(due.confidence(), v1::CONFIDENCE_EVIDENCE);
  EXPECT_EQ(Show(due.date()), "2020-08-17");
}

TEST(ComputeTest, FlagsContradictionsAndTakesTheEarlierDay) {
  const v1::Deadline start = ComputeOne("us-federal", "2020-07-20 received;2020-07-16 received",
                                        CivilDate(2020, 8, 1), "clock_start");
  EXPECT_EQ(Show(start.date()), "2020-07-16");
  EXPECT_THAT(start.warnings(), ElementsAre(HasSubstr("2020-07-20")));
}

TEST(ComputeTest, SaysWhichEventsHadNoEffect) {
  const auto warnings = [](const char* events) {
    const v1::Deadline due =
        ComputeOne("us-federal", events, CivilDate(2023, 5, 1), "determination_due");
    return std::vector<std::string>(due.warnings().begin(), due.warnings().end());
  };
  EXPECT_THAT(warnings("2023-03-01 received;2023-03-08 info_toll_start;2023-03-15 info_toll_stop"),
              IsEmpty());
  EXPECT_THAT(warnings("2023-03-01 received;2023-03-08 info_toll_start;2023-03-15 info_toll_stop;"
                       "2023-03-20 info_toll_start"),
              ElementsAre(HasSubstr("the law allows 1")));
  EXPECT_THAT(warnings("2023-03-01 received;2023-03-29 fee_toll_start"),
              ElementsAre(HasSubstr("on or after the due date 2023-03-29")));
  EXPECT_THAT(warnings("2023-03-01 received;2023-03-30 extension_notice"),
              ElementsAre(HasSubstr("extends nothing: it came after 2023-03-29")));
  EXPECT_THAT(warnings("2023-03-01 received;2023-03-28 extension_notice days=2;"
                       "2023-03-29 extension_notice days=2"),
              ElementsAre(HasSubstr("only once")));
  EXPECT_THAT(warnings("2023-03-01 received;2023-03-28 extension_notice days=15"),
              ElementsAre(HasSubstr("10 working days count")));
}

TEST(ComputeTest, EveryAnsweredQuestionStopsTheClockOnce) {
  const struct {
    const char* events;
    const char* due;
  } kCases[] = {
      // Answered and asked again on one day: (6, 13] and (13, 17].
      {"2023-03-01 received;2023-03-06 fee_toll_start;2023-03-13 fee_toll_stop;"
       "2023-03-13 fee_toll_start;2023-03-17 fee_toll_stop",
       "2023-04-11"},
      // Asked and answered on one day.
      {"2023-03-01 received;2023-03-06 fee_toll_stop;2023-03-06 fee_toll_start", "2023-03-29"},
      // Two questions that wait at once, each with its answer: (6, 20].
      {"2023-03-01 received;2023-03-06 fee_toll_start;2023-03-09 fee_toll_start;"
       "2023-03-15 fee_toll_stop;2023-03-20 fee_toll_stop",
       "2023-04-12"},
      // One answer to both: (6, 15].
      {"2023-03-01 received;2023-03-06 fee_toll_start;2023-03-09 fee_toll_start;"
       "2023-03-15 fee_toll_stop",
       "2023-04-07"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(
        Show(ComputeOne("us-federal", c.events, CivilDate(2023, 5, 1), "determination_due").date()),
        c.due)
        << c.events;
  }
}

TEST(ComputeTest, ACourtsLastDayKeepsTheLegalHolidays) {
  ASSERT_OK_AND_ASSIGN(const Calendar* closures, Book().FindCalendar("federal+eo"));
  ASSERT_OK_AND_ASSIGN(const auto events, ParseEvents("2018-12-06 received"));
  const auto deadlines = Compute(RulesOf("us-federal"), *closures, events, CivilDate(2019, 1, 1));
  // The executive order that closed agencies on 2025-01-09 did not close the courts.
  EXPECT_EQ(Show(Find(deadlines, "suit_limitation").at(0).date()), "2025-01-09");
}

TEST(ComputeTest, CorrectionsReplaceEvents) {
  std::vector<DeadlineEvent> events = {
      {"e1", v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16)},
      {"e2", v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 20), {}, "e1"},
  };
  const CivilDate today(2020, 8, 1);
  const auto due = [&] {
    return Find(ComputeAll("us-federal", events, today), "determination_due").at(0);
  };
  EXPECT_EQ(Show(due().date()), "2020-08-17");
  EXPECT_EQ(due().trigger_event_id(), "e2");
  EXPECT_THAT(due().warnings(), IsEmpty());
  // What was replaced stays replaced when its replacement is replaced.
  events.push_back({"e3", v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 21), {}, "e2"});
  EXPECT_EQ(Show(due().date()), "2020-08-18");
  events.push_back({"e4", v1::EVENT_TYPE_CORRECTION, CivilDate(2020, 7, 22), {}, "e3"});
  EXPECT_EQ(due().status(), v1::DEADLINE_STATUS_CANNOT_COMPUTE);
}

TEST(ComputeTest, EachAdverseDeterminationOpensItsOwnAppeal) {
  const std::vector<DeadlineEvent> events =
      ParseEvents(
          "2024-08-01 adverse_determination;2024-09-03 adverse_determination;"
          "2024-08-20 appeal_sent")
          .value();
  const std::vector<v1::Deadline> appeals =
      Find(ComputeAll("us-federal-dhs", events, CivilDate(2024, 12, 1)), "appeal_file_by");
  ASSERT_EQ(appeals.size(), 2U);
  EXPECT_EQ(appeals[0].status(), v1::DEADLINE_STATUS_MET);
  EXPECT_EQ(appeals[0].closing_event_id(), "e3");
  EXPECT_EQ(appeals[0].rule_id(), "us-federal-dhs/appeal_file_by");
  EXPECT_EQ(appeals[1].status(), v1::DEADLINE_STATUS_RUNNING);
  EXPECT_EQ(appeals[1].trigger_event_id(), "e2");
}

TEST(ComputeTest, SafeDates) {
  const struct {
    const char* jurisdiction;
    const char* calendar;
    const char* events;
    const char* deadline;
    const char* date;
    const char* safe_date;
  } kCases[] = {
      {"us-federal", "federal", "2024-08-01 adverse_determination", "appeal_file_by", "2024-10-30",
       "2024-10-30"},
      // Closures by executive order are counted.
      {"us-federal-dhs", "federal", "2024-10-01 adverse_determination", "appeal_file_by",
       "2025-02-12", "2025-02-12"},
      {"us-federal-dhs", "federal+eo", "2024-10-01 adverse_determination", "appeal_file_by",
       "2025-02-14", "2025-02-12"},
      // Not rolled forward.
      {"us-ny", "ny_public", "2024-03-28 denied", "appeal_file_by", "2024-04-29", "2024-04-27"},
      // No stop of the clock, and ten calendar days of routing.
      {"us-federal", "federal",
       "2023-03-01 received;2023-03-08 info_toll_start;2023-03-20 info_toll_stop",
       "suit_limitation", "2029-04-11", "2029-03-30"},
      {"us-federal", "federal", "2022-03-01 received_any", "suit_limitation", "2028-04-13",
       "2028-04-09"},
      // Too early is the risk with remedies, and the agency's days are not ours.
      {"us-federal", "federal", "2023-03-01 received", "constructive_exhaustion_from", "2023-03-30",
       ""},
      {"us-federal", "federal", "2023-03-01 received", "determination_due", "2023-03-29", ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.calendar) + " " + c.events);
    const v1::Deadline deadline =
        Find(Compute(RulesOf(c.jurisdiction), **Book().FindCalendar(c.calendar),
                     ParseEvents(c.events).value(), CivilDate(2024, 1, 1)),
             c.deadline)
            .at(0);
    EXPECT_EQ(Show(deadline.date()), c.date);
    EXPECT_EQ(Show(deadline.safe_date()), c.safe_date);
  }
}

TEST(ComputeTest, Certainty) {
  const auto certainty = [](const char* events, const char* id) {
    return v1::Certainty_Name(
        ComputeOne("us-federal-dhs", events, CivilDate(2024, 1, 1), id).certainty());
  };
  EXPECT_EQ(certainty("2023-03-01 received", "determination_due"), "CERTAINTY_VERIFIED");
  EXPECT_EQ(certainty("2023-05-27 received", "determination_due"), "CERTAINTY_CONVENTION");
  EXPECT_EQ(certainty("2023-03-01 received;2023-03-08 fee_toll_start;2023-03-09 fee_toll_stop",
                      "determination_due"),
            "CERTAINTY_CONVENTION");
  EXPECT_EQ(certainty("2023-03-01 received", "suit_limitation"), "CERTAINTY_CONVENTION");
  EXPECT_EQ(certainty("2023-03-08 info_toll_start", "info_reply_by"), "CERTAINTY_MEMORY");
  // The move to the next working day is a rule there, not a convention.
  EXPECT_EQ(
      ComputeOne("us-ma", "2021-11-25 received", CivilDate(2022, 1, 1), "response_due").certainty(),
      v1::CERTAINTY_VERIFIED);
}

TEST(ComputeTest, StateRulesBeyondTheVectors) {
  const struct {
    const char* jurisdiction;
    const char* events;
    const char* deadline;
    const char* date;
  } kCases[] = {
      {"us-il", "2024-02-08 received kind=media", "response_due", "2024-02-16"},
      {"us-il", "2023-08-07 received kind=recurrent", "response_due", "2023-09-06"},
      {"us-il", "2023-08-07 received kind=recurrent", "recurrent_notice_due", "2023-08-14"},
      {"us-il", "2023-08-07 received kind=voluminous", "response_due", ""},
      {"us-il", "2023-08-07 received", "recurrent_notice_due", ""},
      // The earlier of five days after our reply and five after the last day for it.
      {"us-il", "2025-05-09 voluminous_notice_sent", "voluminous_response_due", "2025-06-02"},
      {"us-il", "2025-05-09 voluminous_notice_sent;2025-05-14 requester_reply_received",
       "voluminous_response_due", "2025-05-21"},
      {"us-il", "2025-05-09 voluminous_notice_sent;2025-06-10 requester_reply_received",
       "voluminous_response_due", "2025-06-02"},
      // Ten and fourteen days from receipt; only the end is moved from a weekend.
      {"us-ca", "2024-03-06 received;2024-03-18 extension_notice days=14", "determination_due",
       "2024-04-02"},
      {"us-ny", "2024-11-04 appeal_received", "appeal_decision_due", "2024-11-20"},
      {"us-tx", "2024-02-21 received", "ag_brief_due", "2024-03-13"},
      {"us-tx", "2024-03-06 ag_request_received", "ag_decision_due", "2024-05-08"},
      {"us-tx", "2024-03-06 ag_request_received;2024-05-01 ag_extension_notice", "ag_decision_due",
       "2024-05-22"},
      {"us-ma", "2021-11-25 received", "clock_start", "2021-11-26"},
      {"us-ma", "2024-04-09 received", "production_due_agency", "2024-05-01"},
      {"us-ma", "2024-04-09 received", "appeal_file_by", "2024-07-08"},
      {"us-ma", "2024-04-09 received;2024-04-24 denied", "appeal_file_by", "2024-07-23"},
      {"us-pa", "2024-08-06 received", "response_due", "2024-08-13"},
      {"us-pa", "2024-08-06 received;2024-08-13 extension_notice", "response_due", "2024-09-12"},
      {"us-mi", "2024-08-14 denied", "appeal_file_by", "2025-02-10"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.jurisdiction) + " " + c.events + " " + c.deadline);
    EXPECT_EQ(Show(ComputeOne(c.jurisdiction, c.events, CivilDate(2024, 1, 1), c.deadline).date()),
              c.date);
  }
}

TEST(ExplainTest, CitizensAcademy) {
  const Rules& rules = RulesOf("us-federal-dhs");
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Explanation> explanations,
                       Explain(rules, rules.calendar(), ParseEvents("2020-07-16 received").value(),
                               CivilDate(2021, 5, 11), "determination_due"));
  ASSERT_EQ(explanations.size(), 1U);
  EXPECT_EQ(Show(explanations[0].deadline().date()), "2020-08-13");
  EXPECT_EQ(explanations[0].text(),
            R"(Determination due: Thu 2020-08-13
Status     Late: passed, and nothing was done by 2021-05-11.
Rule       us-federal-dhs/determination_due, version 2026-07-01; 5 U.S.C. 552(a)(6)(A)(i)
Starts     received on Thu 2020-07-16 (event e1).
Counted    20 working days after Thu 2020-07-16, which is not counted. Day 1 is Fri 2020-07-17, day
           20 is Thu 2020-08-13; of these 28 days, 8 of a weekend and 0 holidays are left out.
           Calendar: federal legal public holidays, 5 U.S.C. 6103(a), kept on Friday or Monday when
           on a weekend.
Days       Fri 2020-07-17: day 1; then the weekend
           Mon 2020-07-20 to Fri 2020-07-24: days 2 to 6; then the weekend
           Mon 2020-07-27 to Fri 2020-07-31: days 7 to 11; then the weekend
           Mon 2020-08-03 to Fri 2020-08-07: days 12 to 16; then the weekend
           Mon 2020-08-10 to Thu 2020-08-13: days 17 to 20
Holidays   none passed over.
Tolling    none.
Extension  none.
Certainty  V, verified: statute, regulation or an official page was read.
Gaps       Exceptional circumstances, (a)(6)(C)(ii): a court may give the agency more time; record
           its order.
           The bar on fees holds for requests made after 2016-06-30; older requests are not told
           apart.
           A holiday or an order to close offices after mid 2026 is not in the calendars.
           6 CFR 5.3, 5.5 and 5.11 (81 FR 83625, 2016-11-22) were not found in full; what rests on
           them is from memory.
Changes if Proof of another date than 2020-07-16 for received.
           A written extension notice dated 2020-08-13 or earlier: at most 10 working days, to Thu
           2020-08-27.
           A stop of the clock (info_toll_start, 5 U.S.C. 552(a)(6)(A)(ii)(I)) before 2020-08-13.
           A stop of the clock (fee_toll_start, 5 U.S.C. 552(a)(6)(A)(ii)(II)) before 2020-08-13.
           A date that requester and agency agree on (alternative_date_agreed).
Not legal advice. Check the rule before you rely on this date.
)");
}

TEST(ExplainTest, NamesHolidaysTollsAndExtension) {
  const Rules& rules = RulesOf("us-federal");
  ASSERT_OK_AND_ASSIGN(
      const std::vector<v1::Explanation> explanations,
      Explain(rules, rules.calendar(),
              ParseEvents("2021-12-06 received;2021-12-10 fee_toll_start;2021-12-14 fee_toll_stop;"
                          "2022-01-05 extension_notice days=3")
                  .value(),
              CivilDate(2022, 1, 1), "determination_due"));
  const v1::Explanation& explanation = explanations.at(0);
  EXPECT_EQ(Show(explanation.deadline().date()), "2022-01-12");
  ASSERT_EQ(explanation.skipped_size(), 2);
  EXPECT_EQ(explanation.skipped(1).name(), "New Year's Day (observed)");
  EXPECT_EQ(Show(explanation.skipped(1).date()), "2021-12-31");
  ASSERT_EQ(explanation.tolls_size(), 1);
  EXPECT_EQ(explanation.tolls(0).stop_event_id(), "e3");
  EXPECT_EQ(explanation.extension().days(), 3);
  EXPECT_EQ(Show(explanation.extension().base_date()), "2022-01-07");
  EXPECT_THAT(explanation.text(), HasSubstr("Fri 2021-12-31 New Year's Day"));
  EXPECT_THAT(explanation.text(), HasSubstr("the clock stood still after Fri 2021-12-10"));
  EXPECT_THAT(explanation.text(), HasSubstr("3 working days by notice of Wed 2022-01-05"));
  EXPECT_THAT(explanation.text(), HasSubstr("Not legal advice"));
}

TEST(ExplainTest, ShowsTheOtherReading) {
  const Rules& rules = RulesOf("us-federal");
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Explanation> explanations,
                       Explain(rules, rules.calendar(), ParseEvents("2025-01-06 received").value(),
                               CivilDate(2025, 1, 10), "determination_due"));
  EXPECT_THAT(explanations.at(0).would_change(), Contains(HasSubstr("would be Wed 2025-02-05")));
}

TEST(ExplainTest, SaysWhyThereIsNoDate) {
  const auto text = [](const char* jurisdiction, const char* events, const char* deadline) {
    const Rules& rules = RulesOf(jurisdiction);
    return Explain(rules, rules.calendar(), ParseEvents(events).value(), CivilDate(2022, 1, 10),
                   deadline)
        .value()
        .at(0)
        .text();
  };
  const std::string tolled =
      text("us-federal", "2021-11-24 received;2021-11-29 info_toll_start", "suit_limitation");
  EXPECT_THAT(tolled, HasSubstr("no date, tolled"));
  EXPECT_THAT(tolled, HasSubstr("and is still stopped"));
  EXPECT_THAT(tolled, Not(HasSubstr("1970")));
  EXPECT_THAT(text("us-federal", "2021-11-24 received;2021-12-01 determination",
                   "constructive_exhaustion_from"),
              HasSubstr("None: determination_due was not missed."));
  EXPECT_THAT(text("us-federal", "2021-11-24 received", "appeal_file_by"),
              HasSubstr("None: nothing has started it."));
  EXPECT_THAT(text("us-fl", "2021-11-24 received", "response_due"),
              HasSubstr("None: the law sets no number of days."));
  EXPECT_THAT(text("us-federal", "2021-11-24 sent", "determination_due"),
              HasSubstr("Recording: received, received_proper."));
}

TEST(ExplainTest, ShowsHoursAndGivenDates) {
  const Rules& rules = RulesOf("us-federal-dhs");
  const auto text = [&](const char* events, const char* deadline) {
    return Explain(rules, rules.calendar(), ParseEvents(events).value(), CivilDate(2025, 1, 10),
                   deadline)
        .value()
        .at(0)
        .text();
  };
  EXPECT_THAT(text("2024-08-01 adverse_determination", "appeal_file_by"),
              HasSubstr("Hour       the last day ends at 23:59:59, America/New_York."));
  EXPECT_THAT(text("2024-08-01 adverse_determination;"
                   "2024-12-11 appeal_sent at=22:30 zone=America/Los_Angeles",
                   "appeal_file_by"),
              HasSubstr("Late: appeal_sent on Thu 2024-12-12 came after the date."));
  EXPECT_THAT(
      text("2024-08-01 adverse_determination at=22:30 zone=America/Los_Angeles", "appeal_file_by"),
      HasSubstr("recorded as 2024-08-01 22:30\n           America/Los_Angeles)"));
  const std::string given = text("2024-12-02 info_toll_start reply_by=2024-12-20", "info_reply_by");
  EXPECT_THAT(given,
              HasSubstr("Given      by the event, reply_by=2024-12-20; nothing is counted."));
  EXPECT_THAT(given, Not(HasSubstr("Counted")));
}

TEST(ExplainTest, AllExplainsWhatComputeGives) {
  const Rules& rules = RulesOf("us-federal-dhs");
  const std::vector<DeadlineEvent> events =
      ParseEvents("2024-03-01 received;2024-12-02 info_toll_start reply_by=2024-12-20").value();
  const CivilDate today(2025, 1, 10);
  const std::vector<v1::Deadline> deadlines = Compute(rules, rules.calendar(), events, today);
  const std::vector<v1::Explanation> all = ExplainAll(rules, rules.calendar(), events, today);
  ASSERT_EQ(all.size(), deadlines.size());
  for (size_t i = 0; i < all.size(); ++i) {
    v1::Deadline computed = deadlines[i];
    computed.set_rules_digest(RulesOf("us-federal-dhs").digest());  // an explanation says it
    EXPECT_EQ(all[i].deadline().ShortDebugString(), computed.ShortDebugString());
  }
}

TEST(ExplainTest, RefusesAnUnknownDeadline) {
  const Rules& rules = RulesOf("us-federal");
  EXPECT_THAT(Explain(rules, rules.calendar(), {}, CivilDate(2025, 1, 10), "supper_due"),
              HasReason(Reason::REASON_INVALID_FIELD));
}

TEST(EventTypeTest, EveryNameReadsBack) {
  const auto* values = v1::EventType_descriptor();
  for (int i = 0; i < values->value_count(); ++i) {
    const auto type = static_cast<v1::EventType>(values->value(i)->number());
    EXPECT_EQ(ParseEventType(EventTypeName(type)), type);
  }
  EXPECT_EQ(EventTypeName(v1::EVENT_TYPE_INFO_TOLL_START), "info_toll_start");
  EXPECT_EQ(ParseEventType("unusual_circumstances"), v1::EVENT_TYPE_EXTENSION_NOTICE);
  EXPECT_EQ(ParseEventType("recieved"), v1::EVENT_TYPE_UNSPECIFIED);
  EXPECT_EQ(EventTypeName(static_cast<v1::EventType>(9999)), "unspecified");
}

// Properties, on random histories of a fixed seed.
class PropertyTest : public ::testing::Test {
 protected:
  int Pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  CivilDate PickDay() { return CivilDate(2019, 1, 1) + Pick(0, 3650); }

  // The determination's date, or the far future while it is tolled.
  static CivilDate DueDate(const Calendar& calendar, const std::vector<DeadlineEvent>& events) {
    const v1::Deadline deadline =
        Find(Compute(federal_, calendar, events, CivilDate(2030, 1, 1)), "determination_due").at(0);
    return deadline.has_date() ? DateFromProto(deadline.date(), "date").value()
                               : CivilDate(9999, 1, 1);
  }
  static CivilDate DueDate(const std::vector<DeadlineEvent>& events) {
    return DueDate(federal_.calendar(), events);
  }
  static DeadlineEvent Received(CivilDate day) { return {"r", v1::EVENT_TYPE_RECEIVED, day}; }

  std::vector<DeadlineEvent> RandomHistory(int size, CivilDate first, int days);

  static inline const Rules& federal_ = RulesOf("us-federal");
  static constexpr int kRounds = 200;
  std::mt19937 random_{20200716};
};

TEST_F(PropertyTest, WorkingDayDeadlinesLandOnWorkingDays) {
  for (int i = 0; i < kRounds; ++i) {
    const CivilDate received = PickDay();
    std::vector<DeadlineEvent> events = {Received(received)};
    if (Pick(0, 1) == 1) {
      const CivilDate start = received + Pick(0, 30);
      events.push_back({"a", v1::EVENT_TYPE_FEE_TOLL_START, start});
      events.push_back({"b", v1::EVENT_TYPE_FEE_TOLL_STOP, start + Pick(0, 30)});
    }
    if (Pick(0, 1) == 1) {
      events.push_back({"x", v1::EVENT_TYPE_EXTENSION_NOTICE, received + Pick(0, 40)});
    }
    EXPECT_TRUE(federal_.calendar().IsWorkingDay(DueDate(events)));
  }
}

TEST_F(PropertyTest, LaterReceiptIsNeverEarlierDue) {
  for (int i = 0; i < kRounds; ++i) {
    const CivilDate day = PickDay();
    EXPECT_LE(DueDate({Received(day)}), DueDate({Received(day + Pick(1, 20))}));
  }
}

TEST_F(PropertyTest, AHolidayIsNeverEarlierDue) {
  for (int i = 0; i < 15; ++i) {
    v1::Calendar rules;
    rules.set_id("test");
    ASSERT_OK_AND_ASSIGN(const Calendar without, Calendar::Build(rules));
    const CivilDate day = PickDay();
    v1::NamedDate* holiday = rules.add_add_dates();
    *holiday->mutable_date() = DateToProto(day + Pick(-5, 35));
    holiday->set_name("Day");
    ASSERT_OK_AND_ASSIGN(const Calendar with, Calendar::Build(rules));
    EXPECT_LE(DueDate(without, {Received(day)}), DueDate(with, {Received(day)}));
  }
}

TEST_F(PropertyTest, ATollMovesTheDateByItsWorkingDays) {
  const Calendar& calendar = federal_.calendar();
  for (int i = 0; i < kRounds; ++i) {
    const CivilDate received = PickDay();
    const CivilDate due = DueDate({Received(received)});
    const CivilDate start = received + Pick(0, static_cast<int>(due - received) - 1);
    const CivilDate stop = start + Pick(0, 60);
    const int k = calendar.CountWorkingDays(start, stop);
    EXPECT_EQ(DueDate({Received(received),
                       {"a", v1::EVENT_TYPE_INFO_TOLL_START, start},
                       {"b", v1::EVENT_TYPE_INFO_TOLL_STOP, stop}}),
              k == 0 ? due : *calendar.AddWorkingDays(due, k))
        << FormatDate(received) << " " << FormatDate(start) << " " << FormatDate(stop);
  }
}

// Any 30 events of any type in any order, with attributes that mean something and some that do not.
std::vector<DeadlineEvent> PropertyTest::RandomHistory(int size, CivilDate first, int days) {
  const auto* types = v1::EventType_descriptor();
  const char* kOutcomes[] = {"partial", "full_grant", "denied", "affirmed", "remanded", "?"};
  const char* kZones[] = {"", "America/Los_Angeles", "Pacific/Kiritimati", "Nowhere"};
  const char* kHours[] = {"", "", "09:00", "17:30", "23:59", "x"};
  std::vector<DeadlineEvent> events;
  for (int i = 0; i < size; ++i) {
    DeadlineEvent event;
    event.id = "e" + std::to_string(i + 1);
    event.type =
        static_cast<v1::EventType>(types->value(Pick(1, types->value_count() - 1))->number());
    // Half of them from the heart of a request.
    const v1::EventType kCommon[] = {
        v1::EVENT_TYPE_RECEIVED,        v1::EVENT_TYPE_RECEIVED_ANY,
        v1::EVENT_TYPE_INFO_TOLL_START, v1::EVENT_TYPE_INFO_TOLL_STOP,
        v1::EVENT_TYPE_FEE_TOLL_START,  v1::EVENT_TYPE_FEE_TOLL_STOP,
        v1::EVENT_TYPE_DETERMINATION,   v1::EVENT_TYPE_ADVERSE_DETERMINATION,
        v1::EVENT_TYPE_APPEAL_SENT,     v1::EVENT_TYPE_APPEAL_RECEIVED,
        v1::EVENT_TYPE_APPEAL_DECIDED,  v1::EVENT_TYPE_EXTENSION_NOTICE};
    if (Pick(0, 1) == 0) event.type = kCommon[Pick(0, std::size(kCommon) - 1)];
    event.effective_on = first + Pick(0, days);
    if (Pick(0, 1) == 0) event.attributes["outcome"] = kOutcomes[Pick(0, 5)];
    const std::string date = FormatDate(event.effective_on + Pick(-5, 90));
    if (Pick(0, 2) == 0) event.attributes["date"] = Pick(0, 9) == 0 ? "soon" : date;
    if (Pick(0, 2) == 0) event.attributes["until"] = date;
    if (Pick(0, 2) == 0) event.attributes["reply_by"] = date;
    if (Pick(0, 3) == 0) event.attributes["days"] = std::to_string(Pick(-1, 12));
    if (Pick(0, 5) == 0) event.attributes["of"] = "e" + std::to_string(Pick(1, size));
    if (Pick(0, 19) == 0) event.supersedes = "e" + std::to_string(Pick(1, size));
    event.local_time = kHours[Pick(0, 5)];
    event.time_zone = kZones[Pick(0, 3)];
    events.push_back(std::move(event));
  }
  return events;
}

std::string Print(const std::vector<v1::Deadline>& deadlines) {
  std::string text;
  for (const v1::Deadline& deadline : deadlines) text += deadline.ShortDebugString() + "\n";
  return text;
}

TEST_F(PropertyTest, OrderOfArrivalDoesNotMatter) {
  for (int i = 0; i < 60; ++i) {
    std::vector<DeadlineEvent> events = RandomHistory(30, CivilDate(2023, 3, 1), 200);
    const std::string first = Print(ComputeAll("us-federal-dhs", events, CivilDate(2023, 8, 1)));
    for (int shuffles = 0; shuffles < 3; ++shuffles) {
      std::shuffle(events.begin(), events.end(), random_);
      ASSERT_EQ(Print(ComputeAll("us-federal-dhs", events, CivilDate(2023, 8, 1))), first);
    }
  }
}

TEST_F(PropertyTest, SafeDateIsNeverLaterThanAnyReading) {
  int compared = 0;
  for (const auto& [id, rules] : Book().jurisdictions()) {
    const bool is_federal = id.find("federal") != std::string::npos;
    for (int i = 0; i < (is_federal ? 60 : 5); ++i) {
      // Around closures by executive order, where calendars differ.
      const std::vector<DeadlineEvent> events = RandomHistory(30, CivilDate(2024, 9, 1), 120);
      const CivilDate today(2025, 2, 1);
      const std::vector<v1::Deadline> deadlines = Compute(rules, rules.calendar(), events, today);
      for (const v1::Deadline& each : deadlines) {
        if (!each.has_safe_date()) continue;
        const CivilDate safe = DateFromProto(each.safe_date(), "safe_date").value();
        const CivilDate date = DateFromProto(each.date(), "date").value();
        if (each.kind() == v1::DEADLINE_KIND_REMEDY) {
          // A right must have begun: the other way round.
          EXPECT_GT(safe, date) << each.ShortDebugString();
          for (const v1::AlternativeDate& other : each.alternatives()) {
            EXPECT_GE(safe, DateFromProto(other.date(), "date").value()) << each.ShortDebugString();
          }
          continue;
        }
        EXPECT_LE(safe, date) << each.ShortDebugString();
        for (const v1::AlternativeDate& other : each.alternatives()) {
          EXPECT_LE(safe, DateFromProto(other.date(), "date").value()) << each.ShortDebugString();
          EXPECT_NE(Show(other.date()), Show(each.date()));
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 100);
}

// Other readings are left out where they cannot differ; asked for on a calendar that the engine has
// not compared beforehand, everything is evaluated.
TEST_F(PropertyTest, LeavingOutOtherReadingsChangesNothing) {
  ASSERT_OK_AND_ASSIGN(const RuleBook other, LoadRules(""));
  const Rules& rules = RulesOf("us-federal-dhs");
  for (int i = 0; i < kRounds; ++i) {
    const std::vector<DeadlineEvent> events =
        RandomHistory(Pick(1, 30), CivilDate(2024, 1, 1), 400);
    const CivilDate today(2025, 2, 1);
    ASSERT_EQ(Print(Compute(rules, rules.calendar(), events, today)),
              Print(Compute(rules, **other.FindCalendar("federal"), events, today)));
  }
}

TEST_F(PropertyTest, EmptyTollAndZeroExtensionChangeNothing) {
  for (int i = 0; i < kRounds; ++i) {
    const CivilDate received = PickDay();
    const CivilDate day = received + Pick(0, 20);
    EXPECT_EQ(DueDate({Received(received)}),
              DueDate({Received(received),
                       {"a", v1::EVENT_TYPE_FEE_TOLL_START, day},
                       {"b", v1::EVENT_TYPE_FEE_TOLL_STOP, day},
                       {"c", v1::EVENT_TYPE_EXTENSION_NOTICE, day, {{"days", "0"}}}}));
  }
}

// No history may make the engine fail: every deadline has a status, every explanation a text.
TEST_F(PropertyTest, EveryHistoryHasAnAnswer) {
  const auto* types = v1::EventType_descriptor();
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (int i = 0; i < 20; ++i) {
      std::vector<DeadlineEvent> events;
      for (int n = Pick(0, 12); n > 0; --n) {
        events.push_back(
            {"e" + std::to_string(n),
             static_cast<v1::EventType>(types->value(Pick(0, types->value_count() - 1))->number()),
             CivilDate(Pick(1, 2200), 1, 1) + Pick(0, 400)});
      }
      for (const v1::Deadline& deadline :
           Compute(rules, rules.calendar(), events, CivilDate(2023, 5, 1))) {
        EXPECT_NE(deadline.status(), v1::DEADLINE_STATUS_UNSPECIFIED) << deadline.DebugString();
        ASSERT_OK_AND_ASSIGN(
            const std::vector<v1::Explanation> explanations,
            Explain(rules, rules.calendar(), events, CivilDate(2023, 5, 1), deadline.id()));
        for (const v1::Explanation& explanation : explanations) {
          EXPECT_THAT(explanation.text(), HasSubstr("Not legal advice"));
        }
      }
    }
  }
}

}  // namespace
}  // namespace foia::tracker
