// Internal to the engine: computes deadlines and keeps what an explanation needs.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EVALUATOR_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EVALUATOR_H_

#include <optional>
#include <string>
#include <vector>

#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/fold.h"

namespace foia::tracker {

// What applies of an extension.
struct AppliedExtension {
  FoldedEvent notice;
  int days = 0;
};

// One deadline in the making.
struct Instance {
  const CompiledDeadline* deadline = nullptr;
  v1::DeadlineStatus status = v1::DEADLINE_STATUS_NONE;
  std::optional<CivilDate> date;

  // What started it: an event, or another deadline that rests on an event.
  FoldedEvent root;
  const Instance* parent = nullptr;
  std::string trigger;  // text form of the event, or id of the deadline; empty: not started
  CivilDate trigger_date;

  std::optional<CivilDate> base_unrolled;  // the period's end, tolls included
  std::optional<CivilDate> base;           // rolled
  std::vector<Toll> tolls;                 // those that stop this period, by start
  std::optional<AppliedExtension> extension;
  FoldedEvent agreed;
  FoldedEvent closing;
  bool is_presumed = false;
  std::vector<v1::ExplanationStep> receipt_steps;  // of clock_start
  std::vector<std::string> missing;
  std::vector<std::string> warnings;

  // The weakest of what the date rests on.
  v1::Certainty certainty = v1::CERTAINTY_UNSPECIFIED;

  // False while what would start it is missing; trigger_date means nothing then.
  bool started() const { return !trigger.empty(); }
};

class Evaluator {
 public:
  // With `is_safe` every choice is the one that gives the earlier date: nothing is rolled forward,
  // no clock stops, no agreement counts. All arguments must outlive the evaluator.
  Evaluator(const Rules::Compiled& rules, const Calendar& calendar, const Folded& events,
            CivilDate as_of, bool is_safe);

  // The deadlines of group `group`, never empty.
  const std::vector<Instance>& Evaluate(int group);

 private:
  struct Trigger {
    std::string name;
    CivilDate date;
    FoldedEvent root;
    const Instance* parent = nullptr;
  };

  Instance ClockStart(const CompiledDeadline& deadline);
  std::vector<Instance> EvaluateGroup(const DeadlineGroup& group);
  // Earliest first.
  std::vector<Trigger> FindTriggers(const CompiledDeadline& deadline);
  void AddTriggers(const std::vector<v1::EventType>& events, const std::vector<int>& groups,
                   std::vector<Trigger>* triggers);
  bool Holds(const v1::DeadlineRule& rule, const Trigger& trigger) const;
  // For a deadline that nothing started: why.
  Instance NotStarted(const CompiledDeadline& deadline);
  Instance Due(const CompiledDeadline& deadline, const Trigger& trigger);
  void ApplyExtension(Instance* instance);
  void ApplyAgreement(Instance* instance);
  void SetStatus(Instance* instance);
  // The end of `period` after `from`; nullopt when a toll is open (`is_tolled`) or the calendar
  // ends. `tolls` are ordered by start.
  std::optional<CivilDate> Count(CivilDate from, const v1::Period& period,
                                 const std::vector<Toll>& tolls, bool* is_tolled) const;
  std::optional<CivilDate> Roll(CivilDate date, const v1::DeadlineRule& rule) const;

  const Rules::Compiled& rules_;
  const Calendar& calendar_;
  const Folded& events_;
  const CivilDate as_of_;
  const bool is_safe_;
  std::vector<std::vector<Instance>> results_;  // by group; empty: not yet
};

// "Thu 2020-08-13".
std::string ShowDate(CivilDate date);
// "20 working days".
std::string ShowPeriod(const v1::Period& period);
// The weaker of two certainties.
v1::Certainty Weaker(v1::Certainty a, v1::Certainty b);
// The message for `instance`, without safe date.
v1::Deadline ToProto(const Rules::Compiled& rules, const Instance& instance);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EVALUATOR_H_
