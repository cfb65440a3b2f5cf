// Requests, their append-only event logs, and what follows from them: deadlines, state, docket.
//
// Of what is derived only the docket's index is stored. A log is hash-chained over the stored
// payload bytes; `head/{request}` holds its length and last hash and guards every append.
#ifndef FOIA_SERVICES_TRACKER_REQUESTS_H_
#define FOIA_SERVICES_TRACKER_REQUESTS_H_

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "services/base/clock.h"
#include "services/tracker/agencies.h"
#include "services/tracker/docket.h"
#include "services/tracker/matters.h"
#include "services/tracker/owners.h"
#include "services/tracker/rules/rules_in_force.h"
#include "services/tracker/transitions.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

// Safe for concurrent use.
class Requests {
 public:
  // All pointers outlive the object. `access` as in Owners.
  static absl::StatusOr<std::unique_ptr<Requests>> Open(storage::KeyValueStore* store,
                                                        const Clock* clock, RulesInForce* rules,
                                                        const Agencies* agencies,
                                                        const access::Access* access = nullptr);

  absl::StatusOr<v1::Request> CreateRequest(const Principal& caller,
                                            const v1::CreateRequestRequest& request);
  absl::StatusOr<v1::Request> GetRequest(const Principal& caller,
                                         const v1::GetRequestRequest& request);
  absl::StatusOr<v1::ListRequestsResponse> ListRequests(const Principal& caller,
                                                        const v1::ListRequestsRequest& request);
  absl::StatusOr<v1::Request> UpdateRequest(const Principal& caller,
                                            const v1::UpdateRequestRequest& request);
  absl::StatusOr<v1::ListRequestEditsResponse> ListRequestEdits(
      const Principal& caller, const v1::ListRequestEditsRequest& request);
  absl::StatusOr<v1::Request> UndoRequestEdit(const Principal& caller,
                                              const v1::UndoRequestEditRequest& request);
  absl::StatusOr<v1::CreateEventResponse> CreateEvent(const Principal& caller,
                                                      const v1::CreateEventRequest& request);
  absl::StatusOr<v1::UndoLastEventResponse> UndoLastEvent(const Principal& caller,
                                                          const v1::UndoLastEventRequest& request);
  absl::StatusOr<v1::ListEventsResponse> ListEvents(const Principal& caller,
                                                    const v1::ListEventsRequest& request);
  absl::StatusOr<v1::VerifyEventsResponse> VerifyEvents(const Principal& caller,
                                                        const v1::VerifyEventsRequest& request);
  absl::StatusOr<v1::ComputeDeadlinesResponse> ComputeDeadlines(
      const Principal& caller, const v1::ComputeDeadlinesRequest& request);
  absl::StatusOr<v1::Explanation> ExplainDeadline(const Principal& caller,
                                                  const v1::ExplainDeadlineRequest& request);
  absl::StatusOr<v1::RightToSue> GetRightToSue(const Principal& caller,
                                               const v1::GetRightToSueRequest& request);
  absl::StatusOr<v1::ListDocketResponse> ListDocket(const Principal& caller,
                                                    const v1::ListDocketRequest& request);

  // Follows the chain of every request, for `foia admin check`: number of events, and the first
  // broken event of each request whose chain is broken.
  struct ChainCheck {
    int64_t events = 0;
    std::vector<std::string> broken;
  };
  absl::StatusOr<ChainCheck> VerifyAll() const;

  // Every change of a request or its log is committed through it.
  Docket& docket() { return *docket_; }

 private:
  Requests(storage::KeyValueStore* store, const Clock* clock, const RulesInForce* rules,
           const Agencies* agencies, const access::Access* access)
      : store_(store),
        clock_(clock),
        rules_(rules),
        agencies_(agencies),
        owners_(access),
        matters_(store, clock) {}

  // A request with its log, read at one moment.
  struct Loaded : EventLog {
    v1::Request request;  // as stored
  };
  // What follows from it.
  struct Derived {
    std::shared_ptr<const RuleBook> book;  // that `rules` belong to
    const Rules* rules = nullptr;
    CivilDate as_of;
    std::vector<DeadlineEvent> events;  // in the order they were recorded
    std::vector<v1::Deadline> deadlines;
    std::string voided;  // when and why, a line; empty when it is not
  };

