// The federal rules, fact by fact: each appeal clock, remand, exhaustion, fee bar, court, privacy.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const RuleBook& Book() {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return book;
}

std::vector<v1::Deadline> ComputeAll(std::string_view events, std::string_view id,
                                     CivilDate as_of = CivilDate(2025, 1, 1),
                                     const char* jurisdiction = "us-federal") {
  const Rules& rules = **Book().FindRules(jurisdiction);
  std::vector<v1::Deadline> found;
  for (v1::Deadline& deadline :
       Compute(rules, rules.calendar(), ParseEvents(events).value(), as_of)) {
    if (deadline.id() == id) found.push_back(std::move(deadline));
  }
  return found;
}

std::string Show(const common::v1::Date& date) {
  return date.year() == 0 ? "-" : FormatDate(DateFromProto(date, "date").value());
}

// "2024-03-29 MET, 2024-04-02 RUNNING".
std::string Summary(const std::vector<v1::Deadline>& deadlines) {
  std::vector<std::string> texts;
  for (const v1::Deadline& each : deadlines) {
    texts.push_back(
        absl::StrCat(Show(each.date()), " ", v1::DeadlineStatus_Name(each.status()).substr(16)));
  }
  return absl::StrJoin(texts, ", ");
}

struct Case {
  const char* events;
  const char* deadline;
  const char* summary;
};

template <size_t N>
void Check(const Case (&cases)[N], CivilDate as_of = CivilDate(2025, 1, 1)) {
  for (const Case& c : cases) {
    EXPECT_EQ(Summary(ComputeAll(c.events, c.deadline, as_of)), c.summary)
        << c.events << " | " << c.deadline;
  }
}

