// A page program that was taken over is stopped by the kernel, PageProcess says so, and the other
// pages are read: with foia-page-misbehave, which tries.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "foia/documents/v1/document_service.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "tests/e2e/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::TempDir;
using ::testing::HasSubstr;

std::string Misbehave() { return testing::BinDir() + "/../tests/foia-page-misbehave"; }

std::string FileOf(const std::vector<std::string>& orders) {
  return absl::StrJoin(orders, "\n") + "\n";
}

class IsolationTest : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef FOIA_SANITIZED
    GTEST_SKIP() << "skipped: limits and filter are off in this build";
#endif
    options_.program = Misbehave();
    options_.page_limit = absl::Seconds(20);
  }

  ~IsolationTest() override {
    if (fd_ >= 0) close(fd_);
  }

  // Starts with a file that orders this, page by page; skips without a filter.
  void Start(const std::vector<std::string>& orders) {
    testing::WriteFile(dir_ / "file", FileOf(orders));
    fd_ = open((dir_ / "file").c_str(), O_RDONLY | O_CLOEXEC);
    auto process = PageProcess::Start(options_);
    ASSERT_OK(process);
    process_ = *std::move(process);
    ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process_->Probe(fd_, ""));
    ASSERT_EQ(probe.page_count(), static_cast<int>(orders.size()));
  }

  bool Lacks(const std::string& wall) const {
    return process_->isolation().find(wall) != std::string::npos;
  }

  pb::PageRecord Read(int page) {
    auto record = process_->ReadPage(fd_, page, "");
    EXPECT_OK(record);
    return record.ok() ? *std::move(record) : pb::PageRecord();
  }

  void ExpectRead(int page) {
    const pb::PageRecord record = Read(page);
    EXPECT_EQ(record.state(), pb::PAGE_STATE_DONE) << record.state_reason();
    EXPECT_EQ(record.text(), "done\n");
  }

  TempDir dir_;
  int fd_ = -1;
  PageProcessOptions options_;
  std::unique_ptr<PageProcess> process_;
};

TEST_F(IsolationTest, ForbiddenCallsEndThePageAndNothingElse) {
  const std::vector<std::string> orders{"open",   "connect",       "fork",    "exec", "trace",
                                        "signal", "signal parent", "execute", "root"};
  std::vector<std::string> file = orders;
  file.emplace_back("read");
  Start(file);
  if (Lacks("system calls")) GTEST_SKIP() << "skipped: the system refuses the filter";
  for (size_t i = 0; i < orders.size(); ++i) {
    SCOPED_TRACE(orders[i]);
    const pb::PageRecord record = Read(static_cast<int>(i) + 1);
    EXPECT_EQ(record.state(), pb::PAGE_STATE_FAILED);
    EXPECT_THAT(record.state_reason(), HasSubstr("tried something it may not"));
    EXPECT_EQ(record.text(), "");
    ExpectRead(static_cast<int>(file.size()));
  }
}

// The filter is one wall of several: without it the others hold.
TEST_F(IsolationTest, WithoutTheFilterThereIsNothingToReach) {
  struct Row {
    std::string order, wall, text;
  };
  // The empty folder belongs to who made it; nobody, who was root, may not even look into it.
  const std::string no_file = geteuid() == 0 ? "Permission denied" : "No such file or directory";
  const Row rows[] = {
      {"open", "files", no_file},
      {"exec", "files", no_file},
      {"connect", "namespaces", "Network is unreachable"},
      {"signal", "namespaces", "No such process"},
      {"fork", "", "Resource temporarily unavailable"},
      {"root", "", "Operation not permitted"},
  };
  options_.languages = "unfiltered";
  std::vector<std::string> orders;
  for (const auto& row : rows) orders.push_back(row.order);
  Start(orders);
  for (size_t i = 0; i < orders.size(); ++i) {
    SCOPED_TRACE(orders[i]);
    if (!rows[i].wall.empty() && Lacks(rows[i].wall)) continue;
    const pb::PageRecord record = Read(static_cast<int>(i) + 1);
    EXPECT_EQ(record.state(), pb::PAGE_STATE_DONE);
    EXPECT_EQ(record.text(), rows[i].text + "\n");
  }
}

TEST_F(IsolationTest, MemoryWithoutBoundEndsAtTheLimit) {
  Start({"allocate", "read"});
  const pb::PageRecord record = Read(1);
  EXPECT_EQ(record.state(), pb::PAGE_STATE_FAILED);
  EXPECT_THAT(record.state_reason(), HasSubstr("more memory than the limit"));
  ExpectRead(2);
}