  // The request that `reference` means: its name, a unique prefix of its id, or one of its tracking
  // numbers. REQUEST_NOT_FOUND also when the caller may not see it.
  absl::StatusOr<v1::Request> Find(const Principal& caller, std::string_view reference) const;
  absl::StatusOr<Loaded> Load(v1::Request request, const storage::Snapshot* snapshot) const;
  absl::StatusOr<Derived> Derive(const Loaded& loaded, const common::v1::Date* as_of) const;
  absl::StatusOr<v1::Request> Completed(const Loaded& loaded, const Derived& derived) const;
  absl::StatusOr<v1::Request> Completed(v1::Request stored) const;
  bool IsVoided(const v1::Request& stored) const;
  // Checks what a caller wrote, and puts in whole names for what it refers to. What stands in
  // `before` already may be out of the caller's sight, and is kept.
  absl::Status Resolve(const Principal& caller, const v1::Request& before,
                       v1::Request& request) const;
  // Puts the whole name for an owner that is not that of `before`, who must be able to see it.
  absl::Status ResolveOwner(const Principal& caller, const v1::Request& before,
                            v1::Request& request) const;
  // Puts whole names for the people and matters of a filter.
  absl::Status ResolveFilter(const Principal& caller, v1::RequestFilter& filter) const;
  // What a caller asks of an edit.
  struct Change {
    std::string_view request;  // any reference
    std::string_view etag;
    bool shared_numbers = false;
    bool validate_only = false;
    std::string undoes;
  };
  // Changes what a request says of itself, and keeps what `apply(changed)` changed, in one step.
  absl::StatusOr<v1::Request> Edit(const Principal& caller, const Change& change,
                                   const std::function<absl::Status(v1::Request&)>& apply);
  // Puts an edit into words, without what the caller may not see.
  void Describe(const Principal& caller, v1::Edit& edit) const;
  // STALE_ETAG with what was changed and recorded since `etag`.
  absl::Status StaleEtag(const Principal& caller, const v1::Request& stored,
                         std::string_view etag) const;
  // Writes `after` over `before` (empty: a new request) with everything that finds it. TRACKING_
  // NUMBER_TAKEN; ABORTED when somebody was faster.
  absl::Status Save(const Principal& caller, const std::string& before, const v1::Request& after,
                    bool shared_numbers, storage::WriteBatch batch,
                    std::vector<storage::Precondition> preconditions,
                    bool validate_only = false) const;
  // ALREADY_EXISTS when the caller can see a request at the same agency that asks for the same.
  absl::Status CheckNewFiling(const Principal& caller, const v1::Request& request) const;
  // Completed, with the links that the caller may see: those that are stored, and those that point
  // here.
  absl::StatusOr<v1::Request> WithLinks(const Principal& caller, v1::Request stored) const;
  absl::Status ValidateEvent(const v1::Event& event, const Loaded& loaded,
                             const Derived& derived) const;
  // Contradictions that came with `event`, the last of `after`.
  static std::vector<Conflict> NewConflicts(const Derived& before, const Derived& after,
                                            const v1::Event& event);
  // Appends what `make_event(loaded, derived, response)` gives, and says what that changed.
  template <typename Response, typename Call, typename MakeEvent>
  absl::StatusOr<Response> Record(const Principal& caller, std::string_view method,
                                  const Call& request, MakeEvent make_event, bool accept_conflict,
                                  bool validate_only);
  absl::StatusOr<v1::VerifyEventsResponse> Verify(const std::string& name) const;

  storage::KeyValueStore* store_;
  const Clock* clock_;
  const RulesInForce* rules_;
  const Agencies* agencies_;
  const Owners owners_;
  const Matters matters_;
  std::unique_ptr<Docket> docket_;
  // By the hash of what is asked for: of two equal filings one is first.
  std::array<absl::Mutex, 16> filing_mutexes_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_REQUESTS_H_
