// Terms of the index that a prefix, a misspelt word or an exemption code stands for.
#ifndef FOIA_SERVICES_SEARCH_QUERY_EXPANSION_H_
#define FOIA_SERVICES_SEARCH_QUERY_EXPANSION_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/index/index.h"

namespace foia::search {

struct ExpandedTerms {
  std::vector<std::string> terms;  // best first
  bool cut = false;                // there were more than `limit`
};

// Exact tokens that start with `prefix` (folded), those of most visible documents first.
absl::StatusOr<ExpandedTerms> ExpandPrefix(storage::IndexReader& reader,
                                           const storage::DocumentSet& visible,
                                           std::string_view prefix, size_t limit);

// Exact tokens within `edits` insertions, deletions, replacements or swaps of neighbours of `word`
// (folded); nearest first, then those of most visible documents.
absl::StatusOr<ExpandedTerms> ExpandFuzzy(storage::IndexReader& reader,
                                          const storage::DocumentSet& visible,
                                          std::string_view word, uint32_t edits, size_t limit);

// Exemption codes that are `code` or a part of it: b7 has b7A and b7E-2, not b70. Case does not
// count.
absl::StatusOr<std::vector<std::string>> ExpandExemption(storage::IndexReader& reader,
                                                         const storage::DocumentSet& visible,
                                                         std::string_view code);

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_QUERY_EXPANSION_H_
