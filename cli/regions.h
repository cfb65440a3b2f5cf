// Where a request stands, in words.
#ifndef FOIA_CLI_REGIONS_H_
#define FOIA_CLI_REGIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "foia/tracker/v1/request.pb.h"

namespace foia::cli {

// Lines for RenderFields: each region in which something happened, then what contradicts.
std::vector<std::pair<std::string, std::string>> RegionFields(const tracker::v1::Request& request);

}  // namespace foia::cli

#endif  // FOIA_CLI_REGIONS_H_
