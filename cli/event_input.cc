#include "cli/event_input.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/written_date.h"
#include "services/tracker/deadlines/event_words.h"

namespace foia::cli {

using tracker::Attributes;
using tracker::NamedEvent;
using tracker::v1::Event;

absl::StatusOr<Attributes> ParseAttributes(const std::vector<std::string>& texts) {
  Attributes attributes;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return MakeError(Reason::REASON_INVALID_FIELD,
                       absl::StrCat("--set: '", text, "' is not KEY=VALUE"));
    }
    attributes[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return attributes;
}

CivilDate TodayOf(const Session& session, const tracker::v1::Request& request) {
  const common::v1::Date& today = request.today();
  return request.has_today() ? CivilDate(today.year(), today.month(), today.day())
                             : session.Today();
}

absl::Status ReadEvent(const EventInput& input, CivilDate today, Event& event) {
  FOIA_ASSIGN_OR_RETURN(const NamedEvent named, tracker::FindEvent(input.type, "EVENT"));
  // Not echoed: EventText prints it in full.
  FOIA_ASSIGN_OR_RETURN(const CivilDate day, ParseWrittenDate(input.on, "--on", today));
  Attributes attributes = input.attributes;
  FOIA_RETURN_IF_ERROR(tracker::AddImplied(named, "EVENT", attributes));
  FOIA_RETURN_IF_ERROR(tracker::ReadValues(named.type, "--set", today, attributes));
  event.set_type(named.type);
  *event.mutable_effective_on() = DateToProto(day);
  if (!input.time.empty()) {
    FOIA_ASSIGN_OR_RETURN(*event.mutable_local_time(), ParseWrittenTime(input.time, "--time"));
  }
  for (const auto& [name, value] : attributes) (*event.mutable_attributes())[name] = value;
  return absl::OkStatus();
}

std::string EventText(const Event& event) {
  return absl::StrCat(
      tracker::EventWithAttributes(
          event.type(), Attributes(event.attributes().begin(), event.attributes().end())),
      " on ", DayText(event.effective_on()), event.local_time().empty() ? "" : " at ",
      event.local_time());
}

}  // namespace foia::cli
