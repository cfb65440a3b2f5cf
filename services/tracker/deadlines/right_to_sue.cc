#include "services/tracker/deadlines/right_to_sue.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/compiled.h"
#include "services/tracker/deadlines/evaluator.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/explain.h"
#include "services/tracker/deadlines/fold.h"

namespace foia::tracker {
namespace {

CivilDate DayOf(const common::v1::Date& date) {
  return CivilDate(date.year(), date.month(), date.day());
}

std::string ShowDay(const common::v1::Date& date) { return ShowDate(DayOf(date)); }

bool IsExhaustion(const v1::Deadline& deadline) {
  return deadline.effect() == v1::LAPSE_EFFECT_CONSTRUCTIVE_EXHAUSTION ||
         deadline.effect() == v1::LAPSE_EFFECT_MAY_SUE;
}

// Nobody did it, and the day is past.
bool IsMissed(const v1::Deadline& deadline) {
  return deadline.status() == v1::DEADLINE_STATUS_LATE && deadline.closing_event_id().empty();
}

class Meter {
 public:
  Meter(const Rules& rules, const std::vector<DeadlineEvent>& events, CivilDate as_of)
      : rules_(rules.compiled()),
        as_of_(as_of),
        folded_(rules_, events),
        deadlines_(Compute(rules, rules.calendar(), events, as_of)) {}

  v1::RightToSue Measure() {
    FindDates();
    if (const FoldedEvent* suit = Find(v1::EVENT_TYPE_COMPLAINT_FILED); suit != nullptr) {
      SuitFiled(*suit);
    } else if (limitation_ != nullptr && IsMissed(*limitation_) &&
               limitation_->assumption().empty()) {
      Set(v1::EXHAUSTION_LOST, DayOf(limitation_->date()) + 1,
          absl::StrCat("The last day to sue, ", ShowDay(limitation_->date()), ", has passed; ",
                       limitation_->citation(), "."));
    } else if (const v1::Deadline* remedy = First(v1::DEADLINE_STATUS_IN_EFFECT)) {
      Exhausted(*remedy);
    } else if (const v1::Deadline* later = First(v1::DEADLINE_STATUS_RUNNING)) {
      NotYet(*later);
    } else {
      NothingOpen();
    }
    meter_.set_text(Text());
    return std::move(meter_);
  }

 private:
  const FoldedEvent* Find(v1::EventType type) const {
    EventSet types;
    types.Add(type);
    return folded_.First(types);
  }
  const FoldedEvent* FindById(const std::string& id) const {
    for (const FoldedEvent& event : folded_.events()) {
      if (event.event->id == id) return &event;
    }
    return nullptr;
  }
  const v1::DeadlineRule& RuleOf(const v1::Deadline& deadline) const {
    for (const DeadlineGroup& group : rules_.groups) {
      for (const CompiledDeadline& each : group.rules) {
        if (each.rule_id == deadline.rule_id()) return each.rule;
      }
    }
    return v1::DeadlineRule::default_instance();
  }
  // "Determination due" for the deadline or event that starts `rule`.
  std::string TriggerTitle(const v1::DeadlineRule& rule) const {
    for (const DeadlineGroup& group : rules_.groups) {
      if (group.id == rule.triggers(0)) return group.rules[0].rule.title();
    }
    return rule.triggers(0);
  }
  // False for fees or speed: what follows from those is not the request's fate.
  static bool IsOnTheRequest(const v1::Deadline& deadline) { return deadline.issue().empty(); }

  // Of the remedies that open the court, the one of `status` with the earliest day.
  const v1::Deadline* First(v1::DeadlineStatus status) const {
    const v1::Deadline* first = nullptr;
    for (const v1::Deadline& each : deadlines_) {
      if (!IsExhaustion(each) || !IsOnTheRequest(each) || each.status() != status ||
          !each.has_date()) {
        continue;
      }
      if (first == nullptr || DayOf(each.date()) < DayOf(first->date())) first = &each;
    }
    return first;
  }

