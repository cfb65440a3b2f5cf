// Every mutant ends in a named state within the limits, and nothing but foia-page dies of it.
//   FOIA_MUTANTS, FOIA_UPLOADS: how many go through PageProcess and through foiad
//   FOIA_SEED: of the first one (default 1); FOIA_MUTANTS=1 FOIA_SEED=N repeats one
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "foia/documents/v1/document_service.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "services/base/crypto.h"
#include "services/base/strings.h"
#include "services/documents/record_check.h"
#include "tests/e2e/server.h"
#include "tests/mutation/mutator.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::testing {
namespace {

namespace pb = documents::v1;

uint32_t FromEnvironment(const char* name, uint32_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<uint32_t>(std::strtoul(value, nullptr, 10));
}

// Steps of one mutant: what was asked, how it ended, how long that took.
class Summary {
 public:
  void Add(const std::string& call, pb::PageState state, const std::string& reason, double seconds,
           const std::string& mutant) {
    const std::lock_guard lock(mutex_);
    ++states_[absl::StrCat(call, " ", pb::PageState_Name(state))];
    const bool ended = state == pb::PAGE_STATE_FAILED || state == pb::PAGE_STATE_TIMED_OUT;
    if (ended) ++reasons_[reason];
    slowest_.emplace_back(seconds, absl::StrCat(call, " of ", mutant));
    std::sort(slowest_.rbegin(), slowest_.rend());
    slowest_.resize(std::min<size_t>(slowest_.size(), 5));
  }

  void Print() const {
    for (const auto& [state, count] : states_) std::printf("%6d  %s\n", count, state.c_str());
    std::printf("deaths and timeouts:\n");
    for (const auto& [reason, count] : reasons_) std::printf("%6d  %s\n", count, reason.c_str());
    std::printf("slowest:\n");
    for (const auto& [seconds, what] : slowest_) std::printf("%6.1f s %s\n", seconds, what.c_str());
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> states_, reasons_;
  std::vector<std::pair<double, std::string>> slowest_;
};

std::vector<SoundFile> SoundFiles() {
  std::vector<SoundFile> files = GeneratedFiles();
  for (SoundFile& file : RealFiles(TestDataDir())) files.push_back(std::move(file));
  for (const SoundFile& file : files) EXPECT_NE(file.bytes, "") << file.name;
  return files;
}

// One thread's share: reads mutants with a PageProcess of its own.
class Reader {
 public:
  explicit Reader(Summary& summary) : summary_(summary) {
    options_.program = BinDir() + "/foia-page";
    options_.start_limit = absl::Seconds(60);
    options_.probe_limit = absl::Seconds(5);
    options_.page_limit = absl::Seconds(6);
    options_.soft_limit = absl::Milliseconds(500);
    auto process = ocr::PageProcess::Start(options_);
    EXPECT_OK(process);
    process_ = *std::move(process);
  }

  void Read(const Mutant& mutant, uint32_t seed) {
    SCOPED_TRACE(mutant.name);
    WriteFile(directory_ / "mutant", mutant.bytes);
    const int fd = open((directory_ / "mutant").c_str(), O_RDONLY | O_CLOEXEC);
    int pages = 0;
    bool container = false;
    // One in eight the whole way, with its retries; the others the quick one.
    const bool cheap = seed % 8 != 0;
    Timed("probe", mutant, 2 * (options_.start_limit + options_.probe_limit),
          [&]() -> std::pair<pb::PageState, std::string> {
            const auto probe = process_->Probe(fd, kPassword);
            EXPECT_OK(probe);
            if (!probe.ok()) return {};
            EXPECT_EQ(documents::WhatIsWrong(*probe), "");
            pages = probe->page_count();
            container = probe->is_container();
            return {probe->state(), probe->state_reason()};
          });
    if (container) {
      Timed("unpack", mutant, 2 * (options_.start_limit + options_.probe_limit),
            [&]() -> std::pair<pb::PageState, std::string> {
              const auto done = process_->Unpack(
                  fd, kPassword, [](const pb::MemberChunk&) { return absl::OkStatus(); });
              EXPECT_OK(done);
              if (!done.ok()) return {};
              EXPECT_EQ(documents::WhatIsWrong(*done), "");
              return {done->state(), done->state_reason()};
            });
    }
    // The first, and one of the others.
    std::vector<int> numbers;
    if (pages > 0 || !container) numbers.push_back(1);
    if (pages > 1) numbers.push_back(2 + static_cast<int>(seed) % (pages - 1));
    for (const int number : numbers) {
      Timed("page", mutant, 3 * (options_.start_limit + options_.page_limit),
            [&]() -> std::pair<pb::PageState, std::string> {
              const auto page = process_->ReadPage(fd, number, kPassword, cheap);
              EXPECT_OK(page);
              if (!page.ok()) return {};
              EXPECT_EQ(documents::WhatIsWrong(*page), "");
              const bool read =
                  page->state() == pb::PAGE_STATE_DONE || page->state() == pb::PAGE_STATE_BLANK;
              EXPECT_EQ(read || !page->state_reason().empty(), true);
              return {page->state(), page->state_reason()};
            });
    }
    close(fd);
  }

