// How a client talks to foiad: a channel with the caller's token, a deadline on every call, errors
// as absl::Status.
//
//   FOIA_ASSIGN_OR_RETURN(rpc::Client client, rpc::Client::Connect(options));
//   auto stub = client.NewStub<tracker::v1::AgencyService>();
//   FOIA_ASSIGN_OR_RETURN(Agency agency,
//                         client.Call(*stub, &AgencyService::Stub::GetAgency, request));
//
// Thread-safety: safe for concurrent use.
#ifndef FOIA_SERVICES_RPC_CLIENT_H_
#define FOIA_SERVICES_RPC_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/rpc/status_mapping.h"

namespace foia::rpc {

struct ClientOptions {
  std::string server = {};                     // host:port or unix:/path
  std::string token = {};                      // the secret; empty: calls carry none
  std::string ca_file = {};                    // PEM; set: TLS
  absl::Duration timeout = absl::Seconds(10);  // of each call, when Call is given none
};

class Client {
 public:
  // Does not wait for the server: an unreachable one shows at the first call.
  static absl::StatusOr<Client> Connect(const ClientOptions& options);
  // Over an existing channel, for example a server's in-process channel.
  Client(std::shared_ptr<grpc::Channel> channel, std::string token, absl::Duration timeout)
      : channel_(std::move(channel)), token_(std::move(token)), timeout_(timeout) {}

  template <typename Service>
  std::unique_ptr<typename Service::Stub> NewStub() const {
    return Service::NewStub(channel_);
  }

  // One unary call. A zero `timeout` means the client's.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const Request& request, absl::Duration timeout = absl::ZeroDuration()) const {
    grpc::ClientContext context;
    Prepare(context, timeout);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  void Prepare(grpc::ClientContext& context, absl::Duration timeout) const;

  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
  absl::Duration timeout_;
};

}  // namespace foia::rpc

#endif  // FOIA_SERVICES_RPC_CLIENT_H_
