// Kinds of files through the real foia-page: images of several pages, files that are kept,
// containers.
#include <fcntl.h>
#include <unistd.h>

#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/zip.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::BinDir;
using ::foia::testing::MakeZip;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;
using ::testing::HasSubstr;

std::unique_ptr<PageProcess> Process() {
  PageProcessOptions options;
  options.program = BinDir() + "/foia-page";
  auto process = PageProcess::Start(options);
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

testing::Scan ScanOf(std::string_view line) {
  testing::Sheet sheet;
  sheet.Heading("Office of Information Governance");
  for (int i = 0; i < 4; ++i) sheet.Paragraph(line, "F2", 20);
  return testing::ScanSheet(sheet.content(), {.dpi = 200});
}

// Of a page tree that miscounts, every page is read, and none that is not there.
TEST(PageTreeTest, AWrongCountLosesNoPage) {
  testing::PdfWriter writer;
  std::vector<int> pages;
  const char* words[] = {"apples", "oranges", "lemons"};
  for (const char* word : words) {
    const int content = writer.AddStream(
        "", absl::StrCat("BT /F1 12 Tf 72 700 Td (This page tells of ", word, ") Tj ET"));
    pages.push_back(writer.Add(
        absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ",
                     testing::FontResources(), " >> /Contents ", content, " 0 R >>")));
  }
  const std::string pdf = writer.Finish(pages);
  const auto process = Process();
  for (const char* count : {"3", "0", "1", "-7", "2147483647", "9999999999"}) {
    SCOPED_TRACE(count);
    const TestFile file(absl::StrReplaceAll(pdf, {{"/Count 3", absl::StrCat("/Count ", count)}}));
    ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process->Probe(file.fd(), ""));
    ASSERT_EQ(probe.page_count(), 3) << probe.state_reason();
    for (int page = 1; page <= 3; ++page) {
      ASSERT_OK_AND_ASSIGN(const pb::PageRecord record, process->ReadPage(file.fd(), page, ""));
      EXPECT_THAT(record.text(), HasSubstr(words[page - 1])) << page;
    }
  }
}

TEST(TiffTest, EveryPageIsReadAndStandsInItsTrueShape) {
  const std::vector<testing::Scan> scans = {ScanOf("The first page tells of apples."),
                                            ScanOf("The second page tells of oranges."),
                                            ScanOf("The third page tells of lemons.")};
  const auto process = Process();
  for (const bool fax : {false, true}) {
    SCOPED_TRACE(fax ? "fax, 204 x 98 dpi, group 4" : "grey");
    const TestFile file(testing::TiffOf(scans, 200, fax));
    ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process->Probe(file.fd(), ""));
    EXPECT_EQ(probe.state(), pb::PAGE_STATE_DONE) << probe.state_reason();
    EXPECT_EQ(probe.media_type(), "image/tiff");
    ASSERT_EQ(probe.page_count(), 3);
    const char* words[] = {"apples", "oranges", "lemons"};
    for (int page = 1; page <= 3; ++page) {
      ASSERT_OK_AND_ASSIGN(const pb::PageRecord record, process->ReadPage(file.fd(), page, ""));
      EXPECT_THAT(record.text(), HasSubstr(words[page - 1]));
      // 204 x 98 dots per inch are not square, the sheet is still a letter's.
      EXPECT_NEAR(record.width(), 612, 3);
      EXPECT_NEAR(record.height(), 792, 9);
    }
  }
}

