// The deadline engine: deadlines as a pure function of rules, calendar, events and a day.
//
//   ASSERT_OK_AND_ASSIGN(RuleBook book, LoadRules(""));
//   ASSERT_OK_AND_ASSIGN(const Rules* rules, book.FindRules("us-federal"));
//   std::vector<DeadlineEvent> events = {{"e1", v1::EVENT_TYPE_RECEIVED, CivilDate(2020, 7, 16)}};
//   for (const v1::Deadline& deadline : Compute(*rules, rules->calendar(), events, today)) ...
//
// The order in which events are given never matters. No I/O, no clock, no shared state: every
// function here is safe to call from many threads.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_ENGINE_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_ENGINE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/deadline.pb.h"
#include "foia/tracker/v1/event_type.pb.h"
#include "foia/tracker/v1/rules.pb.h"
#include "services/base/civil_date.h"
#include "services/tracker/deadlines/calendar.h"

namespace foia::tracker {

// The name of the deadline that a receipt rule makes.
inline constexpr std::string_view kClockStart = "clock_start";

// What the engine needs to know of an event.
struct DeadlineEvent {
  std::string id;
  v1::EventType type = v1::EVENT_TYPE_UNSPECIFIED;
  CivilDate effective_on;
  std::map<std::string, std::string, std::less<>> attributes = {};
  // Id of an event that this one replaces; empty for none.
  std::string supersedes = {};
  // "17:30" in `time_zone`; empty when unknown. Day and hour are taken to the zone of the rules
  // before anything else: 22:30 Pacific is the next day in the East.
  std::string local_time = {};
  // IANA zone; empty: that of the rules.
  std::string time_zone = {};
  // For people; shown beside what a court ordered.
  std::string note = {};
};

// The value of an attribute; "" when the event has none of that name.
const std::string& AttributeOf(const DeadlineEvent& event, std::string_view name);

// What an event says of the request. The outcome decides, not the name of the event.
enum class Answer {
  kNone,      // it is no answer
  kRepeated,  // it closes the file and says no more than the answer before it
  kGranted,   // everything was given
  kUnclear,   // it does not say whether anything was withheld
  kPartial,   // something was withheld
  kRefused,   // nothing was given
};
inline bool IsAdverse(Answer answer) {
  return answer == Answer::kPartial || answer == Answer::kRefused;
}

// The rules of one jurisdiction, checked and ready for use. Cheap to copy.
class Rules {
 public:
  struct Calendars {
    std::shared_ptr<const Calendar> standard;
    // Counts the most days as working days: for safe dates.
    std::shared_ptr<const Calendar> safe;
    // The holidays that move a last day; null: the standard one.
    // Explanations say when one of these gives another date.
    std::vector<std::shared_ptr<const Calendar>> compared;
    // The holidays that move a last day; null: the standard ones.
    std::shared_ptr<const Calendar> last_day = nullptr;
    // Counts the fewest days as working days: for rights, which must have begun; null: the standard
    // one.
    std::shared_ptr<const Calendar> late = nullptr;
  };
  // What is wrong, and with which part: "receipt", "tolls[0]", "deadlines[3]", "" for the whole.
  struct Problem {
    std::string part;
    std::string message;
  };

  // All problems of `rules`, which stands alone (what it extends is merged in already).
  static std::vector<Problem> Validate(const v1::Jurisdiction& rules);
  // INVALID_RULES with the first problem. `digest` is that of all rules in force.
  static absl::StatusOr<Rules> Compile(v1::Jurisdiction rules, Calendars calendars,
                                       std::string digest);

  const v1::Jurisdiction& jurisdiction() const;
  const Calendar& calendar() const;
  const std::string& digest() const;
  // Place of `type` among the events of one day; the same for all types that event_order lacks.
  int RankOf(v1::EventType type) const;
  // The day of `event` in the zone of the rules.
  CivilDate DayOf(const DeadlineEvent& event) const;
  // Whether receipt of the request is read from such an event.
  bool IsReceipt(v1::EventType type) const;
  // What `event` says by itself: never kRepeated.
  Answer AnswerOf(const DeadlineEvent& event) const;

  struct Compiled;  // internal
  const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Rules(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

// All deadlines, in the order of the rules; those that nothing has started have status NONE. A rule
// that applies to each of several events gives one deadline for each, and a date that recurs gives
// one for each period up to the first that ends on or after `as_of`. Besides, `as_of` decides
// status only. The digest is left out of each, since it is the same for all: Rules::digest().
std::vector<v1::Deadline> Compute(const Rules& rules, const Calendar& calendar,
                                  const std::vector<DeadlineEvent>& events, CivilDate as_of);

// How the deadlines named `deadline_id` came about, one for each of Compute's. INVALID_FIELD when
// the rules have no such deadline.
absl::StatusOr<std::vector<v1::Explanation>> Explain(const Rules& rules, const Calendar& calendar,
                                                     const std::vector<DeadlineEvent>& events,
                                                     CivilDate as_of, std::string_view deadline_id);

// How every deadline came about, one for each of Compute's.
std::vector<v1::Explanation> ExplainAll(const Rules& rules, const Calendar& calendar,
                                        const std::vector<DeadlineEvent>& events, CivilDate as_of);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_ENGINE_H_
