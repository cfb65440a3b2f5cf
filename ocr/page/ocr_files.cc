#include "ocr/page/ocr_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/member_path.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr int kMaxContainerDepth = 5;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::StatusOr<File> OpenFile(const std::string& path) {
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() >= 0) return file;
  return MakeError(Reason::REASON_UNREADABLE_FILE,
                   "cannot read '" + path + "': " + std::strerror(errno), {{"file", path}});
}

absl::StatusOr<std::string> HashOf(int fd, const std::string& path) {
  Sha256Stream hash;
  std::string buffer(1 << 20, '\0');
  off_t offset = 0;
  while (true) {
    const ssize_t n = pread(fd, buffer.data(), buffer.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return MakeError(Reason::REASON_UNREADABLE_FILE,
                       "cannot read '" + path + "': " + std::strerror(errno), {{"file", path}});
    }
    if (n == 0) return HexEncode(hash.Digest());
    hash.Update({buffer.data(), static_cast<size_t>(n)});
    offset += n;
  }
}

// The work of all threads: files to be looked at first, then pages, in turn between files.
class Run {
 public:
  Run(const OcrFilesOptions& options, std::vector<OcrFile>* files, std::vector<File> open,
      const std::function<void(const OcrProgress&)>& progress)
      : options_(options), files_(*files), progress_(progress), open_(std::move(open)) {
    state_.files = static_cast<int>(files_.size());
    depth_.resize(files_.size());
    for (size_t i = 0; i < files_.size(); ++i) waiting_.push_back({i, 0});
  }

  absl::Status Go(int jobs) {
    std::vector<std::thread> threads;
    for (int i = 0; i < jobs; ++i) threads.emplace_back(&Run::Work, this);
    for (std::thread& t : threads) t.join();
    return status_;
  }

 private:
  // The next thing to do for a file: page 0 is to look at it.
  struct Task {
    size_t file;
    int page;
  };

  void Work() {
    absl::StatusOr<std::unique_ptr<PageProcess>> process = PageProcess::Start(options_.process);
    if (!process.ok()) return Fail(process.status());
    Task task{};
    while (Next(&task)) {
      const absl::Status done =
          task.page == 0 ? Look(**process, task.file) : Read(**process, task.file, task.page);
      if (!done.ok()) return Fail(done);
    }
  }

  bool Next(Task* task) {
    std::unique_lock<std::mutex> lock(mutex_);
    // Looking at a file brings forth its pages.
    changed_.wait(lock, [this] { return !status_.ok() || !waiting_.empty() || looking_ == 0; });
    if (!status_.ok() || waiting_.empty()) return false;
    *task = waiting_.front();
    waiting_.pop_front();
    // The file's following page goes to the end of the queue: files take turns.
    const auto pages = static_cast<int>(files_[task->file].pages.size());
    if (task->page == 0) ++looking_;
    if (task->page > 0 && task->page < pages) waiting_.push_back({task->file, task->page + 1});
    return true;
  }

