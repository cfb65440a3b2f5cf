// The tree of agencies: shared by everybody, kept in memory.
#ifndef FOIA_SERVICES_TRACKER_AGENCIES_H_
#define FOIA_SERVICES_TRACKER_AGENCIES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/agency.pb.h"
#include "foia/tracker/v1/agency_service.pb.h"
#include "services/base/clock.h"
#include "services/tracker/agency_tree.h"
#include "services/tracker/rules/rules_in_force.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

using access::v1::Principal;

// The agencies that come with the program (directory/), with the installation's own records laid
// over them: a record of the store replaces the shipped one of the same name, or of the same parent
// and abbreviation. Safe for concurrent use.
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
  // Of a shipped agency it stores a full copy, which from then on is the installation's own.
  absl::StatusOr<v1::Agency> UpdateAgency(const Principal& caller,
                                          const v1::UpdateAgencyRequest& request);
  absl::StatusOr<v1::RecogniseNumberResponse> RecogniseNumber(
      const Principal& caller, const v1::RecogniseNumberRequest& request) const;

  // The agency that `reference` means: its name, its abbreviation, its path or the end of its path
  // ("ERO", "DHS/ICE/ERO", "ICE > ERO"), an alias or its full name, a unique prefix of its id; case
  // aside. AGENCY_NOT_FOUND, AMBIGUOUS_NAME. `jurisdiction` and `appeal_office` are filled in from
  // the parents: us-federal at the top, and an agency decides on its own appeals when nobody else
  // is named. A hash lookup: fit for every request of a long list.
  absl::StatusOr<v1::Agency> Find(std::string_view reference) const;
  // Raised with every change, so that what follows from agencies can follow.
  uint64_t version() const { return version_; }

  // What kind of tracking number this is and who issued it, by the patterns of `agency` (as for
  // Find; empty: of all agencies), of those above and of those below it; the nearest wins. Nothing
  // when no pattern fits, when several agencies equally near could have issued it, or when the
  // agency is not found.
  std::optional<RecognisedNumber> Recognise(std::string_view number, std::string_view agency) const;

 private:
  Agencies(storage::KeyValueStore* store, const Clock* clock, const RulesInForce* rules)
      : store_(store), clock_(clock), rules_(rules) {}

  absl::Status Validate(const v1::Agency& agency) const;
  absl::Status ResolveReferences(v1::Agency& agency) const;

  storage::KeyValueStore* store_;
  const Clock* clock_;
  const RulesInForce* rules_;
  std::atomic<uint64_t> version_{0};
  mutable std::shared_mutex mutex_;
  AgencyTree tree_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_AGENCIES_H_
