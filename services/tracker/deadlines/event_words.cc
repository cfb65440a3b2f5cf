#include "services/tracker/deadlines/event_words.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/base/money.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"
#include "services/base/written_date.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/span.h"

namespace foia::tracker {
namespace {

// What a word may stand for: "EVENT" or "EVENT NAME=VALUE", with ", " between several. Words with
// one meaning and nothing implied are names of event_type.cc; outcomes of a determination and of an
// appeal are taken from the catalog.
constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"mailed", "sent via=mail"},
    {"emailed", "sent via=email"},
    {"e_mailed", "sent via=email"},
    {"faxed", "sent via=fax"},
    {"filed", "sent, complaint_filed, appeal_sent"},
    {"file", "sent, complaint_filed, appeal_sent"},
    {"request", "sent, received"},
    {"submission", "sent"},
    {"delivery", "delivered, delivery_failed, presumed_delivered"},
    {"confirmation", "acknowledged, delivered"},
    {"letter", "acknowledged, extension_notice, interim_release, determination, appeal_decided"},
    {"clarification", "info_toll_start, info_toll_stop"},
    {"clarified", "info_toll_stop"},
    {"question", "info_toll_start, fee_toll_start"},
    {"toll", "info_toll_start, fee_toll_start"},
    {"tolled", "info_toll_start, fee_toll_start"},
    {"tolling", "info_toll_start, fee_toll_start"},
    {"paused", "info_toll_start, fee_toll_start"},
    {"resumed", "info_toll_stop, fee_toll_stop"},
    {"estimate", "estimate_given, fee_estimate"},
    {"estimated_date", "estimate_given"},
    {"agreement", "alternative_date_agreed, fee_committed"},
    {"release",
     "interim_release, determination outcome=full_grant, determination outcome=partial, "
     "produced"},
    {"released",
     "interim_release, determination outcome=full_grant, determination "
     "outcome=partial, produced"},
    {"final_release", "determination outcome=full_grant, determination outcome=partial, produced"},
    {"production", "interim_release, produced, production_scheduled"},
    {"records", "interim_release, determination outcome=full_grant, produced"},
    {"documents", "interim_release, determination outcome=full_grant, produced"},
    {"decision", "determination, appeal_decided, judgment"},
    {"decided", "determination, appeal_decided, judgment"},
    {"final_response", "determination, responded"},
    {"final", "determination, final_denial, judgment"},
    {"final_determination", "determination, final_denial"},
    {"answer", "responded, answered"},
    {"reply", "responded, info_toll_stop, fee_toll_stop"},
    {"no_responsive_records", "determination outcome=no_records"},
    {"no_records_found", "determination outcome=no_records"},
    {"no_record", "determination outcome=no_records"},
    {"no_docs", "determination outcome=no_records"},
    {"no_documents", "determination outcome=no_records"},
    {"not_held", "determination outcome=no_records"},
    {"neither_confirm_nor_deny", "determination outcome=glomar"},
    {"granted",
     "determination outcome=full_grant, expedite_decided outcome=granted, "
     "fee_waiver_decided outcome=granted, appeal_decided outcome=reversed"},
    {"grant",
     "determination outcome=full_grant, expedite_decided outcome=granted, "
     "fee_waiver_decided outcome=granted, appeal_decided outcome=reversed"},
    {"granted_in_full", "determination outcome=full_grant"},
    {"full_release", "determination outcome=full_grant"},
    {"granted_in_part", "determination outcome=partial"},
    {"partial_grant", "determination outcome=partial"},
    {"partially_granted", "determination outcome=partial"},
    {"denied_in_part", "denied outcome=partial"},
    {"partial_denial", "denied outcome=partial"},
    {"partially_denied", "denied outcome=partial"},
    {"denied_in_full", "denied outcome=full_denial"},
    {"rejected",
     "determination outcome=full_denial, determination "
     "outcome=not_reasonably_described, delivery_failed"},
    {"admin_closed", "closed outcome=administratively_closed"},
    {"administrative_closure", "closed outcome=administratively_closed"},
    {"consultation", "consultation_started, consultation_ended"},
    {"consulted", "consultation_started"},
    {"expedite", "expedite_requested, expedite_decided"},
    {"expedited", "expedite_requested, expedite_decided outcome=granted"},
    {"expedition", "expedite_requested, expedite_decided"},
    {"expedited_processing", "expedite_requested, expedite_decided"},
    {"expedite_granted", "expedite_decided outcome=granted"},
    {"expedite_denied", "expedite_decided outcome=denied"},
    {"fee",
     "fee_estimate, invoiced, prepay_demanded, fee_toll_start, fee_waiver_requested, "
     "fee_committed, paid"},
    {"fees",
     "fee_estimate, invoiced, prepay_demanded, fee_toll_start, fee_waiver_requested, "
     "fee_committed, paid, fees_moved"},
    {"waiver", "fee_waiver_requested, fee_waiver_decided"},
    {"fee_waiver", "fee_waiver_requested, fee_waiver_decided"},
    {"waiver_granted", "fee_waiver_decided outcome=granted"},
    {"waiver_denied", "fee_waiver_decided outcome=denied"},
    {"fee_waiver_granted", "fee_waiver_decided outcome=granted"},
    {"fee_waiver_denied", "fee_waiver_decided outcome=denied"},
    {"appeal",
     "appeal_sent, appeal_received, appeal_decided, appeal_drafted, appeal_withdrawn, "
     "court_appeal_filed"},
    {"appeal_filed", "appeal_sent, appeal_received"},
    {"appeal_submitted", "appeal_sent"},
    {"appeal_acknowledged", "appeal_received"},
    {"appeal_denied", "appeal_decided outcome=affirmed"},
    {"appeal_affirmed", "appeal_decided outcome=affirmed"},
    {"appeal_granted", "appeal_decided outcome=reversed"},
    {"appeal_reversed", "appeal_decided outcome=reversed"},
    {"appeal_remanded", "appeal_decided outcome=remanded"},
    {"appeal_remand", "appeal_decided outcome=remanded"},
    {"remand", "appeal_decided outcome=remanded"},
    {"affirmance", "appeal_decided outcome=affirmed"},
    {"reversal", "appeal_decided outcome=reversed"},
    {"dismissed", "appeal_decided outcome=dismissed, case_closed"},
    {"dismissal", "appeal_decided outcome=dismissed, case_closed"},
    {"mediation", "mediation_requested, mediation_opened, mediation_closed"},
    {"ogis", "mediation_requested with=ogis"},
    {"court", "complaint_filed, served, court_order, judgment"},
    {"litigation", "complaint_filed, suit_considered, case_closed"},
    {"settled", "case_closed"},
    {"settlement", "case_closed"},
    {"production_order", "court_order kind=production"},
    {"scheduling_order", "court_order kind=schedule"},
};

