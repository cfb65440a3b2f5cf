// Which events contradict the others of a request. Facts arrive late, so nothing here depends on
// the order of arrival: a contradiction stands as long as the events that stand make it, and goes
// when a later fact resolves it. Pure; docs/guides/events.md lists the rules by name.
#ifndef FOIA_SERVICES_TRACKER_TRANSITIONS_H_
#define FOIA_SERVICES_TRACKER_TRANSITIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/tracker/timeline.h"

namespace foia::tracker {

// How an event is held against the others.
enum class Check {
  kNeedsEarlier,     // one of `others` on the same day or before, of the same `key`
  kNotBeforeFirst,   // where there are `others`, one of them on the same day or before
  kNotBeforeAct,     // not before 1966
  kNeedsOpen,        // one of `others` before it that no event of the rule answered yet
  kOnce,             // no event of the rule before it with the same `key`
  kOneDay,           // no event of the rule on an earlier day with the same `key`
  kNotAfter,         // none of `others` on an earlier day, unless reopened since
  kNeedsAppealable,  // something to appeal on the same day or before
  kNeedsIssue,       // where it says what it is about: a decision on that
  kNeedsAppeal,      // an undecided appeal to decide or withdraw
  kOneReceipt,       // an appeal that was not received yet
  kNotRepeated,      // no event before it with the same type, day and attributes
};

struct TransitionRule {
  std::string_view name;
  std::vector<v1::EventType> events;  // that the rule is about
  Check check;
  std::vector<v1::EventType> others;
  std::string_view key;     // an attribute; values are the same when equal
  std::string_view text;    // what is wrong
  std::string_view remedy;  // what to record instead, or first
};

// The table. A rule may stand in several rows.
const std::vector<TransitionRule>& TransitionRules();

// An event that contradicts the others.
struct Conflict {
  std::string event_id;
  const TransitionRule* rule = nullptr;
  // "appeal_decided of 2020-09-01: no appeal is undecided then (appeal-decision-needs-appeal)".
  std::string text;
};

// By event in the timeline's order, then in the table's; one event and rule name once.
std::vector<Conflict> FindConflicts(const Timeline& timeline);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_TRANSITIONS_H_
