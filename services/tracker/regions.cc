#include "services/tracker/regions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/civil_date.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/fees.h"

namespace foia::tracker {
namespace {

// Events whose only effect on a region is that it stands there afterwards.
template <typename State>
struct Step {
  v1::EventType event;
  State state;
};

constexpr Step<v1::FilingState> kFiling[] = {
    {v1::EVENT_TYPE_APPROVED, v1::FILING_STATE_APPROVED},
    {v1::EVENT_TYPE_QUEUED, v1::FILING_STATE_QUEUED},
    {v1::EVENT_TYPE_SENT, v1::FILING_STATE_SENT},
    {v1::EVENT_TYPE_DELIVERED, v1::FILING_STATE_DELIVERED},
    {v1::EVENT_TYPE_PRESUMED_DELIVERED, v1::FILING_STATE_PRESUMED_DELIVERED},
    {v1::EVENT_TYPE_DELIVERY_FAILED, v1::FILING_STATE_DELIVERY_FAILED},
    {v1::EVENT_TYPE_RECEIVED, v1::FILING_STATE_DELIVERED},
    {v1::EVENT_TYPE_RECEIVED_ANY, v1::FILING_STATE_DELIVERED},
    {v1::EVENT_TYPE_RECEIVED_PROPER, v1::FILING_STATE_DELIVERED},
    {v1::EVENT_TYPE_ACKNOWLEDGED, v1::FILING_STATE_DELIVERED},
};

constexpr Step<v1::FeeState> kFee[] = {
    {v1::EVENT_TYPE_FEE_WAIVER_REQUESTED, v1::FEE_STATE_WAIVER_ASKED},
    {v1::EVENT_TYPE_FEE_ESTIMATE, v1::FEE_STATE_ESTIMATED},
    {v1::EVENT_TYPE_COST_STATEMENT_SENT, v1::FEE_STATE_ESTIMATED},
    {v1::EVENT_TYPE_FEE_COMMITTED, v1::FEE_STATE_COMMITTED},
    {v1::EVENT_TYPE_PREPAY_DEMANDED, v1::FEE_STATE_PREPAY_DEMANDED},
    {v1::EVENT_TYPE_INVOICED, v1::FEE_STATE_INVOICED},
    {v1::EVENT_TYPE_PAID, v1::FEE_STATE_PAID},
    {v1::EVENT_TYPE_FEE_DISPUTED, v1::FEE_STATE_DISPUTED},
};

constexpr Step<v1::MediationState> kMediation[] = {
    {v1::EVENT_TYPE_MEDIATION_REQUESTED, v1::MEDIATION_STATE_ASKED},
    {v1::EVENT_TYPE_MEDIATION_OPENED, v1::MEDIATION_STATE_OPEN},
    {v1::EVENT_TYPE_MEDIATION_CLOSED, v1::MEDIATION_STATE_CLOSED},
};

constexpr Step<v1::CourtState> kCourt[] = {
    {v1::EVENT_TYPE_SUIT_CONSIDERED, v1::COURT_STATE_WATCH},
    {v1::EVENT_TYPE_READY_TO_SUE, v1::COURT_STATE_READY_TO_SUE},
    {v1::EVENT_TYPE_COMPLAINT_FILED, v1::COURT_STATE_FILED},
    {v1::EVENT_TYPE_SERVED, v1::COURT_STATE_SERVED},
    {v1::EVENT_TYPE_ANSWERED, v1::COURT_STATE_ANSWERED},
    {v1::EVENT_TYPE_COURT_ORDER, v1::COURT_STATE_SCHEDULE},
    {v1::EVENT_TYPE_VAUGHN_INDEX_SERVED, v1::COURT_STATE_VAUGHN},
    {v1::EVENT_TYPE_SUMMARY_JUDGMENT_MOVED, v1::COURT_STATE_SUMMARY_JUDGMENT},
    {v1::EVENT_TYPE_JUDGMENT, v1::COURT_STATE_JUDGMENT},
    {v1::EVENT_TYPE_FEES_MOVED, v1::COURT_STATE_FEES},
    {v1::EVENT_TYPE_COURT_APPEAL_FILED, v1::COURT_STATE_ON_APPEAL},
    {v1::EVENT_TYPE_CASE_CLOSED, v1::COURT_STATE_CLOSED},
};

template <typename State, size_t kCount>
const State* Find(const Step<State> (&steps)[kCount], v1::EventType event) {
  for (const Step<State>& step : steps) {
    if (step.event == event) return &step.state;
  }
  return nullptr;
}

// Nobody has acted, and the day is past.
bool IsOverdue(const v1::Deadline& deadline) {
  return deadline.status() == v1::DEADLINE_STATUS_LATE && deadline.closing_event_id().empty();
}

template <typename Predicate>
const v1::Deadline* FindDeadline(const Timeline& timeline, Predicate fits) {
  const auto& deadlines = timeline.deadlines();
  const auto found = std::find_if(deadlines.begin(), deadlines.end(), fits);
  return found == deadlines.end() ? nullptr : &*found;
}

// FULL_DENIAL for "full_denial" among the values of an enum with that prefix.
template <typename Enum>
Enum ParseValue(std::string_view prefix, std::string_view text,
                bool (*parse)(google::protobuf::ConstStringParam, Enum*)) {
  Enum value{};
  parse(absl::StrCat(ToAbsl(prefix), absl::AsciiStrToUpper(ToAbsl(text))), &value);
  return value;
}

class Fold {
 public:
  Fold(const Timeline& timeline, CivilDate as_of) : timeline_(timeline), as_of_(as_of) {}

