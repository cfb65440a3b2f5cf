#include "ocr/redaction/sealing.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <utility>

#include "ocr/redaction/codes.h"

namespace foia::ocr {
namespace {

using documents::v1::REDACTION_KIND_GREY;
using documents::v1::REDACTION_KIND_SOLID;
using documents::v1::REDACTION_KIND_WHITE;
using documents::v1::REDACTION_ORIGIN_ANNOTATION;
using documents::v1::REDACTION_ORIGIN_RASTER;
using documents::v1::REDACTION_ORIGIN_VECTOR;

// A glyph is hidden when at least this share of its box is covered.
constexpr float kHidden = 0.5F;
// Paint over more of the page than this is a scan or a background, not a redaction: what lies below
// is hidden only where the page shows nothing.
constexpr float kBackground = 0.5F;
// An image smaller and narrower than this is no strip or tile of a scan.
constexpr float kStripArea = 0.02F, kStripWidth = 0.5F;
// Text this near to the grey of what it stands on cannot be seen; on paper the eye sees more.
constexpr float kSameGrey = 0.1F;
constexpr float kSameAsPaper = 0.05F;

// Smaller text (points) is not for reading.
constexpr float kTiny = 2;
// Fewer letters by themselves are dirt, or the rest of a word at an edge.
constexpr size_t kMinLetters = 3;

bool Blank(char32_t c) { return c <= ' ' || c == 0xA0; }
bool Upper(char32_t c) { return c >= 'A' && c <= 'Z'; }
// A letter or a digit, of any script; not the signs, bullets and boxes of Unicode.
bool Letter(char32_t c) {
  if (c < 128) return std::isalnum(static_cast<unsigned char>(c)) != 0;
  return c >= 0xC0 && (c < 0x2000 || c > 0x2BFF) && (c < 0x3000 || c > 0x303F);
}
bool SameColour(const Colour& a, const Colour& b) {
  return std::abs(a.r - b.r) < kSameGrey && std::abs(a.g - b.g) < kSameGrey &&
         std::abs(a.b - b.b) < kSameGrey;
}
bool Tiny(const Glyph& g) { return std::max(g.box.width(), g.box.height()) < kTiny; }
// A stroke, as a scanner reads the edges of boxes.
bool Stroke(char32_t c) {
  return c < 128 && std::string_view("Il1ij|!.:;,'`-_/\\").find(static_cast<char>(c)) !=
                        std::string_view::npos;
}

// The common part without its rim, where the edge of the cover is blurred.
Rect Inner(const Rect& glyph, const Rect& cover) {
  const Rect r = Intersect(glyph, cover);
  const float rim = std::min(0.75F, 0.15F * std::min(r.width(), r.height()));
  return {r.x0 + rim, r.y0 + rim, r.x1 - rim, r.y1 - rim};
}

// A cover with what lies below.
struct Candidate {
  Cover cover;
  bool background = false;
  const PixelBox* pixels = nullptr;
  const PaintEvent* paint = nullptr;
  std::vector<size_t> glyphs;
};

std::string LettersAndDigits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u > 127 || std::isalnum(u) != 0) out += static_cast<char>(std::toupper(u));
  }
  return out;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// Whether the same character stands visibly at the same place.
bool ShownAgain(const PageContent& page, const std::vector<bool>& sealed, size_t index) {
  const Glyph& hidden = page.glyphs[index];
  for (size_t i = 0; i < page.glyphs.size(); ++i) {
    const Glyph& g = page.glyphs[i];
    if (!sealed[i] && !g.invisible && g.code == hidden.code &&
        Coverage(hidden.box, g.box) >= kHidden) {
      return true;
    }
  }
  return false;
}

std::string TextOf(const PageContent& page, const std::vector<size_t>& glyphs) {
  std::string text;
  for (const size_t i : glyphs) AppendUtf8(&text, page.glyphs[i].code);
  return text;
}

void TrimBlanks(const PageContent& page, std::vector<size_t>* glyphs) {
  const auto blank = [&](size_t i) { return Blank(page.glyphs[i].code); };
  while (!glyphs->empty() && blank(glyphs->back())) glyphs->pop_back();
  glyphs->erase(glyphs->begin(), std::find_if_not(glyphs->begin(), glyphs->end(), blank));
}

