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

constexpr int kMinScannedLetters = 3;

bool Blank(char32_t c) { return c <= ' ' || c == 0xA0; }
bool WordLike(char32_t c) { return c > 127 || std::isalnum(static_cast<unsigned char>(c)) != 0; }
// Dots and dashes that stand for blanks are neither letters nor digits.
bool Letter(char32_t c) { return c > 127 ? c >= 0xC0 && (c < 0x2000 || c > 0x2BFF) : WordLike(c); }

// The common part without its rim, where the edge of the cover is blurred.
Rect Inner(const Rect& glyph, const Rect& cover) {
  const Rect r = Intersect(glyph, cover);
  const float rim = std::min(0.75F, 0.15F * std::min(r.width(), r.height()));
  return {r.x0 + rim, r.y0 + rim, r.x1 - rim, r.y1 - rim};
}

// A cover with what lies below.
struct Candidate {
  Cover cover;
  int sequence = 0;
  bool background = false;
  const PixelBox* pixels = nullptr;
  bool image = false;
  float grey = 0;
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

bool IsLabel(std::string_view text) {
  return ParseCodes(text, CodeContext::kZone).complete || SaysRedacted(text);
}

int Recoverable(const PageContent& page, const Sealing& sealing, const Candidate& candidate) {
  const std::string text = TextOf(page, candidate.glyphs);
  int characters = 0, words = 0;
  bool repeated = true;
  char32_t first = 0;
  for (const size_t i : candidate.glyphs) {
    const char32_t c = page.glyphs[i].code;
    ++characters;
    if (Blank(c)) continue;
    if (first == 0) first = c;
    repeated &= c == first;
    if (WordLike(c)) ++words;
  }
  if (words == 0 || (repeated && words > 1)) return 0;
  // Under a box that only the pixels show, a letter or two are a scanner's reading of dirt.
  if (candidate.pixels != nullptr && words < kMinScannedLetters) return 0;
  // The label itself, also as a scanner has read it.
  if (IsLabel(text)) return 0;
  if (candidate.pixels != nullptr && SameReading(text, candidate.pixels->label)) return 0;
  const bool again = std::all_of(candidate.glyphs.begin(), candidate.glyphs.end(), [&](size_t i) {
    return Blank(page.glyphs[i].code) || ShownAgain(page, sealing.sealed, i);
  });
  return again ? 0 : characters;
}

}  // namespace

bool SameReading(std::string_view a, std::string_view b) {
  const std::string x = LettersAndDigits(a), y = LettersAndDigits(b);
  return !x.empty() && 2 * EditDistance(x, y) <= std::max(x.size(), y.size());
}

bool SaysRedacted(std::string_view label) {
  std::string rest = LettersAndDigits(label);
  bool any = false;
  for (const std::string_view word : {"REDACTED", "REDACTION", "SEALED", "PII", "WITHHELD",
                                      "DELETED", "NONRESPONSIVE", "PRIVILEGED"}) {
    for (size_t at = 0; (at = rest.find(word)) != std::string::npos; any = true) {
      rest.erase(at, word.size());
    }
  }
  return any && rest.empty();
}

