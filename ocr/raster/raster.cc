#include "ocr/raster/raster.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include "ocr/raster/leptonica.h"

namespace foia::ocr {
namespace {

// Below these a skew is not worth a rotation (measured: small turns blur small print).
constexpr double kMinSkewDegrees = 0.3;
constexpr double kMinSkewConfidence = 2.5;
constexpr float kMaxSkewDegrees = 8;
// Darker, after a speck was averaged with its neighbours, is ink.
constexpr int kInkLevel = 160;
// What is lighter than this is paper, whatever its noise.
constexpr int kPaperLevel = 200;
// Letters, and what touching ones join to, in points.
constexpr double kMinLetter = 2.5, kMaxLetter = 40;
// Fewer say nothing of the page's print.
constexpr size_t kFewLetters = 20;
// In points: smaller is a speck; nearer to the edge is its shadow; a punch hole's distance from the
// edge and its size.
constexpr double kSpeck = 1.2, kEdge = 6, kPunchMargin = 72, kMinPunch = 12, kMaxPunch = 30;
// Pixels in which the paper is looked for, larger than letters.
constexpr int kTile = 48;
// Paper between these is dark; darker is no paper. With so many dark tiles the page is shaded,
// unless too many of them end in a step: then they are pictures or grey boxes.
constexpr int kDarkestPaper = 60, kLightPaper = 200, kStep = 40;
// Paper as light as this is white.
constexpr int kWhitePaper = 245;
constexpr double kDarkTiles = 0.1, kSharpTiles = 0.15;

// Of a black and white scan: the share of greys, the resolution at which a speck is one pixel, and
// from how many of them, and which share of all that is black, it is worth cleaning.
constexpr float kHardlyGrey = 0.002F;
constexpr int kSpeckDpi = 130, kFewSpecks = 200;
constexpr double kManySpecks = 0.2;
constexpr int kSpeckReach = 2;

// At half the resolution: a speck of one or two pixels disappears in the average.
PixPtr HalfInk(Pix* grey) {
  const PixPtr half(pixScaleAreaMap2(grey));
  return PixPtr(half == nullptr ? nullptr : pixThresholdToBinary(half.get(), kInkLevel));
}

// Of the ink at half the resolution of `dpi`, what has the size of letters.
PixPtr Letters(Pix* ink, int dpi) {
  if (ink == nullptr) return nullptr;
  const double point = dpi / 72.0 / 2;
  const int low = std::max(2, static_cast<int>(kMinLetter * point));
  const int high = static_cast<int>(kMaxLetter * point);
  const PixPtr large(
      pixSelectBySize(ink, low, low, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, nullptr));
  return PixPtr(large == nullptr ? nullptr
                                 : pixSelectBySize(large.get(), 4 * high, high, 8, L_SELECT_IF_BOTH,
                                                   L_SELECT_IF_LTE, nullptr));
}

Box* ToPixelBox(const Rect& r, int width, int height) {
  const int x0 = std::clamp(static_cast<int>(std::floor(r.x0)), 0, width);
  const int y0 = std::clamp(static_cast<int>(std::floor(r.y0)), 0, height);
  const int x1 = std::clamp(static_cast<int>(std::ceil(r.x1)), 0, width);
  const int y1 = std::clamp(static_cast<int>(std::ceil(r.y1)), 0, height);
  return x1 > x0 && y1 > y0 ? boxCreate(x0, y0, x1 - x0, y1 - y0) : nullptr;
}

// The ink of a picture that has hardly a grey; else null.
PixPtr BlackAndWhite(Pix* grey) {
  Numa* histogram = pixGetGrayHistogram(grey, 4);
  if (histogram == nullptr) return nullptr;
  l_float32 greys = 0, all = 0;
  numaGetSumOnInterval(histogram, 32, 223, &greys);
  numaGetSum(histogram, &all);
  numaDestroy(&histogram);
  return PixPtr(greys > kHardlyGrey * all ? nullptr : pixThresholdToBinary(grey, 128));
}

}  // namespace

Raster::~Raster() { pixDestroy(&pix_); }

Raster& Raster::operator=(Raster&& other) noexcept {
  std::swap(pix_, other.pix_);
  return *this;
}

Raster Raster::White(int width, int height) {
  Pix* pix = pixCreateNoInit(width, height, 8);
  if (pix != nullptr) pixSetAllArbitrary(pix, 255);
  return Raster(pix);
}

int Raster::width() const { return pix_ == nullptr ? 0 : pixGetWidth(pix_); }
int Raster::height() const { return pix_ == nullptr ? 0 : pixGetHeight(pix_); }
uint32_t* Raster::data() const { return pixGetData(pix_); }
int Raster::words_per_line() const { return pixGetWpl(pix_); }

Raster Raster::Clone() const { return Raster(pixCopy(nullptr, pix_)); }

Raster Raster::Crop(const Rect& box) const {
  Box* clip = ToPixelBox(box, width(), height());
  if (clip == nullptr) return Raster();
  Pix* out = pixClipRectangle(pix_, clip, nullptr);
  boxDestroy(&clip);
  return Raster(out);
}

void Raster::Fill(const Rect& box, uint8_t grey) {
  Box* clip = ToPixelBox(box, width(), height());
  if (clip == nullptr) return;
  pixSetInRectArbitrary(pix_, clip, grey);
  boxDestroy(&clip);
}

void Raster::WhitenPaper() { pixThresholdToValue(pix_, pix_, kPaperLevel, 255); }

void Raster::Invert() { pixInvert(pix_, pix_); }

void Raster::Darken(const Raster& other) { pixMinOrMax(pix_, pix_, other.pix_, L_CHOOSE_MIN); }

void Raster::AddBorder(int pixels, uint8_t grey) {
  Raster bordered(pixAddBorder(pix_, pixels, grey));
  if (!bordered.empty()) *this = std::move(bordered);
}

Raster Raster::Shrunk(double factor) const {
  return Raster(pixScaleAreaMap(pix_, static_cast<float>(factor), static_cast<float>(factor)));
}

Raster Raster::Only(const std::vector<Rect>& boxes) const {
  Raster out = White(width(), height());
  if (out.empty()) return out;
  for (const Rect& r : boxes) {
    Box* clip = ToPixelBox(r, width(), height());
    if (clip == nullptr) continue;
    l_int32 x, y, w, h;
    boxGetGeometry(clip, &x, &y, &w, &h);
    pixRasterop(out.pix_, x, y, w, h, PIX_SRC, pix_, x, y);
    boxDestroy(&clip);
  }
  return out;
}

Raster Raster::ScaledToHeight(int target) const {
  const float factor = static_cast<float>(target) / static_cast<float>(std::max(1, height()));
  return Raster(pixScale(pix_, factor, factor));
}

double Raster::InkShare(int dpi) const {
  const PixPtr ink = HalfInk(pix_);
  if (ink == nullptr) return 1;
  const double point = dpi / 72.0 / 2;
  const int w = pixGetWidth(ink.get()), h = pixGetHeight(ink.get());
  const int speck = std::max(2, static_cast<int>(kSpeck * point));
  Pixa* parts = nullptr;
  const BoxaPtr boxes(pixConnComp(ink.get(), &parts, 8));
  const PixaPtr own(parts);
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes.get());
  const double edge = kEdge * point, margin = kPunchMargin * point;
  double count = 0;
  for (int i = 0; i < n; ++i) {
    l_int32 x, y, bw, bh, area = 0;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &bw, &bh);
    if (bw <= speck && bh <= speck) continue;
    if (x < edge || y < edge || x + bw > w - edge || y + bh > h - edge) continue;
    const PixPtr part(pixaGetPix(parts, i, L_CLONE));
    if (part != nullptr) pixCountPixels(part.get(), &area, nullptr);
    const double longer = std::max(bw, bh), shorter = std::min(bw, bh);
    const bool near_side = x < margin || y < margin || x + bw > w - margin || y + bh > h - margin;
    const bool hole = near_side && longer > kMinPunch * point && longer < kMaxPunch * point &&
                      shorter > 0.75 * longer && area > 0.6 * longer * shorter;
    if (!hole) count += area;
  }
  return count / (static_cast<double>(w) * h);
}

