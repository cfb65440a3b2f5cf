#include "services/tracker/deadlines/evaluator.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

// "" when the event has no such attribute.
const std::string& Attribute(const DeadlineEvent& event, std::string_view name) {
  static const std::string& none = *new std::string;
  const auto found = event.attributes.find(name);
  return found == event.attributes.end() ? none : found->second;
}

// False when the event names another deadline.
bool IsFor(const DeadlineEvent& event, const Instance& instance) {
  const std::string& id = Attribute(event, "deadline");
  return id.empty() || id == instance.deadline->rule.id();
}

// Adds calendar months; the month's last day stands for a day it does not have.
CivilDate AddMonths(CivilDate date, int months) {
  const absl::CivilMonth month = absl::CivilMonth(date) + months;
  const int last = (CivilDate(month + 1) - 1).day();
  return CivilDate(month.year(), month.month(), std::min(date.day(), last));
}

v1::ExplanationStep Step(CivilDate date, const std::string& text) {
  v1::ExplanationStep step;
  *step.mutable_date() = DateToProto(date);
  step.set_text(text);
  return step;
}

std::string OutsideCalendar() {
  return absl::StrCat("The date lies outside ", Calendar::kFirstYear, " to ", Calendar::kLastYear,
                      ", the years of the calendar");
}

CivilDate FromProto(const common::v1::Date& date) {
  return CivilDate(date.year(), date.month(), date.day());
}

}  // namespace

std::string ShowDate(CivilDate date) {
  return absl::StrCat(ToAbsl(WeekdayName(date)), " ", FormatDate(date));
}

std::string ShowPeriod(const v1::Period& period) {
  const char* unit = period.unit() == v1::UNIT_WORKING_DAYS    ? " working day"
                     : period.unit() == v1::UNIT_CALENDAR_DAYS ? " calendar day"
                     : period.unit() == v1::UNIT_MONTHS        ? " month"
                                                               : " year";
  return absl::StrCat(period.n(), unit, period.n() == 1 ? "" : "s");
}

v1::Certainty Weaker(v1::Certainty a, v1::Certainty b) {
  // From strong to weak: verified, convention, secondary, memory.
  const auto weight = [](v1::Certainty c) {
    return c == v1::CERTAINTY_UNSPECIFIED  ? 0
           : c == v1::CERTAINTY_VERIFIED   ? 1
           : c == v1::CERTAINTY_CONVENTION ? 2
           : c == v1::CERTAINTY_SECONDARY  ? 3
                                           : 4;
  };
  return weight(a) >= weight(b) ? a : b;
}

Evaluator::Evaluator(const Rules::Compiled& rules, const Calendar& calendar, const Folded& events,
                     CivilDate as_of, bool is_safe)
    : rules_(rules),
      calendar_(calendar),
      events_(events),
      as_of_(as_of),
      is_safe_(is_safe),
      results_(rules.groups.size()) {}

const std::vector<Instance>& Evaluator::Evaluate(int group) {
  std::vector<Instance>& result = results_[static_cast<size_t>(group)];
  if (result.empty()) {
    const DeadlineGroup& rules = rules_.groups[static_cast<size_t>(group)];
    if (group == 0) {
      result.push_back(ClockStart(rules.rules[0]));
    } else {
      result = EvaluateGroup(rules);
    }
  }
  return result;
}