  void FindDates() {
    const v1::Deadline* fee_bar = nullptr;
    for (const v1::Deadline& each : deadlines_) {
      if (each.kind() == v1::DEADLINE_KIND_APPEAL_FILING) {
        knows_appeals_ = true;
        if (each.status() == v1::DEADLINE_STATUS_RUNNING && each.has_date()) {
          appeals_.push_back(&each);
        }
      }
      if (each.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION) knows_limitation_ = true;
      if (!each.has_date()) continue;
      if (each.kind() == v1::DEADLINE_KIND_SUIT_LIMITATION && IsOnTheRequest(each) &&
          each.status() != v1::DEADLINE_STATUS_ENDED) {
        AddLimitation(each);
      }
      const bool in_effect = each.status() == v1::DEADLINE_STATUS_IN_EFFECT;
      if (each.effect() == v1::LAPSE_EFFECT_FEE_BAR && (fee_bar == nullptr || in_effect)) {
        fee_bar = &each;
      }
    }
    std::sort(appeals_.begin(), appeals_.end(),
              [](const auto* a, const auto* b) { return DayOf(a->date()) < DayOf(b->date()); });
    for (const v1::Deadline* each : appeals_) *meter_.add_appeals() = *each;
    if (appeals_.empty()) meter_.set_no_appeal_reason(NoAppealReason());
    if (Withdrawn() != nullptr) limitation_ = nullptr;
    if (limitation_ != nullptr) *meter_.mutable_suit_limitation() = *limitation_;
    if (fee_bar != nullptr) *meter_.mutable_fee_bar() = *fee_bar;
  }

  // Of several last days the earliest one that is not past counts.
  void AddLimitation(const v1::Deadline& each) {
    if (limitation_ == nullptr) {
      limitation_ = &each;
      return;
    }
    const bool is_before = IsMissed(each) != IsMissed(*limitation_)
                               ? IsMissed(*limitation_)
                               : DayOf(each.date()) < DayOf(limitation_->date());
    const v1::Deadline* other = is_before ? limitation_ : &each;
    if (is_before) limitation_ = &each;
    if (IsMissed(*other) && !IsMissed(*limitation_)) passed_limitation_ = other;
  }

  // What an answer says that started `deadline` in case something was withheld.
  std::string AssumptionOf(const v1::Deadline& deadline) const {
    const FoldedEvent* answer = FindById(deadline.trigger_event_id());
    const std::string outcome =
        answer == nullptr ? std::string() : AttributeOf(*answer->event, "outcome");
    return outcome.empty()
               ? std::string("The answer has no outcome; ")
               : absl::StrCat("The answer (", EventTypeName(answer->type()), " outcome=", outcome,
                              ") does not say whether anything was withheld; ");
  }

  std::string NoAppealReason() const {
    if (!knows_appeals_) {
      const std::string& note = rules_.rules.appeal_note();
      return note.empty()
                 ? absl::StrCat("No appeal is known here for the ", rules_.rules.title(), ".")
                 : absl::StrCat("No last day is known here. ", note);
    }
    const v1::Deadline* last = nullptr;
    for (const v1::Deadline& each : deadlines_) {
      if (each.kind() != v1::DEADLINE_KIND_APPEAL_FILING ||
          each.status() == v1::DEADLINE_STATUS_NONE) {
        continue;
      }
      if (each.status() == v1::DEADLINE_STATUS_CANNOT_COMPUTE) {
        return absl::StrCat("It cannot be computed; missing: ", absl::StrJoin(each.missing(), ", "),
                            ".");
      }
      if (last == nullptr || IsMissed(each)) last = &each;
    }
    if (last == nullptr) {
      return "Nothing that could be appealed is recorded; an adverse determination opens an "
             "appeal.";
    }
    if (IsMissed(*last)) {
      return absl::StrCat(
          last->assumption().empty() ? "" : AssumptionOf(*last) + "if something was withheld: ",
          "The last day to appeal, ", ShowDay(last->date()), ", has passed.");
    }
    if (last->status() == v1::DEADLINE_STATUS_ENDED) return "The request was withdrawn.";
    return "What could be appealed was appealed.";
  }

  // Where the readings of the law or of the facts differ.
  void SetSafeFrom(const v1::Deadline& remedy) {
    if (!remedy.has_safe_date()) return;
    *meter_.mutable_safe_from() = remedy.safe_date();
    const bool is_open = DayOf(remedy.safe_date()) <= as_of_;
    meter_.add_would_undo(absl::StrCat(
        "Another reading of the calendar or of the receipt: under every one it ",
        is_open ? "stands since " : "will stand from ", ShowDay(remedy.safe_date()), "."));
  }

  // What is said of receipt in a lapse of appropriations.
  void AddReceiptNotes() {
    for (const v1::Deadline& each : deadlines_) {
      if (each.id() != kClockStart || rules_.lapses.empty()) continue;
      for (const std::string& warning : each.warnings()) {
        if (absl::StrContains(warning, "its days count")) {
          meter_.add_would_undo(absl::StrCat(warning, "."));
        }
      }
    }
  }

