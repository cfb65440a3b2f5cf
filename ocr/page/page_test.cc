// From a file to page records through the real foia-page.
#include <fcntl.h>
#include <unistd.h>
#include <webp/decode.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <numbers>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/ocr_files.h"
#include "ocr/page/page_process.h"
#include "ocr/page/quality.h"
#include "ocr/pdf/geometry.h"
#include "tests/support/sample/letters.h"
#include "tests/support/sample/sample.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::BinDir;
using ::foia::testing::HasReason;
using ::foia::testing::IsOk;
using ::foia::testing::MakeSample;
using ::foia::testing::Sample;
using ::foia::testing::TempDir;
using ::foia::testing::TestDataDir;
using ::foia::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAreArray;

PageProcessOptions Options() {
  PageProcessOptions options;
  options.program = PageProgram(BinDir());
  options.seal_key = "a key for tests, of any length";
  return options;
}

std::unique_ptr<PageProcess> Process() {
  auto process = PageProcess::Start(Options());
  EXPECT_OK(process);
  return *std::move(process);
}

// A file of these bytes, open for reading.
class TestFile {
 public:
  explicit TestFile(const std::string& bytes) {
    WriteFile(dir_ / "file", bytes);
    fd_ = open((dir_ / "file").c_str(), O_RDONLY | O_CLOEXEC);
  }
  ~TestFile() { close(fd_); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
  int fd() const { return fd_; }

 private:
  TempDir dir_;
  int fd_ = -1;
};

std::vector<std::string> CodesOf(const pb::PageRecord& page) {
  std::vector<std::string> codes;
  for (const pb::Redaction& r : page.redactions()) {
    for (const pb::ExemptionCode& c : r.codes()) codes.push_back(c.code());
  }
  return codes;
}

// Share of the words of `truth` that `text` has.
double WordRecall(const std::string& truth, const std::string& text) {
  std::multiset<std::string> have;
  std::istringstream in(text);
  for (std::string word; in >> word;) have.insert(word);
  size_t all = 0, found = 0;
  std::istringstream want(truth);
  for (std::string word; want >> word; ++all) {
    if (const auto it = have.find(word); it != have.end()) {
      have.erase(it);
      ++found;
    }
  }
  return all == 0 ? 1 : static_cast<double>(found) / static_cast<double>(all);
}

TEST(SampleTest, EveryPageIsReadAsItStands) {
  const Sample sample = MakeSample({});
  const TempDir dir;
  WriteFile(dir / "sample.pdf", sample.pdf);
  OcrFilesOptions options;
  options.process = Options();
  options.jobs = 2;
  int told = 0;
  ASSERT_OK_AND_ASSIGN(auto files, OcrFiles({dir / "sample.pdf"}, options,
                                            [&](const OcrProgress& p) { told = p.pages_done; }));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].media_type, "application/pdf");
  ASSERT_EQ(files[0].pages.size(), sample.pages.size());
  EXPECT_EQ(told, static_cast<int>(sample.pages.size()));
  for (size_t i = 0; i < sample.pages.size(); ++i) {
    SCOPED_TRACE(absl::StrCat("page ", i + 1));
    const pb::PageRecord& page = files[0].pages[i];
    EXPECT_EQ(page.state(), sample.pages[i].blank ? pb::PAGE_STATE_BLANK : pb::PAGE_STATE_DONE);
    EXPECT_THAT(CodesOf(page), UnorderedElementsAreArray(sample.pages[i].codes));
    EXPECT_GE(WordRecall(sample.pages[i].text, page.text()), 0.95);
    for (const pb::Redaction& r : page.redactions()) EXPECT_FALSE(r.failed());
    EXPECT_EQ(WhyDoubtful(page), "");
    EXPECT_GE(page.ink_covered(), sample.pages[i].blank ? 0 : 0.9);
    // Words, their lines and blocks, and the text agree.
    std::string joined;
    for (const pb::Word& w : page.words()) {
      ASSERT_LT(w.line(), page.lines_size());
      ASSERT_LT(page.lines(w.line()).block(), page.blocks_size());
      joined += w.text();
    }
    std::string squeezed = page.text();
    std::erase_if(squeezed, [](char c) { return c == ' ' || c == '\n'; });
    EXPECT_EQ(joined, squeezed);
  }

  const pb::PageRecord& program = files[0].pages[testing::kSampleProgramPage - 1];
  EXPECT_THAT(program.text(), HasSubstr("Citizen Academy"));
  EXPECT_THAT(program.text(), HasSubstr("on Tuesday evening at (b)(7)(E) and is led"));
  for (const pb::Redaction& r : program.redactions()) {
    ASSERT_LT(r.word_position(), program.words_size());
    EXPECT_EQ(program.words(r.word_position()).source(), pb::WORD_SOURCE_BOX);
  }

  const pb::PageRecord& layer = files[0].pages[testing::kSampleLayerPage - 1];
  EXPECT_EQ(layer.layer_verdict(), pb::LAYER_VERDICT_GOOD);
  EXPECT_EQ(layer.words(0).source(), pb::WORD_SOURCE_LAYER);
  EXPECT_THAT(layer.text(), HasSubstr("procedure named (b)(7)(E) were referred"));

  const pb::PageRecord& turned = files[0].pages[testing::kSampleTurnedPage - 1];
  EXPECT_EQ(turned.transform().rotate(), 90);
  EXPECT_FLOAT_EQ(turned.width(), 612);
  EXPECT_FLOAT_EQ(turned.height(), 792);

  const pb::PageRecord& sideways = files[0].pages[testing::kSampleSidewaysPage - 1];
  EXPECT_EQ(sideways.transform().upright_quarter_turns(), 3);
  EXPECT_FLOAT_EQ(sideways.width(), 792);

  const pb::PageRecord& skewed = files[0].pages[testing::kSampleSkewedPage - 1];
  EXPECT_NEAR(skewed.transform().deskew_degrees(), -2, 0.3);
}

