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
           {}, {}, &record);
  EXPECT_EQ(record.text(), "The agency\ntold\n");
  ASSERT_EQ(record.lines_size(), 2);
  ASSERT_EQ(record.words_size(), 3);
  EXPECT_EQ(record.words(0).line(), 0);
  EXPECT_EQ(record.words(1).line(), 0);
  EXPECT_EQ(record.words(2).line(), 1);
  EXPECT_FLOAT_EQ(record.lines(0).box().x0(), 72);
}

// Words that stand on a redaction stay and take its place on the line; where they are another one's
// label, nothing is lost but them.
TEST(AssembleTest, WordsOnACoverStay) {
  pb::PageRecord record;
  record.mutable_transform()->mutable_crop_box()->set_x1(612);
  record.mutable_transform()->mutable_crop_box()->set_y1(792);
  record.mutable_transform()->set_user_unit(1);
  record.mutable_transform()->set_dpi(72);
  PageRedaction cover;
  cover.box = cover.at = {119, 79, 171, 93};
  cover.code_status = pb::CODE_STATUS_UNREADABLE;
  const std::vector<PageWord> words = {Word("fined", {72, 80, 100, 92}, 0),
                                       Word("dollars", {175, 80, 210, 92}, 0),
                                       Word("9,750", {120, 80, 150, 92}, 1)};
  Assemble(words, {cover}, {}, &record);
  EXPECT_EQ(record.text(), "fined 9,750 dollars\n");
  ASSERT_EQ(record.redactions_size(), 1);
  EXPECT_EQ(record.redactions(0).word_position(), 1);
  EXPECT_EQ(record.redactions(0).code_status(), pb::CODE_STATUS_NONE);

  PageRedaction coded = cover;
  coded.codes = {{"b6", "(b)(6)", "", 1}};
  pb::PageRecord other;
  *other.mutable_transform() = record.transform();
  Assemble({words[2]}, {cover, coded}, {}, &other);
  EXPECT_EQ(other.text(), "(b)(6)\n");
  EXPECT_EQ(other.redactions_size(), 2);
}

}  // namespace
}  // namespace foia::ocr
