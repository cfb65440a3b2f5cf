// An ordered key-value store with atomic batches, conditional commits and snapshots.
//
// Two engines: OpenRocksDb (production) and NewMemoryStore (tests); one contract suite runs on
// both.
//
//   WriteBatch batch;
//   batch.Put("request/r01", bytes);
//   absl::Status status = store->Commit(batch, {Precondition::KeyAbsent("request/r01")});
//
// Acknowledged means durable: Commit returns OK only when the batch survives kill -9 and power
// loss. After a write error the store is read-only: every later Commit is refused with
// STORAGE_READ_ONLY (STORAGE_FULL when the disk is full) until it is opened again; reads go on.
//
// Thread-safety: stores are safe for concurrent use. Snapshots may be shared between threads.
// Iterators and batches may not. Snapshots and iterators must go before their store.
#ifndef FOIA_STORAGE_KV_KEY_VALUE_STORE_H_
#define FOIA_STORAGE_KV_KEY_VALUE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace foia::storage {

// Changes that happen together or not at all, in the order they were added.
class WriteBatch {
 public:
  struct Operation {
    enum class Kind { kPut, kDelete, kDeleteRange };
    Kind kind;
    std::string key;    // for kDeleteRange: the first key deleted
    std::string value;  // for kDeleteRange: the first key kept
  };

  void Put(std::string_view key, std::string_view value) {
    operations_.push_back({Operation::Kind::kPut, std::string(key), std::string(value)});
  }
  void Delete(std::string_view key) {
    operations_.push_back({Operation::Kind::kDelete, std::string(key), {}});
  }
  // Deletes every key in [begin, end).
  void DeleteRange(std::string_view begin, std::string_view end) {
    operations_.push_back({Operation::Kind::kDeleteRange, std::string(begin), std::string(end)});
  }
  // Adds the other batch's changes behind these.
  void Append(const WriteBatch& other) {
    operations_.insert(operations_.end(), other.operations_.begin(), other.operations_.end());
  }
  bool empty() const { return operations_.empty(); }
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  std::vector<Operation> operations_;
};

// What must hold at the moment of a commit.
struct Precondition {
  std::string key;
  std::optional<std::string> value;  // absent: the key must not exist

  static Precondition KeyAbsent(std::string_view key) { return {std::string(key), std::nullopt}; }
  static Precondition KeyEquals(std::string_view key, std::string_view value) {
    return {std::string(key), std::string(value)};
  }
};

// A consistent view of the store at one moment.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

// Keys in [begin, end), upwards, or downwards when `reverse`. An empty `end` means no upper limit.
struct ScanOptions {
  std::string begin = {};
  std::string end = {};
  bool reverse = false;
  const Snapshot* snapshot = nullptr;  // null: the state when the scan was started

  // Every key that starts with `prefix`.
  static ScanOptions Prefix(std::string_view prefix);
};

// for (auto it = store->Scan(options); it->Valid(); it->Next()) use(it->key(), it->value());
// Then check it->status(): a scan that failed ends early.
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  // Moves forward (in scan direction) to the first key at or beyond `key`.
  virtual void Seek(std::string_view key) = 0;
  // Valid until Next or Seek.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual absl::Status status() const = 0;
};

class KeyValueStore {
 public:
  virtual ~KeyValueStore() = default;

  // nullopt when the key is absent; an error only when the engine fails.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key,
                                                         const Snapshot* snapshot = nullptr) = 0;
  virtual std::unique_ptr<Iterator> Scan(const ScanOptions& options) = 0;
  virtual std::unique_ptr<Snapshot> GetSnapshot() = 0;

  // Applies the batch durably when every precondition holds; otherwise ABORTED, nothing is written
  // and the status' payload-free message names the key. Commits with preconditions are serialised
  // against all other commits of the keys they name.
  virtual absl::Status Commit(const WriteBatch& batch,
                              const std::vector<Precondition>& preconditions = {}) = 0;

  // A complete consistent copy, durable, in a new folder that OpenRocksDb can open; on the same
  // file system it shares the tables by hard links. ALREADY_EXISTS, STORAGE_FULL. Memory:
  // UNIMPLEMENTED.
  virtual absl::Status Checkpoint(const std::string& directory) = 0;

  // False after a write error. Cheap.
  virtual bool Writable() const = 0;
};

// The first key behind all keys that start with `prefix`; empty when there is none.
std::string PrefixEnd(std::string_view prefix);

// Big-endian, so that numbers sort as keys.
void AppendBigEndian32(uint32_t number, std::string& key);
void AppendBigEndian64(uint64_t number, std::string& key);
uint32_t ReadBigEndian32(std::string_view bytes);
uint64_t ReadBigEndian64(std::string_view bytes);

std::unique_ptr<KeyValueStore> NewMemoryStore();

}  // namespace foia::storage

#endif  // FOIA_STORAGE_KV_KEY_VALUE_STORE_H_
