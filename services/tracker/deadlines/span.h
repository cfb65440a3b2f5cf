// How often something recurs, as orders say it: every month, every two weeks, every 30 days, on the
// last day of each month.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_SPAN_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_SPAN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/civil_date.h"

namespace foia::tracker {

struct Span {
  int days = 0;  // or
  int months = 0;
  bool month_end = false;  // on the last day of the month, whatever day that is
};

// "month", "monthly", "2-weeks", "every 30 days", "quarter", "month-end". INVALID_FIELD for
// anything else. `field` names the place.
absl::StatusOr<Span> ParseSpan(std::string_view text, std::string_view field);

// How a span is stored: "month", "2-weeks", "30-days", "month-end".
std::string SpanText(const Span& span);

// `first` and `n` spans later. Months are counted from `first`, so that a 31st comes back after a
// shorter month.
CivilDate Recurrence(CivilDate first, const Span& span, int n);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_SPAN_H_
