#include "ocr/raster/contrast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "ocr/raster/leptonica.h"

namespace foia::ocr {
namespace {

// Letters, and what touching ones join to, in points; a line's letters are no further apart than
// so many of their heights.
constexpr double kMinLetter = 2.5, kMaxLetter = 40;
constexpr double kLetterGap = 1.5;
// Fewer letters in lines are dirt.
constexpr int kFewLetters = 20;
// Of 255 for black on white: what is darker than its paper by this is ordinary ink; what is by less
// than the second is no print; and how often the noise of the paper counts beside that.
constexpr int kInkDepth = 125;
constexpr int kLeastDepth = 14, kNoiseTimes = 3;
// Ink that was darkened.
constexpr int kDarkened = 235;
constexpr int kDarkestPaper = 60;
// Pixels that a letter and its rims are wider than its core.
constexpr int kRim = 5;
// The paper of a place is the lighter quarter of its neighbourhood: cells of so many points, and so
// many of them.
constexpr double kCell = 5.8;
constexpr int kNeighbours = 11;
constexpr float kLighter = 0.75F;

// Negatives are looked for with a pixel for each point: areas that are darker than this in the mean
// of so many points to all sides, without what is narrower than the third, of at least this share
// of the page.
constexpr int kDark = 128, kAround = 6, kNarrow = 31;
constexpr double kNegativeShare = 0.03, kWholeSheet = 0.85;
// A few samples tell a mean this closely.
constexpr int kUnsureDark = 32;
// Inverted, as light as paper is: then letters are darker than this, and there are so many.
constexpr int kNegativeInk = 160, kNegativeLetters = 40;

// Least difference of red, green and blue of a colour, and its lightest channel: ink that is darker
// is no marker. A tile of a marker, in points, is coloured by this share; so much of the marker is
// dark print.
constexpr int kColour = 60, kSomeColour = 25, kMarkerLight = 130;
constexpr double kMarkerTile = 6, kMarkerShare = 0.45, kMarkerPrint = 0.02;
constexpr int kPrintLevel = 90, kWhiteLevel = 200;
// Share of a page that is coloured when there may be a marker.
constexpr double kSomeMarker = 0.002;

struct Range {
  int least = 0, most = 0;
};
Range LetterSizes(int dpi) {
  return {std::max(2, static_cast<int>(kMinLetter * dpi / 72)),
          static_cast<int>(kMaxLetter * dpi / 72)};
}

// How light the paper is, one pixel for a cell of `cell` pixels.
PixPtr PaperOf(Pix* grey, int cell) {
  const auto scale = 1.0F / static_cast<float>(cell);
  PixPtr cells(pixScaleAreaMap(grey, scale, scale));
  if (cells == nullptr) return nullptr;
  PixPtr paper(pixRankFilterGray(cells.get(), kNeighbours, kNeighbours, kLighter));
  return paper == nullptr ? std::move(cells) : std::move(paper);
}

// Half the usual difference between neighbours: what noise makes of even paper.
int NoiseOf(Pix* grey) {
  std::array<int, 256> histogram{};
  int all = 0;
  const int w = pixGetWidth(grey), h = pixGetHeight(grey);
  for (int y = 0; y < h; y += 4) {
    const l_uint32* line = pixGetData(grey) + static_cast<ptrdiff_t>(y) * pixGetWpl(grey);
    for (int x = 1; x < w; ++x) {
      const int step = GET_DATA_BYTE(line, x) - GET_DATA_BYTE(line, x - 1);
      ++histogram[static_cast<size_t>(std::abs(step))];
      ++all;
    }
  }
  size_t noise = 0;
  for (int seen = histogram[0]; 2 * seen < all && noise < 255; seen += histogram[noise]) ++noise;
  return static_cast<int>(noise);
}

// `grey` with all paper white: each pixel is as much darker as it is than the paper around it. What
// has no paper around it, as in a black box, stays as it is.
void Flatten(Pix* grey, Pix* paper, int cell, const std::function<int(int depth)>& level) {
  // By paper and pixel.
  std::vector<l_uint8> levels(256 * 256);
  for (int p = 1; p < 256; ++p) {
    for (int v = 0; v < 256; ++v) {
      const int now = p < kDarkestPaper ? v : level(std::max(0, p - v) * 255 / p);
      levels[static_cast<size_t>(256 * p + v)] = static_cast<l_uint8>(std::clamp(now, 0, 255));
    }
  }
  const int w = pixGetWidth(grey), h = pixGetHeight(grey);
  const int columns = pixGetWidth(paper), rows = pixGetHeight(paper);
  for (int y = 0; y < h; ++y) {
    l_uint32* line = pixGetData(grey) + static_cast<ptrdiff_t>(y) * pixGetWpl(grey);
    const l_uint32* around =
        pixGetData(paper) + static_cast<ptrdiff_t>(std::min(y / cell, rows - 1)) * pixGetWpl(paper);
    for (int column = 0; column * cell < w; ++column) {
      const auto* row = levels.data() + 256 * GET_DATA_BYTE(around, std::min(column, columns - 1));
      for (int x = column * cell; x < std::min(w, (column + 1) * cell); ++x) {
        SET_DATA_BYTE(line, x, row[GET_DATA_BYTE(line, x)]);
      }
    }
  }
}

struct Letter {
  int x = 0, y = 0, w = 0, h = 0;
  int depth = 0;
  bool in_line = false;
};

int DarkestIn(Pix* grey, const Letter& letter) {
  int darkest = 255;
  for (int y = letter.y; y < letter.y + letter.h; ++y) {
    const l_uint32* line = pixGetData(grey) + static_cast<ptrdiff_t>(y) * pixGetWpl(grey);
    for (int x = letter.x; x < letter.x + letter.w; ++x) {
      darkest = std::min(darkest, static_cast<int>(GET_DATA_BYTE(line, x)));
    }
  }
  return darkest;
}

// What has the size of letters in `ink`.
std::vector<Letter> LettersIn(Pix* ink, const Range& sizes) {
  std::vector<Letter> letters;
  const BoxaPtr boxes(pixConnCompBB(ink, 8));
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes.get());
  for (int i = 0; i < n; ++i) {
    Letter l;
    boxaGetBoxGeometry(boxes.get(), i, &l.x, &l.y, &l.w, &l.h);
    if (l.h >= sizes.least && l.h <= sizes.most && l.w <= 4 * sizes.most) letters.push_back(l);
  }
  return letters;
}

// Marks those with another of about their height beside them.
void FindLines(std::vector<Letter>* letters) {
  std::sort(letters->begin(), letters->end(),
            [](const Letter& a, const Letter& b) { return a.x < b.x; });
  for (size_t i = 0; i < letters->size(); ++i) {
    Letter& a = (*letters)[i];
    const double reach = a.x + a.w + kLetterGap * a.h;
    for (size_t j = i + 1; j < letters->size() && (*letters)[j].x <= reach; ++j) {
      Letter& b = (*letters)[j];
      const int common = std::min(a.y + a.h, b.y + b.h) - std::max(a.y, b.y);
      const int low = std::min(a.h, b.h), high = std::max(a.h, b.h);
      if (2 * common <= low || high > 2 * low + 1 || b.x + b.w <= a.x + a.w) continue;
      a.in_line = b.in_line = true;
    }
  }
}

// Whether fewer than `pixels` of `ink` lie apart from `cores`: the rest are rims of dark letters.
bool IsLittleBeside(Pix* ink, Pix* cores, int pixels) {
  const PixPtr rims(pixDilateBrick(nullptr, cores, kRim, kRim));
  const PixPtr rest(rims == nullptr ? nullptr : pixSubtract(nullptr, ink, rims.get()));
  l_int32 left = 0;
  return rest != nullptr && pixCountPixels(rest.get(), &left, nullptr) == 0 && left < pixels;
}

}  // namespace