Instance Evaluator::ClockStart(const CompiledDeadline& deadline) {
  const v1::ReceiptRule& receipt = rules_.rules.receipt();
  Instance instance;
  instance.deadline = &deadline;
  instance.certainty = receipt.certainty();

  const auto events_named = [&](const auto& names) {
    std::vector<v1::EventType> types;
    for (const std::string& name : names) types.push_back(ParseEventType(name));
    return events_.OfTypes(types);
  };
  std::vector<FoldedEvent> received = events_named(receipt.events());
  std::vector<FoldedEvent> routed;
  if (!receipt.route_event().empty()) {
    routed = events_.OfType(ParseEventType(receipt.route_event()));
  }
  if (received.empty() && routed.empty()) {
    received = events_named(receipt.presumed_events());
    instance.is_presumed = !received.empty();
  }
  if (received.empty() && routed.empty()) {
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    instance.missing.assign(receipt.events().begin(), receipt.events().end());
    return instance;
  }
  if (!received.empty() && received.front().date() != received.back().date()) {
    instance.warnings.push_back(
        absl::StrCat("Receipt is recorded on ", FormatDate(received.front().date()), " and on ",
                     FormatDate(received.back().date()), ": the earlier day is used"));
  }
  // The earliest receipt after delays and moves wins; each candidate keeps its own steps.
  for (const FoldedEvent& event : received) {
    const std::string name = EventTypeName(event.event->type);
    std::vector<v1::ExplanationStep> steps = {
        Step(event.date(), absl::StrCat(instance.is_presumed ? "Receipt presumed from " : "", name,
                                        " on ", ShowDate(event.date())))};
    CivilDate day = event.date();
    for (const v1::ReceiptDelay& delay : receipt.delays()) {
      if (delay.via() != Attribute(*event.event, "via")) continue;
      bool is_tolled = false;
      day = Count(day, delay.period(), {}, &is_tolled).value_or(day);
      steps.push_back(
          Step(day, absl::StrCat("Sent by ", delay.via(), ": counts as received ",
                                 ShowPeriod(delay.period()), " later, ", ShowDate(day))));
    }
    bool is_convention = false;
    if (Calendar::Covers(day) && !calendar_.IsWorkingDay(day)) {
      if (receipt.on_nonworking() == v1::NONWORKING_RECEIPT_NEXT_WORKING_DAY) {
        day = calendar_.NextWorkingDay(day).value_or(day);
        steps.push_back(
            Step(day, absl::StrCat("Not a working day: counts as received on ", ShowDate(day))));
      } else {
        is_convention = true;
        steps.push_back(Step(day, "Not a working day: taken as it is"));
      }
    }
    if (instance.date.has_value() && day >= *instance.date) continue;
    instance.date = day;
    instance.root = event;
    instance.trigger = name;
    instance.receipt_steps = std::move(steps);
    instance.certainty =
        is_convention ? Weaker(receipt.certainty(), v1::CERTAINTY_CONVENTION) : receipt.certainty();
  }
  if (!routed.empty()) {
    const FoldedEvent& first = routed.front();
    bool is_tolled = false;
    const std::optional<CivilDate> cap = Count(
        first.date(),
        is_safe_ && receipt.has_safe_route_cap() ? receipt.safe_route_cap() : receipt.route_cap(),
        {}, &is_tolled);
    if (cap.has_value() && (!instance.date.has_value() || *cap < *instance.date)) {
      instance.date = cap;
      instance.root = first;
      instance.trigger = receipt.route_event();
      instance.receipt_steps = {
          Step(first.date(),
               absl::StrCat("First received by any component on ", ShowDate(first.date()))),
          Step(*cap,
               absl::StrCat("The right component ",
                            received.empty() ? "is not known to have it" : "got it only later",
                            ": the clock starts at the latest ", ShowPeriod(receipt.route_cap()),
                            " after that, ", ShowDate(*cap)))};
    } else if (instance.date.has_value()) {
      instance.receipt_steps.insert(
          instance.receipt_steps.begin(),
          Step(first.date(),
               absl::StrCat("First received by any component on ", ShowDate(first.date()))));
    }
  }
  if (instance.is_presumed) {
    instance.warnings.push_back("Receipt is presumed; evidence of receipt may move every date");
  }
  if (!instance.date.has_value()) {
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    instance.warnings.push_back(OutsideCalendar());
    return instance;
  }
  instance.trigger_date = instance.root.date();
  instance.status =
      *instance.date <= as_of_ ? v1::DEADLINE_STATUS_IN_EFFECT : v1::DEADLINE_STATUS_RUNNING;
  return instance;
}

