#include "cli/request_each.h"

#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/filter.h"
#include "cli/table_file.h"
#include "foia/tracker/v1/agency_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/suggest.h"

namespace foia::cli {
namespace {

using tracker::v1::Agency;
using tracker::v1::CreateRequestRequest;
using tracker::v1::Request;
using tracker::v1::RequestService;

const std::vector<std::string>& Columns() {
  static const auto& columns =
      *new std::vector<std::string>{"agency", "name",    "jurisdiction", "tracking", "owner",
                                    "tags",   "subject", "records",      "matter",   "notes"};
  return columns;
}

absl::Status CheckColumns(const std::string& file, const std::vector<TableRow>& rows) {
  for (const TableRow& row : rows) {
    for (const auto& [column, cell] : row.cells) {
      if (std::count(Columns().begin(), Columns().end(), column) > 0) continue;
      return MakeError(Reason::REASON_INVALID_FIELD,
                       absl::StrCat(file, ": there is no column '", column, "'; there are ",
                                    absl::StrJoin(Columns(), ", "), DidYouMean(column, Columns())),
                       {{"file", file}, {"field", column}});
    }
  }
  return absl::OkStatus();
}

// Adds an agency that a row describes: its name and the rules it is under; "DHS/ICE/SRT" goes below
// "DHS/ICE".
absl::StatusOr<Agency> AddAgency(Session& session, const TableRow& row) {
  const std::string path = row.Get("agency");
  const size_t slash = path.rfind('/');
  tracker::v1::CreateAgencyRequest call;
  Agency& agency = *call.mutable_agency();
  agency.set_abbreviation(slash == std::string::npos ? path : path.substr(slash + 1));
  if (slash != std::string::npos) agency.set_parent(path.substr(0, slash));
  agency.set_display_name(row.Get("name"));
  agency.set_jurisdiction(row.Get("jurisdiction"));
  return session.Call(&tracker::v1::AgencyService::Stub::CreateAgency, call);
}

// The agency of a row. With a name and a jurisdiction one that is not there is added; in a dry run
// it has no name of its own.
absl::StatusOr<Agency> AgencyOf(Session& session, const TableRow& row, bool dry_run) {
  const std::string jurisdiction = row.Get("jurisdiction");
  absl::StatusOr<Agency> found = session.FindAgency(row.Get("agency"));
  if (found.ok()) {
    if (jurisdiction.empty() || jurisdiction == found->jurisdiction()) return found;
    return MakeError(
        Reason::REASON_INVALID_FIELD,
        absl::StrCat(found->path(), " is under ", found->jurisdiction(), ", not ", jurisdiction));
  }
  const bool can_add = ReasonOf(found.status()) == Reason::REASON_AGENCY_NOT_FOUND &&
                       !row.Get("name").empty() && !jurisdiction.empty();
  if (!can_add) return found;
  if (!dry_run) return AddAgency(session, row);
  Agency agency;
  agency.set_path(row.Get("agency"));
  return agency;
}

void Fill(const TableRow& row, Request& request) {
  const auto set = [&row](const char* column, const std::function<std::string*()>& field) {
    if (const std::string cell = row.Get(column); !cell.empty()) *field() = cell;
  };
  set("owner", [&] { return request.mutable_owner(); });
  set("subject", [&] { return request.mutable_subject(); });
  set("records", [&] { return request.mutable_records_sought(); });
  set("matter", [&] { return request.mutable_matter(); });
  set("notes", [&] { return request.mutable_notes(); });
  for (const absl::string_view tag : absl::StrSplit(row.Get("tags"), ';', absl::SkipWhitespace())) {
    request.add_tags(std::string(absl::StripAsciiWhitespace(tag)));
  }
  for (const absl::string_view number :
       absl::StrSplit(row.Get("tracking"), ';', absl::SkipWhitespace())) {
    request.add_tracking_numbers(std::string(absl::StripAsciiWhitespace(number)));
  }
}

// Agency and subject of requests, by which a row without a text is known again.
using Subjects = std::map<std::pair<std::string, std::string>, std::string>;

absl::StatusOr<Subjects> SubjectsOf(Session& session, const CreateRequestRequest& call) {
  FilterOptions filter;
  filter.Choose("matter", call.request().matter());
  tracker::v1::ListRequestsRequest list;
  FOIA_ASSIGN_OR_RETURN(*list.mutable_filter(), filter.Resolve(session));
  FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestsResponse requests,
                        session.List(&RequestService::Stub::ListRequests, list));
  Subjects subjects;
  for (const Request& request : requests.requests()) {
    subjects.emplace(std::pair{request.agency(), absl::AsciiStrToLower(request.subject())},
                     request.name());
  }
  return subjects;
}

constexpr char kAskedAlready[] = "asked already; --again asks a second time";

void Create(Session& session, const Agency& at, CreateRequestRequest call, BulkReport& report) {
  call.mutable_request()->set_agency(at.name());
  const absl::StatusOr<Request> made = session.Call(&RequestService::Stub::CreateRequest, call);
  if (made.ok()) {
    report.Done({IdOf(made->name()), made->agency_path()});
  } else if (ReasonOf(made.status()) == Reason::REASON_ALREADY_EXISTS &&
             MetadataOf(made.status()).count("request") > 0) {
    report.Already({IdOf(MetadataOf(made.status())["request"]), at.path()}, kAskedAlready);
  } else {
    report.Failed({"", at.path()}, made.status());
  }
}

}  // namespace

