#include "services/tracker/deadlines/right_to_sue.h"

#include "services/base/strings.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const RuleBook& Book() {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return book;
}

v1::RightToSue Measure(std::string_view events, CivilDate as_of = CivilDate(2025, 1, 2),
                       const char* jurisdiction = "us-federal-dhs") {
  return MeasureRightToSue(**Book().FindRules(jurisdiction), ParseEvents(events).value(), as_of);
}

std::string Show(const common::v1::Date& date) {
  return date.year() == 0 ? "" : FormatDate(DateFromProto(date, "date").value());
}

TEST(RightToSueTest, EachState) {
  const struct {
    const char* events;
    v1::Exhaustion exhaustion;
    const char* since;
    const char* possible_from;
    const char* basis;
  } kCases[] = {
      {"", v1::EXHAUSTION_UNKNOWN, "", "", "missing: received, received_proper"},
      {"2024-03-01 sent", v1::EXHAUSTION_UNKNOWN, "", "", "missing: received"},
      {"2024-12-16 received", v1::EXHAUSTION_NOT_EXHAUSTED, "", "2025-01-16",
       "There is time until Wed 2025-01-15: Determination due"},
      {"2024-12-16 received;2024-12-20 info_toll_start", v1::EXHAUSTION_NOT_EXHAUSTED, "", "",
       "The clock is stopped: Determination due"},
      {"2024-03-01 received", v1::EXHAUSTION_CONSTRUCTIVE, "2024-03-30", "",
       "Determination due Fri 2024-03-29 passed without it: remedies count as exhausted; 5 U.S.C. "
       "552(a)(6)(C)(i)"},
      // A late determination before suit closes the door again.
      {"2024-03-01 received;2024-12-02 determination outcome=partial", v1::EXHAUSTION_NOT_EXHAUSTED,
       "", "",
       "An appeal comes first: Appeal by Fri 2025-04-11; 6 CFR 5.8(a)(1). Suit was possible from "
       "Sat 2024-03-30 until determination on Mon 2024-12-02."},
      {"2024-03-01 received;2024-12-02 determination outcome=full_grant",
       v1::EXHAUSTION_NOT_EXHAUSTED, "", "", "nothing that could be sued over is recorded"},
      {"2024-03-01 received;2024-03-20 determination outcome=partial", v1::EXHAUSTION_LOST,
       "2024-07-30", "", "The last day to appeal, Mon 2024-07-29, passed without an appeal"},
      // The decision on the appeal is due, missed, given.
      {"2024-11-20 adverse_determination;2024-12-16 appeal_received", v1::EXHAUSTION_NOT_EXHAUSTED,
       "", "2025-01-16", "Decision on appeal due"},
      {"2024-03-01 received;2024-03-20 adverse_determination;2024-06-03 appeal_received",
       v1::EXHAUSTION_CONSTRUCTIVE, "2024-07-03", "",
       "Decision on appeal due Tue 2024-07-02 passed without it"},
      {"2024-03-20 adverse_determination;2024-06-03 appeal_received;"
       "2024-06-20 appeal_decided outcome=affirmed",
       v1::EXHAUSTION_ADMINISTRATIVE, "2024-06-20", "", "5 U.S.C. 552(a)(4)(B)"},
      {"2024-03-20 adverse_determination;2024-06-03 appeal_received;"
       "2024-06-20 appeal_decided outcome=reversed",
       v1::EXHAUSTION_NOT_EXHAUSTED, "", "", "appeal_decided on Thu 2024-06-20"},
      // Remand: a new clock, missed, answered.
      {"2024-11-20 adverse_determination;2024-12-02 appeal_received;"
       "2024-12-16 appeal_decided outcome=remanded",
       v1::EXHAUSTION_NOT_EXHAUSTED, "", "2025-01-16", "New determination after remand due"},
      {"2024-03-20 adverse_determination;2024-04-01 appeal_received;"
       "2024-04-26 appeal_decided outcome=remanded",
       v1::EXHAUSTION_CONSTRUCTIVE, "2024-05-25", "", "New determination after remand due"},
      {"2024-03-20 adverse_determination;2024-04-01 appeal_received;"
       "2024-04-26 appeal_decided outcome=remanded;2024-12-02 determination outcome=no_records",
       v1::EXHAUSTION_NOT_EXHAUSTED, "", "", "An appeal comes first"},
      {"2024-03-01 received;2024-05-01 complaint_filed", v1::EXHAUSTION_SUIT_FILED, "2024-05-01",
       "", "suit was possible from Sat 2024-03-30"},
      {"2024-03-01 received;2024-05-01 complaint_filed;2024-06-03 determination outcome=partial",
       v1::EXHAUSTION_SUIT_FILED, "2024-05-01", "", "suit was possible from Sat 2024-03-30"},
      {"2024-03-01 received;2024-03-11 withdrawn", v1::EXHAUSTION_NOT_EXHAUSTED, "", "",
       "withdrawn on Mon 2024-03-11"},
      {"2018-03-01 received", v1::EXHAUSTION_LOST, "2024-04-02", "",
       "The last day to sue, Mon 2024-04-01, has passed; 28 U.S.C. 2401(a)"},
      // The denial of a waiver does not decide on the request.
      {"2024-03-01 received;2024-03-04 fee_waiver_decided outcome=denied;"
       "2024-03-20 determination outcome=full_grant",
       v1::EXHAUSTION_NOT_EXHAUSTED, "", "", "nothing that could be sued over"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.events);
    const v1::RightToSue meter = Measure(c.events);
    EXPECT_EQ(v1::Exhaustion_Name(meter.exhaustion()), v1::Exhaustion_Name(c.exhaustion))
        << meter.text();
    EXPECT_EQ(Show(meter.since()), c.since);
    EXPECT_EQ(Show(meter.possible_from()), c.possible_from);
    EXPECT_THAT(meter.basis(), HasSubstr(c.basis));
    EXPECT_THAT(meter.text(), EndsWith("\nNot legal advice. Check the rule before you rely on this "
                                       "date.\n"));
    // Either a last day to appeal, or why none is known.
    EXPECT_EQ(meter.appeals().empty(), !meter.no_appeal_reason().empty());
  }
}

