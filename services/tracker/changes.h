// What a new fact or new rules change in the deadlines of a request; pure functions.
#ifndef FOIA_SERVICES_TRACKER_CHANGES_H_
#define FOIA_SERVICES_TRACKER_CHANGES_H_

#include <string>
#include <vector>

#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::tracker {

// Deadlines whose date or status moved, that came or that went.
std::vector<v1::DeadlineChange> ChangesBetween(const std::vector<v1::Deadline>& before,
                                               const std::vector<v1::Deadline>& after);

// The warnings of `after` that `before` did not have, each once.
std::vector<std::string> NewWarnings(const std::vector<v1::Deadline>& before,
                                     const std::vector<v1::Deadline>& after);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_CHANGES_H_
