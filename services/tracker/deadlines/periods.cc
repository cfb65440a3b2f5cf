#include "services/tracker/deadlines/periods.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/span.h"

namespace foia::tracker {
namespace {

// How long a schedule is followed after the newest event, and how many dates it has at most.
constexpr int kYearsAhead = 5;
constexpr size_t kMaxPeriods = 520;

// What kind of thing an order asks for.
enum class Content { kProduction, kStatusReport, kOther };

Content ContentOf(const FoldedEvent& order) {
  const std::string& kind = AttributeOf(*order.event, "kind");
  if (kind == "status_report") return Content::kStatusReport;
  const bool is_production = order.type() == v1::EVENT_TYPE_PRODUCTION_SCHEDULED ||
                             kind == "production" || !AttributeOf(*order.event, "pages").empty();
  return is_production ? Content::kProduction : Content::kOther;
}

std::optional<CivilDate> DateIn(const DeadlineEvent& event, std::string_view name) {
  const absl::StatusOr<CivilDate> date = ParseDate(AttributeOf(event, name), name);
  return date.ok() ? std::optional(*date) : std::nullopt;
}

std::optional<int> CountIn(const DeadlineEvent& event, std::string_view name) {
  int count = 0;
  return absl::SimpleAtoi(AttributeOf(event, name), &count) && count >= 0 ? std::optional(count)
                                                                          : std::nullopt;
}

bool Recurs(const FoldedEvent& order) { return !AttributeOf(*order.event, "per").empty(); }

bool IsProduction(v1::EventType type) {
  return type == v1::EVENT_TYPE_INTERIM_RELEASE || type == v1::EVENT_TYPE_PRODUCED;
}

// Nothing more will come after it.
bool IsFinal(const FoldedEvent& production) {
  return AttributeOf(*production.event, "final") == "yes" ||
         (production.type() == v1::EVENT_TYPE_PRODUCED && production.answer == Answer::kGranted);
}

// Whether `event` does what an order with this content asks for.
bool Serves(Content content, const FoldedEvent& order, const CompiledDeadline& deadline,
            const FoldedEvent& event) {
  switch (content) {
    case Content::kProduction:
      // An order to produce by one day, without a number of pages, wants all of it.
      return IsProduction(event.type()) &&
             (Recurs(order) || CountIn(*order.event, "pages").has_value() || IsFinal(event) ||
              event.type() == v1::EVENT_TYPE_PRODUCED || !AttributeOf(*event.event, "of").empty());
    case Content::kStatusReport:
      return event.type() == v1::EVENT_TYPE_STATUS_REPORT_FILED;
    case Content::kOther:
      return deadline.satisfied_by.Has(event.type()) && !AttributeOf(*event.event, "of").empty();
  }
  return false;
}

// The order that takes the place of `order`; null for none. `by_trigger`: whatever is scheduled
// later does.
const FoldedEvent* Successor(const Folded& events, const FoldedEvent& order,
                             const std::vector<FoldedEvent>& orders, bool by_trigger) {
  const FoldedEvent* next = nullptr;
  for (const FoldedEvent& other : orders) {
    if (other.position <= order.position || other.day < order.day) continue;
    const std::string& of = AttributeOf(*other.event, "of");
    const bool is_named = !of.empty() && events.IsNamed(order, of);
    const bool takes_over = by_trigger || (of.empty() && Recurs(order) && Recurs(other) &&
                                           ContentOf(order) == ContentOf(other));
    if (!is_named && !(takes_over && MayBeOneCase(*order.event, *other.event))) continue;
    if (next == nullptr || other.position < next->position) next = &other;
  }
  return next;
}

// From when on the order asks for nothing more, and by which event; position -1 for never.
struct End {
  CivilDate day = CivilDate::max();
  int position = -1;
};

End EndOf(const Folded& events, const CompiledDeadline& deadline, const FoldedEvent& order) {
  int reopened = -1;
  for (const FoldedEvent& event : events.events()) {
    if (event.type() == v1::EVENT_TYPE_REOPENED) reopened = event.position;
  }
  for (const FoldedEvent& event : events.events()) {
    if (event.position <= order.position || event.day < order.day) continue;
    if (!MayBeOneCase(*event.event, *order.event)) continue;
    const std::string& of = AttributeOf(*event.event, "of");
    const bool is_end = IsEndOfOrders(event) ? of.empty() || events.IsNamed(order, of)
                                             : deadline.ended_by.Meets(event.closes) &&
                                                   !deadline.trigger_events.Has(event.type()) &&
                                                   reopened < event.position;
    if (is_end) return {event.day, event.position};
  }
  return {};
}

std::string PagesText(int pages) { return absl::StrCat(pages, pages == 1 ? " page" : " pages"); }

// What was produced for one period.
struct Made {
  std::vector<const FoldedEvent*> productions;
  int pages = 0;
  int released = 0;
  bool by_processed = false;
  bool by_released = false;
};

class Schedule {
 public:
  Schedule(const Folded& events, const CompiledDeadline& deadline, const FoldedEvent& order,
           const std::vector<FoldedEvent>& orders)
      : events_(events),
        deadline_(deadline),
        order_(order),
        orders_(orders),
        content_(ContentOf(order)),
        by_trigger_(order.type() == v1::EVENT_TYPE_PRODUCTION_SCHEDULED),
        pages_(CountIn(*order.event, "pages")) {
    for (const FoldedEvent& each : orders) {
      ends_.push_back(EndOf(events, deadline, each));
      successors_.push_back(Successor(events, each, orders, by_trigger_));
      if (each.position != order.position) continue;
      end_ = ends_.back();
      successor_ = successors_.back();
    }
    for (const FoldedEvent& each : orders) starts_.push_back(StartOf(each));
  }

