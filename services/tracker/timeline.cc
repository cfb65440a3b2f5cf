#include "services/tracker/timeline.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

CivilDate DateOf(const v1::Deadline& deadline) {
  return CivilDate(deadline.date().year(), deadline.date().month(), deadline.date().day());
}

}  // namespace

std::vector<DeadlineEvent> ForEngine(const std::vector<v1::Event>& events) {
  std::vector<DeadlineEvent> result;
  result.reserve(events.size());
  for (const v1::Event& event : events) {
    DeadlineEvent converted;
    converted.id = event.name();
    converted.type = event.type();
    converted.effective_on = CivilDate(event.effective_on().year(), event.effective_on().month(),
                                       event.effective_on().day());
    for (const auto& [key, value] : event.attributes()) converted.attributes[key] = value;
    converted.supersedes = event.supersedes();
    converted.local_time = event.local_time();
    converted.time_zone = event.time_zone();
    converted.note = event.note();
    result.push_back(std::move(converted));
  }
  return result;
}

bool CountsBefore(const Rules& rules, const DeadlineEvent& a, const DeadlineEvent& b) {
  const CivilDate day_a = rules.DayOf(a);
  const CivilDate day_b = rules.DayOf(b);
  if (day_a != day_b) return day_a < day_b;
  return std::make_tuple(rules.RankOf(a.type), a.type, std::string_view(a.id)) <
         std::make_tuple(rules.RankOf(b.type), b.type, std::string_view(b.id));
}

const DeadlineEvent& AppealFiling::first() const {
  for (const DeadlineEvent* event : {drafted, sent, received, decided}) {
    if (event != nullptr) return *event;
  }
  return *withdrawn;
}

Timeline::Timeline(const Rules& rules, const std::vector<DeadlineEvent>& events,
                   const std::vector<v1::Deadline>& deadlines)
    : rules_(rules), deadlines_(deadlines) {
  std::unordered_set<std::string_view> gone;  // superseded, or seen already
  gone.reserve(2 * events.size());
  for (const DeadlineEvent& event : events) {
    if (!event.supersedes.empty()) gone.insert(event.supersedes);
  }
  events_.reserve(events.size());
  for (const DeadlineEvent& event : events) {
    if (!gone.insert(event.id).second) continue;
    events_.push_back(&event);
    if (const CivilDate day = rules.DayOf(event); day != event.effective_on) {
      events_.back() = &moved_.emplace_back(event);
      moved_.back().effective_on = day;
      moved_.back().time_zone.clear();
    }
  }
  std::sort(events_.begin(), events_.end(),
            [&rules](const auto* a, const auto* b) { return CountsBefore(rules, *a, *b); });
}

const DeadlineEvent* Timeline::Find(std::string_view id) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [id](const DeadlineEvent* event) { return event->id == id; });
  return found == events_.end() ? nullptr : *found;
}

bool Timeline::OpensAppeal(const DeadlineEvent& event) const {
  if (event.type == v1::EVENT_TYPE_EXPEDITE_DECIDED ||
      event.type == v1::EVENT_TYPE_FEE_WAIVER_DECIDED) {
    const std::string& outcome = AttributeOf(event, "outcome");
    return outcome == "denied" || outcome == "partly";
  }
  const Answer answer = rules_.AnswerOf(event);
  // Closing the file with the answer before it opens nothing, so the deadlines are asked there.
  if (IsAdverse(answer) && event.type != v1::EVENT_TYPE_CLOSED) return true;
  // Silence after receipt may be appealed too, but receipt is no answer.
  if (answer == Answer::kNone && rules_.IsReceipt(event.type)) return false;
  return std::any_of(deadlines_.begin(), deadlines_.end(), [&event](const v1::Deadline& deadline) {
    return deadline.kind() == v1::DEADLINE_KIND_APPEAL_FILING &&
           deadline.status() != v1::DEADLINE_STATUS_NONE && deadline.trigger_event_id() == event.id;
  });
}

bool Timeline::IsOverdue(const DeadlineEvent& event, CivilDate day) const {
  return std::any_of(deadlines_.begin(), deadlines_.end(), [&](const v1::Deadline& deadline) {
    if (deadline.trigger_event_id() != event.id || !deadline.has_date()) return false;
    const CivilDate date = DateOf(deadline);
    const DeadlineEvent* answer = Find(deadline.closing_event_id());
    return deadline.kind() != v1::DEADLINE_KIND_REMEDY && date < day &&
           (answer == nullptr || answer->effective_on > date);
  });
}