// The sample's turned, sideways and skewed scans through the whole way: each word of the searchable
// PDF is found where it was read, and nothing else of the file changes.
TEST(WritePdfTest, WordsOfTheSampleAreFoundAtTheirPlace) {
  const TestFile file(MakeSample({}).pdf);
  const auto process = Process();
  std::vector<pb::PageRecord> records;
  for (int page = 1; page <= testing::kSamplePages; ++page) {
    ASSERT_OK_AND_ASSIGN(pb::PageRecord record, process->ReadPage(file.fd(), page, ""));
    records.push_back(std::move(record));
  }
  std::string pdf;
  ASSERT_OK(process->WritePdf(
      file.fd(), "", testing::kSamplePages,
      [&](int page) { return records[static_cast<size_t>(page) - 1]; },
      [&](std::string_view piece) {
        pdf += piece;
        return absl::OkStatus();
      }));
  // The process does other work afterwards.
  ASSERT_OK_AND_ASSIGN(pb::ProbeResult probe, process->Probe(file.fd(), ""));
  EXPECT_EQ(probe.page_count(), testing::kSamplePages);
  if (!std::filesystem::exists("/usr/bin/pdftotext")) {
    GTEST_SKIP() << "skipped: pdftotext is not installed";
  }
  const TempDir dir;
  WriteFile(dir / "x.pdf", pdf);
  for (const int number :
       {testing::kSampleLetterPage, testing::kSampleTurnedPage, testing::kSampleSidewaysPage,
        testing::kSampleSkewedPage, testing::kSampleFaxPage}) {
    SCOPED_TRACE(absl::StrCat("page ", number));
    const std::string only = absl::StrCat(number);
    const testing::RunResult run = testing::RunProgram(
        {"/usr/bin/pdftotext", "-bbox", "-f", only, "-l", only, dir / "x.pdf", "-"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    static const std::regex word(
        "<word xMin=\"([^\"]+)\" yMin=\"([^\"]+)\" xMax=\"([^\"]+)\" "
        "yMax=\"([^\"]+)\">([^<]*)</word>");
    std::multimap<std::string, Rect> found;
    for (std::sregex_iterator it(run.out.begin(), run.out.end(), word), end; it != end; ++it) {
      const auto at = [&](size_t i) { return std::strtof((*it)[i].str().c_str(), nullptr); };
      found.emplace((*it)[5], Rect{at(1), at(2), at(3), at(4)});
    }
    const pb::PageRecord& record = records[static_cast<size_t>(number) - 1];
    int words = 0, placed = 0;
    for (const pb::Word& w : record.words()) {
      if (w.text().find_first_of("&<>'\"") != std::string::npos) continue;  // escaped there
      ++words;
      const Rect want =
          Convert(record.transform(), FromBox(w.box()), Space::kStored, Space::kDisplayed);
      const auto [first, last] = found.equal_range(w.text());
      placed += std::any_of(first, last, [&](const auto& f) {
        return Coverage(f.second, want) > 0.5F || Coverage(want, f.second) > 0.5F;
      });
    }
    EXPECT_GT(words, 50);
    EXPECT_GE(placed, words * 98 / 100) << words;
  }
}

TEST(WritePdfTest, WhatCannotBeWrittenIsSaid) {
  const auto process = Process();
  const auto write = [&](const std::string& bytes, const std::string& password, int pages) {
    const TestFile file(bytes);
    return process->WritePdf(
        file.fd(), password, pages, [](int) { return pb::PageRecord(); },
        [](std::string_view) { return absl::OkStatus(); });
  };
  const std::string secret = MakeSample({.pages = 1, .layer_only = true, .password = "open"}).pdf;
  EXPECT_THAT(write("%PDF-1.7 and nothing more", "", 3), HasReason(Reason::REASON_CANNOT_RENDER));
  EXPECT_THAT(write("just some text", "", 0), HasReason(Reason::REASON_CANNOT_RENDER));
  EXPECT_THAT(write(secret, "", 1), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(write(secret, "closed", 1), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_OK(write(secret, "open", 1));
  // More records than pages.
  EXPECT_THAT(write(secret, "open", 2), HasReason(Reason::REASON_CANNOT_RENDER));

  // Who asks may stop in the middle.
  const TestFile file(MakeSample({}).pdf);
  absl::Status stop = MakeError(Reason::REASON_STORAGE_FULL, "the disk is full");
  EXPECT_EQ(process->WritePdf(
                file.fd(), "", 1, [&](int) { return stop; },
                [](std::string_view) { return absl::OkStatus(); }),
            stop);
  EXPECT_EQ(process->WritePdf(
                file.fd(), "", 0, [](int) { return pb::PageRecord(); },
                [&](std::string_view) { return stop; }),
            stop);
  ASSERT_OK(process->Probe(file.fd(), ""));
}

// The pixels of a WebP file as grey levels, by another decoder.
std::string GreyOf(const pb::Picture& picture) {
  const TempDir dir;
  WriteFile(dir / "x.webp", picture.webp());
  int width = 0, height = 0;
  uint8_t* rgb = WebPDecodeRGB(reinterpret_cast<const uint8_t*>(picture.webp().data()),
                               picture.webp().size(), &width, &height);
  std::string grey;
  if (rgb == nullptr) return grey;
  EXPECT_EQ(width, picture.width());
  EXPECT_EQ(height, picture.height());
  for (int i = 0; i < width * height; ++i) grey += static_cast<char>(rgb[3 * i + 1]);
  WebPFree(rgb);
  return grey;
}

TEST(DrawTest, ThePageAsDisplayed) {
  const auto process = Process();
  const TestFile sample(MakeSample({}).pdf);
  ASSERT_OK_AND_ASSIGN(pb::Picture turned,
                       process->Draw(sample.fd(), "", testing::kSampleTurnedPage, 110));
  EXPECT_EQ(turned.width(), 935);
  EXPECT_EQ(turned.height(), 1210);
  EXPECT_EQ(turned.dpi(), 110);
  EXPECT_EQ(GreyOf(turned).size(), 935U * 1210U);
  EXPECT_LT(turned.webp().size(), 300'000U);

  // A colour stays one.
  const TestFile red(testing::OnePagePdf("1 0 0 rg 0 0 612 792 re f"));
  ASSERT_OK_AND_ASSIGN(pb::Picture coloured, process->Draw(red.fd(), "", 1, 36));
  EXPECT_LT(static_cast<unsigned char>(GreyOf(coloured)[5000]), 40);  // the green of red

  EXPECT_THAT(process->Draw(red.fd(), "", 2, 110), HasReason(Reason::REASON_CANNOT_RENDER));
  const TestFile text("just some text");
  EXPECT_THAT(process->Draw(text.fd(), "", 1, 110), HasReason(Reason::REASON_CANNOT_RENDER));
  const TestFile secret(MakeSample({.pages = 1, .layer_only = true, .password = "open"}).pdf);
  EXPECT_THAT(process->Draw(secret.fd(), "", 1, 110), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_OK(process->Draw(secret.fd(), "open", 1, 110));
}

// What a mark of redaction that was not applied is meant to hide is not to be seen.
TEST(DrawTest, MarksAreBlack) {
  const auto process = Process();
  for (const bool quads : {false, true}) {
    SCOPED_TRACE(quads);
    testing::PdfWriter writer;
    const int stream = writer.AddStream("", "BT /F1 30 Tf 72 700 Td (Zebulonia) Tj ET");
    const int mark =
        writer.Add(absl::StrCat("<< /Type /Annot /Subtype /Redact /Rect [60 690 260 730] ",
                                quads ? "/QuadPoints [60 730 260 730 60 690 260 690]" : "", " >>"));
    const int page = writer.Add(absl::StrCat(
        "<< /Type /Page /Parent 2 0 R /Resources << ", testing::FontResources(), " >> /Contents ",
        stream, " 0 R /Annots [", mark, " 0 R] /MediaBox [0 0 612 792] /Rotate 90 >>"));
    const TestFile file(writer.Finish({page}));
    ASSERT_OK_AND_ASSIGN(pb::Picture picture, process->Draw(file.fd(), "", 1, 72));
    const std::string grey = GreyOf(picture);
    ASSERT_EQ(picture.width(), 792);
    // Turned clockwise: x of the display is y of the page, y is x.
    for (int y = 62; y < 258; ++y) {
      for (int x = 692; x < 728; ++x) {
        ASSERT_LT(static_cast<unsigned char>(grey[static_cast<size_t>(y * 792 + x)]), 30)
            << x << " " << y;
      }
    }
    EXPECT_GT(static_cast<unsigned char>(grey[300 * 792 + 400]), 240);
  }
}

// One vector page in four rotations, with the CropBox elsewhere and another unit: the stored place
// of its only word does not change.
TEST(CoordinatesTest, StoredPlaceDoesNotDependOnTheDisplay) {
  const auto process = Process();
  for (const int rotate : {0, 90, 180, 270}) {
    for (const double offset : {0.0, 30.0}) {
      for (const double unit : {1.0, 2.0}) {
        SCOPED_TRACE(absl::StrCat("rotate ", rotate, " offset ", offset, " unit ", unit));
        testing::PdfWriter writer;
        // 100 right of and 50 below the CropBox's upper left corner.
        const int stream = writer.AddStream(
            "", absl::StrCat("BT /F1 20 Tf ", 100 + offset, " ", 350 + offset, " Td (Word) Tj ET"));
        const int page = writer.Add(
            absl::StrCat("<< /Type /Page /Parent 2 0 R /Resources << ", testing::FontResources(),
                         " >> /Contents ", stream, " 0 R /MediaBox [-50 -50 500 700] /CropBox [",
                         offset, " ", offset, " ", 300 + offset, " ", 400 + offset, "] /Rotate ",
                         rotate, " /UserUnit ", unit, " >>"));
        const TestFile file(writer.Finish({page}));
        ASSERT_OK_AND_ASSIGN(pb::PageRecord record, process->ReadPage(file.fd(), 1, ""));
        ASSERT_EQ(record.words_size(), 1);
        EXPECT_EQ(record.words(0).text(), "Word");
        const pb::Box& box = record.words(0).box();
        const auto scale = static_cast<float>(unit);
        EXPECT_NEAR(box.x0(), 100 * scale, 2 * scale);
        EXPECT_GT(box.y1(), 50 * scale);
        EXPECT_LT(box.y0(), 50 * scale);
        EXPECT_NEAR(box.y0(), 34 * scale, 8 * scale);
        const bool wide = rotate % 180 != 0;
        EXPECT_FLOAT_EQ(record.width(), (wide ? 400 : 300) * scale);
        EXPECT_FLOAT_EQ(record.height(), (wide ? 300 : 400) * scale);
      }
    }
  }
}

// Lines of running text in which one word stands once, so that its place is known.
std::string LinesWith(std::string_view word) {
  std::string content;
  for (int line = 0; line < 14; ++line) {
    absl::StrAppend(
        &content, "BT /F1 12 Tf 72 ", 700 - 24 * line,
        " Td (The agency has told us that the records of the office are there) Tj ET\n");
  }
  return absl::StrCat(content, "BT /F1 12 Tf 200 340 Td (",
                      absl::string_view(word.data(), word.size()), ") Tj ET\n");
}

// However the sheet lay on the glass, the box of a word is where its ink is, as displayed.
TEST(CoordinatesTest, BoxesLieOnTheWordsOfTurnedAndSkewedScans) {
  // Of "Zebulonia" in Times 12 at 200, 340: from its baseline up.
  constexpr double kX = 200 + 26, kY = 792 - 340 - 4, kWidth = 52, kHeight = 9;
  const auto process = Process();
  for (const int turns : {0, 1, 2, 3}) {
    for (const double skew : {0.0, 1.5, -4.0}) {
      SCOPED_TRACE(absl::StrCat(turns, " turns, ", skew, " degrees"));
      const TestFile file(testing::ScannedPdf(testing::ScanSheet(
          LinesWith("Zebulonia"), {.skew_degrees = skew, .noise = 4, .quarter_turns = turns})));
      ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
      EXPECT_NEAR(page.transform().deskew_degrees(), -skew, 0.2);
      EXPECT_EQ(page.transform().upright_quarter_turns(), (4 - turns) % 4);
      const auto word = std::find_if(page.words().begin(), page.words().end(),
                                     [](const pb::Word& w) { return w.text() == "Zebulonia"; });
      ASSERT_NE(word, page.words().end());
      // Where the middle of the word went: clockwise about the middle of the sheet.
      const double angle = skew * std::numbers::pi / 180;
      double x = 306 + std::cos(angle) * (kX - 306) - std::sin(angle) * (kY - 396);
      double y = 396 + std::sin(angle) * (kX - 306) + std::cos(angle) * (kY - 396);
      double width = 612, height = 792;
      for (int turn = 0; turn < turns; ++turn) {
        std::tie(x, y) = std::pair(height - y, x);
        std::swap(width, height);
      }
      const Rect box =
          Convert(page.transform(), FromBox(word->box()), Space::kStored, Space::kDisplayed);
      EXPECT_NEAR((box.x0 + box.x1) / 2, x, 2.5);
      EXPECT_NEAR((box.y0 + box.y1) / 2, y, 2.5);
      const bool upright = turns % 2 == 0;
      // Around a skewed word the box is higher, by what the word rises.
      const double rise = kWidth * std::abs(std::sin(angle));
      EXPECT_NEAR(upright ? box.width() : box.height(), kWidth, 6);
      EXPECT_NEAR(upright ? box.height() : box.width(), kHeight + rise, 4);
    }
  }
}

// Few words in capitals, upside down and on the side: the cheap test cannot tell.
TEST(OrientationTest, SparsePages) {
  const std::string content =
      "BT /F2 20 Tf 200 560 Td (APPENDIX TWELVE) Tj ET "
      "BT /F1 14 Tf 180 520 Td (Correspondence with the Bureau) Tj ET "
      "BT /F1 14 Tf 240 480 Td (March and April) Tj ET";
  const auto process = Process();
  for (const int turns : {0, 1, 2, 3}) {
    SCOPED_TRACE(turns);
    const TestFile file(
        testing::ScannedPdf(testing::ScanSheet(content, {.noise = 4, .quarter_turns = turns})));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.transform().upright_quarter_turns(), (4 - turns) % 4);
    EXPECT_THAT(page.text(), HasSubstr("Correspondence with the Bureau"));
  }
}

// The shadow of a book's fold is no ink and no box.
TEST(ShadedPageTest, IsReadAsAnyOther) {
  const TestFile file(testing::ScannedPdf(
      testing::ScanSheet(LinesWith("Zebulonia"), {.noise = 6, .shading = 150})));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.redactions_size(), 0);
  EXPECT_THAT(page.text(), HasSubstr("Zebulonia"));
  EXPECT_EQ(WhyDoubtful(page), "");
}

// The dark edge joins a table's rules, but the table is no redaction.
TEST(ShadedPageTest, TableBesideADarkEdge) {
  std::string content;
  for (int row = 0; row < 24; ++row) {
    const int y = 690 - 22 * row;
    for (const int x : {72, 150, 330, 420, 540}) {
      absl::StrAppend(&content, x, " ", y - 6, " m ", x, " ", y + 16, " l S\n");
    }
    absl::StrAppend(
        &content, "72 ", y + 16, " m 540 ", y + 16, " l S 72 ", y - 6, " m 540 ", y - 6,
        " l S BT /F4 10 Tf 77 ", y + 1, " Td (", 1000 + 7 * row,
        ") Tj 78 0 Td (Electronic mail) Tj 180 0 Td (12 pages) Tj 90 0 Td (Withheld) Tj "
        "ET\n");
  }
  const TestFile file(testing::ScannedPdf(
      testing::ScanSheet(content, {.skew_degrees = 0.8, .noise = 4, .border = 18})));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.redactions_size(), 0);
  EXPECT_THAT(page.text(), HasSubstr("1007 Electronic mail 12 pages Withheld"));
  EXPECT_THAT(page.text(), HasSubstr("1161 Electronic mail 12 pages Withheld"));
}

// Lines in a grey, or below a colour; the last one holds a word that stands once.
std::string TintedLines(std::string_view colour, double first_y = 700, int lines = 14) {
  std::string content = absl::StrCat(absl::string_view(colour.data(), colour.size()), " ");
  for (int line = 0; line < lines; ++line) {
    absl::StrAppend(&content, "BT /F1 12 Tf 72 ", first_y - 24 * line, " Td (",
                    line + 1 < lines
                        ? "The agency has told us that the records of the office are there"
                        : "and were sent to Zebulonia before the end of the month",
                    ") Tj ET\n");
  }
  return content;
}

// Print of any contrast is read, and nobody is asked to look at it.
TEST(ContrastTest, IsReadAsAnyOther) {
  const std::string sheet = " 0 0 612 792 re f ";
  const std::string head =
      "0 g BT /F2 24 Tf 72 740 Td (RECEIVED 4 MAR 2024) Tj ET BT /F2 14 Tf 72 716 Td (Office of "
      "the county engineer) Tj ET ";
  const struct {
    std::string name, content;
    testing::Scanner scanner;
  } rows[] = {
      {"pencil", TintedLines(".77 g"), {}},
      {"carbon copy", ".88 g" + sheet + TintedLines(".66 g"), {}},
      {"noise", ".95 g" + sheet + TintedLines(".68 g"), {.noise = 10}},
      {"thermal fax", TintedLines(".74 g"), {.dpi = 150, .blur = 0.7}},
      {"faint and askew", TintedLines(".72 g"), {.skew_degrees = 2, .noise = 4}},
      {"faint and on its side", TintedLines(".72 g"), {.noise = 4, .quarter_turns = 1}},
      {"faint in a shadow", TintedLines(".72 g"), {.noise = 3, .shading = 60}},
      {"below a dark head", head + TintedLines(".7 g", 640), {.noise = 3}},
      {"below dark print", TintedLines("0 g", 740, 8) + TintedLines(".74 g", 520, 6), {.noise = 3}},
      {"negative", "0 g" + sheet + TintedLines("1 g"), {.black_and_white = true}},
      {"grey negative", ".25 g" + sheet + TintedLines(".75 g"), {.noise = 5}},
      {"half a negative",
       "0 g 0 0 612 400 re f " + TintedLines("0 g", 740, 12) + TintedLines("1 g", 370, 10),
       {.noise = 4}},
      {"white lines on black",
       "0 g 36 500 540 100 re f " + TintedLines("0 g", 740, 5) + TintedLines("1 g", 580, 4) +
           TintedLines("0 g", 470, 8),
       {.noise = 4}},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const TestFile file(testing::ScannedPdf(testing::ScanSheet(row.content, row.scanner)));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.state(), pb::PAGE_STATE_DONE);
    const auto lines = std::count(row.content.begin(), row.content.end(), '\n');
    EXPECT_GE(page.words_size(), 12 * lines - lines / 4);
    EXPECT_THAT(page.text(), HasSubstr("and were sent to Zebulonia before the end"));
    EXPECT_EQ(page.redactions_size(), 0);
    EXPECT_EQ(WhyDoubtful(page), "");
    EXPECT_EQ(absl::StrContains(row.name, "head"), absl::StrContains(page.text(), "RECEIVED"));
  }
}

TEST(ContrastTest, BlankStaysBlank) {
  const std::string behind = "-1 0 0 1 612 0 cm ";
  const struct {
    std::string name, content;
    testing::Scanner scanner;
  } rows[] = {
      {"white", "", {}},
      {"noise", "", {.noise = 20}},
      {"dark paper", ".75 g 0 0 612 792 re f ", {.noise = 8}},
      {"dark edges", "", {.noise = 4, .border = 12}},
      {"shadow", "", {.noise = 4, .shading = 80}},
      {"the back of the sheet", behind + TintedLines(".82 g"), {.noise = 3, .blur = 0.8}},
      {"holes", "0.2 g 20 300 16 16 re f 20 500 16 16 re f", {.noise = 3}},
      {"a fold", ".9 g 0 395 612 3 re f 305 0 2 792 re f", {.noise = 3, .blur = 1}},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const TestFile file(testing::ScannedPdf(testing::ScanSheet(row.content, row.scanner)));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.state(), pb::PAGE_STATE_BLANK) << page.text();
  }
}

// White on black may as well be a redaction with its codes.
TEST(ContrastTest, RedactionsAreNotTurned) {
  std::string labels;
  for (int row = 0; row < 8; ++row) {
    absl::StrAppend(&labels, "BT /F2 11 Tf 220 ", 560 - 60 * row,
                    " Td (\\(b\\)\\(6\\), \\(b\\)\\(7\\)\\(C\\)) Tj ET ");
  }
  const TestFile file(testing::ScannedPdf(testing::ScanSheet(
      TintedLines("0 g", 740, 5) + "0 g 60 100 490 500 re f 1 g " + labels, {.noise = 4})));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_GE(page.redactions_size(), 1);
  EXPECT_THAT(CodesOf(page), ::testing::Contains("b7C"));
}

// What shows through from the back is not read, and the front is.
TEST(ContrastTest, TheBackOfTheSheetIsNotRead) {
  const std::string front = TintedLines("0 g");
  const TestFile file(testing::ScannedPdf(
      testing::ScanSheet("q -1 0 0 1 612 0 cm " + TintedLines(".82 g", 712, 20) + " Q " + front,
                         {.noise = 3, .blur = 0.6})));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_THAT(page.text(), HasSubstr("and were sent to Zebulonia before the end"));
  EXPECT_LE(page.words_size(), 14 * 13 + 2);
}

// Ink that cannot be read is no blank page.
TEST(ContrastTest, FaintScribbleIsDoubtful) {
  std::string content = ".75 G 1.2 w ";
  for (int line = 0; line < 8; ++line) {
    for (int i = 0; i < 30; ++i) {
      const int x = 80 + 14 * i, y = 650 - 40 * line;
      absl::StrAppend(&content, x, " ", y, " m ", x + 9, " ", y + 9 + i % 3, " l ", x + 2, " ",
                      y + 10, " l ", x + 8, " ", y + i % 4, " l S ");
    }
  }
  const TestFile file(testing::ScannedPdf(testing::ScanSheet(content, {.noise = 3})));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.state(), pb::PAGE_STATE_DONE);
  EXPECT_NE(WhyDoubtful(page), "");
}

