// Requests for many agencies at once.
#ifndef FOIA_CLI_REQUEST_EACH_H_
#define FOIA_CLI_REQUEST_EACH_H_

#include <string>

#include "absl/status/status.h"
#include "cli/bulk.h"
#include "cli/client.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::cli {

// Opens `call` for each row of `file`, whose cells win over it. Goes on after a failure, prints a
// row for each and sets the exit code 4 when some failed. An agency that was asked for the same is
// not asked again, so that a repeated command goes on where it stood.
absl::Status CreateEach(Session& session, const std::string& file, bool dry_run,
                        const tracker::v1::CreateRequestRequest& call);

// Opens `call` at `agency`, and reports the request and the agency.
void CreateAt(Session& session, const std::string& agency,
              const tracker::v1::CreateRequestRequest& call, BulkReport& report);

// What is asked and who asks, without what the agency made of it (numbers, links, events).
tracker::v1::Request WhatIsAsked(const tracker::v1::Request& request);

}  // namespace foia::cli

#endif  // FOIA_CLI_REQUEST_EACH_H_