  v1::Regions Run() {
    regions_.set_filing(v1::FILING_STATE_DRAFT);
    regions_.set_expedite(v1::EXPEDITE_STATE_NONE);
    regions_.set_fee(v1::FEE_STATE_NONE);
    regions_.set_mediation(v1::MEDIATION_STATE_NONE);
    regions_.set_access(v1::ACCESS_STATE_PRIVATE);
    AddAppeals();
    for (const DeadlineEvent* event : timeline_.events()) {
      if (event->effective_on > as_of_) break;
      Apply(*event);
    }
    FinishProcessing();
    BalanceFees();
    FinishExpediteAndFee();
    FinishAccess();
    return std::move(regions_);
  }

 private:
  void Apply(const DeadlineEvent& event) {
    if (const auto* state = Find(kFiling, event.type)) ApplyFiling(*state);
    if (const auto* state = Find(kFee, event.type)) regions_.set_fee(*state);
    if (const auto* state = Find(kMediation, event.type)) regions_.set_mediation(*state);
    if (const auto* state = Find(kCourt, event.type)) ApplyCourt(event, *state);
    ApplyProcessing(event);
    ApplyDecision(event);
    ApplyAccess(event);
  }

  void ApplyFiling(v1::FilingState state) {
    // Evidence of delivery stays, and what is sent is no draft again.
    if (regions_.filing() == v1::FILING_STATE_DELIVERED) return;
    if (regions_.filing() >= v1::FILING_STATE_SENT && state < v1::FILING_STATE_SENT) return;
    regions_.set_filing(state);
  }

