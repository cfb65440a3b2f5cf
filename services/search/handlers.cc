#include "services/search/handlers.h"

#include "foia/search/v1/search_service.grpc.pb.h"

namespace foia::search {
namespace {

class SearchHandlers final : public rpc::Handlers<v1::SearchService, Searcher> {
 public:
  using Handlers::Handlers;

  FOIA_RPC(Search, v1::SearchRequest, v1::SearchResponse)
  FOIA_RPC(GetIndexStatus, v1::GetIndexStatusRequest, v1::GetIndexStatusResponse)
};

}  // namespace

std::unique_ptr<grpc::Service> NewSearchService(rpc::Dispatcher* dispatcher, Searcher* logic) {
  return std::make_unique<SearchHandlers>(dispatcher, logic);
}

}  // namespace foia::search