TEST(KeptTest, WhatIsNotReadIsNamed) {
  const struct {
    std::string bytes, media_type, reason;
  } rows[] = {
      {MakeZip({{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w/>"}}),
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
       "a Word document: kept, not read"},
      {"name,age\nDoe,5\n", "text/csv", "a table as text (CSV): kept, not read"},
      {"\x01\x02\x03", "", "a file of an unknown kind: kept, not read"},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    const TestFile file(row.bytes);
    ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process->Probe(file.fd(), ""));
    EXPECT_EQ(probe.state(), pb::PAGE_STATE_UNSUPPORTED);
    EXPECT_EQ(probe.media_type(), row.media_type);
    EXPECT_EQ(probe.state_reason(), row.reason);
  }
}

std::string LinesOf(const std::string& word) {
  std::string lines;
  for (int y = 700; y > 540; y -= 20) {
    absl::StrAppend(&lines, "BT /F1 12 Tf 72 ", y, " Td (The officer wrote of the ", word,
                    " on that day.) Tj ET\n");
  }
  return lines;
}

std::string PageOf(const std::string& entries) {
  return absl::StrCat("<< /Type /Page /Parent 2 0 R ", entries, " >>");
}

constexpr char kPicture[] =
    "/Type /XObject /Subtype /Image /Width 600 /Height 600 /BitsPerComponent 8 "
    "/ColorSpace /DeviceGray ";

// The second of three pages is lost in one way or another: it is no blank one, and its neighbours
// are read.
TEST(LostPageTest, IsDamagedAndNotBlank) {
  // Objects 3 and 4 of the file: a stream of the row's, and contents that draw it.
  const std::string contents = PageOf("/Contents 3 0 R");
  const std::string picture =
      PageOf("/Contents 4 0 R /Resources << /XObject << /I 3 0 R /None 99 0 R >> >>");
  const std::string draw = "q 500 0 0 700 50 50 cm /I Do Q";
  const struct {
    std::string name, page, dictionary = {}, bytes = {}, drawing = {};
  } rows[] = {
      {"garbage for an entry", "<< /Type /Page /Contents [[ ( ) >> ] %%"},
      {"bytes for an entry", "\x80\x81 \xFF"},
      {"a number for an entry", "42"},
      {"entry cut off", "<< /Type /Pag"},
      {"contents missing", PageOf("/Contents 99 0 R")},
      {"contents no stream", PageOf("/Contents 1 0 R")},
      {"contents a list of none", PageOf("/Contents [1 0 R]")},
      {"contents not deflated", contents, "/Filter /FlateDecode", "whatever is said of it"},
      {"contents cut off", contents, "/Filter /FlateDecode", "\x78\x9C\x73"},
      {"contents packed in an unknown way", contents, "/Filter /NoDecode", "\x01\x02"},
      {"picture missing", picture, "", "", "q 500 0 0 700 50 50 cm /None Do Q"},
      {"picture empty", picture, kPicture, "", draw},
      {"picture without size", picture, "/Type /XObject /Subtype /Image", "x", draw},
      {"no JPEG", picture, absl::StrCat(kPicture, "/Filter /DCTDecode"), "none", draw},
      {"no JPEG 2000", picture, absl::StrCat(kPicture, "/Filter /JPXDecode"), "none", draw},
      {"no JBIG2", picture, absl::StrCat(kPicture, "/Filter /JBIG2Decode"), "none", draw},
      {"picture not deflated", picture, absl::StrCat(kPicture, "/Filter /FlateDecode"), "no", draw},
  };
  const auto process = Process();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    testing::PdfWriter writer;
    writer.AddStream(row.dictionary, row.bytes);
    writer.AddStream("", row.drawing);
    const auto page = [&](const std::string& word) {
      const int lines = writer.AddStream("", LinesOf(word));
      return writer.Add(PageOf(absl::StrCat("/Contents ", lines, " 0 R /Resources << ",
                                            testing::FontResources(), " >>")));
    };
    const TestFile file(writer.Finish({page("apples"), writer.Add(row.page), page("lemons")}));
    ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process->Probe(file.fd(), ""));
    ASSERT_EQ(probe.page_count(), 3);
    ASSERT_OK_AND_ASSIGN(const pb::PageRecord first, process->ReadPage(file.fd(), 1, ""));
    ASSERT_OK_AND_ASSIGN(const pb::PageRecord lost, process->ReadPage(file.fd(), 2, ""));
    ASSERT_OK_AND_ASSIGN(const pb::PageRecord last, process->ReadPage(file.fd(), 3, ""));
    EXPECT_EQ(pb::PageState_Name(lost.state()), "PAGE_STATE_DAMAGED");
    EXPECT_NE(lost.state_reason(), "");
    EXPECT_EQ(lost.redactions_size(), 0);
    EXPECT_THAT(first.text(), HasSubstr("apples"));
    EXPECT_THAT(last.text(), HasSubstr("lemons"));
    EXPECT_EQ(first.state_reason() + last.state_reason(), "");
  }
}

// What is left of a page is read, and the page says that there was more.
TEST(LostPageTest, WhatIsLeftIsRead) {
  testing::PdfWriter writer;
  writer.AddStream(absl::StrCat(kPicture, "/Filter /DCTDecode"), "no JPEG");
  writer.AddStream("", LinesOf("apples") + "q 99 0 0 99 400 50 cm /I Do Q");
  const int page = writer.Add(PageOf(absl::StrCat(
      "/Contents 4 0 R /Resources << /XObject << /I 3 0 R >> ", testing::FontResources(), " >>")));
  const TestFile file(writer.Finish({page}));
  ASSERT_OK_AND_ASSIGN(const pb::PageRecord record, Process()->ReadPage(file.fd(), 1, ""));
  EXPECT_EQ(record.state(), pb::PAGE_STATE_DONE);
  EXPECT_THAT(record.text(), HasSubstr("apples"));
  EXPECT_EQ(record.state_reason(), "the file is broken; part of this page could not be read");
}

