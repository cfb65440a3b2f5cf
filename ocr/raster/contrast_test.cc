#include "ocr/raster/contrast.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

constexpr int kDpi = 200, kWidth = 1700, kHeight = 2200;

Raster Sheet(uint8_t paper) {
  Raster page = Raster::White(kWidth, kHeight);
  page.Fill({0, 0, kWidth, kHeight}, paper);
  return page;
}

// Something of the size and spacing of letters in lines of text.
void AddLines(Raster* page, float y, int lines, uint8_t grey) {
  for (int line = 0; line < lines; ++line) {
    for (int i = 0; i < 40; ++i) {
      const float x = 200 + 20 * static_cast<float>(i), top = y + 40 * static_cast<float>(line);
      page->Fill({x, top, x + 12, top + 15}, grey);
    }
  }
}

// Grey levels that repeat after so many pixels, as the noise of a scanner is.
void AddNoise(Raster* page, int strength) {
  uint32_t state = 1;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      state = state * 1664525 + 1013904223;
      const Rect pixel{static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + 1),
                       static_cast<float>(y + 1)};
      if (state >> 31 != 0) continue;
      const int level = 235 - static_cast<int>((state >> 16) % static_cast<uint32_t>(strength));
      page->Fill(pixel, static_cast<uint8_t>(level));
    }
  }
}

