#include "ocr/page/layer_gate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "ocr/page/language.h"
#include "ocr/redaction/sealing.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// An image over this share of the page makes it a scan.
constexpr double kScan = 0.8;
// Fewer characters on a scan are a stamp.
constexpr int kStampCharacters = 50;
constexpr int kLongStampCharacters = 400;
constexpr double kStampArea = 0.03;
constexpr double kMaxBroken = 0.02;
constexpr double kMinWordLike = 0.6;
constexpr float kMostlySealed = 0.5F;
// Words of two readings that overlap by this share stand at the same place.
constexpr float kSamePlace = 0.5F;
constexpr float kMostOfPage = 0.5F;
// The same character not farther away than this share of its width is the same print: two in a row,
// as in "ll", are a width apart.
constexpr float kSameGlyph = 0.45F;

bool Blank(char32_t c) { return c <= ' ' || c == 0xA0; }

bool Broken(char32_t c) {
  return c == 0xFFFD || (c >= 0xE000 && c <= 0xF8FF) || (c < ' ' && !Blank(c)) ||
         (c >= 0x7F && c < 0xA0);
}

// Says where a line or a word may break, or nothing.
bool Invisible(char32_t c) { return c == 0x200B || c == 0x2060 || c == 0xFEFF; }
constexpr char32_t kSoftHyphen = 0xAD;

// The characters of a word as a reader sees them: a soft hyphen is one at the end and beside a
// digit, where a file of few characters has it for a hard one, and nothing between letters.
std::string Visible(const std::vector<char32_t>& characters) {
  const auto digit = [](char32_t c) { return c >= '0' && c <= '9'; };
  std::string text;
  for (size_t i = 0; i < characters.size(); ++i) {
    const char32_t c = characters[i];
    if (c != kSoftHyphen) {
      AppendUtf8(&text, c);
    } else if (i + 1 == characters.size() || digit(characters[i + 1]) ||
               (i > 0 && digit(characters[i - 1]))) {
      text += '-';
    }
  }
  return text;
}

// A number, or letters with a vowel among them; punctuation around it does not count.
bool WordLike(std::string_view word) {
  size_t letters = 0, digits = 0, others = 0;
  bool vowel = false;
  for (const char c : word) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x80) {
      ++letters;
      vowel = true;
    } else if (std::isalpha(u) != 0) {
      ++letters;
      vowel |= std::strchr("aeiouyAEIOUY", c) != nullptr;
    } else if (std::isdigit(u) != 0) {
      ++digits;
    } else {
      ++others;
    }
  }
  if (letters + digits == 0) return others <= 2;
  if (others > letters + digits) return false;
  return digits >= letters || vowel || letters <= 3;
}

// Characters that stand a second time at almost the same place: bold type, or a shadow, is often
// made so. The one that can be seen stays, or else the first.
std::vector<bool> FindRepeated(const std::vector<Glyph>& glyphs, const std::vector<bool>& sealed) {
  const auto is_seen = [&](size_t i) {
    return !sealed[i] && !glyphs[i].invisible && !glyphs[i].clipped;
  };
  const auto middle_x = [](const Glyph& g) { return (g.box.x0 + g.box.x1) / 2; };
  const auto middle_y = [](const Glyph& g) { return (g.box.y0 + g.box.y1) / 2; };
  std::vector<size_t> order;
  for (size_t i = 0; i < glyphs.size(); ++i) {
    if (!Blank(glyphs[i].code) && !glyphs[i].box.empty()) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Glyph &g = glyphs[a], &h = glyphs[b];
    if (g.code != h.code) return g.code < h.code;
    return std::pair(middle_x(g), a) < std::pair(middle_x(h), b);
  });
  std::vector<bool> repeated(glyphs.size(), false);
  for (size_t i = 0; i < order.size(); ++i) {
    const Glyph& g = glyphs[order[i]];
    for (size_t j = i + 1; j < order.size() && glyphs[order[j]].code == g.code; ++j) {
      const Glyph& h = glyphs[order[j]];
      if (middle_x(h) - middle_x(g) > kSameGlyph * g.box.width()) break;
      if (std::abs(middle_y(h) - middle_y(g)) > kSameGlyph * g.box.width() ||
          Coverage(g.box, h.box) < kSamePlace) {
        continue;
      }
      const bool shown = is_seen(order[i]);
      const bool later = shown != is_seen(order[j]) ? shown : order[j] > order[i];
      repeated[later ? order[j] : order[i]] = true;
    }
  }
  return repeated;
}

}  // namespace

