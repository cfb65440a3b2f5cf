// Internal to the engine: computes deadlines and keeps what an explanation needs.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_EVALUATOR_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_EVALUATOR_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/fees.h"
#include "services/tracker/deadlines/fold.h"
#include "services/tracker/deadlines/periods.h"

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
  const std::string* trigger = nullptr;  // text form of the event, or id of the deadline
  CivilDate trigger_date;

  bool is_given = false;                   // the event named the date; nothing was counted
  std::optional<CivilDate> base_unrolled;  // the period's end, tolls included
  std::optional<CivilDate> base;           // rolled
  std::vector<Toll> tolls;                 // those that stop this period, by start
  std::optional<AppliedExtension> extension;
  FoldedEvent agreed;
  FoldedEvent closing;
  bool is_presumed = false;
  // The answer that started it does not say that anything was withheld.
  bool is_assumed = false;
  // Of a date with content: the period that it ends.
  std::optional<CivilDate> period_from;
  bool is_counted_first = false;  // the order names no first date
  // How far it is done, where that is counted.
  std::string progress;
  std::vector<v1::ExplanationStep> receipt_steps;  // of clock_start, when explaining
  std::vector<std::string> missing;
  std::vector<std::string> warnings;

  // The weakest of what the date rests on.
  v1::Certainty certainty = v1::CERTAINTY_UNSPECIFIED;

  // False while what would start it is missing; trigger_date means nothing then.
  bool started() const { return trigger != nullptr; }
};

// How the law is read.
enum class Reading {
  kStandard,
  kExplained,  // as kStandard, with the steps to the clock's start
  kCompared,   // as kStandard, without words: for dates on other calendars
  // Every choice is the one that gives the earlier date: nothing is rolled forward or counts as
  // received later, no clock stops, no agreement counts.
  kSafe,
  // Every choice is the one that gives the later date: receipt as late as it may have been, a
  // notice that came too late counts. For rights, which must have begun.
  kLate,
};

class Evaluator {
 public:
  // All arguments must outlive the evaluator.
  Evaluator(const Rules::Compiled& rules, const Calendar& calendar, const Folded& events,
            CivilDate as_of, Reading reading);

  // The deadlines of group `group`, never empty.
  const std::vector<Instance>& Evaluate(int group);

  // False when every compared calendar, or the safe or late reading, gives the same as this one: no
  // day on which they differ was looked at, and no choice was made that they make differently. The
  // group was evaluated before.
  bool MayDifferByCalendar(int group) const;
  bool MayDifferFromSafe(int group) const;
  bool MayDifferFromLate(int group) const;

 private:
  struct Trigger {
    const std::string* name = nullptr;
    CivilDate date;
    FoldedEvent root;
    const Instance* parent = nullptr;
    bool is_named = true;      // by the rule; else its outcome makes it one of those that are
    bool is_fallback = false;  // a deadline that stands in for an event which is not recorded
  };
  // Which trigger each appeal, or decision on one, answers.
  struct Answers {
    EventSet types;                          // the types of answers that were matched
    std::vector<std::pair<int, int>> roots;  // position of the answer, position of the trigger
    // A sentence for triggers that share one answer, by position of the trigger.
    std::vector<std::pair<int, std::string>> warnings;

    // False when the event answers another trigger.
    bool Allows(const Folded& events, const FoldedEvent& event, const Instance& instance) const;
  };

  struct Result {
    std::vector<Instance> instances;  // empty: not yet evaluated
    // A day was looked at on which compared calendars differ; a choice of the safe reading would be
    // another one. Of this group only, not of those it rests on.
    bool by_calendar = false;
    bool by_choice = false;
    bool by_late_choice = false;
  };

  bool is_safe() const { return reading_ == Reading::kSafe; }
  bool is_late() const { return reading_ == Reading::kLate; }
  // False when nobody will read warnings and steps.
  bool has_words() const {
    return reading_ == Reading::kStandard || reading_ == Reading::kExplained;
  }
  template <bool Result::*kFlag>
  bool MayDiffer(int group) const;
  CivilDate DayOf(const FoldedEvent& event);
  // The calendar's answers; they note which days were looked at.
  void Consult(CivilDate from, CivilDate to);
  bool IsWorkingDay(CivilDate date);
  int CountWorkingDays(CivilDate after, CivilDate to);
  std::optional<CivilDate> AddWorkingDays(CivilDate date, int n);
  std::optional<CivilDate> NextWorkingDay(CivilDate date);

