#include "services/tracker/deadlines/explain.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

constexpr int kLabelWidth = 11;
constexpr size_t kTextWidth = 100;

std::string_view Meaning(v1::Certainty certainty) {
  switch (certainty) {
    case v1::CERTAINTY_VERIFIED:
      return "V, verified: statute, regulation or an official page was read.";
    case v1::CERTAINTY_SECONDARY:
      return "S, secondary: the primary text was not read. Verify before you rely on it.";
    case v1::CERTAINTY_MEMORY:
      return "M, from memory: not read again. Verify before you rely on it.";
    case v1::CERTAINTY_CONVENTION:
      return "C, convention: the law is silent or split on a point, and this is one reading.";
    default:
      return "unknown.";
  }
}

std::string StatusText(const Instance& instance, CivilDate as_of) {
  const std::string closed = instance.closing.event == nullptr
                                 ? ""
                                 : absl::StrCat(EventTypeName(instance.closing.event->type), " on ",
                                                ShowDate(instance.closing.date()));
  const bool is_remedy = instance.deadline->rule.kind() == v1::DEADLINE_KIND_REMEDY;
  switch (instance.status) {
    case v1::DEADLINE_STATUS_RUNNING:
      return is_remedy ? absl::StrCat("Not open yet on ", FormatDate(as_of),
                                      "; opens if nothing is done before.")
                       : absl::StrCat("Running on ", FormatDate(as_of), ".");
    case v1::DEADLINE_STATUS_TOLLED:
      return "Tolled: the clock is stopped, and there is no date until it runs again.";
    case v1::DEADLINE_STATUS_MET:
      return absl::StrCat("Met: ", closed, ".");
    case v1::DEADLINE_STATUS_LATE:
      return closed.empty()
                 ? absl::StrCat("Late: passed, and nothing was done by ", FormatDate(as_of), ".")
             : instance.closing.date() == instance.date
                 ? absl::StrCat("Late: ", closed, " came after ", instance.deadline->rule.cutoff(),
                                ".")
                 : absl::StrCat("Late: ", closed, " came after the date.");
    case v1::DEADLINE_STATUS_NONE:
      return instance.started() ? instance.deadline->rule.date_attribute().empty()
                                      ? "None: the law sets no number of days."
                                      : "None: it has no last day."
             : instance.deadline->rule.on_lapse()
                 ? absl::StrCat("None: ", instance.deadline->rule.triggers(0), " was not missed.")
                 : "None: nothing has started it.";
    case v1::DEADLINE_STATUS_CANNOT_COMPUTE:
      return "Cannot be computed: facts are missing.";
    case v1::DEADLINE_STATUS_IN_EFFECT:
      return absl::StrCat("In effect on ", FormatDate(as_of), ".");
    case v1::DEADLINE_STATUS_ENDED:
      return closed.empty() ? "Ended: the day is past." : absl::StrCat("Ended: ", closed, ".");
    default:
      return "";
  }
}

// Days of a deadline's own count that `calendar` skips, those inside tolls left out.
void CollectSkipped(const Rules::Compiled& rules, const Instance& instance,
                    const Calendar& calendar, std::map<CivilDate, std::string>* skipped) {
  if (instance.parent != nullptr) CollectSkipped(rules, *instance.parent, calendar, skipped);
  const v1::DeadlineRule& rule = instance.deadline->rule;
  const auto collect_by = [&](const Calendar& kept, CivilDate after, CivilDate to) {
    for (auto it = kept.holidays().upper_bound(after);
         it != kept.holidays().end() && it->first <= to; ++it) {
      const bool in_toll =
          std::any_of(instance.tolls.begin(), instance.tolls.end(), [&](const Toll& toll) {
            return it->first > toll.start.date() && (toll.open() || it->first <= toll.stop.date());
          });
      if (!in_toll) skipped->insert(*it);
    }
  };
  const auto collect = [&](CivilDate after, CivilDate to) { collect_by(calendar, after, to); };
  if (rule.period().unit() == v1::UNIT_WORKING_DAYS && instance.base_unrolled.has_value()) {
    collect(instance.trigger_date, *instance.base_unrolled);
  }
  const auto collect_rolled = [&](CivilDate from, CivilDate to) {
    if (from != to) {
      collect_by(LastDayCalendar(rules, *instance.deadline, calendar), from - 1, to);
    }
  };
  if (instance.base.has_value()) collect_rolled(*instance.base_unrolled, *instance.base);
  if (instance.extension.has_value() && instance.agreed.event == nullptr &&
      instance.date.has_value()) {
    const v1::ExtensionRule& extension = rule.extension();
    const CivilDate from = extension.from_unrolled() ? *instance.base_unrolled : *instance.base;
    if (extension.max().unit() == v1::UNIT_WORKING_DAYS) {
      collect(from, *instance.date);
    } else {
      collect_rolled(from + instance.extension->days, *instance.date);
    }
  }
}