// Lines below a marker of any colour, wholly or in part.
TEST(ColourTest, PrintBelowAMarkerIsRead) {
  const auto process = Process();
  for (const char* colour : {"1 .95 .2", "1 .6 0", ".4 .9 .3", "1 .35 .7", ".2 .45 1", ".95 .2 .2",
                             ".6 .4 .95", "0 .6 .55"}) {
    SCOPED_TRACE(colour);
    std::string text;
    for (int line = 0; line < 14; ++line) {
      text += testing::Outlined(72, 700 - 24 * line,
                                "The agency has told us that the records of the office are there",
                                "F1", 12);
    }
    const TestFile file(testing::OnePagePdf(absl::StrCat(
        colour, " rg 66 672 300 16 re f 66 592 480 66 re f 66 500 120 16 re f 0 g ", text)));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.words_size(), 14 * 13);
    EXPECT_EQ(page.redactions_size(), 0);
    EXPECT_EQ(WhyDoubtful(page), "");
  }
}

// A page with `layer` as its text, and a scan cut into strips from `x`, `y`, of this width.
std::string PageWithPicture(const std::string& layer, const testing::Scan& scan, int strips, int x,
                            int y, int width, int page_width = 612) {
  const int height = width * scan.height / scan.width;
  std::string content = layer;
  for (int i = 0; i < strips; ++i) {
    absl::StrAppend(&content, "q ", x, " ", y + i * height / strips, " ", width, " ",
                    height / strips + 1, " re W n ", width, " 0 0 ", height, " ", x, " ", y,
                    " cm /Im Do Q ");
  }
  testing::PdfWriter writer;
  const int image = writer.AddStream(scan.dictionary, scan.bytes);
  const int stream = writer.AddStream("", content);
  return writer.Finish({writer.Add(
      absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ", page_width, " ",
                   page_width * 792 / 612, "] /Resources << ", testing::FontResources(),
                   " /XObject << /Im ", image, " 0 R >> >> /Contents ", stream, " 0 R >>"))});
}

