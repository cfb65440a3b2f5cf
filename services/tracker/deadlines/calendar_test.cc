#include "services/tracker/deadlines/calendar.h"

#include <google/protobuf/text_format.h>

#include "services/tracker/rules/rule_book.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::Optional;

class FederalCalendarTest : public ::testing::Test {
 protected:
  static const RuleBook& Book() {
    static const RuleBook& book = *new RuleBook(LoadRules("").value());
    return book;
  }
  const Calendar& Find(const char* id) { return **Book().FindCalendar(id); }
  const Calendar& federal_ = Find("federal");
};

// Every day of 2019 to 2028 that is kept on another day than its own; no others are.
TEST_F(FederalCalendarTest, ObservedDays) {
  const std::map<CivilDate, std::string> expected = {
      {CivilDate(2020, 7, 3), "Independence Day (observed)"},
      {CivilDate(2021, 6, 18), "Juneteenth (observed)"},
      {CivilDate(2021, 7, 5), "Independence Day (observed)"},
      {CivilDate(2021, 12, 24), "Christmas Day (observed)"},
      {CivilDate(2021, 12, 31), "New Year's Day (observed)"},
      {CivilDate(2022, 6, 20), "Juneteenth (observed)"},
      {CivilDate(2022, 12, 26), "Christmas Day (observed)"},
      {CivilDate(2023, 1, 2), "New Year's Day (observed)"},
      {CivilDate(2023, 11, 10), "Veterans Day (observed)"},
      {CivilDate(2026, 7, 3), "Independence Day (observed)"},
      {CivilDate(2027, 6, 18), "Juneteenth (observed)"},
      {CivilDate(2027, 7, 5), "Independence Day (observed)"},
      {CivilDate(2027, 12, 24), "Christmas Day (observed)"},
      {CivilDate(2027, 12, 31), "New Year's Day (observed)"},
      {CivilDate(2028, 11, 10), "Veterans Day (observed)"},
  };
  std::map<CivilDate, std::string> observed;
  for (const auto& [day, name] : federal_.holidays()) {
    if (day.year() < 2019 || day.year() > 2028) continue;
    if (name.find("(observed)") != std::string::npos) observed.emplace(day, name);
  }
  EXPECT_EQ(observed, expected);
}

TEST_F(FederalCalendarTest, WorkingDays) {
  const struct {
    const char* calendar;
    CivilDate date;
    bool is_working;
  } kCases[] = {
      {"federal", CivilDate(2019, 6, 19), true},      // before Juneteenth was a holiday
      {"federal", CivilDate(2020, 6, 19), true},      // a Friday
      {"federal", CivilDate(2021, 6, 21), true},      // kept on the Friday before
      {"federal", CivilDate(2022, 1, 1), false},      // a Saturday
      {"federal", CivilDate(2022, 1, 3), true},       // kept on 2021-12-31
      {"federal", CivilDate(2024, 2, 29), true},      // leap day
      {"federal", CivilDate(2025, 1, 9), true},       // closed by executive order
      {"federal+eo", CivilDate(2025, 1, 9), false},   //
      {"federal", CivilDate(2021, 1, 20), true},      // Inauguration Day, Washington area only
      {"federal_dc", CivilDate(2021, 1, 20), false},  //
      {"federal_dc", CivilDate(2022, 1, 20), true},   //
      {"federal_dc", CivilDate(2013, 1, 21),
       false},  // MLK day, and Inauguration Day moved from a Sunday
      {"federal", CivilDate(2025, 10, 14), true},    // lapse in appropriations
      {"none", CivilDate(2025, 12, 25), true},       //
      {"none", CivilDate(2025, 12, 27), false},      // a Saturday
      {"il_state", CivilDate(2024, 2, 12), false},   // Lincoln
      {"il_state", CivilDate(2024, 11, 5), false},   // election, even year
      {"il_state", CivilDate(2023, 11, 7), true},    // odd year
      {"il_state", CivilDate(2023, 3, 6), true},     // Pulaski
      {"il_state", CivilDate(2022, 6, 20), true},    // Juneteenth on a Sunday, not moved
      {"ny_public", CivilDate(2023, 11, 7), false},  // election, every year
      {"ny_public", CivilDate(2021, 7, 5), false},   // Sunday moves
      {"ny_public", CivilDate(2020, 7, 3), true},    // Saturday does not
      {"tx_552", CivilDate(2024, 3, 1), true},       // 2 March is a Saturday
      {"tx_552", CivilDate(2023, 10, 9), true},      // no Columbus Day
      {"wa_state", CivilDate(2023, 11, 24), false},  // Native American Heritage Day
      {"ma_state", CivilDate(2024, 4, 15), false},   // Patriots' Day
      {"ca_core", CivilDate(2025, 3, 31), false},    // Cesar Chavez
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Find(c.calendar).IsWorkingDay(c.date), c.is_working)
        << c.calendar << " " << FormatDate(c.date);
  }
}

// The index against the day-by-day walk it stands for.
TEST_F(FederalCalendarTest, IndexAgreesWithAWalk) {
  for (CivilDate start(2019, 12, 1); start < CivilDate(2023, 2, 1); start += 3) {
    CivilDate day = start;
    for (int n = 1; n <= 40; ++n) {
      do ++day;
      while (!federal_.IsWorkingDay(day));
      ASSERT_THAT(federal_.AddWorkingDays(start, n), Optional(day)) << FormatDate(start);
      ASSERT_EQ(federal_.CountWorkingDays(start, day), n) << FormatDate(start);
    }
  }
}

