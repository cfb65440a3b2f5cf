// What happens to every call, in one place: token -> principal, bounded queue, deadline, logic,
// audit, metrics, status mapping. A handler is one line per method:
//
//   class AgencyHandlers final : public rpc::Handlers<tracker::v1::AgencyService, Agencies> {
//    public:
//     using Handlers::Handlers;
//     FOIA_RPC(GetAgency, tracker::v1::GetAgencyRequest, tracker::v1::Agency)
//   };
#ifndef FOIA_SERVICES_RPC_DISPATCHER_H_
#define FOIA_SERVICES_RPC_DISPATCHER_H_

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "foia/access/v1/access.pb.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/metrics.h"
#include "services/rpc/status_mapping.h"
#include "services/rpc/worker_pool.h"

namespace foia::rpc {

struct DispatcherOptions {
  Authenticator* authenticator = nullptr;
  AuditSink* audit = nullptr;
  Metrics* metrics = nullptr;
  int threads = 16;
  size_t max_queued = 256;
};

// Safe for concurrent use. Outlives the server that its handlers are registered with.
class Dispatcher {
 public:
  explicit Dispatcher(const DispatcherOptions& options);

  // Runs `logic` (a callable of const Principal& and const Request& that gives a
  // StatusOr<Response>) on the pool and finishes the call with its result.
  template <typename Request, typename Response, typename Logic>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, std::string_view method,
                                const Request* request, Response* response, Logic logic) {
    return Submit(
        context, method,
        [request, response, logic](const access::v1::Principal& caller) {
          absl::StatusOr<Response> result = logic(caller, *request);
          if (!result.ok()) return result.status();
          *response = *std::move(result);
          return absl::OkStatus();
        },
        ResourceOf(*request));
  }

 private:
  using Work = std::function<absl::Status(const access::v1::Principal&)>;

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context, std::string_view method,
                                   Work work, std::string resource);
  absl::Status Execute(grpc::CallbackServerContext* context, std::string_view method,
                       const Work& work, const std::string& resource);
  // The field `name`, else `parent`, of a request: what the audit log says was touched.
  static std::string ResourceOf(const google::protobuf::Message& request);

  const DispatcherOptions options_;
  WorkerPool pool_;
};

// Base of the handlers of `Service`: its methods call those of `Logic`.
template <typename Service, typename Logic>
class Handlers : public Service::CallbackService {
 public:
  // The arguments outlive the handlers.
  Handlers(Dispatcher* dispatcher, Logic* logic) : dispatcher_(dispatcher), logic_(logic) {}

 protected:
  Dispatcher* const dispatcher_;
  Logic* const logic_;
};

}  // namespace foia::rpc

// In a Handlers class: overrides one method of the service with `logic_->Method(caller, request)`.
#define FOIA_RPC(Method, Request, Response) \
  FOIA_RPC_BY(dispatcher_, logic_, Method, Request, Response)

// The same where a service's methods have several logics.
#define FOIA_RPC_BY(Dispatcher, Logic, Method, Request, Response)                                \
  grpc::ServerUnaryReactor* Method(grpc::CallbackServerContext* context, const Request* request, \
                                   Response* response) override {                                \
    return (Dispatcher)                                                                          \
        ->Run(context, #Method, request, response,                                               \
              [this](const ::foia::access::v1::Principal& caller, const Request& r) {            \
                return (Logic)->Method(caller, r);                                               \
              });                                                                                \
  }

#endif  // FOIA_SERVICES_RPC_DISPATCHER_H_