// Text in a picture is found beside the layer's.
TEST(PictureTest, AmongTheTextOfALayer) {
  testing::Sheet layer;
  layer.Paragraph(
      "The message below was printed from the mailbox of the field office and is produced as it "
      "was kept in the ordinary course of business.");
  const TestFile file(PageWithPicture(
      layer.content(), testing::ScanSheet(LinesWith("Zebulonia"), {.noise = 4}), 1, 150, 60, 400));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.layer_verdict(), pb::LAYER_VERDICT_GOOD);
  EXPECT_THAT(page.text(), HasSubstr("printed from the mailbox"));
  EXPECT_THAT(page.text(), HasSubstr("Zebulonia"));
  for (const pb::Word& word : page.words()) {
    const bool in_picture = word.box().y0() > 792 - 60 - 400.0 * 792 / 612;
    EXPECT_EQ(word.source(), in_picture ? pb::WORD_SOURCE_OCR : pb::WORD_SOURCE_LAYER);
  }
  EXPECT_EQ(WhyDoubtful(page), "");
}

// A picture of one word, as a court's system stamps them.
TEST(PictureTest, SmallOnesToo) {
  const auto process = Process();
  for (const auto& [word, width] : {std::pair("UNSEALED", 62), std::pair("Denied", 45)}) {
    SCOPED_TRACE(word);
    testing::Scan scan =
        testing::ScanSheet(absl::StrCat("BT /F2 150 Tf ", word[0] == 'U' ? 0.55 : 1,
                                        " 0 0 1 60 350 Tm (", word, ") Tj ET"),
                           {.dpi = 72});
    testing::PdfWriter writer;
    const int image = writer.AddStream(scan.dictionary, scan.bytes);
    const double scale = width / 500.0;
    const int stream = writer.AddStream(
        "", absl::StrCat("BT /F4 9 Tf 60 775 Td (Case 1:26-cv-01234-ABC Document 17 Filed 03/04/26 "
                         "Page 3 of 19) Tj ET q 300 600 ",
                         width, " 22 re W n ", 612 * scale, " 0 0 ", 792 * scale, " ",
                         300 - 50 * scale, " ", 600 - 330 * scale, " cm /Im Do Q"));
    const TestFile file(writer.Finish({writer.Add(
        absl::StrCat("<< /Type /Page /Parent 2 0 R /Resources << ", testing::FontResources(),
                     " /XObject << /Im ", image, " 0 R >> >> /Contents ", stream, " 0 R >>"))}));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.layer_verdict(), pb::LAYER_VERDICT_GOOD);
    EXPECT_THAT(page.text(), HasSubstr(word));
  }
}

// A court's stamp on a scan that its scanner cut into strips.
TEST(PictureTest, StripsAreAScan) {
  const TestFile file(PageWithPicture(
      "BT /F4 9 Tf 60 775 Td (Case 1:26-cv-01234-ABC Document 17-2 Filed 03/04/26 Page 3 of 19) "
      "Tj ET ",
      testing::ScanSheet(LinesWith("Zebulonia"), {.noise = 4}), 9, 0, 0, 612));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.layer_verdict(), pb::LAYER_VERDICT_STAMP);
  EXPECT_EQ(page.transform().dpi(), 200);
  EXPECT_THAT(page.text(), HasSubstr("Zebulonia"));
}

// A picture that does not tell its resolution is taken for one pixel a point: letters are as large
// as boxes then, and boxes as large as pictures.
TEST(PictureTest, OfUnknownResolution) {
  testing::Sheet sheet;
  sheet.Paragraph(
      "The class meets at [[b7E:120]] on Tuesday evening and is led by [[b6;b7C:140]] who may be "
      "reached during business hours.");
  const TestFile file(
      PageWithPicture("", testing::ScanSheet(sheet.content(), {.noise = 4}), 1, 0, 0, 1700, 1700));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.width(), 1700);
  EXPECT_THAT(page.text(), HasSubstr("reached during business hours"));
  EXPECT_THAT(CodesOf(page), ElementsAre("b7E", "b6", "b7C"));
  EXPECT_EQ(page.redactions_size(), 2);
}

// Words are whole, once, and in the order in which they are read, however a file draws them.
TEST(LayerOrderTest, IsTheReaders) {
  struct Case {
    std::string name, content, text;
  };
  const auto show = [](double x, double y, const std::string& text,
                       const std::string& font = "F1") {
    return absl::StrCat("BT /", font, " 12 Tf ", x, " ", y, " Td (", text, ") Tj ET\n");
  };
  // Each letter twice, a third of a point apart; and a whole line, as a shadow.
  std::string bold, shadow;
  double x = 72;
  for (const char c : std::string("Determination")) {
    for (const double shift : {0.0, 0.3}) bold += show(x + shift, 700, std::string(1, c), "F3");
    x += 7.2;
  }
  for (const double shift : {1.0, 0.0}) shadow += show(72 + shift, 700 - shift, "Summer Fall");
  const std::string turned =
      "0 -1 1 0 0 792 cm\n" + show(72, 400, "The first line of it") + show(72, 380, "and the next");
  const std::vector<Case> cases = {
      {"bold type", bold, "Determination\n"},
      {"shadow", shadow, "Summer Fall\n"},
      {"letters set apart",
       "BT /F2 14 Tf 6 Tc 72 700 Td (CONFIDENTIAL REPORT) Tj ET\n"
       "BT /F1 11 Tf 3 Tc 72 660 Td (of the office) Tj ET\n",
       "CONFIDENTIAL REPORT\nof the office\n"},
      {"a list of letters", "BT /F1 12 Tf 6 Tc 72 700 Td (ABCDEFG) Tj ET\n", "A B C D E F G\n"},
      // Courier: a letter is 7.2 points wide.
      {"bold words come last",
       show(72, 700, "On", "F3") + show(72 + 10 * 7.2, 700, "office", "F3") +
           show(72, 680, "and the rest", "F3") + show(72 + 3 * 7.2, 700, "local", "F3"),
       "On local office\nand the rest\n"},
      {"the rest of a word comes last",
       show(72, 700, "un", "F3") + show(72, 680, "and more", "F3") +
           show(72 + 2 * 7.2, 700, "lawful", "F3"),
       "unlawful\nand more\n"},
      {"values come last",
       show(72, 700, "Name:") + show(72, 680, "Date of the interview:") +
           show(72, 640, "Sign below.") + show(220, 700, "Ines Calloway") +
           show(220, 680, "March 4"),
       "Name: Ines Calloway\nDate of the interview: March 4\nSign below.\n"},
      {"text runs down", turned, "The first line of it\nand the next\n"},
  };
  const auto process = Process();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const TestFile file(testing::OnePagePdf(c.content));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.layer_verdict(), pb::LAYER_VERDICT_GOOD);
    EXPECT_EQ(page.text(), c.text);
  }
}