TEST(RightToSueTest, WhatWouldUndoIt) {
  EXPECT_THAT(Measure("2024-03-01 received").would_undo(),
              Contains("Before suit is filed: determination, adverse_determination, withdrawn."));
  EXPECT_THAT(Measure("2024-03-01 received").would_undo(), Contains(HasSubstr("Oglesby")));
  EXPECT_THAT(Measure("2024-03-01 received").would_undo(),
              Contains(HasSubstr("the last day to sue is Mon 2030-04-01, safely Sat 2030-03-30")));
  EXPECT_THAT(Measure("2024-03-01 delivered").would_undo(),
              Contains(HasSubstr("Receipt is only presumed")));
  EXPECT_THAT(Measure("2024-12-16 received;2024-12-20 complaint_filed").would_undo(),
              Contains(HasSubstr("may dismiss")));
  EXPECT_THAT(Measure("2018-03-01 received;2024-12-20 complaint_filed").would_undo(),
              Contains(HasSubstr("may be too late")));
  EXPECT_THAT(Measure("2024-03-01 adverse_determination;2024-08-01 appeal_received").would_undo(),
              Contains(HasSubstr("An appeal came after its last day, Wed 2024-07-10")));
}

TEST(RightToSueTest, OpenAppealsWithTheirLastDays) {
  v1::RightToSue meter =
      Measure("2024-11-20 interim_determination;2024-10-01 adverse_determination");
  ASSERT_EQ(meter.appeals_size(), 2);
  EXPECT_EQ(Show(meter.appeals(0).date()), "2025-02-12");
  EXPECT_EQ(Show(meter.appeals(0).safe_date()), "2025-02-12");
  EXPECT_EQ(meter.appeals(0).cutoff(), "23:59:59");
  EXPECT_EQ(Show(meter.appeals(1).date()), "2025-04-02");
  EXPECT_THAT(meter.text(), HasSubstr("Appeal     Appeal by Wed 2025-02-12 until 23:59:59 "));
  EXPECT_THAT(Measure("2024-03-01 received").no_appeal_reason(),
              HasSubstr("adverse determination"));
  EXPECT_THAT(Measure("2024-03-01 adverse_determination").no_appeal_reason(),
              HasSubstr("The last day to appeal, Wed 2024-07-10, has passed"));
  EXPECT_THAT(Measure("2024-11-20 adverse_determination;2024-12-02 appeal_sent").no_appeal_reason(),
              HasSubstr("was appealed"));
}

TEST(RightToSueTest, FeeBarAndExpedition) {
  v1::RightToSue meter = Measure("2024-03-01 received");
  EXPECT_EQ(Show(meter.fee_bar().date()), "2024-03-30");
  EXPECT_EQ(meter.fee_bar().status(), v1::DEADLINE_STATUS_IN_EFFECT);
  EXPECT_FALSE(Measure("2024-03-01 received;2024-03-20 determination").has_fee_bar());
  meter = Measure("2024-12-16 received;2024-12-16 expedite_requested");
  EXPECT_EQ(meter.exhaustion(), v1::EXHAUSTION_NOT_EXHAUSTED);
  EXPECT_THAT(meter.text(),
              HasSubstr("Also       Suit over expedition possible from Fri 2024-12-27"));
}

