#include "cli/event_each.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/bulk.h"
#include "cli/filter.h"
#include "cli/table_file.h"
#include "foia/tracker/v1/matter_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/tracker/deadlines/event_words.h"

namespace foia::cli {
namespace {

using tracker::v1::CreateEventRequest;
using tracker::v1::Request;
using tracker::v1::RequestService;

// Columns that say which request it is or are read by name, and those of a set or a board: they are
// no attributes, unless the event has one of that name (days, pages, deadline).
const std::set<std::string>& OtherColumns() {
  static const auto& columns = *new std::set<std::string>{
      "event",   "source", "note",  "request", "agency",       "matter", "tracking",
      "subject", "state",  "owner", "tags",    "name",         "next",   "deadline",
      "due",     "days",   "pages", "notes",   "jurisdiction", "result"};
  return columns;
}

// Whether the column says something of the event that `word` names.
bool IsAttribute(const std::string& word, const std::string& column) {
  const absl::StatusOr<tracker::NamedEvent> named = tracker::FindEvent(word, "EVENT");
  const tracker::EventInfo* const info = named.ok() ? tracker::FindEventInfo(named->type) : nullptr;
  return info != nullptr &&
         std::any_of(info->attributes.begin(), info->attributes.end(),
                     [&column](const auto& each) { return each.name == column; });
}

// A request, and what is to be recorded of it.
struct Item {
  absl::StatusOr<Request> request = absl::UnknownError("");
  std::string named;  // as the file names it
  EventInput input = {};
  std::string source = {};
  std::string note = {};
  std::string number = {};  // a tracking number that the letter brings
};

// The one request at `agency` in `matter`.
absl::StatusOr<Request> FindByAgency(Session& session, const std::string& agency,
                                     const std::string& matter) {
  if (matter.empty()) {
    return MakeError(Reason::REASON_INVALID_FIELD,
                     "a row that names only the agency needs --matter or a column 'matter'");
  }
  FilterOptions filter;
  filter.Choose("agency", agency).Choose("matter", matter);
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::Agency at, session.FindAgency(agency));
  tracker::v1::ListRequestsRequest call;
  FOIA_ASSIGN_OR_RETURN(*call.mutable_filter(), filter.Resolve(session));
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestsResponse list,
                        session.List(&RequestService::Stub::ListRequests, call));
  std::vector<const Request*> here;  // not those at offices below it
  for (const Request& request : list.requests()) {
    if (request.agency() == at.name()) here.push_back(&request);
  }
  if (here.size() == 1) return *here.front();
  if (here.empty()) {
    return MakeError(Reason::REASON_REQUEST_NOT_FOUND,
                     absl::StrCat("there is no request at ", at.path(), " in ", matter));
  }
  return MakeError(Reason::REASON_AMBIGUOUS_NAME,
                   absl::StrCat(here.size(), " requests at ", at.path(), " in ", matter,
                                ": name one in a column 'request'"));
}

absl::StatusOr<std::vector<Item>> ItemsOfFile(Session& session, const EachOptions& options,
                                              const EventInput& input) {
  FOIA_ASSIGN_OR_RETURN(const std::vector<TableRow> rows, ReadTable(options.each));
  std::vector<Item> items;
  for (const TableRow& row : rows) {
    Item item;
    item.input = input;
    item.source = row.Get("source");
    item.note = row.Get("note");
    const std::string matter = row.Get("matter").empty() ? options.matter : row.Get("matter");
    if (!row.Get("request").empty()) {
      item.named = row.Get("request");
      item.number = row.Get("tracking");
      item.request = session.FindRequest(item.named);
    } else if (!row.Get("agency").empty() && !matter.empty()) {
      item.named = row.Get("agency");
      item.number = row.Get("tracking");
      item.request = FindByAgency(session, item.named, matter);
    } else if (!row.Get("tracking").empty()) {
      item.named = row.Get("tracking");
      item.request = session.FindRequest(item.named);
    } else {
      item.named = absl::StrCat("line ", row.line);
      item.request = MakeError(
          Reason::REASON_INVALID_FIELD,
          absl::StrCat("line ", row.line,
                       " names no request: give a column 'request', or 'agency' with --matter"));
    }
    if (!row.Get("event").empty()) item.input.type = row.Get("event");
    for (const auto& [column, cell] : row.cells) {
      if (column == "on") {
        item.input.on = cell;
      } else if (column == "time") {
        item.input.time = cell;
      } else if (OtherColumns().count(column) == 0 || IsAttribute(item.input.type, column)) {
        item.input.attributes[column] = cell;
      }
    }
    items.push_back(std::move(item));
  }
  return items;
}

