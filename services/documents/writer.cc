#include "services/documents/writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/base/status.h"

namespace foia::documents {
namespace {

constexpr size_t kMaxGroup = 32;

}  // namespace

absl::StatusOr<std::optional<std::string>> Transaction::Get(std::string_view key) const {
  for (const Changes* changes : {static_cast<const Changes*>(&changes_), &group_}) {
    const auto found = changes->find(key);
    if (found != changes->end()) return found->second;
  }
  return store_.Get(key);
}

absl::Status Writer::Run(const Step& step) {
  Request request{&step, absl::OkStatus()};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&request);
  turn_.wait(lock, [&] { return request.done || waiting_.front() == &request; });
  if (request.done) return request.status;

  // The front stays in the queue while it commits, so that nobody else leads.
  const size_t count = std::min(waiting_.size(), kMaxGroup);
  const std::vector<Request*> group(waiting_.begin(),
                                    std::next(waiting_.begin(), static_cast<ptrdiff_t>(count)));
  lock.unlock();
  Commit(group);
  lock.lock();
  for (Request* member : group) member->done = true;
  waiting_.erase(waiting_.begin(), std::next(waiting_.begin(), static_cast<ptrdiff_t>(count)));
  turn_.notify_all();
  return request.status;
}

void Writer::Commit(const std::vector<Request*>& group) {
  Transaction::Changes changes;
  std::vector<std::function<void()>> hooks;
  int64_t sequence = last_sequence();
  for (Request* member : group) {
    Transaction transaction(store_, changes, sequence);
    member->status = (*member->step)(transaction);
    if (!member->status.ok()) continue;
    sequence = transaction.last_sequence_;
    for (auto& [key, value] : transaction.changes_) {
      changes.insert_or_assign(key, std::move(value));
    }
    std::move(transaction.hooks_.begin(), transaction.hooks_.end(), std::back_inserter(hooks));
  }
  if (!changes.empty()) {
    storage::WriteBatch batch;
    for (const auto& [key, value] : changes) {
      if (value.has_value()) {
        batch.Put(key, *value);
      } else {
        batch.Delete(key);
      }
    }
    const absl::Status committed = store_.Commit(batch);
    if (!committed.ok()) {
      // A step that only read may have read what was not written: it fails, too.
      for (Request* member : group) member->status.Update(committed);
      return;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    last_sequence_ = sequence;
  }
  for (const auto& hook : hooks) hook();
}

int64_t Writer::last_sequence() const {
  const std::lock_guard lock(mutex_);
  return last_sequence_;
}

}  // namespace foia::documents