TEST(RightToSueTest, CitizensAcademyOnTheDayOfSuit) {
  EXPECT_EQ(Measure("2020-07-16 received", CivilDate(2021, 5, 11)).text(),
            R"(Right to sue on Tue 2021-05-11: constructively exhausted since Fri 2020-08-14
Basis      Determination due Thu 2020-08-13 passed without it: remedies count as exhausted; 5 U.S.C.
           552(a)(6)(C)(i); CREW v. FEC, 711 F.3d 180 (D.C. Cir. 2013).
Undone by  Before suit is filed: determination, adverse_determination, withdrawn.
           A determination that comes late but before suit closes this door again: appeal first
           (Oglesby v. Army, D.C. Cir. 1990). A court may still give the agency time in exceptional
           circumstances.
           Time: the last day to sue is Fri 2026-08-14, safely Fri 2026-08-14.
Appeal     none open. Nothing that could be appealed is recorded; an adverse determination opens an
           appeal.
Suit       Last day to sue Fri 2026-08-14, safely Fri 2026-08-14; 28 U.S.C. 2401(a); Spannaus v.
           DOJ, 824 F.2d 52 (D.C. Cir. 1987).
Fee bar    No search fees from Fri 2020-08-14, in effect; 5 U.S.C. 552(a)(4)(A)(viii).
Not legal advice. Check the rule before you rely on this date.
)");
}

// Rules that say nothing of courts give no state, and every history has a text.
TEST(RightToSueTest, EveryJurisdictionHasAnAnswer) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (const char* events :
         {"", "2024-03-01 received", "2024-03-01 received;2024-04-01 denied",
          "2024-03-01 received;2024-04-01 adverse_determination;2024-04-10 appeal_received"}) {
      const v1::RightToSue meter =
          MeasureRightToSue(rules, ParseEvents(events).value(), CivilDate(2025, 1, 2));
      EXPECT_NE(meter.exhaustion(), v1::EXHAUSTION_UNSPECIFIED) << id << " " << events;
      EXPECT_THAT(meter.basis(), Not(IsEmpty()));
      EXPECT_THAT(meter.text(), HasSubstr("Not legal advice"));
    }
  }
}

// Silence opens the court where the law makes it a denial and asks for no appeal first.
TEST(RightToSueTest, SilenceWhereTheAppealIsOptional) {
  const struct {
    const char* jurisdiction;
    const char* events;
    const char* since;
    bool ended_by_grant = true;  // false: the silence counts as a denial of its own
  } kCases[] = {
      {"us-nj", "2026-02-09 received", "2026-02-20"},
      {"us-mi", "2026-03-02 received", "2026-03-10"},
      {"us-ma", "2026-03-02 received", "2026-03-17"},
      {"us-in", "2026-03-02 received", "2026-03-10", false},
      {"us-la", "2026-03-02 received", "2026-03-10"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.jurisdiction);
    const v1::RightToSue meter = Measure(c.events, CivilDate(2026, 3, 20), c.jurisdiction);
    EXPECT_EQ(meter.exhaustion(), v1::EXHAUSTION_ADMINISTRATIVE) << meter.text();
    EXPECT_EQ(Show(meter.since()), c.since);
    EXPECT_THAT(meter.text(), Not(HasSubstr("An appeal comes first")));
    if (!c.ended_by_grant) continue;
    // Who has everything has nothing to sue over.
    const v1::RightToSue given =
        Measure(std::string(c.events) + "; 2026-03-18 determination outcome=full_grant",
                CivilDate(2026, 3, 20), c.jurisdiction);
    EXPECT_EQ(given.exhaustion(), v1::EXHAUSTION_NOT_EXHAUSTED) << given.text();
  }
  const v1::RightToSue meter = Measure("2026-01-12 received", CivilDate(2026, 3, 2), "us-nj");
  EXPECT_EQ(Show(meter.suit_limitation().date()), "2026-03-09");
  EXPECT_EQ(Show(meter.suit_limitation().safe_date()), "2026-03-07");
}

// A later denial opens a time of its own: the one that passed is named, and nothing is lost yet.
TEST(RightToSueTest, OfSeveralLastDaysOneIsOpen) {
  const v1::RightToSue meter =
      Measure("2026-01-12 received; 2026-04-01 denied", CivilDate(2026, 4, 10), "us-nj");
  EXPECT_EQ(meter.exhaustion(), v1::EXHAUSTION_ADMINISTRATIVE) << meter.text();
  EXPECT_EQ(Show(meter.suit_limitation().date()), "2026-05-18");
  EXPECT_THAT(meter.would_undo(),
              Contains(HasSubstr("Another last day to sue has passed, Mon 2026-03-09, counted from "
                                 "silence")));
}

