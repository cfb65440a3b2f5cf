// kill -9 of foiad, its worker and its foia-page processes while files come in and pages are read.
// Afterwards nothing that was acknowledged is missing, no page is there twice, and a check of all
// data finds nothing wrong. FOIA_KILL_ROUNDS and FOIA_KILL_SEED choose how long and which.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "foia/access/v1/admin_service.pb.h"
#include "foia/documents/v1/document_service.pb.h"
#include "foia/search/v1/search_service.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"

namespace foia::testing {
namespace {

constexpr int kPages = 3;  // of each file

int NumberFrom(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  int number = otherwise;
  if (text != nullptr && !absl::SimpleAtoi(text, &number)) number = otherwise;
  return number;
}

// Processes below `ancestor` whose command line holds `word`.
std::vector<pid_t> Descendants(pid_t ancestor, const std::string& word) {
  std::map<pid_t, pid_t> parents;
  std::map<pid_t, std::string> commands;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    const size_t close = text.rfind(')');
    if (close == std::string::npos || close + 4 > text.size()) continue;
    parents[pid] = std::atoi(text.c_str() + close + 4);
    std::ifstream command(entry.path() / "cmdline");
    commands[pid] = std::string((std::istreambuf_iterator<char>(command)), {});
  }
  std::vector<pid_t> found;
  for (const auto& [pid, command] : commands) {
    if (!absl::StrContains(command, word)) continue;
    for (auto up = parents.find(pid); up != parents.end(); up = parents.find(up->second)) {
      if (up->second == ancestor) found.push_back(pid);
    }
  }
  return found;
}

class KillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const int seed = NumberFrom("FOIA_KILL_SEED", 1);
    std::printf("seed %d\n", seed);
    random_.seed(static_cast<unsigned>(seed));
    server_ = std::make_unique<Server>(dir_ / "data");
    const auto request = server_->FoiaJson<tracker::v1::Request>(
        {"request", "create", "--agency", "DHS", "--subject", "Kills"});
    request_ = request.name().substr(request.name().rfind('/') + 1);
  }

  documents::v1::ListDocumentsResponse Documents() {
    return server_->FoiaJson<documents::v1::ListDocumentsResponse>(
        {"document", "list", "--limit", "1000"});
  }

  bool WaitForQuiet() {
    return WaitUntil(
        [this] {
          const auto status = server_->FoiaJson<access::v1::GetStatusResponse>({"status"});
          return status.pages_queued() + status.pages_running() + status.index_lag() == 0;
        },
        absl::Minutes(10));
  }

  void Must(const std::vector<std::string>& words) {
    const RunResult result = server_->Foia(words);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  // A file of its own for each round: some with text layers, some scanned.
  std::string MakeFile(int round) {
    const std::string file = dir_ / absl::StrCat("release-", round, ".pdf");
    std::vector<std::string> words{BinDir() + "/foia-sample", file,     "--pages",
                                   absl::StrCat(kPages),      "--seed", absl::StrCat(round + 1)};
    if (round % 3 != 0) words.push_back("--layer-only");
    const RunResult made = RunProgram(words);
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return file;
  }

  // One of the moments at which something is under way.
  void WaitForAMoment() {
    const int pages_done = std::uniform_int_distribution<int>(0, kPages)(random_);
    switch (std::uniform_int_distribution<int>(0, 2)(random_)) {
      case 0:  // bytes are coming in
        WaitUntil([this] { return !std::filesystem::is_empty(dir_ / "data/tmp"); },
                  absl::Milliseconds(500));
        break;
      case 1:  // pages are being read
        WaitUntil([this] { return !Descendants(server_->process().pid(), "foia-page").empty(); },
                  absl::Seconds(2));
        break;
      default:  // some pages are done
        WaitUntil(
            [this, pages_done] {
              const RunResult list = server_->Foia({"document", "list", "--json"});
              int done = 0;
              for (size_t at = list.out.find("PAGE_STATE_DONE"); at != std::string::npos;
                   at = list.out.find("PAGE_STATE_DONE", at + 1)) {
                ++done;
              }
              return done >= pages_done;
            },
            absl::Seconds(2));
    }
  }

  void KillSomething() {
    const pid_t foiad = server_->process().pid();
    switch (std::uniform_int_distribution<int>(0, 3)(random_)) {
      case 0:
        for (pid_t pid : Descendants(foiad, "foia-page")) kill(pid, SIGKILL);
        std::printf("  killed foia-page\n");
        break;
      case 1:
        for (pid_t pid : Descendants(foiad, "--roles=worker")) kill(pid, SIGKILL);
        std::printf("  killed the worker\n");
        break;
      default:
        server_->process().Signal(SIGKILL);
        server_->process().Wait(absl::Seconds(10));
        server_.reset();
        server_ = std::make_unique<Server>(dir_ / "data");
        std::printf("  killed foiad\n");
    }
  }

  TempDir dir_;
  std::mt19937 random_;
  std::unique_ptr<Server> server_;
  std::string request_;
};

TEST_F(KillTest, NothingAcknowledgedIsLostAndNoPageIsThereTwice) {
  const int rounds = NumberFrom("FOIA_KILL_ROUNDS", 10);
  std::vector<std::string> files;
  for (int round = 0; round < rounds; ++round) {
    files.push_back(MakeFile(round));
    // foia runs beside the kills; it may be told that the server has gone away.
    BackgroundProgram upload(
        {BinDir() + "/foia", "--server", server_->address(), "--token-file",
         server_->data() + "/token", "upload", files.back(), "--request", request_},
        {}, dir_ / "upload.log");
    WaitForAMoment();
    KillSomething();
    ASSERT_NE(upload.Wait(absl::Seconds(60)), -1);
    // Again: goes on where it stood, and makes no second document of what is there.
    const RunResult again = server_->Foia({"upload", files.back(), "--request", request_});
    ASSERT_EQ(again.exit_code, 0) << again.err;
  }

  ASSERT_TRUE(WaitForQuiet());
  // A page whose process was killed at both of its tries has failed, and says so; a person may have
  // it tried again.
  const auto first_list = Documents();
  for (const auto& document : first_list.documents()) {
    if (document.state() != documents::v1::DOCUMENT_STATE_PARTLY_READ &&
        document.state() != documents::v1::DOCUMENT_STATE_DAMAGED) {
      continue;
    }
    std::printf("  again: %s\n", document.state_reason().c_str());
    Must({"document", "retry", document.name().substr(document.name().rfind('/') + 1)});
  }
  ASSERT_TRUE(WaitForQuiet());

  std::map<std::string, int> documents;
  const auto list = Documents();
  for (const auto& document : list.documents()) {
    ++documents[document.file_name()];
    EXPECT_EQ(document.state(), documents::v1::DOCUMENT_STATE_DONE) << document.DebugString();
    EXPECT_EQ(document.page_count(), kPages);
  }
  EXPECT_EQ(documents.size(), files.size());
  for (const auto& [name, count] : documents) EXPECT_EQ(count, 1) << name;

  const auto status = server_->FoiaJson<access::v1::GetStatusResponse>({"status"});
  EXPECT_EQ(status.pages_indexed(), int64_t{kPages} * rounds);
  const auto check = server_->FoiaJson<access::v1::CheckDataResponse>({"admin", "check"});
  EXPECT_EQ(check.problems_size(), 0) << check.DebugString();
  EXPECT_EQ(check.blobs_checked(), rounds);
}

}  // namespace
}  // namespace foia::testing
