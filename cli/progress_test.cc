#include "cli/progress.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::cli {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

std::string* const written = new std::string;  // what the sink got
void Keep(std::string_view text) { written->append(text); }

TEST(RenderProgressTest, Table) {
  const struct {
    ProgressUnit unit;
    int64_t done, total;
    absl::Duration elapsed;
    std::string expected;
  } cases[] = {
      {ProgressUnit::kPages, 0, 0, absl::Seconds(1), "x ..."},
      {ProgressUnit::kPages, 0, 8, absl::Seconds(1), "x [------------------------] 0/8"},
      {ProgressUnit::kPages, 2, 8, absl::Seconds(2),
       "x [######------------------] 2/8  1.0/s  6 s left"},
      {ProgressUnit::kPages, 9, 8, absl::Seconds(2), "x [########################] 8/8  4.0/s"},
      {ProgressUnit::kPages, 1, 1000, absl::Seconds(2),
       "x [------------------------] 1/1000  0.5/s  33 min left"},
      {ProgressUnit::kBytes, 1 << 20, 2 << 20, absl::Seconds(1),
       "x [############------------] 1.0 MiB/2.0 MiB  1.0 MiB/s  1 s left"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(RenderProgress("x", row.unit, row.done, row.total, row.elapsed), row.expected);
  }
}

class ProgressTest : public ::testing::Test {
 protected:
  ProgressTest() { written->clear(); }
  ManualClock clock_{absl::FromUnixSeconds(1'600'000'000)};
};

TEST_F(ProgressTest, BarAppearsLateIsDrawnSeldomAndLeavesNothing) {
  Progress progress("x", ProgressUnit::kPages, Progress::Mode::kLive, clock_, &Keep);
  progress.Set(1, 8);
  EXPECT_EQ(*written, "") << "before 300 ms";
  clock_.Advance(absl::Milliseconds(301));
  progress.Set(2, 8);
  EXPECT_THAT(*written, StartsWith("\r\x1b[Kx [######---"));
  written->clear();
  clock_.Advance(absl::Milliseconds(50));
  progress.Set(3, 8);
  EXPECT_EQ(*written, "") << "at most ten times a second";
  clock_.Advance(absl::Milliseconds(51));
  progress.Set(3, 8);
  EXPECT_THAT(*written, StartsWith("\r\x1b[Kx"));
  progress.Finish();
  progress.Finish();
  EXPECT_THAT(*written, EndsWith("left\r\x1b[K"));
}

TEST_F(ProgressTest, WithoutATerminalEveryChangeOfPagesIsALine) {
  Progress progress("reading", ProgressUnit::kPages, Progress::Mode::kPlain, clock_, &Keep);
  for (const int done : {0, 0, 1, 1, 3}) progress.Set(done, 3);
  EXPECT_EQ(*written, "page 0/3 done\npage 1/3 done\npage 3/3 done\n");
}

TEST_F(ProgressTest, WithoutATerminalBytesAreALineEveryTenSeconds) {
  Progress progress("sending", ProgressUnit::kBytes, Progress::Mode::kPlain, clock_, &Keep);
  progress.Set(0, 2 << 20);
  progress.Add(1 << 20);
  EXPECT_EQ(*written, "");
  clock_.Advance(absl::Seconds(10));
  progress.Add(1 << 10);
  EXPECT_EQ(*written, "sending 1.0 MiB/2.0 MiB\n");
}

TEST_F(ProgressTest, OffIsSilent) {
  Progress progress("x", ProgressUnit::kPages, Progress::Mode::kOff, clock_, &Keep);
  clock_.Advance(absl::Seconds(60));
  progress.Set(1, 2);
  progress.Add(1);
  progress.Finish();
  EXPECT_EQ(*written, "");
}

}  // namespace
}  // namespace foia::cli
