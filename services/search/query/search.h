// Runs a query over the index: ranked pages, exact totals, and where on the page it matches.
//
//   SearchOptions options;
//   options.labels = {"...labels the principal may see..."};
//   ASSIGN SearchResult result = Search(*reader, query, options);
//
// Only documents with a visible label take part in anything: hits, totals, the statistics behind
// the scores, expansions and suggestions are those of an index that holds nothing else.
//
// Score: BM25 (k1 1.2, b 0.75) summed over the query's words, phrases and redactions; pages shorter
// than 50 words count as 50, so that scraps do not win. Alternatives of a prefix or a fuzzy word
// count as one word. Order: score downwards, then document id, then page number.
#ifndef FOIA_SERVICES_SEARCH_QUERY_SEARCH_H_
#define FOIA_SERVICES_SEARCH_QUERY_SEARCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/search/query/query.h"
#include "storage/index/index.h"

namespace foia::search {

// Words of a page, both ends included.
struct WordRange {
  uint32_t first = 0;
  uint32_t last = 0;
  friend bool operator==(const WordRange&, const WordRange&) = default;
};

struct Hit {
  std::string document;
  uint32_t page = 0;
  double score = 0;
  std::vector<WordRange> words;      // ascending, not overlapping
  std::vector<uint32_t> redactions;  // indices into the page's redactions, ascending
};

struct SearchOptions {
  std::vector<std::string> labels;  // access labels that may be seen; empty finds nothing
  size_t offset = 0;                // hits to skip
  size_t limit = 10;                // hits to return
  // Given the ranked hits without places, the indices of those whose `words` and `redactions` are
  // wanted; all when not set. Places cost far more than ranks.
  std::function<std::vector<size_t>(const std::vector<Hit>&)> mark = {};
};

// What a prefix or a fuzzy word stood for.
struct Expansion {
  std::string word;  // as in the query, such as redact*
  std::vector<std::string> terms;
  bool cut = false;  // there were more than kMaxExpansions
};

// A word that occurs nowhere, and one that does.
struct Suggestion {
  std::string word;
  std::string replacement;
};

struct SearchResult {
  std::vector<Hit> hits;
  uint64_t total_pages = 0;
  uint64_t total_documents = 0;
  std::vector<Expansion> expansions;
  std::vector<Suggestion> suggestions;
};

inline constexpr size_t kMaxExpansions = 64;

// Errors: INVALID_QUERY for a tree that the parser does not make, else those of the reader.
absl::StatusOr<SearchResult> Search(storage::IndexReader& reader, const Query& query,
                                    const SearchOptions& options);

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_QUERY_SEARCH_H_
