#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "cli/document.h"
#include "cli/event_each.h"
#include "cli/event_input.h"
#include "cli/tables.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/event_words.h"

namespace foia::cli {
namespace {

using tracker::EventAttribute;
using tracker::EventInfo;
using tracker::EventTypeName;
using tracker::v1::Deadline;
using tracker::v1::Event;
using tracker::v1::EventType;
using tracker::v1::Request;
using tracker::v1::RequestService;

constexpr char kRequestHelp[] = "Id, the beginning of it, or a tracking number";
constexpr char kTypeHelp[] = "sent, received, determination, ...; 'foia event types' lists them";

std::string StateText(const Request& request) {
  return EnumText(RequestState_Name(request.state()), "REQUEST_STATE_");
}

// "received on Thu 2020-07-16 (e01jd3...)".
std::string EventWithId(const Event& event) {
  return absl::StrCat(EventText(event), " (", IdOf(event.name()), ")");
}

// Which dates an answer moved, and what looks wrong.
template <typename Response>
void PrintChanges(const Session& session, const Response& response) {
  Table table(
      {{"DEADLINE", Keep::kText}, {"BEFORE", Keep::kText}, {"AFTER", Keep::kText}, "STATUS"});
  for (const tracker::v1::DeadlineChange& change : response.changes()) {
    const Deadline& named = change.has_after() ? change.after() : change.before();
    table.Add({named.title(), change.has_before() ? DueText(change.before()) : "-",
               change.has_after() ? DueText(change.after()) : "-",
               change.has_after() ? StatusText(change.after()) : ""});
  }
  if (!table.empty()) {
    session.out.Print(table);
    session.out.Note(kNotAdvice);
  }
  for (const std::string& warning : response.warnings()) {
    session.out.Warn("warning: " + Printable(warning));
  }
}

struct RecordEvent {
  static constexpr char kAbout[] = "Records what happened to a request, and says which dates moved";
  static constexpr char kExamples[] =
      "foia event record r01jd3v8 sent --on 7/16/2020\n"
      "foia event record r01jd3v8 received --on 2020-07-16 --source 'acknowledgement letter'\n"
      "foia event record r01jd3v8 extension_notice --on 2020-08-10 --set days=10\n"
      "foia event record r01jd3v8 received --on 2020-07-17 --supersedes e01jd3v9\n"
      "foia event record sent --each matter=IDP-7 --on 'July 16, 2020' --dry-run\n"
      "foia event record received --each letters.csv --matter IDP-7\n";
  std::string request;
  EventInput input;
  EachOptions each;
  std::vector<std::string> attributes;
  std::vector<std::string> evidence;
  Event event;
  tracker::v1::CreateEventRequest call;
  bool accept_conflict = false;
  bool future = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp);  // not with --each
    verb.add_option("EVENT", input.type, kTypeHelp);
    verb.add_option("--on", input.on,
                    "The day it counts from: 2020-07-16, 7/16/2020, 'July 16, 2020', yesterday "
                    "('foia help dates')");
    verb.add_option("--time", input.time, "Where the hour matters: 17:00, 5pm");
    verb.add_option("--zone", *event.mutable_time_zone(), "IANA zone of day and time [the rules']");
    verb.add_option("--set", attributes, "KEY=VALUE, what else belongs to it; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--source", *event.mutable_source(), "Where you know it from");
    verb.add_option("--evidence", evidence, "A document that proves it; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--note", *event.mutable_note(), "For people");
    verb.add_option("--supersedes", *event.mutable_supersedes(), "The event that it replaces");
    verb.add_flag("--accept-conflict", accept_conflict,
                  "Record it, flagged, though it contradicts the other events");
    verb.add_flag("--future", future, "Record it though its day is still to come");
    verb.add_option("--etag", *call.mutable_etag(), "Refuse when the request changed since");
    verb.add_option("--request-id", *call.mutable_request_id(),
                    "Repeating the command with it records nothing twice");
    each.Define(verb);
    for (const char* of_one : {"--evidence", "--supersedes", "--etag", "--request-id"}) {
      verb.get_option("--each")->excludes(verb.get_option(of_one));
    }
  }
  static absl::Status Missing(const std::string& message) {
    return MakeError(Reason::REASON_INVALID_FIELD, message);
  }
  absl::Status Run(Session& session) {
    FOIA_ASSIGN_OR_RETURN(input.attributes, ParseAttributes(attributes));
    call.set_accept_conflict(accept_conflict);
    call.set_allow_future(future);
    if (!each.each.empty()) {
      // One word then: the event.
      if (input.type.empty()) input.type.swap(request);
      if (!request.empty())
        return Missing("--each takes the place of REQUEST: give the event only");
      *call.mutable_event() = event;
      return RecordEach(session, each, input, call);
    }
    if (request.empty()) return Missing("REQUEST is required");
    if (input.type.empty()) return Missing("EVENT is required");
    if (input.on.empty()) return Missing("--on is required");
    FOIA_RETURN_IF_ERROR(ReadEvent(input, session.Today(), event));  // before the server is asked
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    FOIA_RETURN_IF_ERROR(ReadEvent(input, TodayOf(session, found), event));
    if (!event.supersedes().empty()) {
      event.set_supersedes(absl::StrCat(found.name(), "/events/", IdOf(event.supersedes())));
    }
    for (const std::string& document : evidence) {
      FOIA_ASSIGN_OR_RETURN(const documents::v1::Document proof, FindDocument(session, document));
      event.add_evidence(proof.name());
    }
    call.set_parent(found.name());
    *call.mutable_event() = event;
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::CreateEventResponse made,
                          session.Call(&RequestService::Stub::CreateEvent, call));
    if (session.out.json) {
      session.out.PrintJson(made);
      return absl::OkStatus();
    }
    session.out.Print(absl::StrCat("recorded ", EventWithId(made.event()), "; the request is ",
                                   StateText(made.request()), "\n"));
    PrintChanges(session, made);
    return absl::OkStatus();
  }
};

