// Text form of event types: "info_toll_start" for EVENT_TYPE_INFO_TOLL_START.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EVENT_TYPE_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EVENT_TYPE_H_

#include <string>
#include <string_view>

#include "foia/tracker/v1/event_type.pb.h"

namespace foia::tracker {

using v1::EventType;

// "unspecified" for the zero value, and for a number this program does not know.
const std::string& EventTypeName(EventType type);

// EVENT_TYPE_UNSPECIFIED when there is no such name. Takes the other names in use as well
// (request_sent, info_requested, fee_question...); see docs/formats/rules.md.
EventType ParseEventType(std::string_view name);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EVENT_TYPE_H_
