// Where a request stands: parallel regions and the headline, computed from its events and
// deadlines. Pure functions; docs/guides/events.md says what each event does.
#ifndef FOIA_SERVICES_TRACKER_REGIONS_H_
#define FOIA_SERVICES_TRACKER_REGIONS_H_

#include <string_view>
#include <vector>

#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/regions.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "services/tracker/timeline.h"

namespace foia::tracker {

// The regions on `as_of`: later events have not happened yet.
v1::Regions RegionsOf(const Timeline& timeline, CivilDate as_of);

// What people read first. `deadlines` only tell whether the agency is late.
v1::RequestState StateOf(const v1::Regions& regions, const std::vector<v1::Deadline>& deadlines);

// The outcome that an attribute names: "full_denial"; OUTCOME_UNSPECIFIED for anything else.
v1::Outcome ParseOutcome(std::string_view text);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_REGIONS_H_