bool IsLabel(std::string_view text) {
  return ParseCodes(text, CodeContext::kZone).complete || SaysRedacted(text);
}

// Whether a scanner has read a word or a number there, rather than strokes, signs or the patterns
// of a label: three letters of one sort, strokes apart.
bool IsReading(std::u32string_view word) {
  while (!word.empty() && !Letter(word.front())) word.remove_prefix(1);
  while (!word.empty() && !Letter(word.back())) word.remove_suffix(1);
  size_t letters = 0, signs = 0, strokes = 0, turns = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    const char32_t c = word[i];
    letters += Letter(c) ? 1 : 0;
    signs += Letter(c) || c == '-' || c == '\'' || c == '.' || c == ',' || c == '/' || c == ':' ||
                     c == '@' || c == 0x2019
                 ? 0
                 : 1;
    strokes += Stroke(c) ? 1 : 0;
    turns += i > 0 && Upper(c) && word[i - 1] >= 'a' && word[i - 1] <= 'z' ? 1 : 0;
  }
  const bool alike =
      std::all_of(word.begin(), word.end(), [&](char32_t c) { return c == word[0]; });
  return letters >= kMinLetters && signs == 0 && turns <= 1 && 2 * strokes < word.size() && !alike;
}

int Recoverable(const PageContent& page, const Sealing& sealing, const Candidate& candidate) {
  std::vector<size_t> glyphs = candidate.glyphs;
  TrimBlanks(page, &glyphs);
  size_t letters = 0;
  bool repeated = true, reading = false;
  char32_t first = 0;
  std::u32string word;
  for (const size_t i : glyphs) {
    const char32_t c = page.glyphs[i].code;
    if (!word.empty() && (Blank(c) || page.glyphs[i].line != page.glyphs[i - 1].line)) {
      reading |= IsReading(word);
      word.clear();
    }
    if (Blank(c)) continue;
    word += c;
    if (first == 0) first = c;
    repeated &= c == first;
    if (Letter(c)) ++letters;
  }
  reading |= IsReading(word);
  if (letters == 0 || (repeated && letters > 1)) return 0;
  if (candidate.pixels != nullptr && !reading) return 0;
  // The label itself, also as a scanner has read it.
  const std::string text = TextOf(page, glyphs);
  if (IsLabel(text)) return 0;
  if (candidate.pixels != nullptr && SameReading(text, candidate.pixels->label)) return 0;
  const bool again = std::all_of(glyphs.begin(), glyphs.end(), [&](size_t i) {
    return Blank(page.glyphs[i].code) || ShownAgain(page, sealing.sealed, i);
  });
  return again ? 0 : static_cast<int>(glyphs.size());
}

}  // namespace

bool SameReading(std::string_view a, std::string_view b) {
  const std::string x = LettersAndDigits(a), y = LettersAndDigits(b);
  return !x.empty() && 2 * EditDistance(x, y) <= std::max(x.size(), y.size());
}

bool SaysRedacted(std::string_view label) {
  return ParseCodes(label, CodeContext::kText).says_withheld;
}

namespace {

class Sealer {
 public:
  Sealer(const PageContent& page, bool layer_used,
         const std::function<std::optional<float>(const Rect&)>& one_colour)
      : page_(page),
        layer_used_(layer_used),
        one_colour_(one_colour),
        // Otherwise the page is one that is looked at enlarged.
        tiny_is_rare_(2 * std::count_if(page.glyphs.begin(), page.glyphs.end(), Tiny) <
                      static_cast<ptrdiff_t>(page.glyphs.size())) {}

  Sealing Run(const std::vector<PixelBox>& pixel_boxes) {
    AddCandidates(pixel_boxes);
    const size_t glyphs = page_.glyphs.size();
    out_.sealed.assign(glyphs, false);
    counted_.assign(glyphs, false);
    uncovered_.assign(glyphs, false);
    below_label_.assign(glyphs, false);
    for (size_t i = 0; i < glyphs; ++i) Judge(i);
    CountCovered();
    CountUncovered();
    for (size_t i = 0; i < glyphs; ++i) {
      if (!counted_[i]) continue;
      AppendUtf8(&out_.text, page_.glyphs[i].code);
      ++out_.characters;
    }
    AddUnapplied();
    return std::move(out_);
  }

