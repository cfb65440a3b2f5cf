// Internal to the engine: orders and promises with content. The date of an order recurs after each
// period until it is over, and what was produced is set against the period it belongs to.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_PERIODS_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_PERIODS_H_

#include <optional>
#include <string>
#include <vector>

#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/fold.h"

namespace foia::tracker {

// One date of an order, and what was done for it.
struct OrderedPeriod {
  CivilDate from;
  CivilDate due;
  int done_by = -1;   // position of the event that met it
  int ended_by = -1;  // position of the event with which nothing more can be asked
  std::string progress;
  std::vector<std::string> warnings;
};

struct OrderedPeriods {
  std::vector<OrderedPeriod> periods;
  bool is_counted = false;           // the order names no first date: it was counted
  std::vector<std::string> missing;  // facts without which there is no date
};

// True when the event is to be taken period by period: it says how often its date recurs or how
// many pages it asks for, or orders a production or a status report.
bool HasContent(const FoldedEvent& order);
// True when the event takes back what was ordered before it.
bool IsEndOfOrders(const FoldedEvent& order);
// Docket numbers as courts and parties write them: 1:20-cv-07321-ABC is 20-cv-7321.
bool IsSameDocket(std::string_view a, std::string_view b);
// False when both name a docket, and not the same one.
bool MayBeOneCase(const DeadlineEvent& a, const DeadlineEvent& b);
// "docket 1:20-cv-07321, ECF 45, order of 2026-01-05"; "" for what no court made.
std::string OrderText(const FoldedEvent& order);

// The periods of `order`, which is one of `orders`: all events that start deadlines of `deadline`'s
// id. `counted_first` is the first date where the order names none. Periods are given
// up to the first that ends on or after `as_of`, and never further than five years after the newest
// event.
//
// A production belongs to the order that it names (of=), to that of its docket, or to the only one
// in force. It is for the date that it names (for=), or for the period it lies in; where the date
// before was missed altogether and lies nearer than the next one, it is that one, late.
OrderedPeriods PeriodsOf(const Folded& events, const CompiledDeadline& deadline,
                         const FoldedEvent& order, const std::vector<FoldedEvent>& orders,
                         std::optional<CivilDate> counted_first, CivilDate as_of);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_PERIODS_H_
