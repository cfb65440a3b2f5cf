// An event as it is typed, and as it is printed.
#ifndef FOIA_CLI_EVENT_INPUT_H_
#define FOIA_CLI_EVENT_INPUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/client.h"
#include "services/tracker/deadlines/event_catalog.h"

namespace foia::cli {

struct EventInput {
  std::string type = {};
  std::string on = {};
  std::string time = {};  // may be empty
  tracker::Attributes attributes = {};
};

// "KEY=VALUE" of each; INVALID_FIELD.
absl::StatusOr<tracker::Attributes> ParseAttributes(const std::vector<std::string>& texts);

// Today where the agency is, which may be another day than on this machine.
CivilDate TodayOf(const Session& session, const tracker::v1::Request& request);

// Fills type, effective_on, local_time and attributes of `event`; "yesterday" is the day before
// `today`. INVALID_FIELD, INVALID_DATE.
absl::Status ReadEvent(const EventInput& input, CivilDate today, tracker::v1::Event& event);

// "determination outcome=no_records on Thu 2020-07-16 at 17:00".
std::string EventText(const tracker::v1::Event& event);

}  // namespace foia::cli

#endif  // FOIA_CLI_EVENT_INPUT_H_
