// A piece of a page's text around the matched words.
#ifndef FOIA_SERVICES_SEARCH_QUERY_SNIPPET_H_
#define FOIA_SERVICES_SEARCH_QUERY_SNIPPET_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/search/query/search.h"

namespace foia::search {

struct Snippet {
  struct Highlight {
    uint32_t offset = 0;  // bytes into `text`
    uint32_t size = 0;    // bytes
    friend bool operator==(const Highlight&, const Highlight&) = default;
  };
  std::string text;  // words with one space between, an ellipsis where the page goes on
  std::vector<Highlight> highlights;
  WordRange words;  // the part of the page it shows
};

// The stretch of at most `width` words with the most matched words, the first of equal ones.
// `matches` as in Hit::words. Give only words that may be shown.
Snippet MakeSnippet(const std::vector<std::string_view>& words,
                    const std::vector<WordRange>& matches, size_t width);

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_QUERY_SNIPPET_H_