TEST_F(FederalCalendarTest, EndsWhereItIsNotKnown) {
  const CivilDate last(Calendar::kLastYear, 12, 31);
  EXPECT_EQ(federal_.AddWorkingDays(last, 1), std::nullopt);
  EXPECT_EQ(federal_.AddWorkingDays(last + 1, 1), std::nullopt);
  EXPECT_EQ(federal_.AddWorkingDays(CivilDate(1969, 12, 1), 1), std::nullopt);
  EXPECT_FALSE(federal_.IsWorkingDay(last + 1));
}

TEST(CalendarBuildTest, RefusesNonsense) {
  const auto build = [](const auto& change) {
    v1::Calendar rules;
    rules.set_id("test");
    v1::HolidayRule* rule = rules.add_rules();
    rule->set_name("Day");
    rule->mutable_fixed()->set_month(6);
    rule->mutable_fixed()->set_day(1);
    change(&rules);
    return Calendar::Build(rules);
  };
  using C = v1::Calendar;
  EXPECT_OK(build([](C*) {}));
  EXPECT_THAT(build([](C* c) { c->mutable_rules(0)->clear_name(); }),
              HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_THAT(build([](C* c) { c->mutable_rules(0)->clear_fixed(); }),
              HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_THAT(build([](C* c) { c->mutable_rules(0)->mutable_fixed()->set_day(31); }),
              HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_THAT(build([](C* c) { c->mutable_rules(0)->mutable_nth()->set_month(13); }),
              HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_THAT(build([](C* c) { c->mutable_rules(0)->set_every_years_remainder(2); }),
              HasReason(Reason::REASON_INVALID_RULES));
  EXPECT_THAT(build([](C* c) { c->add_add_dates()->set_name("no date"); }),
              HasReason(Reason::REASON_INVALID_DATE));
  EXPECT_THAT(build([](C* c) {
                for (int day = 1; day <= 7; ++day) c->add_weekend(static_cast<v1::Weekday>(day));
              }),
              HasReason(Reason::REASON_INVALID_RULES));
}

v1::Calendar Parse(const std::string& text) {
  v1::Calendar calendar;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &calendar));
  return calendar;
}

TEST(CalendarTest, DaysThatMoveWithEaster) {
  ASSERT_OK_AND_ASSIGN(
      const Calendar calendar,
      Calendar::Build(Parse(R"(id: "c" rules { name: "Good Friday" easter { offset: -2 } }
                               rules { name: "Mardi Gras" easter { offset: -47 } })")));
  // From printed tables; 1981 and 2076 are years in which simpler formulas fail.
  for (const CivilDate day :
       {CivilDate(1981, 4, 17), CivilDate(2000, 4, 21), CivilDate(2008, 3, 21),
        CivilDate(2024, 3, 29), CivilDate(2025, 4, 18), CivilDate(2026, 4, 3),
        CivilDate(2038, 4, 23), CivilDate(2049, 4, 16), CivilDate(2076, 4, 17),
        CivilDate(2024, 2, 13), CivilDate(2026, 2, 17)}) {
    EXPECT_EQ(calendar.holidays().count(day), 1U) << day;
  }
}

TEST(CalendarTest, WeekendsAreKeptAsTheCalendarSaysUnlessTheHolidayDoes) {
  ASSERT_OK_AND_ASSIGN(const Calendar calendar,
                       Calendar::Build(Parse(R"(id: "c" observe: OBSERVANCE_BOTH
          rules { name: "a" fixed { month: 7 day: 4 } }
          rules { name: "b" fixed { month: 6 day: 6 } observe: OBSERVANCE_NONE }
          rules { name: "c" fixed { month: 8 day: 1 } observe: OBSERVANCE_WEEKEND_TO_MONDAY })")));
  EXPECT_FALSE(calendar.IsWorkingDay(CivilDate(2026, 7, 3)));  // July 4, 2026 is a Saturday
  EXPECT_TRUE(calendar.IsWorkingDay(CivilDate(2026, 6, 5)));   // so is June 6
  EXPECT_TRUE(calendar.IsWorkingDay(CivilDate(2026, 7, 31)));  // and August 1
  EXPECT_FALSE(calendar.IsWorkingDay(CivilDate(2026, 8, 3)));
  EXPECT_FALSE(calendar.IsWorkingDay(CivilDate(2027, 8, 2)));  // August 1, 2027 is a Sunday
}

TEST(CalendarTest, SaysHowCertainTheDaysAre) {
  ASSERT_OK_AND_ASSIGN(const Calendar calendar, Calendar::Build(Parse(R"(id: "c"
          rules { name: "sure" fixed { month: 3 day: 2 } }
          rules { name: "by others" fixed { month: 3 day: 4 } certainty: CERTAINTY_SECONDARY }
          rules { name: "some keep it" fixed { month: 3 day: 6 }
                  certainty: CERTAINTY_CONVENTION working_day: true })")));
  const auto of = [&](int from, int to) {
    return calendar.CertaintyOf(CivilDate(2026, 3, from), CivilDate(2026, 3, to));
  };
  EXPECT_EQ(of(1, 3), v1::CERTAINTY_VERIFIED);
  EXPECT_EQ(of(4, 4), v1::CERTAINTY_SECONDARY);
  EXPECT_EQ(of(5, 6), v1::CERTAINTY_CONVENTION);
  EXPECT_EQ(of(1, 9), v1::CERTAINTY_SECONDARY);
  EXPECT_FALSE(calendar.IsWorkingDay(CivilDate(2026, 3, 4)));
  EXPECT_TRUE(calendar.IsWorkingDay(CivilDate(2026, 3, 6)));
  EXPECT_THAT(Calendar::Build(Parse(R"(id: "c" rules { name: "d" fixed { month: 1 day: 1 }
                                       working_day: true })")),
              HasReason(Reason::REASON_INVALID_RULES));
}

}  // namespace
}  // namespace foia::tracker
