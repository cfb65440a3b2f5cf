// The tree of agencies: small, shared by everybody, kept in memory.
#ifndef FOIA_SERVICES_TRACKER_AGENCIES_H_
#define FOIA_SERVICES_TRACKER_AGENCIES_H_

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/agency.pb.h"
#include "foia/tracker/v1/agency_service.pb.h"
#include "services/base/clock.h"
#include "services/tracker/rules/rules_in_force.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

using access::v1::Principal;

// Safe for concurrent use.
class Agencies {
 public:
  // All pointers outlive the object. Loads every agency.
  static absl::StatusOr<std::unique_ptr<Agencies>> Open(storage::KeyValueStore* store,
                                                        const Clock* clock,
                                                        const RulesInForce* rules);

  absl::StatusOr<v1::Agency> CreateAgency(const Principal& caller,
                                          const v1::CreateAgencyRequest& request);
  absl::StatusOr<v1::Agency> GetAgency(const Principal& caller,
                                       const v1::GetAgencyRequest& request);
  absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(const Principal& caller,
                                                        const v1::ListAgenciesRequest& request);
  absl::StatusOr<v1::Agency> UpdateAgency(const Principal& caller,
                                          const v1::UpdateAgencyRequest& request);

  // The agency that `reference` means: its name, a unique prefix of its id, its abbreviation or its
  // path ("DHS/ICE/ERO" or "DHS > ICE > ERO"), case aside. AGENCY_NOT_FOUND, AMBIGUOUS_NAME.
  // `jurisdiction` is filled in from the parents, us-federal at the top.
  absl::StatusOr<v1::Agency> Find(std::string_view reference) const;

 private:
  Agencies(storage::KeyValueStore* store, const Clock* clock, const RulesInForce* rules)
      : store_(store), clock_(clock), rules_(rules) {}

  absl::StatusOr<v1::Agency> FindLocked(std::string_view reference) const;
  v1::Agency Completed(const v1::Agency& stored) const;
  absl::Status Validate(const v1::Agency& agency) const;

  storage::KeyValueStore* store_;
  const Clock* clock_;
  const RulesInForce* rules_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, v1::Agency, std::less<>> agencies_;  // as stored, by name
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_AGENCIES_H_
