// Internal to the engine: the explanation of one computed deadline.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EXPLAIN_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EXPLAIN_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/tracker/deadlines/evaluator.h"

namespace foia::tracker {

// `deadline` is the finished message of `instance`. `other_readings` are sentences about calendars
// that give another date.
v1::Explanation MakeExplanation(const Rules::Compiled& rules, const Calendar& calendar,
                                CivilDate as_of, const Instance& instance,
                                const v1::Deadline& deadline,
                                const std::vector<std::string>& other_readings);

// Adds `text` wrapped under a label: "Holidays   Fri 2020-07-03 ...".
void AddParagraph(std::string_view label, std::string_view text, std::string* out);

// The last line of every text.
inline constexpr std::string_view kNotLegalAdvice =
    "Not legal advice. Check the rule before you rely on this date.\n";

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EXPLAIN_H_
