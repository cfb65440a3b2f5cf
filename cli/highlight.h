// A snippet with its matches marked.
#ifndef FOIA_CLI_HIGHLIGHT_H_
#define FOIA_CLI_HIGHLIGHT_H_

#include <string>

#include "foia/search/v1/search_service.pb.h"

namespace foia::cli {

// Matches stand in bold on a terminal with colours, in [brackets] elsewhere. Spans that do not fit
// the snippet are left out.
std::string Highlight(const search::v1::PageHit& hit, bool color);

}  // namespace foia::cli

#endif  // FOIA_CLI_HIGHLIGHT_H_
