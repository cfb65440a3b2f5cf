#include "services/rpc/status_mapping.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/strings.h"

namespace foia::rpc {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (ReasonOf(status) == Reason::REASON_UNSPECIFIED) {
    Log(Severity::kError, "internal_error", {{"status", status.ToString()}});
    return ToGrpc(MakeError(Reason::REASON_INTERNAL, "internal error; the server's log has more"));
  }
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  status.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& payload) {
    auto* any = details.add_details();
    any->set_type_url(std::string(type_url));
    any->set_value(std::string(payload));
  });
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      details.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!status.error_details().empty() && details.ParseFromString(status.error_details())) {
    absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
    for (const auto& any : details.details()) {
      result.SetPayload(any.type_url(), absl::Cord(any.value()));
    }
    return result;
  }
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return MakeError(Reason::REASON_SERVER_UNREACHABLE,
                       absl::StrCat("the server does not answer: ", status.error_message()));
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return MakeError(Reason::REASON_TIMEOUT, "the server did not answer in time");
    default:
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          status.error_message());
  }
}

}  // namespace foia::rpc