  void Set(v1::Exhaustion exhaustion, std::optional<CivilDate> since, std::string basis) {
    meter_.set_exhaustion(exhaustion);
    if (since.has_value()) *meter_.mutable_since() = DateToProto(*since);
    meter_.set_basis(std::move(basis));
  }

  void SuitFiled(const FoldedEvent& suit) {
    std::string basis = absl::StrCat("Suit was filed on ", ShowDate(suit.date()));
    if (const FoldedEvent* closed = Find(v1::EVENT_TYPE_CASE_CLOSED); closed != nullptr) {
      absl::StrAppend(&basis, "; the case was closed on ", ShowDate(closed->date()));
    }
    const v1::Deadline* stood = nullptr;  // the remedy that was open when suit was filed
    for (const v1::Deadline& each : deadlines_) {
      if (!IsExhaustion(each) || !each.has_date() || DayOf(each.date()) > suit.date()) continue;
      const FoldedEvent* closing = FindById(each.closing_event_id());
      if (closing != nullptr && closing->position < suit.position) continue;
      if (stood == nullptr || DayOf(each.date()) < DayOf(stood->date())) stood = &each;
    }
    if (stood != nullptr) {
      absl::StrAppend(&basis, "; suit was possible from ", ShowDay(stood->date()), ", ",
                      stood->citation());
    } else {
      meter_.add_would_undo(
          "On that day remedies did not count as exhausted by what is recorded: the court may "
          "dismiss the suit.");
    }
    if (limitation_ != nullptr && DayOf(limitation_->date()) < suit.date()) {
      meter_.add_would_undo(absl::StrCat("The last day to sue was ", ShowDay(limitation_->date()),
                                         ": the suit may be too late."));
    }
    Set(v1::EXHAUSTION_SUIT_FILED, suit.date(), basis + ".");
  }

  void Exhausted(const v1::Deadline& remedy) {
    const v1::DeadlineRule& rule = RuleOf(remedy);
    const bool is_constructive = remedy.effect() == v1::LAPSE_EFFECT_CONSTRUCTIVE_EXHAUSTION;
    const std::string day = ShowDay(remedy.trigger_date());
    std::string why =
        rule.on_lapse()
            ? absl::StrCat(TriggerTitle(rule), " ", day, " passed without it",
                           is_constructive ? ": remedies count as exhausted" : "")
            : absl::StrCat(TriggerTitle(rule), " on ", day, ": no further step is asked for");
    Set(is_constructive ? v1::EXHAUSTION_CONSTRUCTIVE : v1::EXHAUSTION_ADMINISTRATIVE,
        DayOf(remedy.date()), absl::StrCat(why, "; ", remedy.citation(), "."));
    if (!rule.ended_by().empty()) {
      meter_.add_would_undo(
          absl::StrCat(rule.kept_by().empty() ? "One of these events: " : "Before suit is filed: ",
                       absl::StrJoin(rule.ended_by(), ", "), "."));
    }
    if (!rule.note().empty()) meter_.add_would_undo(rule.note());
    AddLateAppeals();
    SetSafeFrom(remedy);
    AddPresumption(remedy);
    AddReceiptNotes();
    if (passed_limitation_ != nullptr) {
      const FoldedEvent* other = FindById(passed_limitation_->trigger_event_id());
      meter_.add_would_undo(
          absl::StrCat("Another last day to sue has passed, ", ShowDay(passed_limitation_->date()),
                       other == nullptr || RuleOf(*passed_limitation_).on_lapse()
                           ? std::string(", counted from silence")
                           : absl::StrCat(", counted from ", EventTypeName(other->type()), " on ",
                                          ShowDate(other->date())),
                       "; ", passed_limitation_->citation(), "."));
    }
    if (limitation_ != nullptr && limitation_->status() == v1::DEADLINE_STATUS_RUNNING) {
      meter_.add_would_undo(absl::StrCat("Time: the last day to sue is ",
                                         ShowDay(limitation_->date()), ", safely ",
                                         ShowDay(limitation_->safe_date()), "."));
    }
  }

