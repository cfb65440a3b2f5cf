#include "ocr/redaction/boxes.h"

#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using documents::v1::REDACTION_KIND_OUTLINE;
using documents::v1::REDACTION_KIND_SOLID;

constexpr int kDpi = 150;
constexpr float kPoint = kDpi / 72.0F;

// Drawn in points.
class Page {
 public:
  Page() : raster_(Raster::White(1275, 1650)) {}

  void Fill(Rect r, int grey = 0) {
    raster_.Fill({r.x0 * kPoint, r.y0 * kPoint, r.x1 * kPoint, r.y1 * kPoint},
                 static_cast<uint8_t>(grey));
  }
  void Frame(Rect r) {
    Fill(r);
    Fill({r.x0 + 0.8F, r.y0 + 0.8F, r.x1 - 0.8F, r.y1 - 0.8F}, 255);
  }
  // The letter O.
  void Ring(Rect r) {
    const float middle = (r.x0 + r.x1) / 2, radius = r.height() / 2, width = r.width() / 2;
    const auto half = [&](float y, float stroke) {
      const float h = radius - stroke, at = y - (r.y0 + radius);
      return std::abs(at) >= h ? 0 : (width - stroke) * std::sqrt(1 - at * at / (h * h));
    };
    for (float y = r.y0; y < r.y1; y += 0.4F) {
      Fill({middle - half(y, 0), y, middle + half(y, 0), y + 0.4F});
      if (half(y, 2) > 0) Fill({middle - half(y, 2), y, middle + half(y, 2), y + 0.4F}, 255);
    }
  }
  std::vector<FoundBox> Boxes() const { return FindBoxes(raster_, kDpi).boxes; }

 private:
  Raster raster_;
};

TEST(BoxesTest, WhatIsNoRedaction) {
  Page page;
  for (const float size : {14.0F, 18.0F, 24.0F, 36.0F}) {
    page.Ring({4 * size, 10 * size, 5 * size, 11 * size});
  }
  page.Frame({300, 100, 312, 112});  // to be ticked
  page.Frame({300, 140, 318, 158});
  page.Fill({0, 300, 25, 700});  // shadows of a lid that stood open
  page.Fill({30, 0, 600, 20});
  for (const FoundBox& box : page.Boxes()) {
    ADD_FAILURE() << box.kind << " at " << box.box.x0 / kPoint << ", " << box.box.y0 / kPoint;
  }
}

TEST(BoxesTest, FieldsOfAFormHaveOneSize) {
  Page form, release;
  for (int i = 0; i < 5; ++i) {
    const float y = 100 + 40 * static_cast<float>(i), length = 30 * static_cast<float>(i + 1);
    form.Frame({100, y, 130, y + 12});
    release.Frame({100, y, 100 + length, y + 12});
  }
  EXPECT_EQ(release.Boxes().size(), 5U);
  for (const FoundBox& box : release.Boxes()) EXPECT_TRUE(box.empty);
  EXPECT_EQ(form.Boxes().size(), 5U);
  for (const FoundBox& box : form.Boxes()) EXPECT_FALSE(box.empty);
}

TEST(BoxesTest, WhereTheyAre) {
  Page page;
  page.Fill({72, 200, 172, 214});
  page.Fill({0, 400, 612, 416});  // over the whole line
  page.Frame({200, 300, 300, 330});
  const std::vector<FoundBox> boxes = page.Boxes();
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_EQ(boxes[0].kind, REDACTION_KIND_SOLID);
  EXPECT_GT(IntersectionOverUnion(boxes[0].box, {150, 416, 358, 446}), 0.9F);
  EXPECT_EQ(boxes[1].kind, REDACTION_KIND_SOLID);
  EXPECT_EQ(boxes[2].kind, REDACTION_KIND_OUTLINE);
  EXPECT_TRUE(boxes[2].empty);
  EXPECT_GT(IntersectionOverUnion(boxes[2].box, {416, 625, 625, 688}), 0.9F);
}

}  // namespace
}  // namespace foia::ocr
