#include "ocr/redaction/boxes.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

namespace foia::ocr {
namespace {

using documents::v1::REDACTION_KIND_GREY;
using documents::v1::REDACTION_KIND_OUTLINE;
using documents::v1::REDACTION_KIND_SOLID;

// Boxes are looked for at half the resolution from here on: nothing of them is lost at 125 dpi.
constexpr int kHalveDpi = 250;
// Grey levels, with the paper evened out to white: darker is a solid box, is a grey one or the ink
// of an outline.
constexpr int kSolidLevel = 120;
constexpr int kInkLevel = 205;
constexpr int kGreyLevel = 228;
// Share of dark pixels around a point that makes it part of a solid box; letters stay below.
constexpr double kDensity = 0.58;
// Share of dark pixels in a box with its label (a grid whose cells were filled as if they were
// letters has less), in one of several that touch, and in one too narrow for a label.
constexpr double kMinDark = 0.4, kBandDark = 0.6, kSmallDark = 0.93;
constexpr double kSmallWidth = 14;
// Smallest box, points.
constexpr double kMinSolidWidth = 8, kMinSolidHeight = 6;
constexpr double kMinGreyWidth = 14, kMinGreyHeight = 6;
constexpr double kMinOutlineWidth = 14, kMinOutlineHeight = 6;
// An outline no wider than so many times its height, and no higher than this, points, is a letter
// or a box to be ticked.
constexpr double kTickBoxAspect = 1.2, kTickBoxHeight = 60;
// A border of so many points, on so much of a side, is none of an outline.
constexpr double kThickBorder = 3, kMostOfSide = 0.6;
// A shadow is so many times as long as it is deep.
constexpr float kShadowAspect = 3;
// What is letter-sized may be a letter of large print: its height, points, its width over that, and
// how much of a box it fills. Its neighbours have about its height, and stand or hang on its lines.
constexpr float kLetterMinHeight = 12, kLetterMaxHeight = 100, kLetterAspect = 1.5F;
constexpr double kLetterFill = 0.93;
constexpr float kNeighbourHeight = 0.65F, kNeighbourGap = 0.8F, kSameLine = 0.15F;
// The x of heavy print that is as dark as a box is no higher than this, points. How far beside it,
// in its heights, its word goes on: in most columns, with so much ink.
constexpr float kHeavyHeight = 7, kBesideReach = 0.8F;
constexpr double kInkedColumns = 0.7, kLetterInk = 0.25;
// Bars narrower and no longer than so many times their width, points, are strokes of letters.
constexpr float kStemWidth = 14, kStemAspect = 1.8F;
// So many outlines of one size are the fields of a form.
constexpr auto kAlike = 4;
// A larger outline may be the page's frame, which is one only with a label; the second is its
// shadow.
constexpr double kPageFrame = 0.5;
constexpr double kMaxPageShare = 0.9;
constexpr double kRectangularFill = 0.86;
// A grey box has one grey: this share of it within so many levels, the label may have the rest, and
// hardly any of it is lighter.
constexpr double kOneGreyShare = 0.33, kLighterShare = 0.06;
constexpr int kOneGreyLevels = 8;
// Of pixels that are quite black or white, in a black and white scan.
constexpr double kTwoTone = 0.8;
// Dots: the resolution over the narrowest stroke that is none, and over what their blur takes;
// their share of places that were grey, and of a box that these have.
constexpr double kStrokeDpi = 100, kDotDpi = 150, kDotted = 0.12, kMinDotted = 0.15;
// More of the page than this in grey is a picture, or paper that could not be evened out.
constexpr double kMostlyGrey = 0.45;
// More of the page than this in black is a box over all of it.
constexpr double kMostlyBlack = 0.4;
// Less ink than this inside an outline is dirt.
constexpr double kEmptyInk = 0.008;
// Where the margins begin, as shares of the width; heights of what stands there, points.
constexpr float kRightMargin = 0.85F, kLeftMargin = 0.12F;
constexpr double kMinMarkHeight = 3.5, kMaxMarkHeight = 15;
constexpr size_t kMostMarks = 60;
// A label differs from its box by this many grey levels.
constexpr int kLabelContrast = 50;
// It covers more than this share of its box, and of a large one as many square points.
constexpr double kLabelShare = 0.005, kSmallLabel = 3;
// Height to which a label is scaled, and the white around it.
constexpr int kLabelHeight = 36, kLabelBorder = 16;
// What is longer, in its heights, is no line of letters; of a label, so much is enough. Wider gaps
// than the third divide the cells of a row.
constexpr int kMaxLine = 40, kMaxLabel = 20, kCellGap = 2;
// What a box that is not quite level leaves along its edges: longer than this, points, and than so
// many times its width.
constexpr double kStrip = 24;
constexpr float kStripAspect = 4;

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

// The first and the last but one column of each row of `part` that has ink; where there is none,
// the first is not before the last.
std::vector<std::pair<int, int>> RowEnds(Pix* part) {
  constexpr int kWord = 32;
  const int words = pixGetWpl(part);
  pixSetPadBits(part, 0);
  std::vector<std::pair<int, int>> ends(static_cast<size_t>(pixGetHeight(part)));
  const l_uint32* row = pixGetData(part);
  for (auto& [left, right] : ends) {
    int first = 0, last = words;
    while (first < words && row[first] == 0) ++first;
    while (last > first && row[last - 1] == 0) --last;
    if (first < last) {
      left = first * kWord + std::countl_zero(row[first]);
      right = last * kWord - std::countr_zero(row[last - 1]);
    }
    row += words;
  }
  return ends;
}

// The rectangles of which boxes that touch in neighbouring lines are made up: `part` is cut where
// its left or right end jumps from one row to the next.
std::vector<Rect> Bands(Pix* part, double pt) {
  std::vector<Rect> bands;
  const int w = pixGetWidth(part), h = pixGetHeight(part);
  const auto jump = static_cast<float>(3 * pt);
  float left = 0, right = 0, bottom = 0;
  for (const auto& [first, last] : RowEnds(part)) {
    ++bottom;
    if (first >= last) continue;
    const auto x0 = static_cast<float>(first), x1 = static_cast<float>(last);
    if (bands.empty() || std::abs(x0 - left) > jump || std::abs(x1 - right) > jump) {
      bands.push_back({x0, bottom - 1, x1, bottom});
    } else {
      bands.back() = Union(bands.back(), {x0, bottom - 1, x1, bottom});
    }
    left = x0;
    right = x1;
  }
  std::erase_if(bands, [&](const Rect& b) {
    return static_cast<double>(b.width()) < kMinSolidWidth * pt ||
           static_cast<double>(b.height()) < kMinSolidHeight * pt;
  });
  // Ragged ends, of a hatched box say, are no steps.
  float area = 0;
  for (const Rect& b : bands) area += b.area();
  if (area < 0.6F * static_cast<float>(Count(part))) {
    bands = {{0, 0, static_cast<float>(w), static_cast<float>(h)}};
  }
  return bands;
}

// Where a box ends, right or left, when its upper and its lower edge go on: a label may take up so
// much of it that what is left is not dense.
float FollowEdges(Pix* ink, const Rect& box, double pt, bool right) {
  const auto reach = static_cast<float>(150 * pt), band = static_cast<float>(1.5 * pt);
  const Rect beside = right ? Rect{box.x1, box.y0, box.x1 + reach, box.y1}
                            : Rect{box.x0 - reach, box.y0, box.x0, box.y1};
  const Rect area = Bound(beside, ink);
  if (area.width() < 1) return right ? box.x1 : box.x0;
  const PixPtr upper = Clip(ink, {area.x0, box.y0 + 1, area.x1, box.y0 + 1 + band});
  const PixPtr lower = Clip(ink, {area.x0, box.y1 - 1 - band, area.x1, box.y1 - 1});
  if (upper == nullptr || lower == nullptr) return right ? box.x1 : box.x0;
  const int width = std::min(pixGetWidth(upper.get()), pixGetWidth(lower.get()));
  const auto dark = [&](Pix* edge, int x) {
    const int height = pixGetHeight(edge);
    int n = 0;
    l_uint32 on = 0;
    for (int y = 0; y < height; ++y) {
      pixGetPixel(edge, x, y, &on);
      n += static_cast<int>(on);
    }
    return 2 * n >= height;
  };
  const int gap = AtLeastOne(pt);
  int last = 0;  // columns that belong to the box
  for (int i = 0; i < width && i - last < gap; ++i) {
    const int x = right ? i : width - 1 - i;
    if (dark(upper.get(), x) && dark(lower.get(), x)) last = i + 1;
  }
  return right ? area.x0 + static_cast<float>(last) : area.x1 - static_cast<float>(last);
}

// Tells letters of large print, whose strokes and filled-in bowls are as solid as boxes.
class LargePrint {
 public:
  LargePrint(Pix* ink, double pt) : ink_(ink), pt_(static_cast<float>(pt)) {}

