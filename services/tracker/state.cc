#include "services/tracker/state.h"

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace foia::tracker {
namespace {

CivilDate DateOf(const v1::Deadline& deadline) {
  return CivilDate(deadline.date().year(), deadline.date().month(), deadline.date().day());
}

// Nobody has acted, and the day is past.
bool IsOverdue(const v1::Deadline& deadline) {
  return deadline.status() == v1::DEADLINE_STATUS_LATE && deadline.closing_event_id().empty();
}

}  // namespace

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
