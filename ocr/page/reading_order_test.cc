#include "ocr/page/reading_order.h"

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using ::testing::ElementsAre;

// A page set in 10-point type: letters 5 points wide, lines 12 high.
class Page {
 public:
  // Words from `x` on, their tops at `y`.
  Page& Line(float x, float y, const std::string& text) {
    std::istringstream in(text);
    for (std::string word; in >> word;) {
      const auto width = 5 * static_cast<float>(word.size());
      const int letters = word.front() == '[' ? 0 : static_cast<int>(word.size());
      items_.push_back({{x, y, x + width, y + 12},
                        -1,
                        letters,
                        word.back() == ':',
                        word.front() >= 'a' && word.front() <= 'z'});
      words_.push_back(word);
      x += width + 3;
    }
    return *this;
  }
  Page& Lines(float x, float y, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      Line(x, y, line);
      y += 14;
    }
    return *this;
  }
  Page& Box(const Rect& at) {
    items_.push_back({at});
    words_.push_back("[box]");
    return *this;
  }
  Page& Frames(const std::vector<Rect>& frames) {
    frames_ = frames;
    return *this;
  }
  // As if the file drew its words in another order.
  Page& Shuffle(uint32_t seed) {
    std::vector<size_t> order(items_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    const Page old = *this;
    for (size_t i = 0; i < order.size(); ++i) {
      items_[i] = old.items_[order[i]];
      words_[i] = old.words_[order[i]];
    }
    return *this;
  }

  std::vector<std::string> Read() const {
    std::vector<std::string> lines;
    for (const OrderedLine& line : ReadingOrder(items_, frames_)) {
      std::string text;
      for (const int i : line.items) {
        text += (text.empty() ? "" : " ") + words_[static_cast<size_t>(i)];
      }
      lines.push_back(text);
    }
    return lines;
  }
  std::vector<int> Blocks() const {
    std::vector<int> blocks;
    for (const OrderedLine& line : ReadingOrder(items_, frames_)) blocks.push_back(line.block);
    return blocks;
  }

 private:
  std::vector<OrderItem> items_;
  std::vector<Rect> frames_;
  std::vector<std::string> words_;
};

struct Case {
  std::string name;
  Page page;
  std::vector<std::string> lines;
};

const std::vector<std::string>& Left() {
  static const auto& lines = *new std::vector<std::string>{
      "On Thursday the regional office", "received a complaint about the",
      "culvert at mile marker nineteen,", "and two inspectors visited the"};
  return lines;
}
const std::vector<std::string>& Right() {
  static const auto& lines = *new std::vector<std::string>{
      "site and took the photographs", "which are part of this file. The",
      "contractor was told to repair it", "before the first frost, and he",
      "agreed to do so at his own cost."};
  return lines;
}

