#include "services/tracker/deadlines/right_to_sue.h"

#include "services/base/strings.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

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

}  // namespace
}  // namespace foia::tracker
