// The agencies that come with the program: names, tree, abbreviations and what else has a source.
// docs/guides/agencies.md says how the files are written.
#ifndef FOIA_SERVICES_TRACKER_DIRECTORY_DIRECTORY_H_
#define FOIA_SERVICES_TRACKER_DIRECTORY_DIRECTORY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/agency.pb.h"

namespace foia::tracker {

// The files built into the program: text by file name.
const std::map<std::string, std::string>& EmbeddedDirectory();

// The agencies of the files (`foia.tracker.v1.AgencyDirectory` as textproto), parents before
// children, with `name` set and `parent` and `appeal_office` as names instead of paths. A name is
// derived from the path, so it is the same everywhere and always; a record whose path changes keeps
// its name by stating it. INTERNAL with file and record when a file does not parse, a parent or an
// appeal office is missing, or two records have one path.
absl::StatusOr<std::vector<v1::Agency>> ParseDirectory(
    const std::map<std::string, std::string>& files);

// agencies/{agency} of the shipped agency with this path, for example "DHS/ICE".
std::string ShippedAgencyName(std::string_view path);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DIRECTORY_DIRECTORY_H_