TEST_F(IsolationTest, HangIsKilledAtTheLimit) {
  options_.page_limit = absl::Milliseconds(200);
  Start({"hang", "read"});
  const pid_t child = process_->child();
  const pb::PageRecord record = Read(1);
  EXPECT_EQ(record.state(), pb::PAGE_STATE_TIMED_OUT);
  EXPECT_NE(record.state_reason(), "");
  EXPECT_NE(process_->child(), child);
  ExpectRead(2);
}

TEST_F(IsolationTest, PiecesWithoutEndEndAtTheLimit) {
  options_.pieces_limit = absl::Milliseconds(100);
  Start({"read"});
  int pieces = 0;
  const auto take = [&](const auto&) {
    ++pieces;
    return absl::OkStatus();
  };
  ASSERT_OK_AND_ASSIGN(const pb::ProbeResult probe, process_->Unpack(fd_, "", take));
  EXPECT_EQ(probe.state(), pb::PAGE_STATE_TIMED_OUT);
  EXPECT_EQ(probe.state_reason(), "unpacking this file took longer than the limit");
  EXPECT_GT(pieces, 1);
  EXPECT_THAT(process_->WritePdf(fd_, "", 0, nullptr, take),
              testing::HasReason(Reason::REASON_CANNOT_RENDER));
  ExpectRead(1);
}

TEST_F(IsolationTest, CrashIsMarkedAndTheRestIsRead) {
  Start({"read", "crash", "read", "abort", "read"});
  for (const int page : {1, 3, 5}) ExpectRead(page);
  for (const int page : {2, 4}) {
    const pb::PageRecord record = Read(page);
    EXPECT_EQ(record.state(), pb::PAGE_STATE_FAILED);
    EXPECT_THAT(record.state_reason(), HasSubstr("the page program died"));
  }
}

TEST_F(IsolationTest, RecycledByCountAndByMemory) {
  options_.recycle_after_pages = 3;  // the probe counts
  options_.recycle_rss_kib = 48 << 10;
  Start({"read", "grow"});
  const pid_t first = process_->child();
  ExpectRead(1);
  EXPECT_EQ(process_->child(), first);
  ExpectRead(1);
  EXPECT_EQ(process_->child(), 0);
  ExpectRead(1);
  const pid_t second = process_->child();
  EXPECT_NE(second, 0);
  ExpectRead(2);
  EXPECT_EQ(process_->child(), 0);
}

// Through foiad and its worker: the page is marked with the reason, its neighbours are read.
TEST_F(IsolationTest, FoiadMarksThePage) {
  setenv("FOIA_PAGE", Misbehave().c_str(), 1);
  {
    testing::Server server(dir_ / "data");
    const auto request = server.FoiaJson<tracker::v1::Request>(
        {"request", "create", "--agency", "DHS", "--subject", "Hostile"});
    testing::WriteFile(dir_ / "hostile.pdf", FileOf({"read", "open", "read", "crash", "allocate"}));
    const std::string& name = request.name();
    const testing::RunResult uploaded =
        server.Foia({"upload", dir_ / "hostile.pdf", "--request", name.substr(name.rfind('/') + 1),
                     "--wait", "--json"},
                    {}, absl::Minutes(2));
    const size_t at = uploaded.out.find("documents/");
    ASSERT_NE(at, std::string::npos) << uploaded.out << uploaded.err;
    const std::string id = uploaded.out.substr(at + 10, 27);
    const auto document = server.FoiaJson<pb::Document>({"document", "show", id});
    EXPECT_EQ(document.state(), pb::DOCUMENT_STATE_PARTLY_READ);
    EXPECT_EQ(document.page_count(), 5);
    const std::string pages = server.Foia({"document", "pages", id, "--json"}).out;
    EXPECT_THAT(pages, HasSubstr("tried something it may not"));
    EXPECT_THAT(pages, HasSubstr("the page program died"));
    EXPECT_THAT(pages, HasSubstr("more memory than the limit"));
    EXPECT_THAT(testing::ReadFile(server.log()), HasSubstr("page_program_ended"));
    EXPECT_EQ(server.Stop(), 0);
  }
  unsetenv("FOIA_PAGE");
}

}  // namespace
}  // namespace foia::ocr
