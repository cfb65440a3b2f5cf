#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/crypto.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "storage/blob/blob_store.h"
#include "storage/blob/names.h"
#include "storage/file/file.h"

namespace foia::storage {
namespace {

constexpr size_t kReadChunk = 1u << 20;
constexpr std::string_view kStagingSuffix = ".staging";

absl::Status ReadError(const std::string& path, int error_number) {
  return MakeError(
      error_number == EIO ? Reason::REASON_DATA_CORRUPT : Reason::REASON_INTERNAL,
      absl::StrCat("cannot read ", path, ": ", std::generic_category().message(error_number)),
      {{"path", path}});
}

// Up to `length` bytes from `offset`; fewer at the end of the file.
absl::StatusOr<std::string> ReadRange(const File& file, uint64_t offset, uint64_t length,
                                      const std::string& path) {
  struct stat info {};
  if (fstat(file.descriptor(), &info) != 0) return ReadError(path, errno);
  const auto size = static_cast<uint64_t>(info.st_size);
  std::string bytes(offset < size ? std::min(length, size - offset) : 0, '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = pread(file.descriptor(), bytes.data() + filled, bytes.size() - filled,
                                static_cast<off_t>(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ReadError(path, errno);
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

// Hashes a whole file; returns its size.
absl::StatusOr<uint64_t> HashFile(const File& file, const std::string& path, Sha256Stream& hash) {
  uint64_t size = 0;
  while (true) {
    FOIA_ASSIGN_OR_RETURN(const std::string chunk, ReadRange(file, size, kReadChunk, path));
    if (chunk.empty()) return size;
    hash.Update(chunk);
    size += chunk.size();
  }
}

// The names in a folder, sorted; none when there is no such folder.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) {
    if (errno == ENOENT || errno == ENOTDIR) return names;
    return ReadError(path, errno);
  }
  errno = 0;
  while (const dirent* entry = readdir(directory)) names.emplace_back(entry->d_name);
  const int error_number = errno;
  closedir(directory);
  if (error_number != 0) return ReadError(path, error_number);
  std::sort(names.begin(), names.end());
  return names;
}

// The two levels of folders keep every folder small: a million blobs make 65536 of 15.
std::string DirectoryOf(const std::string& root, std::string_view id) {
  return absl::StrCat(root, "/", ToAbsl(id.substr(0, 2)), "/", ToAbsl(id.substr(2, 2)));
}

class DirectoryBlobStore final : public BlobStore {
 public:
  DirectoryBlobStore(std::string blobs, std::string tmp)
      : blobs_(std::move(blobs)), tmp_(std::move(tmp)) {}

  absl::StatusOr<std::unique_ptr<StagingArea>> OpenStaging(std::string_view name) override {
    if (!IsStagingName(name)) return BadStagingName();
    const std::string path = absl::StrCat(tmp_, "/", ToAbsl(name), ToAbsl(kStagingSuffix));
    File file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (file.descriptor() < 0) return WriteError("cannot open", path, errno);
    FOIA_RETURN_IF_ERROR(SyncDirectory(tmp_));
    Sha256Stream hash;
    FOIA_ASSIGN_OR_RETURN(const uint64_t size, HashFile(file, path, hash));
    // Bytes of an Append that was cut off may be here without being on the disk.
    if (size > 0 && fdatasync(file.descriptor()) != 0) {
      return WriteError("cannot sync", path, errno);
    }
    return std::make_unique<DirectoryStaging>(*this, path, std::move(file), std::move(hash), size);
  }

  absl::StatusOr<std::vector<std::string>> ListStaging() override {
    FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> files, ListDirectory(tmp_));
    std::vector<std::string> names;
    for (const std::string& file : files) {
      absl::string_view name = file;
      if (absl::ConsumeSuffix(&name, ToAbsl(kStagingSuffix)) && IsStagingName(ToStd(name))) {
        names.emplace_back(name);
      }
    }
    return names;
  }

  absl::StatusOr<std::string> Read(std::string_view sha256_hex, uint64_t offset,
                                   uint64_t length) override {
    FOIA_ASSIGN_OR_RETURN(const File file, OpenBlob(sha256_hex));
    return ReadRange(file, offset, length, PathOf(sha256_hex));
  }

  absl::StatusOr<File> Open(std::string_view sha256_hex) override { return OpenBlob(sha256_hex); }

  absl::StatusOr<uint64_t> Size(std::string_view sha256_hex) override {
    if (!IsBlobId(sha256_hex)) return NoSuchBlob(sha256_hex);
    struct stat info {};
    const std::string path = PathOf(sha256_hex);
    if (stat(path.c_str(), &info) == 0) return static_cast<uint64_t>(info.st_size);
    if (errno == ENOENT) return NoSuchBlob(sha256_hex);
    return ReadError(path, errno);
  }

  absl::Status Verify(std::string_view sha256_hex) override {
    FOIA_ASSIGN_OR_RETURN(const File file, OpenBlob(sha256_hex));
    Sha256Stream hash;
    FOIA_RETURN_IF_ERROR(HashFile(file, PathOf(sha256_hex), hash).status());
    if (HexEncode(hash.Digest()) == sha256_hex) return absl::OkStatus();
    return MakeError(Reason::REASON_DATA_CORRUPT,
                     absl::StrCat("the bytes of blob ", ToAbsl(sha256_hex), " have another hash"),
                     {{"blob", std::string(sha256_hex)}});
  }

  absl::Status ForEach(const std::function<absl::Status(std::string_view)>& visit) override {
    FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> firsts, ListDirectory(blobs_));
    for (const std::string& first : firsts) {
      if (first.size() != 2 || first[0] == '.') continue;
      const std::string outer = absl::StrCat(blobs_, "/", first);
      FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> seconds, ListDirectory(outer));
      for (const std::string& second : seconds) {
        if (second.size() != 2 || second[0] == '.') continue;
        FOIA_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                              ListDirectory(absl::StrCat(outer, "/", second)));
        for (const std::string& id : ids) {
          if (IsBlobId(id)) FOIA_RETURN_IF_ERROR(visit(id));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status CopyTo(const std::string& directory) override {
    FOIA_RETURN_IF_ERROR(MakeDirectories(directory));
    std::set<std::string> folders;
    const absl::Status copied = ForEach([&](std::string_view id) -> absl::Status {
      const std::string folder = DirectoryOf(directory, id);
      FOIA_RETURN_IF_ERROR(MakeDirectories(folder));
      folders.insert(folder);
      const std::string copy = absl::StrCat(folder, "/", ToAbsl(id));
      if (link(PathOf(id).c_str(), copy.c_str()) == 0 || errno == EEXIST) return absl::OkStatus();
      if (errno != EXDEV && errno != EPERM && errno != EMLINK) {
        return WriteError("cannot link", copy, errno);
      }
      return CopyBlob(id, copy);
    });
    FOIA_RETURN_IF_ERROR(copied);
    for (const std::string& folder : folders) FOIA_RETURN_IF_ERROR(SyncDirectory(folder));
    return absl::OkStatus();
  }

 private:
  class DirectoryStaging final : public StagingArea {
   public:
    DirectoryStaging(DirectoryBlobStore& store, std::string path, File file, Sha256Stream hash,
                     uint64_t size)
        : store_(store),
          path_(std::move(path)),
          file_(std::move(file)),
          hash_(std::move(hash)),
          size_(size) {}

    uint64_t size() const override { return size_; }

    absl::Status Append(std::string_view bytes) override {
      FOIA_RETURN_IF_ERROR(unusable_);
      absl::Status status = WriteAll(file_, bytes, path_);
      if (status.ok() && fdatasync(file_.descriptor()) != 0) {
        status = WriteError("cannot sync", path_, errno);
      }
      if (status.ok()) {
        hash_.Update(bytes);
        size_ += bytes.size();
      } else if (ftruncate(file_.descriptor(), static_cast<off_t>(size_)) != 0) {
        unusable_ = status;  // the file has more than was acknowledged
      }
      return status;
    }

    absl::Status Finish(std::string_view sha256_hex, uint64_t size) override {
      FOIA_RETURN_IF_ERROR(unusable_);
      FOIA_RETURN_IF_ERROR(CheckContent(size_, size, HexEncode(hash_.Digest()), sha256_hex));
      FOIA_RETURN_IF_ERROR(store_.Publish(path_, sha256_hex));
      unusable_ = StagingIsGone();  // the open file is the blob now
      return absl::OkStatus();
    }

    absl::Status Remove() override {
      unusable_ = StagingIsGone();
      if (unlink(path_.c_str()) != 0 && errno != ENOENT) {
        return WriteError("cannot remove", path_, errno);
      }
      return SyncDirectory(store_.tmp_);
    }

   private:
    DirectoryBlobStore& store_;
    const std::string path_;
    const File file_;
    Sha256Stream hash_;
    uint64_t size_;
    absl::Status unusable_;  // the error of every later call
  };

  std::string PathOf(std::string_view id) const {
    return absl::StrCat(DirectoryOf(blobs_, id), "/", ToAbsl(id));
  }

  absl::StatusOr<File> OpenBlob(std::string_view id) const {
    if (!IsBlobId(id)) return NoSuchBlob(id);
    const std::string path = PathOf(id);
    File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.descriptor() >= 0) return file;
    if (errno == ENOENT) return NoSuchBlob(id);
    return ReadError(path, errno);
  }

  // The bytes are synced. A blob that is there already is replaced by the same bytes: that heals a
  // damaged one, and its name is durable whoever published it first.
  absl::Status Publish(const std::string& staged, std::string_view id) {
    const std::string folder = DirectoryOf(blobs_, id);
    FOIA_RETURN_IF_ERROR(MakeFolder(folder));
    const std::string path = PathOf(id);
    if (rename(staged.c_str(), path.c_str()) != 0) {
      return WriteError("cannot rename to", path, errno);
    }
    FOIA_RETURN_IF_ERROR(SyncDirectory(folder));
    return SyncDirectory(tmp_);
  }

  // Once per process, since a folder that exists is not yet a durable one.
  absl::Status MakeFolder(const std::string& folder) {
    {
      const std::lock_guard lock(mutex_);
      if (durable_folders_.count(folder) > 0) return absl::OkStatus();
    }
    FOIA_RETURN_IF_ERROR(MakeDirectories(folder));
    const std::lock_guard lock(mutex_);
    durable_folders_.insert(folder);
    return absl::OkStatus();
  }

  // For a folder on another disk. The copy gets its name when its bytes are durable.
  absl::Status CopyBlob(std::string_view id, const std::string& copy) const {
    const std::string path = PathOf(id);
    const std::string fresh = copy + ".new";
    FOIA_ASSIGN_OR_RETURN(const File from, OpenBlob(id));
    const File to(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (to.descriptor() < 0) return WriteError("cannot create", fresh, errno);
    for (uint64_t offset = 0;;) {
      FOIA_ASSIGN_OR_RETURN(const std::string chunk, ReadRange(from, offset, kReadChunk, path));
      if (chunk.empty()) break;
      FOIA_RETURN_IF_ERROR(WriteAll(to, chunk, fresh));
      offset += chunk.size();
    }
    if (fdatasync(to.descriptor()) != 0) return WriteError("cannot sync", fresh, errno);
    if (rename(fresh.c_str(), copy.c_str()) != 0) return WriteError("cannot rename", fresh, errno);
    return absl::OkStatus();
  }

  const std::string blobs_;
  const std::string tmp_;
  std::mutex mutex_;
  std::set<std::string> durable_folders_;
};

absl::StatusOr<dev_t> DeviceOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return ReadError(path, errno);
  return info.st_dev;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlobStore>> OpenDirectoryBlobStore(
    const std::string& blobs_directory, const std::string& tmp_directory) {
  FOIA_RETURN_IF_ERROR(MakeDirectories(blobs_directory));
  FOIA_RETURN_IF_ERROR(MakeDirectories(tmp_directory));
  FOIA_ASSIGN_OR_RETURN(const dev_t blobs_device, DeviceOf(blobs_directory));
  FOIA_ASSIGN_OR_RETURN(const dev_t tmp_device, DeviceOf(tmp_directory));
  if (blobs_device != tmp_device) {
    return InvalidFields({{"tmp_directory", "it must be on the same file system as the blobs"}});
  }
  return std::make_unique<DirectoryBlobStore>(blobs_directory, tmp_directory);
}

}  // namespace foia::storage
