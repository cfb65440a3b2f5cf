// Content-addressed bytes: a blob's id is the SHA-256 of its bytes, in lower-case hexadecimal.
//
//   FOIA_ASSIGN_OR_RETURN(auto staging, blobs->OpenStaging("u01..."));
//   FOIA_RETURN_IF_ERROR(staging->Append(chunk));       // durable when it returns
//   FOIA_RETURN_IF_ERROR(staging->Finish(sha256, size)); // now it is a blob
//
// Thread-safety: stores are safe for concurrent use; a staging area belongs to one caller at a
// time.
#ifndef FOIA_STORAGE_BLOB_BLOB_STORE_H_
#define FOIA_STORAGE_BLOB_BLOB_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/file/file.h"

namespace foia::storage {

// Bytes on their way to become a blob; named, so that an upload can go on after a restart.
class StagingArea {
 public:
  virtual ~StagingArea() = default;
  // How many bytes are durable. After power loss it may be more than was acknowledged, and the rest
  // may be torn: Finish finds that.
  virtual uint64_t size() const = 0;
  // Adds bytes durably. STORAGE_FULL when the disk is full: the size is then as before.
  virtual absl::Status Append(std::string_view bytes) = 0;
  // Checks size and hash, then publishes the blob durably (fsync, rename, fsync of the folder) and
  // removes the staging area. HASH_MISMATCH or SIZE_MISMATCH leave no blob; the area stays until
  // Remove. Publishing bytes that are a blob already is OK, and heals it when it was damaged. Who
  // was killed after a Finish asks Size before repeating it, for the area is then gone.
  virtual absl::Status Finish(std::string_view sha256_hex, uint64_t size) = 0;
  // Drops the bytes.
  virtual absl::Status Remove() = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Opens the area `name` (letters and digits), a new one when there is none.
  virtual absl::StatusOr<std::unique_ptr<StagingArea>> OpenStaging(std::string_view name) = 0;
  // Names of all staging areas.
  virtual absl::StatusOr<std::vector<std::string>> ListStaging() = 0;
  // Up to `length` bytes from `offset`; fewer only at the end. NOT_FOUND reason when absent.
  virtual absl::StatusOr<std::string> Read(std::string_view sha256_hex, uint64_t offset,
                                           uint64_t length) = 0;
  // The blob as a descriptor that can only read: for a program that is handed it.
  virtual absl::StatusOr<File> Open(std::string_view sha256_hex) = 0;
  // Size in bytes, or NOT_FOUND.
  virtual absl::StatusOr<uint64_t> Size(std::string_view sha256_hex) = 0;
  // Re-reads the blob: DATA_CORRUPT when its bytes do not have its hash.
  virtual absl::Status Verify(std::string_view sha256_hex) = 0;
  // Calls `visit` with every blob's id, in order of id, until it returns an error.
  virtual absl::Status ForEach(const std::function<absl::Status(std::string_view)>& visit) = 0;
  // Copies (or hard-links) every blob into a folder that OpenDirectoryBlobStore can open.
  virtual absl::Status CopyTo(const std::string& directory) = 0;
};

// Blobs as files: docs/formats/blobs.md. Both folders are made when absent and must lie on one file
// system.
absl::StatusOr<std::unique_ptr<BlobStore>> OpenDirectoryBlobStore(
    const std::string& blobs_directory, const std::string& tmp_directory);
// In memory, for tests.
std::unique_ptr<BlobStore> NewMemoryBlobStore();

}  // namespace foia::storage

#endif  // FOIA_STORAGE_BLOB_BLOB_STORE_H_