struct ListEvents {
  static constexpr char kAbout[] = "What happened to a request, in the order that counts";
  static constexpr char kExamples[] = "foia event list r01jd3v8\n";
  static constexpr bool kPaged = true;
  std::string request;

  void Define(CLI::App& verb) { verb.add_option("REQUEST", request, kRequestHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    tracker::v1::ListEventsRequest call;
    call.set_parent(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListEventsResponse list,
                          session.List(&RequestService::Stub::ListEvents, call));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    const Table table = EventsTable(list);
    if (table.empty()) {
      session.out.Say("no events yet; 'foia event record' adds one");
      return absl::OkStatus();
    }
    session.out.Print(table);
    for (const Event& event : list.events()) {
      for (const std::string& conflict : event.conflicts()) {
        session.out.Warn("conflict: " + Printable(conflict));
      }
    }
    return absl::OkStatus();
  }
};

struct UndoEvent {
  static constexpr char kAbout[] =
      "Takes back what was last recorded, once you have seen what it is; again brings it back";
  static constexpr char kExamples[] =
      "foia event undo r01jd3v8                 shows what it would take back, and asks\n"
      "foia event undo r01jd3v8 e01jd3v9        only that event, without asking\n"
      "foia event undo r01jd3v8 --yes           whatever it is, without asking\n";
  std::string request;
  tracker::v1::UndoLastEventRequest call;
  bool yes = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("EVENT", *call.mutable_event(),
                    "Id of the event, or the beginning of it; refused when another one was "
                    "recorded last");
    verb.add_flag("--yes", yes, "Do not ask");
    verb.add_option("--etag", *call.mutable_etag(), "Refuse when the request changed since");
    verb.add_option("--request-id", *call.mutable_request_id(),
                    "Repeating the command with it undoes nothing twice");
  }
  absl::Status Run(Session& session) {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    call.set_parent(found.name());
    if (call.event().empty() && !yes) {
      FOIA_ASSIGN_OR_RETURN(const bool agreed, Agree(session));
      if (!agreed) {
        session.out.Say("nothing was taken back");
        return absl::OkStatus();
      }
    }
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::UndoLastEventResponse undone,
                          session.Call(&RequestService::Stub::UndoLastEvent, call));
    if (session.out.json) {
      session.out.PrintJson(undone);
      return absl::OkStatus();
    }
    session.out.Print(absl::StrCat("took back ", EventWithId(undone.undone()), BackText(undone),
                                   "; the request is ", StateText(undone.request()), "\n"));
    PrintChanges(session, undone);
    return absl::OkStatus();
  }

  // "; stands again: ...".
  static std::string BackText(const tracker::v1::UndoLastEventResponse& undone) {
    return undone.event().type() == tracker::v1::EVENT_TYPE_CORRECTION
               ? ""
               : absl::StrCat("; stands again: ", EventWithId(undone.event()));
  }

  // The last event may be an older one than the person thinks of: a command that failed recorded
  // nothing. So it is named, and only what was named is taken back.
  absl::StatusOr<bool> Agree(Session& session) {
    tracker::v1::UndoLastEventRequest question;
    question.set_parent(call.parent());
    question.set_etag(call.etag());
    question.set_validate_only(true);
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::UndoLastEventResponse would,
                          session.Call(&RequestService::Stub::UndoLastEvent, question));
    const Event& last = would.undone();
    call.set_event(last.name());
    const std::string what =
        absl::StrCat(EventWithId(last), ", recorded ", TimeText(last.record_time()), " by ",
                     IdOf(last.actor()), BackText(would));
    const std::optional<bool> answer =
        session.out.Ask(absl::StrCat("take back ", Printable(what), "?"));
    if (answer.has_value()) return *answer;
    return MakeError(
        Reason::REASON_INVALID_FIELD,
        absl::StrCat("what was recorded last is ", what, "; take it back with 'foia event undo ",
                     IdOf(call.parent()), " ", IdOf(last.name()), "'"),
        {{"event", last.name()}});
  }
};

