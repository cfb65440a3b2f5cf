// Matters: the cases and campaigns around requests.
#ifndef FOIA_SERVICES_TRACKER_MATTERS_H_
#define FOIA_SERVICES_TRACKER_MATTERS_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/matter.pb.h"
#include "foia/tracker/v1/matter_service.pb.h"
#include "services/base/clock.h"
#include "services/tracker/owners.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

using access::v1::Principal;

// Safe for concurrent use: keeps nothing but the pointers, which outlive it.
class Matters {
 public:
  // `access` as in Owners.
  Matters(storage::KeyValueStore* store, const Clock* clock, const access::Access* access = nullptr)
      : store_(store), clock_(clock), owners_(access) {}

  absl::StatusOr<v1::Matter> CreateMatter(const Principal& caller,
                                          const v1::CreateMatterRequest& request);
  absl::StatusOr<v1::Matter> GetMatter(const Principal& caller,
                                       const v1::GetMatterRequest& request) const;
  absl::StatusOr<v1::ListMattersResponse> ListMatters(const Principal& caller,
                                                      const v1::ListMattersRequest& request) const;
  absl::StatusOr<v1::Matter> UpdateMatter(const Principal& caller,
                                          const v1::UpdateMatterRequest& request);
  absl::StatusOr<v1::ListMatterEditsResponse> ListMatterEdits(
      const Principal& caller, const v1::ListMatterEditsRequest& request) const;
  absl::StatusOr<v1::Matter> UndoMatterEdit(const Principal& caller,
                                            const v1::UndoMatterEditRequest& request);

  // The matter that `reference` means: its name, a unique prefix of its id, or its client code,
  // case aside. MATTER_NOT_FOUND also when the caller may not see it; AMBIGUOUS_NAME. As stored:
  // without etag and number of requests.
  absl::StatusOr<v1::Matter> Find(const Principal& caller, std::string_view reference) const;

  // Adds to `batch` that `request` leaves the matter `before` and enters `after`; either may be
  // empty.
  static void MoveRequest(std::string_view request, std::string_view before, std::string_view after,
                          storage::WriteBatch& batch);

 private:
  absl::StatusOr<v1::Matter> Completed(const Principal& caller, v1::Matter stored) const;
  // Changes a matter, and keeps what `apply(changed)` changed, in one step. `undoes`: the edit that
  // this takes back.
  absl::StatusOr<v1::Matter> Edit(const Principal& caller, std::string_view reference,
                                  std::string_view etag, bool validate_only,
                                  std::string_view undoes,
                                  const std::function<absl::Status(v1::Matter&)>& apply);
  // STALE_ETAG with what was changed since `etag`.
  absl::Status StaleEtag(const v1::Matter& stored, std::string_view etag) const;

  storage::KeyValueStore* store_;
  const Clock* clock_;
  const Owners owners_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_MATTERS_H_