TEST(RightToSueTest, NoStateSaysOfADenialThatNothingIsRecorded) {
  for (const auto& [id, rules] : Book().jurisdictions()) {
    for (const char* outcome : {"full_denial", "partial", "no_records"}) {
      const v1::RightToSue meter = MeasureRightToSue(
          rules,
          ParseEvents(std::string("2026-11-02 received; 2026-11-20 denied outcome=") + outcome)
              .value(),
          CivilDate(2026, 12, 1));
      EXPECT_THAT(meter.text(), Not(HasSubstr("othing that could be sued over"))) << id;
      EXPECT_THAT(meter.text(), Not(HasSubstr("know no appeal"))) << id;
    }
  }
}

TEST(RightToSueTest, WhatComesBeforeSuitAndTheAppealWithoutALastDay) {
  const CivilDate day(2026, 12, 1);
  EXPECT_THAT(Measure("2026-11-20 denied outcome=partial", day, "us-oh").basis(),
              AllOf(HasSubstr("denied on Fri 2026-11-20"),
                    HasSubstr("Serve the complaint on the body first"),
                    HasSubstr("three business days"), HasSubstr("2743.75")));
  const struct {
    const char* jurisdiction;
    const char* note;
  } kCases[] = {{"us-vt", "head of the agency"},
                {"us-ri", "Attorney General"},
                {"us-ky", "Attorney General"},
                {"us-hi", "Office of Information Practices"},
                {"us-dc", "Mayor"}};
  for (const auto& c : kCases) {
    EXPECT_THAT(Measure("2026-11-20 denied", day, c.jurisdiction).no_appeal_reason(),
                AllOf(HasSubstr("No last day is known here"), HasSubstr(c.note)))
        << c.jurisdiction;
  }
  EXPECT_THAT(Measure("2026-11-20 denied", day, "us-oh").text(),
              HasSubstr("Suit       no last day is known here."));
}

// A right that begins after a count of working days is safe when every day that may be none is left
// out.
TEST(RightToSueTest, RightsAreSafeOnEveryCalendar) {
  const struct {
    const char* jurisdiction;
    const char* events;
    const char* from;
    const char* safe;  // "": by every reading the same
  } kCases[] = {
      {"us-oh", "2026-05-04 received; 2026-07-01 cure_demanded", "2026-07-07", "2026-07-08"},
      {"us-oh", "2025-11-03 received; 2025-11-25 cure_demanded", "2025-12-02", "2025-12-03"},
      {"us-oh", "2026-05-04 received; 2026-09-03 cure_demanded", "2026-09-10", ""},
      {"us-la", "2026-02-12 received", "2026-02-24", ""},
      {"us-la", "2026-06-12 received", "2026-06-20", "2026-06-23"},
      {"us-nj", "2026-06-29 received", "2026-07-10", ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.events);
    const Rules& rules = **Book().FindRules(c.jurisdiction);
    for (const v1::Deadline& each :
         Compute(rules, rules.calendar(), ParseEvents(c.events).value(), CivilDate(2026, 1, 2))) {
      if (each.id() != "may_sue_from") continue;
      EXPECT_EQ(Show(each.date()), c.from) << c.jurisdiction;
      EXPECT_EQ(Show(each.safe_date()), c.safe) << c.jurisdiction;
    }
  }
}

// Ninety days of the request: it may be held to be made when it was sent (950 CMR 32.08(1)(d)).
TEST(RightToSueTest, MassachusettsCountsSafelyFromTheSending) {
  const Rules& rules = **Book().FindRules("us-ma");
  for (const v1::Deadline& each :
       Compute(rules, rules.calendar(), ParseEvents("2026-09-24 sent; 2026-09-30 received").value(),
               CivilDate(2026, 10, 1))) {
    if (each.id() != "appeal_file_by") continue;
    EXPECT_EQ(Show(each.date()), "2026-12-29");
    EXPECT_EQ(Show(each.safe_date()), "2026-12-23");
  }
}

// An outcome that does not fit is named; it is not missing.
TEST(RightToSueTest, AnOutcomeThatIsThereIsNotMissing) {
  const v1::RightToSue meter =
      Measure("2024-12-02 denied outcome=full_grant", CivilDate(2025, 1, 2));
  EXPECT_THAT(meter.text(), HasSubstr("outcome=full_grant"));
  EXPECT_THAT(meter.text(), Not(HasSubstr("The answer has no outcome")));
  EXPECT_THAT(Measure("2024-12-02 determination", CivilDate(2025, 1, 2)).text(),
              HasSubstr("The answer has no outcome"));
}

TEST(RightToSueTest, AWithdrawnRequestHasNoLastDayToSue) {
  const v1::RightToSue meter = Measure("2024-03-01 received; 2024-04-15 withdrawn");
  EXPECT_FALSE(meter.has_suit_limitation()) << meter.text();
  EXPECT_THAT(meter.text(), HasSubstr("the request was withdrawn"));
}

}  // namespace
}  // namespace foia::tracker
