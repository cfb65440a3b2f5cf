#include "services/search/query/snippet.h"

#include <algorithm>

namespace foia::search {

Snippet MakeSnippet(const std::vector<std::string_view>& words,
                    const std::vector<WordRange>& matches, size_t width) {
  constexpr std::string_view kEllipsis = "\u2026";
  Snippet snippet;
  if (words.empty() || width == 0) return snippet;
  std::vector<bool> matched(words.size());
  for (const WordRange& range : matches) {
    for (size_t i = range.first; i <= range.last && i < words.size(); ++i) matched[i] = true;
  }
  // Slide a window of `size` words; `best` is where it first holds the most matches.
  const size_t size = std::min(width, words.size());
  size_t inside = 0;
  size_t most = 0;
  size_t best = 0;
  for (size_t end = 0; end < words.size(); ++end) {
    inside += matched[end] ? 1 : 0;
    if (end >= size && matched[end - size]) --inside;
    if (inside > most) {
      most = inside;
      best = end + 1 >= size ? end + 1 - size : 0;
    }
  }
  // That window ends with its last match: move on until the matches stand in the middle.
  size_t first_match = best;
  while (most > 0 && !matched[first_match]) ++first_match;
  size_t last_match = best + size - 1;
  while (most > 0 && last_match > first_match && !matched[last_match]) --last_match;
  if (most > 0) {
    const size_t room = size - (last_match - first_match + 1);
    best = std::min(first_match - std::min(first_match, room / 2), words.size() - size);
  }

  snippet.words = {static_cast<uint32_t>(best), static_cast<uint32_t>(best + size - 1)};
  if (best > 0) snippet.text.append(kEllipsis).append(" ");
  for (size_t i = best; i < best + size; ++i) {
    if (i > best) snippet.text += ' ';
    const auto offset = static_cast<uint32_t>(snippet.text.size());
    snippet.text += words[i];
    if (!matched[i]) continue;
    if (i > best && matched[i - 1]) {
      Snippet::Highlight& last = snippet.highlights.back();
      last.size = static_cast<uint32_t>(snippet.text.size()) - last.offset;
    } else {
      snippet.highlights.push_back({offset, static_cast<uint32_t>(words[i].size())});
    }
  }
  if (best + size < words.size()) snippet.text.append(" ").append(kEllipsis);
  return snippet;
}

}  // namespace foia::search
