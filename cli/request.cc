#include <google/protobuf/descriptor.h>

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/app.h"
#include "cli/deadline.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using tracker::v1::Deadline;
using tracker::v1::Event;
using tracker::v1::Request;
using tracker::v1::RequestService;

constexpr char kRequestHelp[] = "Id, the beginning of it, or a tracking number";
constexpr char kEventPrefix[] = "EVENT_TYPE_";

std::string StateText(const Request& request) {
  return EnumText(RequestState_Name(request.state()), "REQUEST_STATE_");
}

// The text form of an event type: received, info_toll_start, ...
std::string EventText(tracker::v1::EventType type) {
  return absl::StrReplaceAll(EnumText(EventType_Name(type), kEventPrefix), {{" ", "_"}});
}

absl::StatusOr<tracker::v1::EventType> ParseEventType(const std::string& text) {
  tracker::v1::EventType type;
  const std::string name = absl::StrCat(
      kEventPrefix, absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}, {" ", "_"}}));
  if (EventType_Parse(name, &type) && type != tracker::v1::EVENT_TYPE_UNSPECIFIED) return type;
  std::vector<std::string> names;
  const auto* descriptor = tracker::v1::EventType_descriptor();
  for (int i = 1; i < descriptor->value_count(); ++i) {
    names.push_back(EventText(static_cast<tracker::v1::EventType>(descriptor->value(i)->number())));
  }
  const std::string near = Suggest(text, names);
  return MakeError(
      Reason::REASON_INVALID_FIELD,
      absl::StrCat("'", text, "' is not an event",
                   near.empty() ? absl::StrCat("; events: ", absl::StrJoin(names, ", "))
                                : absl::StrCat("; did you mean '", near, "'?")),
      {{"field", "EVENT"}, {"value", text}});
}

void PrintRequest(const Session& session, const Request& request) {
  if (session.out.json) return session.out.PrintJson(request);
  session.out.Print(RenderFields({{"request", IdOf(request.name())},
                                  {"agency", request.agency_path()},
                                  {"subject", request.subject()},
                                  {"state", StateText(request)},
                                  {"tracking", absl::StrJoin(request.tracking_numbers(), ", ")},
                                  {"rules", request.jurisdiction()},
                                  {"owner", IdOf(request.owner())},
                                  {"label", IdOf(request.label())},
                                  {"created", TimeText(request.create_time())}}));
}

absl::StatusOr<std::string> ReadText(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.good()) {
    return MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat("cannot read '", file, "'"),
                     {{"file", file}});
  }
  return text.str();
}

struct CreateRequest {
  static constexpr char kAbout[] = "Opens a request at an agency";
  static constexpr char kExamples[] =
      "foia request create --agency ERO --subject 'ERO Citizen Academy'\n"
      "foia request create --agency DHS/ICE --subject Training --text-file letter.txt\n";
  std::string agency;
  std::string text_file;
  std::vector<std::string> tracking;
  Request request;
  tracker::v1::CreateRequestRequest call;

  void Define(CLI::App& verb) {
    verb.add_option("--agency", agency, "Id, abbreviation or path")->required();
    verb.add_option("--subject", *request.mutable_subject(), "What it is about")->required();
    verb.add_option("--text-file", text_file, "The text that is sent");
    verb.add_option("--tracking", tracking, "The agency's number for it; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--label", *request.mutable_label(), "Who may see it: a label [your own]");
    verb.add_option("--request-id", *call.mutable_request_id(),
                    "Repeating the command with it opens nothing twice");
  }
  absl::Status Run(Session& session) {
    if (!text_file.empty()) {
      FOIA_ASSIGN_OR_RETURN(*request.mutable_text(), ReadText(text_file));
    }
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Agency at, session.FindAgency(agency));
    request.set_agency(at.name());
    request.mutable_tracking_numbers()->Assign(tracking.begin(), tracking.end());
    *call.mutable_request() = request;
    FOIA_ASSIGN_OR_RETURN(const Request made,
                          session.Call(&RequestService::Stub::CreateRequest, call));
    PrintRequest(session, made);
    return absl::OkStatus();
  }
};

struct ListRequests {
  static constexpr char kAbout[] = "Requests, oldest first";
  static constexpr char kExamples[] = "foia request list\n";
  int limit = 0;

