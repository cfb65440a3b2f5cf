#include "services/tracker/handlers.h"

#include "foia/tracker/v1/agency_service.grpc.pb.h"
#include "foia/tracker/v1/matter_service.grpc.pb.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "foia/tracker/v1/rules_service.grpc.pb.h"

namespace foia::tracker {
namespace {

class AgencyHandlers final : public rpc::Handlers<v1::AgencyService, Agencies> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(CreateAgency, v1::CreateAgencyRequest, v1::Agency)
  FOIA_RPC(GetAgency, v1::GetAgencyRequest, v1::Agency)
  FOIA_RPC(ListAgencies, v1::ListAgenciesRequest, v1::ListAgenciesResponse)
  FOIA_RPC(UpdateAgency, v1::UpdateAgencyRequest, v1::Agency)
  FOIA_RPC(RecogniseNumber, v1::RecogniseNumberRequest, v1::RecogniseNumberResponse)
};

class MatterHandlers final : public rpc::Handlers<v1::MatterService, Matters> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(CreateMatter, v1::CreateMatterRequest, v1::Matter)
  FOIA_RPC(GetMatter, v1::GetMatterRequest, v1::Matter)
  FOIA_RPC(ListMatters, v1::ListMattersRequest, v1::ListMattersResponse)
  FOIA_RPC(UpdateMatter, v1::UpdateMatterRequest, v1::Matter)
  FOIA_RPC(ListMatterEdits, v1::ListMatterEditsRequest, v1::ListMatterEditsResponse)
  FOIA_RPC(UndoMatterEdit, v1::UndoMatterEditRequest, v1::Matter)
};

class RequestHandlers final : public rpc::Handlers<v1::RequestService, Requests> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(CreateRequest, v1::CreateRequestRequest, v1::Request)
  FOIA_RPC(GetRequest, v1::GetRequestRequest, v1::Request)
  FOIA_RPC(ListRequests, v1::ListRequestsRequest, v1::ListRequestsResponse)
  FOIA_RPC(UpdateRequest, v1::UpdateRequestRequest, v1::Request)
  FOIA_RPC(ListRequestEdits, v1::ListRequestEditsRequest, v1::ListRequestEditsResponse)
  FOIA_RPC(UndoRequestEdit, v1::UndoRequestEditRequest, v1::Request)
  FOIA_RPC(CreateEvent, v1::CreateEventRequest, v1::CreateEventResponse)
  FOIA_RPC(UndoLastEvent, v1::UndoLastEventRequest, v1::UndoLastEventResponse)
  FOIA_RPC(ListEvents, v1::ListEventsRequest, v1::ListEventsResponse)
  FOIA_RPC(VerifyEvents, v1::VerifyEventsRequest, v1::VerifyEventsResponse)
  FOIA_RPC(ComputeDeadlines, v1::ComputeDeadlinesRequest, v1::ComputeDeadlinesResponse)
  FOIA_RPC(ExplainDeadline, v1::ExplainDeadlineRequest, v1::Explanation)
  FOIA_RPC(GetRightToSue, v1::GetRightToSueRequest, v1::RightToSue)
  FOIA_RPC(ListDocket, v1::ListDocketRequest, v1::ListDocketResponse)
};

class RulesHandlers final : public rpc::Handlers<v1::RulesService, RulesAdmin> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(ListJurisdictions, v1::ListJurisdictionsRequest, v1::ListJurisdictionsResponse)
  FOIA_RPC(ReloadRules, v1::ReloadRulesRequest, v1::ReloadRulesResponse)
};

}  // namespace

std::unique_ptr<grpc::Service> NewAgencyService(rpc::Dispatcher* dispatcher, Agencies* logic) {
  return std::make_unique<AgencyHandlers>(dispatcher, logic);
}

std::unique_ptr<grpc::Service> NewMatterService(rpc::Dispatcher* dispatcher, Matters* logic) {
  return std::make_unique<MatterHandlers>(dispatcher, logic);
}

std::unique_ptr<grpc::Service> NewRequestService(rpc::Dispatcher* dispatcher, Requests* logic) {
  return std::make_unique<RequestHandlers>(dispatcher, logic);
}

std::unique_ptr<grpc::Service> NewRulesService(rpc::Dispatcher* dispatcher, RulesAdmin* logic) {
  return std::make_unique<RulesHandlers>(dispatcher, logic);
}

}  // namespace foia::tracker
