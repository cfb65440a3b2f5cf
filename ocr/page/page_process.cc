#include "ocr/page/page_process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ocr/page/confine.h"
#include "ocr/page/frame.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr int kChildSocket = 3;
constexpr int kExitNoExec = 127;

constexpr int kSpaces = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS;

// Root, other than that of a user namespace which has no other user.
bool CanBecomeNobody() {
  if (geteuid() != 0) return false;
  std::ifstream map("/proc/self/uid_map");
  for (uint64_t first = 0, outside = 0, count = 0; map >> first >> outside >> count;) {
    if (kNobody >= first && kNobody - first < count) return true;
  }
  return !map.is_open();
}

// Forks into namespaces that hold nothing but the child: no network, no other process. Root may
// make them, others only within a user namespace. Root does not: the child would stay root outside
// of it, where foia-page becomes nobody. Where all is refused, `own_spaces` is false. What is safe
// after a fork of many threads is all the child may do: no handlers of fork ran.
pid_t ForkAlone(bool* own_spaces) {
  const bool root = CanBecomeNobody();
  const int spaces = root ? kSpaces : kSpaces | CLONE_NEWUSER;
  *own_spaces = true;
  auto child = static_cast<pid_t>(syscall(SYS_clone, spaces | SIGCHLD, 0, 0, 0, 0));
  if (child < 0) {
    *own_spaces = false;
    return fork();
  }
  if (child == 0 && !root) {
    // Of its capabilities within the user namespace, one is left over exec: to leave the files.
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct chroot[2]{};
    chroot[0].permitted = chroot[0].effective = chroot[0].inheritable = 1U << CAP_SYS_CHROOT;
    syscall(SYS_capset, &header, chroot);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_CHROOT, 0, 0);
  }
  return child;
}

// A child dies with the thread that started it (PR_SET_PDEATHSIG), so one thread that lasts as long
// as this process starts them all.
class Spawner {
 public:
  static Spawner& Get() {
    static auto* spawner = new Spawner;
    return *spawner;
  }

  // The child's id, or -1 with errno.
  pid_t Spawn(const std::string& program, const std::string& languages, int socket) {
    const std::lock_guard<std::mutex> one(callers_);
    std::unique_lock<std::mutex> lock(mutex_);
    program_ = &program;
    languages_ = &languages;
    socket_ = socket;
    wanted_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !wanted_; });
    errno = error_;
    return result_;
  }

 private:
  Spawner() { std::thread(&Spawner::Loop, this).detach(); }

  void Loop() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return wanted_; });
      result_ = Fork();
      error_ = errno;
      wanted_ = false;
      changed_.notify_all();
    }
  }

  pid_t Fork() {
    std::string path = absl::StrCat("PATH=/usr/bin:/bin");
    // Page-sized buffers come from the heap, which is kept: fresh pages from the kernel for each
    // were some 4 % of the time.
    std::array<std::string, 7> environment{path,
                                           "OMP_THREAD_LIMIT=1",
                                           "OMP_NUM_THREADS=1",
                                           "MALLOC_ARENA_MAX=1",
                                           "MALLOC_MMAP_THRESHOLD_=67108864",
                                           "MALLOC_TRIM_THRESHOLD_=67108864",
                                           ""};
    if (const char* tessdata = std::getenv("TESSDATA_PREFIX"); tessdata != nullptr) {
      environment.back() = absl::StrCat("TESSDATA_PREFIX=", tessdata);
    }
    std::array<char*, 8> env{};
    for (size_t i = 0; i < environment.size() && !environment[i].empty(); ++i) {
      env[i] = environment[i].data();
    }
    std::array<const char*, 6> argv{program_->c_str(), "--languages", languages_->c_str(),
                                    "--namespaces",    "shared",      nullptr};
    bool own_spaces = false;
    const pid_t child = ForkAlone(&own_spaces);
    if (child != 0) return child;
    if (own_spaces) argv[4] = "own";
    // Between fork and exec only what is safe after a signal. No descriptor but the socket passes.
    const int null = open("/dev/null", O_RDWR);
    const int kept = fcntl(socket_, F_DUPFD, kChildSocket + 1);
    if (null < 0 || kept < 0) _exit(kExitNoExec);
    for (int fd = 0; fd < kChildSocket; ++fd) dup2(null, fd);
    if (dup2(kept, kChildSocket) < 0) _exit(kExitNoExec);
    close_range(kChildSocket + 1, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(program_->c_str(), const_cast<char* const*>(argv.data()), env.data());
    _exit(kExitNoExec);
  }

  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false;
  const std::string* program_ = nullptr;
  const std::string* languages_ = nullptr;
  int socket_ = -1;
  pid_t result_ = -1;
  int error_ = 0;
};

