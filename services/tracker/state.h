// The docket row of a request, computed from its deadlines; a pure function.
#ifndef FOIA_SERVICES_TRACKER_STATE_H_
#define FOIA_SERVICES_TRACKER_STATE_H_

#include <vector>

#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "services/base/civil_date.h"

namespace foia::tracker {

// A docket row without its request: the deadline that decides its place and why. What is overdue
// stands before what runs, the earliest day first.
v1::DocketEntry DocketEntryOf(const std::vector<v1::Deadline>& deadlines, CivilDate as_of);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_STATE_H_
