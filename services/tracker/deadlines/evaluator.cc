#include "services/tracker/deadlines/evaluator.h"

#include <algorithm>

#include "absl/strings/match.h"
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

// True when `id` is `name`, whole or without the path before it.
bool IsNamed(const std::string& id, const std::string& name) {
  return id == name || absl::EndsWith(id, absl::StrCat("/", name));
}

// False when the event names another deadline.
bool IsFor(const DeadlineEvent& event, const Instance& instance) {
  const std::string& id = Attribute(event, "deadline");
  return id.empty() || id == instance.deadline->rule.id();
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

// The hour until which a day has all its minutes.
constexpr int kLastMinute = 23 * 3600 + 59 * 60;

CivilDate FromProto(const common::v1::Date& date) {
  return CivilDate(date.year(), date.month(), date.day());
}

// An event that a delay names is receipt only by that channel: Texas presumes receipt of what was
// mailed, not of what was sent in another way.
bool IsReceipt(const v1::ReceiptRule& receipt, const DeadlineEvent& event) {
  bool is_named = false;
  for (const v1::ReceiptDelay& delay : receipt.delays()) {
    if (delay.event() != EventTypeName(event.type)) continue;
    if (delay.via() == Attribute(event, "via")) return true;
    is_named = true;
  }
  return !is_named;
}

}  // namespace

std::string ShowDate(CivilDate date) {
  return absl::StrCat(ToAbsl(WeekdayName(date)), " ", FormatDate(date));
}

CivilDate AddMonths(CivilDate date, int months) {
  const absl::CivilMonth month = absl::CivilMonth(date) + months;
  const int last = (CivilDate(month + 1) - 1).day();
  return CivilDate(month.year(), month.month(), std::min(date.day(), last));
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
                     CivilDate as_of, Reading reading)
    : rules_(rules),
      calendar_(calendar),
      events_(events),
      as_of_(as_of),
      reading_(reading),
      results_(rules.groups.size()) {}

const std::vector<Instance>& Evaluator::Evaluate(int group) {
  Result& result = results_[static_cast<size_t>(group)];
  if (result.instances.empty()) {
    const DeadlineGroup& rules = rules_.groups[static_cast<size_t>(group)];
    Result* const outer = std::exchange(current_, &result);
    if (group == 0) {
      result.instances.push_back(ClockStart(rules.rules[0]));
    } else {
      result.instances = EvaluateGroup(rules);
    }
    current_ = outer;
  }
  return result.instances;
}

template <bool Evaluator::Result::*kFlag>
bool Evaluator::MayDiffer(int group) const {
  if (results_[static_cast<size_t>(group)].*kFlag) return true;
  for (const CompiledDeadline& deadline : rules_.groups[static_cast<size_t>(group)].rules) {
    for (const auto* groups : {&deadline.trigger_groups, &deadline.fallback_groups}) {
      for (const int each : *groups) {
        if (MayDiffer<kFlag>(each)) return true;
      }
    }
  }
  return false;
}

bool Evaluator::MayDifferByCalendar(int group) const {
  // Only the standard calendar was compared with the others beforehand.
  if (&calendar_ != rules_.calendars.standard.get()) return true;
  return !rules_.calendars.compared.empty() && MayDiffer<&Result::by_calendar>(group);
}

bool Evaluator::MayDifferFromSafe(int group) const {
  return &calendar_ != rules_.calendars.safe.get() || MayDiffer<&Result::by_choice>(group);
}

void Evaluator::Consult(CivilDate from, CivilDate to) {
  const auto differs =
      std::lower_bound(rules_.differing_days.begin(), rules_.differing_days.end(), from);
  if (differs != rules_.differing_days.end() && *differs <= to) current_->by_calendar = true;
}

bool Evaluator::IsWorkingDay(CivilDate date) {
  Consult(date, date);
  return calendar_.IsWorkingDay(date);
}

int Evaluator::CountWorkingDays(CivilDate after, CivilDate to) {
  Consult(after + 1, to);
  return calendar_.CountWorkingDays(after, to);
}

std::optional<CivilDate> Evaluator::AddWorkingDays(CivilDate date, int n) {
  const std::optional<CivilDate> day = calendar_.AddWorkingDays(date, n);
  Consult(date + 1, day.value_or(CivilDate::max()));
  return day;
}