TEST(FaintPrintTest, IsFoundWhereItStandsInLines) {
  const struct {
    std::string name;
    int paper, ink;  // of ten lines
    int dark_lines;  // of ordinary ink above them
    bool faint;      // print that becomes dark
  } rows[] = {
      {"ordinary", 250, 30, 0, false},
      {"grey, but read as it is", 225, 90, 0, false},
      {"pencil", 250, 195, 0, true},
      {"carbon copy", 225, 175, 0, true},
      {"below a stamp", 236, 172, 2, true},
      {"on dark paper", 150, 115, 0, true},
      {"so faint that it is the grain of the paper", 250, 242, 0, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Raster page = Sheet(static_cast<uint8_t>(row.paper));
    AddLines(&page, 300, row.dark_lines, 20);
    AddLines(&page, 600, 10, static_cast<uint8_t>(row.ink));
    const FaintPrint found = FindFaintPrint(page, kDpi, {});
    ASSERT_EQ(!found.darkened.empty(), row.faint) << found.faint << " " << found.dark;
    if (!row.faint) continue;
    EXPECT_EQ(found.faint, 400);
    EXPECT_EQ(found.dark, 40 * row.dark_lines);
    EXPECT_LT(found.darkened.MedianGrey({202, 602, 210, 612}), 60);
    EXPECT_GT(found.darkened.MedianGrey({100, 1500, 1600, 2000}), 240);
    // What is known does not count, and is white.
    const FaintPrint rest = FindFaintPrint(page, kDpi, {{190, 590, 1100, 760}});
    EXPECT_EQ(rest.faint, 240);
    EXPECT_GE(rest.darkened.MedianGrey({202, 602, 210, 612}), 255);
  }
}

TEST(FaintPrintTest, DirtIsNone) {
  const struct {
    std::string name;
    int noise;
    std::vector<Rect> dirt;
  } rows[] = {
      {"nothing", 0, {}},
      {"noise", 12, {}},
      {"strong noise", 60, {}},
      {"stains", 4, {{300, 300, 330, 320}, {900, 1200, 930, 1225}, {1200, 300, 1260, 360}}},
      {"streaks", 4, {{300, 0, 304, kHeight}, {900, 0, 903, kHeight}}},
      {"a shadow", 4, {{0, 0, 60, kHeight}}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Raster page = Sheet(235);
    if (row.noise > 0) AddNoise(&page, row.noise);
    for (const Rect& r : row.dirt) page.Fill(r, 200);
    const FaintPrint found = FindFaintPrint(page, kDpi, {});
    EXPECT_TRUE(found.darkened.empty()) << found.faint;
  }
}

TEST(NegativeTest, LargeDarkAreasWithLettersAreTurned) {
  const struct {
    std::string name;
    Rect area;
    int paper, ink;  // of the area
    int lines;
    bool print;   // what the caller says
    bool turned;  // what becomes of it
  } rows[] = {
      {"sheet", {0, 0, kWidth, kHeight}, 0, 255, 20, true, true},
      {"grey sheet", {0, 0, kWidth, kHeight}, 60, 190, 20, true, true},
      {"half", {0, 0, kWidth, 1100}, 20, 240, 15, true, true},
      {"band", {100, 380, 1600, 560}, 20, 240, 3, true, true},
      {"a redaction with codes", {100, 200, 1600, 1500}, 0, 255, 10, false, false},
      {"a redaction", {100, 200, 1600, 1500}, 0, 255, 0, true, false},
      {"a bar", {100, 395, 1600, 435}, 0, 255, 1, true, false},
      {"ordinary", {0, 0, kWidth, kHeight}, 250, 20, 20, true, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Raster page = Sheet(250);
    page.Fill(row.area, static_cast<uint8_t>(row.paper));
    AddLines(&page, 410, row.lines, static_cast<uint8_t>(row.ink));
    bool asked = false;
    const bool turned = InvertNegatives(&page, kDpi, [&](const Raster& area) {
      asked = true;
      // Dark letters on white.
      EXPECT_FALSE(area.DensestText(kDpi, 200).empty());
      return row.print;
    });
    EXPECT_EQ(turned, row.turned);
    EXPECT_EQ(asked, row.turned || !row.print);
    if (!row.turned) continue;
    EXPECT_LT(page.MedianGrey({202, 412, 210, 422}), 100);
    EXPECT_GT(page.MedianGrey({300, 430, 900, 445}), 240);
  }
}

// Rows of red, green and blue.
class ColourSheet {
 public:
  ColourSheet() : rgb_(3UL * kWidth * kHeight, '\xFA') {}
  void Fill(const Rect& r, int red, int green, int blue) {
    for (auto y = static_cast<size_t>(r.y0); y < static_cast<size_t>(r.y1); ++y) {
      for (auto x = static_cast<size_t>(r.x0); x < static_cast<size_t>(r.x1); ++x) {
        char* at = rgb_.data() + 3 * (y * kWidth + x);
        at[0] = static_cast<char>(red);
        at[1] = static_cast<char>(green);
        at[2] = static_cast<char>(blue);
      }
    }
  }
  void AddLines(float y, int lines, int grey) {
    for (int line = 0; line < lines; ++line) {
      for (int i = 0; i < 40; ++i) {
        const float x = 200 + 20 * static_cast<float>(i), top = y + 40 * static_cast<float>(line);
        Fill({x, top, x + 12, top + 15}, grey, grey, grey);
      }
    }
  }
  Raster Grey() const {
    Raster page = Raster::White(kWidth, kHeight);
    for (int y = 0; y < kHeight; y += 1) {
      for (int x = 0; x < kWidth; ++x) {
        const size_t at = 3 * (static_cast<size_t>(y) * kWidth + static_cast<size_t>(x));
        const auto level = [&](size_t i) { return static_cast<unsigned char>(rgb_[at + i]); };
        const int grey = (299 * level(0) + 587 * level(1) + 114 * level(2)) / 1000;
        if (grey >= 250) continue;
        page.Fill({static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + 1),
                   static_cast<float>(y + 1)},
                  static_cast<uint8_t>(grey));
      }
    }
    return page;
  }
  const std::string& rgb() const { return rgb_; }

 private:
  std::string rgb_;
};

TEST(MarkerTest, PrintBelowItIsKeptAndTheMarkerGoes) {
  const struct {
    std::string name;
    int red, green, blue;
    int ink;  // grey of the print on it; -1: none
    bool lifted;
  } rows[] = {
      {"yellow", 255, 240, 40, 20, true},       {"orange", 255, 150, 0, 20, true},
      {"green", 80, 230, 60, 20, true},         {"pink", 255, 80, 170, 20, true},
      {"blue", 40, 110, 255, 20, true},         {"red", 240, 50, 50, 20, true},
      {"teal", 0, 150, 140, 20, true},          {"pale paper", 250, 190, 170, 20, true},
      {"a bar", 40, 60, 220, 250, false},       {"nothing on it", 255, 150, 0, -1, false},
      {"grey paper", 200, 200, 205, 20, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    ColourSheet sheet;
    sheet.AddLines(300, 20, 20);
    sheet.Fill({180, 490, 1020, 645}, row.red, row.green, row.blue);
    if (row.ink >= 0) sheet.AddLines(500, 4, row.ink);
    const Raster before = sheet.Grey();
    Raster page = before.Clone();
    LiftMarkers(sheet.rgb(), &page, kDpi);
    const Rect between{300, 520, 900, 535}, letter{203, 503, 209, 512};
    if (row.lifted) {
      EXPECT_TRUE(HasMarkers(sheet.rgb()));
      EXPECT_GT(page.MedianGrey(between), 245);
      EXPECT_LT(page.MedianGrey(letter), 60);
    } else {
      EXPECT_EQ(page.MedianGrey(between), before.MedianGrey(between));
    }
    // The rest of the page is as it was.
    EXPECT_LT(page.MedianGrey({203, 303, 209, 312}), 30);
  }
}

}  // namespace
}  // namespace foia::ocr