absl::Status CreateEach(Session& session, const std::string& file, bool dry_run,
                        const CreateRequestRequest& call) {
  FOIA_ASSIGN_OR_RETURN(const std::vector<TableRow> rows, ReadTable(file));
  FOIA_RETURN_IF_ERROR(CheckColumns(file, rows));
  // The server knows a text or records again; a row with a subject alone is known by it.
  Subjects subjects;
  if (!call.again()) {
    FOIA_ASSIGN_OR_RETURN(subjects, SubjectsOf(session, call));
  }
  BulkReport report({"REQUEST", "AGENCY"}, dry_run ? "would be opened" : "opened");
  for (const TableRow& row : rows) {
    const std::string named = row.Get("agency");
    if (named.empty()) {
      report.Failed({"", absl::StrCat("line ", row.line)},
                    MakeError(Reason::REASON_INVALID_FIELD, "names no agency"));
      continue;
    }
    const absl::StatusOr<Agency> agency = AgencyOf(session, row, dry_run);
    if (!agency.ok()) {
      report.Failed({"", named}, agency.status());
    } else if (agency->name().empty()) {
      report.Done({"", absl::StrCat(named, " (new)")});
    } else {
      CreateRequestRequest one = call;
      one.set_validate_only(dry_run);
      Fill(row, *one.mutable_request());
      const Request& asked = one.request();
      const auto known = subjects.find({agency->name(), absl::AsciiStrToLower(asked.subject())});
      if (asked.text().empty() && asked.records_sought().empty() && known != subjects.end()) {
        report.Already({IdOf(known->second), agency->path()}, kAskedAlready);
      } else {
        Create(session, *agency, std::move(one), report);
      }
    }
  }
  return report.Finish(session);
}

void CreateAt(Session& session, const std::string& agency, const CreateRequestRequest& call,
              BulkReport& report) {
  const absl::StatusOr<Agency> found = session.FindAgency(agency);
  if (found.ok()) {
    Create(session, *found, call, report);
  } else {
    report.Failed({"", agency}, found.status());
  }
}

Request WhatIsAsked(const Request& request) {
  google::protobuf::FieldMask fields;
  for (const char* field :
       {"subject", "text", "records_sought", "records_from", "records_to", "fee_category",
        "fee_limit_cents", "waiver_text", "expedite_text", "format_wanted", "tags", "notes",
        "matter", "parties", "owner", "label"}) {
    fields.add_paths(field);
  }
  // Who looks after it and could not: whoever opens the new one does.
  if (!request.owner_warning().empty()) {
    fields.mutable_paths()->erase(std::find(fields.paths().begin(), fields.paths().end(), "owner"));
  }
  Request asked;
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(
      request, fields, google::protobuf::util::FieldMaskUtil::MergeOptions(), &asked);
  return asked;
}

}  // namespace foia::cli