  OrderedPeriods Run(std::optional<CivilDate> counted_first, CivilDate as_of) {
    OrderedPeriods result;
    std::optional<CivilDate> first = DateIn(*order_.event, "date");
    const std::string& per = AttributeOf(*order_.event, "per");
    const absl::StatusOr<Span> span = ParseSpan(per, "per");
    const auto miss = [&](std::string_view name) {
      result.missing.push_back(absl::StrCat(ToAbsl(name), " of ", ShowEvent(order_)));
    };
    if (!per.empty() && !span.ok()) {
      miss("per");
      return result;
    }
    if (!first.has_value() && (per.empty() || !AttributeOf(*order_.event, "date").empty())) {
      miss("date");
      return result;
    }
    result.is_counted = !first.has_value();
    if (!first.has_value()) first = counted_first;
    if (!first.has_value()) {
      miss("date");
      return result;
    }
    const CivilDate base =
        result.is_counted ? Recurrence(order_.day, *span, span->month_end ? 0 : 1) : *first;
    AddPeriods(*first, base, per.empty() ? nullptr : &*span, as_of);
    if (periods_.empty()) return result;  // another order took its place before its first date
    Assign();
    Judge();
    result.periods = std::move(periods_);
    return result;
  }

 private:
  // The first day of what the first period counts: an order that takes the place of another one
  // takes over the period that runs.
  CivilDate StartOf(const FoldedEvent& order) const {
    CivilDate start = order.day;
    for (size_t at = 0; at < orders_.size(); ++at) {
      const FoldedEvent& other = orders_[at];
      const FoldedEvent* next = successors_[at];
      if (next == nullptr || next->position != order.position || !Recurs(other)) continue;
      const absl::StatusOr<Span> span = ParseSpan(AttributeOf(*other.event, "per"), "per");
      const std::optional<CivilDate> first = DateIn(*other.event, "date");
      if (!span.ok()) continue;
      start = other.day;
      for (size_t i = 0; i < kMaxPeriods; ++i) {
        const int n = static_cast<int>(i);
        const CivilDate due = first.has_value()
                                  ? Recurrence(*first, *span, n)
                                  : Recurrence(other.day, *span, span->month_end ? n : n + 1);
        if (due >= order.day) break;
        start = due + 1;
      }
    }
    return start;
  }

