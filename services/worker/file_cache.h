// Originals that a worker has fetched: files without a name, one per blob, the least recently used
// dropped first. A file lives on as long as somebody reads it.
#ifndef FOIA_SERVICES_WORKER_FILE_CACHE_H_
#define FOIA_SERVICES_WORKER_FILE_CACHE_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"

namespace foia::worker {

// A fetched file. Its descriptor cannot write: it is handed to a program that is not trusted, and
// the next document may have the same bytes.
class CachedFile {
 public:
  CachedFile(int fd, int64_t size) : fd_(fd), size_(size) {}
  ~CachedFile();
  CachedFile(const CachedFile&) = delete;
  CachedFile& operator=(const CachedFile&) = delete;
  int fd() const { return fd_; }
  int64_t size() const { return size_; }

 private:
  const int fd_;
  const int64_t size_;
};

// Safe for concurrent use; a blob that several threads want is fetched once.
class FileCache {
 public:
  // Up to `length` bytes from `offset`.
  using ReadRange = std::function<absl::StatusOr<std::string>(int64_t offset, int64_t length)>;

  // Files are made in `directory`, which must exist.
  FileCache(std::string directory, int64_t max_bytes)
      : directory_(std::move(directory)), max_bytes_(max_bytes) {}

  // The blob, fetched with `read` when it is not here. DATA_CORRUPT when what came has not the size
  // and hash; STORAGE_FULL; the errors of `read`.
  absl::StatusOr<std::shared_ptr<const CachedFile>> Get(const std::string& sha256, int64_t size,
                                                        const ReadRange& read);

 private:
  struct Entry {
    std::shared_ptr<const CachedFile> file;  // null while it is fetched
    std::list<std::string>::iterator recent;
  };

  absl::StatusOr<std::shared_ptr<const CachedFile>> Fetch(const std::string& sha256, int64_t size,
                                                          const ReadRange& read) const;
  void Evict();  // with mutex_ held

  const std::string directory_;
  const int64_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable fetched_;
  std::map<std::string, Entry> entries_;
  std::list<std::string> recent_;  // the latest first; only what is fetched
  int64_t bytes_ = 0;
};

}  // namespace foia::worker

#endif  // FOIA_SERVICES_WORKER_FILE_CACHE_H_
