#include "storage/kv/rocksdb_store.h"

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "storage/file/file.h"
#include "storage/kv/key_locks.h"

namespace foia::storage {
namespace {

rocksdb::Slice ToSlice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view FromSlice(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

bool IsFull(const rocksdb::Status& status) {
  return status.IsNoSpace() || absl::StrContains(status.ToString(), "Disk quota exceeded");
}

absl::Status ReadError(const rocksdb::Status& status) {
  return MakeError(status.IsCorruption() ? Reason::REASON_DATA_CORRUPT : Reason::REASON_INTERNAL,
                   "cannot read from the store: " + status.ToString());
}

// The first write error, from a commit or from work in the background; it stays until the store is
// opened again. What RocksDB would resume by itself must not be resumed: nobody can say which of
// the writes in flight are on the disk.
class WriteLatch final : public rocksdb::EventListener {
 public:
  enum class State { kWritable, kReadOnly, kFull };

  void Set(const rocksdb::Status& status) {
    State expected = State::kWritable;
    const State failed = IsFull(status) ? State::kFull : State::kReadOnly;
    if (state_.compare_exchange_strong(expected, failed)) {
      Log(Severity::kError, "storage_write_failed", {{"status", status.ToString()}});
    }
  }

  bool Writable() const { return state_.load() == State::kWritable; }

  absl::Status Check() const {
    switch (state_.load()) {
      case State::kWritable:
        return absl::OkStatus();
      case State::kFull:
        return MakeError(Reason::REASON_STORAGE_FULL, "the disk of the store is full");
      case State::kReadOnly:
        break;
    }
    return MakeError(Reason::REASON_STORAGE_READ_ONLY,
                     "the store is read-only since a write failed");
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    Set(*status);
  }

  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::atomic<State> state_ = State::kWritable;
};

// RocksDB's errors go to our log. It keeps no log file of its own: Debian's build has assertions
// on, and one of them ends the process at the second line that does not fit on a full disk.
class ErrorLog final : public rocksdb::Logger {
 public:
  ErrorLog() : Logger(rocksdb::ERROR_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    Log(Severity::kError, "rocksdb", {{"message", text.data()}});
  }
  void LogHeader(const char* /*format*/, va_list /*arguments*/) override {}
};

class RocksDbSnapshot final : public Snapshot {
 public:
  explicit RocksDbSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

rocksdb::ReadOptions ReadOptionsFor(const Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) {
    options.snapshot = static_cast<const RocksDbSnapshot*>(snapshot)->get();
  }
  return options;
}

class RocksDbIterator final : public Iterator {
 public:
  RocksDbIterator(rocksdb::DB& db, const ScanOptions& options)
      : begin_(options.begin), end_(options.end), reverse_(options.reverse) {
    if (!end_.empty() && end_ < begin_) end_ = begin_;
    begin_slice_ = ToSlice(begin_);
    end_slice_ = ToSlice(end_);
    rocksdb::ReadOptions read_options = ReadOptionsFor(options.snapshot);
    if (!begin_.empty()) read_options.iterate_lower_bound = &begin_slice_;
    if (!end_.empty()) read_options.iterate_upper_bound = &end_slice_;
    iterator_.reset(db.NewIterator(read_options));
    if (reverse_) {
      iterator_->SeekToLast();
    } else {
      iterator_->SeekToFirst();
    }
  }

  bool Valid() const override { return iterator_->Valid(); }

  void Next() override {
    if (reverse_) {
      iterator_->Prev();
    } else {
      iterator_->Next();
    }
  }

  void Seek(std::string_view key) override {
    if (reverse_) {
      iterator_->SeekForPrev(ToSlice(key));
    } else {
      iterator_->Seek(ToSlice(key));
    }
  }

  std::string_view key() const override { return FromSlice(iterator_->key()); }
  std::string_view value() const override { return FromSlice(iterator_->value()); }

  absl::Status status() const override {
    const rocksdb::Status status = iterator_->status();
    return status.ok() ? absl::OkStatus() : ReadError(status);
  }

 private:
  const std::string begin_;
  std::string end_;
  rocksdb::Slice begin_slice_;  // RocksDB keeps pointers to the limits
  rocksdb::Slice end_slice_;
  const bool reverse_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksDbStore final : public KeyValueStore {
 public:
  RocksDbStore(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<WriteLatch> latch, bool read_only)
      : latch_(std::move(latch)), db_(std::move(db)), read_only_(read_only) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key,
                                                 const Snapshot* snapshot) override {
    std::string value;
    const rocksdb::Status status = db_->Get(ReadOptionsFor(snapshot), ToSlice(key), &value);
    if (status.ok()) return std::optional<std::string>(std::move(value));
    if (status.IsNotFound()) return std::optional<std::string>();
    return ReadError(status);
  }

  std::unique_ptr<Iterator> Scan(const ScanOptions& options) override {
    return std::make_unique<RocksDbIterator>(*db_, options);
  }

  std::unique_ptr<Snapshot> GetSnapshot() override {
    return std::make_unique<RocksDbSnapshot>(*db_);
  }

  absl::Status Commit(const WriteBatch& batch,
                      const std::vector<Precondition>& preconditions) override {
    const KeyLocks::Guard guard(locks_, batch, preconditions);
    FOIA_RETURN_IF_ERROR(CheckWritable());
    for (const Precondition& precondition : preconditions) {
      FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> value, Get(precondition.key, nullptr));
      if (value != precondition.value) {
        return absl::AbortedError(absl::StrCat(
            "a condition on key '", absl::CHexEscape(precondition.key), "' does not hold"));
      }
    }
    if (batch.empty()) return absl::OkStatus();
    rocksdb::WriteOptions options;
    options.sync = true;
    rocksdb::WriteBatch changes;
    rocksdb::Status status = Fill(batch, changes);
    if (status.ok()) status = db_->Write(options, &changes);
    if (status.ok()) return absl::OkStatus();
    latch_->Set(status);
    return latch_->Check();
  }

  absl::Status Checkpoint(const std::string& directory) override {
    // After a failed write RocksDB's flush finds the last one half done, and an assertion ends the
    // process.
    FOIA_RETURN_IF_ERROR(latch_->Check());
    const std::string parent = std::filesystem::absolute(directory).parent_path();
    FOIA_RETURN_IF_ERROR(MakeDirectories(parent));
    rocksdb::Checkpoint* raw = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    if (status.ok()) status = checkpoint->CreateCheckpoint(directory);
    if (status.ok()) return SyncDirectory(parent);
    FOIA_RETURN_IF_ERROR(latch_->Check());
    Reason reason = Reason::REASON_INTERNAL;
    if (status.IsIOError()) reason = Reason::REASON_STORAGE_READ_ONLY;  // as of any other file
    if (IsFull(status)) reason = Reason::REASON_STORAGE_FULL;
    if (status.IsInvalidArgument()) reason = Reason::REASON_ALREADY_EXISTS;
    return MakeError(reason, "cannot make a checkpoint: " + status.ToString(),
                     {{"path", directory}});
  }

  bool Writable() const override { return !read_only_ && latch_->Writable(); }

 private:
  absl::Status CheckWritable() const {
    if (read_only_) {
      return MakeError(Reason::REASON_STORAGE_READ_ONLY, "the store was opened for reading only");
    }
    return latch_->Check();
  }

  static rocksdb::Status Fill(const WriteBatch& batch, rocksdb::WriteBatch& changes) {
    using Kind = WriteBatch::Operation::Kind;
    rocksdb::Status status;
    for (const WriteBatch::Operation& operation : batch.operations()) {
      switch (operation.kind) {
        case Kind::kPut:
          status = changes.Put(ToSlice(operation.key), ToSlice(operation.value));
          break;
        case Kind::kDelete:
          status = changes.Delete(ToSlice(operation.key));
          break;
        case Kind::kDeleteRange:
          // RocksDB refuses a range whose end is before its begin; here it is empty.
          if (operation.key < operation.value) {
            status = changes.DeleteRange(ToSlice(operation.key), ToSlice(operation.value));
          }
          break;
      }
      if (!status.ok()) break;
    }
    return status;
  }

  KeyLocks locks_;
  const std::shared_ptr<WriteLatch> latch_;
  const std::unique_ptr<rocksdb::DB> db_;
  const bool read_only_;
};

// For the server of a small office: little memory, two background threads.
rocksdb::Options MakeOptions(const RocksDbOptions& options,
                             const std::shared_ptr<WriteLatch>& latch) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Partitioned, or the filter of a large table does not fit into the cache and is read at each
  // Get.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 16u << 10;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16u << 10;
  table.format_version = 5;

