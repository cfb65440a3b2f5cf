// Internal to the engine: rules with their names resolved.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_COMPILED_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_COMPILED_H_

#include <map>
#include <string>
#include <vector>

#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

struct CompiledDeadline {
  v1::DeadlineRule rule;
  std::vector<v1::EventType> trigger_events;
  std::vector<int> trigger_groups;  // indexes into Compiled::groups
  std::vector<v1::EventType> fallback_events;
  std::vector<int> fallback_groups;
  std::vector<int> tolls;  // indexes into Compiled::rules.tolls()
  std::vector<v1::EventType> satisfied_by;
  std::vector<v1::EventType> ended_by;
  std::vector<v1::EventType> kept_by;
  v1::EventType extension_event = v1::EVENT_TYPE_UNSPECIFIED;
  v1::EventType agreed_event = v1::EVENT_TYPE_UNSPECIFIED;
};

// The rules of one deadline id, in order of preference.
struct DeadlineGroup {
  std::string id;
  std::vector<CompiledDeadline> rules;
};

struct Rules::Compiled {
  v1::Jurisdiction rules;
  Calendars calendars;
  std::string digest;
  std::map<v1::EventType, int> rank;
  std::vector<DeadlineGroup> groups;  // group 0 is clock_start
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_COMPILED_H_