  void Define(CLI::App& verb) { verb.add_option("--limit", limit, "At most so many [all]"); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestsResponse list,
                          session.List(&RequestService::Stub::ListRequests,
                                       tracker::v1::ListRequestsRequest(), limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    std::vector<std::string> names;
    for (const Request& request : list.requests()) names.push_back(request.name());
    const std::vector<std::string> ids = ShortIds(names);
    Table table({"REQUEST", "AGENCY", "SUBJECT", "STATE", "TRACKING"});
    for (int i = 0; i < list.requests_size(); ++i) {
      const Request& request = list.requests(i);
      table.Add({ids[static_cast<size_t>(i)], request.agency_path(), request.subject(),
                 StateText(request), absl::StrJoin(request.tracking_numbers(), ", ")});
    }
    if (table.empty()) {
      session.out.Say("no requests yet; 'foia request create' opens one");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct ShowRequest {
  static constexpr char kAbout[] = "One request";
  static constexpr char kExamples[] =
      "foia request show r01jd3v8\nfoia request show 2020-ICLI-00042\n";
  std::string request;

  void Define(CLI::App& verb) { verb.add_option("REQUEST", request, kRequestHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    PrintRequest(session, found);
    return absl::OkStatus();
  }
};

struct UpdateRequest {
  static constexpr char kAbout[] = "Changes what a request says of itself";
  static constexpr char kExamples[] = "foia request update r01jd3v8 --tracking 2020-ICLI-00042\n";
  std::string request;
  std::string text_file;
  std::vector<std::string> tracking;
  Request changes;
  FieldOptions fields;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    fields = {
        {verb.add_option("--subject", *changes.mutable_subject(), "What it is about"), "subject"},
        {verb.add_option("--text-file", text_file, "The text that was sent"), "text"},
        {verb.add_option("--tracking", tracking,
                         "The agency's numbers for it, all of them; may be repeated")
             ->allow_extra_args(false),
         "tracking_numbers"},
        {verb.add_option("--owner", *changes.mutable_owner(), "Who looks after it: people/..."),
         "owner"}};
  }
  absl::Status Run(Session& session) {
    if (!text_file.empty()) {
      FOIA_ASSIGN_OR_RETURN(*changes.mutable_text(), ReadText(text_file));
    }
    tracker::v1::UpdateRequestRequest call;
    FOIA_RETURN_IF_ERROR(SetMask(fields, *call.mutable_update_mask()));
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    changes.set_name(found.name());
    changes.set_etag(found.etag());
    changes.mutable_tracking_numbers()->Assign(tracking.begin(), tracking.end());
    *call.mutable_request() = changes;
    FOIA_ASSIGN_OR_RETURN(const Request updated,
                          session.Call(&RequestService::Stub::UpdateRequest, call));
    PrintRequest(session, updated);
    return absl::OkStatus();
  }
};

struct RecordEvent {
  static constexpr char kAbout[] = "Records what happened to a request, and says which dates moved";
  static constexpr char kExamples[] =
      "foia request record r01jd3v8 sent --on 2020-07-16\n"
      "foia request record r01jd3v8 received --on 2020-07-16 --source 'acknowledgement letter'\n"
      "foia request record r01jd3v8 extension_notice --on 2020-08-10 --set days=10\n";
  std::string request;
  std::string type;
  std::string on;
  std::vector<std::string> attributes;
  std::vector<std::string> evidence;
  Event event;
  tracker::v1::CreateEventRequest call;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("EVENT", type, "sent, received, determination, ...; see docs/guides/events.md")
        ->required();
    verb.add_option("--on", on, "The day it counts from, YYYY-MM-DD")->required();
    verb.add_option("--time", *event.mutable_local_time(), "HH:MM, where the hour matters");
    verb.add_option("--zone", *event.mutable_time_zone(), "IANA zone of day and time [the rules']");
    verb.add_option("--set", attributes, "KEY=VALUE, what else belongs to it; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--source", *event.mutable_source(), "Where you know it from");
    verb.add_option("--evidence", evidence, "A document that proves it; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--note", *event.mutable_note(), "For people");
    verb.add_option("--supersedes", *event.mutable_supersedes(), "The event that it replaces");
    verb.add_option("--request-id", *call.mutable_request_id(),
                    "Repeating the command with it records nothing twice");
  }
  absl::Status Run(Session& session) {
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::EventType parsed, ParseEventType(type));
    FOIA_ASSIGN_OR_RETURN(const CivilDate day, ParseDate(on, "--on"));
    event.set_type(parsed);
    *event.mutable_effective_on() = DateToProto(day);
    for (const std::string& attribute : attributes) {
      const size_t equals = attribute.find('=');
      if (equals == 0 || equals == std::string::npos) {
        return MakeError(Reason::REASON_INVALID_FIELD,
                         absl::StrCat("--set: '", attribute, "' is not KEY=VALUE"));
      }
      (*event.mutable_attributes())[attribute.substr(0, equals)] = attribute.substr(equals + 1);
    }
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    if (!event.supersedes().empty()) {
      event.set_supersedes(absl::StrCat(found.name(), "/events/", IdOf(event.supersedes())));
    }
    for (const std::string& document : evidence) {
      event.add_evidence(absl::StrCat("documents/", IdOf(document)));
    }
    call.set_parent(found.name());
    *call.mutable_event() = event;
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::CreateEventResponse made,
                          session.Call(&RequestService::Stub::CreateEvent, call));
    if (session.out.json) {
      session.out.PrintJson(made);
      return absl::OkStatus();
    }
    session.out.Print(absl::StrCat(
        "recorded ", EventText(made.event().type()), " on ", DateText(made.event().effective_on()),
        " (", IdOf(made.event().name()), "); the request is ", StateText(made.request()), "\n"));
    Table table({"DEADLINE", "BEFORE", "AFTER", "STATUS"});
    for (const tracker::v1::DeadlineChange& change : made.changes()) {
      const Deadline& named = change.has_after() ? change.after() : change.before();
      table.Add({named.title(), change.has_before() ? DueText(change.before()) : "-",
                 change.has_after() ? DueText(change.after()) : "-",
                 change.has_after() ? StatusText(change.after()) : ""});
    }
    if (!table.empty()) {
      session.out.Print(table);
      session.out.Print(kNotAdvice);
    }
    for (const std::string& warning : made.warnings()) {
      session.out.Warn("warning: " + Printable(warning));
    }
    return absl::OkStatus();
  }
};

struct ListEvents {
  static constexpr char kAbout[] = "What happened to a request, in the order that counts";
  static constexpr char kExamples[] = "foia request events r01jd3v8\n";
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
    Table table({"ON", "TIME", "EVENT", "DETAILS", "SOURCE", "RECORDED", "BY", "ID"});
    for (const Event& event : list.events()) {
      // A map has no order of its own.
      std::vector<std::string> details;
      for (const auto& [key, value] : event.attributes()) {
        details.push_back(absl::StrCat(key, "=", value));
      }
      std::sort(details.begin(), details.end());
      if (!event.note().empty()) details.push_back(event.note());
      if (!event.supersedes().empty()) details.push_back("supersedes " + IdOf(event.supersedes()));
      table.Add({DateText(event.effective_on()), event.local_time(), EventText(event.type()),
                 absl::StrJoin(details, ", "), event.source(), TimeText(event.record_time()),
                 IdOf(event.actor()), IdOf(event.name())});
    }
    if (table.empty()) {
      session.out.Say("no events yet; 'foia request record' adds one");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct VerifyEvents {
  static constexpr char kAbout[] = "Follows the hash chain of a request's events";
  static constexpr char kExamples[] = "foia request verify r01jd3v8\n";
  std::string request;

  void Define(CLI::App& verb) { verb.add_option("REQUEST", request, kRequestHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    tracker::v1::VerifyEventsRequest call;
    call.set_name(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::VerifyEventsResponse response,
                          session.Call(&RequestService::Stub::VerifyEvents, call));
    if (session.out.json) session.out.PrintJson(response);
    if (!response.broken_at().empty()) {
      return MakeError(Reason::REASON_DATA_CORRUPT,
                       absl::StrCat("the chain is broken at ", response.broken_at()),
                       {{"event", response.broken_at()}});
    }
    if (!session.out.json) {
      session.out.Print(CountText(response.events(), "event") + ", the chain is whole\n");
    }
    return absl::OkStatus();
  }
};

}  // namespace

void AddRequestVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "request", "Filings and what happened to them");
  app.AddVerb<CreateRequest>(noun, "create");
  app.AddVerb<ListRequests>(noun, "list");
  app.AddVerb<ShowRequest>(noun, "show");
  app.AddVerb<UpdateRequest>(noun, "update");
  app.AddVerb<RecordEvent>(noun, "record");
  app.AddVerb<ListEvents>(noun, "events");
  app.AddVerb<VerifyEvents>(noun, "verify");
}

}  // namespace foia::cli
