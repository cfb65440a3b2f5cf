// Redactions and what only looks like one, drawn as a PDF and scanned from it, through the real
// foia-page.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/ocr_files.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::testing::HasSubstr;
using Codes = std::vector<std::vector<std::string>>;

// Content of a page, in points from the lower left corner.
std::string Text(double x, double y, std::string_view text, const std::string& font = "F1",
                 double size = 11, const std::string& colour = "0 g") {
  std::string escaped;
  for (const char c : text) {
    if (c == '(' || c == ')') escaped += '\\';
    escaped += c;
  }
  return absl::StrCat(colour, " BT /", font, " ", size, " Tf ", x, " ", y, " Td (", escaped,
                      ") Tj ET\n");
}
std::string Fill(double x, double y, double width, double height,
                 const std::string& colour = "0 g") {
  return absl::StrCat(colour, " ", x, " ", y, " ", width, " ", height, " re f\n");
}
std::string Frame(double x, double y, double width, double height) {
  return absl::StrCat("0 G 0.7 w ", x, " ", y, " ", width, " ", height, " re S\n");
}
std::string Body(double y) {
  std::string content;
  for (const char* line :
       {"The district engineer inspected the spillway and found no cracks in the upper wall.",
        "Copies of the permit were mailed to the adjoining owners in early spring, and the",
        "board asked for an estimate of the cost before the next session of the council."}) {
    content += Text(72, y, line);
    y -= 16;
  }
  return content;
}

// The codes of each redaction, downwards.
Codes CodesOf(const pb::PageRecord& page) {
  std::vector<pb::Redaction> redactions(page.redactions().begin(), page.redactions().end());
  std::stable_sort(redactions.begin(), redactions.end(),
                   [](const auto& a, const auto& b) { return a.box().y0() < b.box().y0() - 4; });
  Codes codes;
  for (const pb::Redaction& r : redactions) {
    codes.emplace_back();
    for (const pb::ExemptionCode& c : r.codes()) codes.back().push_back(c.code());
  }
  return codes;
}

pb::PageRecord Read(const std::string& pdf) {
  const testing::TempDir dir;
  testing::WriteFile(dir / "page.pdf", pdf);
  OcrFilesOptions options;
  options.process.program = PageProgram(testing::BinDir());
  options.process.seal_key = "a key for tests";
  options.jobs = 1;
  const auto files = OcrFiles({dir / "page.pdf"}, options);
  EXPECT_OK(files);
  return files.ok() && files->size() == 1 && files->front().pages.size() == 1
             ? files->front().pages[0]
             : pb::PageRecord();
}

struct Example {
  std::string name, content;
  Codes codes;
  std::vector<std::string> text;  // what the page's text holds, blanks for line ends
  bool scan = true;               // whether it can be told from a grey scan, too
};

