#include "services/tracker/docket_rows.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/evaluator.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/regions.h"
#include "services/tracker/timeline.h"

namespace foia::tracker {
namespace {

// What "this week" means: today and the next seven days.
constexpr Day kWeek = 7;
// What is due later than this can wait until one has seen what others are late with.
constexpr Day kSoon = 30;

CivilDate FromProto(const common::v1::Date& date) {
  return CivilDate(date.year(), date.month(), date.day());
}

bool Holds(const google::protobuf::RepeatedPtrField<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsFallback(const v1::DeadlineRule& rule, std::string_view name) {
  return rule.fallback_trigger() == name || Holds(rule.further_fallbacks(), name);
}

// Nothing has met or ended it. What only waits for another deadline has no row of its own.
bool IsOpen(const v1::Deadline& deadline) {
  if (!deadline.closing_event_id().empty() || deadline.id() == kClockStart) return false;
  switch (deadline.status()) {
    case v1::DEADLINE_STATUS_RUNNING:
    case v1::DEADLINE_STATUS_LATE:
    case v1::DEADLINE_STATUS_IN_EFFECT:
      return deadline.has_date();
    case v1::DEADLINE_STATUS_TOLLED:
    case v1::DEADLINE_STATUS_CANNOT_COMPUTE:
      return deadline.has_trigger_date() && deadline.kind() != v1::DEADLINE_KIND_REMEDY;
    case v1::DEADLINE_STATUS_NONE:
      // The law sets no number of days, and the answer is still awaited.
      return deadline.has_trigger_date() && deadline.kind() == v1::DEADLINE_KIND_DETERMINATION;
    default:
      return false;
  }
}

// For people: "adverse determination".
std::string Words(v1::EventType type) {
  switch (type) {
    case v1::EVENT_TYPE_RECEIVED:
    case v1::EVENT_TYPE_RECEIVED_PROPER:
      return "receipt";
    case v1::EVENT_TYPE_RECEIVED_ANY:
      return "receipt by another component";
    case v1::EVENT_TYPE_INFO_TOLL_START:
      return "the agency's request for information";
    case v1::EVENT_TYPE_FEE_TOLL_START:
      return "the agency's question about fees";
    case v1::EVENT_TYPE_APPEAL_SENT:
      return "our appeal";
    default:
      return absl::StrReplaceAll(EventTypeName(type), {{"_", " "}});
  }
}

std::string LowerFirst(std::string text) {
  // "FOIA..." stays as it is.
  if (text.size() > 1 && !absl::ascii_isupper(static_cast<unsigned char>(text[1]))) {
    text[0] = absl::ascii_tolower(static_cast<unsigned char>(text[0]));
  }
  return text;
}

// Writes the lines.
class Reasons {
 public:
  Reasons(const Rules& rules, const std::vector<v1::Event>& events,
          const std::vector<v1::Deadline>& deadlines)
      : rules_(rules), events_(events), deadlines_(deadlines) {
    for (const v1::Event& event : events) superseded_.insert(event.supersedes());
  }

  // Null for a deadline that is not of these rules.
  const v1::DeadlineRule* RuleOf(const v1::Deadline& deadline) const {
    for (const v1::DeadlineRule& rule : rules_.jurisdiction().deadlines()) {
      if (rule.id() == deadline.id() &&
          deadline.rule_id() == absl::StrCat(rules_.jurisdiction().id(), "/", rule.id(),
                                             rule.variant().empty() ? "" : ":", rule.variant())) {
        return &rule;
      }
    }
    return nullptr;
  }

  // "20 working days from receipt on 2020-07-16, 5 U.S.C. 552(a)(6)(A)(i)".
  std::string Why(const v1::Deadline& deadline) const {
    const v1::DeadlineRule* rule = RuleOf(deadline);
    if (rule == nullptr) return deadline.citation();
    std::string line;
    if (deadline.status() == v1::DEADLINE_STATUS_TOLLED) {
      line = absl::StrCat("clock stopped until ", Missing(deadline), "; ");
    } else if (deadline.status() == v1::DEADLINE_STATUS_CANNOT_COMPUTE) {
      line = absl::StrCat("cannot be computed: missing ", Missing(deadline), "; ");
    } else if (deadline.status() == v1::DEADLINE_STATUS_NONE) {
      return absl::StrCat("the law sets no number of days; since receipt on ",
                          FormatDate(FromProto(deadline.trigger_date())), ", ",
                          deadline.citation());
    }
    if (!deadline.progress().empty()) absl::StrAppend(&line, deadline.progress(), "; ");
    absl::StrAppend(&line, Count(*rule, deadline));
    if (!deadline.assumption().empty()) {
      absl::StrAppend(&line, ", ", deadline.assumption(), ": the answer has no outcome");
    }
    const std::vector<std::string> moves = Moves(*rule, deadline);
    if (!moves.empty()) absl::StrAppend(&line, " (", absl::StrJoin(moves, ", "), ")");
    if (!deadline.citation().empty()) absl::StrAppend(&line, ", ", deadline.citation());
    return line;
  }

  // "lapsed, seen on 2020-11-02 by p01...: the client does not appeal"; empty when no person
  // dismissed the deadline after its day.
  std::string Dismissal(const v1::Deadline& deadline) const {
    const CivilDate last_day =
        deadline.has_date() ? FromProto(deadline.date()) : CivilDate(Calendar::kFirstYear, 1, 1);
    for (const v1::Event& event : events_) {
      if (!Dismisses(event, deadline.id()) || FromProto(event.effective_on()) <= last_day) continue;
      return absl::StrCat("lapsed, seen on ", FormatDate(FromProto(event.effective_on())), " by ",
                          absl::StripPrefix(event.actor(), "people/"),
                          event.note().empty() ? "" : ": ", event.note());
    }
    return "";
  }

 private:
  bool Dismisses(const v1::Event& event, const std::string& deadline_id) const {
    if (event.type() != v1::EVENT_TYPE_LAPSE_SEEN || superseded_.count(event.name()) > 0) {
      return false;
    }
    const auto named = event.attributes().find("deadline");
    return named != event.attributes().end() && named->second == deadline_id;
  }

  static std::string Missing(const v1::Deadline& deadline) {
    return absl::StrReplaceAll(absl::StrJoin(deadline.missing(), ", "), {{"_", " "}});
  }

  const v1::Event* Find(const std::string& name) const {
    const auto found = std::find_if(events_.begin(), events_.end(),
                                    [&](const v1::Event& event) { return event.name() == name; });
    return found == events_.end() ? nullptr : &*found;
  }

  // "named in court order of 2026-01-05 (docket 1:20-cv-07321, ECF 45): 500 pages a month".
  static std::string Named(const v1::Event& root, const v1::Deadline& deadline) {
    const std::string on = FormatDate(FromProto(root.effective_on()));
    const std::string day = absl::StrCat(" of ", on);
    std::string text = absl::StrCat("named in ", Words(root.type()), day);
    // The order ends with its own day, which stands already.
    const size_t end = deadline.order().rfind(", ");
    if (end != std::string::npos) {
      absl::StrAppend(&text, " (", deadline.order().substr(0, end), ")");
    }
    if (!deadline.order().empty() && !root.note().empty())
      absl::StrAppend(&text, ": ", root.note());
    return text;
  }

  // The period and what started it.
  std::string Count(const v1::DeadlineRule& rule, const v1::Deadline& deadline) const {
    const v1::Event* root = Find(deadline.trigger_event_id());
    const std::string day =
        deadline.has_trigger_date() ? FormatDate(FromProto(deadline.trigger_date())) : "";
    // An answer may start a rule by its outcome, without being named in it.
    const bool only_events = std::none_of(
        rule.triggers().begin(), rule.triggers().end(), [](const std::string& trigger) {
          return ParseEventType(trigger) == v1::EVENT_TYPE_UNSPECIFIED;
        });
    const bool by_event =
        root != nullptr && (only_events || Holds(rule.triggers(), EventTypeName(root->type())) ||
                            IsFallback(rule, EventTypeName(root->type())));
    if (!rule.has_period() || (by_event && !rule.date_attribute().empty() &&
                               root->attributes().count(rule.date_attribute()) > 0)) {
      return root == nullptr ? std::string("the day that was named") : Named(*root, deadline);
    }
    const std::string period = absl::StrCat(ShowPeriod(rule.period()), " from ");
    if (by_event) return absl::StrCat(period, Words(root->type()), " on ", day);
    if (Holds(rule.triggers(), kClockStart) || IsFallback(rule, kClockStart)) {
      const bool is_letter = root != nullptr && root->type() != v1::EVENT_TYPE_DELIVERED &&
                             root->type() != v1::EVENT_TYPE_PRESUMED_DELIVERED &&
                             root->type() != v1::EVENT_TYPE_SENT;
      if (deadline.confidence() != v1::CONFIDENCE_PRESUMED) {
        return absl::StrCat(period, "receipt on ", day);
      }
      return absl::StrCat(period, "presumed receipt ",
                          is_letter ? absl::StrCat("no later than ", Words(root->type())) : "",
                          is_letter ? " on " : "on ", day);
    }
    // Another deadline started it.
    for (const v1::Deadline& other : deadlines_) {
      if ((Holds(rule.triggers(), other.id()) || IsFallback(rule, other.id())) &&
          other.trigger_event_id() == deadline.trigger_event_id() && other.has_date() &&
          FormatDate(FromProto(other.date())) == day) {
        return absl::StrCat(period, day, " (", LowerFirst(other.title()), ")");
      }
    }
    return absl::StrCat(period, day);
  }

  // The facts that moved the date away from the plain count.
  std::vector<std::string> Moves(const v1::DeadlineRule& rule, const v1::Deadline& deadline) const {
    std::vector<std::string> moves;
    if (!deadline.has_trigger_date() || !rule.has_period()) return moves;
    const CivilDate start = FromProto(deadline.trigger_date());
    if (deadline.has_date() && rule.period().unit() == v1::UNIT_WORKING_DAYS &&
        rule.period().n() > 0 &&
        rules_.calendar().AddWorkingDays(start, rule.period().n()) == FromProto(deadline.date())) {
      return moves;
    }
    for (const v1::Event& event : events_) {
      if (superseded_.count(event.name()) > 0) continue;
      const std::string type = EventTypeName(event.type());
      const std::string on = FormatDate(FromProto(event.effective_on()));
      for (const v1::TollRule& toll : rules_.jurisdiction().tolls()) {
        if (Holds(rule.tolled_by(), toll.id()) && toll.start_event() == type) {
          moves.push_back(absl::StrCat("stopped by ", Words(event.type()), " of ", on));
        }
      }
      if (rule.extension().event() == type && FromProto(event.effective_on()) >= start) {
        moves.push_back(absl::StrCat("extended by notice of ", on));
      }
      if (rule.agreed_event() == type) moves.push_back(absl::StrCat("agreed on ", on));
    }
    return moves;
  }

  const Rules& rules_;
  const std::vector<v1::Event>& events_;
  const std::vector<v1::Deadline>& deadlines_;
  std::set<std::string> superseded_;
};

// The row of a request that was sent and whose clock cannot start for want of a fact.
void AddMissingReceipt(const std::vector<DeadlineEvent>& events, const v1::Deadline& clock,
                       const v1::Regions& regions, v1::StoredDocket& docket) {
  const DeadlineEvent* sent = nullptr;
  for (const DeadlineEvent& event : events) {
    if (event.type == v1::EVENT_TYPE_SENT) sent = &event;
  }
  if (sent == nullptr || clock.status() != v1::DEADLINE_STATUS_CANNOT_COMPUTE ||
      regions.processing() == v1::PROCESSING_STATE_CLOSED) {
    return;
  }
  v1::StoredDocketRow& row = *docket.add_rows();
  *row.mutable_deadline() = clock;
  row.set_why(absl::StrCat(
      "cannot be computed: missing receipt; sent on ", FormatDate(sent->effective_on),
      regions.filing() == v1::FILING_STATE_DELIVERY_FAILED ? ", and delivery failed: send it again"
      : regions.processing() == v1::PROCESSING_STATE_MISDIRECTED
          ? ", and the agency says that it is not the right one"
          : "; record received, or what the agency wrote about it"));
}

// The row of an answer that withholds something where no last day is known, so that it stays to be
// decided on.
void AddOpenDenial(const Rules& rules, const std::vector<DeadlineEvent>& events,
                   const std::vector<v1::Deadline>& deadlines, const v1::Regions& regions,
                   v1::StoredDocket& docket) {
  if (!regions.cases().empty()) return;
  const DeadlineEvent* denial = nullptr;
  for (const v1::AppealRegion& region : regions.appeals()) {
    if (region.state() != v1::APPEAL_STATE_OPEN || region.issue() == "fee" ||
        region.issue() == "expedite") {
      continue;
    }
    const bool has_last_day =
        std::any_of(deadlines.begin(), deadlines.end(), [&](const v1::Deadline& deadline) {
          return (deadline.kind() == v1::DEADLINE_KIND_APPEAL_FILING ||
                  deadline.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION) &&
                 deadline.has_date() && deadline.trigger_event_id() == region.determination_event();
        });
    if (has_last_day) continue;
    for (const DeadlineEvent& event : events) {
      if (event.id == region.determination_event() && IsAdverse(rules.AnswerOf(event))) {
        denial = &event;
      }
    }
  }
  if (denial == nullptr) return;
  const v1::Jurisdiction& law = rules.jurisdiction();
  v1::StoredDocketRow& row = *docket.add_rows();
  v1::Deadline& deadline = *row.mutable_deadline();
  deadline.set_id(kOpenDenial);
  deadline.set_title("Denial to decide on");
  deadline.set_kind(v1::DEADLINE_KIND_APPEAL_FILING);
  deadline.set_status(v1::DEADLINE_STATUS_CANNOT_COMPUTE);
  deadline.set_actor(v1::ACTOR_REQUESTER);
  deadline.set_severity(v1::SEVERITY_STATUTORY);
  deadline.set_certainty(v1::CERTAINTY_CONVENTION);
  deadline.set_trigger_event_id(denial->id);
  deadline.set_rule_id(absl::StrCat(law.id(), "/", kOpenDenial));
  row.set_why(absl::StrCat(
      "something was withheld by ", Words(denial->type), " of ", FormatDate(denial->effective_on),
      "; no last day to sue or appeal is known here: decide, or dismiss ", kOpenDenial,
      law.before_suit().empty() ? "" : absl::StrCat(". ", law.before_suit()),
      law.appeal_note().empty() || !law.before_suit().empty()
          ? ""
          : absl::StrCat(". ", law.appeal_note())));
}

// What to say where no row is shown. A request is done only when it was answered and nothing that
// the answer left open waits.
std::string WithoutRows(const Rules& rules, const v1::Regions& regions, v1::RequestState state) {
  const std::string& law = rules.jurisdiction().title();
  switch (state) {
    case v1::REQUEST_STATE_DRAFT:
      return "nothing was sent: no date runs before the agency has received it";
    case v1::REQUEST_STATE_SENT:
      return "sent, receipt is not recorded: the clock starts at receipt";
    case v1::REQUEST_STATE_IN_LITIGATION:
      return "in court: no date that the court set is recorded";
    case v1::REQUEST_STATE_APPEALED:
      return absl::StrCat("an appeal waits for its decision: the rules of ", law,
                          " set no time for it that still runs");
    case v1::REQUEST_STATE_DETERMINED:
    case v1::REQUEST_STATE_CLOSED:
      break;
    default:
      return absl::StrCat("the answer to the request is not recorded, and no time of ", law,
                          " runs");
  }
  const bool is_open =
      std::any_of(regions.appeals().begin(), regions.appeals().end(), [](const auto& appeal) {
        return appeal.state() == v1::APPEAL_STATE_OPEN || appeal.state() == v1::APPEAL_STATE_DRAFT;
      });
  if (is_open) {
    return absl::StrCat("something was withheld: the rules of ", law,
                        " set no last day to appeal it");
  }
  switch (regions.outcome()) {
    case v1::OUTCOME_UNSPECIFIED:
      return "answered: no date is open, but the outcome is not recorded";
    default:
      return "no date is open: what was due is done or ended";
  }
}

// The headline on every day: it can change only where something happens, a deadline passes or a
// remedy begins.
void AddHeadlines(const Rules& rules, const std::vector<DeadlineEvent>& events,
                  std::vector<v1::Deadline> deadlines, v1::StoredDocket& docket) {
  std::set<Day> turns;
  for (const DeadlineEvent& event : events) turns.insert(DayOf(rules.DayOf(event)));
  for (const v1::Deadline& deadline : deadlines) {
    if (!IsOpen(deadline) || !deadline.has_date()) continue;
    const Day date = DayOf(deadline.date());
    turns.insert(deadline.kind() == v1::DEADLINE_KIND_REMEDY ? date : date + 1);
  }
  const Timeline timeline(rules, events, deadlines);  // sees each status that is set below
  const auto state_on = [&](Day day) {
    for (v1::Deadline& deadline : deadlines) {
      if (IsOpen(deadline)) deadline.set_status(StatusOn(deadline, day));
    }
    return StateOf(RegionsOf(timeline, DateOfDay(day)), deadlines);
  };
  v1::RequestState state = state_on(turns.empty() ? 0 : *turns.begin() - 1);
  docket.add_headlines()->set_state(state);
  for (const Day day : turns) {
    const v1::RequestState next = state_on(day);
    if (next == state) continue;
    state = next;
    v1::StoredHeadline& headline = *docket.add_headlines();
    *headline.mutable_from() = DateToProto(DateOfDay(day));
    headline.set_state(state);
  }
}

}  // namespace

v1::StoredDocket MakeStoredDocket(const Rules& rules, const std::vector<v1::Event>& events) {
  // The day decides status and warnings only. On the last day of all no event lies in the future,
  // and what is open is seen by nothing having closed it.
  const std::vector<DeadlineEvent> facts = ForEngine(events);
  const std::vector<v1::Deadline> deadlines =
      Compute(rules, rules.calendar(), facts, CivilDate(Calendar::kLastYear, 12, 31));
  const Reasons reasons(rules, events, deadlines);
  v1::StoredDocket docket;
  AddHeadlines(rules, facts, deadlines, docket);
  const Timeline timeline(rules, facts, deadlines);
  const v1::Regions regions = RegionsOf(timeline, CivilDate(Calendar::kLastYear, 12, 31));
  docket.set_without_rows(WithoutRows(rules, regions, StateOf(regions, deadlines)));
  AddMissingReceipt(facts, deadlines.front(), regions, docket);
  AddOpenDenial(rules, facts, deadlines, regions, docket);
  std::vector<const v1::Deadline*> remedies;
  for (const v1::Deadline& deadline : deadlines) {
    if (!IsOpen(deadline)) continue;
    if (deadline.kind() == v1::DEADLINE_KIND_REMEDY) {
      if (deadline.actor() == v1::ACTOR_REQUESTER) remedies.push_back(&deadline);
      continue;
    }
    v1::StoredDocketRow& row = *docket.add_rows();
    *row.mutable_deadline() = deadline;
    row.set_why(reasons.Why(deadline));
  }
  const int last_days = docket.rows_size();
  for (const v1::Deadline* remedy : remedies) {
    const v1::DeadlineRule* rule = reasons.RuleOf(*remedy);
    bool is_told = false;
    for (int i = 0; i < last_days; ++i) {
      v1::StoredDocketRow& row = *docket.mutable_rows(i);
      if (rule == nullptr || !Holds(rule->triggers(), row.deadline().id()) ||
          row.deadline().trigger_event_id() != remedy->trigger_event_id()) {
        continue;
      }
      absl::StrAppend(
          row.mutable_then(), row.then().empty() ? "" : "; ", LowerFirst(remedy->title()), " ",
          FormatDate(FromProto(remedy->date())),
          remedy->has_safe_date()
              ? absl::StrCat(" (safely ", FormatDate(FromProto(remedy->safe_date())), ")")
              : "");
      is_told = true;
    }
    if (is_told) continue;
    v1::StoredDocketRow& row = *docket.add_rows();
    *row.mutable_deadline() = *remedy;
    row.set_why(reasons.Why(*remedy));
  }
  for (v1::StoredDocketRow& row : *docket.mutable_rows()) {
    if (row.deadline().has_date()) {
      row.mutable_deadline()->set_status(v1::DEADLINE_STATUS_RUNNING);
    } else if (row.deadline().id() != kOpenDenial) {
      continue;
    }
    row.set_dismissed(reasons.Dismissal(row.deadline()));
  }
  return docket;
}

DocketRow Compact(const v1::StoredDocketRow& row) {
  const v1::Deadline& deadline = row.deadline();
  DocketRow compact;
  compact.ours = deadline.actor() == v1::ACTOR_REQUESTER;
  compact.remedy = deadline.kind() == v1::DEADLINE_KIND_REMEDY;
  compact.soft = deadline.severity() == v1::SEVERITY_SOFT;
  compact.limitation = deadline.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION;
  compact.dismissed = !row.dismissed().empty();
  compact.without_number = deadline.status() == v1::DEADLINE_STATUS_NONE;
  if (deadline.has_date()) {
    compact.date = DayOf(deadline.date());
    compact.act_by = deadline.has_safe_date() ? DayOf(deadline.safe_date()) : compact.date;
  }
  if (!deadline.warn_dates().empty()) compact.warn_from = DayOf(deadline.warn_dates(0));
  if (deadline.has_period_from()) compact.shown_from = DayOf(deadline.period_from());
  return compact;
}

Standing StandingOn(const DocketRow& row, v1::RequestState headline, Day today) {
  Standing standing;
  if (headline == v1::REQUEST_STATE_VOIDED) return standing;
  const bool dated = row.date != kNoDay;
  // A right is shown until it has begun under every reading.
  const bool past = dated && (row.remedy ? row.act_by <= today : row.date < today);
  const bool closed = headline == v1::REQUEST_STATE_CLOSED;
  // A right of ours that has just been lost is told even where the file is closed.
  const bool is_told = row.ours && !row.soft && row.date + kNearDays >= today;
  const bool is_over = past && (row.remedy || (closed && !is_told) || (row.soft && !row.ours));
  standing.dismissed = row.dismissed && (past || !dated);
  standing.shown =
      !standing.dismissed && !is_over && !(closed && !dated) && row.shown_from <= today;
  standing.overdue = past;
  standing.due_this_week = dated && !past && row.act_by <= today + kWeek;
  // A clock without a date waits for our answer or for a fact that we have to record.
  standing.waiting_on_us =
      (row.ours && !row.remedy && row.warn_from <= today) || (!dated && !row.without_number);
  standing.is_new = !dated && headline == v1::REQUEST_STATE_SENT;
  standing.rank = !dated ? 3 : past ? (row.ours ? 0 : 1) : row.act_by <= today + kSoon ? 0 : 2;
  return standing;
}

Window WindowOf(const DocketRow& row, Day today, Day days) {
  if (row.date == kNoDay) return Window::kWithin;
  if (row.date < today - days) return Window::kMissedBefore;
  return row.act_by <= today + days ? Window::kWithin : Window::kLater;
}

v1::DeadlineStatus StatusOn(const v1::Deadline& open, Day today) {
  if (!open.has_date()) return open.status();
  const Day date = DayOf(open.date());
  if (open.kind() == v1::DEADLINE_KIND_REMEDY) {
    return date <= today ? v1::DEADLINE_STATUS_IN_EFFECT : v1::DEADLINE_STATUS_RUNNING;
  }
  return date < today ? v1::DEADLINE_STATUS_LATE : v1::DEADLINE_STATUS_RUNNING;
}

std::string WhyWithoutRow(const v1::StoredDocket& docket, v1::RequestState headline) {
  if (!docket.problem().empty()) return docket.problem();
  // On a day before the last event the request may still have been a draft.
  if (headline == v1::REQUEST_STATE_DRAFT || docket.without_rows().empty()) {
    return "nothing was sent: no date runs before the agency has received it";
  }
  const bool is_dismissed =
      std::any_of(docket.rows().begin(), docket.rows().end(),
                  [](const v1::StoredDocketRow& row) { return !row.dismissed().empty(); });
  return is_dismissed ? "no date is open: what was missed was dismissed" : docket.without_rows();
}

}  // namespace foia::tracker
