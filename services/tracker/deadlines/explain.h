// Internal to the engine: the explanation of one computed deadline.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EXPLAIN_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EXPLAIN_H_

#include <string>
#include <vector>

#include "services/tracker/deadlines/evaluator.h"

namespace foia::tracker {

// `deadline` is the finished message of `instance`. `other_readings` are sentences about calendars
// that give another date.
v1::Explanation MakeExplanation(const Rules::Compiled& rules, const Calendar& calendar,
                                CivilDate as_of, const Instance& instance,
                                const v1::Deadline& deadline,
                                const std::vector<std::string>& other_readings);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EXPLAIN_H_