// What follows from the law and is no event: word, and where it is shown.
constexpr std::pair<std::string_view, std::string_view> kComputed[] = {
    {"constructive_denial", "deemed_denied_from or appeal_after_silence_by"},
    {"constructively_denied", "deemed_denied_from or appeal_after_silence_by"},
    {"deemed_denied", "deemed_denied_from or appeal_after_silence_by"},
    {"deemed_denial", "deemed_denied_from or appeal_after_silence_by"},
    {"implied_denial", "deemed_denied_from or appeal_after_silence_by"},
    {"silence", "deemed_denied_from or appeal_after_silence_by"},
    {"no_response", "deemed_denied_from or appeal_after_silence_by"},
    {"constructive_exhaustion", "constructive_exhaustion_from or may_sue_from"},
    {"constructively_exhausted", "constructive_exhaustion_from or may_sue_from"},
    {"exhausted", "constructive_exhaustion_from or may_sue_from"},
    {"overdue", "determination_due or response_due"},
    {"deemed_withdrawn", "deemed_withdrawn_from"},
};

NamedEvent ReadMeaning(std::string_view meaning) {
  const std::vector<std::string> words = absl::StrSplit(ToAbsl(meaning), ' ');
  NamedEvent event;
  event.type = ParseEventType(words[0]);
  for (size_t i = 1; i < words.size(); ++i) {
    event.implied.insert(std::pair<std::string, std::string>(absl::StrSplit(words[i], '=')));
  }
  return event;
}

std::map<std::string, std::vector<NamedEvent>> MakeWords() {
  std::map<std::string, std::vector<NamedEvent>> words;
  // An outcome by itself is that of the event which decides.
  for (const v1::EventType type : {v1::EVENT_TYPE_DETERMINATION, v1::EVENT_TYPE_APPEAL_DECIDED}) {
    for (const EventAttribute& attribute : FindEventInfo(type)->attributes) {
      if (attribute.name != "outcome") continue;
      for (const std::string& choice :
           std::vector<std::string>(absl::StrSplit(ToAbsl(attribute.choices), ' '))) {
        words[choice].push_back({type, {{"outcome", choice}}});
      }
    }
  }
  for (const auto& [word, meanings] : kWords) {
    std::vector<NamedEvent>& events = words[std::string(word)];
    events.clear();
    for (const absl::string_view meaning : absl::StrSplit(ToAbsl(meanings), ", ")) {
      events.push_back(ReadMeaning(ToStd(meaning)));
    }
  }
  return words;
}