  // `part` is a solid area, made up of `bands`, that stands at `at`.
  bool IsLetter(Pix* part, const std::vector<Rect>& bands, const Rect& at) {
    const float height = at.height();
    if (height > kLetterMaxHeight * pt_ || at.width() > kLetterAspect * height) return false;
    if (height < kLetterMinHeight * pt_) return IsDot(at);
    // Neither one rectangle nor lines below each other.
    float area = 0;
    bool upright = false;
    for (const Rect& band : bands) {
      area += band.area();
      upright |= band.width() < band.height();
    }
    const auto whole = static_cast<float>(Count(part));
    if (bands.size() > 1 && (upright || area < static_cast<float>(kLetterFill) * whole))
      return true;
    const bool round = Share(part) < kLetterFill || !HasCorners(part);
    if (round && Share(Clip(ink_, at).get()) < kLetterFill) return true;
    if (at.width() < kStemWidth * pt_ && height > kStemAspect * at.width()) return true;
    return HasNeighbour(at);
  }

  // Whether the line of letters goes on at the right or left of it: right beside it, and down to
  // the same line.
  bool IsInWord(const Rect& at) const {
    const float h = at.height(), reach = kBesideReach * h;
    if (h > kHeavyHeight * pt_) return false;
    const auto goes_on = [&](float x) {
      const PixPtr beside = Clip(ink_, Bound({x, at.y0 + h / 6, x + reach, at.y1 - h / 6}, ink_));
      const PixPtr below = Clip(ink_, Bound({x, at.y1 + h / 6, x + reach, at.y1 + h / 3}, ink_));
      Numa* columns = beside == nullptr ? nullptr : pixCountPixelsByColumn(beside.get());
      if (columns == nullptr) return false;
      const int n = numaGetCount(columns);
      int inked = 0;
      for (int i = 0; i < n; ++i) {
        l_int32 v = 0;
        numaGetIValue(columns, i, &v);
        inked += v > 0 ? 1 : 0;
      }
      numaDestroy(&columns);
      return inked > kInkedColumns * n && Share(beside.get()) > kLetterInk &&
             Share(below.get()) < kLetterInk / 3;
    };
    return goes_on(at.x1 + 1) || goes_on(at.x0 - 1 - reach);
  }