std::string DefaultProgram() {
  if (const char* set = std::getenv("FOIA_PAGE"); set != nullptr && *set != '\0') return set;
  std::error_code ignored;
  return PageProgram(std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path());
}

// Tells whether two descriptors are the same bytes, as far as that can be known.
std::string Identity(int fd) {
  struct stat s {};
  if (fstat(fd, &s) != 0) return {};
  return absl::StrCat(s.st_dev, "/", s.st_ino, "/", s.st_size, "/", s.st_mtim.tv_sec, ".",
                      s.st_mtim.tv_nsec);
}

pb::PageRecord Lost(pb::PageState state, std::string_view reason) {
  pb::PageRecord record;
  record.set_format(1);
  record.set_state(state);
  record.set_state_reason(std::string(reason));
  return record;
}

// Why there was no answer, from how the child ended.
absl::Status Death(int wait_status) {
  if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGSYS) {
    return absl::UnavailableError("the page program tried something it may not");
  }
  if (WIFSIGNALED(wait_status)) {
    const char* name = sigabbrev_np(WTERMSIG(wait_status));
    return absl::UnavailableError(
        absl::StrCat("the page program died of SIG", name == nullptr ? "?" : name));
  }
  switch (WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0) {
    case kExitOutOfMemory:
      return absl::UnavailableError("the page program needed more memory than the limit");
    // Errors, because no file is at fault.
    case kExitNotConfined:
      return MakeError(Reason::REASON_INTERNAL, "the page program cannot give up its rights");
    case kExitNoExec:
      return MakeError(Reason::REASON_INTERNAL, "the page program cannot be started");
    default:
      return absl::UnavailableError("the page program died");
  }
}

constexpr std::string_view kSlow = "reading this page took longer than the limit";

}  // namespace

std::string PageProgram(const std::string& folder) {
#ifdef __x86_64__
  // What the level x86-64-v3 is known by; no processor has these without the rest of it.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2")) {
    std::string tuned = folder + "/x86-64-v3/foia-page";
    if (access(tuned.c_str(), X_OK) == 0) return tuned;
  }
#endif
  return folder + "/foia-page";
}

PageProcess::PageProcess(PageProcessOptions options) : options_(std::move(options)) {}

PageProcess::~PageProcess() { StopChild(); }

absl::StatusOr<std::unique_ptr<PageProcess>> PageProcess::Start(PageProcessOptions options) {
  if (options.program.empty()) options.program = DefaultProgram();
  if (options.seal_key.empty()) options.seal_key = RandomBytes(32);
  if (access(options.program.c_str(), X_OK) != 0) {
    return MakeError(Reason::REASON_UNREADABLE_FILE,
                     "the page program '" + options.program + "' is missing",
                     {{"file", options.program}});
  }
  return std::unique_ptr<PageProcess>(new PageProcess(std::move(options)));
}

