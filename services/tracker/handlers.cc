#include "services/tracker/handlers.h"

#include "foia/tracker/v1/agency_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"

namespace foia::tracker {
namespace {

class AgencyHandlers final : public v1::AgencyService::CallbackService {
 public:
  AgencyHandlers(rpc::Dispatcher* dispatcher, Agencies* logic)
      : dispatcher_(dispatcher), logic_(logic) {}

  FOIA_RPC(CreateAgency, v1::CreateAgencyRequest, v1::Agency)
  FOIA_RPC(GetAgency, v1::GetAgencyRequest, v1::Agency)
  FOIA_RPC(ListAgencies, v1::ListAgenciesRequest, v1::ListAgenciesResponse)
  FOIA_RPC(UpdateAgency, v1::UpdateAgencyRequest, v1::Agency)

 private:
  rpc::Dispatcher* dispatcher_;
  Agencies* logic_;
};

class RequestHandlers final : public v1::RequestService::CallbackService {
 public:
  RequestHandlers(rpc::Dispatcher* dispatcher, Requests* logic)
      : dispatcher_(dispatcher), logic_(logic) {}

  FOIA_RPC(CreateRequest, v1::CreateRequestRequest, v1::Request)
  FOIA_RPC(GetRequest, v1::GetRequestRequest, v1::Request)
  FOIA_RPC(ListRequests, v1::ListRequestsRequest, v1::ListRequestsResponse)
  FOIA_RPC(UpdateRequest, v1::UpdateRequestRequest, v1::Request)
  FOIA_RPC(CreateEvent, v1::CreateEventRequest, v1::CreateEventResponse)
  FOIA_RPC(ListEvents, v1::ListEventsRequest, v1::ListEventsResponse)
  FOIA_RPC(VerifyEvents, v1::VerifyEventsRequest, v1::VerifyEventsResponse)
  FOIA_RPC(ComputeDeadlines, v1::ComputeDeadlinesRequest, v1::ComputeDeadlinesResponse)
  FOIA_RPC(ExplainDeadline, v1::ExplainDeadlineRequest, v1::Explanation)
  FOIA_RPC(ListDocket, v1::ListDocketRequest, v1::ListDocketResponse)

 private:
  rpc::Dispatcher* dispatcher_;
  Requests* logic_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewAgencyService(rpc::Dispatcher* dispatcher, Agencies* logic) {
  return std::make_unique<AgencyHandlers>(dispatcher, logic);
}

std::unique_ptr<grpc::Service> NewRequestService(rpc::Dispatcher* dispatcher, Requests* logic) {
  return std::make_unique<RequestHandlers>(dispatcher, logic);
}

}  // namespace foia::tracker
