// The one path by which the documents store changes: read-modify-write steps that run one after the
// other and are committed in groups. So a step needs no preconditions, feed sequence numbers become
// visible in their order, and sixteen workers still share one fsync.
//
//   absl::Status status = writer.Run([&](Transaction& transaction) -> absl::Status {
//     FOIA_ASSIGN_OR_RETURN(auto value, transaction.Get("k"));
//     transaction.Put("k", Next(value));
//     transaction.OnCommit([] { /* memory follows the store */ });
//     return absl::OkStatus();
//   });
#ifndef FOIA_SERVICES_DOCUMENTS_WRITER_H_
#define FOIA_SERVICES_DOCUMENTS_WRITER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/kv/key_value_store.h"

namespace foia::documents {

// What a step sees and changes. A step that returns an error changes nothing.
class Transaction {
 public:
  // Sees the changes of this step and of every step before it.
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const;
  void Put(std::string_view key, std::string value) {
    changes_.insert_or_assign(std::string(key), std::move(value));
  }
  void Delete(std::string_view key) { changes_.insert_or_assign(std::string(key), std::nullopt); }
  // Greater than every number given before.
  int64_t NextSequence() { return ++last_sequence_; }
  // Runs `hook` once the change is durable, in the order of the steps, before Run returns. It must
  // not call the writer.
  void OnCommit(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }

 private:
  friend class Writer;
  using Changes = std::map<std::string, std::optional<std::string>, std::less<>>;

  Transaction(storage::KeyValueStore& store, const Changes& group, int64_t last_sequence)
      : store_(store), group_(group), last_sequence_(last_sequence) {}

  storage::KeyValueStore& store_;
  const Changes& group_;  // of the steps before it that are not committed yet
  Changes changes_;
  int64_t last_sequence_;
  std::vector<std::function<void()>> hooks_;
};

// Safe for concurrent use.
class Writer {
 public:
  using Step = std::function<absl::Status(Transaction&)>;

  // `last_sequence`: the greatest number in the store.
  Writer(storage::KeyValueStore& store, int64_t last_sequence)
      : store_(store), last_sequence_(last_sequence) {}

  // Runs `step` (once) and makes its changes durable. The step's error, or the store's.
  absl::Status Run(const Step& step);

  // The greatest sequence number that is durable.
  int64_t last_sequence() const;

 private:
  struct Request {
    const Step* step;
    absl::Status status;
    bool done = false;
  };

  void Commit(const std::vector<Request*>& group);

  storage::KeyValueStore& store_;
  mutable std::mutex mutex_;
  std::condition_variable turn_;
  std::deque<Request*> waiting_;  // the front leads the next group
  int64_t last_sequence_;
};

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_WRITER_H_