  rocksdb::Options result;
  result.create_if_missing = !options.read_only;
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  result.compression = rocksdb::kLZ4Compression;
  result.bottommost_compression = rocksdb::kZSTD;
  result.write_buffer_size = 32u << 20;
  result.max_total_wal_size = 128u << 20;
  result.level_compaction_dynamic_level_bytes = true;
  result.max_background_jobs = 2;
  result.max_open_files = 512;
  result.bytes_per_sync = 1u << 20;
  result.max_bgerror_resume_count = 0;
  result.info_log = std::make_shared<ErrorLog>();
  result.info_log_level = rocksdb::ERROR_LEVEL;
  result.stats_dump_period_sec = 0;
  result.stats_persist_period_sec = 0;
  if (!options.read_only) result.listeners = {latch};
  return result;
}

absl::Status OpenError(const rocksdb::Status& status, const std::string& directory) {
  const std::string text = status.ToString();
  Reason reason = Reason::REASON_STORAGE_READ_ONLY;
  if (absl::StrContains(text, "While lock file") ||
      absl::StrContains(text, "lock hold by current process")) {
    reason = Reason::REASON_DATA_LOCKED;
  } else if (IsFull(status)) {
    reason = Reason::REASON_STORAGE_FULL;
  } else if (status.IsCorruption()) {
    reason = Reason::REASON_DATA_CORRUPT;
  } else if (status.IsPathNotFound() || status.IsInvalidArgument()) {
    // A store that is opened for reading only and is not there; or one of another kind.
    reason = Reason::REASON_NOT_FOUND;
  }
  return MakeError(reason, absl::StrCat("cannot open the store ", directory, ": ", text),
                   {{"path", directory}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyValueStore>> OpenRocksDb(const RocksDbOptions& options) {
  const auto latch = std::make_shared<WriteLatch>();
  const rocksdb::Options rocksdb_options = MakeOptions(options, latch);
  rocksdb::DB* raw = nullptr;
  rocksdb::Status status;
  if (options.read_only) {
    status = rocksdb::DB::OpenForReadOnly(rocksdb_options, options.directory, &raw);
  } else {
    FOIA_RETURN_IF_ERROR(MakeDirectories(options.directory));
    status = rocksdb::DB::Open(rocksdb_options, options.directory, &raw);
  }
  std::unique_ptr<rocksdb::DB> db(raw);
  if (!status.ok()) return OpenError(status, options.directory);
  return std::make_unique<RocksDbStore>(std::move(db), latch, options.read_only);
}

}  // namespace foia::storage
