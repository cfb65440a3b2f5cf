// Checks rules and resolves the names in them.
#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

using Problems = std::vector<Rules::Problem>;
using Names = google::protobuf::RepeatedPtrField<std::string>;

// Adds the problems of one part.
class Checker {
 public:
  Checker(Problems* problems, std::string part) : problems_(problems), part_(std::move(part)) {}

  void Require(bool holds, const std::string& message) {
    if (!holds) problems_->push_back({part_, message});
  }
  void RequireEvent(const std::string& name, const std::string& field) {
    Require(ParseEventType(name) != v1::EVENT_TYPE_UNSPECIFIED,
            absl::StrCat(field, ": there is no event '", name, "'"));
  }
  void RequireEvents(const Names& names, const std::string& field) {
    for (const std::string& name : names) RequireEvent(name, field);
  }
  void RequireHour(const std::string& hour, const std::string& field) {
    Require(ParseHour(hour).has_value(),
            absl::StrCat(field, ": '", hour, "' is no hour such as \"17:00\" or \"23:59:59\""));
  }
  void RequirePeriod(const v1::Period& period, const std::string& field) {
    Require(period.unit() != v1::UNIT_UNSPECIFIED, absl::StrCat(field, ": unit is missing"));
    Require(period.n() >= 0 && period.n() <= 10000, absl::StrCat(field, ": n must be 0 to 10000"));
  }

 private:
  Problems* problems_;
  std::string part_;
};

bool CountsDays(const v1::Period& period) {
  return period.unit() == v1::UNIT_WORKING_DAYS || period.unit() == v1::UNIT_CALENDAR_DAYS;
}

void CheckReceipt(const v1::ReceiptRule& receipt, Problems* problems) {
  Checker check(problems, "receipt");
  check.Require(!receipt.events().empty(), "events is empty: no clock would ever start");
  check.RequireEvents(receipt.events(), "events");
  check.RequireEvents(receipt.presumed_events(), "presumed_events");
  if (!receipt.route_event().empty() || receipt.has_route_cap()) {
    check.RequireEvent(receipt.route_event(), "route_event");
    check.RequirePeriod(receipt.route_cap(), "route_cap");
    if (receipt.has_safe_route_cap()) {
      check.RequirePeriod(receipt.safe_route_cap(), "safe_route_cap");
    }
  }
  for (const v1::ReceiptDelay& delay : receipt.delays()) {
    check.Require(!delay.via().empty(), "delays: via is missing");
    check.RequirePeriod(delay.period(), "delays");
    if (!delay.event().empty()) check.RequireEvent(delay.event(), "delays.event");
  }
  for (const v1::ReceiptCutoff& cutoff : receipt.cutoffs()) {
    check.RequireHour(cutoff.local_time(), "cutoffs.local_time");
  }
  check.RequireEvents(receipt.letter_events(), "letter_events");
  check.Require(receipt.certainty() != v1::CERTAINTY_UNSPECIFIED, "certainty is missing");
  check.Require(!receipt.citation().empty(), "citation is missing");
}

void CheckAnswers(const v1::AnswerRule& answers, Checker check) {
  check.RequireEvents(answers.events(), "answers.events");
  check.RequireEvents(answers.interim_events(), "answers.interim_events");
  check.RequireEvents(answers.adverse_events(), "answers.adverse_events");
  check.RequireEvents(answers.closing_events(), "answers.closing_events");
}

void CheckLapse(const v1::AppropriationsLapse& lapse, Checker check) {
  const bool is_dated = DateFromProto(lapse.from(), "from").ok() &&
                        (!lapse.has_to() || DateFromProto(lapse.to(), "to").ok());
  check.Require(is_dated, "lapses: needs a first day, and a last day where it has ended");
  check.Require(!lapse.title().empty() && !lapse.citation().empty(),
                "lapses: needs title and citation");
}

