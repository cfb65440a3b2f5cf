#include "ocr/page/confine.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace foia::ocr {
namespace {

constexpr uid_t kNobody = 65534;
constexpr rlim_t kMaxAddressSpace = 1536u << 20;
constexpr rlim_t kMaxDescriptors = 16;

}  // namespace

bool LeaveNamespaces() {
  constexpr int kSpaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS;
  // Root may do it directly; others through a user namespace, where the system has them.
  return unshare(kSpaces) == 0 || unshare(CLONE_NEWUSER | kSpaces) == 0;
}

bool LeaveFiles() {
  std::string place = "/tmp/foia-page-XXXXXX";
  if (mkdtemp(place.data()) == nullptr) return false;
  const int fd = open(place.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  // Removed before it is entered: nothing can ever stand in it.
  rmdir(place.c_str());
  const bool left = fd >= 0 && fchdir(fd) == 0 && chroot(".") == 0;
  if (fd >= 0) close(fd);
  return left && chdir("/") == 0;
}

bool GiveUpRights(pid_t parent) {
  if (getuid() == 0 || geteuid() == 0) {
    if (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
        setresuid(kNobody, kNobody, kNobody) != 0) {
      return false;
    }
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  // After the change of user, which clears it; the parent may be gone already.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) return false;
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
  rlimit descriptors{kMaxDescriptors, kMaxDescriptors};
  if (setrlimit(RLIMIT_NOFILE, &descriptors) != 0) return false;
#ifndef FOIA_SANITIZED
  rlimit memory{kMaxAddressSpace, kMaxAddressSpace};
  if (setrlimit(RLIMIT_AS, &memory) != 0 || setrlimit(RLIMIT_NPROC, &none) != 0) return false;
#endif
  return true;
}

void LimitCpu([[maybe_unused]] int seconds) {
#ifndef FOIA_SANITIZED
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  rlimit limit{};
  if (getrlimit(RLIMIT_CPU, &limit) != 0) return;
  limit.rlim_cur = static_cast<rlim_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + seconds + 1);
  setrlimit(RLIMIT_CPU, &limit);
#endif
}

}  // namespace foia::ocr
