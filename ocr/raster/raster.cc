#include "ocr/raster/raster.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace foia::ocr {
namespace {

// Below these a skew is not worth a rotation (measured: small turns blur small print).
constexpr double kMinSkewDegrees = 0.3;
constexpr double kMinSkewConfidence = 2.5;
// Darker, after a speck was averaged with its neighbours, is ink.
constexpr int kInkLevel = 160;
// Letters, and what touching ones join to, in points.
constexpr double kMinLetter = 2.5, kMaxLetter = 40;

Box* ToPixelBox(const Rect& r, int width, int height) {
  const int x0 = std::clamp(static_cast<int>(std::floor(r.x0)), 0, width);
  const int y0 = std::clamp(static_cast<int>(std::floor(r.y0)), 0, height);
  const int x1 = std::clamp(static_cast<int>(std::ceil(r.x1)), 0, width);
  const int y1 = std::clamp(static_cast<int>(std::ceil(r.y1)), 0, height);
  return x1 > x0 && y1 > y0 ? boxCreate(x0, y0, x1 - x0, y1 - y0) : nullptr;
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

void Raster::Invert() { pixInvert(pix_, pix_); }

void Raster::AddBorder(int pixels, uint8_t grey) {
  Raster bordered(pixAddBorder(pix_, pixels, grey));
  if (!bordered.empty()) *this = std::move(bordered);
}

Raster Raster::ScaledToHeight(int target) const {
  const float factor = static_cast<float>(target) / static_cast<float>(std::max(1, height()));
  return Raster(pixScale(pix_, factor, factor));
}

double Raster::InkShare() const {
  // Half resolution: a speck of one or two pixels disappears in the average.
  Pix* half = pixScaleAreaMap2(pix_);
  if (half == nullptr) return 1;
  Pix* ink = pixThresholdToBinary(half, kInkLevel);
  pixDestroy(&half);
  Pix* clean = ink == nullptr
                   ? nullptr
                   : pixSelectBySize(ink, 3, 3, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, nullptr);
  pixDestroy(&ink);
  if (clean == nullptr) return 1;
  l_int32 count = 0;
  pixCountPixels(clean, &count, nullptr);
  const double share =
      static_cast<double>(count) / (static_cast<double>(width()) / 2 * height() / 2);
  pixDestroy(&clean);
  return share;
}

double Raster::CoveredInk(const std::vector<Rect>& boxes, int dpi) const {
  Pix* half = pixScaleAreaMap2(pix_);
  Pix* ink = half == nullptr ? nullptr : pixThresholdToBinary(half, kInkLevel);
  pixDestroy(&half);
  if (ink == nullptr) return 1;
  const double point = dpi / 72.0 / 2;
  const int low = std::max(2, static_cast<int>(kMinLetter * point));
  const int high = static_cast<int>(kMaxLetter * point);
  Pix* large = pixSelectBySize(ink, low, low, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, nullptr);
  pixDestroy(&ink);
  Pix* letters = large == nullptr ? nullptr
                                  : pixSelectBySize(large, 4 * high, high, 8, L_SELECT_IF_BOTH,
                                                    L_SELECT_IF_LTE, nullptr);
  pixDestroy(&large);
  if (letters == nullptr) return 1;
  l_int32 all = 0, left = 0;
  pixCountPixels(letters, &all, nullptr);
  const auto rim = static_cast<float>(point);
  for (const Rect& r : boxes) {
    Box* clip = ToPixelBox({r.x0 / 2 - rim, r.y0 / 2 - rim, r.x1 / 2 + rim, r.y1 / 2 + rim},
                           pixGetWidth(letters), pixGetHeight(letters));
    if (clip == nullptr) continue;
    pixClearInRect(letters, clip);
    boxDestroy(&clip);
  }
  pixCountPixels(letters, &left, nullptr);
  pixDestroy(&letters);
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
      pixFindSkewSweepAndSearch(ink, &angle, &confidence, 4, 2, 5.0F, 1.0F, 0.01F) == 0;
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

Raster Raster::QuarterTurned(int turns) const {
  return Raster(pixRotateOrth(pix_, ((turns % 4) + 4) % 4));
}

int Raster::GuessQuarterTurns(bool* sure) const {
  *sure = false;
  Pix* ink = pixThresholdToBinary(pix_, 130);
  if (ink == nullptr) return 0;
  l_float32 up = 0, left = 0;
  l_int32 orientation = L_TEXT_ORIENT_UNKNOWN;
  if (pixOrientDetect(ink, &up, &left, 0, 0) == 0) {
    makeOrientDecision(up, left, 0, 0, &orientation, 0);
  }
  pixDestroy(&ink);
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
