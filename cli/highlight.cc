#include "cli/highlight.h"

#include "absl/strings/str_cat.h"
#include "cli/output.h"

namespace foia::cli {

std::string Highlight(const search::v1::PageHit& hit, bool color) {
  const std::string& text = hit.snippet();
  std::string out;
  size_t at = 0;
  for (const search::v1::Span& span : hit.highlights()) {
    const auto begin = static_cast<size_t>(span.begin());
    const auto end = static_cast<size_t>(span.end());
    if (begin < at || end <= begin || end > text.size()) continue;
    absl::StrAppend(&out, Printable(text.substr(at, begin - at)), color ? "\x1b[1;33m" : "[",
                    Printable(text.substr(begin, end - begin)), color ? "\x1b[0m" : "]");
    at = end;
  }
  return absl::StrCat(out, Printable(text.substr(at)));
}

}  // namespace foia::cli
