// Internal to the engine: rules with their names resolved.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_COMPILED_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_COMPILED_H_

#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// A set of event types. A type that this program does not know is in no set.
class EventSet {
 public:
  void Add(v1::EventType type) {
    if (IsKnown(type)) bits_.set(static_cast<size_t>(type));
  }
  void Add(const EventSet& other) { bits_ |= other.bits_; }
  bool Has(v1::EventType type) const { return IsKnown(type) && bits_[static_cast<size_t>(type)]; }
  bool Meets(const EventSet& other) const { return (bits_ & other.bits_).any(); }
  bool empty() const { return bits_.none(); }

 private:
  static constexpr int kSize = 128;
  static_assert(v1::EventType_MAX < kSize);
  static bool IsKnown(v1::EventType type) { return type > 0 && type < kSize; }

  std::bitset<kSize> bits_;
};

struct CompiledDeadline {
  v1::DeadlineRule rule;
  std::string rule_id = {};  // "us-federal-dhs/appeal_file_by"
  EventSet trigger_events = {};
  std::vector<int> trigger_groups = {};  // indexes into Compiled::groups
  struct Fallback {
    EventSet events = {};
    std::vector<int> groups = {};
  };
  std::vector<Fallback> fallbacks = {};  // in order of preference
  std::vector<int> tolls = {};           // indexes into rules.tolls()
  EventSet satisfied_by = {};
  EventSet ended_by = {};
  EventSet ended_if_extended_by = {};
  EventSet kept_by = {};
  v1::EventType extension_event = v1::EVENT_TYPE_UNSPECIFIED;
  v1::EventType agreed_event = v1::EVENT_TYPE_UNSPECIFIED;
  std::optional<int> cutoff = std::nullopt;  // seconds of the day
  // A last day without work moves on, and by which law.
  bool rolls = false;
  bool saturday_stays = false;
  v1::Certainty roll_certainty = v1::CERTAINTY_UNSPECIFIED;
  std::string roll_citation = {};  // empty: the rule's own
};

// The rules of one deadline id, in order of preference.
struct DeadlineGroup {
  std::string id;
  std::vector<CompiledDeadline> rules = {};
};

struct CompiledToll {
  v1::EventType start = v1::EVENT_TYPE_UNSPECIFIED;
  v1::EventType stop = v1::EVENT_TYPE_UNSPECIFIED;
};

// AnswerRule.
struct CompiledAnswers {
  EventSet events;
  EventSet interim;
  EventSet adverse;
  EventSet closing;
};

// AppropriationsLapse.
struct CompiledLapse {
  CivilDate from;
  std::optional<CivilDate> to = std::nullopt;
};

// An hour of receipt.
struct CompiledCutoff {
  std::string via;
  int seconds = 0;  // of the day
};

struct Rules::Compiled {
  v1::Jurisdiction rules;
  Calendars calendars;
  // Days that are working days on one of the standard and compared calendars and not on another.
  std::vector<CivilDate> differing_days;
  // Days that are working days on the standard calendar and not on the late one, in order.
  std::vector<CivilDate> late_days;
  std::string digest;
  absl::TimeZone zone;
  std::vector<int> rank;  // by event type; types beyond it come last
  EventSet received;
  EventSet presumed;
  EventSet letters;
  CompiledAnswers answers;
  std::vector<CompiledLapse> lapses;  // as rules.lapses()
  v1::EventType route = v1::EVENT_TYPE_UNSPECIFIED;
  std::vector<CompiledCutoff> cutoffs;
  std::vector<CompiledToll> tolls;    // as rules.tolls()
  std::vector<DeadlineGroup> groups;  // group 0 is clock_start
};

// Rules::AnswerOf.
Answer AnswerOf(const Rules::Compiled& rules, const DeadlineEvent& event);

// Seconds of the day of "17:00" or "23:59:59"; nullopt for anything else.
std::optional<int> ParseHour(std::string_view text);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_COMPILED_H_