void CheckDeadline(const v1::Jurisdiction& rules, int index, const std::set<std::string>& ids,
                   const std::set<std::string>& tolls, Problems* problems) {
  const v1::DeadlineRule& rule = rules.deadlines(index);
  Checker check(problems, absl::StrCat("deadlines[", index, "]"));
  check.Require(!rule.id().empty(), "id is missing");
  check.Require(rule.id() != kClockStart, "clock_start comes from receipt, not from deadlines");
  check.Require(ParseEventType(rule.id()) == v1::EVENT_TYPE_UNSPECIFIED,
                absl::StrCat("'", rule.id(), "' is the name of an event"));
  check.Require(!rule.title().empty(), "title is missing");
  check.Require(rule.kind() != v1::DEADLINE_KIND_UNSPECIFIED, "kind is missing");
  check.Require(rule.actor() != v1::ACTOR_UNSPECIFIED, "actor is missing");
  check.Require(rule.severity() != v1::SEVERITY_UNSPECIFIED, "severity is missing");
  check.Require(rule.certainty() != v1::CERTAINTY_UNSPECIFIED, "certainty is missing");
  check.Require(!rule.citation().empty(), "citation is missing");
  check.Require(!rule.triggers().empty(), "triggers is empty");
  Names triggers = rule.triggers();
  if (!rule.fallback_trigger().empty()) *triggers.Add() = rule.fallback_trigger();
  triggers.MergeFrom(rule.further_fallbacks());
  bool is_lapse = false;
  for (const std::string& trigger : triggers) {
    const bool is_deadline = ids.count(trigger) > 0;
    check.Require(is_deadline || ParseEventType(trigger) != v1::EVENT_TYPE_UNSPECIFIED,
                  absl::StrCat("triggers: '", trigger, "' is neither an event nor a deadline"));
    is_lapse |= is_deadline;
  }
  check.Require(!rule.on_lapse() || is_lapse, "on_lapse: needs a deadline that can lapse");
  if (rule.has_period()) check.RequirePeriod(rule.period(), "period");
  for (const std::string& toll : rule.tolled_by()) {
    check.Require(tolls.count(toll) > 0, absl::StrCat("tolled_by: there is no toll '", toll, "'"));
  }
  check.Require(rule.tolled_by().empty() || CountsDays(rule.period()),
                "tolled_by: only a period of days can be tolled");
  if (rule.has_extension()) {
    check.RequireEvent(rule.extension().event(), "extension.event");
    check.RequirePeriod(rule.extension().max(), "extension.max");
    check.Require(CountsDays(rule.extension().max()), "extension.max: must be days");
    if (rule.extension().has_notice_within()) {
      check.RequirePeriod(rule.extension().notice_within(), "extension.notice_within");
    }
  }
  if (!rule.agreed_event().empty()) check.RequireEvent(rule.agreed_event(), "agreed_event");
  check.RequireEvents(rule.satisfied_by(), "satisfied_by");
  check.RequireEvents(rule.ended_by(), "ended_by");
  check.RequireEvents(rule.kept_by(), "kept_by");
  check.RequireEvents(rule.ended_if_extended_by(), "ended_if_extended_by");
  check.Require(rule.ended_if_extended_by().empty() || rule.on_lapse(),
                "ended_if_extended_by: only a deadline that rests on the lapse of another has it");
  check.Require(rule.effect() == v1::LAPSE_EFFECT_UNSPECIFIED || rule.on_lapse() ||
                    rule.kind() == v1::DEADLINE_KIND_REMEDY,
                "effect: only a remedy has one");
  if (!rule.cutoff().empty()) check.RequireHour(rule.cutoff(), "cutoff");
  for (const v1::Period& period : rule.warn_before()) {
    check.RequirePeriod(period, "warn_before");
    check.Require(period.unit() != v1::UNIT_WORKING_DAYS, "warn_before: not in working days");
  }
  for (const v1::Condition& condition : rule.when()) {
    check.Require(!condition.attribute().empty() && !condition.values().empty(),
                  "when: needs attribute and values");
  }
  for (const auto* end : {&rule.effective().from(), &rule.effective().to()}) {
    check.Require(end->year() == 0 || DateFromProto(*end, "effective").ok(),
                  "effective: not a date");
  }
}

