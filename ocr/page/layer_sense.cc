#include "ocr/page/layer_sense.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>

#include "ocr/pdf/document.h"

namespace foia::ocr {
namespace {

// Shorter strings of letters are in every dictionary, or abbreviations.
constexpr size_t kLetters = 3, kAbbreviation = 5;
// Of the words of a page, and of so many in a row, the dictionary has this share at least (measured
// on public releases: docs/measurements.md). A page with fewer words, or with many more numbers,
// says too little.
constexpr double kKnownShare = 0.75, kKnownInRow = 0.4;
constexpr size_t kRow = 16, kFewWords = 4, kNumbersPerWord = 3;
// So many words of a page that only a wrong encoding explains are no accident.
constexpr size_t kFaults = 2;
constexpr size_t kMostCompared = 6;
constexpr size_t kMostFonts = 4;
// What the pixels show may be several words, of which a layer with another blank has made one.
constexpr double kMostlyKnown = 0.6;
// Fewer digits are easily misread as others.
constexpr size_t kDigits = 4;
// Readings less sure than this tell nothing; a reading that is only a little different must be
// surer.
constexpr float kReadable = 60, kSure = 80;

// ---- Characters ----

std::vector<char32_t> Decode(std::string_view text) {
  std::vector<char32_t> points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (size_t j = 1; j < size && i + j < text.size(); ++j) {
      point = point << 6 | (static_cast<unsigned char>(text[i + j]) & 0x3FU);
    }
    points.push_back(point);
    i += size;
  }
  return points;
}

std::string Encode(const std::vector<char32_t>& points, size_t begin, size_t end) {
  std::string text;
  for (size_t i = begin; i < end; ++i) AppendUtf8(&text, points[i]);
  return text;
}

bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }
bool IsAsciiLetter(char32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80; }
bool IsLatin(char32_t c) {
  return IsAsciiLetter(c) || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) ||
         (c >= 0x1E00 && c <= 0x1EFF);
}
// Of another script; symbols and punctuation are none.
bool IsForeign(char32_t c) {
  return (c >= 0x370 && c < 0x1E00) || (c >= 0x1F00 && c < 0x2000) || (c >= 0x2E80 && c < 0xE000);
}
bool IsUpper(char32_t c) { return c >= 'A' && c <= 'Z'; }

// The byte that Windows' Latin code page has for a character; 0 when none.
unsigned char WindowsByte(char32_t c) {
  constexpr std::array<char32_t, 32> kHigh{
      0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
  if (c < 0x100) return static_cast<unsigned char>(c);
  const auto* at = std::find(kHigh.begin(), kHigh.end(), c);
  return at == kHigh.end() ? 0 : static_cast<unsigned char>(0x80 + (at - kHigh.begin()));
}

// Whether UTF-8 was taken for Windows' code page: "agencyâ€™s".
bool IsMojibake(const std::vector<char32_t>& points) {
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    const unsigned char lead = WindowsByte(points[i]);
    if (lead < 0xC2 || lead > 0xEF) continue;
    const size_t more = lead < 0xE0 ? 1 : 2;
    size_t good = 0;
    while (good < more && i + good + 1 < points.size() &&
           (WindowsByte(points[i + good + 1]) & 0xC0) == 0x80) {
      ++good;
    }
    if (good == more) return true;
  }
  return false;
}