 private:
  void AddCandidates(const std::vector<PixelBox>& pixel_boxes) {
    const Rect sheet = DisplayedPage(page_.transform);
    // A scan may come in strips or tiles: together they are the background. A small image is not.
    const auto strip = [&](const PaintEvent& paint) {
      return paint.kind == PaintEvent::Kind::kImage &&
             (paint.box.area() > kStripArea * sheet.area() ||
              paint.box.width() > kStripWidth * sheet.width());
    };
    float strips = 0;
    for (const PaintEvent& paint : page_.paints) {
      if (strip(paint)) strips += paint.box.area();
    }
    for (const PaintEvent& paint : page_.paints) {
      Candidate c;
      c.cover.box = paint.box;
      c.cover.origin = paint.kind == PaintEvent::Kind::kAnnotation ? REDACTION_ORIGIN_ANNOTATION
                                                                   : REDACTION_ORIGIN_VECTOR;
      c.cover.kind = paint.grey > 0.9F    ? REDACTION_KIND_WHITE
                     : paint.grey > 0.45F ? REDACTION_KIND_GREY
                                          : REDACTION_KIND_SOLID;
      c.paint = &paint;
      c.background = (strip(paint) ? strips : paint.box.area()) > kBackground * sheet.area();
      candidates_.push_back(c);
    }
    for (const PixelBox& box : pixel_boxes) {
      Candidate c;
      c.cover.box = box.box;
      c.cover.origin = REDACTION_ORIGIN_RASTER;
      c.pixels = &box;
      candidates_.push_back(c);
    }
  }

  // Whether a cover at the place of the glyph hides it. `covered`: paint does so as well.
  bool Hides(const Candidate& c, const Glyph& glyph, bool covered) const {
    const bool drawn = layer_used_ && !glyph.invisible;
    if (c.pixels == nullptr) {
      if (drawn) return c.paint->exact || !glyph.doubtful || glyph.unseen;
      if (!c.background || layer_used_) return true;
    } else {
      // Of text that is drawn it is known what can be seen.
      if (drawn) return glyph.unseen;
      // A label of the layer itself can be seen.
      const bool label =
          !glyph.invisible && !covered && std::abs(c.pixels->grey - glyph.grey) >= kSameGrey;
      if (c.pixels->opaque && !label) return true;
    }
    return one_colour_(Inner(glyph.box, c.cover.box)).has_value();
  }

  // What hides a glyph, if anything does. `ground`: what it was painted on.
  Candidate* CoverOf(const Glyph& glyph, const Candidate** ground) {
    Candidate* best = nullptr;
    float best_share = 0;
    bool covered = false;        // by paint
    Candidate* below = nullptr;  // what the glyph was painted on
    for (Candidate& c : candidates_) {
      const float share = Coverage(glyph.box, c.cover.box);
      if (share < kHidden) continue;
      if (c.pixels == nullptr && c.paint->sequence <= glyph.sequence) {
        below = &c;
        continue;
      }
      covered |= c.pixels == nullptr;
      // A background that shows nothing here hides, but is no redaction: any other cover is better.
      // And what was painted is a surer cover than what the pixels show.
      if (c.background && best != nullptr) continue;
      if (c.pixels != nullptr && best != nullptr && best->pixels == nullptr && !best->background) {
        continue;
      }
      if ((!c.background && share < best_share) || !Hides(c, glyph, covered)) continue;
      best = &c;
      best_share = c.background ? 0 : share;
    }
    *ground = below;
    // Black on black: word processors' highlighting.
    if ((best == nullptr || best->pixels != nullptr) && below != nullptr &&
        below->paint->kind != PaintEvent::Kind::kImage && !glyph.invisible &&
        SameColour(below->paint->colour, glyph.colour) &&
        one_colour_(Inner(glyph.box, below->cover.box)).has_value()) {
      return below;
    }
    return best;
  }

