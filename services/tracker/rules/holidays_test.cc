// Federal dates against a list of holidays from elsewhere and a count that shares no code with the
// engine: one day after the other.
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "services/tracker/rules/rule_book.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

// tests/cases/us_federal_holidays.csv; tests/cases/holidays.js says where it comes from.
std::set<std::string> ListedHolidays() {
  std::ifstream in(testing::SourceDir() + "/tests/cases/us_federal_holidays.csv");
  std::set<std::string> days;
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "date,name");
  while (std::getline(in, line)) days.insert(line.substr(0, 10));
  return days;
}

bool IsWeekend(CivilDate day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

CivilDate Walk(CivilDate day, int working_days, const std::set<std::string>& holidays) {
  while (working_days > 0) {
    ++day;
    if (!IsWeekend(day) && holidays.count(FormatDate(day)) == 0) --working_days;
  }
  return day;
}

std::string DateOf(const Rules& rules, const std::vector<DeadlineEvent>& events,
                   std::string_view id) {
  for (const v1::Deadline& deadline :
       Compute(rules, rules.calendar(), events, events[0].effective_on)) {
    if (deadline.id() == id && deadline.has_date()) {
      return FormatDate(
          CivilDate(deadline.date().year(), deadline.date().month(), deadline.date().day()));
    }
  }
  return "none";
}

TEST(HolidaysTest, TheCalendarHasTheListedDaysAndNoOthers) {
  const std::set<std::string> listed = ListedHolidays();
  EXPECT_EQ(listed.size(), 257U);
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  ASSERT_OK_AND_ASSIGN(const Calendar* federal, book.FindCalendar("federal"));
  for (CivilDate day(2014, 1, 1); day < CivilDate(2038, 1, 1); ++day) {
    EXPECT_EQ(federal->IsWorkingDay(day), !IsWeekend(day) && listed.count(FormatDate(day)) == 0)
        << day;
  }
}

TEST(HolidaysTest, EveryReceiptDateOfTwentyOneYears) {
  const std::set<std::string> holidays = ListedHolidays();
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  int compared = 0;
  int different = 0;
  for (const char* jurisdiction : {"us-federal", "us-federal-dhs"}) {
    ASSERT_OK_AND_ASSIGN(const Rules* rules, book.FindRules(jurisdiction));
    const bool is_dhs = jurisdiction == std::string("us-federal-dhs");
    for (CivilDate day(2015, 1, 1); day < CivilDate(2036, 1, 1); ++day) {
      const std::vector<DeadlineEvent> received = {{"e1", v1::EVENT_TYPE_RECEIVED, day}};
      const std::vector<DeadlineEvent> denied = {{"e1", v1::EVENT_TYPE_ADVERSE_DETERMINATION, day}};
      const CivilDate due = Walk(day, 20, holidays);
      const CivilDate appeal = is_dhs ? Walk(day, 90, holidays) : day + 90;
      const struct {
        std::string actual;
        CivilDate expected;
      } pairs[] = {
          {DateOf(*rules, received, "determination_due"), due},
          {DateOf(*rules, received, "constructive_exhaustion_from"), due + 1},
          {DateOf(*rules, denied, "appeal_file_by"), appeal},
      };
      for (const auto& pair : pairs) {
        ++compared;
        if (pair.actual == FormatDate(pair.expected)) continue;
        ++different;
        ADD_FAILURE() << jurisdiction << " " << day << ": " << pair.actual << ", walked to "
                      << pair.expected;
        if (different == 20) return;
      }
    }
  }
  EXPECT_EQ(compared, 2 * 3 * 7670);
  std::cout << compared << " dates compared, " << different << " differ\n";
}

// Lists of single years from the offices that publish them, or worked out from the statute by
// others (column source): the calendar has these days and no others in the year.
TEST(HolidaysTest, StateCalendarsHaveTheListedDaysAndNoOthers) {
  std::ifstream in(testing::SourceDir() + "/tests/cases/state_holidays.csv");
  std::map<std::pair<std::string, std::string>, std::set<std::string>> listed;  // calendar, year
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "calendar,date,name,source");
  while (std::getline(in, line)) {
    const size_t comma = line.find(',');
    const std::string day = line.substr(comma + 1, 10);
    listed[{line.substr(0, comma), day.substr(0, 4)}].insert(day);
  }
  EXPECT_GE(listed.size(), 19U);
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  for (const auto& [key, days] : listed) {
    ASSERT_OK_AND_ASSIGN(const Calendar* calendar, book.FindCalendar(key.first));
    std::set<std::string> ours;
    for (const auto& [day, name] : calendar->holidays()) {
      if (FormatDate(day).substr(0, 4) == key.second) ours.insert(FormatDate(day));
    }
    EXPECT_EQ(ours, days) << key.first << " " << key.second;
  }
}

// Every state leaves out the holidays that all have, and says how certain its calendar is.
TEST(HolidaysTest, EveryStateKeepsTheHolidaysThatAllHave) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  int states = 0;
  for (const auto& [id, rules] : book.jurisdictions()) {
    if (id.size() != 5) continue;  // us-xx
    SCOPED_TRACE(id);
    ++states;
    for (const CivilDate day :
         {CivilDate(2024, 1, 1), CivilDate(2024, 5, 27), CivilDate(2024, 7, 4),
          CivilDate(2024, 9, 2), CivilDate(2024, 11, 28), CivilDate(2024, 12, 25)}) {
      EXPECT_FALSE(rules.calendar().IsWorkingDay(day)) << day;
    }
    EXPECT_FALSE(rules.calendar().citation().empty());
    EXPECT_TRUE(rules.jurisdiction().has_last_day());
  }
  EXPECT_EQ(states, 51);
}

}  // namespace
}  // namespace foia::tracker