size_t EditDistance(const std::vector<char32_t>& a, const std::vector<char32_t>& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

// ---- Words ----

enum class Sense {
  kNothing,  // says nothing: short, an abbreviation, another script
  kNumber,   // holds digits
  kKnown,
  kUnknown,
};

struct Word {
  std::vector<char32_t> points;  // without punctuation around them
  std::vector<std::string> pieces;
  Sense sense = Sense::kNothing;
  double known = 0;  // share of the letters that stand in known pieces
};

Word Look(std::string_view text, const KnowsWord& knows) {
  Word word;
  std::vector<char32_t> points = Decode(text);
  const auto part = [](char32_t c) { return IsLatin(c) || IsForeign(c) || IsDigit(c); };
  const auto begin = std::find_if(points.begin(), points.end(), part);
  const auto end = std::find_if(points.rbegin(), points.rend(), part).base();
  if (begin >= end) return word;
  word.points.assign(begin, end);
  size_t letters = 0, upper = 0;
  bool foreign = false, digits = false;
  for (size_t i = 0, from = 0; i <= word.points.size(); ++i) {
    const char32_t c = i < word.points.size() ? word.points[i] : U' ';
    if (IsLatin(c)) {
      ++letters;
      upper += IsUpper(c) ? 1 : 0;
      continue;
    }
    foreign |= IsForeign(c);
    digits |= IsDigit(c);
    if (i > from) word.pieces.push_back(Encode(word.points, from, i));
    from = i + 1;
  }
  if (digits) {
    word.sense = Sense::kNumber;
  } else if (!foreign && letters >= kLetters) {
    size_t all = 0, known = 0;
    for (const std::string& piece : word.pieces) {
      if (piece.size() == 1) continue;
      all += piece.size();
      if (knows(piece)) known += piece.size();
    }
    word.known = all == 0 ? 0 : static_cast<double>(known) / static_cast<double>(all);
    if (known == all || knows(Encode(word.points, 0, word.points.size()))) {
      word.sense = Sense::kKnown;
      word.known = 1;
    } else if (upper < letters || letters > kAbbreviation) {
      word.sense = Sense::kUnknown;
    }
  }
  return word;
}

constexpr std::array<std::string_view, 5> kLigatures{"fi", "fl", "ff", "ffi", "ffl"};

// Whether a word makes sense with a ligature in place of what is not a letter, or where nothing is.
bool LacksLigature(const Word& word, const KnowsWord& knows) {
  if (word.sense != Sense::kUnknown || word.points.size() < kLetters) return false;
  for (size_t i = 0; i <= word.points.size(); ++i) {
    for (const std::string_view ligature : kLigatures) {
      const auto with = [&](size_t rest) {
        return Encode(word.points, 0, i) + std::string(ligature) +
               Encode(word.points, rest, word.points.size());
      };
      const bool odd = i < word.points.size() && !IsAsciiLetter(word.points[i]);
      if (knows(with(i)) || (odd && knows(with(i + 1)))) return true;
    }
  }
  return false;
}

// Whether two pieces are one word that has lost its ligature: "o" and "ce".
bool LostBetween(const Word& left, const Word& right, const KnowsWord& knows) {
  if (left.pieces.size() != 1 || right.pieces.size() != 1) return false;
  if (left.sense == Sense::kKnown && right.sense == Sense::kKnown) return false;
  const std::string &a = left.pieces[0], &b = right.pieces[0];
  // English and Spanish have these words of one letter.
  const auto stands_alone = [&](const std::string& piece) {
    return piece.size() > 1 ? knows(piece) : std::string_view("aAIeoOyYu").find(piece) < 9;
  };
  if (stands_alone(a) && stands_alone(b)) return false;
  return std::any_of(kLigatures.begin(), kLigatures.end(), [&](std::string_view ligature) {
    return a.size() + b.size() + ligature.size() > kLetters + 1 &&
           knows(a + std::string(ligature) + b);
  });
}

// At most kMostCompared of them, from all over the page.
std::vector<WordRun> Sample(const std::vector<WordRun>& from) {
  std::vector<WordRun> sample;
  const size_t count = std::min(from.size(), kMostCompared);
  for (size_t i = 0; i < count; ++i) sample.push_back(from[i * from.size() / count]);
  return sample;
}

// Some words of each font of which less than half of the words are known.
std::vector<std::vector<WordRun>> OddFonts(const std::vector<PageWord>& words,
                                           const std::vector<Word>& looked) {
  struct Font {
    size_t known = 0;
    std::vector<WordRun> unknown;
  };
  std::map<int, Font> fonts;
  for (size_t i = 0; i < looked.size(); ++i) {
    Font& font = fonts[words[i].font];
    if (looked[i].sense == Sense::kKnown) ++font.known;
    if (looked[i].sense == Sense::kUnknown) font.unknown.push_back({i, i + 1});
  }
  std::vector<std::vector<WordRun>> odd;
  for (const auto& [number, font] : fonts) {
    if (odd.size() == kMostFonts) break;
    if (font.unknown.size() >= kFaults && font.known < font.unknown.size()) {
      odd.push_back(Sample(font.unknown));
    }
  }
  return odd;
}

}  // namespace

