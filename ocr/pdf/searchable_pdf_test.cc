// Searchable PDFs, read back by MuPDF, Poppler and QPDF.
#include "ocr/pdf/searchable_pdf.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/pdf/geometry.h"
#include "ocr/pdf/qpdf.h"
#include "services/base/error.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::HasReason;
using ::foia::testing::IsOk;
using ::foia::testing::PdfWriter;
using ::foia::testing::RunProgram;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;
using ::testing::HasSubstr;

struct Layout {
  int rotate = 0;
  float offset = 0, unit = 1;
  int turns = 0;
  float skew = 0;
};

// Half the content is unbalanced, as real files have it.
constexpr char kContent[] = "q 0.5 0 0 0.5 100 100 cm 0 0 20 20 re f q 1 0 0 RG";

std::string OnePage(const Layout& layout, const std::string& resources = "") {
  PdfWriter writer;
  const int stream = writer.AddStream("", kContent);
  const float x = layout.offset;
  const int page = writer.Add(
      absl::StrCat("<< /Type /Page /Parent 2 0 R ", resources, " /Contents ", stream,
                   " 0 R /MediaBox [-50 -50 700 900] /CropBox [", x, " ", x, " ", 600 + x, " ",
                   800 + x, "] /Rotate ", layout.rotate, " /UserUnit ", layout.unit, " >>"));
  return writer.Finish({page});
}

PageTransform TransformOf(const Layout& layout) {
  PageTransform t;
  t.mutable_crop_box()->set_x0(layout.offset);
  t.mutable_crop_box()->set_y0(layout.offset);
  t.mutable_crop_box()->set_x1(600 + layout.offset);
  t.mutable_crop_box()->set_y1(800 + layout.offset);
  t.set_rotate(layout.rotate);
  t.set_user_unit(layout.unit);
  t.set_upright_quarter_turns(layout.turns);
  t.set_deskew_degrees(layout.skew);
  t.set_dpi(200);
  return t;
}

void AddWord(pb::PageRecord* record, const std::string& text, const Rect& pixels, int line,
             pb::WordSource source = pb::WORD_SOURCE_OCR) {
  while (record->lines_size() <= line) record->add_lines();
  if (record->blocks().empty()) record->add_blocks();
  pb::Word* word = record->add_words();
  word->set_text(text);
  *word->mutable_box() =
      ToBox(Convert(record->transform(), pixels, Space::kPixels, Space::kStored));
  word->set_line(line);
  word->set_source(source);
}

// Four lines of words, near the corners and in the middle.
pb::PageRecord RecordOf(const Layout& layout) {
  pb::PageRecord record;
  *record.mutable_transform() = TransformOf(layout);
  AddWord(&record, "Upper", {300, 300, 420, 334}, 0);
  AddWord(&record, "left", {440, 300, 500, 334}, 0);
  AddWord(&record, "Middling", {700, 800, 900, 834}, 1);
  AddWord(&record, "words", {915, 800, 1030, 834}, 1);
  AddWord(&record, "meeting", {1045, 800, 1200, 834}, 1);
  AddWord(&record, "Lowest", {300, 1200, 440, 1230}, 2);
  return record;
}

std::string Write(const std::string& bytes, const std::vector<pb::PageRecord>& records,
                  const std::string& password = "") {
  Document::Opened opened = Document::Open(bytes, password);
  EXPECT_NE(opened.document, nullptr) << opened.reason;
  if (opened.document == nullptr) return {};
  auto pdf = SearchablePdf::Open(bytes, password, *opened.document);
  EXPECT_OK(pdf);
  if (!pdf.ok()) return {};
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_OK((*pdf)->AddText(static_cast<int>(i) + 1, records[i]));
  }
  std::string out;
  EXPECT_OK((*pdf)->Write([&](std::string_view piece) {
    EXPECT_LE(piece.size(), 1u << 20);
    out += piece;
    return true;
  }));
  return out;
}

struct Found {
  std::string text;
  Rect box;  // displayed
};

