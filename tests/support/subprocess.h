// Runs the real programs in tests.
#ifndef FOIA_TESTS_SUPPORT_SUBPROCESS_H_
#define FOIA_TESTS_SUPPORT_SUBPROCESS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace foia::testing {

using Environment = std::map<std::string, std::string>;

struct RunResult {
  int exit_code = -1;  // of the program; 128 + signal when one ended it
  bool timed_out = false;
  std::string out;
  std::string err;
};

// Runs a program to its end with `environment` added to the test's own. `arguments[0]` is its path.
// After `limit` it is killed.
RunResult RunProgram(const std::vector<std::string>& arguments, const Environment& environment = {},
                     absl::Duration limit = absl::Seconds(60));

// A program that runs beside the test; killed at the end. Its output goes to a file.
class BackgroundProgram {
 public:
  BackgroundProgram(const std::vector<std::string>& arguments, const Environment& environment,
                    const std::string& output_file);
  ~BackgroundProgram();
  BackgroundProgram(const BackgroundProgram&) = delete;
  BackgroundProgram& operator=(const BackgroundProgram&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  // Waits for its end: the exit code as in RunResult; -1 when it still runs after `limit`.
  int Wait(absl::Duration limit);

 private:
  pid_t pid_ = 0;
  int exit_code_ = -1;
};

// Until `condition` holds or `limit` is over; says whether it holds.
template <typename Condition>
bool WaitUntil(Condition condition, absl::Duration limit);

}  // namespace foia::testing

#include "absl/time/clock.h"

namespace foia::testing {

template <typename Condition>
bool WaitUntil(Condition condition, absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return true;
}

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_SUBPROCESS_H_
