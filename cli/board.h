// The board of a matter: a line for each of its requests.
#ifndef FOIA_CLI_BOARD_H_
#define FOIA_CLI_BOARD_H_

#include "absl/status/status.h"
#include "cli/client.h"
#include "foia/tracker/v1/matter.pb.h"

namespace foia::cli {

// Where each request of `matter` stands, its next date, and how many pages came.
absl::Status PrintBoard(Session& session, const tracker::v1::Matter& matter);

}  // namespace foia::cli

#endif  // FOIA_CLI_BOARD_H_
