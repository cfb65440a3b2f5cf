#include "storage/index/analyzer.h"

#include <libstemmer.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

namespace foia::storage {
namespace {

// Longer tokens are cut: nothing a person types is longer, and keys stay small.
constexpr size_t kMaxTokenBytes = 64;

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 128; });
}
bool IsJoiner(char c) { return std::string_view("-./_@:&+#").find(c) != std::string_view::npos; }
// First letters of statutes' exemptions: FOIA (b), Privacy Act (j) and (k).
bool IsCodeLetter(char c) { return c == 'b' || c == 'j' || c == 'k'; }

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), AsciiLower);
  return out;
}

void CutToken(std::string& token) {
  if (token.size() <= kMaxTokenBytes) return;
  size_t size = kMaxTokenBytes;
  while (size > 0 && (static_cast<unsigned char>(token[size]) & 0xC0) == 0x80) --size;
  token.resize(size);
}

// Bytes of the letter or digit at `text[i]`; 0 when something else stands there.
size_t AlnumAt(std::string_view text, size_t i) {
  const char c = text[i];
  if (static_cast<unsigned char>(c) < 128) return IsAsciiDigit(c) || IsAsciiLetter(c) ? 1 : 0;
  // Folded text is valid UTF-8. (U8_NEXT does not compile without conversion warnings.)
  size_t size = 1;
  while (i + size < text.size() && (static_cast<unsigned char>(text[i + size]) & 0xC0) == 0x80) {
    ++size;
  }
  const icu::UnicodeString point =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data() + i, static_cast<int32_t>(size)));
  return u_isalnum(point.char32At(0)) ? size : 0;
}

// "(x)" with `accepts(x...)` at text[i], after at most one space; the index behind it, or 0.
template <typename Accepts>
size_t Parenthesised(std::string_view text, size_t i, size_t max_inside, Accepts accepts) {
  if (i < text.size() && text[i] == ' ') ++i;
  if (i >= text.size() || text[i] != '(') return 0;
  const size_t begin = ++i;
  while (i < text.size() && accepts(text[i])) ++i;
  if (i == begin || i - begin > max_inside || i >= text.size() || text[i] != ')') return 0;
  return i + 1;
}

// b7e, k2: a token made of a printed code.
bool IsCodeToken(std::string_view token) {
  return token.size() <= 4 && !NormalizeExemption(token).empty();
}

// The number of words from `first` on that print one code with blanks inside, as in "(b) (7)(C)".
size_t SpacedCode(const std::vector<IndexedWord>& words, size_t first, std::string& code) {
  const std::string& text = words[first].text;
  if (text.size() < 3 || text[0] != '(' || text[2] != ')') return 0;
  for (size_t count = 3; count >= 2; --count) {
    if (first + count > words.size()) continue;
    std::string joined;
    for (size_t i = 0; i < count; ++i) joined += words[first + i].text;
    while (!joined.empty() && std::string_view(",;.:").find(joined.back()) != std::string::npos) {
      joined.pop_back();
    }
    if (PrintedCodeLength(joined) == joined.size() && !joined.empty()) {
      code = Lower(NormalizeExemption(joined));
      return count;
    }
  }
  return 0;
}

// A hyphen in one of its forms at the end of a word.
bool EndsInHyphen(std::string_view word) {
  return word.ends_with('-') || word.ends_with("\u2010") || word.ends_with("\u00AD") ||
         word.ends_with("\u00AC");
}

bool HasDigit(std::string_view token) {
  return std::any_of(token.begin(), token.end(), IsAsciiDigit);
}

}  // namespace

std::string Fold(std::string_view text) {
  if (IsAscii(text)) return Lower(text);
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  static const icu::Normalizer2* const decompose = icu::Normalizer2::getNFDInstance(error);
  icu::UnicodeString points = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  if (fold == nullptr || decompose == nullptr) return Lower(text);
  points = decompose->normalize(fold->normalize(points, error), error);
  icu::UnicodeString kept;
  for (int32_t i = 0; i < points.length(); i = points.moveIndex32(i, 1)) {
    const UChar32 point = points.char32At(i);
    if (u_charType(point) == U_NON_SPACING_MARK) continue;
    if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212) {
      kept.append(u'-');
    } else if (point == 0x2018 || point == 0x2019 || point == 0x02BC) {
      kept.append(u'\'');
    } else {
      kept.append(point);
    }
  }
  std::string out;
  kept.toUTF8String(out);
  return out;
}

