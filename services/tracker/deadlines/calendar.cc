#include "services/tracker/deadlines/calendar.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"

namespace foia::tracker {
namespace {

const CivilDate kFirstDay(Calendar::kFirstYear, 1, 1);
const CivilDate kEndDay(Calendar::kLastYear + 1, 1, 1);

absl::Status Invalid(const v1::Calendar& rules, const std::string& what) {
  return MakeError(Reason::REASON_INVALID_RULES,
                   absl::StrCat("calendar '", rules.id(), "': ", what), {{"calendar", rules.id()}});
}

absl::Weekday ToWeekday(v1::Weekday weekday) {
  return static_cast<absl::Weekday>(static_cast<int>(weekday) - 1);
}

// Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8).
CivilDate EasterSunday(int year) {
  const int golden = year % 19;
  const int century = year / 100;
  const int of_century = year % 100;
  const int moon =
      (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
  const int weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
  const int shift = (golden + 11 * moon + 22 * weekday) / 451;
  const int day = moon + weekday - 7 * shift + 114;
  return CivilDate(year, day / 31, day % 31 + 1);
}

// The day of `rule` in `year`, before observance; nullopt when the year has none.
std::optional<CivilDate> NominalDay(const v1::HolidayRule& rule, int year) {
  if (rule.from_year() != 0 && year < rule.from_year()) return std::nullopt;
  if (rule.to_year() != 0 && year > rule.to_year()) return std::nullopt;
  if (rule.every_years() != 0 && year % rule.every_years() != rule.every_years_remainder()) {
    return std::nullopt;
  }
  CivilDate day;
  if (rule.has_fixed()) {
    day = CivilDate(year, rule.fixed().month(), rule.fixed().day());
    if (day.month() != rule.fixed().month()) return std::nullopt;  // 29 February
  } else if (rule.has_easter()) {
    day = EasterSunday(year) + rule.easter().offset();
  } else if (rule.nth().n() > 0) {
    const CivilDate first(year, rule.nth().month(), 1);
    day = absl::NextWeekday(first - 1, ToWeekday(rule.nth().weekday())) + 7 * (rule.nth().n() - 1);
    if (day.month() != rule.nth().month()) return std::nullopt;  // no fifth one
  } else {
    const CivilDate next_month(absl::CivilMonth(year, rule.nth().month()) + 1);
    day = absl::PrevWeekday(next_month, ToWeekday(rule.nth().weekday()));
  }
  return day + rule.offset_days();
}

CivilDate ObservedDay(CivilDate day, v1::Observance observe) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  const bool back = observe == v1::OBSERVANCE_BOTH || observe == v1::OBSERVANCE_SATURDAY_TO_FRIDAY;
  const bool on = observe == v1::OBSERVANCE_BOTH || observe == v1::OBSERVANCE_SUNDAY_TO_MONDAY;
  if (observe == v1::OBSERVANCE_WEEKEND_TO_MONDAY) {
    if (weekday == absl::Weekday::saturday) return day + 2;
    if (weekday == absl::Weekday::sunday) return day + 1;
  }
  if (weekday == absl::Weekday::saturday && back) return day - 1;
  if (weekday == absl::Weekday::sunday && on) return day + 1;
  return day;
}

absl::Status CheckRule(const v1::Calendar& rules, const v1::HolidayRule& rule) {
  const std::string at = absl::StrCat("holiday '", rule.name(), "': ");
  const int month = rule.has_fixed() ? rule.fixed().month() : rule.nth().month();
  if (rule.name().empty()) return Invalid(rules, "a holiday has no name");
  if (rule.day_case() == v1::HolidayRule::DAY_NOT_SET) {
    return Invalid(rules, at + "needs fixed, nth or easter");
  }
  if (rule.working_day() && rule.certainty() == v1::CERTAINTY_UNSPECIFIED) {
    return Invalid(rules, at + "working_day needs certainty: how sure it is none");
  }
  if (rule.has_easter() && std::abs(rule.easter().offset()) > 100) {
    return Invalid(rules, at + "easter: offset must be -100 to 100");
  }
  if (!rule.has_easter() && (month < 1 || month > 12))
    return Invalid(rules, at + "month must be 1 to 12");
  // 2000 is a leap year: 29 February is a day of some years.
  if (rule.has_fixed() &&
      (rule.fixed().day() < 1 || CivilDate(2000, month, rule.fixed().day()).month() != month)) {
    return Invalid(rules, at + "the month has no such day");
  }
  if (rule.has_nth() && (rule.nth().n() < -1 || rule.nth().n() == 0 || rule.nth().n() > 5)) {
    return Invalid(rules, at + "n must be 1 to 5, or -1 for the last");
  }
  if (rule.has_nth() && rule.nth().weekday() == v1::WEEKDAY_UNSPECIFIED) {
    return Invalid(rules, at + "weekday is missing");
  }
  if (rule.every_years() < 0 || rule.every_years_remainder() < 0 ||
      rule.every_years_remainder() >= std::max(rule.every_years(), 1)) {
    return Invalid(rules, at + "every_years_remainder must be below every_years");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calendar> Calendar::Build(const v1::Calendar& rules) {
  std::set<absl::Weekday> weekend;
  for (const int day : rules.weekend()) {
    if (day == v1::WEEKDAY_UNSPECIFIED) return Invalid(rules, "weekend has an unset day");
    weekend.insert(ToWeekday(static_cast<v1::Weekday>(day)));
  }
  if (rules.weekend().empty()) weekend = {absl::Weekday::saturday, absl::Weekday::sunday};
  if (weekend.size() == 7) return Invalid(rules, "a week needs a working day");

  Calendar calendar;
  calendar.id_ = rules.id();
  calendar.title_ = rules.title();
  calendar.note_ = rules.note();
  calendar.citation_ = rules.citation();
  if (rules.certainty() != v1::CERTAINTY_UNSPECIFIED) calendar.certainty_ = rules.certainty();
  const auto is_of_week = [&](CivilDate day) {
    return Covers(day) && weekend.count(absl::GetWeekday(day)) == 0;
  };
  const auto add = [&](CivilDate day, std::string name) {
    if (is_of_week(day)) calendar.holidays_.emplace(day, std::move(name));
  };
  for (const v1::HolidayRule& rule : rules.rules()) {
    FOIA_RETURN_IF_ERROR(CheckRule(rules, rule));
    // One year more on both sides: New Year's Day may be kept on 31 December of the year before.
    for (int year = kFirstYear - 1; year <= kLastYear + 1; ++year) {
      const std::optional<CivilDate> nominal = NominalDay(rule, year);
      if (!nominal.has_value()) continue;
      const CivilDate observed =
          ObservedDay(*nominal, rule.observe() == v1::OBSERVANCE_UNSPECIFIED ? rules.observe()
                                                                             : rule.observe());
      if (rule.certainty() != v1::CERTAINTY_UNSPECIFIED && is_of_week(observed)) {
        calendar.doubtful_.emplace_back(observed, rule.certainty());
      }
      if (rule.working_day()) continue;
      add(observed, observed == *nominal ? rule.name() : absl::StrCat(rule.name(), " (observed)"));
    }
  }
  for (const v1::NamedDate& date : rules.add_dates()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate day, DateFromProto(date.date(), "add_dates"));
    if (date.name().empty()) return Invalid(rules, "a date of add_dates has no name");
    add(day, date.name());
  }
  for (const v1::NamedDate& date : rules.drop_dates()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate day, DateFromProto(date.date(), "drop_dates"));
    calendar.holidays_.erase(day);
  }

  std::sort(calendar.doubtful_.begin(), calendar.doubtful_.end());
  calendar.rank_.reserve(static_cast<size_t>(kEndDay - kFirstDay));
  for (CivilDate day = kFirstDay; day < kEndDay; ++day) {
    calendar.rank_.push_back(static_cast<int32_t>(calendar.working_days_.size()));
    if (weekend.count(absl::GetWeekday(day)) == 0 && calendar.holidays_.count(day) == 0) {
      calendar.working_days_.push_back(static_cast<int32_t>(day - kFirstDay));
    }
  }
  return calendar;
}

v1::Certainty Weaker(v1::Certainty a, v1::Certainty b) {
  // From strong to weak: verified, convention, secondary, memory.
  const auto weight = [](v1::Certainty c) {
    return c == v1::CERTAINTY_UNSPECIFIED  ? 0
           : c == v1::CERTAINTY_VERIFIED   ? 1
           : c == v1::CERTAINTY_CONVENTION ? 2
           : c == v1::CERTAINTY_SECONDARY  ? 3
                                           : 4;
  };
  return weight(a) >= weight(b) ? a : b;
}

v1::Certainty Calendar::CertaintyOf(CivilDate from, CivilDate to) const {
  v1::Certainty certainty = certainty_;
  const auto first = std::lower_bound(doubtful_.begin(), doubtful_.end(),
                                      std::make_pair(from, v1::CERTAINTY_UNSPECIFIED));
  for (auto it = first; it != doubtful_.end() && it->first <= to; ++it) {
    certainty = Weaker(certainty, it->second);
  }
  return certainty;
}

int Calendar::Rank(CivilDate date) const {
  if (date <= kFirstDay) return 0;
  if (date >= kEndDay) return static_cast<int>(working_days_.size());
  return rank_[static_cast<size_t>(date - kFirstDay)];
}

bool Calendar::IsWorkingDay(CivilDate date) const { return Rank(date + 1) > Rank(date); }

int Calendar::CountWorkingDays(CivilDate after, CivilDate to) const {
  return std::max(0, Rank(to + 1) - Rank(after + 1));
}

std::optional<CivilDate> Calendar::AddWorkingDays(CivilDate date, int n) const {
  const size_t index = static_cast<size_t>(Rank(date + 1)) + static_cast<size_t>(n) - 1;
  if (!Covers(date) || index >= working_days_.size()) return std::nullopt;
  return kFirstDay + working_days_[index];
}

std::optional<CivilDate> Calendar::NextWorkingDay(CivilDate date) const {
  return AddWorkingDays(date - 1, 1);
}

}  // namespace foia::tracker