// The cap's count of clock_start: the receipt rule's, not a deadline rule's.
void CollectRouteCap(const Rules::Compiled& rules, const Instance& instance,
                     const Calendar& calendar, std::map<CivilDate, std::string>* skipped) {
  if (instance.parent != nullptr) {
    CollectRouteCap(rules, *instance.parent, calendar, skipped);
    return;
  }
  const v1::ReceiptRule& receipt = rules.rules.receipt();
  if (!instance.started() || *instance.trigger != receipt.route_event() ||
      !instance.date.has_value() || receipt.route_cap().unit() != v1::UNIT_WORKING_DAYS ||
      instance.deadline->rule.id() != kClockStart) {
    return;
  }
  for (auto it = calendar.holidays().upper_bound(instance.root.date());
       it != calendar.holidays().end() && it->first <= *instance.date; ++it) {
    skipped->insert(*it);
  }
}

// " (1 Pa.C.S. 1908)"; "" when the rule itself says that its last day moves.
std::string LastDayLaw(const CompiledDeadline& deadline) {
  return deadline.roll_citation.empty() ? "" : absl::StrCat(" (", deadline.roll_citation, ")");
}

// The end of an extension of calendar days fell on a day without work.
bool WasMoved(const Instance& instance) {
  const v1::ExtensionRule& extension = instance.deadline->rule.extension();
  const CivilDate from = extension.from_unrolled() ? *instance.base_unrolled : *instance.base;
  return extension.max().unit() == v1::UNIT_CALENDAR_DAYS &&
         *instance.date != from + instance.extension->days;
}

// "court_order of Mon 2026-01-05: every month; this date is for 2026-02-01 to 2026-02-28".
std::string PeriodText(const Instance& instance) {
  const std::string& per = AttributeOf(*instance.root.event, "per");
  return absl::StrCat(
      *instance.trigger, " of ", ShowDate(instance.trigger_date),
      instance.is_counted_first ? " names no first date, which is counted from its day" : "",
      per.empty() ? " names the date" : absl::StrCat("; it recurs, per=", per), "; ",
      ShowDate(*instance.date), " is for what is done from ", FormatDate(*instance.period_from),
      " on");
}