std::vector<std::string> Join(const std::vector<std::vector<std::string>>& parts) {
  std::vector<std::string> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<Case> Cases() {
  // Drawn line by line across both columns.
  Page by_lines;
  for (size_t i = 0; i < Left().size(); ++i) {
    by_lines.Line(72, 100 + 14 * static_cast<float>(i), Left()[i])
        .Line(250, 100 + 14 * static_cast<float>(i), Right()[i]);
  }
  by_lines.Line(250, 156, Right().back());
  const std::vector<std::string> title = {"Report of the inspection of the culvert by the county"};
  std::vector<Case> cases;
  cases.push_back(
      {"Columns", Page().Lines(72, 100, Left()).Lines(250, 100, Right()), Join({Left(), Right()})});
  cases.push_back({"ColumnsDrawnLineByLine", by_lines, Join({Left(), Right()})});
  cases.push_back(
      {"LabelsAboveTheirValuesInCells",
       Page()
           .Line(74, 100, "1. Last name")
           .Line(204, 100, "2. First name")
           .Line(334, 100, "3. Born")
           .Line(76, 116, "Featherstone")
           .Line(206, 116, "Augusta Maria")
           .Line(336, 116, "07/19/1961")
           .Line(74, 134, "4. Address")
           .Line(76, 150, "88 Tupelo Court")
           .Line(72, 190, "Signed on Monday")
           .Frames(
               {{72, 98, 200, 130}, {202, 98, 330, 130}, {332, 98, 500, 130}, {72, 132, 500, 164}}),
       {"1. Last name", "Featherstone", "2. First name", "Augusta Maria", "3. Born", "07/19/1961",
        "4. Address", "88 Tupelo Court", "Signed on Monday"}});
  cases.push_back({"CellsOfOneLine",
                   Page()
                       .Line(74, 100, "Doc Date")
                       .Line(204, 100, "Pages")
                       .Line(74, 120, "HRL 3/4")
                       .Line(204, 120, "2")
                       .Frames({{72, 98, 200, 114},
                                {202, 98, 330, 114},
                                {72, 116, 200, 134},
                                {202, 116, 330, 134}}),
                   {"Doc Date Pages", "HRL 3/4 2"}});
  cases.push_back({"ColumnsThatAreNotLevel", Page().Lines(72, 100, Left()).Lines(250, 106, Right()),
                   Join({Left(), Right()})});
  cases.push_back({"ColumnsBelowATitle",
                   Page().Line(72, 60, title[0]).Lines(72, 100, Left()).Lines(250, 100, Right()),
                   Join({title, Left(), Right()})});
  cases.push_back({"ColumnsRoundACaption",
                   Page()
                       .Lines(72, 100, Left())
                       .Lines(72, 156, {"site before", "noon and left"})
                       .Lines(72, 184, Left())
                       .Lines(250, 100, Left())
                       .Lines(360, 156, {"again at", "three with"})
                       .Lines(250, 184, Left())
                       .Lines(160, 158, {"The culvert in the spring of the year"}),
                   Join({Left(),
                         {"site before", "noon and left"},
                         Left(),
                         Left(),
                         {"again at", "three with"},
                         Left(),
                         {"The culvert in the spring of the year"}})});
  cases.push_back({"Form",
                   Page()
                       .Lines(72, 100, {"Name of witness:", "Date:", "Interviewed by:"})
                       .Lines(200, 100, {"Marigold Tennyson", "4 March 2024", "Ines Calloway"}),
                   {"Name of witness: Marigold Tennyson", "Date: 4 March 2024",
                    "Interviewed by: Ines Calloway"}});
  cases.push_back(
      {"FormWithAValueOfTwoLines",
       Page()
           .Line(72, 100, "Records sought:")
           .Lines(200, 100, {"Inspection reports of the", "Harlow bridge"})
           .Line(72, 140, "Fee limit:")
           .Line(200, 140, "25 dollars"),
       {"Records sought: Inspection reports of the", "Harlow bridge", "Fee limit: 25 dollars"}});
  cases.push_back({"Table",
                   Page()
                       .Lines(72, 100, {"Date", "3/4/2024", "3/9/2024"})
                       .Lines(160, 100, {"Office", "Harlow", "Newark"})
                       .Lines(260, 100, {"Pages", "12", "7"}),
                   {"Date Office Pages", "3/4/2024 Harlow 12", "3/9/2024 Newark 7"}});
  cases.push_back({"TableWithWrappedCells",
                   Page()
                       .Line(72, 100, "3/4/2024")
                       .Lines(160, 100, {"Letter of the", "director", "to the county"})
                       .Lines(300, 100, {"Withheld", "in part"})
                       .Line(72, 160, "3/9/2024")
                       .Line(160, 160, "Memorandum")
                       .Line(300, 160, "Released"),
                   {"3/4/2024 Letter of the", "director", "to the county", "Withheld", "in part",
                    "3/9/2024 Memorandum Released"}});
  Page boxes;
  std::vector<std::string> with_boxes;
  for (int i = 0; i < 6; ++i) {
    const auto y = 100 + 14 * static_cast<float>(i);
    boxes.Line(72, y, "Statement of Mr").Box({155, y - 1, 255, y + 12}).Line(258, y, "was taken");
    with_boxes.emplace_back("Statement of Mr [box] was taken");
  }
  cases.push_back({"BoxesBelowEachOther", boxes, with_boxes});
  cases.push_back({"BoxOverTwoLines",
                   Page()
                       .Lines(72, 100, {"He told Mr", "of the office"})
                       .Box({136, 101, 230, 126})
                       .Lines(233, 100, {"about the", "in Harlow."}),
                   {"He told Mr [box] about the", "of the office in Harlow."}});
  cases.push_back({"MailHeader",
                   Page()
                       .Lines(72, 100, {"From:", "Sent:", "To:", "Subject:"})
                       .Lines(130, 100,
                              {"Calloway, Ines", "Thursday, July 16, 2020 9:12 AM", "Quill, Tobias",
                               "RE: the culvert"}),
                   {"From: Calloway, Ines", "Sent: Thursday, July 16, 2020 9:12 AM",
                    "To: Quill, Tobias", "Subject: RE: the culvert"}});
  cases.push_back({"LetterHead",
                   Page()
                       .Lines(72, 100, {"U.S. Department of Examples", "Office of Information"})
                       .Line(400, 100, "July 16, 2020"),
                   {"U.S. Department of Examples", "Office of Information", "July 16, 2020"}});
  return cases;
}

class ReadingOrderTest : public ::testing::TestWithParam<Case> {};

TEST_P(ReadingOrderTest, IsTheReaders) { EXPECT_EQ(GetParam().page.Read(), GetParam().lines); }

TEST_P(ReadingOrderTest, DoesNotDependOnTheOrderInTheFile) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    Page page = GetParam().page;
    EXPECT_EQ(page.Shuffle(seed).Read(), GetParam().lines) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Pages, ReadingOrderTest, ::testing::ValuesIn(Cases()),
                         [](const auto& each) { return each.param.name; });

