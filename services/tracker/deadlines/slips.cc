#include "services/tracker/deadlines/slips.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/base/written_date.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

// An attribute that lies further ahead of its event is doubted.
constexpr int kYearsAhead = 10;
// Letters travel for days; that the agency has it later than this is doubted.
constexpr int kDaysUnderway = 180;

bool IsReceipt(v1::EventType type) {
  switch (type) {
    case v1::EVENT_TYPE_DELIVERED:
    case v1::EVENT_TYPE_PRESUMED_DELIVERED:
    case v1::EVENT_TYPE_RECEIVED:
    case v1::EVENT_TYPE_RECEIVED_ANY:
    case v1::EVENT_TYPE_RECEIVED_PROPER:
    case v1::EVENT_TYPE_ACKNOWLEDGED:
      return true;
    default:
      return false;
  }
}

// Those that stand beside `event`.
std::vector<const DeadlineEvent*> Others(const DeadlineEvent& event,
                                         const std::vector<DeadlineEvent>& events) {
  std::vector<const DeadlineEvent*> others;
  for (const DeadlineEvent& other : events) {
    const bool is_gone = &other == &event || (!event.id.empty() && other.id == event.id) ||
                         other.id == event.supersedes ||
                         std::any_of(events.begin(), events.end(), [&](const DeadlineEvent& each) {
                           return each.supersedes == other.id;
                         });
    if (!is_gone) others.push_back(&other);
  }
  return others;
}

// The first day on which one of those of which `fits` holds lies.
template <typename Fits>
std::optional<CivilDate> FirstDay(const std::vector<const DeadlineEvent*>& events,
                                  const Rules& rules, Fits fits) {
  std::optional<CivilDate> first;
  for (const DeadlineEvent* event : events) {
    if (!fits(event->type)) continue;
    const CivilDate day = rules.DayOf(*event);
    if (!first.has_value() || day < *first) first = day;
  }
  return first;
}

bool IsSending(v1::EventType type) { return type == v1::EVENT_TYPE_SENT; }

std::string Named(const DeadlineEvent& event, CivilDate day) {
  return absl::StrCat(EventTypeName(event.type), " of ", FormatDate(day));
}

}  // namespace

bool MayPrecedeSending(v1::EventType type) {
  switch (type) {
    case v1::EVENT_TYPE_UNSPECIFIED:
    case v1::EVENT_TYPE_APPROVED:
    case v1::EVENT_TYPE_QUEUED:
    case v1::EVENT_TYPE_SENT:
    case v1::EVENT_TYPE_SUIT_CONSIDERED:
    case v1::EVENT_TYPE_EMBARGO_SET:
    case v1::EVENT_TYPE_ACCESS_CHANGED:
    case v1::EVENT_TYPE_CORRECTION:
    case v1::EVENT_TYPE_NOTE:
    case v1::EVENT_TYPE_REMINDER_SET:
    case v1::EVENT_TYPE_REMINDER_DONE:
    case v1::EVENT_TYPE_LAPSE_SEEN:
    case v1::EVENT_TYPE_VOIDED:
      return true;
    default:
      return false;
  }
}

PossibleDays DaysOf(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                    const Rules& rules, CivilDate today) {
  PossibleDays days{CivilDate(kFirstYear, 1, 1), today};
  const std::vector<const DeadlineEvent*> others = Others(event, events);
  if (IsSending(event.type)) {
    if (FirstDay(others, rules, &IsSending).has_value()) return days;  // it is sent again
    const auto followed =
        FirstDay(others, rules, [](v1::EventType type) { return !MayPrecedeSending(type); });
    days.last = std::min(today, followed.value_or(today));
  } else if (!MayPrecedeSending(event.type)) {
    std::optional<CivilDate> begun = FirstDay(others, rules, &IsSending);
    if (!begun.has_value() && !IsReceipt(event.type)) begun = FirstDay(others, rules, &IsReceipt);
    if (begun.has_value()) days.first = std::max(days.first, *begun);
  }
  return days;
}

