#include "services/foiad/worker_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/log.h"

namespace foia::foiad {
namespace {

// Where the child finds the secret: a pipe that only it can read, never an argument or a file.
constexpr int kSecretFd = 3;

// The readable end of a pipe that holds `text`.
int PipeWith(const std::string& text) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const ssize_t written = write(ends[1], text.data(), text.size());
  close(ends[1]);
  if (written == static_cast<ssize_t>(text.size())) return ends[0];
  close(ends[0]);
  return -1;
}

}  // namespace

WorkerChild::WorkerChild(Options options, std::string documents, std::string system_secret)
    : options_(std::move(options)),
      documents_(std::move(documents)),
      system_secret_(std::move(system_secret)) {}

void WorkerChild::KeepRunning() {
  if (pid_ > 0) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == 0) return;
    Log(Severity::kError, "worker_ended", {{"wait_status", absl::StrCat(status)}});
    pid_ = -1;
  }
  std::vector<std::string> words{"foiad",
                                 "--data=" + options_.data,
                                 "--roles=worker",
                                 "--listen=127.0.0.1:0",  // whatever the environment says
                                 "--documents=" + documents_,
                                 "--languages=" + options_.languages,
                                 absl::StrCat("--page-processes=", options_.page_processes),
                                 absl::StrCat("--system-token-file=/proc/self/fd/", kSecretFd)};
  if (!options_.peer_ca.empty()) words.push_back("--peer-ca=" + options_.peer_ca);
  if (options_.insecure) words.push_back("--insecure");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int secret = PipeWith(system_secret_);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    // Only async-signal-safe calls between fork and exec.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);  // the parent was gone before prctl
    dup2(STDERR_FILENO, STDOUT_FILENO);
    if (secret == kSecretFd) {
      fcntl(secret, F_SETFD, 0);
    } else {
      dup2(secret, kSecretFd);
    }
    execv("/proc/self/exe", arguments.data());
    _exit(127);
  }
  close(secret);
  pid_ = child;
}

void WorkerChild::Stop(absl::Duration grace) {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  pollfd ended{static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)), POLLIN, 0};
  if (poll(&ended, 1, static_cast<int>(absl::ToInt64Milliseconds(grace))) != 1) {
    kill(pid_, SIGKILL);
  }
  close(ended.fd);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace foia::foiad
