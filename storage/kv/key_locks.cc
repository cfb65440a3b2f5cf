#include "storage/kv/key_locks.h"

#include <algorithm>
#include <functional>

namespace foia::storage {

KeyLocks::Guard::Guard(KeyLocks& locks, const WriteBatch& batch,
                       const std::vector<Precondition>& preconditions)
    ABSL_NO_THREAD_SAFETY_ANALYSIS : locks_(locks),
                                     conditional_(!preconditions.empty()) {
  const auto stripe_of = [](std::string_view key) {
    return std::hash<std::string_view>{}(key) % kStripes;
  };
  for (const Precondition& precondition : preconditions) {
    stripes_.emplace_back(stripe_of(precondition.key), true);
  }
  for (const WriteBatch::Operation& operation : batch.operations()) {
    if (operation.kind == WriteBatch::Operation::Kind::kDeleteRange) {
      deletes_range_ = true;
    } else {
      stripes_.emplace_back(stripe_of(operation.key), false);
    }
  }
  // One order for all commits, and a stripe that is held alone is not held shared as well.
  std::sort(stripes_.begin(), stripes_.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  stripes_.erase(std::unique(stripes_.begin(), stripes_.end(),
                             [](const auto& a, const auto& b) { return a.first == b.first; }),
                 stripes_.end());

  if (deletes_range_) {
    locks_.ranges_.Lock();
  } else if (conditional_) {
    locks_.ranges_.ReaderLock();
  }
  for (const auto& [stripe, alone] : stripes_) {
    if (alone) {
      locks_.stripes_[stripe].Lock();
    } else {
      locks_.stripes_[stripe].ReaderLock();
    }
  }
}

KeyLocks::Guard::~Guard() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  for (const auto& [stripe, alone] : stripes_) {
    if (alone) {
      locks_.stripes_[stripe].Unlock();
    } else {
      locks_.stripes_[stripe].ReaderUnlock();
    }
  }
  if (deletes_range_) {
    locks_.ranges_.Unlock();
  } else if (conditional_) {
    locks_.ranges_.ReaderUnlock();
  }
}

}  // namespace foia::storage