FaintPrint FindFaintPrint(const Raster& page, int dpi, const std::vector<Rect>& known) {
  FaintPrint found;
  // Half the resolution, in which noise is half as strong.
  const PixPtr half(pixScaleAreaMap2(page.pix()));
  if (half == nullptr) return found;
  const int cell = std::max(4, static_cast<int>(kCell * dpi / 72 / 2));
  const PixPtr paper = PaperOf(half.get(), cell);
  if (paper == nullptr) return found;
  const int least = kLeastDepth + kNoiseTimes * NoiseOf(half.get());
  if (least >= kInkDepth) return found;
  Flatten(half.get(), paper.get(), cell, [](int depth) { return 255 - depth; });
  const PixPtr ink(pixThresholdToBinary(half.get(), 255 - least));
  if (ink == nullptr) return found;
  for (const Rect& r : known) {
    Box* clip =
        boxCreate(static_cast<int>(r.x0 / 2) - 1, static_cast<int>(r.y0 / 2) - 1,
                  static_cast<int>(r.width() / 2) + 3, static_cast<int>(r.height() / 2) + 3);
    pixClearInRect(ink.get(), clip);
    boxDestroy(&clip);
  }
  const PixPtr cores(pixThresholdToBinary(half.get(), 255 - kInkDepth));
  if (cores == nullptr) return found;
  const Range sizes = LetterSizes(dpi / 2);
  if (IsLittleBeside(ink.get(), cores.get(), kFewLetters * sizes.least * sizes.least)) return found;
  std::vector<Letter> faint = LettersIn(ink.get(), sizes);
  for (Letter& l : faint) l.depth = 255 - DarkestIn(half.get(), l);
  std::erase_if(faint, [](const Letter& l) { return l.depth >= kInkDepth; });
  FindLines(&faint);
  std::vector<int> depths;
  for (const Letter& l : faint) {
    if (l.in_line) depths.push_back(l.depth);
  }
  found.faint = static_cast<int>(depths.size());
  // The grey rims of dark letters join them, so those are counted by their cores.
  std::vector<Letter> dark = LettersIn(cores.get(), sizes);
  FindLines(&dark);
  found.dark = static_cast<int>(
      std::count_if(dark.begin(), dark.end(), [](const Letter& l) { return l.in_line; }));
  if (found.faint < kFewLetters) return found;
  // The lighter ones of the letters become as dark as ink, too.
  const auto at = depths.begin() + static_cast<ptrdiff_t>(depths.size() * 3 / 10);
  std::nth_element(depths.begin(), at, depths.end());
  const int usual = *at, noise = std::min(least / 2, usual / 2);
  found.darkened = page.Clone();
  if (found.darkened.empty()) return found;
  Flatten(found.darkened.pix(), paper.get(), 2 * cell, [&](int depth) {
    return 255 - std::min(kDarkened, std::max(0, depth - noise) * kDarkened / (usual - noise));
  });
  for (const Rect& r : known) found.darkened.Fill(r, 255);
  return found;
}