const std::map<std::string, std::vector<NamedEvent>>& Words() {
  static const auto& words = *new std::map<std::string, std::vector<NamedEvent>>(MakeWords());
  return words;
}

std::string FirstSentence(std::string_view text) {
  const size_t end = text.find_first_of(".;:");
  return std::string(text.substr(0, end));
}

}  // namespace

absl::StatusOr<NamedEvent> FindEvent(std::string_view text, std::string_view field) {
  const std::string word = absl::StrReplaceAll(
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(text))), {{"-", "_"}, {" ", "_"}});
  for (const auto& [computed, shown] : kComputed) {
    if (word != ToAbsl(computed)) continue;
    return InvalidFields(
        {{std::string(field),
          absl::StrCat("'", ToAbsl(text),
                       "' is no event: it follows from the law and is computed; the deadline ",
                       ToAbsl(shown), " shows it, 'foia request rights' what follows from it")}});
  }
  const v1::EventType named = ParseEventType(word);
  // What has a name of its own is that event, unless the word says more.
  const auto known = Words().find(word);
  const bool says_more =
      known != Words().end() && known->second.size() == 1 && known->second.front().type == named;
  if (named != v1::EVENT_TYPE_UNSPECIFIED && !says_more) return NamedEvent{named};
  if (known == Words().end()) {
    std::vector<Candidate> names;
    for (const EventInfo& info : EventCatalog()) {
      names.push_back({EventTypeName(info.type), std::string(info.meaning)});
    }
    return InvalidFields({{std::string(field), absl::StrCat("there is no event '", ToAbsl(text),
                                                            "'", DidYouMean(word, names),
                                                            "; 'foia event types' lists them")}});
  }
  if (known->second.size() == 1) return known->second.front();
  std::vector<std::string> meanings;
  for (const NamedEvent& event : known->second) {
    meanings.push_back(absl::StrCat(EventWithAttributes(event.type, event.implied), " (",
                                    FirstSentence(FindEventInfo(event.type)->meaning), ")"));
  }
  return InvalidFields(
      {{std::string(field), absl::StrCat("'", ToAbsl(text), "' may be ",
                                         absl::StrJoin(meanings, ", or "), "; say which")}});
}

absl::Status AddImplied(const NamedEvent& event, std::string_view field, Attributes& attributes) {
  for (const auto& [name, value] : event.implied) {
    const auto [given, is_new] = attributes.emplace(name, value);
    if (!is_new && given->second != value) {
      return InvalidFields(
          {{std::string(field), absl::StrCat("the event says ", name, "=", value, ", not ", name,
                                             "=", given->second)}});
    }
  }
  return absl::OkStatus();
}

absl::Status ReadValues(v1::EventType type, std::string_view field, std::optional<CivilDate> today,
                        Attributes& attributes) {
  absl::Status status;
  const EventInfo* info = FindEventInfo(type);
  if (info == nullptr) return status;
  for (const EventAttribute& attribute : info->attributes) {
    const auto given = attributes.find(attribute.name);
    if (given == attributes.end()) continue;
    const std::string place = absl::StrCat(ToAbsl(field), " ", given->first);
    const auto set = [&](const auto& value, const auto& show) {
      if (value.ok()) given->second = show(*value);
      status.Update(value.status());
    };
    if (attribute.kind == AttributeKind::kDate) {
      set(ParseWrittenDate(given->second, place, today), FormatDate);
    } else if (attribute.kind == AttributeKind::kAmount) {
      set(ParseMoney(given->second, place), FormatMoney);
    } else if (attribute.kind == AttributeKind::kSpan) {
      set(ParseSpan(given->second, place), SpanText);
    }
  }
  return status;
}

std::string EventWithAttributes(v1::EventType type, const Attributes& attributes) {
  std::string text = EventTypeName(type);
  for (const auto& [name, value] : attributes) absl::StrAppend(&text, " ", name, "=", value);
  return text;
}

}  // namespace foia::tracker
