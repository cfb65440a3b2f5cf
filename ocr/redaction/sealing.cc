#include "ocr/redaction/sealing.h"

#include <algorithm>
#include <cctype>
#include <cmath>

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
// Text this near to the grey of what it stands on cannot be seen.
constexpr float kSameGrey = 0.1F;

constexpr int kMinScannedLetters = 3;

bool Blank(char32_t c) { return c <= ' ' || c == 0xA0; }
bool WordLike(char32_t c) { return c > 127 || std::isalnum(static_cast<unsigned char>(c)) != 0; }

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
  bool pixels = false;
  bool image = false;
  float grey = 0;
  std::vector<size_t> glyphs;
};

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

int Recoverable(const PageContent& page, const Sealing& sealing, const Candidate& candidate) {
  std::string text;
  int characters = 0, words = 0;
  bool repeated = true;
  char32_t first = 0;
  for (const size_t i : candidate.glyphs) {
    const char32_t c = page.glyphs[i].code;
    AppendUtf8(&text, c);
    ++characters;
    if (Blank(c)) continue;
    if (first == 0) first = c;
    repeated &= c == first;
    if (WordLike(c)) ++words;
  }
  if (words == 0 || (repeated && words > 1)) return 0;
  // Under a box that only the pixels show, a letter or two are a scanner's reading of dirt.
  if (candidate.pixels && words < kMinScannedLetters) return 0;
  if (ParseCodes(text, CodeContext::kZone).complete) return 0;
  const bool again = std::all_of(candidate.glyphs.begin(), candidate.glyphs.end(), [&](size_t i) {
    return Blank(page.glyphs[i].code) || ShownAgain(page, sealing.sealed, i);
  });
  return again ? 0 : characters;
}

}  // namespace

Sealing SealHiddenText(const PageContent& page, const std::vector<Rect>& pixel_boxes,
                       const std::function<bool(const Rect&)>& uniform) {
  const Rect sheet = DisplayedPage(page.transform);
  std::vector<Candidate> candidates;
  float images = 0;
  for (const PaintEvent& paint : page.paints) {
    if (paint.kind == PaintEvent::Kind::kImage) images += paint.box.area();
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
    const float painted = paint.kind == PaintEvent::Kind::kImage ? images : paint.box.area();
    c.background = painted > kBackground * sheet.area();
    candidates.push_back(c);
  }
  for (const Rect& box : pixel_boxes) {
    Candidate c;
    c.cover.box = box;
    c.cover.origin = REDACTION_ORIGIN_RASTER;
    c.pixels = true;
    candidates.push_back(c);
  }

  Sealing out;
  out.sealed.assign(page.glyphs.size(), false);
  for (size_t i = 0; i < page.glyphs.size(); ++i) {
    const Glyph& glyph = page.glyphs[i];
    Candidate* best = nullptr;
    float best_share = 0;
    Candidate* below = nullptr;  // what the glyph was painted on
    for (Candidate& c : candidates) {
      const float share = Coverage(glyph.box, c.cover.box);
      if (share < kHidden) continue;
      if (!c.pixels && c.sequence <= glyph.sequence) {
        below = &c;
        continue;
      }
      // A background that shows nothing here hides, but is no redaction: any other cover is better.
      // And what was painted is a surer cover than what the pixels show.
      if (c.background && best != nullptr) continue;
      if (c.pixels && best != nullptr && !best->pixels && !best->background) continue;
      if (!c.background && share < best_share) continue;
      if ((c.pixels || c.background) && !uniform(Inner(glyph.box, c.cover.box))) continue;
      best = &c;
      best_share = c.background ? 0 : share;
    }
    // Black on black: word processors' highlighting.
    if ((best == nullptr || best->pixels) && below != nullptr && !below->image &&
        !glyph.invisible && std::abs(below->grey - glyph.grey) < kSameGrey &&
        uniform(Inner(glyph.box, below->cover.box))) {
      best = below;
    }
    if (best == nullptr) continue;
    out.sealed[i] = true;
    best->glyphs.push_back(i);
    AppendUtf8(&out.text, glyph.code);
    ++out.characters;
  }
  for (Candidate& c : candidates) {
    if (c.glyphs.empty() || c.background) continue;
    c.cover.recoverable_chars = Recoverable(page, out, c);
    out.covers.push_back(c.cover);
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
