// Internal to the engine: events in their total order, without what was superseded.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_

#include <map>
#include <string>
#include <vector>

#include "services/tracker/deadlines/compiled.h"

namespace foia::tracker {

// An event that stands, and its place in the order. Keeps a pointer to the caller's event.
struct FoldedEvent {
  const DeadlineEvent* event = nullptr;
  int position = 0;

  CivilDate date() const { return event->effective_on; }
};

// Order: effective date, rank of the type, event id. Two events of one id count once.
class Folded {
 public:
  Folded(const Rules::Compiled& rules, const std::vector<DeadlineEvent>& events);

  // In order.
  const std::vector<FoldedEvent>& OfType(v1::EventType type) const;
  std::vector<FoldedEvent> OfTypes(const std::vector<v1::EventType>& types) const;

 private:
  std::map<v1::EventType, std::vector<FoldedEvent>> by_type_;
};

// A time in which a toll rule stops a period: (start, stop].
struct Toll {
  int rule = 0;  // index into Jurisdiction.tolls
  FoldedEvent start;
  FoldedEvent stop;  // without event while the toll is open

  bool open() const { return stop.event == nullptr; }
};

// The tolls of one rule, in order; `warnings` gets a sentence for each event that stops nothing.
std::vector<Toll> FindTolls(const Rules::Compiled& rules, const Folded& events, int toll_rule,
                            std::vector<std::string>* warnings);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_