  void ApplyProcessing(const DeadlineEvent& event) {
    switch (event.type) {
      case v1::EVENT_TYPE_RECEIVED_ANY:
        is_received_by_any_ = true;
        break;
      case v1::EVENT_TYPE_RECEIVED:
      case v1::EVENT_TYPE_RECEIVED_PROPER:
      case v1::EVENT_TYPE_ACKNOWLEDGED:
        is_received_ = true;
        is_misdirected_ = false;
        break;
      case v1::EVENT_TYPE_MISDIRECTED:
        is_received_ = false;
        is_misdirected_ = true;
        break;
      case v1::EVENT_TYPE_INFO_TOLL_START:
        needs_information_ = true;
        break;
      case v1::EVENT_TYPE_INFO_TOLL_STOP:
        needs_information_ = false;
        break;
      case v1::EVENT_TYPE_INTERIM_RELEASE:
      case v1::EVENT_TYPE_PRODUCTION_SCHEDULED:
        is_producing_ = true;
        break;
      case v1::EVENT_TYPE_DETERMINATION:
      case v1::EVENT_TYPE_ADVERSE_DETERMINATION:
      case v1::EVENT_TYPE_RESPONDED:
      case v1::EVENT_TYPE_DENIED:
      case v1::EVENT_TYPE_FINAL_DENIAL:
      case v1::EVENT_TYPE_PRODUCED:
        is_determined_ = true;
        SetOutcome(event, outcome_);
        break;
      case v1::EVENT_TYPE_APPEAL_DECIDED:
        // The component has to process again, unless the appeal was only about fees or speed.
        if (AttributeOf(event, "outcome") == "remanded" && !IsAside(event)) {
          is_determined_ = is_producing_ = false;
          outcome_ = v1::OUTCOME_UNSPECIFIED;
          // The agency closed its file with the determination that now is open again.
          if (closing_outcome_ != v1::OUTCOME_WITHDRAWN) is_closed_ = false;
        }
        break;
      case v1::EVENT_TYPE_WITHDRAWN:
        is_closed_ = true;
        closing_outcome_ = v1::OUTCOME_WITHDRAWN;
        break;
      case v1::EVENT_TYPE_CLOSED:
        is_closed_ = true;
        closing_outcome_ = is_determined_ ? outcome_ : v1::OUTCOME_ADMINISTRATIVELY_CLOSED;
        SetOutcome(event, closing_outcome_);
        break;
      case v1::EVENT_TYPE_REOPENED:
        is_closed_ = false;
        break;
      case v1::EVENT_TYPE_VOIDED:
        regions_.set_voided(
            absl::StrCat(FormatDate(event.effective_on), ": ", AttributeOf(event, "reason")));
        break;
      default:
        break;
    }
  }

  static void SetOutcome(const DeadlineEvent& event, v1::Outcome& outcome) {
    const v1::Outcome given = ParseOutcome(AttributeOf(event, "outcome"));
    if (given != v1::OUTCOME_UNSPECIFIED) outcome = given;
  }

  // Decisions on expedition and on the waiver.
  void ApplyDecision(const DeadlineEvent& event) {
    const std::string& outcome = AttributeOf(event, "outcome");
    switch (event.type) {
      case v1::EVENT_TYPE_EXPEDITE_REQUESTED:
        regions_.set_expedite(v1::EXPEDITE_STATE_ASKED);
        break;
      case v1::EVENT_TYPE_EXPEDITE_DECIDED:
        if (outcome == "granted") regions_.set_expedite(v1::EXPEDITE_STATE_GRANTED);
        if (outcome == "denied") regions_.set_expedite(v1::EXPEDITE_STATE_DENIED);
        break;
      case v1::EVENT_TYPE_FEE_WAIVER_DECIDED:
        if (outcome == "granted") regions_.set_fee(v1::FEE_STATE_WAIVER_GRANTED);
        if (outcome == "partly") regions_.set_fee(v1::FEE_STATE_WAIVER_PARTLY_GRANTED);
        if (outcome == "denied") regions_.set_fee(v1::FEE_STATE_WAIVER_DENIED);
        break;
      default:
        break;
    }
  }

  // An event without a docket number belongs to the newest case.
  void ApplyCourt(const DeadlineEvent& event, v1::CourtState state) {
    const std::string& docket = AttributeOf(event, "docket");
    auto& cases = *regions_.mutable_cases();
    v1::CourtRegion* region = nullptr;
    for (v1::CourtRegion& known : cases) {
      if (docket.empty() || known.docket().empty() || known.docket() == docket) region = &known;
    }
    const bool is_new_case = state == v1::COURT_STATE_FILED && region != nullptr &&
                             region->state() >= v1::COURT_STATE_FILED;
    if (region == nullptr || is_new_case) region = cases.Add();
    if (!docket.empty()) region->set_docket(docket);
    if (event.type == v1::EVENT_TYPE_COURT_ORDER) {
      if (AttributeOf(event, "kind") == "production") state = v1::COURT_STATE_PRODUCTION;
      // Orders are made at every stage; a later stage stays.
      state = std::max(state, region->state());
    }
    region->set_state(state);
    if (event.type == v1::EVENT_TYPE_COURT_ORDER) region->add_orders(OrderLine(event));
  }

