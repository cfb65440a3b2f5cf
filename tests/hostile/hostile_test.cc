// Files made to hurt whoever opens them: each ends in a named state within the limits, and the same
// PageProcess reads the next good page.
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "services/documents/record_check.h"
#include "tests/support/sample/sample.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::FontResources;
using ::foia::testing::PdfWriter;
using ::foia::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kMiB = 1u << 20;
constexpr int kWide = 199'558;
constexpr char kGoodWords[] = "Good words stand on this page";

std::string Repeat(std::string_view part, int times) {
  std::string out;
  out.reserve(part.size() * static_cast<size_t>(times));
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

// One zlib stream of `times` copies of `bytes`. What follows a full flush starts afresh, so the
// compressed form is repeated, too, and gigabytes are made at once; the checksum at the end is
// wrong then, which no reader minds.
std::string Deflate(std::string_view bytes, int times = 1) {
  z_stream stream{};
  deflateInit(&stream, 9);
  const auto run = [&](std::string_view input, int flush) {
    std::string out(compressBound(input.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, flush);
    out.resize(out.size() - stream.avail_out);
    return out;
  };
  std::string out = run(bytes, Z_FULL_FLUSH);
  if (times > 1) out += Repeat(run(bytes, Z_FULL_FLUSH), times - 1);
  out += run("", Z_FINISH);
  deflateEnd(&stream);
  return out;
}

// Gigabytes of one character behind two Flate filters: some kilobytes.
std::string Bomb(char fill, int gigabytes) {
  return Deflate(Deflate(std::string(16 * kMiB, fill), 64 * gigabytes));
}
constexpr char kTwice[] = "/Filter [/FlateDecode /FlateDecode]";

// A PDF of these objects, numbered from 1; the first is the catalog.
std::string Pdf(const std::vector<std::string>& objects) {
  std::string out = "%PDF-1.7\n", table = "0000000000 65535 f \n";
  for (size_t i = 0; i < objects.size(); ++i) {
    char entry[32];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", out.size());
    table += entry;
    absl::StrAppend(&out, i + 1, " 0 obj\n", objects[i], "\nendobj\n");
  }
  const size_t xref = out.size();
  return absl::StrCat(out, "xref\n0 ", objects.size() + 1, "\n", table, "trailer\n<< /Size ",
                      objects.size() + 1, " /Root 1 0 R >>\nstartxref\n", xref, "\n%%EOF\n");
}

std::string StreamOf(const std::string& dictionary, const std::string& bytes) {
  return absl::StrCat("<< ", dictionary, " /Length ", bytes.size(), " >>\nstream\n", bytes,
                      "\nendstream");
}

std::string Show(const std::string& words) {
  return absl::StrCat("BT /F1 12 Tf 72 700 Td (", words, ") Tj ET\n");
}

// One page; what the rows need of it.
struct OnePage {
  std::string catalog = {};    // entries of the catalog
  std::string entries = {};    // of the page
  std::string resources = {};  // of its resources beside the fonts
  std::string fonts = FontResources();
  std::string content = Show(kGoodWords);
  std::string filter = {};
  std::vector<std::string> objects = {};  // from number 6
  std::string media_box = "[0 0 612 792]";
};

std::string PdfOf(const OnePage& page) {
  std::vector<std::string> objects{
      absl::StrCat("<< /Type /Catalog /Pages 2 0 R ", page.catalog, " >>"),
      "<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>",
      absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox ", page.media_box, " /Contents 4 0 R ",
                   "/Resources 5 0 R ", page.entries, " >>"),
      StreamOf(page.filter, page.content),
      absl::StrCat("<< ", page.fonts, " ", page.resources, " >>")};
  objects.insert(objects.end(), page.objects.begin(), page.objects.end());
  return Pdf(objects);
}

std::string Big32(uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}

// White, 8 bits per pixel, 300 dpi.
std::string Png(uint32_t width, uint32_t height) {
  std::string out = "\x89PNG\r\n\x1A\n";
  const auto chunk = [&out](const std::string& type, const std::string& data) {
    const std::string body = absl::StrCat(type, data);
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    out += Big32(static_cast<uint32_t>(data.size())) + body + Big32(static_cast<uint32_t>(crc));
  };
  std::string row(width + 1, '\xFF');
  row[0] = 0;
  chunk("IHDR", Big32(width) + Big32(height) + std::string("\x08\0\0\0\0", 5));
  chunk("pHYs", Big32(11811) + Big32(11811) + "\x01");
  chunk("IDAT", Deflate(row, static_cast<int>(height)));
  chunk("IEND", "");
  return out;
}

// White, 1 bit per pixel, Deflate, 200 dpi.
std::string Tiff(uint32_t width, uint32_t height) {
  const std::string data = Deflate(std::string((width + 7) / 8, '\xFF'), static_cast<int>(height));
  const auto little = [](uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  const auto offset_of_data = static_cast<uint32_t>(8);
  const auto ifd = static_cast<uint32_t>(offset_of_data + data.size() + 8);
  std::string out = std::string("II*\0", 4) + little(ifd, 4) + data + little(200, 4) + little(1, 4);
  const struct {
    uint32_t tag, type, value;
  } entries[] = {{256, 4, width},   {257, 4, height}, {258, 3, 1},
                 {259, 3, 8},       {262, 3, 1},      {273, 4, 8},
                 {277, 3, 1},       {278, 4, height}, {279, 4, static_cast<uint32_t>(data.size())},
                 {282, 5, ifd - 8}, {283, 5, ifd - 8}};
  out += little(static_cast<uint32_t>(std::size(entries)), 2);
  for (const auto& e : entries) {
    out += little(e.tag, 2) + little(e.type, 2) + little(1, 4) + little(e.value, 4);
  }
  return out + little(0, 4);
}

std::string ImageObject(uint32_t width, uint32_t height, const std::string& filter,
                        const std::string& bytes) {
  return StreamOf(absl::StrCat("/Type /XObject /Subtype /Image /Width ", width, " /Height ", height,
                               " /ColorSpace /DeviceGray /BitsPerComponent 8 ", filter),
                  bytes);
}

struct Row {
  std::string name, bytes;
  // Of the page; any named one when UNSPECIFIED.
  pb::PageState state = pb::PAGE_STATE_UNSPECIFIED;
  // Stands in the text.
  std::string text = {};
};

std::vector<Row> PdfBombs() {
  const std::string good = Show(kGoodWords);
  const std::string image_of_zeros = Deflate(Deflate(std::string(30'000, '\0'), 30'000));
  std::vector<Row> rows;
  rows.push_back({"content of 4 GB", PdfOf({.content = Bomb(' ', 4), .filter = kTwice})});
  rows.push_back({"font of 4 GB",
                  PdfOf({.fonts = "/Font << /F1 6 0 R >>",
                         .objects = {"<< /Type /Font /Subtype /TrueType /BaseFont /Bomb /FirstChar "
                                     "0 /LastChar 0 /Widths [500] /FontDescriptor 7 0 R >>",
                                     "<< /Type /FontDescriptor /FontName /Bomb /Flags 32 "
                                     "/FontFile2 8 0 R >>",
                                     StreamOf(kTwice, Bomb('\0', 4))}})});
  rows.push_back({"character map of 4 GB",
                  PdfOf({.fonts = "/Font << /F1 6 0 R >>",
                         .objects = {"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
                                     "/ToUnicode 7 0 R >>",
                                     StreamOf(kTwice, Bomb(' ', 4))}})});
  rows.push_back({"colour profile of 4 GB",
                  PdfOf({.resources = "/ColorSpace << /C [ /ICCBased 6 0 R ] >>",
                         .content = "/C cs 0.5 sc 100 100 100 100 re f " + good,
                         .objects = {StreamOf(absl::StrCat("/N 1 ", kTwice), Bomb('\0', 4))}})});
  rows.push_back({"image of 900 million pixels",
                  PdfOf({.resources = "/XObject << /Im 6 0 R >>",
                         .content = "q 612 0 0 792 0 0 cm /Im Do Q",
                         .objects = {ImageObject(30'000, 30'000, kTwice, image_of_zeros)}})});
  rows.push_back({"thousand images of 900 million pixels",
                  PdfOf({.resources = "/XObject << /Im 6 0 R >>",
                         .content = Repeat("q 612 0 0 792 0 0 cm /Im Do Q ", 1000),
                         .objects = {ImageObject(30'000, 30'000, kTwice, image_of_zeros)}})});
  // MuPDF draws no image wider than 65,536 pixels, and nothing behind one: what it would have
  // covered is not known, so the page is not read in part.
  rows.push_back({"wide image in a PDF",
                  PdfOf({.resources = "/XObject << /Im 6 0 R >>",
                         .content = "q 500 0 0 2 50 600 cm /Im Do Q " + good,
                         .objects = {ImageObject(kWide, 100, "/Filter /FlateDecode",
                                                 Deflate(std::string(kWide, '\xFF'), 100))}}),
                  pb::PAGE_STATE_DAMAGED});
  return rows;
}

std::vector<Row> PdfStructures() {
  const std::string good = Show(kGoodWords);
  const std::string words(kGoodWords);
  const std::string page =
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << " +
      FontResources() + " >> >>";
  std::vector<Row> rows;
  rows.push_back({"page tree that holds itself",
                  Pdf({"<< /Type /Catalog /Pages 2 0 R >>",
                       "<< /Type /Pages /Parent 2 0 R /Count 5 /Kids [ 2 0 R 3 0 R ] >>", page,
                       StreamOf("", good)})});
  rows.push_back(
      {"page tree of two that hold each other",
       Pdf({"<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Parent 5 0 R /Count 5 /Kids [ 5 0 R 3 0 R ] >>", page,
            StreamOf("", good), "<< /Type /Pages /Parent 2 0 R /Count 5 /Kids [ 2 0 R ] >>"})});
  {
    std::vector<std::string> chain{"<< /Type /Catalog /Pages 3 0 R >>", "null"};
    constexpr int kDepth = 20'000;
    for (int i = 0; i < kDepth; ++i) {
      chain.push_back(absl::StrCat("<< /Type /Pages /Count 1 /Parent ", i + 2, " 0 R /Kids [ ",
                                   i + 4, " 0 R ] >>"));
    }
    chain.push_back(
        absl::StrCat("<< /Type /Page /Parent ", kDepth + 2, " 0 R /MediaBox [0 0 612 792] >>"));
    rows.push_back({"page tree 20,000 deep", Pdf(chain)});
  }
  rows.push_back(
      {"two billion pages announced",
       Pdf({"<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 2147483647 /Kids [ 3 0 R ] >>", page, StreamOf("", good)})});
  {
    std::string annotations = "/Annots [ ";
    for (int i = 0; i < 100'000; ++i) {
      absl::StrAppend(&annotations, "<< /Type /Annot /Subtype /Square /F 4 /Rect [", i % 500, " ",
                      i / 500, " ", i % 500 + 3, " ", i / 500 + 3, "] /C [0 0 0] >> ");
    }
    rows.push_back({"100,000 annotations", PdfOf({.entries = annotations + "]"})});
  }
  rows.push_back(
      {"XFA form",
       PdfOf({.catalog = "/AcroForm << /Fields [] /NeedAppearances true /XFA [ (template) 6 0 R "
                         "(datasets) 7 0 R ] >> /NeedsRendering true",
              .objects = {StreamOf("",
                                   "<template xmlns=\"http://www.xfa.org/schema/xfa-template/"
                                   "3.3/\"><subform name=\"f\"><field name=\"a\"><event "
                                   "activity=\"initialize\"><script contentType=\"application/"
                                   "x-javascript\">this.rawValue = \"SCRIPT RAN\";</script>"
                                   "</event></field></subform></template>"),
                          StreamOf("",
                                   "<xfa:datasets xmlns:xfa=\"http://www.xfa.org/schema/"
                                   "xfa-data/1.0/\"/>")}}),
       pb::PAGE_STATE_DONE, words});
  {
    const std::string script =
        "/S /JavaScript /JS (this.getField\\(\"f\"\\).value = \"SCRIPT RAN\"; while \\(true\\) {})";
    rows.push_back(
        {"JavaScript",
         PdfOf({.catalog = absl::StrCat("/OpenAction << ", script,
                                        " >> /Names << /JavaScript << /Names [ (a) << ", script,
                                        " >> ] >> >> /AcroForm << /Fields [ 6 0 R ] /CO [ 6 0 R ] "
                                        "/DA (/Helv 12 Tf 0 g) >>"),
                .entries = absl::StrCat("/AA << /O << ", script, " >> /C << ", script,
                                        " >> >> /Annots [ 6 0 R ]"),
                .objects = {absl::StrCat(
                    "<< /Type /Annot /Subtype /Widget /FT /Tx /T (f) /V (before) /F 4 /Rect [72 "
                    "500 300 520] /P 3 0 R /DA (/Helv 12 Tf 0 g) /AA << /C << ",
                    script, " >> /F << ", script, " >> /K << ", script, " >> /V << ", script,
                    " >> >> >>")}}),
         pb::PAGE_STATE_DONE, words});
  }
  rows.push_back({"arrays a million deep", PdfOf({.entries = "/Deep " + Repeat("[", 1'000'000)})});
  rows.push_back({"dictionaries a hundred thousand deep",
                  PdfOf({.entries = "/Deep " + Repeat("<< /A ", 100'000)})});
  rows.push_back(
      {"a hundred thousand saved states", PdfOf({.content = Repeat("q ", 100'000) + good})});
  rows.push_back({"form that draws itself",
                  PdfOf({.resources = "/XObject << /X 6 0 R >>",
                         .content = "/X Do " + good,
                         .objects = {StreamOf("/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
                                              "/Resources << /XObject << /X 6 0 R >> >>",
                                              "/X Do /X Do")}})});
  {
    // Each form draws the next one ten times.
    std::vector<std::string> forms;
    for (int i = 0; i < 12; ++i) {
      forms.push_back(StreamOf(absl::StrCat("/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
                                            "/Resources << /XObject << /X ",
                                            i + 7, " 0 R >> >>"),
                               Repeat("/X Do ", 10)));
    }
    forms.push_back(StreamOf("/Type /XObject /Subtype /Form /BBox [0 0 612 792]", "0 0 m 9 9 l S"));
    rows.push_back({"a billion drawings", PdfOf({.resources = "/XObject << /X 6 0 R >>",
                                                 .content = "/X Do " + good,
                                                 .objects = forms})});
  }
  rows.push_back({"endless length", Pdf({"<< /Type /Catalog /Pages 2 0 R >>",
                                         "<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>", page,
                                         "<< /Length 4 0 R >>\nstream\n" + good + "\nendstream"})});
  {
    std::string fonts = "/Font << ", content;
    for (int i = 0; i < 2'000; ++i) {
      absl::StrAppend(&fonts, "/M", i, " << /Type /Font /Subtype /TrueType /BaseFont /Missing", i,
                      " >> ");
      absl::StrAppend(&content, "BT /M", i, " 8 Tf ", 20 + i % 50 * 11, " ", 780 - i / 50 * 7,
                      " Td (x) Tj ET\n");
    }
    rows.push_back(
        {"2,000 fonts that are not there", PdfOf({.fonts = fonts + ">>", .content = content})});
  }
  const std::pair<std::string, std::string> boxes[] = {
      {"huge box", "[0 0 100000000000 100000000000]"},
      {"box beyond floats", "[0 0 1e99 1e99]"},
      {"long thin box", "[0 0 1000000 1]"},
      {"box of no size", "[100 100 100 100]"},
      {"box upside down", "[612 792 0 0]"},
      {"box of words", "[/a (b) null <<>>]"},
  };
  for (const auto& [name, box] : boxes) rows.push_back({name, PdfOf({.media_box = box})});
  rows.push_back({"UserUnit of a million", PdfOf({.entries = "/UserUnit 1000000"})});
  rows.push_back({"UserUnit of nothing", PdfOf({.entries = "/UserUnit 0.0000001"})});
  return rows;
}

std::vector<Row> Images() {
  std::vector<Row> rows;
  rows.push_back({"wide PNG", Png(kWide, 60), pb::PAGE_STATE_DAMAGED});
  rows.push_back({"wide TIFF", Tiff(kWide, 60), pb::PAGE_STATE_BLANK});
  rows.push_back({"PNG of 3.6 billion pixels", Png(60'000, 60'000)});
  rows.push_back({"TIFF of 3.6 billion pixels", Tiff(60'000, 60'000)});
  std::string loop = Tiff(100, 100);  // its next page is itself
  loop.replace(loop.size() - 4, 4, loop.substr(4, 4));
  rows.push_back({"TIFF whose pages go round", loop});
  return rows;
}

class HostileTest : public ::testing::Test {
 protected:
  HostileTest() {
    options_.program = testing::BinDir() + "/foia-page";
    options_.start_limit = absl::Seconds(30);
    options_.probe_limit = absl::Seconds(4);
    options_.page_limit = absl::Seconds(4);
    options_.soft_limit = absl::Seconds(2);
    auto process = PageProcess::Start(options_);
    EXPECT_OK(process);
    process_ = *std::move(process);
    testing::WriteFile(dir_ / "good", testing::OnePagePdf(Show(kGoodWords)));
    good_ = open((dir_ / "good").c_str(), O_RDONLY | O_CLOEXEC);
  }
  ~HostileTest() override { close(good_); }

  void Expect(const Row& row) {
    SCOPED_TRACE(row.name);
    testing::WriteFile(dir_ / "file", row.bytes);
    const int fd = open((dir_ / "file").c_str(), O_RDONLY | O_CLOEXEC);
    const auto start = std::chrono::steady_clock::now();
    const auto probe = process_->Probe(fd, "");
    ASSERT_OK(probe);
    EXPECT_EQ(documents::WhatIsWrong(*probe), "");
    const auto page = process_->ReadPage(fd, 1, "");
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start)
            .count();
    close(fd);
    ASSERT_OK(page);
    EXPECT_EQ(documents::WhatIsWrong(*page), "");
    std::printf("%-40s %8zu bytes  %-22s %3lld s  %s\n", row.name.c_str(), row.bytes.size(),
                pb::PageState_Name(page->state()).c_str(), static_cast<long long>(seconds),
                page->state_reason().c_str());
    if (page->state() != pb::PAGE_STATE_DONE && page->state() != pb::PAGE_STATE_BLANK) {
      EXPECT_NE(page->state_reason(), "");
    }
    if (row.state != pb::PAGE_STATE_UNSPECIFIED) {
      EXPECT_EQ(pb::PageState_Name(page->state()), pb::PageState_Name(row.state));
    }
    EXPECT_THAT(page->text(), HasSubstr(row.text));
    EXPECT_THAT(page->text(), Not(HasSubstr("SCRIPT RAN")));
    // Two probes and three readings at most, each with a new child; the rest is slack.
    const auto limit = 2 * (options_.start_limit + options_.probe_limit) +
                       3 * (options_.start_limit + options_.page_limit) + absl::Seconds(60);
    EXPECT_LT(seconds, absl::ToInt64Seconds(limit));

    const auto next = process_->ReadPage(good_, 1, "");
    ASSERT_OK(next);
    EXPECT_EQ(next->state(), pb::PAGE_STATE_DONE) << next->state_reason();
    EXPECT_THAT(next->text(), HasSubstr(kGoodWords));
  }

  TempDir dir_;
  PageProcessOptions options_;
  std::unique_ptr<PageProcess> process_;
  int good_ = -1;
};

TEST_F(HostileTest, Bombs) {
#ifdef FOIA_SANITIZED
  GTEST_SKIP() << "skipped: memory is not limited in this build";
#endif
  for (const Row& row : PdfBombs()) Expect(row);
}

TEST_F(HostileTest, Structures) {
  for (const Row& row : PdfStructures()) Expect(row);
}

TEST_F(HostileTest, Images) {
#ifdef FOIA_SANITIZED
  GTEST_SKIP() << "skipped: memory is not limited in this build";
#endif
  for (const Row& row : Images()) Expect(row);
}

}  // namespace
}  // namespace foia::ocr