// What MuPDF finds: invisible characters, words parted by blanks.
std::vector<Found> WordsByMuPdf(const std::string& pdf, int page = 1) {
  Document::Opened opened = Document::Open(pdf, "");
  EXPECT_NE(opened.document, nullptr) << opened.reason;
  if (opened.document == nullptr) return {};
  auto content = opened.document->ReadContent(page);
  EXPECT_OK(content);
  std::vector<Found> words;
  int line = -1;
  bool blank = true;
  for (const Glyph& g : content->glyphs) {
    if (!g.invisible) continue;
    if (g.code == ' ') {
      blank = true;
      continue;
    }
    if (blank || g.line != line) words.emplace_back();
    AppendUtf8(&words.back().text, g.code);
    words.back().box = Union(words.back().box, g.box);
    line = g.line;
    blank = false;
  }
  return words;
}

// What Poppler finds, in points without UserUnit, which it does not know.
std::vector<Found> WordsByPoppler(const std::string& pdf) {
  const TempDir dir;
  WriteFile(dir / "x.pdf", pdf);
  const testing::RunResult run =
      RunProgram({"/usr/bin/pdftotext", "-bbox", "-cropbox", dir / "x.pdf", "-"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  static const std::regex word(
      "<word xMin=\"([^\"]+)\" yMin=\"([^\"]+)\" xMax=\"([^\"]+)\" "
      "yMax=\"([^\"]+)\">([^<]*)</word>");
  std::vector<Found> words;
  for (std::sregex_iterator it(run.out.begin(), run.out.end(), word), end; it != end; ++it) {
    const auto number = [&](size_t i) { return std::strtof((*it)[i].str().c_str(), nullptr); };
    words.push_back({(*it)[5], {number(1), number(2), number(3), number(4)}});
  }
  return words;
}

void ExpectAtTheirPlace(const pb::PageRecord& record, std::vector<Found> found, float scale,
                        const char* reader) {
  SCOPED_TRACE(reader);
  EXPECT_EQ(static_cast<int>(found.size()), record.words_size());
  for (const pb::Word& word : record.words()) {
    const auto at = std::find_if(found.begin(), found.end(),
                                 [&](const Found& f) { return f.text == word.text(); });
    if (at == found.end()) {
      ADD_FAILURE() << word.text() << " was not found";
      continue;
    }
    const Rect want =
        Convert(record.transform(), FromBox(word.box()), Space::kStored, Space::kDisplayed);
    const Rect& got = at->box;
    // A character is ten points high; turned ones are told by less exact boxes.
    const float tolerance = record.transform().deskew_degrees() == 0 ? 1 : 3;
    EXPECT_NEAR(got.x0 * scale, want.x0, tolerance * scale) << word.text();
    EXPECT_NEAR(got.y0 * scale, want.y0, tolerance * scale) << word.text();
    EXPECT_NEAR(got.x1 * scale, want.x1, tolerance * scale) << word.text();
    EXPECT_NEAR(got.y1 * scale, want.y1, tolerance * scale) << word.text();
  }
}

TEST(SearchablePdfTest, WordsStandWhereTheyWereRead) {
  const bool poppler = std::filesystem::exists("/usr/bin/pdftotext");
  for (const int rotate : {0, 90, 180, 270}) {
    for (const float offset : {0.0F, 30.0F}) {
      for (const float skew : {0.0F, 2.0F, -2.0F}) {
        for (const int turns : {0, 1, 2, 3}) {
          const float unit = turns == 1 ? 2 : 1;
          const Layout layout{rotate, offset, unit, turns, skew};
          SCOPED_TRACE(absl::StrCat("rotate ", rotate, " offset ", offset, " skew ", skew,
                                    " turns ", turns, " unit ", unit));
          const pb::PageRecord record = RecordOf(layout);
          const std::string pdf = Write(OnePage(layout), {record});
          ExpectAtTheirPlace(record, WordsByMuPdf(pdf), 1, "MuPDF");
          if (poppler) ExpectAtTheirPlace(record, WordsByPoppler(pdf), unit, "Poppler");
        }
      }
    }
  }
  if (!poppler) GTEST_SKIP() << "skipped: pdftotext is not installed (MuPDF was asked)";
}

TEST(SearchablePdfTest, OriginalContentStaysAndTheFileIsSound) {
  const Layout layout;
  const std::string pdf = Write(OnePage(layout), {RecordOf(layout)});
  QPDF read;
  read.processMemoryFile("result", pdf.data(), pdf.size());
  QPDFObjectHandle page = read.getAllPages().at(0);
  QPDFObjectHandle contents = page.getKey("/Contents");
  ASSERT_TRUE(contents.isArray());
  ASSERT_EQ(contents.getArrayNItems(), 2);
  const auto raw = contents.getArrayItem(1).getRawStreamData();
  EXPECT_EQ(std::string(reinterpret_cast<char*>(raw->getBuffer()), raw->getSize()), kContent);
  EXPECT_EQ(Write(OnePage(layout), {RecordOf(layout)}), pdf) << "the same input, the same bytes";

  if (!std::filesystem::exists("/usr/bin/qpdf")) GTEST_SKIP() << "skipped: qpdf is not installed";
  const TempDir dir;
  WriteFile(dir / "x.pdf", pdf);
  const testing::RunResult run = RunProgram({"/usr/bin/qpdf", "--check", dir / "x.pdf"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("No syntax or stream encoding errors found"));
}

TEST(SearchablePdfTest, AnyCharacterIsFound) {
  const Layout layout;
  pb::PageRecord record;
  *record.mutable_transform() = TransformOf(layout);
  const std::vector<std::string> words = {"caf\u00E9",
                                          "\u00D1and\u00FA",
                                          "\u4E2D\u6587",
                                          "\U0001F600\U0001D11E",
                                          "\u041F\u0440\u0438\u0432\u0435\u0442",
                                          "\u20AC5"};
  for (size_t i = 0; i < words.size(); ++i) {
    const float y = 300 + 60 * static_cast<float>(i);
    AddWord(&record, words[i], {300, y, 500, y + 34}, static_cast<int>(i));
  }
  const std::string pdf = Write(OnePage(layout), {record});
  std::vector<std::string> by_mupdf, by_poppler;
  for (const Found& f : WordsByMuPdf(pdf)) by_mupdf.push_back(f.text);
  EXPECT_THAT(by_mupdf, ::testing::UnorderedElementsAreArray(words));
  if (!std::filesystem::exists("/usr/bin/pdftotext")) {
    GTEST_SKIP() << "skipped: pdftotext is not installed (MuPDF was asked)";
  }
  for (const Found& f : WordsByPoppler(pdf)) by_poppler.push_back(f.text);
  EXPECT_THAT(by_poppler, ::testing::UnorderedElementsAreArray(words));
}

TEST(SearchablePdfTest, TextOfTheFileIsNotAddedAgain) {
  const Layout layout;
  pb::PageRecord record;
  *record.mutable_transform() = TransformOf(layout);
  AddWord(&record, "Layer", {300, 300, 420, 334}, 0, pb::WORD_SOURCE_LAYER);
  AddWord(&record, "Hidden", {300, 400, 420, 434}, 1, pb::WORD_SOURCE_HIDDEN);
  const std::string original = OnePage(layout);
  const std::string same = Write(original, {record});
  EXPECT_EQ(same.find("FoiaText"), std::string::npos);
  // Codes of one box stand side by side in it.
  AddWord(&record, "(b)(6);", {430, 300, 630, 334}, 0, pb::WORD_SOURCE_BOX);
  AddWord(&record, "(b)(7)(C)", {430, 300, 630, 334}, 0, pb::WORD_SOURCE_BOX);
  const std::vector<Found> found = WordsByMuPdf(Write(original, {record}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "(b)(6);");
  EXPECT_EQ(found[1].text, "(b)(7)(C)");
  EXPECT_LE(found[0].box.x1, found[1].box.x0 + 0.5F);
  EXPECT_NEAR(found[1].box.x1, 630 * 0.36F, 1);
}

// Resources of the page tree, and a font of ours from an earlier time.
TEST(SearchablePdfTest, FontsOfThePageStay) {
  const Layout layout;
  const std::string resources =
      "/Resources << /Font << /FoiaText << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>";
  const std::string once = Write(OnePage(layout, resources), {RecordOf(layout)});
  EXPECT_THAT(once, HasSubstr("/Courier"));
  EXPECT_EQ(WordsByMuPdf(once).size(), 6U);
  const std::string twice = Write(once, {RecordOf(layout)});
  EXPECT_EQ(WordsByMuPdf(twice).size(), 12U);
}

TEST(SearchablePdfTest, ImageFilesBecomeThePicture) {
  const testing::Scan scan =
      testing::ScanSheet("BT /F1 12 Tf 72 700 Td (A letter) Tj ET", {.dpi = 100});
  Document::Opened opened = Document::Open(scan.bytes, "");
  ASSERT_NE(opened.document, nullptr);
  auto content = opened.document->ReadContent(1);
  ASSERT_OK(content);
  pb::PageRecord record;
  *record.mutable_transform() = content->transform;
  record.mutable_transform()->set_dpi(100);
  AddWord(&record, "letter", {100, 100, 160, 120}, 0);
  const std::string pdf = Write(scan.bytes, {record});
  EXPECT_THAT(pdf, HasSubstr(scan.bytes)) << "the JPEG is passed through";
  ExpectAtTheirPlace(record, WordsByMuPdf(pdf), 1, "MuPDF");
}

TEST(SearchablePdfTest, BrokenFilesAreRefused) {
  const std::string good = OnePage({});
  Document::Opened opened = Document::Open(good, "");
  ASSERT_NE(opened.document, nullptr);
  for (const std::string& bytes : {std::string("nothing"), good.substr(0, 40), std::string()}) {
    EXPECT_THAT(SearchablePdf::Open(bytes, "", *opened.document).status(),
                HasReason(Reason::REASON_DATA_CORRUPT));
  }
}

TEST(SearchablePdfTest, EncryptedFiles) {
  const Layout layout;
  // With a user password and everything permitted.
  const std::string locked = testing::Encrypt(OnePage(layout), "open");
  const std::string pdf = Write(locked, {RecordOf(layout)}, "open");
  EXPECT_EQ(pdf.find("/Encrypt"), std::string::npos);
  EXPECT_EQ(WordsByMuPdf(pdf).size(), 6U);

  if (!std::filesystem::exists("/usr/bin/qpdf")) GTEST_SKIP() << "skipped: qpdf is not installed";
  const TempDir dir;
  WriteFile(dir / "in.pdf", OnePage(layout));
  for (const bool permitted : {true, false}) {
    const testing::RunResult run = RunProgram({"/usr/bin/qpdf", "--encrypt", "", "owner", "256",
                                               permitted ? "--print=none" : "--extract=n", "--",
                                               dir / "in.pdf", dir / "out.pdf"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const std::string bytes = testing::ReadFile(dir / "out.pdf");
    Document::Opened opened = Document::Open(bytes, "");
    ASSERT_NE(opened.document, nullptr);
    const absl::Status status = SearchablePdf::Open(bytes, "", *opened.document).status();
    if (permitted) {
      EXPECT_OK(status);
    } else {
      EXPECT_THAT(status, HasReason(Reason::REASON_PERMISSION_DENIED));
    }
  }
}

TEST(SearchablePdfTest, StopsWhenNobodyTakesIt) {
  const std::string bytes = OnePage({});
  Document::Opened opened = Document::Open(bytes, "");
  ASSERT_OK_AND_ASSIGN(auto pdf, SearchablePdf::Open(bytes, "", *opened.document));
  EXPECT_TRUE(absl::IsCancelled(pdf->Write([](std::string_view) { return false; })));
}

}  // namespace
}  // namespace foia::ocr
