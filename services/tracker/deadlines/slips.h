// Slips of the pen in the days of events: a year that lies ahead, one before the request or before
// there was a law to ask under. Each is named with the day that was likely meant. Pure.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_SLIPS_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_SLIPS_H_

#include <string>
#include <vector>

#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// Events that may well lie before the day on which the request was sent: its drafting, remarks, and
// what is recorded of the record.
bool MayPrecedeSending(v1::EventType type);

// Between which days `event` can lie, as far as `events`, all of the request, tell: not before the
// request was sent (or, while that is not recorded, received), not before 1966 in any case, not
// after `today`. A sending lies not after what followed on it.
struct PossibleDays {
  CivilDate first;
  CivilDate last;
};
PossibleDays DaysOf(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                    const Rules& rules, CivilDate today);

// "; the likely date is Thu 2020-07-16" for an event that lies outside its possible days; else, and
// when nothing is likely, empty.
std::string LikelyDay(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                      const Rules& rules, CivilDate today);

// UNLIKELY_DATE when `event` lies after `today`, with the likely date.
absl::Status CheckNotAhead(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                           const Rules& rules, CivilDate today);

// What looks like a slip and is not refused, one sentence each: dates among the attributes that lie
// before the event or more than ten years after it; a receipt half a year or more after sending.
std::vector<std::string> DoubtfulDates(const DeadlineEvent& event,
                                       const std::vector<DeadlineEvent>& events, const Rules& rules,
                                       CivilDate today);
// For a history that is only computed with: also what a server refuses.
std::vector<std::string> Slips(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                               const Rules& rules, CivilDate today);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_SLIPS_H_
