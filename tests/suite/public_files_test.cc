// Other people's PDF files, made for testing viewers, through the real foia-page: each page ends in
// a named state, nothing is sealed that can be seen, and no page is blank that shows something.
//
// install.sh fetches them; FOIA_PUBLIC_FILES names a folder to use instead. FOIA_PUBLIC_REPORT
// names a file for one line a page.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace fs = std::filesystem;
namespace pb = documents::v1;
using ::foia::testing::BinDir;
using ::foia::testing::ReadFile;
using ::foia::testing::RunProgram;
using ::foia::testing::RunResult;

constexpr int kPagesOfEach = 2;
// Of the quick set: one file in so many.
constexpr size_t kQuickPart = 3;
constexpr size_t kLeastFiles = 174;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// FILE, PAGE, WHAT ("sealed", "blank"): what looks like a fault and is none.
class Expected {
 public:
  Expected() {
    std::istringstream in(ReadFile(Variable("FOIA_SOURCE_DIR") + "/tests/suite/expected.tsv"));
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line[0] == '#') continue;
      std::istringstream fields(line);
      std::string file, page, what;
      fields >> file >> page >> what;
      entries_.insert(absl::StrCat(file, " ", page, " ", what));
    }
  }
  bool Has(const std::string& file, int page, const std::string& what) const {
    return entries_.contains(absl::StrCat(file, " ", page, " ", what));
  }

 private:
  std::set<std::string> entries_;
};

// Words of three letters or more that another reader finds on the page.
size_t WordsOfPdftotext(const std::string& path, int page) {
  const std::string only = absl::StrCat(page);
  const RunResult run = RunProgram({"/usr/bin/pdftotext", "-q", "-f", only, "-l", only, path, "-"});
  std::istringstream in(run.out);
  size_t words = 0;
  for (std::string word; in >> word;) {
    const auto letters = std::count_if(
        word.begin(), word.end(), [](unsigned char c) { return std::isalpha(c) != 0 || c > 127; });
    words += letters >= 3 ? 1 : 0;
  }
  return words;
}

// Share of dark pixels of the page as another program draws it.
double InkOfPdftoppm(const std::string& path, int page) {
  const std::string only = absl::StrCat(page);
  const RunResult run =
      RunProgram({"/usr/bin/pdftoppm", "-q", "-gray", "-r", "40", "-f", only, "-l", only, path});
  // P5 WIDTH HEIGHT 255, then a byte a pixel.
  std::istringstream head(run.out.substr(0, 40));
  std::string magic;
  size_t width = 0, height = 0, most = 0;
  head >> magic >> width >> height >> most;
  if (magic != "P5" || width * height == 0 || run.out.size() < width * height) return 0;
  const std::string pixels = run.out.substr(run.out.size() - width * height);
  const auto dark = std::count_if(pixels.begin(), pixels.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < 160; });
  return static_cast<double>(dark) / static_cast<double>(pixels.size());
}

// What a page of one file came to.
struct PageResult {
  std::string file;
  int page = 0;
  pb::PageRecord record;
  int64_t milliseconds = 0;
};

std::vector<PageResult> ReadFileOf(PageProcess& process, const fs::path& path) {
  std::vector<PageResult> results;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  absl::StatusOr<pb::ProbeResult> probe = process.Probe(fd, "");
  EXPECT_OK(probe) << path;
  const int pages = probe.ok() ? std::clamp(probe->page_count(), 1, kPagesOfEach) : 0;
  for (int page = 1; page <= pages; ++page) {
    const auto start = std::chrono::steady_clock::now();
    absl::StatusOr<pb::PageRecord> record = process.ReadPage(fd, page, "");
    EXPECT_OK(record) << path;
    if (!record.ok()) break;
    const auto time = std::chrono::steady_clock::now() - start;
    results.push_back({path.filename().string(), page, *std::move(record),
                       std::chrono::duration_cast<std::chrono::milliseconds>(time).count()});
  }
  close(fd);
  return results;
}

std::string Report(const PageResult& r) {
  std::string text = r.record.text().substr(0, 60);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  int failed = 0;
  for (const pb::Redaction& redaction : r.record.redactions()) failed += redaction.failed() ? 1 : 0;
  return absl::StrCat(r.file, "\t", r.page, "\t", pb::PageState_Name(r.record.state()).substr(11),
                      "\t", pb::LayerVerdict_Name(r.record.layer_verdict()).substr(14), "\t",
                      r.record.words_size(), "\t", r.record.sealed().characters(), "\t",
                      r.record.redactions_size(), "\t", failed, "\t", r.milliseconds, "\t",
                      r.record.state_reason(), "\t", text, "\n");
}

class PublicFilesTest : public ::testing::Test {
 protected:
  // The files of this run; empty when there are none, and then `why_`.
  std::vector<fs::path> Files() {
    std::string folder = Variable("FOIA_PUBLIC_FILES");
    if (folder.empty()) {
      folder = Variable("FOIA_PUBLIC_FILES_BUILD");
      const RunResult run =
          RunProgram({"/bin/sh", Variable("FOIA_SOURCE_DIR") + "/tests/suite/install.sh", folder},
                     {}, absl::Minutes(5));
      if (run.exit_code != 0) {
        why_ = run.err;
        return {};
      }
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".pdf") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (Variable("FOIA_PUBLIC_FILES_SET") == "quick") {
      std::vector<fs::path> part;
      for (size_t i = 0; i < files.size(); i += kQuickPart) part.push_back(files[i]);
      files = std::move(part);
    }
    return files;
  }

  std::string why_;
};

TEST_F(PublicFilesTest, NothingIsSealedOrBlankThatCanBeSeen) {
  const std::vector<fs::path> files = Files();
  if (files.empty()) GTEST_SKIP() << "skipped: no public files: " << why_;
  if (Variable("FOIA_PUBLIC_FILES").empty()) {
    EXPECT_GE(files.size(), kLeastFiles);
  }
  PageProcessOptions options;
  options.program = Variable("FOIA_PAGE");
  if (options.program.empty()) options.program = PageProgram(BinDir());
  options.languages = "eng";
  options.seal_key = "any";

  std::ofstream report(Variable("FOIA_PUBLIC_REPORT"));
  std::vector<PageResult> results;
  std::mutex mutex;
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    auto process = PageProcess::Start(options);
    ASSERT_OK(process);
    for (size_t i = next++; i < files.size(); i = next++) {
      for (PageResult& result : ReadFileOf(**process, files[i])) {
        const std::lock_guard<std::mutex> lock(mutex);
        report << Report(result) << std::flush;
        results.push_back(std::move(result));
      }
    }
  };
  std::thread second(work);
  work();
  second.join();

  const Expected expected;
  for (const PageResult& r : results) {
    SCOPED_TRACE(absl::StrCat(r.file, " page ", r.page));
    EXPECT_NE(r.record.state(), pb::PAGE_STATE_FAILED) << r.record.state_reason();
    EXPECT_NE(r.record.state(), pb::PAGE_STATE_TIMED_OUT) << r.record.state_reason();
    if (!expected.Has(r.file, r.page, "sealed")) {
      EXPECT_EQ(r.record.sealed().characters(), 0);
    }
    if (r.record.state() == pb::PAGE_STATE_BLANK && !expected.Has(r.file, r.page, "blank")) {
      const std::string path = (files[0].parent_path() / r.file).string();
      EXPECT_EQ(WordsOfPdftotext(path, r.page), 0U);
      EXPECT_LT(InkOfPdftoppm(path, r.page), 0.0005);
    }
  }
}

}  // namespace
}  // namespace foia::ocr
