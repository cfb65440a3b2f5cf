#include "services/worker/file_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::worker {
namespace {

constexpr int64_t kChunkBytes = 1 << 20;

absl::Status FileError(const std::string& directory, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return MakeError(full ? Reason::REASON_STORAGE_FULL : Reason::REASON_INTERNAL,
                   absl::StrCat("cannot keep a file in ", directory, ": ",
                                std::generic_category().message(error_number)),
                   {{"directory", directory}});
}

// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

int OpenUnnamed(const std::string& directory) {
  const int fd = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
  // Some file systems have no O_TMPFILE.
  std::string name = absl::StrCat(directory, "/original-XXXXXX");
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

absl::Status WriteAll(int fd, const std::string& bytes, const std::string& directory) {
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = write(fd, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError(directory, errno);
    written += static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

}  // namespace

CachedFile::~CachedFile() { close(fd_); }

absl::StatusOr<std::shared_ptr<const CachedFile>> FileCache::Get(const std::string& sha256,
                                                                 int64_t size,
                                                                 const ReadRange& read) {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto found = entries_.find(sha256);
    if (found == entries_.end()) break;
    if (found->second.file != nullptr) {
      recent_.splice(recent_.begin(), recent_, found->second.recent);
      return found->second.file;
    }
    fetched_.wait(lock);  // another thread fetches it; when that fails, this one tries
  }
  entries_[sha256];
  lock.unlock();
  absl::StatusOr<std::shared_ptr<const CachedFile>> file = Fetch(sha256, size, read);
  lock.lock();
  if (file.ok()) {
    recent_.push_front(sha256);
    entries_[sha256] = {*file, recent_.begin()};
    bytes_ += size;
    Evict();
  } else {
    entries_.erase(sha256);
  }
  fetched_.notify_all();
  return file;
}

void FileCache::Evict() {
  while (bytes_ > max_bytes_ && recent_.size() > 1) {
    const auto oldest = entries_.find(recent_.back());
    bytes_ -= oldest->second.file->size();
    entries_.erase(oldest);
    recent_.pop_back();
  }
}

absl::StatusOr<std::shared_ptr<const CachedFile>> FileCache::Fetch(const std::string& sha256,
                                                                   int64_t size,
                                                                   const ReadRange& read) const {
  const Descriptor writable(OpenUnnamed(directory_));
  if (writable.get() < 0) return FileError(directory_, errno);
  Sha256Stream hash;
  for (int64_t offset = 0; offset < size;) {
    FOIA_ASSIGN_OR_RETURN(const std::string chunk,
                          read(offset, std::min(kChunkBytes, size - offset)));
    if (chunk.empty()) break;
    FOIA_RETURN_IF_ERROR(WriteAll(writable.get(), chunk, directory_));
    hash.Update(chunk);
    offset += static_cast<int64_t>(chunk.size());
  }
  if (HexEncode(hash.Digest()) != sha256) {
    return MakeError(Reason::REASON_DATA_CORRUPT,
                     absl::StrCat("the bytes that came are not those of ", sha256),
                     {{"blob", sha256}});
  }
  // Opened anew, since the rights of a descriptor cannot be taken away.
  const int fd = open(absl::StrCat("/proc/self/fd/", writable.get()).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileError(directory_, errno);
  return std::make_shared<const CachedFile>(fd, size);
}

}  // namespace foia::worker