int Raster::LetterHeight(int dpi) const {
  const PixPtr ink(pixThresholdToBinary(pix_, kInkLevel));
  if (ink == nullptr) return 0;
  const BoxaPtr boxes(pixConnCompBB(ink.get(), 8));
  const double point = dpi / 72.0;
  std::vector<int> heights;
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes.get());
  for (int i = 0; i < n; ++i) {
    l_int32 w, h;
    boxaGetBoxGeometry(boxes.get(), i, nullptr, nullptr, &w, &h);
    if (h >= kMinLetter * point && h <= kMaxLetter * point && w <= 3 * h && 6 * w >= h) {
      heights.push_back(h);
    }
  }
  if (heights.size() < kFewLetters) return 0;
  const auto middle = heights.begin() + static_cast<ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

Rect Raster::DensestText(int dpi, double points) const {
  const PixPtr ink = HalfInk(pix_);
  const PixPtr letters = Letters(ink.get(), dpi);
  if (letters == nullptr) return {};
  const double point = dpi / 72.0 / 2;
  // The page in cells of half the window: the best window is four of them.
  const int cell = std::max(8, static_cast<int>(points * point / 2));
  const int w = pixGetWidth(letters.get()), h = pixGetHeight(letters.get());
  const int columns = (w + cell - 1) / cell, rows = (h + cell - 1) / cell;
  std::vector<int> counts(static_cast<size_t>(columns) * static_cast<size_t>(rows), 0);
  const auto at = [&](int column, int row) -> int& {
    return counts[static_cast<size_t>(row) * static_cast<size_t>(columns) +
                  static_cast<size_t>(column)];
  };
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      Box* clip = boxCreate(column * cell, row * cell, cell, cell);
      pixCountPixelsInRect(letters.get(), clip, &at(column, row), nullptr);
      boxDestroy(&clip);
    }
  }
  int best = 0, best_column = 0, best_row = 0;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      int sum = at(column, row);
      if (column + 1 < columns) sum += at(column + 1, row);
      if (row + 1 < rows) sum += at(column, row + 1);
      if (column + 1 < columns && row + 1 < rows) sum += at(column + 1, row + 1);
      if (sum <= best) continue;
      best = sum;
      best_column = column;
      best_row = row;
    }
  }
  if (best == 0) return {};
  const auto side = static_cast<float>(2 * cell);
  const auto x = static_cast<float>(2 * cell * best_column);
  const auto y = static_cast<float>(2 * cell * best_row);
  return Intersect({x, y, x + 2 * side, y + 2 * side},
                   {0, 0, static_cast<float>(width()), static_cast<float>(height())});
}