  void Judge(size_t i) {
    const Glyph& glyph = page_.glyphs[i];
    if (tiny_is_rare_ && Tiny(glyph)) {
      out_.sealed[i] = true;  // withheld is none of it
      return;
    }
    if (glyph.clipped) {
      out_.sealed[i] = true;
      // A value may be longer than its field, which scrolls.
      uncovered_[i] = !glyph.in_field;
      return;
    }
    const Candidate* ground = nullptr;
    if (Candidate* const cover = CoverOf(glyph, &ground); cover != nullptr) {
      out_.sealed[i] = true;
      uncovered_[i] = cover->background;
      below_label_[i] = cover->pixels != nullptr && cover->pixels->opaque &&
                        !one_colour_(Inner(glyph.box, cover->cover.box)).has_value();
      cover->glyphs.push_back(i);
      return;
    }
    if (!layer_used_ || !Letter(glyph.code)) return;
    // What nobody can see is no text of the page. Without ink, or where paint of any kind lies over
    // it, it was not necessarily withheld; in the colour of its ground it was.
    const std::optional<float> shown = one_colour_(Inner(glyph.box, glyph.box));
    const bool as_ground = !glyph.invisible && shown.has_value() &&
                           std::abs(*shown - glyph.grey) < kSameAsPaper &&
                           (ground == nullptr || ground->paint->kind == PaintEvent::Kind::kImage ||
                            SameColour(ground->paint->colour, glyph.colour));
    uncovered_[i] = glyph.unseen || as_ground;
    out_.sealed[i] = uncovered_[i] || glyph.invisible;
  }

  void CountCovered() {
    // A layer that has the labels themselves was read after the boxes were drawn: what else stands
    // at labels are misread ones.
    const bool reads_labels =
        std::any_of(candidates_.begin(), candidates_.end(), [&](const auto& c) {
          return c.pixels != nullptr && c.pixels->opaque && !c.glyphs.empty() &&
                 IsLabel(TextOf(page_, c.glyphs));
        });
    for (Candidate& c : candidates_) {
      if (reads_labels) std::erase_if(c.glyphs, [&](size_t i) { return below_label_[i]; });
      if (c.glyphs.empty() || c.background) continue;
      c.cover.recoverable_chars = Recoverable(page_, out_, c);
      out_.covers.push_back(c.cover);
      if (c.cover.recoverable_chars == 0) continue;
      TrimBlanks(page_, &c.glyphs);
      for (const size_t i : c.glyphs) counted_[i] = true;
    }
  }

  // Letters that stand together under no cover of their own.
  void CountUncovered() {
    std::vector<size_t> run;
    std::u32string word;
    const auto flush = [&] {
      const bool scanned = !run.empty() && (!layer_used_ || page_.glyphs[run[0]].invisible);
      if (run.size() >= kMinLetters && (!scanned || IsReading(word))) {
        for (const size_t i : run) counted_[i] = true;
      }
      run.clear();
      word.clear();
    };
    for (size_t i = 0; i < page_.glyphs.size(); ++i) {
      const Glyph& glyph = page_.glyphs[i];
      if (!run.empty() &&
          (!uncovered_[i] || Blank(glyph.code) || glyph.line != page_.glyphs[i - 1].line))
        flush();
      if (!uncovered_[i] || Blank(glyph.code)) continue;
      word += glyph.code;
      if (Letter(glyph.code)) run.push_back(i);
    }
    flush();
  }

  // Marks of redaction that nobody applied.
  void AddUnapplied() {
    for (const PaintEvent& paint : page_.paints) {
      const bool known = std::any_of(out_.covers.begin(), out_.covers.end(),
                                     [&](const Cover& c) { return c.box == paint.box; });
      if (!paint.unapplied || known) continue;
      Cover cover;
      cover.box = paint.box;
      cover.origin = REDACTION_ORIGIN_ANNOTATION;
      out_.covers.push_back(cover);
    }
  }

  const PageContent& page_;
  const bool layer_used_;
  const std::function<std::optional<float>(const Rect&)>& one_colour_;
  const bool tiny_is_rare_;
  Sealing out_;
  std::vector<Candidate> candidates_;
  // Per glyph.
  std::vector<bool> counted_;      // as hidden text
  std::vector<bool> uncovered_;    // hidden, but not by a cover that could be a redaction
  std::vector<bool> below_label_;  // where a box shows something
};

}  // namespace

Sealing SealHiddenText(const PageContent& page, const std::vector<PixelBox>& pixel_boxes,
                       bool layer_used,
                       const std::function<std::optional<float>(const Rect&)>& one_colour) {
  return Sealer(page, layer_used, one_colour).Run(pixel_boxes);
}

}  // namespace foia::ocr
