#include "storage/file/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"

namespace foia::storage {

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

int File::Release() { return std::exchange(descriptor_, -1); }

absl::Status WriteError(std::string_view what, const std::string& path, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return MakeError(
      full ? Reason::REASON_STORAGE_FULL : Reason::REASON_STORAGE_READ_ONLY,
      std::string(what) + " " + path + ": " + std::generic_category().message(error_number),
      {{"path", path}});
}

absl::Status SyncDirectory(const std::string& path) {
  const File directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.descriptor() < 0 || fsync(directory.descriptor()) != 0) {
    return WriteError("cannot sync folder", path, errno);
  }
  return absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path) {
  std::filesystem::path directory = std::filesystem::absolute(path).lexically_normal();
  if (directory.filename().empty()) directory = directory.parent_path();  // it ended with a slash
  const std::filesystem::path parent = directory.parent_path();
  if (parent == directory) return absl::OkStatus();
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) {
    // Whoever made it may have been killed before its name was durable. A parent that we may not
    // sync was not made by us.
    SyncDirectory(parent).IgnoreError();
    return absl::OkStatus();
  }
  FOIA_RETURN_IF_ERROR(MakeDirectories(parent));
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return WriteError("cannot make folder", directory, errno);
  }
  return SyncDirectory(parent);
}

absl::Status WriteAll(const File& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return WriteError("cannot write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status ReplaceFile(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string fresh = path + ".new";
  {
    const File file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.descriptor() < 0) return WriteError("cannot create", fresh, errno);
    FOIA_RETURN_IF_ERROR(WriteAll(file, bytes, fresh));
    if (fsync(file.descriptor()) != 0) return WriteError("cannot sync", fresh, errno);
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) return WriteError("cannot rename to", path, errno);
  return SyncDirectory(std::filesystem::absolute(path).parent_path());
}

}  // namespace foia::storage
