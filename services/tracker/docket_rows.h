// What the docket shows of one request; pure functions.
//
// A row is one open deadline: nobody has met it and nothing has ended it. What a row says never
// depends on the day. Whether it is overdue, due this week or shown at all is asked with the day.
#ifndef FOIA_SERVICES_TRACKER_DOCKET_ROWS_H_
#define FOIA_SERVICES_TRACKER_DOCKET_ROWS_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "foia/tracker/v1/docket.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "services/base/civil_date.h"
#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// Without jurisdiction and head. Of the remedies (the first day of a right) those of the requester
// count: one that rests on a deadline with a row is told in that row's `then`, any other has a row.
// A row whose day had passed when a person dismissed it (lapse_seen) is kept as dismissed.
v1::StoredDocket MakeStoredDocket(const Rules& rules, const std::vector<v1::Event>& events);

// Days since 1970-01-01.
using Day = int32_t;
inline constexpr Day kNoDay = std::numeric_limits<Day>::max();
inline Day DayOf(CivilDate date) { return static_cast<Day>(date - CivilDate(1970, 1, 1)); }
inline Day DayOf(const common::v1::Date& date) {
  return DayOf(CivilDate(date.year(), date.month(), date.day()));
}
inline CivilDate DateOfDay(Day day) { return CivilDate(1970, 1, 1) + day; }

// A row as it is held in memory.
struct DocketRow {
  Day date = kNoDay;    // of the deadline
  Day act_by = kNoDay;  // its safe date where it has one, else `date`
  bool ours = false;    // the requester has to act
  bool remedy = false;  // `date` is the first day of a right, not a last day
  Day warn_from = std::numeric_limits<Day>::min();   // nobody needs to think of it before
  Day shown_from = std::numeric_limits<Day>::min();  // before, another date of the same order runs
  bool soft = false;            // an expectation: nothing follows when it passes
  bool limitation = false;      // the last day to sue
  bool dismissed = false;       // a person has seen that it passed
  bool without_number = false;  // awaited, but the law sets no number of days
};
DocketRow Compact(const v1::StoredDocketRow& row);

// How a row stands on a day.
struct Standing {
  bool shown = false;
  bool dismissed = false;  // instead of shown
  bool overdue = false;
  bool due_this_week = false;
  bool waiting_on_us = false;
  bool is_new = false;  // nothing runs yet
  // Its place in the order by date, before the date itself:
  //   0  ours that is late, and what falls due within 30 days;
  //   1  what others are late with: it must not hide the above;
  //   2  what lies further ahead;
  //   3  what has no date.
  int rank = 0;
};
// A voided request shows nothing. A closed one shows only what is still ahead, and what we missed
// in the last 60 days. A remedy is shown until it begins, what we merely expect of others until its
// day has passed.
Standing StandingOn(const DocketRow& row, v1::RequestState headline, Day today);

// How far ahead, and back to what was missed, the docket looks unless it is asked otherwise.
inline constexpr Day kNearDays = 60;
// Where a shown row lies in the time from `days` before today to `days` after it. What has no date
// is always within.
enum class Window { kMissedBefore, kWithin, kLater };
Window WindowOf(const DocketRow& row, Day today, Day days);

// The status of a stored row's deadline on a day.
v1::DeadlineStatus StatusOn(const v1::Deadline& open, Day today);

// For a request without a row to show.
std::string WhyWithoutRow(const v1::StoredDocket& docket, v1::RequestState headline);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DOCKET_ROWS_H_
