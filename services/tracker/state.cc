#include "services/tracker/state.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/base/strings.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kDeterminationDue = "determination_due";

// The latest event of the given types, by effective date and then name; null when there is none.
const v1::Event* Latest(const std::vector<const v1::Event*>& events,
                        std::initializer_list<v1::EventType> types) {
  const v1::Event* latest = nullptr;
  auto order = [](const v1::Event& event) {
    const auto& date = event.effective_on();
    return std::make_tuple(date.year(), date.month(), date.day(), event.name());
  };
  for (const v1::Event* event : events) {
    if (std::find(types.begin(), types.end(), event->type()) == types.end()) continue;
    if (latest == nullptr || order(*latest) < order(*event)) latest = event;
  }
  return latest;
}

CivilDate DateOf(const v1::Deadline& deadline) {
  return CivilDate(deadline.date().year(), deadline.date().month(), deadline.date().day());
}

// Nobody has acted, and the day is past.
bool IsOverdue(const v1::Deadline& deadline) {
  return deadline.status() == v1::DEADLINE_STATUS_LATE && deadline.closing_event_id().empty();
}

}  // namespace

v1::RequestState StateOf(const std::vector<v1::Event>& all_events,
                         const std::vector<v1::Deadline>& deadlines) {
  std::set<std::string> superseded;
  for (const v1::Event& event : all_events) superseded.insert(event.supersedes());
  std::vector<const v1::Event*> events;
  for (const v1::Event& event : all_events) {
    if (superseded.count(event.name()) == 0) events.push_back(&event);
  }
  // True when the last of the types that open comes after the last of those that close.
  auto open = [&events](std::initializer_list<v1::EventType> opening,
                        std::initializer_list<v1::EventType> closing) {
    const v1::Event* opened = Latest(events, opening);
    if (opened == nullptr) return false;
    const v1::Event* closed = Latest(events, closing);
    if (closed == nullptr) return true;
    const std::vector<const v1::Event*> both{opened, closed};
    return Latest(both, {opened->type(), closed->type()}) == opened;
  };
  if (open({v1::EVENT_TYPE_CLOSED, v1::EVENT_TYPE_WITHDRAWN}, {v1::EVENT_TYPE_REOPENED})) {
    return v1::REQUEST_STATE_CLOSED;
  }
  if (open({v1::EVENT_TYPE_COMPLAINT_FILED}, {v1::EVENT_TYPE_CASE_CLOSED})) {
    return v1::REQUEST_STATE_IN_LITIGATION;
  }
  if (open({v1::EVENT_TYPE_APPEAL_SENT, v1::EVENT_TYPE_APPEAL_RECEIVED},
           {v1::EVENT_TYPE_APPEAL_DECIDED})) {
    return v1::REQUEST_STATE_APPEALED;
  }
  if (Latest(events, {v1::EVENT_TYPE_DETERMINATION, v1::EVENT_TYPE_ADVERSE_DETERMINATION,
                      v1::EVENT_TYPE_DENIED, v1::EVENT_TYPE_FINAL_DENIAL}) != nullptr) {
    return v1::REQUEST_STATE_DETERMINED;
  }
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.id() != kDeterminationDue) continue;
    if (deadline.status() == v1::DEADLINE_STATUS_TOLLED) return v1::REQUEST_STATE_TOLLED;
    if (IsOverdue(deadline)) return v1::REQUEST_STATE_OVERDUE;
  }
  if (Latest(events, {v1::EVENT_TYPE_RECEIVED, v1::EVENT_TYPE_RECEIVED_ANY,
                      v1::EVENT_TYPE_RECEIVED_PROPER, v1::EVENT_TYPE_ACKNOWLEDGED}) != nullptr) {
    return v1::REQUEST_STATE_PROCESSING;
  }
  if (Latest(events, {v1::EVENT_TYPE_SENT, v1::EVENT_TYPE_DELIVERED}) != nullptr) {
    return v1::REQUEST_STATE_SENT;
  }
  return v1::REQUEST_STATE_DRAFT;
}

v1::DocketEntry DocketEntryOf(const std::vector<v1::Deadline>& deadlines, CivilDate as_of) {
  const v1::Deadline* next = nullptr;
  for (const v1::Deadline& deadline : deadlines) {
    if (!deadline.has_date()) continue;
    if (deadline.status() != v1::DEADLINE_STATUS_RUNNING && !IsOverdue(deadline)) continue;
    // An expectation that passed does not hide what the law sets.
    const auto order = [](const v1::Deadline& each) {
      return std::make_tuple(each.severity() == v1::SEVERITY_SOFT, !IsOverdue(each), DateOf(each));
    };
    if (next == nullptr || order(deadline) < order(*next)) next = &deadline;
  }
  v1::DocketEntry entry;
  if (next == nullptr) {
    entry.set_why("no date runs: nothing has started one, or all are met");
    return entry;
  }
  *entry.mutable_next() = *next;
  const auto days = static_cast<int32_t>(DateOf(*next) - as_of);
  entry.set_days_left(days);
  const std::string what = absl::StrCat(next->title(), " ", FormatDate(DateOf(*next)));
  entry.set_why(days < 0    ? absl::StrCat(what, " passed ", -days, " days ago")
                : days == 0 ? absl::StrCat(what, " is today")
                            : absl::StrCat(what, " in ", days, " days"));
  return entry;
}

}  // namespace foia::tracker