 private:
  bool HasCorners(Pix* part) const {
    const auto w = static_cast<float>(pixGetWidth(part)),
               h = static_cast<float>(pixGetHeight(part));
    const float side = std::max(2.0F, 0.06F * h);
    for (const float x : {0.0F, w - side}) {
      for (const float y : {0.0F, h - side}) {
        if (Share(Clip(part, {x, y, x + side, y + side}).get()) < 0.5) return false;
      }
    }
    return true;
  }

  // All that is connected.
  const std::vector<Rect>& Marks() {
    if (!marks_.has_value()) {
      const PixPtr coarse = Own(pixReduceRankBinary2(ink_, 2, nullptr));
      const BoxaPtr found(coarse == nullptr ? nullptr : pixConnComp(coarse.get(), nullptr, 8));
      marks_ = ToRects(found.get());
      for (Rect& r : *marks_) r = {2 * r.x0, 2 * r.y0, 2 * r.x1, 2 * r.y1};
    }
    return *marks_;
  }

  // Whether it is the dot of an i, or stands behind a letter.
  bool IsDot(const Rect& at) {
    const float reach = 1.5F * at.height(), most = kLetterMaxHeight * pt_;
    const Rect around{at.x0 - reach, at.y0 - reach, at.x1 + reach, at.y1 + reach};
    return std::any_of(Marks().begin(), Marks().end(), [&](const Rect& mark) {
      return mark.height() > 3 * at.height() && mark.height() < most && mark.width() < most &&
             2 * mark.width() > at.width() && !Intersect(around, mark).empty();
    });
  }

  // Whether another letter stands beside it.
  bool HasNeighbour(const Rect& at) {
    const float height = at.height(), line = kSameLine * height;
    return std::any_of(Marks().begin(), Marks().end(), [&](const Rect& mark) {
      const float gap = std::max(mark.x0 - at.x1, at.x0 - mark.x1);
      return mark.height() > kNeighbourHeight * height &&
             kNeighbourHeight * mark.height() < height && 4 * mark.width() > height &&
             mark.width() < 2 * height && gap > -line && gap < kNeighbourGap * height &&
             (std::abs(mark.y0 - at.y0) < line || std::abs(mark.y1 - at.y1) < line) &&
             Share(Clip(ink_, mark).get()) < kRectangularFill;
    });
  }

