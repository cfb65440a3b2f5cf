// Files on disk that can be made again, up to a number of bytes; the least recently used go first.
// The folder may be emptied or deleted at any time, by anybody: docs/formats/cache.md.
#ifndef FOIA_STORAGE_CACHE_DISK_CACHE_H_
#define FOIA_STORAGE_CACHE_DISK_CACHE_H_

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/file/file.h"

namespace foia::storage {

// Safe for concurrent use. Names are file names: letters, digits, '-', '_' and '.', not first a
// dot.
class DiskCache {
 public:
  // A file being written piece by piece; nobody sees it before Commit. Dropped without one.
  class Writer {
   public:
    ~Writer();
    // STORAGE_FULL, STORAGE_READ_ONLY.
    absl::Status Append(std::string_view bytes);
    // Makes it durable under its name, in place of an older one.
    absl::Status Commit();

   private:
    friend class DiskCache;
    Writer(DiskCache& cache, std::string name, File file)
        : cache_(cache), name_(std::move(name)), file_(std::move(file)) {}
    DiskCache& cache_;
    const std::string name_;
    File file_;
    int64_t bytes_ = 0;
  };

  // Takes up what is there; the latest written counts as the latest used. Makes the folder.
  static absl::StatusOr<std::unique_ptr<DiskCache>> Open(const std::string& directory,
                                                         int64_t max_bytes);

  // Up to `length` bytes from `offset`; nothing when the file is not here.
  std::optional<std::string> Read(const std::string& name, int64_t offset = 0,
                                  int64_t length = INT64_MAX);
  // One name is written by one caller at a time. The newest file stays, however large it is.
  absl::StatusOr<std::unique_ptr<Writer>> Write(const std::string& name);
  absl::Status Put(const std::string& name, std::string_view bytes);

  int64_t bytes() const;

 private:
  struct Entry {
    int64_t bytes;
    std::list<std::string>::iterator recent;
  };

  DiskCache(std::string directory, int64_t max_bytes)
      : directory_(std::move(directory)), max_bytes_(max_bytes) {}
  std::string PathOf(const std::string& name) const { return directory_ + "/" + name; }
  void Add(const std::string& name, int64_t bytes);
  void Forget(const std::string& name);  // with mutex_ held

  const std::string directory_;
  const int64_t max_bytes_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::list<std::string> recent_;  // the latest first
  int64_t bytes_ = 0;
};

}  // namespace foia::storage

#endif  // FOIA_STORAGE_CACHE_DISK_CACHE_H_
