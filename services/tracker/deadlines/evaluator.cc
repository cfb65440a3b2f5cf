#include "services/tracker/deadlines/evaluator.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/money.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/span.h"

namespace foia::tracker {
namespace {

// False when the event names another deadline.
bool IsFor(const DeadlineEvent& event, const Instance& instance) {
  const std::string& id = AttributeOf(event, "deadline");
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
    if (delay.via() == AttributeOf(event, "via")) return true;
    is_named = true;
  }
  return !is_named;
}

// Whether an answer to the request starts such a deadline. A right must have begun, so it does not
// rest on an answer that may have granted everything; a last day is shown in case it has not.
bool MayStart(v1::DeadlineKind kind, const FoldedEvent& event) {
  switch (kind) {
    case v1::DEADLINE_KIND_APPEAL_FILING:
    case v1::DEADLINE_KIND_SUIT_LIMITATION:
      return event.answer == Answer::kNone || event.answer == Answer::kUnclear ||
             IsAdverse(event.answer);
    case v1::DEADLINE_KIND_REMEDY:
      return event.answer == Answer::kNone || IsAdverse(event.answer);
    case v1::DEADLINE_KIND_PRODUCTION:
      return event.answer != Answer::kRefused && event.answer != Answer::kRepeated;
    case v1::DEADLINE_KIND_DETERMINATION:
      // A decision about fees or speed leaves the answer to the request as it is.
      return event.issue.empty();
    default:
      return true;
  }
}

// What an appeal names as its target: "" for none.
const std::string& TargetOf(const DeadlineEvent& appeal) {
  const std::string& determination = AttributeOf(appeal, "determination");
  return determination.empty() ? AttributeOf(appeal, "of") : determination;
}

// Whether an appeal that says what it is about may be against what started `instance`.
bool IsAbout(std::string_view issue, const FoldedEvent& root, bool is_silence) {
  if (issue.empty()) return true;
  if (issue == "constructive" || is_silence) return issue == "constructive" && is_silence;
  if (issue == "fee" && AttributeOf(*root.event, "outcome") == "fee_nonpayment") return true;
  return issue == "fee" || issue == "expedite" ? root.issue == issue : root.issue.empty();
}

// What the agency receives or we send: mail in a lapse of appropriations waits.
bool IsMail(v1::EventType type) {
  switch (type) {
    case v1::EVENT_TYPE_SENT:
    case v1::EVENT_TYPE_DELIVERED:
    case v1::EVENT_TYPE_PRESUMED_DELIVERED:
    case v1::EVENT_TYPE_RECEIVED:
    case v1::EVENT_TYPE_RECEIVED_ANY:
    case v1::EVENT_TYPE_RECEIVED_PROPER:
    case v1::EVENT_TYPE_INFO_TOLL_STOP:
    case v1::EVENT_TYPE_FEE_TOLL_STOP:
    case v1::EVENT_TYPE_APPEAL_SENT:
    case v1::EVENT_TYPE_APPEAL_RECEIVED:
      return true;
    default:
      return false;
  }
}

// The number of the lapse that `day` lies in; -1 for none.
int LapseOf(const Rules::Compiled& rules, CivilDate day) {
  for (size_t i = 0; i < rules.lapses.size(); ++i) {
    const CompiledLapse& lapse = rules.lapses[i];
    if (day >= lapse.from && (!lapse.to.has_value() || day <= *lapse.to))
      return static_cast<int>(i);
  }
  return -1;
}

// "received of 2025-10-15 came in the lapse of appropriations of 2025-10-01 to 2025-11-12: ...".
std::string LapseNote(const Rules::Compiled& rules, int index, const FoldedEvent& event) {
  const CompiledLapse& lapse = rules.lapses[static_cast<size_t>(index)];
  const v1::AppropriationsLapse& rule = rules.rules.lapses(index);
  // A lapse without a known end may be over.
  const std::string from = FormatDate(lapse.from);
  return absl::StrCat(
      ShowEvent(event),
      lapse.to.has_value()
          ? absl::StrCat(" lies in the ", rule.title(), ", ", from, " to ", FormatDate(*lapse.to))
          : absl::StrCat(" may lie in the ", rule.title(), " since ", from,
                         ", whose end is not known here"),
      ": its days count, ", rule.note(), " (", rule.citation(), ")");
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

const Calendar& LastDayCalendar(const Rules::Compiled& rules, const CompiledDeadline& deadline,
                                const Calendar& counting) {
  // A court keeps the legal holidays, whatever calendar is argued for before an agency.
  if (deadline.rule.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION ||
      deadline.rule.kind() == v1::DEADLINE_KIND_PLEADING) {
    return *rules.calendars.last_day;
  }
  return &counting == rules.calendars.standard.get() ? *rules.calendars.last_day : counting;
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
    const auto differs = [&](const std::vector<int>& groups) {
      return std::any_of(groups.begin(), groups.end(),
                         [&](int each) { return MayDiffer<kFlag>(each); });
    };
    if (differs(deadline.trigger_groups)) return true;
    for (const CompiledDeadline::Fallback& fallback : deadline.fallbacks) {
      if (differs(fallback.groups)) return true;
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

bool Evaluator::MayDifferFromLate(int group) const {
  return MayDiffer<&Result::by_late_choice>(group);
}

void Evaluator::Consult(CivilDate from, CivilDate to) {
  counted_ = Weaker(counted_, calendar_.CertaintyOf(from, to));
  const auto differs =
      std::lower_bound(rules_.differing_days.begin(), rules_.differing_days.end(), from);
  if (differs != rules_.differing_days.end() && *differs <= to) current_->by_calendar = true;
  const auto late = std::lower_bound(rules_.late_days.begin(), rules_.late_days.end(), from);
  if (late != rules_.late_days.end() && *late <= to) current_->by_late_choice = true;
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
  if (event.day != event.event->effective_on) {
    current_->by_choice = true;
    current_->by_late_choice = true;
  }
  return is_safe()   ? std::min(event.day, event.event->effective_on)
         : is_late() ? std::max(event.day, event.event->effective_on)
                     : event.day;
}

void Evaluator::KeepLatest(bool is_presumed, std::vector<FoldedEvent>* received) const {
  if (received->empty()) return;
  const auto letter =
      std::find_if(received->begin(), received->end(), [this](const FoldedEvent& event) {
        return rules_.letters.Has(event.type()) && !rules_.presumed.Has(event.type());
      });
  // A letter proves receipt; a proof of delivery or a presumption does not.
  const FoldedEvent kept = is_presumed && letter != received->end() ? *letter
                           : is_presumed                            ? received->front()
                                                                    : received->back();
  received->assign(1, kept);
}

CivilDate Evaluator::AfterLapse(const FoldedEvent& event, CivilDate day) {
  const int index = LapseOf(rules_, day);
  if (index < 0) return day;
  const std::string& via = AttributeOf(*event.event, "via");
  const std::optional<CivilDate>& end = rules_.lapses[static_cast<size_t>(index)].to;
  if ((!via.empty() && via != "mail") || !end.has_value()) return day;
  current_->by_late_choice = true;
  return is_late() ? NextWorkingDay(*end + 1).value_or(day) : day;
}

Instance Evaluator::ClockStart(const CompiledDeadline& deadline) {
  const v1::ReceiptRule& receipt = rules_.rules.receipt();
  Instance instance;
  instance.deadline = &deadline;
  instance.certainty = receipt.certainty();
  counted_ = v1::CERTAINTY_UNSPECIFIED;

  EventSet route;
  route.Add(rules_.route);
  const FoldedEvent* routed = events_.First(route);
  EventSet kinds = rules_.received;
  if (!kinds.Meets(events_.types()) && routed == nullptr) {
    kinds = rules_.presumed;
    kinds.Add(rules_.letters);
    instance.is_presumed = true;
  }
  std::vector<FoldedEvent> received;
  if (kinds.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (kinds.Has(event.type()) && IsReceipt(receipt, *event.event)) received.push_back(event);
    }
  }
  if (received.empty() && routed == nullptr) {
    instance.is_presumed = false;
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    instance.missing.assign(receipt.events().begin(), receipt.events().end());
    for (const FoldedEvent& event : events_.events()) {
      const int lapse = LapseOf(rules_, event.day);
      if (event.type() != v1::EVENT_TYPE_SENT || lapse < 0) continue;
      instance.warnings.push_back(LapseNote(rules_, lapse, event));
    }
    return instance;
  }
  const bool differ = !received.empty() && received.front().date() != received.back().date();
  if (differ && !instance.is_presumed) {
    instance.warnings.push_back(
        absl::StrCat("Receipt is recorded on ", FormatDate(received.front().date()), " and on ",
                     FormatDate(received.back().date()), ": the earlier day is used"));
  }
  if (differ || instance.is_presumed) current_->by_late_choice = true;
  if (is_late()) KeepLatest(instance.is_presumed, &received);
  const FoldedEvent* sent = nullptr;
  if (instance.is_presumed) {
    EventSet sending;
    sending.Add(v1::EVENT_TYPE_SENT);
    sent = events_.First(sending);
  }
  const bool explains = reading_ == Reading::kExplained;
  // The earliest receipt after delays and moves wins; each candidate keeps its own steps.
  for (const FoldedEvent& event : received) {
    const std::string& name = EventTypeName(event.type());
    const std::string& via = AttributeOf(*event.event, "via");
    const bool is_letter = instance.is_presumed && rules_.letters.Has(event.type()) &&
                           !rules_.presumed.Has(event.type());
    std::vector<v1::ExplanationStep> steps;
    CivilDate day = DayOf(event);
    if (is_letter && sent != nullptr) {
      // It may have come on any day since it was sent.
      current_->by_choice = true;
      if (is_safe()) day = std::min(day, DayOf(*sent));
    }
    if (explains) {
      steps.push_back(Step(day, absl::StrCat(is_letter ? "Receipt presumed no later than "
                                             : instance.is_presumed ? "Receipt presumed from "
                                                                    : "",
                                             name, " on ", ShowDate(day))));
      if (day != event.event->effective_on) {
        steps.push_back(
            Step(day, absl::StrCat("Recorded as ", FormatDate(event.event->effective_on), " ",
                                   event.event->local_time, " in ", event.event->time_zone, ": ",
                                   ShowDate(day), " in ", rules_.rules.time_zone())));
      }
    }
    if (!is_safe() && !is_letter) {
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
    if (is_late() && instance.is_presumed && !is_letter && receipt.has_route_cap()) {
      // Delivered to somebody; the right component has it in this time.
      day = Count(day, receipt.route_cap()).value_or(day);
    }
    if (!is_letter) day = AfterLapse(event, day);
    bool is_convention = false;
    // Where a receipt stays on its day, it does not matter how sure the calendar is of that day.
    const v1::Certainty before = counted_;
    const bool is_working_day = !Calendar::Covers(day) || IsWorkingDay(day);
    if (receipt.on_nonworking() != v1::NONWORKING_RECEIPT_NEXT_WORKING_DAY) counted_ = before;
    if (!is_working_day) {
      if (receipt.on_nonworking() == v1::NONWORKING_RECEIPT_NEXT_WORKING_DAY) {
        current_->by_choice = true;
        if (!is_safe()) day = NextWorkingDay(day).value_or(day);
        if (explains) {
          steps.push_back(
              Step(day, absl::StrCat("Not a working day: counts as received on ", ShowDate(day))));
        }
      } else {
        is_convention = true;
        current_->by_late_choice = true;
        if (is_late()) day = NextWorkingDay(day).value_or(day);
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
    instance.warnings.push_back(
        rules_.presumed.Has(instance.root.type())
            ? "Receipt is presumed; evidence of receipt may move every date"
            : absl::StrCat("Receipt is presumed no later than ", ShowEvent(instance.root),
                           "; proof of an earlier day brings every date forward"));
  }
  if (!instance.date.has_value()) {
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    instance.warnings.push_back(OutsideCalendar());
    return instance;
  }
  instance.certainty = Weaker(instance.certainty, counted_);
  instance.trigger_date = DayOf(instance.root);
  instance.status =
      *instance.date <= as_of_ ? v1::DEADLINE_STATUS_IN_EFFECT : v1::DEADLINE_STATUS_RUNNING;
  AddEventWarnings(&instance);
  return instance;
}

std::vector<Instance> Evaluator::EvaluateGroup(const DeadlineGroup& group) {
  std::vector<std::pair<const CompiledDeadline*, Trigger>> starts;
  bool is_each = false;
  std::vector<std::pair<const CompiledDeadline*, Trigger>> unnamed;
  const auto begin = [&starts](const CompiledDeadline* deadline, Trigger&& trigger) {
    // A root event that has its rule already is left alone.
    const bool is_used = std::any_of(starts.begin(), starts.end(), [&](const auto& other) {
      return other.second.root.position == trigger.root.position;
    });
    if (!is_used) starts.emplace_back(deadline, std::move(trigger));
  };
  for (const CompiledDeadline& deadline : group.rules) {
    is_each = deadline.rule.occurrence() == v1::OCCURRENCE_EACH;
    for (Trigger& trigger : FindTriggers(deadline)) {
      if (Holds(deadline.rule, trigger)) {
        // Where each counts, a rule that names the event goes before one that its outcome leads to.
        if (is_each && !trigger.is_named) {
          unnamed.emplace_back(&deadline, std::move(trigger));
        } else {
          begin(&deadline, std::move(trigger));
        }
      }
      if (!is_each) break;
    }
    if (!is_each && !starts.empty()) break;
  }
  for (auto& [deadline, trigger] : unnamed) begin(deadline, std::move(trigger));
  if (is_each && group.rules[0].rule.kind() == v1::DEADLINE_KIND_APPEAL_FILING) {
    // First what is sure, and the request before fees and speed.
    std::stable_sort(starts.begin(), starts.end(), [](const auto& a, const auto& b) {
      const auto key = [](const FoldedEvent& root, CivilDate date) {
        return std::make_tuple(root.answer == Answer::kUnclear, !root.issue.empty(), date);
      };
      return key(a.second.root, a.second.date) < key(b.second.root, b.second.date);
    });
  }
  Answers answers;
  if (is_each && !starts.empty()) {
    std::vector<Trigger> triggers;
    for (const auto& start : starts) triggers.push_back(start.second);
    answers = MatchAnswers(group.rules[0].rule.kind(), triggers);
  }
  std::vector<FoldedEvent> orders;
  for (const auto& [deadline, trigger] : starts) {
    if (deadline->rule.by_periods()) orders.push_back(trigger.root);
  }
  std::sort(orders.begin(), orders.end(),
            [](const FoldedEvent& a, const FoldedEvent& b) { return a.position < b.position; });
  std::vector<Instance> instances;
  instances.reserve(std::max<size_t>(starts.size(), 1));
  for (const auto& [deadline, trigger] : starts) {
    if (!deadline->rule.by_periods() || !HasContent(trigger.root)) {
      instances.push_back(Due(*deadline, trigger, answers));
      continue;
    }
    for (Instance& each : DueByPeriods(*deadline, trigger, orders)) {
      instances.push_back(std::move(each));
    }
  }
  if (instances.empty()) {
    // What is missing is told for a rule that asks for nothing besides its trigger.
    const auto plain =
        std::find_if(group.rules.begin(), group.rules.end(),
                     [](const CompiledDeadline& each) { return each.rule.when().empty(); });
    instances.push_back(NotStarted(plain == group.rules.end() ? group.rules.back() : *plain));
  }
  AddUnreceivedAppeals(group.rules[0], &instances);
  KeepLongestEmbargo(&instances);
  AddUnasked(group, &instances);
  return instances;
}

void Evaluator::AddTriggers(const EventSet& events, const std::vector<int>& groups,
                            std::vector<Trigger>* triggers) {
  if (events.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (!events.Meets(event.opens)) continue;
      triggers->push_back(
          {&EventTypeName(event.type()), DayOf(event), event, nullptr, events.Has(event.type())});
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
  for (const CompiledDeadline::Fallback& fallback : deadline.fallbacks) {
    if (!triggers.empty()) break;
    AddTriggers(fallback.events, fallback.groups, &triggers);
    for (Trigger& trigger : triggers) {
      trigger.is_fallback = trigger.parent != nullptr && !deadline.trigger_events.empty();
    }
  }
  triggers.erase(std::remove_if(triggers.begin(), triggers.end(),
                                [&](const Trigger& trigger) {
                                  return trigger.parent == nullptr &&
                                         !MayStart(deadline.rule.kind(), trigger.root);
                                }),
                 triggers.end());
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
  // A right to sue over fees or speed says nothing of the last day to sue over the request.
  const bool is_limitation = deadline.rule.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION;
  // Of several denials with a time each, those that say so come before a letter that may be one.
  const bool is_each = deadline.rule.occurrence() == v1::OCCURRENCE_EACH;
  const auto order = [&](const Trigger& trigger) {
    return std::make_tuple(is_limitation && !trigger.root.issue.empty(),
                           is_each && trigger.root.answer == Answer::kUnclear, trigger.date);
  };
  std::stable_sort(triggers.begin(), triggers.end(),
                   [&](const Trigger& a, const Trigger& b) { return order(a) < order(b); });
  return triggers;
}

bool Evaluator::Holds(const v1::DeadlineRule& rule, const Trigger& trigger) const {
  if (IsEndOfOrders(trigger.root)) return false;
  for (const v1::Condition& condition : rule.when()) {
    const std::string& value = AttributeOf(*trigger.root.event, condition.attribute());
    if (std::count(condition.values().begin(), condition.values().end(), value) == 0) return false;
  }
  // A date that is only ever given: without it there is no deadline.
  if (!rule.date_attribute().empty() && !rule.has_period() &&
      AttributeOf(*trigger.root.event, rule.date_attribute()).empty() &&
      !(rule.by_periods() && HasContent(trigger.root))) {
    return false;
  }
  const v1::DateRange& range = rule.effective();
  return (!range.has_from() || trigger.date >= FromProto(range.from())) &&
         (!range.has_to() || trigger.date <= FromProto(range.to()));
}

bool Evaluator::Answers::Allows(const Folded& events, const FoldedEvent& event,
                                const Instance& instance) const {
  if (types.Has(event.type())) {
    const auto answer = std::make_pair(event.position, instance.root.position);
    return std::count(roots.begin(), roots.end(), answer) > 0;
  }
  // Many things happen between a court's order and its day: only what names the order answers it.
  const std::string& of = AttributeOf(*event.event, "of");
  return of.empty() ? instance.deadline->rule.kind() != v1::DEADLINE_KIND_COURT_ORDER
                    : events.IsNamed(instance.root, of);
}

void Evaluator::AddUnreceivedAppeals(const CompiledDeadline& deadline,
                                     std::vector<Instance>* instances) {
  if (deadline.rule.kind() != v1::DEADLINE_KIND_APPEAL_DECISION ||
      !deadline.trigger_events.Has(v1::EVENT_TYPE_APPEAL_RECEIVED) ||
      deadline.trigger_events.Has(v1::EVENT_TYPE_APPEAL_SENT)) {
    return;
  }
  for (const AppealLetters& appeal : events_.appeals()) {
    if (appeal.sent < 0 || appeal.received >= 0 || appeal.is_over()) continue;
    Instance instance;
    instance.deadline = &deadline;
    instance.certainty = deadline.rule.certainty();
    instance.root = events_.events()[static_cast<size_t>(appeal.sent)];
    instance.trigger = &EventTypeName(instance.root.type());
    instance.trigger_date = instance.root.date();
    instance.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    instance.missing.push_back(EventTypeName(v1::EVENT_TYPE_APPEAL_RECEIVED));
    if (const FoldedEvent end = FindEnd(instance); end.event != nullptr) {
      instance.status = v1::DEADLINE_STATUS_ENDED;
      instance.closing = end;
    }
    if (!instances->front().started()) instances->clear();
    instances->push_back(std::move(instance));
  }
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
    const std::string& until = AttributeOf(*event.event, deadline.rule.date_attribute());
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
    const std::string& issue = AttributeOf(*event.event, "issue");
    const bool is_asked =
        std::any_of(instances->begin(), instances->end(), [&](const Instance& instance) {
          return instance.started() && instance.root.position < event.position &&
                 (kind != v1::DEADLINE_KIND_APPEAL_FILING ||
                  IsAbout(issue, instance.root, instance.parent != nullptr));
        });
    // Silence has deadlines of its own.
    if (is_asked || issue == "constructive") continue;
    instances->front().warnings.push_back(
        absl::StrCat(ShowEvent(event), issue.empty() ? "" : absl::StrCat(" with issue=", issue),
                     " answers nothing that is recorded before it"));
  }
}

const AppealLetters* Evaluator::AppealOf(const FoldedEvent& letter) const {
  for (const AppealLetters& appeal : events_.appeals()) {
    for (const int each : {appeal.sent, appeal.received, appeal.decided, appeal.withdrawn}) {
      if (each == letter.position) return &appeal;
    }
  }
  return nullptr;
}

bool Evaluator::MayAnswer(v1::DeadlineKind kind, const FoldedEvent& event, const Trigger& trigger) {
  const std::string& issue = AttributeOf(*event.event, "issue");
  if (kind == v1::DEADLINE_KIND_APPEAL_FILING) {
    return IsAbout(issue, trigger.root, trigger.parent != nullptr);
  }
  if (kind != v1::DEADLINE_KIND_APPEAL_DECISION || issue.empty()) return true;
  return event.issue == trigger.root.issue;
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
  std::vector<std::pair<int, int>> filed;  // letter by which an appeal was sent, and its root
  for (const FoldedEvent& event : events_.events()) {
    if (!answers.types.Has(event.type())) continue;
    const bool is_receipt = event.type() == v1::EVENT_TYPE_APPEAL_RECEIVED;
    const Trigger* answered = nullptr;
    // An appeal names its determination.
    const std::string& of = is_filing ? TargetOf(*event.event) : AttributeOf(*event.event, "of");
    const AppealLetters* appeal = AppealOf(event);
    std::vector<const Trigger*> open;  // by position of the root
    for (const Trigger& trigger : triggers) {
      const DeadlineEvent& root = *trigger.root.event;
      if (!of.empty()) {
        // A decision may name the appeal, or what the appeal is about.
        const bool is_named =
            events_.IsNamed(trigger.root, of) || (!is_filing && TargetOf(root) == of);
        if (is_named) answered = &trigger;
      } else if (trigger.root.position < event.position && !is_answered(trigger) &&
                 MayAnswer(kind, event, trigger)) {
        open.push_back(&trigger);
      }
    }
    if (of.empty() && is_receipt && appeal != nullptr) {
      const auto sent = std::find_if(filed.begin(), filed.end(),
                                     [&](const auto& each) { return each.first == appeal->sent; });
      if (sent != filed.end()) {
        answers.roots.emplace_back(event.position, sent->second);
        continue;
      }
    }
    // Its number or issue says which appeal was decided.
    if (of.empty() && kind == v1::DEADLINE_KIND_APPEAL_DECISION && appeal != nullptr &&
        (!AttributeOf(*event.event, "appeal").empty() ||
         !AttributeOf(*event.event, "issue").empty())) {
      open.erase(std::remove_if(open.begin(), open.end(),
                                [&](const Trigger* trigger) {
                                  const int root = trigger->root.position;
                                  return root != appeal->received && root != appeal->sent;
                                }),
                 open.end());
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
    if (is_filing && !is_receipt) filed.emplace_back(event.position, answered->root.position);
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
    instance.is_assumed = trigger.parent->is_assumed;
  }
  if (trigger.is_fallback) {
    instance.certainty = Weaker(instance.certainty, v1::CERTAINTY_CONVENTION);
    if (has_words()) {
      instance.warnings.push_back(
          absl::StrCat("No ", rule.triggers(0), " is recorded: counted from ",
                       trigger.parent->deadline->rule.title(), ", ", FormatDate(trigger.date),
                       ", which is a convention"));
    }
  }
  // Some laws count from any answer and name it.
  const bool is_any =
      trigger.is_named && !rules_.answers.adverse.Has(trigger.root.type()) && rule.when().empty();
  if (trigger.parent == nullptr && trigger.root.answer == Answer::kUnclear && !is_any &&
      (rule.kind() == v1::DEADLINE_KIND_APPEAL_FILING ||
       rule.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION)) {
    instance.is_assumed = true;
    instance.certainty = Weaker(instance.certainty, v1::CERTAINTY_CONVENTION);
    const std::string& outcome = AttributeOf(*trigger.root.event, "outcome");
    instance.warnings.push_back(absl::StrCat(
        ShowEvent(trigger.root),
        outcome.empty() ? " has no outcome"
                        : absl::StrCat(" with outcome=", outcome,
                                       " does not say whether anything was withheld"),
        ": counted in case something was withheld; replace it by ",
        rules_.answers.adverse.Has(trigger.root.type())
            ? "determination outcome=full_grant if all was given, or by the same with "
              "outcome=partial, full_denial or what the letter says"
            : "the same with outcome=full_grant, partial, full_denial or what the letter says"));
  }
  if (!rule.safe_trigger().empty() && rules_.received.Has(trigger.root.type())) {
    EventSet before;
    before.Add(ParseEventType(rule.safe_trigger()));
    const FoldedEvent* first = events_.First(before);
    if (first != nullptr && first->date() < instance.trigger_date) {
      current_->by_choice = true;
      if (is_safe()) instance.trigger_date = DayOf(*first);
    }
  }
  counted_ = v1::CERTAINTY_UNSPECIFIED;
  if (!TakeGivenDate(&instance) && rule.has_period()) CountPeriod(&instance);
  instance.certainty = Weaker(instance.certainty, counted_);
  ApplyAgreement(&instance);
  // An answer is an answer where the law sets no number, too.
  const bool is_awaited = rule.kind() == v1::DEADLINE_KIND_DETERMINATION;
  if (instance.date.has_value() || rule.has_period() || is_awaited) SetStatus(answers, &instance);
  AddFeeBalance(&instance);
  for (const auto& [position, warning] : answers.warnings) {
    if (position == instance.root.position) instance.warnings.push_back(warning);
  }
  AddEventWarnings(&instance);
  return instance;
}

std::vector<Instance> Evaluator::DueByPeriods(const CompiledDeadline& deadline,
                                              const Trigger& trigger,
                                              const std::vector<FoldedEvent>& orders) {
  Instance order;
  order.deadline = &deadline;
  order.root = trigger.root;
  order.trigger = trigger.name;
  order.trigger_date = trigger.date;
  order.certainty = deadline.rule.certainty();
  // A time that the order counts in days or months ends as the rules of procedure say.
  std::optional<CivilDate> counted;
  if (const auto span = ParseSpan(AttributeOf(*trigger.root.event, "per"), "per"); span.ok()) {
    const CivilDate end = Recurrence(trigger.root.day, *span, span->month_end ? 0 : 1);
    counted_ = v1::CERTAINTY_UNSPECIFIED;
    if (Calendar::Covers(end)) counted = Roll(end, v1::UNIT_CALENDAR_DAYS, deadline);
  }
  const OrderedPeriods schedule =
      PeriodsOf(events_, deadline, trigger.root, orders, counted, as_of_);
  std::vector<Instance> instances;
  if (!schedule.missing.empty()) {
    order.status = v1::DEADLINE_STATUS_CANNOT_COMPUTE;
    order.missing = schedule.missing;
    AddEventWarnings(&order);
    return {order};
  }
  for (const OrderedPeriod& period : schedule.periods) {
    Instance instance = order;
    instance.date = period.due;
    instance.is_given = true;
    instance.period_from = period.from;
    instance.is_counted_first = schedule.is_counted;
    instance.progress = period.progress;
    instance.warnings = period.warnings;
    if (schedule.is_counted) {
      instance.certainty = Weaker(instance.certainty, v1::CERTAINTY_CONVENTION);
      instance.warnings.push_back(absl::StrCat(ShowEvent(order.root),
                                               " names no first date: counted from its day; "
                                               "replace it by the same with date="));
    }
    const int closed_by = period.done_by >= 0 ? period.done_by : period.ended_by;
    if (closed_by >= 0) instance.closing = events_.events()[static_cast<size_t>(closed_by)];
    const bool is_late = closed_by >= 0 ? instance.closing.day > period.due : period.due < as_of_;
    instance.status = is_late               ? v1::DEADLINE_STATUS_LATE
                      : period.done_by >= 0 ? v1::DEADLINE_STATUS_MET
                      : closed_by >= 0      ? v1::DEADLINE_STATUS_ENDED
                                            : v1::DEADLINE_STATUS_RUNNING;
    AddEventWarnings(&instance);
    instances.push_back(std::move(instance));
  }
  return instances;
}

bool Evaluator::TakeGivenDate(Instance* instance) const {
  const v1::DeadlineRule& rule = instance->deadline->rule;
  if (rule.date_attribute().empty()) return false;
  const std::string& text = AttributeOf(*instance->root.event, rule.date_attribute());
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
    instance->base = Roll(*instance->base_unrolled, deadline.rule.period().unit(), deadline);
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
  const CompiledDeadline& deadline = *instance->deadline;
  const v1::DeadlineRule& rule = deadline.rule;
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
    if (notice.date() > last_day) current_->by_late_choice = true;
    if (notice.date() > last_day && !is_late()) {
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
    if (const std::string& given = AttributeOf(*notice.event, "days"); !given.empty()) {
      if (!absl::SimpleAtoi(given, &days) || days < 0) {
        instance->missing.push_back(absl::StrCat("days of ", named));
        instance->date.reset();
        return;
      }
    } else if (const std::string& until = AttributeOf(*notice.event, "until"); !until.empty()) {
      const absl::StatusOr<CivilDate> day = ParseDate(until, "until");
      if (!day.ok()) {
        instance->missing.push_back(absl::StrCat("until of ", named));
        instance->date.reset();
        return;
      }
      days = extension.max().unit() == v1::UNIT_WORKING_DAYS
                 ? CountWorkingDays(from, *day)
                 : static_cast<int>(std::clamp<absl::civil_diff_t>(*day - from, 0, 10000));
      // The longest time ends where its last day moves to.
      const std::optional<CivilDate> longest = Count(from, extension.max());
      if (longest.has_value() && *day > *longest &&
          *day <= Roll(*longest, extension.max().unit(), deadline)) {
        days = extension.max().n();
      }
    }
    if (days > extension.max().n() && extension.void_beyond_max()) {
      VoidExtension(notice, instance);
      continue;
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
    instance->date = end.has_value() ? Roll(*end, period.unit(), deadline) : std::nullopt;
  }
}

void Evaluator::VoidExtension(const FoldedEvent& notice, Instance* instance) {
  const v1::ExtensionRule& extension = instance->deadline->rule.extension();
  instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
  instance->warnings.push_back(
      absl::StrCat(ShowEvent(notice), " extends nothing: it names more than ",
                   ShowPeriod(extension.max()), ", and without our agreement in writing (",
                   "alternative_date_agreed) such a notice is a denial, ", extension.citation()));
  // The denial may be held to fall on the day of the notice.
  current_->by_choice = true;
  if (is_safe()) {
    instance->date = std::min(*instance->date, std::max(notice.date(), instance->trigger_date));
  }
}

void Evaluator::ApplyAgreement(Instance* instance) {
  if (is_safe() || !events_.types().Has(instance->deadline->agreed_event)) return;
  for (const FoldedEvent& event : events_.events()) {
    if (event.type() != instance->deadline->agreed_event) continue;
    if (!IsFor(*event.event, *instance)) continue;
    const absl::StatusOr<CivilDate> date = ParseDate(AttributeOf(*event.event, "date"), "date");
    if (!date.ok()) {
      instance->warnings.push_back(
          absl::StrCat(ShowEvent(event), " has no effect: it names no date"));
      continue;
    }
    if (instance->date.has_value() && *date < *instance->date) current_->by_late_choice = true;
    instance->date = is_late() ? std::max(instance->date.value_or(*date), *date) : *date;
    instance->status = v1::DEADLINE_STATUS_NONE;  // an agreed date needs no count
    instance->agreed = event;                     // the last agreement wins
    current_->by_choice = true;
    instance->certainty = Weaker(instance->certainty, v1::CERTAINTY_CONVENTION);
  }
}

bool Evaluator::IsOfAnotherAppeal(const FoldedEvent& letter, const Instance& instance) const {
  for (const AppealLetters& appeal : events_.appeals()) {
    if (appeal.withdrawn != letter.position) continue;
    const int root = instance.root.position;
    return (appeal.received >= 0 || appeal.sent >= 0) && appeal.received != root &&
           appeal.sent != root;
  }
  return false;
}

const FeeDemand* Evaluator::DemandOf(const Instance& instance) {
  if (instance.deadline->rule.kind() != v1::DEADLINE_KIND_FEE_ANSWER ||
      instance.root.event == nullptr || instance.parent != nullptr) {
    return nullptr;
  }
  if (!fees_.has_value()) fees_.emplace(events_);
  return fees_->At(instance.root.position);
}

bool Evaluator::MaySettle(const FoldedEvent& event, const Instance& instance) {
  const bool is_money = event.type() == v1::EVENT_TYPE_PAID ||
                        event.type() == v1::EVENT_TYPE_FEE_DISPUTED ||
                        event.type() == v1::EVENT_TYPE_FEE_WAIVER_DECIDED;
  const FeeDemand* demand = is_money ? DemandOf(instance) : nullptr;
  return demand == nullptr || demand->settled_by == event.position;
}

void Evaluator::AddFeeBalance(Instance* instance) {
  const FeeDemand* demand = DemandOf(*instance);
  if (demand == nullptr) return;
  instance->progress = demand->Text();
  if (!has_words()) return;
  for (const int position : demand->without_amount) {
    const FoldedEvent& payment = events_.events()[static_cast<size_t>(position)];
    if (!demand->asked.has_value() || demand->settled_by >= 0) continue;
    instance->warnings.push_back(absl::StrCat(
        ShowEvent(payment), " has no amount: nothing says that ", FormatMoney(demand->open()),
        " are paid; replace it by the same with amount="));
  }
  const FoldedEvent& answer = instance->closing;
  if (answer.event == nullptr || answer.type() != v1::EVENT_TYPE_FEE_COMMITTED) return;
  const absl::StatusOr<int64_t> limit = ParseMoney(AttributeOf(*answer.event, "limit"), "limit");
  if (limit.ok() && *limit < demand->open()) {
    instance->warnings.push_back(absl::StrCat(ShowEvent(answer), " covers ", FormatMoney(*limit),
                                              " of the ", FormatMoney(demand->open()),
                                              " that the letter names"));
  }
}

FoldedEvent Evaluator::FindEnd(const Instance& instance) {
  const CompiledDeadline& deadline = *instance.deadline;
  const bool was_extended = instance.parent != nullptr && instance.parent->extension.has_value() &&
                            instance.parent->extension->days > 0;
  const bool is_silence = instance.parent != nullptr && deadline.rule.on_lapse() &&
                          instance.root.issue.empty() &&
                          deadline.rule.effect() == v1::LAPSE_EFFECT_MAY_SUE;
  const bool may_end = is_silence || deadline.ended_by.Meets(events_.types()) ||
                       instance.root.issue == "expedite" ||
                       (was_extended && deadline.ended_if_extended_by.Meets(events_.types()));
  if (!may_end) return {};
  EventSet answering;
  answering.Add(v1::EVENT_TYPE_DETERMINATION);
  EventSet reopening;
  reopening.Add(v1::EVENT_TYPE_REOPENED);
  int reopened = -1;  // position of the last one
  if (reopening.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      if (reopening.Has(event.type())) reopened = event.position;
    }
  }
  const FoldedEvent* keeping = events_.First(deadline.kept_by);
  // Once the request was answered nobody can speed it up, 5 U.S.C. 552(a)(6)(E)(iv).
  const bool is_over_speed = instance.root.issue == "expedite" &&
                             (deadline.rule.kind() == v1::DEADLINE_KIND_APPEAL_FILING ||
                              deadline.rule.kind() == v1::DEADLINE_KIND_APPEAL_DECISION);
  // A decision on one appeal ends nothing that rests on another one.
  const bool is_of_appeal = instance.parent != nullptr && instance.parent->deadline->rule.kind() ==
                                                              v1::DEADLINE_KIND_APPEAL_DECISION;
  for (const FoldedEvent& event : events_.events()) {
    const bool ends_speed = is_over_speed && answering.Meets(event.closes);
    // Who has everything has nothing to sue over, however late it came.
    const bool is_moot = is_silence && event.answer == Answer::kGranted && event.issue.empty();
    if (!ends_speed && !is_moot && !deadline.ended_by.Meets(event.closes) &&
        !(was_extended && deadline.ended_if_extended_by.Meets(event.closes))) {
      continue;
    }
    const bool is_undone = reopened > event.position;
    const bool is_kept = keeping != nullptr && keeping->position < event.position;
    // What came before the trigger ended something else.
    if (is_undone || is_kept || event.position <= instance.root.position) continue;
    if (!MaySettle(event, instance)) continue;
    // What happens in one case ends nothing in another.
    if (!MayBeOneCase(*event.event, *instance.root.event)) continue;
    if (is_of_appeal && event.type() == v1::EVENT_TYPE_APPEAL_DECIDED &&
        event.event != instance.parent->closing.event) {
      continue;
    }
    if (event.type() == v1::EVENT_TYPE_APPEAL_WITHDRAWN && IsOfAnotherAppeal(event, instance)) {
      continue;
    }
    return event;
  }
  return {};
}

bool Evaluator::MayMeet(const FoldedEvent& event, const Instance& instance) const {
  const bool is_appeal =
      event.type() == v1::EVENT_TYPE_APPEAL_SENT || event.type() == v1::EVENT_TYPE_APPEAL_RECEIVED;
  if (instance.deadline->rule.kind() != v1::DEADLINE_KIND_APPEAL_FILING || !is_appeal) return true;
  const bool is_silence = instance.parent != nullptr;
  if (!IsAbout(AttributeOf(*event.event, "issue"), instance.root, is_silence) ||
      (is_silence && !event.issue.empty())) {
    return false;
  }
  // An appeal against a letter is none against silence.
  const std::string& against = TargetOf(*event.event);
  return against.empty() ||
         std::any_of(events_.events().begin(), events_.events().end(), [&](const auto& other) {
           return events_.IsNamed(other, against) &&
                  (is_silence ? other.answer == Answer::kNone
                              : other.position == instance.root.position);
         });
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
  EventSet done_by = deadline.satisfied_by;
  if (done_by.Has(v1::EVENT_TYPE_PRODUCED)) done_by.Add(v1::EVENT_TYPE_DETERMINATION);
  if (done_by.Meets(events_.types())) {
    for (const FoldedEvent& event : events_.events()) {
      // Who was given everything needs neither a ruling nor a cure.
      const bool is_given = event.answer == Answer::kGranted &&
                            rules_.answers.events.Has(event.type()) &&
                            deadline.rule.kind() == v1::DEADLINE_KIND_DETERMINATION &&
                            deadline.satisfied_by.Has(v1::EVENT_TYPE_PRODUCED);
      if (!deadline.satisfied_by.Meets(event.closes) && !is_given) continue;
      // The agency's notice of appeal is none of ours.
      if (deadline.rule.actor() == v1::ACTOR_REQUESTER &&
          AttributeOf(*event.event, "party") == "agency") {
        continue;
      }
      if (!MaySettle(event, *instance)) continue;
      if (!MayBeOneCase(*event.event, *instance->root.event)) continue;
      const FeeDemand* demand = DemandOf(*instance);
      const bool is_settled = demand != nullptr && demand->settled_by == event.position;
      if (is_each && event.date() < instance->trigger_date && !is_settled) continue;
      if (is_each && !answers.Allows(events_, event, *instance)) continue;
      if (!is_each && !MayMeet(event, *instance)) continue;
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
  // An appeal over speed that was filed though the answer had made it moot is still answered by it.
  const bool is_moot =
      deadline.rule.kind() == v1::DEADLINE_KIND_APPEAL_FILING && instance->root.issue == "expedite";
  if (in_time(end) && (done.event == nullptr || (end.position < done.position && !is_moot))) {
    instance->status = v1::DEADLINE_STATUS_ENDED;
    instance->closing = end;
  } else if (done.event != nullptr) {
    instance->status = in_time(done) ? v1::DEADLINE_STATUS_MET : v1::DEADLINE_STATUS_LATE;
    instance->closing = done;
  } else if (date.has_value()) {
    instance->status = *date < as_of_ ? v1::DEADLINE_STATUS_LATE : v1::DEADLINE_STATUS_RUNNING;
    // What it served is over, though it was missed before. A right that was lost stays lost.
    const v1::DeadlineKind kind = deadline.rule.kind();
    if (end.event != nullptr && kind != v1::DEADLINE_KIND_APPEAL_FILING &&
        kind != v1::DEADLINE_KIND_SUIT_LIMITATION) {
      instance->status = v1::DEADLINE_STATUS_LATE;
      instance->closing = end;
    }
  }
}

void Evaluator::AddEventWarnings(Instance* instance) const {
  if (!has_words()) return;
  const auto add = [&](const FoldedEvent& event) {
    const std::vector<std::string>& problems = events_.ProblemsOf(event);
    instance->warnings.insert(instance->warnings.end(), problems.begin(), problems.end());
    const int lapse = IsMail(event.type()) ? LapseOf(rules_, event.day) : -1;
    if (lapse >= 0) instance->warnings.push_back(LapseNote(rules_, lapse, event));
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

std::optional<CivilDate> Evaluator::Roll(CivilDate date, v1::Unit unit,
                                         const CompiledDeadline& deadline) {
  if (!deadline.rolls || unit == v1::UNIT_WORKING_DAYS || is_safe()) return date;
  const Calendar& calendar = LastDayCalendar(rules_, deadline, calendar_);
  if (&calendar == &calendar_) Consult(date, date);
  if (calendar.IsWorkingDay(date)) return date;
  if (deadline.saturday_stays && absl::GetWeekday(date) == absl::Weekday::saturday) return date;
  const std::optional<CivilDate> rolled = calendar.NextWorkingDay(date);
  current_->by_choice = true;
  counted_ = Weaker(counted_, deadline.roll_certainty);
  counted_ = Weaker(counted_, calendar.CertaintyOf(date, rolled.value_or(date)));
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
  if (instance.is_assumed) deadline->set_assumption("if something was withheld");
  deadline->set_issue(std::string(instance.root.issue));
  deadline->set_progress(instance.progress);
  if (instance.period_from.has_value()) {
    *deadline->mutable_period_from() = DateToProto(*instance.period_from);
  }
  if (rule.kind() == v1::DEADLINE_KIND_COURT_ORDER || rule.kind() == v1::DEADLINE_KIND_PRODUCTION ||
      rule.kind() == v1::DEADLINE_KIND_PLEADING) {
    deadline->set_order(OrderText(instance.root));
  }
  // What was scheduled page by page, or by a court, is more than an expectation.
  if (rule.kind() == v1::DEADLINE_KIND_PRODUCTION && rule.by_periods() &&
      (instance.period_from.has_value() || !deadline->order().empty())) {
    deadline->set_severity(v1::SEVERITY_STATUTORY);
  }
  if (instance.started()) *deadline->mutable_trigger_date() = DateToProto(instance.trigger_date);
  if (instance.date.has_value()) *deadline->mutable_date() = DateToProto(*instance.date);
  deadline->set_cutoff(rule.cutoff());
  deadline->set_time_zone(rules.rules.time_zone());
  if (instance.closing.event != nullptr) {
    deadline->set_closing_event_id(instance.closing.event->id);
  }
}

}  // namespace foia::tracker
