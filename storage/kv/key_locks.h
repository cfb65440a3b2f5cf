// Serialises commits that name the same keys; commits of different keys run side by side, so that
// the engine can sync them as one group.
#ifndef FOIA_STORAGE_KV_KEY_LOCKS_H_
#define FOIA_STORAGE_KV_KEY_LOCKS_H_

#include <array>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "storage/kv/key_value_store.h"

namespace foia::storage {

class KeyLocks {
  static constexpr size_t kStripes = 1024;

 public:
  // Holds, until its end: the keys of the preconditions alone, the written keys together with other
  // commits that only write them. A range that is deleted may hold any key, so no commit with
  // preconditions runs beside it.
  class Guard {
   public:
    Guard(KeyLocks& locks, const WriteBatch& batch, const std::vector<Precondition>& preconditions);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    KeyLocks& locks_;
    bool deletes_range_ = false;
    bool conditional_;
    std::vector<std::pair<size_t, bool>> stripes_;  // ascending; true: held alone
  };

 private:
  absl::Mutex ranges_;
  std::array<absl::Mutex, kStripes> stripes_;
};

}  // namespace foia::storage

#endif  // FOIA_STORAGE_KV_KEY_LOCKS_H_
