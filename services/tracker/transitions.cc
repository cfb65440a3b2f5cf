#include "services/tracker/transitions.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "services/base/civil_date.h"
#include "services/base/strings.h"
#include "services/base/written_date.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/periods.h"
#include "services/tracker/deadlines/slips.h"

namespace foia::tracker {
namespace {

using Types = std::vector<EventType>;

bool Contains(const Types& types, EventType type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

const std::vector<TransitionRule>* MakeTable() {
  using namespace v1;  // NOLINT: the enum's values, in this table only
  const Types in_their_hands = {
      EVENT_TYPE_SENT,         EVENT_TYPE_DELIVERED,    EVENT_TYPE_PRESUMED_DELIVERED,
      EVENT_TYPE_RECEIVED,     EVENT_TYPE_RECEIVED_ANY, EVENT_TYPE_RECEIVED_PROPER,
      EVENT_TYPE_ACKNOWLEDGED,
  };
  const Types determination = {
      EVENT_TYPE_DETERMINATION, EVENT_TYPE_ADVERSE_DETERMINATION, EVENT_TYPE_RESPONDED,
      EVENT_TYPE_DENIED,        EVENT_TYPE_FINAL_DENIAL,          EVENT_TYPE_PRODUCED,
  };
  // What the agency does with the request itself.
  Types processing = {
      EVENT_TYPE_MISDIRECTED,
      EVENT_TYPE_INFO_TOLL_START,
      EVENT_TYPE_FEE_TOLL_START,
      EVENT_TYPE_EXTENSION_NOTICE,
      EVENT_TYPE_ALTERNATIVE_DATE_AGREED,
      EVENT_TYPE_ESTIMATE_GIVEN,
      EVENT_TYPE_INTERIM_RELEASE,
      EVENT_TYPE_INTERIM_DETERMINATION,
      EVENT_TYPE_REFERRED,
      EVENT_TYPE_CONSULTATION_STARTED,
      EVENT_TYPE_PRODUCTION_SCHEDULED,
      EVENT_TYPE_CONSOLIDATED,
      EVENT_TYPE_RECURRENT_NOTICE_SENT,
      EVENT_TYPE_VOLUMINOUS_NOTICE_SENT,
      EVENT_TYPE_AG_REQUEST_SENT,
  };
  processing.insert(processing.end(), determination.begin(), determination.end());

  Types needs_request = processing;
  for (const EventType type :
       {EVENT_TYPE_CLOSED, EVENT_TYPE_FEE_ESTIMATE, EVENT_TYPE_PREPAY_DEMANDED, EVENT_TYPE_INVOICED,
        EVENT_TYPE_COST_STATEMENT_SENT, EVENT_TYPE_COMPLAINT_FILED}) {
    needs_request.push_back(type);
  }
  // Once its file is closed the agency does nothing with the request. Appeals, mediation, fees and
  // courts run beside it and go on.
  Types while_open = processing;
  for (const EventType type :
       {EVENT_TYPE_APPROVED, EVENT_TYPE_QUEUED, EVENT_TYPE_SENT, EVENT_TYPE_RECEIVED,
        EVENT_TYPE_RECEIVED_ANY, EVENT_TYPE_RECEIVED_PROPER, EVENT_TYPE_ACKNOWLEDGED,
        EVENT_TYPE_INFO_TOLL_STOP, EVENT_TYPE_FEE_TOLL_STOP, EVENT_TYPE_CONSULTATION_ENDED,
        EVENT_TYPE_EXPEDITE_REQUESTED, EVENT_TYPE_EXPEDITE_DECIDED, EVENT_TYPE_CLOSED,
        EVENT_TYPE_WITHDRAWN}) {
    while_open.push_back(type);
  }
  // What we withdrew is over for the agency, the reviewer and the mediator.
  Types while_wanted = while_open;
  for (const EventType type : {EVENT_TYPE_DELIVERED,
                               EVENT_TYPE_PRESUMED_DELIVERED,
                               EVENT_TYPE_FEE_WAIVER_REQUESTED,
                               EVENT_TYPE_FEE_WAIVER_DECIDED,
                               EVENT_TYPE_FEE_ESTIMATE,
                               EVENT_TYPE_FEE_COMMITTED,
                               EVENT_TYPE_PREPAY_DEMANDED,
                               EVENT_TYPE_COST_STATEMENT_SENT,
                               EVENT_TYPE_COST_STATEMENT_ANSWERED,
                               EVENT_TYPE_APPEAL_DRAFTED,
                               EVENT_TYPE_APPEAL_SENT,
                               EVENT_TYPE_APPEAL_RECEIVED,
                               EVENT_TYPE_APPEAL_DECIDED,
                               EVENT_TYPE_APPEAL_WITHDRAWN,
                               EVENT_TYPE_MEDIATION_REQUESTED,
                               EVENT_TYPE_MEDIATION_OPENED,
                               EVENT_TYPE_REQUESTER_REPLY_RECEIVED,
                               EVENT_TYPE_PAC_REVIEW_REQUESTED,
                               EVENT_TYPE_PAC_REQUEST_RECEIVED,
                               EVENT_TYPE_AG_REQUEST_RECEIVED,
                               EVENT_TYPE_AG_BRIEF_SENT,
                               EVENT_TYPE_AG_EXTENSION_NOTICE}) {
    while_wanted.push_back(type);
  }
  Types repeatable = {EVENT_TYPE_UNSPECIFIED,   EVENT_TYPE_NOTE,       EVENT_TYPE_CORRECTION,
                      EVENT_TYPE_REMINDER_DONE, EVENT_TYPE_LAPSE_SEEN, EVENT_TYPE_VOIDED};
  Types not_repeated;
  for (int number = EventType_MIN; number <= EventType_MAX; ++number) {
    const auto type = static_cast<EventType>(number);
    if (EventType_IsValid(number) && !Contains(repeatable, type)) not_repeated.push_back(type);
  }
  // What cannot lie before the request, unless another rule says so of it already.
  Types after_sending;
  // What cannot lie before there was a law to ask under.
  Types under_the_act;
  const Types received = {EVENT_TYPE_DELIVERED,       EVENT_TYPE_PRESUMED_DELIVERED,
                          EVENT_TYPE_DELIVERY_FAILED, EVENT_TYPE_RECEIVED,
                          EVENT_TYPE_RECEIVED_ANY,    EVENT_TYPE_RECEIVED_PROPER,
                          EVENT_TYPE_ACKNOWLEDGED};
  for (int number = EventType_MIN + 1; number <= EventType_MAX; ++number) {
    const auto type = static_cast<EventType>(number);
    if (!EventType_IsValid(number) || type == EVENT_TYPE_CORRECTION) continue;
    under_the_act.push_back(type);
    if (!MayPrecedeSending(type) && !Contains(received, type) && !Contains(needs_request, type)) {
      after_sending.push_back(type);
    }
  }
  const Types case_events = {
      EVENT_TYPE_SERVED,
      EVENT_TYPE_ANSWERED,
      EVENT_TYPE_COURT_ORDER,
      EVENT_TYPE_JUDGMENT,
      EVENT_TYPE_CASE_CLOSED,
      EVENT_TYPE_VAUGHN_INDEX_SERVED,
      EVENT_TYPE_FEES_MOVED,
      EVENT_TYPE_STATUS_REPORT_FILED,
      EVENT_TYPE_SUMMARY_JUDGMENT_MOVED,
      EVENT_TYPE_COURT_APPEAL_FILED,
      EVENT_TYPE_FEE_BAR_COURT_EXCEPTION,
  };
  const Types ag_request = {EVENT_TYPE_AG_REQUEST_SENT, EVENT_TYPE_AG_REQUEST_RECEIVED};
  const Types pac_review = {EVENT_TYPE_PAC_REVIEW_REQUESTED, EVENT_TYPE_PAC_REQUEST_RECEIVED};

  return new std::vector<TransitionRule>{
      {"agency-act-needs-request", needs_request, Check::kNeedsEarlier, in_their_hands, "",
       "nothing was sent or received by then", "record sent or received first"},
      {"agency-act-needs-request",
       {EVENT_TYPE_ACKNOWLEDGED},
       Check::kNeedsEarlier,
       {EVENT_TYPE_SENT, EVENT_TYPE_DELIVERED, EVENT_TYPE_PRESUMED_DELIVERED, EVENT_TYPE_RECEIVED,
        EVENT_TYPE_RECEIVED_ANY, EVENT_TYPE_RECEIVED_PROPER},
       "",
       "nothing was sent or received by then",
       "record sent or received first"},
      {"delivery-before-sending",
       received,
       Check::kNotBeforeFirst,
       {EVENT_TYPE_SENT},
       "",
       "it was sent later",
       "correct one of the two days with --supersedes"},
      {"before-the-request",
       after_sending,
       Check::kNotBeforeFirst,
       {EVENT_TYPE_SENT},
       "",
       "the request was sent later",
       "correct one of the two days with --supersedes"},
      {"before-the-act",
       under_the_act,
       Check::kNotBeforeAct,
       {},
       "",
       "that is before 1966, and so before the Freedom of Information Act",
       "correct the year"},
      {"routing-before-receipt",
       {EVENT_TYPE_RECEIVED_PROPER},
       Check::kNotBeforeFirst,
       {EVENT_TYPE_RECEIVED_ANY},
       "",
       "the first receipt by any component is later",
       "correct one of the two days with --supersedes"},
      {"two-receipts",
       {EVENT_TYPE_RECEIVED, EVENT_TYPE_RECEIVED_PROPER},
       Check::kOneDay,
       {},
       "component",
       "the same component received it on an earlier day",
       "replace the wrong receipt with --supersedes, or name the component with component=NAME"},
      {"two-receipts",
       {EVENT_TYPE_RECEIVED_ANY},
       Check::kOneDay,
       {},
       "component",
       "the same component received it on an earlier day",
       "replace the wrong receipt with --supersedes, or name the component with component=NAME"},
      {"info-answer-needs-question",
       {EVENT_TYPE_INFO_TOLL_STOP},
       Check::kNeedsOpen,
       {EVENT_TYPE_INFO_TOLL_START},
       "",
       "no request for information is open",
       "record info_toll_start first"},
      {"fee-answer-needs-question",
       {EVENT_TYPE_FEE_TOLL_STOP},
       Check::kNeedsOpen,
       {EVENT_TYPE_FEE_TOLL_START},
       "",
       "no question about fees is open",
       "record fee_toll_start first"},
      {"consultation-end-needs-start",
       {EVENT_TYPE_CONSULTATION_ENDED},
       Check::kNeedsOpen,
       {EVENT_TYPE_CONSULTATION_STARTED},
       "",
       "no consultation is open",
       "record consultation_started first"},
      {"expedite-decision-needs-request",
       {EVENT_TYPE_EXPEDITE_DECIDED},
       Check::kNeedsEarlier,
       {EVENT_TYPE_EXPEDITE_REQUESTED},
       "",
       "expedition was not asked for by then",
       "record expedite_requested first"},
      {"waiver-decision-needs-request",
       {EVENT_TYPE_FEE_WAIVER_DECIDED},
       Check::kNeedsEarlier,
       {EVENT_TYPE_FEE_WAIVER_REQUESTED},
       "",
       "no waiver was asked for by then",
       "record fee_waiver_requested first"},
      {"cost-answer-needs-statement",
       {EVENT_TYPE_COST_STATEMENT_ANSWERED},
       Check::kNeedsOpen,
       {EVENT_TYPE_COST_STATEMENT_SENT},
       "",
       "no statement of costs is open",
       "record cost_statement_sent first"},
      {"appeal-needs-determination",
       {EVENT_TYPE_APPEAL_SENT, EVENT_TYPE_APPEAL_RECEIVED, EVENT_TYPE_PAC_REVIEW_REQUESTED},
       Check::kNeedsAppealable,
       {},
       "",
       "nothing can be appealed by then: no adverse determination, no denial, and no time to "
       "determine that ran out",
       "record adverse_determination, or the receipt, first"},
      {"appeal-needs-its-issue",
       {EVENT_TYPE_APPEAL_SENT, EVENT_TYPE_APPEAL_RECEIVED},
       Check::kNeedsIssue,
       {},
       "",
       "nothing that it is about (issue=) was decided by then",
       "record that decision first, or leave issue= away"},
      {"appeal-receipt-before-sending",
       {EVENT_TYPE_APPEAL_RECEIVED},
       Check::kNotBeforeFirst,
       {EVENT_TYPE_APPEAL_SENT},
       "appeal",
       "the appeal was sent later",
       "correct one of the two days with --supersedes"},
      {"appeal-received-twice",
       {EVENT_TYPE_APPEAL_RECEIVED, EVENT_TYPE_PAC_REQUEST_RECEIVED},
       Check::kOneReceipt,
       {},
       "appeal",
       "the appeal was received before",
       "replace the wrong receipt with --supersedes, or record the other appeal first"},
      {"appeal-decision-needs-appeal",
       {EVENT_TYPE_APPEAL_DECIDED, EVENT_TYPE_APPEAL_WITHDRAWN},
       Check::kNeedsAppeal,
       {},
       "appeal",
       "no appeal is undecided then",
       "record appeal_sent or appeal_received first"},
      {"mediation-needs-request",
       {EVENT_TYPE_MEDIATION_OPENED, EVENT_TYPE_MEDIATION_CLOSED},
       Check::kNeedsEarlier,
       {EVENT_TYPE_MEDIATION_REQUESTED},
       "",
       "no mediation was asked for by then",
       "record mediation_requested first"},
      {"case-needs-complaint",
       case_events,
       Check::kNeedsEarlier,
       {EVENT_TYPE_COMPLAINT_FILED},
       "docket",
       "no complaint with that docket number was filed by then",
       "record complaint_filed first, with the same docket=NUMBER"},
      {"complaint-filed-twice",
       {EVENT_TYPE_COMPLAINT_FILED},
       Check::kOnce,
       {},
       "docket",
       "a complaint with that docket number was filed before",
       "give the other case's number with docket=NUMBER, or replace the wrong event"},
      {"after-closing",
       while_open,
       Check::kNotAfter,
       {EVENT_TYPE_CLOSED},
       "",
       "the agency closed the request before",
       "record reopened first"},
      {"after-withdrawal",
       while_wanted,
       Check::kNotAfter,
       {EVENT_TYPE_WITHDRAWN},
       "",
       "we withdrew the request before",
       "record reopened first"},
      {"reopening-needs-closing",
       {EVENT_TYPE_REOPENED},
       Check::kNeedsOpen,
       {EVENT_TYPE_CLOSED, EVENT_TYPE_WITHDRAWN},
       "",
       "the request is not closed then",
       "record closed or withdrawn first"},
      {"notice-reply-needs-notice",
       {EVENT_TYPE_REQUESTER_REPLY_RECEIVED},
       Check::kNeedsEarlier,
       {EVENT_TYPE_VOLUMINOUS_NOTICE_SENT, EVENT_TYPE_RECURRENT_NOTICE_SENT},
       "",
       "the body sent no notice by then",
       "record voluminous_notice_sent or recurrent_notice_sent first"},
      {"ag-order",
       {EVENT_TYPE_AG_REQUEST_RECEIVED},
       Check::kNotBeforeFirst,
       {EVENT_TYPE_AG_REQUEST_SENT},
       "",
       "the request for a ruling was sent later",
       "correct one of the two days with --supersedes"},
      {"ag-order",
       {EVENT_TYPE_AG_EXTENSION_NOTICE, EVENT_TYPE_AG_DECIDED},
       Check::kNeedsEarlier,
       ag_request,
       "",
       "the Attorney General was not asked by then",
       "record ag_request_sent or ag_request_received first"},
      {"pac-order",
       {EVENT_TYPE_PAC_REQUEST_RECEIVED},
       Check::kNotBeforeFirst,
       {EVENT_TYPE_PAC_REVIEW_REQUESTED},
       "",
       "the review was asked for later",
       "correct one of the two days with --supersedes"},
      {"pac-order",
       {EVENT_TYPE_PAC_BODY_REPLIED, EVENT_TYPE_PAC_BODY_REPLY_FORWARDED, EVENT_TYPE_PAC_DECIDED},
       Check::kNeedsEarlier,
       pac_review,
       "",
       "the Public Access Counselor was not asked by then",
       "record pac_review_requested first"},
      {"pac-order",
       {EVENT_TYPE_PAC_REQUESTER_REPLIED},
       Check::kNeedsEarlier,
       {EVENT_TYPE_PAC_BODY_REPLIED, EVENT_TYPE_PAC_BODY_REPLY_FORWARDED},
       "",
       "the body had not answered by then",
       "record pac_body_reply_forwarded first"},
      {"reminder-needs-setting",
       {EVENT_TYPE_REMINDER_DONE},
       Check::kNeedsEarlier,
       {EVENT_TYPE_REMINDER_SET},
       "",
       "no reminder was set by then",
       "record reminder_set first"},
      {"recorded-twice",
       not_repeated,
       Check::kNotRepeated,
       {},
       "",
       "the same event of that day is recorded already",
       "leave it, tell the two apart by their attributes"},
  };
}

// Events of a timeline by type, in its order.
class Checker {
 public:
  explicit Checker(const Timeline& timeline) : timeline_(timeline), appeals_(timeline.Appeals()) {
    for (const DeadlineEvent* event : timeline.events()) by_type_[event->type].push_back(event);
  }

  bool Violates(const TransitionRule& rule, const DeadlineEvent& event) const {
    const CivilDate day = event.effective_on;
    const auto count = [&](const Types& types, auto fits) {
      size_t found = 0;
      for (const EventType type : types) {
        for (const DeadlineEvent* other : OfType(type)) found += fits(*other) ? 1 : 0;
      }
      return found;
    };
    const std::string& key = AttributeOf(event, rule.key);
    const auto same_key = [&](const DeadlineEvent& other) {
      const std::string& others = AttributeOf(other, rule.key);
      return rule.key.empty() || others == key ||
             (rule.key == "docket" && !key.empty() && IsSameDocket(others, key));
    };
    switch (rule.check) {
      case Check::kNeedsEarlier:
        return count(rule.others, [&](const DeadlineEvent& other) {
                 // Who gives no number means the only one there is.
                 const bool is_same =
                     key.empty() || same_key(other) || AttributeOf(other, rule.key).empty();
                 return other.effective_on <= day && is_same;
               }) == 0;
      case Check::kNotBeforeFirst:
        return count(rule.others, same_key) > 0 &&
               count(rule.others, [&](const DeadlineEvent& other) {
                 return other.effective_on <= day && same_key(other);
               }) == 0;
      case Check::kNotBeforeAct:
        return day.year() < kFirstYear;
      case Check::kNeedsOpen:
        return count(rule.others, [&](const DeadlineEvent& other) {
                 return IsBefore(other, event);
               }) <= count(rule.events, [&](const DeadlineEvent& other) {
                 return IsBefore(other, event);
               });
      case Check::kOnce:
        return count(rule.events, [&](const DeadlineEvent& other) {
                 return IsBefore(other, event) && same_key(other);
               }) > 0;
      case Check::kOneDay:
        return count(rule.events, [&](const DeadlineEvent& other) {
                 return other.effective_on < day && same_key(other) && !IsReopened(other, day);
               }) > 0;
      case Check::kNotAfter:
        return count(rule.others, [&](const DeadlineEvent& other) {
                 return other.effective_on < day && !IsReopened(other, day);
               }) > 0;
      case Check::kNeedsAppealable:
        return !timeline_.IsConstructivelyDenied(day) && Appealable(day) == 0;
      case Check::kNeedsIssue:
        return !IsDecided(AttributeOf(event, "issue"), day);
      case Check::kNeedsAppeal:
        return std::any_of(appeals_.begin(), appeals_.end(), [&](const AppealFiling& filing) {
          return filing.decided == &event ? filing.sent == nullptr && filing.received == nullptr
                                          : filing.withdrawn == &event && &filing.first() == &event;
        });
      case Check::kOneReceipt: {
        // A receipt of its own appeal follows its letter, or at least something to appeal.
        size_t received = 0;
        for (const AppealFiling& filing : appeals_) {
          if (filing.received == nullptr || !same_key(*filing.received)) continue;
          if (filing.received == &event) {
            return filing.sent == nullptr && received > 0 &&
                   received >= std::max<size_t>(1, Appealable(day));
          }
          ++received;
        }
        return false;
      }
      case Check::kNotRepeated:
        return count(Types{event.type}, [&](const DeadlineEvent& other) {
                 return IsBefore(other, event) && other.effective_on == day &&
                        other.attributes == event.attributes;
               }) > 0;
    }
    return false;
  }

 private:
  const std::vector<const DeadlineEvent*>& OfType(EventType type) const {
    static const auto& none = *new std::vector<const DeadlineEvent*>;
    const auto found = by_type_.find(type);
    return found == by_type_.end() ? none : found->second;
  }

  bool IsBefore(const DeadlineEvent& a, const DeadlineEvent& b) const {
    if (a.effective_on != b.effective_on) return a.effective_on < b.effective_on;
    for (const DeadlineEvent* event : timeline_.events()) {
      if (event == &a || event == &b) return event == &a && &a != &b;
    }
    return false;
  }

  // Whether the request was opened again between `closing` and `day`.
  bool IsReopened(const DeadlineEvent& closing, CivilDate day) const {
    for (const DeadlineEvent* event : OfType(v1::EVENT_TYPE_REOPENED)) {
      if (event->effective_on >= closing.effective_on && event->effective_on <= day) return true;
    }
    return false;
  }

  // Whether anything that an appeal on `issue` may be against was there on `day`.
  bool IsDecided(std::string_view issue, CivilDate day) const {
    if (issue.empty()) return true;
    if (issue == "constructive") return timeline_.IsConstructivelyDenied(day);
    const auto any = [&](auto fits) {
      const auto& events = timeline_.events();
      return std::any_of(events.begin(), events.end(), [&](const DeadlineEvent* event) {
        return event->effective_on <= day && fits(*event);
      });
    };
    if (issue == "fee") {
      return any([this](const DeadlineEvent& event) {
        return Contains({v1::EVENT_TYPE_FEE_ESTIMATE, v1::EVENT_TYPE_PREPAY_DEMANDED,
                         v1::EVENT_TYPE_INVOICED, v1::EVENT_TYPE_FEE_TOLL_START,
                         v1::EVENT_TYPE_COST_STATEMENT_SENT},
                        event.type) ||
               AttributeOf(event, "outcome") == "fee_nonpayment" ||
               (event.type == v1::EVENT_TYPE_FEE_WAIVER_DECIDED && timeline_.OpensAppeal(event));
      });
    }
    if (issue == "expedite") {
      return any([this, day](const DeadlineEvent& event) {
        return (event.type == v1::EVENT_TYPE_EXPEDITE_DECIDED && timeline_.OpensAppeal(event)) ||
               (event.type == v1::EVENT_TYPE_EXPEDITE_REQUESTED && timeline_.IsOverdue(event, day));
      });
    }
    return any([this](const DeadlineEvent& event) {
      return event.type == v1::EVENT_TYPE_CLOSED ||
             (event.type != v1::EVENT_TYPE_FEE_WAIVER_DECIDED &&
              event.type != v1::EVENT_TYPE_EXPEDITE_DECIDED && timeline_.OpensAppeal(event));
    });
  }

  size_t Appealable(CivilDate day) const {
    size_t count = 0;
    for (const DeadlineEvent* event : timeline_.events()) {
      if (event->effective_on > day) break;
      if (timeline_.OpensAppeal(*event) || event->type == v1::EVENT_TYPE_CLOSED) ++count;
    }
    return count;
  }

  const Timeline& timeline_;
  const std::vector<AppealFiling> appeals_;
  std::map<EventType, std::vector<const DeadlineEvent*>> by_type_;
};

}  // namespace

const std::vector<TransitionRule>& TransitionRules() {
  static const std::vector<TransitionRule>* const table = MakeTable();
  return *table;
}

std::vector<Conflict> FindConflicts(const Timeline& timeline) {
  static const auto& by_type = *[] {
    auto* const rules = new std::map<EventType, std::vector<const TransitionRule*>>;
    for (const TransitionRule& rule : TransitionRules()) {
      for (const EventType type : rule.events) (*rules)[type].push_back(&rule);
    }
    return rules;
  }();
  const Checker checker(timeline);
  std::vector<Conflict> conflicts;
  for (const DeadlineEvent* event : timeline.events()) {
    const auto rules = by_type.find(event->type);
    if (rules == by_type.end()) continue;
    for (const TransitionRule* rule : rules->second) {
      if (!checker.Violates(*rule, *event)) continue;
      if (!conflicts.empty() && conflicts.back().event_id == event->id &&
          conflicts.back().rule->name == rule->name) {
        continue;
      }
      conflicts.push_back(
          {event->id, rule,
           absl::StrCat(EventTypeName(event->type), " of ", FormatDate(event->effective_on), ": ",
                        ToAbsl(rule->text), " (", ToAbsl(rule->name), ")")});
    }
  }
  return conflicts;
}

}  // namespace foia::tracker
