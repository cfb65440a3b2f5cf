// Internal to the engine: events in their total order, without what was superseded.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_

#include <optional>
#include <string>
#include <vector>

#include "services/tracker/deadlines/compiled.h"

namespace foia::tracker {

// An event that stands, and its place in the order. Keeps a pointer to the caller's event.
struct FoldedEvent {
  const DeadlineEvent* event = nullptr;
  int position = 0;
  // In the jurisdiction's zone.
  CivilDate day;
  std::optional<int> seconds;  // of the day

  CivilDate date() const { return day; }
  v1::EventType type() const { return event->type; }
};

// A time in which a toll rule stops a period: (start, stop].
struct Toll {
  int rule = 0;  // index into Jurisdiction.tolls
  FoldedEvent start;
  FoldedEvent stop;  // without event while the toll is open

  bool open() const { return stop.event == nullptr; }
};

// Order: date in the jurisdiction's zone, rank of the type, event id. Two events of one id count
// once.
class Folded {
 public:
  Folded(const Rules::Compiled& rules, const std::vector<DeadlineEvent>& events);

  const std::vector<FoldedEvent>& events() const { return events_; }
  // The types of all of them.
  const EventSet& types() const { return types_; }
  // The first of one of the types; null when there is none.
  const FoldedEvent* First(const EventSet& types) const;

  struct Tolls {
    std::vector<Toll> tolls;            // by start
    std::vector<std::string> warnings;  // a sentence for each event that stops nothing
  };
  // Of the toll rule `index`.
  const Tolls& TollsOf(int index) const { return tolls_[static_cast<size_t>(index)]; }

  // What is wrong with the event itself: an hour or zone that is none, a second record of it.
  const std::vector<std::string>& ProblemsOf(const FoldedEvent& event) const;

 private:
  void FindTolls(const Rules::Compiled& rules);
  void FindTwins();

  std::vector<FoldedEvent> events_;
  EventSet types_;
  std::vector<Tolls> tolls_;
  std::vector<std::vector<std::string>> problems_;  // by position; empty: no event has any
};

// "adverse_determination of 2024-08-01".
std::string ShowEvent(const FoldedEvent& event);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_
