#include "ocr/page/export.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/pdf/geometry.h"
#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::RunProgram;
using ::testing::HasSubstr;
using ::testing::Not;

// What `xpath` gives in a document that must be well-formed, by a parser that is not ours.
std::string XPath(const std::string& xml, const std::string& xpath) {
  const testing::TempDir dir;
  testing::WriteFile(dir / "x.xml", xml);
  const testing::RunResult run =
      RunProgram({"/usr/bin/xmllint", "--nonet", "--xpath", xpath, dir / "x.xml"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return run.out.substr(0, run.out.find_last_not_of('\n') + 1);
}
bool HasXmllint() { return std::filesystem::exists("/usr/bin/xmllint"); }

pb::PageRecord Record() {
  pb::PageRecord page;
  page.set_state(pb::PAGE_STATE_DONE);
  page.set_width(792);
  page.set_height(612);
  page.mutable_transform()->mutable_crop_box()->set_x1(612);
  page.mutable_transform()->mutable_crop_box()->set_y1(792);
  page.mutable_transform()->set_rotate(90);
  page.mutable_transform()->set_user_unit(1);
  page.set_text("say \"ICE\"\t(b)(7)(E)\n");
  pb::Word* word = page.add_words();
  word->set_text("\"ICE\"");
  *word->mutable_box() = ToBox({10, 20, 110, 40});
  word->set_confidence(96);
  word->set_source(pb::WORD_SOURCE_OCR);
  page.add_lines();
  page.add_blocks();
  pb::Redaction* redaction = page.add_redactions();
  *redaction->mutable_box() = ToBox({0, 0, 612, 10});
  redaction->set_kind(pb::REDACTION_KIND_SOLID);
  redaction->add_codes()->set_code("b7E");
  redaction->set_code_status(pb::CODE_STATUS_READ);
  redaction->set_confidence(0.93F);
  return page;
}

TEST(ExportTest, JsonHasTheFormThatScorersRead) {
  EXPECT_EQ(
      PageRecordsToJson("a.pdf", "00ff", {Record()}),
      "{\"file\": \"a.pdf\", \"sha256\": \"00ff\", \"pages\": [\n"
      "{\"page\": 1, \"width\": 792.00, \"height\": 612.00, \"rotation\": 90, "
      "\"state\": \"DONE\", \"sealed\": 0, \"text\": \"say \\\"ICE\\\"\\u0009(b)(7)(E)\\n\",\n"
      " \"words\": [\n"
      // Turned clockwise: the left edge of the stored page is the top of the display.
      "  {\"text\": \"\\\"ICE\\\"\", \"box\": [752.00, 10.00, 772.00, 110.00], "
      "\"confidence\": 96.00, \"source\": \"ocr\"}],\n"
      " \"redactions\": [\n"
      "  {\"box\": [782.00, 0.00, 792.00, 612.00], \"kind\": \"solid\", "
      "\"codes\": [\"b7E\"], \"code_status\": \"read\", \"failed\": false, "
      "\"recoverable_chars\": 0, \"confidence\": 0.93}]}]}\n");
}

// In both formats: turned clockwise, the left edge of the stored page is the top of the display.
TEST(ExportTest, HocrBoxesArePixelsOfTheDisplay) {
  const std::string hocr = PageRecordsToHocr("a.pdf", {Record()});
  EXPECT_THAT(hocr, HasSubstr("<div class=\"ocr_page\" id=\"page_1\" title=\"image &quot;a.pdf"
                              "&quot;; bbox 0 0 3300 2550; ppageno 0; scan_res 300 300\">"));
  for (const char* type : {"ocr_carea", "ocr_par", "ocr_line"}) {
    EXPECT_THAT(hocr, HasSubstr(absl::StrCat("class=\"", type, "\"")));
  }
  EXPECT_THAT(hocr, HasSubstr("<span class=\"ocrx_word\" id=\"word_1_1\" title=\"bbox 3133 42 3217 "
                              "458; x_wconf 96\">&quot;ICE&quot;</span>"));
  EXPECT_THAT(hocr,
              HasSubstr("<div class=\"ocrx_redaction\" id=\"redaction_1_1\" title=\"bbox 3258 "
                        "0 3300 2550; x_kind solid; x_codes b7E\"></div>"));
  EXPECT_THAT(hocr, Not(HasSubstr("textangle")));
}

TEST(ExportTest, AltoBoxesAreInchesOfTheDisplay) {
  const std::string alto = PageRecordsToAlto("a.pdf", "00ff", {Record()});
  EXPECT_THAT(alto, HasSubstr("<MeasurementUnit>inch1200</MeasurementUnit>"));
  EXPECT_THAT(alto, HasSubstr("WIDTH=\"13200\" HEIGHT=\"10200\""));
  EXPECT_THAT(alto, HasSubstr("<String ID=\"word_1_1\" HPOS=\"12533.33\" VPOS=\"166.67\" "
                              "WIDTH=\"333.33\" HEIGHT=\"1666.67\" CONTENT=\"&quot;ICE&quot;\" "
                              "WC=\"0.96\"/>"));
  EXPECT_THAT(alto, HasSubstr("<OtherTag ID=\"code_1\" TYPE=\"exemption\" LABEL=\"b7E\""));
  EXPECT_THAT(alto,
              HasSubstr("WIDTH=\"166.67\" HEIGHT=\"10200\" TAGREFS=\"redaction_solid code_1\" "
                        "TYPE=\"redaction\"/>"));
}

// Scanned sideways and askew: the text is turned against the display.
TEST(ExportTest, AngleOfTheText) {
  pb::PageRecord page = Record();
  page.mutable_transform()->set_upright_quarter_turns(3);
  page.mutable_transform()->set_deskew_degrees(-1.5F);
  EXPECT_THAT(PageRecordsToHocr("a.pdf", {page}), HasSubstr("; textangle 268.50\""));
  EXPECT_THAT(PageRecordsToAlto("a.pdf", "", {page}), HasSubstr(" ROTATION=\"268.50\""));
}

TEST(ExportTest, LinesAndBlocksFollowTheWords) {
  if (!HasXmllint()) GTEST_SKIP() << "skipped: xmllint is not installed";
  pb::PageRecord page;
  page.set_state(pb::PAGE_STATE_DONE);
  for (const int block : {0, 0, 1}) page.add_lines()->set_block(block);
  for (const int line : {0, 0, 1, 2, 7}) {  // the last is out of range
    page.add_words()->set_text("w");
    page.mutable_words()->rbegin()->set_line(line);
  }
  const std::string alto = PageRecordsToAlto("a.pdf", "", {page, page});
  EXPECT_EQ(XPath(alto, "count(//*[local-name()='Page'])"), "2");
  EXPECT_EQ(XPath(alto, "count(//*[local-name()='TextBlock'])"), "6");
  EXPECT_EQ(XPath(alto, "count(//*[local-name()='TextLine'])"), "8");
  EXPECT_EQ(XPath(alto, "count(//*[local-name()='String'])"), "10");
  const std::string hocr = PageRecordsToHocr("a.pdf", {page, page});
  EXPECT_EQ(XPath(hocr, "count(//*[@class='ocr_line'])"), "8");
  EXPECT_EQ(XPath(hocr, "string((//*[@class='ocr_line'])[1])"), "w w");
}

// Whatever stands in a record or a file name, a parser reads it back; what XML cannot hold is gone.
TEST(ExportTest, AnyTextIsWellFormed) {
  if (!HasXmllint()) GTEST_SKIP() << "skipped: xmllint is not installed";
  const struct {
    std::string text, read;
  } rows[] = {
      {"<a href=\"x\">&amp;'</a>", "<a href=\"x\">&amp;'</a>"},
      {std::string("nul\0bell\x07"
                   "esc\x1B"
                   "end",
                   16),
       "nulbellescend"},
      {"]]>", "]]>"},
      {"caf\u00E9 \u4E2D \U0001F600", "caf\u00E9 \u4E2D \U0001F600"},
      {"x\xEF\xBF\xBEy\xEF\xBF\xBFz", "xyz"},          // U+FFFE, U+FFFF
      {"x\xED\xA0\x80y", "xy"},                        // a surrogate
      {"x\xC0\x80y\xFFz\xE4\xB8", "xyz"},              // overlong, no lead byte, cut off
      {"x\xF4\x90\x80\x80y\xF0\x80\x80\x80z", "xyz"},  // beyond Unicode, overlong
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.read);
    pb::PageRecord page = Record();
    page.mutable_words(0)->set_text(row.text);
    page.mutable_redactions(0)->mutable_codes(0)->set_code(row.text);
    page.mutable_words(0)->set_language("not a language");
    EXPECT_EQ(XPath(PageRecordsToAlto(row.text, row.text, {page}),
                    "string(//*[local-name()='String']/@CONTENT)"),
              row.read);
    EXPECT_EQ(XPath(PageRecordsToHocr(row.text, {page}), "string(//*[@class='ocrx_word'])"),
              row.read);
  }
}

TEST(ExportTest, TextHasFormFeedsBetweenPages) {
  EXPECT_EQ(PageRecordsToText({Record(), pb::PageRecord(), Record()}),
            "say \"ICE\"\t(b)(7)(E)\n\f\fsay \"ICE\"\t(b)(7)(E)\n");
  EXPECT_EQ(PageRecordsToText({}), "");
}

}  // namespace
}  // namespace foia::ocr
