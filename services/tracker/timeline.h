// The facts of one request in the order in which they count, with the deadlines that follow from
// them: what regions and transitions are computed from. Pure; safe for concurrent const use.
#ifndef FOIA_SERVICES_TRACKER_TIMELINE_H_
#define FOIA_SERVICES_TRACKER_TIMELINE_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// What the engine needs to know of recorded events.
std::vector<DeadlineEvent> ForEngine(const std::vector<v1::Event>& events);

// Whether `a` counts before `b`: by day in the zone of the rules, rank of the type in them, type,
// id. The order of arrival plays no part.
bool CountsBefore(const Rules& rules, const DeadlineEvent& a, const DeadlineEvent& b);

// What belongs to one appeal. A letter that nobody recorded is null.
struct AppealFiling {
  const DeadlineEvent* drafted = nullptr;
  const DeadlineEvent* sent = nullptr;
  const DeadlineEvent* received = nullptr;
  const DeadlineEvent* decided = nullptr;
  const DeadlineEvent* withdrawn = nullptr;

  // The first of them.
  const DeadlineEvent& first() const;
  bool is_over() const { return decided != nullptr || withdrawn != nullptr; }
};

class Timeline {
 public:
  // All arguments must outlive the timeline; `deadlines` are those of `events` under `rules`.
  Timeline(const Rules& rules, const std::vector<DeadlineEvent>& events,
           const std::vector<v1::Deadline>& deadlines);
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // Those that stand, in order.
  const std::vector<const DeadlineEvent*>& events() const { return events_; }
  const std::vector<v1::Deadline>& deadlines() const { return deadlines_; }
  const Rules& rules() const { return rules_; }

  // The event of that id among those that stand; null when there is none.
  const DeadlineEvent* Find(std::string_view id) const;
  // Whether `event` may be appealed: it is adverse, or the rules give a time to appeal it.
  bool OpensAppeal(const DeadlineEvent& event) const;
  // Whether a time that `event` started had run out before `day` with no answer in time.
  bool IsOverdue(const DeadlineEvent& event, CivilDate day) const;
  // Whether a time to determine had run out before `day` with no answer in time.
  bool IsConstructivelyDenied(CivilDate day) const;
  // Whether a notice that stands on `day` extended `deadline`.
  bool IsExtended(const v1::Deadline& deadline, CivilDate day) const;
  // Appeals, the earliest first. Letters of one appeal are found by the attribute `appeal`, or,
  // when they have none, in turn: the first receipt belongs to the first appeal that was sent.
  std::vector<AppealFiling> Appeals() const;

 private:
  const Rules& rules_;
  const std::vector<v1::Deadline>& deadlines_;
  std::vector<const DeadlineEvent*> events_;
  std::deque<DeadlineEvent> moved_;  // whose day is another one in the zone of the rules
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_TIMELINE_H_
