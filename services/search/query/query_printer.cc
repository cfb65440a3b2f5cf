#include <algorithm>

#include "services/search/query/query.h"

namespace foia::search {
namespace {

using Kind = Query::Kind;

// The value of a filter, quoted when it would not end where it ends.
std::string Value(const std::string& text) {
  const bool plain = text.find_first_of(" \t\n\"()") == std::string::npos;
  return plain ? text : '"' + text + '"';
}

// How a child of a phrase is written between the quotes.
std::string InPhrase(const Query& query) {
  switch (query.kind) {
    case Kind::kPrefix:
      return query.text + "*";
    case Kind::kFuzzy:
      return query.text + "~" + std::to_string(query.number);
    case Kind::kRedaction:
      return "[" + query.text + "]";
    default:
      return query.text;
  }
}

std::string Quoted(const std::vector<Query>& children) {
  std::string out = "\"";
  for (const Query& child : children) {
    if (out.size() > 1) out += ' ';
    out += InPhrase(child);
  }
  return out + "\"";
}

// Words that would not come back as words without quotes.
bool NeedsQuotes(const std::string& word) {
  return word == "AND" || word == "OR" || word == "NOT" || word == "NEAR" ||
         word.compare(0, 5, "NEAR/") == 0 || word.find_first_of("()[]\":") != std::string::npos ||
         word.find_first_of("+-=") == 0;
}

std::string Joined(const std::vector<Query>& children, const std::string& separator);

bool IsGroup(const Query& query) {
  return query.kind == Kind::kAnd || query.kind == Kind::kOr || query.kind == Kind::kNear;
}

std::string Print(const Query& query) {
  switch (query.kind) {
    case Kind::kTerm:
      return (query.exact ? "=" : "") +
             (NeedsQuotes(query.text) ? '"' + query.text + '"' : query.text);
    case Kind::kPrefix:
    case Kind::kFuzzy:
      return NeedsQuotes(query.text) ? Quoted({query}) : InPhrase(query);
    case Kind::kRedaction:
      return InPhrase(query);
    case Kind::kPhrase: {
      const bool exact = std::any_of(query.children.begin(), query.children.end(),
                                     [](const Query& child) { return child.exact; });
      return (exact ? "=" : "") + Quoted(query.children);
    }
    case Kind::kNear:
      return Joined(query.children, " NEAR/" + std::to_string(query.number) + " ");
    case Kind::kFilter:
      return query.field + ":" + Value(query.text);
    case Kind::kAnd:
      return Joined(query.children, " AND ");
    case Kind::kOr:
      return Joined(query.children, " OR ");
    case Kind::kNot:
      return "NOT " + Joined(query.children, "");
  }
  return {};
}

std::string Joined(const std::vector<Query>& children, const std::string& separator) {
  std::string out;
  for (const Query& child : children) {
    if (!out.empty()) out += separator;
    out += IsGroup(child) ? "(" + Print(child) + ")" : Print(child);
  }
  return out;
}

}  // namespace

bool HasPlaces(const Query& query) {
  switch (query.kind) {
    case Kind::kTerm:
    case Kind::kPrefix:
    case Kind::kFuzzy:
    case Kind::kRedaction:
    case Kind::kPhrase:
    case Kind::kNear:
      return true;
    case Kind::kOr:
      return std::all_of(query.children.begin(), query.children.end(), HasPlaces);
    default:
      return false;
  }
}

std::string PrintQuery(const Query& query) { return Print(query); }

}  // namespace foia::search