  void AddLateAppeals() {
    for (const v1::Deadline& each : deadlines_) {
      if (each.kind() != v1::DEADLINE_KIND_APPEAL_FILING ||
          each.status() != v1::DEADLINE_STATUS_LATE || IsMissed(each)) {
        continue;
      }
      meter_.add_would_undo(absl::StrCat("An appeal came after its last day, ",
                                         ShowDay(each.date()),
                                         ": the court may hold that nothing was exhausted."));
    }
  }

  void AddPresumption(const v1::Deadline& deadline) {
    if (deadline.confidence() != v1::CONFIDENCE_PRESUMED) return;
    const FoldedEvent* root = FindById(deadline.trigger_event_id());
    const bool is_letter = root != nullptr && !rules_.presumed.Has(root->type());
    meter_.add_would_undo(
        is_letter ? absl::StrCat("Receipt is presumed no later than ", EventTypeName(root->type()),
                                 " of ", ShowDate(root->date()),
                                 "; an earlier receipt brings every date forward.")
                  : "Receipt is only presumed: proof of a later receipt moves every date.");
  }

  void NotYet(const v1::Deadline& remedy) {
    const v1::DeadlineRule& rule = RuleOf(remedy);
    *meter_.mutable_possible_from() = remedy.date();
    Set(v1::EXHAUSTION_NOT_EXHAUSTED, std::nullopt,
        rule.on_lapse() ? absl::StrCat("There is time until ", ShowDay(remedy.trigger_date()), ": ",
                                       TriggerTitle(rule), "; ", remedy.citation(), ".")
                        : absl::StrCat(remedy.title(), " ", ShowDay(remedy.date()), "; ",
                                       remedy.citation(), "."));
    SetSafeFrom(remedy);
    AddPresumption(remedy);
    AddReceiptNotes();
  }

  // No remedy is open or will open by itself.
  void NothingOpen() {
    const v1::Deadline* ended = First(v1::DEADLINE_STATUS_ENDED);
    const std::string closed =
        ended == nullptr ? ""
                         : absl::StrCat(" Suit was possible from ", ShowDay(ended->date()),
                                        " until ", ShowClosing(*ended), ".");
    const v1::Deadline* tolled = nullptr;
    const v1::Deadline* unknown = nullptr;
    const v1::Deadline* missed = nullptr;
    const v1::Deadline* unreceived = nullptr;
    bool knows_remedies = false;
    for (const v1::Deadline& each : deadlines_) {
      knows_remedies |= IsExhaustion(each);
      if (each.kind() == v1::DEADLINE_KIND_APPEAL_DECISION && IsOnTheRequest(each) &&
          each.status() == v1::DEADLINE_STATUS_CANNOT_COMPUTE && each.has_trigger_date()) {
        unreceived = &each;
      }
      const bool is_agency_time = each.kind() == v1::DEADLINE_KIND_DETERMINATION ||
                                  each.kind() == v1::DEADLINE_KIND_ROUTING;
      if (each.status() == v1::DEADLINE_STATUS_TOLLED && tolled == nullptr) tolled = &each;
      if (each.status() == v1::DEADLINE_STATUS_CANNOT_COMPUTE && is_agency_time &&
          unknown == nullptr) {
        unknown = &each;
      }
      if (each.kind() == v1::DEADLINE_KIND_APPEAL_FILING && IsMissed(each) &&
          IsOnTheRequest(each) && each.assumption().empty() &&
          (missed == nullptr || DayOf(each.date()) > DayOf(missed->date()))) {
        missed = &each;
      }
    }
    const auto open = std::find_if(appeals_.begin(), appeals_.end(),
                                   [&](const auto* each) { return IsOnTheRequest(*each); });
    const auto not_exhausted = [&](const std::string& basis) {
      Set(v1::EXHAUSTION_NOT_EXHAUSTED, std::nullopt, basis + closed);
    };
    const std::string& step = rules_.rules.before_suit();
    if (const FoldedEvent* withdrawn = Withdrawn(); withdrawn != nullptr) {
      not_exhausted(
          absl::StrCat("The request was withdrawn on ", ShowDate(withdrawn->date()), "."));
    } else if (!knows_remedies && step.empty()) {
      Set(v1::EXHAUSTION_UNKNOWN, std::nullopt,
          absl::StrCat("The rules of ", rules_.rules.title(),
                       " do not say when suit is possible."));
    } else if (open != appeals_.end()) {
      not_exhausted(absl::StrCat(
          (*open)->assumption().empty()
              ? "An appeal comes first: "
              : AssumptionOf(**open) + "if something was withheld, an appeal comes first: ",
          (*open)->title(), " ", ShowDay((*open)->date()), "; ", (*open)->citation(), "."));
    } else if (unreceived != nullptr) {
      not_exhausted(
          absl::StrCat("An appeal was sent on ", ShowDay(unreceived->trigger_date()),
                       "; the time to decide it runs from its receipt, which is not recorded; ",
                       unreceived->citation(), "."));
    } else if (tolled != nullptr) {
      not_exhausted(absl::StrCat("The clock is stopped: ", tolled->title(),
                                 " has no date until it runs again; ", tolled->citation(), "."));
    } else if (missed != nullptr) {
      Set(v1::EXHAUSTION_LOST, DayOf(missed->date()) + 1,
          absl::StrCat("The last day to appeal, ", ShowDay(missed->date()),
                       ", passed without an appeal; ", missed->citation(), "."));
    } else if (const FoldedEvent* denial = OpenDenial(); denial != nullptr) {
      not_exhausted(absl::StrCat(
          "Something was withheld: ", EventTypeName(denial->type()), " on ",
          ShowDate(denial->date()), ". ",
          !step.empty() ? step : "What has to come before a suit over it is not known here."));
    } else if (const v1::Deadline* met = LastAnswer(); met != nullptr) {
      not_exhausted(absl::StrCat(met->title(), ": ", ShowClosing(*met),
                                 "; nothing that could be sued over is recorded."));
    } else if (unknown != nullptr) {
      Set(v1::EXHAUSTION_UNKNOWN, std::nullopt,
          absl::StrCat("It cannot be computed; missing: ", absl::StrJoin(unknown->missing(), ", "),
                       "."));
    } else {
      not_exhausted(absl::StrCat("Nothing that could be sued over is recorded.",
                                 step.empty() ? "" : " ", step));
    }
  }

