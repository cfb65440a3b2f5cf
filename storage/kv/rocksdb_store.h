// The RocksDB engine of KeyValueStore. No RocksDB header is needed to use it.
#ifndef FOIA_STORAGE_KV_ROCKSDB_STORE_H_
#define FOIA_STORAGE_KV_ROCKSDB_STORE_H_

#include <memory>
#include <string>

#include "storage/kv/key_value_store.h"

namespace foia::storage {

struct RocksDbOptions {
  std::string directory;  // created when absent
  size_t block_cache_bytes = 64u << 20;
  bool read_only = false;
};

// Errors: DATA_LOCKED when another process has it open, DATA_CORRUPT, STORAGE_FULL.
absl::StatusOr<std::unique_ptr<KeyValueStore>> OpenRocksDb(const RocksDbOptions& options);

}  // namespace foia::storage

#endif  // FOIA_STORAGE_KV_ROCKSDB_STORE_H_
