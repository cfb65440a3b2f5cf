#include "services/base/suggest.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace foia {
namespace {

constexpr size_t kMostShown = 4;
// A beginning of fewer letters fits too much.
constexpr size_t kMinBeginning = 3;
// One wrong letter says little in a shorter word.
constexpr size_t kMinSlip = 6;

// How near a candidate is; the smaller the nearer.
enum Rank : size_t { kSame, kSuffix, kParts, kSlip, kBeginning, kKnownBy, kMisspelt };

using Parts = std::vector<std::string>;

Parts PartsOf(const std::string& text) {
  Parts parts;
  bool inside = false;
  for (const char c : absl::AsciiStrToLower(text)) {
    // Bytes of other alphabets are letters.
    const auto byte = static_cast<unsigned char>(c);
    const bool is_letter = absl::ascii_isalnum(byte) || byte >= 0x80;
    if (is_letter && !inside) parts.emplace_back();
    if (is_letter) parts.back() += c;
    inside = is_letter;
  }
  return parts;
}

bool EndsWith(const Parts& parts, const Parts& word) {
  return word.size() <= parts.size() && std::equal(word.rbegin(), word.rend(), parts.rbegin());
}

// All parts of `word` stand in `parts`, in their order.
bool HasInOrder(const Parts& parts, const Parts& word) {
  auto from = parts.begin();
  for (const std::string& each : word) {
    from = std::find(from, parts.end(), each);
    if (from == parts.end()) return false;
    ++from;
  }
  return true;
}

// All parts of `word` begin a part of `parts`.
bool HasBeginnings(const Parts& parts, const Parts& word) {
  return std::all_of(word.begin(), word.end(), [&](const std::string& each) {
    return each.size() >= kMinBeginning &&
           std::any_of(parts.begin(), parts.end(),
                       [&](const std::string& part) { return absl::StartsWith(part, each); });
  });
}

// Edit distance (Levenshtein).
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> Suggestions(const std::string& word,
                                     const std::vector<Candidate>& candidates) {
  const Parts parts = PartsOf(word);
  if (parts.empty()) return {};
  const std::string lower = absl::AsciiStrToLower(word);
  const size_t farthest = std::max<size_t>(1, word.size() / 3);
  size_t best = kMisspelt + farthest + 1;
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) {
    const Parts name = PartsOf(candidate.name);
    size_t rank = best + 1;
    if (name == parts) {
      rank = kSame;
    } else if (EndsWith(name, parts)) {
      rank = kSuffix;
    } else if (HasInOrder(name, parts)) {
      rank = kParts;
    } else if (lower.size() >= kMinSlip &&
               Distance(lower, absl::AsciiStrToLower(candidate.name)) == 1) {
      rank = kSlip;
    } else if (HasBeginnings(name, parts)) {
      rank = kBeginning;
    } else if (!candidate.also.empty() && HasBeginnings(PartsOf(candidate.also), parts)) {
      rank = kKnownBy;
    } else if (best > kMisspelt) {
      rank = kMisspelt + Distance(lower, absl::AsciiStrToLower(candidate.name));
    }
    if (rank < best) names.clear();
    if (rank > best || rank > kMisspelt + farthest) continue;
    best = rank;
    if (names.size() < kMostShown) names.push_back(candidate.name);
  }
  return names;
}

std::vector<Candidate> Candidates(const std::vector<std::string>& names) {
  std::vector<Candidate> candidates;
  candidates.reserve(names.size());
  for (const std::string& name : names) candidates.push_back({name});
  return candidates;
}

std::string QuotedList(const std::vector<std::string>& words) {
  std::string list;
  for (size_t i = 0; i < words.size(); ++i) {
    absl::StrAppend(&list, i == 0 ? "" : i + 1 < words.size() ? ", " : " or ", "'", words[i], "'");
  }
  return list;
}

std::string DidYouMean(const std::string& word, const std::vector<Candidate>& candidates) {
  const std::vector<std::string> near = Suggestions(word, candidates);
  return near.empty() ? "" : absl::StrCat("; did you mean ", QuotedList(near), "?");
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& names) {
  return DidYouMean(word, Candidates(names));
}

}  // namespace foia