 private:
  // Of the sound file that is encrypted.
  static constexpr char kPassword[] = "open";

  template <typename Call>
  void Timed(const std::string& name, const Mutant& mutant, absl::Duration limit, Call call) {
    const auto start = std::chrono::steady_clock::now();
    const auto [state, reason] = call();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), absl::ToDoubleSeconds(limit + absl::Seconds(30)));
    summary_.Add(name, state, reason, took.count(), mutant.name);
  }

  Summary& summary_;
  TempDir directory_;
  ocr::PageProcessOptions options_;
  std::unique_ptr<ocr::PageProcess> process_;
};

TEST(MutationTest, EachEndsInANamedState) {
  const std::vector<SoundFile> files = SoundFiles();
  const uint32_t first = FromEnvironment("FOIA_SEED", 1);
  const uint32_t last = first + FromEnvironment("FOIA_MUTANTS", 30);
  std::atomic<uint32_t> next = first;
  Summary summary;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      Reader reader(summary);
      while (true) {
        const uint32_t seed = next++;
        if (seed >= last) return;
        reader.Read(MakeMutant(files, seed), seed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%u mutants of %zu files\n", last - first, files.size());
  summary.Print();
}

// Through foiad, which must keep each original as it came.
TEST(MutationTest, FoiadKeepsEachOriginal) {
  std::vector<SoundFile> files = GeneratedFiles();
  std::erase_if(files, [](const SoundFile& file) { return !file.small; });
  const uint32_t first = FromEnvironment("FOIA_SEED", 1);
  const uint32_t uploads = FromEnvironment("FOIA_UPLOADS", 2);
  const TempDir dir;
  Server server(dir / "data");
  const auto request = server.FoiaJson<tracker::v1::Request>(
      {"request", "create", "--agency", "DHS", "--subject", "Mutants"});
  const std::string id = request.name().substr(request.name().rfind('/') + 1);
  std::map<std::string, int> states;
  for (uint32_t seed = first; seed < first + uploads; ++seed) {
    const Mutant mutant = MakeMutant(files, seed);
    SCOPED_TRACE(mutant.name);
    const std::string file = dir / absl::StrCat(seed, ".pdf"), copy = dir / "copy";
    WriteFile(file, mutant.bytes);
    const RunResult uploaded =
        server.Foia({"upload", file, "--request", id, "--wait", "--json"}, {}, absl::Minutes(10));
    const size_t at = uploaded.out.find("documents/");
    ASSERT_NE(at, std::string::npos) << uploaded.out << uploaded.err;
    const std::string name = uploaded.out.substr(at + 10, 27);
    const auto document = server.FoiaJson<pb::Document>({"document", "show", name});
    EXPECT_EQ(document.sha256(), HexEncode(Sha256(mutant.bytes)));
    EXPECT_GE(document.state(), pb::DOCUMENT_STATE_DONE);
    ++states[pb::DocumentState_Name(document.state())];
    const RunResult back = server.Foia({"document", "download", name, "--out", copy});
    EXPECT_EQ(back.exit_code, 0) << back.err;
    EXPECT_EQ(ReadFile(copy), mutant.bytes);
    std::filesystem::remove(copy);
  }
  std::printf("%u mutants through foiad\n", uploads);
  for (const auto& [state, count] : states) std::printf("%6d  %s\n", count, state.c_str());
  EXPECT_EQ(server.Foia({"admin", "check"}).exit_code, 0);
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace foia::testing