  static std::string OrderLine(const DeadlineEvent& event) {
    const auto with = [&event](std::string_view before, std::string_view name,
                               std::string_view after) {
      const std::string& value = AttributeOf(event, name);
      return value.empty() ? "" : absl::StrCat(ToAbsl(before), value, ToAbsl(after));
    };
    std::string what = absl::StrCat(
        with(", ", "kind", ""), with(", ", "pages", " pages"), with(" per ", "per", ""),
        AttributeOf(event, "per").empty() ? with(", by ", "date", "") : with(" from ", "date", ""),
        with(" until ", "until", ""));
    if (absl::StartsWith(what, ", ")) what.erase(0, 2);
    return absl::StrCat(FormatDate(event.effective_on), with(", ECF ", "ecf", ""),
                        what.empty() ? "" : ": ", what, event.note.empty() ? "" : "; ", event.note);
  }

  // Paid is what is paid whole.
  void BalanceFees() {
    if (regions_.fee() == v1::FEE_STATE_NONE) return;
    std::vector<DeadlineEvent> events;
    for (const DeadlineEvent* event : timeline_.events()) {
      if (event->effective_on <= as_of_) events.push_back(*event);
    }
    const Folded folded(timeline_.rules().compiled(), events);
    const FeeAccount account(folded);
    regions_.set_fee_balance(account.Text());
    if (regions_.fee() != v1::FEE_STATE_PAID) return;
    for (const FeeDemand& demand : account.demands()) {
      if (!demand.is_owed || demand.settled_by >= 0) continue;
      regions_.set_fee(*Find(kFee, folded.events()[static_cast<size_t>(demand.position)].type()));
    }
  }

  void ApplyAccess(const DeadlineEvent& event) {
    if (event.type == v1::EVENT_TYPE_EMBARGO_SET) {
      const absl::StatusOr<CivilDate> until = ParseDate(AttributeOf(event, "until"), "until");
      if (!until.ok()) return;
      // A second embargo never lowers what the first one gave.
      embargo_ = std::max(embargo_.value_or(*until), *until);
      if (!is_private_for_good_) regions_.set_access(v1::ACCESS_STATE_EMBARGO);
    } else if (event.type == v1::EVENT_TYPE_ACCESS_CHANGED) {
      const auto access = ParseValue<v1::AccessState>("ACCESS_STATE_", AttributeOf(event, "access"),
                                                      &v1::AccessState_Parse);
      if (access == v1::ACCESS_STATE_UNSPECIFIED || access == v1::ACCESS_STATE_EMBARGO) return;
      regions_.set_access(access);
      is_private_for_good_ = access == v1::ACCESS_STATE_PRIVATE;
      embargo_.reset();
    }
  }

  void FinishProcessing() {
    regions_.set_outcome(is_closed_ ? closing_outcome_ : outcome_);
    regions_.set_processing(ProcessingNow());
  }

