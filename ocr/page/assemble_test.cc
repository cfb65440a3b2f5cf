#include "ocr/page/assemble.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

PageWord Word(const std::string& text, const Rect& box, int line) {
  PageWord word;
  word.text = text;
  word.box = word.at = box;
  word.source = pb::WORD_SOURCE_LAYER;
  word.line = line;
  return word;
}

// A broken font gives its letters no width: their words stand on a line all the same.
TEST(AssembleTest, WordsWithoutWidthHaveALine) {
  pb::PageRecord record;
  record.mutable_transform()->mutable_crop_box()->set_x1(612);
  record.mutable_transform()->mutable_crop_box()->set_y1(792);
  record.mutable_transform()->set_user_unit(1);
  record.mutable_transform()->set_dpi(72);
  Assemble({Word("The", {72, 80, 72, 92}, 0), Word("agency", {90, 80, 90, 92}, 0),
            Word("told", {72, 100, 95, 112}, 1)},
           {}, &record);
  EXPECT_EQ(record.text(), "The agency\ntold\n");
  ASSERT_EQ(record.lines_size(), 2);
  ASSERT_EQ(record.words_size(), 3);
  EXPECT_EQ(record.words(0).line(), 0);
  EXPECT_EQ(record.words(1).line(), 0);
  EXPECT_EQ(record.words(2).line(), 1);
  EXPECT_FLOAT_EQ(record.lines(0).box().x0(), 72);
}

}  // namespace
}  // namespace foia::ocr
