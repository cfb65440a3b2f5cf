#include "cli/board.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/deadline.h"
#include "foia/documents/v1/document_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"

namespace foia::cli {
namespace {

using tracker::v1::Request;
using tracker::v1::RequestService;

// Pages of the releases of a request; archives have none of their own.
absl::StatusOr<int64_t> PagesOf(Session& session, const Request& request) {
  documents::v1::ListDocumentsRequest call;
  call.set_request(request.name());
  FOIA_ASSIGN_OR_RETURN(const documents::v1::ListDocumentsResponse list,
                        session.List(&documents::v1::DocumentService::Stub::ListDocuments, call));
  int64_t pages = 0;
  for (const documents::v1::Document& document : list.documents()) {
    const bool is_release = document.kind() == documents::v1::DOCUMENT_KIND_RELEASE ||
                            document.kind() == documents::v1::DOCUMENT_KIND_UNSPECIFIED;
    if (is_release) pages += document.page_count();
  }
  return pages;
}

}  // namespace

absl::Status PrintBoard(Session& session, const tracker::v1::Matter& matter) {
  tracker::v1::ListRequestsRequest of_matter;
  of_matter.mutable_filter()->set_matter(matter.name());
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestsResponse list,
                        session.List(&RequestService::Stub::ListRequests, of_matter));
  if (list.requests().empty()) {
    session.out.Say("no requests yet; 'foia request create --matter' opens one");
    return absl::OkStatus();
  }
  tracker::v1::ListDocketRequest due;
  due.mutable_filter()->set_matter(matter.name());
  due.set_view(tracker::v1::DOCKET_VIEW_ALL);
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListDocketResponse docket,
                        session.List(&RequestService::Stub::ListDocket, due));
  std::map<std::string, const tracker::v1::DocketEntry*> next;  // the most urgent comes first
  for (const tracker::v1::DocketEntry& entry : docket.entries()) {
    if (entry.has_next()) next.emplace(entry.request().name(), &entry);
  }
  std::vector<std::string> names;
  for (const Request& request : list.requests()) names.push_back(request.name());
  const std::vector<std::string> ids = session.out.Ids(names);
  Table table({"REQUEST",
               "TRACKING",
               {"AGENCY", Keep::kText},
               {"STATE", Keep::kText},
               ">DAYS",
               "DUE",
               {"NEXT", Keep::kText},
               ">PAGES"});
  for (int i = 0; i < list.requests_size(); ++i) {
    const Request& request = list.requests(i);
    FOIA_ASSIGN_OR_RETURN(const int64_t pages, PagesOf(session, request));
    const auto found = next.find(request.name());
    const tracker::v1::DocketEntry* entry = found == next.end() ? nullptr : found->second;
    const bool is_dated = entry != nullptr && entry->next().has_date();
    table.Add(
        {ids[static_cast<size_t>(i)], absl::StrJoin(request.tracking_numbers(), ", "),
         request.agency_path(), EnumText(RequestState_Name(request.state()), "REQUEST_STATE_"),
         is_dated ? absl::StrCat(entry->days_left()) : "",
         is_dated           ? DateText(entry->next().date())
         : entry == nullptr ? ""
                            : StatusText(entry->next()),
         entry == nullptr ? "" : entry->next().title(), pages == 0 ? "" : absl::StrCat(pages)});
  }
  session.out.Print(table);
  session.out.Note(kNotAdvice);
  return absl::OkStatus();
}

}  // namespace foia::cli