  v1::ProcessingState ProcessingNow() const {
    if (is_closed_) return v1::PROCESSING_STATE_CLOSED;
    if (is_determined_) return v1::PROCESSING_STATE_DETERMINED;
    // Whether a question stopped the clock is for the rules to say.
    const auto is_due = [](const v1::Deadline& deadline) {
      return deadline.kind() == v1::DEADLINE_KIND_DETERMINATION;
    };
    if (const v1::Deadline* tolled = FindDeadline(timeline_, [&](const v1::Deadline& deadline) {
          return is_due(deadline) && deadline.status() == v1::DEADLINE_STATUS_TOLLED;
        })) {
      const auto& missing = tolled->missing();
      return std::find(missing.begin(), missing.end(), "info_toll_stop") == missing.end() &&
                     !missing.empty()
                 ? v1::PROCESSING_STATE_TOLLED_FEE
                 : v1::PROCESSING_STATE_TOLLED_INFO;
    }
    if (is_producing_) return v1::PROCESSING_STATE_PRODUCING;
    const bool is_routed_in_time =
        is_received_by_any_ && !is_misdirected_ &&
        FindDeadline(timeline_, [this](const v1::Deadline& deadline) {
          return deadline.id() == kClockStart && deadline.has_date() &&
                 CivilDate(deadline.date().year(), deadline.date().month(),
                           deadline.date().day()) <= as_of_;
        }) != nullptr;
    if (is_received_ || is_routed_in_time) {
      const bool is_extended = FindDeadline(timeline_, [&](const v1::Deadline& deadline) {
                                 return is_due(deadline) && timeline_.IsExtended(deadline, as_of_);
                               }) != nullptr;
      return is_extended ? v1::PROCESSING_STATE_EXTENDED : v1::PROCESSING_STATE_RUNNING;
    }
    if (needs_information_) return v1::PROCESSING_STATE_UNPERFECTED;
    return is_received_by_any_ || is_misdirected_ ? v1::PROCESSING_STATE_MISDIRECTED
                                                  : v1::PROCESSING_STATE_NOT_RECEIVED;
  }

  void FinishExpediteAndFee() {
    if (regions_.expedite() == v1::EXPEDITE_STATE_ASKED &&
        FindDeadline(timeline_, [](const v1::Deadline& deadline) {
          return deadline.kind() == v1::DEADLINE_KIND_EXPEDITE_DECISION && IsOverdue(deadline);
        }) != nullptr) {
      regions_.set_expedite(v1::EXPEDITE_STATE_SILENT);
    }
    const bool is_barred = FindDeadline(timeline_, [](const v1::Deadline& deadline) {
                             return deadline.effect() == v1::LAPSE_EFFECT_FEE_BAR &&
                                    deadline.status() == v1::DEADLINE_STATUS_IN_EFFECT;
                           }) != nullptr;
    switch (regions_.fee()) {
      case v1::FEE_STATE_NONE:
      case v1::FEE_STATE_ESTIMATED:
      case v1::FEE_STATE_COMMITTED:
      case v1::FEE_STATE_PREPAY_DEMANDED:
      case v1::FEE_STATE_INVOICED:
        if (is_barred) regions_.set_fee(v1::FEE_STATE_BARRED);
        break;
      default:
        break;  // what was decided, paid or disputed says more
    }
  }

  void FinishAccess() {
    if (!embargo_.has_value()) return;
    *regions_.mutable_embargo_until() = DateToProto(*embargo_);
    // The end of an embargo publishes nothing: that takes a person and access_changed.
    if (*embargo_ < as_of_ && regions_.access() == v1::ACCESS_STATE_EMBARGO) {
      regions_.set_access(v1::ACCESS_STATE_PRIVATE);
    }
  }

  // Whether an appeal's decision is about expedition or fees only.
  bool IsAside(const DeadlineEvent& decision) const {
    for (const AppealFiling& filing : appeals_) {
      if (filing.decided != &decision) continue;
      const std::string issue = IssueOf(filing);
      return issue == "fee" || issue == "expedite";
    }
    return false;
  }

  static std::string DefaultIssue(const DeadlineEvent& event) {
    if (event.type == v1::EVENT_TYPE_EXPEDITE_DECIDED) return "expedite";
    if (event.type == v1::EVENT_TYPE_FEE_WAIVER_DECIDED) return "fee";
    const std::string& outcome = AttributeOf(event, "outcome");
    return outcome == "no_records" || outcome == "glomar" ? outcome : "";
  }

  // As the appeal says, or as what it is against says.
  std::string IssueOf(const AppealFiling& filing) const {
    for (const DeadlineEvent* event :
         {filing.decided, filing.received, filing.sent, filing.drafted}) {
      if (event != nullptr && !AttributeOf(*event, "issue").empty()) {
        return AttributeOf(*event, "issue");
      }
    }
    for (const v1::AppealRegion& region : regions_.appeals()) {
      if (region.appeal_event() == filing.first().id) return region.issue();
    }
    return "";
  }

