// The tables that people work with every day, made from answers of the server.
#ifndef FOIA_CLI_TABLES_H_
#define FOIA_CLI_TABLES_H_

#include <string>
#include <vector>

#include "cli/output.h"
#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/request_service.pb.h"

namespace foia::cli {

enum class DocketForm {
  kByRequest,  // each request once, its dates below it
  kFlat,       // every line says all
};
// `ids` are short ids of the requests, one for each entry. With `why` the reasons are shown on any
// screen, otherwise where there is room for them.
Table DocketTable(const std::vector<tracker::v1::DocketEntry>& entries,
                  const std::vector<std::string>& ids, DocketForm form, bool why);
// What the view of what needs a person leaves out, one line each; empty when it is nothing.
std::string RestText(const tracker::v1::DocketRest& rest, int days);

// `ids` as above, one for each request.
Table RequestsTable(const tracker::v1::ListRequestsResponse& list,
                    const std::vector<std::string>& ids);
Table EventsTable(const tracker::v1::ListEventsResponse& list);
// With `all` also those that do not apply.
Table DeadlinesTable(const tracker::v1::ComputeDeadlinesResponse& list, bool all);

}  // namespace foia::cli

#endif  // FOIA_CLI_TABLES_H_