namespace {

// With the paper white and the letters dark.
Raster Inverted(Raster area, int dpi) {
  if (area.empty()) return area;
  area.Invert();
  const int paper = std::max(1, area.MedianGrey({0, 0, static_cast<float>(area.width()),
                                                 static_cast<float>(area.height())}));
  pixMultConstantGray(area.pix(), 255.0F / static_cast<float>(paper));
  FaintPrint print = FindFaintPrint(area, dpi, {});
  return print.faint > print.dark && !print.darkened.empty() ? std::move(print.darkened)
                                                             : std::move(area);
}

// Puts `inverted` in the place of `at`, where `mask`, the page made small, is set, and a white rim
// around that. False: it is no print.
bool Replace(Pix* mask, const Rect& at, const Raster& inverted,
             const std::function<bool(const Raster&)>& is_print, Raster* page) {
  const PixPtr wide(pixDilateBrick(nullptr, mask, 3, 3));
  const PixPtr narrow(pixErodeBrick(nullptr, mask, 3, 3));
  if (wide == nullptr || narrow == nullptr) return false;
  const PixPtr outside(pixScaleToSize(wide.get(), page->width(), page->height()));
  const PixPtr inside(pixScaleToSize(narrow.get(), page->width(), page->height()));
  Raster placed = Raster::White(page->width(), page->height());
  Raster alone = Raster::White(page->width(), page->height());
  if (outside == nullptr || inside == nullptr || placed.empty() || alone.empty()) return false;
  pixRasterop(placed.pix(), static_cast<int>(at.x0), static_cast<int>(at.y0), inverted.width(),
              inverted.height(), PIX_SRC, inverted.pix(), 0, 0);
  pixCombineMasked(alone.pix(), placed.pix(), inside.get());
  if (!is_print(alone)) return false;
  pixCombineMasked(page->pix(), alone.pix(), outside.get());
  return true;
}

}  // namespace