struct Member {
  std::string path, raw_path, bytes;
  pb::PageState end = pb::PAGE_STATE_UNSPECIFIED;
  std::string reason;
};

struct Unpacked {
  pb::ProbeResult result;
  std::vector<Member> members;
};

Unpacked UnpackFile(const std::string& bytes, const std::string& password = "") {
  const TestFile file(bytes);
  const auto process = Process();
  Unpacked out;
  const auto result =
      process->Unpack(file.fd(), password, [&](const pb::MemberChunk& chunk) -> absl::Status {
        EXPECT_LE(chunk.data().size(), size_t{1} << 20);
        if (static_cast<size_t>(chunk.index()) > out.members.size()) {
          EXPECT_EQ(static_cast<size_t>(chunk.index()), out.members.size() + 1);
          out.members.push_back({chunk.path(), chunk.raw_path(), "", {}, ""});
        }
        Member& member = out.members.back();
        EXPECT_EQ(member.end, pb::PAGE_STATE_UNSPECIFIED);
        member.bytes += chunk.data();
        member.end = chunk.end();
        member.reason = chunk.reason();
        return absl::OkStatus();
      });
  EXPECT_OK(result);
  if (result.ok()) out.result = *result;
  return out;
}

std::string Reasons(const pb::ProbeResult& result) {
  std::string all;
  for (const pb::MemberError& error : result.member_errors()) {
    absl::StrAppend(&all, error.path(), ": ", error.reason(), "\n");
  }
  return all;
}

TEST(ContainerTest, MembersComeInTheirOrderUnderTheirNames) {
  const std::string inner = MakeZip({{"deep.txt", "deep"}});
  const std::string big(3'000'000, 'b');
  const Unpacked zip = UnpackFile(MakeZip({{"folder/", ""},
                                           {"folder/letter.pdf", "%PDF-1.4 first"},
                                           {"folder/letter.pdf", "%PDF-1.4 second"},
                                           {"../../etc/passwd", "slip"},
                                           {"inner.zip", inner, false},
                                           {"caf\x82.txt", "old"},
                                           {"caf\u00E9.txt", "new", true, 1 << 11},
                                           {"big.bin", big},
                                           {"empty.txt", ""}}));
  EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_DONE);
  EXPECT_TRUE(zip.result.is_container());
  EXPECT_EQ(zip.result.member_error_count(), 0) << Reasons(zip.result);
  const std::pair<std::string, std::string> want[] = {{"folder/letter.pdf", "%PDF-1.4 first"},
                                                      {"folder/letter.pdf", "%PDF-1.4 second"},
                                                      {"../../etc/passwd", "slip"},
                                                      {"inner.zip", inner},
                                                      {"caf\u00E9.txt", "old"},
                                                      {"caf\u00E9.txt", "new"},
                                                      {"big.bin", big},
                                                      {"empty.txt", ""}};
  ASSERT_EQ(zip.members.size(), std::size(want));
  for (size_t i = 0; i < zip.members.size(); ++i) {
    EXPECT_EQ(zip.members[i].path, want[i].first);
    EXPECT_EQ(zip.members[i].end, pb::PAGE_STATE_DONE);
    EXPECT_TRUE(zip.members[i].bytes == want[i].second) << i;
  }
  EXPECT_EQ(zip.members[4].raw_path, "caf\x82.txt");
}

TEST(ContainerTest, ABombByRatioIsDefused) {
  // 100 MiB of zeros in 100 KiB, beside what an agency meant to send.
  const Unpacked zip = UnpackFile(
      MakeZip({{"a.txt", "text"}, {"bomb", std::string(100 << 20, '\0')}, {"b.txt", "more"}}));
  EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_DONE);
  ASSERT_EQ(zip.members.size(), 3U);
  EXPECT_EQ(zip.members[1].end, pb::PAGE_STATE_UNSUPPORTED);
  EXPECT_LE(zip.members[1].bytes.size(), 40U << 20);
  EXPECT_EQ(zip.members[2].bytes, "more");
  EXPECT_EQ(zip.result.member_error_count(), 1);
  EXPECT_EQ(Reasons(zip.result), "bomb: it grows to more than 200 times its packed size\n");
}

TEST(ContainerTest, ABombOfManyMembersIsDefused) {
  // All within the free size, together far beyond what such a file may become.
  const std::string zeros(15 << 20, '\0');
  const Unpacked zip = UnpackFile(MakeZip(std::vector<testing::ZipFile>(12, {"z", zeros})));
  size_t all = 0;
  for (const Member& member : zip.members) {
    all += member.end == pb::PAGE_STATE_DONE ? member.bytes.size() : 0;
  }
  EXPECT_LE(all, 130U << 20);
  EXPECT_GT(zip.result.member_error_count(), 0);
  EXPECT_THAT(Reasons(zip.result), HasSubstr("larger than may be unpacked"));
}