TEST(ReadingOrderBlocksTest, ParagraphsAndColumnsAreBlocks) {
  EXPECT_THAT(Page()
                  .Lines(72, 60, {"A first paragraph", "of two lines."})
                  .Lines(72, 110, {"And a second one."})
                  .Blocks(),
              ElementsAre(0, 0, 1));
}

TEST(ReadingOrderBlocksTest, NothingGivesNothing) { EXPECT_TRUE(ReadingOrder({}).empty()); }

// Things at one place, without size, beyond all numbers: each is on one line all the same.
TEST(ReadingOrderBlocksTest, EveryItemIsOnOneLine) {
  std::vector<OrderItem> items;
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto at = [&] { return static_cast<float>(random() % 600); };
    OrderItem item;
    item.at = {at(), at(), 0, 0};
    item.at.x1 = item.at.x0 + static_cast<float>(random() % 90);
    item.at.y1 = item.at.y0 + static_cast<float>(random() % 40);
    item.letters = static_cast<int>(random() % 9);
    item.line = static_cast<int>(random() % 300) - 1;
    items.push_back(item);
  }
  items.push_back({{-1e30F, -1e30F, 1e30F, 1e30F}, 3, 4, false});
  items.push_back({{1e9F, 1e9F, 1e9F, 1e9F}, -1, 0, true});
  std::vector<int> seen(items.size(), 0);
  for (const OrderedLine& line : ReadingOrder(items)) {
    for (const int item : line.items) ++seen[static_cast<size_t>(item)];
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<ptrdiff_t>(seen.size()));
}

TEST(TurnUprightTest, TextThatRunsDownOrUp) {
  EXPECT_EQ(TurnUpright({10, 20, 30, 60}, 0), (Rect{10, 20, 30, 60}));
  EXPECT_EQ(TurnUpright({10, 20, 30, 60}, 1), (Rect{20, -30, 60, -10}));
  EXPECT_EQ(TurnUpright({10, 20, 30, 60}, 2), (Rect{-30, -60, -10, -20}));
  EXPECT_EQ(TurnUpright({10, 20, 30, 60}, 3), (Rect{-60, 10, -20, 30}));
}

}  // namespace
}  // namespace foia::ocr