bool Raster::IsShaded() const {
  // A tile's paper is its lightest part.
  const PixPtr tiles(pixScaleGrayMinMax(pix_, kTile, kTile, L_CHOOSE_MAX));
  if (tiles == nullptr) return false;
  const int w = pixGetWidth(tiles.get()), h = pixGetHeight(tiles.get());
  const auto at = [&](int x, int y) {
    l_uint32 grey = 255;
    pixGetPixel(tiles.get(), std::clamp(x, 0, w - 1), std::clamp(y, 0, h - 1), &grey);
    return static_cast<int>(grey);
  };
  int dark = 0, edges = 0;
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const int grey = at(x, y);
      if (grey < kDarkestPaper || grey >= kLightPaper) continue;
      ++dark;
      const int lightest = std::max({at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1)});
      if (lightest > grey + kStep) ++edges;
    }
  }
  return dark > kDarkTiles * w * h && edges < kSharpTiles * dark;
}

void Raster::EvenOut(int dpi) {
  // The lightest average of a sixteenth of a tile is its paper.
  const int cell = dpi >= 250 ? 8 : 4, tile = 4 * cell;
  const auto w = static_cast<l_float32>(1.0 / cell);
  const PixPtr cells(pixScaleAreaMap(pix_, w, w));
  PixPtr tiles(cells == nullptr ? nullptr : pixScaleGrayMinMax(cells.get(), 4, 4, L_CHOOSE_MAX));
  l_uint32 rank = 0;
  if (tiles == nullptr || pixGetRankValue(tiles.get(), 1, 0.9F, &rank) != 0) return;
  const int paper = std::max(static_cast<int>(rank), kDarkestPaper);
  // What is darker than shadows are is a box, a picture or the edge of the glass.
  const int columns = pixGetWidth(tiles.get()), rows = pixGetHeight(tiles.get());
  const auto line = [&](int y) {
    return pixGetData(tiles.get()) + static_cast<ptrdiff_t>(y) * pixGetWpl(tiles.get());
  };
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      if (3 * GET_DATA_BYTE(line(y), x) < paper) {
        SET_DATA_BYTE(line(y), x, static_cast<l_uint8>(paper));
      }
    }
  }
  // A box is smaller than the neighbourhood in which the lighter third is the paper.
  if (PixPtr ranked(pixRankFilterGray(tiles.get(), 9, 9, 0.7F)); ranked != nullptr) {
    tiles = std::move(ranked);
  }
  pixGetRankValue(tiles.get(), 1, 0.05F, &rank);
  const bool flat = static_cast<int>(rank) >= paper * 92 / 100;
  if (flat && paper >= kWhitePaper) return;
  const int stride = pixGetWpl(pix_) * 4;
  for (int y = 0; y < height(); ++y) {
    auto* row =
        reinterpret_cast<l_uint8*>(pixGetData(pix_) + static_cast<ptrdiff_t>(y) * pixGetWpl(pix_));
    for (int x = 0; x < stride; x += tile) {
      const int here =
          flat ? paper
               : GET_DATA_BYTE(line(std::min(y / tile, rows - 1)), std::min(x / tile, columns - 1));
      const int gain = 256 * 255 / std::max(here, 1);
      // A tile is whole words, so the order of bytes within a word does not matter.
      for (int i = x; i < std::min(x + tile, stride); ++i) {
        row[i] = static_cast<l_uint8>(std::min(255, row[i] * gain >> 8));
      }
    }
  }
}