  // The last answer to the request that withholds something, unless a later one, or a decision on
  // an appeal, took its place.
  const FoldedEvent* OpenDenial() const {
    const FoldedEvent* denial = nullptr;
    for (const FoldedEvent& event : folded_.events()) {
      if (!event.issue.empty()) continue;
      if (IsAdverse(event.answer)) denial = &event;
      if (event.answer == Answer::kGranted || event.type() == v1::EVENT_TYPE_APPEAL_DECIDED) {
        denial = nullptr;
      }
    }
    return denial;
  }

  // "determination on Wed 2024-05-01".
  std::string ShowClosing(const v1::Deadline& deadline) const {
    const FoldedEvent* closing = FindById(deadline.closing_event_id());
    return closing == nullptr
               ? std::string("its end")
               : absl::StrCat(EventTypeName(closing->type()), " on ", ShowDate(closing->date()));
  }

  // The latest deadline for an answer to the request or the appeal that somebody gave.
  const v1::Deadline* LastAnswer() const {
    const v1::Deadline* last = nullptr;
    int position = -1;
    for (const v1::Deadline& each : deadlines_) {
      if (each.kind() != v1::DEADLINE_KIND_DETERMINATION &&
          each.kind() != v1::DEADLINE_KIND_APPEAL_DECISION) {
        continue;
      }
      const FoldedEvent* closing = FindById(each.closing_event_id());
      if (closing == nullptr || closing->position < position) continue;
      position = closing->position;
      last = &each;
    }
    return last;
  }

  const FoldedEvent* Withdrawn() const {
    const FoldedEvent* last = nullptr;
    for (const FoldedEvent& event : folded_.events()) {
      if (event.type() == v1::EVENT_TYPE_WITHDRAWN) last = &event;
      if (event.type() == v1::EVENT_TYPE_REOPENED) last = nullptr;
    }
    return last;
  }

  std::string Headline() const {
    const std::string since = meter_.has_since() ? " since " + ShowDay(meter_.since()) : "";
    const std::string safely =
        meter_.has_safe_from() ? ", safely from " + ShowDay(meter_.safe_from()) : "";
    switch (meter_.exhaustion()) {
      case v1::EXHAUSTION_NOT_EXHAUSTED:
        return absl::StrCat(
            "not exhausted",
            meter_.has_possible_from() ? ", possible from " + ShowDay(meter_.possible_from()) : "",
            safely);
      case v1::EXHAUSTION_CONSTRUCTIVE:
        return "constructively exhausted" + since + safely;
      case v1::EXHAUSTION_ADMINISTRATIVE:
        return "exhausted" + since + safely;
      case v1::EXHAUSTION_SUIT_FILED:
        return "suit filed" +
               (meter_.has_since() ? " on " + ShowDay(meter_.since()) : std::string());
      case v1::EXHAUSTION_LOST:
        return "lost" + since;
      default:
        return "unknown";
    }
  }