std::vector<Instance> Evaluator::EvaluateGroup(const DeadlineGroup& group) {
  std::vector<Instance> instances;
  std::vector<int> used;  // positions of root events that have their rule
  for (const CompiledDeadline& deadline : group.rules) {
    const bool each = deadline.rule.occurrence() == v1::OCCURRENCE_EACH;
    for (const Trigger& trigger : FindTriggers(deadline)) {
      const bool is_free = std::count(used.begin(), used.end(), trigger.root.position) == 0;
      if (is_free && Holds(deadline.rule, trigger)) {
        instances.push_back(Due(deadline, trigger));
        used.push_back(trigger.root.position);
      }
      if (!each) break;
    }
    if (!each && !instances.empty()) break;
  }
  if (instances.empty()) instances.push_back(NotStarted(group.rules.back()));
  return instances;
}

void Evaluator::AddTriggers(const std::vector<v1::EventType>& events,
                            const std::vector<int>& groups, std::vector<Trigger>* triggers) {
  for (const FoldedEvent& event : events_.OfTypes(events)) {
    triggers->push_back({EventTypeName(event.event->type), event.date(), event, nullptr});
  }
  for (const int group : groups) {
    for (const Instance& parent : Evaluate(group)) {
      if (!parent.date.has_value()) continue;
      triggers->push_back({parent.deadline->rule.id(), *parent.date, parent.root, &parent});
    }
  }
}

std::vector<Evaluator::Trigger> Evaluator::FindTriggers(const CompiledDeadline& deadline) {
  std::vector<Trigger> triggers;
  AddTriggers(deadline.trigger_events, deadline.trigger_groups, &triggers);
  if (triggers.empty()) {
    AddTriggers(deadline.fallback_events, deadline.fallback_groups, &triggers);
  }
  if (deadline.rule.on_lapse()) {
    // Only what was missed, or may still be missed.
    triggers.erase(std::remove_if(triggers.begin(), triggers.end(),
                                  [](const Trigger& trigger) {
                                    const auto status = trigger.parent->status;
                                    return status != v1::DEADLINE_STATUS_RUNNING &&
                                           status != v1::DEADLINE_STATUS_LATE;
                                  }),
                   triggers.end());
  }
  std::stable_sort(triggers.begin(), triggers.end(),
                   [](const Trigger& a, const Trigger& b) { return a.date < b.date; });
  return triggers;
}

bool Evaluator::Holds(const v1::DeadlineRule& rule, const Trigger& trigger) const {
  for (const v1::Condition& condition : rule.when()) {
    const std::string& value = Attribute(*trigger.root.event, condition.attribute());
    if (std::count(condition.values().begin(), condition.values().end(), value) == 0) return false;
  }
  const v1::DateRange& range = rule.effective();
  return (!range.has_from() || trigger.date >= FromProto(range.from())) &&
         (!range.has_to() || trigger.date <= FromProto(range.to()));
}

Instance Evaluator::NotStarted(const CompiledDeadline& deadline) {
  Instance instance;
  instance.deadline = &deadline;
  instance.certainty = deadline.rule.certainty();
  for (const int group : deadline.trigger_groups) {
    for (const Instance& parent : Evaluate(group)) {
      if (parent.status == v1::DEADLINE_STATUS_TOLLED) {
        instance.status = parent.status;
        instance.parent = &parent;
        instance.root = parent.root;
        instance.missing = parent.missing;
        return instance;
      }
      if (parent.status == v1::DEADLINE_STATUS_CANNOT_COMPUTE) {
        instance.status = parent.status;
        instance.missing = parent.missing;
      }
    }
  }
  if (instance.status == v1::DEADLINE_STATUS_NONE) {
    for (const v1::EventType type : deadline.trigger_events) {
      if (events_.OfType(type).empty()) instance.missing.push_back(EventTypeName(type));
    }
  }
  return instance;
}