bool Raster::Despeckle(int dpi) {
  const PixPtr ink(BlackAndWhite(pix_));
  if (ink == nullptr) return false;
  // A speck is smaller than any dot that is printed and stands by itself: bits of a thin stroke
  // that the scanner has broken have each other for neighbours.
  const int side = std::max(1, dpi / kSpeckDpi);
  const auto small = [&](Pix* of) {
    return PixPtr(pixSelectBySize(of, side, side, 8, L_SELECT_IF_BOTH, L_SELECT_IF_LTE, nullptr));
  };
  PixPtr specks = small(ink.get());
  if (specks == nullptr) return false;
  l_int32 all = 0, n = 0;
  pixCountConnComp(ink.get(), 8, &all);
  pixCountConnComp(specks.get(), 8, &n);
  if (n < kFewSpecks || n < kManySpecks * all) return false;
  const PixPtr rest(pixSubtract(nullptr, ink.get(), specks.get()));
  const int reach = kSpeckReach * side;
  const PixPtr around(rest == nullptr
                          ? nullptr
                          : pixDilateBrick(nullptr, rest.get(), 2 * reach + 1, 2 * reach + 1));
  if (around == nullptr) return false;
  pixSubtract(specks.get(), specks.get(), around.get());
  pixSetMasked(pix_, specks.get(), 255);
  return true;
}

