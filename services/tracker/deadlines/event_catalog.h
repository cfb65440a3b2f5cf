// What can be recorded of a request: each event with its meaning, what it moves, and the attributes
// that are read. The table behind `foia event types`, docs/guides/events.md and the checks of
// recorded events.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EVENT_CATALOG_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EVENT_CATALOG_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "foia/tracker/v1/event_type.pb.h"
#include "services/base/error.h"
#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// What lapse_seen names besides deadlines: a denial of which no last day is known, on which a
// person has decided.
inline constexpr char kOpenDenial[] = "open_denial";

enum class AttributeKind {
  kText,
  kDate,      // YYYY-MM-DD
  kCount,     // a whole number, 0 or more
  kChoice,    // one of `choices`
  kDeadline,  // id of a deadline of the jurisdiction
  kAmount,    // US dollars: 1200.50
  kSpan,      // how often: month, 2-weeks, 30-days, month-end
};

enum class AttributeNeed {
  kOptional,
  kWanted,    // without it the event says too little: a warning
  kRequired,  // without it the event says nothing: refused
};

struct EventAttribute {
  std::string_view name;
  AttributeKind kind;
  std::string_view choices;  // with blanks between
  AttributeNeed need;
  std::string_view about;
};

struct EventInfo {
  v1::EventType type;
  std::string_view group;    // heading that it stands under
  std::string_view meaning;  // sentences
  std::string_view region;   // "filing: sent"; empty: none
  std::string_view clock;    // what it does to deadlines; empty: nothing
  std::vector<EventAttribute> attributes;
};

// All event types, in the order of event_type.proto.
const std::vector<EventInfo>& EventCatalog();
// nullptr for a type that is not in the catalog.
const EventInfo* FindEventInfo(v1::EventType type);

using Attributes = std::map<std::string, std::string, std::less<>>;

// What is wrong with the attributes of an event, those that nothing reads included; field paths are
// "event.attributes[days]".
FieldViolations CheckAttributes(v1::EventType type, const Attributes& attributes,
                                const Rules& rules);
// What is named and does not exist: an event (`of`, `determination`), a deadline, an issue.
// `events` are all of the request, those that stand no longer included.
FieldViolations CheckTargets(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                             const Rules& rules);
// What looks wrong with them, one sentence each: a result that is missing, a kind that no rule
// knows.
std::vector<std::string> DoubtfulAttributes(v1::EventType type, const Attributes& attributes,
                                            const Rules& rules);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EVENT_CATALOG_H_