  // `span` null: the date does not recur.
  void AddPeriods(CivilDate first, CivilDate base, const Span* span, CivilDate as_of) {
    const CivilDate newest =
        events_.events().empty() ? order_.day : std::max(events_.events().back().day, first);
    const CivilDate limit = std::min(as_of, newest + 365 * kYearsAhead);
    const std::optional<CivilDate> until = DateIn(*order_.event, "until");
    CivilDate from = std::min(StartOf(order_), first);
    for (size_t i = 0; i < kMaxPeriods; ++i) {
      const CivilDate due = i == 0 ? first : Recurrence(base, *span, static_cast<int>(i));
      if (i > 0 && until.has_value() && due > *until) break;
      if (successor_ != nullptr && due >= successor_->day) break;
      OrderedPeriod& period = periods_.emplace_back();
      period.from = from;
      period.due = due;
      from = due + 1;
      // The period in which everything ended is the last one.
      if (span == nullptr || due >= end_.day || due >= limit) break;
    }
    made_.resize(periods_.size());
  }

  // Whether the order stood when `event` came, or on the day that it is for.
  bool IsInForce(size_t order, const FoldedEvent& event) const {
    const CivilDate day = DateIn(*event.event, "for").value_or(event.day);
    const FoldedEvent* next = successors_[order];
    return day >= starts_[order] && day <= ends_[order].day &&
           (next == nullptr || day < starts_[static_cast<size_t>(next - orders_.data())]);
  }

  // Whether `name` is this order, or one whose place it took.
  bool IsNamed(const std::string& name) const {
    for (const FoldedEvent& other : orders_) {
      if (!events_.IsNamed(other, name)) continue;
      const FoldedEvent* at = &other;
      while (at != nullptr && at->position != order_.position) {
        at = successors_[static_cast<size_t>(at - orders_.data())];
      }
      if (at != nullptr) return true;
    }
    return false;
  }

  bool IsOurs(const FoldedEvent& event) {
    if (!Serves(content_, order_, deadline_, event)) return false;
    if (!MayBeOneCase(*event.event, *order_.event)) return false;
    const std::string& of = AttributeOf(*event.event, "of");
    std::vector<const FoldedEvent*> recurring;
    std::vector<const FoldedEvent*> once;
    bool is_in_force = false;
    for (size_t i = 0; i < orders_.size(); ++i) {
      const FoldedEvent& other = orders_[i];
      if (ContentOf(other) != content_ || !IsInForce(i, event)) continue;
      is_in_force = is_in_force || other.position == order_.position;
      if (!MayBeOneCase(*event.event, *other.event)) continue;
      if (!Serves(content_, other, deadline_, event)) continue;
      (Recurs(other) ? recurring : once).push_back(&other);
    }
    if (!is_in_force) return false;
    if (!of.empty()) return IsNamed(of);
    const auto& candidates = recurring.empty() ? once : recurring;
    if (candidates.size() == 1) return candidates.front()->position == order_.position;
    if (std::any_of(candidates.begin(), candidates.end(),
                    [&](const FoldedEvent* each) { return each->position == order_.position; })) {
      unclear_.push_back(absl::StrCat(ShowEvent(event),
                                      " may be for several orders and counts for none; say which "
                                      "with of= or docket="));
    }
    return false;
  }

  // Which period a production is for.
  size_t PeriodOf(const FoldedEvent& event) {
    if (const std::optional<CivilDate> named = DateIn(*event.event, "for")) {
      for (size_t i = 0; i < periods_.size(); ++i) {
        if (periods_[i].due == *named) return i;
      }
      unclear_.push_back(absl::StrCat(ShowEvent(event), " is for ", FormatDate(*named),
                                      ", which is no date of the order; its own day counts"));
    }
    size_t at = 0;
    while (at + 1 < periods_.size() && periods_[at].due < event.day) ++at;
    const bool before_was_missed = at > 0 && made_[at - 1].productions.empty();
    if (before_was_missed && periods_[at].due > event.day &&
        event.day - periods_[at - 1].due < periods_[at].due - event.day) {
      periods_[at - 1].warnings.push_back(absl::StrCat(
          ShowEvent(event), " is taken as the late one for ", FormatDate(periods_[at - 1].due),
          "; say for=", FormatDate(periods_[at].due), " if it is the next one"));
      return at - 1;
    }
    return at;
  }

