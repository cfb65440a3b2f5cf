#include "ocr/page/label_words.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using documents::v1::REDACTION_KIND_LABEL_ONLY;
using documents::v1::REDACTION_KIND_OUTLINE;
using documents::v1::REDACTION_KIND_WHITE;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A page of 612 x 792 points at 72 dpi; a letter is 5 points wide, 10 high.
class Page {
 public:
  Page() {
    content_.transform.set_dpi(72);
    content_.transform.mutable_crop_box()->set_x1(612);
    content_.transform.mutable_crop_box()->set_y1(792);
  }

  // Words on one line, of which blanks divide.
  void Line(float x, float y, const std::string& text, bool of_line_before = false) {
    if (!of_line_before) ++line_;
    std::string word;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] != ' ') {
        word += text[i];
        continue;
      }
      if (word.empty()) continue;
      PageWord w;
      w.text = word;
      const float x1 = x + 5 * static_cast<float>(i);
      w.at = w.box = {x1 - 5 * static_cast<float>(word.size()), y, x1, y + 10};
      w.confidence = 90;
      w.line = line_;
      w.source = documents::v1::WORD_SOURCE_OCR;
      words_.push_back(std::move(w));
      word.clear();
    }
  }
  void Box(float x0, float x1, float y) { boxes_.push_back(At({x0, y - 1, x1, y + 11})); }
  void Frame(Rect at) {
    frames_.push_back(At(at));
    frames_.back().kind = REDACTION_KIND_OUTLINE;
  }
  void Cell(Rect at) { cells_.push_back(at); }
  void White(Rect at) {
    PaintEvent paint;
    paint.box = at;
    paint.grey = 1;
    content_.paints.push_back(paint);
  }
  void Colour(Rect at) { coloured_ = at; }

  std::vector<std::vector<std::string>> Codes() {
    FindLabelWords({content_,
                    cells_,
                    frames_,
                    612,
                    72,
                    {},
                    [this](const Rect& place) { return Coverage(place, coloured_) > 0.5F; }},
                   &words_, &boxes_);
    std::vector<std::vector<std::string>> codes;
    for (const PageRedaction& box : boxes_) {
      codes.emplace_back();
      for (const PageCode& code : box.codes) codes.back().push_back(code.code);
    }
    return codes;
  }
  const std::vector<PageRedaction>& boxes() const { return boxes_; }
  const std::vector<PageWord>& words() const { return words_; }

 private:
  static PageRedaction At(Rect at) {
    PageRedaction box;
    box.at = box.box = at;
    return box;
  }

  PageContent content_;
  std::vector<PageWord> words_;
  std::vector<PageRedaction> boxes_, frames_;
  std::vector<Rect> cells_;
  Rect coloured_;
  int line_ = -1;
};

TEST(LabelWordsTest, BesideItsBox) {
  const struct {
    std::string label;
    std::vector<std::string> codes;
  } rows[] = {{"(b)(6)", {"b6"}},      {"(b) (7) (C)", {"b7C"}},
              {"b6", {"b6"}},          {"[b6]", {"b6"}},
              {"Ex. 6", {"b6"}},       {"FOIA Ex. 7(A)", {"b7A"}},
              {"Exemption 5", {"b5"}}, {"(b)(6); (b)(7)(C)", {"b6", "b7C"}},
              {"Ex. 4 CBI", {"b4"}},   {"(b)(3) 10 USC 424", {"b3"}},
              {"(6)(6)", {"b6"}},      {"(j)(2)", {"j2"}},
              {"called about", {}},    {"(703) 555-0100", {}}};
  for (const auto& row : rows) {
    const float length = 5 * static_cast<float>(row.label.size());
    for (const std::string side : {"behind", "before", "above", "below"}) {
      Page page;
      page.Line(110, 100, "From:");
      page.Box(250, 370, 100);
      const float x = side == "behind" ? 376 : side == "before" ? 244 - length : 255;
      const float y = side == "above" ? 86 : side == "below" ? 114 : 100;
      page.Line(x, y, row.label);
      EXPECT_THAT(page.Codes(), ElementsAre(row.codes)) << row.label << " " << side;
    }
  }
}

TEST(LabelWordsTest, BetweenTwoBoxesAsElsewhereOnThePage) {
  for (const bool behind : {true, false}) {
    Page page;
    page.Box(200, 260, 100);
    page.Line(behind ? 264 : 166, 100, "(b)(6)");
    for (const float y : {130.0F, 160.0F}) {
      page.Box(200, 260, y);
      page.Line(268, y, y < 150 ? "(b)(5)" : "(b)(4)");
      page.Box(306, 360, y);
      if (behind) {
        page.Line(364, y, "b7E");
      } else {
        page.Line(174, y, "b7E");
      }
    }
    if (behind) {
      EXPECT_THAT(page.Codes(),
                  ElementsAre(ElementsAre("b6"), ElementsAre("b5"), ElementsAre("b7E"),
                              ElementsAre("b4"), ElementsAre("b7E")));
    } else {
      EXPECT_THAT(page.Codes(),
                  ElementsAre(ElementsAre("b6"), ElementsAre("b7E"), ElementsAre("b5"),
                              ElementsAre("b7E"), ElementsAre("b4")));
    }
  }
}

