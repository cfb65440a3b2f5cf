#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "storage/kv/key_value_store.h"

namespace foia::storage {
namespace {

// Every key keeps its versions, oldest first, as long as a snapshot may read them.
class MemoryStore final : public KeyValueStore {
  using Version = uint64_t;

 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key,
                                                 const Snapshot* snapshot) override {
    const std::shared_lock lock(mutex_);
    const std::string* value = Find(key, VersionOf(snapshot));
    return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
  }

  std::unique_ptr<Iterator> Scan(const ScanOptions& options) override {
    return std::make_unique<MemoryIterator>(*this, options);
  }

  std::unique_ptr<Snapshot> GetSnapshot() override {
    return std::make_unique<MemorySnapshot>(*this);
  }

  absl::Status Commit(const WriteBatch& batch,
                      const std::vector<Precondition>& preconditions) override {
    using Kind = WriteBatch::Operation::Kind;
    const std::unique_lock lock(mutex_);
    for (const Precondition& precondition : preconditions) {
      const std::string* value = Find(precondition.key, version_);
      if (precondition.value.has_value() ? value == nullptr || *value != *precondition.value
                                         : value != nullptr) {
        return absl::AbortedError(absl::StrCat(
            "a condition on key '", absl::CHexEscape(precondition.key), "' does not hold"));
      }
    }
    ++version_;
    for (const WriteBatch::Operation& operation : batch.operations()) {
      if (operation.kind == Kind::kPut) {
        Set(values_.try_emplace(operation.key).first, operation.value);
      } else if (operation.kind == Kind::kDelete) {
        const auto entry = values_.find(operation.key);
        if (entry != values_.end()) Set(entry, std::nullopt);
      } else {
        auto entry = values_.lower_bound(operation.key);
        while (entry != values_.end() && entry->first < operation.value) {
          entry = Set(entry, std::nullopt);
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status Checkpoint(const std::string& /*directory*/) override {
    return absl::UnimplementedError("the memory store has no checkpoints");
  }

  bool Writable() const override { return true; }

 private:
  using Versions = std::map<Version, std::optional<std::string>>;
  using Values = std::map<std::string, Versions, std::less<>>;

  class MemorySnapshot final : public Snapshot {
   public:
    explicit MemorySnapshot(MemoryStore& store) : store_(store) {
      const std::unique_lock lock(store_.mutex_);
      version_ = store_.version_;
      store_.snapshots_.insert(version_);
    }
    ~MemorySnapshot() override {
      const std::unique_lock lock(store_.mutex_);
      store_.snapshots_.erase(store_.snapshots_.find(version_));
    }
    Version version() const { return version_; }

   private:
    MemoryStore& store_;
    Version version_;
  };

  class MemoryIterator final : public Iterator {
   public:
    MemoryIterator(MemoryStore& store, const ScanOptions& options)
        : store_(store), options_(options) {
      if (options_.snapshot == nullptr) {
        own_snapshot_ = store_.GetSnapshot();
        options_.snapshot = own_snapshot_.get();
      }
      const std::shared_lock lock(store_.mutex_);
      if (options_.reverse) {
        Settle(options_.end.empty() ? store_.values_.end()
                                    : store_.values_.lower_bound(options_.end));
      } else {
        Settle(store_.values_.lower_bound(options_.begin));
      }
    }

    bool Valid() const override { return valid_; }

    void Next() override {
      const std::shared_lock lock(store_.mutex_);
      Settle(options_.reverse ? store_.values_.lower_bound(key_)
                              : store_.values_.upper_bound(key_));
    }

    void Seek(std::string_view key) override {
      const std::shared_lock lock(store_.mutex_);
      if (options_.reverse) {
        const bool beyond = !options_.end.empty() && key >= options_.end;
        Settle(beyond ? store_.values_.lower_bound(options_.end) : store_.values_.upper_bound(key));
      } else {
        Settle(store_.values_.lower_bound(std::max(key, std::string_view(options_.begin))));
      }
    }

    std::string_view key() const override { return key_; }
    std::string_view value() const override { return value_; }
    absl::Status status() const override { return absl::OkStatus(); }

   private:
    // Takes the first visible entry at `entry` or behind it; in reverse, the first before it.
    void Settle(Values::const_iterator entry) {
      const Version version = store_.VersionOf(options_.snapshot);
      valid_ = false;
      while (!valid_) {
        if (options_.reverse) {
          if (entry == store_.values_.begin()) return;
          --entry;
          if (entry->first < options_.begin) return;
        } else if (entry == store_.values_.end() ||
                   (!options_.end.empty() && entry->first >= options_.end)) {
          return;
        }
        if (const std::string* value = At(entry->second, version)) {
          key_ = entry->first;
          value_ = *value;
          valid_ = true;
        } else if (!options_.reverse) {
          ++entry;
        }
      }
    }

    MemoryStore& store_;
    ScanOptions options_;
    std::unique_ptr<Snapshot> own_snapshot_;
    bool valid_ = false;
    std::string key_;
    std::string value_;
  };

  Version VersionOf(const Snapshot* snapshot) const {
    return snapshot == nullptr ? version_ : static_cast<const MemorySnapshot*>(snapshot)->version();
  }

  // The value at a version, null when there was none.
  static const std::string* At(const Versions& versions, Version version) {
    auto next = versions.upper_bound(version);
    if (next == versions.begin()) return nullptr;
    const std::optional<std::string>& value = std::prev(next)->second;
    return value.has_value() ? &*value : nullptr;
  }

  const std::string* Find(std::string_view key, Version version) const {
    const auto entry = values_.find(key);
    return entry == values_.end() ? nullptr : At(entry->second, version);
  }

  // Adds a version and drops those nobody can read; returns the entry behind.
  Values::iterator Set(Values::iterator entry, std::optional<std::string> value) {
    Versions& versions = entry->second;
    versions[version_] = std::move(value);
    const Version oldest = snapshots_.empty() ? version_ : *snapshots_.begin();
    const auto visible = std::prev(versions.upper_bound(version_));
    auto kept = versions.upper_bound(oldest);
    if (kept != versions.begin()) --kept;
    versions.erase(versions.begin(), kept);
    const bool gone = !visible->second.has_value() && versions.size() == 1;
    return gone ? values_.erase(entry) : std::next(entry);
  }

  std::shared_mutex mutex_;
  Values values_;
  Version version_ = 0;
  std::multiset<Version> snapshots_;
};

}  // namespace

std::unique_ptr<KeyValueStore> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace foia::storage
