// What rules can say, on small rules made for it: hours, given dates, notices, amendments.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/base/strings.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A base, and an agency that extends it with `agency`.
constexpr std::string_view kRules = R"(
calendars { id: "plain" title: "weekends only" }
calendars {
  id: "closed"
  extends: "plain"
  title: "with the days of the other side"
  add_dates { date { year: 2024 month: 3 day: 6 } name: "Closed" }
}
jurisdictions {
  id: "base"
  abstract: true
  title: "Base"
  version: "1"
  time_zone: "America/New_York"
  calendar_id: "plain"
  safe_calendar_id: "plain"
  compared_calendar_ids: "closed"
  event_order: "received"
  event_order: "extension_notice"
  event_order: "adverse_determination"
  event_order: "appeal_sent"
  event_order: "appeal_received"
  receipt { events: "received" certainty: CERTAINTY_VERIFIED citation: "c" }
  deadlines {
    id: "due"
    title: "Due"
    kind: DEADLINE_KIND_DETERMINATION
    actor: ACTOR_AGENCY
    severity: SEVERITY_STATUTORY
    triggers: "clock_start"
    period { n: 5 unit: UNIT_WORKING_DAYS }
    extension {
      event: "extension_notice"
      max { n: 10 unit: UNIT_WORKING_DAYS }
      notice_within { n: 8 unit: UNIT_WORKING_DAYS }
      citation: "c"
    }
    satisfied_by: "adverse_determination"
    ended_by: "withdrawn"
    certainty: CERTAINTY_VERIFIED
    citation: "c"
  }
  deadlines {
    id: "bar_from"
    title: "No fees from"
    kind: DEADLINE_KIND_REMEDY
    actor: ACTOR_AGENCY
    severity: SEVERITY_STATUTORY
    triggers: "due"
    on_lapse: true
    period { n: 1 unit: UNIT_CALENDAR_DAYS }
    ended_if_extended_by: "fee_bar_volume_exception"
    certainty: CERTAINTY_VERIFIED
    citation: "c"
    effect: LAPSE_EFFECT_FEE_BAR
  }
  deadlines {
    id: "appeal_by"
    title: "Appeal by"
    kind: DEADLINE_KIND_APPEAL_FILING
    actor: ACTOR_REQUESTER
    severity: SEVERITY_JURISDICTIONAL
    triggers: "adverse_determination"
    occurrence: OCCURRENCE_EACH
    period { n: 4 unit: UNIT_WORKING_DAYS }
    satisfied_by: "appeal_sent"
    satisfied_by: "appeal_received"
    certainty: CERTAINTY_VERIFIED
    citation: "c"
    note: "n"
    warn_before { n: 1 unit: UNIT_CALENDAR_DAYS }
    warn_before { n: 1 unit: UNIT_MONTHS }
  }
  deadlines {
    id: "reply_by"
    title: "Reply by"
    kind: DEADLINE_KIND_FEE_ANSWER
    actor: ACTOR_REQUESTER
    severity: SEVERITY_SOFT
    triggers: "invoiced"
    occurrence: OCCURRENCE_EACH
    date_attribute: "reply_by"
    period { n: 30 unit: UNIT_CALENDAR_DAYS }
    satisfied_by: "paid"
    certainty: CERTAINTY_CONVENTION
    citation: "c"
  }
  deadlines {
    id: "ordered"
    title: "Ordered by the court"
    kind: DEADLINE_KIND_COURT_ORDER
    actor: ACTOR_AGENCY
    severity: SEVERITY_STATUTORY
    triggers: "court_order"
    occurrence: OCCURRENCE_EACH
    date_attribute: "date"
    certainty: CERTAINTY_VERIFIED
    citation: "c"
  }
}
jurisdictions {
  id: "agency"
  extends: "base"
  title: "Agency"
  version: "2"
@@
}
)";

absl::StatusOr<RuleBook> Book(std::string_view agency) {
  return RuleBook::Parse(
      {{"x.textproto", absl::StrReplaceAll(ToAbsl(kRules), {{"@@", ToAbsl(agency)}})}});
}

// The deadlines named `id`.
std::vector<v1::Deadline> ComputeAll(std::string_view agency, std::string_view events,
                                     std::string_view id, CivilDate as_of) {
  const absl::StatusOr<RuleBook> book = Book(agency);
  EXPECT_OK(book);
  const Rules& rules = **book->FindRules("agency");
  std::vector<v1::Deadline> found;
  for (v1::Deadline& deadline :
       Compute(rules, rules.calendar(), ParseEvents(events).value(), as_of)) {
    if (deadline.id() == id) found.push_back(std::move(deadline));
  }
  return found;
}