void AddSteps(const Instance& instance, const Calendar& calendar, v1::Explanation* explanation) {
  const auto add = [&](std::optional<CivilDate> date, const std::string& text) {
    v1::ExplanationStep* step = explanation->add_steps();
    if (date.has_value()) *step->mutable_date() = DateToProto(*date);
    step->set_text(text);
  };
  if (instance.parent != nullptr) AddSteps(*instance.parent, calendar, explanation);
  for (const v1::ExplanationStep& step : instance.receipt_steps) *explanation->add_steps() = step;
  const v1::DeadlineRule& rule = instance.deadline->rule;
  if (!instance.started() || rule.id() == kClockStart) return;
  if (instance.period_from.has_value()) {
    add(instance.date, PeriodText(instance));
    return;
  }
  if (instance.is_given) {
    add(instance.date, absl::StrCat(*instance.trigger, " of ", ShowDate(instance.trigger_date),
                                    " names ", ShowDate(*instance.date)));
    return;
  }
  if (!rule.has_period()) {
    add(std::nullopt, absl::StrCat(rule.title(), ": the law sets no number of days"));
    return;
  }
  if (instance.parent == nullptr) {
    add(instance.trigger_date,
        absl::StrCat("Triggered by ", *instance.trigger, " on ", ShowDate(instance.trigger_date)));
  }
  for (const Toll& toll : instance.tolls) {
    add(toll.start.date(),
        toll.open() ? absl::StrCat("Clock stops after ", ShowDate(toll.start.date()), " (",
                                   EventTypeName(toll.start.event->type), ") and is still stopped")
                    : absl::StrCat("Clock stops after ", ShowDate(toll.start.date()), " (",
                                   EventTypeName(toll.start.event->type), ") and runs again after ",
                                   ShowDate(toll.stop.date())));
  }
  if (!instance.base_unrolled.has_value()) return;
  add(instance.base_unrolled,
      absl::StrCat(rule.title(), ": ", ShowPeriod(rule.period()), " after ",
                   ShowDate(instance.trigger_date), " end on ", ShowDate(*instance.base_unrolled)));
  if (instance.base != instance.base_unrolled) {
    add(instance.base, absl::StrCat("Not a working day: moves forward to ",
                                    ShowDate(*instance.base), LastDayLaw(*instance.deadline)));
  }
  if (instance.extension.has_value() && instance.date.has_value()) {
    v1::Period period = rule.extension().max();
    period.set_n(instance.extension->days);
    add(instance.agreed.event == nullptr ? instance.date : std::nullopt,
        absl::StrCat("Extended by notice of ", ShowDate(instance.extension->notice.date()), " by ",
                     ShowPeriod(period),
                     rule.extension().from_unrolled()
                         ? absl::StrCat(" from ", ShowDate(*instance.base_unrolled))
                         : "",
                     instance.agreed.event == nullptr
                         ? absl::StrCat(" to ", ShowDate(*instance.date),
                                        WasMoved(instance) ? LastDayLaw(*instance.deadline) : "")
                         : ""));
  }
  if (instance.agreed.event != nullptr) {
    add(instance.date, absl::StrCat("Requester and agency agreed on ", ShowDate(*instance.date),
                                    " (", ShowDate(instance.agreed.date()), ")"));
  }
}

// What would move the date or close the question.
std::vector<std::string> WouldChange(const Instance& instance, const Rules::Compiled& rules,
                                     const Calendar& calendar) {
  std::vector<std::string> lines;
  const v1::DeadlineRule& rule = instance.deadline->rule;
  const bool is_open = instance.status == v1::DEADLINE_STATUS_RUNNING ||
                       instance.status == v1::DEADLINE_STATUS_TOLLED ||
                       instance.status == v1::DEADLINE_STATUS_LATE;
  if (!instance.missing.empty()) {
    lines.push_back(absl::StrCat("Recording: ", absl::StrJoin(instance.missing, ", "), "."));
  }
  const Instance* first = &instance;
  while (first->parent != nullptr) first = first->parent;
  if (first->root.event != nullptr) {
    lines.push_back(absl::StrCat("Proof of another date than ", FormatDate(first->root.date()),
                                 " for ", *first->trigger, "."));
  }
  if (is_open && instance.base.has_value() && !instance.extension.has_value() &&
      rule.has_extension() && instance.agreed.event == nullptr) {
    const v1::Period& max = rule.extension().max();
    const std::optional<CivilDate> longest = max.unit() == v1::UNIT_WORKING_DAYS
                                                 ? calendar.AddWorkingDays(*instance.base, max.n())
                                                 : *instance.base + max.n();
    lines.push_back(absl::StrCat("A written extension notice dated ", FormatDate(*instance.base),
                                 " or earlier: at most ", ShowPeriod(max),
                                 longest.has_value() && max.unit() == v1::UNIT_WORKING_DAYS
                                     ? absl::StrCat(", to ", ShowDate(*longest))
                                     : "",
                                 "."));
  }
  if (is_open && instance.base_unrolled.has_value()) {
    for (const int index : instance.deadline->tolls) {
      const v1::TollRule& toll = rules.rules.tolls(index);
      const auto used = std::count_if(instance.tolls.begin(), instance.tolls.end(),
                                      [&](const Toll& each) { return each.rule == index; });
      if (toll.max_count() > 0 && used >= toll.max_count()) continue;
      lines.push_back(absl::StrCat("A stop of the clock (", toll.start_event(), ", ",
                                   toll.citation(), ") before ",
                                   FormatDate(*instance.base_unrolled), "."));
    }
  }
  if (is_open && !rule.agreed_event().empty()) {
    lines.push_back(
        absl::StrCat("A date that requester and agency agree on (", rule.agreed_event(), ")."));
  }
  if (instance.status == v1::DEADLINE_STATUS_RUNNING && !rule.satisfied_by().empty()) {
    lines.push_back(absl::StrCat("It is met by: ", absl::StrJoin(rule.satisfied_by(), ", "), "."));
  }
  return lines;
}