pb::LayerVerdict JudgeLayer(const PageContent& page) {
  int characters = 0, broken = 0, hidden = 0;
  double area = 0;
  for (const Glyph& g : page.glyphs) {
    if (Blank(g.code)) continue;
    ++characters;
    if (Broken(g.code)) ++broken;
    area += static_cast<double>(g.box.area());
    const bool below_scan =
        std::any_of(page.paints.begin(), page.paints.end(), [&](const PaintEvent& p) {
          return p.kind == PaintEvent::Kind::kImage && p.sequence > g.sequence &&
                 Coverage(g.box, p.box) > 0.5F;
        });
    if (g.invisible || below_scan) ++hidden;
  }
  if (characters == 0) return pb::LAYER_VERDICT_NONE;
  if (broken > kMaxBroken * characters) return pb::LAYER_VERDICT_BROKEN_ENCODING;
  const bool scan = page.image_share > kScan;
  const double sheet = static_cast<double>(DisplayedPage(page.transform).area());
  if (scan && (characters <= kStampCharacters ||
               (characters < kLongStampCharacters && area < kStampArea * sheet))) {
    return pb::LAYER_VERDICT_STAMP;
  }
  // A scanner's own recognition lies invisible below or above the picture; ours is better.
  if (hidden * 2 > characters) return pb::LAYER_VERDICT_POOR;
  int words = 0, good = 0;
  for (const PageWord& w : LayerWords(page, std::vector<bool>(page.glyphs.size(), false))) {
    ++words;
    if (WordLike(w.text)) ++good;
  }
  return good < kMinWordLike * words ? pb::LAYER_VERDICT_POOR : pb::LAYER_VERDICT_GOOD;
}

int LayerTurns(const PageContent& page) {
  std::array<int, 4> glyphs{};
  for (const Glyph& g : page.glyphs) ++glyphs[static_cast<size_t>(g.turns)];
  return static_cast<int>(std::max_element(glyphs.begin(), glyphs.end()) - glyphs.begin());
}

std::vector<PageWord> LayerWords(const PageContent& page, const std::vector<bool>& sealed) {
  const std::vector<bool> repeated = FindRepeated(page.glyphs, sealed);
  std::vector<PageWord> words;
  PageWord word;
  std::vector<char32_t> characters;
  int kept = 0, dropped = 0;
  const auto flush = [&] {
    const int all = kept + dropped;
    if (kept > 0 && static_cast<float>(dropped) < kMostlySealed * static_cast<float>(all)) {
      word.text = Visible(characters);
      words.push_back(word);
    }
    word = PageWord();
    characters.clear();
    kept = dropped = 0;
  };
  for (size_t i = 0; i < page.glyphs.size(); ++i) {
    const Glyph& g = page.glyphs[i];
    if (repeated[i]) continue;
    if (kept + dropped > 0 && g.line != word.line) flush();
    if (Blank(g.code)) {
      flush();
      continue;
    }
    if (Invisible(g.code)) continue;
    word.line = g.line;
    word.block = g.block;
    word.turns = g.turns;
    if (g.clipped) continue;  // the others of the word can be seen
    if (sealed[i]) {
      ++dropped;
      continue;
    }
    if (kept++ == 0) word.font = g.font;
    characters.push_back(g.code);
    word.box = Union(word.box, g.box);
    word.confidence = 100;
    word.source = g.invisible ? pb::WORD_SOURCE_HIDDEN : pb::WORD_SOURCE_LAYER;
  }
  flush();
  return words;
}

void TagLanguages(std::vector<PageWord>* words) {
  const std::vector<std::string> packs = KnownLanguages();
  const std::vector<TextLine> lines = LinesOf(*words);
  const std::vector<int> languages = LanguagesOfLines(lines, packs);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (languages[i] < 0) continue;
    for (size_t w = lines[i].begin; w < lines[i].end; ++w) {
      (*words)[w].language = LanguageTag(packs[static_cast<size_t>(languages[i])]);
    }
  }
}

void KeepOtherLayer(const std::vector<PageWord>& layer, const std::vector<PaintEvent>& paints,
                    const std::vector<Rect>& painted, pb::PageRecord* record) {
  const float sheet = DisplayedPage(record->transform()).area();
  for (const PageWord& w : layer) {
    const Rect box = Convert(record->transform(), w.box, Space::kDisplayed, Space::kStored);
    const Rect pixels = Convert(record->transform(), w.box, Space::kDisplayed, Space::kPixels);
    const bool covered =
        std::any_of(painted.begin(), painted.end(),
                    [&](const Rect& r) { return !Intersect(pixels, r).empty(); }) ||
        std::any_of(
            record->redactions().begin(), record->redactions().end(),
            [&](const pb::Redaction& r) { return !Intersect(box, FromBox(r.box())).empty(); }) ||
        std::any_of(paints.begin(), paints.end(), [&](const PaintEvent& p) {
          // The scan itself is no cover.
          return p.box.area() < kMostOfPage * sheet && !Intersect(w.box, p.box).empty();
        });
    if (covered) continue;
    std::string seen;
    float share = 0;
    int line = 0;
    for (const pb::Word& read : record->words()) {
      const Rect at = FromBox(read.box());
      if (Coverage(at, box) < kSamePlace && Coverage(box, at) < kSamePlace) continue;
      seen += read.text();
      share += Coverage(box, at);
      line = read.line();
    }
    if (share < kSamePlace || seen == w.text || !SameReading(w.text, seen)) continue;
    pb::Word* kept = record->add_other_layer_words();
    kept->set_text(w.text);
    *kept->mutable_box() = ToBox(box);
    kept->set_confidence(w.confidence);
    kept->set_source(w.source);
    kept->set_line(line);
  }
}

}  // namespace foia::ocr