std::string LikelyDay(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                      const Rules& rules, CivilDate today) {
  const CivilDate day = rules.DayOf(event);
  const PossibleDays days = DaysOf(event, events, rules, today);
  if (day >= days.first && day <= days.last) return "";
  return LikelyText(day, days.first, days.last);
}

absl::Status CheckNotAhead(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                           const Rules& rules, CivilDate today) {
  const CivilDate day = rules.DayOf(event);
  if (day <= today) return absl::OkStatus();
  const PossibleDays days = DaysOf(event, events, rules, today);
  std::vector<CivilDate> likely = LikelyDates(day, days.first, days.last);
  return MakeError(
      Reason::REASON_UNLIKELY_DATE,
      absl::StrCat(Named(event, day), " lies after today, ", FormatDate(today), " in ",
                   rules.jurisdiction().time_zone(), LikelyText(day, days.first, days.last),
                   "; --future records it all the same"),
      {{"field", "event.effective_on"},
       {"value", FormatDate(day)},
       {"likely", likely.empty() ? "" : FormatDate(likely.front())}});
}

std::vector<std::string> DoubtfulDates(const DeadlineEvent& event,
                                       const std::vector<DeadlineEvent>& events, const Rules& rules,
                                       CivilDate today) {
  std::vector<std::string> doubts;
  const CivilDate day = rules.DayOf(event);
  const EventInfo* info = FindEventInfo(event.type);
  for (const EventAttribute& attribute :
       info == nullptr ? std::vector<EventAttribute>() : info->attributes) {
    if (attribute.kind != AttributeKind::kDate) continue;
    const absl::StatusOr<CivilDate> date =
        ParseDate(AttributeOf(event, attribute.name), attribute.name);
    const CivilDate most(day.year() + kYearsAhead, day.month(), day.day());
    if (!date.ok() || (*date >= day && *date <= most)) continue;
    doubts.push_back(
        absl::StrCat(ToAbsl(attribute.name), "=", FormatDate(*date),
                     *date < day ? " lies before "
                                 : absl::StrCat(" lies more than ", kYearsAhead, " years after "),
                     Named(event, day),
                     LikelyText(*date, day, CivilDate(day.year() + 1, day.month(), day.day()))));
  }
  const std::vector<const DeadlineEvent*> others = Others(event, events);
  const bool is_sending = IsSending(event.type);
  if (!is_sending && !IsReceipt(event.type)) return doubts;
  std::optional<CivilDate> sent = FirstDay(others, rules, &IsSending);
  std::optional<CivilDate> received = FirstDay(others, rules, &IsReceipt);
  std::optional<CivilDate>& own = is_sending ? sent : received;
  own = std::min(own.value_or(day), day);
  if (sent.has_value() && received.has_value() && *received - *sent > kDaysUnderway) {
    // Either may be the slip.
    const std::string likely = is_sending
                                   ? LikelyText(day, *received - kDaysUnderway, *received)
                                   : LikelyText(day, *sent, std::min(today, *sent + kDaysUnderway));
    doubts.push_back(absl::StrCat("sent on ", FormatDate(*sent), ", received only on ",
                                  FormatDate(*received), likely));
  }
  return doubts;
}

std::vector<std::string> Slips(const DeadlineEvent& event, const std::vector<DeadlineEvent>& events,
                               const Rules& rules, CivilDate today) {
  std::vector<std::string> slips;
  const CivilDate day = rules.DayOf(event);
  const PossibleDays days = DaysOf(event, events, rules, today);
  const std::string likely = LikelyText(day, days.first, days.last);
  if (day > today) {
    slips.push_back(
        absl::StrCat(Named(event, day), " lies after today, ", FormatDate(today), likely));
  } else if (day.year() < kFirstYear) {
    slips.push_back(absl::StrCat(Named(event, day), " lies before ", kFirstYear, likely));
  } else if (day < days.first) {
    slips.push_back(absl::StrCat(Named(event, day), " lies before the request, of ",
                                 FormatDate(days.first), likely));
  }
  for (std::string& doubt : DoubtfulDates(event, events, rules, today)) {
    slips.push_back(std::move(doubt));
  }
  return slips;
}

}  // namespace foia::tracker
