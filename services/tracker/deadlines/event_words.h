// Events as people type them: the words of letters lead to an event and what it implies.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EVENT_WORDS_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EVENT_WORDS_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/civil_date.h"
#include "services/tracker/deadlines/event_catalog.h"

namespace foia::tracker {

struct NamedEvent {
  v1::EventType type = v1::EVENT_TYPE_UNSPECIFIED;
  Attributes implied = {};  // "no_records" is a determination with outcome=no_records
};

// "received", "acknowledgement", "no_records", "Extension Notice". INVALID_FIELD for a word that is
// no event, with what is near, and for one that may be several ("appeal"), with each of them and
// its meaning. `field` names the place.
absl::StatusOr<NamedEvent> FindEvent(std::string_view text, std::string_view field);

// Puts what an event implies to what was given with it; INVALID_FIELD when that says otherwise.
absl::Status AddImplied(const NamedEvent& event, std::string_view field, Attributes& attributes);
// Turns what is written among the attributes into the form in which it is stored: dates into ISO
// 8601, amounts into 1200.50, spans into 2-weeks. INVALID_DATE or INVALID_FIELD for the first that
// has no one reading; the others are turned all the same. `today` as in ParseWrittenDate.
absl::Status ReadValues(v1::EventType type, std::string_view field, std::optional<CivilDate> today,
                        Attributes& attributes);

// "determination outcome=no_records": an event as it is recorded.
std::string EventWithAttributes(v1::EventType type, const Attributes& attributes);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EVENT_WORDS_H_
