#include "ocr/redaction/boxes.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace foia::ocr {
namespace {

using documents::v1::REDACTION_KIND_OUTLINE;
using documents::v1::REDACTION_KIND_SOLID;

// Grey levels: darker is ink of a solid box, of an outline, of a label.
constexpr int kSolidLevel = 120;
constexpr int kOutlineLevel = 205;
constexpr int kLabelLevel = 140;
// Share of dark pixels around a point that makes it part of a solid box; letters stay below.
constexpr double kDensity = 0.58;
// Smallest box, points.
constexpr double kMinSolidWidth = 8, kMinSolidHeight = 6;
constexpr double kMinOutlineWidth = 9, kMinOutlineHeight = 6;
// A larger one is the page's frame or its shadow.
constexpr double kMaxPageShare = 0.9;
constexpr double kRectangularFill = 0.86;
// Less ink than this inside an outline is dirt.
constexpr double kEmptyInk = 0.008;
// Height to which a label is scaled, and the white around it.
constexpr int kLabelHeight = 36, kLabelBorder = 16;

struct PixFree {
  void operator()(Pix* p) const { pixDestroy(&p); }
};
using PixPtr = std::unique_ptr<Pix, PixFree>;
struct BoxaFree {
  void operator()(Boxa* b) const { boxaDestroy(&b); }
};
using BoxaPtr = std::unique_ptr<Boxa, BoxaFree>;
struct PixaFree {
  void operator()(Pixa* p) const { pixaDestroy(&p); }
};
using PixaPtr = std::unique_ptr<Pixa, PixaFree>;

PixPtr Own(Pix* pix) { return PixPtr(pix); }

std::vector<Rect> ToRects(Boxa* boxes) {
  std::vector<Rect> out;
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes);
  for (int i = 0; i < n; ++i) {
    l_int32 x, y, w, h;
    boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
    out.push_back({static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + w),
                   static_cast<float>(y + h)});
  }
  return out;
}

PixPtr Clip(Pix* pix, const Rect& r) {
  Box* box = boxCreate(static_cast<int>(r.x0), static_cast<int>(r.y0), static_cast<int>(r.width()),
                       static_cast<int>(r.height()));
  PixPtr out = Own(pixClipRectangle(pix, box, nullptr));
  boxDestroy(&box);
  return out;
}

int Count(Pix* pix) {
  l_int32 n = 0;
  if (pix != nullptr) pixCountPixels(pix, &n, nullptr);
  return n;
}

double Share(Pix* pix) {
  return pix == nullptr ? 0
                        : Count(pix) / (static_cast<double>(pixGetWidth(pix)) * pixGetHeight(pix));
}

Rect Bound(const Rect& r, Pix* pix) {
  return Intersect(
      r, {0, 0, static_cast<float>(pixGetWidth(pix)), static_cast<float>(pixGetHeight(pix))});
}

int AtLeastOne(double pixels) { return std::max(1, static_cast<int>(std::lround(pixels))); }

// Fills white spots that the box encloses: the letters of its label.
void FillEnclosed(Pix* clip) {
  const PixPtr filled = Own(pixHolesByFilling(clip, 4));
  if (filled == nullptr) return;
  const double limit = 0.2 * pixGetWidth(clip) * pixGetHeight(clip);
  Pixa* parts = nullptr;
  BoxaPtr boxes(pixConnComp(filled.get(), &parts, 8));
  const PixaPtr own(parts);
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes.get());
  for (int i = 0; i < n; ++i) {
    l_int32 x, y, w, h;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &w, &h);
    const PixPtr part = Own(pixaGetPix(parts, i, L_CLONE));
    if (Count(part.get()) > limit) continue;
    pixRasterop(clip, x, y, w, h, PIX_SRC | PIX_DST, part.get(), 0, 0);
  }
}