absl::StatusOr<std::vector<Item>> ItemsOfFilter(Session& session, const EachOptions& options,
                                                const EventInput& input) {
  FOIA_ASSIGN_OR_RETURN(FilterOptions filter, FilterOptions::Parse(options.each));
  filter.Choose("matter", options.matter);
  tracker::v1::ListRequestsRequest call;
  FOIA_ASSIGN_OR_RETURN(*call.mutable_filter(), filter.Resolve(session));
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestsResponse list,
                        session.List(&RequestService::Stub::ListRequests, call));
  std::vector<Item> items;
  for (const Request& request : list.requests()) {
    Item item;
    item.request = request;
    item.input = input;
    items.push_back(std::move(item));
  }
  if (items.empty()) {
    return MakeError(Reason::REASON_REQUEST_NOT_FOUND,
                     absl::StrCat("there is no request with ", filter.Words()));
  }
  return items;
}

// The letter's number for a request that does not have it yet.
absl::Status AddNumber(Session& session, const Request& request, const std::string& number) {
  const auto& numbers = request.tracking_numbers();
  if (number.empty() || std::find(numbers.begin(), numbers.end(), number) != numbers.end()) {
    return absl::OkStatus();
  }
  tracker::v1::UpdateRequestRequest call;
  call.mutable_request()->set_name(request.name());
  call.mutable_request()->set_etag(request.etag());
  *call.mutable_request()->mutable_numbers() = request.numbers();
  call.mutable_request()->add_numbers()->set_value(number);
  call.mutable_update_mask()->add_paths("numbers");
  return session.Call(&RequestService::Stub::UpdateRequest, call).status();
}

bool IsRecordedAlready(const absl::Status& status) {
  return ReasonOf(status) == Reason::REASON_ILLEGAL_EVENT &&
         MetadataOf(status)["rule"] == "recorded-twice";
}

}  // namespace

void EachOptions::Define(CLI::App& verb) {
  CLI::Option* const option = verb.add_option(
      "--each", each,
      "Instead of REQUEST, all that fit: 'matter=IDP-7 agency=ICE state=sent tag=ero', or the "
      "rows of a CSV file ('-': stdin) with the columns request, or agency, or tracking; and on, "
      "time, source, note, event, or an attribute where rows differ");
  verb.add_option("--matter", matter, "Where rows of the file name only an agency")->needs(option);
  verb.add_flag("--dry-run", dry_run, "Only say what would be recorded, and what refused")
      ->needs(option);
}

absl::Status RecordEach(Session& session, const EachOptions& options, const EventInput& input,
                        const CreateEventRequest& call) {
  const bool is_filter = options.each.find('=') != std::string::npos;
  FOIA_ASSIGN_OR_RETURN(const std::vector<Item> items, is_filter
                                                           ? ItemsOfFilter(session, options, input)
                                                           : ItemsOfFile(session, options, input));
  BulkReport report({"REQUEST", "AGENCY", "EVENT"},
                    options.dry_run ? "would be recorded" : "recorded");
  for (const Item& item : items) {
    if (!item.request.ok()) {
      report.Failed({item.named, "", item.input.type}, item.request.status());
      continue;
    }
    const Request& request = *item.request;
    std::vector<std::string> cells = {IdOf(request.name()), request.agency_path(), item.input.type};
    CreateEventRequest one = call;
    tracker::v1::Event& event = *one.mutable_event();
    one.set_parent(request.name());
    one.set_validate_only(options.dry_run);
    if (!item.source.empty()) event.set_source(item.source);
    if (!item.note.empty()) event.set_note(item.note);
    absl::Status status;
    if (item.input.type.empty() || item.input.on.empty()) {
      status = MakeError(Reason::REASON_INVALID_FIELD,
                         item.input.type.empty() ? "EVENT is required, or a column 'event'"
                                                 : "--on is required, or a column 'on'");
    } else {
      status = ReadEvent(item.input, TodayOf(session, request), event);
    }
    if (status.ok()) {
      cells[2] = EventText(event);
      if (!options.dry_run) status = AddNumber(session, request, item.number);
    }
    if (status.ok()) status = session.Call(&RequestService::Stub::CreateEvent, one).status();
    if (status.ok()) {
      report.Done(cells);
    } else if (IsRecordedAlready(status)) {
      report.Already(cells, "recorded already");
    } else {
      report.Failed(cells, status);
    }
  }
  return report.Finish(session);
}

}  // namespace foia::cli
