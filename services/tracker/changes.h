// What moved between two computations of a request's deadlines; pure.
#ifndef FOIA_SERVICES_TRACKER_CHANGES_H_
#define FOIA_SERVICES_TRACKER_CHANGES_H_

#include <string>
#include <vector>

#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::tracker {

// Deadlines whose date or status is not the same to people, by id.
std::vector<v1::DeadlineChange> ChangesBetween(const std::vector<v1::Deadline>& before,
                                               const std::vector<v1::Deadline>& after);

// The engine's warnings in `after` that `before` has not.
std::vector<std::string> NewWarnings(const std::vector<v1::Deadline>& before,
                                     const std::vector<v1::Deadline>& after);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_CHANGES_H_
