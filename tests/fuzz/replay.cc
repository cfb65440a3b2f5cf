// A fuzz target as a plain test: every seed of its corpus, and every beginning of each seed.
#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "tests/fuzz/check.h"
#include "tests/support/temp_dir.h"

namespace foia::testing {
namespace {

TEST(Corpus, Replay) {
  const char* const name = std::getenv("FOIA_FUZZ_TARGET");
  ASSERT_NE(name, nullptr);
  int seeds = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourceDir() + "/tests/fuzz/corpus/" + name)) {
    const std::string seed = ReadFile(entry.path().string());
    ++seeds;
    for (size_t size = 0; size <= seed.size(); ++size) {
      // A copy of its own size, so that reading behind the end shows.
      const std::string input = seed.substr(0, size);
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
    }
  }
  EXPECT_GT(seeds, 0);
}

}  // namespace
}  // namespace foia::testing