std::string Capitalized(std::string text) {
  if (!text.empty()) text[0] = absl::ascii_toupper(static_cast<unsigned char>(text[0]));
  return text;
}

std::string CountedText(const Instance& instance, const Calendar& calendar) {
  const v1::Period& period = instance.deadline->rule.period();
  const std::string span =
      absl::StrCat(ShowPeriod(period), " after ", ShowDate(instance.trigger_date));
  const bool working = period.unit() == v1::UNIT_WORKING_DAYS;
  if ((!working && period.unit() != v1::UNIT_CALENDAR_DAYS) || period.n() == 0) {
    return absl::StrCat(span, ".");
  }
  std::string text = absl::StrCat(span, ", which is not counted");
  const std::optional<CivilDate> end = instance.base_unrolled;
  if (instance.tolls.empty() && end.has_value()) {
    const std::optional<CivilDate> first =
        working ? calendar.AddWorkingDays(instance.trigger_date, 1) : instance.trigger_date + 1;
    absl::StrAppend(&text, ". Day 1 is ", ShowDate(*first));
    if (period.n() > 1) absl::StrAppend(&text, ", day ", period.n(), " is ", ShowDate(*end));
  } else if (end.has_value()) {
    absl::StrAppend(&text, ". Without the days on which the clock stood still, day ", period.n(),
                    " is ", ShowDate(*end));
  }
  if (!working) return absl::StrCat(text, ".");
  if (instance.tolls.empty() && end.has_value()) {
    const auto& holidays = calendar.holidays();
    const auto passed =
        std::distance(holidays.upper_bound(instance.trigger_date), holidays.upper_bound(*end));
    const auto days = *end - instance.trigger_date;
    absl::StrAppend(&text, "; of these ", days, " days, ", days - period.n() - passed,
                    " of a weekend and ", passed, passed == 1 ? " holiday" : " holidays",
                    " are left out");
  }
  return absl::StrCat(text, ". Calendar: ", calendar.title(), ".");
}

// Every day from the day after `from` to `to`: its number in the count, or why it has none. Days
// in a row make one line.
void AddDayLines(const Instance& instance, const Calendar& calendar, CivilDate from, CivilDate to,
                 std::string_view label, std::string* out) {
  int number = 0;
  struct Line {
    CivilDate first, last;
    std::string why;  // empty: counted
    int number = 0;   // of the first day
    bool weekend_follows = false;
  };
  std::vector<Line> lines;
  for (CivilDate day = from + 1; day <= to; ++day) {
    std::string why;
    const auto toll =
        std::find_if(instance.tolls.begin(), instance.tolls.end(), [&](const Toll& each) {
          return day > each.start.date() && (each.open() || day <= each.stop.date());
        });
    const auto holiday = calendar.holidays().find(day);
    if (toll != instance.tolls.end()) {
      why = absl::StrCat("the clock stands still (", EventTypeName(toll->start.event->type), ")");
    } else if (holiday != calendar.holidays().end()) {
      why = absl::StrCat(holiday->second, ", not counted");
    } else if (!calendar.IsWorkingDay(day)) {
      if (!lines.empty() && lines.back().why.empty()) {
        lines.back().weekend_follows = true;
        continue;
      }
      why = "weekend";
    }
    if (why.empty()) ++number;
    if (!lines.empty() && lines.back().last == day - 1 && lines.back().why == why) {
      lines.back().last = day;
    } else {
      lines.push_back({day, day, why, number, false});
    }
  }
  for (const Line& line : lines) {
    const auto days = line.last - line.first;
    const std::string span = days == 0
                                 ? ShowDate(line.first)
                                 : absl::StrCat(ShowDate(line.first), " to ", ShowDate(line.last));
    const std::string what = !line.why.empty() ? line.why
                             : days == 0
                                 ? absl::StrCat("day ", line.number)
                                 : absl::StrCat("days ", line.number, " to ", line.number + days);
    AddParagraph(label,
                 absl::StrCat(span, ": ", what, line.weekend_follows ? "; then the weekend" : ""),
                 out);
    label = "";
  }
}

