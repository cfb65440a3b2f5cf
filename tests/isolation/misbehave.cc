// Stands in for foia-page, behind the same walls, and does what a file that has taken it over might
// do. The file says what: page N is "read" as its line N orders; unpacked or written as a PDF, it
// gives small pieces for ever. Never installed.
//
// With --languages unfiltered, the filter of system calls is left out, to show what the other walls
// hold; a page's text then is how its attempt ended.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "foia/documents/v1/page_job.pb.h"
#include "ocr/page/confine.h"
#include "ocr/page/frame.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr int kSocket = 3;

// Each returns below zero, with errno, when it was hindered.
int Open() { return open("/etc/passwd", O_RDONLY); }

int Connect() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return fd;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(9);
  return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

int Fork() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  return child;
}

int Exec() { return execl("/bin/true", "true", nullptr); }

int SignalAll() { return kill(-1, SIGTERM); }

int SignalParent() { return kill(getppid(), SIGTERM); }

int Trace() { return static_cast<int>(ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr)); }

int Execute() {
  void* at = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mprotect(at, 4096, PROT_READ | PROT_EXEC);
}

int BecomeRoot() { return setuid(0); }

int Allocate() {
  // Not touched: the limit is on addresses, and the machine that runs the test has other work.
  std::vector<std::unique_ptr<char[]>> kept;
  while (true) kept.emplace_back(new char[16 << 20]);
}

int Grow() {
  const std::string kept(64 << 20, 'x');
  volatile char last = kept.back();
  return last == 'x' ? 0 : -1;
}

[[noreturn]] int Hang() {
  // Does not look at a clock or a signal.
  for (volatile bool forever = true; forever;) {
  }
  _exit(0);
}

int Crash() {
  int* volatile nowhere = nullptr;
  return *nowhere;
}

int Abort() { std::abort(); }

int Read() { return 0; }

std::string Do(const std::string& order) {
  static const std::map<std::string_view, int (*)()> orders{
      {"read", Read},         {"open", Open},
      {"connect", Connect},   {"fork", Fork},
      {"exec", Exec},         {"trace", Trace},
      {"signal", SignalAll},  {"signal parent", SignalParent},
      {"execute", Execute},   {"root", BecomeRoot},
      {"allocate", Allocate}, {"grow", Grow},
      {"hang", Hang},         {"crash", Crash},
      {"abort", Abort}};
  const auto it = orders.find(order);
  if (it == orders.end()) return "no such order: " + order;
  return it->second() >= 0 ? "done" : std::strerror(errno);
}

// The lines of the file, each with its end.
std::vector<std::string> OrdersOf(int fd) {
  const off_t size = lseek(fd, 0, SEEK_END);
  void* at = mmap(nullptr, static_cast<size_t>(size), PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return {};
  const std::string text(static_cast<const char*>(at), static_cast<size_t>(size));
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// Each in good time, and never an end.
void Drip(pb::PageReply reply) {
  while (SendFrame(kSocket, reply).ok()) {
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(5)) {
    }
    if (reply.has_member()) reply.mutable_member()->set_index(reply.member().index() + 1);
  }
}

void Serve() {
  std::vector<std::string> orders;
  while (true) {
    pb::PageJob job;
    int fd = -1;
    if (!ReceiveFrame(kSocket, absl::InfiniteDuration(), &job, &fd).ok()) return;
    LimitCpu(60);
    if (fd >= 0) orders = OrdersOf(fd);
    pb::PageReply reply;
    if (job.has_probe()) {
      reply.mutable_probe()->set_state(pb::PAGE_STATE_DONE);
      reply.mutable_probe()->set_page_count(static_cast<int>(orders.size()));
      reply.mutable_probe()->set_media_type("application/pdf");
    } else if (job.has_unpack()) {
      reply.mutable_member()->set_end(pb::PAGE_STATE_DONE);
      return Drip(std::move(reply));
    } else if (job.has_write_pdf()) {
      reply.mutable_chunk()->set_data("%");
      return Drip(std::move(reply));
    } else {
      const auto page = static_cast<size_t>(job.read_page().page());
      reply.mutable_page()->set_format(1);
      reply.mutable_page()->set_state(pb::PAGE_STATE_DONE);
      reply.mutable_page()->set_text(Do(orders.at(page - 1)) + "\n");
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    reply.set_peak_rss_kib(usage.ru_maxrss);
    if (!SendFrame(kSocket, reply).ok()) return;
  }
}

int Main(const std::map<std::string_view, std::string_view>& options) {
  std::vector<std::string> missing;
  if (options.at("--namespaces") != "own") missing.emplace_back("namespaces");
  if (!LeaveFiles()) missing.emplace_back("files");
  if (!GiveUpRights()) return kExitNotConfined;
  if (options.at("--languages") != "unfiltered" && !CloseSystemCalls()) {
    missing.emplace_back("system calls");
  }
  pb::PageReply ready;
  ready.set_isolation(absl::StrJoin(missing, ", "));
  if (SendFrame(kSocket, ready).ok()) Serve();
  return 0;
}

}  // namespace
}  // namespace foia::ocr

int main(int argc, char** argv) {
  std::map<std::string_view, std::string_view> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  try {
    return foia::ocr::Main(options);
  } catch (const std::bad_alloc&) {
    return foia::ocr::kExitOutOfMemory;
  }
}
