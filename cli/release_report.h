// What an agency's letter says of a release against what came of it.
#ifndef FOIA_CLI_RELEASE_REPORT_H_
#define FOIA_CLI_RELEASE_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foia/documents/v1/document.pb.h"
#include "foia/tracker/v1/request.pb.h"

namespace foia::cli {

struct ReleaseReport {
  int number = 0;                    // 0: files without a release number
  std::optional<int64_t> announced;  // pages, by the event interim_release with n=NUMBER
  int files = 0;                     // with those in archives, without doubles
  int64_t pages = 0;                 // of these files, as far as they are counted
  std::map<documents::v1::PageState, int64_t> by_state;
  int64_t sealed_characters = 0;
  int doubles = 0;       // files that came twice in this release; their pages are not counted
  int64_t repeated = 0;  // pages of files that came in another release before
  // Files that have no pages, or none yet: kept, damaged, encrypted, waiting.
  std::vector<documents::v1::Document> uncounted;
  // Members of archives that could not be unpacked.
  int not_unpacked = 0;
};

// The releases of one request, by number. `documents` oldest first; letters and court papers are
// left out. `events` in the order of their dates.
std::vector<ReleaseReport> ReportReleases(const std::vector<documents::v1::Document>& documents,
                                          const std::vector<tracker::v1::Event>& events);

// The event that says how many pages release `number` has, of `events` in the order of their dates;
// null when none stands.
const tracker::v1::Event* FindLetter(const std::vector<tracker::v1::Event>& events, int number);

// "the letter says 120 pages, 118 are here: 2 are missing; 1 file is not counted".
std::string DifferenceText(const ReleaseReport& report);

}  // namespace foia::cli

#endif  // FOIA_CLI_RELEASE_REPORT_H_
