// The query language as a tree, its parser and its printer. The tree is the stable part: stored
// queries are kept as text and as tree. docs/guides/query.md explains the language.
//
//   ASSIGN Query query = ParseQuery("\"citizen academy\" NEAR/5 [b7E] -draft");
//   PrintQuery(query)  // ("citizen academy" NEAR/5 [b7E]) AND NOT draft
//
// ParseQuery(PrintQuery(q)) == q for every tree that the parser makes.
// Errors: INVALID_QUERY with metadata column (1-based, in characters) and suggestion.
#ifndef FOIA_SERVICES_SEARCH_QUERY_QUERY_H_
#define FOIA_SERVICES_SEARCH_QUERY_QUERY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace foia::search {

struct Query {
  enum class Kind : uint8_t {
    kTerm,       // `text`; `exact` compares the word itself, not its stem
    kPrefix,     // words that start with `text`
    kFuzzy,      // words within `number` edits of `text`
    kRedaction,  // a redaction with the exemption code `text`; "any", "unmarked"
    kPhrase,     // `children` (the kinds above) one behind the other
    kNear,       // `children` (the kinds above, phrases, or-groups of them) in any order with at
                 // most `number` other words between the first and the last
    kFilter,     // pages whose `field` is `text`; does not count for the order
    kAnd,        // all of `children`; those of kind kNot take away
    kOr,         // at least one of `children`
    kNot,        // its only child must not match; stands in kAnd only
  };

  Kind kind = Kind::kTerm;
  std::string text;
  std::string field;  // of kFilter: request, document, page
  bool exact = false;
  uint32_t number = 0;
  std::vector<Query> children;

  friend bool operator==(const Query&, const Query&) = default;
};

// Whether the tree may be an operand of NEAR: it matches at places, not whole pages.
bool HasPlaces(const Query& query);

absl::StatusOr<Query> ParseQuery(std::string_view text);

// Canonical text: operators written out, groups in parentheses.
std::string PrintQuery(const Query& query);

}  // namespace foia::search

#endif  // FOIA_SERVICES_SEARCH_QUERY_QUERY_H_