bool Timeline::IsConstructivelyDenied(CivilDate day) const {
  return std::any_of(deadlines_.begin(), deadlines_.end(), [&](const v1::Deadline& deadline) {
    if (!deadline.has_date()) return false;
    const CivilDate date = DateOf(deadline);
    if (deadline.effect() == v1::LAPSE_EFFECT_DEEMED_DENIED) return date <= day;
    if (deadline.kind() != v1::DEADLINE_KIND_DETERMINATION || date >= day) return false;
    const DeadlineEvent* answer = Find(deadline.closing_event_id());
    return answer == nullptr || answer->effective_on > date;
  });
}

bool Timeline::IsExtended(const v1::Deadline& deadline, CivilDate day) const {
  if (!deadline.has_date()) return false;
  const auto& rules = rules_.jurisdiction();
  for (const v1::DeadlineRule& rule : rules.deadlines()) {
    if (rule.id() != deadline.id() || !rule.has_extension()) continue;
    const std::string rule_id =
        absl::StrCat(rules.id(), "/", rule.id(), rule.variant().empty() ? "" : ":", rule.variant());
    if (rule_id != deadline.rule_id()) continue;
    const EventType type = ParseEventType(rule.extension().event());
    const DeadlineEvent* trigger = Find(deadline.trigger_event_id());
    // A notice that came too late lies after the date, which it did not move.
    return std::any_of(events_.begin(), events_.end(), [&](const DeadlineEvent* event) {
      if (event->type != type || event->effective_on > day) return false;
      const std::string& named = AttributeOf(*event, "deadline");
      const bool is_early = rule.extension().not_before_trigger() && trigger != nullptr &&
                            event->effective_on < trigger->effective_on;
      return (named.empty() || named == deadline.id()) && !is_early &&
             event->effective_on <= DateOf(deadline);
    });
  }
  return false;
}

std::vector<AppealFiling> Timeline::Appeals() const {
  using Member = const DeadlineEvent* AppealFiling::*;
  std::vector<AppealFiling> filings;
  // The first filing that goes by the event's name and can take it, or else a new one.
  const auto place = [&filings](const DeadlineEvent& event, Member member, auto can_take) {
    const auto may_be_the_same = [&event](const AppealFiling& filing, std::string_view key) {
      const std::string& name = AttributeOf(event, key);
      const std::string& known = AttributeOf(filing.first(), key);
      return name.empty() || known.empty() || name == known;
    };
    for (AppealFiling& filing : filings) {
      if (!may_be_the_same(filing, "appeal") || !may_be_the_same(filing, "issue")) continue;
      if (filing.*member != nullptr || filing.is_over() || !can_take(filing)) continue;
      filing.*member = &event;
      return;
    }
    filings.emplace_back().*member = &event;
  };
  const auto any = [](const AppealFiling&) { return true; };
  for (const DeadlineEvent* event : events_) {
    switch (event->type) {
      case v1::EVENT_TYPE_APPEAL_DRAFTED:
        place(*event, &AppealFiling::drafted, [](const AppealFiling&) { return false; });
        break;
      case v1::EVENT_TYPE_APPEAL_SENT:
      case v1::EVENT_TYPE_PAC_REVIEW_REQUESTED:
        place(*event, &AppealFiling::sent,
              [](const AppealFiling& filing) { return filing.received == nullptr; });
        break;
      case v1::EVENT_TYPE_APPEAL_RECEIVED:
      case v1::EVENT_TYPE_PAC_REQUEST_RECEIVED:
        place(*event, &AppealFiling::received, any);
        break;
      case v1::EVENT_TYPE_APPEAL_DECIDED:
      case v1::EVENT_TYPE_PAC_DECIDED:
        place(*event, &AppealFiling::decided, [](const AppealFiling& filing) {
          return filing.sent != nullptr || filing.received != nullptr;
        });
        break;
      case v1::EVENT_TYPE_APPEAL_WITHDRAWN:
        place(*event, &AppealFiling::withdrawn, any);
        break;
      default:
        break;
    }
  }
  return filings;
}

}  // namespace foia::tracker