// The days of the deadline's own count, and of its extension.
void AddDays(const Instance& instance, const Calendar& calendar, std::string* out) {
  const v1::DeadlineRule& rule = instance.deadline->rule;
  if (!instance.started() || !instance.base_unrolled.has_value()) return;
  if (rule.has_period() && rule.period().unit() == v1::UNIT_WORKING_DAYS) {
    AddDayLines(instance, calendar, instance.trigger_date, *instance.base_unrolled, "Days", out);
  }
  if (instance.extension.has_value() && instance.agreed.event == nullptr &&
      instance.date.has_value() && rule.extension().max().unit() == v1::UNIT_WORKING_DAYS) {
    AddDayLines(instance, calendar, *instance.base, *instance.date, "Extended", out);
  }
}

std::string PrintableText(const Rules::Compiled& rules, const Calendar& calendar, CivilDate as_of,
                          const Instance& instance, const v1::Explanation& explanation) {
  const v1::DeadlineRule& rule = instance.deadline->rule;
  const v1::Deadline& deadline = explanation.deadline();
  std::string out = absl::StrCat(rule.title(), ": ",
                                 instance.date.has_value() ? ShowDate(*instance.date)
                                 : instance.status == v1::DEADLINE_STATUS_TOLLED ? "no date, tolled"
                                                                                 : "no date",
                                 "\n");
  AddParagraph("Status", StatusText(instance, as_of), &out);
  if (deadline.has_safe_date() && rule.kind() == v1::DEADLINE_KIND_REMEDY) {
    AddParagraph("Safe date",
                 absl::StrCat(ShowDate(DateFromProto(deadline.safe_date(), "").value()),
                              ": from then on it stands under every reading: receipt as late as it "
                              "may have been",
                              rules.calendars.compared.empty()
                                  ? "."
                                  : ", closures by executive order left out of the count."),
                 &out);
  } else if (deadline.has_safe_date()) {
    AddParagraph("Safe date",
                 absl::StrCat(ShowDate(DateFromProto(deadline.safe_date(), "").value()),
                              ": be received by then. Not rolled forward",
                              rules.calendars.compared.empty()
                                  ? "."
                                  : ", closures by executive order counted as working days."),
                 &out);
  }
  if (!rule.cutoff().empty() && instance.date.has_value()) {
    AddParagraph(
        "Hour",
        absl::StrCat("the last day ends at ", rule.cutoff(), ", ", deadline.time_zone(), "."),
        &out);
  }
  AddParagraph("Rule",
               absl::StrCat(deadline.rule_id(), ", version ", deadline.rule_version(), "; ",
                            rule.citation()),
               &out);
  // When the chain is only "received, clock starts that day", naming both would say nothing.
  const bool is_plain =
      instance.parent == nullptr || (instance.started() && explanation.steps_size() <= 2);
  if (instance.root.event != nullptr) {
    const std::string event = absl::StrCat(
        EventTypeName(instance.root.event->type), " on ", ShowDate(instance.root.date()),
        " (event ", instance.root.event->id,
        instance.root.date() == instance.root.event->effective_on
            ? ""
            : absl::StrCat("; recorded as ", FormatDate(instance.root.event->effective_on), " ",
                           instance.root.event->local_time, " ", instance.root.event->time_zone),
        ").");
    AddParagraph("Starts",
                 is_plain ? event
                 : !instance.started()
                     ? absl::StrCat("when ", instance.parent->deadline->rule.id(),
                                    " has a date; it rests on ", event)
                     : absl::StrCat(*instance.trigger, " on ", ShowDate(instance.trigger_date),
                                    ", which rests on ", event),
                 &out);
  }
  if (!deadline.order().empty()) {
    const std::string& note = instance.root.event->note;
    AddParagraph("Order", absl::StrCat(deadline.order(), note.empty() ? "." : ": ", note), &out);
  }
  if (!instance.progress.empty()) {
    AddParagraph("Done", absl::StrCat(instance.progress, "."), &out);
  }
  if (instance.period_from.has_value()) {
    AddParagraph("Given", absl::StrCat(PeriodText(instance), "."), &out);
  } else if (instance.is_given) {
    AddParagraph("Given",
                 absl::StrCat("by the event, ", rule.date_attribute(), "=",
                              FormatDate(*instance.date), "; nothing is counted."),
                 &out);
  } else if (instance.started() && rule.has_period()) {
    AddParagraph("Counted", CountedText(instance, calendar), &out);
  }
  const bool is_moved = instance.base != instance.base_unrolled || instance.extension.has_value();
  if (rule.id() == kClockStart || !is_plain || is_moved) {
    std::string_view label = "Steps";
    for (const v1::ExplanationStep& step : explanation.steps()) {
      AddParagraph(label, absl::StrCat(Capitalized(step.text()), "."), &out);
      label = "";
    }
  }
  AddDays(instance, calendar, &out);
  if (instance.is_given) {
    // Nothing was counted, so nothing was passed over.
  } else if (instance.date.has_value() && rule.period().unit() == v1::UNIT_CALENDAR_DAYS &&
             explanation.skipped().empty()) {
    AddParagraph("Holidays", "count like other days.", &out);
  } else if (instance.date.has_value()) {
    std::vector<std::string> holidays;
    for (const v1::SkippedDay& day : explanation.skipped()) {
      holidays.push_back(
          absl::StrCat(ShowDate(DateFromProto(day.date(), "").value()), " ", day.name()));
    }
    AddParagraph("Holidays",
                 holidays.empty()
                     ? "none passed over."
                     : absl::StrCat("passed over: ", absl::StrJoin(holidays, ", "), "."),
                 &out);
  }
  if (!rule.tolled_by().empty() && instance.started()) {
    std::vector<std::string> tolls;
    for (const Toll& toll : instance.tolls) {
      const v1::TollRule& toll_rule = rules.rules.tolls(toll.rule);
      const bool is_early = toll.start.date() < instance.trigger_date;
      tolls.push_back(absl::StrCat(
          is_early ? "from the start" : absl::StrCat("after ", ShowDate(toll.start.date())),
          toll.open() ? ", still open"
                      : absl::StrCat(" up to and including ", ShowDate(toll.stop.date())),
          " (", toll_rule.start_event(), ", ", toll_rule.citation(), ")"));
    }
    AddParagraph("Tolling",
                 tolls.empty()
                     ? "none."
                     : absl::StrCat("the clock stood still ", absl::StrJoin(tolls, "; "),
                                    tolls.size() > 1 ? ". Overlapping times count once." : "."),
                 &out);
  }
  if (rule.has_extension() && instance.base.has_value()) {
    std::string text = "none.";
    if (instance.extension.has_value()) {
      v1::Period period = rule.extension().max();
      period.set_n(instance.extension->days);
      text = absl::StrCat(
          ShowPeriod(period), " by notice of ", ShowDate(instance.extension->notice.date()),
          " (event ", instance.extension->notice.event->id, "), given before ",
          ShowDate(*instance.base), " had passed; ", rule.extension().citation(), ".");
    }
    AddParagraph("Extension", text, &out);
  }
  if (instance.agreed.event != nullptr) {
    AddParagraph("Agreed",
                 absl::StrCat("the date was agreed on ", ShowDate(instance.agreed.date()),
                              " (event ", instance.agreed.event->id, ")."),
                 &out);
  }
  AddParagraph("Certainty", Meaning(instance.certainty), &out);
  if (!rule.note().empty()) AddParagraph("Note", rule.note(), &out);
  const bool is_calendar_used = rule.period().unit() == v1::UNIT_WORKING_DAYS || is_moved;
  if (is_calendar_used && !calendar.citation().empty()) {
    AddParagraph("Calendar", absl::StrCat(calendar.id(), ", ", calendar.citation(), "."), &out);
  }
  if (is_calendar_used && !calendar.note().empty()) {
    AddParagraph("", calendar.note(), &out);
  }
  std::string_view gaps_label = "Gaps";
  for (const std::string& gap : rules.rules.gaps()) {
    AddParagraph(gaps_label, gap, &out);
    gaps_label = "";
  }
  for (const std::string& warning : instance.warnings) {
    AddParagraph("Warning", absl::StrCat(warning, "."), &out);
  }
  std::string_view label = "Changes if";
  for (const std::string& line : explanation.would_change()) {
    AddParagraph(label, line, &out);
    label = "";
  }
  absl::StrAppend(&out, ToAbsl(kNotLegalAdvice));
  return out;
}

}  // namespace

