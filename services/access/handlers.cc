#include "services/access/handlers.h"

#include "foia/access/v1/access_service.grpc.pb.h"

namespace foia::access {
namespace {

class AccessHandlers final : public rpc::Handlers<v1::AccessService, Access> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(GetPrincipal, v1::GetPrincipalRequest, v1::Principal)
  FOIA_RPC(ResolveToken, v1::ResolveTokenRequest, v1::Principal)
  FOIA_RPC(RecordAudit, v1::RecordAuditRequest, v1::RecordAuditResponse)
  FOIA_RPC(CreatePerson, v1::CreatePersonRequest, v1::Person)
  FOIA_RPC(ListPeople, v1::ListPeopleRequest, v1::ListPeopleResponse)
  FOIA_RPC(CreateToken, v1::CreateTokenRequest, v1::CreateTokenResponse)
  FOIA_RPC(RevokeToken, v1::RevokeTokenRequest, v1::Token)
  FOIA_RPC(CreateLabel, v1::CreateLabelRequest, v1::Label)
  FOIA_RPC(ListLabels, v1::ListLabelsRequest, v1::ListLabelsResponse)
  FOIA_RPC(SetGrant, v1::SetGrantRequest, v1::Grant)
  FOIA_RPC(DeleteGrant, v1::DeleteGrantRequest, v1::DeleteGrantResponse)
  FOIA_RPC(ListAuditEntries, v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse)
};

}  // namespace

std::unique_ptr<grpc::Service> NewAccessService(rpc::Dispatcher* dispatcher, Access* logic) {
  return std::make_unique<AccessHandlers>(dispatcher, logic);
}

}  // namespace foia::access
