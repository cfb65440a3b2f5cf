#include "services/tracker/changes.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace foia::tracker {
namespace {

// A deadline before and after is the same when its id and the event that started it are; where
// there is only one of an id, the id is enough, since a correction brings another event.
using DeadlineKey = std::pair<std::string, std::string>;
std::map<DeadlineKey, const v1::Deadline*> ByKey(const std::vector<v1::Deadline>& deadlines,
                                                 const std::vector<v1::Deadline>& others) {
  auto count = [](const std::vector<v1::Deadline>& list, const std::string& id) {
    return std::count_if(list.begin(), list.end(), [&id](const v1::Deadline& deadline) {
      return deadline.id() == id && deadline.status() != v1::DEADLINE_STATUS_NONE;
    });
  };
  std::map<DeadlineKey, const v1::Deadline*> result;
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.status() == v1::DEADLINE_STATUS_NONE) continue;
    const bool single = count(deadlines, deadline.id()) <= 1 && count(others, deadline.id()) <= 1;
    // A date that recurs is one of several from the same event.
    const auto& period = deadline.period_from();
    const std::string from =
        deadline.has_period_from()
            ? absl::StrCat("/", period.year(), "-", period.month(), "-", period.day())
            : "";
    result[{deadline.id(), single ? "" : deadline.trigger_event_id() + from}] = &deadline;
  }
  return result;
}

bool SameToPeople(const v1::Deadline& a, const v1::Deadline& b) {
  return a.status() == b.status() && a.date().year() == b.date().year() &&
         a.date().month() == b.date().month() && a.date().day() == b.date().day();
}

}  // namespace

std::vector<v1::DeadlineChange> ChangesBetween(const std::vector<v1::Deadline>& before,
                                               const std::vector<v1::Deadline>& after) {
  const auto old_deadlines = ByKey(before, after);
  const auto new_deadlines = ByKey(after, before);
  std::vector<v1::DeadlineChange> changes;
  for (const auto& [key, deadline] : old_deadlines) {
    if (new_deadlines.count(key) == 0) *changes.emplace_back().mutable_before() = *deadline;
  }
  for (const auto& [key, deadline] : new_deadlines) {
    const auto old = old_deadlines.find(key);
    if (old != old_deadlines.end() && SameToPeople(*old->second, *deadline)) continue;
    v1::DeadlineChange& change = changes.emplace_back();
    if (old != old_deadlines.end()) *change.mutable_before() = *old->second;
    *change.mutable_after() = *deadline;
  }
  return changes;
}

std::vector<std::string> NewWarnings(const std::vector<v1::Deadline>& before,
                                     const std::vector<v1::Deadline>& after) {
  std::set<std::string> known;
  for (const v1::Deadline& deadline : before) {
    known.insert(deadline.warnings().begin(), deadline.warnings().end());
  }
  std::vector<std::string> warnings;
  for (const v1::Deadline& deadline : after) {
    for (const std::string& warning : deadline.warnings()) {
      if (known.insert(warning).second) warnings.push_back(warning);
    }
  }
  return warnings;
}

}  // namespace foia::tracker