void FindSolid(Pix* grey, double pt, std::vector<FoundBox>* out) {
  const PixPtr ink = Own(pixThresholdToBinary(grey, kSolidLevel));
  const PixPtr coarse = Own(ink == nullptr ? nullptr : pixScaleToGray4(ink.get()));
  const PixPtr smooth = Own(coarse == nullptr ? nullptr : pixBlockconv(coarse.get(), 1, 1));
  if (smooth == nullptr) return;
  const PixPtr dense =
      Own(pixThresholdToBinary(smooth.get(), static_cast<int>(255 * (1 - kDensity)) + 1));
  const PixPtr cores =
      Own(pixOpenBrick(nullptr, dense.get(), AtLeastOne(5 * pt / 4), AtLeastOne(4 * pt / 4)));
  // A label splits its box: what stands side by side is looked at together.
  const PixPtr seeds = Own(pixCloseSafeBrick(nullptr, cores.get(), AtLeastOne(24 * pt / 4), 1));
  const BoxaPtr found(pixConnComp(seeds.get(), nullptr, 8));
  for (const Rect& seed : ToRects(found.get())) {
    const float margin = 12;
    const Rect around = Bound(
        {seed.x0 * 4 - margin, seed.y0 * 4 - margin, seed.x1 * 4 + margin, seed.y1 * 4 + margin},
        ink.get());
    if (around.empty()) continue;
    const PixPtr clip = Clip(ink.get(), around);
    if (clip == nullptr) continue;
    FillEnclosed(clip.get());
    const PixPtr closed =
        Own(pixCloseSafeBrick(nullptr, clip.get(), AtLeastOne(1.6 * pt), AtLeastOne(1.6 * pt)));
    const PixPtr opened =
        Own(pixOpenBrick(nullptr, closed.get(), AtLeastOne(4 * pt), AtLeastOne(3.2 * pt)));
    Pixa* parts = nullptr;
    const BoxaPtr boxes(pixConnComp(opened.get(), &parts, 8));
    const PixaPtr own(parts);
    const std::vector<Rect> rects = ToRects(boxes.get());
    for (size_t i = 0; i < rects.size(); ++i) {
      const Rect& r = rects[i];
      if (static_cast<double>(r.width()) < kMinSolidWidth * pt ||
          static_cast<double>(r.height()) < kMinSolidHeight * pt) {
        continue;
      }
      const PixPtr part = Own(pixaGetPix(parts, static_cast<int>(i), L_CLONE));
      const double fill = Share(part.get());
      if (fill < kRectangularFill) continue;
      FoundBox box;
      box.kind = REDACTION_KIND_SOLID;
      box.dark = true;
      box.box = {around.x0 + r.x0, around.y0 + r.y0, around.x0 + r.x1, around.y0 + r.y1};
      box.confidence = static_cast<float>(std::min(0.99, fill));
      out->push_back(box);
    }
  }
}

// Share of a side of `r` (0 left, 1 top, 2 right, 3 bottom) along which there is ink just outside.
double SideInk(Pix* ink, const Rect& r, int side, float reach) {
  Rect band;
  switch (side) {
    case 0:
      band = {r.x0 - reach, r.y0, r.x0, r.y1};
      break;
    case 1:
      band = {r.x0, r.y0 - reach, r.x1, r.y0};
      break;
    case 2:
      band = {r.x1, r.y0, r.x1 + reach, r.y1};
      break;
    default:
      band = {r.x0, r.y1, r.x1, r.y1 + reach};
  }
  band = Bound(band, ink);
  if (band.empty()) return 0;
  const PixPtr clip = Clip(ink, band);
  if (clip == nullptr) return 0;
  // Ink anywhere across the band counts for that place along it.
  const bool vertical = side % 2 == 0;
  Numa* counts =
      vertical ? pixCountPixelsByRow(clip.get(), nullptr) : pixCountPixelsByColumn(clip.get());
  if (counts == nullptr) return 0;
  const int n = numaGetCount(counts);
  int covered = 0;
  for (int i = 0; i < n; ++i) {
    l_int32 v = 0;
    numaGetIValue(counts, i, &v);
    covered += v > 0 ? 1 : 0;
  }
  numaDestroy(&counts);
  return n == 0 ? 0 : static_cast<double>(covered) / n;
}

// Ink as dark as a thin outline. Shading is evened out first, or the paper would be ink.
PixPtr FaintInk(Pix* grey) {
  const PixPtr even = Own(pixBackgroundNorm(grey, nullptr, nullptr, 10, 15, 60, 40, 250, 2, 1));
  return Own(pixThresholdToBinary(even == nullptr ? grey : even.get(), kOutlineLevel));
}