v1::Deadline ComputeOne(std::string_view agency, std::string_view events, std::string_view id,
                        CivilDate as_of = CivilDate(2024, 6, 1)) {
  return ComputeAll(agency, events, id, as_of).at(0);
}

std::string Show(const common::v1::Date& date) {
  return date.year() == 0 ? "" : FormatDate(DateFromProto(date, "date").value());
}

std::vector<std::string> Warnings(const v1::Deadline& deadline) {
  return {deadline.warnings().begin(), deadline.warnings().end()};
}

TEST(LocalTimeTest, DayAndHourAreThoseOfTheRules) {
  const struct {
    const char* received;
    const char* start;
  } kCases[] = {
      {"2024-03-04 received", "2024-03-04"},
      {"2024-03-04 received at=23:59", "2024-03-04"},
      {"2024-03-04 received at=23:59 zone=America/New_York", "2024-03-04"},
      {"2024-03-04 received at=20:59 zone=America/Los_Angeles", "2024-03-04"},
      {"2024-03-04 received at=21:00 zone=America/Los_Angeles", "2024-03-05"},
      {"2024-03-04 received at=04:59 zone=UTC", "2024-03-03"},
      {"2024-03-04 received at=05:00 zone=UTC", "2024-03-04"},
      // Summer time since 10 March.
      {"2024-03-12 received at=04:00 zone=UTC", "2024-03-12"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Show(ComputeOne("", c.received, "clock_start").date()), c.start) << c.received;
  }
}

TEST(LocalTimeTest, SentLateInTheWestIsTooLateInTheEast) {
  const auto status = [](const std::string& sent) {
    return v1::DeadlineStatus_Name(
        ComputeOne("", "2024-03-04 adverse_determination;" + sent, "appeal_by").status());
  };
  EXPECT_EQ(status("2024-03-08 appeal_sent"), "DEADLINE_STATUS_MET");
  EXPECT_EQ(status("2024-03-08 appeal_sent at=22:30"), "DEADLINE_STATUS_MET");
  EXPECT_EQ(status("2024-03-08 appeal_sent at=20:30 zone=America/Los_Angeles"),
            "DEADLINE_STATUS_MET");
  EXPECT_EQ(status("2024-03-08 appeal_sent at=22:30 zone=America/Los_Angeles"),
            "DEADLINE_STATUS_LATE");
}

TEST(LocalTimeTest, SafeDateCountsFromTheEarlierDay) {
  const v1::Deadline deadline = ComputeOne(
      "", "2024-03-04 adverse_determination at=22:30 zone=America/Los_Angeles", "appeal_by");
  EXPECT_EQ(Show(deadline.trigger_date()), "2024-03-05");
  EXPECT_EQ(Show(deadline.date()), "2024-03-11");
  EXPECT_EQ(Show(deadline.safe_date()), "2024-03-08");
}

TEST(LocalTimeTest, NonsenseIsFlaggedAndTheDayCounts) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  const Rules& rules = **book.FindRules("us-federal");
  std::vector<DeadlineEvent> events = {
      {"e1", v1::EVENT_TYPE_RECEIVED, CivilDate(2024, 3, 4), {}, "", "25:00", ""}};
  const auto start = [&] {
    return Compute(rules, rules.calendar(), events, CivilDate(2024, 6, 1)).at(0);
  };
  EXPECT_EQ(Show(start().date()), "2024-03-04");
  EXPECT_THAT(Warnings(start()), ElementsAre(HasSubstr("'25:00' is no hour")));
  events[0].local_time = "22:30";
  events[0].time_zone = "Mars/Olympus";
  EXPECT_EQ(Show(start().date()), "2024-03-04");
  EXPECT_THAT(Warnings(start()), ElementsAre(HasSubstr("no time zone 'Mars/Olympus'")));
}

constexpr std::string_view kReceipt = R"(
  receipt {
    events: "received"
    presumed_events: "sent"
    cutoffs { via: "email" local_time: "17:00" }
    delays { via: "mail" event: "sent" period { n: 3 unit: UNIT_WORKING_DAYS } }
    certainty: CERTAINTY_VERIFIED
    citation: "c"
  })";