  Instance ClockStart(const CompiledDeadline& deadline);
  std::vector<Instance> EvaluateGroup(const DeadlineGroup& group);
  // Earliest first.
  std::vector<Trigger> FindTriggers(const CompiledDeadline& deadline);
  void AddTriggers(const EventSet& events, const std::vector<int>& groups,
                   std::vector<Trigger>* triggers);
  bool Holds(const v1::DeadlineRule& rule, const Trigger& trigger) const;
  // Receipt as the late reading has it: of `received`, which are in order, those that may be it.
  void KeepLatest(bool is_presumed, std::vector<FoldedEvent>* received) const;
  // The day on which mail that came on `day` may first have been opened; `day` outside a lapse of
  // appropriations and for what needs nobody to receive it.
  CivilDate AfterLapse(const FoldedEvent& event, CivilDate day);
  // Decisions on appeals whose receipt nobody recorded.
  void AddUnreceivedAppeals(const CompiledDeadline& deadline, std::vector<Instance>* instances);
  Answers MatchAnswers(v1::DeadlineKind kind, const std::vector<Trigger>& triggers) const;
  // Of several embargoes only the one that lasts longest: a later one never lowers privacy.
  void KeepLongestEmbargo(std::vector<Instance>* instances);
  // Warns of answers to nothing: an appeal without a determination before it, or about another
  // issue.
  void AddUnasked(const DeadlineGroup& group, std::vector<Instance>* instances) const;
  // For a deadline that nothing started: why.
  Instance NotStarted(const CompiledDeadline& deadline);
  Instance Due(const CompiledDeadline& deadline, const Trigger& trigger, const Answers& answers);
  // The dates of an order with content; `orders` are all that start this deadline.
  std::vector<Instance> DueByPeriods(const CompiledDeadline& deadline, const Trigger& trigger,
                                     const std::vector<FoldedEvent>& orders);
  // Takes the date from the event; false when it names none.
  bool TakeGivenDate(Instance* instance) const;
  void CountPeriod(Instance* instance);
  void ApplyExtension(Instance* instance);
  // What a notice does that names more than the law allows, where that makes it void.
  void VoidExtension(const FoldedEvent& notice, Instance* instance);
  void ApplyAgreement(Instance* instance);
  void SetStatus(const Answers& answers, Instance* instance);
  FoldedEvent FindEnd(const Instance& instance);
  // What a letter about fees asks for; null for a deadline that no letter about fees started.
  const FeeDemand* DemandOf(const Instance& instance);
  // False for money that leaves something of the letter open.
  bool MaySettle(const FoldedEvent& event, const Instance& instance);
  void AddFeeBalance(Instance* instance);
  // False for an appeal that cannot be against what started `instance`.
  bool MayMeet(const FoldedEvent& event, const Instance& instance) const;
  // Whether an appeal was withdrawn that is another one than that of `instance`.
  bool IsOfAnotherAppeal(const FoldedEvent& letter, const Instance& instance) const;
  // Null for what is no letter of an appeal.
  const AppealLetters* AppealOf(const FoldedEvent& letter) const;
  // False when the answer is about another issue.
  static bool MayAnswer(v1::DeadlineKind kind, const FoldedEvent& event, const Trigger& trigger);
  void AddEventWarnings(Instance* instance) const;
  // The end of `period` after `from`; nullopt when a toll is open (`is_tolled`) or the calendar
  // ends. `tolls` are ordered by start.
  std::optional<CivilDate> Count(CivilDate from, const v1::Period& period,
                                 const std::vector<Toll>& tolls, bool* is_tolled);
  std::optional<CivilDate> Count(CivilDate from, const v1::Period& period);
  // Moves the end of a period of `unit`.
  std::optional<CivilDate> Roll(CivilDate date, v1::Unit unit, const CompiledDeadline& deadline);

  const Rules::Compiled& rules_;
  const Calendar& calendar_;
  const Folded& events_;
  const CivilDate as_of_;
  const Reading reading_;
  std::optional<FeeAccount> fees_;
  std::vector<Result> results_;  // by group
  Result* current_ = nullptr;    // of the group being evaluated
  // How certain the days are that were looked at for the deadline in the making.
  v1::Certainty counted_ = v1::CERTAINTY_UNSPECIFIED;
};

// "Thu 2020-08-13".
std::string ShowDate(CivilDate date);
// "20 working days".
std::string ShowPeriod(const v1::Period& period);
// `date` and `months` later or, when negative, earlier; the month's last day stands for a day that
// it does not have.
CivilDate AddMonths(CivilDate date, int months);
// The calendar whose holidays move a last day.
const Calendar& LastDayCalendar(const Rules::Compiled& rules, const CompiledDeadline& deadline,
                                const Calendar& counting);
// Fills the empty message of `instance`, without what other readings give.
void ToProto(const Rules::Compiled& rules, const Instance& instance, v1::Deadline* deadline);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_EVALUATOR_H_