void AddParagraph(std::string_view label, std::string_view text, std::string* out) {
  std::string line(label);
  line.resize(kLabelWidth, ' ');
  size_t used = 0;
  while (used < text.size()) {
    size_t end = text.size();
    if (end - used > kTextWidth - kLabelWidth) {
      end = text.rfind(' ', used + kTextWidth - kLabelWidth);
      if (end == std::string_view::npos || end <= used) end = text.find(' ', used);
      if (end == std::string_view::npos) end = text.size();
    }
    absl::StrAppend(out, line, ToAbsl(text.substr(used, end - used)), "\n");
    line.assign(kLabelWidth, ' ');
    used = end + 1;
  }
}

v1::Explanation MakeExplanation(const Rules::Compiled& rules, const Calendar& calendar,
                                CivilDate as_of, const Instance& instance,
                                const v1::Deadline& deadline,
                                const std::vector<std::string>& other_readings) {
  v1::Explanation explanation;
  *explanation.mutable_deadline() = deadline;
  explanation.mutable_deadline()->set_rules_digest(rules.digest);
  if (instance.started()) {
    explanation.set_trigger(*instance.trigger);
    *explanation.mutable_trigger_date() = DateToProto(instance.trigger_date);
  }
  AddSteps(instance, calendar, &explanation);
  std::map<CivilDate, std::string> skipped;
  CollectSkipped(rules, instance, calendar, &skipped);
  CollectRouteCap(rules, instance, calendar, &skipped);
  for (const auto& [date, name] : skipped) {
    v1::SkippedDay* day = explanation.add_skipped();
    *day->mutable_date() = DateToProto(date);
    day->set_name(name);
  }
  for (const Toll& toll : instance.tolls) {
    v1::TollInterval* interval = explanation.add_tolls();
    interval->set_toll_id(rules.rules.tolls(toll.rule).id());
    *interval->mutable_start() = DateToProto(toll.start.date());
    interval->set_start_event_id(toll.start.event->id);
    if (toll.open()) continue;
    *interval->mutable_stop() = DateToProto(toll.stop.date());
    interval->set_stop_event_id(toll.stop.event->id);
  }
  if (instance.extension.has_value()) {
    v1::Extension* extension = explanation.mutable_extension();
    extension->set_event_id(instance.extension->notice.event->id);
    *extension->mutable_notice_date() = DateToProto(instance.extension->notice.date());
    extension->set_days(instance.extension->days);
    extension->set_unit(instance.deadline->rule.extension().max().unit());
    *extension->mutable_base_date() = DateToProto(*instance.base);
  }
  for (std::string& line : WouldChange(instance, rules, calendar)) {
    explanation.add_would_change(std::move(line));
  }
  for (const std::string& line : other_readings) explanation.add_would_change(line);
  explanation.set_text(PrintableText(rules, calendar, as_of, instance, explanation));
  return explanation;
}

}  // namespace foia::tracker