TEST(ReceiptTest, HoursAndDelays) {
  const struct {
    const char* received;
    const char* start;
  } kCases[] = {
      {"2024-03-01 received via=email", "2024-03-01"},
      {"2024-03-01 received via=email at=16:59", "2024-03-01"},
      {"2024-03-01 received via=email at=17:00", "2024-03-04"},
      {"2024-03-01 received via=email at=16:00 zone=America/Chicago", "2024-03-04"},
      {"2024-03-01 received via=mail at=17:00", "2024-03-01"},
      {"2024-03-02 received via=email at=17:00", "2024-03-04"},
      // Only what was sent by mail and not received on a known day.
      {"2024-03-01 sent via=mail", "2024-03-06"},
      {"2024-03-01 sent via=email", ""},
      {"2024-03-01 sent via=mail;2024-03-04 received via=mail", "2024-03-04"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Show(ComputeOne(kReceipt, c.received, "clock_start").date()), c.start) << c.received;
  }
}

TEST(CutoffTest, TheLastDayEndsAtItsHour) {
  constexpr std::string_view kCutoff = R"(
    amendments { id: "appeal_by" satisfied_by: "appeal_received" cutoff: "17:00" citation: "5 p.m." })";
  const auto appeal = [&](const std::string& received) {
    return ComputeOne(kCutoff, "2024-03-04 adverse_determination;" + received, "appeal_by");
  };
  EXPECT_EQ(appeal("2024-03-07 appeal_received at=17:01").status(), v1::DEADLINE_STATUS_MET);
  EXPECT_EQ(appeal("2024-03-08 appeal_received at=17:00").status(), v1::DEADLINE_STATUS_MET);
  EXPECT_EQ(appeal("2024-03-08 appeal_received at=17:01").status(), v1::DEADLINE_STATUS_LATE);
  EXPECT_EQ(appeal("2024-03-08 appeal_received at=16:01 zone=America/Chicago").status(),
            v1::DEADLINE_STATUS_LATE);
  const v1::Deadline without_hour = appeal("2024-03-08 appeal_received");
  EXPECT_EQ(without_hour.status(), v1::DEADLINE_STATUS_MET);
  EXPECT_THAT(Warnings(without_hour), ElementsAre(HasSubstr("has no hour")));
  EXPECT_EQ(without_hour.cutoff(), "17:00");
  EXPECT_EQ(without_hour.time_zone(), "America/New_York");
  EXPECT_EQ(without_hour.citation(), "5 p.m.");
  // Sending is not receipt there.
  EXPECT_EQ(appeal("2024-03-06 appeal_sent").status(), v1::DEADLINE_STATUS_LATE);
}

TEST(ExtensionTest, NoticeWithinATimeOfItsOwn) {
  const auto due = [](const std::string& notice) {
    return ComputeOne("", "2024-03-04 received;" + notice, "due");
  };
  EXPECT_EQ(Show(due("2024-03-11 extension_notice days=2").date()), "2024-03-13");
  EXPECT_EQ(Show(due("2024-03-14 extension_notice days=2").date()), "2024-03-13");
  const v1::Deadline late = due("2024-03-15 extension_notice days=2");
  EXPECT_EQ(Show(late.date()), "2024-03-11");
  EXPECT_THAT(Warnings(late), ElementsAre(HasSubstr("it came after 2024-03-14")));
}

TEST(EndTest, OnlyIfExtendedInTime) {
  const auto bar = [](const std::string& more) {
    return ComputeOne("", "2024-03-04 received;2024-05-01 fee_bar_volume_exception;" + more,
                      "bar_from");
  };
  EXPECT_EQ(bar("").status(), v1::DEADLINE_STATUS_IN_EFFECT);
  EXPECT_EQ(bar("2024-03-08 extension_notice").status(), v1::DEADLINE_STATUS_ENDED);
  EXPECT_EQ(bar("2024-03-08 extension_notice days=0").status(), v1::DEADLINE_STATUS_IN_EFFECT);
  EXPECT_EQ(bar("2024-04-08 extension_notice").status(), v1::DEADLINE_STATUS_IN_EFFECT);
  EXPECT_EQ(bar("").effect(), v1::LAPSE_EFFECT_FEE_BAR);
}

TEST(GivenDateTest, TheLetterNamesTheDate) {
  const auto reply = [](const std::string& invoice) { return ComputeOne("", invoice, "reply_by"); };
  EXPECT_EQ(Show(reply("2024-03-04 invoiced").date()), "2024-04-03");
  EXPECT_EQ(Show(reply("2024-03-04 invoiced reply_by=2024-03-20").date()), "2024-03-20");
  EXPECT_EQ(reply("2024-03-04 invoiced reply_by=2024-03-20;2024-03-20 paid").status(),
            v1::DEADLINE_STATUS_MET);
  const v1::Deadline bad = reply("2024-03-04 invoiced reply_by=soon");
  EXPECT_EQ(Show(bad.date()), "2024-04-03");
  EXPECT_THAT(Warnings(bad), ElementsAre(HasSubstr("reply_by=soon of invoiced of 2024-03-04")));
  EXPECT_THAT(Warnings(reply("2024-03-04 invoiced reply_by=2024-03-01")),
              ElementsAre(HasSubstr("lies before it")));
}