std::vector<std::vector<WordRun>> WordsToCompare(const std::vector<PageWord>& words,
                                                 const KnowsWord& dictionary) {
  // The same words come again and again.
  std::unordered_map<std::string, bool> seen;
  const KnowsWord knows = [&](std::string_view word) {
    const auto [at, added] = seen.try_emplace(std::string(word));
    if (added) at->second = dictionary(word);
    return at->second;
  };
  std::vector<Word> looked;
  looked.reserve(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    looked.push_back(Look(words[i].text, knows));
    // Parts of a word that is cut at the end of a line are in no dictionary.
    const bool parted =
        i > 0 && words[i - 1].line != words[i].line && words[i - 1].text.ends_with('-');
    if (!parted) continue;
    for (Word* half : {&looked[i - 1], &looked[i]}) {
      if (half->sense == Sense::kUnknown) half->sense = Sense::kNothing;
    }
  }

  std::vector<WordRun> faults, unknown, numbers, rest;
  std::vector<bool> row;  // of words that say something: known or not
  std::vector<size_t> index;
  size_t known = 0;
  for (size_t i = 0; i < looked.size(); ++i) {
    const Word& word = looked[i];
    const WordRun run{i, i + 1};
    if (IsMojibake(Decode(words[i].text)) || LacksLigature(word, knows)) {
      faults.push_back(run);
    } else if (i + 1 < looked.size() && words[i].line == words[i + 1].line &&
               LostBetween(word, looked[i + 1], knows)) {
      faults.push_back({i, i + 2});
    }
    if (word.sense == Sense::kKnown || word.sense == Sense::kUnknown) {
      row.push_back(word.sense == Sense::kKnown);
      index.push_back(i);
      known += word.sense == Sense::kKnown ? 1 : 0;
    }
    if (word.sense == Sense::kUnknown) {
      unknown.push_back(run);
    } else if (word.points.size() >= kLetters) {
      (word.sense == Sense::kNumber ? numbers : rest).push_back(run);
    }
  }
  if (faults.size() >= kFaults) return {Sample(faults)};
  const bool few = known < kFewWords && (known == 0 || !unknown.empty());
  if (few || numbers.size() > kNumbersPerWord * row.size()) {
    std::vector<WordRun> any = std::move(unknown);
    for (const std::vector<WordRun>& more : {numbers, rest}) {
      if (any.size() < kMostCompared) any.insert(any.end(), more.begin(), more.end());
    }
    if (any.empty()) return {};
    return {Sample(any)};
  }
  const auto all = static_cast<double>(row.size());
  if (static_cast<double>(known) < kKnownShare * all) return {Sample(unknown)};
  // A part of the page in another font.
  size_t in_row = 0, least = kRow, at = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    in_row += row[i] ? 1 : 0;
    if (i >= kRow) in_row -= row[i - kRow] ? 1 : 0;
    if (i + 1 >= kRow && in_row < least) {
      least = in_row;
      at = i + 1 - kRow;
    }
  }
  if (row.size() < kRow || static_cast<double>(least) >= kKnownInRow * kRow) {
    return OddFonts(words, looked);
  }
  std::vector<WordRun> there;
  for (size_t i = at; i < at + kRow; ++i) {
    if (!row[i]) there.push_back({index[i], index[i] + 1});
  }
  return {Sample(there)};
}

Comparison CompareWord(std::string_view layer, std::string_view read, float confidence,
                       const KnowsWord& knows) {
  const Word shown = Look(read, knows), said = Look(layer, knows);
  if (confidence < kReadable || shown.points.size() < kLetters) return Comparison::kUnclear;
  const auto letters = [](const Word& word) {
    std::vector<char32_t> out;
    for (const char32_t c : word.points) {
      if (c >= 'a' && c <= 'z') {
        out.push_back(c - 'a' + 'A');
      } else if (c >= 0x80 || IsAsciiLetter(c) || IsDigit(c)) {
        out.push_back(c);
      }
    }
    return out;
  };
  const std::vector<char32_t> a = letters(said), b = letters(shown);
  // The model of another language reads no accents.
  const auto accents = static_cast<size_t>(std::count_if(
      a.begin(), a.end(), [](char32_t c) { return IsLatin(c) && !IsAsciiLetter(c); }));
  const size_t distance = EditDistance(a, b);
  if (distance <= accents) return Comparison::kSame;
  const bool sure = confidence >= kSure;
  if (2 * distance <= std::max(a.size(), b.size())) {
    // A slip of recognition, unless it makes a word of what was none.
    const bool better = sure && shown.sense == Sense::kKnown && said.sense == Sense::kUnknown;
    return better ? Comparison::kOther : Comparison::kSame;
  }
  // Small digits, as of exponents, are often misread.
  if (shown.sense == Sense::kNumber) {
    return sure && a.size() >= kDigits && a.size() == b.size() ? Comparison::kOther
                                                               : Comparison::kUnclear;
  }
  return shown.known > kMostlyKnown ? Comparison::kOther : Comparison::kUnclear;
}

bool IsContradicted(const std::vector<Comparison>& comparisons) {
  const auto count = [&](Comparison c) {
    return std::count(comparisons.begin(), comparisons.end(), c);
  };
  const auto other = count(Comparison::kOther), same = count(Comparison::kSame);
  return other > same && (other > 1 || comparisons.size() <= kFaults);
}

}  // namespace foia::ocr