  void AddAppeals() {
    auto& regions = *regions_.mutable_appeals();
    for (const DeadlineEvent* event : timeline_.events()) {
      if (event->effective_on > as_of_ || !timeline_.OpensAppeal(*event)) continue;
      v1::AppealRegion& region = *regions.Add();
      region.set_determination_event(event->id);
      region.set_issue(DefaultIssue(*event));
      const bool is_lapsed = FindDeadline(timeline_, [event](const v1::Deadline& deadline) {
                               return deadline.kind() == v1::DEADLINE_KIND_APPEAL_FILING &&
                                      IsOverdue(deadline) &&
                                      deadline.trigger_event_id() == event->id;
                             }) != nullptr;
      region.set_state(is_lapsed ? v1::APPEAL_STATE_LAPSED : v1::APPEAL_STATE_OPEN);
    }
    appeals_ = timeline_.Appeals();
    for (const AppealFiling& filing : appeals_) {
      if (filing.first().effective_on > as_of_) continue;
      for (v1::AppealRegion* region : RegionsAgainst(filing)) {
        region->set_appeal_event(filing.first().id);
        if (const std::string issue = IssueOf(filing); !issue.empty()) region->set_issue(issue);
        SetState(filing, *region);
      }
    }
  }

  // The determinations that an appeal is against: the one it names, those whose time the rules say
  // it met, or else the newest that has none. An appeal against silence has a region of its own.
  std::vector<v1::AppealRegion*> RegionsAgainst(const AppealFiling& filing) {
    std::vector<v1::AppealRegion*> found;
    v1::AppealRegion* newest = nullptr;
    for (v1::AppealRegion& region : *regions_.mutable_appeals()) {
      const std::string& against = region.determination_event();
      for (const DeadlineEvent* letter : {filing.drafted, filing.sent, filing.received}) {
        if (letter == nullptr) continue;
        const std::string& determination = AttributeOf(*letter, "determination");
        const std::string& named =
            determination.empty() ? AttributeOf(*letter, "of") : determination;
        if (!named.empty() && absl::EndsWith(against, named)) return {&region};
        if (FindDeadline(timeline_,
                         [&](const v1::Deadline& deadline) {
                           return deadline.kind() == v1::DEADLINE_KIND_APPEAL_FILING &&
                                  deadline.trigger_event_id() == against &&
                                  deadline.closing_event_id() == letter->id;
                         }) != nullptr &&
            (found.empty() || found.back() != &region)) {
          found.push_back(&region);
        }
      }
      const DeadlineEvent* determination = timeline_.Find(against);
      const std::string& issue = AttributeOf(filing.first(), "issue");
      const auto is_aside = [](const std::string& about) {
        return about == "fee" || about == "expedite";
      };
      const bool may_be_about =
          issue.empty() || (is_aside(issue) || is_aside(region.issue()) ? issue == region.issue()
                                                                        : issue != "constructive");
      if (determination != nullptr && region.appeal_event().empty() && may_be_about &&
          determination->effective_on <= filing.first().effective_on) {
        newest = &region;
      }
    }
    if (!found.empty()) return found;
    if (newest == nullptr) {
      newest = regions_.add_appeals();
      if (timeline_.IsConstructivelyDenied(filing.first().effective_on)) {
        newest->set_issue("constructive");
      }
    }
    return {newest};
  }