TEST(GivenDateTest, WithoutADateThereIsNoDeadline) {
  const CivilDate today(2024, 3, 1);
  EXPECT_EQ(ComputeOne("", "2024-03-04 court_order", "ordered").status(), v1::DEADLINE_STATUS_NONE);
  const std::vector<v1::Deadline> orders =
      ComputeAll("",
                 "2024-01-04 court_order date=2024-05-01;2024-01-05 court_order;"
                 "2024-01-06 court_order date=2024-04-01;2024-01-07 court_order date=2024-02-31",
                 "ordered", today);
  ASSERT_EQ(orders.size(), 3U);
  EXPECT_EQ(Show(orders[0].date()), "2024-05-01");
  EXPECT_EQ(Show(orders[1].date()), "2024-04-01");
  EXPECT_EQ(orders[2].status(), v1::DEADLINE_STATUS_CANNOT_COMPUTE);
  EXPECT_THAT(orders[2].missing(), ElementsAre("date of court_order of 2024-01-07"));
}

TEST(OutputTest, OtherCalendarsAndWarnings) {
  v1::Deadline deadline =
      ComputeOne("", "2024-03-04 adverse_determination", "appeal_by", CivilDate(2024, 3, 6));
  EXPECT_EQ(Show(deadline.date()), "2024-03-08");
  EXPECT_EQ(Show(deadline.safe_date()), "2024-03-08");
  ASSERT_EQ(deadline.alternatives_size(), 1);
  EXPECT_EQ(deadline.alternatives(0).calendar_id(), "closed");
  EXPECT_EQ(deadline.alternatives(0).calendar_title(), "with the days of the other side");
  EXPECT_EQ(Show(deadline.alternatives(0).date()), "2024-03-11");
  ASSERT_EQ(deadline.warn_dates_size(), 2);
  EXPECT_EQ(Show(deadline.warn_dates(0)), "2024-02-08");
  EXPECT_EQ(Show(deadline.warn_dates(1)), "2024-03-07");
  EXPECT_THAT(Warnings(deadline), ElementsAre("1 month or less is left"));
  deadline = ComputeOne("", "2024-03-04 adverse_determination", "appeal_by", CivilDate(2024, 3, 7));
  EXPECT_THAT(Warnings(deadline), ElementsAre("1 calendar day or less is left"));
  deadline = ComputeOne("", "2024-03-04 adverse_determination", "appeal_by", CivilDate(2024, 3, 9));
  EXPECT_THAT(Warnings(deadline), IsEmpty());
  // No difference, no alternative; and the agency's days are not ours.
  EXPECT_EQ(ComputeOne("", "2024-03-11 adverse_determination", "appeal_by").alternatives_size(), 0);
  EXPECT_EQ(ComputeOne("", "2024-03-04 received", "due").alternatives_size(), 0);
}

TEST(AnswersTest, AnAppealAnswersOneDetermination) {
  const auto statuses = [](const std::string& appeals) {
    std::string text;
    for (const v1::Deadline& each : ComputeAll(
             "", "2024-03-04 adverse_determination;2024-03-05 adverse_determination;" + appeals,
             "appeal_by", CivilDate(2024, 3, 8))) {
      absl::StrAppend(&text, v1::DeadlineStatus_Name(each.status()).substr(16), " ");
    }
    return text;
  };
  EXPECT_EQ(statuses(""), "RUNNING RUNNING ");
  EXPECT_EQ(statuses("2024-03-06 appeal_sent"), "RUNNING MET ");
  EXPECT_EQ(statuses("2024-03-06 appeal_sent of=e1"), "MET RUNNING ");
  EXPECT_EQ(statuses("2024-03-06 appeal_sent of=e2"), "RUNNING MET ");
  // The receipt of an appeal is no second appeal, even when a determination came between.
  EXPECT_EQ(statuses("2024-03-06 appeal_sent;2024-03-08 appeal_received"), "RUNNING MET ");
  EXPECT_EQ(statuses("2024-03-04 appeal_sent;2024-03-07 appeal_received"), "MET RUNNING ");
  EXPECT_EQ(statuses("2024-03-06 appeal_sent;2024-03-07 appeal_sent"), "MET MET ");
  EXPECT_EQ(statuses("2024-03-06 appeal_sent of=e9"), "RUNNING RUNNING ");
}

