// The ids that an event carries: of other events of its request, and of documents.
#ifndef FOIA_SERVICES_TRACKER_EVENT_NAMES_H_
#define FOIA_SERVICES_TRACKER_EVENT_NAMES_H_

#include <vector>

#include "absl/status/status.h"
#include "foia/tracker/v1/request.pb.h"

namespace foia::tracker {

// Puts whole names where `event` names one of `events`, all events of its request, by its id or the
// beginning of it: `supersedes`, and the whole id in the attributes `of` and `determination`. What
// names none is left for the checks of the event. AMBIGUOUS_NAME; INVALID_FIELD for evidence that
// is not the whole name of a document: the tracker cannot look into the store of documents.
absl::Status ResolveEventNames(const std::vector<v1::Event>& events, v1::Event& event);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_EVENT_NAMES_H_