WordTokens AnalyzeWord(std::string_view word) {
  const std::string folded = Fold(word);
  WordTokens tokens;
  size_t first = 0;     // of the first part
  size_t last_end = 0;  // behind the last part
  bool joined = true;   // only joiners between parts
  for (size_t i = 0; i < folded.size();) {
    size_t end = i;
    std::string part;
    if (const size_t code = PrintedCodeLength(std::string_view(folded).substr(i)); code > 0) {
      end = i + code;
      part = Lower(NormalizeExemption(std::string_view(folded).substr(i, code)));
    } else {
      while (end < folded.size()) {
        size_t step = AlnumAt(folded, end);
        if (step == 0 && end > i && folded[end] == '\'' && end + 1 < folded.size() &&
            AlnumAt(folded, end + 1) > 0) {
          step = 1;
        }
        if (step == 0) break;
        end += step;
      }
      part = folded.substr(i, end - i);
    }
    if (part.empty()) {
      ++i;
      continue;
    }
    if (tokens.parts.empty()) {
      first = i;
    } else if (i == last_end ||
               !std::all_of(folded.begin() + static_cast<ptrdiff_t>(last_end),
                            folded.begin() + static_cast<ptrdiff_t>(i), IsJoiner)) {
      joined = false;
    }
    CutToken(part);
    tokens.parts.push_back(std::move(part));
    i = last_end = end;
  }
  if (tokens.parts.size() > 1 && joined) {
    tokens.whole = folded.substr(first, last_end - first);
    const std::string code = NormalizeExemption(tokens.whole);  // (b)(7)(E)-2 is b7E-2
    if (!code.empty()) tokens.whole = Lower(code);
    CutToken(tokens.whole);
  }
  return tokens;
}

std::string Stem(std::string_view token, Language language) {
  struct Deleter {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  using Stemmer = std::unique_ptr<sb_stemmer, Deleter>;
  // A stemmer has a buffer of its own, so each thread needs one.
  thread_local const Stemmer english(sb_stemmer_new("english", "UTF_8"));
  thread_local const Stemmer spanish(sb_stemmer_new("spanish", "UTF_8"));
  if (std::any_of(token.begin(), token.end(), IsAsciiDigit)) return std::string(token);
  sb_stemmer* stemmer = language == Language::kSpanish ? spanish.get() : english.get();
  const sb_symbol* stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(token.data()),
                                          static_cast<int>(token.size()));
  if (stem == nullptr || sb_stemmer_length(stemmer) == 0) return std::string(token);
  return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer))};
}

std::string NormalizeExemption(std::string_view text) {
  std::string code;
  for (char c : text) {
    if (c != '(' && c != ')' && c != ' ') code += AsciiLower(c);
  }
  size_t i = 0;
  if (code.empty() || !IsCodeLetter(code[i++])) return {};
  const size_t digits = i;
  while (i < code.size() && IsAsciiDigit(code[i])) ++i;
  if (i == digits || i - digits > 2) return {};
  if (i < code.size() && code[i] >= 'a' && code[i] <= 'f') {
    code[i] = static_cast<char>(code[i] - 32);
    ++i;
  }
  if (i < code.size() && code[i] == '-') {
    const size_t number = ++i;
    while (i < code.size() && IsAsciiDigit(code[i])) ++i;
    if (i == number) return {};
  }
  return i == code.size() ? code : std::string();
}

size_t PrintedCodeLength(std::string_view text) {
  if (text.empty() || text[0] != '(') return 0;
  const size_t letter =
      Parenthesised(text, 0, 1, [](char c) { return IsCodeLetter(AsciiLower(c)); });
  if (letter == 0) return 0;
  const size_t digits = Parenthesised(text, letter, 2, IsAsciiDigit);
  if (digits == 0) return 0;
  const size_t sub = Parenthesised(
      text, digits, 1, [](char c) { return AsciiLower(c) >= 'a' && AsciiLower(c) <= 'f'; });
  return sub == 0 ? digits : sub;
}