// Of two bars, the blue one is decoration.
TEST(ColourTest, NoRedactionIsBlue) {
  const TestFile file(testing::OnePagePdf(
      LinesWith("Zebulonia") + "0.05 0.2 0.6 rg 72 240 300 20 re f 0 g 72 180 300 20 re f "));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  ASSERT_EQ(page.redactions_size(), 1);
  EXPECT_NEAR(page.redactions(0).box().y0(), 792 - 200, 2);
}

// Of 5 points, in a font that does not tell its characters.
TEST(SmallPrintTest, IsReadFromALargerPicture) {
  const std::string text =
      "The requester may appeal this determination within ninety days of the date of this letter "
      "to the Office of the Principal Legal Advisor";
  testing::PdfWriter writer;
  const int to_unicode =
      writer.AddStream("",
                       "begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
                       "1 beginbfrange <00> <FF> <E000> endbfrange endcmap");
  std::string content;
  for (int i = 0; i < 12; ++i) {
    absl::StrAppend(&content, "BT /F9 5 Tf 72 ", 700 - 9 * i, " Td (", text, ") Tj ET\n");
  }
  const int stream = writer.AddStream("", content);
  const TestFile file(writer.Finish({writer.Add(absl::StrCat(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F9 << /Type "
      "/Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode ",
      to_unicode, " 0 R >> >> >> /Contents ", stream, " 0 R >>"))}));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.layer_verdict(), pb::LAYER_VERDICT_BROKEN_ENCODING);
  EXPECT_EQ(page.transform().dpi(), 300);
  EXPECT_GT(WordRecall(text, page.text()), 0.99);
}

// Codes that no layer holds, too small for the 150 or 200 dots an inch of a page that is drawn,
// also when it was turned upright and levelled.
TEST(SmallPrintTest, LabelsAreReadFromMorePixels) {
  constexpr char kText[] = "The agency has told us that the records of the office are";
  const std::vector<std::string> codes{"b6", "b7C", "b7E", "b5", "b4", "b7D", "b1", "b3"};
  const std::vector<std::string> labels{"(b)(6)", "(b)(7)(C)", "(b)(7)(E)", "(b)(5)",
                                        "(b)(4)", "(b)(7)(D)", "(b)(1)",    "(b)(3)"};
  const auto process = Process();
  for (const bool layer : {true, false}) {
    SCOPED_TRACE(layer);
    // About two degrees askew, and turned below.
    std::string content = layer ? "" : "0.9994 0.0349 -0.0349 0.9994 0 0 cm ";
    for (size_t i = 0; i < labels.size(); ++i) {
      const double y = 700 - 40 * static_cast<double>(i);
      const bool black = i % 2 == 0;
      absl::StrAppend(&content, "0 g ",
                      layer ? absl::StrCat("BT /F1 12 Tf 72 ", y, " Td (", kText, ") Tj ET ")
                            : testing::Outlined(72, y, kText, "F1", 12),
                      black ? "0 g 400 " : "0 G 0.5 w 400 ", y - 3, " 60 11 re ",
                      black ? "f 1 g " : "S ",
                      testing::Outlined(415, y, labels[i], "F1", layer ? 4.5 : 5));
    }
    testing::PdfWriter writer;
    const int stream = writer.AddStream("", content);
    const int number = writer.Add(absl::StrCat("<< /Type /Page /Parent 2 0 R /Resources << ",
                                               testing::FontResources(), " >> /Contents ", stream,
                                               " 0 R /Rotate ", layer ? 0 : 90, " >>"));
    const TestFile file(writer.Finish({number}));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.layer_verdict() == pb::LAYER_VERDICT_GOOD, layer);
    EXPECT_EQ(page.transform().upright_quarter_turns(), layer ? 0 : 3);
    EXPECT_THAT(CodesOf(page), UnorderedElementsAreArray(codes));
  }
}

// What reads as a letter an inch wide is none.
TEST(ShadedPageTest, TheDarkEdgeIsNoWord) {
  const TestFile file(testing::ScannedPdf(testing::ScanSheet(
      LinesWith("Zebulonia"), {.skew_degrees = 2, .noise = 9, .shading = 60, .border = 8})));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_THAT(page.text(), HasSubstr("Zebulonia"));
  for (const pb::Word& w : page.words()) {
    EXPECT_TRUE(w.text().size() > 1 || w.box().x1() - w.box().x0() <= 72) << w.text();
  }
}

TEST(LanguageTest, EachLineInItsOwn) {
  const std::string data = "/usr/share/tesseract-ocr/5/tessdata/spa.traineddata";
  if (access(data.c_str(), R_OK) != 0) GTEST_SKIP() << "skipped: tesseract-ocr-spa is missing";
  const auto line = [](int y, const std::string& text) {
    return absl::StrCat("BT /F1 12 Tf 72 ", y, " Td (", text, ") Tj ET\n");
  };
  // In WinAnsi: "señor", "declaró", "niños", "mañana".
  const std::string content =
      line(700, "The letter of the witness was received by the office on the first of May.") +
      line(676, "It was written in the language of the witness and is given as it is:") +
      line(640, "El se\361or declar\363 que los agentes llegaron a la casa antes de las siete") +
      line(616, "de la ma\361ana y que los ni\361os estaban todav\355a durmiendo en la casa.") +
      line(580, "This is what the agency has found in the records of the office for you.");
  const TestFile file(testing::ScannedPdf(testing::ScanSheet(content, {.noise = 4})));
  PageProcessOptions options = Options();
  options.languages = "eng+spa";
  ASSERT_OK_AND_ASSIGN(auto process, PageProcess::Start(options));
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_THAT(page.text(), HasSubstr("El se\u00f1or declar\u00f3 que los agentes"));
  EXPECT_THAT(page.text(), HasSubstr("los ni\u00f1os estaban"));
  EXPECT_EQ(page.engine().languages(), "eng+spa");
  std::map<std::string, int> tags;
  for (const pb::Word& w : page.words()) ++tags[w.language()];
  EXPECT_THAT(tags, ElementsAre(Pair("en", 45), Pair("es", 27)));
}

// A page in two fonts, of which `map`, the body of a ToUnicode map, tells the characters of one.
std::string PageInFonts(const std::string& plain, const std::string& mapped,
                        const std::string& map) {
  testing::PdfWriter writer;
  const int to_unicode = writer.AddStream(
      "", absl::StrCat("begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n", map,
                       " endcmap"));
  std::string content;
  int y = 720;
  const auto set = [&](const std::string& text, const char* font) {
    for (const auto line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      absl::StrAppend(&content, "BT /", font, " 12 Tf 72 ", y, " Td (", line, ") Tj ET\n");
      y -= 20;
    }
  };
  set(plain, "F1");
  set(mapped, "F9");
  const int stream = writer.AddStream("", content);
  return writer.Finish({writer.Add(absl::StrCat(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 << /Type "
      "/Font /Subtype /Type1 /BaseFont /Times-Roman >> /F9 << /Type /Font /Subtype /Type1 "
      "/BaseFont /Helvetica /ToUnicode ",
      to_unicode, " 0 R >> >> >> /Contents ", stream, " 0 R >>"))});
}

