#include "services/tracker/deadlines/event_type.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/base/strings.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kPrefix = "EVENT_TYPE_";

// Names that trackers and letters use beside ours.
constexpr std::pair<std::string_view, EventType> kAliases[] = {
    {"request_sent", v1::EVENT_TYPE_SENT},
    {"delivery_evidence", v1::EVENT_TYPE_DELIVERED},
    {"info_requested", v1::EVENT_TYPE_INFO_TOLL_START},
    {"info_supplied", v1::EVENT_TYPE_INFO_TOLL_STOP},
    {"fee_question", v1::EVENT_TYPE_FEE_TOLL_START},
    {"fee_resolved", v1::EVENT_TYPE_FEE_TOLL_STOP},
    {"unusual_circumstances", v1::EVENT_TYPE_EXTENSION_NOTICE},
    {"expedite_asked", v1::EVENT_TYPE_EXPEDITE_REQUESTED},
    {"order", v1::EVENT_TYPE_COURT_ORDER},
    {"request_received", v1::EVENT_TYPE_RECEIVED},
    {"acknowledgement", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"acknowledgment", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"acknowledgment_sent", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"info_request", v1::EVENT_TYPE_INFO_TOLL_START},
    {"info_reply_received", v1::EVENT_TYPE_INFO_TOLL_STOP},
    {"fee_reply_received", v1::EVENT_TYPE_FEE_TOLL_STOP},
    {"extension", v1::EVENT_TYPE_EXTENSION_NOTICE},
    {"expedite_request", v1::EVENT_TYPE_EXPEDITE_REQUESTED},
    {"determination_sent", v1::EVENT_TYPE_DETERMINATION},
    {"response", v1::EVENT_TYPE_RESPONDED},
    {"response_sent", v1::EVENT_TYPE_RESPONDED},
    {"response_received", v1::EVENT_TYPE_RESPONDED},
    {"denial", v1::EVENT_TYPE_DENIED},
    {"denial_sent", v1::EVENT_TYPE_DENIED},
    {"denial_received", v1::EVENT_TYPE_DENIED},
    {"partial_denial", v1::EVENT_TYPE_DENIED},
    {"recurrent_notice", v1::EVENT_TYPE_RECURRENT_NOTICE_SENT},
    {"voluminous_notice", v1::EVENT_TYPE_VOLUMINOUS_NOTICE_SENT},
    {"requester_reply", v1::EVENT_TYPE_REQUESTER_REPLY_RECEIVED},
    {"requester_replied", v1::EVENT_TYPE_REQUESTER_REPLY_RECEIVED},
    {"pac_forwarded", v1::EVENT_TYPE_PAC_REQUEST_RECEIVED},
    {"pac_request_forwarded", v1::EVENT_TYPE_PAC_REQUEST_RECEIVED},
    {"pac_copy_received", v1::EVENT_TYPE_PAC_REQUEST_RECEIVED},
    {"pac_notice_received", v1::EVENT_TYPE_PAC_REQUEST_RECEIVED},
    {"pac_review_received", v1::EVENT_TYPE_PAC_REQUEST_RECEIVED},
    {"ag_request", v1::EVENT_TYPE_AG_REQUEST_SENT},
    {"ag_requested", v1::EVENT_TYPE_AG_REQUEST_SENT},
    {"ag_ruling_requested", v1::EVENT_TYPE_AG_REQUEST_SENT},
    {"ag_received", v1::EVENT_TYPE_AG_REQUEST_RECEIVED},
    {"ag_extension", v1::EVENT_TYPE_AG_EXTENSION_NOTICE},
    {"ag_brief", v1::EVENT_TYPE_AG_BRIEF_SENT},
    {"ag_decision", v1::EVENT_TYPE_AG_DECIDED},
    {"ag_ruling", v1::EVENT_TYPE_AG_DECIDED},
    {"submitted", v1::EVENT_TYPE_SENT},
    {"receipt", v1::EVENT_TYPE_RECEIVED},
    {"ack", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"acknowledged_receipt", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"acknowledgement_letter", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"acknowledgment_letter", v1::EVENT_TYPE_ACKNOWLEDGED},
    {"bounced", v1::EVENT_TYPE_DELIVERY_FAILED},
    {"undeliverable", v1::EVENT_TYPE_DELIVERY_FAILED},
    {"misrouted", v1::EVENT_TYPE_MISDIRECTED},
    {"clarification_requested", v1::EVENT_TYPE_INFO_TOLL_START},
    {"clarification_received", v1::EVENT_TYPE_INFO_TOLL_STOP},
    {"extended", v1::EVENT_TYPE_EXTENSION_NOTICE},
    {"extension_letter", v1::EVENT_TYPE_EXTENSION_NOTICE},
    {"partial_release", v1::EVENT_TYPE_INTERIM_RELEASE},
    {"rolling_release", v1::EVENT_TYPE_INTERIM_RELEASE},
    {"interim_production", v1::EVENT_TYPE_INTERIM_RELEASE},
    {"denial_letter", v1::EVENT_TYPE_DENIED},
    {"withdraw", v1::EVENT_TYPE_WITHDRAWN},
    {"withdrawal", v1::EVENT_TYPE_WITHDRAWN},
    {"close", v1::EVENT_TYPE_CLOSED},
    {"closure", v1::EVENT_TYPE_CLOSED},
    {"closing", v1::EVENT_TYPE_CLOSED},
    {"reopen", v1::EVENT_TYPE_REOPENED},
    {"referral", v1::EVENT_TYPE_REFERRED},
    {"consolidation", v1::EVENT_TYPE_CONSOLIDATED},
    {"expedite_decision", v1::EVENT_TYPE_EXPEDITE_DECIDED},
    {"waiver_requested", v1::EVENT_TYPE_FEE_WAIVER_REQUESTED},
    {"waiver_decided", v1::EVENT_TYPE_FEE_WAIVER_DECIDED},
    {"fee_commitment", v1::EVENT_TYPE_FEE_COMMITTED},
    {"prepayment", v1::EVENT_TYPE_PREPAY_DEMANDED},
    {"prepayment_demanded", v1::EVENT_TYPE_PREPAY_DEMANDED},
    {"invoice", v1::EVENT_TYPE_INVOICED},
    {"bill", v1::EVENT_TYPE_INVOICED},
    {"payment", v1::EVENT_TYPE_PAID},
    {"appealed", v1::EVENT_TYPE_APPEAL_SENT},
    {"appeal_decision", v1::EVENT_TYPE_APPEAL_DECIDED},
    {"appeal_determination", v1::EVENT_TYPE_APPEAL_DECIDED},
    {"appeal_draft", v1::EVENT_TYPE_APPEAL_DRAFTED},
    {"appeal_withdrawal", v1::EVENT_TYPE_APPEAL_WITHDRAWN},
    {"complaint", v1::EVENT_TYPE_COMPLAINT_FILED},
    {"lawsuit", v1::EVENT_TYPE_COMPLAINT_FILED},
    {"suit", v1::EVENT_TYPE_COMPLAINT_FILED},
    {"suit_filed", v1::EVENT_TYPE_COMPLAINT_FILED},
    {"lawsuit_filed", v1::EVENT_TYPE_COMPLAINT_FILED},
    {"sued", v1::EVENT_TYPE_COMPLAINT_FILED},
    {"service", v1::EVENT_TYPE_SERVED},
    {"judgement", v1::EVENT_TYPE_JUDGMENT},
    {"vaughn_index", v1::EVENT_TYPE_VAUGHN_INDEX_SERVED},
    {"vaughn", v1::EVENT_TYPE_VAUGHN_INDEX_SERVED},
    {"summary_judgment", v1::EVENT_TYPE_SUMMARY_JUDGMENT_MOVED},
    {"fee_motion", v1::EVENT_TYPE_FEES_MOVED},
    {"notice_of_appeal", v1::EVENT_TYPE_COURT_APPEAL_FILED},
    {"refund", v1::EVENT_TYPE_REFUNDED},
    {"status_report", v1::EVENT_TYPE_STATUS_REPORT_FILED},
    {"joint_status_report", v1::EVENT_TYPE_STATUS_REPORT_FILED},
    {"reminder", v1::EVENT_TYPE_REMINDER_SET},
    {"embargo", v1::EVENT_TYPE_EMBARGO_SET},
    {"remark", v1::EVENT_TYPE_NOTE},
    {"void", v1::EVENT_TYPE_VOIDED},
};