  void Assign() {
    for (const FoldedEvent& event : events_.events()) {
      if (!IsOurs(event)) continue;
      if (IsFinal(event) && content_ == Content::kProduction && final_ == nullptr) final_ = &event;
      Made& made = made_[PeriodOf(event)];
      made.productions.push_back(&event);
      if (content_ != Content::kProduction || !pages_.has_value()) continue;
      const std::optional<int> released = CountIn(*event.event, "pages");
      std::optional<int> counted = CountIn(*event.event, "processed");
      if (AttributeOf(*order_.event, "counts") == "released" || !counted.has_value()) {
        counted = released;
        made.by_released = made.by_released || counted.has_value();
      } else {
        made.by_processed = true;
      }
      made.released += released.value_or(0);
      made.pages += counted.value_or(0);
      if (!counted.has_value()) {
        OrderedPeriod& period = periods_[static_cast<size_t>(&made - made_.data())];
        period.warnings.push_back(
            absl::StrCat(ShowEvent(event),
                         " does not say how many pages: replace it by the same with pages= "
                         "or processed="));
      }
    }
  }

  // The production with which `made` reached the pages of the order; -1 for none. `newest`: the one
  // from which pages were carried over.
  int DoneBy(const Made& made, int carried, int newest) const {
    if (!pages_.has_value() || content_ != Content::kProduction) {
      return made.productions.empty() ? -1 : made.productions.front()->position;
    }
    int pages = carried;
    if (pages >= *pages_) return newest;
    for (const FoldedEvent* each : made.productions) {
      std::optional<int> counted = CountIn(*each->event, "processed");
      if (AttributeOf(*order_.event, "counts") == "released" || !counted.has_value()) {
        counted = CountIn(*each->event, "pages");
      }
      pages += counted.value_or(0);
      if (pages >= *pages_) return each->position;
    }
    return -1;
  }

  void Judge() {
    const bool carries = AttributeOf(*order_.event, "excess") == "carried";
    int carried = 0;
    int newest = -1;  // position of the newest production before the period
    for (size_t i = 0; i < periods_.size(); ++i) {
      OrderedPeriod& period = periods_[i];
      const Made& made = made_[i];
      period.done_by = DoneBy(made, carried, newest);
      if (!made.productions.empty()) newest = made.productions.back()->position;
      const bool has_final =
          final_ != nullptr && std::any_of(made.productions.begin(), made.productions.end(),
                                           [&](const FoldedEvent* each) { return each == final_; });
      // With the last production nothing is left to produce.
      if (period.done_by < 0 && final_ != nullptr) period.done_by = final_->position;
      if (period.done_by < 0 && end_.position >= 0) period.ended_by = end_.position;
      if (pages_.has_value() && content_ == Content::kProduction) {
        period.progress = Progress(made, carried, has_final, carries);
        carried = carries ? std::max(0, made.pages + carried - *pages_) : 0;
      } else if (has_final) {
        period.progress = "the last production";
      }
      if (has_final) {
        periods_.resize(i + 1);
        break;
      }
    }
    for (const std::string& warning : unclear_) periods_.back().warnings.push_back(warning);
  }

  // "short by 12 of 500 pages (488 processed)".
  std::string Progress(const Made& made, int carried, bool has_final, bool carries) const {
    const int pages = made.pages + carried;
    const char* verb = made.by_processed && made.by_released ? "processed or released"
                       : made.by_released                    ? "released"
                                                             : "processed";
    std::string details;
    if (made.by_processed && made.released > 0 && !made.by_released) {
      details = absl::StrCat(made.released, " of them released");
    }
    if (carried > 0) {
      absl::StrAppend(&details, details.empty() ? "" : ", ", carried, " carried over");
    }
    std::string text;
    if (has_final || pages >= *pages_) {
      text = absl::StrCat(pages, " of ", PagesText(*pages_), " ", verb,
                          has_final ? ", the last production" : "");
      if (pages > *pages_) {
        absl::StrAppend(&text, ", ", pages - *pages_, " more than ordered, ",
                        carries ? "carried over" : "not carried over");
      }
      return details.empty() ? text : absl::StrCat(text, " (", details, ")");
    }
    text = absl::StrCat("short by ", *pages_ - pages, " of ", PagesText(*pages_), " (",
                        made.productions.empty() && carried == 0 ? std::string("nothing produced")
                                                                 : absl::StrCat(pages, " ", verb),
                        details.empty() ? "" : ", ", details, ")");
    return text;
  }

