// What is due: an index of open deadlines, derived from the event logs and the rules in force.
//
// It is kept twice. In the store, under docket/{rules}/{request}, written in the batch of the event
// that it follows from; {rules} names the rules and the program, so that another set of rules never
// finds it. In memory, small enough to be read through for every question. Opening compares both
// with the logs and computes what is missing or was computed from something else.
#ifndef FOIA_SERVICES_TRACKER_DOCKET_H_
#define FOIA_SERVICES_TRACKER_DOCKET_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "foia/access/v1/access.pb.h"
#include "foia/tracker/v1/docket.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "foia/tracker/v1/rules_service.pb.h"
#include "services/base/clock.h"
#include "services/tracker/agencies.h"
#include "services/tracker/docket_rows.h"
#include "services/tracker/records.h"
#include "services/tracker/rules/rules_in_force.h"
#include "storage/kv/key_value_store.h"

namespace foia::tracker {

// Safe for concurrent use.
class Docket {
 public:
  // All pointers outlive the object. Loads the index, or computes it and logs what moved.
  static absl::StatusOr<std::unique_ptr<Docket>> Open(storage::KeyValueStore* store,
                                                      const Clock* clock, RulesInForce* rules,
                                                      const Agencies* agencies);

  // Commits `batch`, which stores `request`, new or changed; shown from then on.
  absl::Status CommitRequest(const v1::Request& request, storage::WriteBatch batch,
                             const std::vector<storage::Precondition>& preconditions);
  // Commits `batch`, which makes `log` the log of `request`, and with it the new rows. One of
  // `preconditions` names the head that was read, so that no older log can follow a newer one.
  absl::Status CommitLog(const v1::Request& request, const EventLog& log, storage::WriteBatch batch,
                         const std::vector<storage::Precondition>& preconditions);

  absl::StatusOr<v1::ListDocketResponse> List(const Principal& caller,
                                              const v1::ListDocketRequest& request);
  // A request, and the key after which the next page begins when it ends one.
  struct Found {
    std::string name;
    std::string key;
  };
  // The requests that fit and that the caller may see, in the order asked for: at most `limit`,
  // those after `last_key`. AGENCY_NOT_FOUND, AMBIGUOUS_NAME, NOT_FOUND (jurisdiction),
  // INVALID_PAGE_TOKEN.
  absl::StatusOr<std::vector<Found>> FindRequests(const Principal& caller,
                                                  const v1::ListRequestsRequest& question,
                                                  std::string_view last_key, size_t limit);
  // Names of the requests at the agency of `request` that may be the same filing, FilingKey,
  // whoever may see them; the oldest first.
  std::vector<std::string> FindFilings(const v1::Request& request);

  // Says which dates `book` moves and, unless `validate_only`, puts it in force. Calls go on
  // meanwhile; the change itself is one moment. All requests are counted; those that the caller may
  // not see are not named.
  absl::StatusOr<v1::ReloadRulesResponse> ReplaceRules(const Principal& caller,
                                                       std::shared_ptr<const RuleBook> book,
                                                       bool validate_only);

 private:
  // Numbers for strings that many requests share.
  class Words {
   public:
    uint32_t Add(const std::string& word);
    std::optional<uint32_t> Find(const std::string& word) const;
    const std::vector<std::string>& all() const { return words_; }

   private:
    std::vector<std::string> words_;
    std::unordered_map<std::string, uint32_t> numbers_;
  };

  struct Headline {
    Day from = std::numeric_limits<Day>::min();
    v1::RequestState state = v1::REQUEST_STATE_UNSPECIFIED;
  };
  // What memory keeps of a record.
  struct Record {
    bool has_problem = false;
    // Within the entry, since a question reads through all of them.
    absl::InlinedVector<DocketRow, 3> rows;      // as in the store
    absl::InlinedVector<Headline, 6> headlines;  // the last first

