#include "services/tracker/deadlines/engine.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"
#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/evaluator.h"
#include "services/tracker/deadlines/explain.h"
#include "services/tracker/deadlines/fold.h"

namespace foia::tracker {
namespace {

// The evaluation by the rules and, for the requester's last days, by the other readings.
class Computation {
 public:
  Computation(const Rules::Compiled& rules, const Calendar& calendar,
              const std::vector<DeadlineEvent>& events, CivilDate as_of, Reading reading)
      : rules_(rules),
        calendar_(calendar),
        as_of_(as_of),
        events_(rules, events),
        standard_(rules, calendar, events_, as_of, reading) {}

  const std::vector<Instance>& Instances(int group) { return standard_.Evaluate(group); }

  void Finish(int group, const Instance& instance, v1::Deadline* out) {
    v1::Deadline& deadline = *out;
    ToProto(rules_, instance, &deadline);
    const v1::DeadlineRule& rule = instance.deadline->rule;
    if (!instance.date.has_value()) return;
    const bool is_remedy = rule.kind() == v1::DEADLINE_KIND_REMEDY;
    if (is_remedy || rule.actor() == v1::ACTOR_REQUESTER) {
      const auto others = OtherDates(group, instance);
      const CivilDate safe = is_remedy ? LateDate(group, instance, others, &deadline)
                                       : SafeDate(group, instance, others);
      // A right that begins on one day by every reading needs no second date.
      if (!is_remedy || safe != *instance.date) *deadline.mutable_safe_date() = DateToProto(safe);
      for (const auto& [calendar, date] : others) {
        v1::AlternativeDate* alternative = deadline.add_alternatives();
        alternative->set_calendar_id(calendar->id());
        alternative->set_calendar_title(calendar->title());
        *alternative->mutable_date() = DateToProto(date);
      }
    }
    AddWarnDates(instance, &deadline);
  }

  void ExplainGroup(int group, std::vector<v1::Explanation>* explanations) {
    for (const Instance& instance : Instances(group)) {
      std::vector<std::string> other_readings;
      if (instance.date.has_value()) {
        for (const auto& [other, date] : OtherDates(group, instance)) {
          other_readings.push_back(absl::StrCat("On the calendar '", other->id(), "' (",
                                                other->title(), ") the date would be ",
                                                ShowDate(date), "."));
        }
      }
      v1::Deadline deadline;
      Finish(group, instance, &deadline);
      explanations->push_back(
          MakeExplanation(rules_, calendar_, as_of_, instance, deadline, other_readings));
    }
  }

  // What the other calendars give, where it differs.
  std::vector<std::pair<const Calendar*, CivilDate>> OtherDates(int group,
                                                                const Instance& instance) {
    std::vector<std::pair<const Calendar*, CivilDate>> dates;
    if (!standard_.MayDifferByCalendar(group)) return dates;
    if (!others_.has_value()) {
      others_.emplace();
      const auto add = [&](const std::shared_ptr<const Calendar>& calendar) {
        if (calendar->id() == calendar_.id()) return;
        others_->emplace_back(calendar.get(),
                              Evaluator(rules_, *calendar, events_, as_of_, Reading::kStandard));
      };
      add(rules_.calendars.standard);
      for (const auto& calendar : rules_.calendars.compared) add(calendar);
    }
    for (auto& [calendar, evaluator] : *others_) {
      const Instance* other = Same(instance, evaluator.Evaluate(group));
      if (other != nullptr && other->date.has_value() && other->date != instance.date) {
        dates.emplace_back(calendar, *other->date);
      }
    }
    return dates;
  }

 private:
  // Of the instances by another reading, the one that is the same deadline.
  static const Instance* Same(const Instance& instance, const std::vector<Instance>& others) {
    for (const Instance& other : others) {
      const bool is_each = other.deadline->rule.occurrence() == v1::OCCURRENCE_EACH;
      if (other.started() && (!is_each || other.root.position == instance.root.position) &&
          other.period_from == instance.period_from) {
        return &other;
      }
    }
    return nullptr;
  }

  // Never later than any reading; `others` are those of OtherDates.
  CivilDate SafeDate(int group, const Instance& instance,
                     const std::vector<std::pair<const Calendar*, CivilDate>>& others) {
    CivilDate safe = *instance.date;
    for (const auto& [calendar, date] : others) safe = std::min(safe, date);
    if (!standard_.MayDifferFromSafe(group)) return safe;
    if (!safe_.has_value()) {
      safe_.emplace(rules_, *rules_.calendars.safe, events_, as_of_, Reading::kSafe);
    }
    const Instance* other = Same(instance, safe_->Evaluate(group));
    return other != nullptr && other->date.has_value() ? std::min(safe, *other->date) : safe;
  }

