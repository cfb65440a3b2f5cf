#include "services/tracker/deadlines/engine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/evaluator.h"
#include "services/tracker/deadlines/explain.h"
#include "services/tracker/deadlines/fold.h"

namespace foia::tracker {
namespace {

// The evaluation by the rules, and, when a requester's deadline asks for it, the one for safe
// dates.
class Computation {
 public:
  Computation(const Rules::Compiled& rules, const Calendar& calendar,
              const std::vector<DeadlineEvent>& events, CivilDate as_of)
      : rules_(rules),
        events_(rules, events),
        standard_(rules, calendar, events_, as_of, false),
        safe_(rules, *rules.calendars.safe, events_, as_of, true) {}

  const std::vector<Instance>& Instances(int group) { return standard_.Evaluate(group); }

  v1::Deadline Finish(int group, size_t index) {
    const Instance& instance = Instances(group)[index];
    v1::Deadline deadline = ToProto(rules_, instance);
    const bool is_last_day = deadline.kind() != v1::DEADLINE_KIND_REMEDY;
    if (instance.date.has_value() && deadline.actor() == v1::ACTOR_REQUESTER && is_last_day) {
      CivilDate safe = *instance.date;
      const std::vector<Instance>& others = safe_.Evaluate(group);
      if (index < others.size() && others[index].date.has_value()) {
        safe = std::min(safe, *others[index].date);
      }
      *deadline.mutable_safe_date() = DateToProto(safe);
    }
    return deadline;
  }

  const Folded& events() const { return events_; }

 private:
  const Rules::Compiled& rules_;
  Folded events_;
  Evaluator standard_;
  Evaluator safe_;
};

}  // namespace

std::vector<v1::Deadline> Compute(const Rules& rules, const Calendar& calendar,
                                  const std::vector<DeadlineEvent>& events, CivilDate as_of) {
  const Rules::Compiled& compiled = rules.compiled();
  Computation computation(compiled, calendar, events, as_of);
  std::vector<v1::Deadline> deadlines;
  for (int group = 0; group < static_cast<int>(compiled.groups.size()); ++group) {
    for (size_t i = 0; i < computation.Instances(group).size(); ++i) {
      deadlines.push_back(computation.Finish(group, i));
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
    return InvalidFields(
        {{"deadline",
          absl::StrCat("'", ToAbsl(deadline_id), "' is not a deadline of ", compiled.rules.id())}});
  }
  const int group = static_cast<int>(found - compiled.groups.begin());
  Computation computation(compiled, calendar, events, as_of);
  const std::vector<Instance>& instances = computation.Instances(group);
  std::vector<std::vector<std::string>> other_readings(instances.size());
  for (const auto& compared : compiled.calendars.compared) {
    Evaluator other(compiled, *compared, computation.events(), as_of, false);
    const std::vector<Instance>& others = other.Evaluate(group);
    for (size_t i = 0; i < std::min(instances.size(), others.size()); ++i) {
      if (!others[i].date.has_value() || others[i].date == instances[i].date) continue;
      other_readings[i].push_back(absl::StrCat("On the calendar '", compared->id(), "' (",
                                               compared->title(), ") the date would be ",
                                               ShowDate(*others[i].date), "."));
    }
  }
  std::vector<v1::Explanation> explanations;
  for (size_t i = 0; i < instances.size(); ++i) {
    explanations.push_back(MakeExplanation(compiled, calendar, as_of, instances[i],
                                           computation.Finish(group, i), other_readings[i]));
  }
  return explanations;
}

}  // namespace foia::tracker
