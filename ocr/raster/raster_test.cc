#include "ocr/raster/raster.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

constexpr int kDpi = 200;

Raster Sheet() { return Raster::White(1700, 2200); }

// Something of the size and spacing of letters in a line of text.
void AddLine(Raster* page, float y, int letters) {
  for (int i = 0; i < letters; ++i) {
    const float x = 200 + 20 * static_cast<float>(i);
    page->Fill({x, y, x + 12, y + 15}, 20);
  }
}

constexpr double kBlank = 0.00002;  // as the pipeline has it

TEST(RasterTest, DirtIsNoInk) {
  const struct {
    std::string name;
    std::vector<Rect> dirt;
    int grey;
    bool blank;
  } rows[] = {
      {"nothing", {}, 0, true},
      {"specks", {{100, 100, 103, 103}, {800, 900, 802, 903}, {1200, 2000, 1203, 2001}}, 0, true},
      {"punch holes", {{60, 600, 110, 650}, {60, 1500, 110, 1550}}, 30, true},
      {"shadow of the edge", {{0, 0, 40, 2200}}, 40, true},
      {"bleed through", {{300, 300, 900, 320}}, 205, true},
      {"a page number", {{840, 2100, 850, 2116}, {856, 2100, 866, 2116}}, 0, false},
      {"a square in the middle", {{800, 800, 850, 850}}, 0, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Raster page = Sheet();
    for (const Rect& r : row.dirt) page.Fill(r, static_cast<uint8_t>(row.grey));
    EXPECT_EQ(page.InkShare(kDpi) < kBlank, row.blank) << page.InkShare(kDpi);
  }
}

TEST(RasterTest, LettersAndWhereTheyStand) {
  Raster page = Sheet();
  EXPECT_EQ(page.LetterHeight(kDpi), 0);
  EXPECT_TRUE(page.DensestText(kDpi, 200).empty());
  AddLine(&page, 300, 5);
  for (int line = 0; line < 10; ++line) AddLine(&page, 1400 + 40 * static_cast<float>(line), 40);
  page.Fill({100, 100, 1600, 104}, 0);  // a rule is no letter
  EXPECT_EQ(page.LetterHeight(kDpi), 15);
  const Rect dense = page.DensestText(kDpi, 200);
  EXPECT_LE(dense.width(), 560);
  EXPECT_GT(Coverage({300, 1450, 500, 1600}, dense), 0.9F);
}

TEST(RasterTest, CoveredInk) {
  Raster page = Sheet();
  EXPECT_EQ(page.CoveredInk({}, kDpi), 1);
  AddLine(&page, 300, 30);
  AddLine(&page, 600, 30);
  page.Fill({100, 1000, 1600, 2000}, 0);  // a picture does not count
  EXPECT_NEAR(page.CoveredInk({{190, 295, 820, 320}}, kDpi), 0.5, 0.01);
  EXPECT_NEAR(page.CoveredInk({{190, 295, 820, 620}}, kDpi), 1, 0.01);
  EXPECT_NEAR(page.CoveredInk({}, kDpi), 0, 0.01);
}

TEST(RasterTest, ShadowsArePaperAndGreyBoxesAreNot) {
  Raster shaded = Sheet(), boxes = Sheet();
  for (int column = 0; column < 1700; column += 10) {
    const auto x = static_cast<float>(column);
    shaded.Fill({x, 0, x + 10, 2200}, static_cast<uint8_t>(90 + column / 11));
  }
  AddLine(&shaded, 300, 40);
  // A box in a grey of two thirds, in the dark and in the light.
  shaded.Fill({200, 1500, 400, 1534}, 2 * (90 + 300 / 11) / 3);
  shaded.Fill({1300, 1500, 1500, 1534}, 2 * (90 + 1400 / 11) / 3);
  for (int i = 0; i < 8; ++i) {
    const float y = 200 + 240 * static_cast<float>(i);
    boxes.Fill({200, y, 1500, y + 150}, 120);
  }
  EXPECT_TRUE(shaded.IsShaded());
  EXPECT_FALSE(boxes.IsShaded());
  EXPECT_FALSE(Sheet().IsShaded());
  shaded.EvenOut(200);
  EXPECT_GT(shaded.MedianGrey({0, 1000, 200, 1200}), 180);
  EXPECT_LT(shaded.MedianGrey({201, 301, 211, 314}), 100);
  EXPECT_NEAR(shaded.MedianGrey({205, 1505, 395, 1530}), 170, 25);
  EXPECT_NEAR(shaded.MedianGrey({1305, 1505, 1495, 1530}), 170, 25);
}

// Specks go that stand by themselves, and only from a page that is full of them.
TEST(RasterTest, Despeckle) {
  const struct {
    std::string name;
    int specks;  // besides 400 letters
    uint8_t paper;
    bool cleaned;
  } rows[] = {{"few", 40, 255, false}, {"many", 400, 255, true}, {"many on grey", 400, 200, false}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Raster page = Sheet();
    page.Fill({0, 0, 1700, 2200}, row.paper);
    for (int line = 0; line < 10; ++line) AddLine(&page, 400 + 40 * static_cast<float>(line), 40);
    page.Fill({230, 390, 233, 393}, 0);  // the dot of an i
    page.Fill({253, 405, 254, 406}, 0);  // a crumb of a letter
    for (int i = 0; i < row.specks; ++i) {
      const float x = 20 + 4 * static_cast<float>(i);
      page.Fill({x, 1500, x + 1, 1501}, 0);
    }
    EXPECT_EQ(page.Despeckle(kDpi), row.cleaned);
    EXPECT_EQ(page.MedianGrey({20, 1500, 21, 1501}) > 250, row.cleaned);
    EXPECT_LT(page.MedianGrey({230, 390, 233, 393}), 5);
    EXPECT_LT(page.MedianGrey({253, 405, 254, 406}), 5);
    EXPECT_LT(page.MedianGrey({201, 401, 211, 414}), 30);
  }
}

TEST(RasterTest, OnlyKeepsThePlace) {
  Raster page = Sheet();
  page.Fill({100, 100, 200, 120}, 0);
  page.Fill({100, 500, 200, 520}, 0);
  const Raster only = page.Only({{90, 490, 210, 530}});
  EXPECT_EQ(only.width(), page.width());
  EXPECT_GT(only.MedianGrey({100, 100, 200, 120}), 250);
  EXPECT_LT(only.MedianGrey({100, 500, 200, 520}), 5);
}

}  // namespace
}  // namespace foia::ocr
