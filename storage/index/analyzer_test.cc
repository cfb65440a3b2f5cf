#include "storage/index/analyzer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Analyzer, Words) {
  const struct {
    std::string_view word;
    std::vector<std::string> parts;
    std::string_view whole;
  } cases[] = {
      {"Academy,", {"academy"}, ""},
      {"M\u00C9XICO", {"mexico"}, ""},
      {"Mexico\u0301", {"mexico"}, ""},
      {"\uFB01le", {"file"}, ""},
      {"O\u2019Brien's", {"o'brien's"}, ""},
      {"2020-ICFO-21220.", {"2020", "icfo", "21220"}, "2020-icfo-21220"},
      {"2020\u2013ICFO", {"2020", "icfo"}, "2020-icfo"},
      {"and/or", {"and", "or"}, "and/or"},
      {"a,b", {"a", "b"}, ""},
      {"(b)(7)(E)", {"b7e"}, ""},
      {"(b)(6),(b)(7)(C)", {"b6", "b7c"}, ""},
      {"(b)(7)(E)-2", {"b7e", "2"}, "b7e-2"},
      {"b7E-2", {"b7e", "2"}, "b7e-2"},
      {"552(b)(6)", {"552", "b6"}, ""},
      {"(a)(6)", {"a", "6"}, ""},
      {"\u2014", {}, ""},
      {"\xFF\xFE", {}, ""},
      {"", {}, ""},
  };
  for (const auto& test : cases) {
    const WordTokens tokens = AnalyzeWord(test.word);
    EXPECT_EQ(tokens.parts, test.parts) << test.word;
    EXPECT_EQ(tokens.whole, test.whole) << test.word;
  }
  EXPECT_LE(AnalyzeWord(std::string(1000, 'x')).parts[0].size(), 64u);
}

TEST(Analyzer, Stems) {
  EXPECT_EQ(Stem("records", Language::kEnglish), "record");
  EXPECT_EQ(Stem("academies", Language::kEnglish), Stem("academy", Language::kEnglish));
  EXPECT_EQ(Stem("bureau's", Language::kEnglish), "bureau");
  EXPECT_EQ(Stem("registros", Language::kSpanish), Stem("registro", Language::kSpanish));
  EXPECT_EQ(Stem("b7e", Language::kEnglish), "b7e");
}

TEST(Analyzer, ExemptionCodes) {
  for (std::string_view text :
       {"b7E", "b7e", "(b)(7)(E)", "B7(E)", "(b) (7)(E)", "b(7)(e)", "(b)7(E)"}) {
    EXPECT_EQ(NormalizeExemption(text), "b7E") << text;
  }
  EXPECT_EQ(NormalizeExemption("(b)(7)(E)-2"), "b7E-2");
  EXPECT_EQ(NormalizeExemption("(k)(2)"), "k2");
  for (std::string_view text : {"", "b", "7E", "b7Q", "b123", "be7", "b7E-", "c6"}) {
    EXPECT_THAT(NormalizeExemption(text), IsEmpty()) << text;
  }
}

TEST(Analyzer, WordsPartedAtTheEndOfALine) {
  const struct {
    std::vector<std::string> words;  // the first ends its line
    std::vector<IndexedRedaction> redactions;
    std::string joined;  // empty: they are two words
  } rows[] = {
      {{"sedimen-", "tation"}, {}, "sedimentation@0+2"},
      {{"sedimen\u00AD", "tation,"}, {}, "sedimentation@0+2"},
      {{"sedimen\u2010", "tation"}, {}, "sedimentation@0+2"},
      {{"well-", "known"}, {}, "wellknown@0+2"},
      {{"state-of-the-", "art"}, {}, "theart@2+2"},
      {{"sedimen", "tation"}, {}, ""},
      {{"2020-", "ICFO"}, {}, ""},
      {{"pages", "-", "tation"}, {}, ""},
      {{"sedimen-", "(tation"}, {}, ""},
      {{"sedimen-", "(b)(6)"}, {}, ""},
      {{"sedimen-", "tation"}, {{1, {"b6"}}}, ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.words[0] + " " + row.words[1]);
    std::vector<IndexedWord> words;
    for (const std::string& word : row.words) words.push_back({word, Language::kEnglish, true});
    std::string joined, whole;
    const AnalyzedPage page = AnalyzePage(words, row.redactions);
    for (const Token& token : page.tokens) {
      if (token.field == Field::kJoinedExact) {
        joined += token.term + "@" + std::to_string(token.value >> 4) + "+" +
                  std::to_string(token.value & 15);
      }
      if (token.field == Field::kExact) whole += token.term + " ";
    }
    EXPECT_EQ(joined, row.joined);
    EXPECT_EQ(whole.find("well-known") != std::string::npos, row.words[0] == "well-");
    // Within a line a hyphen parts nothing.
    for (IndexedWord& word : words) word.ends_line = false;
    for (const Token& token : AnalyzePage(words, row.redactions).tokens) {
      EXPECT_NE(token.field, Field::kJoinedExact);
    }
  }
}

TEST(Analyzer, PagePositions) {
  const AnalyzedPage page =
      AnalyzePage({{"File"}, {"2020-ICFO"}, {"\u2014"}, {"(b)"}, {"(7)(E)"}, {"(b)(6)"}, {"end"}},
                  {{3, {"b7E", "b6"}}, {6, {}}, {99, {"b5"}}});
  // file 0, 2020 1, icfo 2, b7e 3 (two words), b6 4, end 5
  EXPECT_EQ(page.length, 6u);
  EXPECT_THAT(page.redaction_positions, ElementsAre(3, 5, 6));
  std::vector<std::string> exact;
  std::vector<std::string> codes;
  for (const Token& token : page.tokens) {
    if (token.field == Field::kExact) {
      exact.push_back(token.term + "@" + std::to_string(token.value));
    } else if (token.field == Field::kExemption) {
      codes.push_back(token.term + "@" + std::to_string(token.value >> 4) + "+" +
                      std::to_string(token.value & 15));
    }
  }
  EXPECT_THAT(exact,
              ElementsAre("file@0", "2020-icfo@1", "2020@1", "icfo@2", "b7e@3", "b6@4", "end@5"));
  EXPECT_THAT(codes, ElementsAre("b7E@3+2", "b6@3+2", "b5@6+0"));
}

}  // namespace
}  // namespace foia::storage
