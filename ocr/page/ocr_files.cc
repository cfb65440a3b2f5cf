#include "ocr/page/ocr_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

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
      : options_(options), files_(*files), open_(std::move(open)), progress_(progress) {
    state_.files = static_cast<int>(files_.size());
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
    FOIA_ASSIGN_OR_RETURN(pb::ProbeResult probe,
                          process.Probe(open_[index].fd(), options_.password));
    const std::lock_guard<std::mutex> lock(mutex_);
    --looking_;
    changed_.notify_all();
    OcrFile& file = files_[index];
    file.state = probe.state();
    file.state_reason = probe.state_reason();
    file.media_type = probe.media_type();
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

  absl::Status Read(PageProcess& process, size_t index, int page) {
    FOIA_ASSIGN_OR_RETURN(pb::PageRecord record,
                          process.ReadPage(open_[index].fd(), page, options_.password));
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
  const std::vector<File> open_;
  const std::function<void(const OcrProgress&)>& progress_;
  std::mutex mutex_;  // guards all below and files_
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
    open.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (open.back().fd() < 0) {
      return MakeError(Reason::REASON_UNREADABLE_FILE,
                       "cannot read '" + path + "': " + std::strerror(errno), {{"file", path}});
    }
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

}  // namespace foia::ocr