TEST(FederalTest, EachDeterminationOpensOneAppealClock) {
  const Case kCases[] = {
      {"2024-10-01 adverse_determination", "appeal_file_by", "2024-12-30 LATE"},
      // It may be a denial.
      {"2024-10-10 determination", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 determination outcome=full_grant", "appeal_file_by", "- NONE"},
      {"2024-10-10 determination outcome=partial", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 determination outcome=full_denial", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 determination outcome=no_records", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 determination outcome=glomar", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 interim_determination", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 closed outcome=administratively_closed", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 closed outcome=full_grant", "appeal_file_by", "- NONE"},
      {"2024-10-10 fee_waiver_decided outcome=denied", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 fee_waiver_decided outcome=granted", "appeal_file_by", "- NONE"},
      {"2024-10-10 expedite_decided outcome=denied", "appeal_file_by", "2025-01-08 RUNNING"},
      {"2024-10-10 expedite_decided outcome=granted", "appeal_file_by", "- NONE"},
      // Two parts, the rest, and an appeal of the first part only.
      {"2024-10-10 interim_determination;2024-10-20 interim_determination;"
       "2024-11-01 determination outcome=partial;2024-10-15 appeal_sent",
       "appeal_file_by", "2025-01-08 MET, 2025-01-18 RUNNING, 2025-01-30 RUNNING"},
  };
  Check(kCases);
  EXPECT_EQ(ComputeAll("2024-10-10 interim_determination", "appeal_file_by")[0].rule_id(),
            "us-federal/appeal_file_by:interim");
}

TEST(FederalTest, OnlyAWholeAnswerMeetsTheDetermination) {
  const char* kNothing[] = {"acknowledged",   "interim_release",      "interim_determination",
                            "estimate_given", "consultation_started", "referred",
                            "consolidated",   "mediation_requested",  "expedite_decided"};
  for (const char* event : kNothing) {
    const std::string events = absl::StrCat("2024-03-01 received;2024-03-11 ", event);
    EXPECT_EQ(Summary(ComputeAll(events, "determination_due")), "2024-03-29 LATE") << event;
    EXPECT_EQ(Summary(ComputeAll(events, "constructive_exhaustion_from")), "2024-03-30 IN_EFFECT")
        << event;
  }
  const Case kCases[] = {
      {"2024-03-01 received;2024-03-11 determination", "determination_due", "2024-03-29 MET"},
      {"2024-03-01 received;2024-03-11 closed", "determination_due", "2024-03-29 MET"},
      {"2024-03-01 received;2024-03-11 closed;2024-03-12 reopened", "determination_due",
       "2024-03-29 LATE"},
  };
  Check(kCases);
}

// A referral has its own request, linked to this one, and its own clock there.
TEST(FederalTest, ReferralAndConsultationLeaveTheClockAlone) {
  const char* parent = "2024-03-01 received;2024-03-11 referred request=requests/r2";
  EXPECT_EQ(Summary(ComputeAll(parent, "determination_due")), "2024-03-29 LATE");
  EXPECT_EQ(Summary(ComputeAll("2024-03-13 received", "determination_due")), "2024-04-10 LATE");
}

TEST(FederalTest, Exhaustion) {
  const Case kCases[] = {
      {"2024-03-01 received", "constructive_exhaustion_from", "2024-03-30 IN_EFFECT"},
      // Late, before suit: appeal first. After suit it changes nothing.
      {"2024-03-01 received;2024-05-01 determination outcome=partial",
       "constructive_exhaustion_from", "2024-03-30 ENDED"},
      {"2024-03-01 received;2024-05-01 determination outcome=partial", "appeal_file_by",
       "2024-07-30 LATE"},
      {"2024-03-01 received;2024-04-20 complaint_filed;2024-05-01 determination",
       "constructive_exhaustion_from", "2024-03-30 IN_EFFECT"},
      // The last day to sue stays that of the first accrual.
      {"2024-03-01 received;2024-05-01 determination outcome=partial", "suit_limitation",
       "2030-04-01 RUNNING"},
      // A missed decision on appeal.
      {"2024-03-01 received;2024-03-20 determination outcome=partial;2024-04-01 appeal_received",
       "appeal_exhaustion_from", "2024-04-30 IN_EFFECT"},
      {"2024-03-20 determination outcome=partial;2024-04-01 appeal_received;"
       "2024-06-03 appeal_decided outcome=affirmed",
       "appeal_exhaustion_from", "2024-04-30 ENDED"},
      {"2024-03-20 determination outcome=partial;2024-04-01 appeal_received;"
       "2024-06-03 appeal_decided outcome=affirmed",
       "administrative_exhaustion_from", "2024-06-03 IN_EFFECT"},
      {"2024-04-01 appeal_received;2024-06-03 appeal_decided outcome=remanded",
       "administrative_exhaustion_from", "- NONE"},
      {"2024-04-01 appeal_received;2024-06-03 appeal_decided outcome=reversed",
       "administrative_exhaustion_from", "- NONE"},
      {"2024-04-01 appeal_received;2024-06-03 appeal_decided outcome=affirmed", "suit_limitation",
       "2030-04-30 RUNNING"},
      {"2024-04-01 appeal_received;2024-04-10 appeal_decided outcome=affirmed", "suit_limitation",
       "2030-04-10 RUNNING"},
      // Tolling never touches the decision on appeal.
      {"2024-04-01 appeal_received;2024-04-05 info_toll_start;2024-04-05 fee_toll_start",
       "appeal_decision_due", "2024-04-29 LATE"},
      // Two appeals: the decision on one ends nothing of the other.
      {"2024-04-01 appeal_received;2024-04-15 appeal_received;"
       "2024-06-03 appeal_decided outcome=affirmed",
       "appeal_exhaustion_from", "2024-04-30 ENDED, 2024-05-14 IN_EFFECT"},
      {"2024-04-01 appeal_received;2024-04-15 appeal_received;"
       "2024-06-03 appeal_decided outcome=affirmed of=e2",
       "appeal_exhaustion_from", "2024-04-30 IN_EFFECT, 2024-05-14 ENDED"},
  };
  Check(kCases);
}

TEST(FederalTest, ARemandStartsANewClock) {
  const std::string remand =
      "2024-03-01 received;2024-03-20 determination outcome=partial;2024-04-01 appeal_received;"
      "2024-04-26 appeal_decided outcome=remanded";
  EXPECT_EQ(Summary(ComputeAll(remand, "remand_determination_due")), "2024-05-24 LATE");
  EXPECT_EQ(ComputeAll(remand, "remand_determination_due")[0].certainty(),
            v1::CERTAINTY_CONVENTION);
  EXPECT_EQ(Summary(ComputeAll(remand, "remand_exhaustion_from")), "2024-05-25 IN_EFFECT");
  EXPECT_EQ(Summary(ComputeAll(remand, "suit_limitation")), "2030-05-28 RUNNING");
  const std::string again = remand + ";2024-10-10 determination outcome=partial";
  EXPECT_EQ(Summary(ComputeAll(again, "remand_determination_due")), "2024-05-24 LATE");
  EXPECT_EQ(Summary(ComputeAll(again, "remand_exhaustion_from")), "2024-05-25 ENDED");
  EXPECT_EQ(Summary(ComputeAll(again, "appeal_file_by")), "2024-06-18 MET, 2025-01-08 RUNNING");
  EXPECT_EQ(Summary(ComputeAll(remand + ";2024-05-24 determination", "remand_determination_due")),
            "2024-05-24 MET");
}

TEST(FederalTest, ExpeditionMayGoToCourtDirectly) {
  const Case kCases[] = {
      {"2024-12-02 expedite_requested", "expedite_suit_from", "2024-12-13 IN_EFFECT"},
      {"2024-12-02 expedite_requested;2024-12-10 expedite_decided outcome=denied",
       "expedite_suit_from", "2024-12-10 IN_EFFECT"},
      {"2024-12-02 expedite_requested;2024-12-10 expedite_decided outcome=granted",
       "expedite_suit_from", "- NONE"},
      {"2024-12-02 expedite_requested;2024-12-20 expedite_decided outcome=granted",
       "expedite_suit_from", "2024-12-13 ENDED"},
  };
  Check(kCases);
}

TEST(FederalTest, FeeBarAndItsExceptions) {
  const Case kCases[] = {
      {"2024-03-01 received", "search_fee_bar_from", "2024-03-30 IN_EFFECT"},
      {"2024-03-01 received;2024-05-01 determination", "search_fee_bar_from",
       "2024-03-30 IN_EFFECT"},
      {"2024-03-01 received;2024-03-29 determination", "search_fee_bar_from", "- NONE"},
      // (aa): ten more days, then the bar.
      {"2024-03-01 received;2024-03-20 extension_notice", "search_fee_bar_from",
       "2024-04-13 IN_EFFECT"},
      // (bb): only with timely notice.
      {"2024-03-01 received;2024-03-20 extension_notice;2024-05-01 fee_bar_volume_exception",
       "search_fee_bar_from", "2024-04-13 ENDED"},
      {"2024-03-01 received;2024-05-01 fee_bar_volume_exception", "search_fee_bar_from",
       "2024-03-30 IN_EFFECT"},
      // (cc): for the time that the court gave.
      {"2024-03-01 received;2024-05-01 fee_bar_court_exception until=2024-09-30",
       "search_fee_bar_from", "2024-03-30 ENDED"},
      {"2024-03-01 received;2024-05-01 fee_bar_court_exception until=2024-09-30",
       "fee_bar_again_from", "2024-10-01 IN_EFFECT"},
      {"2024-03-01 received;2024-05-01 fee_bar_court_exception until=2024-09-30;"
       "2024-09-01 determination",
       "fee_bar_again_from", "- NONE"},
      {"2024-03-01 received;2024-05-01 fee_bar_court_exception", "fee_bar_again_from", "- NONE"},
  };
  Check(kCases);
}

TEST(FederalTest, DatesThatLettersAndOrdersName) {
  const Case kCases[] = {
      {"2024-12-02 info_toll_start", "info_reply_by", "2025-01-15 RUNNING"},
      {"2024-12-02 info_toll_start reply_by=2024-12-20", "info_reply_by", "2024-12-20 LATE"},
      {"2024-12-02 info_toll_start reply_by=2025-03-03", "info_reply_by", "2025-03-03 RUNNING"},
      {"2024-12-02 prepay_demanded reply_by=2025-02-03", "fee_reply_by", "2025-02-03 RUNNING"},
      {"2024-12-02 fee_toll_start;2024-12-20 fee_toll_stop", "fee_reply_by", "2025-01-15 MET"},
      {"2024-12-02 invoiced reply_by=2024-12-20;2024-12-21 paid", "fee_reply_by",
       "2024-12-20 LATE"},
      {"2024-03-01 received;2024-03-11 alternative_date_agreed date=2025-06-02",
       "determination_due", "2025-06-02 RUNNING"},
      {"2024-12-02 estimate_given date=2025-06-02", "estimated_completion", "2025-06-02 RUNNING"},
      // The newest estimate stands for those before it.
      {"2024-11-01 estimate_given date=2025-06-02;2024-12-02 estimate_given date=2025-09-01",
       "estimated_completion", "2025-06-02 ENDED, 2025-09-01 RUNNING"},
      {"2024-12-02 production_scheduled date=2024-12-20;2024-12-19 interim_release",
       "next_production_due", "2024-12-20 MET"},
      {"2024-12-02 production_scheduled date=2024-12-20", "next_production_due", "2024-12-20 LATE"},
      {"2024-12-02 complaint_filed", "service_due", "2025-03-03 RUNNING"},
      {"2024-12-06 served", "complaint_answer_due", "2025-01-06 RUNNING"},
      {"2024-12-06 served;2025-01-06 answered", "complaint_answer_due", "2025-01-06 MET"},
      {"2024-12-06 court_order date=2025-02-01;2024-12-07 court_order date=2025-03-01 "
       "party=requester;2024-12-20 produced of=e1",
       "court_order_due", "2025-03-01 RUNNING, 2025-02-01 MET"},
      {"2024-12-06 court_order date=2025-02-01;2024-12-20 produced", "court_order_due",
       "2025-02-01 RUNNING"},
      {"2024-12-02 reminder_set date=2024-12-20;2024-12-03 reminder_set date=2025-02-01;"
       "2024-12-21 reminder_done",
       "reminder_due", "2024-12-20 LATE, 2025-02-01 RUNNING"},
      {"2024-12-02 reminder_set date=2024-12-20;2024-12-03 reminder_set date=2025-02-01;"
       "2024-12-21 reminder_done of=e2",
       "reminder_due", "2024-12-20 LATE, 2025-02-01 MET"},
      {"2024-12-20 received", "tracking_number_due", "2024-12-30 LATE"},
      {"2024-12-20 received;2024-12-23 acknowledged", "tracking_number_due", "2024-12-30 MET"},
  };
  Check(kCases);
  const std::vector<v1::Deadline> orders =
      ComputeAll("2024-12-07 court_order date=2025-03-01 party=requester", "court_order_due");
  EXPECT_EQ(orders[0].actor(), v1::ACTOR_REQUESTER);
}

// MuckRock's bulk "permanent embargo" lowers the privacy of requests that were permanent already.
TEST(PrivacyDefectTest, ALaterEmbargoNeverShortensAnEarlierOne) {
  const Case kCases[] = {
      {"2024-12-02 embargo_set until=2026-01-01", "embargo_until", "2026-01-01 RUNNING"},
      {"2024-12-02 embargo_set until=2026-01-01;2024-12-03 embargo_set until=2025-06-01",
       "embargo_until", "2026-01-01 RUNNING"},
      {"2024-12-02 embargo_set until=2025-06-01;2024-12-03 embargo_set until=2026-01-01",
       "embargo_until", "2026-01-01 RUNNING"},
      {"2024-12-02 embargo_set;2024-12-03 embargo_set until=2025-06-01", "embargo_until", "- NONE"},
      {"2024-12-02 embargo_set until=never;2024-12-03 embargo_set until=2025-06-01",
       "embargo_until", "- NONE"},
      {"2024-12-02 embargo_set until=2024-12-20", "embargo_until", "2024-12-20 ENDED"},
  };
  Check(kCases);
  const std::vector<v1::Deadline> permanent =
      ComputeAll("2024-12-02 embargo_set;2024-12-03 embargo_set until=2025-06-01", "embargo_until");
  EXPECT_THAT(permanent[0].warnings(), ElementsAre(HasSubstr("lasts until it is taken back")));
}

TEST(FederalTest, WarnsBeforeTheLastDayToSue) {
  const auto limitation = [](CivilDate today) {
    return ComputeAll("2019-03-04 received", "suit_limitation", today).at(0);
  };
  const v1::Deadline deadline = limitation(CivilDate(2024, 4, 1));
  EXPECT_EQ(Show(deadline.date()), "2025-04-02");
  ASSERT_EQ(deadline.warn_dates_size(), 3);
  EXPECT_EQ(Show(deadline.warn_dates(0)), "2024-04-02");
  EXPECT_EQ(Show(deadline.warn_dates(1)), "2024-10-02");
  EXPECT_EQ(Show(deadline.warn_dates(2)), "2025-01-02");
  EXPECT_THAT(deadline.warnings(), IsEmpty());
  EXPECT_THAT(limitation(CivilDate(2024, 4, 2)).warnings(),
              ElementsAre("12 months or less are left to sue"));
  EXPECT_THAT(limitation(CivilDate(2024, 10, 2)).warnings(),
              ElementsAre("6 months or less are left to sue"));
  EXPECT_THAT(limitation(CivilDate(2025, 4, 2)).warnings(),
              ElementsAre("3 months or less are left to sue"));
  EXPECT_THAT(limitation(CivilDate(2025, 4, 3)).warnings(), IsEmpty());
}

TEST(HomelandSecurityTest, NinetyWorkingDaysUntilMidnightInTheEast) {
  const auto appeal = [](const std::string& sent) {
    return ComputeAll("2024-08-01 adverse_determination;" + sent, "appeal_file_by",
                      CivilDate(2025, 1, 1), "us-federal-dhs")
        .at(0);
  };
  const v1::Deadline deadline = appeal("");
  EXPECT_EQ(Show(deadline.date()), "2024-12-11");
  EXPECT_EQ(deadline.cutoff(), "23:59:59");
  EXPECT_EQ(deadline.time_zone(), "America/New_York");
  EXPECT_EQ(deadline.certainty(), v1::CERTAINTY_VERIFIED);
  EXPECT_EQ(appeal("2024-12-11 appeal_sent at=23:59").status(), v1::DEADLINE_STATUS_MET);
  EXPECT_EQ(appeal("2024-12-11 appeal_sent at=22:30 zone=America/Los_Angeles").status(),
            v1::DEADLINE_STATUS_LATE);
  EXPECT_THAT(appeal("2024-12-11 appeal_sent").warnings(), IsEmpty());
  // A partial determination has the agency's window too.
  EXPECT_EQ(Summary(ComputeAll("2024-08-01 determination outcome=partial", "appeal_file_by",
                               CivilDate(2024, 9, 1), "us-federal-dhs")),
            "2024-12-11 RUNNING");
}

// Trackers in use restart the whole period after a clarification, or stop for each of several.
TEST(ClockDefectTest, AClarificationResumesAndNeverRestarts) {
  const Case kCases[] = {
      {"2024-03-01 received;2024-03-15 info_toll_start;2024-03-22 info_toll_stop",
       "determination_due", "2024-04-05 LATE"},
      {"2024-03-01 received;2024-03-15 info_toll_start;2024-03-22 info_toll_stop;"
       "2024-03-25 info_toll_start",
       "determination_due", "2024-04-05 LATE"},
      {"2024-03-01 sent", "determination_due", "- CANNOT_COMPUTE"},
      {"2024-03-01 approved;2024-03-02 queued", "determination_due", "- CANNOT_COMPUTE"},
  };
  Check(kCases);
}

struct BadCase {
  const char* events;
  const char* deadline;
  const char* warning;
};

TEST(BadInputTest, IsFlagged) {
  const BadCase kCases[] = {
      {"2025-03-01 received", "clock_start", "received of 2025-03-01 lies after 2025-01-01"},
      {"2024-03-01 received;2024-03-01 received", "clock_start",
       "received of 2024-03-01 is recorded twice (events e1 and e2)"},
      {"2024-10-01 adverse_determination;2024-10-01 adverse_determination", "appeal_file_by",
       "adverse_determination of 2024-10-01 is recorded twice (events e1 and e2)"},
      {"2024-03-01 received;2024-03-05 received", "clock_start",
       "Receipt is recorded on 2024-03-01 and on 2024-03-05: the earlier day is used"},
      {"2024-03-05 received;2024-03-01 determination", "determination_due",
       "determination of 2024-03-01 comes before received of 2024-03-05"},
      {"2024-03-01 received;2024-03-05 alternative_date_agreed date=someday", "determination_due",
       "alternative_date_agreed of 2024-03-05 has no effect: it names no date"},
      {"2024-03-01 received;2024-03-05 extension_notice days=99", "determination_due",
       "extension_notice of 2024-03-05 gives more than the law allows: 10 working days count"},
      {"2024-03-01 received;2024-04-05 extension_notice", "determination_due",
       "extension_notice of 2024-04-05 extends nothing: it came after 2024-03-29"},
      {"2024-03-01 received;2024-03-05 info_toll_start;2024-03-07 info_toll_stop;"
       "2024-03-11 info_toll_start",
       "determination_due", "info_toll_start of 2024-03-11 does not stop the clock: the law"},
      {"2024-03-01 received;2024-03-05 fee_toll_stop", "determination_due",
       "fee_toll_stop of 2024-03-05 ends nothing: the clock was not stopped"},
      {"2024-03-01 received;2024-04-05 fee_toll_start", "determination_due",
       "fee_toll_start of 2024-04-05 does not stop the clock: it came on or after the due date"},
      {"2024-03-05 info_toll_stop", "info_reply_by",
       "info_toll_stop of 2024-03-05 answers nothing that is recorded before it"},
      {"2024-03-01 received;2024-03-05 appeal_sent", "appeal_file_by",
       "appeal_sent of 2024-03-05 answers nothing that is recorded before it"},
      {"2024-03-01 received;2024-03-05 appeal_decided", "appeal_decision_due",
       "appeal_decided of 2024-03-05 answers nothing that is recorded before it"},
      {"2024-12-02 info_toll_start reply_by=tomorrow", "info_reply_by",
       "reply_by=tomorrow of info_toll_start of 2024-12-02 is no date"},
      {"2024-12-02 info_toll_start reply_by=2024-11-30", "info_reply_by",
       "reply_by=2024-11-30 of info_toll_start of 2024-12-02 lies before it"},
  };
  for (const BadCase& c : kCases) {
    const std::vector<v1::Deadline> found = ComputeAll(c.events, c.deadline);
    EXPECT_THAT(found.at(0).warnings(), Contains(HasSubstr(c.warning)))
        << c.events << " | " << c.deadline;
  }
}

TEST(BadInputTest, ImpossibleNumbersAndDatesGiveNoDate) {
  const BadCase kCases[] = {
      {"2024-03-01 received;2024-03-05 extension_notice days=x", "determination_due",
       "days of extension_notice of 2024-03-05"},
      {"2024-03-01 received;2024-03-05 extension_notice days=-3", "determination_due",
       "days of extension_notice of 2024-03-05"},
      {"2024-03-01 received;2024-03-05 extension_notice until=not-a-date", "determination_due",
       "until of extension_notice of 2024-03-05"},
      {"2024-03-05 court_order date=2024-02-31", "court_order_due",
       "date of court_order of 2024-03-05"},
  };
  for (const BadCase& c : kCases) {
    const v1::Deadline deadline = ComputeAll(c.events, c.deadline).at(0);
    EXPECT_EQ(deadline.status(), v1::DEADLINE_STATUS_CANNOT_COMPUTE) << c.events;
    EXPECT_THAT(deadline.missing(), ElementsAre(c.warning));
  }
}

}  // namespace
}  // namespace foia::tracker
