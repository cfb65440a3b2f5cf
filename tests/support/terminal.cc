#include "tests/support/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

extern char** environ;

namespace foia::testing {

RunResult RunOnTerminal(const std::vector<std::string>& arguments, const Environment& environment,
                        TerminalSize size, absl::Duration limit, const std::string& typed) {
  // Made before the fork: the child may only make system calls.
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (environment.count(text.substr(0, text.find('='))) == 0) variables.push_back(text);
  }
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  RunResult result;
  const winsize window = {size.rows, size.columns, 0, 0};
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &window);
  if (child < 0) {
    ADD_FAILURE() << "no terminal";
    return result;
  }
  if (child == 0) {
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  if (!typed.empty() && write(terminal, typed.data(), typed.size()) < 0) {
    ADD_FAILURE() << "nothing can be typed";
  }
  const absl::Time end = absl::Now() + limit;
  while (true) {
    pollfd ready = {terminal, POLLIN, 0};
    const auto left = std::max<int64_t>(0, absl::ToInt64Milliseconds(end - absl::Now()));
    if (poll(&ready, 1, static_cast<int>(left)) <= 0) {
      result.timed_out = true;
      kill(child, SIGKILL);
      break;
    }
    char bytes[4096];
    const ssize_t size_read = read(terminal, bytes, sizeof(bytes));
    if (size_read <= 0) break;  // the last program on it has ended
    result.out.append(bytes, static_cast<size_t>(size_read));
  }
  int status = 0;
  waitpid(child, &status, 0);
  close(terminal);
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  result.out = absl::StrReplaceAll(result.out, {{"\r\n", "\n"}});
  return result;
}

}  // namespace foia::testing
