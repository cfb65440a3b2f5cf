#include "services/search/handlers.h"

#include "foia/search/v1/search_service.grpc.pb.h"

namespace foia::search {
namespace {

class SearchHandlers final : public v1::SearchService::CallbackService {
 public:
  SearchHandlers(rpc::Dispatcher* dispatcher, Searcher* logic)
      : dispatcher_(dispatcher), logic_(logic) {}

  FOIA_RPC(Search, v1::SearchRequest, v1::SearchResponse)
  FOIA_RPC(GetIndexStatus, v1::GetIndexStatusRequest, v1::GetIndexStatusResponse)

 private:
  rpc::Dispatcher* dispatcher_;
  Searcher* logic_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewSearchService(rpc::Dispatcher* dispatcher, Searcher* logic) {
  return std::make_unique<SearchHandlers>(dispatcher, logic);
}

}  // namespace foia::search