// Deadlines that wait for each other would never be computed.
void CheckCycles(const v1::Jurisdiction& rules, Problems* problems) {
  std::map<std::string, std::set<std::string>> waits_for;
  for (const v1::DeadlineRule& rule : rules.deadlines()) {
    waits_for[rule.id()].insert(rule.triggers().begin(), rule.triggers().end());
    waits_for[rule.id()].insert(rule.fallback_trigger());
    waits_for[rule.id()].insert(rule.further_fallbacks().begin(), rule.further_fallbacks().end());
  }
  // Takes away what waits for nothing that is left, until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (auto it = waits_for.begin(); it != waits_for.end();) {
      const bool waits = std::any_of(it->second.begin(), it->second.end(),
                                     [&](const auto& id) { return waits_for.count(id) > 0; });
      changed |= !waits;
      it = waits ? std::next(it) : waits_for.erase(it);
    }
  }
  for (int i = 0; i < rules.deadlines_size(); ++i) {
    if (waits_for.count(rules.deadlines(i).id()) == 0) continue;
    problems->push_back(
        {absl::StrCat("deadlines[", i, "]"), "the triggers lead back to this deadline"});
    return;
  }
}

EventSet Resolve(const Names& names) {
  EventSet types;
  for (const std::string& name : names) types.Add(ParseEventType(name));
  return types;
}

}  // namespace

std::optional<int> ParseHour(std::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(text), ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  constexpr int kLimits[] = {24, 60, 60};
  int seconds = 0;
  for (size_t i = 0; i < 3; ++i) {
    int value = 0;
    if (i < parts.size() &&
        (parts[i].size() != 2 || !absl::ascii_isdigit(static_cast<unsigned char>(parts[i][0])) ||
         !absl::SimpleAtoi(parts[i], &value) || value >= kLimits[i])) {
      return std::nullopt;
    }
    seconds = seconds * 60 + value;
  }
  return seconds;
}

std::vector<Rules::Problem> Rules::Validate(const v1::Jurisdiction& rules) {
  Problems problems;
  Checker whole(&problems, "");
  whole.Require(!rules.id().empty(), "id is missing");
  whole.Require(!rules.title().empty(), "title is missing");
  whole.Require(!rules.version().empty(), "version is missing");
  whole.Require(!rules.time_zone().empty(), "time_zone is missing");
  absl::TimeZone zone;
  whole.Require(rules.time_zone().empty() || absl::LoadTimeZone(rules.time_zone(), &zone),
                absl::StrCat("time_zone: this machine knows no zone '", rules.time_zone(), "'"));
  whole.RequireEvents(rules.event_order(), "event_order");
  CheckReceipt(rules.receipt(), &problems);
  CheckAnswers(rules.answers(), whole);
  for (const v1::AppropriationsLapse& lapse : rules.lapses()) CheckLapse(lapse, whole);
  if (rules.has_last_day()) {
    Checker check(&problems, "last_day");
    check.Require(rules.last_day().certainty() != v1::CERTAINTY_UNSPECIFIED,
                  "certainty is missing");
    check.Require(!rules.last_day().citation().empty(), "citation is missing");
  }
  std::set<std::string> tolls;
  for (int i = 0; i < rules.tolls_size(); ++i) {
    const v1::TollRule& toll = rules.tolls(i);
    Checker check(&problems, absl::StrCat("tolls[", i, "]"));
    check.Require(!toll.id().empty(), "id is missing");
    check.Require(tolls.insert(toll.id()).second, absl::StrCat("'", toll.id(), "' stands twice"));
    check.RequireEvent(toll.start_event(), "start_event");
    check.RequireEvent(toll.stop_event(), "stop_event");
    check.Require(toll.max_count() >= 0, "max_count must not be negative");
    check.Require(!toll.citation().empty(), "citation is missing");
  }
  std::set<std::string> ids = {std::string(kClockStart)};
  std::set<std::string> rule_ids;
  for (int i = 0; i < rules.deadlines_size(); ++i) {
    const v1::DeadlineRule& rule = rules.deadlines(i);
    ids.insert(rule.id());
    Checker check(&problems, absl::StrCat("deadlines[", i, "]"));
    check.Require(
        rule_ids.insert(absl::StrCat(rule.id(), "\n", rule.variant())).second,
        absl::StrCat("'", rule.id(), "' stands twice with variant '", rule.variant(), "'"));
  }
  for (int i = 0; i < rules.deadlines_size(); ++i) {
    CheckDeadline(rules, i, ids, tolls, &problems);
  }
  CheckCycles(rules, &problems);
  return problems;
}