namespace {

// Whether enough of the page is dark that a negative may be on it, by one pixel of many: a square
// of kNarrow points holds whole cells of a third of that, of which most are dark.
bool MayHaveNegatives(const Raster& page, int dpi) {
  constexpr int kSamples = 5;
  const int cell = std::max(kSamples, kNarrow * dpi / 72 / 3), step = cell / kSamples;
  const int columns = page.width() / cell, rows = page.height() / cell;
  int dark = 0;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      int sum = 0;
      for (int y = 0; y < kSamples; ++y) {
        const l_uint32* line =
            pixGetData(page.pix()) +
            static_cast<ptrdiff_t>(row * cell + y * step) * pixGetWpl(page.pix());
        for (int x = 0; x < kSamples; ++x) sum += GET_DATA_BYTE(line, column * cell + x * step);
      }
      dark += sum < (kDark + kUnsureDark) * kSamples * kSamples ? 1 : 0;
    }
  }
  return dark > kNegativeShare / 3 * rows * columns;
}

}  // namespace

bool InvertNegatives(Raster* page, int dpi, const std::function<bool(const Raster&)>& is_print) {
  if (!MayHaveNegatives(*page, dpi)) return false;
  const auto scale = 72.0F / static_cast<float>(dpi);
  const PixPtr small(pixScaleAreaMap(page->pix(), scale, scale));
  // In the mean of a neighbourhood, letters do not make paper dark, nor a dark area light.
  const PixPtr mean(small == nullptr ? nullptr : pixBlockconv(small.get(), kAround, kAround));
  const PixPtr dark(mean == nullptr ? nullptr : pixThresholdToBinary(mean.get(), kDark));
  if (dark == nullptr) return false;
  const int w = pixGetWidth(dark.get()), h = pixGetHeight(dark.get());
  const PixPtr areas(pixOpenBrick(nullptr, dark.get(), kNarrow, kNarrow));
  if (areas == nullptr) return false;
  Pixa* parts = nullptr;
  const BoxaPtr boxes(pixConnComp(areas.get(), &parts, 8));
  const PixaPtr own(parts);
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes.get());
  bool turned = false;
  for (int i = 0; i < n; ++i) {
    const PixPtr part(pixaGetPix(parts, i, L_CLONE));
    l_int32 area = 0, x, y, bw, bh;
    if (part == nullptr || pixCountPixels(part.get(), &area, nullptr) != 0) continue;
    if (area < kNegativeShare * w * h) continue;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &bw, &bh);
    const bool sheet = area > kWholeSheet * w * h;
    const Rect at =
        sheet ? Rect{0, 0, static_cast<float>(page->width()), static_cast<float>(page->height())}
              : Rect{static_cast<float>(x) / scale, static_cast<float>(y) / scale,
                     static_cast<float>(x + bw) / scale, static_cast<float>(y + bh) / scale};
    Raster inverted = Inverted(page->Crop(at), dpi);
    const PixPtr ink(inverted.empty() ? nullptr
                                      : pixThresholdToBinary(inverted.pix(), kNegativeInk));
    if (ink == nullptr) continue;
    std::vector<Letter> letters = LettersIn(ink.get(), LetterSizes(dpi));
    FindLines(&letters);
    const auto in_lines =
        std::count_if(letters.begin(), letters.end(), [](const Letter& l) { return l.in_line; });
    if (in_lines < kNegativeLetters) continue;
    if (sheet) {
      if (!is_print(inverted)) continue;
      *page = std::move(inverted);
    } else {
      const PixPtr mask(pixCreate(w, h, 1));
      if (mask == nullptr) continue;
      pixRasterop(mask.get(), x, y, bw, bh, PIX_SRC, part.get(), 0, 0);
      if (!Replace(mask.get(), at, inverted, is_print, page)) continue;
    }
    turned = true;
  }
  return turned;
}

namespace {

struct Colour {
  int red = 0, green = 0, blue = 0;
  int least() const { return std::min({red, green, blue}); }
  int most() const { return std::max({red, green, blue}); }
  bool strong() const { return most() - least() > kColour && most() >= kMarkerLight; }
  bool weak() const { return most() - least() > kColour / 2 && most() >= kMarkerLight; }
};

Colour ColourAt(std::string_view rgb, size_t pixel) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(rgb[3 * pixel + i]); };
  return {at(0), at(1), at(2)};
}

// One marker, or a part of one.
struct Marker {
  int64_t red = 0, green = 0, blue = 0, coloured = 0;  // sums over its coloured pixels
  int64_t dark = 0, white = 0, all = 0;
};

}  // namespace

