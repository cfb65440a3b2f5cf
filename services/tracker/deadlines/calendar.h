// Working days. A calendar is built once from its rules and then only read: every question is a
// look-up in an index of the days of kFirstYear to kLastYear.
//
//   ASSERT_OK_AND_ASSIGN(Calendar federal, Calendar::Build(rules));
//   federal.AddWorkingDays(CivilDate(2020, 7, 16), 20);  // 2020-08-13
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_CALENDAR_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_CALENDAR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/rules.pb.h"
#include "services/base/civil_date.h"

namespace foia::tracker {

// The weaker of two certainties.
v1::Certainty Weaker(v1::Certainty a, v1::Certainty b);

// Safe for concurrent use: immutable.
class Calendar {
 public:
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2149;

  // `rules` stands alone: what it extends is merged in already (see rules/rule_book.h).
  static absl::StatusOr<Calendar> Build(const v1::Calendar& rules);

  const std::string& id() const { return id_; }
  const std::string& title() const { return title_; }
  const std::string& note() const { return note_; }
  // Where the list of holidays is written; empty: the title says it.
  const std::string& citation() const { return citation_; }

  static bool Covers(CivilDate date) {
    return date.year() >= kFirstYear && date.year() <= kLastYear;
  }

  // False outside the covered years.
  bool IsWorkingDay(CivilDate date) const;
  // Working days after `after` up to and including `to`; 0 when `to` is not later.
  int CountWorkingDays(CivilDate after, CivilDate to) const;
  // The n-th working day after `date`, n >= 1; nullopt beyond the covered years.
  std::optional<CivilDate> AddWorkingDays(CivilDate date, int n) const;
  // `date` itself if it is a working day, else the next one; nullopt beyond the covered years.
  std::optional<CivilDate> NextWorkingDay(CivilDate date) const;
  // How certain it is which days from `from` to `to` are working days.
  v1::Certainty CertaintyOf(CivilDate from, CivilDate to) const;
  // Holidays on days of the working week, by the day on which they are kept.
  const std::map<CivilDate, std::string>& holidays() const { return holidays_; }

 private:
  Calendar() = default;
  // Working days from the first covered day to the one before `date`.
  int Rank(CivilDate date) const;

  std::string id_;
  std::string title_;
  std::string note_;
  std::string citation_;
  v1::Certainty certainty_ = v1::CERTAINTY_VERIFIED;
  // Days of the working week that were checked less far than the list, by day.
  std::vector<std::pair<CivilDate, v1::Certainty>> doubtful_;
  std::map<CivilDate, std::string> holidays_;
  std::vector<int32_t> rank_;          // by day: working days before it
  std::vector<int32_t> working_days_;  // by rank: day, as offset from the first covered day
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_CALENDAR_H_
