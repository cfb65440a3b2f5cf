// The right-to-sue meter: whether remedies are exhausted on a day, since when, what would undo it,
// and until when an appeal or a suit is possible. It reads the kinds and effects of the rules,
// never their ids.
//
//   v1::RightToSue meter = MeasureRightToSue(*rules, events, today);
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_RIGHT_TO_SUE_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_RIGHT_TO_SUE_H_

#include <vector>

#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// Pure; safe to call from many threads. No legal advice: the text says so.
v1::RightToSue MeasureRightToSue(const Rules& rules, const std::vector<DeadlineEvent>& events,
                                 CivilDate as_of);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_RIGHT_TO_SUE_H_
