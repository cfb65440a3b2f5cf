// Runs the real programs on a terminal of a given size.
#ifndef FOIA_TESTS_SUPPORT_TERMINAL_H_
#define FOIA_TESTS_SUPPORT_TERMINAL_H_

#include <string>
#include <vector>

#include "tests/support/subprocess.h"

namespace foia::testing {

struct TerminalSize {
  unsigned short rows = 24;
  unsigned short columns = 80;
};

// As RunProgram, with input, output and errors on one new terminal. `out` is what it shows, with
// plain line ends; `typed` is typed before anything is asked, and shown too.
RunResult RunOnTerminal(const std::vector<std::string>& arguments, const Environment& environment,
                        TerminalSize size, absl::Duration limit = absl::Seconds(60),
                        const std::string& typed = "");

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_TERMINAL_H_