  absl::Status Look(PageProcess& process, size_t index) {
    const int fd = Descriptor(index);
    FOIA_ASSIGN_OR_RETURN(pb::ProbeResult probe, process.Probe(fd, options_.password));
    std::vector<Member> members;
    if (probe.is_container()) {
      FOIA_RETURN_IF_ERROR(Unpack(process, fd, index, &probe, &members));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    --looking_;
    changed_.notify_all();
    for (Member& member : members) {
      OcrFile file;
      file.path = files_[index].path + "/" + member.path;
      file.sha256 = std::move(member.sha256);
      file.is_member = true;
      file.member_path = (files_[index].is_member
                              ? files_[index].member_path
                              : std::filesystem::path(files_[index].path).filename().string()) +
                         "/" + member.path;
      waiting_.push_front({files_.size(), 0});
      files_.push_back(std::move(file));
      open_.push_back(std::move(member.file));
      depth_.push_back(depth_[index] + 1);
      ++state_.files;
    }
    OcrFile& file = files_[index];
    file.state = probe.state();
    file.state_reason = probe.state_reason();
    file.media_type = probe.media_type();
    file.is_container = probe.is_container();
    file.member_errors.assign(probe.member_errors().begin(), probe.member_errors().end());
    file.pages.resize(static_cast<size_t>(std::max(0, probe.page_count())));
    left_.resize(files_.size());
    left_[index] = file.pages.size();
    state_.pages += probe.page_count();
    if (file.pages.empty()) {
      ++state_.files_done;
    } else {
      waiting_.push_back({index, 1});
    }
    Tell();
    return absl::OkStatus();
  }

  // A member whose bytes are all here.
  struct Member {
    std::string path;
    std::string sha256;
    File file;
  };

  // Members into files without a name.
  absl::Status Unpack(PageProcess& process, int fd, size_t index, pb::ProbeResult* probe,
                      std::vector<Member>* members) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (depth_[index] >= kMaxContainerDepth) {
        pb::MemberError* const error = probe->add_member_errors();
        error->set_state(pb::PAGE_STATE_UNSUPPORTED);
        error->set_reason("it lies in too many containers to be unpacked");
        return absl::OkStatus();
      }
    }
    std::optional<File> file;
    int begun = 0;
    FOIA_ASSIGN_OR_RETURN(
        pb::ProbeResult unpacked,
        process.Unpack(fd, options_.password, [&](const pb::MemberChunk& chunk) -> absl::Status {
          if (chunk.index() != begun) {
            begun = chunk.index();
            file.emplace(open(std::filesystem::temp_directory_path().c_str(),
                              O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
          }
          if (file->fd() < 0 || !WriteAll(file->fd(), chunk.data())) {
            return MakeError(Reason::REASON_UNREADABLE_FILE,
                             std::string("cannot unpack a member: ") + std::strerror(errno));
          }
          if (chunk.end() != pb::PAGE_STATE_DONE) return absl::OkStatus();
          Member member{CleanMemberPath(chunk.path()), "", std::move(*file)};
          const auto named = [&](const Member& other) { return other.path == member.path; };
          for (const std::string path = member.path;
               std::any_of(members->begin(), members->end(), named);) {
            member.path = absl::StrCat(path, " (", chunk.index(), ")");
          }
          FOIA_ASSIGN_OR_RETURN(member.sha256, HashOf(member.file.fd(), member.path));
          members->push_back(std::move(member));
          return absl::OkStatus();
        }));
    // Files attached to a PDF must not keep its pages from being read.
    const bool lost = unpacked.state() != pb::PAGE_STATE_DONE && probe->page_count() > 0;
    if (!lost) *probe = std::move(unpacked);
    return absl::OkStatus();
  }

  static bool WriteAll(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  int Descriptor(size_t index) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return open_[index].fd();
  }

  absl::Status Read(PageProcess& process, size_t index, int page) {
    FOIA_ASSIGN_OR_RETURN(pb::PageRecord record,
                          process.ReadPage(Descriptor(index), page, options_.password));
    const std::lock_guard<std::mutex> lock(mutex_);
    files_[index].pages[static_cast<size_t>(page) - 1] = std::move(record);
    ++state_.pages_done;
    if (--left_[index] == 0) ++state_.files_done;
    Tell();
    return absl::OkStatus();
  }

  void Tell() {
    if (progress_) progress_(state_);
  }

  void Fail(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (status_.ok()) status_ = status;
    changed_.notify_all();
  }

  const OcrFilesOptions& options_;
  std::vector<OcrFile>& files_;
  const std::function<void(const OcrProgress&)>& progress_;
  std::mutex mutex_;  // guards all below and files_
  std::vector<File> open_;
  std::vector<int> depth_;  // containers that a file lies in
  std::condition_variable changed_;
  std::deque<Task> waiting_;
  int looking_ = 0;  // files being looked at
  std::vector<size_t> left_;
  OcrProgress state_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<std::vector<OcrFile>> OcrFiles(
    const std::vector<std::string>& paths, const OcrFilesOptions& options,
    const std::function<void(const OcrProgress&)>& progress) {
  std::vector<OcrFile> files;
  std::vector<File> open;
  for (const std::string& path : paths) {
    FOIA_ASSIGN_OR_RETURN(File descriptor, OpenFile(path));
    open.push_back(std::move(descriptor));
    OcrFile file;
    file.path = path;
    FOIA_ASSIGN_OR_RETURN(file.sha256, HashOf(open.back().fd(), path));
    files.push_back(std::move(file));
  }
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  Run run(options, &files, std::move(open), progress);
  FOIA_RETURN_IF_ERROR(run.Go(options.jobs > 0 ? options.jobs : cores));
  return files;
}

absl::Status WriteSearchablePdf(const OcrFile& file, const OcrFilesOptions& options,
                                const std::function<absl::Status(std::string_view)>& write) {
  if (file.is_member) {
    return MakeError(Reason::REASON_CANNOT_RENDER,
                     "'" + file.path + "' lies in a container; unpack it first");
  }
  FOIA_ASSIGN_OR_RETURN(const File descriptor, OpenFile(file.path));
  FOIA_ASSIGN_OR_RETURN(const std::unique_ptr<PageProcess> process,
                        PageProcess::Start(options.process));
  return process->WritePdf(
      descriptor.fd(), options.password, static_cast<int>(file.pages.size()),
      [&](int page) -> absl::StatusOr<pb::PageRecord> {
        return file.pages[static_cast<size_t>(page) - 1];
      },
      write);
}

}  // namespace foia::ocr