Instance Evaluator::Due(const CompiledDeadline& deadline, const Trigger& trigger) {
  const v1::DeadlineRule& rule = deadline.rule;
  Instance instance;
  instance.deadline = &deadline;
  instance.root = trigger.root;
  instance.parent = trigger.parent;
  instance.trigger = trigger.name;
  instance.trigger_date = trigger.date;
  instance.certainty = rule.certainty();
  if (trigger.parent != nullptr) {
    instance.certainty = Weaker(instance.certainty, trigger.parent->certainty);
    instance.is_presumed = trigger.parent->is_presumed;
  }
  if (!rule.has_period()) {
    ApplyAgreement(&instance);
    if (instance.date.has_value()) SetStatus(&instance);
    return instance;
  }

  std::vector<Toll> tolls;
  for (const int toll : is_safe_ ? std::vector<int>() : deadline.tolls) {
    const std::vector<Toll> more = FindTolls(rules_, events_, toll, &instance.warnings);
    tolls.insert(tolls.end(), more.begin(), more.end());
  }
  std::stable_sort(tolls.begin(), tolls.end(), [](const Toll& a, const Toll& b) {
    return a.start.position < b.start.position;
  });
  bool is_tolled = false;
  instance.base_unrolled = Count(trigger.date, rule.period(), tolls, &is_tolled);
  if (instance.base_unrolled.has_value()) {
    instance.base = Roll(*instance.base_unrolled, rule);
    if (!instance.base.has_value()) instance.base_unrolled.reset();
    instance.date = instance.base;
  }
  for (const Toll& toll : tolls) {
    if (instance.base_unrolled.has_value() && toll.start.date() >= *instance.base_unrolled) {
      instance.warnings.push_back(absl::StrCat(EventTypeName(toll.start.event->type), " of ",
                                               FormatDate(toll.start.date()),
                                               " does not stop the clock: it came on or after "
                                               "the due date ",
                                               FormatDate(*instance.base_unrolled)));
    } else if (toll.open() || toll.stop.date() > trigger.date) {
      instance.tolls.push_back(toll);
      instance.certainty = Weaker(instance.certainty, v1::CERTAINTY_CONVENTION);
      if (is_tolled && toll.open()) {
        instance.missing.push_back(rules_.rules.tolls(toll.rule).stop_event());
      }
    }
  }
  if (instance.date.has_value()) ApplyExtension(&instance);
  if (is_tolled) {
    instance.status = v1::DEADLINE_STATUS_TOLLED;
  } else if (!instance.date.has_value()) {
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    if (instance.missing.empty()) {
      instance.warnings.push_back(OutsideCalendar());
    }
  }
  ApplyAgreement(&instance);
  SetStatus(&instance);
  return instance;
}