Sealing SealHiddenText(const PageContent& page, const std::vector<PixelBox>& pixel_boxes,
                       bool layer_used,
                       const std::function<std::optional<float>(const Rect&)>& one_colour) {
  const Rect sheet = DisplayedPage(page.transform);
  std::vector<Candidate> candidates;
  // A scan may come in strips or tiles: together they are the background. A small image is not.
  const auto strip = [&](const PaintEvent& paint) {
    return paint.kind == PaintEvent::Kind::kImage &&
           (paint.box.area() > kStripArea * sheet.area() ||
            paint.box.width() > kStripWidth * sheet.width());
  };
  float strips = 0;
  for (const PaintEvent& paint : page.paints) {
    if (strip(paint)) strips += paint.box.area();
  }
  for (const PaintEvent& paint : page.paints) {
    Candidate c;
    c.cover.box = paint.box;
    c.cover.origin = paint.kind == PaintEvent::Kind::kAnnotation ? REDACTION_ORIGIN_ANNOTATION
                                                                 : REDACTION_ORIGIN_VECTOR;
    c.cover.kind = paint.grey > 0.9F    ? REDACTION_KIND_WHITE
                   : paint.grey > 0.45F ? REDACTION_KIND_GREY
                                        : REDACTION_KIND_SOLID;
    c.sequence = paint.sequence;
    c.image = paint.kind == PaintEvent::Kind::kImage;
    c.grey = paint.grey;
    c.background = (strip(paint) ? strips : paint.box.area()) > kBackground * sheet.area();
    candidates.push_back(c);
  }
  for (const PixelBox& box : pixel_boxes) {
    Candidate c;
    c.cover.box = box.box;
    c.cover.origin = REDACTION_ORIGIN_RASTER;
    c.pixels = &box;
    candidates.push_back(c);
  }

  Sealing out;
  out.sealed.assign(page.glyphs.size(), false);
  std::vector<bool> hidden(page.glyphs.size(), false);  // counts, unless its cover says otherwise
  std::vector<bool> below_label(page.glyphs.size(), false);
  for (size_t i = 0; i < page.glyphs.size(); ++i) {
    const Glyph& glyph = page.glyphs[i];
    Candidate* best = nullptr;
    float best_share = 0;
    bool covered = false;        // by paint
    Candidate* below = nullptr;  // what the glyph was painted on
    for (Candidate& c : candidates) {
      const float share = Coverage(glyph.box, c.cover.box);
      if (share < kHidden) continue;
      if (c.pixels == nullptr && c.sequence <= glyph.sequence) {
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
      if (!c.background && share < best_share) continue;
      const bool opaque = c.pixels == nullptr ? !c.background || layer_used : c.pixels->opaque;
      // A label of the layer itself can be seen.
      const bool label = c.pixels != nullptr && !glyph.invisible && !covered &&
                         std::abs(c.pixels->grey - glyph.grey) >= kSameGrey;
      if ((!opaque || label) && !one_colour(Inner(glyph.box, c.cover.box)).has_value()) continue;
      best = &c;
      best_share = c.background ? 0 : share;
    }
    // Black on black: word processors' highlighting.
    if ((best == nullptr || best->pixels != nullptr) && below != nullptr && !below->image &&
        !glyph.invisible && std::abs(below->grey - glyph.grey) < kSameGrey &&
        one_colour(Inner(glyph.box, below->cover.box)).has_value()) {
      best = below;
    }
    if (best != nullptr) {
      out.sealed[i] = true;
      // Blanks lie where a scan shows nothing.
      hidden[i] = !best->background || WordLike(glyph.code);
      below_label[i] = best->pixels != nullptr && best->pixels->opaque &&
                       !one_colour(Inner(glyph.box, best->cover.box)).has_value();
      best->glyphs.push_back(i);
      continue;
    }
    if (!layer_used || !Letter(glyph.code)) continue;
    // What nobody can see is no text of the page. Where the page shows something, invisible text is
    // likely a reading of that, and nothing withheld.
    const std::optional<float> shown = one_colour(Inner(glyph.box, glyph.box));
    hidden[i] =
        shown.has_value() && (glyph.invisible || std::abs(*shown - glyph.grey) < kSameAsPaper);
    out.sealed[i] = hidden[i] || glyph.invisible;
  }
  // A layer that has the labels themselves was read after the boxes were drawn: what else stands at
  // labels are misread ones.
  const bool reads_labels = std::any_of(candidates.begin(), candidates.end(), [&](const auto& c) {
    return c.pixels != nullptr && c.pixels->opaque && !c.glyphs.empty() &&
           IsLabel(TextOf(page, c.glyphs));
  });
  for (Candidate& c : candidates) {
    if (reads_labels) {
      std::erase_if(c.glyphs, [&](size_t i) {
        if (below_label[i]) hidden[i] = false;
        return below_label[i];
      });
    }
    if (c.glyphs.empty() || c.background) continue;
    c.cover.recoverable_chars = Recoverable(page, out, c);
    out.covers.push_back(c.cover);
    if (c.pixels == nullptr || !c.pixels->opaque || c.cover.recoverable_chars > 0) continue;
    for (const size_t i : c.glyphs) hidden[i] = false;
  }
  for (size_t i = 0; i < page.glyphs.size(); ++i) {
    if (!hidden[i]) continue;
    AppendUtf8(&out.text, page.glyphs[i].code);
    ++out.characters;
  }
  for (const PaintEvent& paint : page.paints) {
    const bool known = std::any_of(out.covers.begin(), out.covers.end(),
                                   [&](const Cover& c) { return c.box == paint.box; });
    if (paint.unapplied && !known) {
      Cover cover;
      cover.box = paint.box;
      cover.origin = REDACTION_ORIGIN_ANNOTATION;
      out.covers.push_back(cover);
    }
  }
  return out;
}

}  // namespace foia::ocr