absl::Status PageProcess::StartChild() {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    return MakeError(Reason::REASON_INTERNAL, "cannot make a socket for the page program");
  }
  {
    const absl::MutexLock lock(&mutex_);
    if (cancelled_) {
      close(pair[0]);
      close(pair[1]);
      return absl::CancelledError("cancelled");
    }
    child_ = Spawner::Get().Spawn(options_.program, options_.languages, pair[1]);
    close(pair[1]);
    if (child_ <= 0) {
      child_ = 0;
      close(pair[0]);
      return MakeError(Reason::REASON_INTERNAL, "cannot start the page program");
    }
  }
  socket_ = pair[0];
  // A child that takes nothing more must not hold up the sender for ever.
  const timeval limit = absl::ToTimeval(options_.page_limit);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  pages_ = 0;
  file_.clear();
  pb::PageReply ready;
  if (const absl::Status status = ReceiveFrame(socket_, options_.start_limit, &ready);
      !status.ok()) {
    return Lose(status);
  }
  if (!ready.missing_language().empty()) {
    StopChild();
    return InvalidFields(
        {{"languages",
          absl::StrCat("the language pack '", ready.missing_language(), "' is not installed; ",
                       "there are: ", absl::StrJoin(ready.installed_languages(), ", "))}});
  }
  isolation_ = ready.isolation();
  if (!isolation_.empty()) {
    static std::once_flag once;
    std::call_once(once, [&] {
      Log(Severity::kWarning, "page_program_not_isolated", {{"from", isolation_}});
    });
  }
  return absl::OkStatus();
}

absl::Status PageProcess::Lose(absl::Status status) {
  const int ended = StopChild();
  {
    const absl::MutexLock lock(&mutex_);
    if (cancelled_) return absl::CancelledError("cancelled");
  }
  if (absl::IsUnavailable(status)) status = Death(ended);
  if (absl::IsDataLoss(status))
    status = absl::DataLossError("the page program gave no valid answer");
  Log(Severity::kWarning, "page_program_ended", {{"why", std::string(status.message())}});
  return status;
}

int PageProcess::StopChild() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  const absl::MutexLock lock(&mutex_);
  if (child_ == 0) return 0;
  // One that ended by itself keeps its own status.
  kill(child_, SIGKILL);
  int status = 0;
  while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = 0;
  return status;
}

void PageProcess::Cancel() {
  const absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  // Not reaped here: the thread that waits for the answer does that.
  if (child_ != 0) kill(child_, SIGKILL);
}

pid_t PageProcess::child() const {
  const absl::MutexLock lock(&mutex_);
  return child_;
}

absl::Status PageProcess::SendJob(int fd, pb::PageJob job) {
  if (socket_ < 0) FOIA_RETURN_IF_ERROR(StartChild());
  const std::string identity = Identity(fd);
  const bool same = !identity.empty() && identity == file_ && job.password() == password_;
  job.set_same_file(same);
  job.set_seal_key(options_.seal_key);
  job.set_soft_limit_ms(static_cast<int>(absl::ToInt64Milliseconds(options_.soft_limit)));
  file_ = identity;
  password_ = job.password();
  const absl::Status status = SendFrame(socket_, job, same ? -1 : fd);
  return status.ok() ? status : Lose(status);
}

absl::Status PageProcess::ReceiveReply(absl::Duration limit, pb::PageReply* reply) {
  const absl::Status status = ReceiveFrame(socket_, limit, reply);
  return status.ok() ? status : Lose(status);
}

absl::Status PageProcess::ReceivePiece(absl::Duration limit, absl::Duration* left,
                                       pb::PageReply* reply) {
  const auto start = std::chrono::steady_clock::now();
  FOIA_RETURN_IF_ERROR(ReceiveReply(limit, reply));
  *left -= absl::FromChrono(std::chrono::steady_clock::now() - start);
  return *left > absl::ZeroDuration() ? absl::OkStatus()
                                      : Lose(absl::DeadlineExceededError("no end in time"));
}

void PageProcess::EndJob(const pb::PageReply& reply) {
  if (++pages_ >= options_.recycle_after_pages || reply.peak_rss_kib() > options_.recycle_rss_kib) {
    StopChild();
  }
}