AnalyzedPage AnalyzePage(const std::vector<IndexedWord>& words,
                         const std::vector<IndexedRedaction>& redactions) {
  AnalyzedPage page;
  std::vector<uint32_t> position_of_word(words.size() + 1);
  std::vector<bool> is_code;  // by position
  uint32_t position = 0;
  std::string half;  // the last token, when a hyphen parts it from the next line's first
  std::vector<uint32_t> before;  // words that a redaction stands before
  for (const IndexedRedaction& redaction : redactions) before.push_back(redaction.word_position);
  std::sort(before.begin(), before.end());
  const auto map_position = [&page](uint32_t from, size_t word) {
    const auto index = static_cast<uint32_t>(word);
    if (page.breaks.empty() ||
        page.breaks.back().word + (from - page.breaks.back().position) != index) {
      page.breaks.push_back({from, index});
    }
  };
  const auto add_part = [&](std::string part, Language language, size_t word) {
    map_position(position, word);
    is_code.push_back(IsCodeToken(part));
    const Field stems = language == Language::kSpanish ? Field::kSpanish : Field::kEnglish;
    page.tokens.push_back({stems, Stem(part, language), position});
    page.tokens.push_back({Field::kExact, std::move(part), position});
    ++position;
  };
  // Of a soft hyphen and of the one of a compound the print is the same, so both forms are found:
  // "wellknown" here, the parts as a phrase, and "well-known" as it would stand within a line.
  const auto add_joined = [&](const std::string& first, const std::string& second,
                              Language language) {
    std::string joined = first + second, whole = first + "-" + second;
    CutToken(joined);
    CutToken(whole);
    const uint32_t span = PackSpan(position - 1, 2);
    const Field stems = language == Language::kSpanish ? Field::kSpanish : Field::kEnglish;
    page.tokens.push_back({JoinedField(stems), Stem(joined, language), span});
    page.tokens.push_back({Field::kJoinedExact, std::move(joined), span});
    page.tokens.push_back({Field::kExact, std::move(whole), position - 1});
  };
  for (size_t i = 0; i < words.size();) {
    position_of_word[i] = position;
    std::string code;
    if (const size_t count = SpacedCode(words, i, code); count > 0) {
      half.clear();
      for (size_t j = 1; j < count; ++j) position_of_word[i + j] = position;
      add_part(code, words[i].language, i);
      i += count;
      continue;
    }
    WordTokens tokens = AnalyzeWord(words[i].text);
    if (!tokens.whole.empty()) {
      page.tokens.push_back({Field::kExact, std::move(tokens.whole), position});
    }
    const bool follows = !half.empty() && !tokens.parts.empty() && !HasDigit(tokens.parts[0]) &&
                         AlnumAt(Fold(words[i].text), 0) > 0 &&
                         !std::binary_search(before.begin(), before.end(), i);
    if (follows) add_joined(half, tokens.parts[0], words[i].language);
    half.clear();
    const bool parted = words[i].ends_line && EndsInHyphen(words[i].text);
    if (parted && !tokens.parts.empty() && !HasDigit(tokens.parts.back())) {
      half = tokens.parts.back();
    }
    for (std::string& part : tokens.parts) add_part(std::move(part), words[i].language, i);
    ++i;
  }
  position_of_word[words.size()] = position;
  map_position(position, words.size());
  page.length = position;

  for (const IndexedRedaction& redaction : redactions) {
    const uint32_t at = position_of_word[std::min<size_t>(redaction.word_position, words.size())];
    uint32_t width = 0;
    while (width < kMaxLabelWidth && at + width < position && is_code[at + width]) ++width;
    const uint32_t value = PackSpan(at, width);
    page.redaction_positions.push_back(at);
    page.tokens.push_back({Field::kRedaction, std::string(kAnyRedaction), value});
    if (redaction.codes.empty()) {
      page.tokens.push_back({Field::kRedaction, std::string(kUnmarkedRedaction), value});
    }
    for (std::string code : redaction.codes) {
      code.erase(std::remove(code.begin(), code.end(), '\0'), code.end());  // ends a term in keys
      if (!code.empty()) page.tokens.push_back({Field::kExemption, std::move(code), value});
    }
  }
  return page;
}

}  // namespace foia::storage
