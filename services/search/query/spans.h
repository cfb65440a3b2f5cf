// Places on pages where a part of a query matches, and how phrases and proximity combine them.
// Internal to services/search/query.
#ifndef FOIA_SERVICES_SEARCH_QUERY_SPANS_H_
#define FOIA_SERVICES_SEARCH_QUERY_SPANS_H_

#include <cstdint>
#include <vector>

#include "storage/index/index.h"

namespace foia::search {

// Positions [begin, end). A redaction without a printed label is empty: it stands between words.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t width = 0;  // positions that are matched; less than end - begin when there are gaps
  friend auto operator<=>(const Span&, const Span&) = default;
};

// Pages in ascending order, each with its spans in ascending order.
struct SpanList {
  std::vector<storage::PostingList::Page> pages;  // first, count: into `spans`
  std::vector<Span> spans;
};

// Values that are `packed` have their own width, others take `width` positions each.
SpanList ToSpans(const storage::PostingList& postings, bool packed, uint32_t width);

// All spans of all lists; equal ones once.
SpanList UniteSpans(std::vector<SpanList> lists);

// Elements one behind the other. Behind a redaction the next redaction may also belong to the same
// box. `redaction[i]` says whether list i is one.
SpanList JoinPhrase(const std::vector<SpanList>& lists, const std::vector<bool>& redaction);

// The shortest spans that hold one of each list, in any order, with at most `distance` positions
// that none of them matches. `counts[i]` different spans of list i are needed.
SpanList JoinNear(std::vector<SpanList> lists, const std::vector<uint32_t>& counts,
                  uint32_t distance);

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_QUERY_SPANS_H_