absl::Status PageProcess::Exchange(int fd, pb::PageJob job, absl::Duration limit,
                                   pb::PageReply* reply, const MemberSink& sink) {
  FOIA_RETURN_IF_ERROR(SendJob(fd, std::move(job)));
  FOIA_RETURN_IF_ERROR(ReceiveReply(limit, reply));
  absl::Duration left = options_.pieces_limit;
  while (reply->has_member()) {
    if (sink == nullptr) return Lose(absl::DataLossError("members that nobody asked for"));
    if (absl::Status taken = sink(reply->member()); !taken.ok()) {
      StopChild();
      return taken;
    }
    FOIA_RETURN_IF_ERROR(ReceivePiece(limit, &left, reply));
  }
  EndJob(*reply);
  return absl::OkStatus();
}

absl::StatusOr<pb::ProbeResult> PageProcess::Probe(int fd, const std::string& password) {
  pb::PageJob job;
  job.mutable_probe();
  return Look(fd, std::move(job), password, nullptr);
}

absl::StatusOr<pb::ProbeResult> PageProcess::Unpack(int fd, const std::string& password,
                                                    const MemberSink& sink) {
  pb::PageJob job;
  job.mutable_unpack();
  return Look(fd, std::move(job), password, sink);
}

absl::StatusOr<pb::ProbeResult> PageProcess::Look(int fd, pb::PageJob job,
                                                  const std::string& password,
                                                  const MemberSink& sink) {
  job.set_password(password);
  pb::PageReply reply;
  bool begun = false;
  absl::Status sink_status;
  const MemberSink guarded = [&](const pb::MemberChunk& chunk) {
    begun = true;
    sink_status = sink(chunk);
    return sink_status;
  };
  const MemberSink& to = sink == nullptr ? sink : guarded;
  absl::Status status = Exchange(fd, job, options_.probe_limit, &reply, to);
  if (!sink_status.ok()) return sink_status;
  // Once more: the child may have died of an earlier page.
  if (absl::IsUnavailable(status) && !begun) {
    status = Exchange(fd, job, options_.probe_limit, &reply, to);
    if (!sink_status.ok()) return sink_status;
  }
  if (status.ok()) return std::move(*reply.mutable_probe());
  if (absl::IsCancelled(status) || ReasonOf(status) != Reason::REASON_UNSPECIFIED) return status;
  pb::ProbeResult lost;
  const bool slow = absl::IsDeadlineExceeded(status);
  lost.set_state(slow ? pb::PAGE_STATE_TIMED_OUT : pb::PAGE_STATE_FAILED);
  lost.set_state_reason(!slow   ? std::string(status.message())
                        : begun ? "unpacking this file took longer than the limit"
                                : "looking at this file took longer than the limit");
  return lost;
}

absl::StatusOr<pb::PageRecord> PageProcess::ReadPage(int fd, int page, const std::string& password,
                                                     bool cheap) {
  pb::PageJob job;
  job.mutable_read_page()->set_page(page);
  job.mutable_read_page()->set_cheap(cheap);
  job.set_password(password);
  pb::PageReply reply;
  absl::Status status = Exchange(fd, job, options_.page_limit, &reply);
  if (absl::IsUnavailable(status) && !cheap) {
    status = Exchange(fd, job, options_.page_limit, &reply);
  }
  const absl::Status full = status;
  const bool again = absl::IsUnavailable(full) || absl::IsDeadlineExceeded(full);
  if (again && !cheap) {
    job.mutable_read_page()->set_cheap(true);
    status = Exchange(fd, job, options_.page_limit, &reply);
  }
  if (status.ok()) {
    pb::PageRecord& record = *reply.mutable_page();
    if (!full.ok() && record.state() == pb::PAGE_STATE_DONE) {
      record.set_state_reason(absl::StrCat("read the quick way after ",
                                           absl::IsDeadlineExceeded(full)
                                               ? "it took longer than the limit"
                                               : "the page program died on it twice",
                                           ": redaction codes were not looked for"));
    }
    return std::move(record);
  }
  if (absl::IsCancelled(status) || ReasonOf(status) != Reason::REASON_UNSPECIFIED) return status;
  return absl::IsDeadlineExceeded(status)
             ? Lost(pb::PAGE_STATE_TIMED_OUT, kSlow)
             : Lost(pb::PAGE_STATE_FAILED, std::string(status.message()));
}

}  // namespace foia::ocr
