#include "ocr/page/margin_codes.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A page of 612 x 792 points at 72 dpi.
PageWord Word(const std::string& text, float x, float y) {
  PageWord word;
  word.text = text;
  word.at = {x, y, x + 20, y + 8};
  word.confidence = 90;
  return word;
}

PageRedaction Box(float x, float y) {
  PageRedaction box;
  box.at = {x, y, x + 60, y + 13};
  return box;
}

std::vector<std::string> CodesOf(const PageRedaction& box) {
  std::vector<std::string> codes;
  for (const PageCode& c : box.codes) codes.push_back(c.code);
  return codes;
}

TEST(MarginCodesTest, EachBoxOfALineGetsItsOwn) {
  // In no order, as boxes are found.
  std::vector<PageRedaction> boxes{Box(300, 98), Box(80, 100),  Box(80, 200), Box(200, 200),
                                   Box(80, 300), Box(200, 300), Box(80, 400), Box(200, 400)};
  AssignMarginCodes(
      {Word("(b)(7)(F);", 545, 103), Word("(b)(7)(E)", 570, 102),
       // One claim, though of two paragraphs.
       Word("(b)(6);", 545, 202), Word("(b)(7)(C);", 565, 202), Word("(b)(5)", 585, 202),
       // Twice the same, in one word.
       Word("(b)(6);(b)(7)(C);(b)(6);(b)(7)(C)", 545, 302),
       // Whose is which cannot be told.
       Word("(b)(3);", 545, 402), Word("(b)(4);", 565, 402), Word("(b)(5)", 585, 402)},
      612, 72, &boxes);
  EXPECT_THAT(CodesOf(boxes[0]), ElementsAre("b7E"));
  EXPECT_THAT(CodesOf(boxes[1]), ElementsAre("b7F"));
  EXPECT_THAT(CodesOf(boxes[2]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[3]), ElementsAre("b5"));
  EXPECT_THAT(CodesOf(boxes[4]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[5]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[6]), ElementsAre("b3", "b4", "b5"));
  EXPECT_THAT(CodesOf(boxes[7]), ElementsAre("b3", "b4", "b5"));
}

TEST(MarginCodesTest, StackIsForAllBoxesBesideIt) {
  std::vector<PageRedaction> boxes{Box(80, 100), Box(200, 100), Box(80, 130), Box(80, 500)};
  AssignMarginCodes({Word("b6", 560, 100), Word("b7C", 560, 109)}, 612, 72, &boxes);
  EXPECT_THAT(CodesOf(boxes[0]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[1]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[2]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[3]), IsEmpty());
}

TEST(MarginCodesTest, WordsAtNoPlaceAreNone) {
  std::vector<PageRedaction> boxes{Box(80, 100)};
  const float nowhere = std::numeric_limits<float>::quiet_NaN();
  AssignMarginCodes({Word("b6", nowhere, nowhere), Word("b6", 560, nowhere)}, 612, 72, &boxes);
  EXPECT_THAT(CodesOf(boxes[0]), IsEmpty());
}

// As an agency prints them: a stack beside some of the lines, the last of its codes level with a
// box.
TEST(MarginCodesTest, StacksThatSayTheSameAreForAllBoxes) {
  std::vector<PageRedaction> boxes{Box(80, 60), Box(80, 110), Box(80, 140), Box(80, 640)};
  const std::vector<PageWord> words{Word("b6", 560, 100), Word("b7C", 560, 112),
                                    Word("b6", 560, 300), Word("b7C", 560, 312)};
  AssignMarginCodes(words, 612, 72, &boxes);
  for (const PageRedaction& box : boxes) EXPECT_THAT(CodesOf(box), ElementsAre("b6", "b7C"));
  // Not where one says something else.
  boxes = {Box(80, 110), Box(80, 640)};
  AssignMarginCodes({words[0], words[1], Word("b5", 560, 300)}, 612, 72, &boxes);
  EXPECT_THAT(CodesOf(boxes[0]), ElementsAre("b6", "b7C"));
  EXPECT_THAT(CodesOf(boxes[1]), IsEmpty());
}

}  // namespace
}  // namespace foia::ocr
