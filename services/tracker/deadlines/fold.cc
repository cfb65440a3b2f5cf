#include "services/tracker/deadlines/fold.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {

Folded::Folded(const Rules::Compiled& rules, const std::vector<DeadlineEvent>& events) {
  std::set<std::string_view> superseded;
  for (const DeadlineEvent& event : events) {
    if (!event.supersedes.empty()) superseded.insert(event.supersedes);
  }
  std::vector<const DeadlineEvent*> order;
  order.reserve(events.size());
  for (const DeadlineEvent& event : events) {
    if (superseded.count(event.id) == 0) order.push_back(&event);
  }
  const auto key = [&](const DeadlineEvent* event) {
    const auto rank = rules.rank.find(event->type);
    return std::make_tuple(
        event->effective_on,
        rank == rules.rank.end() ? std::numeric_limits<int>::max() : rank->second,
        std::string_view(event->id));
  };
  std::sort(order.begin(), order.end(),
            [&](const auto* a, const auto* b) { return key(a) < key(b); });
  int position = 0;
  std::set<std::string_view> seen;
  for (const DeadlineEvent* event : order) {
    if (seen.insert(event->id).second) by_type_[event->type].push_back({event, position++});
  }
}

const std::vector<FoldedEvent>& Folded::OfType(v1::EventType type) const {
  static const std::vector<FoldedEvent>& none = *new std::vector<FoldedEvent>;
  const auto found = by_type_.find(type);
  return found == by_type_.end() ? none : found->second;
}

std::vector<FoldedEvent> Folded::OfTypes(const std::vector<v1::EventType>& types) const {
  std::vector<FoldedEvent> events;
  for (const v1::EventType type : types) {
    const std::vector<FoldedEvent>& more = OfType(type);
    events.insert(events.end(), more.begin(), more.end());
  }
  std::sort(events.begin(), events.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  return events;
}

std::vector<Toll> FindTolls(const Rules::Compiled& rules, const Folded& events, int toll_rule,
                            std::vector<std::string>* warnings) {
  const v1::TollRule& rule = rules.rules.tolls(toll_rule);
  const v1::EventType start = ParseEventType(rule.start_event());
  std::vector<Toll> tolls;
  for (const FoldedEvent& event : events.OfTypes({start, ParseEventType(rule.stop_event())})) {
    const bool is_open = !tolls.empty() && tolls.back().open();
    if (event.event->type != start) {
      if (is_open) tolls.back().stop = event;
    } else if (rule.max_count() > 0 && static_cast<int>(tolls.size()) >= rule.max_count()) {
      warnings->push_back(absl::StrCat(rule.start_event(), " of ", FormatDate(event.date()),
                                       " does not stop the clock: the law allows ",
                                       rule.max_count(), " (", rule.citation(), ")"));
    } else if (!is_open) {
      tolls.push_back({toll_rule, event, {}});
    }
  }
  return tolls;
}

}  // namespace foia::tracker