TEST(AnswersTest, SaysWhatWasGuessedAndWhatAnswersNothing) {
  const std::vector<v1::Deadline> both = ComputeAll(
      "",
      "2024-03-04 adverse_determination;2024-03-05 adverse_determination;2024-03-06 appeal_sent",
      "appeal_by", CivilDate(2024, 7, 8));
  for (const v1::Deadline& each : both) {
    EXPECT_THAT(Warnings(each), ElementsAre(HasSubstr("say which one it answers with of=")));
  }
  const v1::Deadline none = ComputeOne("", "2024-03-04 appeal_sent", "appeal_by");
  EXPECT_EQ(none.status(), v1::DEADLINE_STATUS_NONE);
  EXPECT_THAT(Warnings(none), ElementsAre("appeal_sent of 2024-03-04 answers nothing that is "
                                          "recorded before it"));
}

TEST(AmendmentTest, ReplacesPartsOfInheritedRules) {
  constexpr std::string_view kAgency = R"(
    amendments { id: "appeal_by" period { n: 9 unit: UNIT_CALENDAR_DAYS } citation: "agency" })";
  const v1::Deadline deadline =
      ComputeOne(kAgency, "2024-03-04 adverse_determination", "appeal_by");
  EXPECT_EQ(Show(deadline.date()), "2024-03-13");
  EXPECT_EQ(deadline.citation(), "agency");
  EXPECT_EQ(deadline.title(), "Appeal by");
  EXPECT_EQ(deadline.rule_id(), "agency/appeal_by");
  // A list is replaced, not added to.
  ASSERT_OK_AND_ASSIGN(const RuleBook book,
                       Book(R"(amendments { id: "due" satisfied_by: "produced" })"));
  for (const v1::DeadlineRule& rule : (*book.FindRules("agency"))->jurisdiction().deadlines()) {
    if (rule.id() != "due") continue;
    EXPECT_THAT(rule.satisfied_by(), ElementsAre("produced"));
  }
  EXPECT_EQ((*book.FindRules("agency"))->jurisdiction().amendments_size(), 0);
}

TEST(AmendmentTest, ErrorsNameTheLine) {
  const struct {
    std::string_view agency;
    std::string_view error;
  } kCases[] = {
      {R"(amendments { id: "due" period { n: 9 } })", "x.textproto:106: period: unit is missing"},
      {R"(amendments { id: "dew" title: "Dew" })",
       "x.textproto:106: amendments: no deadline 'dew' is inherited"},
      {R"(amendments { id: "due" variant: "mail" title: "Due" })",
       "x.textproto:106: amendments: no deadline 'due:mail' is inherited"},
      {R"(amendments { id: "due" cutoff: "5 p.m." })",
       "x.textproto:106: cutoff: '5 p.m.' is no hour such as \"17:00\" or \"23:59:59\""},
      {R"(amendments { id: "due" effect: LAPSE_EFFECT_FEE_BAR })",
       "x.textproto:106: effect: only a remedy has one"},
      {R"(amendments { id: "due" ended_if_extended_by: "paid" })",
       "x.textproto:106: ended_if_extended_by: only a deadline that rests on the lapse of another "
       "has it"},
      {R"(amendments { id: "due" warn_before { n: 3 unit: UNIT_WORKING_DAYS } })",
       "x.textproto:106: warn_before: not in working days"},
      {R"(time_zone: "America/Gotham")",
       "x.textproto:101: time_zone: this machine knows no zone 'America/Gotham'"},
      {R"(receipt { events: "received" cutoffs { local_time: "17" } certainty: CERTAINTY_MEMORY
            citation: "c" })",
       "x.textproto:106: cutoffs.local_time: '17' is no hour such as \"17:00\" or \"23:59:59\""},
      {R"(receipt { events: "received" delays { via: "mail" event: "post"
            period { n: 3 unit: UNIT_WORKING_DAYS } } certainty: CERTAINTY_MEMORY citation: "c" })",
       "x.textproto:106: delays.event: there is no event 'post'"},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<RuleBook> book = Book(c.agency);
    ASSERT_THAT(book, HasReason(Reason::REASON_INVALID_RULES)) << c.agency;
    EXPECT_EQ(ToStd(book.status().message()), c.error) << c.agency;
  }
  // Where nothing is inherited there is nothing to amend.
  EXPECT_EQ(
      ToStd(
          Book("} jurisdictions { id: \"alone\"\n amendments { id: \"due\" }").status().message()),
      "x.textproto:107: amendments: no deadline 'due' is inherited");
}

}  // namespace
}  // namespace foia::tracker
