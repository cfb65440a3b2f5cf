// `foia event record --each`: one event for many requests.
#ifndef FOIA_CLI_EVENT_EACH_H_
#define FOIA_CLI_EVENT_EACH_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "cli/client.h"
#include "cli/event_input.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::cli {

struct EachOptions {
  std::string each = {};    // a filter, or a file
  std::string matter = {};  // where a file names requests by their agency
  bool dry_run = false;

  void Define(CLI::App& verb);
};

// Records `input` for every request of the filter or row of the file; a row's own cells win over
// `input`, and `call` has what all have in common. Goes on after a failure, prints a row for each
// and sets the exit code 4 when some failed. What stands recorded already is not recorded twice.
absl::Status RecordEach(Session& session, const EachOptions& options, const EventInput& input,
                        const tracker::v1::CreateEventRequest& call);

}  // namespace foia::cli

#endif  // FOIA_CLI_EVENT_EACH_H_
