#include "services/search/query/snippet.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::search {
namespace {

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t i = 0; i < text.size();) {
    const size_t end = std::min(text.find(' ', i), text.size());
    words.push_back(text.substr(i, end - i));
    i = end + 1;
  }
  return words;
}

// The snippet with its highlights in brackets.
std::string Show(const Snippet& snippet) {
  std::string out = snippet.text;
  for (auto it = snippet.highlights.rbegin(); it != snippet.highlights.rend(); ++it) {
    out.insert(it->offset + it->size, "]").insert(it->offset, "[");
  }
  return out;
}

TEST(Snippet, Cases) {
  const struct {
    std::string_view name;
    std::string_view text;
    std::vector<WordRange> matches;
    size_t width;
    std::string_view expected;
  } cases[] = {
      {"whole page", "a b c", {{1, 1}}, 10, "a [b] c"},
      {"no match", "a b c d", {}, 2, "a b …"},
      {"in the middle", "a b c d e f g", {{3, 3}}, 3, "… c [d] e …"},
      {"at the end", "a b c d e f g", {{6, 6}}, 3, "… e f [g]"},
      {"at the beginning", "a b c d e f g", {{0, 0}}, 3, "[a] b c …"},
      {"two neighbours are one", "a b c d e", {{1, 1}, {2, 2}}, 5, "a [b c] d e"},
      {"most matches win", "m a a a m b m a", {{0, 0}, {4, 4}, {6, 6}}, 3, "… [m] b [m] …"},
      {"range wider than the window", "a b c d", {{0, 3}}, 2, "[a b] …"},
      {"beyond the page", "a b", {{1, 9}}, 5, "a [b]"},
      {"accents", "é ü ñ", {{1, 2}}, 5, "é [ü ñ]"},
      {"empty", "", {}, 5, ""},
  };
  for (const auto& test : cases) {
    const std::vector<std::string_view> words = Words(test.text);
    EXPECT_EQ(Show(MakeSnippet(words, test.matches, test.width)), test.expected) << test.name;
  }
}

}  // namespace
}  // namespace foia::search