double Raster::CoveredInk(const std::vector<Rect>& boxes, int dpi) const {
  const PixPtr ink = HalfInk(pix_);
  const PixPtr letters = Letters(ink.get(), dpi);
  if (letters == nullptr) return 1;
  l_int32 all = 0, left = 0;
  pixCountPixels(letters.get(), &all, nullptr);
  const auto rim = static_cast<float>(dpi / 72.0 / 2);
  for (const Rect& r : boxes) {
    Box* clip = ToPixelBox({r.x0 / 2 - rim, r.y0 / 2 - rim, r.x1 / 2 + rim, r.y1 / 2 + rim},
                           pixGetWidth(letters.get()), pixGetHeight(letters.get()));
    if (clip == nullptr) continue;
    pixClearInRect(letters.get(), clip);
    boxDestroy(&clip);
  }
  pixCountPixels(letters.get(), &left, nullptr);
  return all == 0 ? 1 : 1 - static_cast<double>(left) / all;
}

int Raster::GreySpread(const Rect& box) const {
  const Raster part = Crop(box);
  Numa* histogram = part.empty() ? nullptr : pixGetGrayHistogram(part.pix(), 1);
  if (histogram == nullptr) return 0;
  const int limit = part.width() * part.height() / 100;
  int low = 0, high = 255, count = 0, seen = 0;
  for (; low < 255; ++low) {
    numaGetIValue(histogram, low, &count);
    if ((seen += count) > limit) break;
  }
  for (seen = 0; high > low; --high) {
    numaGetIValue(histogram, high, &count);
    if ((seen += count) > limit) break;
  }
  numaDestroy(&histogram);
  return high - low;
}

int Raster::MedianGrey(const Rect& box) const {
  const Raster part = Crop(box);
  l_uint32 grey = 255;
  if (!part.empty()) pixGetRankValue(part.pix(), 1, 0.5F, &grey);
  return static_cast<int>(grey);
}

double Raster::FindSkew() const {
  Pix* ink = pixThresholdToBinary(pix_, 130);
  if (ink == nullptr) return 0;
  l_float32 angle = 0, confidence = 0;
  const bool found =
      pixFindSkewSweepAndSearch(ink, &angle, &confidence, 4, 2, kMaxSkewDegrees, 1.0F, 0.01F) == 0;
  pixDestroy(&ink);
  const double degrees = static_cast<double>(angle);
  return found && static_cast<double>(confidence) > kMinSkewConfidence &&
                 std::abs(degrees) > kMinSkewDegrees
             ? degrees
             : 0;
}

Raster Raster::Rotated(double degrees) const {
  return Raster(pixRotate(pix_, static_cast<float>(degrees * std::numbers::pi / 180),
                          L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
}

Raster Raster::Mirrored() const { return Raster(pixFlipLR(nullptr, pix_)); }

Raster Raster::QuarterTurned(int turns) const {
  return Raster(pixRotateOrth(pix_, ((turns % 4) + 4) % 4));
}

namespace {

int OrientationOf(Pix* ink) {
  l_float32 up = 0, left = 0;
  l_int32 orientation = L_TEXT_ORIENT_UNKNOWN;
  if (pixOrientDetect(ink, &up, &left, 0, 0) == 0) {
    makeOrientDecision(up, left, 0, 0, &orientation, 0);
  }
  return orientation;
}

}  // namespace

int Raster::GuessQuarterTurns(bool* sure) const {
  *sure = false;
  const PixPtr ink(pixThresholdToBinary(pix_, 130));
  if (ink == nullptr) return 0;
  // The middle of a page of prose is enough to be sure.
  Box* middle = boxCreate(width() / 5, height() / 5, width() * 3 / 5, height() * 3 / 5);
  const PixPtr part(pixClipRectangle(ink.get(), middle, nullptr));
  boxDestroy(&middle);
  int orientation = part == nullptr ? L_TEXT_ORIENT_UNKNOWN : OrientationOf(part.get());
  if (orientation == L_TEXT_ORIENT_UNKNOWN) orientation = OrientationOf(ink.get());
  *sure = orientation != L_TEXT_ORIENT_UNKNOWN;
  switch (orientation) {
    case L_TEXT_ORIENT_LEFT:
      return 1;
    case L_TEXT_ORIENT_DOWN:
      return 2;
    case L_TEXT_ORIENT_RIGHT:
      return 3;
    default:
      return 0;
  }
}

}  // namespace foia::ocr