bool HasMarkers(std::string_view rgb) {
  const size_t pixels = rgb.size() / 3;
  size_t coloured = 0;
  for (size_t i = 0; i < pixels; ++i) coloured += ColourAt(rgb, i).strong() ? 1 : 0;
  return static_cast<double>(coloured) > kSomeMarker * static_cast<double>(pixels);
}

void LiftMarkers(std::string_view rgb, Raster* page, int dpi) {
  const int w = page->width(), h = page->height();
  const auto width = static_cast<size_t>(w);
  if (rgb.size() != 3 * width * static_cast<size_t>(h)) return;
  const int tile = std::max(3, static_cast<int>(kMarkerTile * dpi / 72));
  const int columns = (w + tile - 1) / tile, rows = (h + tile - 1) / tile;
  // Paler tiles go with those beside them that are surely coloured.
  PixPtr marked(pixCreate(columns, rows, 1));
  const PixPtr pale(pixCreate(columns, rows, 1));
  if (marked == nullptr || pale == nullptr) return;
  const auto each = [&](int column, int row, const auto& visit) {
    for (int y = row * tile; y < std::min(h, (row + 1) * tile); ++y) {
      for (int x = column * tile; x < std::min(w, (column + 1) * tile); ++x) {
        visit(x, y, ColourAt(rgb, static_cast<size_t>(y) * width + static_cast<size_t>(x)));
      }
    }
  };
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      int coloured = 0, tinted = 0, all = 0;
      each(column, row, [&](int, int, const Colour& c) {
        ++all;
        coloured += c.strong() ? 1 : 0;
        tinted += c.weak() ? 1 : 0;
      });
      if (coloured > kMarkerShare * all) pixSetPixel(marked.get(), column, row, 1);
      if (tinted > kMarkerShare * all) pixSetPixel(pale.get(), column, row, 1);
    }
  }
  marked.reset(pixSeedfillBinary(nullptr, marked.get(), pale.get(), 8));
  if (marked == nullptr) return;
  Pixa* parts = nullptr;
  const BoxaPtr boxes(pixConnComp(marked.get(), &parts, 8));
  const PixaPtr own(parts);
  const int n = boxes == nullptr ? 0 : boxaGetCount(boxes.get());
  for (int i = 0; i < n; ++i) {
    l_int32 x0, y0, bw, bh;
    boxaGetBoxGeometry(boxes.get(), i, &x0, &y0, &bw, &bh);
    const PixPtr part(pixaGetPix(parts, i, L_CLONE));
    // With a rim of a tile, in which the marker ends.
    const auto tiles = [&](int rim, const auto& visit) {
      for (int row = std::max(0, y0 - rim); row < std::min(rows, y0 + bh + rim); ++row) {
        for (int column = std::max(0, x0 - rim); column < std::min(columns, x0 + bw + rim);
             ++column) {
          bool near = false;
          for (int dy = -rim; dy <= rim && !near; ++dy) {
            for (int dx = -rim; dx <= rim && !near; ++dx) {
              l_uint32 set = 0;
              pixGetPixel(part.get(), column + dx - x0, row + dy - y0, &set);
              near = set != 0;
            }
          }
          if (near) each(column, row, visit);
        }
      }
    };
    Marker m;
    tiles(0, [&](int, int, const Colour& c) {
      ++m.all;
      if (c.weak()) {
        m.red += c.red;
        m.green += c.green;
        m.blue += c.blue;
        ++m.coloured;
      } else if (c.most() < kPrintLevel) {
        ++m.dark;
      } else if (c.least() > kWhiteLevel) {
        ++m.white;
      }
    });
    // A bar with white letters, and large letters in a colour, have no dark print.
    if (static_cast<double>(m.dark) < kMarkerPrint * static_cast<double>(m.all)) continue;
    // Each channel counts by its light: dark ones tell nothing apart from the marker.
    const auto red = m.red / m.coloured, green = m.green / m.coloured, blue = m.blue / m.coloured;
    const int64_t paper = red * red * red + green * green * green + blue * blue * blue;
    tiles(1, [&](int x, int y, const Colour& c) {
      if (c.most() - c.least() <= kSomeColour) return;
      const int64_t light = red * red * c.red + green * green * c.green + blue * blue * c.blue;
      l_uint32* line = pixGetData(page->pix()) + static_cast<ptrdiff_t>(y) * pixGetWpl(page->pix());
      SET_DATA_BYTE(line, x, static_cast<l_uint8>(std::min<int64_t>(255, 255 * light / paper)));
    });
  }
}

}  // namespace foia::ocr