  std::string Text() const {
    std::string out = absl::StrCat("Right to sue on ", ShowDate(as_of_), ": ", Headline(), "\n");
    AddParagraph("Basis", meter_.basis(), &out);
    std::string_view label = "Undone by";
    for (const std::string& line : meter_.would_undo()) {
      AddParagraph(label, line, &out);
      label = "";
    }
    if (!meter_.no_appeal_reason().empty()) {
      AddParagraph("Appeal", absl::StrCat("none open. ", meter_.no_appeal_reason()), &out);
    }
    label = "Appeal";
    for (const v1::Deadline& each : meter_.appeals()) {
      AddParagraph(label, ShowLastDay(each), &out);
      label = "";
    }
    if (meter_.has_suit_limitation()) {
      AddParagraph("Suit", ShowLastDay(meter_.suit_limitation()), &out);
    } else if (Withdrawn() != nullptr) {
      AddParagraph("Suit", "no last day: the request was withdrawn.", &out);
    } else {
      AddParagraph(
          "Suit",
          knows_limitation_ ? "no last day: nothing has started it." : "no last day is known here.",
          &out);
    }
    if (meter_.has_fee_bar()) {
      const v1::Deadline& bar = meter_.fee_bar();
      AddParagraph(
          "Fee bar",
          absl::StrCat(bar.title(), " ", ShowDay(bar.date()),
                       bar.has_safe_date() ? ", safely " + ShowDay(bar.safe_date()) : "", ", ",
                       bar.status() == v1::DEADLINE_STATUS_IN_EFFECT ? "in effect"
                       : bar.status() == v1::DEADLINE_STATUS_ENDED   ? "ended"
                                                                     : "not yet",
                       "; ", bar.citation(), "."),
          &out);
    }
    for (const v1::Deadline& each : deadlines_) {
      // Remedies on something other than the request as a whole.
      const bool is_aside = each.effect() == v1::LAPSE_EFFECT_UNSPECIFIED || !IsOnTheRequest(each);
      if (each.kind() != v1::DEADLINE_KIND_REMEDY || each.actor() != v1::ACTOR_REQUESTER ||
          each.status() != v1::DEADLINE_STATUS_IN_EFFECT || !is_aside) {
        continue;
      }
      AddParagraph(
          "Also",
          absl::StrCat(each.title(), " ", ShowDay(each.date()),
                       each.issue().empty() ? "" : absl::StrCat(" (about ", each.issue(), " only)"),
                       each.has_safe_date() ? ", safely " + ShowDay(each.safe_date()) : "", "; ",
                       each.citation(), "."),
          &out);
    }
    absl::StrAppend(&out, ToAbsl(kNotLegalAdvice));
    return out;
  }

  // "Appeal by Wed 2024-12-11 until 17:00 (America/New_York), safely Tue 2024-12-10; 43 CFR 2.58."
  static std::string ShowLastDay(const v1::Deadline& deadline) {
    return absl::StrCat(deadline.title(), " ", ShowDay(deadline.date()),
                        deadline.cutoff().empty() ? ""
                                                  : absl::StrCat(" until ", deadline.cutoff(), " (",
                                                                 deadline.time_zone(), ")"),
                        deadline.has_safe_date() ? ", safely " + ShowDay(deadline.safe_date()) : "",
                        deadline.assumption().empty() ? "" : ", ", deadline.assumption(), "; ",
                        deadline.citation(), ".");
  }

  const Rules::Compiled& rules_;
  const CivilDate as_of_;
  const Folded folded_;
  const std::vector<v1::Deadline> deadlines_;
  std::vector<const v1::Deadline*> appeals_;  // open to file, the earliest last day first
  const v1::Deadline* limitation_ = nullptr;
  const v1::Deadline* passed_limitation_ = nullptr;  // another one, which is past
  bool knows_appeals_ = false;
  bool knows_limitation_ = false;
  v1::RightToSue meter_;
};

}  // namespace

v1::RightToSue MeasureRightToSue(const Rules& rules, const std::vector<DeadlineEvent>& events,
                                 CivilDate as_of) {
  return Meter(rules, events, as_of).Measure();
}

}  // namespace foia::tracker