struct EventTypes {
  static constexpr char kAbout[] = "Everything that can be recorded; needs no server";
  static constexpr char kExamples[] = "foia event types\nfoia event types extension_notice\n";
  static constexpr bool kPaged = true;
  std::string type;

  void Define(CLI::App& verb) {
    verb.add_option("EVENT", type, "One of them, with its attributes");
  }
  absl::Status Run(Session& session) const {
    EventType chosen = tracker::v1::EVENT_TYPE_UNSPECIFIED;
    if (!type.empty()) {
      FOIA_ASSIGN_OR_RETURN(const tracker::NamedEvent named, tracker::FindEvent(type, "EVENT"));
      chosen = named.type;
    }
    google::protobuf::ListValue list;
    Table table({"EVENT",
                 {"MEANING", Keep::kText},
                 {"ATTRIBUTES", Keep::kBelow},
                 {"MOVES", Keep::kBelow},
                 {"CLOCK", Keep::kBelow}});
    for (const EventInfo& info : tracker::EventCatalog()) {
      if (!type.empty() && info.type != chosen) continue;
      std::vector<std::string> names;
      for (const EventAttribute& attribute : info.attributes) names.emplace_back(attribute.name);
      const std::string name = EventTypeName(info.type);
      table.Add({name, std::string(info.meaning), absl::StrJoin(names, " "),
                 std::string(info.region), std::string(info.clock)});
      auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
      fields["event"].set_string_value(name);
      fields["meaning"].set_string_value(std::string(info.meaning));
      fields["moves"].set_string_value(std::string(info.region));
      fields["clock"].set_string_value(std::string(info.clock));
      auto& attributes = *fields["attributes"].mutable_list_value();
      for (const std::string& each : names) attributes.add_values()->set_string_value(each);
      if (!type.empty() && !session.out.json) {
        session.out.Print(Details(info));
        return absl::OkStatus();
      }
    }
    if (session.out.json) {
      session.out.PrintJson(list);
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }

  static std::string Details(const EventInfo& info) {
    std::vector<std::pair<std::string, std::string>> fields = {
        {"event", EventTypeName(info.type)},
        {"meaning", std::string(info.meaning)},
        {"moves", std::string(info.region)},
        {"clock", std::string(info.clock)}};
    for (const EventAttribute& attribute : info.attributes) {
      fields.emplace_back(
          attribute.name,
          absl::StrCat(attribute.need == tracker::AttributeNeed::kRequired ? "(required) " : "",
                       ToAbsl(attribute.about), attribute.choices.empty() ? "" : ": ",
                       absl::StrReplaceAll(ToAbsl(attribute.choices), {{" ", ", "}})));
    }
    return RenderFields(fields);
  }
};

}  // namespace

void AddEventVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "event", "What happened to a request");
  app.AddVerb<RecordEvent>(noun, "record");
  app.AddVerb<ListEvents>(noun, "list");
  app.AddVerb<UndoEvent>(noun, "undo");
  app.AddVerb<EventTypes>(noun, "types");
}

}  // namespace foia::cli