absl::StatusOr<Rules> Rules::Compile(v1::Jurisdiction rules, Calendars calendars,
                                     std::string digest) {
  if (const std::vector<Problem> problems = Validate(rules); !problems.empty()) {
    return MakeError(Reason::REASON_INVALID_RULES,
                     absl::StrCat(rules.id(), " ", problems[0].part, ": ", problems[0].message),
                     {{"jurisdiction", rules.id()}, {"part", problems[0].part}});
  }
  auto compiled = std::make_shared<Compiled>();
  // Types that the order does not name come after those it names, by number.
  for (int type = 0; type < v1::EventType_ARRAYSIZE; ++type) {
    compiled->rank.push_back(rules.event_order_size() + type);
  }
  for (int i = rules.event_order_size(); i-- > 0;) {
    compiled->rank[static_cast<size_t>(ParseEventType(rules.event_order(i)))] = i;
  }
  absl::LoadTimeZone(rules.time_zone(), &compiled->zone);
  compiled->received = Resolve(rules.receipt().events());
  compiled->presumed = Resolve(rules.receipt().presumed_events());
  compiled->letters = Resolve(rules.receipt().letter_events());
  compiled->answers = {Resolve(rules.answers().events()), Resolve(rules.answers().interim_events()),
                       Resolve(rules.answers().adverse_events()),
                       Resolve(rules.answers().closing_events())};
  for (const v1::AppropriationsLapse& lapse : rules.lapses()) {
    compiled->lapses.push_back({*DateFromProto(lapse.from(), "from")});
    if (lapse.has_to()) compiled->lapses.back().to = *DateFromProto(lapse.to(), "to");
  }
  compiled->route = ParseEventType(rules.receipt().route_event());
  for (const v1::ReceiptCutoff& cutoff : rules.receipt().cutoffs()) {
    compiled->cutoffs.push_back({cutoff.via(), *ParseHour(cutoff.local_time())});
  }
  for (const v1::TollRule& toll : rules.tolls()) {
    compiled->tolls.push_back(
        {ParseEventType(toll.start_event()), ParseEventType(toll.stop_event())});
  }
  std::map<std::string, int> group_of;
  const auto add = [&](const v1::DeadlineRule& rule) {
    const auto [it, is_new] =
        group_of.emplace(rule.id(), static_cast<int>(compiled->groups.size()));
    if (is_new) compiled->groups.push_back({rule.id()});
    compiled->groups[static_cast<size_t>(it->second)].rules.push_back({rule});
  };
  v1::DeadlineRule clock_start;
  clock_start.set_id(std::string(kClockStart));
  clock_start.set_title("Clock starts");
  clock_start.set_kind(v1::DEADLINE_KIND_ROUTING);
  clock_start.set_actor(v1::ACTOR_AGENCY);
  clock_start.set_severity(v1::SEVERITY_STATUTORY);
  clock_start.set_certainty(rules.receipt().certainty());
  clock_start.set_citation(rules.receipt().citation());
  *clock_start.mutable_triggers() = rules.receipt().events();
  if (!rules.receipt().route_event().empty())
    clock_start.add_triggers(rules.receipt().route_event());
  add(clock_start);
  for (const v1::DeadlineRule& rule : rules.deadlines()) add(rule);

  std::map<std::string, int> toll_of;
  for (int i = 0; i < rules.tolls_size(); ++i) toll_of.emplace(rules.tolls(i).id(), i);
  const auto resolve_trigger = [&](const std::string& name, EventSet* events,
                                   std::vector<int>* groups) {
    const auto group = group_of.find(name);
    if (group != group_of.end()) {
      groups->push_back(group->second);
    } else {
      events->Add(ParseEventType(name));
    }
  };
  for (DeadlineGroup& group : compiled->groups) {
    for (CompiledDeadline& deadline : group.rules) {
      const v1::DeadlineRule& rule = deadline.rule;
      for (const std::string& name : rule.triggers()) {
        resolve_trigger(name, &deadline.trigger_events, &deadline.trigger_groups);
      }
      const auto add_fallback = [&](const std::string& name) {
        CompiledDeadline::Fallback& fallback = deadline.fallbacks.emplace_back();
        resolve_trigger(name, &fallback.events, &fallback.groups);
      };
      if (!rule.fallback_trigger().empty()) add_fallback(rule.fallback_trigger());
      for (const std::string& name : rule.further_fallbacks()) add_fallback(name);
      for (const std::string& toll : rule.tolled_by()) deadline.tolls.push_back(toll_of.at(toll));
      deadline.satisfied_by = Resolve(rule.satisfied_by());
      deadline.ended_by = Resolve(rule.ended_by());
      deadline.kept_by = Resolve(rule.kept_by());
      deadline.ended_if_extended_by = Resolve(rule.ended_if_extended_by());
      deadline.cutoff = ParseHour(rule.cutoff());
      deadline.rolls = rule.roll_forward();
      if (rules.has_last_day() && !rule.roll_forward() && rule.kind() != v1::DEADLINE_KIND_REMEDY) {
        deadline.rolls = true;
        deadline.saturday_stays = rules.last_day().saturday_stays();
        deadline.roll_certainty = rules.last_day().certainty();
        deadline.roll_citation = rules.last_day().citation();
      }
      deadline.rule_id = absl::StrCat(rules.id(), "/", rule.id(), rule.variant().empty() ? "" : ":",
                                      rule.variant());
      deadline.extension_event = ParseEventType(rule.extension().event());
      deadline.agreed_event = ParseEventType(rule.agreed_event());
    }
  }
  compiled->rules = std::move(rules);
  if (calendars.last_day == nullptr) calendars.last_day = calendars.standard;
  const auto add_differing = [](const Calendar& from, const Calendar& to,
                                std::vector<CivilDate>* days) {
    for (const auto& [day, name] : from.holidays()) {
      if (from.IsWorkingDay(day) != to.IsWorkingDay(day)) days->push_back(day);
    }
  };
  for (const auto& compared : calendars.compared) {
    add_differing(*calendars.standard, *compared, &compiled->differing_days);
    add_differing(*compared, *calendars.standard, &compiled->differing_days);
  }
  if (calendars.late != nullptr) {
    add_differing(*calendars.late, *calendars.standard, &compiled->late_days);
  }
  std::sort(compiled->differing_days.begin(), compiled->differing_days.end());
  compiled->calendars = std::move(calendars);
  compiled->digest = std::move(digest);
  return Rules(std::move(compiled));
}

