// The data directory: one foiad at a time, one format.
//
//   LOCK  FORMAT  token  foiad.sock  kv/<service>/  blobs/  tmp/  cache/
#ifndef FOIA_SERVICES_FOIAD_DATA_DIRECTORY_H_
#define FOIA_SERVICES_FOIAD_DATA_DIRECTORY_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace foia::foiad {

// Raised when an older foiad could not read what this one writes.
inline constexpr int kDataFormat = 1;

// Holds the lock as long as it lives.
class DataDirectory {
 public:
  // Makes the folder when it is not there. DATA_LOCKED, NEWER_FORMAT, UNREADABLE_FILE.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> Open(const std::string& path);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string Sub(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  DataDirectory(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}
  std::string path_;
  int lock_fd_;
};

// A whole small file. UNREADABLE_FILE.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_DATA_DIRECTORY_H_