    v1::RequestState HeadlineOn(Day day) const;
  };
  // A request as it is held in memory.
  struct Entry {
    std::string name;
    uint32_t label = 0;
    uint32_t owner = 0;
    uint32_t matter = 0;
    uint32_t agency = 0;
    uint32_t jurisdiction = 0;
    size_t filing = 0;  // hash of agency and FilingKey
    Record record;
    std::vector<std::string> tags;  // in lower case
    std::string text;               // all that a filter's text is sought in, in lower case
    uint32_t subject_size = 0;      // `text` begins with the subject
    uint32_t number_at = 0;         // where the first number in use stands in `text`
    uint32_t number_size = 0;       // 0: there is none

    std::string_view subject() const { return std::string_view(text).substr(0, subject_size); }
    // What sorts after every number when there is none.
    std::string_view number() const;
  };
  // A question with its names looked up; fits no request when `is_empty`.
  struct Filter {
    bool is_empty = false;
    std::optional<uint32_t> owner;
    std::optional<uint32_t> matter;
    std::optional<uint32_t> jurisdiction;
    std::vector<bool> labels;    // by number: the caller may see it
    std::vector<bool> agencies;  // by number; empty: all
    std::vector<Day> today;      // by number of the jurisdiction
    v1::RequestState state = v1::REQUEST_STATE_UNSPECIFIED;
    std::string tag;
    std::string text;
    std::vector<Filter> excluded;  // without labels and today
  };
  struct Candidate;
  struct Order;
  struct Page;
  struct Rest;

  Docket(storage::KeyValueStore* store, const Clock* clock, RulesInForce* rules,
         const Agencies* agencies)
      : store_(store), clock_(clock), rules_(rules), agencies_(agencies) {}

  absl::Status Load();
  // The record of `request` under `book`.
  v1::StoredDocket MakeRecord(const RuleBook& book, const v1::Request& request,
                              const EventLog* log) const;  // null: cannot be read
  std::string JurisdictionOf(const v1::Request& request) const;
  // Computes again what an agency's other jurisdiction has moved.
  absl::Status FollowAgencies();

  void Publish(const v1::Request& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Publish(const std::string& name, const std::string& jurisdiction, Record record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static Record Shrink(const v1::StoredDocket& docket);
  Entry& EntryOf(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Mutex& LockOf(std::string_view name);

  absl::StatusOr<Filter> MakeFilter(const Principal& caller, const v1::RequestFilter& filter,
                                    const common::v1::Date* as_of) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  static bool Fits(const Filter& filter, const Entry& entry, v1::RequestState headline);
  std::string MatterTitle(const Principal& caller, const std::string& matter) const;
  absl::StatusOr<Order> MakeOrder(const Principal& caller, v1::DocketOrder order, bool by_request,
                                  std::string_view last_key) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<v1::DocketEntry>> Show(const Principal& caller,
                                                    const Page& page) const;

  storage::KeyValueStore* const store_;
  const Clock* const clock_;
  RulesInForce* const rules_;
  const Agencies* const agencies_;

  // Locked in this order.
  absl::Mutex replace_mutex_;  // one replacement of rules, or of an agency's, at a time
  absl::Mutex rules_mutex_;    // shared: what is computed now is committed under these rules
  std::array<absl::Mutex, 256> commit_mutexes_;  // by name: memory follows in the store's order
  mutable absl::Mutex mutex_;                    // guards memory

  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);  // by name
  Words labels_ ABSL_GUARDED_BY(mutex_);
  Words owners_ ABSL_GUARDED_BY(mutex_);
  Words matters_ ABSL_GUARDED_BY(mutex_);
  Words agency_names_ ABSL_GUARDED_BY(mutex_);
  Words jurisdictions_ ABSL_GUARDED_BY(mutex_);
  // Requests whose log changed since a replacement of the rules began.
  std::optional<std::set<std::string>> changed_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> agencies_version_{0};  // that memory follows from
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DOCKET_H_
