// From the words of a page to the tokens of the index; queries go through the same functions.
//
//   AnalyzeWord("2020-ICFO-21220,")  parts 2020, icfo, 21220; whole 2020-icfo-21220
//   AnalyzeWord("(b)(7)(E)")         parts b7e
//   AnalyzeWord("México's")          parts mexico's; Stem("mexico's") is mexico
//
// Folding is Unicode NFKC with case folding, without accents. Every part takes one position; a word
// without letters or digits takes none. All functions are safe for concurrent use.
#ifndef FOIA_STORAGE_INDEX_ANALYZER_H_
#define FOIA_STORAGE_INDEX_ANALYZER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foia::storage {

enum class Language : uint8_t { kEnglish, kSpanish };

// A term is a string in one of these; the letter is part of the key.
enum class Field : char {
  kExact = 'e',      // folded tokens: parts and wholes
  kEnglish = 'n',    // stems of parts
  kSpanish = 's',    // stems of parts of Spanish words
  kExemption = 'x',  // codes of redactions in normal form, such as b7E
  kRedaction = 'r',  // kAnyRedaction, kUnmarkedRedaction
  // The same of words that a hyphen has parted at the end of a line, their halves put together.
  kJoinedExact = 'E',
  kJoinedEnglish = 'N',
  kJoinedSpanish = 'S',
};

// Where the joined words of a field of tokens or stems are.
constexpr Field JoinedField(Field field) {
  return field == Field::kExact     ? Field::kJoinedExact
         : field == Field::kEnglish ? Field::kJoinedEnglish
                                    : Field::kJoinedSpanish;
}

// Terms of Field::kRedaction.
inline constexpr std::string_view kAnyRedaction = "any";            // every redaction
inline constexpr std::string_view kUnmarkedRedaction = "unmarked";  // one without a code

struct WordTokens {
  std::vector<std::string> parts;
  std::string whole;  // empty when there are fewer than two parts or they are not joined
};

WordTokens AnalyzeWord(std::string_view word);

// Case, width, ligatures and accents away; dashes and apostrophes in their ASCII form.
std::string Fold(std::string_view text);

// `token` must be folded. Tokens with digits are their own stems.
std::string Stem(std::string_view token, Language language);

// Normal form of one exemption code: (b)(7)(E), b7e and B7(E) become b7E. Empty when `text` is no
// code of this form.
std::string NormalizeExemption(std::string_view text);

// Bytes of the printed code that `text` starts with, such as (b)(7)(E) or (b) (6); 0 when none.
size_t PrintedCodeLength(std::string_view text);

struct IndexedWord {
  std::string text;  // UTF-8
  Language language = Language::kEnglish;
  bool ends_line = false;
};

struct IndexedRedaction {
  uint32_t word_position = 0;      // number of words before it
  std::vector<std::string> codes;  // normal form; empty when it carries none
};

// One occurrence of a term. `value` is the position; for redactions and joined words PackSpan of
// the position and of how many positions the printed label, or the two halves, take there.
struct Token {
  Field field;
  std::string term;
  uint32_t value;
};

inline constexpr uint32_t kMaxLabelWidth = 15;
inline uint32_t PackSpan(uint32_t position, uint32_t width) { return position << 4 | width; }
inline bool HasSpans(Field field) {
  return field != Field::kExact && field != Field::kEnglish && field != Field::kSpanish;
}

struct AnalyzedPage {
  std::vector<Token> tokens;
  uint32_t length = 0;  // positions
  // Where the word index stops growing with the position: from `position` on it is `word` and so
  // on.
  struct Break {
    uint32_t position;
    uint32_t word;
  };
  std::vector<Break> breaks;
  std::vector<uint32_t> redaction_positions;  // one for each redaction
};

AnalyzedPage AnalyzePage(const std::vector<IndexedWord>& words,
                         const std::vector<IndexedRedaction>& redactions);

}  // namespace foia::storage

#endif  // FOIA_STORAGE_INDEX_ANALYZER_H_
