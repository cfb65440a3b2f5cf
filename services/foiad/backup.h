// Backup and restore of a data directory.
#ifndef FOIA_SERVICES_FOIAD_BACKUP_H_
#define FOIA_SERVICES_FOIAD_BACKUP_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "storage/blob/blob_store.h"
#include "storage/kv/key_value_store.h"

namespace foia::foiad {

// Writes a complete copy into a new folder and returns the number of blobs. The records are copied
// before the blobs, so every blob that a record names is there. A copy that did not finish is named
// TARGET.partial. On one file system blobs are hard links: they are never changed. `stores` by the
// name of their folder below kv/; `blobs` may be null.
absl::StatusOr<int64_t> CreateBackup(const std::string& target,
                                     const std::map<std::string, storage::KeyValueStore*>& stores,
                                     storage::BlobStore* blobs);

// Copies a backup into a data directory that is empty or not there. The feed gets a new epoch, so
// that every index is rebuilt; the index itself is not part of a backup.
absl::Status RestoreBackup(const std::string& backup, const std::string& data);

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_BACKUP_H_