void Evaluator::ApplyExtension(Instance* instance) {
  const v1::DeadlineRule& rule = instance->deadline->rule;
  if (!rule.has_extension()) return;
  const v1::ExtensionRule& extension = rule.extension();
  for (const FoldedEvent& notice : events_.OfType(instance->deadline->extension_event)) {
    if (!IsFor(*notice.event, *instance)) continue;
    if (extension.not_before_trigger() && notice.date() < instance->trigger_date) continue;
    const std::string named = absl::StrCat(extension.event(), " of ", FormatDate(notice.date()));
    if (notice.date() > *instance->base) {
      instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
      instance->warnings.push_back(
          absl::StrCat(named, " extends nothing: it came after ", FormatDate(*instance->base)));
      continue;
    }
    if (instance->extension.has_value()) {
      instance->warnings.push_back(absl::StrCat(named,
                                                " extends nothing: the time may be "
                                                "extended only once"));
      continue;
    }
    const CivilDate from = extension.from_unrolled() ? *instance->base_unrolled : *instance->base;
    int days = extension.max().n();
    if (const std::string& given = Attribute(*notice.event, "days"); !given.empty()) {
      if (!absl::SimpleAtoi(given, &days) || days < 0) {
        instance->missing.push_back(absl::StrCat("days of ", named));
        instance->date.reset();
        return;
      }
    } else if (const std::string& until = Attribute(*notice.event, "until"); !until.empty()) {
      const absl::StatusOr<CivilDate> day = ParseDate(until, "until");
      if (!day.ok()) {
        instance->missing.push_back(absl::StrCat("until of ", named));
        instance->date.reset();
        return;
      }
      days = extension.max().unit() == v1::UNIT_WORKING_DAYS
                 ? calendar_.CountWorkingDays(from, *day)
                 : static_cast<int>(std::clamp<absl::civil_diff_t>(*day - from, 0, 10000));
    }
    if (days > extension.max().n()) {
      instance->warnings.push_back(absl::StrCat(
          named, " gives more than the law allows: ", ShowPeriod(extension.max()), " count"));
      days = extension.max().n();
    }
    instance->extension = AppliedExtension{notice, days};
    v1::Period period = extension.max();
    period.set_n(days);
    bool is_tolled = false;
    const std::optional<CivilDate> end = days == 0 ? from : Count(from, period, {}, &is_tolled);
    instance->date = end.has_value() ? Roll(*end, rule) : std::nullopt;
  }
}

void Evaluator::ApplyAgreement(Instance* instance) {
  if (is_safe_) return;
  for (const FoldedEvent& event : events_.OfType(instance->deadline->agreed_event)) {
    if (!IsFor(*event.event, *instance)) continue;
    const absl::StatusOr<CivilDate> date = ParseDate(Attribute(*event.event, "date"), "date");
    if (!date.ok()) {
      instance->warnings.push_back(absl::StrCat(EventTypeName(event.event->type), " of ",
                                                FormatDate(event.date()),
                                                " has no effect: it names no date"));
      continue;
    }
    instance->date = *date;
    instance->status = v1::DEADLINE_STATUS_NONE;  // an agreed date needs no count
    instance->agreed = event;                     // the last agreement wins
    instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
  }
}

void Evaluator::SetStatus(Instance* instance) {
  const CompiledDeadline& deadline = *instance->deadline;
  if (instance->status == v1::DEADLINE_STATUS_CANNOT_COMPUTE) return;
  const bool is_remedy = deadline.rule.kind() == v1::DEADLINE_KIND_REMEDY;
  const std::optional<CivilDate> date = instance->date;

  const std::vector<FoldedEvent> reopened = events_.OfType(v1::EVENT_TYPE_REOPENED);
  const std::vector<FoldedEvent> keeping = events_.OfTypes(deadline.kept_by);
  FoldedEvent end;
  for (const FoldedEvent& event : events_.OfTypes(deadline.ended_by)) {
    const bool is_undone = !reopened.empty() && reopened.back().position > event.position;
    const bool is_kept = !keeping.empty() && keeping.front().position < event.position;
    // What came before the trigger ended something else.
    if (is_undone || is_kept || event.date() < instance->root.date()) continue;
    end = event;
    break;
  }
  if (is_remedy) {
    if (end.event != nullptr) {
      instance->status = v1::DEADLINE_STATUS_ENDED;
      instance->closing = end;
    } else {
      instance->status = date.has_value() && *date <= as_of_ ? v1::DEADLINE_STATUS_IN_EFFECT
                                                             : v1::DEADLINE_STATUS_RUNNING;
    }
    return;
  }
  FoldedEvent done;
  for (const FoldedEvent& event : events_.OfTypes(deadline.satisfied_by)) {
    if (deadline.rule.occurrence() == v1::OCCURRENCE_EACH &&
        event.date() < instance->trigger_date) {
      continue;
    }
    done = event;
    break;
  }
  const auto in_time = [&](const FoldedEvent& event) {
    return event.event != nullptr && (!date.has_value() || event.date() <= *date);
  };
  if (in_time(end) && (done.event == nullptr || end.position < done.position)) {
    instance->status = v1::DEADLINE_STATUS_ENDED;
    instance->closing = end;
  } else if (done.event != nullptr) {
    instance->status = in_time(done) ? v1::DEADLINE_STATUS_MET : v1::DEADLINE_STATUS_LATE;
    instance->closing = done;
  } else if (date.has_value()) {
    instance->status = *date < as_of_ ? v1::DEADLINE_STATUS_LATE : v1::DEADLINE_STATUS_RUNNING;
  }
}