TEST(ContainerTest, ABombByCountIsDefused) {
  const Unpacked zip = UnpackFile(MakeZip(std::vector<testing::ZipFile>(12'000, {"x", ""})));
  EXPECT_EQ(zip.members.size(), 10'000U);
  EXPECT_EQ(zip.result.member_error_count(), 2'000);
  EXPECT_THAT(Reasons(zip.result), HasSubstr("more than 10000 members; 2000 were not unpacked"));
}

TEST(ContainerTest, WhatIsBrokenIsNamedAndTheRestComes) {
  std::string random;
  for (uint32_t i = 0, x = 1; i < 9000; ++i) random += static_cast<char>((x = x * 69069 + 1) >> 24);
  Unpacked zip = UnpackFile(MakeZip(
      {{"bad.txt", "text", true, 0, 1}, {std::string(2000, 'p'), "x"}, {"good.txt", "good"}}));
  ASSERT_EQ(zip.members.size(), 3U);
  EXPECT_EQ(zip.members[0].end, pb::PAGE_STATE_DAMAGED);
  EXPECT_EQ(zip.members[1].end, pb::PAGE_STATE_UNSUPPORTED);
  EXPECT_EQ(zip.members[2].bytes, "good");
  EXPECT_EQ(zip.result.member_error_count(), 2);

  const std::string whole = MakeZip({{"good.txt", "good"}, {"cut.bin", random}});
  zip = UnpackFile(whole.substr(0, 5000));
  EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_DONE);
  ASSERT_EQ(zip.members.size(), 2U);
  EXPECT_EQ(zip.members[0].end, pb::PAGE_STATE_DONE);
  EXPECT_EQ(zip.members[1].end, pb::PAGE_STATE_DAMAGED);
  EXPECT_THAT(Reasons(zip.result), HasSubstr("directory is missing"));

  zip = UnpackFile("PK\3\4 and so on");
  EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_DAMAGED);
  EXPECT_FALSE(zip.result.is_container());
}

TEST(ContainerTest, AnEncryptedMemberNeedsItsPassword) {
  for (const std::string& bytes : {testing::PkwareEncryptedZip(), testing::Aes256Zip()}) {
    Unpacked zip = UnpackFile(bytes);
    EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_NEEDS_PASSWORD);
    EXPECT_EQ(zip.result.state_reason(), "1 of 1 members are encrypted");
    EXPECT_EQ(Reasons(zip.result), "fox.txt: it is encrypted\n");
    zip = UnpackFile(bytes, "wrong");
    EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_NEEDS_PASSWORD);
    EXPECT_EQ(Reasons(zip.result), "fox.txt: the password is wrong\n");
    zip = UnpackFile(bytes, "secret");
    EXPECT_EQ(zip.result.state(), pb::PAGE_STATE_DONE);
    ASSERT_EQ(zip.members.size(), 1U);
    EXPECT_EQ(zip.members[0].bytes, testing::FoxText());
  }
}

TEST(ContainerTest, FilesAttachedToAPdfComeBesideItsPages) {
  const std::string pdf = testing::OnePagePdf("BT /F1 20 Tf 72 700 Td (A cover sheet) Tj ET");
  const std::string big(2'500'000, 'b');
  const Unpacked portfolio = UnpackFile(
      testing::Attach(pdf, {{"b/two.pdf", pdf}, {"caf\u00E9.txt", "text"}, {"note.bin", big}}));
  EXPECT_EQ(portfolio.result.state(), pb::PAGE_STATE_DONE);
  EXPECT_EQ(portfolio.result.page_count(), 1);
  EXPECT_TRUE(portfolio.result.is_container());
  ASSERT_EQ(portfolio.members.size(), 3U);
  EXPECT_EQ(portfolio.members[0].path, "b/two.pdf");
  EXPECT_EQ(portfolio.members[0].bytes, pdf);
  EXPECT_EQ(portfolio.members[1].path, "caf\u00E9.txt");
  EXPECT_EQ(portfolio.members[2].path, "note.bin");  // attached to an annotation
  EXPECT_TRUE(portfolio.members[2].bytes == big);
  EXPECT_EQ(portfolio.result.member_error_count(), 0);
}

TEST(ContainerTest, WhoListensMayStopIt) {
  const TestFile file(MakeZip({{"a", "one"}, {"b", "two"}}));
  const auto process = Process();
  const auto result = process->Unpack(
      file.fd(), "", [](const pb::MemberChunk&) { return absl::ResourceExhaustedError("full"); });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted);
  // The process is of use afterwards.
  ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process->Probe(file.fd(), ""));
  EXPECT_TRUE(probe.is_container());
}

}  // namespace
}  // namespace foia::ocr
