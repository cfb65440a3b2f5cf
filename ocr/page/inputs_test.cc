// Kinds of files through the real foia-page: images of several pages, files that are kept,
// containers.
#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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

}  // namespace
}  // namespace foia::ocr