// A layer that says something else than the page shows is not believed, in whole or in part, and
// one that is only unusual is.
TEST(LayerTest, MustSayWhatThePageShows) {
  const std::string text =
      "The component conducted a search of its electronic files and located\n"
      "twelve pages of material responsive to your request. After review of these\n"
      "pages the office determined that certain portions must be withheld because\n"
      "their release would constitute a clearly unwarranted invasion of privacy.\n";
  const std::string right = "1 beginbfrange <20> <7E> <0020> endbfrange";
  const std::string names =
      "Okonkwo, Adaeze 4417-B\nSzczepanski, Zbigniew 8823-K\nFeatherstonehaugh, Ptolemy 1190-C\n"
      "Vashchenko, Yevhen 7741-Q\nNguyen, Thi Bich 6620-R\nXiuhtecuhtli, Itzel 3307-M\n";
  const struct {
    std::string name, plain, mapped, map;
    bool believed;
  } rows[] = {
      {"right", text, text, right, true},
      {"glyph numbers", "", text, "1 beginbfrange <20> <7E> <0003> endbfrange", false},
      {"by one", "", text, "1 beginbfrange <20> <7E> <0021> endbfrange", false},
      {"to another alphabet", "", text, "1 beginbfrange <20> <7E> <0410> endbfrange", false},
      {"half", text, text, "1 beginbfrange <20> <7E> <0003> endbfrange", false},
      {"letters exchanged", "", text,
       "1 beginbfrange <20> <7E> <0020> endbfrange 4 beginbfchar <65> <006F> <6F> <0065> <61> "
       "<0069> <69> <0061> endbfchar",
       false},
      {"names and numbers", "", names, right, true},
      {"names and numbers, wrong", "", names + names, "1 beginbfrange <20> <7E> <0003> endbfrange",
       false},
      {"part numbers", "", "AX-7741-QQ 8812-ZK\nBX-9917-RR 4410-PL\nCZ-1187-TT 2204-MN\n", right,
       true},
      {"Spanish", "",
       "La agencia respondera dentro de los veinte dias habiles siguientes a la\n"
       "recepcion de la solicitud de acceso a los registros publicos\n",
       right, true},
      {"German", "",
       "Die Behorde antwortet dem Antragsteller innerhalb eines Monats nach\n"
       "Eingang des Antrags und begrundet eine Ablehnung schriftlich\n",
       right, true},
      {"short", "", "Exhibit\n", right, true},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const TestFile file(PageInFonts(row.plain, row.mapped, row.map));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.layer_verdict(),
              row.believed ? pb::LAYER_VERDICT_GOOD : pb::LAYER_VERDICT_BROKEN_ENCODING);
    EXPECT_GE(WordRecall(row.plain + row.mapped, page.text()), 0.9) << page.text();
    EXPECT_EQ(WhyDoubtful(page), "");
  }
}

// Hyphens that say where a word may break, as a reader sees them.
TEST(LayerTest, SoftHyphens) {
  const TestFile file(PageInFonts(
      "",
      "The ad~min~istrator of the district wrote of case 2020~ICFO and of sedimen~\n"
      "tation in the upper reservoir, and about the embankment of the river there\n",
      "1 beginbfrange <20> <7D> <0020> endbfrange 1 beginbfchar <7E> <00AD> endbfchar"));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.layer_verdict(), pb::LAYER_VERDICT_GOOD);
  EXPECT_THAT(page.text(), HasSubstr("The administrator of the district wrote of case 2020-ICFO "
                                     "and of sedimen-\ntation in the upper"));
}

// A scanner's misreading is kept beside ours, but nothing else of its layer: neither what boxes
// hide nor what the picture does not show.
TEST(OtherLayerTest, KeepsOnlyWhatCanBeSeen) {
  const std::string seen =
      LinesWith("Angela") + "0 g 300 330 120 18 re f BT /F1 12 Tf 72 340 Td (Before) Tj ET\n";
  const auto word = [](int x, int y, const std::string& text) {
    return absl::StrCat("BT /F1 12 Tf ", x, " ", y, " Td (", text, ") Tj ET\n");
  };
  const std::string layer = word(72, 340, "Before") + word(200, 340, "Angcla") +
                            word(310, 340, "Quillfeather") + word(72, 200, "Zebulonia");
  const auto process = Process();
  for (const bool cheap : {false, true}) {
    SCOPED_TRACE(cheap);
    const TestFile file(testing::ScannedPdf(testing::ScanSheet(seen, {.noise = 4}), layer));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, "", cheap));
    EXPECT_NE(page.layer_verdict(), pb::LAYER_VERDICT_GOOD);
    EXPECT_THAT(page.text(), HasSubstr("Angela"));
    ASSERT_EQ(page.other_layer_words_size(), 1);
    EXPECT_EQ(page.other_layer_words(0).text(), "Angcla");
    EXPECT_EQ(page.other_layer_words(0).source(), pb::WORD_SOURCE_HIDDEN);
    EXPECT_EQ(page.other_layer_words(0).line(),
              std::find_if(page.words().begin(), page.words().end(), [](const pb::Word& w) {
                return w.text() == "Angela";
              })->line());
    const std::string bytes = page.SerializeAsString();
    for (const char* part : {"Zebu", "lonia", "Quill", "feather"}) {
      EXPECT_THAT(bytes, Not(HasSubstr(part)));
    }
  }
}

struct HiddenRow {
  std::string name;
  std::string after;   // content after the word was shown at 72,700
  std::string before;  // content before it
  std::string annotation;
  bool hidden;
  bool failed = true;   // when hidden: under something
  bool counted = true;  // when hidden: as sealed
};

// However a word was hidden, nothing of it leaves foia-page.
TEST(SealingTest, HiddenWordsAreNowhere) {
  constexpr char kWord[] = "Zebulonia";
  const HiddenRow rows[] = {
      {"black rectangle", "0 g 70 694 62 18 re f", "", "", true},
      {"white rectangle", "1 g 70 694 62 18 re f", "", "", true},
      {"bordered white rectangle", "1 g 0 G 70 694 62 18 re B", "", "", true},
      {"thick line", "16 w 0 G 70 703 m 132 703 l S", "", "", true},
      {"four lines", "0 g 70 694 m 132 694 l 132 712 l 70 712 l h f", "", "", true},
      {"black on black", "", "0 g 70 694 62 18 re f 0 g", "", true},
      {"image", "q 62 0 0 18 70 694 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x01 EI Q", "", "", true},
      {"redaction mark", "", "",
       "/Subtype /Redact /Rect [70 694 132 712] /QuadPoints [70 712 132 712 70 694 132 694]", true},
      {"black square", "", "", "/Subtype /Square /Rect [70 694 132 712] /C [0 0 0] /IC [0 0 0]",
       true},
      {"white on paper", " ", "1 g", "", true, false},
      {"without ink", "0 Tr", "3 Tr", "", true, false, false},
      {"almost transparent", "/GS0 gs", "/GS1 gs", "", true, false, false},
      {"nothing", "", "", "", false},
      {"pale highlight", "/GS gs 1 1 0 rg 70 694 62 18 re f", "", "", false},
      {"underline", "0 g 70 694 62 1 re f", "", "", false},
      {"white on black", "", "0 g 70 694 62 18 re f 1 g", "", false},
  };
  const auto process = Process();
  for (const HiddenRow& row : rows) {
    SCOPED_TRACE(row.name);
    testing::PdfWriter writer;
    const int stream = writer.AddStream(
        "",
        absl::StrCat(row.before, " BT /F1 12 Tf 72 700 Td (", kWord, ") Tj ET ", row.after,
                     " 0 g BT /F1 12 Tf 72 600 Td (Other words that stand on this page) Tj ET"));
    const std::string annots =
        row.annotation.empty()
            ? ""
            : absl::StrCat("/Annots [ << /Type /Annot /F 4 ", row.annotation, " >> ]");
    const int page = writer.Add(absl::StrCat(
        "<< /Type /Page /Parent 2 0 R /Resources << ", testing::FontResources(),
        " /ExtGState << /GS << /ca 0.4 >> /GS0 << /ca 1 >> /GS1 << /ca 0.02 >> >> >> /Contents ",
        stream, " 0 R ", annots, " >>"));
    const TestFile file(writer.Finish({page}));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord record, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(record.state(), pb::PAGE_STATE_DONE);
    EXPECT_THAT(record.text(), HasSubstr("Other words that stand"));
    const std::string bytes = record.SerializeAsString();
    const bool failed = std::any_of(
        record.redactions().begin(), record.redactions().end(),
        [](const pb::Redaction& r) { return r.failed() && r.recoverable_chars() == 9; });
    EXPECT_EQ(failed, row.hidden && row.failed);
    EXPECT_EQ(record.has_sealed(), row.hidden && row.counted);
    if (row.hidden) {
      EXPECT_EQ(record.sealed().characters(), row.counted ? 9 : 0);
      EXPECT_EQ(record.sealed().keyed_hash().size(), row.counted ? 32U : 0U);
      for (const char* part : {"Zebulonia", "Zebu", "lonia"}) {
        EXPECT_THAT(bytes, Not(HasSubstr(part)));
      }
    } else {
      EXPECT_THAT(record.text(), HasSubstr(kWord));
    }
  }
}

// A scan whose hidden layer holds words below the boxes of the picture, whatever their label says.
TEST(SealingTest, HiddenLayerBelowTheBoxesOfAScan) {
  const struct {
    std::string label;
    pb::CodeStatus status;
  } rows[] = {
      {"", pb::CODE_STATUS_NONE},
      {"REDACTED", pb::CODE_STATUS_NONE},
      {"Juvenile", pb::CODE_STATUS_UNREADABLE},
      {"(b)(6)", pb::CODE_STATUS_READ},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    for (const bool cheap : {false, true}) {
      SCOPED_TRACE(absl::StrCat(row.label, cheap ? ", cheap" : ""));
      const TestFile file(testing::ScanWithHiddenLayer({"Zebulonia", "Quillfeather"}, row.label));
      ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, "", cheap));
      EXPECT_EQ(page.state(), pb::PAGE_STATE_DONE);
      EXPECT_NE(page.layer_verdict(), pb::LAYER_VERDICT_GOOD);
      EXPECT_EQ(page.engine().quick(), cheap);
      const std::string bytes = page.SerializeAsString();
      for (const char* part : {"Zebu", "lonia", "Quill", "feather"}) {
        EXPECT_THAT(bytes, Not(HasSubstr(part)));
      }
      EXPECT_THAT(page.text(), HasSubstr("spoke to the officers"));
      EXPECT_EQ(page.sealed().characters(), 21);
      ASSERT_EQ(page.redactions_size(), 2);
      for (const pb::Redaction& r : page.redactions()) {
        EXPECT_TRUE(r.failed());
        EXPECT_EQ(r.code_status(), cheap ? pb::CODE_STATUS_NONE : row.status);
      }
      EXPECT_EQ(page.redactions(0).recoverable_chars(), 9);
      EXPECT_EQ(page.redactions(1).recoverable_chars(), 12);
    }
  }
}