  void SetState(const AppealFiling& filing, v1::AppealRegion& region) const {
    const auto happened = [this](const DeadlineEvent* event) {
      return event != nullptr && event->effective_on <= as_of_;
    };
    if (happened(filing.withdrawn)) {
      region.set_state(v1::APPEAL_STATE_WITHDRAWN);
    } else if (happened(filing.decided)) {
      region.set_state(v1::APPEAL_STATE_DECIDED);
      region.set_outcome(ParseValue<v1::AppealOutcome>(
          "APPEAL_OUTCOME_", AttributeOf(*filing.decided, "outcome"), &v1::AppealOutcome_Parse));
    } else if (happened(filing.received)) {
      const bool is_extended = FindDeadline(timeline_, [&](const v1::Deadline& deadline) {
                                 return deadline.kind() == v1::DEADLINE_KIND_APPEAL_DECISION &&
                                        deadline.trigger_event_id() == filing.received->id &&
                                        timeline_.IsExtended(deadline, as_of_);
                               }) != nullptr;
      region.set_state(is_extended ? v1::APPEAL_STATE_EXTENDED : v1::APPEAL_STATE_RECEIVED);
    } else if (happened(filing.sent)) {
      region.set_state(v1::APPEAL_STATE_FILED);
    } else if (region.state() != v1::APPEAL_STATE_LAPSED) {
      region.set_state(v1::APPEAL_STATE_DRAFT);
    }
  }

  const Timeline& timeline_;
  const CivilDate as_of_;
  v1::Regions regions_;
  std::vector<AppealFiling> appeals_;
  bool is_received_ = false;
  bool is_received_by_any_ = false;
  bool is_misdirected_ = false;
  bool needs_information_ = false;
  bool is_producing_ = false;
  bool is_determined_ = false;
  bool is_closed_ = false;
  bool is_private_for_good_ = false;
  v1::Outcome outcome_ = v1::OUTCOME_UNSPECIFIED;
  v1::Outcome closing_outcome_ = v1::OUTCOME_UNSPECIFIED;
  std::optional<CivilDate> embargo_;
};

}  // namespace

v1::Outcome ParseOutcome(std::string_view text) {
  return ParseValue<v1::Outcome>("OUTCOME_", text, &v1::Outcome_Parse);
}

v1::Regions RegionsOf(const Timeline& timeline, CivilDate as_of) {
  return Fold(timeline, as_of).Run();
}

v1::RequestState StateOf(const v1::Regions& regions, const std::vector<v1::Deadline>& deadlines) {
  if (!regions.voided().empty()) return v1::REQUEST_STATE_VOIDED;
  // The regions run beside each other: a case or an appeal goes on when the agency closes its file.
  for (const v1::CourtRegion& court : regions.cases()) {
    if (court.state() >= v1::COURT_STATE_FILED && court.state() < v1::COURT_STATE_CLOSED) {
      return v1::REQUEST_STATE_IN_LITIGATION;
    }
  }
  const bool is_withdrawn = regions.processing() == v1::PROCESSING_STATE_CLOSED &&
                            regions.outcome() == v1::OUTCOME_WITHDRAWN;
  for (const v1::AppealRegion& appeal : regions.appeals()) {
    if (is_withdrawn) break;
    if (appeal.state() == v1::APPEAL_STATE_FILED || appeal.state() == v1::APPEAL_STATE_RECEIVED ||
        appeal.state() == v1::APPEAL_STATE_EXTENDED) {
      return v1::REQUEST_STATE_APPEALED;
    }
  }
  switch (regions.processing()) {
    case v1::PROCESSING_STATE_CLOSED:
      return v1::REQUEST_STATE_CLOSED;
    case v1::PROCESSING_STATE_DETERMINED:
      return v1::REQUEST_STATE_DETERMINED;
    case v1::PROCESSING_STATE_TOLLED_INFO:
    case v1::PROCESSING_STATE_TOLLED_FEE:
      return v1::REQUEST_STATE_TOLLED;
    default:
      break;
  }
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() == v1::DEADLINE_KIND_DETERMINATION && IsOverdue(deadline)) {
      return v1::REQUEST_STATE_OVERDUE;
    }
  }
  if (regions.processing() != v1::PROCESSING_STATE_NOT_RECEIVED) {
    return v1::REQUEST_STATE_PROCESSING;
  }
  return regions.filing() >= v1::FILING_STATE_SENT ? v1::REQUEST_STATE_SENT
                                                   : v1::REQUEST_STATE_DRAFT;
}

}  // namespace foia::tracker
