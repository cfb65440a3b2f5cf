#include "services/rpc/dispatcher.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "services/base/clock.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/strings.h"

namespace foia::rpc {
namespace {

// Longest that a call may wait and run when the client gave no deadline.
constexpr absl::Duration kDefaultDeadline = absl::Seconds(60);
// Names are shorter; a caller's nonsense is not kept at length.
constexpr size_t kLongestAuditedResource = 200;

std::string TokenOf(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return {};
  const absl::string_view value(found->second.data(), found->second.size());
  return absl::StartsWithIgnoreCase(value, "Bearer ") ? std::string(value.substr(7)) : "";
}

}  // namespace

Dispatcher::Dispatcher(const DispatcherOptions& options)
    : options_(options), pool_(options.threads, options.max_queued) {}

grpc::ServerUnaryReactor* Dispatcher::Submit(grpc::CallbackServerContext* context,
                                             std::string_view method, Work work,
                                             std::string resource) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Time arrived = absl::Now();
  const absl::Time deadline =
      std::min(absl::FromChrono(context->deadline()), arrived + kDefaultDeadline);
  auto finish = [this, reactor, method, arrived](const absl::Status& status) {
    options_.metrics->RecordCall(method, status.code(), absl::Now() - arrived);
    reactor->Finish(ToGrpc(status));
  };
  const bool queued = pool_.TrySubmit([this, context, method, deadline, finish,
                                       work = std::move(work), resource = std::move(resource)] {
    if (absl::Now() >= deadline) {
      finish(MakeError(Reason::REASON_TIMEOUT, "the call waited too long"));
      return;
    }
    finish(Execute(context, method, work, resource));
  });
  if (!queued) finish(MakeError(Reason::REASON_OVERLOADED, "too many calls wait already"));
  return reactor;
}

absl::Status Dispatcher::Execute(grpc::CallbackServerContext* context, std::string_view method,
                                 const Work& work, const std::string& resource) {
  const std::string token = TokenOf(*context);
  absl::StatusOr<access::v1::Principal> caller =
      token.empty() ? MakeError(Reason::REASON_MISSING_TOKEN, "the call carries no token")
                    : options_.authenticator->Resolve(token);
  absl::Status status = caller.status();
  if (caller.ok()) {
    try {  // the border of the request: nothing behind it may take the server down
      status = work(*caller);
    } catch (const std::exception& error) {
      status = absl::InternalError(error.what());
    }
  }
  if (caller.ok() && caller->system()) return status;  // services among themselves: not audited
  access::v1::AuditEntry entry;
  *entry.mutable_time() = ToTimestamp(absl::Now());
  entry.set_principal(caller.ok() ? caller->name() : "unknown");
  entry.set_method(std::string(method));
  entry.set_resource(resource.substr(0, kLongestAuditedResource));
  // What does not exist for the caller may exist for others: nothing was given.
  entry.set_allowed(status.code() != absl::StatusCode::kPermissionDenied &&
                    status.code() != absl::StatusCode::kUnauthenticated &&
                    status.code() != absl::StatusCode::kNotFound);
  options_.audit->Record(std::move(entry));
  return status;
}

std::string Dispatcher::ResourceOf(const google::protobuf::Message& request) {
  for (const char* field_name : {"name", "parent"}) {
    const auto* field = request.GetDescriptor()->FindFieldByName(field_name);
    if (field != nullptr &&
        field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING &&
        !field->is_repeated()) {
      return request.GetReflection()->GetString(request, field);
    }
  }
  return {};
}

}  // namespace foia::rpc
