#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/crypto.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "storage/blob/blob_store.h"
#include "storage/blob/names.h"

namespace foia::storage {
namespace {

class MemoryBlobStore final : public BlobStore {
 public:
  absl::StatusOr<std::unique_ptr<StagingArea>> OpenStaging(std::string_view name) override {
    if (!IsStagingName(name)) return BadStagingName();
    const std::lock_guard lock(mutex_);
    staging_.try_emplace(std::string(name));
    return std::make_unique<MemoryStaging>(*this, std::string(name));
  }

  absl::StatusOr<std::vector<std::string>> ListStaging() override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, bytes] : staging_) names.push_back(name);
    return names;
  }

  absl::StatusOr<std::string> Read(std::string_view sha256_hex, uint64_t offset,
                                   uint64_t length) override {
    const std::lock_guard lock(mutex_);
    const auto blob = blobs_.find(sha256_hex);
    if (blob == blobs_.end()) return NoSuchBlob(sha256_hex);
    if (offset >= blob->second.size()) return std::string();
    return blob->second.substr(offset, length);
  }

  absl::StatusOr<File> Open(std::string_view sha256_hex) override {
    const std::lock_guard lock(mutex_);
    const auto blob = blobs_.find(sha256_hex);
    if (blob == blobs_.end()) return NoSuchBlob(sha256_hex);
    const File writable(memfd_create("blob", MFD_CLOEXEC));
    FOIA_RETURN_IF_ERROR(WriteAll(writable, blob->second, "a blob in memory"));
    // Opened anew, since the rights of a descriptor cannot be taken away.
    const std::string path = absl::StrCat("/proc/self/fd/", writable.descriptor());
    File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.descriptor() < 0) return WriteError("open", path, errno);
    return file;
  }

  absl::StatusOr<uint64_t> Size(std::string_view sha256_hex) override {
    const std::lock_guard lock(mutex_);
    const auto blob = blobs_.find(sha256_hex);
    if (blob == blobs_.end()) return NoSuchBlob(sha256_hex);
    return blob->second.size();
  }

  absl::Status Verify(std::string_view sha256_hex) override {
    return Size(sha256_hex).status();  // it was checked when it was published
  }

  absl::Status ForEach(const std::function<absl::Status(std::string_view)>& visit) override {
    std::vector<std::string> ids;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [id, bytes] : blobs_) ids.push_back(id);
    }
    for (const std::string& id : ids) {
      if (absl::Status status = visit(id); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status CopyTo(const std::string& /*directory*/) override {
    return absl::UnimplementedError("the memory store has no copies");
  }

 private:
  class MemoryStaging final : public StagingArea {
   public:
    MemoryStaging(MemoryBlobStore& store, std::string name)
        : store_(store), name_(std::move(name)) {}

    uint64_t size() const override {
      const std::lock_guard lock(store_.mutex_);
      const auto bytes = store_.staging_.find(name_);
      return bytes == store_.staging_.end() ? 0 : bytes->second.size();
    }

    absl::Status Append(std::string_view bytes) override {
      const std::lock_guard lock(store_.mutex_);
      const auto area = store_.staging_.find(name_);
      if (area == store_.staging_.end()) return StagingIsGone();
      area->second.append(bytes);
      return absl::OkStatus();
    }

    absl::Status Finish(std::string_view sha256_hex, uint64_t size) override {
      const std::lock_guard lock(store_.mutex_);
      const auto area = store_.staging_.find(name_);
      if (area == store_.staging_.end()) return StagingIsGone();
      std::string& bytes = area->second;
      if (absl::Status status =
              CheckContent(bytes.size(), size, HexEncode(Sha256(bytes)), sha256_hex);
          !status.ok()) {
        return status;
      }
      store_.blobs_.try_emplace(std::string(sha256_hex), std::move(bytes));
      store_.staging_.erase(area);
      return absl::OkStatus();
    }

    absl::Status Remove() override {
      const std::lock_guard lock(store_.mutex_);
      store_.staging_.erase(name_);
      return absl::OkStatus();
    }

   private:
    MemoryBlobStore& store_;
    const std::string name_;
  };

  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> blobs_;
  std::map<std::string, std::string> staging_;
};

}  // namespace

std::unique_ptr<BlobStore> NewMemoryBlobStore() { return std::make_unique<MemoryBlobStore>(); }

}  // namespace foia::storage
