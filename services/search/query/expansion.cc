#include "services/search/query/expansion.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "services/base/status.h"

namespace foia::search {
namespace {

using storage::DocumentSet;
using storage::Field;
using storage::IndexReader;
using storage::TermCursor;

struct Candidate {
  uint32_t distance;
  uint64_t documents;
  std::string term;
};

// Words come in one piece, and parted at the end of a line.
constexpr std::array<Field, 2> kWordFields{Field::kExact, Field::kJoinedExact};

// The same word of both fields once: at the most so many documents have it.
void UniteSame(std::vector<Candidate>* candidates) {
  std::sort(candidates->begin(), candidates->end(),
            [](const Candidate& a, const Candidate& b) { return a.term < b.term; });
  size_t kept = 0;
  for (size_t i = 0; i < candidates->size(); ++i) {
    if (kept > 0 && (*candidates)[kept - 1].term == (*candidates)[i].term) {
      (*candidates)[kept - 1].documents += (*candidates)[i].documents;
    } else if (kept++ != i) {
      (*candidates)[kept - 1] = std::move((*candidates)[i]);
    }
  }
  candidates->resize(kept);
}

ExpandedTerms Best(std::vector<Candidate> candidates, size_t limit) {
  UniteSame(&candidates);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.distance != b.distance) return a.distance < b.distance;
    if (a.documents != b.documents) return a.documents > b.documents;
    return a.term < b.term;
  });
  ExpandedTerms result;
  result.cut = candidates.size() > limit;
  if (result.cut) candidates.resize(limit);
  for (Candidate& candidate : candidates) result.terms.push_back(std::move(candidate.term));
  return result;
}

// One code point and the bytes up to its end. Damaged UTF-8 counts byte by byte.
struct Point {
  uint32_t value;
  size_t end;
};

std::vector<Point> Points(std::string_view text) {
  std::vector<Point> points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    size = std::min(size, text.size() - i);
    uint32_t value = 0;
    for (size_t j = 0; j < size; ++j) {
      value = value << 8 | static_cast<unsigned char>(text[i + j]);
    }
    i += size;
    points.push_back({value, i});
  }
  return points;
}

// Distances of the beginnings of a term to those of a word. Rows of a beginning shared with the
// term before are kept, as terms come in order.
class FuzzyMatcher {
 public:
  FuzzyMatcher(std::string_view word, uint32_t edits) : word_(Points(word)), edits_(edits) {
    rows_.emplace_back(word_.size() + 1);
    for (size_t j = 0; j <= word_.size(); ++j) rows_[0][j] = static_cast<uint32_t>(j);
  }

  // Distance of `term`, more than `edits` when it is too far. `*dead` becomes the number of bytes
  // that no match starts with, 0 when there is none such.
  uint32_t Distance(std::string_view term, size_t* dead) {
    const std::vector<Point> points = Points(term);
    size_t same = 0;
    while (same < points.size() && same < term_.size() && points[same].value == term_[same].value &&
           same + 1 < rows_.size()) {
      ++same;
    }
    term_ = points;
    rows_.resize(same + 1);
    *dead = 0;
    for (size_t i = same; i < points.size(); ++i) {
      const std::vector<uint32_t>& above = rows_[i];
      std::vector<uint32_t> row(word_.size() + 1);
      row[0] = above[0] + 1;
      uint32_t best = row[0];
      for (size_t j = 1; j <= word_.size(); ++j) {
        const uint32_t differs = points[i].value == word_[j - 1].value ? 0 : 1;
        row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
        if (i > 0 && j > 1 && points[i].value == word_[j - 2].value &&
            points[i - 1].value == word_[j - 1].value) {
          row[j] = std::min(row[j], rows_[i - 1][j - 2] + 1);
        }
        best = std::min(best, row[j]);
      }
      // A swap looks two rows back, so a beginning is hopeless only when the row before is too.
      const bool hopeless =
          best > edits_ && *std::min_element(above.begin(), above.end()) >= edits_;
      rows_.push_back(std::move(row));
      if (hopeless) {
        *dead = points[i].end;
        return edits_ + 1;
      }
    }
    return rows_.back().back();
  }

 private:
  const std::vector<Point> word_;
  const uint32_t edits_;
  std::vector<Point> term_;
  std::vector<std::vector<uint32_t>> rows_;
};

}  // namespace

absl::StatusOr<ExpandedTerms> ExpandPrefix(IndexReader& reader, const DocumentSet& visible,
                                           std::string_view prefix, size_t limit) {
  std::vector<Candidate> found;
  for (const Field field : kWordFields) {
    const std::unique_ptr<TermCursor> cursor = reader.Terms(field);
    for (bool valid = cursor->Seek(prefix);
         valid && cursor->term().substr(0, prefix.size()) == prefix; valid = cursor->Next()) {
      std::string term(cursor->term());
      if (const uint64_t documents = cursor->CountDocuments(visible); documents > 0) {
        found.push_back({0, documents, std::move(term)});
      }
    }
    FOIA_RETURN_IF_ERROR(cursor->status());
  }
  return Best(std::move(found), limit);
}

absl::StatusOr<ExpandedTerms> ExpandFuzzy(IndexReader& reader, const DocumentSet& visible,
                                          std::string_view word, uint32_t edits, size_t limit) {
  std::vector<Candidate> found;
  for (const Field field : kWordFields) {
    FuzzyMatcher matcher(word, edits);
    const std::unique_ptr<TermCursor> cursor = reader.Terms(field);
    bool valid = cursor->Seek({});
    while (valid) {
      const std::string term(cursor->term());
      size_t dead = 0;
      const uint32_t distance = matcher.Distance(term, &dead);
      if (distance <= edits) {
        if (const uint64_t documents = cursor->CountDocuments(visible); documents > 0) {
          found.push_back({distance, documents, term});
        }
      }
      if (dead > 0) {
        const std::string next = storage::PrefixEnd(std::string_view(term).substr(0, dead));
        if (next.empty()) break;
        valid = cursor->Seek(next);
      } else {
        valid = cursor->Next();
      }
    }
    FOIA_RETURN_IF_ERROR(cursor->status());
  }
  return Best(std::move(found), limit);
}

absl::StatusOr<std::vector<std::string>> ExpandExemption(IndexReader& reader,
                                                         const DocumentSet& visible,
                                                         std::string_view code) {
  const std::string wanted = storage::Fold(code);
  std::vector<std::string> found;
  const std::unique_ptr<TermCursor> cursor = reader.Terms(Field::kExemption);
  for (bool valid = cursor->Seek({}); valid; valid = cursor->Next()) {
    const std::string term(cursor->term());
    const std::string folded = storage::Fold(term);
    if (folded.compare(0, wanted.size(), wanted) != 0) continue;
    const char next = folded.size() > wanted.size() ? folded[wanted.size()] : '\0';
    if (next >= '0' && next <= '9') continue;
    if (cursor->CountDocuments(visible) > 0) found.push_back(term);
  }
  FOIA_RETURN_IF_ERROR(cursor->status());
  return found;
}

}  // namespace foia::search
