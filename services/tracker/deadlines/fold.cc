#include "services/tracker/deadlines/fold.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

// Puts day and hour into the zone of the rules. Returns what stood in the way; the event's own day
// counts then.
std::string Localize(const absl::TimeZone& zone, FoldedEvent* folded) {
  const DeadlineEvent& event = *folded->event;
  folded->day = event.effective_on;
  if (event.local_time.empty()) return "";
  folded->seconds = ParseHour(event.local_time);
  if (!folded->seconds.has_value()) {
    return absl::StrCat("'", event.local_time, "' is no hour; only the day counts");
  }
  if (event.time_zone.empty()) return "";
  absl::TimeZone own;
  if (!absl::LoadTimeZone(event.time_zone, &own)) {
    folded->seconds.reset();
    return absl::StrCat("there is no time zone '", event.time_zone, "'; only the day counts");
  }
  const absl::CivilSecond time = absl::ToCivilSecond(
      absl::FromCivil(absl::CivilSecond(event.effective_on) + *folded->seconds, own), zone);
  folded->day = CivilDate(time);
  folded->seconds = time.hour() * 3600 + time.minute() * 60 + time.second();
  return "";
}

}  // namespace

CivilDate Rules::DayOf(const DeadlineEvent& event) const {
  if (event.local_time.empty() || event.time_zone.empty()) return event.effective_on;
  FoldedEvent folded;
  folded.event = &event;
  Localize(compiled_->zone, &folded);
  return folded.day;
}

Folded::Folded(const Rules::Compiled& rules, const std::vector<DeadlineEvent>& events) {
  std::vector<std::string_view> superseded;
  for (const DeadlineEvent& event : events) {
    if (!event.supersedes.empty()) superseded.push_back(event.supersedes);
  }
  std::sort(superseded.begin(), superseded.end());
  std::vector<std::pair<const DeadlineEvent*, std::string>> problems;
  events_.reserve(events.size());
  for (const DeadlineEvent& event : events) {
    if (std::binary_search(superseded.begin(), superseded.end(), std::string_view(event.id))) {
      continue;
    }
    FoldedEvent& folded = events_.emplace_back();
    folded.event = &event;
    if (std::string problem = Localize(rules.zone, &folded); !problem.empty()) {
      problems.emplace_back(&event, std::move(problem));
    }
  }
  const auto rank = [&](const FoldedEvent& event) {
    const auto index = static_cast<size_t>(event.type());
    return index < rules.rank.size() ? rules.rank[index] : std::numeric_limits<int>::max();
  };
  std::sort(events_.begin(), events_.end(), [&](const FoldedEvent& a, const FoldedEvent& b) {
    if (a.day != b.day) return a.day < b.day;
    const int rank_a = rank(a);
    const int rank_b = rank(b);
    return rank_a != rank_b ? rank_a < rank_b : a.event->id < b.event->id;
  });
  // An id that stands twice: the first in the order counts.
  std::vector<std::string_view> seen;
  const auto is_second = [&](const FoldedEvent& event) {
    const auto at = std::lower_bound(seen.begin(), seen.end(), event.event->id);
    if (at != seen.end() && *at == event.event->id) return true;
    seen.insert(at, event.event->id);
    return false;
  };
  events_.erase(std::remove_if(events_.begin(), events_.end(), is_second), events_.end());
  for (size_t i = 0; i < events_.size(); ++i) {
    events_[i].position = static_cast<int>(i);
    types_.Add(events_[i].type());
  }
  for (auto& [event, problem] : problems) {
    for (const FoldedEvent& folded : events_) {
      if (folded.event != event) continue;
      problems_.resize(events_.size());
      problems_[static_cast<size_t>(folded.position)].push_back(
          absl::StrCat(ShowEvent(folded), ": ", problem));
    }
  }
  FindTwins();
  FindTolls(rules);
}

const FoldedEvent* Folded::First(const EventSet& types) const {
  if (!types.Meets(types_)) return nullptr;
  for (const FoldedEvent& event : events_) {
    if (types.Has(event.type())) return &event;
  }
  return nullptr;
}

const std::vector<std::string>& Folded::ProblemsOf(const FoldedEvent& event) const {
  static const std::vector<std::string>& none = *new std::vector<std::string>;
  return problems_.empty() ? none : problems_[static_cast<size_t>(event.position)];
}

void Folded::FindTwins() {
  for (size_t i = 1; i < events_.size(); ++i) {
    const DeadlineEvent& event = *events_[i].event;
    // The order puts events of one day and type beside each other.
    for (size_t j = i; j-- > 0;) {
      const DeadlineEvent& other = *events_[j].event;
      if (events_[j].day != events_[i].day || other.type != event.type) break;
      if (other.attributes != event.attributes || other.local_time != event.local_time) continue;
      problems_.resize(events_.size());
      for (const size_t each : {j, i}) {
        problems_[each].push_back(absl::StrCat(ShowEvent(events_[i]), " is recorded twice (events ",
                                               other.id, " and ", event.id, ")"));
      }
      break;
    }
  }
}

void Folded::FindTolls(const Rules::Compiled& rules) {
  tolls_.resize(rules.tolls.size());
  for (size_t i = 0; i < rules.tolls.size(); ++i) {
    const CompiledToll& names = rules.tolls[i];
    if (!types_.Has(names.start) && !types_.Has(names.stop)) continue;
    const v1::TollRule& rule = rules.rules.tolls(static_cast<int>(i));
    auto& [tolls, warnings] = tolls_[i];
    std::vector<const FoldedEvent*> left;
    for (const FoldedEvent& event : events_) {
      if (event.type() == names.start || event.type() == names.stop) left.push_back(&event);
    }
    // Questions that wait for an answer. The last answer before the next question answers them all.
    int waiting = 0;
    while (!left.empty()) {
      // Of one day's events, the one that can do something comes first: an answer when a question
      // waits, else a question. So one question may be answered and the next asked on one day.
      auto next = left.begin();
      while (next != left.end() && (*next)->day == left.front()->day &&
             ((*next)->type() == names.stop) != (waiting > 0)) {
        ++next;
      }
      if (next == left.end() || (*next)->day != left.front()->day) next = left.begin();
      const FoldedEvent& event = **next;
      left.erase(next);
      if (event.type() == names.stop) {
        if (waiting == 0) {
          warnings.push_back(
              absl::StrCat(ShowEvent(event), " ends nothing: the clock was not stopped"));
          continue;
        }
        const bool is_last = left.empty() || left.front()->type() != names.stop;
        waiting = is_last ? 0 : waiting - 1;
        if (waiting == 0) tolls.back().stop = event;
      } else if (rule.max_count() > 0 && static_cast<int>(tolls.size()) >= rule.max_count()) {
        warnings.push_back(absl::StrCat(ShowEvent(event),
                                        " does not stop the clock: the law allows ",
                                        rule.max_count(), " (", rule.citation(), ")"));
      } else if (++waiting == 1) {
        tolls.push_back({static_cast<int>(i), event, {}});
      }
    }
  }
}

std::string ShowEvent(const FoldedEvent& event) {
  return absl::StrCat(EventTypeName(event.type()), " of ", FormatDate(event.date()));
}

}  // namespace foia::tracker
