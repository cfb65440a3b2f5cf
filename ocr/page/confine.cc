#include "ocr/page/confine.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>

namespace foia::ocr {
namespace {

constexpr rlim_t kMaxDescriptors = 16;

// Whoever was in a user namespace had capabilities within it.
bool DropCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  return syscall(SYS_capset, &header, none.data()) == 0;
}

#ifndef FOIA_SANITIZED

constexpr rlim_t kMaxAddressSpace = 1536u << 20;
constexpr int kExitOutOfTime = 6;

// What reading a page was seen to call (docs/adr/2026-11-25-page-program-isolation.md).
constexpr std::array kCalls{
    // Jobs in, answers out. Infinite waiting is recvmsg; lseek tells the size of a file.
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(close), SCMP_SYS(lseek),
    // malloc, free, and the size of memory, which qsort of glibc asks for.
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(sysinfo),
    // Locks nobody waits for, the seed of hash tables.
    SCMP_SYS(futex), SCMP_SYS(getrandom),
    // Clocks, where the kernel has no vDSO for them; CPU time and peak memory.
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrusage),
    // The end, also by abort(), whose signal must not look like a forbidden call.
    SCMP_SYS(exit_group), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getpid), SCMP_SYS(gettid),
    // After SIGSTOP and SIGCONT.
    SCMP_SYS(restart_syscall)};

bool Allow(scmp_filter_ctx filter) {
  const auto when = [filter](int call, std::initializer_list<scmp_arg_cmp> conditions) {
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call,
                                  static_cast<unsigned>(conditions.size()),
                                  conditions.begin()) == 0;
  };
  const auto is = [](unsigned argument, scmp_datum_t value) {
    return scmp_arg_cmp{argument, SCMP_CMP_EQ, value, 0};
  };
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  return std::all_of(kCalls.begin(), kCalls.end(), [&](int call) { return when(call, {}); }) &&
         when(SCMP_SYS(mmap), {not_executable}) && when(SCMP_SYS(mprotect), {not_executable}) &&
         // Last words; PageProcess has tied both to nothing.
         when(SCMP_SYS(write), {is(0, STDOUT_FILENO)}) &&
         when(SCMP_SYS(write), {is(0, STDERR_FILENO)}) &&
         when(SCMP_SYS(writev), {is(0, STDERR_FILENO)}) &&
         when(SCMP_SYS(tgkill), {is(0, static_cast<scmp_datum_t>(getpid()))}) &&
         when(SCMP_SYS(prlimit64), {is(0, 0), is(1, RLIMIT_CPU)});
}

#endif

}  // namespace

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

bool GiveUpRights() {
  if (getuid() == 0 || geteuid() == 0) {
    if (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
        setresuid(kNobody, kNobody, kNobody) != 0) {
      return false;
    }
  }
  if (!DropCapabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  // After the change of user, which clears it. When the parent is gone already, so is the other end
  // of the socket, and the first look for a job ends this process.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
  // A message to a stderr that is a file after all is lost, no reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit descriptors{kMaxDescriptors, kMaxDescriptors};
  if (setrlimit(RLIMIT_NOFILE, &descriptors) != 0) return false;
#ifndef FOIA_SANITIZED
  rlimit memory{kMaxAddressSpace, kMaxAddressSpace};
  if (setrlimit(RLIMIT_AS, &memory) != 0 || setrlimit(RLIMIT_NPROC, &none) != 0) return false;
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return false;
#endif
  return true;
}

bool CloseSystemCalls() {
#ifndef FOIA_SANITIZED
  const std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, decltype(&seccomp_release)> filter(
      seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  // 2: a binary tree instead of a list.
  return filter != nullptr && seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
         Allow(filter.get()) && seccomp_load(filter.get()) == 0;
#else
  return true;
#endif
}

void LimitCpu([[maybe_unused]] int seconds) {
#ifndef FOIA_SANITIZED
  // The first process of a PID namespace, which this may be, does not die of a signal by default.
  std::signal(SIGXCPU, [](int) { _exit(kExitOutOfTime); });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  rlimit limit{};
  if (getrlimit(RLIMIT_CPU, &limit) != 0) return;
  limit.rlim_cur = static_cast<rlim_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + seconds + 1);
  setrlimit(RLIMIT_CPU, &limit);
#endif
}

}  // namespace foia::ocr