struct Names {
  Names() {
    by_type.resize(v1::EventType_ARRAYSIZE);
    const auto* values = v1::EventType_descriptor();
    for (int i = 0; i < values->value_count(); ++i) {
      const auto* value = values->value(i);
      std::string name =
          absl::AsciiStrToLower(ToAbsl(std::string_view(value->name()).substr(kPrefix.size())));
      const auto type = static_cast<EventType>(value->number());
      if (type != v1::EVENT_TYPE_UNSPECIFIED) by_name[name] = type;
      by_type[static_cast<size_t>(type)] = std::move(name);
    }
    for (const auto& [name, type] : kAliases) by_name[std::string(name)] = type;
    for (std::string& name : by_type) {
      if (name.empty()) name = by_type[v1::EVENT_TYPE_UNSPECIFIED];
    }
  }
  std::vector<std::string> by_type;
  std::map<std::string, EventType, std::less<>> by_name;
};

const Names& AllNames() {
  static const Names& names = *new Names;
  return names;
}

}  // namespace

const std::string& EventTypeName(EventType type) {
  const auto& names = AllNames().by_type;
  const auto index = static_cast<size_t>(type);
  return index < names.size() ? names[index] : names[v1::EVENT_TYPE_UNSPECIFIED];
}

EventType ParseEventType(std::string_view name) {
  const auto& names = AllNames().by_name;
  const auto found = names.find(name);
  return found == names.end() ? v1::EVENT_TYPE_UNSPECIFIED : found->second;
}

}  // namespace foia::tracker
