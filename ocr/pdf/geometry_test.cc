#include "ocr/pdf/geometry.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

PageTransform Page(float x0, float y0, float width, float height, int rotate, float unit) {
  PageTransform t;
  t.mutable_crop_box()->set_x0(x0);
  t.mutable_crop_box()->set_y0(y0);
  t.mutable_crop_box()->set_x1(x0 + width);
  t.mutable_crop_box()->set_y1(y0 + height);
  t.set_rotate(rotate);
  t.set_user_unit(unit);
  return t;
}

void ExpectNear(const Rect& a, const Rect& b, float tolerance, const std::string& where) {
  EXPECT_NEAR(a.x0, b.x0, tolerance) << where;
  EXPECT_NEAR(a.y0, b.y0, tolerance) << where;
  EXPECT_NEAR(a.x1, b.x1, tolerance) << where;
  EXPECT_NEAR(a.y1, b.y1, tolerance) << where;
}

// A box in the upper left corner, ten points from each edge, on a sheet of 600 x 800 points.
TEST(ConvertTest, RotationsOfTheDisplay) {
  const struct {
    int rotate;
    Rect displayed;
  } rows[] = {{0, {10, 10, 110, 30}},
              {90, {770, 10, 790, 110}},
              {180, {490, 770, 590, 790}},
              {270, {10, 490, 30, 590}}};
  for (const auto& row : rows) {
    for (const float offset : {0.0F, 36.0F, -20.0F}) {
      const PageTransform t = Page(offset, offset, 600, 800, row.rotate, 1);
      ExpectNear(Convert(t, {10, 10, 110, 30}, Space::kStored, Space::kDisplayed), row.displayed,
                 0.01F, absl::StrCat("rotate ", row.rotate, " offset ", offset));
    }
  }
}

TEST(ConvertTest, UserUnitAndSize) {
  const PageTransform t = Page(5, 5, 300, 400, 90, 2);
  EXPECT_EQ(DisplayedPage(t), (Rect{0, 0, 800, 600}));
}

TEST(ConvertTest, Pixels) {
  PageTransform t = Page(0, 0, 600, 800, 0, 1);
  t.set_dpi(144);
  ExpectNear(Convert(t, {10, 10, 110, 30}, Space::kStored, Space::kPixels), {20, 20, 220, 60},
             0.01F, "dpi");
  // The raster was turned once clockwise: what was left is on top.
  t.set_upright_quarter_turns(1);
  ExpectNear(Convert(t, {10, 10, 110, 30}, Space::kStored, Space::kPixels), {1540, 20, 1580, 220},
             0.01F, "turned");
}

TEST(ConvertTest, ThereAndBackForAllCombinations) {
  const Rect box{40, 50, 140, 70};
  for (const int rotate : {0, 90, 180, 270}) {
    for (const float offset : {0.0F, 17.5F}) {
      for (const float unit : {1.0F, 2.5F}) {
        for (const int turns : {0, 1, 2, 3}) {
          for (const float skew : {0.0F, 1.5F, -2.0F}) {
            PageTransform t = Page(offset, 2 * offset, 612, 792, rotate, unit);
            t.set_dpi(200);
            t.set_upright_quarter_turns(turns);
            t.set_deskew_degrees(skew);
            const Rect pixels = Convert(t, box, Space::kStored, Space::kPixels);
            const Rect back = Convert(t, pixels, Space::kPixels, Space::kStored);
            // Levelled boxes grow by the boxes around them, but keep their middle.
            const float grown = skew == 0 ? 0.02F : 8;
            ExpectNear(back, box, grown, absl::StrCat(rotate, " ", offset, " ", turns, " ", skew));
            EXPECT_NEAR(back.x0 + back.x1, box.x0 + box.x1, 0.05);
            EXPECT_NEAR(back.y0 + back.y1, box.y0 + box.y1, 0.05);
          }
        }
      }
    }
  }
}

// A word of the raster comes back from its stored box, however the page lies, and the matrix to the
// PDF's own space agrees with the stored place.
TEST(LevelBoxTest, UndoesTheGrowthOfStoredBoxes) {
  const Rect word{400, 300, 520, 330};
  for (const int rotate : {0, 90, 180, 270}) {
    for (const int turns : {0, 1, 2, 3}) {
      for (const float skew : {0.0F, 0.4F, 3.0F, -5.0F}) {
        for (const float unit : {1.0F, 2.0F}) {
          SCOPED_TRACE(absl::StrCat(rotate, " ", turns, " ", skew, " ", unit));
          PageTransform t = Page(20, 30, 612, 792, rotate, unit);
          t.set_dpi(200);
          t.set_upright_quarter_turns(turns);
          t.set_deskew_degrees(skew);
          const Rect stored = Convert(t, word, Space::kPixels, Space::kStored);
          ExpectNear(LevelBox(t, stored), word, 0.1F, "there and back");

          const Matrix m = PixelsToUserSpace(t);
          const double x = m.a * 460 + m.c * 315 + m.e, y = m.b * 460 + m.d * 315 + m.f;
          const double scale = static_cast<double>(unit);
          EXPECT_NEAR(x, 20 + static_cast<double>(stored.x0 + stored.x1) / 2 / scale, 0.02);
          EXPECT_NEAR(y, 30 + 792 - static_cast<double>(stored.y0 + stored.y1) / 2 / scale, 0.02);
        }
      }
    }
  }
}

TEST(RectTest, CoverageAndOverlap) {
  const Rect a{0, 0, 10, 10}, b{5, 0, 15, 10}, apart{20, 20, 30, 30};
  EXPECT_FLOAT_EQ(Coverage(a, b), 0.5F);
  EXPECT_FLOAT_EQ(IntersectionOverUnion(a, b), 1.0F / 3);
  EXPECT_FLOAT_EQ(Coverage(a, apart), 0);
  EXPECT_FLOAT_EQ(IntersectionOverUnion(a, apart), 0);
  EXPECT_EQ(Union(a, Rect{}), a);
}

}  // namespace
}  // namespace foia::ocr
