#include "cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/output.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(300);  // shorter work shows no bar
constexpr absl::Duration kRedraw = absl::Milliseconds(100);
constexpr absl::Duration kPlainEvery = absl::Seconds(10);
constexpr size_t kBarWidth = 24;
constexpr std::string_view kClearLine = "\r\x1b[K";

std::string Amount(ProgressUnit unit, int64_t value) {
  return unit == ProgressUnit::kBytes ? SizeText(value) : absl::StrCat(value);
}

}  // namespace

std::string RenderProgress(std::string_view label, ProgressUnit unit, int64_t done, int64_t total,
                           absl::Duration elapsed) {
  if (total <= 0) return absl::StrCat(ToAbsl(label), " ...");
  done = std::clamp<int64_t>(done, 0, total);
  const auto filled = static_cast<size_t>(static_cast<double>(done) / static_cast<double>(total) *
                                          static_cast<double>(kBarWidth));
  std::string line = absl::StrCat(ToAbsl(label), " [", std::string(filled, '#'),
                                  std::string(kBarWidth - filled, '-'), "] ", Amount(unit, done),
                                  "/", Amount(unit, total));
  const double seconds = absl::ToDoubleSeconds(elapsed);
  if (done == 0 || seconds <= 0) return line;
  const double rate = static_cast<double>(done) / seconds;
  if (unit == ProgressUnit::kBytes) {
    absl::StrAppend(&line, "  ", SizeText(static_cast<int64_t>(rate)), "/s");
  } else {
    absl::StrAppend(&line, absl::StrFormat("  %.1f/s", rate));
  }
  if (done < total) {
    const auto left = std::llround(static_cast<double>(total - done) / rate);
    absl::StrAppend(&line, "  ",
                    left < 120 ? absl::StrCat(left, " s") : absl::StrCat(left / 60, " min"),
                    " left");
  }
  return line;
}

Progress::Progress(std::string label, ProgressUnit unit, Mode mode, const Clock& clock, Sink sink)
    : label_(std::move(label)),
      unit_(unit),
      mode_(mode),
      clock_(clock),
      sink_(sink),
      start_(clock.Now()),
      drawn_(start_) {}

void Progress::Set(int64_t done, int64_t total) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool changed = done != done_ || total != total_;
  done_ = done;
  total_ = total;
  if (mode_ == Mode::kLive || (mode_ == Mode::kPlain && changed)) Draw();
}

void Progress::Add(int64_t done) {
  const std::lock_guard<std::mutex> lock(mutex_);
  done_ += done;
  if (mode_ != Mode::kOff) Draw();
}

void Progress::Draw() {
  const absl::Time now = clock_.Now();
  if (mode_ == Mode::kPlain) {
    if (unit_ == ProgressUnit::kPages) {
      sink_(total_ > 0 ? absl::StrCat("page ", done_, "/", total_, " done\n")
                       : absl::StrCat(label_, "\n"));
    } else if (now - drawn_ >= kPlainEvery) {
      sink_(absl::StrCat(label_, " ", SizeText(done_), "/", SizeText(total_), "\n"));
      drawn_ = now;
    }
    return;
  }
  if (now - start_ < kPatience || (on_screen_ && now - drawn_ < kRedraw)) return;
  sink_(
      absl::StrCat(ToAbsl(kClearLine), RenderProgress(label_, unit_, done_, total_, now - start_)));
  drawn_ = now;
  on_screen_ = true;
}

void Progress::Finish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (on_screen_) sink_(kClearLine);
  on_screen_ = false;
}

void Progress::WriteToStderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace foia::cli