TEST(LabelWordsTest, TypedBehindAllElseStandsAtItsBox) {
  Page page;
  page.Line(110, 100, "From:");
  page.Box(150, 260, 100);
  page.Line(110, 200, "Subject: the culvert");
  page.Line(266, 100, "(b)(6)");
  EXPECT_THAT(page.Codes(), ElementsAre(ElementsAre("b6")));
  EXPECT_EQ(page.words().back().line, -1);
}

TEST(LabelWordsTest, WhereSomethingWasTakenOut) {
  Page page;
  page.Line(110, 100, "From:     (b)(6)");                         // a field
  page.Line(110, 130, "Signed by     (b)(5)       at the depot");  // a gap
  page.Line(110, 160, "Signed by");                                // on white paint
  page.Line(200, 160, "(b)(4)");
  page.White({170, 158, 300, 172});
  page.Line(320, 160, "at the depot");
  page.Line(110, 190, "Signed by (b)(1) at the depot");  // in a colour
  page.Colour({158, 188, 195, 202});
  EXPECT_THAT(page.Codes(), ElementsAre(ElementsAre("b6"), ElementsAre("b5"), ElementsAre("b4"),
                                        ElementsAre("b1")));
  EXPECT_EQ(page.boxes()[0].kind, REDACTION_KIND_LABEL_ONLY);
  EXPECT_TRUE(page.boxes()[0].codes_are_words);
  EXPECT_EQ(page.boxes()[2].kind, REDACTION_KIND_WHITE);
}

TEST(LabelWordsTest, MereWords) {
  Page page;
  page.Line(110, 100, "We withheld 14 pages under (b)(5) and (b)(7)(C) of the Act");
  page.Line(110, 120, "(b)(6)   personnel and medical files and similar files");
  page.Line(110, 140, "Exemptions applied:     (b)(6)     (b)(7)(C)");
  page.Line(110, 160, "see 5 U.S.C. 552(b)(4) and Exhibit 6");
  page.Line(110, 180, "Bates:     (b)(6)");  // in the cell of a table
  page.Cell({155, 175, 220, 195});
  EXPECT_THAT(page.Codes(), IsEmpty());
}

TEST(LabelWordsTest, InAFrame) {
  Page page;
  page.Frame({100, 95, 300, 115});
  page.Line(110, 100, "| Personal Privacy / Ex. 6 |");
  page.Frame({100, 125, 300, 145});
  page.Line(110, 130, "Notice (b)(6)");
  page.Frame({100, 155, 300, 175});
  page.Line(110, 160, "(by(3) 10 USC 424");
  EXPECT_THAT(page.Codes(), ElementsAre(ElementsAre("b6"), ElementsAre("b3")));
  EXPECT_EQ(page.boxes()[0].kind, REDACTION_KIND_OUTLINE);
}

PageWord SheetWord(const std::string& text, float y) {
  PageWord word;
  word.text = text;
  word.at = word.box = {100, y, 400, y + 12};
  word.confidence = 90;
  return word;
}

TEST(WithheldSheetTest, WhatItSays) {
  const struct {
    std::vector<std::string> lines;
    std::vector<std::string> codes;
  } rows[] = {
      {{"Page 4 of 31", "Withheld pursuant to exemption", "(b)(6); (b)(7)(C)",
        "of the Freedom of Information and Privacy Act"},
       {"b6", "b7C"}},
      {{"Pages 14 through 22 redacted for the following reasons:", "(b)(5), (b)(7)(E)"},
       {"b5", "b7E"}},
      {{"DOCUMENT WITHHELD IN FULL", "Exemption 5"}, {"b5"}},
      {{"DELETED PAGE INFORMATION SHEET", "Total Deleted Page(s) = 3", "Page 8 ~ b6; b7C;",
        "Page 9 ~ b6; b7D;", "Page 30 ~ Referral/Consult;"},
       {"b6", "b7C", "b7D"}},
      {{"3 Page(s) Withheld in Their Entirety"}, {}},
  };
  for (const auto& row : rows) {
    std::vector<PageWord> words;
    for (const std::string& line : row.lines) {
      words.push_back(SheetWord(line, 100 + 20 * static_cast<float>(words.size())));
    }
    const std::optional<PageRedaction> sheet = WithheldSheet(words, {});
    ASSERT_TRUE(sheet.has_value()) << row.lines[0];
    EXPECT_EQ(sheet->kind, REDACTION_KIND_LABEL_ONLY);
    std::vector<std::string> codes;
    for (const PageCode& code : sheet->codes) codes.push_back(code.code);
    EXPECT_EQ(codes, row.codes) << row.lines[0];
  }
}

TEST(WithheldSheetTest, WhatIsNone) {
  EXPECT_FALSE(WithheldSheet({SheetWord("Dear Ms. Alder:", 100),
                              SheetWord("We have withheld in full 14 pages under (b)(5).", 120)},
                             {})
                   .has_value());
  EXPECT_FALSE(WithheldSheet({SheetWord("The tax was withheld from each payment.", 100),
                              SheetWord("Sincerely, A. Brook", 120)},
                             {})
                   .has_value());
  // The label of a box over the page.
  PageRedaction box;
  box.at = {0, 0, 612, 792};
  box.codes.push_back({"b5", "(b)(5)", {}, 1});
  EXPECT_FALSE(WithheldSheet({SheetWord("Withheld in Full (b)(5)", 100)}, {box}).has_value());
}

}  // namespace
}  // namespace foia::ocr