std::vector<Example> Examples() {
  std::vector<Example> out;
  Example bars{"section bars", {}, {}, {}};
  double y = 720;
  for (const char* heading : {"SECTION B. COMPLAINANT", "Offsets and other charges",
                              "BOARD OFFICERS", "PART 6 JOB AND BUSINESS"}) {
    bars.content += Fill(72, y - 5, 468, 18, "0.13 g") + Text(78, y, heading, "F2", 11, "1 g") +
                    Text(78, y - 24, "as reported by the owner of the mill in March");
    bars.text.emplace_back(heading);
    y -= 60;
  }
  out.push_back(bars);
  out.push_back({"large title",
                 Text(60, 660, "Big dogs", "F2", 60) + Text(60, 580, "FIELD", "F4", 80) + Body(500),
                 {},
                 {"Big dogs", "FIELD"}});
  Example table{"table with codes", Body(720), {}, {"HR-2"}};
  const std::vector<std::vector<std::string>> rows{{"Bates", "Pages", "Exemption", "Action"},
                                                   {"HR-1", "4", "(b)(6)", "RIP"},
                                                   {"HR-2", "12", "(b)(5); (b)(6)", "WIF"},
                                                   {"HR-3", "1", "(b)(7)(C)", "RIP"}};
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t c = 0; c < 4; ++c) {
      const double x = 72 + 110 * static_cast<double>(c), at = 600 - 24 * static_cast<double>(r);
      table.content += Frame(x, at, 110, 24) + Text(x + 5, at + 8, rows[r][c], "F4", 10);
    }
  }
  out.push_back(table);
  out.push_back({"letter that cites",
                 Text(72, 700, "We withheld 14 pages in full under (b)(5) and portions of others") +
                     Text(72, 684, "under (b)(6) and (b)(7)(C). Exemption (b)(7)(E) covers more.") +
                     Text(72, 660, "(b)(6)   personnel and medical files and similar files;") +
                     Body(620),
                 {},
                 {"under (b)(5) and"}});
  out.push_back({"frames that hide nothing",
                 Text(72, 700, "Signature") + Frame(140, 694, 120, 20) + Text(72, 660, "Date") +
                     Frame(140, 654, 200, 20) + Body(600),
                 {},
                 {"Signature"},
                 false});
  Example beside{"codes beside boxes", {}, {{"b6"}, {"b7C"}, {"b6"}, {"b5"}, {"b6"}}, {}};
  y = 720;
  for (const char* label : {"(b)(6)", "(b)(7)(C)", "b6", "Ex. 5", "[b6]"}) {
    beside.content += Text(72, y, "From:") + Fill(110, y - 4, 120, 14) + Text(235, y, label) +
                      Text(320, y, "called the office.");
    y -= 36;
  }
  beside.content += Body(480);
  out.push_back(beside);
  Example inside{
      "labels in words", {}, {{"b6"}, {"b7C"}, {"b5"}, {}, {"b4"}, {"b3"}, {"b3"}, {"b6"}}, {}};
  y = 720;
  for (const char* label :
       {"Ex. 6", "Exemption 7(C)", "Ex. 5 DP", "NR", "Ex. 4 CBI", "(b)(3):50 USC 3024(i)",
        "(b)(3) CIA Act", "Personal Privacy / Ex. 6"}) {
    inside.content += Text(72, y, "Signed by") + Fill(130, y - 5, 150, 16) +
                      Text(136, y, label, "F4", 9, "1 g") +
                      Text(290, y, "on behalf of the county.");
    y -= 34;
  }
  out.push_back(inside);
  out.push_back({"white boxes with coloured codes",
                 Text(72, 700, "Signed by") + Fill(130, 696, 160, 15, "1 g") +
                     Text(190, 700, "(b)(6)", "F4", 10, "1 0 0 rg") +
                     Text(300, 700, "on behalf of the county.") + Text(72, 670, "From:") +
                     Fill(130, 666, 160, 15, "1 g") +
                     Text(190, 670, "(b)(5)", "F4", 10, "0.8 0 0 rg") + Body(620),
                 {{"b6"}, {"b5"}},
                 {"Signed by (b)(6) on behalf"},
                 false});
  out.push_back({"page-wide box",
                 Fill(40, 40, 532, 712, "0.1 g") + Text(280, 400, "(b)(5)", "F4", 14, "1 g"),
                 {{"b5"}},
                 {"(b)(5)"}});
  out.push_back({"withheld page",
                 Text(250, 500, "Page 013", "F2", 16) +
                     Text(170, 470, "Withheld pursuant to exemption", "F2", 16) +
                     Text(220, 440, "(b)(5) ; (b)(7)(E)", "F2", 16) +
                     Text(110, 410, "of the Freedom of Information and Privacy Act", "F2", 16),
                 {{"b5", "b7E"}},
                 {"Withheld pursuant to exemption"}});
  return out;
}

void Expect(const Example& example, const pb::PageRecord& page) {
  EXPECT_EQ(CodesOf(page), example.codes) << page.text();
  std::string text = page.text();
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (const std::string& part : example.text) EXPECT_THAT(text, HasSubstr(part));
}

TEST(LabelsTest, DrawnAndScanned) {
  for (const Example& example : Examples()) {
    SCOPED_TRACE(example.name);
    {
      SCOPED_TRACE("drawn");
      Expect(example, Read(testing::OnePagePdf(example.content)));
    }
    if (!example.scan) continue;
    SCOPED_TRACE("scanned");
    Expect(example, Read(testing::ScannedPdf(testing::ScanSheet(example.content, {.noise = 3}))));
  }
}

}  // namespace
}  // namespace foia::ocr