const std::string& AttributeOf(const DeadlineEvent& event, std::string_view name) {
  static const std::string& none = *new std::string;
  const auto found = event.attributes.find(name);
  return found == event.attributes.end() ? none : found->second;
}

Answer AnswerOf(const Rules::Compiled& rules, const DeadlineEvent& event) {
  const CompiledAnswers& answers = rules.answers;
  if (!answers.events.Has(event.type) && !answers.interim.Has(event.type)) return Answer::kNone;
  const v1::AnswerRule& rule = rules.rules.answers();
  const std::string& outcome = AttributeOf(event, "outcome");
  const auto is_among = [&outcome](const Names& outcomes) {
    return std::find(outcomes.begin(), outcomes.end(), outcome) != outcomes.end();
  };
  if (is_among(rule.refused_outcomes())) return Answer::kRefused;
  if (is_among(rule.partial_outcomes())) return Answer::kPartial;
  const bool is_adverse = answers.adverse.Has(event.type);
  // A denial that grants everything contradicts itself.
  if (is_among(rule.granted_outcomes())) return is_adverse ? Answer::kUnclear : Answer::kGranted;
  return is_adverse ? Answer::kPartial : Answer::kUnclear;
}

bool Rules::IsReceipt(v1::EventType type) const {
  return compiled_->received.Has(type) || compiled_->presumed.Has(type) ||
         compiled_->letters.Has(type) || type == compiled_->route;
}

Answer Rules::AnswerOf(const DeadlineEvent& event) const {
  return foia::tracker::AnswerOf(*compiled_, event);
}

const v1::Jurisdiction& Rules::jurisdiction() const { return compiled_->rules; }
const Calendar& Rules::calendar() const { return *compiled_->calendars.standard; }
const std::string& Rules::digest() const { return compiled_->digest; }
int Rules::RankOf(v1::EventType type) const {
  const auto index = static_cast<size_t>(type);
  return index < compiled_->rank.size() ? compiled_->rank[index] : std::numeric_limits<int>::max();
}

}  // namespace foia::tracker
