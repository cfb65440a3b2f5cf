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

// Fills type, effective_on, local_time and attributes of `event`. INVALID_FIELD, INVALID_DATE.
absl::Status ReadEvent(const Session& session, const EventInput& input, tracker::v1::Event& event);

// "determination outcome=no_records on Thu 2020-07-16 at 17:00".
std::string EventText(const tracker::v1::Event& event);

}  // namespace foia::cli

#endif  // FOIA_CLI_EVENT_INPUT_H_
