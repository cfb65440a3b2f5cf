#include "storage/cache/disk_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "services/base/status.h"

namespace foia::storage {
namespace {

constexpr char kUnfinished[] = ".part";

bool IsUnfinished(const std::string& name) {
  const std::string_view end = kUnfinished;
  return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

DiskCache::Writer::~Writer() {
  if (file_.descriptor() >= 0) unlink((cache_.PathOf(name_) + kUnfinished).c_str());
}

absl::Status DiskCache::Writer::Append(std::string_view bytes) {
  FOIA_RETURN_IF_ERROR(WriteAll(file_, bytes, cache_.PathOf(name_)));
  bytes_ += static_cast<int64_t>(bytes.size());
  return absl::OkStatus();
}

absl::Status DiskCache::Writer::Commit() {
  const std::string path = cache_.PathOf(name_);
  // A name without its bytes would be served after power loss.
  if (fdatasync(file_.descriptor()) != 0) return WriteError("cannot sync", path, errno);
  if (rename((path + kUnfinished).c_str(), path.c_str()) != 0) {
    return WriteError("cannot rename", path, errno);
  }
  file_ = File();
  cache_.Add(name_, bytes_);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<DiskCache>> DiskCache::Open(const std::string& directory,
                                                           int64_t max_bytes) {
  FOIA_RETURN_IF_ERROR(MakeDirectories(directory));
  std::unique_ptr<DiskCache> cache(new DiskCache(directory, max_bytes));
  std::vector<std::pair<std::filesystem::file_time_type, std::string>> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file(error)) continue;
    if (IsUnfinished(name)) {
      unlink(entry.path().c_str());
    } else {
      files.emplace_back(entry.last_write_time(error), name);
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& [time, name] : files) {
    const auto size = std::filesystem::file_size(cache->PathOf(name), error);
    if (!error) cache->Add(name, static_cast<int64_t>(size));
  }
  return cache;
}

std::optional<std::string> DiskCache::Read(const std::string& name, int64_t offset,
                                           int64_t length) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return std::nullopt;
    recent_.splice(recent_.begin(), recent_, found->second.recent);
    length = std::clamp<int64_t>(found->second.bytes - offset, 0, length);
  }
  const File file(open(PathOf(name).c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes(static_cast<size_t>(length), '\0');
  size_t read = 0;
  while (file.descriptor() >= 0 && read < bytes.size()) {
    const ssize_t n = pread(file.descriptor(), bytes.data() + read, bytes.size() - read,
                            offset + static_cast<int64_t>(read));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    read += static_cast<size_t>(n);
  }
  if (file.descriptor() >= 0 && read == bytes.size()) return bytes;
  // Somebody deleted or cut it.
  const std::lock_guard lock(mutex_);
  Forget(name);
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<DiskCache::Writer>> DiskCache::Write(const std::string& name) {
  const std::string path = PathOf(name) + kUnfinished;
  const auto create = [&] {
    return File(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  };
  File file = create();
  if (file.descriptor() < 0 && errno == ENOENT) {  // the folder was deleted
    FOIA_RETURN_IF_ERROR(MakeDirectories(directory_));
    file = create();
  }
  if (file.descriptor() < 0) return WriteError("cannot create", path, errno);
  return std::unique_ptr<Writer>(new Writer(*this, name, std::move(file)));
}

absl::Status DiskCache::Put(const std::string& name, std::string_view bytes) {
  FOIA_ASSIGN_OR_RETURN(const std::unique_ptr<Writer> writer, Write(name));
  FOIA_RETURN_IF_ERROR(writer->Append(bytes));
  return writer->Commit();
}

int64_t DiskCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void DiskCache::Add(const std::string& name, int64_t bytes) {
  const std::lock_guard lock(mutex_);
  Forget(name);
  recent_.push_front(name);
  entries_[name] = {bytes, recent_.begin()};
  bytes_ += bytes;
  while (bytes_ > max_bytes_ && recent_.size() > 1) {
    const std::string oldest = recent_.back();
    unlink(PathOf(oldest).c_str());
    Forget(oldest);
  }
}

void DiskCache::Forget(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  recent_.erase(found->second.recent);
  entries_.erase(found);
}

}  // namespace foia::storage
