// Every error that leaves a service has a Reason: a stable name, a canonical code, a remedy and the
// exit code of `foia`. Inside, an error is an absl::Status that carries google.rpc details as
// payloads; services/rpc maps it to the wire and back.
//
//   return MakeError(Reason::REASON_REQUEST_NOT_FOUND, "no request 'r01x'", {{"request", "r01x"}});
#ifndef FOIA_SERVICES_BASE_ERROR_H_
#define FOIA_SERVICES_BASE_ERROR_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "foia/common/v1/reason.pb.h"

namespace foia {

using common::v1::Reason;

// What is known of a reason, once for all services.
struct ReasonInfo {
  Reason reason;
  absl::StatusCode code;
  int exit_code;            // of `foia`; see `foia help exit-codes`
  std::string_view remedy;  // what the person can do, one sentence
};

// The row of `reason`; REASON_INTERNAL's for an unknown one.
const ReasonInfo& GetReasonInfo(Reason reason);
// All rows, in the order of the enum.
const std::vector<ReasonInfo>& AllReasons();

using ErrorMetadata = std::map<std::string, std::string>;

// An error with its ErrorInfo. `message` says what is wrong and where; the remedy is added by the
// reader. Every dynamic value of the message should be in `metadata` too.
absl::Status MakeError(Reason reason, std::string_view message, const ErrorMetadata& metadata = {});

// Field path and what is wrong with it.
using FieldViolations = std::vector<std::pair<std::string, std::string>>;

// INVALID_FIELD with BadRequest details; OK when `violations` is empty.
absl::Status InvalidFields(const FieldViolations& violations);

// The reason an error was made with; REASON_UNSPECIFIED when it has none.
Reason ReasonOf(const absl::Status& status);
// The metadata an error was made with.
ErrorMetadata MetadataOf(const absl::Status& status);
// The field violations an error carries.
FieldViolations ViolationsOf(const absl::Status& status);

// A payload's type URL is this prefix and the full name of the message.
inline constexpr std::string_view kTypeUrlPrefix = "type.googleapis.com/";

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_ERROR_H_