std::optional<CivilDate> Evaluator::Count(CivilDate from, const v1::Period& period,
                                          const std::vector<Toll>& tolls, bool* is_tolled) const {
  if (period.unit() == v1::UNIT_MONTHS || period.unit() == v1::UNIT_YEARS) {
    const CivilDate end = AddMonths(from, period.n() * (period.unit() == v1::UNIT_YEARS ? 12 : 1));
    return Calendar::Covers(end) ? std::optional(end) : std::nullopt;
  }
  const bool working = period.unit() == v1::UNIT_WORKING_DAYS;
  CivilDate day = from;
  int left = period.n();
  for (const Toll& toll : tolls) {
    if (left == 0) break;
    if (!toll.open() && toll.stop.date() <= day) continue;
    if (toll.start.date() > day) {
      // The day the agency writes still counts.
      const int before = working ? calendar_.CountWorkingDays(day, toll.start.date())
                                 : static_cast<int>(toll.start.date() - day);
      if (before >= left) break;
      left -= before;
    }
    if (toll.open()) {
      *is_tolled = true;
      return std::nullopt;
    }
    day = toll.stop.date();
  }
  if (left == 0) return day;
  if (working) return calendar_.AddWorkingDays(day, left);
  const CivilDate end = day + left;
  return Calendar::Covers(end) ? std::optional(end) : std::nullopt;
}

std::optional<CivilDate> Evaluator::Roll(CivilDate date, const v1::DeadlineRule& rule) const {
  return rule.roll_forward() && !is_safe_ ? calendar_.NextWorkingDay(date) : date;
}

v1::Deadline ToProto(const Rules::Compiled& rules, const Instance& instance) {
  const v1::DeadlineRule& rule = instance.deadline->rule;
  v1::Deadline deadline;
  deadline.set_id(rule.id());
  deadline.set_title(rule.title());
  deadline.set_kind(rule.kind());
  if (instance.date.has_value()) *deadline.mutable_date() = DateToProto(*instance.date);
  deadline.set_status(instance.status);
  deadline.set_actor(rule.actor());
  deadline.set_severity(rule.severity());
  deadline.set_certainty(instance.certainty);
  if (instance.root.event != nullptr) {
    deadline.set_confidence(instance.is_presumed ? v1::CONFIDENCE_PRESUMED
                                                 : v1::CONFIDENCE_EVIDENCE);
    deadline.set_trigger_event_id(instance.root.event->id);
  }
  deadline.set_citation(rule.citation());
  deadline.set_rule_id(absl::StrCat(rules.rules.id(), "/", rule.id(),
                                    rule.variant().empty() ? "" : ":", rule.variant()));
  deadline.set_rule_version(rules.rules.version());
  deadline.set_rules_digest(rules.digest);
  for (const std::string& missing : instance.missing) deadline.add_missing(missing);
  if (instance.closing.event != nullptr) {
    deadline.set_closing_event_id(instance.closing.event->id);
  }
  for (const std::string& warning : instance.warnings) deadline.add_warnings(warning);
  return deadline;
}

}  // namespace foia::tracker
