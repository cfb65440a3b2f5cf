#include "services/base/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "google/rpc/error_details.pb.h"
#include "services/base/strings.h"

namespace foia {
namespace {

using absl::StatusCode;

// Exit codes: 1 other, 2 usage, 3 not found, 5 access, 6 unavailable or timeout, 7 conflict,
// 8 bad input file.
const std::vector<ReasonInfo>* MakeTable() {
  using namespace common::v1;  // NOLINT: the enum's values, in this table only
  return new std::vector<ReasonInfo>{
      {REASON_UNSPECIFIED, StatusCode::kUnknown, 1, "See the server's log."},
      {REASON_INVALID_FIELD, StatusCode::kInvalidArgument, 2, "Correct the named field."},
      {REASON_INVALID_DATE, StatusCode::kInvalidArgument, 2,
       "Write the date as 2020-07-16, 7/16/2020 or 'July 16, 2020'."},
      {REASON_INVALID_QUERY, StatusCode::kInvalidArgument, 2,
       "Correct the query at the column shown; 'foia search --help' has the syntax."},
      {REASON_INVALID_PAGE_TOKEN, StatusCode::kInvalidArgument, 2,
       "Start the list again without a page token."},
      {REASON_HASH_MISMATCH, StatusCode::kInvalidArgument, 8,
       "The file changed or was damaged on the way; upload it again."},
      {REASON_SIZE_MISMATCH, StatusCode::kInvalidArgument, 8,
       "The file changed or was cut on the way; upload it again."},
      {REASON_OFFSET_MISMATCH, StatusCode::kFailedPrecondition, 7,
       "Continue at the committed size."},
      {REASON_AGENCY_NOT_FOUND, StatusCode::kNotFound, 3, "See 'foia agency list'."},
      {REASON_REQUEST_NOT_FOUND, StatusCode::kNotFound, 3, "See 'foia request list'."},
      {REASON_DOCUMENT_NOT_FOUND, StatusCode::kNotFound, 3, "See 'foia document list'."},
      {REASON_PAGE_NOT_FOUND, StatusCode::kNotFound, 3, "See 'foia document show'."},
      {REASON_UPLOAD_NOT_FOUND, StatusCode::kNotFound, 3, "Start the upload again."},
      {REASON_NOT_FOUND, StatusCode::kNotFound, 3, "Check the name."},
      {REASON_AMBIGUOUS_NAME, StatusCode::kInvalidArgument, 2, "Give more of the name."},
      {REASON_ALREADY_EXISTS, StatusCode::kAlreadyExists, 7, "Use the existing one."},
      {REASON_REQUEST_ID_REUSED, StatusCode::kAlreadyExists, 7,
       "Use a new request_id for a new request."},
      {REASON_STALE_ETAG, StatusCode::kAborted, 7, "Read it again and repeat the change."},
      {REASON_MISSING_TOKEN, StatusCode::kUnauthenticated, 5,
       "Give --token-file; the server wrote the owner's token into its data directory."},
      {REASON_WRONG_TOKEN, StatusCode::kUnauthenticated, 5,
       "Ask the operator for a new token, or check --token-file."},
      {REASON_PERMISSION_DENIED, StatusCode::kPermissionDenied, 5,
       "Check the name, or ask an owner for access."},
      {REASON_STORAGE_FULL, StatusCode::kResourceExhausted, 1,
       "Free space on the server's data directory, then repeat; what was acknowledged is safe."},
      {REASON_STORAGE_READ_ONLY, StatusCode::kUnavailable, 6,
       "The operator must repair the data directory's disk and restart foiad."},
      {REASON_DATA_CORRUPT, StatusCode::kDataLoss, 1,
       "Restore from a backup: 'foia admin restore'."},
      {REASON_NEWER_FORMAT, StatusCode::kFailedPrecondition, 1,
       "Start the foiad version that wrote it, or a newer one."},
      {REASON_DATA_LOCKED, StatusCode::kFailedPrecondition, 7,
       "Stop the other foiad, or use another --data directory."},
      {REASON_SERVER_UNREACHABLE, StatusCode::kUnavailable, 6,
       "Start the server ('foiad'), or give its address with --server."},
      {REASON_TIMEOUT, StatusCode::kDeadlineExceeded, 6, "Try again, or give a longer --timeout."},
      {REASON_OVERLOADED, StatusCode::kResourceExhausted, 6, "Try again in a moment."},
      {REASON_LEASE_LOST, StatusCode::kAborted, 7, "Drop the work; another worker has it."},
      {REASON_ILLEGAL_EVENT, StatusCode::kFailedPrecondition, 7,
       "Give --accept-conflict to record it all the same; 'foia event list' shows the others."},
      {REASON_INVALID_RULES, StatusCode::kFailedPrecondition, 8, "Correct the rules file."},
      {REASON_UNREADABLE_FILE, StatusCode::kInvalidArgument, 8,
       "Check the path and its permissions."},
      {REASON_INTERNAL, StatusCode::kInternal, 1, "This is a defect of foia; please report it."},
      {REASON_EPOCH_CHANGED, StatusCode::kFailedPrecondition, 7, "Rebuild from the snapshot."},
      {REASON_SHUTTING_DOWN, StatusCode::kUnavailable, 6, "Try again when the server is back."},
      {REASON_MATTER_NOT_FOUND, StatusCode::kNotFound, 3, "See 'foia matter list'."},
      {REASON_TRACKING_NUMBER_TAKEN, StatusCode::kAlreadyExists, 7,
       "See 'foia request show NUMBER'; give --shared when one letter covers several requests."},
      {REASON_NOTHING_TO_UNDO, StatusCode::kFailedPrecondition, 7,
       "See 'foia event list' and 'foia request history'."},
      {REASON_NOT_LAST_EVENT, StatusCode::kFailedPrecondition, 7,
       "See 'foia event list'; a correction with --supersedes takes back any event."},
      {REASON_UNLIKELY_DATE, StatusCode::kInvalidArgument, 2, "Correct the date."},
      {REASON_REQUEST_VOIDED, StatusCode::kFailedPrecondition, 7,
       "Take that back first: 'foia request void --undo'."},
      {REASON_CANNOT_RENDER, StatusCode::kFailedPrecondition, 8,
       "Take the original: 'foia document download'."},
  };
}

constexpr std::string_view kReasonPrefix = "REASON_";

template <typename Message>
void AttachPayload(const Message& message, absl::Status& status) {
  status.SetPayload(absl::StrCat(ToAbsl(kTypeUrlPrefix), Message::descriptor()->full_name()),
                    absl::Cord(message.SerializeAsString()));
}

template <typename Message>
bool ReadPayload(const absl::Status& status, Message& message) {
  const absl::optional<absl::Cord> payload =
      status.GetPayload(absl::StrCat(ToAbsl(kTypeUrlPrefix), Message::descriptor()->full_name()));
  return payload.has_value() && message.ParseFromString(std::string(*payload));
}

}  // namespace

const std::vector<ReasonInfo>& AllReasons() {
  static const std::vector<ReasonInfo>* const table = MakeTable();
  return *table;
}

const ReasonInfo& GetReasonInfo(Reason reason) {
  for (const ReasonInfo& info : AllReasons()) {
    if (info.reason == reason) return info;
  }
  return GetReasonInfo(Reason::REASON_INTERNAL);
}

absl::Status MakeError(Reason reason, std::string_view message, const ErrorMetadata& metadata) {
  absl::Status status(GetReasonInfo(reason).code, ToAbsl(message));
  google::rpc::ErrorInfo info;
  info.set_reason(
      std::string(absl::StripPrefix(common::v1::Reason_Name(reason), ToAbsl(kReasonPrefix))));
  info.set_domain("foia");
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  AttachPayload(info, status);
  return status;
}

absl::Status InvalidFields(const FieldViolations& violations) {
  if (violations.empty()) return absl::OkStatus();
  std::string message;
  google::rpc::BadRequest bad_request;
  for (const auto& [field, description] : violations) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", field, ": ", description);
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description(description);
  }
  absl::Status status = MakeError(Reason::REASON_INVALID_FIELD, message);
  AttachPayload(bad_request, status);
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  Reason reason = Reason::REASON_UNSPECIFIED;
  if (ReadPayload(status, info) && info.domain() == "foia") {
    common::v1::Reason_Parse(absl::StrCat(ToAbsl(kReasonPrefix), info.reason()), &reason);
  }
  return reason;
}

ErrorMetadata MetadataOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  if (!ReadPayload(status, info)) return {};
  return ErrorMetadata(info.metadata().begin(), info.metadata().end());
}

FieldViolations ViolationsOf(const absl::Status& status) {
  google::rpc::BadRequest bad_request;
  FieldViolations violations;
  if (ReadPayload(status, bad_request)) {
    for (const auto& violation : bad_request.field_violations()) {
      violations.emplace_back(violation.field(), violation.description());
    }
  }
  return violations;
}

}  // namespace foia