// The same scan with a scanner's layer that holds what can be seen: nothing failed.
TEST(SealingTest, ScannersLayerOfTheLabelsIsNoFailure) {
  const auto process = Process();
  const struct {
    std::string label, second;
  } rows[] = {{"REDACTED", "REDACTED"}, {"(b)(6)", "(b)(6)"}, {"(b)(6)", "rmtLhl"}};
  for (const auto& [label, second] : rows) {
    SCOPED_TRACE(second);
    const TestFile file(testing::ScanWithHiddenLayer({label, second}, label));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    EXPECT_EQ(page.redactions_size(), 2);
    for (const pb::Redaction& r : page.redactions()) EXPECT_FALSE(r.failed());
    EXPECT_FALSE(page.has_sealed());
  }
}

// A small picture hides, however large another picture of the page is.
TEST(SealingTest, PatternedPictureBesideALargeOne) {
  const std::string picture = " cm BI /W 4 /H 1 /CS /G /BPC 8 ID \x01\xFF\x01\xFF EI Q ";
  const TestFile file(testing::OnePagePdf(
      "BT /F1 12 Tf 72 700 Td (Zebulonia) Tj 0 -20 Td (Other words that stand on this page) Tj ET "
      "q 560 0 0 460 26 20" +
      picture + "q 62 0 0 18 70 694" + picture));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_THAT(page.SerializeAsString(), Not(HasSubstr("Zebu")));
  EXPECT_EQ(page.sealed().characters(), 9);
}

TEST(SealingTest, HashIsKeyed) {
  const Sample sample = MakeSample({.pages = 1, .layer_only = true, .failed_redaction = "Zebulon"});
  const TestFile file(sample.pdf);
  std::set<std::string> hashes;
  for (const std::string key : {"one", "two", "one"}) {
    PageProcessOptions options = Options();
    options.seal_key = key;
    ASSERT_OK_AND_ASSIGN(auto process, PageProcess::Start(options));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 2, ""));
    EXPECT_THAT(page.SerializeAsString(), Not(HasSubstr("Zebulon")));
    hashes.insert(page.sealed().keyed_hash());
  }
  EXPECT_EQ(hashes.size(), 2U);
}

TEST(HostileTest, EveryFileEndsInANamedState) {
  const std::string good = MakeSample({.pages = 2, .layer_only = true}).pdf;
  const std::string secret = MakeSample({.pages = 1, .layer_only = true, .password = "open"}).pdf;
  testing::PdfWriter none;
  const auto page = [](const std::string& entries, const std::string& content) {
    testing::PdfWriter writer;
    const int stream = writer.AddStream("", content);
    return writer.Finish({writer.Add(
        absl::StrCat("<< /Type /Page /Parent 2 0 R /Contents ", stream, " 0 R ", entries, " >>"))});
  };
  const struct {
    std::string name, bytes, password;
    pb::PageState state;
  } rows[] = {
      {"empty", "", "", pb::PAGE_STATE_DAMAGED},
      {"text", "just some text", "", pb::PAGE_STATE_UNSUPPORTED},
      {"zip", "PK\x03\x04 and so on", "", pb::PAGE_STATE_DAMAGED},
      {"header only", "%PDF-1.7\n", "", pb::PAGE_STATE_DAMAGED},
      {"no pages", none.Finish({}), "", pb::PAGE_STATE_DAMAGED},
      {"cut off", good.substr(0, good.size() / 3), "", pb::PAGE_STATE_DAMAGED},
      {"no cross-reference", good.substr(0, good.rfind("xref")), "", pb::PAGE_STATE_DONE},
      {"junk before", "junk\n" + good, "", pb::PAGE_STATE_DONE},
      {"encrypted", secret, "", pb::PAGE_STATE_NEEDS_PASSWORD},
      {"wrong password", secret, "closed", pb::PAGE_STATE_NEEDS_PASSWORD},
      {"right password", secret, "open", pb::PAGE_STATE_DONE},
      {"broken JPEG", "\xFF\xD8\xFF\xE0 nothing more", "", pb::PAGE_STATE_DAMAGED},
      {"broken PNG", "\x89PNG\r\n\x1A\n nothing more", "", pb::PAGE_STATE_DAMAGED},
      {"endless page", page("/MediaBox [0 0 1000000000 1000000000]", "0 0 m"), "",
       pb::PAGE_STATE_DAMAGED},
      {"image bomb",
       page("/MediaBox [0 0 612 792]",
            "q 612 0 0 792 0 0 cm BI /W 99999 /H 99999 /CS /RGB /BPC 8 "
            "ID x EI Q BT /F1 9 Tf (a) Tj ET"),
       "", pb::PAGE_STATE_UNSPECIFIED},
      {"unbalanced content", page("/MediaBox [0 0 612 792]", "Q Q Q ET EMC ] >> ) q q q BT"), "",
       pb::PAGE_STATE_DAMAGED},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const TestFile file(row.bytes);
    ASSERT_OK_AND_ASSIGN(pb::ProbeResult probe, process->Probe(file.fd(), row.password));
    EXPECT_NE(probe.state(), pb::PAGE_STATE_UNSPECIFIED);
    ASSERT_OK_AND_ASSIGN(pb::PageRecord record, process->ReadPage(file.fd(), 1, row.password));
    EXPECT_NE(record.state(), pb::PAGE_STATE_UNSPECIFIED);
    if (row.state != pb::PAGE_STATE_UNSPECIFIED) {
      EXPECT_EQ(pb::PageState_Name(record.state()), pb::PageState_Name(row.state));
    }
    if (record.state() != pb::PAGE_STATE_DONE && record.state() != pb::PAGE_STATE_BLANK) {
      EXPECT_NE(record.state_reason(), "");
    }
  }
  // A page that is not there.
  const TestFile file(good);
  ASSERT_OK_AND_ASSIGN(pb::PageRecord record, process->ReadPage(file.fd(), 7, ""));
  EXPECT_EQ(record.state(), pb::PAGE_STATE_DAMAGED);
}

TEST(PageProcessTest, KilledChildIsAFailedPageAndTheNextIsFine) {
  const TestFile file(MakeSample({.pages = 2, .layer_only = true}).pdf);
  const auto process = Process();
  ASSERT_OK(process->Probe(file.fd(), ""));
  std::atomic<bool> done = false;
  std::thread killer([&] {
    pid_t last = 0;
    while (!done) {
      const pid_t child = process->child();
      if (child != 0 && child != last) kill(last = child, SIGKILL);
      std::this_thread::yield();
    }
  });
  const auto page = process->ReadPage(file.fd(), 1, "");
  done = true;
  killer.join();
  ASSERT_OK(page);
  EXPECT_EQ(page->state(), pb::PAGE_STATE_FAILED);
  EXPECT_NE(page->state_reason(), "");
  ASSERT_OK_AND_ASSIGN(pb::PageRecord next, process->ReadPage(file.fd(), 2, ""));
  EXPECT_EQ(next.state(), pb::PAGE_STATE_DONE);
}

// Kills the first `times` children of a process while they read.
pb::PageRecord ReadKilled(int fd, int page, int times) {
  const auto process = Process();
  EXPECT_OK(process->Probe(fd, ""));
  std::atomic<bool> done = false;
  std::thread killer([&] {
    std::set<pid_t> killed;
    while (!done && static_cast<int>(killed.size()) < times) {
      const pid_t child = process->child();
      if (child != 0 && killed.insert(child).second) kill(child, SIGKILL);
      std::this_thread::yield();
    }
  });
  auto record = process->ReadPage(fd, page, "");
  done = true;
  killer.join();
  EXPECT_OK(record);
  return *std::move(record);
}

TEST(PageProcessTest, KilledOnceIsReadAsIfNothingHadHappened) {
  const TestFile file(MakeSample({}).pdf);
  const int page = testing::kSampleProgramPage;
  pb::PageRecord whole = ReadKilled(file.fd(), page, 0);
  pb::PageRecord once = ReadKilled(file.fd(), page, 1);
  EXPECT_FALSE(CodesOf(whole).empty());
  whole.clear_timings();
  once.clear_timings();
  EXPECT_EQ(whole.SerializeAsString(), once.SerializeAsString());

  const pb::PageRecord twice = ReadKilled(file.fd(), page, 2);
  EXPECT_EQ(twice.state(), pb::PAGE_STATE_DONE);
  EXPECT_THAT(twice.state_reason(), HasSubstr("codes were not looked for"));
  EXPECT_TRUE(twice.engine().quick());
  EXPECT_NE(twice.engine().configuration_hash(), whole.engine().configuration_hash());
}

