#include "ocr/page/layer_sense.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kPlain[] =
    "the component conducted a search of its electronic files and located twelve pages of material "
    "responsive to your request after review of these pages the office determined that certain "
    "portions must be withheld because their release would constitute a clearly unwarranted "
    "invasion of privacy and the officer first filed a specific final effective affidavit ";

// A dictionary of these words.
bool Knows(std::string_view word) {
  static const auto* words = [] {
    auto* all = new std::set<std::string, std::less<>>;
    for (const auto w : absl::StrSplit(kPlain, ' ')) all->emplace(w);
    for (const char* w : {"agency", "agency's", "información", "solicitud", "la", "una", "said"}) {
      all->emplace(w);
    }
    return all;
  }();
  std::string lower(word);
  absl::AsciiStrToLower(&lower);
  return words->contains(lower);
}

std::vector<PageWord> WordsOf(std::string_view text) {
  std::vector<PageWord> words;
  int line = 0;
  for (const auto row : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    for (const auto w : absl::StrSplit(row, ' ', absl::SkipEmpty())) {
      words.emplace_back();
      words.back().text = std::string(w);
      words.back().line = line;
    }
    ++line;
  }
  return words;
}

// Each letter another: by a distance in the alphabet, or the two exchanged.
std::string Shifted(std::string_view text, int by) {
  std::string out;
  for (const char c : text) {
    out += c >= 'a' && c <= 'z' ? static_cast<char>('a' + (c - 'a' + by) % 26) : c;
  }
  return out;
}
std::string Exchanged(std::string_view text, char a, char b) {
  std::string out(text);
  for (char& c : out) c = c == a ? b : c == b ? a : c;
  return out;
}
// As a font's glyph numbers: "7KH FRPSRQHQW".
std::string Glyphs(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == ' ' ? c : static_cast<char>(c - 29);
  return out;
}
std::string Without(std::string text, std::string_view what, std::string_view with) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

TEST(LayerSenseTest, WhatIsComparedWithThePixels) {
  const std::string plain = kPlain;
  const struct {
    std::string name, text;
    bool compared;
  } rows[] = {
      {"plain", plain, false},
      {"with names", plain + "Okonkwo Szczepanski Featherstonehaugh " + plain, false},
      {"with abbreviations and numbers", plain + "FBI USCIS 2020-ICFO-21220 $1,200.50", false},
      {"a word parted at the end of a line", plain + "elec-\ntronic " + plain + "mate-\nrial",
       false},
      {"one typing error", plain + "specfic " + plain, false},
      {"short", "agency request", false},
      {"nothing", "", false},
      {"glyph numbers", Glyphs(plain), true},
      {"shifted by one", Shifted(plain, 1), true},
      {"shifted by thirteen", Shifted(plain, 13), true},
      {"letters exchanged", Exchanged(plain, 'e', 'o'), true},
      {"half of it", plain + Glyphs(plain), true},
      {"two lines of it", plain + plain + "\n" + Glyphs(plain.substr(0, 160)) + "\n" + plain, true},
      {"ligatures lost", Without(plain, "fi", ""), true},
      {"ligatures as blanks", Without(Without(plain, "ffi", " "), "fi", " "), true},
      {"ligatures as another character", Without(plain, "fi", "\u00DE"), true},
      {"UTF-8 as Windows' characters",
       plain + "agency\u00E2\u20AC\u2122s " + plain + "informaci\u00C3\u00B3n", true},
      {"another language", "Die Beh\u00F6rde antwortet dem Antragsteller innerhalb eines Monats",
       true},
      {"numbers only", "1200 3400 5600 7800 1234 7755 8812", true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto runs = WordsToCompare(WordsOf(row.text), Knows);
    if (row.compared) {
      EXPECT_THAT(runs, Not(IsEmpty()));
    } else {
      EXPECT_THAT(runs, IsEmpty());
    }
  }
}

// Each font has an encoding of its own.
TEST(LayerSenseTest, AFontThatMakesNoSenseIsCompared) {
  const struct {
    std::string name, text;
    bool compared;
  } rows[] = {
      {"glyph numbers", Glyphs("located material responsive"), true},
      {"shifted", Shifted("located material", 5), true},
      {"known", "located material responsive", false},
      {"one name", "Okonkwo", false},
      {"a name among words", "Okonkwo located Szczepanski material", false},
      {"numbers", "1200 3400 5600", false},
      {"abbreviations", "USCIS ICE FBI", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<PageWord> words = WordsOf(std::string(kPlain) + kPlain);
    const size_t plain = words.size();
    for (PageWord& w : WordsOf(row.text)) {
      w.font = 1;
      words.push_back(std::move(w));
    }
    const auto parts = WordsToCompare(words, Knows);
    ASSERT_EQ(parts.size(), row.compared ? 1 : 0);
    for (const auto& part : parts) {
      for (const WordRun& run : part) EXPECT_GE(run.begin, plain);
    }
  }
}

TEST(LayerSenseTest, Comparison) {
  const struct {
    std::string layer, read;
    float confidence;
    Comparison result;
  } rows[] = {
      {"component", "component", 95, Comparison::kSame},
      {"COMPONENT,", "Component", 95, Comparison::kSame},
      {"FRPSRQHQW", "component", 95, Comparison::kOther},
      {"FRPSRQHQW", "component", 40, Comparison::kUnclear},
      {"FRPSRQHQW", "Okonkwo", 95, Comparison::kUnclear},
      {"compenont", "component", 95, Comparison::kOther},
      {"Okonkwo", "Okonkvo", 95, Comparison::kSame},
      {"oce", "office", 95, Comparison::kOther},
      {"o\u00DEce", "office", 95, Comparison::kOther},
      {"agency\u00E2\u20AC\u2122s", "agency's", 95, Comparison::kOther},
      {"informaci\u00F3n", "informacion", 95, Comparison::kSame},
      {"Beh\u00F6rde", "Behorde", 95, Comparison::kSame},
      {"2020-ICFO-21220", "2020-1CFO-21220", 95, Comparison::kSame},
      {"48517", "15284", 95, Comparison::kOther},
      {"10-7", "163", 95, Comparison::kUnclear},
      {"component", "", 0, Comparison::kUnclear},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(CompareWord(row.layer, row.read, row.confidence, Knows), row.result)
        << row.layer << " " << row.read;
  }
}

TEST(LayerSenseTest, Contradicted) {
  constexpr auto kSame = Comparison::kSame, kOther = Comparison::kOther,
                 kUnclear = Comparison::kUnclear;
  EXPECT_FALSE(IsContradicted({}));
  EXPECT_FALSE(IsContradicted({kUnclear, kUnclear}));
  EXPECT_FALSE(IsContradicted({kSame, kSame, kOther}));
  EXPECT_FALSE(IsContradicted({kUnclear, kUnclear, kUnclear, kOther}));
  EXPECT_TRUE(IsContradicted({kOther}));
  EXPECT_TRUE(IsContradicted({kOther, kUnclear, kOther, kSame}));
}

}  // namespace
}  // namespace foia::ocr
