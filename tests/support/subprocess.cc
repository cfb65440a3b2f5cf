#include "tests/support/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "gtest/gtest.h"

extern char** environ;

namespace foia::testing {
namespace {

// argv and envp are made before the fork: the child may only make system calls.
pid_t Start(const std::vector<std::string>& arguments, const Environment& added, int out, int err) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (added.count(text.substr(0, text.find('='))) == 0) variables.push_back(text);
  }
  for (const auto& [name, value] : added) variables.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  const pid_t child = fork();
  if (child != 0) return child;
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execve(argv[0], argv.data(), envp.data());
  _exit(127);
}

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int ToMilliseconds(absl::Duration duration) {
  return static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(duration)));
}

}  // namespace

RunResult RunProgram(const std::vector<std::string>& arguments, const Environment& environment,
                     absl::Duration limit) {
  RunResult result;
  int out[2];
  int err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipes";
    return result;
  }
  const pid_t child = Start(arguments, environment, out[1], err[1]);
  close(out[1]);
  close(err[1]);
  const absl::Time end = absl::Now() + limit;
  pollfd streams[] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  std::string* const texts[] = {&result.out, &result.err};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    if (poll(streams, 2, ToMilliseconds(end - absl::Now())) == 0) {
      result.timed_out = true;
      kill(child, SIGKILL);
      break;
    }
    for (int i = 0; i < 2; ++i) {
      if (streams[i].fd < 0 || streams[i].revents == 0) continue;
      char buffer[1 << 16];
      const ssize_t count = read(streams[i].fd, buffer, sizeof(buffer));
      if (count > 0) texts[i]->append(buffer, static_cast<size_t>(count));
      if (count == 0) streams[i].fd = -1;
    }
  }
  close(out[0]);
  close(err[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.exit_code = ExitCode(status);
  return result;
}

BackgroundProgram::BackgroundProgram(const std::vector<std::string>& arguments,
                                     const Environment& environment,
                                     const std::string& output_file) {
  const int out = open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  EXPECT_GE(out, 0) << output_file;
  pid_ = Start(arguments, environment, out, out);
  close(out);
}

BackgroundProgram::~BackgroundProgram() {
  Signal(SIGKILL);
  Wait(absl::InfiniteDuration());
}

void BackgroundProgram::Signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

int BackgroundProgram::Wait(absl::Duration limit) {
  if (pid_ <= 0) return exit_code_;
  int status = 0;
  if (!WaitUntil([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, limit)) return -1;
  pid_ = 0;
  exit_code_ = ExitCode(status);
  return exit_code_;
}

}  // namespace foia::testing
