// Files and folders that are still there after power loss.
//
// A name is durable only when its folder has been synced; these functions do it, so that nobody
// forgets. Errors of writing are STORAGE_FULL (no space, quota) or STORAGE_READ_ONLY (the rest).
// Safe for concurrent use.
#ifndef FOIA_STORAGE_FILE_FILE_H_
#define FOIA_STORAGE_FILE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace foia::storage {

// An open file descriptor, closed at the end. Movable.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(other.Release()) {}
  File& operator=(File&& other) noexcept;
  ~File();
  // Negative when there is none.
  int descriptor() const { return descriptor_; }
  int Release();

 private:
  int descriptor_ = -1;
};

// The error of a failed write, sync or rename, from errno.
absl::Status WriteError(std::string_view what, const std::string& path, int error_number);

// Makes the names in a folder durable.
absl::Status SyncDirectory(const std::string& path);

// Makes a folder with its parents, each of them durable. OK when it is there already.
absl::Status MakeDirectories(const std::string& path);

// Writes all of `bytes` at the file's position.
absl::Status WriteAll(const File& file, std::string_view bytes, const std::string& path);

// Replaces a whole file atomically and durably, through `path`.new.
absl::Status ReplaceFile(const std::string& path, std::string_view bytes, unsigned mode = 0644);

}  // namespace foia::storage

#endif  // FOIA_STORAGE_FILE_FILE_H_