  Pix* const ink_;
  const float pt_;
  std::optional<std::vector<Rect>> marks_;
};

void FindSolid(Pix* grey, double pt, std::vector<FoundBox>* out) {
  const PixPtr ink = Own(pixThresholdToBinary(grey, kSolidLevel));
  const PixPtr coarse = Own(ink == nullptr ? nullptr : pixScaleToGray2(ink.get()));
  const PixPtr smooth = Own(coarse == nullptr ? nullptr : pixBlockconv(coarse.get(), 1, 1));
  if (smooth == nullptr) return;
  const PixPtr dense =
      Own(pixThresholdToBinary(smooth.get(), static_cast<int>(255 * (1 - kDensity)) + 1));
  const PixPtr cores =
      Own(pixOpenBrick(nullptr, dense.get(), AtLeastOne(5 * pt / 2), AtLeastOne(4 * pt / 2)));
  if (Count(cores.get()) == 0) return;
  // A label splits its box: what stands side by side is looked at together.
  const PixPtr seeds = Own(pixCloseSafeBrick(nullptr, cores.get(), AtLeastOne(24 * pt / 2), 1));
  const BoxaPtr found(pixConnComp(seeds.get(), nullptr, 8));
  LargePrint print(ink.get(), pt);
  for (const Rect& seed : ToRects(found.get())) {
    const float margin = 6;
    const Rect around = Bound(
        {seed.x0 * 2 - margin, seed.y0 * 2 - margin, seed.x1 * 2 + margin, seed.y1 * 2 + margin},
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
      const std::vector<Rect> bands = Bands(part.get(), pt);
      if (print.IsLetter(
              part.get(), bands,
              {around.x0 + r.x0, around.y0 + r.y0, around.x0 + r.x1, around.y0 + r.y1})) {
        continue;
      }
      for (const Rect& b : bands) {
        const double fill = Share(Clip(part.get(), b).get());
        if (fill < kRectangularFill) continue;
        FoundBox box;
        box.kind = REDACTION_KIND_SOLID;
        box.box = {around.x0 + r.x0 + b.x0, around.y0 + r.y0 + b.y0, around.x0 + r.x0 + b.x1,
                   around.y0 + r.y0 + b.y1};
        const bool small = static_cast<double>(b.width()) < kSmallWidth * pt;
        const double dark = Share(Clip(ink.get(), box.box).get());
        if (dark < kSmallDark && print.IsInWord(box.box)) continue;
        if (dark < (small ? kSmallDark : bands.size() > 1 ? kBandDark : kMinDark)) continue;
        box.box.x0 = FollowEdges(ink.get(), box.box, pt, false);
        box.box.x1 = FollowEdges(ink.get(), box.box, pt, true);
        box.confidence = static_cast<float>(std::min(0.99, fill));
        out->push_back(box);
      }
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

// The long horizontal and vertical strokes. Pieces of lines that a copy has broken are joined,
// which in the ink as it is would glue letters together.
PixPtr Strokes(Pix* ink, double pt, int thick) {
  // Lengths in points: gaps of dots, pieces that are no letters', gaps between them, and a side.
  const auto along = [&](bool level, double dots, double piece, double gap, double side) {
    const auto w = [&](double length) { return level ? AtLeastOne(length * pt) : 1; };
    const auto h = [&](double length) { return level ? 1 : AtLeastOne(length * pt); };
    PixPtr p = Own(pixDilateBrick(nullptr, ink, level ? 1 : thick, level ? thick : 1));
    p = Own(pixCloseSafeBrick(nullptr, p.get(), w(dots), h(dots)));
    p = Own(pixOpenBrick(nullptr, p.get(), w(piece), h(piece)));
    p = Own(pixCloseSafeBrick(nullptr, p.get(), w(gap), h(gap)));
    return Own(pixOpenBrick(nullptr, p.get(), w(side), h(side)));
  };
  PixPtr strokes = along(true, 0.7, 4.5, 3, 10);
  const PixPtr upright = along(false, 0.7, 3, 2, 8);
  if (strokes == nullptr || upright == nullptr) return nullptr;
  pixOr(strokes.get(), strokes.get(), upright.get());
  const int corner = AtLeastOne(pt);
  return Own(pixCloseSafeBrick(nullptr, strokes.get(), corner, corner));
}

// White areas that the strokes of `ink` enclose as a rectangle; `frames` are all of them, those
// that are too narrow for redactions, too.
void FindOutlines(Pix* ink, double pt, int thick, std::vector<FoundBox>* out,
                  std::vector<Rect>* frames, std::vector<FoundBox>* page_wide) {
  const PixPtr strokes = Strokes(ink, pt, thick);
  if (strokes == nullptr || Count(strokes.get()) == 0) return;
  const PixPtr white = Own(pixInvert(nullptr, strokes.get()));
  const BoxaPtr boxes(pixConnComp(white.get(), nullptr, 4));
  const double page = static_cast<double>(pixGetWidth(ink)) * pixGetHeight(ink);
  for (const Rect& r : ToRects(boxes.get())) {
    if (static_cast<double>(r.width()) < kMinOutlineWidth * pt ||
        static_cast<double>(r.height()) < kMinOutlineHeight * pt ||
        Share(Clip(white.get(), r).get()) < kRectangularFill) {
      continue;
    }
    bool framed = true;
    for (int side = 0; side < 4 && framed; ++side) {
      framed = SideInk(strokes.get(), r, side, static_cast<float>(std::max(2.0, pt * 0.8))) >= 0.85;
    }
    const bool tick_box =
        static_cast<double>(r.width()) < kTickBoxAspect * static_cast<double>(r.height()) &&
        static_cast<double>(r.height()) < kTickBoxHeight * pt;
    const bool known = std::any_of(out->begin(), out->end(), [&](const FoundBox& b) {
      return b.kind == REDACTION_KIND_OUTLINE && !Intersect(b.box, r).empty();
    });
    // The inside of a letter of large print has a thick border.
    const auto border = static_cast<float>(kThickBorder * pt);
    const Rect outer{r.x0 - border, r.y0 - border, r.x1 + border, r.y1 + border};
    int thick_sides = 0;
    for (int side = 0; side < 4 && framed; ++side) {
      thick_sides += SideInk(ink, outer, side, static_cast<float>(pt)) > kMostOfSide ? 1 : 0;
    }
    if (!framed || thick_sides > 2) continue;
    const float rim = static_cast<float>(0.7 * pt);
    const Rect frame = Bound({r.x0 - rim, r.y0 - rim, r.x1 + rim, r.y1 + rim}, ink);
    if (static_cast<double>(r.area()) > kPageFrame * page) {
      if (page_wide->empty()) {
        page_wide->push_back({});
        page_wide->back().kind = REDACTION_KIND_OUTLINE;
        page_wide->back().box = frame;
        page_wide->back().page_wide = true;
        page_wide->back().confidence = 0.7F;
      }
      continue;
    }
    frames->push_back(frame);
    if (known || tick_box) continue;
    FoundBox box;
    box.kind = REDACTION_KIND_OUTLINE;
    const float inset = static_cast<float>(pt);
    const Rect inner{r.x0 + inset, r.y0 + inset, r.x1 - inset, r.y1 - inset};
    box.empty = inner.empty() ? false : Share(Clip(ink, inner).get()) < kEmptyInk;
    box.box = frame;
    box.confidence = 0.7F;
    out->push_back(box);
  }
}

// Whether `clip` is of one grey, the ink of a label apart.
bool OneGrey(Pix* clip) {
  const PixPtr smooth = Own(pixBlockconv(clip, 1, 1));
  Numa* histogram = smooth == nullptr ? nullptr : pixGetGrayHistogram(smooth.get(), 1);
  if (histogram == nullptr) return false;
  const double all = static_cast<double>(pixGetWidth(clip)) * pixGetHeight(clip);
  l_int32 n = 0;
  double most = 0, window = 0;
  int mode = 0;
  for (int level = 0; level < 256 + kOneGreyLevels; ++level) {
    if (level < 256) {
      numaGetIValue(histogram, level, &n);
      window += n;
    }
    if (const int gone = level - 2 * kOneGreyLevels - 1; gone >= 0) {
      numaGetIValue(histogram, gone, &n);
      window -= n;
    }
    if (window > most) {
      most = window;
      mode = level - kOneGreyLevels;
    }
  }
  double lighter = 0;
  for (int level = mode + 2 * kOneGreyLevels; level < 256; ++level) {
    numaGetIValue(histogram, level, &n);
    lighter += n;
  }
  numaDestroy(&histogram);
  return most >= kOneGreyShare * all && lighter <= kLighterShare * all && mode < kGreyLevel;
}

// Boxes in one grey, paler than the solid ones of `out`.
void FindGrey(Pix* grey, double pt, std::vector<FoundBox>* out) {
  const PixPtr mask = Own(pixThresholdToBinary(grey, kGreyLevel));
  if (Share(mask.get()) > kMostlyGrey) return;
  // Letters have no area as large as this without white.
  const PixPtr areas =
      Own(pixOpenBrick(nullptr, mask.get(), AtLeastOne(6 * pt), AtLeastOne(4.5 * pt)));
  if (Count(areas.get()) == 0) return;
  Pixa* parts = nullptr;
  const BoxaPtr boxes(pixConnComp(areas.get(), &parts, 8));
  const PixaPtr own(parts);
  const std::vector<Rect> rects = ToRects(boxes.get());
  for (size_t i = 0; i < rects.size(); ++i) {
    const Rect& r = rects[i];
    if (static_cast<double>(r.width()) < kMinGreyWidth * pt ||
        static_cast<double>(r.height()) < kMinGreyHeight * pt) {
      continue;
    }
    const PixPtr part = Own(pixaGetPix(parts, static_cast<int>(i), L_CLONE));
    if (Share(part.get()) < kRectangularFill) continue;
    const bool solid = std::any_of(out->begin(), out->end(), [&](const FoundBox& b) {
      return Coverage(r, b.box) > 0.5F || Coverage(b.box, r) > 0.5F;
    });
    // Its edges are blurred.
    const auto rim = static_cast<float>(pt);
    const PixPtr inner = Clip(grey, {r.x0 + rim, r.y0 + rim, r.x1 - rim, r.y1 - rim});
    if (solid || inner == nullptr || !OneGrey(inner.get())) continue;
    FoundBox box;
    box.kind = REDACTION_KIND_GREY;
    box.box = r;
    box.confidence = 0.8F;
    out->push_back(box);
  }
}

// Whether nearly all of the page is black or white, as after a scanner's threshold.
bool IsTwoTone(Pix* page) {
  Numa* histogram = pixGetGrayHistogram(page, 8);
  if (histogram == nullptr) return false;
  l_float32 all = 0;
  l_int32 black = 0, white = 0;
  numaGetSum(histogram, &all);
  numaGetIValue(histogram, 0, &black);
  numaGetIValue(histogram, 255, &white);
  numaDestroy(&histogram);
  return black + white > kTwoTone * static_cast<double>(all);
}

// Grey boxes of which a black and white scan has made dots, in pixels of `page`.
void FindDotted(Pix* page, int dpi, std::vector<FoundBox>* out) {
  if (!IsTwoTone(page)) return;
  // What is wide enough for a stroke, its rough edge included, is none.
  const int stroke = std::max(2, AtLeastOne(dpi / kStrokeDpi)), rim = 2 * stroke + 1;
  const PixPtr ink = Own(pixThresholdToBinary(page, 128));
  const PixPtr wide =
      Own(ink == nullptr ? nullptr : pixOpenBrickDwa(nullptr, ink.get(), stroke, stroke));
  const PixPtr strokes =
      Own(wide == nullptr ? nullptr : pixDilateBrickDwa(nullptr, wide.get(), rim, rim));
  const PixPtr dots =
      Own(strokes == nullptr ? nullptr : pixSubtract(nullptr, ink.get(), strokes.get()));
  if (dots == nullptr) return;
  // The places where `of` covers this share, at a quarter of the resolution.
  const double pt = dpi / 72.0 / 4;
  const auto dense = [&](Pix* of, double share, double width) {
    const PixPtr coarse = Own(pixScaleToGray4(of));
    const PixPtr smooth = Own(coarse == nullptr ? nullptr : pixBlockconv(coarse.get(), 1, 1));
    if (smooth == nullptr) return PixPtr();
    const PixPtr places =
        Own(pixThresholdToBinary(smooth.get(), static_cast<int>(255 * (1 - share)) + 1));
    return Own(pixOpenBrick(nullptr, places.get(), AtLeastOne(width * pt), AtLeastOne(4 * pt)));
  };
  const PixPtr grey = dense(dots.get(), kDotted, 4);
  if (Count(grey.get()) == 0) return;
  // Some of it may have become black, and the label is in the midst.
  PixPtr boxes = dense(ink.get(), kDensity, 5);
  if (boxes == nullptr) return;
  pixOr(boxes.get(), boxes.get(), grey.get());
  boxes = Own(pixCloseSafeBrick(nullptr, boxes.get(), AtLeastOne(50 * pt), 1));
  const BoxaPtr parts(pixConnComp(boxes.get(), nullptr, 8));
  for (const Rect& r : ToRects(parts.get())) {
    if (static_cast<double>(r.width()) < kMinGreyWidth * pt ||
        static_cast<double>(r.height()) < kMinGreyHeight * pt ||
        Share(Clip(grey.get(), r).get()) < kMinDotted) {
      continue;
    }
    FoundBox box;
    box.kind = REDACTION_KIND_GREY;
    box.dots = true;
    box.box = {r.x0 * 4, r.y0 * 4, r.x1 * 4, r.y1 * 4};
    box.confidence = 0.6F;
    out->push_back(box);
  }
}

// Cells of a form touch other cells along whole sides, and fields to be ticked have all one size;
// redactions stand alone or in short rows, and are as long as what they hide.
void MarkCells(double pt, const std::vector<Rect>& frames, std::vector<FoundBox>* boxes) {
  const auto gap = static_cast<float>(4 * pt), same = static_cast<float>(1.5 * pt);
  const std::vector<FoundBox> all = *boxes;
  const auto near = [](float a, float b, float reach) { return std::abs(a - b) < reach; };
  for (FoundBox& box : *boxes) {
    if (box.kind != REDACTION_KIND_OUTLINE) continue;
    const Rect& r = box.box;
    const Rect around{r.x0 - gap, r.y0 - gap, r.x1 + gap, r.y1 + gap};
    int neighbours = 0, alike = 0;
    for (const FoundBox& other : all) {
      const Rect& o = other.box;
      if (other.kind != REDACTION_KIND_OUTLINE) continue;
      if (near(o.width(), r.width(), same) && near(o.height(), r.height(), same)) ++alike;
      if (!(o == r) && !Intersect(around, o).empty()) ++neighbours;
    }
    bool row = false, column = false;
    for (const Rect& o : frames) {
      row |= near(o.y0, r.y0, same) && near(o.y1, r.y1, same) &&
             (near(o.x0, r.x1, gap) || near(o.x1, r.x0, gap));
      column |= near(o.x0, r.x0, same) && near(o.x1, r.x1, same) &&
                (near(o.y0, r.y1, gap) || near(o.y1, r.y0, gap));
    }
    box.cell = row && column;
    if (box.cell || neighbours >= 2 || alike >= kAlike) box.empty = false;
  }
}

// The dark edge of the glass: along a side of the page, and long.
bool IsShadow(const FoundBox& box, Pix* page, double pt) {
  if (box.kind != REDACTION_KIND_SOLID) return false;
  const auto near = static_cast<float>(3 * pt);
  const Rect& r = box.box;
  const bool upright = r.x0 < near || r.x1 > static_cast<float>(pixGetWidth(page)) - near;
  const bool level = r.y0 < near || r.y1 > static_cast<float>(pixGetHeight(page)) - near;
  return (upright && r.height() > kShadowAspect * r.width()) ||
         (level && r.width() > kShadowAspect * r.height());
}

// Short words that stand alone in a margin.
void FindMarks(Pix* ink, double pt, std::vector<Rect>* out) {
  const auto width = static_cast<float>(pixGetWidth(ink));
  const auto height = static_cast<float>(pixGetHeight(ink));
  for (const bool right : {true, false}) {
    const Rect zone = right ? Rect{kRightMargin * width, 0, width, height}
                            : Rect{0, 0, kLeftMargin * width, height};
    const PixPtr clip = Clip(ink, zone);
    // Letters and brackets of a code join; a line of the text goes on beyond the margin's edge.
    const PixPtr words =
        Own(clip == nullptr ? nullptr
                            : pixCloseSafeBrick(nullptr, clip.get(), AtLeastOne(4.5 * pt), 1));
    const BoxaPtr boxes(words == nullptr ? nullptr : pixConnComp(words.get(), nullptr, 8));
    for (const Rect& r : ToRects(boxes.get())) {
      const bool inner = right ? r.x0 < 1 : r.x1 > zone.width() - 2;
      if (inner || static_cast<double>(r.height()) < kMinMarkHeight * pt ||
          static_cast<double>(r.height()) > kMaxMarkHeight * pt || r.width() < 1.5F * r.height()) {
        continue;
      }
      out->push_back({zone.x0 + r.x0, r.y0, zone.x0 + r.x1, r.y1});
    }
  }
  // A page has no more codes in its margins; what has is no margin.
  if (out->size() > kMostMarks) out->clear();
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

FoundBoxes FindBoxes(const Raster& page, int dpi) {
  FoundBoxes out;
  std::vector<FoundBox> found;
  const bool halve = dpi >= kHalveDpi;
  Raster even(halve ? pixScaleAreaMap2(page.pix()) : pixCopy(nullptr, page.pix()));
  if (even.empty()) return out;
  // Of a page that is mostly a box, the box would be taken for the paper.
  const PixPtr black = Own(pixThresholdToBinary(even.pix(), kSolidLevel));
  if (Share(black.get()) < kMostlyBlack) even.EvenOut(halve ? dpi / 2 : dpi);
  Pix* grey = even.pix();
  const double pt = dpi / 72.0 / (halve ? 2 : 1);
  FindSolid(grey, pt, &found);
  MergeRows(pt, &found);
  FindGrey(grey, pt, &found);
  const PixPtr ink = Own(pixThresholdToBinary(grey, kInkLevel));
  if (ink == nullptr) return out;
  std::vector<Rect> frames;
  std::vector<FoundBox> page_wide;
  FindOutlines(ink.get(), pt, 1, &found, &frames, &page_wide);
  // A thin line of a fax that is not quite level goes on in the next row.
  if (const int thick = AtLeastOne(0.7 * pt); thick > 1) {
    FindOutlines(ink.get(), pt, thick, &found, &frames, &page_wide);
  }
  MarkCells(pt, frames, &found);
  found.insert(found.end(), page_wide.begin(), page_wide.end());
  out.frames = std::move(frames);
  const float area = static_cast<float>(pixGetWidth(grey)) * static_cast<float>(pixGetHeight(grey));
  std::erase_if(found, [&](const FoundBox& b) {
    return (b.kind != REDACTION_KIND_SOLID &&
            b.box.area() > static_cast<float>(kMaxPageShare) * area) ||
           IsShadow(b, grey, pt);
  });
  // The white letters' insides and the like: a box within a filled box is part of its label.
  for (const FoundBox& b : found) {
    const bool inside = std::any_of(found.begin(), found.end(), [&](const FoundBox& o) {
      return &o != &b && o.box.area() > b.box.area() && Coverage(b.box, o.box) > 0.8F &&
             o.kind != REDACTION_KIND_OUTLINE;
    });
    if (!inside) out.boxes.push_back(b);
  }
  std::vector<FoundBox> dotted;  // in pixels of the page as it is
  FindDotted(page.pix(), dpi, &dotted);
  const bool any =
      !dotted.empty() || std::any_of(out.boxes.begin(), out.boxes.end(), [](const FoundBox& b) {
        return b.empty || b.kind != REDACTION_KIND_OUTLINE;
      });
  if (any) FindMarks(ink.get(), pt, &out.marks);
  const auto full = [](Rect* r) { *r = {r->x0 * 2, r->y0 * 2, r->x1 * 2, r->y1 * 2}; };
  if (halve) {
    for (FoundBox& b : out.boxes) full(&b.box);
    for (Rect& mark : out.marks) full(&mark);
    for (Rect& frame : out.frames) full(&frame);
  }
  out.boxes.insert(out.boxes.begin(), dotted.begin(), dotted.end());
  return out;
}

Raster WithoutDots(const Raster& part, int dpi) {
  const int reach = AtLeastOne(dpi / kDotDpi);
  return Raster(part.empty() ? nullptr : pixBlockconv(part.pix(), reach, reach));
}

namespace {

// The level that `share` of the pixels do not exceed.
int Rank(Numa* histogram, double all, double share) {
  l_int32 n = 0;
  double seen = 0;
  for (int level = 0; level < 256; ++level) {
    numaGetIValue(histogram, level, &n);
    seen += n;
    if (seen >= share * all) return level;
  }
  return 255;
}

// `crop` with the box white and its label black, whichever of them is darker; null without a label.
PixPtr DarkOnWhite(Pix* crop, double pt) {
  Numa* histogram = pixGetGrayHistogram(crop, 1);
  if (histogram == nullptr) return nullptr;
  const double all = static_cast<double>(pixGetWidth(crop)) * pixGetHeight(crop);
  const int ground = Rank(histogram, all, 0.5);
  const double label_share = std::min(kLabelShare, kSmallLabel * pt * pt / all);
  const int darkest = Rank(histogram, all, label_share);
  const int lightest = Rank(histogram, all, 1 - label_share);
  numaDestroy(&histogram);
  const int label = ground - darkest > lightest - ground ? darkest : lightest;
  const int contrast = std::abs(ground - label);
  if (contrast < kLabelContrast) return nullptr;
  PixPtr out = Own(pixCopy(nullptr, crop));
  Numa* levels = numaCreate(256);
  for (int v = 0; v < 256; ++v) {
    const int away = label < ground ? ground - v : v - ground;
    numaAddNumber(levels, static_cast<float>(255 - std::clamp(255 * away / contrast, 0, 255)));
  }
  if (out != nullptr) pixTRCMap(out.get(), nullptr, levels);
  numaDestroy(&levels);
  return out;
}

// The letters of `crop`: neither specks nor what is left of the box's border.
PixPtr Letters(Pix* crop, double pt) {
  PixPtr ink = Own(pixThresholdToBinary(crop, 128));
  const int speck = AtLeastOne(pt * 0.6);
  PixPtr letters =
      Own(ink == nullptr ? nullptr
                         : pixSelectBySize(ink.get(), speck, speck, 8, L_SELECT_IF_BOTH,
                                           L_SELECT_IF_GTE, nullptr));
  if (letters == nullptr) return nullptr;
  const int w = pixGetWidth(crop), h = pixGetHeight(crop);
  const auto strip = static_cast<float>(kStrip * pt);
  const BoxaPtr parts(pixConnComp(letters.get(), nullptr, 8));
  for (const Rect& r : ToRects(parts.get())) {
    const bool level =
        r.width() > 0.5F * static_cast<float>(w) && r.height() < 0.4F * static_cast<float>(h);
    const bool at_side = r.x0 < 1 || r.x1 >= static_cast<float>(w);
    const bool at_end = r.y0 < 1 || r.y1 >= static_cast<float>(h);
    const bool upright = at_side && (r.height() > 0.8F * static_cast<float>(h) ||
                                     (r.height() > strip && r.height() > kStripAspect * r.width()));
    const bool along = at_end && r.width() > strip && r.width() > kStripAspect * r.height();
    if (!level && !upright && !along) continue;
    pixRasterop(letters.get(), static_cast<int>(r.x0), static_cast<int>(r.y0),
                static_cast<int>(r.width()), static_cast<int>(r.height()), PIX_CLR, nullptr, 0, 0);
  }
  return letters;
}

// The pieces of a line of `letters`, first and last but one column: all of it, or if that is too
// long for a line, what stands in the cells of a row.
std::vector<std::pair<int, int>> PiecesOf(Pix* letters) {
  std::vector<std::pair<int, int>> pieces;
  const int height = pixGetHeight(letters);
  Numa* columns = pixCountPixelsByColumn(letters);
  if (columns == nullptr) return pieces;
  const int n = numaGetCount(columns);
  int first = -1, last = -1;
  const auto split = [&](int gap) {
    pieces.clear();
    first = -1;
    for (int x = 0; x < n; ++x) {
      l_int32 v = 0;
      numaGetIValue(columns, x, &v);
      if (v == 0) continue;
      if (first >= 0 && x - last > gap) {
        pieces.emplace_back(first, last + 1);
        first = -1;
      }
      if (first < 0) first = x;
      last = x;
    }
    if (first >= 0) pieces.emplace_back(first, last + 1);
  };
  split(n);
  if (!pieces.empty() && pieces[0].second - pieces[0].first >= kMaxLine * height) {
    split(kCellGap * height);
  }
  numaDestroy(&columns);
  std::erase_if(pieces, [&](const auto& p) { return p.second - p.first >= kMaxLine * height; });
  return pieces;
}

}  // namespace

std::vector<Raster> LabelLines(const Raster& page, const Rect& box, int dpi) {
  std::vector<Raster> lines;
  const float pt = static_cast<float>(dpi) / 72;
  const float inset = std::clamp(pt, 2.0F, 6.0F);
  const Rect inner{box.x0 + inset, box.y0 + inset, box.x1 - inset, box.y1 - inset};
  Raster crop = page.Crop(inner);
  if (crop.empty() || crop.width() < 8 || crop.height() < 6) return lines;
  crop = Raster(DarkOnWhite(crop.pix(), static_cast<double>(pt)).release());
  if (crop.empty()) return lines;
  const PixPtr letters = Letters(crop.pix(), static_cast<double>(pt));
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
      if (strip == nullptr) break;
      for (const auto& [x0, x1] : PiecesOf(strip.get())) {
        const float margin = 2;
        const int length = std::min(x1 - x0, kMaxLabel * height);
        const Raster line = crop.Crop({static_cast<float>(x0) - margin, band.y0 - margin,
                                       static_cast<float>(x0 + length) + margin, band.y1 + margin});
        Raster scaled = line.empty() ? Raster() : line.ScaledToHeight(kLabelHeight);
        if (scaled.empty()) continue;
        scaled.AddBorder(kLabelBorder, 255);
        lines.push_back(std::move(scaled));
      }
    }
    start = -1;
  }
  numaDestroy(&rows);
  return lines;
}

}  // namespace foia::ocr