// The long horizontal and vertical strokes: with them outlines with gaps close, which in the ink as
// it is would glue letters together.
PixPtr Strokes(Pix* ink, double pt) {
  const int bridge = AtLeastOne(0.7 * pt);
  const PixPtr across = Own(pixCloseSafeBrick(nullptr, ink, bridge, 1));
  const PixPtr down = Own(pixCloseSafeBrick(nullptr, ink, 1, bridge));
  PixPtr strokes = Own(pixOpenBrick(nullptr, across.get(), AtLeastOne(10 * pt), 1));
  const PixPtr upright = Own(pixOpenBrick(nullptr, down.get(), 1, AtLeastOne(8.5 * pt)));
  if (strokes == nullptr || upright == nullptr) return nullptr;
  pixOr(strokes.get(), strokes.get(), upright.get());
  const int corner = AtLeastOne(0.9 * pt);
  return Own(pixCloseSafeBrick(nullptr, strokes.get(), corner, corner));
}

// White areas that `closed`, the ink, encloses as a rectangle.
void FindEnclosed(Pix* ink, const PixPtr& closed, double pt, std::vector<FoundBox>* out) {
  if (closed == nullptr) return;
  const PixPtr white = Own(pixInvert(nullptr, closed.get()));
  Pixa* parts = nullptr;
  const BoxaPtr boxes(pixConnComp(white.get(), &parts, 4));
  const PixaPtr own(parts);
  const std::vector<Rect> rects = ToRects(boxes.get());
  const double page = static_cast<double>(pixGetWidth(closed.get())) * pixGetHeight(closed.get());
  for (size_t i = 0; i < rects.size(); ++i) {
    const Rect& r = rects[i];
    if (static_cast<double>(r.width()) < kMinOutlineWidth * pt ||
        static_cast<double>(r.height()) < kMinOutlineHeight * pt ||
        static_cast<double>(r.area()) > 0.5 * page) {
      continue;
    }
    const PixPtr part = Own(pixaGetPix(parts, static_cast<int>(i), L_COPY));
    const PixPtr holes = Own(part == nullptr ? nullptr : pixHolesByFilling(part.get(), 8));
    if (holes == nullptr) continue;
    pixOr(part.get(), part.get(), holes.get());
    if (Share(part.get()) < 0.93) continue;
    bool framed = true;
    for (int side = 0; side < 4 && framed; ++side) {
      framed = SideInk(closed.get(), r, side, static_cast<float>(std::max(2.0, pt * 0.8))) >= 0.85;
    }
    const bool known = std::any_of(out->begin(), out->end(), [&](const FoundBox& b) {
      return b.kind == REDACTION_KIND_OUTLINE && IntersectionOverUnion(b.box, r) > 0.5F;
    });
    if (!framed || known) continue;
    FoundBox box;
    box.kind = REDACTION_KIND_OUTLINE;
    box.box = r;
    box.confidence = 0.7F;
    const float inset = static_cast<float>(pt);
    const Rect inner{r.x0 + inset, r.y0 + inset, r.x1 - inset, r.y1 - inset};
    box.empty = inner.empty() ? false : Share(Clip(ink, inner).get()) < kEmptyInk;
    out->push_back(box);
  }
}

// Cells of a form touch other cells along whole sides; redactions stand alone or in short rows.
void MarkCells(double pt, std::vector<FoundBox>* boxes) {
  const auto gap = static_cast<float>(4 * pt);
  const std::vector<FoundBox> all = *boxes;
  for (FoundBox& box : *boxes) {
    if (!box.empty) continue;
    const Rect around{box.box.x0 - gap, box.box.y0 - gap, box.box.x1 + gap, box.box.y1 + gap};
    const auto neighbours = std::count_if(all.begin(), all.end(), [&](const FoundBox& other) {
      return other.kind == REDACTION_KIND_OUTLINE && !(other.box == box.box) &&
             !Intersect(around, other.box).empty();
    });
    if (neighbours >= 2) box.empty = false;
  }
}

// Joins solid boxes that a label has split: side by side on one row with hardly a gap.
void MergeRows(double pt, std::vector<FoundBox>* boxes) {
  const float gap = static_cast<float>(2.5 * pt);
  for (size_t i = 0; i < boxes->size(); ++i) {
    for (size_t j = i + 1; j < boxes->size();) {
      Rect& a = (*boxes)[i].box;
      const Rect& b = (*boxes)[j].box;
      const float common = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
      const bool row = common >= 0.7F * std::max(a.height(), b.height());
      if (row && b.x0 - a.x1 <= gap && a.x0 - b.x1 <= gap) {
        a = Union(a, b);
        boxes->erase(boxes->begin() + static_cast<ptrdiff_t>(j));
        j = i + 1;
      } else {
        ++j;
      }
    }
  }
}

}  // namespace