std::optional<CivilDate> Evaluator::NextWorkingDay(CivilDate date) {
  return AddWorkingDays(date - 1, 1);
}

CivilDate Evaluator::DayOf(const FoldedEvent& event) {
  if (event.day != event.event->effective_on) current_->by_choice = true;
  return is_safe() ? std::min(event.day, event.event->effective_on) : event.day;
}

Instance Evaluator::ClockStart(const CompiledDeadline& deadline) {
  const v1::ReceiptRule& receipt = rules_.rules.receipt();
  Instance instance;
  instance.deadline = &deadline;
  instance.certainty = receipt.certainty();

  EventSet route;
  route.Add(rules_.route);
  const FoldedEvent* routed = events_.First(route);
  const EventSet* kinds = &rules_.received;
  if (!kinds->Meets(events_.types()) && routed == nullptr) {
    kinds = &rules_.presumed;
    instance.is_presumed = kinds->Meets(events_.types());
  }
  std::vector<FoldedEvent> received;
  if (kinds->Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (kinds->Has(event.type()) && IsReceipt(receipt, *event.event)) received.push_back(event);
    }
  }
  if (received.empty() && routed == nullptr) {
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    instance.missing.assign(receipt.events().begin(), receipt.events().end());
    return instance;
  }
  if (!received.empty() && received.front().date() != received.back().date()) {
    instance.warnings.push_back(
        absl::StrCat("Receipt is recorded on ", FormatDate(received.front().date()), " and on ",
                     FormatDate(received.back().date()), ": the earlier day is used"));
  }
  const bool explains = reading_ == Reading::kExplained;
  // The earliest receipt after delays and moves wins; each candidate keeps its own steps.
  for (const FoldedEvent& event : received) {
    const std::string& name = EventTypeName(event.type());
    const std::string& via = Attribute(*event.event, "via");
    std::vector<v1::ExplanationStep> steps;
    CivilDate day = DayOf(event);
    if (explains) {
      steps.push_back(Step(day, absl::StrCat(instance.is_presumed ? "Receipt presumed from " : "",
                                             name, " on ", ShowDate(day))));
      if (day != event.event->effective_on) {
        steps.push_back(
            Step(day, absl::StrCat("Recorded as ", FormatDate(event.event->effective_on), " ",
                                   event.event->local_time, " in ", event.event->time_zone, ": ",
                                   ShowDate(day), " in ", rules_.rules.time_zone())));
      }
    }
    if (!is_safe()) {
      for (const CompiledCutoff& cutoff : rules_.cutoffs) {
        if (!event.seconds.has_value() || *event.seconds < cutoff.seconds) continue;
        if (!cutoff.via.empty() && cutoff.via != via) continue;
        current_->by_choice = true;
        day = NextWorkingDay(event.day + 1).value_or(event.day + 1);
        if (explains) {
          steps.push_back(Step(
              day,
              absl::StrCat("At ", event.event->local_time,
                           ", after the hour of receipt: counts as received on ", ShowDate(day))));
        }
        break;
      }
      for (const v1::ReceiptDelay& delay : receipt.delays()) {
        if (delay.via() != via || (!delay.event().empty() && delay.event() != name)) continue;
        current_->by_choice = true;
        day = Count(day, delay.period()).value_or(day);
        if (explains) {
          steps.push_back(
              Step(day, absl::StrCat("Sent by ", delay.via(), ": counts as received ",
                                     ShowPeriod(delay.period()), " later, ", ShowDate(day))));
        }
      }
    }
    bool is_convention = false;
    if (Calendar::Covers(day) && !IsWorkingDay(day)) {
      if (receipt.on_nonworking() == v1::NONWORKING_RECEIPT_NEXT_WORKING_DAY) {
        current_->by_choice = true;
        if (!is_safe()) day = NextWorkingDay(day).value_or(day);
        if (explains) {
          steps.push_back(
              Step(day, absl::StrCat("Not a working day: counts as received on ", ShowDate(day))));
        }
      } else {
        is_convention = true;
        if (explains) steps.push_back(Step(day, "Not a working day: taken as it is"));
      }
    }
    if (instance.date.has_value() && day >= *instance.date) continue;
    instance.date = day;
    instance.root = event;
    instance.trigger = &name;
    instance.receipt_steps = std::move(steps);
    instance.certainty =
        is_convention ? Weaker(receipt.certainty(), v1::CERTAINTY_CONVENTION) : receipt.certainty();
  }
  if (routed != nullptr) {
    const CivilDate first = DayOf(*routed);
    if (receipt.has_safe_route_cap()) current_->by_choice = true;
    const std::optional<CivilDate> cap =
        Count(first, is_safe() && receipt.has_safe_route_cap() ? receipt.safe_route_cap()
                                                               : receipt.route_cap());
    v1::ExplanationStep step;
    if (explains) {
      step = Step(first, absl::StrCat("First received by any component on ", ShowDate(first)));
    }
    if (cap.has_value() && (!instance.date.has_value() || *cap < *instance.date)) {
      instance.date = cap;
      instance.root = *routed;
      instance.trigger = &receipt.route_event();
      // Where the rules know a worse reading of the cap, this one is a convention.
      instance.certainty = receipt.has_safe_route_cap()
                               ? Weaker(receipt.certainty(), v1::CERTAINTY_CONVENTION)
                               : receipt.certainty();
      instance.receipt_steps.clear();
      if (explains) {
        instance.receipt_steps = {
            step,
            Step(*cap,
                 absl::StrCat("The right component ",
                              received.empty() ? "is not known to have it" : "got it only later",
                              ": the clock starts at the latest ", ShowPeriod(receipt.route_cap()),
                              " after that, ", ShowDate(*cap)))};
      }
    } else if (instance.date.has_value() && explains) {
      instance.receipt_steps.insert(instance.receipt_steps.begin(), step);
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
  instance.trigger_date = DayOf(instance.root);
  instance.status =
      *instance.date <= as_of_ ? v1::DEADLINE_STATUS_IN_EFFECT : v1::DEADLINE_STATUS_RUNNING;
  AddEventWarnings(&instance);
  return instance;
}

std::vector<Instance> Evaluator::EvaluateGroup(const DeadlineGroup& group) {
  std::vector<std::pair<const CompiledDeadline*, Trigger>> starts;
  bool is_each = false;
  for (const CompiledDeadline& deadline : group.rules) {
    is_each = deadline.rule.occurrence() == v1::OCCURRENCE_EACH;
    for (Trigger& trigger : FindTriggers(deadline)) {
      // A root event that has its rule already is left alone.
      const bool is_used = std::any_of(starts.begin(), starts.end(), [&](const auto& start) {
        return start.second.root.position == trigger.root.position;
      });
      if (!is_used && Holds(deadline.rule, trigger)) {
        starts.emplace_back(&deadline, std::move(trigger));
      }
      if (!is_each) break;
    }
    if (!is_each && !starts.empty()) break;
  }
  Answers answers;
  if (is_each && !starts.empty()) {
    std::vector<Trigger> triggers;
    for (const auto& start : starts) triggers.push_back(start.second);
    answers = MatchAnswers(group.rules[0].rule.kind(), triggers);
  }
  std::vector<Instance> instances;
  instances.reserve(std::max<size_t>(starts.size(), 1));
  for (const auto& [deadline, trigger] : starts) {
    instances.push_back(Due(*deadline, trigger, answers));
  }
  if (instances.empty()) {
    // What is missing is told for a rule that asks for nothing besides its trigger.
    const auto plain =
        std::find_if(group.rules.begin(), group.rules.end(),
                     [](const CompiledDeadline& each) { return each.rule.when().empty(); });
    instances.push_back(NotStarted(plain == group.rules.end() ? group.rules.back() : *plain));
  }
  KeepLongestEmbargo(&instances);
  AddUnasked(group, &instances);
  return instances;
}

void Evaluator::AddTriggers(const EventSet& events, const std::vector<int>& groups,
                            std::vector<Trigger>* triggers) {
  if (events.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (!events.Has(event.type())) continue;
      triggers->push_back({&EventTypeName(event.type()), DayOf(event), event, nullptr});
    }
  }
  for (const int group : groups) {
    for (const Instance& parent : Evaluate(group)) {
      if (!parent.date.has_value()) continue;
      triggers->push_back({&parent.deadline->rule.id(), *parent.date, parent.root, &parent});
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
                                    if (trigger.parent == nullptr) return false;
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
  // A date that is only ever given: without it there is no deadline.
  if (!rule.date_attribute().empty() && !rule.has_period() &&
      Attribute(*trigger.root.event, rule.date_attribute()).empty()) {
    return false;
  }
  const v1::DateRange& range = rule.effective();
  return (!range.has_from() || trigger.date >= FromProto(range.from())) &&
         (!range.has_to() || trigger.date <= FromProto(range.to()));
}

bool Evaluator::Answers::Allows(const FoldedEvent& event, const Instance& instance) const {
  if (types.Has(event.type())) {
    const auto answer = std::make_pair(event.position, instance.root.position);
    return std::count(roots.begin(), roots.end(), answer) > 0;
  }
  // Many things happen between a court's order and its day: only what names the order answers it.
  const std::string& of = Attribute(*event.event, "of");
  return of.empty() ? instance.deadline->rule.kind() != v1::DEADLINE_KIND_COURT_ORDER
                    : IsNamed(instance.root.event->id, of);
}

void Evaluator::KeepLongestEmbargo(std::vector<Instance>* instances) {
  const CompiledDeadline& deadline = *instances->front().deadline;
  if (deadline.rule.kind() != v1::DEADLINE_KIND_EMBARGO) return;
  const auto longest =
      std::max_element(instances->begin(), instances->end(),
                       [](const Instance& a, const Instance& b) { return a.date < b.date; });
  Instance embargo = std::move(*longest);
  // One without a last day, or with one that cannot be read, lasts until it is taken back.
  for (const FoldedEvent& event : events_.events()) {
    if (!deadline.trigger_events.Has(event.type())) continue;
    const std::string& until = Attribute(*event.event, deadline.rule.date_attribute());
    if (ParseDate(until, "until").ok()) continue;
    embargo = Instance();
    embargo.deadline = &deadline;
    embargo.certainty = deadline.rule.certainty();
    embargo.root = event;
    embargo.trigger = &EventTypeName(event.type());
    embargo.trigger_date = DayOf(event);
    embargo.status = v1::DEADLINE_STATUS_NONE;
    embargo.warnings.push_back(absl::StrCat(ShowEvent(event),
                                            " names no last day: it lasts until "
                                            "it is taken back"));
    break;
  }
  instances->clear();
  instances->push_back(std::move(embargo));
}

void Evaluator::AddUnasked(const DeadlineGroup& group, std::vector<Instance>* instances) const {
  const CompiledDeadline& deadline = group.rules[0];
  const v1::DeadlineKind kind = deadline.rule.kind();
  if (kind != v1::DEADLINE_KIND_APPEAL_FILING && kind != v1::DEADLINE_KIND_APPEAL_DECISION &&
      kind != v1::DEADLINE_KIND_CLARIFICATION && kind != v1::DEADLINE_KIND_EXPEDITE_DECISION) {
    return;
  }
  if (!has_words() || deadline.rule.occurrence() != v1::OCCURRENCE_EACH ||
      !deadline.satisfied_by.Meets(events_.types())) {
    return;
  }
  for (const FoldedEvent& event : events_.events()) {
    if (!deadline.satisfied_by.Has(event.type())) continue;
    const bool is_asked =
        std::any_of(instances->begin(), instances->end(), [&](const Instance& instance) {
          return instance.started() && instance.root.position < event.position;
        });
    if (is_asked) break;
    instances->front().warnings.push_back(
        absl::StrCat(ShowEvent(event), " answers nothing that is recorded before it"));
  }
}

Evaluator::Answers Evaluator::MatchAnswers(v1::DeadlineKind kind,
                                           const std::vector<Trigger>& triggers) const {
  Answers answers;
  const bool is_filing = kind == v1::DEADLINE_KIND_APPEAL_FILING;
  if (is_filing) {
    answers.types.Add(v1::EVENT_TYPE_APPEAL_SENT);
    answers.types.Add(v1::EVENT_TYPE_APPEAL_RECEIVED);
  } else if (kind == v1::DEADLINE_KIND_APPEAL_DECISION) {
    answers.types.Add(v1::EVENT_TYPE_APPEAL_DECIDED);
  } else if (kind == v1::DEADLINE_KIND_REMINDER) {
    answers.types.Add(v1::EVENT_TYPE_REMINDER_DONE);
  }
  if (!answers.types.Meets(events_.types())) return answers;
  const auto is_answered = [&](const Trigger& trigger) {
    return std::any_of(answers.roots.begin(), answers.roots.end(),
                       [&](const auto& answer) { return answer.second == trigger.root.position; });
  };
  std::vector<int> on_the_way;  // roots whose appeal was sent, and its receipt is not yet recorded
  for (const FoldedEvent& event : events_.events()) {
    if (!answers.types.Has(event.type())) continue;
    const bool is_receipt = event.type() == v1::EVENT_TYPE_APPEAL_RECEIVED;
    const Trigger* answered = nullptr;
    // An appeal names its determination.
    const std::string& determination = Attribute(*event.event, "determination");
    const std::string& of =
        is_filing && !determination.empty() ? determination : Attribute(*event.event, "of");
    std::vector<const Trigger*> open;  // by position of the root
    for (const Trigger& trigger : triggers) {
      const DeadlineEvent& root = *trigger.root.event;
      if (!of.empty()) {
        // A decision may name the appeal, or what the appeal is about.
        const bool is_named = IsNamed(root.id, of) || (!is_filing && Attribute(root, "of") == of);
        if (is_named) answered = &trigger;
      } else if (trigger.root.position < event.position && !is_answered(trigger)) {
        open.push_back(&trigger);
      }
    }
    if (of.empty() && is_receipt && !on_the_way.empty()) {
      answers.roots.emplace_back(event.position, on_the_way.front());
      on_the_way.erase(on_the_way.begin());
      continue;
    }
    if (of.empty() && !open.empty()) {
      std::sort(open.begin(), open.end(), [](const Trigger* a, const Trigger* b) {
        return a->root.position < b->root.position;
      });
      answered = is_filing ? open.back() : open.front();
      for (const Trigger* each : open) {
        if (open.size() == 1 || !has_words()) break;
        answers.warnings.emplace_back(
            each->root.position,
            absl::StrCat(ShowEvent(event), " is taken to answer ", ShowEvent(answered->root),
                         " only; say which one it answers with of="));
      }
    }
    if (answered == nullptr) continue;
    answers.roots.emplace_back(event.position, answered->root.position);
    if (is_filing && !is_receipt) on_the_way.push_back(answered->root.position);
  }
  return answers;
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
  if (instance.status == v1::DEADLINE_STATUS_NONE && has_words()) {
    for (const std::string& name : deadline.rule.triggers()) {
      const v1::EventType type = ParseEventType(name);
      if (deadline.trigger_events.Has(type) && !events_.types().Has(type)) {
        instance.missing.push_back(EventTypeName(type));
      }
    }
  }
  return instance;
}

Instance Evaluator::Due(const CompiledDeadline& deadline, const Trigger& trigger,
                        const Answers& answers) {
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
  if (!TakeGivenDate(&instance) && rule.has_period()) CountPeriod(&instance);
  ApplyAgreement(&instance);
  if (instance.date.has_value() || rule.has_period()) SetStatus(answers, &instance);
  for (const auto& [position, warning] : answers.warnings) {
    if (position == instance.root.position) instance.warnings.push_back(warning);
  }
  AddEventWarnings(&instance);
  return instance;
}

bool Evaluator::TakeGivenDate(Instance* instance) const {
  const v1::DeadlineRule& rule = instance->deadline->rule;
  if (rule.date_attribute().empty()) return false;
  const std::string& text = Attribute(*instance->root.event, rule.date_attribute());
  if (text.empty()) return false;
  const absl::StatusOr<CivilDate> date = ParseDate(text, rule.date_attribute());
  if (date.ok()) {
    instance->date = *date;
    instance->is_given = true;
    if (*date < instance->trigger_date) {
      instance->warnings.push_back(absl::StrCat(rule.date_attribute(), "=", text, " of ",
                                                ShowEvent(instance->root), " lies before it"));
    }
    return true;
  }
  instance->warnings.push_back(absl::StrCat(rule.date_attribute(), "=", text, " of ",
                                            ShowEvent(instance->root), " is no date"));
  if (rule.has_period()) return false;  // counted instead
  instance->status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
  instance->missing.push_back(
      absl::StrCat(rule.date_attribute(), " of ", ShowEvent(instance->root)));
  return true;
}

void Evaluator::CountPeriod(Instance* instance) {
  const CompiledDeadline& deadline = *instance->deadline;
  std::vector<Toll> tolls;
  if (!is_safe()) {
    for (const int toll : deadline.tolls) {
      const Folded::Tolls& found = events_.TollsOf(toll);
      tolls.insert(tolls.end(), found.tolls.begin(), found.tolls.end());
      instance->warnings.insert(instance->warnings.end(), found.warnings.begin(),
                                found.warnings.end());
    }
    std::stable_sort(tolls.begin(), tolls.end(), [](const Toll& a, const Toll& b) {
      return a.start.position < b.start.position;
    });
  }
  if (!tolls.empty()) current_->by_choice = true;
  bool is_tolled = false;
  const CivilDate from = instance->trigger_date;
  instance->base_unrolled = Count(from, deadline.rule.period(), tolls, &is_tolled);
  if (instance->base_unrolled.has_value()) {
    instance->base = Roll(*instance->base_unrolled, deadline.rule);
    if (!instance->base.has_value()) instance->base_unrolled.reset();
    instance->date = instance->base;
  }
  for (const Toll& toll : tolls) {
    if (instance->base_unrolled.has_value() && toll.start.date() >= *instance->base_unrolled) {
      instance->warnings.push_back(absl::StrCat(ShowEvent(toll.start),
                                                " does not stop the clock: it came on or after "
                                                "the due date ",
                                                FormatDate(*instance->base_unrolled)));
    } else if (toll.open() || toll.stop.date() > from) {
      instance->tolls.push_back(toll);
      instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
      if (is_tolled && toll.open()) {
        instance->missing.push_back(rules_.rules.tolls(toll.rule).stop_event());
      }
    }
  }
  if (instance->date.has_value()) ApplyExtension(instance);
  if (is_tolled) {
    instance->status = v1::DEADLINE_STATUS_TOLLED;
  } else if (!instance->date.has_value()) {
    instance->status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    if (instance->missing.empty()) instance->warnings.push_back(OutsideCalendar());
  }
}

void Evaluator::ApplyExtension(Instance* instance) {
  const v1::DeadlineRule& rule = instance->deadline->rule;
  if (!rule.has_extension()) return;
  const v1::ExtensionRule& extension = rule.extension();
  if (!events_.types().Has(instance->deadline->extension_event)) return;
  const CivilDate last_day =
      extension.has_notice_within()
          ? Count(instance->trigger_date, extension.notice_within()).value_or(*instance->base)
          : *instance->base;
  for (const FoldedEvent& notice : events_.events()) {
    if (notice.type() != instance->deadline->extension_event) continue;
    if (!IsFor(*notice.event, *instance)) continue;
    if (extension.not_before_trigger() && notice.date() < instance->trigger_date) continue;
    const std::string named = ShowEvent(notice);
    if (notice.date() > last_day) {
      instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
      instance->warnings.push_back(
          absl::StrCat(named, " extends nothing: it came after ", FormatDate(last_day)));
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
                 ? CountWorkingDays(from, *day)
                 : static_cast<int>(std::clamp<absl::civil_diff_t>(*day - from, 0, 10000));
    }
    if (days > extension.max().n()) {
      instance->warnings.push_back(absl::StrCat(
          named, " gives more than the law allows: ", ShowPeriod(extension.max()), " count"));
      days = extension.max().n();
    }
    instance->extension = AppliedExtension{notice, days};
    instance->certainty = Weaker(instance->certainty, extension.certainty());
    if (extension.from_unrolled() && instance->base != instance->base_unrolled) {
      instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
    }
    v1::Period period = extension.max();
    period.set_n(days);
    const std::optional<CivilDate> end = days == 0 ? from : Count(from, period);
    instance->date = end.has_value() ? Roll(*end, rule) : std::nullopt;
  }
}

void Evaluator::ApplyAgreement(Instance* instance) {
  if (is_safe() || !events_.types().Has(instance->deadline->agreed_event)) return;
  for (const FoldedEvent& event : events_.events()) {
    if (event.type() != instance->deadline->agreed_event) continue;
    if (!IsFor(*event.event, *instance)) continue;
    const absl::StatusOr<CivilDate> date = ParseDate(Attribute(*event.event, "date"), "date");
    if (!date.ok()) {
      instance->warnings.push_back(
          absl::StrCat(ShowEvent(event), " has no effect: it names no date"));
      continue;
    }
    instance->date = *date;
    instance->status = v1::DEADLINE_STATUS_NONE;  // an agreed date needs no count
    instance->agreed = event;                     // the last agreement wins
    current_->by_choice = true;
    instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
  }
}

FoldedEvent Evaluator::FindEnd(const Instance& instance) const {
  const CompiledDeadline& deadline = *instance.deadline;
  const bool was_extended = instance.parent != nullptr && instance.parent->extension.has_value() &&
                            instance.parent->extension->days > 0;
  const bool may_end = deadline.ended_by.Meets(events_.types()) ||
                       (was_extended && deadline.ended_if_extended_by.Meets(events_.types()));
  if (!may_end) return {};
  EventSet reopening;
  reopening.Add(v1::EVENT_TYPE_REOPENED);
  int reopened = -1;  // position of the last one
  if (reopening.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (reopening.Has(event.type())) reopened = event.position;
    }
  }
  const FoldedEvent* keeping = events_.First(deadline.kept_by);
  // A decision on one appeal ends nothing that rests on another one.
  const bool is_of_appeal = instance.parent != nullptr && instance.parent->deadline->rule.kind() ==
                                                              v1::DEADLINE_KIND_APPEAL_DECISION;
  for (const FoldedEvent& event : events_.events()) {
    if (!deadline.ended_by.Has(event.type()) &&
        !(was_extended && deadline.ended_if_extended_by.Has(event.type()))) {
      continue;
    }
    const bool is_undone = reopened > event.position;
    const bool is_kept = keeping != nullptr && keeping->position < event.position;
    // What came before the trigger ended something else.
    if (is_undone || is_kept || event.position <= instance.root.position) continue;
    if (is_of_appeal && event.type() == v1::EVENT_TYPE_APPEAL_DECIDED &&
        event.event != instance.parent->closing.event) {
      continue;
    }
    return event;
  }
  return {};
}

void Evaluator::SetStatus(const Answers& answers, Instance* instance) {
  const CompiledDeadline& deadline = *instance->deadline;
  if (instance->status == v1::DEADLINE_STATUS_CANNOT_COMPUTE) return;
  const std::optional<CivilDate> date = instance->date;
  const FoldedEvent end = FindEnd(*instance);
  if (deadline.rule.kind() == v1::DEADLINE_KIND_REMEDY) {
    if (end.event != nullptr) {
      instance->status = v1::DEADLINE_STATUS_ENDED;
      instance->closing = end;
    } else {
      instance->status = date.has_value() && *date <= as_of_ ? v1::DEADLINE_STATUS_IN_EFFECT
                                                             : v1::DEADLINE_STATUS_RUNNING;
    }
    return;
  }
  if (deadline.rule.kind() == v1::DEADLINE_KIND_EMBARGO) {
    // Nobody has to act: it runs, and then it is over.
    instance->status = date.has_value() && *date < as_of_ ? v1::DEADLINE_STATUS_ENDED
                                                          : v1::DEADLINE_STATUS_RUNNING;
    return;
  }
  FoldedEvent done;
  const bool is_each = deadline.rule.occurrence() == v1::OCCURRENCE_EACH;
  if (deadline.satisfied_by.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (!deadline.satisfied_by.Has(event.type())) continue;
      if (is_each && event.date() < instance->trigger_date) continue;
      if (is_each && !answers.Allows(event, *instance)) continue;
      done = event;
      break;
    }
  }
  const auto in_time = [&](const FoldedEvent& event) {
    if (event.event == nullptr) return false;
    if (!date.has_value() || event.date() < *date) return true;
    return event.date() == *date && (!deadline.cutoff.has_value() || !event.seconds.has_value() ||
                                     *event.seconds <= *deadline.cutoff);
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

void Evaluator::AddEventWarnings(Instance* instance) const {
  if (!has_words()) return;
  const auto add = [&](const FoldedEvent& event) {
    const std::vector<std::string>& problems = events_.ProblemsOf(event);
    instance->warnings.insert(instance->warnings.end(), problems.begin(), problems.end());
    if (event.date() > as_of_) {
      instance->warnings.push_back(absl::StrCat(ShowEvent(event), " lies after ",
                                                FormatDate(as_of_), ", the day asked about"));
    }
  };
  // A deadline that rests on another one does not repeat what is said there.
  if (instance->parent == nullptr) add(instance->root);
  for (const Toll& toll : instance->tolls) {
    add(toll.start);
    if (!toll.open()) add(toll.stop);
  }
  if (instance->extension.has_value()) add(instance->extension->notice);
  if (instance->agreed.event != nullptr) add(instance->agreed);
  const FoldedEvent& closing = instance->closing;
  if (closing.event == nullptr) return;
  add(closing);
  const CompiledDeadline& deadline = *instance->deadline;
  const bool is_met = instance->status == v1::DEADLINE_STATUS_MET;
  if (is_met && closing.date() < instance->root.date()) {
    instance->warnings.push_back(
        absl::StrCat(ShowEvent(closing), " comes before ", ShowEvent(instance->root)));
  }
  if (is_met && deadline.cutoff.has_value() && closing.date() == instance->date &&
      !closing.seconds.has_value() && *deadline.cutoff < kLastMinute) {
    instance->warnings.push_back(absl::StrCat(
        ShowEvent(closing), " has no hour, and the last day ended at ", deadline.rule.cutoff()));
  }
}

std::optional<CivilDate> Evaluator::Count(CivilDate from, const v1::Period& period,
                                          const std::vector<Toll>& tolls, bool* is_tolled) {
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
      const int before = working ? CountWorkingDays(day, toll.start.date())
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
  if (working) return AddWorkingDays(day, left);
  const CivilDate end = day + left;
  return Calendar::Covers(end) ? std::optional(end) : std::nullopt;
}

std::optional<CivilDate> Evaluator::Count(CivilDate from, const v1::Period& period) {
  bool is_tolled = false;
  return Count(from, period, {}, &is_tolled);
}

std::optional<CivilDate> Evaluator::Roll(CivilDate date, const v1::DeadlineRule& rule) {
  if (!rule.roll_forward() || is_safe()) return date;
  // A court keeps the legal holidays, whatever calendar is argued for before an agency.
  const bool is_courts =
      rule.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION || rule.kind() == v1::DEADLINE_KIND_PLEADING;
  const std::optional<CivilDate> rolled =
      is_courts ? rules_.calendars.standard->NextWorkingDay(date) : NextWorkingDay(date);
  if (rolled != date) current_->by_choice = true;
  return rolled;
}

void ToProto(const Rules::Compiled& rules, const Instance& instance, v1::Deadline* deadline) {
  const v1::DeadlineRule& rule = instance.deadline->rule;
  deadline->set_id(rule.id());
  deadline->set_title(rule.title());
  deadline->set_kind(rule.kind());
  deadline->set_status(instance.status);
  deadline->set_actor(rule.actor());
  deadline->set_severity(rule.severity());
  deadline->set_certainty(instance.certainty);
  deadline->set_effect(rule.effect());
  deadline->set_citation(rule.citation());
  deadline->set_rule_id(instance.deadline->rule_id);
  deadline->set_rule_version(rules.rules.version());
  for (const std::string& missing : instance.missing) deadline->add_missing(missing);
  for (const std::string& warning : instance.warnings) deadline->add_warnings(warning);
  // Most deadlines of a request are not started: they stay small.
  if (instance.root.event == nullptr) return;
  deadline->set_confidence(instance.is_presumed ? v1::CONFIDENCE_PRESUMED
                                                : v1::CONFIDENCE_EVIDENCE);
  deadline->set_trigger_event_id(instance.root.event->id);
  if (instance.started()) *deadline->mutable_trigger_date() = DateToProto(instance.trigger_date);
  if (instance.date.has_value()) *deadline->mutable_date() = DateToProto(*instance.date);
  deadline->set_cutoff(rule.cutoff());
  deadline->set_time_zone(rules.rules.time_zone());
  if (instance.closing.event != nullptr) {
    deadline->set_closing_event_id(instance.closing.event->id);
  }
}

}  // namespace foia::tracker