  const Folded& events_;
  const CompiledDeadline& deadline_;
  const FoldedEvent& order_;
  const std::vector<FoldedEvent>& orders_;
  const Content content_;
  const bool by_trigger_;                       // whatever is scheduled later takes its place
  std::vector<CivilDate> starts_;               // by order
  std::vector<End> ends_;                       // by order
  std::vector<const FoldedEvent*> successors_;  // by order; null for none
  End end_;                                     // of this one
  const FoldedEvent* successor_ = nullptr;
  const std::optional<int> pages_;
  std::vector<OrderedPeriod> periods_;
  std::vector<Made> made_;  // by period
  const FoldedEvent* final_ = nullptr;
  std::vector<std::string> unclear_;
};

// "20-cv-7321"; lower case and without blanks where it has no such form.
std::string NormalDocket(std::string_view docket) {
  std::string text = absl::AsciiStrToLower(ToAbsl(docket));
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  if (absl::StartsWith(text, "no.")) text.erase(0, 3);
  const size_t colon = text.find(':');
  const std::vector<std::string> parts =
      absl::StrSplit(colon == std::string::npos ? text : text.substr(colon + 1), '-');
  int year = 0;
  int number = 0;
  if (parts.size() < 3 || !absl::SimpleAtoi(parts[0], &year) ||
      !absl::SimpleAtoi(parts[2], &number)) {
    return text;
  }
  return absl::StrCat(year % 100, "-", parts[1], "-", number);
}

}  // namespace

bool HasContent(const FoldedEvent& order) {
  return Recurs(order) || !AttributeOf(*order.event, "pages").empty() ||
         (order.type() == v1::EVENT_TYPE_COURT_ORDER && ContentOf(order) != Content::kOther);
}

bool IsEndOfOrders(const FoldedEvent& order) {
  return order.type() == v1::EVENT_TYPE_COURT_ORDER && AttributeOf(*order.event, "kind") == "ended";
}

bool IsSameDocket(std::string_view a, std::string_view b) {
  return NormalDocket(a) == NormalDocket(b);
}

bool MayBeOneCase(const DeadlineEvent& a, const DeadlineEvent& b) {
  const std::string& docket_a = AttributeOf(a, "docket");
  const std::string& docket_b = AttributeOf(b, "docket");
  return docket_a.empty() || docket_b.empty() || IsSameDocket(docket_a, docket_b);
}

std::string OrderText(const FoldedEvent& order) {
  const std::string& docket = AttributeOf(*order.event, "docket");
  const std::string& ecf = AttributeOf(*order.event, "ecf");
  const bool is_order = order.type() == v1::EVENT_TYPE_COURT_ORDER;
  if (!is_order && docket.empty() && ecf.empty()) return "";
  std::vector<std::string> parts;
  if (!docket.empty()) parts.push_back(absl::StrCat("docket ", docket));
  if (!ecf.empty()) parts.push_back(absl::StrCat("ECF ", ecf));
  parts.push_back(absl::StrCat(is_order ? "order" : EventTypeName(order.type()), " of ",
                               FormatDate(order.event->effective_on)));
  return absl::StrJoin(parts, ", ");
}

OrderedPeriods PeriodsOf(const Folded& events, const CompiledDeadline& deadline,
                         const FoldedEvent& order, const std::vector<FoldedEvent>& orders,
                         std::optional<CivilDate> counted_first, CivilDate as_of) {
  return Schedule(events, deadline, order, orders).Run(counted_first, as_of);
}

}  // namespace foia::tracker
