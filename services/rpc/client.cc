#include "services/rpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace foia::rpc {
namespace {

constexpr int kMaxAnswerBytes = 64 << 20;

}  // namespace

absl::StatusOr<Client> Client::Connect(const ClientOptions& options) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!options.ca_file.empty()) {
    std::ifstream file(options.ca_file, std::ios::binary);
    std::ostringstream pem;
    pem << file.rdbuf();
    if (!file.good()) {
      return MakeError(Reason::REASON_UNREADABLE_FILE,
                       absl::StrCat("cannot read the certificate '", options.ca_file, "'"),
                       {{"file", options.ca_file}});
    }
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = pem.str();
    credentials = grpc::SslCredentials(ssl);
  }
  // Always directly: a proxy of the environment (http_proxy) cannot know a server on loopback.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A page of long records may well be longer than gRPC's own 4 MiB.
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  return Client(grpc::CreateCustomChannel(options.server, credentials, arguments), options.token,
                options.timeout);
}

void Client::Prepare(grpc::ClientContext& context, absl::Duration timeout) const {
  if (timeout == absl::ZeroDuration()) timeout = timeout_;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  if (!token_.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token_));
}

}  // namespace foia::rpc
