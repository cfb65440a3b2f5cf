// One foia-page reads a thousand pages: its memory must not grow, and stays within the budget.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "tests/support/sample/sample.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

using ::foia::testing::BinDir;
using ::foia::testing::MakeSample;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;

constexpr int kPages = 1000;
constexpr int kWarm = 200;  // by then every kind of page was seen many times
constexpr int64_t kBudgetKib = 200 * 1024;

// Resident memory, in KiB; `what` is "VmRSS" or "VmHWM", the highest so far.
int64_t Resident(pid_t process, const std::string& what) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(what + ":", 0) == 0) return std::stoll(line.substr(what.size() + 1));
  }
  return 0;
}

TEST(MemoryTest, IsFlatOverAThousandPages) {
  TempDir dir;
  const std::string file = dir / "release.pdf";
  WriteFile(file, MakeSample({.pages = kPages}).pdf);
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  PageProcessOptions options;
  options.program = PageProgram(BinDir());
  options.recycle_after_pages = kPages + 1;
  auto process = PageProcess::Start(options);
  ASSERT_OK(process);
  int64_t warm = 0, last = 0, peak = 0;
  pid_t child = 0;
  for (int page = 1; page <= kPages; ++page) {
    ASSERT_OK((*process)->ReadPage(fd, page, ""));
    if (page == 1) child = (*process)->child();
    ASSERT_EQ((*process)->child(), child) << "replaced after page " << page;
    last = Resident(child, "VmRSS");
    ASSERT_GT(last, 0);
    peak = Resident(child, "VmHWM");
    // The pages differ, so what counts is the highest of each round.
    if (page <= kWarm) warm = std::max(warm, last);
    if (page % 50 == 0) {
      std::printf("page %4d  resident %6.1f MB  peak %6.1f MB\n", page,
                  static_cast<double>(last) / 1024, static_cast<double>(peak) / 1024);
      std::fflush(stdout);
    }
  }
  close(fd);
  EXPECT_LE(static_cast<double>(last), 1.1 * static_cast<double>(warm));
  EXPECT_LE(peak, kBudgetKib);
}

}  // namespace
}  // namespace foia::ocr
