// Progress of long work on stderr: a bar on a terminal, plain lines elsewhere.
#ifndef FOIA_CLI_PROGRESS_H_
#define FOIA_CLI_PROGRESS_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/base/clock.h"

namespace foia::cli {

enum class ProgressUnit { kBytes, kPages };

// "reading pages [#####---------------]  3/8   1.5/s  4 s left".
std::string RenderProgress(std::string_view label, ProgressUnit unit, int64_t done, int64_t total,
                           absl::Duration elapsed);

// On a terminal the bar appears after 300 ms and is drawn at most ten times a second. Elsewhere
// every change of pages is a line ("page 3/8 done"), and bytes are one every ten seconds. Safe for
// concurrent use.
class Progress {
 public:
  enum class Mode { kOff, kPlain, kLive };
  using Sink = void (*)(std::string_view);  // where text goes; stderr by default

  Progress(std::string label, ProgressUnit unit, Mode mode, const Clock& clock,
           Sink sink = &WriteToStderr);
  ~Progress() { Finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // A total of 0 is unknown.
  void Set(int64_t done, int64_t total);
  void Add(int64_t done);
  // Takes the bar off the screen.
  void Finish();

 private:
  static void WriteToStderr(std::string_view text);
  void Draw();  // with mutex_ held

  const std::string label_;
  const ProgressUnit unit_;
  const Mode mode_;
  const Clock& clock_;
  const Sink sink_;
  const absl::Time start_;
  std::mutex mutex_;
  int64_t done_ = 0;
  int64_t total_ = 0;
  absl::Time drawn_;        // when the last line or bar was written
  bool on_screen_ = false;  // a bar stands on the terminal's current line
};

}  // namespace foia::cli

#endif  // FOIA_CLI_PROGRESS_H_