  // Never earlier than any reading; `others` are those of OtherDates.
  CivilDate LateDate(int group, const Instance& instance,
                     const std::vector<std::pair<const Calendar*, CivilDate>>& others,
                     v1::Deadline* deadline) {
    CivilDate late = *instance.date;
    for (const auto& [calendar, date] : others) late = std::max(late, date);
    const bool by_choice = standard_.MayDifferFromLate(group);
    if (!by_choice && others.empty() && !standard_.MayDifferByCalendar(group)) return late;
    if (!late_.has_value()) {
      late_.emplace();
      late_->emplace_back(rules_, calendar_, events_, as_of_, Reading::kLate);
      if (rules_.calendars.late != nullptr) {
        late_->emplace_back(rules_, *rules_.calendars.late, events_, as_of_, Reading::kLate);
      }
      for (const auto& calendar : rules_.calendars.compared) {
        late_->emplace_back(rules_, *calendar, events_, as_of_, Reading::kLate);
      }
    }
    bool is_doubtful = false;
    for (Evaluator& evaluator : *late_) {
      const Instance* other = Same(instance, evaluator.Evaluate(group));
      if (other != nullptr && other->date.has_value()) {
        late = std::max(late, *other->date);
      } else {
        is_doubtful = true;
      }
    }
    if (is_doubtful) {
      deadline->add_warnings(
          "By another reading of the time the answer came in it, and this right "
          "never began");
    }
    return late;
  }

  void AddWarnDates(const Instance& instance, v1::Deadline* deadline) const {
    const v1::DeadlineRule& rule = instance.deadline->rule;
    std::vector<std::pair<CivilDate, const v1::Period*>> days;
    for (const v1::Period& period : rule.warn_before()) {
      const int months = period.unit() == v1::UNIT_YEARS    ? 12 * period.n()
                         : period.unit() == v1::UNIT_MONTHS ? period.n()
                                                            : 0;
      days.emplace_back(
          months > 0 ? AddMonths(*instance.date, -months) : *instance.date - period.n(), &period);
    }
    std::sort(days.begin(), days.end());
    const v1::Period* left = nullptr;
    for (const auto& [day, period] : days) {
      *deadline->add_warn_dates() = DateToProto(day);
      if (as_of_ >= day) left = period;
    }
    if (left == nullptr || instance.status != v1::DEADLINE_STATUS_RUNNING) return;
    deadline->add_warnings(
        absl::StrCat(ShowPeriod(*left), left->n() == 1 ? " or less is left" : " or less are left",
                     rule.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION ? " to sue" : ""));
  }

  const Rules::Compiled& rules_;
  const Calendar& calendar_;
  const CivilDate as_of_;
  Folded events_;
  Evaluator standard_;
  std::optional<Evaluator> safe_;
  std::optional<std::vector<Evaluator>> late_;
  std::optional<std::vector<std::pair<const Calendar*, Evaluator>>> others_;
};

}  // namespace

std::vector<v1::Deadline> Compute(const Rules& rules, const Calendar& calendar,
                                  const std::vector<DeadlineEvent>& events, CivilDate as_of) {
  const Rules::Compiled& compiled = rules.compiled();
  Computation computation(compiled, calendar, events, as_of, Reading::kStandard);
  const int groups = static_cast<int>(compiled.groups.size());
  size_t count = 0;
  for (int group = 0; group < groups; ++group) count += computation.Instances(group).size();
  std::vector<v1::Deadline> deadlines(count);
  auto deadline = deadlines.begin();
  for (int group = 0; group < groups; ++group) {
    for (const Instance& instance : computation.Instances(group)) {
      computation.Finish(group, instance, &*deadline++);
    }
  }
  return deadlines;
}

absl::StatusOr<std::vector<v1::Explanation>> Explain(const Rules& rules, const Calendar& calendar,
                                                     const std::vector<DeadlineEvent>& events,
                                                     CivilDate as_of,
                                                     std::string_view deadline_id) {
  const Rules::Compiled& compiled = rules.compiled();
  const auto found = std::find_if(compiled.groups.begin(), compiled.groups.end(),
                                  [&](const auto& group) { return group.id == deadline_id; });
  if (found == compiled.groups.end()) {
    std::vector<Candidate> ids;
    for (const DeadlineGroup& group : compiled.groups) {
      ids.push_back({group.id, group.rules.empty() ? "" : group.rules.front().rule.title()});
    }
    return InvalidFields({{"deadline", absl::StrCat("'", ToAbsl(deadline_id),
                                                    "' is not a deadline of ", compiled.rules.id(),
                                                    DidYouMean(std::string(deadline_id), ids))}});
  }
  Computation computation(compiled, calendar, events, as_of, Reading::kExplained);
  std::vector<v1::Explanation> explanations;
  computation.ExplainGroup(static_cast<int>(found - compiled.groups.begin()), &explanations);
  return explanations;
}

std::vector<v1::Explanation> ExplainAll(const Rules& rules, const Calendar& calendar,
                                        const std::vector<DeadlineEvent>& events, CivilDate as_of) {
  const Rules::Compiled& compiled = rules.compiled();
  Computation computation(compiled, calendar, events, as_of, Reading::kExplained);
  std::vector<v1::Explanation> explanations;
  for (int group = 0; group < static_cast<int>(compiled.groups.size()); ++group) {
    computation.ExplainGroup(group, &explanations);
  }
  return explanations;
}

}  // namespace foia::tracker