std::vector<FoundBox> FindBoxes(const Raster& page, int dpi) {
  std::vector<FoundBox> found;
  const double pt = dpi / 72.0;
  FindSolid(page.pix(), pt, &found);
  MergeRows(pt, &found);
  if (const PixPtr ink = FaintInk(page.pix()); ink != nullptr) {
    FindEnclosed(ink.get(), Own(pixCloseSafeBrick(nullptr, ink.get(), 2, 2)), pt, &found);
    FindEnclosed(ink.get(), Strokes(ink.get(), pt), pt, &found);
  }
  MarkCells(pt, &found);
  const float area = static_cast<float>(page.width()) * static_cast<float>(page.height());
  std::erase_if(found, [&](const FoundBox& b) {
    return b.box.area() > static_cast<float>(kMaxPageShare) * area;
  });
  // The white letters' insides and the like: a box within a solid box is part of its label.
  std::vector<FoundBox> kept;
  for (const FoundBox& b : found) {
    const bool inside = std::any_of(found.begin(), found.end(), [&](const FoundBox& o) {
      return &o != &b && o.box.area() > b.box.area() && Coverage(b.box, o.box) > 0.8F &&
             o.kind == REDACTION_KIND_SOLID;
    });
    if (!inside) kept.push_back(b);
  }
  return kept;
}

std::vector<Raster> LabelLines(const Raster& page, const FoundBox& box, int dpi) {
  std::vector<Raster> lines;
  const float pt = static_cast<float>(dpi) / 72;
  const float inset = std::clamp(pt, 2.0F, 6.0F);
  const Rect inner{box.box.x0 + inset, box.box.y0 + inset, box.box.x1 - inset, box.box.y1 - inset};
  Raster crop = page.Crop(inner);
  if (crop.empty() || crop.width() < 8 || crop.height() < 6) return lines;
  if (box.dark) crop.Invert();
  // Letters: not touching the border across the whole box, and larger than a speck.
  const PixPtr ink = Own(pixThresholdToBinary(crop.pix(), kLabelLevel));
  const int speck = AtLeastOne(static_cast<double>(pt) * 0.6);
  const PixPtr letters =
      Own(ink == nullptr ? nullptr
                         : pixSelectBySize(ink.get(), speck, speck, 8, L_SELECT_IF_BOTH,
                                           L_SELECT_IF_GTE, nullptr));
  if (letters == nullptr) return lines;
  Numa* rows = pixCountPixelsByRow(letters.get(), nullptr);
  if (rows == nullptr) return lines;
  const int n = numaGetCount(rows);
  int start = -1;
  for (int y = 0; y <= n; ++y) {
    l_int32 v = 0;
    if (y < n) numaGetIValue(rows, y, &v);
    if (v > 0 && start < 0) start = y;
    if (v > 0 || start < 0) continue;
    const int height = y - start;
    // Shorter is dirt; a label is 4 points high at least.
    if (static_cast<float>(height) >= 2.5F * pt) {
      const Rect band{0, static_cast<float>(start), static_cast<float>(crop.width()),
                      static_cast<float>(y)};
      const PixPtr strip = Clip(letters.get(), band);
      l_int32 x0 = 0, w = crop.width();
      Box* tight = nullptr;
      if (pixClipToForeground(strip.get(), nullptr, &tight) == 0 && tight != nullptr) {
        boxGetGeometry(tight, &x0, nullptr, &w, nullptr);
        boxDestroy(&tight);
      }
      const float margin = 2;
      Raster line = crop.Crop({static_cast<float>(x0) - margin, band.y0 - margin,
                               static_cast<float>(x0 + w) + margin, band.y1 + margin});
      if (!line.empty() && line.width() < 40 * line.height()) {
        Raster scaled = line.ScaledToHeight(kLabelHeight);
        if (!scaled.empty()) {
          scaled.AddBorder(kLabelBorder, 255);
          lines.push_back(std::move(scaled));
        }
      }
    }
    start = -1;
  }
  numaDestroy(&rows);
  return lines;
}

}  // namespace foia::ocr