TEST(PageProcessTest, SlowChildIsATimedOutPage) {
  const TestFile file(MakeSample({.pages = 1, .layer_only = true}).pdf);
  PageProcessOptions options = Options();
  options.start_limit = options.page_limit = absl::Milliseconds(1);
  ASSERT_OK_AND_ASSIGN(auto process, PageProcess::Start(options));
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(page.state(), pb::PAGE_STATE_TIMED_OUT);
}

TEST(PageProcessTest, RecycledChildReadsOn) {
  const TestFile file(MakeSample({.pages = 3, .layer_only = true}).pdf);
  PageProcessOptions options = Options();
  options.recycle_after_pages = 1;
  ASSERT_OK_AND_ASSIGN(auto process, PageProcess::Start(options));
  for (int page = 1; page <= 2; ++page) {
    ASSERT_OK_AND_ASSIGN(pb::PageRecord record, process->ReadPage(file.fd(), page, ""));
    EXPECT_THAT(record.text(), HasSubstr(absl::StrCat("Page ", page, " of 3")));
    EXPECT_EQ(process->child(), 0);
  }
}

TEST(PageProcessTest, CancelledFromAnotherThread) {
  const TestFile file(MakeSample({.pages = 1, .layer_only = true}).pdf);
  const auto process = Process();
  process->Cancel();
  EXPECT_TRUE(absl::IsCancelled(process->ReadPage(file.fd(), 1, "").status()));
}

TEST(PageProcessTest, MissingLanguagePack) {
  const TestFile file(MakeSample({.pages = 1, .layer_only = true}).pdf);
  for (const char* languages : {"zzz", "eng+zzz"}) {
    PageProcessOptions options = Options();
    options.languages = languages;
    ASSERT_OK_AND_ASSIGN(auto process, PageProcess::Start(options));
    const absl::Status status = process->ReadPage(file.fd(), 1, "").status();
    EXPECT_THAT(status, HasReason(Reason::REASON_INVALID_FIELD));
    ASSERT_EQ(ViolationsOf(status).size(), 1U);
    EXPECT_THAT(ViolationsOf(status)[0].second, HasSubstr("'zzz'"));
  }
}

// What the child could do if the file had taken it over, as the kernel sees it.
TEST(ConfinementTest, ChildHasNoRights) {
#ifdef FOIA_SANITIZED
  GTEST_SKIP() << "skipped: limits are off in this build";
#endif
  const TestFile file(MakeSample({.pages = 1, .layer_only = true}).pdf);
  const auto process = Process();
  ASSERT_OK(process->Probe(file.fd(), ""));
  const std::string proc = absl::StrCat("/proc/", process->child());
  const std::string status = testing::ReadFile(proc + "/status");
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1\n"));
  EXPECT_THAT(status, HasSubstr("Threads:\t1\n"));
  EXPECT_THAT(status, HasSubstr("CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"));
  const auto has = [&](const char* wall) { return !absl::StrContains(process->isolation(), wall); };
  if (has("system calls")) {
    EXPECT_THAT(status, HasSubstr("Seccomp:\t2\n"));
  }
  if (has("namespaces")) {
    EXPECT_THAT(status, HasSubstr(absl::StrCat("NSpid:\t", process->child(), "\t1\n")));
  }
  std::istringstream uid(status.substr(status.find("Uid:") + 4));
  for (int i = 0, id = 0; i < 4 && uid >> id; ++i) EXPECT_NE(id, 0);
  std::map<std::string, std::string> limits;  // name and soft limit
  std::istringstream lines(testing::ReadFile(proc + "/limits"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream rest(line.substr(26));
    rest >> limits[line.substr(0, line.find("  "))];
  }
  EXPECT_EQ(limits["Max processes"], "0");
  EXPECT_EQ(limits["Max open files"], "16");
  EXPECT_EQ(limits["Max file size"], "0");
  EXPECT_EQ(limits["Max core file size"], "0");
  EXPECT_NE(limits["Max address space"], "unlimited");

  std::error_code error;
  const auto net = std::filesystem::read_symlink(proc + "/ns/net", error);
  if (error) GTEST_SKIP() << "skipped: the system hides the namespaces of another user's process";
  if (has("namespaces")) {
    EXPECT_NE(net, std::filesystem::read_symlink("/proc/self/ns/net", error));
  }
  if (!has("files")) GTEST_SKIP() << "skipped: the system forbids chroot";
  // Where this test runs in a root of its own, the path begins with that.
  EXPECT_THAT(std::filesystem::read_symlink(proc + "/root", error).string(),
              ::testing::HasSubstr("/tmp/foia-page-"));
}

TEST(PageProcessTest, MissingProgram) {
  PageProcessOptions options = Options();
  options.program = "/nonexistent/foia-page";
  EXPECT_THAT(PageProcess::Start(options).status(), HasReason(Reason::REASON_UNREADABLE_FILE));
}

TEST(OcrFilesTest, MissingFile) {
  OcrFilesOptions options;
  options.process = Options();
  EXPECT_THAT(OcrFiles({"/nonexistent.pdf"}, options).status(),
              HasReason(Reason::REASON_UNREADABLE_FILE));
}

// Each style of box and each kind of scan once. One code in ten may be missed on a bad scan; none
// is read that is not there.
TEST(LettersTest, CodesInBoxesAndMargins) {
  const auto process = Process();
  for (const std::string which :
       {"clean300 grey", "office300 white", "office300 margin", "copy300bw black",
        "copy300bw white", "fax200bw white", "low150 grey", "poor300 grey", "poor300 white",
        "poor300 margin", "rot90 black", "rot180 grey", "dither300bw black", "office300 none",
        "copy300bw none", "dither300bw none"}) {
    SCOPED_TRACE(which);
    const testing::Letters letters = testing::MakeLetters(3, which);
    ASSERT_EQ(letters.pages.size(), 1U);
    const TestFile file(letters.pdf);
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    const std::vector<std::string>& drawn = letters.pages[0].codes;
    const std::vector<std::string> read = CodesOf(page);
    std::multiset<std::string> missed(drawn.begin(), drawn.end());
    for (const std::string& code : read) {
      const auto it = missed.find(code);
      EXPECT_NE(it, missed.end()) << code << " is not there";
      if (it != missed.end()) missed.erase(it);
    }
    EXPECT_LE(missed.size(), drawn.size() / 10) << ::testing::PrintToString(missed);
  }
}

// Of grey a black and white scan has made a pattern of dots.
TEST(LettersTest, GreyBoxesOfDots) {
  const testing::Letters letters = testing::MakeLetters(21, "dither300bw grey");
  ASSERT_EQ(letters.pages.size(), 1U);
  const TestFile file(letters.pdf);
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, Process()->ReadPage(file.fd(), 1, ""));
  EXPECT_THAT(CodesOf(page), UnorderedElementsAreArray(letters.pages[0].codes));
}

TEST(RealDocumentsTest, FailedRedactions) {
  const std::string data = TestDataDir();
  if (data.empty()) GTEST_SKIP() << "skipped: FOIA_TEST_DATA not set";
  const std::map<std::string, std::vector<int>> expected{{"xray_rectangles_yes", {4, 56, 4}},
                                                         {"xray_rectangles_yes_2", {3}},
                                                         {"syn_fail_vec", {14}},
                                                         {"syn_fail_annred", {14}},
                                                         {"syn_fail_thick", {14}},
                                                         {"syn_fail_white", {14}},
                                                         {"syn_fail_trans", {}},
                                                         {"xray_rectangles_no", {}},
                                                         {"xray_rect_ordering_1.23", {}},
                                                         {"xray_unfilled_rect", {}}};
  const auto process = Process();
  for (const auto& [name, lengths] : expected) {
    SCOPED_TRACE(name);
    const TestFile file(testing::ReadFile(absl::StrCat(data, "/redact/", name, ".pdf")));
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
    std::vector<int> found;
    for (const pb::Redaction& r : page.redactions()) {
      if (r.failed()) found.push_back(r.recoverable_chars());
    }
    EXPECT_EQ(found, lengths);
  }
}

TEST(RealDocumentsTest, CodesOfALetter) {
  const std::string data = TestDataDir();
  if (data.empty()) GTEST_SKIP() << "skipped: FOIA_TEST_DATA not set";
  const TestFile file(testing::ReadFile(data + "/ocr/foia_letter_a.pdf"));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 1, ""));
  EXPECT_THAT(CodesOf(page),
              UnorderedElementsAreArray({"b7D", "b7E", "b1", "b4", "b7E", "b6", "b6"}));
}

// Layout analysis tears the last lines of this worn copy apart; read as one column they are whole.
TEST(RealDocumentsTest, TornLines) {
  const std::string data = TestDataDir();
  if (data.empty()) GTEST_SKIP() << "skipped: FOIA_TEST_DATA not set";
  const TestFile file(testing::ReadFile(data + "/ocr/foia_letter_b.pdf"));
  const auto process = Process();
  ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process->ReadPage(file.fd(), 4, ""));
  EXPECT_THAT(page.text(), HasSubstr("(cc) If a court has determined"));
}

}  // namespace
}  // namespace foia::ocr
