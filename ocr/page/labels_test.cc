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
  out.push_back({"page-wide frame",
                 Frame(50, 70, 512, 640) + Text(270, 400, "(b)(5) ACP", "F4", 13) +
                     Text(72, 735, "From the desk of the county solicitor"),
                 {{"b5"}},
                 {"From the desk"}});
  out.push_back({"page-wide frame with text",
                 Frame(50, 70, 512, 690) + Body(700) + Text(72, 600, "(b)(5)") + Body(560),
                 {},
                 {"and the board asked"}});
  out.push_back({"boxes in a page-wide frame",
                 Frame(50, 70, 512, 690) + Body(700) + Text(72, 600, "Signed by") +
                     Fill(130, 595, 110, 14) + Text(160, 599, "(b)(6)", "F4", 9, "1 g") +
                     Text(72, 560, "Reviewed by") + Frame(140, 555, 110, 16) +
                     Text(170, 559, "(b)(5)", "F4", 9) + Body(520),
                 {{"b6"}, {"b5"}},
                 {"and the board asked"}});
  Example heavy{"heavy strokes", "", {}, {"about the", "missing keys", "Heavy Heading"}};
  heavy.content = "0 G 1 w 2 Tr\n" + Text(72, 740, "Heavy Heading of the Committee", "F4", 14);
  y = 710;
  for (const double size : {9.0, 10.0, 11.0, 12.0}) {
    heavy.content += Text(72, y, "Staff interviewed the contract officers about the", "F1", size) +
                     Text(72, y - 18, "committee minutes and the missing keys.", "F1", size);
    y -= 40;
  }
  heavy.content += "0 Tr\n" + Body(500);
  out.push_back(heavy);
  Example index{"index with a black head",
                Text(72, 740, "Index of documents withheld", "F2", 14),
                {},
                {"Description", "Plan of the radio network"}};
  const std::vector<std::vector<std::string>> documents{
      {"Doc.", "Pages", "Description", "Exemption"},
      {"1", "3", "Email from staff on the draft rule", "(b)(5)"},
      {"2", "1", "Home addresses of two tenants", "(b)(6)"},
      {"3", "12", "Plan of the radio network", "(b)(7)(E)"}};
  const std::vector<double> lefts{68, 108, 153, 423, 543};
  for (size_t r = 0; r < documents.size(); ++r) {
    for (size_t c = 0; c < 4; ++c) {
      const double at = 700 - 18 * static_cast<double>(r), width = lefts[c + 1] - lefts[c];
      if (r == 0) index.content += Fill(lefts[c], at, width, 18);
      index.content += Frame(lefts[c], at, width, 18) + Text(lefts[c] + 6, at + 5, documents[r][c],
                                                             "F4", 10, r == 0 ? "1 g" : "0 g");
    }
  }
  index.content += Body(600);
  out.push_back(index);
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

// What the scanner's noise adds to a page that is nearly all black is no text.
TEST(LabelsTest, NoiseBesideAPageWideBox) {
  const std::string box = Fill(40, 40, 532, 712);
  const Example examples[] = {
      {"no code", box, {{}}, {}},
      {"code", box + Text(250, 400, "(b)(4)", "F4", 20, "1 g"), {{"b4"}}, {"(b)(4)"}},
      {"two codes",
       Fill(36, 60, 540, 690) + Text(60, 720, "(b)(7)(A), (b)(7)(E)", "F4", 16, "1 g"),
       {{"b7A", "b7E"}},
       {"(b)(7)(E)"}},
      {"head and foot",
       Text(72, 745, "Office of the Harbor Police", "F2", 12) + Fill(48, 110, 516, 618) +
           Text(280, 420, "(b)(7)(D)", "F4", 12, "1 g") + Text(72, 60, "Page 44 of 51"),
       {{"b7D"}},
       {"Office of the Harbor Police", "Page 44 of 51"}},
  };
  const testing::Scanner scanners[] = {{.noise = 1},
                                       {.skew_degrees = 0.4, .noise = 6},
                                       {.noise = 3, .dpi = 150},
                                       {.skew_degrees = 0.6, .noise = 8, .dpi = 300}};
  for (const Example& example : examples) {
    for (const testing::Scanner& scanner : scanners) {
      SCOPED_TRACE(absl::StrCat(example.name, ", ", scanner.dpi, " dpi, noise ", scanner.noise));
      const pb::PageRecord page = Read(testing::ScannedPdf(ScanSheet(example.content, scanner)));
      Expect(example, page);
      EXPECT_LE(page.words_size(), 10) << page.text();
    }
  }
}

}  // namespace
}  // namespace foia::ocr
