#include "ocr/redaction/sealing.h"

#include <algorithm>
#include <cctype>
#include <map>

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

bool Blank(char32_t c) { return c <= ' ' || c == 0xA0; }
bool WordLike(char32_t c) { return c > 127 || std::isalnum(static_cast<unsigned char>(c)) != 0; }

// A cover with what lies below.
struct Candidate {
  Cover cover;
  int sequence = 0;
  bool background = false;
  bool pixels = false;
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
    if (Blank(c)) continue;
    if (first == 0) first = c;
    repeated &= c == first;
    ++characters;
    if (WordLike(c)) ++words;
  }
  if (words == 0 || (repeated && characters > 1)) return 0;
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
    for (Candidate& c : candidates) {
      if (!c.pixels && c.sequence <= glyph.sequence) continue;
      const float share = Coverage(glyph.box, c.cover.box);
      if (share < kHidden || share < best_share) continue;
      if ((c.pixels || c.background) && !uniform(glyph.box)) continue;
      // A background that shows nothing here hides, but is no redaction: any other cover is better.
      if (c.background && best != nullptr) continue;
      best = &c;
      best_share = c.background ? 0 : share;
    }
    if (best == nullptr) continue;
    out.sealed[i] = true;
    best->glyphs.push_back(i);
    if (Blank(glyph.code)) continue;
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
